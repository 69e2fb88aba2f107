// What a Parquet file holds, and how its sink behaves, as others see it.

import { fileURLToPath } from "node:url";
import {
  deepStrictEqual as deepEqual,
  match,
  notStrictEqual as notEqual,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync } from "hyparquet";
import { DtolResourceError, DtolSinkError, DtolSinkSchemaError, DtolValidationError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import { type ParquetCompression, ParquetSink, type ParquetSinkOptions } from "../../sinks/parquet.ts";
import { readingToRow } from "../../sinks/rows.ts";
import {
  ANCHOR,
  asRead,
  blockOf,
  channel,
  expectedRows,
  firstDifference,
  inFolder,
  queryDuckdb,
  readWithDuckdb,
  readWithHyparquet,
  run,
} from "./parquet_fixtures.ts";
import { errorBlock, errorReading, OVERRUN, reading } from "./records.ts";

async function writeBlocks(path: string, blocks: readonly DaqBlock[], options: ParquetSinkOptions = {}): Promise<void> {
  await using sink = new ParquetSink(path, options);
  for (const block of blocks) await sink.write(block);
}

async function writeReadings(
  path: string,
  batches: readonly (readonly DaqReading[])[],
  options: ParquetSinkOptions = {},
): Promise<void> {
  await using sink = new ParquetSink(path, options);
  for (const batch of batches) await sink.writeMany(batch);
}

async function metadataOf(path: string): Promise<FileMetaData> {
  return await parquetMetadataAsync(await asyncBufferFromFile(path));
}

async function typesOf(path: string): Promise<string[]> {
  const rows = await queryDuckdb(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
  return rows.map(({ column_name, column_type }) => `${column_name} ${column_type}`);
}

/** Names and units that break what puts them into text, SQL or files without care. */
const HOSTILE = [
  `"quoted", 'twice'`,
  "line\nbreak\ttab",
  "';DROP TABLE runs;--",
  "\u{1F525}\u{1F9EA} caf\u00e9",
  "x".repeat(63),
  "\u0000",
  "__proto__",
  "t_utc",
];

Deno.test("the long layout has the Python library's columns in its order, new ones behind, and real times (W-65)", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/new/folders/long.parquet`;
    await writeBlocks(path, run(2, 5));
    deepEqual(await typesOf(path), [
      "device VARCHAR",
      "task VARCHAR",
      "channel VARCHAR",
      "block_index BIGINT",
      "sample_index BIGINT",
      "t_mono_ns BIGINT",
      "t_utc TIMESTAMP WITH TIME ZONE",
      "value DOUBLE",
      "unit VARCHAR",
      "error_type VARCHAR",
      "error_message VARCHAR",
      "sensor_status VARCHAR",
      "is_linearised BOOLEAN",
      "metadata VARCHAR",
    ]);
    const rows = await readWithDuckdb(path);
    deepEqual(rows[6], {
      device: "DT9806(00)",
      task: "bench",
      channel: "ch1",
      block_index: 0n,
      sample_index: 1n,
      t_mono_ns: ANCHOR.monoNs + 6667n,
      t_utc: (ANCHOR.utcNs + 6667n) / 1000n,
      value: run(2, 5)[0]!.values(1)[1],
      unit: "V",
      error_type: null,
      error_message: null,
      sensor_status: "ok",
      is_linearised: false,
      metadata: '{"cable":"c1"}',
    });
  });
});

Deno.test("the wide layout has one row a scan and one column a channel, whatever the channels are called", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/wide.parquet`;
    // DuckDB ends the name of a column at a NUL.
    const channels = HOSTILE.map((name, i) => channel(i, { name: name.replace("\0", "\x01") }));
    const codes = Uint16Array.from({ length: 7 * channels.length }, (_, i) => 999 * i);
    const float = blockOf({
      channels,
      codes: Float32Array.from(codes, (code) => code % 5 ? code : 99_999),
      blockIndex: 1,
    });
    const failed = blockOf({ channels: [], codes: null, samplesPerChannel: 0, blockIndex: 2, error: OVERRUN });
    const blocks = [failed, blockOf({ channels, codes }), float, failed];
    await writeBlocks(path, blocks, { layout: "wide", onWarning: () => {} });
    const expected = expectedRows(blocks, "wide");
    equal(expected.length, 16);
    equal(firstDifference(await readWithHyparquet(path), expected), null);
    equal(firstDifference(await readWithDuckdb(path), expected), null);
    ok((await typesOf(path)).includes("t_utc_channel DOUBLE"));
  });
});

Deno.test("a wide file refuses a block of other channels, and takes the next good one", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/wide.parquet`;
    {
      await using sink = new ParquetSink(path, { layout: "wide" });
      await sink.write(run(1, 5, 2)[0]!);
      await rejects(sink.write(run(1, 5, 3)[0]!), DtolSinkSchemaError);
      await sink.write(run(2, 5, 2)[1]!);
    }
    equal((await readWithDuckdb(path)).length, 10);
  });
});

Deno.test("names, units and notes of any kind, and values at the edge, come back as they were", async () => {
  await inFolder(async (folder) => {
    const quoted = Deno.build.os === "windows" ? "%odd%" : '"odd"'; // Windows has no double quotes in names
    const path = `${folder}/it's ${quoted} \u{1F525}.parquet`;
    const channels = HOSTILE.map((name, i) =>
      channel(i, { name, unit: HOSTILE.at(-1 - i)!, metadata: { [name]: name } })
    );
    const codes = Float32Array.from(
      { length: 3 * channels.length },
      (_, i) => [NaN, -0, 3.4e38, -3.4e38, Infinity, 88_888][i % 6]!,
    );
    const huge = channel(0, {
      scaling: { lowVolts: -1e308, highVolts: 1e308, gain: 1, bits: 16, encoding: "binary" }, // its range overflows
    });
    const minus = channel(0, {
      scaling: { lowVolts: -1e308, highVolts: 7e307, gain: -1, bits: 16, encoding: "binary" },
    });
    const device = HOSTILE.join();
    const blocks = [
      blockOf({ channels, codes, device, task: HOSTILE[2]! }),
      blockOf({ channels: [huge], codes: Uint16Array.of(0, 1, 65_535) }),
      blockOf({ channels: [minus], codes: Uint16Array.of(0, 1, 65_535) }),
      blockOf({ channels: [channel(0, { scaling: null })], codes: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) }),
      blockOf({
        channels: [channel(0)],
        codes: Uint16Array.of(7),
        axis: new TimeAxis({ ...ANCHOR, monoNs: 2n ** 63n - 10n, utcNs: -1n }),
      }),
      errorBlock(3, 40),
    ];
    await writeBlocks(path, blocks, { metadata: { [HOSTILE[0]!]: HOSTILE[1]!, "": "" } });
    const expected = expectedRows(blocks);
    equal(firstDifference(await readWithHyparquet(path), expected), null);
    equal(firstDifference(await readWithDuckdb(path), expected), null);
    const about = JSON.parse((await metadataOf(path)).key_value_metadata!.find(({ key }) => key === "dtollib")!.value!);
    deepEqual(about.metadata, { [HOSTILE[0]!]: HOSTILE[1]!, "": "" });
  });
});

Deno.test("each codec that the documentation names is read by others, and another word is refused", async () => {
  await inFolder(async (folder) => {
    const names = {
      zstd: "ZSTD",
      snappy: "SNAPPY",
      gzip: "GZIP",
      brotli: "BROTLI",
      lz4: "LZ4_RAW",
      none: "UNCOMPRESSED",
    };
    const blocks = run(3, 2000, 2);
    for (const [compression, codec] of Object.entries(names) as [ParquetCompression, string][]) {
      const path = `${folder}/${compression}.parquet`;
      await writeBlocks(path, blocks, { compression });
      equal(firstDifference(await readWithDuckdb(path), expectedRows(blocks)), null, compression);
      await writeReadings(`${path}.readings`, [[reading(0), reading(1)]], { compression });
      equal((await readWithDuckdb(`${path}.readings`)).length, 2);
      const { columns } = (await metadataOf(path)).row_groups[0]!;
      equal(columns.find(({ meta_data }) => meta_data!.path_in_schema[0] === "t_mono_ns")!.meta_data!.codec, codec);
    }
    throws(
      () => new ParquetSink("x", { compression: "rar" as never }),
      /compression must be one of zstd, snappy, .*"rar"/,
    );
  });
});

Deno.test("without dictionaries everything is there all the same", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/plain.parquet`;
    const blocks = [...run(2, 40_000, 2), errorBlock(3, 80_000)];
    await writeBlocks(path, blocks, { useDictionary: false });
    equal(firstDifference(await readWithDuckdb(path), expectedRows(blocks)), null);
    for (const { columns } of (await metadataOf(path)).row_groups) {
      for (const { meta_data } of columns) equal(meta_data!.dictionary_page_offset, undefined);
    }
  });
});

Deno.test("small blocks share a row group and large ones are split: none has more rows than rowGroupSize", async () => {
  await inFolder(async (folder) => {
    const sizes = async (blocks: DaqBlock[], rowGroupSize: number) => {
      const path = `${folder}/${rowGroupSize}.parquet`;
      await writeBlocks(path, blocks, { rowGroupSize });
      equal(firstDifference(await readWithHyparquet(path), expectedRows(blocks)), null);
      return (await metadataOf(path)).row_groups.map(({ num_rows }) => Number(num_rows));
    };
    deepEqual(await sizes(run(5, 10, 2), 50), [40, 40, 20]);
    deepEqual(await sizes(run(5, 10, 2), 40), [40, 40, 20]);
    deepEqual(await sizes(run(2, 50, 2), 30), [30, 30, 30, 10, 30, 30, 30, 10]);
    deepEqual(await sizes(run(5, 10, 2), 1_000_000), [100]);
    throws(() => new ParquetSink("x", { rowGroupSize: 0 }), DtolValidationError);
  });
});

Deno.test("the footer describes task, clock and channels with their scaling, and says that texts are dictionaries", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/about.parquet`;
    const other = blockOf({ channels: [channel(5)], codes: Uint16Array.of(1), task: "second task" });
    await writeBlocks(path, [...run(2, 5), other], { metadata: { rig: "B", run: 7 } });
    const values = new Map((await metadataOf(path)).key_value_metadata!.map(({ key, value }) => [key, value!]));
    const about = JSON.parse(values.get("dtollib")!);
    deepEqual(about.metadata, { rig: "B", run: 7 });
    deepEqual([about.task, about.device, about.clock_hz, about.ticks_per_sample], ["bench", "DT9806(00)", 300_000, 2]);
    equal(about.t_mono_ns, `${ANCHOR.monoNs}`);
    equal(about.channels.length, 2);
    deepEqual([about.channels[1].name, about.channels[1].low_volts, about.channels[1].encoding], [
      "ch1",
      -10,
      "binary",
    ]);
    equal(JSON.parse(values.get("dtollib.2")!).task, "second task");
    const { tableFromIPC } = await import("apache-arrow");
    const { schema } = tableFromIPC(Uint8Array.fromBase64(values.get("ARROW:schema")!));
    equal(String(schema.fields[0]), "device: Dictionary<Int32, Utf8>");
    equal(schema.fields.length, 14);
  });
});

Deno.test("readings have a column a channel and real times", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/readings.parquet`;
    const readings = [reading(0), reading(1, { tMidpointMonoNs: null, sensorStatus: { bath: "sensor_open" } })];
    readings.push(
      reading(2, { values: { force: -0, bath: NaN } }),
      reading(3, { values: { force: 1e308, bath: Infinity } }),
    );
    await writeReadings(path, [readings.slice(0, 1), readings.slice(1)]);
    const expected = readings.map((one) => readingToRow(one, "ns"));
    for (const rows of [await readWithDuckdb(path), await readWithHyparquet(path)]) {
      for (const [i, row] of expected.entries()) {
        for (const [name, cell] of Object.entries(row)) {
          ok(Object.is(rows[i]![name] ?? null, asRead(name, cell)), `${i} ${name}`);
        }
      }
    }
    const types = await typesOf(path);
    ok(types.includes("requested_at TIMESTAMP WITH TIME ZONE") && types.includes("t_mono_ns BIGINT"));
  });
});

Deno.test("a reading of -0 stays -0 among many of 0", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/zeros.parquet`;
    const zeros = Array.from({ length: 400 }, (_, i) => i % 2 ? -0 : 0);
    await writeReadings(path, [zeros.map((force, i) => reading(i, { values: { force }, units: {} }))]);
    deepEqual((await readWithDuckdb(path)).map(({ force }) => force), zeros);
  });
});

Deno.test("W-68 readings that are errors fix no columns, however many come first", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/errors.parquet`;
    await writeReadings(path, [[errorReading(0), errorReading(1)], [errorReading(2)], [reading(3)]], {
      rowGroupSize: 2,
    });
    const rows = await readWithDuckdb(path);
    deepEqual(rows.map(({ force }) => force), [null, null, null, 4.5]);
    deepEqual(rows.map(({ error_type }) => error_type), [OVERRUN.type, OVERRUN.type, OVERRUN.type, null]);
    const only = `${folder}/only.parquet`;
    await writeReadings(only, [[errorReading(0)]]);
    equal((await readWithDuckdb(only))[0]!.error_message, OVERRUN.text);
  });
});

Deno.test("W-68 later readings are made to fit the columns: converted, dropped with one warning, or refused", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/lock.parquet`;
    const warnings: string[] = [];
    {
      await using sink = new ParquetSink(path, { onWarning: (message) => void warnings.push(message) });
      await sink.writeMany([reading(0, { values: { force: 1, open: true }, units: {} })]);
      await sink.writeMany([reading(1, { values: { force: 2.5, open: 1, extra: 3 }, units: {} })]);
      await sink.writeMany([reading(2, { values: { force: true, extra: 3 }, units: {} })]);
      await rejects(sink.writeMany([reading(3), reading(3, { values: { open: 0.5 } })]), DtolSinkSchemaError);
      deepEqual(sink.columns?.slice(8, 10), ["force", "open"]);
    }
    const rows = await readWithDuckdb(path);
    deepEqual(rows.map(({ force, open }) => [force, open]), [[1, true], [2.5, true], [1, null]]);
    equal(warnings.filter((text) => text.includes('"extra"')).length, 1, warnings.join("\n"));
  });
});

Deno.test("W-68 a channel that is called like a fixed column gets a column of its own", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/device.parquet`;
    await writeReadings(path, [[reading(0, { values: { device: 7.5, t_utc: 1 }, units: {} })]], {
      onWarning: () => {},
    });
    const [row] = await readWithDuckdb(path);
    deepEqual([row!.device, row!.device_channel, row!.t_utc_channel], ["DT9806(00)", 7.5, 1]);
  });
});

Deno.test("what is written first is all that a file takes: readings or blocks", async () => {
  await inFolder(async (folder) => {
    await using blocks = new ParquetSink(`${folder}/blocks.parquet`);
    deepEqual([blocks.shape, blocks.columns], [null, null]);
    await blocks.write(run(1, 5)[0]!);
    await rejects(blocks.writeMany([reading(0)]), (error: Error) => {
      ok(error instanceof DtolSinkSchemaError);
      match(error.message, /holds blocks/);
      return true;
    });
    equal(blocks.shape, "blocks");
    await using readings = new ParquetSink(`${folder}/readings.parquet`);
    await readings.writeMany([reading(0)]);
    await rejects(readings.write(run(1, 5)[0]!), DtolSinkSchemaError);
    equal(readings.shape, "readings");
    equal(readings.compression, "zstd");
    equal(readings.path, `${folder}/readings.parquet`);
    deepEqual(readings.columns?.slice(0, 3), ["device", "task", "t_mono_ns"]);
  });
});

Deno.test("a stream can be piped in, beside direct calls, in order", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/piped.parquet`;
    const blocks = run(6, 10);
    const sink = new ParquetSink(path);
    await sink.write(blocks[0]!);
    await ReadableStream.from(blocks.slice(1, 5)).pipeTo(sink, { preventClose: true });
    await sink.write(blocks[5]!);
    await Promise.all([sink.close(), sink.close()]);
    await sink[Symbol.asyncDispose]();
    await rejects(sink.write(blocks[0]!), DtolSinkError);
    equal(firstDifference(await readWithDuckdb(path), expectedRows(blocks)), null);
  });
});

Deno.test("a file that exists is refused, or replaced when the first block comes, and not before", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/there.parquet`;
    await Deno.writeTextFile(path, "precious");
    await rejects(new ParquetSink(path).open(), (error) => {
      ok(error instanceof DtolResourceError);
      match(error.message, /set "ifExists" to "overwrite" to replace it$/); // it cannot be added to
      return true;
    });
    const sink = new ParquetSink(path, { ifExists: "overwrite" });
    await sink.open();
    await sink.close();
    equal(await Deno.readTextFile(path), "precious");
    await writeBlocks(path, run(1, 5), { ifExists: "overwrite" });
    equal((await readWithDuckdb(path)).length, 10);
    throws(() => new ParquetSink(path, { ifExists: "append" as never }), /ifExists must be one of error, overwrite/);
    deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["there.parquet"]);
  });
});

Deno.test("what a run left behind that broke off is not written over unasked", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.parquet`;
    await Deno.writeTextFile(`${path}.journal`, "blocks");
    await rejects(new ParquetSink(path).open(), /recoverParquet/);
    equal(await Deno.readTextFile(`${path}.journal`), "blocks");
    await rejects(Deno.stat(path), Deno.errors.NotFound);
    const sink = new ParquetSink(path, { ifExists: "overwrite" });
    await sink.open();
    await sink.close();
    equal(await Deno.readTextFile(`${path}.journal`), "blocks");
    await writeBlocks(path, run(1, 5), { ifExists: "overwrite" });
    await rejects(Deno.stat(`${path}.journal`), Deno.errors.NotFound);
  });
});

Deno.test("two sinks never write one file, and one that was not used leaves none", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/one.parquet`;
    const first = new ParquetSink(path);
    await first.open();
    ok(await Deno.stat(path), "the file is there from the start (W-65)");
    await rejects(new ParquetSink(path, { ifExists: "overwrite" }).open(), DtolResourceError);
    await first.close();
    await writeBlocks(path, []);
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("the rights to write the file and its journal are enough", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dtol-parquet-" }); // not in /dev, where Deno wants all rights
  try {
    const path = `${folder}/narrow.parquet`;
    await Deno.writeTextFile(
      `${folder}/program.ts`,
      `import { ParquetSink } from "${new URL("../../sinks/parquet.ts", import.meta.url)}";
      const now = Temporal.Now.instant();
      const reading = { device: "a", task: "b", values: { x: 1 }, units: {}, requestedAt: now, receivedAt: now, tUtc: now,
        tMonoNs: 1n, tMidpointMonoNs: null, latencyS: 0, sensorStatus: {}, metadata: {}, error: null };
      await using sink = new ParquetSink(${JSON.stringify(path)});
      await sink.writeMany([reading]);`,
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
        `--allow-write=${path},${path}.journal`,
        `${folder}/program.ts`,
      ],
    }).output();
    equal(success, true, new TextDecoder().decode(stderr));
    equal((await readWithDuckdb(path)).length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a column that is arithmetic takes next to no room, and values little more than their codes", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/small.parquet`;
    const blocks = run(4, 20_000, 4);
    await writeBlocks(path, blocks);
    const rows = 4 * 4 * 20_000;
    for (const { meta_data } of (await metadataOf(path)).row_groups[0]!.columns) {
      const bytes = Number(meta_data!.total_compressed_size) / rows;
      const [name] = meta_data!.path_in_schema;
      ok(bytes < (name === "value" ? 1.9 : 0.03), `${name} takes ${bytes} bytes a row`);
    }
    notEqual((await Deno.stat(path)).size, 0);
  });
});

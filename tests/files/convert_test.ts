// From files to files: what went in comes out again, whatever the formats, and what cannot be told is an error.
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  DtolReadError,
  DtolResourceError,
  DtolSinkSchemaError,
  DtolSinkWriteError,
  DtolValidationError,
} from "../../src/errors.ts";
import { FILE_FORMATS, formatOf, readBlocks } from "../../sinks/mod.ts";
import {
  convert,
  CsvSink,
  InMemorySink,
  JsonlSink,
  ParquetSink,
  recoverFile,
  replay,
  sinkFor,
} from "../../sinks/mod.ts";
import { DaqBlock } from "../../src/model/block.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import { countingRun } from "./counting.ts";
import { blocksOf, factsOf, RUNS, sqliteRows } from "./runs.ts";
import { canLink, inFolder, parseCsv } from "../sinks/records.ts";
import { writeSmall } from "../raw/fixtures.ts";
import { block, reading } from "../sinks/records.ts";

const EXTENSIONS = ["dt-raw", "parquet", "arrow"];

for (const [kind, write] of Object.entries(RUNS)) {
  Deno.test(`a run ${kind} is the same in every format that can be read, and from each to each`, () =>
    inFolder(async (folder) => {
      write(`${folder}/run.dt-raw`);
      const expected = (await blocksOf(`${folder}/run.dt-raw`)).map(factsOf);
      ok(expected.length > 0);
      const made = ["parquet", "arrow"].map((to) => `${folder}/1.${to}`);
      for (const path of made) {
        await convert(`${folder}/run.dt-raw`, path);
        deepEqual((await blocksOf(path)).map(factsOf), expected, path);
      }
      for (const from of made) {
        for (const to of EXTENSIONS) {
          if (to === "dt-raw" && kind.includes("of values")) continue; // a raw file holds what the board gave
          const path = `${from}.${to}`;
          await convert(from, path);
          deepEqual((await blocksOf(path)).map(factsOf), expected, path);
        }
      }
    }));

  Deno.test(`a run ${kind} gives the same CSV, JSONL and SQLite rows from raw, Parquet and Arrow`, () =>
    inFolder(async (folder) => {
      write(`${folder}/run.dt-raw`);
      const sources = [`${folder}/run.dt-raw`, `${folder}/run.parquet`, `${folder}/run.arrow`];
      for (const path of sources.slice(1)) await convert(sources[0]!, path);
      // SQLite keeps values of a board as rows by itself, and codes only when it is asked.
      const options = { sqliteSamples: "rows" } as const;
      const rowsOf = async (from: string) => {
        await convert(from, `${from}.csv`);
        await convert(from, `${from}.jsonl`);
        await convert(from, `${from}.db`, options);
        return {
          csv: parseCsv(await Deno.readTextFile(`${from}.csv`)).map((record) => record.map(exact)),
          jsonl: (await Deno.readTextFile(`${from}.jsonl`)).split("\n").map(exact),
          sqlite: sqliteRows(`${from}.db`, "SELECT * FROM samples ORDER BY rowid").map((row) =>
            exact(Object.values(row).join("|"))
          ),
        };
      };
      const raw = await rowsOf(sources[0]!);
      ok(raw.csv.length > 8 && raw.sqlite.length > 7);
      for (const source of sources.slice(1)) deepEqual(await rowsOf(source), raw);
    }));
}

/** A time in UTC has microseconds in Parquet and Arrow; monotonic times keep their nanoseconds. */
function exact(text: string): string {
  return text.replaceAll(/(\d\d:\d\d:\d\d\.\d{6})\d{3}/g, "$1");
}

Deno.test("blocks larger than a row group, and as small as one sample, come back as they were", () =>
  inFolder(async (folder) => {
    for (const samples of [1, 7, 100_000]) {
      const blocks = countingRun({ channels: 3, samples, blocks: 3 });
      const path = `${folder}/${samples}.parquet`;
      await ReadableStream.from(blocks).pipeTo(new ParquetSink(path, { rowGroupSize: 65_000 }));
      const read = await blocksOf(path);
      equal(read.length, blocks.length);
      for (const [i, given] of read.entries()) {
        deepEqual(factsOf(given), factsOf(blocks[i]!), `block ${i} of ${samples}`);
      }
    }
  }));

Deno.test("SQLite keeps codes as blobs, and values, which blobs cannot hold, as rows", () =>
  inFolder(async (folder) => {
    RUNS["whole"]!(`${folder}/codes.dt-raw`);
    RUNS["of values with sensor faults"]!(`${folder}/values.dt-raw`);
    await convert(`${folder}/codes.dt-raw`, `${folder}/codes.db`);
    await convert(`${folder}/values.dt-raw`, `${folder}/values.db`);
    equal(sqliteRows(`${folder}/codes.db`, "SELECT count(*) AS n FROM samples_values")[0]!["n"], 30n);
    deepEqual(
      sqliteRows(`${folder}/values.db`, "SELECT sensor_status FROM samples").map((row) => row["sensor_status"]),
      (await blocksOf(`${folder}/values.dt-raw`)).flatMap((one) => [...statusesOf(one)]),
    );
  }));

function statusesOf({ channels, sensorStatus, data, samplesPerChannel: n }: DaqBlock): (string | null)[] {
  return Array.from(data, (value, i) => {
    const code = sensorStatus.get(channels[Math.floor(i / n)]!.name)?.[i % n] ?? 0;
    return code === 0 && !Number.isFinite(value) ? null : SENSOR_STATUSES[code]!;
  });
}

Deno.test("values without codes, as a computation gives them, survive every format, and a crash", () =>
  inFolder(async (folder) => {
    const given = new DaqBlock({
      ...plainParts(block(0, 4)),
      codes: null,
      values: Float64Array.of(1.5, -0, NaN, 1e308, 5e-324, 2, 3, NaN),
      sensorStatus: new Map([["force", Int8Array.of(0, 0, 1, 0)]]),
    });
    for (const path of [`${folder}/v.parquet`, `${folder}/v.arrow`]) {
      await ReadableStream.from([given]).pipeTo(sinkFor(path));
      deepEqual((await blocksOf(path)).map(factsOf), [factsOf(given)], path);
    }
    const statuses = statusesOf(given);
    deepEqual(statuses, ["ok", "ok", "sensor_open", "ok", "ok", "ok", "ok", null]);
    await ReadableStream.from([given]).pipeTo(sinkFor(`${folder}/v.csv`));
    const csv = parseCsv(await Deno.readTextFile(`${folder}/v.csv`)).slice(1);
    deepEqual(csv.map((record) => record[9] || null), statuses);
    deepEqual(csv.slice(0, 2).map((record) => record[3]), ["1.5", "-0.0"]);
    await ReadableStream.from([given]).pipeTo(sinkFor(`${folder}/v.jsonl`));
    const lines = (await Deno.readTextFile(`${folder}/v.jsonl`)).trimEnd().split("\n").map((line) => JSON.parse(line));
    deepEqual(lines.map((line) => line.value), [1.5, -0, null, 1e308, 5e-324, 2, 3, null]);
    await ReadableStream.from([given]).pipeTo(sinkFor(`${folder}/v.db`, { sqliteSamples: "rows" }));
    const rows = sqliteRows(`${folder}/v.db`, "SELECT sensor_status, value FROM samples ORDER BY rowid");
    deepEqual(rows.map((row) => row["sensor_status"]), statuses);
    equal(rows[4]!["value"], 5e-324);
    await using blobs = sinkFor(`${folder}/blob.db`); // a refused block ends the stream, and leaves the file to its owner
    await rejects(ReadableStream.from([given]).pipeTo(blobs), DtolSinkSchemaError);

    await using dying = new ParquetSink(`${folder}/dying.parquet`);
    await dying.write(given);
    const crashed = `${folder}/crashed.parquet`;
    for (const suffix of ["", ".journal"]) Deno.copyFileSync(`${folder}/dying.parquet${suffix}`, crashed + suffix);
    await recoverFile(crashed);
    deepEqual((await blocksOf(crashed)).map(factsOf), [factsOf(given)]);
  }));

function plainParts(one: DaqBlock) {
  const { device, task, channels, blockIndex, firstSampleIndex, samplesPerChannel, axis, metadata } = one;
  const times = {
    startedUtcNs: axis.anchor.utcNs,
    readStartedNs: one.readStartedNs,
    readFinishedNs: one.readFinishedNs,
  };
  return { device, task, channels, blockIndex, firstSampleIndex, samplesPerChannel, axis, metadata, ...times };
}

Deno.test("replay() tells what went over, with gaps and errors, and closes the sink", () =>
  inFolder(async (folder) => {
    writeSmall(`${folder}/run.dt-raw`);
    const memory = new InMemorySink();
    const report = await replay(`${folder}/run.dt-raw`, memory);
    deepEqual({ ...report, problems: report.problems.length }, {
      blocks: 5,
      samplesPerChannel: 22,
      missing: 7,
      problems: 2,
    });
    match(report.problems[0]!, /at sample 15: the board overran/);
    match(report.problems[1]!, /7 samples are missing before sample 22/);
    ok(memory.closed);
    deepEqual(memory.blocks.map(({ samplesPerChannel }) => samplesPerChannel), [5, 5, 5, 0, 3, 4]);
  }));

Deno.test("a damaged raw file is converted without what is damaged, and the report says so", () =>
  inFolder(async (folder) => {
    const { bytes, ends } = writeSmall(`${folder}/run.dt-raw`);
    bytes[ends[2]! - 3]! ^= 4; // in the samples of block 1
    Deno.writeFileSync(`${folder}/run.dt-raw`, bytes.subarray(0, ends.at(-2)! - 1));
    const report = await convert(`${folder}/run.dt-raw`, `${folder}/run.parquet`);
    deepEqual([report.blocks, report.samplesPerChannel, report.missing], [3, 13, 12]);
    match(report.problems.join("\n"), /damaged at byte/);
    match(report.problems.join("\n"), /of a block that was being written/);
    const gaps = (await blocksOf(`${folder}/run.parquet`)).map(({ gapBefore }) => gapBefore);
    deepEqual(gaps, [0, 5, 0, 7]);
    await rejects(Array.fromAsync(readBlocks(`${folder}/run.dt-raw`)), /is damaged: damaged at byte/);
  }));

Deno.test("an output that exists is refused, and so is a file as its own output", () =>
  inFolder(async (folder) => {
    const input = `${folder}/run.dt-raw`;
    const { bytes } = writeSmall(input);
    for (const extension of ["dt-raw", "parquet", "arrow", "csv", "jsonl", "db"]) {
      const output = `${folder}/there.${extension}`;
      Deno.writeTextFileSync(output, "mine");
      await rejects(convert(input, output), DtolResourceError, output);
      equal(Deno.readTextFileSync(output), "mine", output);
      await convert(input, output, { overwrite: true });
      ok(Deno.statSync(output).size > 100, output);
    }
    await rejects(convert(input, input, { overwrite: true }), DtolValidationError);
    if (canLink(input, `${folder}/link.dt-raw`)) {
      await rejects(convert(input, `${folder}/link.dt-raw`, { overwrite: true }), DtolValidationError);
    }
    deepEqual(Deno.readFileSync(input), bytes);
  }));

Deno.test("a folder is no file, whatever its name", () =>
  inFolder(async (folder) => {
    for (const extension of EXTENSIONS) {
      const path = `${folder}/folder.${extension}`;
      Deno.mkdirSync(path);
      await rejects(Array.fromAsync(readBlocks(path)), { name: "DtolReadError", message: /it is a folder/ });
    }
  }));

Deno.test("convert() needs no journal of what is in its input", () =>
  inFolder(async (folder) => {
    RUNS["whole"]!(`${folder}/run.dt-raw`);
    const open = Deno.openSync;
    const written: Record<string, number> = {};
    Deno.openSync = (path, options) => {
      const file = open(path, options);
      const write = file.writeSync.bind(file);
      file.writeSync = (bytes) => {
        const name = `${path}`.slice(folder.length);
        written[name] = (written[name] ?? 0) + 1;
        return write(bytes);
      };
      return file;
    };
    try {
      await convert(`${folder}/run.dt-raw`, `${folder}/run.parquet`);
    } finally {
      Deno.openSync = open;
    }
    equal(written["/run.parquet.journal"], 1, "the record that names the run");
  }));

Deno.test("names that tell no format, files that hold no blocks, foreign files: each a clear error, and no output", () =>
  inFolder(async (folder) => {
    const input = `${folder}/run.dt-raw`;
    writeSmall(input);
    deepEqual(FILE_FORMATS.map((format) => formatOf(`a.${format === "raw" ? "dt-raw" : format}`)), [...FILE_FORMATS]);
    equal(formatOf("A.B/RUN.PARQUET"), "parquet");
    await rejects(convert(input, `${folder}/run.xlsx`), /must end in one of \.dt-raw, \.parquet/);
    await rejects(convert(`${folder}/run`, `${folder}/o.csv`), DtolValidationError);
    await using csv = new CsvSink(`${folder}/a.csv`);
    await csv.writeMany([reading(0)]);
    await rejects(convert(`${folder}/a.csv`, `${folder}/o.parquet`), /csv files do not/);
    await using readings = new ParquetSink(`${folder}/readings.parquet`);
    await readings.writeMany([reading(0)]);
    await readings.close();
    await using wide = new ParquetSink(`${folder}/wide.parquet`, { layout: "wide" });
    await wide.write(block(0));
    await wide.close();
    Deno.writeTextFileSync(`${folder}/text.parquet`, "not Parquet at all, but some text");
    Deno.writeTextFileSync(`${folder}/text.arrow`, "not Arrow at all, but some text");
    Deno.writeTextFileSync(`${folder}/text.dt-raw`, "not raw at all, but some text");
    for (const name of ["empty.dt-raw", "empty.parquet", "empty.arrow"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    Deno.mkdirSync(`${folder}/folder.parquet`);
    const foreign = [
      ...["readings.parquet", "wide.parquet", "text.parquet", "text.arrow", "text.dt-raw", "empty.dt-raw"],
      ...["empty.parquet", "empty.arrow", "none.dt-raw", "none.parquet", "none.arrow", "folder.parquet"],
    ];
    for (const name of foreign) {
      await rejects(convert(`${folder}/${name}`, `${folder}/o.csv`), (error) => {
        ok(error instanceof DtolReadError, `${name}: ${error}`);
        ok(error.message.includes(name) && !error.message.includes("\n"), error.message);
        return true;
      });
    }
    const { bytes, ends } = writeSmall(`${folder}/header.dt-raw`);
    Deno.writeFileSync(`${folder}/header.dt-raw`, bytes.subarray(0, ends[0]));
    await rejects(convert(`${folder}/header.dt-raw`, `${folder}/o.csv`), /no block in it/);
    ok(!Array.from(Deno.readDirSync(folder), ({ name }) => name).some((name) => name.startsWith("o.")));
  }));

Deno.test("a raw file takes no values that no code stands for", () =>
  inFolder(async (folder) => {
    RUNS["of values with sensor faults"]!(`${folder}/run.dt-raw`);
    await convert(`${folder}/run.dt-raw`, `${folder}/run.parquet`);
    await rejects(convert(`${folder}/run.parquet`, `${folder}/again.dt-raw`), DtolSinkWriteError);
    await rejects(Deno.stat(`${folder}/again.dt-raw`), Deno.errors.NotFound);
  }));

Deno.test("a sink that fails ends the replay with its error, and lets the file go", () =>
  inFolder(async (folder) => {
    writeSmall(`${folder}/run.dt-raw`);
    let taken = 0;
    const failing = new WritableStream<DaqBlock>({
      write() {
        if (++taken === 2) throw new Error("no more");
      },
    });
    await rejects(replay(`${folder}/run.dt-raw`, failing), /no more/);
    await rejects(replay(`${folder}/run.dt-raw`, new JsonlSink(`${folder}/a.jsonl`)), DtolSinkSchemaError);
  }));

Deno.test("a flip in a Parquet file, be it in its footer, is told, and gives no other block, value or time", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.parquet`;
    const blocks = countingRun({ channels: 2, samples: 40, blocks: 4 });
    await using sink = new ParquetSink(path, { rowGroupSize: 160 });
    for (const one of blocks) await sink.write(one);
    await sink.close();
    const whole = Deno.readFileSync(path);
    const facts = new Map(blocks.map((one) => [one.blockIndex, factsOf(one) as { gapBefore: number }]));
    const counts = { told: 0, harmless: 0, unreadable: 0 };
    for (let at = 4; at < whole.length; at += 23) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << at % 8;
      Deno.writeFileSync(path, bytes);
      const memory = new InMemorySink();
      const report = await replay(path, memory).catch((error) => {
        ok(error instanceof DtolReadError, `${at}: ${error.stack}`);
        return null;
      });
      if (report === null) {
        counts.unreadable++;
        continue;
      }
      for (const given of memory.blocks) {
        deepEqual({ ...factsOf(given) as object, gapBefore: 0 }, { ...facts.get(given.blockIndex), gapBefore: 0 });
      }
      ok(memory.blocks.length === blocks.length || report.problems.length > 0, `${at}: ${memory.blocks.length} blocks`);
      counts[report.problems.length > 0 ? "told" : "harmless"]++;
    }
    ok(counts.told > 150 && counts.unreadable < 100, JSON.stringify(counts));
  }));

Deno.test("an Arrow stream that breaks off gives every whole batch, wherever it was cut", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.arrow`;
    RUNS["with a loss, a restart and a partial block"]!(`${folder}/run.dt-raw`);
    await convert(`${folder}/run.dt-raw`, path);
    const expected = (await blocksOf(path)).map(factsOf);
    const whole = Deno.readFileSync(path);
    let most = 0;
    for (let cut = whole.length - 1; cut > 0; cut -= 211) {
      Deno.writeFileSync(path, whole.subarray(0, cut));
      const memory = new InMemorySink();
      const report = await replay(path, memory).catch((error) => {
        ok(error instanceof DtolReadError, `${cut}: ${error.stack}`); // inside the schema
        return null;
      });
      if (report === null) continue;
      deepEqual(memory.blocks.map(factsOf), expected.slice(0, memory.blocks.length), `cut at ${cut}`);
      match(report.problems.join("\n"), /not ended in order/);
      most = Math.max(most, memory.blocks.length);
    }
    equal(most, expected.length);
  }));

Deno.test("no flip in an Arrow stream keeps a reader busy, or is another error than that the file cannot be read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.arrow`;
    await ReadableStream.from(countingRun({ channels: 1, samples: 2, blocks: 2 })).pipeTo(sinkFor(path));
    const expected = (await blocksOf(path)).map(factsOf);
    const whole = Deno.readFileSync(path);
    const counts = { unreadable: 0, told: 0, same: 0, other: 0 };
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= [0xff, 0x80, 0x01][at % 3]!; // a length becomes huge, negative, or a little wrong
      Deno.writeFileSync(path, bytes);
      const memory = new InMemorySink();
      const report = await replay(path, memory).catch((error) => {
        ok(error instanceof DtolReadError, `byte ${at}: ${error.stack}`);
        return null;
      });
      if (report === null) counts.unreadable++;
      else if (report.problems.length > 0) counts.told++;
      else counts[isDeepStrictEqual(memory.blocks.map(factsOf), expected) ? "same" : "other"]++;
    }
    // The format has no checksums: a flip in a value or a time makes another one of it, and nobody can tell.
    ok(counts.told > 100 && counts.unreadable > 100 && counts.same > 100, JSON.stringify(counts));
  }));

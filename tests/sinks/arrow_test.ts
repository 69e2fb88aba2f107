import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type RecordBatch, RecordBatchReader, type Table, tableFromIPC } from "apache-arrow";
import { DtolResourceError, DtolSinkSchemaError, DtolSinkWriteError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { ArrowSink, type ArrowSinkOptions, blockToArrow } from "../../sinks/arrow.ts";
import { blockToRows, readingToRow } from "../../sinks/rows.ts";
import { diskOf } from "./faulty_disk.ts";
import { KILL_CASES } from "./kill_cases.ts";
import { killLoop } from "./kill_loop.ts";
import {
  block,
  channel,
  errorBlock,
  errorReading,
  floatBlock,
  inFolder,
  outputOf,
  OVERRUN,
  reading,
} from "./records.ts";

/** What a sink makes of some work, read by the package's own reader. */
async function written(options: ArrowSinkOptions, work: (sink: ArrowSink) => Promise<unknown>): Promise<Table> {
  let table: Table | undefined;
  await inFolder(async (folder) => {
    const path = `${folder}/run.arrows`;
    {
      await using sink = new ArrowSink(path, options);
      await work(sink);
    }
    table = tableFromIPC(await Deno.readFile(path));
  });
  return table!;
}

/** Rows of a table with the cells as they lie in memory: nothing is rounded on the way. */
function rowsOf(table: Table): unknown[][] {
  return table.batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, i) => batch.schema.fields.map(({ name }) => cellOf(batch, name, i)))
  );
}

function cellOf(batch: RecordBatch, name: string, i: number): unknown {
  const column = batch.getChild(name)!;
  if (!column.isValid(i)) return null;
  return /^(t_utc|requested_at|received_at)$/.test(name) ? column.data[0]!.values[i] : column.get(i);
}

/** What a row of ours should look like in Arrow: times in microseconds, whole numbers as bigint. */
function expected(row: Record<string, unknown>): unknown[] {
  return Object.entries(row).map(([name, cell]) => {
    if (/^(t_utc|requested_at|received_at)$/.test(name)) return BigInt(cell as bigint) / 1000n;
    return /_index$/.test(name) && cell !== null ? BigInt(cell as number) : cell;
  });
}

const ns = { times: "ns" } as const;
const rowsOfBlocks = (blocks: readonly DaqBlock[]) => blocks.flatMap((one) => [...blockToRows(one, ns)].map(expected));

Deno.test("ArrowSink: blocks are the rows of `blockToRows`, statuses and errors among them (W-16)", async () => {
  const volts = [block(0), errorBlock(1, 3), block(2, 40)];
  const table = await written({}, async (sink) => {
    for (const one of volts) await sink.write(one);
  });
  equal(table.batches.length, 3);
  deepEqual(table.schema.fields.map(({ name }) => name), Object.keys([...blockToRows(block(0))][0]!));
  deepEqual(rowsOf(table), rowsOfBlocks(volts));
  const oven = floatBlock([20.5, 99999, NaN, -0, 1e308]);
  deepEqual(rowsOf(await written({}, (sink) => sink.write(oven))), rowsOfBlocks([oven]));
});

Deno.test("ArrowSink: readings are rows of `readingToRow`; errors before them lock nothing (W-68)", async () => {
  const table = await written({}, async (sink) => {
    await sink.writeMany([errorReading(0)]);
    await sink.writeMany([errorReading(1), reading(2)]);
    await sink.writeMany([reading(3, { tMidpointMonoNs: null, task: null })]);
  });
  deepEqual(table.schema.fields.map(({ name }) => name), Object.keys(readingToRow(reading(2))));
  const rows = rowsOf(table);
  deepEqual(rows[2], expected(readingToRow(reading(2), "ns")));
  deepEqual(rows[3], expected(readingToRow(reading(3, { tMidpointMonoNs: null, task: null }), "ns")));
  const error = rows[1]!;
  deepEqual([error[8], error[12], error[13]], [null, OVERRUN.type, OVERRUN.text]);
});

Deno.test("ArrowSink: only errors, and only a close, still make a file that can be read, or none", async () => {
  const table = await written({}, (sink) => sink.writeMany([errorReading(0)]));
  equal(table.getChild("error_type")!.get(0), OVERRUN.type);
  await inFolder(async (folder) => {
    await using sink = new ArrowSink(`${folder}/none.arrows`);
    await sink.open();
    await sink.close();
    await rejects(Deno.stat(`${folder}/none.arrows`), Deno.errors.NotFound);
  });
});

Deno.test("ArrowSink: the schema explains the file: notes, channels with their scaling, clock", async () => {
  const table = await written({ metadata: { rig: "B" } }, (sink) => sink.write(block(0)));
  const description = JSON.parse(table.schema.metadata.get("dtollib")!);
  deepEqual(description.metadata, { rig: "B" });
  deepEqual([description.channels[1].gain, description.clock_hz], [2, 300_000]);
});

Deno.test("ArrowSink: hostile names and values come back as they went in", async () => {
  const names = [`a"b`, "line\nbreak", "x'); DROP TABLE readings; --", "😀", "n".repeat(63), "device", "nul\0"];
  const values = [1e308, -1e308, 5e-324, -0, NaN, 0.1, -Infinity];
  const hostile = reading(0, {
    device: `DT"98'06\n`,
    values: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    units: Object.fromEntries(names.map((name) => [name, `µ"${name}`])),
    tMonoNs: 2n ** 63n - 1n,
  });
  const table = await written({ onWarning: () => {} }, (sink) => sink.writeMany([hostile]));
  deepEqual(rowsOf(table), [expected(readingToRow(hostile, "ns"))]);
  const channels = names.map((name) => channel(name, { unit: null }));
  const hard = block(0, 2, { channels, firstSampleIndex: 2 ** 40 });
  deepEqual(rowsOf(await written({}, (sink) => sink.write(hard))), rowsOfBlocks([hard]));
});

Deno.test("ArrowSink: more channels than a small dictionary holds", async () => {
  const channels = Array.from({ length: 300 }, (_, i) => channel(`c${i}`, { unit: `u${i}` }));
  const wide = block(0, 2, { channels });
  deepEqual(rowsOf(await written({}, (sink) => sink.write(wide))), rowsOfBlocks([wide]));
});

Deno.test("blockToArrow() does not copy the values, and no two columns share memory", async () => {
  const one = block(0, 100);
  const table = await blockToArrow(one);
  equal(table.getChild("value")!.data[0]!.values.buffer, one.data.buffer);
  const buffers = table.schema.fields.flatMap(({ name }) => {
    const { values, nullBitmap } = table.getChild(name)!.data[0]!;
    return [values.buffer, ...(nullBitmap?.length > 0 ? [nullBitmap.buffer] : [])];
  });
  equal(new Set(buffers).size, buffers.length);
  deepEqual(rowsOf(table), rowsOfBlocks([one]));
});

Deno.test("ArrowSink: while it grows, the file is readable up to the last whole batch, wherever it ends", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.arrows`;
    await using sink = new ArrowSink(path);
    const ends: number[] = [];
    for (let i = 0; i < 3; i++) {
      await sink.write(block(i));
      ends.push((await Deno.stat(path)).size);
      deepEqual(blocksIn(await Deno.readFile(path)), [0, 1, 2].slice(0, i + 1));
    }
    const bytes = await Deno.readFile(path);
    for (let cut = ends[0]!; cut <= bytes.length; cut++) {
      deepEqual(
        blocksIn(bytes.slice(0, cut)),
        [0, 1, 2].slice(0, ends.filter((end) => end <= cut).length),
        `cut at ${cut}`,
      );
    }
  }));

/** Numbers of the blocks that can be read, up to where the bytes end. */
function blocksIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  try {
    for (const batch of RecordBatchReader.from(bytes)) numbers.push(Number(batch.getChild("block_index")!.get(0)));
  } catch {
    // the batch behind the last whole one is torn
  }
  return numbers;
}

Deno.test("ArrowSink: pyarrow reads the same rows, from whole and from torn files", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.arrows`;
    await using sink = new ArrowSink(path, { metadata: { rig: "B" } });
    for (const one of [block(0, 50), errorBlock(1, 50), block(2, 50)]) await sink.write(one);
    const script = `import sys
try:
    import pyarrow.ipc as ipc
except ImportError:
    print("no pyarrow"); sys.exit()
reader = ipc.open_stream(sys.argv[1])
assert b"dtollib" in reader.schema.metadata
try:
    while True:
        batch = reader.read_next_batch(); batch.validate(full=True)
        for row in batch.to_pylist():
            print(row["block_index"], row["channel"], row["t_mono_ns"], repr(row["value"]), row["error_type"], sep="|")
except (StopIteration, OSError):
    pass
`;
    const expectedLines = [block(0, 50), errorBlock(1, 50), block(2, 50)].flatMap((one) =>
      [...blockToRows(one, ns)].map((row) =>
        [
          row["block_index"],
          row["channel"] ?? "None",
          row["t_mono_ns"],
          row["value"] ?? "None",
          row["error_type"] ?? "None",
        ]
          .join("|")
      )
    );
    for (const torn of [0, 100]) {
      await Deno.writeFile(
        `${folder}/copy.arrows`,
        (await Deno.readFile(path)).slice(0, torn === 0 ? undefined : -torn),
      );
      const out = await outputOf(pythonPath(), ["-c", script, `${folder}/copy.arrows`]);
      if (out === null || out.startsWith("no pyarrow")) return console.log("left out: there is no pyarrow");
      deepEqual(out.trimEnd().split("\n"), torn === 0 ? expectedLines : expectedLines.slice(0, 101));
    }
  });
});

/** A python that has pyarrow, if the environment names one. */
function pythonPath(): string {
  return Deno.env.get("DTOL_PYTHON") ?? "python3";
}

Deno.test("ArrowSink: blocks and readings, boards, tasks, and other channels, are not mixed in one file", () =>
  inFolder(async (folder) => {
    await using sink = new ArrowSink(`${folder}/run.arrows`);
    await sink.write(block(0));
    await rejects(sink.writeMany([reading(0)]), DtolSinkSchemaError);
    await rejects(
      sink.write(block(1, 3, { channels: [channel("force"), channel("bath", { gain: 8 })] })),
      DtolSinkSchemaError,
    );
    await rejects(sink.write(block(1, 3, { device: "DT9805(00)" })), DtolSinkSchemaError);
    await rejects(sink.write(block(1, 3, { task: "heat" })), DtolSinkSchemaError);
    await sink.write(block(1));
    await sink.close();
    deepEqual(blocksIn(await Deno.readFile(`${folder}/run.arrows`)), [0, 1]);
  }));

Deno.test("ArrowSink: a file that exists is refused or replaced; two sinks on one file are refused", () =>
  inFolder(async (folder) => {
    const path = `${folder}/deep/run.arrows`;
    await using first = new ArrowSink(path);
    await first.write(block(0));
    await rejects(new ArrowSink(path).open(), DtolResourceError);
    await rejects(new ArrowSink(path, { ifExists: "overwrite" }).open(), DtolResourceError);
    await first.close();
    await rejects(
      new ArrowSink(path).open(),
      (error) => error instanceof DtolResourceError && /exists/.test(error.message),
    );
    {
      await using second = new ArrowSink(path, { ifExists: "overwrite" });
      await second.write(block(5));
    }
    deepEqual(blocksIn(await Deno.readFile(path)), [5]);
  }));

Deno.test("ArrowSink: on a full disk the file stays whole up to the last block, and the error stays", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.arrows`;
    const sink = new ArrowSink(path, { open: diskOf(60_000) });
    let stored = 0;
    const full = async () => {
      for (;; stored++) await sink.write(block(stored, 60));
    };
    await rejects(full(), (error) => error instanceof DtolSinkWriteError && /No space left/.test(error.message));
    await rejects(sink.write(block(stored)), DtolSinkWriteError);
    await sink.close().catch(() => {});
    ok(stored > 2);
    deepEqual(blocksIn(await Deno.readFile(path)), Array.from({ length: stored }, (_, i) => i));
  }));

Deno.test("ArrowSink: killed at any moment, the file has every block whose write had resolved", async () => {
  await killLoop(KILL_CASES["arrow"]!, 20);
});

Deno.test("ArrowSink: writing its file is all it needs", () =>
  inFolder(async (folder) => {
    const root = new URL("../../", import.meta.url);
    const program =
      `import { ArrowSink } from "${root}sinks/arrow.ts"; import { block } from "${root}tests/sinks/records.ts";
      await using sink = new ArrowSink(Deno.args[0]); await sink.write(block(0));`;
    await Deno.writeTextFile(`${folder}/run.ts`, program);
    const allow = [
      "--no-prompt",
      `--config=${fileURLToPath(new URL("deno.json", root))}`,
      `--allow-write=${folder}/run.arrows`,
    ];
    await outputOf(Deno.execPath(), ["run", "--no-check", ...allow, `${folder}/run.ts`, `${folder}/run.arrows`]);
    deepEqual(blocksIn(await Deno.readFile(`${folder}/run.arrows`)), [0]);
  }));

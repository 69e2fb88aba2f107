/** The times of triggered scans in files: between two bursts the clock rests, and readers that are not ours see that. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import type { RetriggerSpec } from "../../src/model/triggers.ts";
import { ExternalDigitalStart } from "../../src/model/triggers.ts";
import { ArrowSink } from "../../sinks/arrow.ts";
import { ParquetSink } from "../../sinks/parquet.ts";
import { inFolder, queryDuckdb } from "./parquet_fixtures.ts";

const BOARD = "DT9862(00)";
const BURST = 10;
const NAMES = ["a", "b"];

/** Blocks of a recording in bursts of ten scans at 100 MHz / 33333, as the rate of 3 kHz comes out. */
async function recordBursts(by: "internal" | "outside"): Promise<DaqBlock[]> {
  const backend = new SimulatedBackend({ signal: { kind: "counting" } });
  const rising = new ExternalDigitalStart();
  const retrigger: Partial<RetriggerSpec> = by === "internal"
    ? { mode: "internal", multiscanCount: BURST, frequencyHz: 61 }
    : { mode: "scan_per_trigger", multiscanCount: BURST };
  const spec = new TaskSpec({
    board: BOARD,
    channels: NAMES.map((name, physicalChannel) => new AnalogInputVoltage({ physicalChannel, name })),
    timing: { rateHz: 3000, samplesPerChannel: 70, retrigger: retrigger as RetriggerSpec },
    buffers: { buffers: 8, samplesPerBuffer: by === "internal" ? 24 : BURST }, // a border in the middle of a burst, or none
    ...(by === "internal" ? {} : { trigger: rising }),
  });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  const blocks: DaqBlock[] = [];
  const reader = recording.stream.getReader();
  for (;;) {
    if (by === "outside") backend.trigger(BOARD, "rising");
    const { value, done } = await reader.read();
    if (done) return blocks;
    blocks.push(value);
  }
}

/** Each sample's times, to the nanosecond and to the microsecond. */
function timesOf(blocks: readonly DaqBlock[]): unknown[] {
  return blocks.flatMap(({ axis, firstSampleIndex, samplesPerChannel }) =>
    NAMES.flatMap((channel) =>
      Array.from({ length: samplesPerChannel }, (_, k) => {
        const index = firstSampleIndex + k;
        return [channel, BigInt(index), axis.monoNsOf(index), axis.utcNsOf(index) / 1000n];
      })
    )
  );
}

/** The same from an Arrow file, by the reader of apache-arrow; a time is read as it lies in memory. */
async function fromArrow(path: string): Promise<unknown[]> {
  const table = tableFromIPC(await Deno.readFile(path));
  return table.batches.flatMap((batch) => {
    const [channel, index, mono, utc] = ["channel", "sample_index", "t_mono_ns", "t_utc"].map((name) =>
      batch.getChild(name)!
    );
    return Array.from({ length: batch.numRows }, (_, i) => [
      ...[channel!.get(i), index!.get(i), mono!.get(i)],
      utc!.data[0]!.values[i],
    ]);
  });
}

/** The same from a Parquet file, by DuckDB. */
async function fromParquet(path: string): Promise<unknown[]> {
  const rows = await queryDuckdb(`SELECT channel, sample_index, t_mono_ns, t_utc FROM '${path}'`);
  return rows.map((row) => Object.values(row));
}

async function wideFromParquet(path: string): Promise<unknown[]> {
  const rows = await queryDuckdb(`SELECT sample_index, t_mono_ns, t_utc FROM '${path}'`);
  return rows.map((row) => ["a", ...Object.values(row)]);
}

for (const by of ["internal", "outside"] as const) {
  Deno.test(`bursts by ${by} triggers have the times of the block's axis in Parquet and Arrow files`, async () => {
    const blocks = await recordBursts(by);
    const times = timesOf(blocks);
    equal(times.length, 70 * NAMES.length);
    const first = blocks[0]!.axis;
    if (by === "internal") {
      const border = first.monoNsOf(BURST) - first.monoNsOf(BURST - 1);
      ok(border > 10_000_000n, `the clock rests between two bursts, but ${border} ns went by`);
    } else equal(new Set(blocks.map(({ axis }) => axis.anchor.index)).size, 7, "each burst has its anchor");
    await inFolder(async (folder) => {
      const paths = [`${folder}/run.arrows`, `${folder}/long.parquet`, `${folder}/wide.parquet`] as const;
      {
        await using arrow = new ArrowSink(paths[0]);
        await using long = new ParquetSink(paths[1]);
        await using wide = new ParquetSink(paths[2], { layout: "wide" });
        for (const block of blocks) for (const sink of [arrow, long, wide]) await sink.write(block);
      }
      deepEqual(await fromArrow(paths[0]), times);
      deepEqual(await fromParquet(paths[1]), times);
      deepEqual(await wideFromParquet(paths[2]), times.filter((row) => (row as unknown[])[0] === "a"));
    });
  });
}

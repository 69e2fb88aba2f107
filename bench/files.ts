/**
 * From files to files: raw to Parquet by `convert`, and for information the other ways.
 *
 * @module
 */

import { DaqBlock, TimeAxis } from "../mod.ts";
import { convert, inspectFile, RawCountsSink } from "../sinks/mod.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const CHANNELS = 8;
const MIN_SPEED = 20;

/** Samples of each channel in a block: what the library chooses at 10 kHz, and at 100 kHz. */
const BLOCKS = [1000, 10_000];

/** Converts the same run again and again, block sizes in turn. */
export async function files({ quick, folder }: BenchOptions): Promise<Row[]> {
  const samples = quick ? 500_000 : 2_500_000;
  const raw = (size: number) => `${folder}/run ${size}.dt-raw`;
  for (const size of BLOCKS) {
    await ReadableStream.from(blocksOf(size, samples / size)).pipeTo(
      new RawCountsSink(raw(size), { syncIntervalS: 0 }),
    );
  }
  const speeds: number[][] = BLOCKS.map(() => []);
  for (let round = -1; round < (quick ? 3 : 7); round++) {
    for (const [i, size] of BLOCKS.entries()) {
      const speed = await speedOf(samples, () => convert(raw(size), `${folder}/run.parquet`, { overwrite: true }));
      if (round >= 0) speeds[i]!.push(speed); // the round before is for the compiler
    }
  }
  const rows: Row[] = BLOCKS.map((size, i) => {
    const speed = median(speeds[i]!);
    return {
      name: `raw to Parquet by convert, ${CHANNELS} x ${size} a block`,
      measured: `${speed.toFixed(0)} MS/s`,
      target: `>= ${MIN_SPEED} MS/s`,
      ok: speed >= MIN_SPEED,
      note: `${
        (samples * CHANNELS / 1e6).toFixed(0)
      } MS, the checksums of the source checked, the output on the disk at the end`,
    };
  });
  const source = raw(10_000);
  const parquet = `${folder}/run.parquet`;
  const others: [string, () => Promise<unknown>][] = [
    ["verify raw", () => inspectFile(source)],
    ["verify Parquet", () => inspectFile(parquet)],
    ["raw to Arrow by convert", () => convert(source, `${folder}/run.arrow`, { overwrite: true })],
    ["raw to CSV by convert", () => convert(source, `${folder}/run.csv`, { overwrite: true })],
    ["raw to JSONL by convert", () => convert(source, `${folder}/run.jsonl`, { overwrite: true })],
    ["raw to SQLite (blobs) by convert", () => convert(source, `${folder}/run.db`, { overwrite: true })],
    ["Parquet to raw by convert", () => convert(parquet, `${folder}/again.dt-raw`, { overwrite: true })],
  ];
  for (const [name, work] of others) {
    rows.push({ name, measured: `${(await speedOf(samples, work)).toFixed(1)} MS/s`, note: "once" });
  }
  return rows;
}

/** Million samples of all channels a second. */
async function speedOf(samples: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return samples * CHANNELS / (performance.now() - start) / 1e3;
}

/** Sines with some noise, made one at a time. */
export function* blocksOf(samplesPerChannel: number, count: number): Generator<DaqBlock> {
  const axis = new TimeAxis({
    index: 0,
    monoNs: 5_000_000_000n,
    utcNs: 1_779_971_696n * 10n ** 9n,
    clockHz: 800_000,
    ticksPerSample: CHANNELS,
  });
  const channels = Array.from({ length: CHANNELS }, (_, physicalChannel) => ({
    name: `ch${physicalChannel}`,
    unit: "V",
    physicalChannel,
    scaling: { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" } as const,
    metadata: {},
  }));
  let noise = 7;
  for (let blockIndex = 0; blockIndex < count; blockIndex++) {
    const firstSampleIndex = blockIndex * samplesPerChannel;
    const codes = new Uint16Array(CHANNELS * samplesPerChannel);
    for (let i = 0; i < codes.length; i++) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      const k = firstSampleIndex + i % samplesPerChannel;
      codes[i] = 32_768 + 1500 * Math.sin(k / 500) + (noise >>> 27);
    }
    const readNs = axis.monoNsOf(firstSampleIndex + samplesPerChannel);
    yield new DaqBlock({
      ...{
        device: "DT9806(00)",
        task: "bench",
        channels,
        codes,
        blockIndex,
        firstSampleIndex,
        samplesPerChannel,
        axis,
      },
      ...{ startedUtcNs: axis.anchor.utcNs, readStartedNs: readNs, readFinishedNs: readNs },
    });
  }
}

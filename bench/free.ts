/**
 * How fast the road from the board's buffer to the raw file is when nothing paces it, beside a C loop that does nothing but
 * write as many bytes.
 *
 * @module
 */

import { monotonicClock, record } from "../mod.ts";
import { openRaw } from "../src/raw/replay.ts";
import { openBoard } from "./board.ts";
import { type Native, openNative } from "./native.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const CHANNELS = 2;
const BYTES_PER_SCAN = 2 * CHANNELS;

interface Figures {
  /** Milliseconds until the last chunk was written. */
  readonly writtenMs: number;
  /** Milliseconds until all of it was on the disk. */
  readonly syncedMs: number;
}

interface Ours extends Figures {
  readonly bytes: number;
  readonly chunks: number;
  readonly read: number;
}

/** Free-running, with and without syncs, our recorder and C in turn. */
export async function free(options: BenchOptions): Promise<Row[]> {
  const native = await openNative();
  try {
    const rows: Row[] = [];
    for (const samplesPerBuffer of [65_536, 500_000]) {
      for (const syncIntervalS of [1, 0]) rows.push(...await compare(native, options, samplesPerBuffer, syncIntervalS));
    }
    return rows;
  } finally {
    native.close();
  }
}

async function compare(
  native: Native,
  { quick, folder }: BenchOptions,
  samplesPerBuffer: number,
  syncIntervalS: number,
): Promise<Row[]> {
  const samples = (quick ? 50e6 : 250e6) - (quick ? 50e6 : 250e6) % samplesPerBuffer;
  const ours: Ours[] = [];
  const theirs: Figures[] = [];
  for (let i = 0; i < (quick ? 3 : 7); i++) {
    ours.push(await recordFreely(`${folder}/free.dt-raw`, samples, samplesPerBuffer, syncIntervalS));
    theirs.push(await writePlainly(native, `${folder}/plain.bin`, ours.at(-1)!, samples, syncIntervalS));
  }
  const msOf = ({ writtenMs, syncedMs }: Figures) => syncIntervalS > 0 ? syncedMs : writtenMs;
  const ourMs = median(ours.map(msOf));
  const cMs = median(theirs.map(msOf));
  const ratio = median(ours.map((one, i) => msOf(theirs[i]!) / msOf(one)));
  const { bytes, chunks } = ours[0]!;
  const rate = (ms: number) => `${(bytes / ms / 1e3).toFixed(0)} MB/s`;
  const speed = samples * CHANNELS / ourMs / 1e3;
  const size = `${(samplesPerBuffer * BYTES_PER_SCAN / 1e3).toFixed(0)} kB`;
  const habit = syncIntervalS > 0 ? "fdatasync every 1 s and at the end" : "no sync";
  const read = median(ours.map((one) => one.read)) / chunks * 100;
  return [{
    name: `free: chunks of ${size}, ${habit}`,
    measured: `${speed.toFixed(0)} MS/s (${rate(ourMs)})`,
    target: ">= 100 MS/s",
    ok: speed >= 100,
    note: `${(bytes / 1e9).toFixed(2)} GB, ${chunks} chunks; ${read.toFixed(0)} % of the blocks reached the reader before the backlog was full`,
  }, {
    name: `free: the same, share of C's speed`,
    measured: `${ratio.toFixed(2)} (C: ${rate(cMs)})`,
    target: ">= 0.5",
    ok: ratio >= 0.5,
    note: `C writes header + payload of the same sizes with write(2) to the same file system, one block of memory over and over${
      syncIntervalS > 0 ? ", syncs from a second thread" : ""
    }`,
  }];
}

async function recordFreely(
  path: string,
  samplesPerChannel: number,
  samplesPerBuffer: number,
  syncIntervalS: number,
): Promise<Ours> {
  await using session = await openBoard({ rateHz: 10e6, samplesPerBuffer, samplesPerChannel, freeRunning: true });
  await using recording = await record(session, { raw: { path, syncIntervalS } });
  if (Deno.env.get("NOREAD")) await recording.stream.cancel();
  let read = 0;
  if (!Deno.env.get("NOREAD")) for await (const { codes } of recording.stream) read += codes!.length === 0 ? 0 : 1;
  await recording.finished;
  const endedNs = monotonicClock().nowNs();
  const { raw } = recording.summary;
  await using file = await openRaw(path);
  const last = (await Array.fromAsync(file.blocks({ firstSample: samplesPerChannel - 1 })))[0]!;
  const startNs = last.axis.anchor.monoNs;
  const writtenMs = Number(last.readFinishedNs - startNs) / 1e6;
  await Deno.remove(path);
  return { writtenMs, syncedMs: Number(endedNs - startNs) / 1e6, bytes: raw!.bytes, chunks: raw!.chunks, read };
}

async function writePlainly(
  native: Native,
  path: string,
  { bytes, chunks }: Ours,
  samples: number,
  syncIntervalS: number,
): Promise<Figures> {
  const payload = Math.round(samples * BYTES_PER_SCAN / (chunks - 1));
  const header = Math.round(bytes / (chunks - 1)) - payload;
  const out = new Float64Array(2);
  const name = new TextEncoder().encode(`${path}\0`);
  const ok = await native.symbols.bench_write(name, chunks - 1, header, payload, syncIntervalS * 1000, out);
  await Deno.remove(path);
  if (ok === 0) throw new Error(`The C loop could not write ${path}`);
  return { writtenMs: out[0]!, syncedMs: out[1]! };
}

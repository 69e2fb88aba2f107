/**
 * How fast the road from the board's buffer to the raw file is when nothing paces it, beside a C loop that does nothing but
 * write the same bytes: out of memory that holds all of them and, for information, one chunk of them over and over.
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
const MIN_SPEED = 100;
const MIN_SHARE = 0.5;

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
  /** Milliseconds from the removal of the file before to the start of the clock. */
  readonly startMs: number;
}

/** One way to run: the first two are what the library does by itself at this rate, with its syncs and without. */
const WAYS: readonly Way[] = [
  { samplesPerBuffer: 500_000, syncIntervalS: 1, reading: false, judged: true },
  { samplesPerBuffer: 500_000, syncIntervalS: 0, reading: false, judged: true },
  { samplesPerBuffer: 65_536, syncIntervalS: 1, reading: false, judged: false },
  { samplesPerBuffer: 65_536, syncIntervalS: 0, reading: false, judged: false },
  { samplesPerBuffer: 500_000, syncIntervalS: 1, reading: true, judged: false },
];

interface Way {
  readonly samplesPerBuffer: number;
  readonly syncIntervalS: number;
  /** Whether the stream is read, too; otherwise it is cancelled, and the file is all there is. */
  readonly reading: boolean;
  /** Whether there is a target for it; the others are for information. */
  readonly judged: boolean;
}

/** Free-running in several ways, our recorder and C in turn. */
export async function free(options: BenchOptions): Promise<Row[]> {
  const native = await openNative();
  try {
    const rows: Row[] = [];
    for (const way of WAYS) rows.push(...await compare(native, options, way));
    return rows;
  } finally {
    native.close();
  }
}

async function compare(native: Native, { quick, folder }: BenchOptions, way: Way): Promise<Row[]> {
  const { samplesPerBuffer, syncIntervalS, reading, judged } = way;
  const samples = Math.floor((quick ? 100e6 : 250e6) / samplesPerBuffer) * samplesPerBuffer;
  const path = `${folder}/free.dt-raw`;
  const ours: Ours[] = [];
  const theirs: Figures[] = [];
  const cached: Figures[] = [];
  for (let i = 0; i <= (quick ? 3 : 7); i++) {
    const one = await recordFreely(path, samples, way);
    const bytes = await Deno.readFile(path);
    const other = await writePlainly(native, path, one, bytes, way);
    const overAndOver = await writePlainly(native, path, one, bytes, way, true);
    if (i === 0) continue; // it had no file before it
    ours.push(one);
    theirs.push(other);
    cached.push(overAndOver);
  }
  await Deno.remove(path);
  const msOf = ({ writtenMs, syncedMs }: Figures) => syncIntervalS > 0 ? syncedMs : writtenMs;
  const ourMs = median(ours.map(msOf));
  const cMs = median(theirs.map(msOf));
  const shareOf = (their: readonly Figures[]) => median(ours.map((one, i) => msOf(their[i]!) / msOf(one)));
  const ratio = shareOf(theirs);
  const { bytes, chunks } = ours[0]!;
  const mbPerS = (ms: number) => `${(bytes / ms / 1e3).toFixed(0)} MB/s`;
  const speed = samples * CHANNELS / ourMs / 1e3;
  const size = `${(samplesPerBuffer * BYTES_PER_SCAN / 1e6).toFixed(2)} MB`;
  const habit = syncIntervalS > 0 ? "fdatasync every 1 s and at the end" : "no sync";
  const read = median(ours.map((one) => one.read / one.chunks)) * 100;
  return [{
    name: `free: chunks of ${size}, ${habit}${reading ? ", stream read" : ""}`,
    measured: `${speed.toFixed(0)} MS/s (${mbPerS(ourMs)})`,
    ...(judged ? { target: `>= ${MIN_SPEED} MS/s`, ok: speed >= MIN_SPEED } : {}),
    note: `${(bytes / 1e9).toFixed(2)} GB in ${chunks} chunks, board and recorder on two threads; ` +
      (reading ? `${read.toFixed(0)} % of the blocks reached the reader` : "nobody reads the stream"),
  }, {
    name: "free: the same as a share of C's speed",
    measured: `${ratio.toFixed(2)} (C: ${mbPerS(cMs)})`,
    ...(judged ? { target: `>= ${MIN_SHARE}`, ok: ratio >= MIN_SHARE } : {}),
    note: `C write(2)s the same headers and payloads to the same file system${
      syncIntervalS > 0 ? ", and syncs from a second thread" : ""
    }; share of C's speed where it has one chunk, in its cache: ${shareOf(cached).toFixed(2)} of ${
      mbPerS(median(cached.map(msOf)))
    }`,
  }];
}

/**
 * Times a recording from the start of the clock: to the moment the last buffer came, when all before it were written, and
 * to the end of the last sync.
 */
async function recordFreely(path: string, samplesPerChannel: number, way: Way): Promise<Ours> {
  const { samplesPerBuffer, syncIntervalS, reading } = way;
  await using session = await openBoard({ rateHz: 10e6, samplesPerBuffer, samplesPerChannel, freeRunning: true });
  const raw = { path, syncIntervalS };
  const removedNs = await removeFile(path);
  await using recording = await record(session, reading ? { raw } : { raw, backlogS: 0.01 });
  let read = 0;
  if (reading) { for await (const { codes } of recording.stream) read += Math.sign(codes!.length); }
  else await recording.stream.cancel();
  await recording.finished;
  const endedNs = monotonicClock().nowNs();
  const { bytes, chunks } = recording.summary.raw!;
  await using file = await openRaw(path);
  const last = (await Array.fromAsync(file.blocks({ firstSample: samplesPerChannel - 1 })))[0]!;
  const startNs = last.axis.anchor.monoNs;
  return {
    writtenMs: Number(last.readFinishedNs - startNs) / 1e6,
    syncedMs: Number(endedNs - startNs) / 1e6,
    bytes,
    chunks,
    read,
    startMs: Number(startNs - removedNs) / 1e6,
  };
}

async function writePlainly(
  native: Native,
  path: string,
  { chunks, startMs }: Ours,
  bytes: Uint8Array<ArrayBuffer>,
  { samplesPerBuffer, syncIntervalS }: Way,
  overAndOver = false,
): Promise<Figures> {
  const payload = samplesPerBuffer * BYTES_PER_SCAN;
  const header = Math.floor(bytes.length / (chunks - 1)) - payload; // with what the file's own header and end have
  const step = BigInt(overAndOver ? 0 : header + payload);
  const out = new Float64Array(2);
  const name = new TextEncoder().encode(`${path}\0`);
  await removeFile(path);
  await new Promise((resolve) => setTimeout(resolve, startMs));
  const { bench_write } = native.symbols;
  const ok = await bench_write(name, bytes, step, chunks - 1, header, payload, syncIntervalS * 1000, out);
  if (ok === 0) throw new Error(`The C loop could not write ${path}`);
  return { writtenMs: out[0]!, syncedMs: out[1]! };
}

/**
 * Removes the file that was written before, and says when. The next one comes to lie in the memory that becomes free, if
 * it comes soon: a virtual machine hands free memory back to its host, and pays for getting it again.
 */
async function removeFile(path: string): Promise<bigint> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return monotonicClock().nowNs();
}

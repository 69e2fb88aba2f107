/**
 * 5 MS/s into each sink for a long time, watching memory: `deno task soak:sinks [-- --seconds 600] [--dir folder] [sink ...]`.
 *
 * Each sink has a process of its own. Text and Arrow take far more bytes than a disk has room for in ten minutes, so their
 * file begins anew every 256 MB; what they write, and how, is the same.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type BlockChannel, DaqBlock, TimeAxis } from "../mod.ts";
import {
  ArrowSink,
  type BlockSink,
  CsvSink,
  type FileTarget,
  JsonlSink,
  ParquetSink,
  RawCountsSink,
  SqliteSink,
} from "../sinks/mod.ts";
import { median, type Row, table } from "./report.ts";

const RATE = 5e6;
const CHANNELS = 8;
const SAMPLES = 12_500;
const RING_BYTES = 256e6;
/** What a settled process may still gain over the rest of its run; the garbage collector's humour is less. */
const MAX_GROWTH_MB = 48;

const SINKS: Readonly<Record<string, (folder: string) => BlockSink>> = {
  raw: (folder) => rawSink(new RawCountsSink(`${folder}/soak.dt-raw`)),
  parquet: (folder) => new ParquetSink(`${folder}/soak.parquet`),
  arrow: (folder) => new ArrowSink(`${folder}/soak.arrow`, { open: openRing }),
  csv: (folder) => new CsvSink(`${folder}/soak.csv`, { acceptBlocks: true, open: openRing }),
  jsonl: (folder) => new JsonlSink(`${folder}/soak.jsonl`, { acceptBlocks: true, open: openRing }),
  sqlite: (folder) => new SqliteSink(`${folder}/soak.db`, { samples: "blob" }),
};

/** What one sink came to. */
export interface SoakFigures {
  /** Name of the sink. */
  readonly sink: string;
  /** Seconds that it ran. */
  readonly seconds: number;
  /** Blocks that it took. */
  readonly blocks: number;
  /** Million samples of all channels a second; less than 5 when it could not keep up. */
  readonly megaSamplesPerS: number;
  /** Longest write in milliseconds. */
  readonly longestMs: number;
  /** Resident megabytes, once a second. */
  readonly residentMb: readonly number[];
  /** Megabytes of JavaScript's heap and of typed arrays, once a second. */
  readonly heapMb: readonly number[];
}

/** Growth in megabytes: the middle of the last third less that of the second. */
export function growthMb(perSecond: readonly number[]): number {
  const third = Math.floor(perSecond.length / 3);
  return median(perSecond.slice(-third)) - median(perSecond.slice(third, 2 * third));
}

/** Runs one sink in this process. */
async function soak(sink: string, seconds: number, folder: string): Promise<SoakFigures> {
  const target = SINKS[sink]!(folder);
  const blockAt = blocks();
  const residentMb: number[] = [];
  const heapMb: number[] = [];
  const start = performance.now();
  const intervalMs = 1000 * CHANNELS * SAMPLES / RATE;
  let [count, longestMs, nextLook] = [0, 0, 1000];
  for (let ms = 0; ms < 1000 * seconds; ms = performance.now() - start) {
    const before = performance.now();
    await target.write(blockAt(count++));
    const now = performance.now();
    longestMs = Math.max(longestMs, now - before);
    const early = count * intervalMs - (now - start);
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    else if (count % 16 === 0) await new Promise((resolve) => setTimeout(resolve)); // timers of the sink, too
    if (now - start < nextLook) continue;
    nextLook += 1000;
    const { rss, heapUsed, external } = Deno.memoryUsage();
    residentMb.push(Math.round(rss / 1e5) / 10);
    heapMb.push(Math.round((heapUsed + external) / 1e5) / 10);
  }
  const ran = (performance.now() - start) / 1000;
  await target.close();
  const megaSamplesPerS = count * CHANNELS * SAMPLES / ran / 1e6;
  return { sink, seconds: ran, blocks: count, megaSamplesPerS, longestMs, residentMb, heapMb };
}

/** Blocks of one endless run: their codes come again after a while, their indices and times do not. */
function blocks(): (blockIndex: number) => DaqBlock {
  const channels = Array.from({ length: CHANNELS }, (_, physicalChannel): BlockChannel => ({
    ...{ name: `ch${physicalChannel}`, unit: "V", physicalChannel, metadata: {} },
    scaling: { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" },
  }));
  const clockHz = RATE / CHANNELS;
  const axis = new TimeAxis({ index: 0, monoNs: 1n, utcNs: 1_779_971_696n * 10n ** 9n, clockHz, ticksPerSample: 1 });
  const codes = Array.from(
    { length: 16 },
    (_, n) =>
      Uint16Array.from({ length: CHANNELS * SAMPLES }, (_, i) => 32_768 + 2000 * Math.sin((n + i) / 500) + i % 13),
  );
  return (blockIndex) => {
    const firstSampleIndex = blockIndex * SAMPLES;
    const readNs = axis.monoNsOf(firstSampleIndex + SAMPLES);
    return new DaqBlock({
      ...{
        device: "DT9862(00)",
        task: "soak",
        channels,
        blockIndex,
        firstSampleIndex,
        samplesPerChannel: SAMPLES,
        axis,
      },
      ...{ startedUtcNs: axis.anchor.utcNs, readStartedNs: readNs, readFinishedNs: readNs },
      codes: codes[blockIndex % codes.length]!,
    });
  };
}

function rawSink(sink: RawCountsSink): BlockSink {
  return {
    open: () => sink.open(),
    write: (block) => sink.writeRaw(block),
    close: () => sink.close(),
    [Symbol.asyncDispose]: () => sink.close(),
  };
}

/** Opens a file that begins anew when it has become large. */
function openRing(path: string, options: Deno.OpenOptions): FileTarget {
  const file = Deno.openSync(path, options);
  let bytes = 0;
  return {
    readSync: (room) => file.readSync(room),
    writeSync(part) {
      if (bytes > RING_BYTES) bytes = file.seekSync(0, Deno.SeekMode.Start);
      const written = file.writeSync(part);
      bytes += written;
      return written;
    },
    truncateSync: (length) => file.truncateSync(length),
    seekSync: (offset, whence) => file.seekSync(offset, whence),
    syncData: () => file.syncData(),
    close: () => file.close(),
  };
}

/** Runs one sink in a process of its own. */
export async function soakOne(sink: string, seconds: number, dir?: string): Promise<SoakFigures> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet", fileURLToPath(import.meta.url), "--child", "--seconds", `${seconds}`],
      ...(dir === undefined ? [] : ["--dir", dir]),
      sink,
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`The process of ${sink} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function rowOf({ sink, seconds, megaSamplesPerS, longestMs, residentMb, heapMb }: SoakFigures): Row {
  const settled = residentMb.slice(Math.floor(residentMb.length / 3));
  const growth = growthMb(residentMb);
  return {
    name: `${sink}: ${seconds.toFixed(0)} s at ${megaSamplesPerS.toFixed(2)} MS/s`,
    measured: `${growth >= 0 ? "+" : ""}${growth.toFixed(1)} MB`,
    target: `< +${MAX_GROWTH_MB} MB`,
    ok: growth < MAX_GROWTH_MB,
    note:
      `resident ${Math.min(...settled).toFixed(0)} to ${Math.max(...settled).toFixed(0)} MB after a third, growth is ` +
      `from the second to the last third; heap and arrays ${growthMb(heapMb).toFixed(1)} MB; longest write ` +
      `${longestMs.toFixed(0)} ms${megaSamplesPerS < 0.99 * RATE / 1e6 ? "; IT DID NOT KEEP UP with 5 MS/s" : ""}`,
  };
}

async function inFolder<T>(dir: string | undefined, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "dtol-soak-", ...(dir === undefined ? {} : { dir }) });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args.filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "60" },
      dir: { type: "string" },
      child: { type: "boolean", default: false },
    },
  });
  const seconds = Number(values.seconds);
  const names = positionals.length > 0 ? positionals : Object.keys(SINKS);
  const unknown = names.find((name) => !Object.hasOwn(SINKS, name));
  if (unknown !== undefined || !(seconds >= 6)) {
    console.error(`Cannot soak: name some of ${Object.keys(SINKS).join(", ")}, and at least --seconds 6`);
    Deno.exit(2);
  }
  if (values.child) {
    console.log(JSON.stringify(await inFolder(values.dir, (folder) => soak(names[0]!, seconds, folder))));
  } else {
    const rows: Row[] = [];
    for (const name of names) {
      console.error(`${name} ...`);
      rows.push(rowOf(await soakOne(name, seconds, values.dir)));
    }
    console.log(table(rows));
    Deno.exit(rows.every(({ ok }) => ok) ? 0 : 1);
  }
}

/**
 * 5 MS/s into each sink for a long time, watching memory: `deno task soak:sinks [-- --seconds 600] [--dir folder] [sink ...]`.
 *
 * The simulated board is recorded as a user would, two channels at 2.5 MS/s, and its stream piped into the sink. Each sink has a
 * process of its own. One core makes less text than that, and no server takes five million rows a second: these sinks are
 * given what they can take by the overflow policy `drop_oldest`, which counts what it drops; the others must get every block.
 *
 * Text, Arrow and rows on a server take far more bytes than a disk has room for in ten minutes, so their file begins anew
 * every 256 MB, and the table is emptied now and then; what they write, and how, is the same.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type DaqBlock, record } from "../mod.ts";
import {
  ArrowSink,
  CsvSink,
  type FileTarget,
  JsonlSink,
  ParquetSink,
  PostgresConfig,
  PostgresSink,
  RawCountsSink,
  SqliteSink,
} from "../sinks/mod.ts";
import { PostgresServer } from "../tests/sinks/postgres_server.ts";
import { openBoard } from "./board.ts";
import { median, type Row, table } from "./report.ts";

const RATE_HZ = 2.5e6;
const SAMPLES_PER_BUFFER = 50_000;
/** Two and a half seconds: on a machine that does much else, too, a thread may have to wait for its turn. */
const BUFFERS = 128;
const RING_BYTES = 256e6;
/** What a settled process may still gain over the rest of its run; the garbage collector's humour is less. */
const MAX_GROWTH_MB = 48;

/** A sink to soak. */
interface Soaked {
  /** Makes it; what else it needs is given back with the stack. */
  make(folder: string, stack: AsyncDisposableStack): WritableStream<DaqBlock> | Promise<WritableStream<DaqBlock>>;
  /** Whether 5 MS/s are more than it can take. */
  readonly drops?: true;
}

const SINKS: Readonly<Record<string, Soaked>> = {
  raw: { make: (folder) => new RawCountsSink(`${folder}/soak.dt-raw`) },
  parquet: { make: (folder) => new ParquetSink(`${folder}/soak.parquet`) },
  arrow: { make: (folder) => new ArrowSink(`${folder}/soak.arrow`, { open: openRing }) },
  sqlite: { make: (folder) => new SqliteSink(`${folder}/soak.db`, { samples: "blob" }) },
  postgres: { make: (_, stack) => postgresSink(stack, null) },
  "csv-wide": { make: (folder) => csvSink(folder, "wide"), drops: true },
  csv: { make: (folder) => csvSink(folder, "long"), drops: true },
  jsonl: {
    make: (folder) => new JsonlSink(`${folder}/soak.jsonl`, { acceptBlocks: true, open: openRing }),
    drops: true,
  },
  "postgres-samples": { make: (_, stack) => postgresSink(stack, "samples"), drops: true },
};

/** What one sink came to. */
export interface SoakFigures {
  /** Name of the sink. */
  readonly sink: string;
  /** Seconds that it ran. */
  readonly seconds: number;
  /** Blocks that the board made. */
  readonly produced: number;
  /** Blocks that were stored: their writes resolved. */
  readonly stored: number;
  /** Blocks that were dropped and counted, as the policy has it. */
  readonly dropped: number;
  /** Blocks that were lost otherwise. */
  readonly lost: number;
  /** Longest write in milliseconds. */
  readonly longestMs: number;
  /** Seconds of CPU a second, of the whole process: board, drainer and sink. */
  readonly cores: number;
  /** Resident megabytes, once a second. */
  readonly residentMb: readonly number[];
  /** Megabytes of JavaScript's heap and of typed arrays, once a second. */
  readonly heapMb: readonly number[];
}

/** Whether every block is accounted for, and none is missing where none may be. */
function booksHold({ sink, produced, stored, dropped, lost }: SoakFigures): boolean {
  return produced === stored + dropped && lost === 0 && (dropped === 0 || SINKS[sink]!.drops === true);
}

/** Growth in megabytes: the middle of the last third less that of the second. */
export function growthMb(perSecond: readonly number[]): number {
  const third = Math.floor(perSecond.length / 3);
  return median(perSecond.slice(-third)) - median(perSecond.slice(third, 2 * third));
}

/** Runs one sink in this process. */
async function soak(sink: string, seconds: number, folder: string): Promise<SoakFigures> {
  const { make, drops = false } = SINKS[sink]!;
  await using stack = new AsyncDisposableStack();
  const target = counted(await make(folder, stack));
  await using session = await openBoard({
    rateHz: RATE_HZ,
    samplesPerBuffer: SAMPLES_PER_BUFFER,
    buffers: BUFFERS,
    samplesPerChannel: RATE_HZ * seconds,
    signal: "default",
  });
  const start = performance.now();
  const cpuBefore = cpuSeconds();
  await using recording = await record(session, { overflow: drops ? "drop_oldest" : "block" });
  const memory = watchMemory();
  await recording.stream.pipeTo(target.stream);
  memory.stop();
  const { produced, dropped, lost } = await recording.stop();
  const { stored, longestMs } = target;
  const ran = (performance.now() - start) / 1000;
  const cores = (cpuSeconds() - cpuBefore) / ran;
  return { sink, seconds: ran, produced, stored, dropped, lost, longestMs, cores, ...memory.seen };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The same stream, with a count of the writes that resolved. */
function counted(
  sink: WritableStream<DaqBlock>,
): { stream: WritableStream<DaqBlock>; stored: number; longestMs: number } {
  const writer = sink.getWriter();
  const counts = { stored: 0, longestMs: 0 };
  const stream = new WritableStream<DaqBlock>({
    async write(block) {
      const before = performance.now();
      await writer.write(block);
      counts.longestMs = Math.max(counts.longestMs, performance.now() - before);
      counts.stored++;
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  }, { highWaterMark: 1 });
  return Object.assign(counts, { stream });
}

/** Looks at this process's memory once a second. */
function watchMemory(): { readonly seen: Pick<SoakFigures, "residentMb" | "heapMb">; stop(): void } {
  const residentMb: number[] = [];
  const heapMb: number[] = [];
  const timer = setInterval(() => {
    const { rss, heapUsed, external } = Deno.memoryUsage();
    residentMb.push(Math.round(rss / 1e5) / 10);
    heapMb.push(Math.round((heapUsed + external) / 1e5) / 10);
  }, 1000);
  return { seen: { residentMb, heapMb }, stop: () => clearInterval(timer) };
}

function csvSink(folder: string, layout: "long" | "wide"): CsvSink {
  return new CsvSink(`${folder}/soak.csv`, { acceptBlocks: true, layout, open: openRing });
}

/** Block summaries, as is the default, or also a row a sample, in a table that is emptied every ten seconds. */
async function postgresSink(stack: AsyncDisposableStack, tableSamples: string | null): Promise<PostgresSink> {
  const server = stack.use(await PostgresServer.start());
  if (tableSamples !== null) {
    const empty = () => server.query(`TRUNCATE ${tableSamples}`).catch(() => {}); // not there yet
    const timer = setInterval(empty, 10_000);
    stack.defer(() => clearInterval(timer));
  }
  return new PostgresSink(new PostgresConfig({ dsn: server.dsn, createTables: true, tableSamples }));
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

function rowOf(figures: SoakFigures): Row {
  const { sink, seconds, produced, stored, dropped, lost, longestMs, cores, residentMb, heapMb } = figures;
  const settled = residentMb.slice(Math.floor(residentMb.length / 3));
  const growth = growthMb(residentMb);
  const holds = booksHold(figures);
  const share = `${stored} of ${produced} blocks stored${dropped > 0 ? `, ${dropped} dropped and counted` : ""}`;
  const [least, most] = [Math.min(...settled), Math.max(...settled)].map((mb) => mb.toFixed(0));
  return {
    name: `${sink}: ${seconds.toFixed(0)} s, offered 5 MS/s`,
    measured: `${growth >= 0 ? "+" : ""}${growth.toFixed(1)} MB`,
    target: `< +${MAX_GROWTH_MB} MB`,
    ok: growth < MAX_GROWTH_MB && holds,
    note:
      `${share}${holds ? "" : `: THE BOOKS DO NOT HOLD, ${lost} are lost`}; resident ${least} to ${most} MB after ` +
      `a third, growth is from the second to the last third; heap and arrays ${growthMb(heapMb).toFixed(1)} MB; ` +
      `CPU ${(100 * cores).toFixed(0)} % of a core; longest write ${longestMs.toFixed(0)} ms`,
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
      const row = rowOf(await soakOne(name, seconds, values.dir));
      console.error(table([row]));
      rows.push(row);
    }
    console.log(table(rows));
    Deno.exit(rows.every(({ ok }) => ok) ? 0 : 1);
  }
}

/**
 * Twenty million samples a second for a minute, with a main thread that sleeps in the middle: is every sample in the file,
 * and what does it cost?
 *
 * @module
 */

import { type Usage, usageOf } from "./process.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const SAMPLE_MS = 500;
const SETTLED_S = 10;
const MAX_CORE = 0.6;
const MAX_APART = 0.05;

interface Books {
  readonly produced: number;
  readonly emitted: number;
  readonly dropped: number;
  readonly lost: number;
  readonly samplesPerChannel: number;
  readonly samplesRead: number;
}

interface Watched {
  readonly usage: readonly Usage[];
  readonly blockedAtMs: number;
  readonly awakeAtMs: number;
  readonly books: Books;
}

/** Records in a process of its own, and checks the file in another. */
export async function realtime({ quick, folder }: BenchOptions): Promise<Row[]> {
  const seconds = quick ? 24 : 60;
  const blockS = 5;
  const path = `${folder}/realtime.dt-raw`;
  try {
    const watched = await watch([path, seconds, quick ? 15 : 30, blockS]);
    const samples = seconds * 10e6;
    const check = await run("verify_run.ts", [path, samples]);
    const found = JSON.parse(check) as { right: boolean; bytes: number };
    return [
      completeness(watched.books, samples, found, blockS),
      ...cpu(watched),
      memory(watched),
    ];
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

function completeness(books: Books, samples: number, file: { right: boolean; bytes: number }, blockS: number): Row {
  const { produced, emitted, dropped, lost, samplesPerChannel, samplesRead } = books;
  const ok = file.right && dropped === 0 && lost === 0 && produced === emitted &&
    samplesPerChannel === samples && samplesRead === samples;
  const state = file.right ? "file right" : "FILE WRONG";
  return {
    name: `realtime: 2 x 10 MS/s, ${samples / 10e6} s, raw file`,
    measured: `${produced} blocks, ${lost} lost, ${dropped} dropped, ${state}`,
    target: "0, 0, right",
    ok,
    note: `main thread blocked for ${blockS} s; ${
      (file.bytes / 1e9).toFixed(2)
    } GB compared sample by sample afterwards`,
  };
}

/** CPU from the start of the clock to the end of the run; windows of it are those before and after the pause. */
function cpu({ usage, blockedAtMs, awakeAtMs }: Watched): Row[] {
  const core = (from: Usage, to: Usage) => (to.cpuS - from.cpuS) / (to.atMs - from.atMs) * 1000;
  const [first, last] = [usage[0]!, usage.at(-1)!];
  const before = usage.filter(({ atMs }) => atMs < blockedAtMs).at(-1)!;
  const after = usage.find(({ atMs }) => atMs > awakeAtMs + 1000) ?? last;
  const share = (role: keyof Usage["threads"]) =>
    `${role} ${percent((last.threads[role] - first.threads[role]) / (last.atMs - first.atMs) * 1000)}`;
  return [{
    name: "realtime: CPU of the process",
    measured: `${percent(core(first, last))} of a core`,
    target: `<= ${percent(MAX_CORE)}`,
    ok: core(first, last) <= MAX_CORE,
    note: `utime + stime, the board's thread included; ${
      (["drainer", "main", "board", "other"] as const).map(share).join(", ")
    }; before the pause ${percent(core(first, before))}, after it ${percent(core(after, last))}`,
  }];
}

/** Flat: the medians of three equal windows after the first ten seconds lie within 5 % of the first of them. */
function memory({ usage }: Watched): Row {
  const settled = usage.filter(({ atMs }) => atMs >= usage[0]!.atMs + SETTLED_S * 1000);
  const resident = settled.map((one) => one.residentBytes);
  const length = Math.ceil(settled.length / 3);
  const windows = [0, 1, 2].map((i) => median(resident.slice(i * length, (i + 1) * length)));
  const apart = Math.max(...windows.map((bytes) => Math.abs(bytes / windows[0]! - 1)));
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return {
    name: `realtime: resident memory after ${SETTLED_S} s`,
    measured: `${windows.map(megabytes).join(", ")} MB (${percent(apart, 1)} apart)`,
    target: `within ${percent(MAX_APART)}`,
    ok: apart <= MAX_APART,
    note:
      `statm every ${SAMPLE_MS / 1000} s, medians of three equal windows, the pause in the second; a backlog of 8 s ` +
      `(320 MB) is in it; the most is ${megabytes(Math.max(...resident))} MB, when the reader catches up`,
  };
}

/** Runs the recording, and samples its process from the start of the clock until it stops. */
async function watch(args: readonly (string | number)[]): Promise<Watched> {
  const child = spawn("realtime_run.ts", args);
  const usage: Usage[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;
  let blockedAtMs = 0;
  let awakeAtMs = 0;
  let books: Books | undefined;
  const sample = () => usage.push(usageOf(child.pid));
  for await (const line of lines(child.stdout)) {
    if (line === "started") {
      sample();
      timer = setInterval(sample, SAMPLE_MS);
    } else if (line === "blocked") blockedAtMs = performance.now();
    else if (line === "awake") awakeAtMs = performance.now();
    else if (line === "stopping") clearInterval(timer);
    else books = JSON.parse(line) as Books;
  }
  clearInterval(timer);
  const { code } = await child.status;
  if (code !== 0 || books === undefined) throw new Error(`bench/realtime_run.ts failed with exit code ${code}`);
  return { usage, blockedAtMs, awakeAtMs, books };
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

function spawn(script: string, args: readonly (string | number)[]): Deno.ChildProcess {
  const entry = decodeURIComponent(new URL(script, import.meta.url).pathname);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", entry, ...args.map(String)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function run(script: string, args: readonly (string | number)[]): Promise<string> {
  const child = spawn(script, args);
  const text = await new Response(child.stdout).text();
  await child.status;
  return text;
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/**
 * Parquet: our sink beside parquet-wasm and pyarrow, on the same samples in the same run.
 *
 * @module
 */

import { type BlockChannel, DaqBlock, TimeAxis } from "../mod.ts";
import { ParquetSink } from "../sinks/parquet.ts";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "../tests/packages/duckdb.ts";
import { Pyarrow, writeWithWasm } from "./parquet_peers.ts";
import { type Usage, usageOf } from "./process.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const CHANNELS = 8;
const SAMPLES = 10_000;

/** Signals with few and with many distinct values: a 12-bit converter with some noise, and 16 bits with much. */
const SIGNALS: Readonly<Record<string, (sine: number, random: () => number) => number>> = {
  "12 bit": (sine, random) => 2048 + 1500 * sine + 8 * (random() + random() + random() - 1.5),
  "16 bit": (sine, random) => 32_768 + 20_000 * sine + 4096 * (random() - 0.5),
};

/** How much faster we are to be. pyarrow as `write_table` comes; tuned by hand for these columns it is for information. */
const TARGETS: Readonly<Record<string, number>> = { "parquet-wasm": 10, "pyarrow": 5 };

/** What one writer needed. */
interface Figures {
  readonly rowsPerS: number;
  readonly bytesPerRow: number;
}

/** Long layout, 8 channels x 10,000 samples a block, all writers in turn. */
export async function parquet({ quick, folder }: BenchOptions): Promise<Row[]> {
  await using pyarrow = await Pyarrow.start();
  const rows: Row[] = [];
  for (const [name, signal] of Object.entries(SIGNALS)) {
    rows.push(...await compare(name, blocksOf(signal, quick ? 20 : 40), quick ? 5 : 11, folder, pyarrow));
  }
  return rows;
}

async function compare(
  name: string,
  blocks: readonly DaqBlock[],
  rounds: number,
  folder: string,
  pyarrow: Pyarrow | null,
): Promise<Row[]> {
  const path = `${folder}/bench.parquet`;
  const source = `${folder}/source ${name}.parquet`;
  await writeWithSink(blocks, source);
  const ours: Figures[] = [], wasm: Figures[] = [], python: Figures[] = [], plain: Figures[] = [];
  const rowsOf = blocks.length * CHANNELS * SAMPLES;
  const figures = (ms: number, bytes: number) => ({ rowsPerS: rowsOf / ms * 1000, bytesPerRow: bytes / rowsOf });
  for (let i = -1; i < rounds; i++) {
    const [our, their] = [await timed(() => writeWithSink(blocks, path), path), await timedWasm(blocks, path)];
    const py = await pyarrow?.write(source, path, true, WASM_COLUMNS);
    const pyPlain = await pyarrow?.write(source, path, false, WASM_COLUMNS);
    if (i < 0) continue; // until all are compiled
    ours.push(figures(...our));
    wasm.push(figures(...their));
    if (py !== undefined) python.push(figures(py.ms, py.bytes));
    if (pyPlain !== undefined) plain.push(figures(pyPlain.ms, pyPlain.bytes));
  }
  return report(name, ours, { "parquet-wasm": wasm, "pyarrow tuned": python, "pyarrow": plain });
}

function report(name: string, ours: readonly Figures[], peers: Readonly<Record<string, readonly Figures[]>>): Row[] {
  const what = `Parquet long, ${CHANNELS} x ${SAMPLES} a block, ${name}`;
  const speed = (all: readonly Figures[]) => median(all.map(({ rowsPerS }) => rowsPerS));
  const size = (all: readonly Figures[]) => median(all.map(({ bytesPerRow }) => bytesPerRow));
  const mrows = (all: readonly Figures[]) => `${(speed(all) / 1e6).toFixed(1)} Mrow/s`;
  const present = Object.entries(peers).filter(([, all]) => all.length > 0);
  const smallest = Math.min(...present.map(([, all]) => size(all)));
  return [
    ...present.map(([peer, all]) => {
      const ratio = median(ours.map(({ rowsPerS }, i) => rowsPerS / all[i]!.rowsPerS));
      const target = TARGETS[peer];
      return {
        name: `${what}: rows/s beside ${peer}`,
        measured: `${ratio.toFixed(1)} x`,
        ...(target === undefined ? {} : { target: `>= ${target} x`, ok: ratio >= target }),
        note: `${mrows(ours)} beside ${mrows(all)}${peer.startsWith("pyarrow") ? ", its columns made beforehand" : ""}`,
      };
    }),
    {
      name: `${what}: bytes a row`,
      measured: size(ours).toFixed(2),
      target: `<= ${smallest.toFixed(2)}`,
      ok: size(ours) <= smallest,
      note: present.map(([peer, all]) => `${peer} ${size(all).toFixed(2)}`).join(", "),
    },
  ];
}

/** 2 x 10 MS/s into a raw file and a Parquet file at once, by the clock: does the sink keep up? */
export async function parquetRealtime({ quick, folder }: BenchOptions): Promise<Row[]> {
  const seconds = quick ? 10 : 60;
  const [raw, path] = [`${folder}/realtime.dt-raw`, `${folder}/realtime.parquet`];
  try {
    const { books, usage } = await watchRealtime([raw, path, `${seconds}`]);
    const { columns, rows } = await summaryOf(path);
    const [first, last] = [usage[0]!, usage.at(-1)!];
    const cores = (last.cpuS - first.cpuS) / (last.atMs - first.atMs) * 1000;
    const settled = usage.slice(Math.floor(usage.length / 3)).map(({ residentBytes }) => residentBytes / 1e6);
    const right = rows === 2 * seconds * 10e6 && columns === 2;
    return [{
      name: `Parquet beside raw at 2 x 10 MS/s, ${seconds} s`,
      measured: `${books.produced} blocks, ${books.lost} lost, ${books.dropped} dropped, ${
        (rows / 1e6).toFixed(0)
      } Mrows`,
      target: `0, 0, ${20 * seconds}`,
      ok: right && books.lost === 0 && books.dropped === 0,
      note: `${(100 * cores).toFixed(0)} % of a core for the whole process, the simulated board included; ` +
        `longest write ${books.longestMs.toFixed(0)} ms; memory ${Math.min(...settled).toFixed(0)} to ` +
        `${Math.max(...settled).toFixed(0)} MB after a third; ${
          (Deno.statSync(path).size / rows).toFixed(2)
        } bytes a row`,
    }];
  } finally {
    for (const name of [raw, path, `${path}.journal`]) await Deno.remove(name).catch(() => {});
  }
}

interface Books {
  readonly produced: number;
  readonly dropped: number;
  readonly lost: number;
  readonly longestMs: number;
}

async function watchRealtime(args: readonly string[]): Promise<{ books: Books; usage: Usage[] }> {
  const entry = fileURLToPath(new URL("parquet_realtime_run.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", entry, ...args],
    stdout: "piped",
  }).spawn();
  const usage: Usage[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (part.includes("started")) timer = setInterval(() => usage.push(usageOf(child.pid)), 500);
    if (part.includes("stopping")) clearInterval(timer);
  }
  clearInterval(timer);
  const { code } = await child.status;
  if (code !== 0) throw new Error(`bench/parquet_realtime_run.ts failed with exit code ${code}`);
  return { books: JSON.parse(text.trim().split("\n").at(-1)!), usage };
}

/** Rows of a file that follow each other without a hole, and channels. */
async function summaryOf(path: string): Promise<{ columns: number; rows: number }> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `SELECT count(*), max(sample_index) - min(sample_index) + 1 FROM read_parquet('${path}') GROUP BY channel`,
  );
  const channels = reader.getRows();
  const whole = channels.every(([count, span]) => count === span);
  return { columns: channels.length, rows: whole ? channels.reduce((sum, [count]) => sum + Number(count), 0) : 0 };
}

/** The columns that parquet-wasm is given: ours less two that are null throughout and one that is false. */
const WASM_COLUMNS = (
  "channel block_index sample_index t_mono_ns t_utc value device task unit sensor_status metadata"
).split(" ");

async function timed(write: () => Promise<void>, path: string): Promise<[ms: number, bytes: number]> {
  const start = performance.now();
  await write();
  return [performance.now() - start, Deno.statSync(path).size];
}

function timedWasm(blocks: readonly DaqBlock[], path: string): Promise<[ms: number, bytes: number]> {
  const fresh = blocks.map(copyOf);
  return timed(() => Promise.resolve(writeWithWasm(fresh, path)), path);
}

async function writeWithSink(blocks: readonly DaqBlock[], path: string): Promise<void> {
  await using sink = new ParquetSink(path, { ifExists: "overwrite", syncIntervalS: 0 }); // the others do not sync
  for (const block of blocks) await sink.write(block);
}

const AXIS = new TimeAxis({
  index: 0,
  monoNs: 1_234_567_890_123n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 800_000,
  ticksPerSample: 8,
});

function blocksOf(signal: (sine: number, random: () => number) => number, blocks: number): DaqBlock[] {
  const channels = Array.from({ length: CHANNELS }, (_, i): BlockChannel => ({
    name: `ch${i}`,
    unit: "V",
    physicalChannel: i,
    scaling: { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" },
    metadata: {},
  }));
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Array.from({ length: blocks }, (_, blockIndex) => {
    const first = blockIndex * SAMPLES;
    const codes = new Uint16Array(CHANNELS * SAMPLES);
    for (let i = 0; i < codes.length; i++) {
      codes[i] = signal(Math.sin((first + i % SAMPLES) / 500 + Math.floor(i / SAMPLES)), random);
    }
    return blockWith(channels, codes, blockIndex);
  });
}

/** The same block without what it has computed before. */
function copyOf({ channels, codes, blockIndex }: DaqBlock): DaqBlock {
  return blockWith(channels, codes as Uint16Array<ArrayBuffer>, blockIndex);
}

function blockWith(
  channels: readonly BlockChannel[],
  codes: Uint16Array<ArrayBuffer>,
  blockIndex: number,
): DaqBlock {
  return new DaqBlock({
    device: "DT9806(00)",
    task: "bench",
    channels,
    codes,
    blockIndex,
    firstSampleIndex: blockIndex * SAMPLES,
    samplesPerChannel: SAMPLES,
    axis: AXIS,
    startedUtcNs: AXIS.anchor.utcNs,
    readStartedNs: 0n,
    readFinishedNs: 0n,
  });
}

if (import.meta.main) {
  const { table } = await import("./report.ts");
  const folder = await Deno.makeTempDir({ prefix: "dtol-bench-" });
  try {
    const options = { quick: Deno.args.includes("--quick"), folder };
    console.log(table([...await parquet(options), ...await parquetRealtime(options)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * CSV and JSONL beside Python's own `csv` and `json`: the same rows, the same columns, in the same run, by turns.
 *
 * Python gets its rows ready made and writes them; the sinks get blocks and readings and do all the rest, too.
 */

import { TimeAxis } from "../src/model/axis.ts";
import { DaqBlock } from "../src/model/block.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { CsvSink, JsonlSink } from "../sinks/mod.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const CHANNELS = 8;
const SAMPLES = 10_000;
const BLOCKS = 6;
const READINGS = 20_000;
const BATCH = 64;

const AXIS = new TimeAxis({
  index: 0,
  monoNs: 1_234_567_890_123_456n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 80_000,
  ticksPerSample: CHANNELS,
});

const NAMES = Array.from({ length: CHANNELS }, (_, i) => `ch${i}`);

function makeBlock(index: number): DaqBlock {
  const codes = new Uint16Array(CHANNELS * SAMPLES);
  let noise = index + 1;
  for (let i = 0; i < codes.length; i++) { // a sine of a tenth of the range with some noise on it, as sensors give
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
    codes[i] = 32_768 + 3000 * Math.sin(i / 500) + (noise >>> 28);
  }
  return new DaqBlock({
    device: "DT9806(00)",
    task: "bench",
    channels: NAMES.map((name, physicalChannel) => ({
      name,
      unit: "V",
      physicalChannel,
      scaling: { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" },
      metadata: {},
    })),
    codes,
    blockIndex: index,
    firstSampleIndex: index * SAMPLES,
    samplesPerChannel: SAMPLES,
    axis: AXIS,
    startedUtcNs: AXIS.anchor.utcNs,
    readStartedNs: 0n,
    readFinishedNs: 0n,
  });
}

function makeReading(i: number): DaqReading {
  const at = AXIS.anchor.utcNs + BigInt(i) * 10_000_123n;
  return {
    device: "DT9806(00)",
    task: "bench",
    values: Object.fromEntries(NAMES.map((name, k) => [name, Math.sin(i * 0.01 + k) * 10])),
    units: Object.fromEntries(NAMES.map((name) => [name, "V"])),
    requestedAt: new Temporal.Instant(at),
    receivedAt: new Temporal.Instant(at + 1_000_000n),
    tUtc: new Temporal.Instant(at + 500_000n),
    tMonoNs: AXIS.anchor.monoNs + BigInt(i) * 10_000_123n,
    tMidpointMonoNs: AXIS.anchor.monoNs + BigInt(i) * 10_000_123n + 500_000n,
    latencyS: 0.001,
    sensorStatus: {},
    metadata: {},
    error: null,
  };
}

/** Seconds that Python needs for the rows it is told of; the rows are made before the clock runs. */
const PYTHON = `
import csv, json, math, sys, time
from datetime import datetime, timedelta, timezone
what, path, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
t0 = datetime(2026, 5, 28, 12, 34, 56, 123456, tzinfo=timezone.utc)
def sample(i):
    c, k = divmod(i, ${SAMPLES})
    return {"device": "DT9806(00)", "task": "bench", "channel": "ch%d" % (c % 8),
        "value": (32768 + int(3000 * math.sin(i / 500))) * 20 / 65536 - 10, "unit": "V", "sample_index": k,
        "block_index": 0, "t_mono_ns": 1234567890123456 + k * 100000,
        "t_utc": (t0 + timedelta(microseconds=100 * k)).isoformat(), "sensor_status": "ok", "is_linearised": False,
        "metadata": {}, "error_type": None, "error_message": None}
def reading(i):
    t = (t0 + timedelta(microseconds=10000 * i)).isoformat()
    v = {"ch%d" % c: math.sin(i * 0.01 + c) * 10 for c in range(8)}
    u = {"ch%d" % c: "V" for c in range(8)}
    if what == "json-readings":
        return {"device": "DT9806(00)", "task": "bench", "values": v, "units": u, "requested_at": t, "received_at": t,
            "t_utc": t, "t_mono_ns": 1234567890123456 + i, "t_midpoint_mono_ns": 1234567890123456 + i, "latency_s": 0.001,
            "sensor_status": {}, "metadata": {}, "error": None, "error_type": None, "error_message": None}
    row = {"device": "DT9806(00)", "task": "bench", "t_mono_ns": 1234567890123456 + i, "t_utc": t,
        "t_midpoint_mono_ns": 1234567890123456 + i, "requested_at": t, "received_at": t, "latency_s": 0.001, **v,
        **{k + "_unit": w for k, w in u.items()}, "error_type": None, "error_message": None, "sensor_status": "{}",
        "metadata": "{}"}
    return row
rows = [(sample if what.endswith("samples") else reading)(i) for i in range(n)]
if what == "csv-samples":
    for row in rows: row["metadata"] = "{}"
if what.startswith("csv"):
    rows = [list(row.values()) for row in rows]
start = time.perf_counter()
with open(path, "w", newline="" if what.startswith("csv") else None) as f:
    if what.startswith("csv"):
        csv.writer(f).writerows(rows)
    else:
        for row in rows: f.write(json.dumps(row) + "\\n")
print(time.perf_counter() - start)
`;

async function pythonSeconds(what: string, path: string, rows: number): Promise<number | null> {
  try {
    const command = new Deno.Command("python3", { args: ["-c", PYTHON, what, path, `${rows}`], stderr: "inherit" });
    const { success, stdout } = await command.output();
    return success ? Number(new TextDecoder().decode(stdout)) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function blockSeconds(sink: CsvSink | JsonlSink, blocks: readonly DaqBlock[]): Promise<number> {
  const start = performance.now();
  for (const block of blocks) await sink.write(block);
  return (performance.now() - start) / 1000;
}

async function readingSeconds(sink: CsvSink | JsonlSink, readings: readonly DaqReading[]): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < readings.length; i += BATCH) await sink.writeMany(readings.slice(i, i + BATCH));
  return (performance.now() - start) / 1000;
}

/** One line of the table: what is written, beside what, how many times as fast it must be. */
interface Contest {
  readonly work: string;
  readonly peer: string;
  /** What Python is to do. */
  readonly what: string;
  readonly rows: number;
  readonly atLeast: number;
  /** Writes to a path, and says how many seconds it took. */
  readonly ours: (path: string) => Promise<number>;
}

/** Measures by turns, and compares the medians. */
async function compare({ work, peer, what, rows, atLeast, ours }: Contest, options: BenchOptions): Promise<Row> {
  const [times, peers]: [number[], number[]] = [[], []];
  for (let i = 0; i < (options.quick ? 3 : 7); i++) {
    times.push(await ours(`${options.folder}/ours`));
    const seconds = await pythonSeconds(what, `${options.folder}/peer`, rows);
    if (seconds !== null) peers.push(seconds);
  }
  const measured = `${Math.round(rows / median(times) / 1000)} krow/s`;
  if (peers.length === 0) return { name: work, measured, note: `no python3 here to compare with` };
  const ratio = median(peers) / median(times);
  const note = `${peer}: ${Math.round(rows / median(peers) / 1000)} krow/s`;
  return {
    name: work,
    measured: `${measured}, ${ratio.toFixed(1)} x`,
    target: `${atLeast} x ${peer}`,
    ok: ratio >= atLeast,
    note,
  };
}

/** Readings and samples to CSV and JSONL, beside Python's `csv` and `json` with the same columns. */
export async function sinksText(options: BenchOptions): Promise<Row[]> {
  const readings = Array.from({ length: READINGS }, (_, i) => makeReading(i));
  const table: Row[] = [];
  for (const [Kind, label, name, many] of [[CsvSink, "CSV", "csv", 5], [JsonlSink, "JSONL", "json", 3]] as const) {
    const open = (path: string) => new Kind(path, { acceptBlocks: true, ifExists: "overwrite" });
    const samples: Contest = {
      work: `block samples to ${label}`,
      peer: `python ${name}`,
      what: `${name}-samples`,
      rows: CHANNELS * SAMPLES * BLOCKS,
      atLeast: many,
      ours: async (path) => {
        const blocks = Array.from({ length: BLOCKS }, (_, i) => makeBlock(i)); // fresh: no values are computed yet
        await using sink = open(path);
        return await blockSeconds(sink, blocks);
      },
    };
    const polled: Contest = {
      work: `readings to ${label}, ${BATCH} a write`,
      peer: `python ${name}`,
      what: `${name}-readings`,
      rows: READINGS,
      atLeast: 1.5,
      ours: async (path) => {
        await using sink = open(path);
        return await readingSeconds(sink, readings);
      },
    };
    table.push(await compare(samples, options), await compare(polled, options));
  }
  return table;
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "dtol-bench-" });
  try {
    console.table(await sinksText({ quick: Deno.args.includes("--quick"), folder }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * How long a sample is on its way: from the moment the board has the last sample of a buffer to the body of `for await`.
 *
 * @module
 */

import { monotonicClock, record } from "../mod.ts";
import { openBoard } from "./board.ts";
import { openNative } from "./native.ts";
import { type BenchOptions, median, percentile, type Row } from "./report.ts";

const RATE_HZ = 10e6;
const BUFFERS_PER_S = 100;
const MAX_MEDIAN_MS = 1;
const MAX_P99_MS = 5;

/**
 * Times every block of a paced recording with a raw file. The moment a buffer is done is that of its time axis: start
 * anchor + index / rate, on the same monotonic clock. The anchor is the middle of the start call, so half of that call's
 * time is uncertain; what the simulated board is late is in the figure.
 */
export async function latency({ quick, folder }: BenchOptions): Promise<Row[]> {
  const samplesPerBuffer = RATE_HZ / BUFFERS_PER_S;
  const seconds = quick ? 8 : 20;
  const samplesPerChannel = RATE_HZ * seconds;
  const clock = monotonicClock();
  const total: number[] = [];
  const learnt: number[] = [];
  const copied: number[] = [];
  const native = await openNative();
  await using session = await openBoard({
    rateHz: RATE_HZ,
    samplesPerBuffer,
    samplesPerChannel,
    buffers: BUFFERS_PER_S / 2,
  });
  await using recording = await record(session, { raw: `${folder}/latency.dt-raw` });
  const late = new Float64Array(BUFFERS_PER_S * (seconds - 1));
  const sleeper = native.symbols.bench_lateness(late.length, 1000 / BUFFERS_PER_S, late);
  for await (const block of recording.stream) {
    const nowNs = clock.nowNs();
    const doneNs = block.axis.monoNsOf(block.firstSampleIndex + block.samplesPerChannel);
    total.push(msOf(nowNs - doneNs));
    learnt.push(msOf(block.readStartedNs - doneNs));
    copied.push(msOf(block.readFinishedNs - doneNs));
  }
  await sleeper;
  const { lost, dropped } = recording.summary;
  native.close();
  const p50 = median(total);
  const p99 = percentile(total, 99);
  const stages = [learnt, copied].map((times) => median(times).toFixed(2));
  return [{
    name: `latency: buffer done to for-await body, ${BUFFERS_PER_S} buffers/s, median`,
    measured: `${p50.toFixed(2)} ms`,
    target: `< ${MAX_MEDIAN_MS} ms`,
    ok: p50 < MAX_MEDIAN_MS,
    note:
      `2 x 10 MS/s with raw file, ${total.length} buffers, ${
        lost + dropped
      } missing; done = start anchor + index / rate on the same clock; ` +
      `of it ${stages[0]} ms until the drainer asked, ${stages[1]} ms until it had the codes`,
  }, {
    name: "latency: the same, 99th percentile",
    measured: `${p99.toFixed(2)} ms`,
    target: `< ${MAX_P99_MS} ms`,
    ok: p99 < MAX_P99_MS,
    note: `longest ${Math.max(...total).toFixed(2)} ms; a C thread beside it that only sleeps woke ${
      median([...late]).toFixed(2)
    } ms late, 99th percentile ${percentile([...late], 99).toFixed(2)} ms`,
  }];
}

function msOf(ns: bigint): number {
  return Number(ns) / 1e6;
}

/**
 * For information: how soon the board's clock runs.
 *
 * @module
 */

import { monotonicClock, record } from "../mod.ts";
import { openBoard } from "./board.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

/** From the call of `record()` to the start of the clock, with an open session. */
export async function startup({ quick, folder }: BenchOptions): Promise<Row[]> {
  const clock = monotonicClock();
  const times: number[] = [];
  for (let i = 0; i < (quick ? 3 : 11); i++) {
    await using session = await openBoard({ rateHz: 10e6, samplesPerBuffer: 500_000, samplesPerChannel: 500_000 });
    const calledNs = clock.nowNs();
    await using recording = await record(session, { raw: `${folder}/startup-${i}.dt-raw` });
    for await (const { axis } of recording.stream) times.push(Number(axis.anchor.monoNs - calledNs) / 1e6);
  }
  return [{
    name: "startup: record() to clock running",
    measured: `${median(times).toFixed(0)} ms`,
    note: `${times.length} runs, ${Math.min(...times).toFixed(0)} to ${
      Math.max(...times).toFixed(0)
    } ms: a worker is started, the SDK opened there, the buffers allocated, the file made`,
  }];
}

import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolBackendError, DtolTaskStateError, DtolValidationError } from "../../src/errors.ts";
import { recordPolled } from "../../src/acquire/record_polled.ts";
import { openDevice, type Session } from "../../src/acquire/session.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import { TaskSpec } from "../../src/model/spec.ts";

const backend = new SimulatedBackend({ signal: { kind: "constant", volts: 2.5 } });
const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 3, name: "level" })] });

/** Some readings of a polled recording. */
async function some(stream: ReadableStream<DaqReading>, count: number): Promise<DaqReading[]> {
  const readings: DaqReading[] = [];
  for await (const reading of stream) {
    readings.push(reading);
    if (readings.length === count) break;
  }
  return readings;
}

/** A session whose poll fails at some calls. */
async function failing(at: readonly number[]): Promise<Session> {
  const session = await openDevice(spec, { backend });
  const poll = session.poll.bind(session);
  let call = 0;
  session.poll = () => at.includes(++call) ? Promise.reject(new DtolBackendError(`call ${call}`)) : poll();
  return session;
}

Deno.test("readings come on an absolute schedule, and ticks that were slept over are counted as missed", async () => {
  await using session = await openDevice(spec, { backend });
  await using recording = recordPolled(session, { rateHz: 200 });
  const readings = await some(recording.stream, 10);
  const { taken, missed } = await recording.stop();
  ok(taken >= 10);
  const spanS = Number(readings.at(-1)!.tMonoNs - readings[0]!.tMonoNs) / 1e9;
  ok(spanS >= 9 / 200 - 0.01, `10 readings took ${spanS} s`);
  ok(spanS <= (9 + missed + 1) / 200 + 0.1, `10 readings took ${spanS} s with ${missed} missed`);
  for (const { values } of readings) deepEqual(values, { level: 2.5 });
});

Deno.test("a reader that sleeps costs ticks, which are counted, and no memory", async () => {
  await using session = await openDevice(spec, { backend });
  await using recording = recordPolled(session, { rateHz: 1000, bufferSize: 3 });
  while (recording.summary.missed < 5) await new Promise((resolve) => setTimeout(resolve, 1));
  equal(recording.summary.taken, 3);
  equal((await some(recording.stream, 4)).length, 4);
});

Deno.test("an error ends the stream under raise, is a reading without values under return, is counted under skip", async () => {
  {
    await using session = await failing([2]);
    await using recording = recordPolled(session, { rateHz: 500 });
    await rejects(some(recording.stream, 5), DtolBackendError);
    equal(recording.summary.errors, 1);
    ok((await recording.stop()).finishedAt !== null);
  }
  {
    await using session = await failing([2]);
    await using recording = recordPolled(session, { rateHz: 500, errorPolicy: "return" });
    const [, second, third] = await some(recording.stream, 3);
    equal(second!.error?.message, "call 2");
    deepEqual([second!.values, third!.values], [{}, { level: 2.5 }]);
  }
  {
    await using session = await failing([1, 2]);
    await using recording = recordPolled(session, { rateHz: 500, errorPolicy: "skip" });
    const readings = await some(recording.stream, 2);
    ok(readings.every(({ error }) => error === null));
    equal(recording.summary.errors, 2);
  }
});

Deno.test("polling stops at once however slow it is, and wrong settings are refused", async () => {
  await using session = await openDevice(spec, { backend });
  const recording = recordPolled(session, { rateHz: 0.001 });
  equal((await some(recording.stream, 1)).length, 1);
  await recording.stop();
  for (const options of [{ rateHz: 0 }, { rateHz: NaN }, { rateHz: 1, bufferSize: 0 }]) {
    let error: unknown;
    try {
      recordPolled(session, options);
    } catch (thrown) {
      error = thrown;
    }
    ok(error instanceof DtolValidationError, JSON.stringify(options));
  }
});

Deno.test("a clocked task is not polled", async () => {
  const clocked = new TaskSpec({ channels: spec.channels, timing: { rateHz: 1000 } });
  await using session = await openDevice(clocked, { backend });
  await rejects(session.poll(), DtolTaskStateError);
});

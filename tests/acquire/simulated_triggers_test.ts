/** Triggers and counters of the boards in TypeScript: the same promises as over the SDK, without it. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { SimulatedBackend, type SimulatedBackendOptions } from "../../src/board/simulated.ts";
import type { GivenTrigger } from "../../src/board/trigger_line.ts";
import { monotonicClock } from "../../src/clock.ts";
import { DtolTriggerError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import * as channels from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { AnalogThresholdStart, ExternalDigitalStart, SyncBusStart } from "../../src/model/triggers.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { checkBooks, errorOf, inTime, readAll, samplesOf, until } from "./lab.ts";

const BOARD = "DT9862(00)";
const rising = new ExternalDigitalStart();
const falling = new ExternalDigitalStart({ edge: "falling" });
const nowNs = () => monotonicClock().nowNs();

function open(changes: Partial<TaskSpecOptions>, options: SimulatedBackendOptions = {}) {
  const backend = new SimulatedBackend({ signal: { kind: "counting" }, ...options });
  const spec = new TaskSpec({
    board: BOARD,
    channels: [0, 1].map((physicalChannel) => new channels.AnalogInputVoltage({ physicalChannel })),
    timing: { rateHz: 10_000 },
    buffers: { buffers: 16, samplesPerBuffer: 100 },
    ...changes,
  });
  const give = (kind: GivenTrigger): readonly [bigint, bigint] => {
    const before = nowNs();
    backend.trigger(BOARD, kind);
    return [before, nowNs()];
  };
  return { session: openDevice(spec, { backend }), give };
}

function checkAnchor(block: DaqBlock, [beforeNs, afterNs]: readonly [bigint, bigint]): void {
  const { axis, axis: { anchor }, firstSampleIndex, samplesPerChannel, readFinishedNs } = block;
  ok(axis.monoNsOf(firstSampleIndex + samplesPerChannel) <= readFinishedNs, "it was not over when it came");
  ok(anchor.monoNs >= beforeNs, `${beforeNs - anchor.monoNs} ns before the trigger`);
  ok(anchor.monoNs - BigInt(anchor.uncertaintyNs!) <= afterNs, `${anchor.monoNs - afterNs} ns after it`);
}

for (const [start, kind] of [[rising, "rising"], [falling, "falling"], [new SyncBusStart(), "sync_bus"]] as const) {
  Deno.test(`simulated: a run waits for ${kind} and nothing else, and has its time`, async () => {
    const { session: opening, give } = open({ trigger: start, timing: { rateHz: 10_000, samplesPerChannel: 350 } });
    await using session = await opening;
    await using recording = await record(session);
    for (const other of ["rising", "falling", "sync_bus"] as const) if (other !== kind) give(other);
    const t0 = nowNs();
    await until("a while is over", () => nowNs() - t0 > 50_000_000n);
    equal(recording.summary.produced, 0);
    const at = give(kind);
    const blocks = await readAll(recording);
    equal(samplesOf(blocks) + recording.summary.samplesLost, 350);
    checkAnchor(blocks[0]!, at);
  });
}

Deno.test("simulated: a threshold, in its direction, on the first scan beyond it", async () => {
  for (const [slope, level] of [["rising", 2], ["falling", -1]] as const) {
    const timing = { rateHz: 10_000, samplesPerChannel: 100 };
    const trigger = new AnalogThresholdStart({ channel: 1, level, slope });
    const signal = { kind: "sine", hz: 50, amplitude: 5 } as const;
    await using session = await open({ trigger, timing }, { signal }).session;
    await using recording = await record(session);
    const sine = (scan: number) => 5 * Math.sin(2 * Math.PI * 50 * scan / 10_000);
    const beyond = (volts: number) => slope === "rising" ? volts >= level : volts <= level;
    let scan = 1;
    while (!beyond(sine(scan)) || beyond(sine(scan - 1))) scan++;
    for await (const block of recording.stream) {
      for (const [k, volts] of block.values(1).entries()) ok(Math.abs(volts - sine(scan + k)) < 1e-3, `${slope} ${k}`);
    }
  }
});

Deno.test("simulated: stop() while a trigger is awaited ends an empty run", async () => {
  await using session = await open({ trigger: rising }).session;
  const recording = await record(session);
  const summary = await inTime("stop()", recording.stop());
  deepEqual([summary.produced, summary.firstSampleAt], [0, null]);
  checkBooks(summary);
});

Deno.test("simulated: triggered scans by a rate, and by triggers from outside", async () => {
  const internal = { mode: "internal", multiscanCount: 10, frequencyHz: 64 } as const;
  const timing = { rateHz: 10_000, samplesPerChannel: 40, retrigger: internal };
  await using session = await open({ timing, buffers: { buffers: 8, samplesPerBuffer: 20 } }).session;
  await using recording = await record(session);
  for (const block of await readAll(recording)) {
    equal(block.axis.offsetNs(35), 3n * 15_625_000n + 500_000n);
    const last = block.axis.monoNsOf(block.firstSampleIndex + block.samplesPerChannel - 1);
    ok(block.readStartedNs + BigInt(block.axis.anchor.uncertaintyNs!) >= last, "not before it was taken");
  }
  for (const [mode, again] of [["scan_per_trigger", "rising"], ["extra", "falling"]] as const) {
    const retrigger = { mode, multiscanCount: 20, ...(mode === "extra" ? { source: falling } : {}) };
    const outside = { rateHz: 10_000, samplesPerChannel: 60, retrigger };
    const { session: opening, give } = open({
      trigger: rising,
      timing: outside,
      buffers: { buffers: 8, samplesPerBuffer: 20 },
    });
    await using session = await opening;
    await using recording = await record(session);
    const reader = recording.stream.getReader();
    for (let burst = 0; burst < 3; burst++) {
      const at = give(burst === 0 ? "rising" : again);
      const { value: block } = await reader.read();
      equal(firstWrongSample(block!, 16, 0), null);
      deepEqual([block!.firstSampleIndex, block!.axis.anchor.index], [20 * burst, 20 * burst]);
      checkAnchor(block!, at);
    }
    reader.releaseLock();
  }
});

Deno.test("simulated: a trigger during a burst is an error", async () => {
  const timing = { rateHz: 10, retrigger: { mode: "scan_per_trigger", multiscanCount: 200 } } as const;
  const { session: opening, give } = open({ trigger: rising, timing });
  await using session = await opening;
  const recording = await record(session);
  give("rising");
  give("rising");
  ok(await errorOf(recording.stream.getReader().read()) instanceof DtolTriggerError);
});

Deno.test("W-35: simulated: about a trigger, and up to it", async () => {
  for (const dataFlow of ["continuous_about_trigger", "continuous_pretrigger"] as const) {
    const after = dataFlow === "continuous_about_trigger" ? 250 : 0;
    const { session: opening, give } = open({ dataFlow, referenceTrigger: { source: falling, postScanCount: after } });
    await using session = await opening;
    await using recording = await record(session);
    await until("some are there", () => recording.summary.samplesPerChannel >= 300);
    const [beforeNs, afterNs] = give("falling");
    const blocks = await readAll(recording);
    const { triggerSampleIndex: at, samplesPerChannel } = recording.summary;
    equal(samplesPerChannel, at! + after);
    const marked = blocks.filter(({ atTrigger }) => atTrigger).map(({ firstSampleIndex }) => firstSampleIndex);
    deepEqual(marked, after === 0 ? [] : [at]);
    const slackNs = BigInt(blocks[0]!.axis.anchor.uncertaintyNs!) + 100_000n;
    const atNs = blocks[0]!.axis.monoNsOf(at!);
    ok(atNs >= beforeNs - slackNs && atNs <= afterNs + slackNs, `${atNs - beforeNs} ns after it`);
    checkBooks(recording.summary);
  }
});

Deno.test("W-35: simulated: a reference threshold divides the stream at its scan, also between two buffers", async () => {
  for (const [hz, at] of [[20, 292], [19.45, 300]] as const) {
    const source = new AnalogThresholdStart({ channel: 1, level: -2.5, slope: "falling" });
    const referenceTrigger = { source, postScanCount: 30 };
    const signal = { kind: "sine", hz, amplitude: 5 } as const;
    await using session = await open({ dataFlow: "continuous_about_trigger", referenceTrigger }, { signal }).session;
    await using recording = await record(session);
    for await (const _ of recording.stream); // to its end
    deepEqual([recording.summary.triggerSampleIndex, recording.summary.samplesPerChannel], [at, at + 30]);
  }
});

Deno.test("simulated counters: counts, frequencies, times, positions, speeds, and outputs behind their confirmation", async () => {
  const backend = new SimulatedBackend({ counterHz: -500 });
  const at = { physicalChannel: 0, name: "it" };
  const session = (channel: channels.ChannelSpec, board = BOARD) =>
    openDevice(new TaskSpec({ board, channels: [channel] }), { backend });
  const settled = async (channel: channels.ChannelSpec, wanted: (value: number) => boolean) => {
    await using device = await session(channel);
    for (;;) {
      const value = (await device.poll()).values["it"] as number;
      if (wanted(value)) return value;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const inside = (value: number) => !Number.isNaN(value);
  equal(await inTime("interval", settled(new channels.CounterEdgeToEdge(at), inside)), 1e-3);
  equal(await inTime("frequency", settled(new channels.CounterFrequency({ ...at, gatePeriodS: 0.01 }), inside)), 500);
  ok(await inTime("position", settled(new channels.QuadratureDecoder(at), (value) => value < -10)) < -10);
  equal(await inTime("speed", settled(new channels.Tachometer(at), (value) => value === 500)), 500);
  ok(await inTime("count", settled(new channels.CounterEdgeCount(at), (value) => value > 5)) > 5);
  await using train = await session(new channels.PulseTrainOutput({ ...at, frequencyHz: 100 }), "DT9806(00)");
  equal((await errorOf(train.start())).constructor.name, "DtolConfirmationRequiredError");
  await train.start({ confirm: true });
  equal(await train.isRunning(), true);
});

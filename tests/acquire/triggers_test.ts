/** Runs that wait for triggers, over the simulated SDK and the simulated boards: samples, times, ends. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { record, type Recording } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { monotonicClock } from "../../src/clock.ts";
import { DtolTriggerError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { AnalogThresholdStart, ExternalDigitalStart, SyncBusStart } from "../../src/model/triggers.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { firstWrongSample } from "../../src/testing.ts";
import {
  checkBooks,
  checkOrder,
  checkRaw,
  errorOf,
  inTime,
  readAll,
  samplesOf,
  sdk,
  sim,
  tempDir,
  until,
} from "./lab.ts";

const BOARD = "DT9862(00)";
const EXTERN = 301, EXTRA = 306, THRESHPOS = 1200, SYNCBUS = 1202;
const rising = new ExternalDigitalStart();
const falling = new ExternalDigitalStart({ edge: "falling" });

function spec(changes: Partial<TaskSpecOptions> = {}): TaskSpec {
  return new TaskSpec({
    board: BOARD,
    channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
    timing: { rateHz: 10_000 },
    buffers: { buffers: 16, samplesPerBuffer: 100 },
    ...changes,
  });
}

const nowNs = () => monotonicClock().nowNs();

/** Triggers as soon as a run waits for it; the time before and after the call. */
async function trigger(source: number): Promise<[beforeNs: bigint, afterNs: bigint]> {
  for (;;) {
    const before = nowNs();
    if (sim.trigger(BOARD, source) > 0) return [before, nowNs()];
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/**
 * The sample was taken at the trigger: not earlier, and not later than the time axis says it may be off. How long a full
 * buffer was on its way to the driver nobody but the simulation can tell.
 */
function checkAnchor(block: DaqBlock, [beforeNs, afterNs]: readonly [bigint, bigint]): void {
  const { axis, firstSampleIndex, samplesPerChannel, readFinishedNs } = block;
  const { index, monoNs, uncertaintyNs } = axis.anchor;
  ok(axis.monoNsOf(firstSampleIndex + samplesPerChannel) <= readFinishedNs, "it was not over when it came");
  equal(axis.monoNsOf(index), monoNs);
  ok(uncertaintyNs !== undefined && uncertaintyNs >= 0, "the uncertainty is not told");
  ok(monoNs >= beforeNs, `${beforeNs - monoNs} ns before the trigger`);
  const offNs = BigInt(uncertaintyNs) + sim.latenessNs();
  ok(monoNs - offNs <= afterNs, `${monoNs - afterNs} ns after the trigger, at most ${offNs}`);
}

/** Blocks until there are so many samples. */
async function readSome(recording: Recording, samples: number): Promise<DaqBlock[]> {
  const blocks: DaqBlock[] = [];
  const reader = recording.stream.getReader();
  while (samplesOf(blocks) < samples) {
    const { value, done } = await reader.read();
    if (done) break;
    blocks.push(value);
  }
  reader.releaseLock();
  return blocks;
}

for (
  const [what, start, source] of [
    ["the rising edge outside", rising, EXTERN],
    ["W-33: the falling edge outside", falling, EXTRA],
    ["the synchronisation bus", new SyncBusStart(), SYNCBUS],
    ["a threshold that a trigger is given for", new AnalogThresholdStart({ channel: 1, level: 9 }), THRESHPOS],
  ] as const
) {
  sdk(
    `a run starts at ${what} and at nothing else; its time is that of the trigger, in stream and file`,
    async (backend) => {
      if (source === THRESHPOS) sim.signal("constant:1");
      await using dir = await tempDir();
      await using session = await openDevice(
        spec({ trigger: start, timing: { rateHz: 10_000, samplesPerChannel: 350 } }),
        {
          backend,
          timeoutS: 0.5,
        },
      );
      await using recording = await record(session, { raw: dir.file("a.dt-raw") });
      const startedNs = nowNs();
      for (const other of [EXTERN, EXTRA, SYNCBUS]) if (other !== source) equal(sim.trigger(BOARD, other), 0);
      await until("the time of a driver that hangs is over", () => nowNs() - startedNs > 1_200_000_000n);
      equal(recording.summary.firstSampleAt, null);
      equal(recording.summary.produced, 0);
      const at = await trigger(source);
      const blocks: DaqBlock[] = [];
      for await (const block of recording.stream) blocks.push(block);
      equal(samplesOf(blocks) + recording.summary.samplesLost, 350);
      if (source !== THRESHPOS) { for (const block of blocks) equal(firstWrongSample(block), null); }
      checkOrder(blocks);
      checkAnchor(blocks[0]!, at);
      equal(recording.summary.firstSampleAt!.epochNanoseconds, blocks[0]!.t0.epochNanoseconds);
      checkBooks(recording.summary);
      await using file = await openRaw(dir.file("a.dt-raw"));
      const [first] = await Array.fromAsync(file.blocks());
      deepEqual(first!.axis.anchor, blocks[0]!.axis.anchor);
      ok(file.header.anchor.monoNs < at[0], "the file header says when the board was started");
      equal(file.report.endedInOrder, true);
    },
  );
}

sdk(
  "a threshold trigger: channel, level and slope reach the board, the first sample is beyond the level",
  async (backend) => {
    sim.signal("1=sine:50:5");
    const sine = (scan: number) => 5 * Math.sin(2 * Math.PI * 50 * scan / 10_000);
    for (const [slope, level] of [["rising", 2], ["falling", -1]] as const) {
      const start = new AnalogThresholdStart({ channel: 1, level, slope });
      const task = spec({ trigger: start, timing: { rateHz: 10_000, samplesPerChannel: 200 } });
      await using session = await openDevice(task, { backend });
      await using recording = await record(session);
      const [block] = await readSome(recording, 1);
      const beyond = (volts: number) => slope === "rising" ? volts >= level : volts <= level;
      let scan = 1;
      while (!beyond(sine(scan)) || beyond(sine(scan - 1))) scan++;
      for (const [k, volts] of block!.values(1).entries()) ok(Math.abs(volts - sine(scan + k)) < 1e-3, `${slope} ${k}`);
      await recording.stop();
    }
  },
);

sdk("stop() while the trigger is awaited ends in order: an empty run, a whole file", async (backend) => {
  await using dir = await tempDir();
  await using session = await openDevice(spec({ trigger: rising }), { backend });
  const recording = await record(session, { raw: dir.file("a.dt-raw") });
  const summary = await inTime("stop()", recording.stop());
  deepEqual([summary.produced, summary.firstSampleAt, summary.samplesPerChannel], [0, null, 0]);
  checkBooks(summary);
  const report = await checkRaw(dir.file("a.dt-raw"));
  deepEqual([report.samples, report.endedInOrder], [0, true]);
});

sdk("a driver that waits for the trigger when asked to stop is not asked to", async (backend) => {
  sim.fault("hang:olDaStop@1=0");
  await using session = await openDevice(spec({ trigger: rising }), { backend });
  const recording = await record(session);
  await inTime("stop()", recording.stop());
});

sdk("internal retrigger: the time of every sample follows from burst length and rate", async (backend) => {
  await using dir = await tempDir();
  const retrigger = { mode: "internal", multiscanCount: 10, frequencyHz: 64 } as const;
  const timing = { rateHz: 10_000, samplesPerChannel: 200, retrigger };
  await using session = await openDevice(spec({ timing, buffers: { buffers: 8, samplesPerBuffer: 40 } }), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const blocks = await readAll(recording);
  equal(samplesOf(blocks), 200);
  await using file = await openRaw(dir.file("a.dt-raw"));
  for (const block of [...blocks, ...await Array.fromAsync(file.blocks())]) {
    const { monoNs } = block.axis.anchor;
    const offsets = block.axis.offsetsNs(block.firstSampleIndex, block.samplesPerChannel);
    for (const [k, offset] of offsets.entries()) {
      const index = block.firstSampleIndex + k;
      equal(offset, BigInt(Math.floor(index / 10) * 15_625_000 + index % 10 * 100_000), `sample ${index}`);
      equal(block.axis.monoNsOf(index), monoNs + offset);
      equal(block.axis.indexAt(monoNs + offset), index);
    }
    const last = block.axis.monoNsOf(block.firstSampleIndex + block.samplesPerChannel - 1);
    ok(block.readStartedNs + BigInt(block.axis.anchor.uncertaintyNs!) >= last, "not before it was taken");
  }
});

sdk("W-33: triggers from outside: each burst has its own time, where a block is a burst", async (backend) => {
  for (const [mode, again] of [["scan_per_trigger", EXTERN], ["extra", EXTRA]] as const) {
    const retrigger = { mode, multiscanCount: 20, ...(mode === "extra" ? { source: falling } : {}) };
    const timing = { rateHz: 10_000, samplesPerChannel: 80, retrigger };
    const task = spec({ trigger: rising, timing, buffers: { buffers: 8, samplesPerBuffer: 20 } });
    await using session = await openDevice(task, { backend });
    await using recording = await record(session);
    for (let burst = 0; burst < 4; burst++) {
      const at = await trigger(burst === 0 ? EXTERN : again);
      const [block] = await readSome(recording, 20);
      equal(firstWrongSample(block!, 16, 0), null);
      equal(block!.firstSampleIndex, 20 * burst);
      equal(block!.axis.anchor.index, 20 * burst);
      checkAnchor(block!, at);
      await new Promise((resolve) => setTimeout(resolve, 15)); // the gap that must not be counted as clock time
    }
  }
});

sdk("a block of several bursts from outside says how far its times may be off", async (backend) => {
  const timing = {
    rateHz: 10_000,
    samplesPerChannel: 60,
    retrigger: { mode: "scan_per_trigger", multiscanCount: 20 },
  } as const;
  const task = spec({ trigger: rising, timing, buffers: { buffers: 8, samplesPerBuffer: 60 } });
  await using session = await openDevice(task, { backend });
  await using recording = await record(session);
  const times: (readonly [bigint, bigint])[] = [];
  for (let burst = 0; burst < 3; burst++) {
    times.push(await trigger(EXTERN));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const [block] = await readSome(recording, 60);
  const { index, uncertaintyNs, monoNs } = block!.axis.anchor;
  equal(index, 40, "the last burst is the one that is known");
  ok(monoNs >= times[2]![0]);
  for (const [burst, [beforeNs]] of times.entries()) {
    ok(block!.axis.monoNsOf(20 * burst) - beforeNs <= BigInt(uncertaintyNs!), `burst ${burst}`);
  }
});

sdk("a trigger during a burst is an error, by policy: raised, or told and the board started again", async (backend) => {
  const timing = { rateHz: 10, retrigger: { mode: "scan_per_trigger", multiscanCount: 256 } } as const;
  const task = spec({ trigger: rising, timing, buffers: { buffers: 4, samplesPerBuffer: 256 } });
  for (const errorPolicy of ["raise", "return"] as const) {
    await using session = await openDevice(task, { backend });
    const recording = await record(session, { errorPolicy });
    await trigger(EXTERN);
    await trigger(EXTERN);
    const reader = recording.stream.getReader();
    const error = errorPolicy === "raise" ? await errorOf(reader.read()) : (await reader.read()).value!.error;
    ok(error instanceof DtolTriggerError, String(error));
    if (errorPolicy === "return") await trigger(EXTERN); // it waits again
    await until("the loss is counted", () => recording.summary.lost > 0);
    deepEqual(recording.summary.lostBy, { trigger_error: 1 });
    reader.releaseLock();
    await recording.stop();
  }
});

sdk(
  "the fault trigger_error in mid-run: what was taken before it comes, and the file names the cause",
  async (backend) => {
    await using dir = await tempDir();
    sim.fault("trigger_error@3");
    await using session = await openDevice(spec(), { backend });
    const recording = await record(session, { raw: dir.file("a.dt-raw") });
    ok(await errorOf(readAll(recording)) instanceof DtolTriggerError);
    await recording[Symbol.asyncDispose]();
    equal(recording.summary.samplesPerChannel, 200);
    await using file = await openRaw(dir.file("a.dt-raw"));
    ok(file.report.endCause !== null);
  },
);

sdk("W-35: about a trigger: samples before it, so many after it, and which one it was", async (backend) => {
  for (const [source, code] of [[rising, EXTERN], [falling, EXTRA], [new SyncBusStart(), SYNCBUS]] as const) {
    await using dir = await tempDir();
    const task = spec({ dataFlow: "continuous_about_trigger", referenceTrigger: { source, postScanCount: 250 } });
    await using session = await openDevice(task, { backend });
    await using recording = await record(session, { raw: dir.file("a.dt-raw") });
    await until("some are there", () => recording.summary.samplesPerChannel >= 300);
    const [beforeNs, afterNs] = await trigger(code);
    const blocks = await readAll(recording);
    const { triggerSampleIndex: at, samplesPerChannel } = recording.summary;
    ok(at !== null && at >= 300);
    equal(samplesPerChannel, at + 250);
    deepEqual(blocks.filter(({ atTrigger }) => atTrigger).map(({ firstSampleIndex }) => firstSampleIndex), [at]);
    const [anchor] = [blocks[0]!.axis.anchor];
    const slackNs = BigInt(anchor.uncertaintyNs!) + sim.latenessNs() + 100_000n; // and a sample
    const atNs = blocks[0]!.axis.monoNsOf(at);
    ok(atNs >= beforeNs - slackNs && atNs <= afterNs + slackNs, `${atNs - beforeNs} ns after the trigger`);
    checkBooks(recording.summary);
    const report = await checkRaw(dir.file("a.dt-raw"));
    deepEqual([report.triggerSampleIndex, report.endedInOrder, report.samples], [at, true, at + 250]);
  }
});

sdk(
  "W-35: a reference threshold has its own channel, level and slope; also just between two buffers the place is told",
  async (backend) => {
    for (const [hz, at] of [[20, 292], [19.45, 300]] as const) {
      sim.signal(`0=counting,1=sine:${hz}:5`);
      const source = new AnalogThresholdStart({ channel: 1, level: -2.5, slope: "falling" });
      const task = spec({ dataFlow: "continuous_about_trigger", referenceTrigger: { source, postScanCount: 30 } });
      await using session = await openDevice(task, { backend });
      await using recording = await record(session);
      for await (const block of recording.stream) equal(firstWrongSample(onlyFirst(block)), null);
      deepEqual([recording.summary.triggerSampleIndex, recording.summary.samplesPerChannel], [at, at + 30]);
    }
  },
);

/** Channel 0 of a block. */
function onlyFirst(block: DaqBlock): DaqBlock {
  return new Proxy(block, {
    get: (of, key) => key === "channels" ? of.channels.slice(0, 1) : Reflect.get(of, key, of),
  });
}

sdk(
  "messages that come together: a buffer that was cut still tells the trigger, and what is not told is not guessed",
  async (backend) => {
    for (const [hz, expected] of [[20, 292], [19.45, null]] as const) {
      sim.fault("coalesced=2");
      sim.signal(`0=counting,1=sine:${hz}:5`);
      const source = new AnalogThresholdStart({ channel: 1, level: -2.5, slope: "falling" });
      const task = spec({ dataFlow: "continuous_about_trigger", referenceTrigger: { source, postScanCount: 130 } });
      await using session = await openDevice(task, { backend });
      await using recording = await record(session);
      for await (const _ of recording.stream); // to its end
      equal(recording.summary.triggerSampleIndex, expected);
      sim.fault("");
    }
  },
);

sdk("W-35: a run up to its trigger ends there", async (backend) => {
  await using dir = await tempDir();
  const referenceTrigger = { source: falling, postScanCount: 0 };
  await using session = await openDevice(spec({ dataFlow: "continuous_pretrigger", referenceTrigger }), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  await until("some are there", () => recording.summary.samplesPerChannel >= 250);
  await trigger(EXTRA);
  const samples = samplesOf(await readAll(recording));
  deepEqual([recording.summary.triggerSampleIndex, recording.summary.samplesPerChannel], [samples, samples]);
  const report = await checkRaw(dir.file("a.dt-raw"));
  deepEqual([report.triggerSampleIndex, report.samples, report.endedInOrder], [samples, samples, true]);
});

sdk("a run about a trigger that does not come ends when it is stopped", async (backend) => {
  const referenceTrigger = { source: rising, postScanCount: 100 };
  await using session = await openDevice(spec({ dataFlow: "continuous_about_trigger", referenceTrigger }), { backend });
  const recording = await record(session);
  await until("some are there", () => recording.summary.samplesPerChannel >= 100);
  const { triggerSampleIndex, produced, finishedAt } = await recording.stop();
  deepEqual([triggerSampleIndex, produced > 0, finishedAt !== null], [null, true, true]);
});

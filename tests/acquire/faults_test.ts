/** What goes wrong in mid-run, under each error policy: what reader, summary and file say of it. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { record, type Recording } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import type { AcquisitionSummary } from "../../src/acquire/summary.ts";
import type { Backend } from "../../src/board/backend.ts";
import { DtolBackendError, DtolBufferOverrunError, DtolConnectionError, type DtolError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { ERROR_POLICIES, type ErrorPolicy } from "../../src/model/enums.ts";
import type { TaskSpecOptions } from "../../src/model/spec.ts";
import { openRaw, type RawReport } from "../../src/raw/replay.ts";
import {
  both,
  checkBlock,
  checkBooks,
  checkOrder,
  checkRaw,
  errorOf,
  inTime,
  readAll,
  samplesOf,
  sdk,
  sim,
  task,
  tempDir,
} from "./lab.ts";

const N = 1000;

interface Outcome {
  /** All blocks, those that carry an error too. */
  readonly blocks: readonly DaqBlock[];
  /** Those with samples. */
  readonly good: readonly DaqBlock[];
  readonly errors: readonly DtolError[];
  /** What the reader of the stream was told at the end. */
  readonly told: Error | null;
  readonly summary: AcquisitionSummary;
  readonly report: RawReport;
}

/** Buffers that are given to the board before it starts. */
const BUFFERS = 128;

/** Records 1000 samples in blocks of 100; `faults` count from before the start. Looks at every sample, book and report. */
async function run(
  backend: Backend,
  errorPolicy: ErrorPolicy,
  faults = "",
  changes: Partial<TaskSpecOptions> = {},
): Promise<Outcome> {
  await using dir = await tempDir();
  const raw = dir.file("a.dt-raw");
  const spec = task({
    timing: { rateHz: 4000, samplesPerChannel: N },
    buffers: { buffers: BUFFERS, samplesPerBuffer: 100 },
    ...changes,
  });
  await using session = await openDevice(spec, { backend });
  if (faults !== "") sim.fault(faults);
  await using recording = await record(session, { errorPolicy, raw });
  const { blocks, told } = await inTime("the run", readUntilTold(recording));
  await recording.finished;
  const { summary } = recording;
  checkBooks(summary);
  const report = await checkRaw(raw);
  const good = blocks.filter((block) => block.error === null);
  const errors = blocks.flatMap((block) => block.error ?? []);
  equal(samplesOf(good), summary.samplesPerChannel);
  equal(good.length, summary.emitted);
  equal(report.samples, summary.samplesPerChannel, "the file has what the reader got");
  equal([...report.lost.values()].reduce((sum, n) => sum + n, 0), summary.samplesLost);
  equal(report.endedInOrder, true);
  if (!(told instanceof DtolConnectionError)) equal(await session.isRunning(), false);
  const gaps = good.filter((block) => block.gapBefore > 0);
  deepEqual(
    report.gaps.filter((gap) => gap.firstSampleIndex + gap.samples < report.endSampleIndex),
    gaps.map((block) => ({ firstSampleIndex: block.firstSampleIndex - block.gapBefore, samples: block.gapBefore })),
    "the file has the gaps of the stream",
  );
  await using file = await openRaw(raw);
  deepEqual(
    (await Array.fromAsync(file.blocks())).map((block) => [block.firstSampleIndex, block.gapBefore, block.tMonoNs]),
    good.map((block) => [block.firstSampleIndex, block.gapBefore, block.tMonoNs]),
  );
  return { blocks, good, errors, told, summary, report };
}

async function readUntilTold(recording: Recording): Promise<{ blocks: DaqBlock[]; told: Error | null }> {
  const blocks: DaqBlock[] = [];
  let told: Error | null = null;
  try {
    for await (const block of recording.stream) {
      if (block.error === null) checkBlock(block);
      blocks.push(block);
    }
  } catch (error) {
    told = error as Error;
  }
  checkOrder(blocks);
  return { blocks, told };
}

/** A call that fails once costs no sample: what was refused is asked for again. */
for (const [call, before] of [["olDaGetBuffer", 0], ["olDaPutBuffer", BUFFERS], ["olDmGetValidSamples", 0]] as const) {
  for (const k of [1, 3]) {
    for (const policy of ERROR_POLICIES) {
      sdk(`${call} fails at call ${k} under ${policy}: no sample is lost before its end`, async (backend) => {
        const { good, errors, told, summary } = await run(backend, policy, `ecode:${call}@${before + k}=125`);
        equal(summary.lost, 0);
        equal(summary.errors, 1);
        equal(summary.samplesLost, 0);
        for (const block of good) equal(block.gapBefore, 0);
        if (policy === "raise") {
          ok(told instanceof DtolBackendError, `${told}`);
          ok(told.message.includes(`${call} returned 125`) && told.message.includes("DT9806(00)"), told.message);
          equal(told.context.ecode, 125);
          ok(samplesOf(good) < N, "the run has ended");
        } else {
          equal(told, null);
          equal(samplesOf(good), N);
          equal(errors.length, policy === "return" ? 1 : 0);
          for (const error of errors) ok(error instanceof DtolBackendError && error.context.ecode === 125);
        }
      });
    }
  }
}

sdk("an error that does not pass ends the run under every policy", async (backend) => {
  for (const policy of ERROR_POLICIES) {
    for (const call of ["olDaGetBuffer", "olDmGetValidSamples"]) {
      await using session = await openDevice(task(), { backend });
      const recording = await record(session, { errorPolicy: policy });
      sim.fault(`ecode:${call}@3+=125`);
      const error = await errorOf(inTime(`${call} under ${policy}`, readAll(recording)));
      ok(error instanceof DtolBackendError, String(error));
      sim.fault(""); // what the driver would not give back it gives with the next reset
      checkBooks(recording.summary);
      sim.reset();
      sim.signal("counting");
      await session.close().catch(() => {});
    }
  }
});

const OVERRUN = { faults: { overrunAtBuffer: 3 } } as const;

for (const policy of ERROR_POLICIES) {
  both(`an overrun under ${policy}: the gap is marked, counted and timed`, async (backend, kind) => {
    if (kind === "dataacq") sim.fault("overrun@3");
    const { blocks, good, errors, told, summary, report } = await run(backend, policy);
    equal(summary.overruns, 1);
    deepEqual(summary.lostBy, { overrun: 1 });
    deepEqual(good.slice(0, 2).map((block) => block.firstSampleIndex), [0, 100]);
    if (policy === "raise") {
      ok(told instanceof DtolBufferOverrunError, `${told}`);
      equal(good.length, 2);
      equal(summary.errors, 1);
      equal(report.endCause, "error");
      return;
    }
    equal(told, null);
    equal(summary.errors, 1);
    equal(samplesOf(good) + summary.samplesLost, N, "a finite run counts what it lost");
    const after = good[2];
    if (after !== undefined) { // unless the machine slept over the whole run
      equal(after.gapBefore, summary.samplesLost);
      ok(after.gapBefore >= 100, "the buffer that overran is in the gap");
      equal(after.blockIndex, 3, "the lost block keeps its number");
      equal(after.axis.anchor.index, after.firstSampleIndex, "a restart is an anchor of its own");
      const planned = good[0]!.axis.monoNsOf(after.firstSampleIndex);
      const offNs = Number(after.tMonoNs - planned);
      ok(offNs >= 0 && offNs <= 1e9 / after.sampleRateHz, "and the index is that of its time");
    }
    const { anchor } = good[0]!.axis;
    equal(summary.startedAt.epochNanoseconds, anchor.utcNs, "a restart does not move the start");
    for (const block of good) equal(block.taskStartedAt.epochNanoseconds, anchor.utcNs);
    deepEqual([...report.lost], [["overrun", summary.samplesLost]]);
    equal(errors.length, policy === "return" ? 1 : 0);
    if (policy === "return") {
      ok(errors[0] instanceof DtolBufferOverrunError);
      const place = blocks.findIndex((block) => block.error !== null);
      equal(place, 2, "the error stands where it happened");
      equal(blocks[place]!.codes, null);
      equal(blocks[place]!.samplesPerChannel, 0);
      equal(blocks[place]!.firstSampleIndex, 200);
    }
  }, OVERRUN);
}

for (const call of ["olDaStart@2", "olDaConfig@3", "olDmCallocBuffer@65"]) { // those of the second start
  sdk(
    `a board that overran and cannot be started again (${call}) ends the run, with its loss counted`,
    async (backend) => {
      sim.fault(`overrun@2;ecode:${call}=125`);
      await using session = await openDevice(task({ buffers: { buffers: 64, samplesPerBuffer: 50 } }), { backend });
      await using recording = await record(session, { errorPolicy: "skip" });
      const { blocks, told } = await inTime("the run", readUntilTold(recording));
      ok(told instanceof DtolBackendError && told.message.includes(call.split("@")[0]!), `${told}`);
      equal(blocks.length, 1);
      deepEqual(recording.summary.lostBy, { overrun: 1 });
      checkBooks(recording.summary);
    },
  );
}

both("an overrun of the very first buffer: the start stays the start", async (backend, kind) => {
  if (kind === "dataacq") sim.fault("overrun@1");
  const { good, summary } = await run(backend, "skip");
  ok(summary.samplesLost >= 100);
  equal(samplesOf(good) + summary.samplesLost, N);
  for (const block of good) {
    equal(block.taskStartedAt.epochNanoseconds, summary.startedAt.epochNanoseconds);
    ok(block.axis.anchor.utcNs > summary.startedAt.epochNanoseconds);
  }
}, { faults: { overrunAtBuffer: 1 } });

for (const script of ["late@2=150", "missing@2", "missing@1+", "coalesced=4", "late@1=60;missing@4;coalesced=3"]) {
  sdk(`messages that fail (${script}) cost no sample and are no error`, async (backend) => {
    sim.fault(script);
    const { good, told, summary } = await run(backend, "raise");
    equal(told, null);
    equal(summary.errors, 0);
    equal(samplesOf(good) + summary.samplesLost, N);
    for (const cause of Object.keys(summary.lostBy)) equal(cause, "reused", "only a slow machine may lose any");
  });
}

for (const policy of ERROR_POLICIES) {
  both(`W-26 a board that goes away ends the run under ${policy}; what it had done is kept`, async (backend, kind) => {
    if (kind === "dataacq") sim.fault("unplug@4");
    const { good, told, summary, report } = await run(backend, policy);
    ok(told instanceof DtolConnectionError, `${told}`);
    deepEqual(summary.lostBy, { removed: 1 });
    equal(report.endCause, "error");
    ok(good.length <= 3, "no block is made up");
    if (kind === "simulated") equal(good.length, 3);
  }, { faults: { unplugAtBuffer: 4 } });
}

sdk("a board that is gone before its message has come is gone as well", async (backend) => {
  const { told, summary } = await run(backend, "skip", "ecode:olDaGetBuffer@3=67");
  ok(told instanceof DtolConnectionError, `${told}`);
  deepEqual(summary.lostBy, { removed: 1 });
});

/** The drainer is held for this long at its third fetch: 4 buffers of 25 ms do not last. */
const HELD = "hang:olDaGetBuffer@3=300";
const FEW = { buffers: { buffers: 4, samplesPerBuffer: 100 } };

for (const policy of ERROR_POLICIES) {
  sdk(`buffers that were overwritten unread are a gap and no error, under ${policy}`, async (backend) => {
    const { good, errors, told, summary, report } = await run(backend, policy, HELD, FEW);
    equal(told, null);
    equal(errors.length, 0);
    ok(summary.lostBy.reused! >= 4, `${summary.lostBy.reused}`);
    equal(summary.lost, summary.lostBy.reused);
    equal(samplesOf(good) + summary.samplesLost, N);
    ok(report.gaps.length >= 1);
  });

  sdk(`a run that finds no empty buffer without wrapping ends, under ${policy}`, async (backend) => {
    const changes = { buffers: { ...FEW.buffers, wrapMode: "none" } } as const;
    const { good, errors, told, summary } = await run(backend, policy, HELD, changes);
    ok(summary.overruns >= 1);
    ok(summary.lostBy.queue_done! >= 1);
    if (policy === "raise") {
      ok(told instanceof DtolBufferOverrunError && told.message.includes("ran out of empty buffers"), `${told}`);
      for (const block of good) equal(block.gapBefore, 0, "what it had done before has no hole");
      ok(good.length >= 4, "all of its buffers were full");
    } else {
      equal(told, null);
      equal(samplesOf(good) + summary.samplesLost, N);
      equal(errors.length, policy === "return" ? summary.overruns : 0);
    }
  });
}

both("W-25 under raise the run ends at once, though nobody reads", async (backend, kind) => {
  if (kind === "dataacq") sim.fault("overrun@2");
  const spec = task({ timing: { rateHz: 4000 }, buffers: { buffers: 32, samplesPerBuffer: 100 } });
  await using session = await openDevice(spec, { backend });
  const recording = await record(session);
  await inTime("the end", recording.finished);
  ok(recording.summary.finishedAt !== null);
  equal(await session.isRunning(), false);
  equal(session.state, "io_complete");
  const error = await errorOf(recording[Symbol.asyncDispose]());
  ok(error instanceof DtolBufferOverrunError, "who never read is told when leaving");
  await recording[Symbol.asyncDispose](); // once
  checkBooks(recording.summary);
}, { faults: { overrunAtBuffer: 2 } });

both("W-25 the error that ended the run is told once: to the reader, or on the way out", async (backend, kind) => {
  if (kind === "dataacq") sim.fault("overrun@2");
  await using session = await openDevice(task(), { backend });
  const recording = await record(session);
  const told = await errorOf(Array.fromAsync(recording.stream));
  ok(told instanceof DtolBufferOverrunError);
  equal(told.cause, undefined, "not wrapped");
  await recording.stop();
  await recording[Symbol.asyncDispose]();
}, { faults: { overrunAtBuffer: 2 } });

/** W-27: what the buffer being filled holds, read while a recording runs: each sample once, at its own index, and again in the stream. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { record, type Recording } from "../../src/acquire/record.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { monotonicClock } from "../../src/clock.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DtolCapabilityError, DtolConnectionError, DtolReadError, DtolTaskStateError } from "../../src/errors.ts";
import type { Backend } from "../../src/board/backend.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { TaskSpecOptions } from "../../src/model/spec.ts";
import { ExternalDigitalStart } from "../../src/model/triggers.ts";
import { firstWrongSample } from "../../src/testing.ts";
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
  simulated,
  task,
  tempDir,
  until,
} from "./lab.ts";

/** A DT9862 at 5 kHz, in 64 buffers of 100 ms. */
const peekable = (changes: Partial<TaskSpecOptions> = {}) =>
  task({
    board: "DT9862(00)",
    timing: { rateHz: 5000 },
    buffers: { buffers: 64, samplesPerBuffer: 500 },
    ...changes,
  }, [0, 1]);

/** Reads until the recording has ended; every sample must be right, and none may come twice. */
async function peekAll(recording: Recording): Promise<DaqBlock[]> {
  const parts: DaqBlock[] = [];
  let isOver = false;
  recording.finished.then(() => isOver = true);
  while (!isOver) {
    const part = await recording.readInProcess().catch((error) => {
      if (!(error instanceof DtolTaskStateError)) throw error;
      return null;
    });
    if (part !== null) parts.push(part);
  }
  checkParts(parts);
  return parts;
}

function checkParts(parts: readonly DaqBlock[]): void {
  let next = 0;
  for (const part of parts) {
    checkBlock(part);
    ok(part.samplesPerChannel > 0);
    ok(part.firstSampleIndex >= next, `${part.firstSampleIndex} again, after ${next}`);
    next = part.firstSampleIndex + part.samplesPerChannel;
  }
}

/** Each part must be a piece of the block of its number: the same samples at the same times. */
function comparePieces(parts: readonly DaqBlock[], blocks: readonly DaqBlock[]): void {
  const byIndex = new Map(blocks.map((block) => [block.blockIndex, block]));
  for (const part of parts) {
    const block = byIndex.get(part.blockIndex);
    if (block === undefined) continue; // lost, or cut off
    const from = part.firstSampleIndex - block.firstSampleIndex;
    ok(from >= 0 && from + part.samplesPerChannel <= block.samplesPerChannel, "it is of another block");
    for (let channel = 0; channel < 2; channel++) {
      deepEqual(part.values(channel), block.values(channel).slice(from, from + part.samplesPerChannel));
    }
    equal(part.tMonoNs, block.axis.monoNsOf(part.firstSampleIndex));
    equal(part.t0.epochNanoseconds, block.axis.utcNsOf(part.firstSampleIndex));
    deepEqual([part.device, part.task, part.channels], [block.device, block.task, block.channels]);
    deepEqual([part.gapBefore, part.atTrigger, part.error], [0, false, null]);
    ok(part.readStartedNs <= part.readFinishedNs && part.readFinishedNs <= block.readFinishedNs);
  }
}

both("W-27 each sample is given once, at its own index and time, and stream and file have it too", async (backend) => {
  await using dir = await tempDir();
  await using session = await openDevice(peekable({ timing: { rateHz: 5000, samplesPerChannel: 5250 } }), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const [parts, blocks] = await inTime("the run", Promise.all([peekAll(recording), readAll(recording)]));
  const { summary } = recording;
  checkBooks(summary);
  equal(samplesOf(blocks) + summary.samplesLost, 5250);
  equal((await checkRaw(dir.file("a.dt-raw"))).samples, samplesOf(blocks));
  comparePieces(parts, blocks);
  const { firstSampleIndex, samplesPerChannel } = parts.at(-1)!;
  ok(firstSampleIndex + samplesPerChannel <= 5250, "no more than was asked for");
});

both("W-27 looks at one buffer go on where the one before ended", async (backend) => {
  await using session = await openDevice(peekable({ buffers: { buffers: 8, samplesPerBuffer: 2000 } }), { backend });
  await using recording = await record(session);
  let next = 0;
  let block = 0;
  for (let again = 0; again < 5;) {
    const part = await recording.readInProcess();
    if (part === null) continue;
    checkBlock(part);
    const isSame = part.blockIndex === block;
    equal(part.firstSampleIndex, isSame ? next : part.blockIndex * 2000, "the rest of the one before is not given");
    if (isSame) again++;
    block = part.blockIndex;
    next = part.firstSampleIndex + part.samplesPerChannel;
  }
  const stopping = recording.stop();
  equal(await recording.readInProcess(), null, "it is ending");
  await stopping;
  ok(samplesOf(await readAll(recording)) >= next);
  checkBooks(recording.summary);
});

both("W-27 calls at the same moment share the samples: each has its own", async (backend) => {
  await using session = await openDevice(peekable(), { backend });
  await using recording = await record(session);
  const reading = readAll(recording);
  const parts: DaqBlock[] = [];
  while (parts.length < 20) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => recording.readInProcess()));
    parts.push(...answers.filter((answer) => answer !== null));
  }
  checkParts(parts);
  await recording.stop();
  comparePieces(parts, await reading);
  checkOrder(await reading);
});

for (const overflow of ["drop_oldest", "block"] as const) {
  both(`W-27 a stream that nobody reads keeps nobody from looking: ${overflow}`, async (backend) => {
    await using session = await openDevice(peekable({ buffers: { buffers: 64, samplesPerBuffer: 50 } }), { backend });
    await using recording = await record(session, { overflow, streamBufferSize: 2, backlogS: 0.05 });
    const parts: DaqBlock[] = [];
    await until("ten blocks were dropped", () => recording.summary.dropped > 10);
    while (parts.length < 10) {
      const part = await recording.readInProcess();
      if (part !== null) parts.push(part);
    }
    checkParts(parts);
    await recording.stop();
  });
}

for (const wrapMode of ["multiple", "none"] as const) {
  for (const errorPolicy of ["skip", "return"] as const) {
    sdk(`W-27 behind losses indices are true: wrapping ${wrapMode}, ${errorPolicy}`, async (backend) => {
      const buffers = { buffers: 6, samplesPerBuffer: 50, wrapMode }; // 10 ms
      await using session = await openDevice(peekable({ buffers }), { backend });
      await using recording = await record(session, { errorPolicy });
      const reading = readAll(recording);
      const parts: DaqBlock[] = [];
      for (let losses = 0; losses < 3;) {
        for (const wanted = parts.length + 3; parts.length < wanted;) {
          const part = await recording.readInProcess();
          if (part !== null) parts.push(part);
        }
        const { lost } = recording.summary;
        sim.fault("hang:olDaPutBuffer@1=150"); // while the board fills all that it has
        await until("something was lost", () => recording.summary.lost > lost);
        losses++;
      }
      checkParts(parts);
      await recording.stop();
      const blocks = await reading;
      comparePieces(parts, blocks);
      ok(recording.summary.samplesLost > 0);
      checkBooks(recording.summary);
    });
  }
}

simulated("W-27 behind an overrun the board is looked at again", async (backend) => {
  await using session = await openDevice(peekable({ timing: { rateHz: 5000, samplesPerChannel: 4000 } }), { backend });
  await using recording = await record(session, { errorPolicy: "skip" });
  const [parts, blocks] = await inTime("the run", Promise.all([peekAll(recording), readAll(recording)]));
  comparePieces(parts, blocks);
  equal(recording.summary.overruns, 1);
  ok(parts.some(({ firstSampleIndex }) => firstSampleIndex > 1000), "of the run after it");
}, { faults: { overrunAtBuffer: 3 } });

both("a board that cannot is told at once, also when the recording has ended", async (backend) => {
  await using session = await openDevice(task(), { backend });
  await using recording = await record(session);
  const refused = (error: Error) => {
    ok(error instanceof DtolCapabilityError, String(error));
    ok(error.message.includes("DT9806(00)"), error.message);
    return true;
  };
  await rejects(recording.readInProcess(), refused);
  await recording.stop();
  await rejects(recording.readInProcess(), refused);
});

both("a recording that has ended refuses, and one that ends answers what was asked before", async (backend) => {
  const spec = peekable({ timing: { rateHz: 5000, samplesPerChannel: 200 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  let isOver = false;
  recording.finished.then(() => isOver = true);
  const answers: Promise<DaqBlock | null>[] = [];
  while (!isOver) {
    answers.push(recording.readInProcess());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  checkParts((await inTime("the answers", Promise.all(answers))).filter((part) => part !== null));
  const error = await errorOf(recording.readInProcess());
  ok(error instanceof DtolTaskStateError && error.message.includes("has ended"), String(error));
});

const rising = new ExternalDigitalStart({ edge: "rising" });
const { nowNs } = monotonicClock();

/** Triggers the board; the time before and after the call. */
function give(backend: Backend): readonly [beforeNs: bigint, afterNs: bigint] {
  const before = nowNs();
  if (backend instanceof SimulatedBackend) backend.trigger("DT9862(00)", "rising");
  else ok(sim.trigger("DT9862(00)", 301) > 0);
  return [before, nowNs()];
}

/** Its first sample was taken at a trigger: the time may be too late, and by no more than it says. */
function checkAnchor(part: DaqBlock, [before, after]: readonly [bigint, bigint]): void {
  const { axis, axis: { anchor }, firstSampleIndex, samplesPerChannel, readFinishedNs } = part;
  ok(anchor.monoNs >= before, `${before - anchor.monoNs} ns before the trigger`);
  ok(anchor.monoNs - BigInt(anchor.uncertaintyNs!) <= after, `${anchor.monoNs - after} ns after it`);
  ok(axis.monoNsOf(firstSampleIndex + samplesPerChannel) <= readFinishedNs, "dated into the future");
}

both("while a trigger is awaited there is nothing; then the samples come before their block", async (backend) => {
  const buffers = { buffers: 4, samplesPerBuffer: 500_000 }; // 100 s
  await using session = await openDevice(peekable({ trigger: rising, buffers }), { backend });
  await using recording = await record(session);
  for (let look = 0; look < 3; look++) equal(await recording.readInProcess(), null);
  const at = give(backend);
  let part: DaqBlock | null = null;
  while (part === null) part = await recording.readInProcess();
  checkBlock(part);
  equal(part.firstSampleIndex, 0);
  checkAnchor(part, at);
});

both("a look before the first block is full leaves the times of the stream as they are", async (backend) => {
  const spec = peekable({ trigger: rising, timing: { rateHz: 5000, samplesPerChannel: 1500 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  const at = give(backend);
  while (await recording.readInProcess() === null);
  const blocks = await readAll(recording);
  const { axis: { anchor } } = blocks[0]!;
  ok(anchor.monoNs >= at[0]);
  ok(anchor.monoNs - BigInt(anchor.uncertaintyNs!) - sim.latenessNs() <= at[1]);
  for (const block of blocks) equal(block.axis.anchor, anchor);
});

both("each burst has the time of its own trigger, before its buffer is full", async (backend) => {
  const retrigger = { mode: "scan_per_trigger", multiscanCount: 100 } as const;
  const buffers = { buffers: 4, samplesPerBuffer: 10_000 };
  const spec = peekable({ trigger: rising, buffers, timing: { rateHz: 5000, retrigger } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  for (let burst = 0; burst < 3; burst++) {
    const at = give(backend);
    for (let next = burst * 100; next < (burst + 1) * 100;) {
      const part = await recording.readInProcess();
      if (part === null) continue;
      equal(firstWrongSample(part, 16, 0), null);
      equal(part.firstSampleIndex, next);
      equal(part.axis.anchor.index, burst * 100);
      checkAnchor(part, at);
      next += part.samplesPerChannel;
    }
  }
});

both("W-27 looks before and behind a reference trigger leave its place as it is", async (backend) => {
  const changes = { referenceTrigger: { source: rising, postScanCount: 1200 } };
  const spec = peekable({ ...changes, dataFlow: "continuous_about_trigger" });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  const reading = readAll(recording);
  const parts: DaqBlock[] = [];
  while (parts.length < 8) {
    const part = await recording.readInProcess();
    if (part !== null) parts.push(part);
  }
  const [before, after] = give(backend);
  parts.push(...await peekAll(recording));
  const blocks = await reading;
  comparePieces(parts, blocks);
  const place = blocks.find(({ atTrigger }) => atTrigger)!.firstSampleIndex;
  equal(recording.summary.triggerSampleIndex, place);
  equal(samplesOf(blocks.filter(({ firstSampleIndex }) => firstSampleIndex >= place)), 1200);
  const { axis } = blocks[0]!;
  const slack = axis.monoNsOf(1) - axis.monoNsOf(0) + BigInt(axis.anchor.uncertaintyNs!);
  ok(
    axis.monoNsOf(place) >= before - slack && axis.monoNsOf(place - 1) <= after + slack,
    "it is where the trigger came",
  );
});

const taken = (policy: "raise" | "skip") => async (backend: Parameters<Parameters<typeof sdk>[1]>[0]) => {
  await using dir = await tempDir();
  await using session = await openDevice(peekable(), { backend });
  const recording = await record(session, { errorPolicy: policy, raw: dir.file("a.dt-raw") });
  const blocks: DaqBlock[] = [];
  const reading = (async () => {
    for await (const block of recording.stream) {
      checkBlock(block);
      blocks.push(block);
    }
  })();
  const told = reading.catch((error) => error);
  await until("two blocks came", () => blocks.length >= 2);
  sim.fault("lent_taken@3");
  const refusals: unknown[] = [];
  const parts: DaqBlock[] = [];
  while (refusals.length === 0) {
    const part = await recording.readInProcess().catch((error) => void refusals.push(error));
    if (part) parts.push(part);
  }
  ok(refusals[0] instanceof DtolReadError, String(refusals[0]));
  ok(refusals[0].message.includes("DT9862(00)") && refusals[0].message.includes("Read whole blocks only"));
  if (policy === "raise") {
    const error = await inTime("the end", told);
    ok(error instanceof DtolReadError && error.context.event === "disordered", String(error));
  } else {
    const before = blocks.length;
    await until("blocks came again", () => blocks.length >= before + 3);
    let part: DaqBlock | null = null;
    while (part === null) part = await recording.readInProcess();
    parts.push(part);
    await recording.stop();
    equal(await told, undefined);
    equal(recording.summary.errors, 1);
  }
  await recording.finished;
  checkOrder(blocks);
  checkParts(parts);
  comparePieces(parts, blocks);
  const { summary } = recording;
  equal(summary.lostBy["reused"], 1);
  checkBooks(summary);
  equal((await checkRaw(dir.file("a.dt-raw"))).samples, samplesOf(blocks));
  await recording[Symbol.asyncDispose]();
};

sdk("W-27 a driver that keeps the lent buffer ends the run with an error, not with shifted samples", taken("raise"));
sdk("W-27 under skip the run begins anew behind a gap", taken("skip"));

sdk(
  "W-27 a driver that takes the samples out of the buffer is found out, before a sample is misplaced",
  async (backend) => {
    await using session = await openDevice(peekable(), { backend });
    const recording = await record(session);
    sim.fault("lent_moved@1+");
    const reading = errorOf(readAll(recording));
    let refusal: unknown = null;
    while (refusal === null) {
      const part = await recording.readInProcess().catch((error) => void (refusal = error));
      if (part) checkBlock(part);
    }
    ok(refusal instanceof DtolReadError, String(refusal));
    ok(await inTime("the end", reading) instanceof DtolReadError);
    await recording[Symbol.asyncDispose]();
  },
);

sdk("a board that is pulled out in mid-look answers with that", async (backend) => {
  await using session = await openDevice(peekable(), { backend });
  const recording = await record(session);
  const reading = errorOf(readAll(recording));
  while (await recording.readInProcess() === null);
  sim.fault("ecode:olDaFlushFromBufferInprocess@1+=67;ecode:olDaGetBuffer@1+=67");
  const error = await errorOf((async () => {
    for (;;) await recording.readInProcess();
  })());
  ok(error instanceof DtolConnectionError, String(error));
  ok(await inTime("the end", reading) instanceof DtolConnectionError);
  sim.fault("");
  await recording[Symbol.asyncDispose]().catch(() => {});
});

sdk("a look that hangs is answered when the recording is given up", async (backend) => {
  const session = await openDevice(peekable(), { backend, timeoutS: 1 });
  const recording = await record(session);
  sim.fault("hang:olDaFlushFromBufferInprocess@1=0");
  const error = await inTime("the answer", errorOf(recording.readInProcess().then(() => recording.readInProcess())));
  ok(error.message.includes("while reading the buffer being filled"), String(error));
  await errorOf(recording.stop());
  sim.reset(); // lets the call go
  await session.close().catch(() => {});
});

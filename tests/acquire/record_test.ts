/** Recording from end to end, over both backends: what the board took is what reader and file get. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { openDevice } from "../../src/acquire/session.ts";
import { record } from "../../src/acquire/record.ts";
import type { RecordOptions } from "../../src/acquire/run_plan.ts";
import { monotonicClock } from "../../src/clock.ts";
import {
  DtolConnectionError,
  DtolError,
  DtolResourceError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import { openRaw } from "../../src/raw/replay.ts";
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

both("every sample of three inputs with gains comes through, in blocks of an odd size", async (backend) => {
  const gains = [1, 10, 500];
  const spec = task({
    channels: [5, 0, 3].map((physicalChannel, i) => new AnalogInputVoltage({ physicalChannel, gain: gains[i]! })),
    timing: { rateHz: 5000, samplesPerChannel: 2500 },
    buffers: { buffers: 128, samplesPerBuffer: 37 },
  });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  const blocks = await readAll(recording);
  equal(samplesOf(blocks) + recording.summary.samplesLost, 2500);
  deepEqual(blocks[0]!.channels.map(({ scaling }) => scaling!.gain), gains);
  const half = blocks[0]!.codes![37]! * 20 / 65536 - 10; // input 0, gain 10
  equal(blocks[0]!.data[37], half / 10);
  checkBooks(recording.summary);
});

both("every sample of 16 inputs comes through", async (backend) => {
  const inputs = Array.from({ length: 16 }, (_, i) => 15 - i);
  const timing = { rateHz: 3000, samplesPerChannel: 1000 };
  const spec = task({ board: "DT9805(00)", timing, buffers: { buffers: 64, samplesPerBuffer: 77 } }, inputs);
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  equal(samplesOf(await readAll(recording)) + recording.summary.samplesLost, 1000);
});

both("two simultaneous inputs at 1 MS/s for a second: every sample, in stream and file", async (backend) => {
  await using dir = await tempDir();
  const spec = task({
    board: "DT9862(00)",
    timing: { rateHz: 1e6, samplesPerChannel: 1_000_001 },
    buffers: { buffers: 40, samplesPerBuffer: 25_000 },
  }, [0, 1]);
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const blocks = await readAll(recording);
  const { summary } = recording;
  equal(samplesOf(blocks) + summary.samplesLost, 1_000_001);
  equal(recording.rateHz, 1e6);
  checkBooks(summary);
  const report = await checkRaw(dir.file("a.dt-raw"));
  equal(report.samples, samplesOf(blocks));
  equal(report.bytes, summary.raw!.bytes);
});

simulated("24-bit codes come through in 32 bits", async (backend) => {
  await using dir = await tempDir();
  const spec = task({ board: "DT9837A(00)", timing: { rateHz: 10_000, samplesPerChannel: 3000 } }, [0, 1, 2, 3]);
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const blocks = await readAll(recording, 24);
  equal(samplesOf(blocks) + recording.summary.samplesLost, 3000);
  ok(blocks[0]!.codes instanceof Int32Array);
  ok(blocks[0]!.codes.some((code) => code > 0xffff));
  equal((await checkRaw(dir.file("a.dt-raw"), 24)).samples, samplesOf(blocks));
});

simulated("W-53 floats are values, and an open sensor is NaN with a status in stream and file", async (backend) => {
  await using dir = await tempDir();
  const channels = [0, 1, 2].map((physicalChannel) =>
    new AnalogInputVoltage({ physicalChannel, channelType: "differential", minVal: -0.156, maxVal: 0.156 })
  );
  const spec = task({
    board: "DT9828(00)",
    channels,
    timing: { rateHz: 200, samplesPerChannel: 45 },
    buffers: { samplesPerBuffer: 20 },
  });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const read = await Array.fromAsync(recording.stream);
  await using file = await openRaw(dir.file("a.dt-raw"));
  for (const blocks of [read, await Array.fromAsync(file.blocks())]) {
    equal(samplesOf(blocks), 45);
    for (const block of blocks) {
      ok(block.codes instanceof Float32Array && block.isLinearised);
      ok(block.values(0).every((value) => Math.abs(value - 0.05) < 0.312 / 2 ** 24), "channel 0 is 50 mV, to a step");
      ok(block.values(1).every(Number.isNaN));
      deepEqual([...block.sensorStatus.keys()], ["ch1"]);
      ok(block.sensorStatus.get("ch1")!.every((status) => SENSOR_STATUSES[status] === "sensor_open"));
      ok(block.values(2).every((value) => value === Math.fround(-0.1)));
    }
  }
}, {
  signal: { 0: { kind: "constant", volts: 0.05 }, 1: { kind: "open" }, 2: { kind: "constant", volts: -0.1 } },
});

both("W-01 W-02 W-03 times are those of the samples: from the start, by the clock that runs", async (backend) => {
  const spec = task({
    timing: { rateHz: 2333, samplesPerChannel: 2100 },
    buffers: { buffers: 8, samplesPerBuffer: 1000 },
  }, [0, 1, 2]);
  await using session = await openDevice(spec, { backend });
  const before = monotonicClock().nowNs();
  await using recording = await record(session);
  const started = monotonicClock().nowNs();
  const rateHz = 12e6 / Math.round(12e6 / 6999) / 3; // the base clock cannot give 6999 Hz
  equal(recording.rateHz, rateHz);
  const blocks = await readAll(recording);
  const { anchor } = blocks[0]!.axis;
  ok(anchor.monoNs >= before && anchor.monoNs <= started, "the anchor is the start");
  equal(blocks[0]!.tMonoNs, anchor.monoNs);
  equal(blocks[0]!.t0.epochNanoseconds, anchor.utcNs);
  for (const block of blocks) {
    equal(block.sampleRateHz, rateHz);
    const first = block.firstSampleIndex;
    const offset = Math.round(first * 1e9 / rateHz);
    equal(Number(block.tMonoNs - anchor.monoNs), offset);
    equal(block.t0.epochNanoseconds - anchor.utcNs, BigInt(offset));
    const middle = Number(block.tMidpointMonoNs - block.tMonoNs) / 1e9;
    ok(Math.abs(middle - block.samplesPerChannel / rateHz / 2) < 1e-6);
    equal(block.tUtc.epochNanoseconds - block.t0.epochNanoseconds, block.tMidpointMonoNs - block.tMonoNs);
    // A block is read after its last sample was taken; the anchor is off by less than the start took.
    const last = block.axis.monoNsOf(first + block.samplesPerChannel - 1);
    ok(last <= block.readFinishedNs + (started - before), "its samples are not dated into the future");
    ok(block.readStartedNs <= block.readFinishedNs);
  }
});

both("t_mono_ns is the clock that other processes on the machine read", async (backend) => {
  const script = `import { openMonotonicClock } from "${new URL("../../ffi/monotonic.ts", import.meta.url)}";
    console.log(String(openMonotonicClock().nowNs()));`;
  const elsewhere = async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", script],
      stderr: "inherit",
    }).output();
    return BigInt(new TextDecoder().decode(stdout).trim());
  };
  const here = monotonicClock().nowNs();
  const before = await elsewhere();
  await using session = await openDevice(task({ timing: { rateHz: 1000, samplesPerChannel: 50 } }), { backend });
  await using recording = await record(session);
  const [block] = await readAll(recording);
  const after = await elsewhere();
  ok(here < before && before < block!.tMonoNs && block!.tMonoNs < after && after < monotonicClock().nowNs());
});

const FIVE_VOLTS = { signal: { kind: "constant", volts: 5 } } as const;

both("W-04 codes above mid-scale are unsigned: 5 V is 5 V, in stream and file", async (backend, kind) => {
  await using dir = await tempDir();
  if (kind === "dataacq") sim.signal("constant:5");
  await using session = await openDevice(task({ timing: { rateHz: 1000, samplesPerChannel: 100 } }), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const read = await Array.fromAsync(recording.stream);
  await using file = await openRaw(dir.file("a.dt-raw"));
  for (const block of [...read, ...await Array.fromAsync(file.blocks())]) {
    ok(block.codes instanceof Uint16Array);
    ok(block.codes.every((code) => code === 49_152));
    ok(block.data.every((volts) => volts === 5));
  }
}, FIVE_VOLTS);

for (const n of [1, 49, 50, 51, 100, 173]) {
  both(`W-23 a finite run ends after exactly n samples: ${n} in buffers of 50`, async (backend) => {
    await using dir = await tempDir();
    const spec = task({ timing: { rateHz: 5000, samplesPerChannel: n } });
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session, { raw: dir.file("a.dt-raw") });
    const blocks = await readAll(recording);
    const { summary } = recording;
    checkBooks(summary);
    if (summary.lost === 0) {
      deepEqual(blocks.map((block) => block.samplesPerChannel), [
        ...Array(Math.floor(n / 50)).fill(50),
        ...n % 50 === 0 ? [] : [n % 50],
      ]);
    }
    equal(samplesOf(blocks) + summary.samplesLost, n);
    equal(summary.samplesPerChannel, samplesOf(blocks));
    const report = await checkRaw(dir.file("a.dt-raw"));
    equal(report.endSampleIndex, n);
    equal(report.endedInOrder, true);
    equal(await session.isRunning(), false);
  });
}

both("a session can record again, each run from sample 0", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 5000, samplesPerChannel: 120 } }), { backend });
  for (let run = 0; run < 3; run++) {
    await using recording = await record(session);
    const blocks = await readAll(recording);
    equal(samplesOf(blocks) + recording.summary.samplesLost, 120);
  }
});

both("a second recording of a session is refused while one runs, and the first goes on", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 5000, samplesPerChannel: 500 } }), { backend });
  await using recording = await record(session);
  ok(await errorOf(record(session)) instanceof DtolTaskStateError);
  ok(await errorOf(session.close()) instanceof DtolTaskStateError);
  equal(await session.isRunning(), true);
  equal(samplesOf(await readAll(recording)) + recording.summary.samplesLost, 500);
});

both("stop() delivers what the board has done, and the stream ends", async (backend) => {
  await using dir = await tempDir();
  await using session = await openDevice(task(), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const reader = recording.stream.getReader();
  checkBlock((await reader.read()).value!);
  await recording.stop();
  equal((await recording.stop()).raw!.path, dir.file("a.dt-raw")); // once more does no harm
  let samples = 50;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    checkBlock(next.value);
    samples += next.value.samplesPerChannel;
  }
  checkBooks(recording.summary);
  const report = await checkRaw(dir.file("a.dt-raw"));
  equal(report.samples, samples);
  equal(report.endedInOrder, true);
});

/** Fast enough to fill a backlog of eight slots at once. */
const flood = (changes = {}) =>
  task({ timing: { rateHz: 20_000 }, buffers: { buffers: 512, samplesPerBuffer: 20 }, ...changes });
const TINY = { backlogS: 1e-6 } as const; // the least there is: eight slots

class BodyError extends Error {}

const WAYS = {
  "break": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    await using recording = await record(session, options);
    for await (const block of recording.stream) {
      checkBlock(block);
      await until("the backlog is full", () => recording.summary.produced > 20);
      break;
    }
  },
  "throw": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    const mine = new BodyError("mine");
    const thrown = await errorOf((async () => {
      await using recording = await record(session, options);
      for await (const _ of recording.stream) {
        await until("the backlog is full", () => recording.summary.produced > 20);
        throw mine;
      }
    })());
    equal(thrown, mine, "the user's own error comes out as it is");
  },
  "cancel": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    await using recording = await record(session, options);
    await until("the backlog is full", () => recording.summary.produced > 20);
    await recording.stream.cancel("enough");
    await recording.stop();
    checkBooks(recording.summary);
  },
  "stop": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    await using recording = await record(session, options);
    await until("the backlog is full", () => recording.summary.produced > 20);
    const { produced } = await recording.stop();
    ok(produced > 20);
    equal((await Array.fromAsync(recording.stream)).length, recording.summary.emitted);
    checkBooks(recording.summary);
  },
  "a reader that waits": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    await using recording = await record(session, options);
    const reading = (async () => {
      let blocks = 0;
      for await (const _ of recording.stream) blocks++;
      return blocks;
    })();
    await until("some have come", () => recording.summary.emitted > 3);
    await recording.stop();
    equal(await reading, recording.summary.emitted);
  },
  "nothing read at all": async (options: RecordOptions, session: Parameters<typeof record>[0]) => {
    const recording = await record(session, options);
    await until("the backlog is full", () => recording.summary.produced > 20);
    await recording[Symbol.asyncDispose]();
    await recording[Symbol.asyncDispose]();
    equal(recording.summary.emitted, 0);
    checkBooks(recording.summary);
  },
} as const;

for (const [way, leave] of Object.entries(WAYS)) {
  both(`W-21 leaving a recording with a full backlog never hangs: ${way}`, async (backend) => {
    for (const overflow of ["block", "drop_oldest", "drop_newest"] as const) {
      await using session = await openDevice(flood(), { backend });
      await inTime(`${way} under ${overflow}`, leave({ ...TINY, overflow, streamBufferSize: 2 }, session));
      equal(await session.isRunning(), false);
    }
  });
}

both("W-28 a reader that sleeps costs no sample while the backlog has room", async (backend) => {
  const spec = flood({ timing: { rateHz: 20_000, samplesPerChannel: 4000 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session);
  await recording.finished; // asleep until all is over
  const { dropped, emitted } = recording.summary;
  deepEqual({ dropped, emitted }, { dropped: 0, emitted: 0 });
  equal(samplesOf(await readAll(recording)) + recording.summary.samplesLost, 4000);
  checkBooks(recording.summary);
});

both("W-28 what does not fit into the backlog is counted as dropped, to the block", async (backend) => {
  await using dir = await tempDir();
  const spec = flood({ timing: { rateHz: 20_000, samplesPerChannel: 1000 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { ...TINY, raw: dir.file("a.dt-raw") });
  await recording.finished;
  const blocks = await Array.fromAsync(recording.stream);
  for (const block of blocks) checkBlock(block);
  equal(blocks.length, 8, "the backlog has eight slots");
  deepEqual(recording.summary.droppedBy, {
    overflow: 0,
    backlog: recording.summary.produced - recording.summary.lost - 8,
    unread: 0,
  });
  checkBooks(recording.summary);
  equal((await checkRaw(dir.file("a.dt-raw"))).samples + recording.summary.samplesLost, 1000);
});

both("W-17 a block that was dropped leaves its indices and its time", async (backend) => {
  const spec = flood({ timing: { rateHz: 20_000, samplesPerChannel: 1000 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { overflow: "drop_oldest", streamBufferSize: 3 });
  await recording.finished;
  const blocks = await Array.fromAsync(recording.stream);
  equal(blocks.length, 3);
  for (const block of blocks) checkBlock(block);
  const last = blocks.at(-1)!;
  equal(last.firstSampleIndex + last.samplesPerChannel, 1000, "the newest three are left");
  equal(last.tMonoNs, last.axis.anchor.monoNs + last.axis.offsetNs(last.firstSampleIndex));
  equal(recording.summary.dropped, recording.summary.produced - recording.summary.lost - 3);
  checkBooks(recording.summary);
});

const READERS = {
  "reads": async (recording) => void await readAll(recording),
  "never reads": (recording) => recording.finished,
  "reads one block and leaves": async (recording) => {
    for await (const _ of recording.stream) break;
    await recording.finished;
  },
  "cancels": async (recording) => {
    await recording.stream.cancel();
    await recording.finished;
  },
  "reads slowly": async (recording) => {
    for await (const block of recording.stream) {
      checkBlock(block);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  },
} as const satisfies Record<string, (recording: Awaited<ReturnType<typeof record>>) => Promise<void>>;

for (const [habit, read] of Object.entries(READERS)) {
  both(`W-12 the raw file is complete when the reader ${habit}`, async (backend) => {
    for (const overflow of ["block", "drop_oldest", "drop_newest"] as const) {
      if (overflow !== "block" && habit === "reads") continue; // it would see what was dropped as a hole
      await using dir = await tempDir();
      const spec = flood({ timing: { rateHz: 20_000, samplesPerChannel: 790 } });
      await using session = await openDevice(spec, { backend });
      await using recording = await record(session, {
        ...habit === "reads" ? {} : TINY,
        overflow,
        streamBufferSize: 2,
        raw: dir.file("a.dt-raw"),
      });
      await read(recording);
      const report = await checkRaw(dir.file("a.dt-raw"));
      equal(report.samples + recording.summary.samplesLost, 790);
      equal(report.endSampleIndex, 790);
      equal(report.endedInOrder, true);
    }
  });
}

both("W-12 the file is ahead of the stream: a block that was read is in the file", async (backend) => {
  await using dir = await tempDir();
  await using session = await openDevice(task({ timing: { rateHz: 2000, samplesPerChannel: 500 } }), { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  for await (const block of recording.stream) {
    await using file = await openRaw(dir.file("a.dt-raw"));
    ok(file.endSampleIndex >= block.firstSampleIndex + block.samplesPerChannel);
    const { codes } = await file.read(block.firstSampleIndex, block.samplesPerChannel);
    deepEqual(codes, block.codes);
  }
});

both("a block from the file is the block from the stream", async (backend) => {
  await using dir = await tempDir();
  const metadata = { rig: "A", run: 7, wet: true };
  const spec = task({ metadata, name: "fatigue", timing: { rateHz: 2000, samplesPerChannel: 170 } });
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const live = await readAll(recording);
  await using file = await openRaw(dir.file("a.dt-raw"));
  const again = await Array.fromAsync(file.blocks());
  checkOrder(again);
  equal(again.length, live.length);
  for (const [i, block] of live.entries()) {
    const other = again[i]!;
    deepEqual(other.codes, block.codes);
    deepEqual(other.data, block.data);
    const facts = (of: typeof block) => [
      ...[of.device, of.task, of.blockIndex, of.firstSampleIndex, of.gapBefore, of.tMonoNs, of.sampleRateHz],
      ...[of.readStartedNs, of.readFinishedNs, of.t0.toString(), of.taskStartedAt.toString()],
      ...of.channels.map(({ name, unit }) => `${name} ${unit}`),
    ];
    deepEqual(facts(other), facts(block));
    deepEqual(other.metadata, metadata);
  }
});

both("a raw file that exists is not touched unless the caller says so", async (backend) => {
  await using dir = await tempDir();
  const path = dir.file("a.dt-raw");
  await Deno.writeTextFile(path, "a day of work");
  await using session = await openDevice(task({ timing: { rateHz: 5000, samplesPerChannel: 50 } }), { backend });
  const error = await errorOf(record(session, { raw: path }));
  ok(error instanceof DtolResourceError && error.message.includes(path), String(error));
  equal(await Deno.readTextFile(path), "a day of work");
  await using recording = await record(session, { raw: { path, overwrite: true } });
  await readAll(recording);
  equal((await checkRaw(path)).endSampleIndex, 50);
});

both("a raw file that cannot be begun is told at once, and the board is free again", async (backend) => {
  if (Deno.build.os === "windows") return; // it has no file that is always full
  await using session = await openDevice(task(), { backend });
  const error = await errorOf(inTime("record", record(session, { raw: { path: "/dev/full", overwrite: true } })));
  ok(error.message.includes("/dev/full"), error.message);
  await using recording = await record(session); // the run that was begun has been ended
  for await (const block of recording.stream) {
    checkBlock(block);
    break;
  }
});

both("W-22 codes are the same object at every reading, and values are made at the first", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 2000, samplesPerChannel: 50 } }), { backend });
  await using recording = await record(session);
  const [block] = await readAll(recording);
  equal(block!.codes, block!.codes);
  equal(block!.data, block!.data);
  equal(block!.data.buffer === block!.codes!.buffer, false);
  equal(block!.values(1).buffer, block!.data.buffer);
});

both("nothing is lost or dropped while the main thread does nothing else for 3 s at 2 x 200 kS/s", async (backend) => {
  await using dir = await tempDir();
  const spec = task({
    board: "DT9862(00)",
    timing: { rateHz: 200_000, samplesPerChannel: 640_000 },
    buffers: { buffers: 64, samplesPerBuffer: 10_000 },
  }, [0, 1]);
  await using session = await openDevice(spec, { backend });
  await using recording = await record(session, { raw: dir.file("a.dt-raw") });
  const until = performance.now() + 3000;
  while (performance.now() < until);
  const blocks = await readAll(recording);
  const { dropped, lost, emitted } = recording.summary;
  deepEqual({ dropped, lost, emitted }, { dropped: 0, lost: 0, emitted: 64 });
  equal(samplesOf(blocks), 640_000);
  equal((await checkRaw(dir.file("a.dt-raw"))).samples, 640_000);
});

both(
  "W-25 a board that is gone ends the run at once, with its own error from the scope it is used in",
  async (backend, kind) => {
    if (kind === "dataacq") sim.fault("unplug@3");
    const error = await errorOf((async () => {
      await using session = await openDevice(task(), { backend });
      await using recording = await record(session);
      for await (const block of recording.stream) checkBlock(block);
    })());
    ok(error instanceof DtolConnectionError, String(error));
    ok(error.message.includes("DT9806(00)"));
  },
  { faults: { unplugAtBuffer: 3 } },
);

both("W-27 blocks can be read one by one: each once, in order", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 1000, samplesPerChannel: 150 } }), { backend });
  await using recording = await record(session);
  await rejects(recording.read({ timeoutS: 0 }), DtolValidationError);
  const first: number[] = [];
  for (let block = await recording.read(); block !== null; block = await recording.read()) {
    checkBlock(block);
    first.push(block.firstSampleIndex);
  }
  deepEqual(first, [0, 50, 100]);
  const reader = recording.stream.getReader();
  await rejects(recording.read(), DtolTaskStateError);
  reader.releaseLock();
});

both("W-27 a block that does not come in time is not lost", async (backend) => {
  const slow = { timing: { rateHz: 500, samplesPerChannel: 750 }, buffers: { samplesPerBuffer: 250 } };
  await using session = await openDevice(task(slow), { backend });
  await using recording = await record(session);
  const first: number[] = [];
  let late = 0;
  for (;;) {
    const block = await recording.read({ timeoutS: 0.02 }).catch((error) => {
      ok(error instanceof DtolTimeoutError, String(error));
      late++;
    });
    if (block === null) break;
    if (block === undefined) continue;
    checkBlock(block);
    first.push(block.firstSampleIndex);
  }
  deepEqual(first, [0, 250, 500]);
  ok(late > 0, "a board of 2 blocks a second cannot give one in every 20 ms");
});

both("a drainer that cannot be started is told, and the board is free again", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 5000, samplesPerChannel: 50 } }), { backend });
  const drainer = new URL("./nowhere.ts", import.meta.url);
  Object.assign(backend, { drainer });
  const error = await errorOf(inTime("record", record(session)));
  ok(error instanceof DtolError && error.message.includes("nowhere.ts"), String(error));
  Object.assign(backend, { drainer: undefined });
  await using recording = await record(session);
  await readAll(recording);
});

both("a ticket that cannot pass to another thread is told, and the board is free again", async (backend) => {
  await using session = await openDevice(task({ timing: { rateHz: 5000, samplesPerChannel: 50 } }), { backend });
  const { applied } = session.configured;
  const { ticket } = applied;
  Object.assign(applied, { ticket: { ...ticket, call: () => {} } });
  const error = await errorOf(inTime("record", record(session)));
  ok(error instanceof DtolError && error.message.includes("DT9806(00)"), String(error));
  Object.assign(applied, { ticket });
  await using recording = await record(session);
  await readAll(recording);
});

sdk("handles are back to none", async (backend) => {
  const session = await openDevice(task(), { backend });
  ok(sim.handles() > 0);
  await session.close();
});

Deno.test("a program that recorded, and was refused a second recording, ends by itself", async () => {
  const src = (path: string) => new URL(`../../src/${path}`, import.meta.url).href;
  const script = `
    import { record } from "${src("acquire/record.ts")}";
    import { openDevice } from "${src("acquire/session.ts")}";
    import { SimulatedBackend } from "${src("board/simulated.ts")}";
    import { AnalogInputVoltage } from "${src("model/channels.ts")}";
    import { TaskSpec } from "${src("model/spec.ts")}";
    const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0 })], timing: { rateHz: 1000 } });
    const session = await openDevice(spec, { backend: new SimulatedBackend() });
    const recording = await record(session);
    await record(session).catch((error) => console.log(error.name));
    await recording.stop();
    await session.close();
  `;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", "--no-check", script], stdout: "piped" }).spawn();
  const killer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code, stdout } = await child.output();
  clearTimeout(killer);
  deepEqual([code, new TextDecoder().decode(stdout).trim()], [0, "DtolTaskStateError"]);
});

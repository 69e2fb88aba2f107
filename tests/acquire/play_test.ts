/** Waveforms, sample by sample, over both backends. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { OLSS } from "../../ffi/constants.ts";
import { play, type PlayOptions } from "../../src/acquire/play.ts";
import { record } from "../../src/acquire/record.ts";
import { openDevice, type Session } from "../../src/acquire/session.ts";
import type { Backend } from "../../src/board/backend.ts";
import { SimulatedBackend, type SimulatedBackendOptions } from "../../src/board/simulated.ts";
import {
  DtolBufferUnderrunError,
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolTriggerError,
  DtolValidationError,
} from "../../src/errors.ts";
import { AnalogInputVoltage, AnalogOutputVoltage, type AnalogOutputVoltageOptions } from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { both, errorOf, inTime, sdk, sim, until } from "./lab.ts";

const BOARD = "DT9862(00)";
const STEP = 20 / 65536;

/** Runs a test over boards that look at no clock, on which a thread that stalls is late and nothing more. */
function freeRunning(
  name: string,
  body: (backend: Backend) => Promise<void>,
  options: SimulatedBackendOptions = {},
): void {
  both(name, async (backend, kind) => {
    if (kind === "dataacq") sim.freeRunning();
    await body(backend);
  }, { freeRunningOutputs: true, ...options });
}

/** A task on some outputs at 1 kHz; the buffers hold 0.8 s. */
function task(
  outputs: readonly number[] = [0],
  channel: Partial<AnalogOutputVoltageOptions> = {},
  changes: Partial<TaskSpecOptions> = {},
): TaskSpec {
  return new TaskSpec({
    board: BOARD,
    channels: outputs.map((physicalChannel) => output(physicalChannel, channel)),
    timing: { rateHz: 1000 },
    buffers: { buffers: 8, samplesPerBuffer: 100 },
    ...changes,
  });
}

const output = (physicalChannel: number, channel: Partial<AnalogOutputVoltageOptions>) =>
  new AnalogOutputVoltage({ physicalChannel, requiresConfirm: false, ...channel });

/** The volts of a code: what is played is then exactly that code. */
const voltsOf = (codes: readonly number[]) => Float64Array.from(codes, (code) => code * STEP - 10);

/** Codes of which no two neighbours are alike, other ones on each output. */
const codesFor = (output: number, count: number, first = 0) =>
  Array.from({ length: count }, (_, k) => ((first + k) * 7919 + output * 12_345) % 65_536);

function played(backend: Backend, output: number): number[] {
  return [...(backend instanceof SimulatedBackend ? backend.played(BOARD, output) : sim.played(BOARD, output))];
}

function carried(backend: Backend, output = 0): number {
  return backend instanceof SimulatedBackend
    ? backend.output(BOARD, "analog_output", output)!
    : sim.output(BOARD, OLSS.OLSS_DA, output);
}

/** Chunks of some lengths, which are no multiple of anything. */
function* chunks(outputs: readonly number[], lengths: readonly number[]): Generator<Float64Array[]> {
  let first = 0;
  for (const length of lengths) {
    yield outputs.map((output) => voltsOf(codesFor(output, length, first)));
    first += length;
  }
}

const LENGTHS = [1, 99, 250, 3, 500, 47, 333];
const TOTAL = LENGTHS.reduce((sum, length) => sum + length, 0);

for (const outputs of [[0], [1], [0, 1], [1, 0]]) {
  freeRunning(
    `W-29: a stream on outputs ${outputs} leaves without a gap, to its last sample, and ends then`,
    async (backend) => {
      await using session = await openDevice(task(outputs), { backend });
      await using playback = await play(session, chunks(outputs, LENGTHS));
      equal(playback.rateHz, 1000);
      const summary = await inTime("the waveform", playback.finished);
      for (const output of outputs) deepEqual(played(backend, output), codesFor(output, TOTAL), `output ${output}`);
      const { startedAt, finishedAt, ...books } = summary;
      deepEqual(books, {
        samplesQueued: TOTAL,
        samplesPlayed: TOTAL,
        samplesLost: 0,
        underruns: 0,
        error: null,
        parking: null,
      });
      ok(startedAt instanceof Temporal.Instant && finishedAt instanceof Temporal.Instant);
      deepEqual(await playback.stop(), summary, "stopping what is over changes nothing");
    },
  );
}

both("W-29: samples leave by the board's clock", async (backend) => {
  await using session = await openDevice(task(), { backend });
  // All of them are queued before the start, so that nothing that stalls afterwards can make them leave sooner, or fewer.
  const beforeMs = performance.now();
  await using playback = await play(session, chunks([0], [300, 400]));
  const { samplesPlayed, underruns } = await inTime("the waveform", playback.finished);
  const ms = performance.now() - beforeMs;
  ok(ms >= 699, `from the first to the last of 700 samples at 1 kHz it takes 699 ms, and not ${ms}`);
  deepEqual([samplesPlayed, underruns], [700, 0]);
  deepEqual(played(backend, 0), codesFor(0, 700));
});

freeRunning("W-29: a source may be an array, a generator, an async one or a ReadableStream", async (backend) => {
  async function* later() {
    for (const chunk of chunks([0], LENGTHS)) {
      await Promise.resolve();
      yield chunk[0]!;
    }
  }
  const sources = {
    array: [...chunks([0], LENGTHS)].map(([row]) => row!),
    async: later(),
    stream: ReadableStream.from(later()),
  };
  await using session = await openDevice(task(), { backend });
  for (const [name, source] of Object.entries(sources)) {
    await using playback = await play(session, source);
    await inTime(name, playback.finished);
    deepEqual(played(backend, 0), codesFor(0, TOTAL), name);
  }
});

both("a stream shorter than the buffers is played, too", async (backend) => {
  await using session = await openDevice(task(), { backend });
  await using playback = await play(session, chunks([0], [5]));
  equal((await inTime("5 samples", playback.finished)).samplesPlayed, 5);
  deepEqual(played(backend, 0), codesFor(0, 5));
  equal(carried(backend), codesFor(0, 5).at(-1));
});

const LOOP: Partial<TaskSpecOptions> = { buffers: { buffers: 3, samplesPerBuffer: 64, wrapMode: "single" } };

both("a loop repeats its period until it is stopped, at the end of one", async (backend) => {
  await using session = await openDevice(task([0, 1], {}, LOOP), { backend });
  const period = [0, 1].map((output) => codesFor(output, 64));
  await using playback = await play(session, period.map(voltsOf));
  await until("three periods", () => played(backend, 0).length > 3 * 64);
  const summary = await inTime("stopping", playback.stop());
  for (const output of [0, 1]) {
    const codes = played(backend, output);
    equal(codes.length % 64, 0, `${codes.length} samples`);
    deepEqual(codes, codes.map((_, k) => period[output]![k % 64]));
    equal(carried(backend, output), period[output]!.at(-1), "it keeps its last value");
  }
  equal(summary.samplesQueued, 64);
  ok(summary.samplesPlayed >= 3 * 64);
  equal(summary.error, null);
});

both("a period is exactly as long as a buffer", async (backend) => {
  await using session = await openDevice(task([0], {}, LOOP), { backend });
  for (const length of [63, 65, 192]) {
    const error = await errorOf(play(session, voltsOf(codesFor(0, length))));
    ok(error instanceof DtolValidationError && /samplesPerBuffer is 64/.test(error.message), String(error));
  }
  await using playback = await play(session, voltsOf(codesFor(0, 64))); // and the refusals left nothing behind
  await playback.stop();
});

both("stop() ends a stream after the buffer in progress; it can be followed by another", async (backend) => {
  await using session = await openDevice(task(), { backend });
  let closed = false;
  function* endless() {
    try {
      for (let first = 0;; first += 50) yield voltsOf(codesFor(0, 50, first));
    } finally {
      closed = true;
    }
  }
  await using playback = await play(session, endless());
  await until("some samples", () => playback.summary.samplesPlayed >= 300);
  const { samplesPlayed, samplesQueued, samplesLost } = await inTime("stopping", playback.stop());
  const codes = played(backend, 0);
  deepEqual(codes, codesFor(0, codes.length));
  ok(samplesPlayed <= codes.length && samplesPlayed % 100 === 0, `${samplesPlayed} of ${codes.length}`);
  equal(samplesLost, samplesQueued - samplesPlayed);
  await until("the source is closed", () => closed);
  await using second = await play(session, chunks([0], [10]));
  equal((await second.finished).samplesPlayed, 10);
});

/** What may not be put out, and what is said of it. */
const BAD: readonly (readonly [number, RegExp])[] = [
  [NaN, /NaN to "ch0": it takes a finite number/],
  [Infinity, /Infinity/],
  [-Infinity, /-Infinity/],
  [10.001, /its range is -10 to 10 V/],
  [5.01, /its safe band is -5 to 5 V/],
];

both("W-09: one sample that is wrong keeps its whole chunk off the board, and nothing starts", async (backend) => {
  await using session = await openDevice(task([0], { safeMin: -5, safeMax: 5 }), { backend });
  for (const [bad, words] of BAD) {
    const chunk = new Float64Array(50).fill(1);
    chunk[49] = bad;
    sim.log();
    const error = await errorOf(play(session, [chunk]));
    ok(error instanceof DtolValidationError && words.test(error.message), String(error));
    ok(/sample 49 of the waveform/.test(error.message), error.message);
    ok(!sim.calls().includes("olDaStart"), "it was started");
  }
});

freeRunning("a wrong sample in mid-run ends it, after what was queued before, and parks", async (backend) => {
  await using session = await openDevice(task([0], { safeMin: -5, safeMax: 5, safeValue: 0 }), { backend });
  async function* source() {
    yield new Float64Array(800).fill(4);
    await until("the start", () => started);
    yield Float64Array.of(4, 4, 9);
  }
  let started = false;
  await using playback = await play(session, source());
  started = true;
  const error = await errorOf(inTime("the end", playback.finished));
  ok(error instanceof DtolValidationError && /sample 802 .*/.test(error.message), String(error));
  ok(played(backend, 0).every((code) => code === 45_875));
  equal(carried(backend), 32_768, "0 V");
  equal(playback.summary.error, error);
});

both("an error of the source itself ends the run with it", async (backend) => {
  await using session = await openDevice(task(), { backend });
  function* broken(): Generator<Float64Array> {
    yield* [];
    throw new Error("the file is gone");
  }
  const error = await errorOf(play(session, broken()));
  ok(error instanceof DtolError && /the file is gone/.test(error.message), String(error));
  const empty = await errorOf(play(session, []));
  ok(empty instanceof DtolTaskStateError && /before its first sample/.test(empty.message), String(empty));
});

both("chunks of the wrong shape are refused", async (backend) => {
  await using session = await openDevice(task([0, 1]), { backend });
  const row = new Float64Array(3);
  const shapes = [[[row]], [row], [[row, new Float64Array(2)]], [[new Float64Array(0), new Float64Array(0)]], ["x"], [[
    row,
    [0],
  ]]];
  for (const shape of shapes) {
    ok(await errorOf(play(session, shape as never)) instanceof DtolValidationError, String(shape));
  }
  ok(await errorOf(play(session, 5 as never)) instanceof DtolValidationError);
});

both("a board without streaming outputs says so at once", async (backend) => {
  const channels = [new AnalogOutputVoltage({ physicalChannel: 0, requiresConfirm: false })];
  await using single = await openDevice(new TaskSpec({ board: "DT9806(00)", channels }), { backend });
  const error = await errorOf(play(single, [new Float64Array(1)]));
  ok(error instanceof DtolCapabilityError && /"DT9806\(00\)".*single values only/.test(error.message), String(error));
  await single.close();
  const clocked = new TaskSpec({ board: "DT9806(00)", channels, timing: { rateHz: 100 } });
  await rejects(openDevice(clocked, { backend }), DtolCapabilityError);
});

both("an output is not recorded and an input not played on, and neither reaches the board", async (backend) => {
  await using output = await openDevice(task(), { backend });
  const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
  const spec = new TaskSpec({ board: BOARD, channels, timing: { rateHz: 1000 } });
  await using input = await openDevice(spec, { backend });
  const refusals: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => record(output), /Cannot record analog_output of "DT9862\(00\)".*play\(\)/],
    [() => play(input, chunks([0], [5])), /Cannot play on analog_input.*for analog outputs/],
  ];
  for (const [use, words] of refusals) {
    sim.log();
    const error = await errorOf(use());
    ok(error instanceof DtolTaskStateError && words.test(error.message), String(error));
    deepEqual(sim.calls(), [], "it reached the SDK");
  }
  await using playback = await play(output, chunks([0], [5])); // and it is as it was
  equal((await inTime("5 samples", playback.finished)).samplesPlayed, 5);
});

both("a waveform needs the confirmation of each of its channels", async (backend) => {
  await using session = await openDevice(task([0, 1], { requiresConfirm: true }), { backend });
  const confirms: PlayOptions["confirm"][] = [undefined, false, ["ch0"]];
  for (const confirm of confirms) {
    const options = confirm === undefined ? {} : { confirm };
    const error = await errorOf(play(session, chunks([0, 1], [5]), options));
    ok(error instanceof DtolConfirmationRequiredError, String(error));
  }
  await using playback = await play(session, chunks([0, 1], [5]), { confirm: ["ch1", "ch0"] });
  await playback.finished;
});

both("while a waveform is played the session is its, and closing parks", async (backend) => {
  const session = await openDevice(task([0], { safeValue: 0 }, LOOP), { backend });
  await using playback = await play(session, voltsOf(codesFor(0, 64)));
  for (
    const use of [() => session.write({ ch0: 1 }), () => play(session, voltsOf(codesFor(0, 64))), () => session.close()]
  ) {
    ok(await errorOf(use()) instanceof DtolTaskStateError);
  }
  await playback.stop();
  equal(carried(backend), codesFor(0, 64).at(-1));
  await session.close();
  equal(carried(backend), 32_768);
});

both("park() in between leaves the session ready to play", async (backend) => {
  await using session = await openDevice(task([0], { safeValue: 0 }), { backend });
  for (let round = 0; round < 2; round++) {
    await using playback = await play(session, chunks([0], [20]));
    await inTime("20 samples", playback.finished);
    equal(carried(backend), codesFor(0, 20).at(-1));
    deepEqual((await session.park()).codes, { ch0: 32_768 });
    equal(carried(backend), 32_768);
  }
});

/** An underrun at the third buffer, of both backends. */
function underruns(
  name: string,
  body: (session: Session, backend: Backend) => Promise<void>,
): void {
  freeRunning(name, async (backend) => {
    if (!(backend instanceof SimulatedBackend)) sim.fault("underrun@3");
    await using session = await openDevice(task([0], { safeValue: 0 }), { backend });
    await body(session, backend);
  }, { faults: { underrunAtBuffer: 3 } });
}

underruns("an underrun ends the run with the error under raise, and parks", async (session, backend) => {
  await using playback = await play(session, chunks([0], [1000]));
  ok(await errorOf(inTime("the underrun", playback.finished)) instanceof DtolBufferUnderrunError);
  const { underruns, samplesPlayed, samplesLost, samplesQueued } = playback.summary;
  deepEqual([underruns, samplesPlayed], [1, 200]);
  equal(samplesLost, samplesQueued - 200);
  equal(carried(backend), 32_768);
  deepEqual(playback.summary.parking, { goesOn: null, parked: { ch0: 0 }, notParked: {} });
});

underruns("an underrun is in the summary under return", async (session) => {
  await using playback = await play(session, chunks([0], [1000]), { errorPolicy: "return" });
  const { error, underruns } = await inTime("the underrun", playback.finished);
  ok(error instanceof DtolBufferUnderrunError);
  equal(underruns, 1);
});

underruns("an underrun is counted under skip, and the rest is played", async (session, backend) => {
  await using playback = await play(session, chunks([0], [2000]), { errorPolicy: "skip" });
  const { error, underruns, samplesPlayed, samplesLost } = await inTime("the rest", playback.finished);
  deepEqual([error, underruns, samplesPlayed + samplesLost], [null, 1, 2000]);
  const codes = played(backend, 0); // since the start after it
  deepEqual(codes, codesFor(0, codes.length, 2000 - codes.length));
});

both("a source that is too slow is an underrun, and nothing old is put out again", async (backend) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  async function* slow() {
    yield voltsOf(codesFor(0, 800));
    await held;
    yield voltsOf(codesFor(0, 100, 800));
  }
  await using session = await openDevice(task(), { backend });
  await using playback = await play(session, slow());
  const error = await errorOf(inTime("the underrun", playback.finished));
  ok(error instanceof DtolBufferUnderrunError, String(error));
  deepEqual(played(backend, 0), codesFor(0, 800));
  equal(playback.summary.samplesPlayed, 800);
  release();
});

sdk("a board that cannot be started gives everything back", async (backend) => {
  await using session = await openDevice(task(), { backend });
  sim.freeRunning();
  sim.fault("ecode:olDaStart@1=37");
  ok(await errorOf(play(session, chunks([0], [900]))) instanceof DtolError);
  await using playback = await play(session, chunks([0], [900]));
  equal((await inTime("900 samples", playback.finished)).samplesPlayed, 900);
});

both("W-24: a board that does not stop is aborted in time, and parked; it can play again", async (backend, kind) => {
  const channels = [
    new AnalogOutputVoltage({ physicalChannel: 0, name: "heater", requiresConfirm: false, safeValue: 0 }),
    new AnalogOutputVoltage({ physicalChannel: 1, name: "fan", requiresConfirm: false }),
  ];
  await using session = await openDevice(task([], {}, { channels, ...LOOP }), { backend, timeoutS: 2 });
  const period = [0, 1].map((output) => voltsOf(codesFor(output, 64)));
  await using playback = await play(session, period);
  if (kind === "dataacq") sim.fault("hang:olDaStop@1=0");
  const error = await errorOf(inTime("the stop", playback.stop()));
  ok(error instanceof DtolTimeoutError, String(error));
  const words = 'The driver of "DT9862(00)" did not stop the waveform within 2 s; the waveform was ended; ' +
    "parked: heater = 0; not parked: fan (it has no safe value)";
  equal(error.message, words);
  equal(error.context.operation, "stop");
  const parking = { goesOn: null, parked: { heater: 0 }, notParked: { fan: "it has no safe value" } };
  deepEqual(playback.summary.parking, parking);
  deepEqual([carried(backend, 0), period[1]!.includes(carried(backend, 1) * STEP - 10)], [32_768, true]);
  await using second = await play(session, period);
  await inTime("the abort", second.abort());
  deepEqual(playback.summary.parking, parking);
}, { faults: { stopTakesMs: 600_000 } });

both("abort() parks also after the run has ended, unless another one has the outputs by then", async (backend) => {
  await using session = await openDevice(task([0], { safeValue: 1 }, LOOP), { backend });
  const safe = Math.round(11 / STEP);
  const codes = codesFor(0, 64);
  await using first = await play(session, voltsOf(codes));
  await inTime("its stop", first.stop());
  equal(carried(backend), codes.at(-1));
  await using second = await play(session, voltsOf(codes));
  await inTime("aborting the first", first.abort());
  await inTime("the second's stop", second.stop());
  equal(carried(backend), codes.at(-1), "not parked by the one before");
  await inTime("aborting the second", second.abort());
  equal(carried(backend), safe);
  await session.close();
  await second.abort();
});

for (const safeValue of [1, null]) {
  const what = `a waveform whose start comes after it was given up is ended at once: safe value ${safeValue}`;
  sdk(what, async (backend) => {
    const session = await openDevice(task([0], { safeValue }, LOOP), { backend, timeoutS: 2 });
    sim.fault("hang:olDaStart@1=0");
    sim.log();
    const error = await errorOf(inTime("starting", play(session, voltsOf(codesFor(0, 64)))));
    ok(error instanceof DtolTimeoutError && /while starting the board/.test(error.message), String(error));
    const aborts = () => sim.calls().filter((call) => call.startsWith("olDaAbort")).length;
    const before = aborts();
    equal(before, 1);
    sim.fault(""); // the driver wakes up
    await until("it has woken up", () => sim.calls().some((call) => call.startsWith("olDaStart")));
    await until("the player has aborted it", () => aborts() > before);
    await until("its buffers are freed", () => sim.calls().includes("olDmFreeBuffer"));
    await until("the outputs are looked after again", () => aborts() > before + 1);
    if (safeValue !== null) equal(carried(backend), Math.round(11 / STEP));
    await session.close();
    sim.reset(); // what it holds goes with the process
  });
}

sdk("what a board refuses in the parking after an error is told by output", async (backend) => {
  const changes = { channels: [0, 1].map((physicalChannel) => output(physicalChannel, { safeValue: 0 })) };
  await using session = await openDevice(task([], {}, changes), { backend });
  sim.fault("trigger_error@1;ecode:olDaPutSingleValue@1=37");
  await using playback = await play(session, chunks([0, 1], [800]));
  ok(await errorOf(inTime("the end", playback.finished)) instanceof DtolTriggerError);
  const { goesOn, parked, notParked } = playback.summary.parking!;
  deepEqual([goesOn, parked, Object.keys(notParked)], [null, { ch1: 0 }, ["ch0"]]);
  ok(/olDaPutSingleValue returned 37/.test(notParked["ch0"]!), notParked["ch0"]);
});

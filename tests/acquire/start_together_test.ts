/** Inputs, waveforms and counters of one board that start at the same instant, or not at all. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolManager } from "../../src/acquire/manager.ts";
import { startTogether, type TogetherOptions } from "../../src/acquire/start_together.ts";
import type { Backend } from "../../src/board/backend.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { AnalogOutputVoltage, CounterEdgeCount } from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { both, checkBooks, errorOf, inTime, readAll, samplesOf, sdk, sim, task, tempDir, until } from "./lab.ts";
import { carried } from "./outputs_lab.ts";

const BOARD = "DT9862(00)";
const N = 400;

const inputs = (changes: Partial<TaskSpecOptions> = {}) =>
  task({ board: BOARD, timing: { rateHz: 1000, samplesPerChannel: N }, ...changes }, [0, 1]);

/** Outputs at 1 kHz whose first buffer holds all of the waveform. */
const outputs = (changes: Partial<TaskSpecOptions> = {}) =>
  new TaskSpec({
    board: BOARD,
    channels: [0, 1].map((physicalChannel) =>
      new AnalogOutputVoltage({ physicalChannel, requiresConfirm: false, safeValue: 1 })
    ),
    timing: { rateHz: 1000 },
    buffers: { buffers: 4, samplesPerBuffer: N },
    ...changes,
  });

const counter = (element = 0, board = BOARD) =>
  new TaskSpec({
    ...{ board, element },
    channels: [new CounterEdgeCount({ physicalChannel: 0, name: "turns", clockSource: "external" })],
  });

/** Codes of which no two neighbours are alike, other ones on each output. */
const codesFor = (output: number, count = N) =>
  Array.from({ length: count }, (_, k) => (1 + k * 7919 + output * 12_345) % 65_536);
const WAVEFORM = [0, 1].map((output) => Float64Array.from(codesFor(output), (code) => code * 20 / 65_536 - 10));

/** A manager of a board's inputs and outputs, and what else is given. */
async function lab(backend: Backend, more: Readonly<Record<string, TaskSpec>> = {}): Promise<DtolManager> {
  const manager = new DtolManager({ backend });
  for (const [name, spec] of Object.entries({ response: inputs(), stimulus: outputs(), ...more })) {
    await manager.add(name, spec);
  }
  return manager;
}

/** Both, with a stream of one chunk. */
const PLANS = { response: {}, stimulus: { waveform: [WAVEFORM] } } as const;

function played(backend: Backend, output: number): number[] {
  return [...(backend instanceof SimulatedBackend ? backend.played(BOARD, output) : sim.played(BOARD, output))];
}

/** The codes of one channel, over all blocks. */
function codesOf(blocks: readonly DaqBlock[], channel: number): number[] {
  return blocks.flatMap(({ codes, samplesPerChannel: n }) => [...codes!.subarray(channel * n, (channel + 1) * n)]);
}

/** Nothing of them runs, and all of them can be used. */
async function checkIdle(manager: DtolManager): Promise<void> {
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false, name);
  await using joint = await startTogether(manager, PLANS);
  const blocks = await readAll(joint.recordings.get("response")!);
  equal(samplesOf(blocks), N);
  equal((await inTime("the waveform", joint.playbacks.get("stimulus")!.finished)).samplesPlayed, N);
}

both(
  "W-43 inputs and outputs of a board start in one call of the board's, with one and the same moment",
  async (backend) => {
    await using dir = await tempDir();
    await using manager = await lab(backend);
    sim.log();
    const raw = dir.file("response.dt-raw");
    await using joint = await startTogether(manager, { ...PLANS, response: { raw } });
    deepEqual([...joint.starts.values()].map(({ by }) => by), ["board", "board"]);
    equal(joint.skewS, 0);
    const [recording, playback] = [joint.recordings.get("response")!, joint.playbacks.get("stimulus")!];
    const blocks = await readAll(recording);
    const summary = await inTime("the waveform", playback.finished);
    equal(blocks[0]!.tMonoNs, joint.starts.get("stimulus")!.monoNs, "the first sample is that of the start");
    equal(samplesOf(blocks), N);
    deepEqual([summary.samplesPlayed, summary.samplesLost, summary.underruns], [N, 0, 0]);
    for (const output of [0, 1]) deepEqual(played(backend, output), codesFor(output), `output ${output}`);
    checkBooks((await joint.stop()).get("response")!);
    if (backend instanceof SimulatedBackend) return;
    deepEqual(sim.calls().filter((call) => /Start$/.test(call)), ["olDaSimultaneousStart"]);
  },
);

/** Outputs are wired to inputs. */
const WIRED = { loopback: true };

for (const [what, factor] of [["as fast as", 1], ["twice as fast as", 2]] as const) {
  both(`W-43 what is recorded ${what} it is played is the waveform, from the first sample on`, async (backend) => {
    sim.loopback();
    await using manager = new DtolManager({ backend });
    const timing = { rateHz: 1000 * factor, samplesPerChannel: N * factor };
    await manager.add("response", inputs({ timing }));
    await manager.add("stimulus", outputs());
    await using joint = await startTogether(manager, PLANS);
    const blocks: DaqBlock[] = [];
    for await (const block of joint.recordings.get("response")!.stream) blocks.push(block);
    for (const channel of [0, 1]) {
      const seen = codesFor(channel).flatMap((code) => Array(factor).fill(code));
      deepEqual(codesOf(blocks, channel), seen, `channel ${channel}`);
    }
  }, WIRED);
}

both("W-43 a period that is repeated starts with the inputs, too", async (backend) => {
  sim.loopback();
  await using manager = new DtolManager({ backend });
  await manager.add("response", inputs());
  const buffers = { buffers: 3, samplesPerBuffer: 100, wrapMode: "single" } as const;
  await manager.add("stimulus", outputs({ buffers }));
  const waveform = WAVEFORM.map((row) => row.subarray(0, 100));
  await using joint = await startTogether(manager, { response: {}, stimulus: { waveform } });
  const blocks: DaqBlock[] = [];
  for await (const block of joint.recordings.get("response")!.stream) blocks.push(block);
  await joint.stop();
  const period = codesFor(0, 100);
  const out = played(backend, 0);
  deepEqual(out, out.map((_, k) => period[k % 100]));
  deepEqual(codesOf(blocks, 0), Array.from({ length: N }, (_, k) => period[k % 100]));
}, WIRED);

both("inputs see a waveform end that is aborted, and the safe values after it", async (backend) => {
  sim.loopback();
  await using manager = new DtolManager({ backend });
  await manager.add("response", inputs({ timing: { rateHz: 1000 } }));
  await manager.add("stimulus", outputs({ buffers: { buffers: 3, samplesPerBuffer: N, wrapMode: "single" } }));
  await using joint = await startTogether(manager, { response: {}, stimulus: { waveform: WAVEFORM } });
  await joint.playbacks.get("stimulus")!.abort();
  const seenParked = async () => {
    for await (const block of joint.recordings.get("response")!.stream) {
      if ([0, 1].every((channel) => codesOf([block], channel).every((code) => code === 36_045))) return true; // 1 V
    }
    return false;
  };
  equal(await inTime("the safe values", seenParked()), true);
}, WIRED);

both("W-43 over boards the skew is measured, and each of them starts its own in one call", async (backend) => {
  await using manager = await lab(backend, { other: task({ board: "DT9806(00)" }), turns: counter() });
  const started = await startTogether(manager, { other: {}, turns: {}, ...PLANS });
  await using joint = started;
  deepEqual([...joint.starts].map(([name, { by }]) => [name, by]), [
    ["other", "program"],
    ["turns", "board"],
    ["response", "board"],
    ["stimulus", "board"],
  ]);
  const { other, turns, response, stimulus } = Object.fromEntries(joint.starts);
  deepEqual([turns!.monoNs, response!.monoNs], [stimulus!.monoNs, stimulus!.monoNs]);
  equal(joint.skewS, Math.abs(Number(other!.monoNs - turns!.monoNs)) / 1e9);
  deepEqual([...joint.counters.keys(), ...joint.playbacks.keys()], ["turns", "stimulus"]);
  equal(samplesOf(await readAll(joint.recordings.get("response")!)), N);
  await inTime("the waveform", joint.playbacks.get("stimulus")!.finished);
  equal(await manager.get("turns").isRunning(), true, "one that has ended does not end the others");
  await joint.stop();
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false, name);
});

both("the waveform of another board is started by the program", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("response", task({ timing: { rateHz: 1000, samplesPerChannel: N } }));
  await manager.add("stimulus", outputs());
  await using joint = await startTogether(manager, PLANS);
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program"]);
  equal(samplesOf(await readAll(joint.recordings.get("response")!)), N);
  equal((await inTime("the waveform", joint.playbacks.get("stimulus")!.finished)).samplesPlayed, N);
  for (const output of [0, 1]) deepEqual(played(backend, output), codesFor(output), `output ${output}`);
});

const broken = (how: () => Generator<Float64Array[]> | AsyncGenerator<Float64Array[]>) => ({
  response: {},
  stimulus: { waveform: how() },
});

/** Sources that fail, and what is said of it. */
const SOURCES: Readonly<Record<string, readonly [() => Record<string, TogetherOptions>, RegExp]>> = {
  "a sample that may not be put out": [
    () => ({ response: {}, stimulus: { waveform: [[Float64Array.of(1), Float64Array.of(11)]] } }),
    /11 V to "ch1"/,
  ],
  "a source that fails when it is read": [
    () =>
      broken(function* () {
        yield* [];
        throw new Error("the file is gone");
      }),
    /the file is gone/,
  ],
  "a waveform without a sample": [() => ({ response: {}, stimulus: { waveform: [] } }), /before its first sample/],
};

for (const [what, [plans, words]] of Object.entries(SOURCES)) {
  both(`${what} leaves the inputs unstarted, and no file`, async (backend) => {
    await using dir = await tempDir();
    await using manager = await lab(backend);
    const raw = dir.file("response.dt-raw");
    sim.log();
    const error = await errorOf(inTime("starting", startTogether(manager, { ...plans(), response: { raw } })));
    ok(error instanceof DtolError && words.test(error.message), String(error));
    deepEqual(sim.calls().filter((call) => /Start$/.test(call)), []);
    ok(await Deno.stat(raw).then(() => false, () => true), "a file was left");
    deepEqual(played(backend, 0), []);
    await checkIdle(manager);
  });
}

/** An output of another board, whose source never gives anything. */
const SILENT = new TaskSpec({
  board: "DT9837A(00)",
  channels: [new AnalogOutputVoltage({ physicalChannel: 0, requiresConfirm: false })],
  timing: { rateHz: 10_000 },
});

both("a source that fails at the gate starts none, and is the error that is told", async (backend, kind) => {
  await using manager = await lab(backend, { silent: SILENT });
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  async function* silence(): AsyncGenerator<Float64Array> {
    await held;
    yield* [];
  }
  async function* source() {
    for (let k = 0; k < 4; k++) yield WAVEFORM; // all four buffers
    const filled = () => sim.calls().filter((call) => call === "olDmSetValidSamples").length;
    if (kind === "dataacq") await until("all buffers are filled", () => filled() === 4);
    throw new Error("the file is gone");
  }
  sim.log();
  const plans = { ...broken(source), silent: { waveform: silence() } };
  const error = await errorOf(inTime("starting", startTogether(manager, plans)));
  ok(/the file is gone/.test(error.message), error.message);
  deepEqual(sim.calls().filter((call) => /Start$|SSList/.test(call)), []);
  release();
  await checkIdle(manager);
});

sdk("a source that waits for ever does not keep the error of another device from being told", async (backend) => {
  await using manager = await lab(backend);
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  async function* source(): AsyncGenerator<Float64Array[]> {
    await held;
    yield* [];
  }
  sim.fault("ecode:olDmCallocBuffer@6=201"); // of the inputs' 32: the outputs have 4
  const error = await errorOf(inTime("starting", startTogether(manager, broken(source))));
  ok(error instanceof DtolError && /olDmCallocBuffer returned 201/.test(error.message), String(error));
  release();
  await checkIdle(manager);
});

const CALLS = ["olDaPutDassToSSList", "olDaSimultaneousPrestart", "olDaSimultaneousStart"];

for (const call of CALLS) {
  for (const k of call === "olDaPutDassToSSList" ? [1, 2, 3] : [1]) {
    sdk(`W-43 when ${call}, call ${k}, fails, none runs, nothing stays open, nothing was played`, async (backend) => {
      await using manager = await lab(backend, { turns: counter() });
      const before = sim.handles();
      sim.fault(`ecode:${call}@${k}=125`);
      const error = await errorOf(inTime("starting", startTogether(manager, { ...PLANS, turns: {} })));
      ok(error instanceof DtolError && error.message.includes(`${call} returned 125`), error.message);
      equal(sim.handles(), before);
      deepEqual(played(backend, 0), []);
      await checkIdle(manager);
    });
  }
}

/** Every call from the opening of the runs to the start, with its occurrence. */
async function startCalls(backend: Backend): Promise<[name: string, k: number][]> {
  await using manager = await lab(backend);
  sim.log();
  await using joint = await startTogether(manager, PLANS);
  const calls = sim.calls();
  await joint.stop();
  const seen = new Map<string, number>();
  return calls.slice(0, calls.indexOf("olDaSimultaneousStart") + 1).map((name) => {
    const k = (seen.get(name) ?? 0) + 1;
    seen.set(name, k);
    return [name, k];
  });
}

/** Calls of which there are dozens, all alike: that the first is refused is enough. */
const OFTEN = ["olDmCallocBuffer", "olDaPutBuffer", "olDmGetBufferPtr", "olDmSetValidSamples"];

Deno.test("when any call before a joint start fails, nothing runs and nothing stays open", async (t) => {
  sim.reset();
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  for (const [name, k] of await startCalls(backend)) {
    if (OFTEN.includes(name) && k > 1) continue;
    await t.step(`${name}, call ${k}`, async () => {
      sim.reset();
      const manager = await lab(backend);
      const before = sim.handles();
      sim.fault(`ecode:${name}@${k}=73`);
      const error = await errorOf(inTime(name, startTogether(manager, PLANS)));
      ok(error instanceof DtolError && error.message.includes(`${name} returned 73`), String(error));
      equal(sim.handles(), before, "handles left open");
      deepEqual(played(backend, 0), []);
      for (const one of manager.names) equal(await manager.get(one).isRunning(), false, one);
      await manager.close();
      equal(sim.handles(), 0, "handles left open");
    });
  }
  sim.reset();
});

sdk("when another board cannot be started what plays already is ended at once, and parked", async (backend) => {
  await using manager = await lab(backend, { other: task({ board: "DT9806(00)" }) });
  sim.fault("ecode:olDaStart@1=125"); // that of the other board: there is no other call of it
  const error = await errorOf(inTime("starting", startTogether(manager, { ...PLANS, other: {} })));
  ok(error instanceof DtolError && error.message.includes("olDaStart returned 125"), error.message);
  deepEqual([0, 1].map((output) => carried(backend, "analog_output", output, BOARD)), [36_045, 36_045], "1 V");
  await checkIdle(manager);
});

both("what does not fit is refused before anything is started", async (backend) => {
  await using manager = await lab(backend, { turns: counter(), other: counter(0, "DT9806(00)") });
  const marked = new AnalogOutputVoltage({ physicalChannel: 0, name: "shaker" });
  const cases: [Record<string, TogetherOptions>, typeof DtolError, RegExp][] = [
    [{}, DtolValidationError, /no device is named/],
    [{ nobody: {} }, DtolValidationError, /no device "nobody"/],
    [{ response: {}, stimulus: {} }, DtolValidationError, /"stimulus".*nothing to play/],
    [{ response: { waveform: [WAVEFORM] }, stimulus: PLANS.stimulus }, DtolValidationError, /"response".*analog_input/],
    [{ turns: { waveform: [WAVEFORM] } }, DtolValidationError, /"turns".*counter_timer/],
    [{ ...PLANS, response: { overflow: "grow" as never } }, DtolValidationError, /overflow/],
    [{ ...PLANS, stimulus: { waveform: 5 as never } }, DtolValidationError, /can be iterated/],
  ];
  sim.log();
  for (const [plans, kind, words] of cases) {
    const error = await errorOf(startTogether(manager, plans));
    ok(error instanceof kind && words.test(error.message), String(error));
  }
  await rejects(startTogether(manager, PLANS, { allowSkew: 1 as never }), DtolValidationError);
  await manager.remove("stimulus");
  await manager.add("stimulus", outputs({ channels: [marked] }));
  const waveform = [WAVEFORM[0]!];
  await rejects(startTogether(manager, { response: {}, stimulus: { waveform } }), DtolConfirmationRequiredError);
  deepEqual(sim.calls().filter((call) => /Start$|SSList/.test(call)), []);
  await using joint = await startTogether(manager, { response: {}, stimulus: { waveform, confirm: ["shaker"] } });
  await rejects(startTogether(manager, { response: {}, turns: {} }), DtolTaskStateError);
  equal(await manager.get("turns").isRunning(), false);
  await joint.stop();
});

both("a board that cannot start its subsystems in one call is refused, unless skew is allowed", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("inputs", task());
  await manager.add("turns", counter(0, "DT9806(00)"));
  sim.log();
  const error = await errorOf(startTogether(manager, { inputs: {}, turns: {} }));
  const words = /"inputs", "turns" at the same instant.*"DT9806\(00\)".*analog_input 0, counter_timer 0.*allowSkew/;
  ok(error instanceof DtolCapabilityError && words.test(error.message), String(error));
  deepEqual(sim.calls().filter((call) => /Start$|SSList/.test(call)), []);
  await using joint = await startTogether(manager, { inputs: {}, turns: {} }, { allowSkew: true });
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program"]);
  await joint.stop();
});

both("playback.abort() ends at once, in mid-buffer, and parks", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("stimulus", outputs({ buffers: { buffers: 3, samplesPerBuffer: 100_000 } })); // of 100 s
  const chunk = [0, 1].map(() => new Float64Array(10_000).fill(3));
  await using joint = await startTogether(manager, { stimulus: { waveform: Array(30).fill(chunk) } });
  const playback = joint.playbacks.get("stimulus")!;
  await until("it plays", () => carried(backend, "analog_output", 0, BOARD) === 42_598);
  const { samplesPlayed, samplesLost, error } = await inTime("aborting", playback.abort());
  deepEqual([samplesPlayed, samplesLost, error], [0, 300_000, null]);
  deepEqual([0, 1].map((output) => carried(backend, "analog_output", output, BOARD)), [36_045, 36_045], "1 V");
  await playback.abort();
});

/** What a board does with the start that hangs when it wakes up, by what it did with the abort before. */
const LATE = {
  "aborted in time is no start any more": ["", "olDaSimultaneousStart:107"],
  "that comes after all is ended at once, and outputs are parked": [
    "ecode:olDaAbort@1=125;ecode:olDaAbort@2=125",
    "olDaSimultaneousStart",
  ],
} as const;

for (const [what, [faults, call]] of Object.entries(LATE)) {
  sdk(`a joint start that hangs and is given up, and ${what}`, async (backend) => {
    await using manager = new DtolManager({ backend });
    const buffers = { buffers: 3, samplesPerBuffer: N, wrapMode: "single" } as const; // goes on until it is ended
    for (const [name, spec] of Object.entries({ response: inputs(), stimulus: outputs({ buffers }) })) {
      await manager.add(name, spec, { timeoutS: 2 });
    }
    sim.fault("hang:olDaSimultaneousStart@1=0");
    if (faults !== "") sim.fault(faults);
    sim.log();
    const plans = { response: {}, stimulus: { waveform: WAVEFORM } };
    const error = await errorOf(inTime("starting", startTogether(manager, plans)));
    ok(error instanceof DtolTimeoutError && /did not start its subsystems within 2 s/.test(error.message), `${error}`);
    sim.fault(""); // the driver wakes up
    await until("it has woken up", () => sim.calls().includes(call));
    await until("both are aborted once more", () => sim.calls().filter((one) => /^olDaAbort/.test(one)).length >= 4);
    if (faults !== "") await until("it is parked", () => carried(backend, "analog_output", 0, BOARD) === 36_045);
    for (const name of manager.names) equal(await manager.get(name).isRunning(), false, name);
    if (faults === "") deepEqual(played(backend, 0), []);
    await manager.close();
    deepEqual([0, 1].map((output) => carried(backend, "analog_output", output, BOARD)), [36_045, 36_045], "1 V");
  });
}

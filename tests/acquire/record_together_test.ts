/** Recordings that start together, or not at all. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolManager } from "../../src/acquire/manager.ts";
import { record } from "../../src/acquire/record.ts";
import { recordTogether } from "../../src/acquire/record_together.ts";
import { monotonicClock } from "../../src/clock.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import type { Backend, Board, StartMoment } from "../../src/board/backend.ts";
import { CounterEdgeCount, PulseTrainOutput } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { both, checkBooks, checkRaw, errorOf, inTime, readAll, samplesOf, sdk, sim, task, tempDir } from "./lab.ts";
import { manyElements, single } from "./manager_lab.ts";

const FORCE = task({ board: "DT9805(00)", timing: { rateHz: 1000, samplesPerChannel: 200 } });
const HEAT = task({ board: "DT9806(00)", timing: { rateHz: 2000, samplesPerChannel: 300 } });

/** A manager of two boards, with a clocked task each. */
async function twoBoards(backend: Backend): Promise<DtolManager> {
  const manager = new DtolManager({ backend });
  await manager.add("force", FORCE);
  await manager.add("heat", HEAT);
  return manager;
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

both("W-43 boards are started together, each with its file, and the skew is what was measured", async (backend) => {
  await using dir = await tempDir();
  await using manager = await twoBoards(backend);
  const paths = { force: dir.file("force.dt-raw"), heat: dir.file("heat.dt-raw") };
  await using joint = await recordTogether(manager, { force: { raw: paths.force }, heat: { raw: paths.heat } });
  deepEqual([...joint.recordings.keys()], ["force", "heat"]);
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program"]);
  const [force, heat] = await Promise.all([...joint.recordings.values()].map((recording) => readAll(recording)));
  deepEqual([samplesOf(force!), samplesOf(heat!)], [200, 300]);
  const summaries = await joint.stop();
  for (const summary of summaries.values()) checkBooks(summary);
  const starts = [force![0]!.tMonoNs, heat![0]!.tMonoNs];
  deepEqual([...joint.starts.values()].map(({ monoNs }) => monoNs), starts);
  equal(joint.skewS, Math.abs(Number(starts[1]! - starts[0]!)) / 1e9);
  for (const { tookNs } of joint.starts.values()) ok(tookNs >= 0n);
  for (const [name, path] of Object.entries(paths)) {
    await checkRaw(path);
    await using file = await openRaw(path);
    equal(file.header.anchor.monoNs, joint.starts.get(name)!.monoNs);
  }
});

sdk("W-43 no board is started before all are ready", async (backend) => {
  await using manager = await twoBoards(backend);
  sim.fault("hang:olDaSetWndHandle@2=300"); // the second to be ready is late
  sim.log();
  await using joint = await recordTogether(manager, { heat: {}, force: {} });
  const calls = sim.calls().filter((call) => ["olDaStart", "olDaPutBuffer", "olDaConfig"].includes(call));
  const firstStart = calls.indexOf("olDaStart");
  deepEqual(calls.slice(firstStart).filter((call) => call === "olDaStart").length, 2);
  equal(calls.slice(0, firstStart).filter((call) => call === "olDaPutBuffer").length, 64); // 32 buffers a board
  equal(calls.slice(0, firstStart).filter((call) => call === "olDaConfig").length, 2);
  await joint.stop();
});

const FAILING = {
  "cannot be made ready": "ecode:olDaConfig@2=125",
  "cannot be started": "ecode:olDaStart@2=125",
} as const;

for (const [what, fault] of Object.entries(FAILING)) {
  sdk(`W-43 when one board ${what}, none records, no file is left, and all can be used again`, async (backend) => {
    await using dir = await tempDir();
    await using manager = await twoBoards(backend);
    const paths = [dir.file("force.dt-raw"), dir.file("heat.dt-raw")];
    const plans = { force: { raw: paths[0]! }, heat: { raw: paths[1]! } };
    const before = sim.handles();
    sim.fault(fault);
    const error = await errorOf(inTime("starting together", recordTogether(manager, plans)));
    ok(error instanceof DtolError && error.message.includes("returned 125"), error.message);
    sim.fault("");
    equal(sim.handles(), before);
    deepEqual(await Promise.all(paths.map(exists)), [false, false]);
    for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
    await using joint = await recordTogether(manager, plans);
    for (const recording of joint.recordings.values()) await readAll(recording);
  });
}

both("a device that a recording has keeps the others from starting, and goes on", async (backend) => {
  await using manager = await twoBoards(backend);
  await using running = await record(manager.get("heat"));
  await rejects(inTime("starting together", recordTogether(manager, { force: {}, heat: {} })), DtolTaskStateError);
  await using other = await record(manager.get("force"));
  equal(samplesOf(await readAll(running)), 300);
  equal(samplesOf(await readAll(other)), 200);
});

both("what cannot be recorded together is refused before anything is started", async (backend) => {
  await using dir = await tempDir();
  await using manager = await twoBoards(backend);
  const path = dir.file("one.dt-raw");
  await rejects(recordTogether(manager, {}), DtolValidationError);
  await rejects(recordTogether(manager, { force: {}, cold: {} }), /no device "cold"/);
  const raw = { path, overwrite: true };
  await rejects(recordTogether(manager, { force: { raw }, heat: { raw: `${dir.path}/./one.dt-raw` } }), /two devices/);
  await rejects(recordTogether(manager, { force: { raw }, heat: { overflow: "grow" as never } }), DtolValidationError);
  equal(await exists(path), false);
  await manager.remove("heat");
  await manager.add("level", single("DT9806(00)"));
  await rejects(recordTogether(manager, { force: {}, level: {} }), DtolTaskStateError);
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
});

both("disposing ends all of them, and the first error is told when all have ended", async (backend, kind) => {
  await using manager = new DtolManager({ backend });
  await manager.add("force", task({ board: "DT9805(00)" }));
  await manager.add("heat", task());
  const joint = await recordTogether(manager, { force: {}, heat: {} });
  if (kind === "dataacq") {
    sim.fault("ecode:olDaStop@1=125");
    const error = await errorOf(joint[Symbol.asyncDispose]());
    ok(error instanceof DtolError && error.message.includes("returned 125"), error.message);
  } else {
    await joint[Symbol.asyncDispose]();
  }
  for (const { summary } of joint.recordings.values()) checkBooks(summary);
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
});

/** Three subsystems of one board, of which two can be started together, and one of another. */
async function oneBoard(startTogether: Board["startTogether"]): Promise<DtolManager> {
  const backend = manyElements(startTogether && { startTogether }, { signal: { kind: "counting" } });
  const manager = new DtolManager({ backend });
  const timing = { rateHz: 1000, samplesPerChannel: 100 };
  await manager.add("first", task({ timing }), { timeoutS: 5 });
  await manager.add("second", task({ timing, element: 1 }), { timeoutS: 5 });
  await manager.add("third", task({ timing, element: 2 })); // one that says that it cannot
  await manager.add("alone", task({ timing, board: "DT9805(00)" }));
  return manager;
}

const ALL = { first: {}, second: {}, third: {}, alone: {} };

Deno.test("W-43 subsystems of a board that can are started by it in one call, each with its recording", async () => {
  const moments: StartMoment[] = [];
  const started: number[] = [];
  await using manager = await oneBoard((subsystems) => {
    started.push(subsystems.length);
    moments.push({ monoNs: monotonicClock().nowNs(), tookNs: 7n });
    return Promise.resolve(moments[0]!);
  });
  await using joint = await recordTogether(manager, ALL);
  deepEqual(started, [2]);
  const { first, second, third, alone } = Object.fromEntries(joint.starts);
  deepEqual(first, { ...moments[0]!, by: "board" });
  deepEqual(second, first);
  deepEqual([third!.by, alone!.by], ["program", "program"]);
  const blocks = await Promise.all([...joint.recordings.values()].map((recording) => readAll(recording)));
  deepEqual(blocks.map(samplesOf), [100, 100, 100, 100]);
  deepEqual([blocks[0]![0]!.tMonoNs, blocks[1]![0]!.tMonoNs], [first!.monoNs, first!.monoNs]);
});

Deno.test("W-43 when a board does not start its subsystems, or does not answer, none records", async () => {
  const failures: [Board["startTogether"], typeof DtolError][] = [
    [() => Promise.reject(new DtolCapabilityError("cannot")), DtolCapabilityError],
    [() => new Promise(() => {}), DtolTimeoutError],
  ];
  for (const [startTogether, kind] of failures) {
    await using manager = await oneBoard(startTogether);
    const error = await errorOf(inTime("starting together", recordTogether(manager, ALL)));
    ok(error instanceof kind, String(error));
    for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
  }
});

Deno.test("subsystems of a board that cannot start them together are started by the program", async () => {
  await using manager = await oneBoard(undefined);
  await using joint = await recordTogether(manager, ALL);
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program", "program", "program"]);
});

const counter = (board: string) =>
  new TaskSpec({
    board,
    channels: [new CounterEdgeCount({ physicalChannel: 0, name: "turns", clockSource: "external" })],
  });
const inputs = (board: string) => task({ board, timing: { rateHz: 1000, samplesPerChannel: 200 } }, [0, 1]);

sdk(
  "W-43 a board that can starts its inputs and its counters in one call, the inputs with a recording",
  async (backend) => {
    await using manager = new DtolManager({ backend });
    await manager.add("inputs", inputs("DT9862(00)"));
    const turns = await manager.add("turns", counter("DT9862(00)"));
    await manager.add("heat", HEAT);
    sim.log();
    await using joint = await recordTogether(manager, { turns: {}, inputs: {}, heat: {} });
    const starts = sim.calls().filter((call) => /Start$/.test(call));
    deepEqual(starts.sort(), ["olDaSimultaneousStart", "olDaStart"]); // the latter is that of the other board
    deepEqual([...joint.starts].map(([name, { by }]) => [name, by]), [
      ["turns", "board"],
      ["inputs", "board"],
      ["heat", "program"],
    ]);
    equal(joint.starts.get("turns")!.monoNs, joint.starts.get("inputs")!.monoNs);
    deepEqual([...joint.recordings.keys(), ...joint.counters.keys()], ["inputs", "heat", "turns"]);
    deepEqual([turns.state, await turns.isRunning()], ["running", true]);
    const [blocks] = await Promise.all([...joint.recordings.values()].map((recording) => readAll(recording)));
    equal(samplesOf(blocks!), 200);
    ok(Number((await turns.poll()).values["turns"]) > 0);
    await joint.stop();
    equal(await turns.isRunning(), false);
  },
);

for (const call of ["olDaPutDassToSSList", "olDaSimultaneousPrestart", "olDaSimultaneousStart"]) {
  sdk(
    `W-43 when ${call} fails, neither inputs nor counters run, nothing stays open, and all can be used again`,
    async (backend) => {
      await using manager = new DtolManager({ backend });
      await manager.add("inputs", inputs("DT9862(00)"));
      await manager.add("turns", counter("DT9862(00)"));
      await manager.add("others", counter("DT9806(00)"));
      const before = sim.handles();
      sim.fault(`ecode:${call}@1=125`);
      const plans = { inputs: {}, turns: {}, others: {} };
      const error = await errorOf(inTime("starting together", recordTogether(manager, plans)));
      ok(error instanceof DtolError && error.message.includes(`${call} returned 125`), error.message);
      equal(sim.handles(), before);
      for (const name of manager.names) equal(await manager.get(name).isRunning(), false, name);
      await using joint = await recordTogether(manager, plans);
      await joint.stop();
    },
  );
}

both(
  "a counter of a board that cannot is started by the program, with its skew; one that runs is refused",
  async (backend) => {
    await using manager = new DtolManager({ backend });
    await manager.add("inputs", inputs("DT9806(00)"));
    await manager.add("turns", counter("DT9806(00)"));
    await using joint = await recordTogether(manager, { inputs: {}, turns: {} });
    deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program"]);
    ok(joint.skewS > 0);
    await joint.recordings.get("inputs")!.stop();
    await rejects(recordTogether(manager, { inputs: {}, turns: {} }), /"turns" with others as it runs already/);
    await joint.stop();
    await using again = await recordTogether(manager, { inputs: {}, turns: {} });
    equal(again.counters.get("turns")!.state, "running");
  },
);

both("a counter that drives an output needs its confirmation before anything is started", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("inputs", inputs("DT9806(00)"));
  const channels = [new PulseTrainOutput({ physicalChannel: 0, name: "pulses", frequencyHz: 100 })];
  await manager.add("pulses", new TaskSpec({ board: "DT9806(00)", channels }));
  const refused = recordTogether(manager, { inputs: {}, pulses: {} });
  await rejects(refused, DtolConfirmationRequiredError);
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
  await rejects(recordTogether(manager, { pulses: { confirm: true } }), DtolValidationError); // nothing to record
  await using joint = await recordTogether(manager, { inputs: {}, pulses: { confirm: true } });
  equal(joint.counters.get("pulses")!.state, "running");
});

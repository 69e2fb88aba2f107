/** Counters that begin to count at the same instant: by themselves, and beside a waveform. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { DtolManager } from "../../src/acquire/manager.ts";
import { startTogether } from "../../src/acquire/start_together.ts";
import type { Session } from "../../src/acquire/session.ts";
import type { Backend } from "../../src/board/backend.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
} from "../../src/errors.ts";
import {
  AnalogOutputVoltage,
  type ChannelSpec,
  CounterEdgeCount,
  CounterFrequency,
  PulseTrainOutput,
  QuadratureDecoder,
  Tachometer,
} from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { both, errorOf, inTime, sdk, sim } from "./lab.ts";

const BOARD = "DT9862(00)";
const at = { physicalChannel: 0, name: "it" };
const edges = new CounterEdgeCount({ ...at, clockSource: "external" });
const CT = 5;
/** Events a second at all counters: a skew of 20 ns is a count. */
const HZ = 5e7;

/** A manager of counters, by name; `at` a channel and its element. */
async function counters(
  backend: Backend,
  channels: Readonly<Record<string, readonly [ChannelSpec, number]>>,
  board = BOARD,
): Promise<DtolManager> {
  const manager = new DtolManager({ backend });
  for (const [name, [channel, element]] of Object.entries(channels)) {
    await manager.add(name, new TaskSpec({ board, element, channels: [channel] }), { timeoutS: 5 });
  }
  return manager;
}

const TWO = { left: [edges, 0], right: [edges, 1] } as const;
const countOf = async (session: Session) => (await session.poll()).values["it"] as number;
const starts = () => sim.calls().filter((call) => /Start(:|$)/.test(call));

/** Both have counted since the same instant: what one tells lies between what the other does before and after. */
async function checkSameStart(one: Session, other: Session): Promise<void> {
  for (let k = 0; k < 50; k++) {
    const [before, between, after] = [await countOf(one), await countOf(other), await countOf(one)];
    const total = after - before >>> 0; // they begin again after 85 s
    ok((between - before >>> 0) <= total, `${before}, ${between}, ${after}`);
  }
}

both("W-43 counters of a board begin at the same instant, without any recording", async (backend) => {
  for (const element of [0, 1]) sim.counter(BOARD, CT, element, HZ);
  await using manager = await counters(backend, TWO);
  sim.log();
  await using joint = await startTogether(manager, { left: {}, right: {} });
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["board", "board"]);
  equal(joint.skewS, 0);
  deepEqual([joint.recordings.size, joint.playbacks.size, [...joint.counters.keys()]], [0, 0, ["left", "right"]]);
  const [left, right] = [manager.get("left"), manager.get("right")];
  deepEqual([left.state, right.state], ["running", "running"]);
  await checkSameStart(left, right);
  await joint.stop();
  for (const session of [left, right]) equal(await session.isRunning(), false);
  const kept = await countOf(left);
  equal(await countOf(left), kept, "a stop keeps the count");
  await using again = await startTogether(manager, { left: {}, right: {} });
  await checkSameStart(left, right);
  equal(again.skewS, 0);
  if (backend.name === "dataacq") deepEqual(starts(), ["olDaSimultaneousStart", "olDaSimultaneousStart"]);
}, { counterHz: HZ });

both("W-43 counters of every kind start with a waveform, and with nothing recorded", async (backend) => {
  await using manager = await counters(backend, {
    turns: [edges, 0],
    position: [new QuadratureDecoder(at), 1],
    speed: [new Tachometer(at), 0],
  });
  const channels = [new AnalogOutputVoltage({ physicalChannel: 0, requiresConfirm: false })];
  await manager.add("shaker", new TaskSpec({ board: BOARD, channels, timing: { rateHz: 1000 } }));
  const waveform = new Float64Array(100).fill(1);
  await using joint = await startTogether(manager, { shaker: { waveform }, turns: {}, position: {}, speed: {} });
  deepEqual(new Set([...joint.starts.values()].map(({ monoNs }) => monoNs)).size, 1);
  const { samplesPlayed } = await inTime("the waveform", joint.playbacks.get("shaker")!.finished);
  equal(samplesPlayed, 100);
  ok(await countOf(manager.get("turns")) >= 99, "1000 a second, for 99 ms");
  for (const name of joint.counters.keys()) equal(await manager.get(name).isRunning(), true, name);
  await joint.stop();
  for (const name of joint.counters.keys()) equal(await manager.get(name).isRunning(), false, name);
});

both("counters that a board cannot start in one call are refused, unless skew is allowed", async (backend) => {
  await using manager = await counters(backend, TWO, "DT9806(00)");
  sim.log();
  const error = await errorOf(startTogether(manager, { left: {}, right: {} }));
  const words = /"left", "right" at the same instant.*"DT9806\(00\)".*counter_timer 0, counter_timer 1/;
  ok(error instanceof DtolCapabilityError && words.test(error.message), String(error));
  deepEqual(starts(), []);
  for (const name of manager.names) equal(await manager.get(name).isRunning(), false);
  await using joint = await startTogether(manager, { left: {}, right: {} }, { allowSkew: true });
  deepEqual([...joint.starts.values()].map(({ by }) => by), ["program", "program"]);
});

both("one counter that cannot be started with the others leaves all unstarted", async (backend) => {
  await using manager = await counters(backend, {
    ...TWO,
    position: [new QuadratureDecoder(at), 0],
  });
  await manager.get("position").start();
  const running = await errorOf(startTogether(manager, { left: {}, right: {}, position: {} }));
  ok(running instanceof DtolTaskStateError && /"position".*runs already/.test(running.message), String(running));
  for (const name of ["left", "right"]) equal(await manager.get(name).isRunning(), false);
  await manager.remove("right");
  const pulses = new PulseTrainOutput({ ...at, frequencyHz: 100 });
  await manager.add("right", new TaskSpec({ board: BOARD, element: 1, channels: [pulses] }));
  const unconfirmed = await errorOf(startTogether(manager, { left: {}, right: {} }));
  ok(unconfirmed instanceof DtolConfirmationRequiredError, String(unconfirmed));
  equal(await manager.get("left").isRunning(), false);
  await using joint = await startTogether(manager, { left: {}, right: { confirm: true } });
  equal(joint.skewS, 0);
});

sdk("a frequency that the board measures by itself needs no start, and is refused", async (backend) => {
  await using manager = await counters(backend, {
    left: [edges, 0],
    right: [new CounterFrequency({ ...at, clockSource: "external" }), 1],
  });
  const error = await errorOf(startTogether(manager, { left: {}, right: {} }));
  ok(error instanceof DtolTaskStateError && /"right".*needs no start/.test(error.message), String(error));
  equal(await manager.get("left").isRunning(), false);
});

for (const call of ["olDaGetSSList", "olDaPutDassToSSList", "olDaSimultaneousPrestart", "olDaSimultaneousStart"]) {
  sdk(`W-43 when ${call} fails, no counter runs, and all can be used again`, async (backend) => {
    await using manager = await counters(backend, TWO);
    const before = sim.handles();
    sim.fault(`ecode:${call}@1=125`);
    const error = await errorOf(inTime("starting", startTogether(manager, { left: {}, right: {} })));
    ok(error instanceof DtolError && error.message.includes(`${call} returned 125`), error.message);
    equal(sim.handles(), before);
    for (const name of manager.names) equal(await manager.get(name).isRunning(), false, name);
    await using joint = await startTogether(manager, { left: {}, right: {} });
    equal(joint.skewS, 0);
  });
}

sdk("a driver that hangs in the start of counters is told in time, by its name", async (backend) => {
  const manager = await counters(backend, TWO);
  sim.fault("hang:olDaSimultaneousStart@1=0");
  const error = await errorOf(inTime("starting", startTogether(manager, { left: {}, right: {} })));
  ok(error instanceof DtolTimeoutError && /within 5 s/.test(error.message), String(error));
  await manager.close().catch(() => {}); // what hangs is not called again
  sim.reset();
});

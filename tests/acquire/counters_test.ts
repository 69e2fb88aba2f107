/** Counters: every value right to the count, against the controls of the simulated SDK. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { openDevice, type Session } from "../../src/acquire/session.ts";
import type { Backend } from "../../src/board/backend.ts";
import { monotonicClock } from "../../src/clock.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolTaskStateError,
  DtolValidationError,
} from "../../src/errors.ts";
import * as channels from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { errorOf, sdk, sim, until } from "./lab.ts";

const CT = 5, QUAD = 4, TACH = 6;
const at = { physicalChannel: 0, name: "it" };

const open = (backend: Backend, channel: channels.ChannelSpec, changes: Partial<TaskSpecOptions> = {}) =>
  openDevice(new TaskSpec({ board: "DT9862(00)", channels: [channel], ...changes }), { backend });

const valueOf = async (session: Session) => (await session.poll()).values["it"] as number;
const nowNs = () => monotonicClock().nowNs();

sdk("events are counted from the first reading on, while it runs; a stop keeps the count", async (backend) => {
  sim.events("DT9862(00)", CT, 1, [5, 2_147_483_647, -2_147_483_648, -1, 0, 7]);
  const counter = new channels.CounterEdgeCount({ ...at, clockSource: "external" });
  await using session = await open(backend, counter, { element: 1 });
  equal(await session.isRunning(), false);
  const reading = await session.poll();
  deepEqual([reading.values, reading.units], [{ it: 5 }, { it: "counts" }]);
  equal(await session.isRunning(), true);
  deepEqual(await Promise.all([1, 2, 3, 4].map(() => valueOf(session))), [
    2_147_483_647,
    2_147_483_648,
    2 ** 32 - 1,
    0,
  ]);
  await session.stop();
  equal(await valueOf(session), 7);
  equal(await session.isRunning(), false, "a reading starts nothing again");
  await session.start();
  equal(await session.isRunning(), true);
});

sdk("W-34: each gate lets its counter count when it should, and at no other time", async (backend) => {
  sim.counter("DT9862(00)", CT, 0, 1e9);
  const levels = [1, 0, 1] as const; // first as it is, then an edge down, then one up
  const counting = {
    software: [true, true, true],
    high_level: [true, false, true],
    low_level: [false, true, false],
    high_edge: [false, false, true],
    low_edge: [false, true, true],
  } as const;
  for (const gateType of Object.keys(counting) as (keyof typeof counting)[]) {
    sim.gate("DT9862(00)", 0, 1);
    await using session = await open(backend, new channels.CounterEdgeCount({ ...at, gateType }));
    await session.start();
    const counts: boolean[] = [];
    for (const level of levels) {
      sim.gate("DT9862(00)", 0, level);
      const before = await valueOf(session);
      counts.push(await valueOf(session) !== before);
    }
    deepEqual(counts, counting[gateType], gateType);
  }
});

sdk("W-34: a cascaded counter carries on into its neighbour, and another one does not", async (backend) => {
  sim.counter("DT9862(00)", CT, 0, 1e13); // a carry every 0.43 ms
  sim.counter("DT9862(00)", CT, 1, 0);
  for (const cascade of [true, false]) {
    await using high = await open(backend, new channels.CounterEdgeCount(at), { element: 1 });
    await using low = await open(backend, new channels.CounterEdgeCount({ ...at, cascade }));
    await high.start();
    await low.start();
    const t0 = nowNs();
    await until("several carries are due", () => nowNs() - t0 > 5_000_000n);
    equal(await valueOf(high) > 0, cascade);
  }
});

sdk("the count is that of the time that it ran", async (backend) => {
  sim.counter("DT9806(00)", CT, 0, 1e6);
  const counter = new channels.CounterEdgeCount({ ...at, clockSource: "external" });
  await using session = await open(backend, counter, { board: "DT9806(00)" });
  const t0 = nowNs();
  await session.start();
  const t1 = nowNs();
  await until("it has counted for a while", () => nowNs() - t1 > 50_000_000n);
  const t2 = nowNs();
  const count = await valueOf(session);
  const t3 = nowNs();
  ok(count >= Number(t2 - t1) / 1000 - 1 && count <= Number(t3 - t0) / 1000 + 1, `${count}`);
});

sdk(
  "W-34: a frequency is measured by the board over the gate period, with its own time on top of the time-out",
  async (backend) => {
    sim.counter("DT9862(00)", CT, 0, 12345.5);
    const counter = new channels.CounterFrequency({ ...at, clockSource: "external", gatePeriodS: 0.7 });
    const spec = new TaskSpec({ board: "DT9862(00)", channels: [counter] });
    await using session = await openDevice(spec, { backend, timeoutS: 0.5 });
    const t0 = nowNs();
    const reading = await session.poll();
    ok(nowNs() - t0 >= 700_000_000n, "it was measured for the gate period");
    deepEqual([reading.values, reading.units], [{ it: 12345.5 }, { it: "Hz" }]);
  },
);

sdk("a board without that mode counts twice, and divides by the time that really went by", async (backend) => {
  const counter = new channels.CounterFrequency({ ...at, clockSource: "external", gatePeriodS: 0.2 });
  await using session = await open(backend, counter, { board: "DT9806(00)" });
  sim.counter("DT9806(00)", CT, 0, 1e6);
  const hz = await valueOf(session);
  ok(Math.abs(hz / 1e6 - 1) < 0.5, `${hz} Hz`); // a slow machine may be late within a call
  sim.events("DT9806(00)", CT, 0, [-100, 900]); // round once
  const t0 = nowNs();
  const wrapped = await valueOf(session);
  const longestS = Number(nowNs() - t0) / 1e9;
  ok(wrapped <= 1000 / 0.2 + 1 && wrapped >= 1000 / longestS, `${wrapped} Hz`);
});

sdk("W-32: the time between edges in seconds, by the board's own clock, NaN until it is over", async (backend) => {
  const cases = [["rising", "falling", 20, 0.4e-3], ["falling", "rising", 20, 1.6e-3], [
    "rising",
    "rising",
    20,
    2e-3,
  ]] as const;
  for (const [startEdge, stopEdge, duty, seconds] of cases) {
    sim.counter("DT9862(00)", CT, 0, 500, duty);
    await using session = await open(backend, new channels.CounterEdgeToEdge({ ...at, startEdge, stopEdge }));
    let value = NaN;
    for (const t0 = nowNs(); Number.isNaN(value) && nowNs() - t0 < 5_000_000_000n;) value = await valueOf(session);
    equal(value, seconds, `${startEdge} to ${stopEdge}`);
    deepEqual((await session.poll()).units, { it: "s" });
  }
  sim.counter("DT9862(00)", CT, 0, 0.01);
  await using session = await open(backend, new channels.CounterEdgeToEdge(at));
  equal(await valueOf(session), NaN);
});

sdk("a position is signed, and x4 counts four steps a line", async (backend) => {
  sim.events("DT9862(00)", QUAD, 2, [10, -4, -2_147_483_648]);
  await using session = await open(backend, new channels.QuadratureDecoder(at), { element: 2 });
  deepEqual([await valueOf(session), await valueOf(session), await valueOf(session)], [10, -4, -2_147_483_648]);
  const [, running, , , , , , , , , prescale, x4, index] = sim.counterState("DT9862(00)", QUAD, 2);
  deepEqual([running, prescale, x4, index], [1, 0, 1, 1400]);
  await session.close();
  await using other = await open(
    backend,
    new channels.QuadratureDecoder({ ...at, decodeMode: "x1", indexReset: true }),
  );
  await other.start();
  deepEqual(sim.counterState("DT9862(00)", QUAD, 0).slice(10, 13), [0, 0, 1402]);
});

sdk("a tachometer tells the speed, and falls when the shaft stands still", async (backend) => {
  sim.counter("DT9862(00)", TACH, 0, 200);
  await using session = await open(backend, new channels.Tachometer({ ...at, measureEdge: "falling" }));
  let hz = NaN;
  for (const t0 = nowNs(); !(hz === 200) && nowNs() - t0 < 5_000_000_000n;) hz = await valueOf(session);
  equal(hz, 200);
  equal(sim.counterState("DT9862(00)", TACH, 0)[13], 600);
  const ticks = 5e7 / 200;
  sim.events("DT9862(00)", TACH, 0, [ticks, ticks - 2 ** 31]);
  equal(await valueOf(session), 200);
  const t0 = nowNs();
  await until("it stands still", () => nowNs() - t0 > 100_000_000n);
  const slower = await valueOf(session);
  ok(slower <= 10 && slower > 0, `${slower} Hz after 0.1 s without a period`);
});

sdk("virtual channels are computed of counters, too", async (backend) => {
  sim.events("DT9862(00)", CT, 0, [4_000_000_000]);
  const virtual = [{ name: "turns", unit: "1", formula: "it / 1000" }];
  await using session = await open(backend, new channels.CounterEdgeCount(at), { virtual });
  deepEqual((await session.poll()).values, { it: 4_000_000_000, turns: 4_000_000 });
});

sdk("W-11: a counter's output runs only when that is confirmed", async (backend) => {
  const train = new channels.PulseTrainOutput({ ...at, frequencyHz: 2500, dutyCycle: 0.125, gateType: "high_edge" });
  await using session = await open(backend, train);
  sim.log();
  await rejects(session.start(), DtolConfirmationRequiredError);
  await rejects(session.start({ confirm: false }), DtolConfirmationRequiredError);
  await rejects(session.start({ confirm: 1 as unknown as boolean }), DtolValidationError);
  ok(!sim.calls().includes("olDaStart"));
  equal(await session.isRunning(), false);
  await session.start({ confirm: true });
  equal(await session.isRunning(), true);
  deepEqual(sim.counterState("DT9862(00)", CT, 0).slice(0, 8), [701, 1, 2500, 12.5, 600, 503, 901, 400]);
  ok(await errorOf(session.poll()) instanceof DtolTaskStateError);
  await session.stop();
  equal(await session.isRunning(), false);
});

sdk(
  "W-11: an output that is marked to need none starts without a confirmation, and ends with its session",
  async (backend) => {
    const options = { ...at, pulseWidthS: 1e-3, pulseType: "low_to_high", requiresConfirm: false } as const;
    for (const [make, mode] of [[channels.OneShotOutput, 702], [channels.RepetitiveOneShotOutput, 703]] as const) {
      const session = await open(backend, new make(options), { board: "DT9805(00)", element: 1 });
      await session.start();
      const [is, running, hz, percent, pulse] = sim.counterState("DT9805(00)", CT, 1);
      deepEqual([is, running, percent, pulse], [mode, 1, 50, 601]);
      equal(percent! / 100 / hz!, 1e-3);
      await session.close();
      deepEqual(sim.counterState("DT9805(00)", CT, 1), Array(15).fill(0));
    }
  },
);

sdk("W-40: what a counter cannot do is refused before anything is set", async (backend) => {
  const cases: [channels.ChannelSpec, Partial<TaskSpecOptions>, RegExp][] = [
    [new channels.CounterEdgeToEdge(at), { board: "DT9806(00)" }, /counter_edge_to_edge.*cannot be set to/],
    [new channels.QuadratureDecoder({ ...at, decodeMode: "x2" }), {}, /x2.*x1 and x4/],
    [new channels.Tachometer({ ...at, stopEdge: "rising" }), {}, /stopEdge/],
    [new channels.CounterEdgeCount({ ...at, physicalChannel: 1 }), {}, /spec\.element/],
    [new channels.PulseTrainOutput({ ...at, frequencyHz: 6e7 }), {}, /frequencyHz 60000000.*to 50000000 Hz/],
    [new channels.OneShotOutput({ ...at, pulseWidthS: 1000 }), {}, /pulseWidthS 1000.*1e-8 to/],
    [new channels.PulseTrainOutput({ ...at, frequencyHz: 1e3, clockSource: "external" }), {}, /nobody knows/],
    [new channels.CounterEdgeCount(at), { timing: { rateHz: 10 } }, /leave spec\.timing out/],
  ];
  for (const [channel, changes, words] of cases) {
    sim.log();
    const error = await errorOf(open(backend, channel, changes));
    ok(error instanceof DtolCapabilityError || error instanceof DtolValidationError, `${error}`);
    ok(words.test(error.message), error.message);
    deepEqual(sim.calls().filter((call) => call.startsWith("olDaSet")), []);
  }
});

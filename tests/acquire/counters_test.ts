/** Counters: every value right to the count, against the controls of both simulations. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { openDevice, type Session } from "../../src/acquire/session.ts";
import type { Backend } from "../../src/board/backend.ts";
import { monotonicClock } from "../../src/clock.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolReadError,
  DtolResourceError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import * as channels from "../../src/model/channels.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import type { CounterType } from "../../src/board/simulated_counter_inputs.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { both, errorOf, sdk, sim, simulated, until } from "./lab.ts";

const CT = "counter_timer", QUAD = "quadrature", TACH = "tachometer";
const NUMBERS = { counter_timer: 5, quadrature: 4, tachometer: 6 } as const;
const at = { physicalChannel: 0, name: "it" };

const open = (backend: Backend, channel: channels.ChannelSpec, changes: Partial<TaskSpecOptions> = {}) =>
  openDevice(new TaskSpec({ board: "DT9862(00)", channels: [channel], ...changes }), { backend });

const valueOf = async (session: Session) => (await session.poll()).values["it"] as number;
const nowNs = () => monotonicClock().nowNs();

/** What comes to the counters of a board. */
function bench(backend: Backend, board = "DT9862(00)") {
  if (backend instanceof SimulatedBackend) {
    return {
      pulses: (type: CounterType, element: number, hz: number, duty = 50) =>
        backend.pulses(board, type, element, { hz, highPart: duty / 100 }),
      gate: (element: number, level: 0 | 1) => backend.gate(board, element, level === 0 ? "low" : "high"),
      counts: (type: CounterType, element: number, counts: readonly number[]) =>
        backend.counts(board, type, element, counts),
    };
  }
  return {
    pulses: (type: CounterType, element: number, hz: number, duty = 50) =>
      sim.counter(board, NUMBERS[type], element, hz, duty),
    gate: (element: number, level: 0 | 1) => sim.gate(board, element, level),
    counts: (type: CounterType, element: number, counts: readonly number[]) =>
      sim.events(board, NUMBERS[type], element, counts),
  };
}

/** How the SDK was told to set a counter; the boards in TypeScript have no SDK. */
function settingsOf(backend: Backend, type: CounterType, element: number, board = "DT9862(00)"): number[] | null {
  return backend.name === "dataacq" ? sim.counterState(board, NUMBERS[type], element) : null;
}

both("events are counted from the first reading on, while it runs; a stop keeps the count", async (backend) => {
  bench(backend).counts(CT, 1, [5, 2_147_483_647, -2_147_483_648, -1, 0, 7]);
  const counter = new channels.CounterEdgeCount({ ...at, clockSource: "external" });
  await using session = await open(backend, counter, { element: 1 });
  equal(await session.isRunning(), false);
  const reading = await session.poll();
  deepEqual([reading.values, reading.units], [{ it: 5 }, { it: "counts" }]);
  equal(await session.isRunning(), true);
  const counts = [2_147_483_647, 2_147_483_648, 2 ** 32 - 1, 2 ** 32]; // it shows 0 then
  deepEqual(await Promise.all(counts.map(() => valueOf(session))), counts);
  await session.stop();
  equal(await valueOf(session), 2 ** 32 + 7);
  equal(await session.isRunning(), false, "a reading starts nothing again");
  await session.start();
  equal(await session.isRunning(), true);
});

both("W-34: each gate lets its counter count when it should, and at no other time", async (backend) => {
  bench(backend).pulses(CT, 0, 1e7); // an edge in far less than a reading takes, and 7 minutes to 2^32
  const levels = [1, 0, 1] as const; // first as it is, then an edge down, then one up
  const counting = {
    software: [true, true, true],
    high_level: [true, false, true],
    low_level: [false, true, false],
    high_edge: [false, false, true],
    low_edge: [false, true, true],
  } as const;
  for (const gateType of Object.keys(counting) as (keyof typeof counting)[]) {
    bench(backend).gate(0, 1);
    await using session = await open(backend, new channels.CounterEdgeCount({ ...at, gateType }));
    await session.start();
    const counts: boolean[] = [];
    let last = 0;
    for (const level of levels) {
      bench(backend).gate(0, level);
      const before = await valueOf(session);
      ok(before >= last, `gate ${gateType}: ${last}, then ${before}`);
      last = await valueOf(session);
      counts.push(last !== before);
    }
    deepEqual(counts, counting[gateType], gateType);
  }
});

both("W-34: a cascaded counter carries on into its neighbour, and another one does not", async (backend) => {
  const hz = 1e13; // a carry every 0.43 ms
  bench(backend).pulses(CT, 0, hz);
  for (const cascade of [true, false]) {
    bench(backend).pulses(CT, 1, cascade ? 1e9 : 0); // which does not count when the carries do
    await using high = await open(backend, new channels.CounterEdgeCount(at), { element: 1 });
    await using low = await open(backend, new channels.CounterEdgeCount({ ...at, cascade }));
    await high.start();
    equal(await valueOf(high), 0);
    const t0 = nowNs();
    await low.start();
    const t1 = nowNs();
    await until("several carries are due", () => nowNs() - t1 > 5_000_000n);
    const t2 = nowNs();
    await low.stop();
    const t3 = nowNs();
    const carries = await valueOf(high);
    if (!cascade) {
      equal(carries, 0);
      continue;
    }
    const count = carries * 2 ** 32 + await valueOf(low);
    const [least, most] = [Number(t2 - t1) * hz / 1e9, Number(t3 - t0) * hz / 1e9];
    ok(count >= least - hz / 1e9 && count <= most + hz / 1e9, `${count} of ${least} to ${most}`); // times are whole ns
    equal(await valueOf(high), carries, "it stands when the other one does");
  }
});

both("a counter that is started in mid-carry takes the next carry when that is full", async (backend) => {
  const hz = 1e13;
  for (let round = 0; round < 8; round++) {
    bench(backend).pulses(CT, 0, hz);
    await using high = await open(backend, new channels.CounterEdgeCount(at), { element: 1 });
    await using low = await open(backend, new channels.CounterEdgeCount({ ...at, cascade: true }));
    await low.start();
    for (const begun = nowNs(); nowNs() - begun < 300_000n;); // two thirds of a carry, or somewhere in a later one
    bench(backend).pulses(CT, 0, 0);
    const first = await valueOf(low);
    await high.start();
    const t0 = nowNs();
    bench(backend).pulses(CT, 0, hz);
    const t1 = nowNs();
    await until("a carry is due", () => nowNs() - t1 > 500_000n);
    const t2 = nowNs();
    bench(backend).pulses(CT, 0, 0);
    const t3 = nowNs();
    const more = await valueOf(high) * 2 ** 32 + await valueOf(low) - first;
    const [least, most] = [Number(t2 - t1) * hz / 1e9, Number(t3 - t0) * hz / 1e9];
    ok(more >= least - hz / 1e9 && more <= most + hz / 1e9, `${more} of ${least} to ${most}`);
  }
});

both("a cascaded counter that begins again in mid-carry gives the next carry when it is full", async (backend) => {
  const hz = 1e13;
  await using high = await open(backend, new channels.CounterEdgeCount(at), { element: 1 });
  await using low = await open(backend, new channels.CounterEdgeCount({ ...at, cascade: true }));
  for (let round = 0; round < 8; round++) {
    bench(backend).pulses(CT, 0, hz);
    await low.start();
    await high.start();
    for (const begun = nowNs(); nowNs() - begun < 300_000n;); // two thirds of a carry, or somewhere in a later one
    bench(backend).pulses(CT, 0, 0);
    const first = await valueOf(high);
    await low.stop();
    await low.start();
    equal(await valueOf(low), 0);
    const t0 = nowNs();
    bench(backend).pulses(CT, 0, hz);
    const t1 = nowNs();
    await until("a carry is due", () => nowNs() - t1 > 500_000n);
    const t2 = nowNs();
    bench(backend).pulses(CT, 0, 0);
    const t3 = nowNs();
    const count = (await valueOf(high) - first) * 2 ** 32 + await valueOf(low);
    const [least, most] = [Number(t2 - t1) * hz / 1e9, Number(t3 - t0) * hz / 1e9];
    ok(count >= least - hz / 1e9 && count <= most + hz / 1e9, `${count} of ${least} to ${most}`);
    await high.stop();
    await low.stop();
  }
});

both("a gate of edges that was opened is shut again at the next start", async (backend) => {
  bench(backend).pulses(CT, 0, 1e7);
  await using session = await open(backend, new channels.CounterEdgeCount({ ...at, gateType: "low_edge" }));
  await session.start();
  bench(backend).gate(0, 0);
  const before = await valueOf(session);
  ok(await valueOf(session) > before);
  await session.stop();
  bench(backend).gate(0, 1);
  await session.start();
  deepEqual([await valueOf(session), await valueOf(session)], [0, 0]);
});

both("a count goes on beyond 32 bits, lap after lap; a start begins at 0 again", async (backend) => {
  await using session = await open(backend, new channels.CounterEdgeCount(at));
  const step = 2 ** 30 - 7;
  for (let run = 0; run < 2; run++) {
    const counts = Array.from({ length: 40 }, (_, i) => i * step); // nine laps
    bench(backend).counts(CT, 0, counts.map((count) => count | 0));
    await session.start();
    for (const count of counts) equal(await valueOf(session), count);
    await session.stop();
    equal(await valueOf(session), counts.at(-1));
  }
});

both("a cascaded count is the lower 32 bits of one, at every reading", async (backend) => {
  await using session = await open(backend, new channels.CounterEdgeCount({ ...at, cascade: true }));
  const counts = [5, 2 ** 32 - 1, 0, 2 ** 31, 3, 65_535, 2];
  bench(backend).counts(CT, 0, counts.map((count) => count | 0));
  for (const count of counts) equal(await valueOf(session), count);
});

both("a count that is not known any more is an error until the next start, never a number", async (backend) => {
  for (const [before, after] of [[65_535, 0], [2 ** 24 - 1, 3], [2 ** 31, 2 ** 31 - 1], [2 ** 31, 0]] as const) {
    bench(backend).counts(CT, 0, [before, after, before + 1, 5].map((count) => count | 0));
    await using session = await open(backend, new channels.CounterEdgeCount(at));
    equal(await valueOf(session), before);
    const words = new RegExp(`count of "it".*${before} and then ${after}.*start it`);
    for (let k = 0; k < 3; k++) {
      const error = await errorOf(valueOf(session));
      ok(error instanceof DtolReadError && words.test(error.message), `${error}`);
    }
    await session.stop();
    ok(await errorOf(valueOf(session)) instanceof DtolReadError);
    await session.start();
    equal(await valueOf(session), 5);
  }
  bench(backend, "DT9806(00)").counts(CT, 0, [65_000, 100]);
  const counter = new channels.CounterFrequency({ ...at, gatePeriodS: 0.01 });
  await using session = await open(backend, counter, { board: "DT9806(00)" });
  const error = await errorOf(valueOf(session));
  ok(error instanceof DtolReadError && /frequency of "it".*65000 and then 100/.test(error.message), `${error}`);
});

both("the rate of an input may change while it is counted", async (backend) => {
  bench(backend).pulses(CT, 0, 1e6);
  await using session = await open(backend, new channels.CounterEdgeCount(at));
  const t0 = nowNs();
  await session.start();
  const t1 = nowNs();
  await until("it has counted for a while", () => nowNs() - t1 > 20_000_000n);
  const t2 = nowNs();
  bench(backend).pulses(CT, 0, 0);
  const t3 = nowNs();
  const count = await valueOf(session);
  ok(count >= Number(t2 - t1) / 1000 - 1 && count <= Number(t3 - t0) / 1000 + 1, `${count}`);
  equal(await valueOf(session), count);
});

simulated("controls of counters refuse what is not there or makes no sense", async (backend) => {
  const board = backend as SimulatedBackend;
  for (const element of [-1, 2, 0.5]) throws(() => board.gate("DT9862(00)", element, "low"), DtolResourceError);
  throws(() => board.gate("DT9828(00)", 0, "low"), /counter_timer 0 of "DT9828\(00\)".*it has 0/);
  throws(() => board.counts("DT9806(00)", QUAD, 0, [1]), DtolResourceError);
  throws(() => board.pulses("DT9999(00)", CT, 0, { hz: 1 }), DtolResourceError);
  for (const pulses of [{ hz: NaN }, { hz: 1, highPart: 0 }, { hz: 1, highPart: 1 }]) {
    throws(() => board.pulses("DT9862(00)", CT, 0, pulses), DtolValidationError);
  }
  await Promise.resolve();
});

both("the count is that of the time that it ran", async (backend) => {
  bench(backend, "DT9806(00)").pulses(CT, 0, 1e6);
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

both(
  "W-34: a frequency is measured by the board over the gate period, with its own time on top of the time-out",
  async (backend) => {
    bench(backend).pulses(CT, 0, 12345.5);
    const counter = new channels.CounterFrequency({ ...at, clockSource: "external", gatePeriodS: 0.7 });
    const spec = new TaskSpec({ board: "DT9862(00)", channels: [counter] });
    await using session = await openDevice(spec, { backend, timeoutS: 0.5 });
    const t0 = nowNs();
    const reading = await session.poll();
    ok(nowNs() - t0 >= 700_000_000n, "it was measured for the gate period");
    deepEqual([reading.values, reading.units], [{ it: 12345.5 }, { it: "Hz" }]);
  },
);

both("a board without that mode counts twice, and divides by the time that really went by", async (backend) => {
  const counter = new channels.CounterFrequency({ ...at, clockSource: "external", gatePeriodS: 0.2 });
  await using session = await open(backend, counter, { board: "DT9806(00)" });
  bench(backend, "DT9806(00)").pulses(CT, 0, 1e6);
  const seen: number[] = []; // a busy machine may be late within a call, but not in every one
  while (!seen.some((hz) => Math.abs(hz / 1e6 - 1) < 0.02) && seen.length < 20) seen.push(await valueOf(session));
  ok(seen.length < 20, `${seen} Hz`);
  bench(backend, "DT9806(00)").counts(CT, 0, [-100, 900]); // round once
  const t0 = nowNs();
  const wrapped = await valueOf(session);
  const longestS = Number(nowNs() - t0) / 1e9;
  ok(wrapped <= 1000 / 0.2 + 1 && wrapped >= 1000 / longestS, `${wrapped} Hz`);
});

both("W-32: the time between edges in seconds, by the board's own clock, NaN until it is over", async (backend) => {
  const cases = [["rising", "falling", 20, 0.4e-3], ["falling", "rising", 20, 1.6e-3], [
    "rising",
    "rising",
    20,
    2e-3,
  ]] as const;
  for (const [startEdge, stopEdge, duty, seconds] of cases) {
    bench(backend).pulses(CT, 0, 500, duty);
    await using session = await open(backend, new channels.CounterEdgeToEdge({ ...at, startEdge, stopEdge }));
    let value = NaN;
    for (const t0 = nowNs(); Number.isNaN(value) && nowNs() - t0 < 5_000_000_000n;) value = await valueOf(session);
    equal(value, seconds, `${startEdge} to ${stopEdge}`);
    deepEqual((await session.poll()).units, { it: "s" });
  }
  bench(backend).pulses(CT, 0, 0.01);
  await using session = await open(backend, new channels.CounterEdgeToEdge(at));
  equal(await valueOf(session), NaN);
});

both("a position is signed, and x4 counts four steps a line", async (backend) => {
  bench(backend).counts(QUAD, 2, [10, -4, -2_147_483_648]);
  await using session = await open(backend, new channels.QuadratureDecoder(at), { element: 2 });
  deepEqual([await valueOf(session), await valueOf(session), await valueOf(session)], [10, -4, -2_147_483_648]);
  const set = settingsOf(backend, QUAD, 2);
  if (set !== null) deepEqual([set[1], ...set.slice(10, 13)], [1, 0, 1, 1400]);
  await session.close();
  await using other = await open(
    backend,
    new channels.QuadratureDecoder({ ...at, decodeMode: "x1", indexReset: true }),
  );
  await other.start();
  const setAgain = settingsOf(backend, QUAD, 0);
  if (setAgain !== null) deepEqual(setAgain.slice(10, 13), [0, 0, 1402]);
});

both("a tachometer tells the speed, and falls when the shaft stands still", async (backend) => {
  bench(backend).pulses(TACH, 0, 200);
  await using session = await open(backend, new channels.Tachometer({ ...at, measureEdge: "falling" }));
  let hz = NaN;
  for (const t0 = nowNs(); !(hz === 200) && nowNs() - t0 < 5_000_000_000n;) hz = await valueOf(session);
  equal(hz, 200);
  equal(settingsOf(backend, TACH, 0)?.[13] ?? 600, 600);
  const ticks = 5e7 / 200;
  bench(backend).counts(TACH, 0, [ticks, ticks - 2 ** 31]);
  equal(await valueOf(session), 200);
  const t0 = nowNs();
  await until("it stands still", () => nowNs() - t0 > 100_000_000n);
  const slower = await valueOf(session);
  ok(slower <= 10 && slower > 0, `${slower} Hz after 0.1 s without a period`);
});

both("virtual channels are computed of counters, too", async (backend) => {
  bench(backend).counts(CT, 0, [4_000_000_000]);
  const virtual = [{ name: "turns", unit: "1", formula: "it / 1000" }];
  await using session = await open(backend, new channels.CounterEdgeCount(at), { virtual });
  deepEqual((await session.poll()).values, { it: 4_000_000_000, turns: 4_000_000 });
});

both("W-11: a counter's output runs only when that is confirmed", async (backend) => {
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
  const set = settingsOf(backend, CT, 0);
  if (set !== null) deepEqual(set.slice(0, 8), [701, 1, 2500, 12.5, 600, 503, 901, 400]);
  ok(await errorOf(session.poll()) instanceof DtolTaskStateError);
  await session.stop();
  equal(await session.isRunning(), false);
});

sdk("W-11: an output whose start comes after it was given up is ended at once", async (backend) => {
  const spec = new TaskSpec({
    board: "DT9862(00)",
    channels: [new channels.PulseTrainOutput({ ...at, frequencyHz: 2500 })],
  });
  const session = await openDevice(spec, { backend, timeoutS: 2 });
  sim.fault("hang:olDaStart@1=0");
  sim.log();
  ok(await errorOf(session.start({ confirm: true })) instanceof DtolTimeoutError);
  sim.fault(""); // the driver wakes up
  await until("it is ended", () => sim.calls().includes("olDaAbort"));
  equal(settingsOf(backend, CT, 0)![1], 0);
  await session.close();
  sim.reset(); // what it holds goes with the process
});

both(
  "W-11: an output that is marked to need none starts without a confirmation, and ends with its session",
  async (backend) => {
    const options = { ...at, pulseWidthS: 1e-3, pulseType: "low_to_high", requiresConfirm: false } as const;
    for (const [make, mode] of [[channels.OneShotOutput, 702], [channels.RepetitiveOneShotOutput, 703]] as const) {
      const session = await open(backend, new make(options), { board: "DT9805(00)", element: 1 });
      await session.start();
      equal(await session.isRunning(), true);
      const set = settingsOf(backend, CT, 1, "DT9805(00)");
      if (set !== null) {
        const [is, running, hz, percent, pulse] = set;
        deepEqual([is, running, percent, pulse], [mode, 1, 50, 601]);
        equal(percent! / 100 / hz!, 1e-3);
      }
      await session.close();
      deepEqual(settingsOf(backend, CT, 1, "DT9805(00)") ?? Array(15).fill(0), Array(15).fill(0));
    }
  },
);

both("W-40: what a counter cannot do is refused before anything is set", async (backend) => {
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

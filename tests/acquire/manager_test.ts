/** Several devices: what is spoken for, who is asked when, what an error does, and that nothing stays open. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { resultsOf } from "../../src/acquire/device_result.ts";
import { DtolManager } from "../../src/acquire/manager.ts";
import { record } from "../../src/acquire/record.ts";
import type { Backend } from "../../src/board/backend.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import {
  DtolBackendError,
  DtolConnectionError,
  DtolError,
  DtolResourceError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  AnalogOutputVoltage,
  CounterEdgeCount,
  DigitalInputPort,
  DigitalOutputPort,
} from "../../src/model/channels.ts";
import type { TaskSpec } from "../../src/model/spec.ts";
import { both, errorOf, inTime, sdk, sim, simulated, task, until } from "./lab.ts";
import { beforePoll, failAtPoll, instead, manyElements, single, VOLTS } from "./manager_lab.ts";

const OVEN = "DT9805(00)";
const HALL = "DT9806(00)";

both("devices are added by name, polled together, and closed together", async (backend, kind) => {
  if (kind === "dataacq") sim.signal("constant:2.5");
  const manager = new DtolManager({ backend });
  {
    await using _ = manager;
    equal((await manager.add("oven", single(OVEN))).board, OVEN);
    const hall = await manager.add("hall", single(HALL));
    deepEqual(manager.names, ["oven", "hall"]);
    equal(manager.get("hall"), hall);
    const results = await manager.poll();
    deepEqual([...results.keys()], ["oven", "hall"]);
    for (const result of results.values()) deepEqual(result.ok && result.value.values, { level: 2.5 });
    deepEqual([...(await manager.poll(["hall", "hall"])).keys()], ["hall"]);
    equal(await manager.remove("oven"), true);
    equal(await manager.remove("oven"), false);
    deepEqual(manager.names, ["hall"]);
    throws(() => manager.get("oven"), /no device "oven": known are hall/);
    await manager.add("again", single(OVEN)); // name and subsystem are free again
  }
  equal(manager.closed, true);
  deepEqual(manager.names, []);
  await manager.close();
  await rejects(manager.add("late", single(OVEN)), DtolTaskStateError);
  await rejects(manager.poll(), DtolTaskStateError);
  await rejects(manager.start(), DtolTaskStateError);
}, VOLTS);

both("names that are wrong or missing are refused before any board is asked", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("oven", single(OVEN));
  let polls = 0;
  beforePoll(manager.get("oven"), () => void polls++);
  for (const call of ["poll", "start", "stop", "abort"] as const) {
    await rejects(manager[call](["oven", "hall"]), DtolValidationError, call);
  }
  equal(polls, 0);
  await rejects(manager.add("", single(HALL)), DtolValidationError);
  await rejects(new DtolManager().add("oven", single(OVEN)), /no backend/);
  throws(() => new DtolManager({ errorPolicy: "ignore" as never }), DtolValidationError);
});

Deno.test("W-19 name and subsystem are spoken for before anything is opened, by one of two at the same time", async () => {
  const boards = manyElements();
  let opened = 0;
  const backend = instead(boards, { open: (name) => (opened++, boards.open(name)) });
  await using manager = new DtolManager({ backend });
  const first = manager.add("oven", single(OVEN));
  const refused = [
    manager.add("oven", single(HALL)), // the name
    manager.add("other", single(OVEN)), // the subsystem
    manager.add("any", single(undefined, { element: 1 })), // not refused: another subsystem
    manager.add("any too", single(undefined, { element: 1 })), // the same, found as the first board
  ];
  const settled = await Promise.allSettled(refused);
  await first;
  const [name, subsystem, any, anyToo] = settled.map((one) => one.status === "rejected" ? one.reason : null);
  ok(name instanceof DtolValidationError && name.message.includes(`"oven"`), String(name));
  ok(subsystem instanceof DtolResourceError && subsystem.message.includes(`"oven" has analog_input 0`));
  equal(any, null);
  ok(anyToo instanceof DtolResourceError && anyToo.message.includes(`"any" has analog_input 1`), String(anyToo));
  equal(opened, 2);
  deepEqual(manager.names, ["oven", "any"]);
});

Deno.test("a board that another backend has opened is not opened a second time", async () => {
  await using manager = new DtolManager({ backend: manyElements() });
  await manager.add("oven", single(OVEN));
  await rejects(manager.add("more", single(OVEN, { element: 1 }), { backend: manyElements() }), /from another backend/);
  await manager.add("hall", single(HALL), { backend: manyElements() });
});

const OPENING = ["olDaInitialize", "olDaGetDASS", "olDaSetDataFlow", "olDaConfig", "olDaGetResolution"];

for (const call of OPENING) {
  sdk(`W-19 when ${call} fails in add, nothing is held and nothing is registered`, async (backend) => {
    await using manager = new DtolManager({ backend });
    await manager.add("hall", single(HALL));
    const before = sim.handles();
    sim.fault(`ecode:${call}@1=125`);
    ok(await errorOf(manager.add("oven", single(OVEN))) instanceof DtolError);
    sim.fault("");
    equal(sim.handles(), before);
    deepEqual(manager.names, ["hall"]);
    await manager.add("oven", single(OVEN));
    ok((await manager.poll()).get("oven")!.ok);
  });
}

sdk("the handle of a board is shared and counted, also over sessions that fail", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("oven", single(OVEN));
  const before = sim.handles();
  for (const element of [1, 2]) {
    ok(await errorOf(manager.add("none", single(OVEN, { element }))) instanceof DtolError);
  }
  equal(sim.handles(), before);
  ok((await manager.poll()).get("oven")!.ok); // the board is still open
});

/** All that a DT9806 has for single values. */
const RIG: Readonly<Record<string, TaskSpec>> = {
  level: single(HALL),
  doors: single(HALL, { channels: [new DigitalInputPort({ physicalChannel: 0, name: "doors" })] }),
  lamps: single(HALL, {
    channels: [new DigitalOutputPort({ physicalChannel: 0, name: "lamps", requiresConfirm: false })],
  }),
  turns: single(HALL, { channels: [new CounterEdgeCount({ physicalChannel: 0, name: "turns" })] }),
  heater: single(HALL, {
    channels: [
      new AnalogOutputVoltage({ physicalChannel: 0, name: "heater", requiresConfirm: false, safeValue: 0 }),
    ],
  }),
};

sdk("W-41 several subsystems of one board share its handle, which is closed with the last of them", async (backend) => {
  const manager = new DtolManager({ backend });
  sim.log();
  const sessions = await Promise.all(Object.entries(RIG).map(([name, spec]) => manager.add(name, spec)));
  deepEqual(manager.names, Object.keys(RIG));
  equal(sim.calls().filter((call) => call.startsWith("olDaInitialize")).length, 1);
  equal(sim.handles(), 1 + sessions.length);
  deepEqual([...(await manager.poll()).values()].map(({ name, ok }) => [name, ok]), [
    ["level", true],
    ["doors", true],
    ["turns", true],
  ]);
  await manager.get("heater").write({ heater: 5 });
  await manager.remove("level");
  equal(sim.handles(), sessions.length);
  sim.fault("ecode:olDaGetDASS@1=125;ecode:olDaConfig@1=125");
  for (let i = 0; i < 2; i++) ok(await errorOf(manager.add("level", RIG["level"]!)) instanceof DtolError);
  equal(sim.handles(), sessions.length); // the board stays open for the others
  ok((await manager.poll()).get("doors")!.ok);
  equal(sim.calls().filter((call) => call.startsWith("olDaTerminate")).length, 0);
  await manager.close();
  equal(sim.handles(), 0);
  equal(sim.calls().filter((call) => call.startsWith("olDaTerminate")).length, 1);
});

both("W-41 an output is not polled: passed over when nobody names it, refused when someone does", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("heater", RIG["heater"]!);
  await rejects(manager.poll(), /no input/);
  await manager.add("level", RIG["level"]!);
  deepEqual([...(await manager.poll()).keys()], ["level"]);
  let polls = 0;
  beforePoll(manager.get("level"), () => void polls++);
  const error = await errorOf(manager.poll(["level", "heater"]));
  ok(error instanceof DtolTaskStateError && error.message.includes(`"heater" as it is an output`), error.message);
  equal(polls, 0);
});

both("closing and aborting reach the outputs of a board before its inputs", async (backend) => {
  for (const call of ["close", "abort"] as const) {
    await using manager = new DtolManager({ backend });
    const order: string[] = [];
    for (const name of ["level", "heater"]) {
      const session = await manager.add(name, RIG[name]!);
      const real = session[call].bind(session);
      session[call] = () => (order.push(name), real());
    }
    await manager[call]();
    deepEqual(order.slice(0, 2), ["heater", "level"], call);
  }
});

both("a task that its board cannot do is refused, and its name is free again", async (backend) => {
  await using manager = new DtolManager({ backend });
  await rejects(manager.add("fast", task({ timing: { rateHz: 1e6 } })), DtolValidationError);
  await rejects(manager.add("fast", single("DT9999(00)")), DtolResourceError);
  deepEqual(manager.names, []);
  await manager.add("fast", task());
});

simulated("without any board add says so", async (backend) => {
  await using manager = new DtolManager({ backend });
  await rejects(manager.add("oven", single(undefined)), /none is there/);
  deepEqual(manager.names, []);
}, { models: [] });

Deno.test("W-20 boards are polled in parallel", async () => {
  await using manager = new DtolManager({ backend: new SimulatedBackend(VOLTS) });
  const everyoneIsHere = Promise.withResolvers<void>();
  const boards = [OVEN, HALL, "DT9862(00)"];
  let here = 0;
  const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
  for (const board of boards) {
    beforePoll(await manager.add(board, single(board, { channels })), () => {
      if (++here === boards.length) everyoneIsHere.resolve();
      return everyoneIsHere.promise; // one after the other they would wait for ever
    });
  }
  equal((await inTime("polling in parallel", manager.poll(), 20)).size, boards.length);
});

Deno.test("W-20 calls to one board come one after the other, whatever they are", async () => {
  await using manager = new DtolManager({ backend: manyElements() });
  let inCall = 0;
  let most = 0;
  const calls: string[] = [];
  for (const element of [0, 1, 2]) {
    const session = await manager.add(`${element}`, single(OVEN, { element }));
    for (const call of ["poll", "start", "stop", "abort", "close"] as const) {
      const real = session[call].bind(session) as () => Promise<never>;
      session[call] = async () => {
        most = Math.max(most, ++inCall);
        await new Promise((resolve) => setTimeout(resolve));
        calls.push(call);
        return await real().finally(() => inCall--);
      };
    }
  }
  await Promise.all([manager.poll(), manager.start(), manager.stop(["1"]), manager.abort(["2"]), manager.remove("0")]);
  deepEqual(calls, ["poll", "poll", "poll", "start", "start", "start", "stop", "abort", "close"]);
  equal(most, 1);
});

Deno.test("W-20 a slow board delays no other", async () => {
  await using manager = new DtolManager({ backend: new SimulatedBackend(VOLTS) });
  const answer = Promise.withResolvers<void>();
  beforePoll(await manager.add("slow", single(OVEN)), () => answer.promise);
  await manager.add("quick", single(HALL));
  const slow = manager.poll(["slow"]);
  for (let i = 0; i < 3; i++) await inTime("the quick board", manager.poll(["quick"]), 20);
  answer.resolve();
  equal((await slow).size, 1);
});

both("W-41 results are by the name given to add, and readings by the board", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("oven", single(OVEN, { name: "temperatures" }));
  let enumerations = 0;
  const boards = backend.boards.bind(backend);
  backend.boards = () => (enumerations++, boards());
  for (const [name, result] of await manager.poll()) {
    deepEqual([name, result.name, result.board, result.spec.name], ["oven", "oven", OVEN, "temperatures"]);
    deepEqual([result.value?.device, result.value?.task], [OVEN, "temperatures"]);
  }
  equal(enumerations, 0); // the board's name is known, not looked up
});

both(
  "W-41 a clocked task is not polled: passed over when nobody names it, refused when someone does",
  async (backend) => {
    await using manager = new DtolManager({ backend });
    await manager.add("fast", task());
    await rejects(manager.poll(), /no input with a task of single values/);
    await manager.add("oven", single(OVEN));
    deepEqual(manager.pollable, ["oven"]);
    let polls = 0;
    beforePoll(manager.get("oven"), () => void polls++);
    const error = await errorOf(manager.poll(["oven", "fast"]));
    ok(error instanceof DtolTaskStateError && error.message.includes(`"fast"`), error.message);
    equal(polls, 0);
    deepEqual([...(await manager.poll()).keys()], ["oven"]);
  },
);

/** Three boards, of which the last fails first and the first fails last. */
async function failing(errorPolicy: "raise" | "return" | "skip") {
  const manager = new DtolManager({ backend: new SimulatedBackend(VOLTS), errorPolicy });
  const firstFailed = Promise.withResolvers<void>();
  beforePoll(await manager.add("late", single(OVEN)), async () => {
    await firstFailed.promise;
    throw new DtolBackendError("late");
  });
  await manager.add("well", single(HALL));
  beforePoll(await manager.add("early", single("DT9837A(00)")), () => {
    setTimeout(() => firstFailed.resolve(), 2);
    throw new DtolConnectionError("early");
  });
  return manager;
}

Deno.test("raise: what failed first is thrown when every device is done, with what the others gave", async () => {
  await using manager = await failing("raise");
  const error = await errorOf(manager.poll());
  ok(error instanceof DtolConnectionError && error.message === "early", String(error));
  const results = resultsOf(error)!;
  deepEqual([...results.values()].map(({ name, ok, error }) => [name, ok, error?.message]), [
    ["late", false, "late"],
    ["well", true, undefined],
    ["early", false, "early"],
  ]);
  equal(results.get("early")!.error, error);
  equal(resultsOf(new DtolError("another")), undefined);
});

Deno.test("return: the error stands in the device's result", async () => {
  await using manager = await failing("return");
  const results = await manager.poll();
  ok(results.get("late")!.error instanceof DtolBackendError);
  equal(results.get("late")!.value, undefined);
  equal(results.get("well")!.error, null);
  deepEqual(results.get("well")!.value?.values, { level: 2.5 });
});

Deno.test("skip: the device is left out, and counted", async () => {
  await using manager = await failing("skip");
  for (let i = 0; i < 2; i++) deepEqual([...(await manager.poll()).keys()], ["well"]);
  deepEqual([...manager.skipped].map(([name, { count, last }]) => [name, count, last.message]), [
    ["early", 2, "early"],
    ["late", 2, "late"],
  ]);
});

Deno.test("starting and ending runs obey the policies, too", async () => {
  for (const errorPolicy of ["raise", "return", "skip"] as const) {
    await using manager = new DtolManager({ backend: new SimulatedBackend(VOLTS), errorPolicy });
    const fast = await manager.add("fast", task());
    await manager.add("oven", single(OVEN));
    await using _ = await record(fast); // so its own calls are refused
    for (const call of ["start", "stop", "abort"] as const) {
      const told = manager[call]();
      if (errorPolicy === "raise") await rejects(told, DtolTaskStateError);
      else equal((await told).has("fast"), errorPolicy === "return");
      equal((await manager[call](["oven"])).get("oven")!.ok, true);
    }
  }
});

Deno.test("a mistake of the program is thrown under every policy, when every device is done", async () => {
  for (const errorPolicy of ["raise", "return", "skip"] as const) {
    await using manager = new DtolManager({ backend: new SimulatedBackend(VOLTS), errorPolicy });
    failAtPoll(await manager.add("oven", single(OVEN)), new TypeError("a mistake"));
    let done = false;
    beforePoll(await manager.add("hall", single(HALL)), async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      done = true;
    });
    await rejects(manager.poll(), TypeError);
    ok(done);
  }
});

sdk(
  "W-19 close runs to its end, throws what failed first, and leaves nothing open that can be closed",
  async (backend) => {
    const manager = new DtolManager({ backend });
    await manager.add("oven", single(OVEN));
    await manager.add("hall", single(HALL));
    const perBoard = sim.handles() / 2;
    sim.fault("ecode:olDaReleaseDASS@1=125");
    const error = await errorOf(manager.close());
    ok(error instanceof DtolError && error.message.includes("olDaReleaseDASS returned 125"), error.message);
    deepEqual([...resultsOf(error)!.values()].map(({ ok }) => ok).sort(), [false, true]);
    equal(sim.handles(), perBoard); // what the driver refused to take back
    deepEqual(manager.names, []);
    await manager.close();
    sim.reset();
  },
);

both("W-19 adding and closing many times leaves nothing behind", async (backend, kind) => {
  for (let i = 0; i < 5; i++) {
    await using manager = new DtolManager({ backend });
    await Promise.all([manager.add("oven", single(OVEN)), manager.add("hall", single(HALL)), manager.remove("hall")]);
    await manager.poll();
    await manager.remove("oven");
    await manager.add("oven", single(OVEN));
  }
  if (kind === "dataacq") equal(sim.handles(), 0);
});

sdk("W-19 a device that is being added while the manager closes is closed, too, and its adder told", async (boards) => {
  const wait = Promise.withResolvers<void>();
  const backend = instead<Backend>(boards, {
    open: async (name) => {
      const board = await boards.open(name);
      await wait.promise;
      return board;
    },
  });
  const manager = new DtolManager({ backend });
  const adding = errorOf(manager.add("oven", single(OVEN)));
  let closed = false;
  const closing = manager.close().then(() => closed = true);
  await until("the board is open", () => sim.handles() > 0);
  equal(closed, false);
  wait.resolve();
  await closing;
  equal(sim.handles(), 0);
  const error = await adding;
  ok(error instanceof DtolTaskStateError && error.message.includes("closed meanwhile"), error.message);
});

both("a device that a recording has is refused to remove and close, and closes afterwards", async (backend) => {
  const manager = new DtolManager({ backend });
  const session = await manager.add("fast", task());
  await manager.add("oven", single(OVEN));
  const oven = manager.get("oven");
  {
    await using _ = await record(session);
    await rejects(manager.remove("fast"), DtolTaskStateError);
    deepEqual(manager.names, ["fast", "oven"]);
    await rejects(manager.close(), DtolTaskStateError);
    deepEqual([session.closed, oven.closed], [false, true]);
  }
  await manager.close();
  equal(session.closed, true);
});

both("a device is removed once, and a board that is busy is waited for", async (backend) => {
  await using manager = new DtolManager({ backend });
  const session = await manager.add("oven", single(OVEN));
  beforePoll(session, () => deepEqual(manager.names, [])); // from the moment on that it is to go, it is not there
  const [reading, ...removed] = await Promise.all([manager.poll(), manager.remove("oven"), manager.remove("oven")]);
  ok(reading.get("oven")!.ok);
  deepEqual(removed, [true, true]);
  equal(session.closed, true);
});

sdk("a driver that hangs costs its own board and no other", async (backend) => {
  await using manager = new DtolManager({ backend, errorPolicy: "return" });
  await manager.add("hangs", single(OVEN), { timeoutS: 0.3 });
  await manager.add("well", single(HALL));
  sim.fault("hang:olDaGetSingleValue@1=0");
  const hanging = manager.poll(["hangs"]);
  ok((await manager.poll(["well"])).get("well")!.ok);
  ok((await hanging).get("hangs")!.error instanceof DtolTimeoutError);
  const next = await manager.poll();
  deepEqual([next.get("hangs")!.ok, next.get("well")!.ok], [false, true]);
  await manager.close();
  sim.reset(); // what the driver still holds goes with the process
});

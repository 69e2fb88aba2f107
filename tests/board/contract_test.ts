/** The contract of all backends: boards, runs and their buffers. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import type { Intake } from "../../src/board/backend.ts";
import { boardSeed, countingCode } from "../../src/board/signals.ts";
import { DtolError, DtolResourceError, DtolTaskStateError } from "../../src/errors.ts";
import { monotonicClock } from "../../src/clock.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { CounterEdgeCount } from "../../src/model/channels.ts";
import { checkCodes, contract, kinds, nextBuffer, PLAN, settings, sim, withIntake } from "./contract.ts";

contract("boards are listed by name, and one that is not there is refused by name", async ({ backend }) => {
  const boards = await backend.boards();
  for (const model of ["DT9805", "DT9806", "DT9862"]) {
    const board = boards.find((info) => info.model === model);
    equal(board?.name, `${model}(00)`);
    ok(board!.driver);
  }
  await rejects(backend.open("DT9999(00)"), (error: Error) => {
    ok(error instanceof DtolResourceError);
    ok(error.message.includes(`"DT9999(00)"`) && error.message.includes("DT9806(00)"), error.message);
    return true;
  });
});

contract("a board tells its versions and its subsystems", async ({ backend }) => {
  const board = await backend.open("DT9806(00)");
  const { oldaapi, olmem, driver } = board.versions;
  if (backend.name === "dataacq") ok(oldaapi && olmem && driver);
  else deepEqual([oldaapi, olmem, driver], [null, null, null]);
  ok(board.subsystems.some(({ type, element }) => type === "analog_input" && element === 0));
  await rejects(board.reserve("tachometer", 0));
  await rejects(board.reserve("analog_input", 7));
  await board.close();
});

Deno.test("both backends tell the same subsystems and capabilities of the same boards", async () => {
  sim.reset();
  const told = [];
  for (const { make } of Object.values(kinds)) {
    await using backend = make();
    const found: Record<string, unknown> = {};
    for (const name of ["DT9805(00)", "DT9806(00)", "DT9862(00)", "DT9837A(00)", "DT9828(00)", "DT9829(00)"]) {
      const board = await backend.open(name);
      for (const { type, element } of board.subsystems) {
        if (NOT_THE_SAME.some((one) => one.test(`${name} ${type}`))) continue;
        const subsystem = await board.reserve(type, element);
        const can = await subsystem.capabilities();
        found[`${name} ${type} ${element}`] = { ...can, ...NOT_SIMULATED };
        await subsystem.release();
      }
      await board.close();
    }
    told.push(found);
  }
  for (const [key, can] of Object.entries(told[1]!)) deepEqual(told[0]![key], can, key);
  deepEqual(Object.keys(told[0]!), Object.keys(told[1]!));
  equal(sim.handles(), 0);
});

/** Boards in TypeScript have a DT9862 output without clocks and triggers from outside. */
const NOT_SIMULATED = { autoCalibrate: null }; // this is the SDK's own
const NOT_THE_SAME = [
  /DT9862\S* analog_output/,
];

contract("the clock is read back as the board makes it: its base clock over a whole number", async ({ backend }) => {
  const cases = [
    ["DT9806(00)", 20_000, 20_000], // 600
    ["DT9806(00)", 7001, 12e6 / 1714],
    ["DT9806(00)", 49_999, 12e6 / 240],
    ["DT9862(00)", 1e6, 1e6],
    ["DT9862(00)", 3e6, 1e8 / 33],
    ["DT9862(00)", 6e6, 1e8 / 17],
  ] as const;
  for (const [name, asked, made] of cases) {
    const board = await backend.open(name);
    const subsystem = await board.reserve("analog_input", 0);
    const list = [{ physicalChannel: 0, gain: 1 }, { physicalChannel: 1, gain: 1 }];
    const { ticket: _, ...applied } = await subsystem.configure(
      settings({ clock: { source: "internal", hz: asked }, list }),
    );
    deepEqual(applied, { clockHz: made, range: { low: -10, high: 10 }, bits: 16, encoding: "binary" });
    const single = await subsystem.configure(settings({ clock: null, dataFlow: "single_value", list }));
    deepEqual([single.clockHz, single.ticket], [null, null]);
    await subsystem.release();
    await board.close();
  }
});

contract("a single value is the code of its input", async ({ backend }) => {
  const board = await backend.open("DT9806(00)");
  const subsystem = await board.reserve("analog_input", 0);
  await rejects(Promise.resolve().then(() => subsystem.read([{ physicalChannel: 0, gain: 1 }])), "not configured yet");
  await subsystem.configure(settings({ clock: null, dataFlow: "single_value" }));
  const [code] = await subsystem.read([{ physicalChannel: 3, gain: 10 }]);
  ok(Number.isInteger(code) && code! >= 0 && code! < 65536, String(code));
  await subsystem.release();
  await board.close();
});

contract("a subsystem has one holder, and the next can have it once it is given back", async ({ backend }) => {
  const first = await backend.open("DT9806(00)");
  const second = await backend.open("DT9806(00)");
  const held = await first.reserve("analog_input", 0);
  await rejects(second.reserve("analog_input", 0, 0), DtolResourceError);
  const other = await backend.open("DT9805(00)");
  await (await other.reserve("analog_input", 0)).release(); // another board's is another subsystem
  await other.close();
  await held.release();
  await first.close();
  await (await second.reserve("analog_input", 0)).release(); // the board is open as long as one holds it
  await second.close();
});

contract("a board that two open at the same moment is opened once and closed once", async ({ backend }) => {
  const boards = await Promise.all([backend.open("DT9806(00)"), backend.open("DT9806(00)")]);
  for (const board of boards) await board.close();
  for (const board of boards) await board.close(); // once more does no harm
});

contract("a ticket is plain data", async ({ backend }) => {
  const board = await backend.open("DT9806(00)");
  const subsystem = await board.reserve("analog_input", 0);
  const { ticket } = await subsystem.configure(settings());
  structuredClone(ticket); // it must pass to another thread
  await subsystem.release();
  await board.close();
});

const CALLS = {
  begin: (intake: Intake) => intake.begin(PLAN),
  start: (intake: Intake) => intake.start(),
  wait: (intake: Intake) => intake.wait(0),
  take: (intake: Intake) => intake.take(),
  giveBack: (intake: Intake) => intake.giveBack(),
  peek: (intake: Intake) => intake.peek!(),
  stop: (intake: Intake) => intake.stop(false),
  abort: (intake: Intake) => intake.stop(true),
  flush: (intake: Intake) => intake.flush(),
} as const;

type Call = keyof typeof CALLS;

/** Inputs of a board that can be looked at. */
const LIST = [0, 1].map((physicalChannel) => ({ physicalChannel, gain: 1 }));

/** The calls that lead to a phase, and those that it allows. `giveBack` is allowed after a take that gave a buffer. */
const PHASES: Readonly<Record<string, readonly [to: readonly Call[], allowed: readonly Call[]]>> = {
  idle: [[], ["begin"]],
  begun: [["begin"], ["start"]],
  running: [["begin", "start"], ["wait", "take", "peek", "stop", "abort"]],
  ended: [["begin", "start", "abort"], ["take", "stop", "abort", "flush"]],
  flushed: [["begin", "start", "abort", "flush"], ["take"]],
};

contract("a call out of order is refused with the phase, whatever the phase, and does nothing", async (hands) => {
  await withIntake(
    hands,
    async (intake) => {
      for (const [phase, [road, allowed]] of Object.entries(PHASES)) {
        for (const [name, call] of Object.entries(CALLS)) {
          if (allowed.includes(name as Call)) continue;
          for (const step of road) await CALLS[step](intake);
          sim.log();
          const tried = Promise.resolve().then(() => call(intake) as void);
          await rejects(tried, (error: Error) => {
            ok(error instanceof DtolTaskStateError, `${name} while ${phase}: ${error}`);
            ok(error.message.includes("DT9862(00)"), error.message);
            return true;
          }, `${name} while ${phase}`);
          deepEqual(sim.calls(), [], `${name} while ${phase} reached the SDK`);
          intake.end();
        }
      }
    },
    { list: LIST },
    "DT9862(00)",
  );
});

contract("a buffer is taken one at a time, and given back once", async (hands) => {
  await withIntake(hands, (intake) => {
    intake.begin(PLAN);
    intake.start();
    nextBuffer(intake);
    throws(() => intake.take(), /has not been given back/);
    intake.giveBack();
    throws(() => intake.giveBack(), /none was taken/);
    return Promise.resolve();
  });
});

contract("end() is allowed in every phase, also twice and while the run goes on", async (hands) => {
  await withIntake(hands, async (intake) => {
    for (const [road] of Object.values(PHASES)) {
      for (const step of road) await CALLS[step](intake);
      intake.end();
      intake.end();
    }
    intake.begin(PLAN);
    intake.start();
    nextBuffer(intake); // and with a buffer in our hands
    intake.end();
  });
});

contract("every sample is the one that the board took, in list order, buffer after buffer", async (hands) => {
  await withIntake(hands, async (intake) => {
    intake.begin(PLAN);
    intake.start();
    let scan = 0;
    for (let k = 0; k < 12; k++) {
      const { codes, lostBefore } = nextBuffer(intake);
      scan += lostBefore * 100; // a slow machine may lose some; what comes must still be right
      equal(codes.length, 200);
      checkCodes(codes, scan);
      scan += 100;
      intake.giveBack();
    }
    await intake.stop(true);
  });
});

contract("simultaneous inputs share one clock tick", async (hands) => {
  const list = [{ physicalChannel: 0, gain: 1 }, { physicalChannel: 1, gain: 1 }];
  await withIntake(
    hands,
    (intake) => {
      intake.begin({ buffers: 8, codesPerBuffer: 20_000 });
      const started = performance.now();
      intake.start();
      let scan = 0;
      for (let k = 0; k < 10; k++) {
        const { codes, lostBefore } = nextBuffer(intake);
        scan += lostBefore * 10_000;
        checkCodes(codes, scan, "DT9862(00)", [0, 1]);
        scan += 10_000;
        intake.giveBack();
      }
      const elapsed = performance.now() - started;
      ok(elapsed > scan / 1000 - 1, `${scan} scans at 1 MHz cannot come in ${elapsed} ms`);
      return Promise.resolve();
    },
    { clock: { source: "internal", hz: 1e6 }, list },
    "DT9862(00)",
  );
});

contract("stop() delivers the buffer in progress whole", async (hands) => {
  await withIntake(hands, async (intake) => {
    for (let round = 0; round < 5; round++) {
      intake.begin({ buffers: 4, codesPerBuffer: 202 });
      intake.start();
      let scan = 0;
      for (let k = 0; k < 2; k++) {
        const { codes, lostBefore } = nextBuffer(intake);
        scan += lostBefore * 101;
        checkCodes(codes, scan);
        scan += 101;
        intake.giveBack();
      }
      await intake.stop(false);
      let taken = 0;
      for (let buffer = intake.take(); buffer !== null; buffer = intake.take()) {
        scan += buffer.lostBefore * 101;
        equal(buffer.codes.length, 202);
        checkCodes(buffer.codes, scan);
        scan += 101;
        taken++;
        intake.giveBack();
      }
      ok(taken >= 1, "the buffer in progress is missing");
      intake.flush();
      equal(intake.take(), null, "nothing is left after it");
      intake.end();
    }
  });
});

contract("abort() leaves the part that was taken so far, after flush at the latest", async (hands) => {
  await withIntake(hands, async (intake) => {
    intake.begin({ buffers: 4, codesPerBuffer: 4000 }); // 200 ms
    intake.start();
    const { codes, lostBefore } = nextBuffer(intake);
    let scan = (lostBefore + 1) * 2000;
    checkCodes(codes, scan - 2000);
    intake.giveBack();
    intake.wait(20); // lets the next one begin
    await intake.stop(true);
    const rest: number[] = [];
    const takeAll = () => {
      for (let buffer = intake.take(); buffer !== null; buffer = intake.take()) {
        scan += buffer.lostBefore * 2000;
        checkCodes(buffer.codes, scan);
        rest.push(buffer.codes.length);
        scan += Math.floor(buffer.codes.length / 2);
        intake.giveBack();
      }
    };
    takeAll();
    intake.flush();
    takeAll();
    ok(rest.at(-1)! > 0 && rest.at(-1)! <= 4000, `a part of a buffer, but it is ${rest}`);
  });
});

contract("a subsystem that is woken ends the wait of its intake, also one that begins later", async (hands) => {
  const board = await hands.backend.open("DT9806(00)");
  const subsystem = await board.reserve("analog_input", 0);
  const { ticket } = await subsystem.configure(settings({ clock: { source: "internal", hz: 20 } }));
  subsystem.wake!(); // nobody waits
  const intake = hands.attach(ticket!);
  for (let run = 0; run < 2; run++) {
    intake.begin({ buffers: 4, codesPerBuffer: 20_000 }); // 1000 s
    intake.start();
    intake.wait(0);
    for (let wait = 0; wait < 3; wait++) {
      subsystem.wake!();
      deepEqual(intake.wait(900_000), []);
      intake.wait(0); // which takes what woke it
    }
    await intake.stop(true);
    intake.end();
  }
  subsystem.wake!();
  await subsystem.release();
  await board.close();
});

contract("after end() it may begin again, from sample 0", async (hands) => {
  await withIntake(hands, async (intake) => {
    for (let run = 0; run < 3; run++) {
      intake.begin(PLAN);
      intake.start();
      const { codes, lostBefore } = nextBuffer(intake);
      checkCodes(codes, lostBefore * 100);
      intake.giveBack();
      await intake.stop(false);
      intake.flush();
      while (intake.take() !== null) intake.giveBack();
      intake.end();
    }
  });
});

contract("blocks that were overwritten unread are counted exactly, at their place", async (hands) => {
  await withIntake(hands, async (intake) => {
    intake.begin(PLAN);
    intake.start();
    let scan = 0;
    let lost = 0;
    for (let k = 0; lost < 4 || k < 14; k++) { // a board that is late itself overwrites nothing, so until it does
      if (k % 5 === 3) await new Promise((resolve) => setTimeout(resolve, 75)); // holds all buffers for too long
      const { codes, lostBefore } = nextBuffer(intake);
      lost += lostBefore;
      scan += lostBefore * 100;
      checkCodes(codes, scan); // which tells a count that is off by one
      scan += 100;
      intake.giveBack();
    }
  });
});

contract("without wrapping a run ends when nothing is empty, and says so", async (hands) => {
  await withIntake(hands, (intake) => {
    intake.begin(PLAN);
    intake.start();
    let events = intake.wait(1000);
    while (events.length === 0) events = intake.wait(1000);
    deepEqual(events, ["queue_done"]);
    for (let k = 0; k < 4; k++) {
      const { codes, lostBefore } = intake.take()!;
      equal(lostBefore, 0);
      checkCodes(codes, k * 100);
      intake.giveBack();
    }
    equal(intake.take(), null);
    return Promise.resolve();
  }, { wrapMode: "none" });
});

contract("subsystems started together run from the moment that is told; a board that cannot says so", async (hands) => {
  const board = await hands.backend.open("DT9862(00)");
  const subsystem = await board.reserve("analog_input", 0);
  const list = [{ physicalChannel: 0, gain: 1 }];
  const { ticket } = await subsystem.configure(settings({ list, clock: { source: "internal", hz: 10_000 } }));
  const intake = hands.attach(ticket!);
  intake.begin({ buffers: 4, codesPerBuffer: 100 });
  const before = monotonicClock().nowNs();
  const { monoNs, tookNs } = await board.startTogether!([subsystem]);
  const after = monotonicClock().nowNs();
  ok(before <= monoNs - tookNs / 2n && monoNs + tookNs / 2n <= after);
  intake.start({ monoNs, tookNs });
  let taken = intake.take();
  for (; taken === null; taken = intake.take()) intake.wait(100);
  const first = 100 * taken.lostBefore; // a slow machine may have lost some
  equal(taken.codes[0], countingCode(boardSeed("DT9862(00)"), 0, first));
  intake.giveBack();
  await intake.stop(true);
  intake.flush();
  intake.end();
  await subsystem.release();
  await board.close();

  const other = await hands.backend.open("DT9806(00)");
  const unable = await other.reserve("analog_input", 0);
  await rejects(other.startTogether!([unable]), DtolError);
  await unable.release();
  await other.close();
});

contract("what was started together has run since then, however late its thread gets to know", async (hands) => {
  const board = await hands.backend.open("DT9862(00)");
  const [input, output, counter] = await Promise.all(
    (["analog_input", "analog_output", "counter_timer"] as const).map((type) => board.reserve(type, 0)),
  );
  const common = settings({ list: [{ physicalChannel: 0, gain: 1 }], clock: { source: "internal", hz: 10_000 } });
  const taking = hands.attach((await input!.configure(common)).ticket!);
  const putting = hands.attach((await output!.configure({ ...common, channelType: null })).ticket!);
  const channel = new CounterEdgeCount({ physicalChannel: 0, clockSource: "external" });
  await counter!.configure({ ...common, clock: null, list: [{ physicalChannel: 0, gain: 1, channel }] });
  taking.begin({ buffers: 4, codesPerBuffer: 100 });
  putting.begin({ buffers: 3, codesPerBuffer: 1000 });
  for (let buffer = putting.take(); buffer !== null; buffer = putting.take()) putting.giveBack();
  putting.arm?.();
  const moment = await board.startTogether!([input!, output!, counter!]);
  const begunNs = moment.monoNs + moment.tookNs;
  while (monotonicClock().nowNs() < begunNs + 60_000_000n) continue; // the threads are late
  for (const intake of [taking, putting]) intake.start(moment);
  if (hands.backend instanceof SimulatedBackend) { // that in C has a thread of its own, which may be late itself
    const taken = taking.take()!;
    ok(taken.lostBefore >= 2, `${taken.lostBefore} lost of at least 6 in 4 buffers`);
    equal(taken.codes[0], countingCode(boardSeed("DT9862(00)"), 0, 100 * taken.lostBefore));
    taking.giveBack();
  }
  putting.wait(0);
  const played = hands.backend instanceof SimulatedBackend
    ? hands.backend.played("DT9862(00)").length
    : sim.played("DT9862(00)", 0).length;
  ok(played >= 600, `${played} scans in at least 60 ms`);
  const [count] = await counter!.read([{ physicalChannel: 0, gain: 1, channel }]);
  ok(count! >= 60, `${count} events in at least 60 ms`);
  for (const intake of [taking, putting]) {
    await intake.stop(true);
    intake.end();
  }
  await counter!.stop(true);
  for (const subsystem of [input, output, counter]) await subsystem!.release();
  await board.close();
});

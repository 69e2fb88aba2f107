/** Looks at the buffer being filled through the SDK, when its driver does what nobody wants: never a sample at a wrong place. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Intake, IntakeEvent, SubsystemSettings } from "../../src/board/backend.ts";
import { DtolBackendError, DtolConnectionError, DtolReadError } from "../../src/errors.ts";
import { AnalogThresholdStart, ReferenceTrigger } from "../../src/model/triggers.ts";
import { checkCodes, contract, type Hands, sim, withIntake } from "./contract.ts";

const BOARD = "DT9862(00)";
const SCANS = 100;
const BUFFERS = { buffers: 16, codesPerBuffer: 2 * SCANS }; // 20 ms each
const FEW = { ...BUFFERS, buffers: 4 };

/** A test of a started run through the SDK. */
function looking(name: string, body: (intake: Intake) => Promise<void> | void, buffers = BUFFERS): void {
  contract(name, async (hands: Hands) => {
    const list = [0, 1].map((physicalChannel) => ({ physicalChannel, gain: 1 }));
    await withIntake(
      hands,
      async (intake) => {
        intake.begin(buffers);
        intake.start();
        await body(intake);
      },
      { list, clock: { source: "internal", hz: 5000 } },
      BOARD,
    );
  }, "dataacq");
}

/** Takes what is there; every code must be the one of its place, which begins at `scan`. Returns the next place. */
function takeAll(intake: Intake, scan: number, check = true): number {
  for (let taken = intake.take(); taken !== null; taken = intake.take()) {
    scan += taken.lostBefore * SCANS;
    if (check) checkCodes(taken.codes, scan, BOARD, [0, 1]);
    scan += Math.floor(taken.codes.length / 2);
    intake.giveBack();
  }
  return scan;
}

/** Looks until it is refused, and takes meanwhile. */
function refusal(intake: Intake, check = true): unknown {
  for (let scan = 0;;) {
    try {
      const filling = intake.peek!();
      if (filling !== null && check) checkCodes(filling.codes, scan + filling.codesBefore / 2, BOARD, [0, 1]);
    } catch (error) {
      return error;
    }
    intake.wait(5);
    scan = takeAll(intake, scan, check);
  }
}

/** Waits for the event that ends the run. */
function endOf(intake: Intake): IntakeEvent {
  for (;;) {
    const [event] = intake.wait(1000);
    if (event !== undefined) return event;
    intake.take();
  }
}

function isDisorder(error: unknown): void {
  ok(error instanceof DtolReadError, String(error));
  ok(error.message.includes(BOARD) && error.message.includes("Read whole blocks only"), error.message);
}

looking("a buffer that the board takes before it is fetched ends the run, and nothing follows", async (intake) => {
  sim.fault("lent_taken@3");
  isDisorder(refusal(intake));
  equal(intake.take(), null, "what is of no certain place is not given");
  equal(endOf(intake), "disordered");
  equal(intake.peek!(), null);
  await intake.stop(true);
  equal(intake.take(), null);
  intake.flush();
  equal(intake.take(), null);
});

looking("what came before such a look is given", (intake) => {
  let scan = 0;
  for (let filling = intake.peek!(); filling?.buffersBefore !== 2; filling = intake.peek!()) {
    if ((filling?.buffersBefore ?? 3) > 2) scan = takeAll(intake, scan);
    intake.wait(5);
  }
  sim.fault("lent_taken@1");
  const before = scan;
  for (let isRefused = false; !isRefused;) {
    try {
      intake.peek!();
    } catch (error) {
      isDisorder(error);
      isRefused = true;
    }
  }
  scan = takeAll(intake, scan);
  ok(scan >= before + 2 * SCANS, "they had been fetched");
  equal(endOf(intake), "disordered");
});

looking("a board that takes the samples out of the buffer is found out", (intake) => {
  sim.fault("lent_moved@1+");
  isDisorder(refusal(intake));
  equal(endOf(intake), "disordered");
  equal(intake.take(), null);
});

looking("also while the signal does not change, as the second look must see as much as the first", async (intake) => {
  await intake.stop(true);
  intake.end();
  sim.signal("constant:1");
  intake.begin(BUFFERS);
  intake.start();
  sim.fault("lent_moved@1+");
  isDisorder(refusal(intake, false));
  equal(endOf(intake), "disordered");
});

looking("one look is enough to find that out, if the buffer holds more than comes in during it", async (intake) => {
  await intake.stop(true);
  intake.end();
  sim.signal("constant:1");
  intake.begin({ buffers: 4, codesPerBuffer: 2 * 5000 }); // 1 s
  intake.start();
  sim.fault("lent_moved@1+");
  const start = performance.now();
  while (performance.now() - start < 300) intake.wait(50);
  throws(() => intake.peek!(), DtolReadError);
});

looking("a board that begins to take samples out later is found out when the buffer is full", (intake) => {
  let scan = 0;
  while (intake.peek!() === null) {
    intake.wait(5);
    scan = takeAll(intake, scan);
  }
  for (let buffers = 0; buffers < 1;) { // a new one
    intake.wait(1000);
    const next = takeAll(intake, scan);
    if (next > scan) buffers++;
    scan = next;
  }
  sim.fault("lent_moved@1+");
  let isFoundOut = false;
  for (; !isFoundOut;) { // one look a buffer is enough, unless it sees nothing
    try {
      intake.peek!();
    } catch (error) {
      isDisorder(error);
      break;
    }
    isFoundOut = intake.wait(1000).includes("disordered");
    scan = takeAll(intake, scan);
    isFoundOut ||= intake.wait(0).includes("disordered");
  }
  equal(intake.take(), null);
});

looking("a shift that shows only when the run has ended is an error, and no sample of it is given", async (intake) => {
  while (intake.peek!() === null) intake.wait(5);
  sim.fault("lent_moved@1");
  while (intake.peek!() === null) intake.wait(5);
  await intake.stop(true);
  const takeRest = () => {
    equal(intake.take(), null);
    intake.flush();
    equal(intake.take(), null);
  };
  throws(takeRest, DtolReadError);
  equal(intake.take(), null);
}, { buffers: 4, codesPerBuffer: 2 * 50_000 }); // 10 s

looking("a program that sleeps in mid-look gets nothing of wrong place", async (intake) => {
  for (const [ms, mustSpoil] of [[50, false], [70, false], [130, false], [400, true]] as const) {
    let isSpoiled = false;
    let scan = 0;
    for (let look = 0; !isSpoiled && (mustSpoil || look < 4); look++) {
      sim.fault(`hang:olDaGetBuffer@2=${ms}`); // the first call finds that there is none, mostly
      try {
        const filling = intake.peek!();
        if (filling !== null) checkCodes(filling.codes, scan + filling.codesBefore / 2, BOARD, [0, 1]);
      } catch (error) {
        isDisorder(error);
        isSpoiled = true;
      }
      sim.fault("");
      scan = takeAll(intake, scan);
      for (const start = scan; !isSpoiled && scan < start + 8 * SCANS; scan = takeAll(intake, scan)) {
        deepEqual(intake.wait(50), []);
      }
    }
    await intake.stop(true);
    scan = takeAll(intake, scan);
    intake.flush();
    takeAll(intake, scan);
    intake.end();
    intake.begin(FEW);
    intake.start();
  }
}, FEW);

looking("a buffer that was looked at and then overwritten is lost, and no sign of disorder", (intake) => {
  let scan = 0;
  for (let rounds = 0; rounds < 3; rounds++) {
    while (intake.peek!() === null) {
      deepEqual(intake.wait(5), []);
      scan = takeAll(intake, scan);
    }
    for (let isLost = false; !isLost;) { // the program sleeps for more than a round
      for (const start = performance.now(); performance.now() - start < 150;) continue;
      for (let taken = intake.take(); taken !== null; taken = intake.take()) {
        isLost ||= taken.lostBefore > 0;
        scan += taken.lostBefore * SCANS;
        checkCodes(taken.codes, scan, BOARD, [0, 1]);
        scan += SCANS;
        intake.giveBack();
      }
      deepEqual(intake.wait(0), []);
    }
  }
}, FEW);

looking("a refusal of the board is told, and the run goes on with every sample", async (intake) => {
  let scan = 0;
  while (intake.peek!() === null) {
    intake.wait(5);
    scan = takeAll(intake, scan);
  }
  for (const call of ["olDaFlushFromBufferInprocess", "olDmSetValidSamples", "olDaGetQueueSize"]) {
    sim.fault(`ecode:${call}@1=125`);
    throws(() => intake.peek!(), (error: Error) => {
      ok(error instanceof DtolBackendError, String(error));
      ok(error.message.includes(`${call} returned 125`) && error.message.includes(BOARD), error.message);
      return true;
    });
  }
  for (const start = scan; scan < start + 5 * SCANS;) {
    deepEqual(intake.wait(100), []);
    scan = takeAll(intake, scan);
    intake.peek!();
  }
  await intake.stop(true);
  scan = takeAll(intake, scan);
  intake.flush();
  takeAll(intake, scan);
});

/** Looks while the board gives no buffer any more, at best just when one was lent to it. */
function lookInVain(intake: Intake, code: number): unknown {
  takeAll(intake, 0, false);
  sim.fault(`ecode:olDaGetBuffer@2+=${code}`); // the first call finds that there is none, mostly
  try {
    intake.peek!();
  } catch (error) {
    return error;
  }
  sim.fault("");
  return null;
}

looking("where the lent buffer cannot be fetched the run ends", (intake) => {
  for (let events: readonly IntakeEvent[] = []; !events.includes("disordered"); events = intake.wait(5)) {
    const error = lookInVain(intake, 125);
    ok(error === null || error instanceof DtolBackendError, String(error));
    sim.fault("");
  }
  equal(intake.take(), null);
});

looking("a lent buffer that does not come back is not freed under the board's hands", (intake) => {
  while (lookInVain(intake, 125) === null) intake.wait(5);
  sim.log();
  throws(() => intake.end(), DtolBackendError);
  deepEqual(sim.calls().filter((call) => call.startsWith("olDmFreeBuffer:")), []);
  sim.fault("");
});

looking("a board that is gone is told as that, and as nothing else", (intake) => {
  let error: unknown = null;
  while (error === null) {
    intake.wait(5);
    error = lookInVain(intake, 67);
  }
  ok(error instanceof DtolConnectionError, String(error));
  deepEqual(intake.wait(0), []);
  throws(() => intake.take(), DtolConnectionError);
  sim.fault("");
});

contract("W-35: what a look has fetched counts when the messages tell where the trigger came", async (hands) => {
  sim.signal("0=counting,1=sine:19.45:5"); // through the level just before scan 300
  const source = new AnalogThresholdStart({ channel: 1, level: -2.5, slope: "falling" });
  const about: Partial<SubsystemSettings> = {
    dataFlow: "continuous_about_trigger",
    referenceTrigger: new ReferenceTrigger({ source, postScanCount: 130 }),
    list: [0, 1].map((physicalChannel) => ({ physicalChannel, gain: 1 })),
    clock: { source: "internal", hz: 10_000 },
  };
  const look = (intake: Intake) => {
    intake.begin({ ...BUFFERS, buffers: 6 });
    intake.start();
    while (!intake.wait(1000).includes("queue_done"));
    equal(intake.peek!(), null, "it has ended");
    const flags: boolean[] = [];
    for (let taken = intake.take(); taken !== null; taken = intake.take()) {
      flags.push(taken.atTrigger ?? false);
      intake.giveBack();
    }
    deepEqual(flags, [false, false, false, true, false]);
    return Promise.resolve();
  };
  await withIntake(hands, look, about, BOARD);
}, "dataacq");

contract(
  "W-35: a look between two buffers does not hide that the trigger came between two later ones",
  async (hands) => {
    sim.signal("0=counting,1=sine:1.945:5"); // through the level just before scan 300
    const source = new AnalogThresholdStart({ channel: 1, level: -2.5, slope: "falling" });
    const about: Partial<SubsystemSettings> = {
      dataFlow: "continuous_about_trigger",
      referenceTrigger: new ReferenceTrigger({ source, postScanCount: 100 }),
      list: [0, 1].map((physicalChannel) => ({ physicalChannel, gain: 1 })),
      clock: { source: "internal", hz: 1000 },
    };
    const flagsOf = async (intake: Intake): Promise<boolean[]> => {
      const flags: boolean[] = [];
      intake.begin({ ...BUFFERS, buffers: 6 }); // 100 ms each
      intake.start();
      for (let isOver = false; !isOver;) {
        isOver = intake.wait(1000).includes("queue_done");
        for (let taken = intake.take(); taken !== null; taken = intake.take()) {
          flags.push(taken.atTrigger ?? false);
          intake.giveBack();
          const looks = flags.length === 1 ? 50 : 0; // as soon as there is anything to see
          for (let look = 0; look < looks && intake.peek!() === null; look++) {
            isOver ||= intake.wait(1).includes("queue_done");
          }
        }
      }
      await intake.stop(true);
      intake.end();
      return flags;
    };
    await withIntake(
      hands,
      async (intake) => {
        for (let runs = 0;; runs++) { // where a stall has put several buffers into one look nothing is told
          const flags = await flagsOf(intake);
          equal(flags.length, 4);
          if (flags[3]) break;
          ok(!flags.includes(true) && runs < 8, `${flags}`);
        }
      },
      about,
      BOARD,
    );
  },
  "dataacq",
);

looking("an SDK without the call is one that refuses it", (intake) => {
  sim.fault("ecode:olDaFlushFromBufferInprocess@1+=36");
  for (let look = 0; look < 3; look++) throws(() => intake.peek!(), /returned 36/);
});

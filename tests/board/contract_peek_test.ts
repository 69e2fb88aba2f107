/** The contract of all backends: looks at the buffer that is being filled. */
import { ok, strictEqual as equal, throws } from "node:assert/strict";
import type { FillingBuffer, Intake, SubsystemSettings } from "../../src/board/backend.ts";
import { ExternalDigitalStart } from "../../src/model/triggers.ts";
import { checkCodes, contract, type Hands, PLAN, withIntake } from "./contract.ts";

const BOARD = "DT9862(00)";
const SCANS = 100;
const BUFFERS = { buffers: 32, codesPerBuffer: 2 * SCANS }; // 20 ms each
const FEW = { ...BUFFERS, buffers: 6 };

function withPeeks(
  hands: Hands,
  body: (intake: Intake) => Promise<void>,
  changes: Partial<SubsystemSettings> = {},
): Promise<void> {
  const list = [0, 1].map((physicalChannel) => ({ physicalChannel, gain: 1 }));
  return withIntake(hands, body, { list, clock: { source: "internal", hz: 5000 }, ...changes }, BOARD);
}

/** Compares every code of what a run gives, at its place. */
class Reader {
  /** The scan that the next buffer begins with. */
  scan = 0;
  buffers = 0;

  constructor(readonly intake: Intake) {}

  takeAll(): void {
    for (let taken = this.intake.take(); taken !== null; taken = this.intake.take()) {
      this.scan += taken.lostBefore * SCANS;
      checkCodes(taken.codes, this.scan, BOARD, [0, 1]);
      this.scan += Math.floor(taken.codes.length / 2);
      this.buffers++;
      this.intake.giveBack();
    }
  }

  peek(): FillingBuffer | null {
    const filling = this.intake.peek!();
    if (filling === null) return null;
    ok(filling.codes.length > 0);
    equal(filling.codesBefore, filling.buffersBefore * 2 * SCANS);
    checkCodes(filling.codes, this.scan + filling.codesBefore / 2, BOARD, [0, 1]);
    return filling;
  }

  async end(): Promise<void> {
    await this.intake.stop(true);
    this.takeAll();
    this.intake.flush();
    this.takeAll();
  }
}

for (const wrapMode of ["multiple", "none"] as const) {
  contract(
    `wrapping ${wrapMode}: a look gives the samples that the buffer will have, and it comes all the same`,
    async (hands) => {
      await withPeeks(hands, async (intake) => {
        const reader = new Reader(intake);
        intake.begin(BUFFERS);
        intake.start();
        let seen = 0;
        let again = 0;
        for (let last = -1; seen < 20 || again < 3 || reader.buffers < 5;) {
          const filling = reader.peek();
          if (filling !== null) {
            seen++;
            const first = reader.scan + filling.codesBefore / 2;
            if (first === last) again++;
            last = first;
          }
          intake.wait(3);
          reader.takeAll();
        }
        await reader.end();
      }, { wrapMode });
    },
  );
}

contract("buffers that wait to be taken are told, and are taken in their order", async (hands) => {
  await withPeeks(hands, async (intake) => {
    const reader = new Reader(intake);
    intake.begin(BUFFERS);
    intake.start();
    let behind = 0;
    for (let round = 0; behind < 3; round++) {
      while ((reader.peek()?.buffersBefore ?? 1) === 0) intake.wait(5); // takes none meanwhile
      if ((reader.peek()?.buffersBefore ?? 0) > 0) behind++;
      reader.takeAll();
      intake.wait(20);
    }
    await reader.end();
  });
});

contract("while too few buffers are empty a look gives nothing, and loses nothing", async (hands) => {
  await withPeeks(hands, async (intake) => {
    const reader = new Reader(intake);
    intake.begin(FEW);
    intake.start();
    let late = 0;
    for (let nothing = 0; nothing < 50; await new Promise((resolve) => setTimeout(resolve, 2))) { // nothing is taken
      const filling = reader.peek();
      if (filling === null) nothing++;
      else if (filling.buffersBefore > FEW.buffers - 3) late++; // one is filled, and two must be empty
    }
    ok(late <= 1, "but the board may begin with one of them during the look");
    reader.takeAll();
    for (const start = reader.buffers; reader.buffers < start + 12;) { // after a loss it takes a round until it sees again
      reader.peek();
      intake.wait(20);
      reader.takeAll();
    }
    await reader.end();
  });
});

contract("before the trigger has come there is nothing to see", async (hands) => {
  await withPeeks(hands, async (intake) => {
    intake.begin(BUFFERS);
    intake.start();
    for (let look = 0; look < 3; look++) equal(intake.peek!(), null);
    await intake.stop(true);
  }, { trigger: new ExternalDigitalStart({ edge: "rising" }) });
});

contract(
  "a board that cannot be looked at leaves it out, and a buffer that was taken must be given back first",
  async (hands) => {
    await withIntake(hands, (intake) => {
      intake.begin(PLAN);
      intake.start();
      equal(intake.peek, undefined);
      return Promise.resolve();
    });
    await withPeeks(hands, (intake) => {
      intake.begin(BUFFERS);
      intake.start();
      while (intake.take() === null) intake.wait(100);
      throws(() => intake.peek!(), /has not been given back/);
      return Promise.resolve();
    });
  },
);

contract("a run that was looked at begins again from sample 0", async (hands) => {
  await withPeeks(hands, async (intake) => {
    for (let run = 0; run < 3; run++) {
      const reader = new Reader(intake);
      intake.begin(BUFFERS);
      intake.start();
      while (reader.peek() === null) {
        intake.wait(5);
        reader.takeAll();
      }
      await reader.end();
      intake.end();
    }
  });
});

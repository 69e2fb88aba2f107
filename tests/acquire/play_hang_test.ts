/** W-24: a driver that hangs while it plays a waveform. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { checkHang, outcomeOf } from "./hang_lab.ts";

interface Case {
  /** What the driver does. */
  readonly faults: string;
  /** What the program does. */
  readonly does: "play" | "stop";
  /** What the error says that was being done. */
  readonly operation: string;
  /** Samples that are known to have left at least; null if it never ran. */
  readonly samples: number | null;
}

const CASES: Readonly<Record<string, Case>> = {
  "at the start": { faults: "hang:olDaStart@1=0", does: "play", operation: "starting the board", samples: null },
  "before the start": {
    ...{ faults: "hang:olDaConfig@2=0", does: "play", operation: "getting the board ready", samples: null },
  },
  "while fetching": { faults: "hang:olDaGetBuffer@3=0", does: "play", operation: "fetching a buffer", samples: 0 },
  "while giving back": {
    ...{ faults: "hang:olDaPutBuffer@10=0", does: "play", operation: "giving a buffer back", samples: 0 },
  },
  "while stopping": { faults: "hang:olDaStop@1=0", does: "stop", operation: "ending the run", samples: 300 },
};

Deno.test("W-24 a driver that hangs ends a waveform in an error that says where, and the program can end", async (t) => {
  const all = await Promise.all(
    Object.values(CASES).map(({ faults, does }) => outcomeOf("./play_hang_child.ts", faults, does)),
  );
  for (const [i, [name, { operation, samples }]] of Object.entries(CASES).entries()) {
    await t.step(name, () => {
      const told = checkHang(all[i]!, "DT9862(00)", `while ${operation}`, operation);
      if (samples === null) return;
      equal(told.balanced, true, "the books balance");
      ok(told.samples >= samples, `${told.samples} samples`);
    });
  }
});

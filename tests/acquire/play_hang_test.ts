/** W-24: a driver that hangs while it plays a waveform; W-11: what is parked nevertheless. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { Parking } from "../../src/acquire/parking.ts";
import { checkHang, outcomeOf, type Told } from "./hang_lab.ts";

interface Case {
  /** What the driver does. */
  readonly faults: string;
  /** What the program does. */
  readonly does?: "play" | "stop" | "leave";
  /** Words of the error, and its operation. */
  readonly words?: string;
  readonly operation: string;
  /** Samples that are known to have left at least; null if it never ran. */
  readonly samples?: number | null;
  /** What is said of the outputs. Default: that the run is over, and `heater` parked; null: not looked at. */
  readonly parking?: Partial<Parking> | null;
  /** Words that say so in the error. */
  readonly tells?: readonly string[];
  /** What `heater` carries in the end: 0 V, 1 V. Default: 0 V. */
  readonly heater?: 32_768 | 36_045;
}

const NO_ANSWER = "the driver does not answer";
const NO_SAFE_VALUE = { fan: "it has no safe value" };
const PARKED: Parking = { goesOn: null, parked: { heater: 0 }, notParked: NO_SAFE_VALUE };
const NOTHING: Partial<Parking> = { parked: {}, notParked: { heater: NO_ANSWER, ...NO_SAFE_VALUE } };
const FETCHING = { faults: "hang:olDaGetBuffer@3=0", operation: "fetching a buffer", samples: 0 };
const ENDED = ["the waveform was ended", "parked: heater = 0", "not parked: fan (it has no safe value)"];

const CASES: Readonly<Record<string, Case>> = {
  "at the start": { faults: "hang:olDaStart@1=0", operation: "starting the board", samples: null },
  "before the start": { faults: "hang:olDaConfig@2=0", operation: "getting the board ready", samples: null },
  "while fetching": FETCHING,
  "while giving back": { faults: "hang:olDaPutBuffer@10=0", operation: "giving a buffer back", samples: 0 },
  "while stopping": {
    ...{ faults: "hang:olDaStop@1=0", does: "stop", operation: "stop", samples: 300 },
    words: "did not stop the waveform within 2 s",
  },
  "while stopping and while aborting": {
    ...{ faults: "hang:olDaStop@1=0;hang:olDaAbort@1+=0", does: "stop", operation: "stop", samples: 300 },
    words: "did not stop the waveform within 2 s",
    parking: { ...NOTHING, goesOn: NO_ANSWER },
    tells: ["may still go on (the driver does not answer)", "parked: nothing", "heater (the driver does not answer)"],
    heater: 36_045,
  },
  "while stopping, and refuses the abort": {
    ...{ faults: "hang:olDaStop@1=0;ecode:olDaAbort@1+=125", does: "stop", operation: "stop", samples: 300 },
    words: "did not stop the waveform within 2 s",
    tells: ["may still go on (Cannot abort", "olDaAbort returned 125", "parked: nothing", "not parked: heater (Cannot"],
    parking: null,
    heater: 36_045,
  },
  "while fetching and while parking": {
    ...FETCHING,
    faults: `${FETCHING.faults};hang:olDaPutSingleValue@1=0`,
    parking: NOTHING,
    tells: ["the waveform was ended", "parked: nothing", "heater (the driver does not answer)"],
    heater: 36_045,
  },
  "while fetching and while aborting": {
    ...FETCHING,
    faults: `${FETCHING.faults};hang:olDaAbort@1=0`,
    parking: { ...NOTHING, goesOn: NO_ANSWER },
    tells: ["may still go on (the driver does not answer)"],
    heater: 36_045,
  },
  "while fetching, where nothing is to be parked": {
    ...{ ...FETCHING, does: "leave", heater: 36_045 },
    parking: { parked: {}, notParked: { heater: "parkOnClose is false", fan: "parkOnClose is false" } },
    tells: ["the waveform was ended", "fan (parkOnClose is false)"],
  },
};

type PlayTold = Told & { readonly parking: Parking; readonly carried: readonly number[] };

Deno.test("W-24 a driver that hangs ends a waveform in an error that says where, and what is parked", async (t) => {
  const all = await Promise.all(
    Object.values(CASES).map(({ faults, does = "play" }) => outcomeOf("./play_hang_child.ts", faults, does)),
  );
  for (const [i, [name, one]] of Object.entries(CASES).entries()) {
    await t.step(name, () => {
      const { operation, words = `while ${operation}`, samples = 0, parking, tells = ENDED, heater = 32_768 } = one;
      const told = checkHang(all[i]!, "DT9862(00)", words, operation) as PlayTold;
      for (const part of tells) ok(told.error.message.includes(part), told.error.message);
      equal(told.carried[0], heater, "heater");
      if (samples === null) return;
      equal(told.balanced, true, "the books balance");
      ok(told.samples >= samples, `${told.samples} samples`);
      if (parking !== null) deepEqual(told.parking, { ...PARKED, ...parking });
    });
  }
});

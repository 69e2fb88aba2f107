import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { type BridgeOptions, voltsOfBridge, voltsToBridge } from "../../src/convert/bridge.ts";

const CELL = { excitationVolts: 10, millivoltsPerVolt: 2, ratedValue: 500 } as const;

function one(volts: number, options: BridgeOptions): string {
  const out = new Float64Array(1);
  equal(voltsToBridge(Float64Array.of(volts), out, options), null);
  return out[0]!.toFixed(6);
}

Deno.test("W-44: a load cell of 2 mV/V", () => {
  equal(one(0.02, CELL), "500.000000");
  equal(one(-0.005, CELL), "-125.000000");
  equal(one(0.021, { ...CELL, zeroVolts: 0.001 }), "500.000000");
  equal(one(0.02, { ...CELL, shuntCorrection: 0.99 }), "495.000000");
  equal(one(0.02, { ...CELL, millivoltsPerVolt: -2 }), "-500.000000");
  equal(one(0.02, { excitationVolts: 10 }), "1.000000");
  equal(voltsOfBridge(250, { ...CELL, zeroVolts: 0.001 }).toFixed(9), "0.011000000");
});

Deno.test("W-44: leads count in half and quarter bridges, not in full ones", () => {
  equal(one(0.02, { ...CELL, leadOhms: 3.5 }), "500.000000");
  equal(one(0.02, { ...CELL, leadOhms: 3.5, configuration: "half" }), "505.000000");
  equal(one(0.02, { ...CELL, leadOhms: 1.2, bridgeOhms: 120, configuration: "quarter" }), "505.000000");
});

Deno.test("W-14: a sample that is no number has a status; settings that cannot be right are refused", () => {
  const out = new Float64Array(2);
  deepEqual(voltsToBridge(Float64Array.of(NaN, 0), out, CELL), Int8Array.of(1, 0));
  for (
    const wrong of [{ excitationVolts: 0 }, { millivoltsPerVolt: 0 }, { ratedValue: 0 }, { leadOhms: -1 }, {
      configuration: "third" as "half",
    }]
  ) {
    throws(() => voltsToBridge(out, out, { ...CELL, ...wrong }), DtolValidationError, JSON.stringify(wrong));
  }
  throws(() => voltsToBridge(out, new Float64Array(1), CELL), RangeError);
});

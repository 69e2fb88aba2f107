import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { REFERENCE_FUNCTIONS } from "../../src/convert/its90.ts";
import { cjcVoltsToDegC } from "../../src/convert/temperature.ts";
import {
  THERMOCOUPLE_TYPES,
  thermocoupleDegC,
  thermocoupleRange,
  type ThermocoupleType,
  thermocoupleVolts,
  voltsToTemperature,
} from "../../src/convert/thermocouple.ts";
import inverse from "./testdata/its90-inverse.json" with { type: "json" };

/** 193 entries of the tables that NIST prints. */
const VECTORS = Deno.readTextFileSync(new URL("testdata/its90-vectors.tsv", import.meta.url))
  .trimEnd().split("\n").slice(1).map((line) => {
    const [type, degC, mV] = line.split("\t");
    return { type: type as ThermocoupleType, degC: Number(degC), mV: Number(mV) };
  });

/** The reference function, apart from the library's own: powers summed one by one. */
function emf(type: ThermocoupleType, t: number): number {
  const { coefficients, exponential } = REFERENCE_FUNCTIONS[type].find((piece) => t <= piece.highDegC)!;
  let sum = exponential === undefined ? 0 : exponential[0] * Math.exp(exponential[1] * (t - exponential[2]) ** 2);
  for (const [i, c] of coefficients.entries()) sum += c * t ** i;
  return sum;
}

/** The exact inverse: bisection down to the last bit. */
function exact(type: ThermocoupleType, mV: number): number {
  let { lowMeasuredDegC: low, highDegC: high } = thermocoupleRange(type);
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (emf(type, middle) < mV) low = middle;
    else high = middle;
  }
}

Deno.test("W-31: all eight types give every entry of the NIST tables, to the last printed digit", () => {
  equal(VECTORS.length, 193);
  deepEqual(new Set(VECTORS.map(({ type }) => type)), new Set(THERMOCOUPLE_TYPES));
  for (const { type, degC, mV } of VECTORS) {
    const off = Math.abs(thermocoupleVolts(type, degC) * 1000 - mV);
    ok(off <= 0.0005 + 1e-9, `${type} ${degC} degC: off by ${off} mV`);
  }
});

Deno.test("W-31: all eight types give the temperature of every entry, as far as its digits tell", () => {
  let told = 0;
  for (const { type, degC, mV } of VECTORS) {
    const { lowMeasuredDegC } = thermocoupleRange(type);
    if (degC < lowMeasuredDegC) continue; // type B at 0 and 20 degC: these emf are those of warmer junctions
    const result = thermocoupleDegC(type, mV / 1000);
    const [low, high] = [exact(type, mV - 0.0005), exact(type, mV + 0.0005)];
    ok(result >= low - 0.0005 && result <= high + 0.0005, `${type} ${mV} mV: ${result}, not ${low} to ${high}`);
    ok(degC >= low - 0.0005 && degC <= high + 0.0005);
    told++;
  }
  equal(told, 191);
});

Deno.test("temperatures are 0.00001 K from the exact inverse over all of each range, type N 0.0005 K", () => {
  const steps = 5000;
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowVolts, highVolts, lowMeasuredDegC, highDegC } = thermocoupleRange(type);
    // Even steps of emf, and even steps of temperature, which crowd where the emf is flat.
    const evenMv = Float64Array.from(
      { length: steps + 1 },
      (_, i) => 1000 * (lowVolts + (highVolts - lowVolts) * i / steps),
    );
    const evenDegC = Float64Array.from({ length: steps + 1 }, (_, i) => {
      return emf(type, lowMeasuredDegC + (highDegC - lowMeasuredDegC) * i / steps);
    });
    for (const mV of [evenMv, evenDegC]) {
      const out = new Float64Array(mV.length);
      equal(voltsToTemperature(mV.map((v) => v / 1000), out, { type }), null, type);
      let worst = 0;
      for (let i = 0; i <= steps; i++) worst = Math.max(worst, Math.abs(out[i]! - exact(type, mV[i]!)));
      ok(worst < (type === "N" ? 0.0005 : 0.00001), `${type}: ${worst} K`);
    }
  }
});

Deno.test("the inverse polynomials of NIST lie around these temperatures as wide as NIST's own error says", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    for (const { range_c, coefficients, computed_error_c } of inverse.types[type]) {
      const [from, to] = range_c as [number, number];
      const [least, greatest] = computed_error_c as [number, number];
      for (let i = 0; i <= 2000; i++) {
        const degC = from + (to - from) * i / 2000;
        const volts = thermocoupleVolts(type, degC);
        const nist = coefficients.reduce((sum, d, power) => sum + d * (volts * 1000) ** power, 0);
        const off = nist - thermocoupleDegC(type, volts);
        const allowed = 1e-5 + (type === "N" ? 5e-4 : 1e-5);
        ok(off >= least - allowed && off <= greatest + allowed, `${type} ${degC} degC: ${off} K`);
      }
    }
  }
});

Deno.test("W-15: one temperature and many are the same, bit by bit", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowMeasuredDegC, highDegC } = thermocoupleRange(type);
    const volts = Float64Array.from({ length: 999 }, (_, i) => {
      return thermocoupleVolts(type, lowMeasuredDegC + (highDegC - lowMeasuredDegC) * i / 1000) - 1e-4;
    }).filter((v) => v + thermocoupleVolts(type, 23.4) > thermocoupleRange(type).lowVolts);
    const out = new Float64Array(volts.length);
    voltsToTemperature(volts, out, { type, cjcDegC: 23.4 });
    volts.forEach((v, i) => {
      const inRange = v + thermocoupleVolts(type, 23.4) <= thermocoupleRange(type).highVolts;
      if (inRange) equal(out[i], thermocoupleDegC(type, v, 23.4));
    });
  }
});

Deno.test("the cold junction: emf are added, not temperatures", () => {
  equal(thermocoupleDegC("K", 0.004096, 25).toFixed(1), "124.3");
  const volts = Float64Array.of(0.004096, 0.004096, 0.004096);
  const cjc = Float64Array.of(0.25, 0, -0.1); // a cold-junction channel: 10 mV per degC
  cjcVoltsToDegC(cjc, cjc);
  deepEqual([...cjc], [25, 0, -10]);
  const out = new Float64Array(3);
  equal(voltsToTemperature(volts, out, { type: "K", cjcDegC: cjc }), null);
  for (const [i, degC] of cjc.entries()) ok(Math.abs(out[i]! - thermocoupleDegC("K", 0.004096, degC)) < 1e-6);
});

Deno.test("a cold junction a sample is as good as a fixed one, over the range of each type", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowDegC, highDegC, highVolts, lowMeasuredDegC } = thermocoupleRange(type);
    const cjc = Float64Array.from({ length: 5001 }, (_, i) => lowDegC + (highDegC - lowDegC) * i / 5000);
    const target = (lowMeasuredDegC + highDegC) / 2;
    const volts = cjc.map((degC) => thermocoupleVolts(type, target) - thermocoupleVolts(type, degC));
    const out = new Float64Array(cjc.length);
    equal(voltsToTemperature(volts, out, { type, cjcDegC: cjc }), null);
    ok(highVolts > 0 && out.every((degC) => Math.abs(degC - target) < 0.0005), type);
  }
});

Deno.test("units: degC, degF and kelvin", () => {
  const volts = Float64Array.of(thermocoupleVolts("T", 100));
  const out = new Float64Array(1);
  for (const [unit, value] of [["deg_c", 100], ["deg_f", 212], ["kelvin", 373.15]] as const) {
    voltsToTemperature(volts, out, { type: "T", unit });
    ok(Math.abs(out[0]! - value) < 1e-5, unit);
  }
  throws(() => voltsToTemperature(volts, out, { type: "T", unit: "rankine" as "kelvin" }), DtolValidationError);
});

Deno.test("W-31: what lies outside the range is an error, for one value", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowDegC, highDegC, lowVolts, highVolts } = thermocoupleRange(type);
    for (const degC of [lowDegC - 0.001, highDegC + 0.001, NaN, Infinity]) {
      const words = {
        name: "DtolValidationError",
        message: new RegExp(`type ${type} .*${degC} degC.*${lowDegC} to ${highDegC}`),
      };
      throws(() => thermocoupleVolts(type, degC), words);
      throws(() => thermocoupleDegC(type, 0, degC), words);
    }
    for (const volts of [lowVolts - 0.6e-6, highVolts + 0.6e-6]) {
      throws(() => thermocoupleDegC(type, volts), {
        name: "DtolValidationError",
        message: new RegExp(`type ${type} .*from ${volts} V.*${lowVolts} to ${highVolts} V`),
      });
    }
    throws(() => thermocoupleDegC(type, NaN), DtolValidationError);
  }
  throws(() => thermocoupleDegC("X" as "K", 0), /must be one of J, K, T, E, R, S, B, N, but it is "X"/);
});

Deno.test("half a printed digit beyond an end is that end, so that the tables' own ends are not refused", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowMeasuredDegC, highDegC, lowVolts, highVolts } = thermocoupleRange(type);
    equal(thermocoupleDegC(type, lowVolts), lowMeasuredDegC);
    equal(thermocoupleDegC(type, lowVolts - 0.4e-6), lowMeasuredDegC);
    equal(thermocoupleDegC(type, highVolts).toFixed(9), highDegC.toFixed(9));
    equal(thermocoupleDegC(type, highVolts + 0.4e-6), highDegC);
  }
});

Deno.test("W-14, W-31: what lies outside the range is NaN with its status, for many", () => {
  for (const type of THERMOCOUPLE_TYPES) {
    const { lowVolts, highVolts } = thermocoupleRange(type);
    const volts = Float64Array.of(lowVolts - 1e-6, lowVolts, highVolts, highVolts + 1e-6, 10, -10, NaN, Infinity);
    const out = new Float64Array(8);
    deepEqual(voltsToTemperature(volts, out, { type, openVolts: 10 }), Int8Array.of(2, 0, 0, 3, 1, 1, 1, 1));
    deepEqual([...out].map(Number.isNaN), [true, false, false, true, true, true, true, true]);
  }
});

Deno.test("W-14: a cold junction that is out of range or not a number is a fault of the sample", () => {
  const out = new Float64Array(4);
  const volts = new Float64Array(4);
  const cjcDegC = Float64Array.of(20, -300, 2000, NaN);
  deepEqual(voltsToTemperature(volts, out, { type: "K", cjcDegC }), Int8Array.of(0, 2, 3, 1));
  for (const [i, degC] of cjcDegC.entries()) {
    const mask = voltsToTemperature(volts, out, { type: "K", cjcDegC: degC });
    deepEqual(mask, i === 0 ? null : new Int8Array(4).fill([0, 2, 3, 1][i]!));
    ok(i === 0 || out.every(Number.isNaN));
  }
});

Deno.test("W-14: NaN never goes with status ok, nor a number with a fault", () => {
  const strange = [NaN, Infinity, -Infinity, 0, -0, 1e-9, -1e-9, 0.01, -0.01, 0.0764, 1, -1, 1e300, -1e300, 5e-324];
  const volts = Float64Array.from(strange.flatMap((v) => strange.map(() => v)));
  const cjcDegC = Float64Array.from(strange.flatMap(() => strange.map((v) => v * 1000)));
  for (const type of THERMOCOUPLE_TYPES) {
    for (const cold of [cjcDegC, ...strange]) {
      const out = new Float64Array(volts.length);
      const mask = voltsToTemperature(volts, out, { type, cjcDegC: cold }) ?? new Int8Array(volts.length);
      out.forEach((degC, i) =>
        equal(Number.isFinite(degC), mask[i] === 0, `${type}: ${volts[i]} V gave ${degC}, ${mask[i]}`)
      );
    }
  }
});

Deno.test("type B tells temperatures from its minimum up, and none below", () => {
  const { lowDegC, lowMeasuredDegC, lowVolts } = thermocoupleRange("B");
  equal(lowDegC, 0);
  equal(lowMeasuredDegC.toFixed(3), "21.020");
  equal((lowVolts * 1e6).toFixed(2), "-2.58");
  for (const degC of [21.03, 22, 30, 42, 100, 250, 1820]) {
    ok(Math.abs(thermocoupleDegC("B", thermocoupleVolts("B", degC)) - degC) < 1e-5, `${degC}`);
  }
  ok(thermocoupleDegC("B", thermocoupleVolts("B", 10)) > 21.02); // its twin on the other side of the minimum
});

Deno.test("voltsToTemperature() works in place, and refuses arrays that are too short", () => {
  const values = Float64Array.of(0, 0.004096);
  equal(voltsToTemperature(values, values, { type: "K" }), null);
  ok(Math.abs(values[0]!) < 1e-5 && Math.abs(values[1]! - 100) < 0.02);
  const one = new Float64Array(1);
  throws(() => voltsToTemperature(values, one, { type: "K" }), /"out" has no room for them: its length is 1/);
  throws(() => voltsToTemperature(values, values, { type: "K", cjcDegC: one }), /"cjcDegC" has no room/);
  throws(() => voltsToTemperature(values, values, { type: "K", openVolts: 0 }), DtolValidationError);
});

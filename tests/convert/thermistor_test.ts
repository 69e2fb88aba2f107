import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import {
  thermistor,
  thermistorDegC,
  thermistorOhms,
  thermistorOhmsToTemperature,
} from "../../src/convert/thermistor.ts";

const T44006 = thermistor({ a: 1.0295e-3, b: 2.391e-4, c: 1.568e-7 });
const CJC = thermistor({ a: 1.295361e-3, b: 2.343159e-4, c: 1.018703e-7 });

Deno.test("two published thermistors have their rated resistance at 25 degC", () => {
  equal(thermistorDegC(T44006, 10_000).toFixed(3), "24.983");
  equal(thermistorDegC(CJC, 5000).toFixed(3), "25.000");
});

Deno.test("ohms and degC go both ways to 1e-9 degC", () => {
  const negative = thermistor({ a: 1.1e-3, b: 2.4e-4, c: -1e-9 }); // a fit over a short range may have such a C
  const two = thermistor({ a: 1.1e-3, b: 2.4e-4, c: 0 });
  const tiny = thermistor({ a: 1.1e-3, b: 2.4e-4, c: 1e-15 });
  for (const sensor of [T44006, CJC, negative, two, tiny]) {
    for (let degC = -80; degC <= 150; degC += 0.5) {
      ok(Math.abs(thermistorDegC(sensor, thermistorOhms(sensor, degC)) - degC) < 1e-9, `${degC} degC`);
    }
  }
});

Deno.test("what has no temperature is an error for one value, NaN with a status for many", () => {
  const sensor = thermistor({ ...T44006, lowDegC: -50, highDegC: 150 });
  for (const ohms of [0, -5, NaN, Infinity, 1, 1e9]) throws(() => thermistorDegC(sensor, ohms), DtolValidationError);
  for (const degC of [-50.1, 150.1, NaN, -300]) throws(() => thermistorOhms(sensor, degC), DtolValidationError);
  const ohms = Float64Array.of(10_000, 1e7, 1, 0, -1, NaN, Infinity, 2e9);
  const out = new Float64Array(8);
  deepEqual(thermistorOhmsToTemperature(ohms, out, sensor, { openOhms: 1e9 }), Int8Array.of(0, 2, 3, 3, 3, 1, 1, 1));
  deepEqual([...out].map(Number.isNaN), [false, true, true, true, true, true, true, true]);
  thermistorOhmsToTemperature(ohms.subarray(0, 1), out, sensor, { unit: "kelvin" });
  equal(out[0]!.toFixed(3), "298.133");
});

Deno.test("a description that cannot be right is refused", () => {
  throws(() => thermistor({ a: NaN, b: 1, c: 0 }), /thermistor.a must be a finite number/);
  throws(() => thermistor({ a: 1e-3, b: 0, c: 0 }), /thermistor.b must be a finite number above 0/);
  throws(
    () => thermistor({ ...T44006, lowDegC: -300 }),
    /thermistor.lowDegC must be -273.15 to below 1000, but it is -300/,
  );
});

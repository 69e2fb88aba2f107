import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { dividerVoltsToOhms, voltsToAmps, voltsToIepe, voltsToOhms } from "../../src/convert/electrical.ts";

Deno.test("ohms, amps and accelerations from volts", () => {
  const out = new Float64Array(2);
  equal(voltsToOhms(Float64Array.of(0.1, 0.5), out, 0.5), null);
  deepEqual([...out], [0.2, 1]);
  equal(voltsToAmps(Float64Array.of(1, 5), out, 250), null);
  deepEqual([...out], [0.004, 0.02]);
  equal(voltsToIepe(Float64Array.of(1, -0.5), out, -0.25), null);
  deepEqual([...out], [-4, 2]);
});

Deno.test("a divider: the reference itself means an open resistor", () => {
  const out = new Float64Array(4);
  const divider = { referenceVolts: 5, seriesOhms: 10_000 };
  deepEqual(dividerVoltsToOhms(Float64Array.of(2.5, 0, 5, 6), out, divider), Int8Array.of(0, 0, 1, 1));
  deepEqual([...out], [10_000, 0, NaN, NaN]);
});

Deno.test("W-14: a sample that is no number has a status", () => {
  const out = new Float64Array(3);
  deepEqual(voltsToAmps(Float64Array.of(1, NaN, -Infinity), out, 1), Int8Array.of(0, 1, 1));
  deepEqual([...out], [1, NaN, NaN]);
});

Deno.test("settings that cannot be right and arrays too short are refused", () => {
  const one = new Float64Array(1);
  throws(() => voltsToOhms(one, one, 0), /excitationAmps must be a finite number above 0, but it is 0/);
  throws(() => voltsToAmps(one, one, -1), DtolValidationError);
  throws(() => voltsToIepe(one, one, 0), /voltsPerUnit must be other than 0/);
  throws(() => dividerVoltsToOhms(one, one, { referenceVolts: 5, seriesOhms: NaN }), DtolValidationError);
  throws(() => voltsToOhms(new Float64Array(2), one, 1), /"ohms" has no room/);
});

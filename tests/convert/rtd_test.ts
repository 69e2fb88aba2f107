import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { rtd, RTD_TYPES, rtdDegC, rtdOhms, rtdOhmsToTemperature } from "../../src/convert/rtd.ts";

/** Pt100 to IEC 60751, as printed. */
const PT100 = [
  [-200, 18.52],
  [-190, 22.825],
  [-180, 27.096],
  [-170, 31.335],
  [-160, 35.543],
  [-150, 39.723],
  [-140, 43.876],
  [-130, 48.005],
  [-120, 52.11],
  [-110, 56.193],
  [-100, 60.256],
  [-90, 64.3],
  [-80, 68.325],
  [0, 100],
  [0.1, 100.039],
  [25.5, 109.929],
  [100, 138.506],
  [850, 390.481],
] as const;

Deno.test("a Pt100 gives 18 published values, both ways", () => {
  const pt100 = rtd();
  for (const [degC, ohms] of PT100) {
    ok(Math.abs(rtdOhms(pt100, degC) - ohms) <= 0.0005 + 1e-9, `${degC} degC`);
    ok(Math.abs(rtdDegC(pt100, ohms) - degC) <= 0.002, `${ohms} ohm`); // half a milliohm, 0.3 to 0.43 ohm/degC
  }
});

Deno.test("all curves go from ohms to degC and back to 1e-8 degC, below 0 too", () => {
  const standard = RTD_TYPES.filter((type) => type !== "custom").map((type) => rtd({ type, r0: 1000 }));
  const custom = rtd({ type: "custom", a: 4e-3, b: 0, lowDegC: -100, highDegC: 200 });
  for (const sensor of [...standard, custom]) {
    for (let i = 0; i <= 1000; i++) {
      const degC = sensor.lowDegC + (sensor.highDegC - sensor.lowDegC) * i / 1000;
      const off = rtdDegC(sensor, rtdOhms(sensor, degC)) - degC;
      ok(Math.abs(off) < 1e-8, `${sensor.type} ${degC} degC: ${off}`);
    }
  }
});

Deno.test("each curve has the mean coefficient of its name", () => {
  const alphas = { pt3750: 3750, pt3850: 3851, pt3911: 3911, pt3916: 3915, pt3920: 3920, pt3928: 3930 }; // of 1e-6
  for (const [type, alpha] of Object.entries(alphas)) {
    const sensor = rtd({ type: type as "pt3850" });
    equal(Math.round((rtdOhms(sensor, 100) / 100 - 1) * 1e4), alpha, type);
  }
});

Deno.test("dropping C would cost 2.4 degC at -200 degC", () => {
  const { a, b } = rtd();
  const without = rtd({ type: "custom", a, b, lowDegC: -210 });
  equal(rtdDegC(without, rtdOhms(rtd(), -200)).toFixed(1), "-202.4");
});

Deno.test("what lies outside the range is an error for one value, NaN with a status for many", () => {
  const pt100 = rtd();
  throws(() => rtdOhms(pt100, -200.1), /at -200.1 degC: it must be -200 to 850 degC/);
  throws(() => rtdDegC(pt100, 18.5), /from 18.5 ohm: it must be 18.520\d* to 390.481\d* ohm/);
  throws(() => rtdDegC(pt100, NaN), DtolValidationError);
  const ohms = Float64Array.of(100, 18, 391, NaN, Infinity, 1e5, -Infinity, 138.5055);
  const out = new Float64Array(8);
  deepEqual(rtdOhmsToTemperature(ohms, out, pt100, { openOhms: 1e4 }), Int8Array.of(0, 2, 3, 1, 1, 1, 1, 0));
  deepEqual([...out].map(Number.isNaN), [false, true, true, true, true, true, true, false]);
  equal(rtdOhmsToTemperature(Float64Array.of(138.5055), out, pt100, { unit: "deg_f" }), null);
  equal(out[0]!.toFixed(6), "212.000000");
  throws(() => rtdOhmsToTemperature(ohms, new Float64Array(1), pt100), RangeError);
});

Deno.test("a description that cannot be right is refused", () => {
  throws(() => rtd({ type: "custom" }), /rtd.a must be a finite number/);
  throws(() => rtd({ a: 3.9e-3 }), /rtd.a must be absent, as pt3850 has its own, but it is 0.0039/);
  throws(() => rtd({ r0: 0 }), /rtd.r0 must be a finite number above 0/);
  throws(() => rtd({ type: "pt100" as "pt3850" }), /rtd.type must be one of/);
  throws(() => rtd({ lowDegC: 10, highDegC: 10 }), DtolValidationError);
  throws(() => rtd({ type: "custom", a: 3.9e-3, b: -5e-6 }), /must make a resistance that rises, but at 850 degC/);
});

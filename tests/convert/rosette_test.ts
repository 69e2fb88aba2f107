import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { deltaRosette, principalStresses, rectangularRosette, rosetteStrains } from "../../src/convert/rosette.ts";

/** What a gage at an angle reads. */
function reads(degrees: number, ex: number, ey: number, gxy: number): number {
  const a = degrees * Math.PI / 180;
  return ex * Math.cos(a) ** 2 + ey * Math.sin(a) ** 2 + gxy * Math.sin(a) * Math.cos(a);
}

function near(actual: number, expected: number, by: number, what: string): void {
  ok(Math.abs(actual - expected) <= by, `${what}: ${actual}, not ${expected}`);
}

Deno.test("W-38: pure shear has its principal axes at +45 or -45 degrees, not at 0", () => {
  equal(rectangularRosette(0, 100, 0).angleDeg, 45);
  equal(rectangularRosette(0, -100, 0).angleDeg, -45);
  equal(rectangularRosette(50, 150, 50).angleDeg, 45);
  equal(rectangularRosette(-200, -300, -200).angleDeg, -45);
  const shear = [0, 60, 120].map((a) => reads(a, 0, 0, 200)) as [number, number, number];
  near(deltaRosette(...shear).angleDeg, 45, 1e-9, "delta");
  deepEqual([rectangularRosette(0, 100, 0).max, rectangularRosette(0, 100, 0).min], [100, -100]);
});

Deno.test("W-38: rosettes find the state of strain and its direction wherever it points", () => {
  for (let angle = -85; angle <= 90; angle += 5) {
    const [max, min] = [900, -250];
    const a = angle * Math.PI / 180;
    const ex = max * Math.cos(a) ** 2 + min * Math.sin(a) ** 2;
    const ey = max * Math.sin(a) ** 2 + min * Math.cos(a) ** 2;
    const gxy = 2 * (max - min) * Math.sin(a) * Math.cos(a);
    const states = [
      rectangularRosette(...[0, 45, 90].map((at) => reads(at, ex, ey, gxy)) as [number, number, number]),
      deltaRosette(...[0, 60, 120].map((at) => reads(at, ex, ey, gxy)) as [number, number, number]),
    ];
    for (const state of states) {
      near(state.max, max, 1e-9, "max");
      near(state.min, min, 1e-9, "min");
      near(Math.abs(state.angleDeg - angle) % 180, 0, 1e-9, `angle ${angle}`);
    }
  }
});

Deno.test("published examples", () => {
  const one = rectangularRosette(420, -45, -300); // Beer and Johnston, problem 7.144
  deepEqual([one.x, one.y, one.xy, one.max, one.min, one.maxShear], [420, -300, -210, 435, -315, 750]);
  near(one.angleDeg, -8.13, 0.005, "angle");
  const two = deltaRosette(1018, 224, -1527); // a lecture's example
  near(two.y, -1208, 0.5, "y");
  near(two.xy, 2022, 0.5, "xy");
  near(two.max, 1409, 0.5, "max");
  near(two.min, -1599, 0.5, "min");
  near(two.angleDeg, 21.12, 0.005, "angle");
  const three = deltaRosette(800, -200, 625);
  near(three.y, 16.667, 0.0005, "y");
  near(three.xy, -952.63, 0.005, "xy");
  near(three.max, 1025, 0.05, "max");
  near(three.min, -208.33, 0.05, "min");
  near(three.angleDeg, -25.28, 0.005, "angle");
});

Deno.test("principal stresses: the published state of strain at E 70 GPa, nu 0.33", () => {
  const [ex, ey, gxy] = [770e-6, -350e-6, 1940e-6]; // MecMovies M13.6
  const state = rectangularRosette(ex, reads(45, ex, ey, gxy), ey);
  near(state.max * 1e6, 1330.04, 0.005, "max");
  near(state.min * 1e6, -910.04, 0.005, "min");
  near(state.angleDeg, 30, 0.005, "angle");
  const { max, min, maxShear } = principalStresses(state, 70_000, 0.33);
  const a = state.angleDeg * Math.PI / 180;
  near(maxShear * Math.sin(2 * a), 51.05, 0.005, "shear stress");
  near((max + min) / 2 - maxShear * Math.cos(2 * a), -7.53, 0.005, "stress in y");
  throws(() => principalStresses(state, 0, 0.3), DtolValidationError);
  throws(() => principalStresses(state, 70_000, 1), DtolValidationError);
});

Deno.test("strain that is the same in all directions has none; -0 does not turn 90 degrees into -90", () => {
  const { max, min, angleDeg } = rectangularRosette(10, 10, 10);
  deepEqual([max, min, angleDeg], [10, 10, NaN]);
  equal(rectangularRosette(-100, 0, 100).angleDeg, 90);
  equal(deltaRosette(-100, -0, -0).angleDeg, 90);
});

Deno.test("rosetteStrains() writes arrays, in place if wanted, and what a gage lacks all lack", () => {
  const gages: [Float64Array, Float64Array, Float64Array] = [
    Float64Array.of(0, 420, NaN),
    Float64Array.of(100, -45, 1),
    Float64Array.of(0, -300, 1),
  ];
  rosetteStrains("rectangular", gages, { max: gages[0], min: gages[1], angleDeg: gages[2] });
  deepEqual([...gages[0]], [100, 435, NaN]);
  deepEqual([...gages[1]], [-100, -315, NaN]);
  equal(gages[2][0], 45);
  ok(Number.isNaN(gages[2][2]));
  const short = { max: new Float64Array(2), min: gages[1], angleDeg: gages[2] };
  throws(() => rosetteStrains("delta", gages, short), /"max" has no room/);
  throws(() => rosetteStrains("tee" as "delta", gages, short), DtolValidationError);
});

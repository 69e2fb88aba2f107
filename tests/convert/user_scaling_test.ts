import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import {
  LinearScaling,
  PolynomialScaling,
  TableScaling,
  type UserScaling,
  userScalingFromJson,
} from "../../src/convert/user_scaling.ts";

const LINE = new LinearScaling({ slope: 2, offset: -1 });
const TABLE = new TableScaling({ inputs: [-1, 0, 2], outputs: [10, 0, 4] });
const CURVE = new PolynomialScaling({ coefficients: [1, 0, 3] });
const ALL: UserScaling[] = [LINE, TABLE, CURVE];

Deno.test("a line, a table and a polynomial", () => {
  deepEqual([0, 1, -2].map((x) => LINE.apply(x)), [-1, 1, -5]);
  deepEqual([-1, -0.5, 0, 0.5, 2].map((x) => TABLE.apply(x)), [10, 5, 0, 1, 4]);
  deepEqual([0, 1, -2].map((x) => CURVE.apply(x)), [1, 4, 13]);
  equal(new LinearScaling({ slope: 3 }).offset, 0);
});

Deno.test("many values are scaled as one is, in place if wanted", () => {
  const values = Float64Array.from({ length: 301 }, (_, i) => -1 + i / 100);
  for (const scaling of ALL) {
    const out = values.slice();
    equal(scaling.convert(out, out), null);
    values.forEach((value, i) => equal(out[i], scaling.apply(value)));
    throws(() => scaling.convert(values, new Float64Array(1)), RangeError);
  }
});

Deno.test("a long table finds every one of its points and what is between", () => {
  const inputs = Array.from({ length: 1000 }, (_, i) => i * i);
  const table = new TableScaling({ inputs, outputs: inputs.map(Math.sqrt) });
  inputs.forEach((input, i) => equal(table.apply(input), i));
  ok(Math.abs(table.apply(0.25) - 0.25) < 1e-12);
});

Deno.test("W-14: outside a table is NaN with a status, or an error", () => {
  const values = Float64Array.of(-1.01, 0, 2.01, NaN, Infinity);
  const out = new Float64Array(5);
  deepEqual(TABLE.convert(values, out), Int8Array.of(2, 0, 3, 1, 3));
  deepEqual([...out], [NaN, 0, NaN, NaN, NaN]);
  throws(() => TABLE.apply(2.01), /Cannot scale 2.01 by a table: it must be -1 to 2/);
  const strict = new TableScaling({ ...TABLE, inputs: TABLE.inputs, outputs: TABLE.outputs, outside: "error" });
  throws(() => strict.convert(values, out), /Cannot scale -1.01 by a table/);
});

Deno.test("W-14: what is no number has a status in all of them, and is an error for one value", () => {
  for (const scaling of ALL) {
    const out = new Float64Array(1);
    deepEqual(scaling.convert(Float64Array.of(NaN), out), Int8Array.of(1));
    throws(() => scaling.apply(NaN), DtolValidationError);
  }
  deepEqual(LINE.convert(Float64Array.of(1e308), new Float64Array(1)), Int8Array.of(1)); // overflows
});

Deno.test("scalings go through JSON with snake_case keys, and are frozen", () => {
  for (const scaling of ALL) {
    const json = JSON.parse(JSON.stringify(scaling));
    equal(json.kind, scaling.kind);
    deepEqual(userScalingFromJson(json), scaling);
    ok(Object.isFrozen(scaling));
  }
  deepEqual(JSON.parse(JSON.stringify(TABLE)), {
    kind: "table",
    inputs: [-1, 0, 2],
    outputs: [10, 0, 4],
    outside: "nan",
  });
  ok(Object.isFrozen(TABLE.inputs) && Object.isFrozen(CURVE.coefficients));
});

Deno.test("settings that cannot be right are refused, with their place", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => new LinearScaling({ slope: 0 }), /scaling.slope must be a finite number other than 0/],
    [() => new LinearScaling({ slope: NaN }), /scaling.slope must be a finite number other than 0, but it is NaN/],
    [() => new TableScaling({ inputs: [1], outputs: [1] }), /scaling.inputs must be a list of numbers, at least 2,/],
    [
      () => new TableScaling({ inputs: [1, 2], outputs: [1, 2, 3] }),
      /scaling.outputs must be as many numbers as inputs, 2, but it is 3/,
    ],
    [
      () => new TableScaling({ inputs: [0, 2, 2], outputs: [1, 2, 3] }),
      /scaling.inputs\[2\] must be above the one before it, 2/,
    ],
    [() => new TableScaling({ inputs: [0, Infinity], outputs: [1, 2] }), /scaling.inputs\[1\] must be a finite number/],
    [
      () => new TableScaling({ inputs: [0, 1], outputs: [1, 2], outside: "clamp" as "nan" }),
      /must be one of nan, error/,
    ],
    [() => new PolynomialScaling({ coefficients: [] }), /a list of numbers, at least 1,/],
    [() => userScalingFromJson({ kind: "cubic" }), /scaling.kind must be one of linear, table, polynomial/],
    [() => userScalingFromJson({ kind: "linear", slop: 1 }), /scaling.slop is not known/],
    [() => LinearScaling.fromJSON({ kind: "table" }), /scaling.kind must be "?\\?"?linear/],
    [() => userScalingFromJson(null), /scaling must be an object/],
  ];
  for (const [make, words] of wrong) {
    throws(make, (error) => error instanceof DtolValidationError && words.test(error.message));
  }
});

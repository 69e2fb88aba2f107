import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { PeekCheck } from "../../src/board/peek_check.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);
const codes = (...values: number[]) => Uint16Array.from(values);

pure("W-27 a buffer must hold what was seen of it, look after look, and when it is full", () => {
  const check = new PeekCheck("uint16", 4);
  equal(check.isProven, false);
  equal(check.looked(codes(1, 2)), true);
  equal(check.isProven, false);
  equal(check.looked(codes(1, 2, 3)), true);
  equal(check.isProven, true);
  equal(check.full(codes(1, 2, 3, 4), true), true);
  equal(check.looked(codes(5)), true, "the next one");
});

pure("W-27 samples that are gone are missed, also where all are the same", () => {
  const check = new PeekCheck("uint16", 4);
  check.looked(codes(7, 7, 7));
  equal(check.looked(codes(7, 7)), false);
  equal(check.isProven, false);
  check.forget();
  check.looked(codes(1, 2));
  equal(check.full(codes(3, 4, 5, 6), true), false, "it begins elsewhere");
  check.looked(codes(1, 2));
  equal(check.full(codes(1), true), false, "it is shorter");
  check.looked(codes(1, 2));
  equal(check.full(codes(1), false), true, "as it may be where the run was cut off");
  check.looked(codes(1, 2));
  equal(check.full(codes(2), false), false);
});

pure("what was overwritten is not compared, and nothing is where nothing was seen", () => {
  const check = new PeekCheck("uint16", 4);
  check.looked(codes(1, 2));
  check.forget();
  deepEqual([check.full(codes(8, 9), true), check.looked(codes()), check.looked(codes(1)), check.isProven], [
    ...[true, true, true],
    false,
  ]);
});

pure("values that are no number compare as well", () => {
  const check = new PeekCheck("float32", 2);
  check.looked(Float32Array.of(NaN));
  equal(check.full(Float32Array.of(NaN, 1), true), true);
});

import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { parseFormula } from "../../src/convert/formula.ts";
import { DtolValidationError } from "../../src/errors.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

const SAMPLES = { a: 3, b: -2, c: 0.5, "outer ring": 7, 'q"uo\\te': 11, température: 20, sqrt: 13, pi: 17, x2: 5 };
const rows = new Map(Object.entries(SAMPLES).map(([name, value]) => [name, Float64Array.of(value)]));

function valueOf(text: string): number {
  const out = new Float64Array(1);
  parseFormula(text).evaluate(rows, out);
  return out[0]!;
}

pure("a formula has the value that mathematics gives it", () => {
  const cases: readonly (readonly [string, number])[] = [
    ...[["a", 3], ["a+b", 1], ["a-b", 5], ["a*b", -6], ["a/b", -1.5], ["a^2", 9], ["a ^ b", 1 / 9]] as const,
    ...[["2+3*a", 11], ["(2+3)*a", 15], ["a-b-c", 4.5], ["a/b/c", -3], ["2^3^2", 512], ["(2^3)^2", 64]] as const,
    ...[["-a^2", -9], ["(-a)^2", 9], ["2^-1*a", 1.5], ["--a", 3], ["-+a", -3], ["a*-b", 6], ["a - -b", 1]] as const,
    ...[["1e-3*a", 0.003], [".5*a", 1.5], ["2.*a", 6], ["1.5E2*a", 450], ["a*1e+2", 300]] as const,
    ...[["sqrt(a+1)", 2], ["abs(b)", 2], ["exp(a-3)", 1], ["ln(exp(b))", -2], ["log10(100*a/3)", 2]] as const,
    ...[["sin(pi*c)*a", 3], ["cos(pi)*a", -3], ["atan2(c, c)*a", Math.PI / 4 * 3]] as const,
    ...[["min(a, b)", -2], ["max(a,b,c)", 3], ["min(5, 4, a)", 3], ["max(min(a,1),c)", 1]] as const,
    ...[['"outer ring" + a', 10], ['"q\\"uo\\\\te"*1', 11], ["température*2", 40], ["x2", 5]] as const,
    ...[['"sqrt"', 13], ['sqrt("sqrt" + a)', 4], ['"pi" + 0', 17], ["\n a\t+ b ", 1], [
      "a^2^0.5",
      3 ** 2 ** 0.5,
    ]] as const,
  ];
  for (const [text, value] of cases) {
    ok(Math.abs(valueOf(text) - value) < 1e-12, `${text} is ${valueOf(text)}, not ${value}`);
  }
});

pure("names are told once, in the order of the text", () => {
  deepEqual(parseFormula('b + "outer ring" * (b - a) ^ pi').names, ["b", "outer ring", "a"]);
  deepEqual(parseFormula("2 * pi").names, []);
});

pure("what is no formula is refused with the place where it stops being one", () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["a + * b", 5, "there must be a number, a channel, a function or ("],
    ["(a + b", 7, "there must be ): it ends"],
    ["a b", 3, "there must be an operator or the end"],
    ["a)", 2, "there must be an operator or the end"],
    ["foo(a)", 1, "there must be one of the functions sqrt, abs, exp, ln, log10, sin, cos, atan2, min, max"],
    ["1 + sqrt(a, b)", 5, "sqrt takes 1 values: 2"],
    ["atan2(a)", 1, "atan2 takes 2 values: 1"],
    ["atan2(a, b, c)", 1, "atan2 takes 2 values: 3"],
    ["min(a)", 1, "min takes 2 or more values: 1"],
    ["sqrt + 1", 6, 'there must be ( (a channel called sqrt is written "sqrt")'],
    ["2 $ a", 3, "there must be a number, a channel, a function or an operator"],
    ['a + "open', 5, "there must be a number, a channel, a function or an operator"],
    ["1e999 * a", 1, "there must be a finite number"],
    ["a, b", 2, "there must be an operator or the end"],
    ["a =", 3, "there must be a number, a channel, a function or an operator"],
    ["a[0]", 2, "there must be a number, a channel, a function or an operator"],
    ["a.constructor", 2, "there must be"],
    ["()", 2, "there must be a number"],
    ["-".repeat(101) + "a", 101, "there must be at most 100 levels"],
    ["(".repeat(101) + "a" + ")".repeat(101), 101, "there must be at most 100 levels"],
  ];
  for (const [text, place, words] of cases) {
    throws(() => parseFormula(text), (error: Error) => {
      ok(error instanceof DtolValidationError, `${text}: ${error}`);
      const head = `Cannot read the formula ${JSON.stringify(text)} as at character ${place} ${words}`;
      ok(error.message.startsWith(head), `${error.message} / ${head}`);
      return true;
    }, text);
  }
  for (const text of ["", "  ", undefined, 7, null]) {
    throws(() => parseFormula(text as string), /^DtolValidationError: Cannot read a formula as there is none/);
  }
  throws(() => parseFormula("a+".repeat(3000) + "a"), /Cannot read a formula of 6001 characters: at most 4096 may be/);
  equal(valueOf("(".repeat(99) + "a" + ")".repeat(99)), 3);
});

pure("long rows are computed sample by sample, over the seams of the pieces, in place if wanted", () => {
  for (const length of [0, 1, 1023, 1024, 1025, 5000]) {
    const a = Float64Array.from({ length }, (_, i) => i - 700);
    const b = Float64Array.from({ length: length + 3 }, (_, i) => 2 * i + 1); // a row may be longer
    const wanted = a.map((value, i) => (value * value - 12.5) / b[i]! + Math.max(value, b[i]!, 3));
    const formula = parseFormula("(a^2 - 12.5) / b + max(a, b, 3)");
    const out = new Float64Array(length);
    equal(formula.evaluate(new Map([["a", a], ["b", b]]), out), null);
    deepEqual(out, wanted, `${length}`);
    formula.evaluate(new Map([["a", a], ["b", b]]), a);
    deepEqual(a, wanted, `${length} in place`);
  }
});

pure("W-14: NaN in gives NaN out by every operator and function, and what is no number has a status", () => {
  const nan = new Map([["a", Float64Array.of(1, NaN, 1)], ["b", Float64Array.of(1, 1, NaN)]]);
  const out = new Float64Array(3);
  for (
    const text of [
      ...["a+b", "a-b", "a*b", "a/b", "a^b", "atan2(a,b)", "min(a,b)", "max(a,b)", "0*a+0*b", "(a+b)^0", "a^0*b^0"],
      ...["sqrt(a*b)", "abs(a*b)", "exp(a*b)", "ln(a*b)", "log10(a*b)", "sin(a*b)", "cos(a*b)", "-(a*b)", "(a*b)^2"],
    ]
  ) {
    const statuses = parseFormula(text).evaluate(nan, out);
    deepEqual([...out].map(Number.isNaN), [false, true, true], text);
    deepEqual(statuses, Int8Array.of(0, 1, 1), text);
  }
  const zero = new Map([["a", Float64Array.of(0, -1, 4)]]);
  for (
    const [text, finite] of [["1/a", [false, true, true]], ["sqrt(a)", [true, false, true]], ["ln(a)", [
      false,
      false,
      true,
    ]]] as const
  ) {
    const statuses = parseFormula(text).evaluate(zero, out);
    deepEqual([...statuses!].map((status) => status === 0), finite, text);
    deepEqual([...out].map((value) => !Number.isNaN(value)), finite, text);
  }
});

pure("a row that is not there, or is too short, is refused", () => {
  const formula = parseFormula("a + b");
  const a = new Float64Array(4);
  throws(() => formula.evaluate(new Map([["a", a]]), a), /no channel "b": there are a$/);
  throws(
    () => formula.evaluate(new Map([["a", a], ["b", a.subarray(1)]]), a),
    /^RangeError: Cannot evaluate 4 samples .* "b" has 3$/,
  );
});

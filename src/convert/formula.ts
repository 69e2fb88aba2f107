/**
 * Formulas over channels, `(force - 12.5) / area * 1e6`: parsed to a tree, evaluated over whole rows of samples, never
 * run as code.
 *
 * | written                                      | means                                              |
 * | -------------------------------------------- | -------------------------------------------------- |
 * | `+ - * /`, `^`, `( )`                         | as in mathematics; `-2^2` is -4, `2^3^2` is `2^(3^2)` |
 * | `1`, `.5`, `1e-3`                            | numbers                                            |
 * | `force`, `"outer ring"`                      | channels; in quotes what is no plain name          |
 * | `sqrt abs exp ln log10 sin cos`              | functions of one value; angles are radians         |
 * | `atan2(y, x)`, `min(a, b, ...)`, `max(...)`  | functions of two, and of two or more               |
 * | `pi`                                         | 3.14159...                                         |
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import { type FunctionOfOne, type Node, type OperatorOfTwo, parse } from "./formula_parser.ts";
import { markNotFinite } from "./status.ts";

/** A formula that was read. */
export interface Formula {
  /** Names of the channels in it, each once, in the order of the text. */
  readonly names: readonly string[];
  /**
   * The values of the formula, into an array the caller owns, which may be one of the rows. NaN in gives NaN out, and a
   * value that is no finite number (a division by 0, the root of -1) is NaN as well.
   *
   * @param rows Samples of each channel that the formula names, at least as many as `out` holds.
   * @param out Receives one value a sample.
   * @returns One status a sample, a place in `SENSOR_STATUSES`, `sensor_open` where the value is NaN; null when all are
   * numbers.
   * @throws {RangeError} If a row is shorter than `out`.
   * @throws {DtolValidationError} If the row of a channel is not there.
   */
  evaluate(rows: ReadonlyMap<string, Float64Array>, out: Float64Array): Int8Array | null;
}

/** Samples that are worked on at a time: small enough to stay in the processor's cache. */
const PIECE = 1024;

/**
 * Reads a formula.
 *
 * @throws {DtolValidationError} With the place in the text where it stops being a formula.
 *
 * @example Power of a heater
 * ```ts
 * import { parseFormula } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const power = parseFormula('volts * "current in"');
 * deepEqual(power.names, ["volts", "current in"]);
 * const watts = new Float64Array(2);
 * const rows = new Map([["volts", Float64Array.of(10, 20)], ["current in", Float64Array.of(2, 3)]]);
 * power.evaluate(rows, watts);
 * deepEqual([...watts], [20, 60]);
 * ```
 */
export function parseFormula(text: string): Formula {
  const { root, names } = parse(text);
  let step: Step | undefined; // made when it is first needed: it holds arrays
  return Object.freeze({
    names: Object.freeze(names),
    evaluate(rows: ReadonlyMap<string, Float64Array>, out: Float64Array): Int8Array | null {
      checkRows(text, names, rows, out.length);
      step ??= stepOf(root);
      for (let start = 0; start < out.length; start += PIECE) {
        const length = Math.min(PIECE, out.length - start);
        out.set(step(rows, start, length).subarray(0, length), start);
      }
      return markNotFinite(out, out.length);
    },
  });
}

/** The values of a part of a formula for `length` samples from `start`; they hold until it is asked again. */
type Step = (rows: ReadonlyMap<string, Float64Array>, start: number, length: number) => Float64Array;

function checkRows(
  text: string,
  names: readonly string[],
  rows: ReadonlyMap<string, Float64Array>,
  length: number,
): void {
  for (const name of names) {
    const row = rows.get(name);
    if (row === undefined) {
      throw new DtolValidationError(
        `Cannot evaluate the formula "${text}" as there is no channel "${name}": there are ${
          [...rows.keys()].join(", ")
        }`,
      );
    }
    if (row.length < length) {
      throw new RangeError(
        `Cannot evaluate ${length} samples of the formula "${text}" as channel "${name}" has ${row.length}`,
      );
    }
  }
}

/** A part of a formula as the step that computes it, with an array for its values. */
function stepOf(node: Node): Step {
  const out = new Float64Array(PIECE);
  switch (node.is) {
    case "number":
      out.fill(node.value);
      return () => out;
    case "name":
      return (rows, start, length) => rows.get(node.name)!.subarray(start, start + length);
    case "one": {
      const of = stepOf(node.of);
      const run = OF_ONE[node.by];
      return (rows, start, length) => {
        run(of(rows, start, length), out, length);
        return out;
      };
    }
    case "two": {
      const [left, right] = [stepOf(node.left), stepOf(node.right)];
      if (node.by === "^" && node.right.is === "number" && node.right.value === 2) {
        return (rows, start, length) => {
          const x = left(rows, start, length);
          OF_TWO["*"](x, x, out, length);
          return out;
        };
      }
      const run = OF_TWO[node.by];
      return (rows, start, length) => {
        run(left(rows, start, length), right(rows, start, length), out, length);
        return out;
      };
    }
  }
}

// Each has a loop of its own: a loop that calls what it is given is ten times slower.

type RunOne = (x: Float64Array, out: Float64Array, length: number) => void;

const OF_ONE: Readonly<Record<FunctionOfOne | "negate", RunOne>> = {
  negate: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = -x[i]!;
  },
  sqrt: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.sqrt(x[i]!);
  },
  abs: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.abs(x[i]!);
  },
  exp: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.exp(x[i]!);
  },
  ln: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.log(x[i]!);
  },
  log10: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.log10(x[i]!);
  },
  sin: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.sin(x[i]!);
  },
  cos: (x, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.cos(x[i]!);
  },
};

type RunTwo = (a: Float64Array, b: Float64Array, out: Float64Array, length: number) => void;

const OF_TWO: Readonly<Record<OperatorOfTwo, RunTwo>> = {
  "+": (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = a[i]! + b[i]!;
  },
  "-": (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = a[i]! - b[i]!;
  },
  "*": (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = a[i]! * b[i]!;
  },
  "/": (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = a[i]! / b[i]!;
  },
  "^": (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = power(a[i]!, b[i]!);
  },
  atan2: (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.atan2(a[i]!, b[i]!);
  },
  min: (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.min(a[i]!, b[i]!);
  },
  max: (a, b, out, length) => {
    for (let i = 0; i < length; i++) out[i] = Math.max(a[i]!, b[i]!);
  },
};

/** NaN to the power of 0 is 1 in JavaScript; here it stays unknown. */
function power(a: number, b: number): number {
  return a !== a ? NaN : a ** b;
}

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
import { type Node, parse } from "./formula_parser.ts";
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
  return Object.freeze({
    names: Object.freeze(names),
    evaluate(rows: ReadonlyMap<string, Float64Array>, out: Float64Array): Int8Array | null {
      checkRows(text, names, rows, out.length);
      for (let start = 0; start < out.length; start += PIECE) {
        const end = Math.min(start + PIECE, out.length);
        const value = valueOf(root, { rows, start, length: end - start });
        if (typeof value === "number") out.fill(value, start, end);
        else out.set(value, start);
      }
      return markNotFinite(out, out.length);
    },
  });
}

/** The samples that are worked on. */
interface Piece {
  readonly rows: ReadonlyMap<string, Float64Array>;
  readonly start: number;
  readonly length: number;
}

/** A number where it is the same for all samples, so that constants cost nothing. */
type Value = number | Float64Array;

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

function valueOf(node: Node, piece: Piece): Value {
  switch (node.is) {
    case "number":
      return node.value;
    case "name":
      return piece.rows.get(node.name)!.subarray(piece.start, piece.start + piece.length);
    case "one":
      return mapOne(node.apply, valueOf(node.of, piece));
    case "two":
      return mapTwo(node.apply, valueOf(node.left, piece), valueOf(node.right, piece), piece.length);
  }
}

function mapOne(apply: (x: number) => number, x: Value): Value {
  if (typeof x === "number") return apply(x);
  const out = new Float64Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = apply(x[i]!);
  return out;
}

function mapTwo(apply: (a: number, b: number) => number, a: Value, b: Value, length: number): Value {
  if (typeof a === "number" && typeof b === "number") return apply(a, b);
  const out = new Float64Array(length);
  if (typeof a === "number") {
    for (let i = 0; i < length; i++) out[i] = apply(a, (b as Float64Array)[i]!);
  } else if (typeof b === "number") {
    for (let i = 0; i < length; i++) out[i] = apply(a[i]!, b);
  } else {
    for (let i = 0; i < length; i++) out[i] = apply(a[i]!, b[i]!);
  }
  return out;
}

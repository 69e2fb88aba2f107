/**
 * Scalings that users define: what a number that was measured means, as a line, a table or a polynomial.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import {
  at,
  type Field,
  type FieldTable,
  fill,
  finite,
  listOf,
  objectSchema,
  optional,
  optionsFromJson,
  toJson,
  withoutKind,
  word,
} from "../model/field_table.ts";
import { finiteNumber, invalid, oneOf, plainObject, show } from "../model/fields.ts";
import { checkRoom, markNotFinite, STATUS } from "./status.ts";

/** What every user scaling can do. */
export interface UserScaling {
  /** Kind of scaling, as files name it. */
  readonly kind: "linear" | "table" | "polynomial";
  /**
   * The value that a number stands for.
   *
   * @throws {DtolValidationError} If the number is not finite, or lies outside a table.
   */
  apply(value: number): number;
  /**
   * The values that many numbers stand for, into an array the caller owns, which may be the array of the numbers. A
   * number that has none becomes NaN and gets a status.
   *
   * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
   * @throws {RangeError} If `out` is shorter than `values`.
   */
  convert(values: Float64Array, out: Float64Array): Int8Array | null;
  /** The scaling as JSON, which {@linkcode userScalingFromJson} reads back. */
  toJSON(): Record<string, unknown>;
}

/** Settings of a {@linkcode LinearScaling}. */
export interface LinearScalingOptions {
  /** What 1 is worth; not 0. */
  readonly slope: number;
  /** What 0 is worth. Default: 0. */
  readonly offset?: number;
}

const LINEAR: FieldTable = { slope: finite({ notZero: true }), offset: optional(finite(), 0) };

/**
 * A line: `slope x value + offset`.
 *
 * @example 4 to 20 mA as 0 to 100 %
 * ```ts
 * import { LinearScaling } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const percent = new LinearScaling({ slope: 100 / 0.016, offset: -25 });
 * equal(percent.apply(0.012), 50);
 * ```
 */
export class LinearScaling implements UserScaling {
  /** Kind of scaling, as files name it. */
  readonly kind = "linear";
  /** What 1 is worth. */
  declare readonly slope: number;
  /** What 0 is worth. */
  declare readonly offset: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Slope and offset.
   * @throws {DtolValidationError} If one is not finite, or the slope is 0.
   */
  constructor(options: LinearScalingOptions) {
    fill(this, LINEAR, "scaling", withoutKind("scaling", "linear", options));
    Object.freeze(this);
  }

  /** The value that a number stands for. */
  apply(value: number): number {
    return finiteNumber("value", value) * this.slope + this.offset;
  }

  /** The values that many numbers stand for. */
  convert(values: Float64Array, out: Float64Array): Int8Array | null {
    checkRoom("out", values, out);
    const { slope, offset } = this;
    for (let i = 0; i < values.length; i++) out[i] = values[i]! * slope + offset;
    return markNotFinite(out, values.length);
  }

  /** The scaling as JSON. */
  toJSON(): Record<string, unknown> {
    return { kind: this.kind, ...toJson(this, LINEAR) };
  }

  /** Makes a scaling from its JSON. */
  static fromJSON(value: unknown): LinearScaling {
    return new LinearScaling(optionsOf("linear", value, LINEAR) as never);
  }
}

/** What a table does with a number outside of it: NaN with a status, or an error. */
export const OUTSIDE_POLICIES = ["nan", "error"] as const;
/** One of {@linkcode OUTSIDE_POLICIES}. */
export type OutsidePolicy = typeof OUTSIDE_POLICIES[number];

/** Settings of a {@linkcode TableScaling}. */
export interface TableScalingOptions {
  /** Numbers measured, at least two, rising. */
  readonly inputs: readonly number[];
  /** What each of them is worth. */
  readonly outputs: readonly number[];
  /** What `convert()` does with a number outside the inputs; `apply()` always throws. Default: `nan`. */
  readonly outside?: OutsidePolicy;
}

const TABLE: FieldTable = {
  inputs: listOf(finite(), "numbers", 2),
  outputs: listOf(finite(), "numbers", 2),
  outside: optional(word(OUTSIDE_POLICIES), "nan"),
};

/**
 * A table, with straight lines between its points and nothing outside of them. A number below or above the inputs
 * becomes NaN with status `temp_out_of_range_low` or `_high` (of the statuses there are, those that say so), one that
 * is not a number `sensor_open`; or all of these are errors.
 *
 * @example A float in a tank
 * ```ts
 * import { TableScaling } from "@dtollib/dtollib";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const litres = new TableScaling({ inputs: [0, 1, 4], outputs: [0, 10, 100] });
 * equal(litres.apply(2), 40);
 * const out = new Float64Array(2);
 * deepEqual(litres.convert(Float64Array.of(0.5, 5), out), Int8Array.of(0, 3));
 * deepEqual([...out], [5, NaN]);
 * ```
 */
export class TableScaling implements UserScaling {
  /** Kind of scaling, as files name it. */
  readonly kind = "table";
  /** Numbers measured, rising. */
  declare readonly inputs: readonly number[];
  /** What each of them is worth. */
  declare readonly outputs: readonly number[];
  /** What `convert()` does with a number outside the inputs. */
  declare readonly outside: OutsidePolicy;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The points, and what becomes of numbers outside.
   * @throws {DtolValidationError} If there are fewer than two points, a number is not finite, the inputs do not rise,
   * or there are not as many outputs as inputs.
   */
  constructor(options: TableScalingOptions) {
    fill(this, TABLE, "scaling", withoutKind("scaling", "table", options));
    if (this.outputs.length !== this.inputs.length) {
      throw invalid("scaling.outputs", `as many numbers as inputs, ${this.inputs.length}`, this.outputs.length);
    }
    this.inputs.forEach((input, i) => {
      if (i === 0 || input > this.inputs[i - 1]!) return;
      throw invalid(`scaling.inputs[${i}]`, `above the one before it, ${this.inputs[i - 1]}`, input);
    });
    Object.freeze(this);
  }

  /** The value that a number stands for. */
  apply(value: number): number {
    if (value >= this.inputs[0]! && value <= this.inputs.at(-1)!) return this.#between(value);
    throw new DtolValidationError(
      `Cannot scale ${value} by a table: it must be ${this.inputs[0]} to ${this.inputs.at(-1)}`,
    );
  }

  /** The values that many numbers stand for; throws at the first outside if that was wanted. */
  convert(values: Float64Array, out: Float64Array): Int8Array | null {
    checkRoom("out", values, out);
    const low = this.inputs[0]!;
    const high = this.inputs.at(-1)!;
    let mask: Int8Array | null = null;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value >= low && value <= high) {
        out[i] = this.#between(value);
        continue;
      }
      if (this.outside === "error") this.apply(value);
      (mask ??= new Int8Array(values.length))[i] = value < low ? STATUS.low : value > high ? STATUS.high : STATUS.open;
      out[i] = NaN;
    }
    return mask;
  }

  /** The scaling as JSON. */
  toJSON(): Record<string, unknown> {
    return { kind: this.kind, ...toJson(this, TABLE) };
  }

  /** Makes a scaling from its JSON. */
  static fromJSON(value: unknown): TableScaling {
    return new TableScaling(optionsOf("table", value, TABLE) as never);
  }

  #between(value: number): number {
    const { inputs, outputs } = this;
    let below = 0;
    let above = inputs.length - 1;
    while (above - below > 1) {
      const middle = (below + above) >> 1;
      if (inputs[middle]! <= value) below = middle;
      else above = middle;
    }
    const share = (value - inputs[below]!) / (inputs[above]! - inputs[below]!);
    return outputs[below]! * (1 - share) + outputs[above]! * share;
  }
}

/** Settings of a {@linkcode PolynomialScaling}. */
export interface PolynomialScalingOptions {
  /** `c[0] + c[1] x + c[2] x^2 ...`; at least one. */
  readonly coefficients: readonly number[];
}

const POLYNOMIAL: FieldTable = { coefficients: listOf(finite(), "numbers", 1) };

/** A polynomial, by ascending powers. */
export class PolynomialScaling implements UserScaling {
  /** Kind of scaling, as files name it. */
  readonly kind = "polynomial";
  /** Coefficients by ascending powers. */
  declare readonly coefficients: readonly number[];

  /**
   * Checks the settings and freezes them.
   *
   * @param options The coefficients.
   * @throws {DtolValidationError} If there is none, or one is not finite.
   */
  constructor(options: PolynomialScalingOptions) {
    fill(this, POLYNOMIAL, "scaling", withoutKind("scaling", "polynomial", options));
    Object.freeze(this);
  }

  /** The value that a number stands for. */
  apply(value: number): number {
    return this.#at(finiteNumber("value", value));
  }

  /** The values that many numbers stand for. */
  convert(values: Float64Array, out: Float64Array): Int8Array | null {
    checkRoom("out", values, out);
    for (let i = 0; i < values.length; i++) out[i] = this.#at(values[i]!);
    return markNotFinite(out, values.length);
  }

  /** The scaling as JSON. */
  toJSON(): Record<string, unknown> {
    return { kind: this.kind, ...toJson(this, POLYNOMIAL) };
  }

  /** Makes a scaling from its JSON. */
  static fromJSON(value: unknown): PolynomialScaling {
    return new PolynomialScaling(optionsOf("polynomial", value, POLYNOMIAL) as never);
  }

  #at(x: number): number {
    let y = 0;
    for (let i = this.coefficients.length - 1; i >= 0; i--) y = y * x + this.coefficients[i]!;
    return y;
  }
}

/**
 * Makes a user scaling from its JSON.
 *
 * @throws {DtolValidationError} If the kind or a key is not known, or a value is wrong.
 */
export function userScalingFromJson(value: unknown): UserScaling {
  const { kind } = plainObject("scaling", value);
  switch (oneOf("scaling.kind", kind, ["linear", "table", "polynomial"])) {
    case "linear":
      return LinearScaling.fromJSON(value);
    case "table":
      return TableScaling.fromJSON(value);
    case "polynomial":
      return PolynomialScaling.fromJSON(value);
  }
}

/** A user scaling, as a field of a channel. */
export function userScaling(): Field<UserScaling> {
  return {
    check(path, value) {
      if ([LinearScaling, TableScaling, PolynomialScaling].some((kind) => value instanceof kind)) {
        return value as UserScaling;
      }
      throw invalid(path, "a LinearScaling, a TableScaling or a PolynomialScaling", value);
    },
    fromJson: (path, json) => at("scaling", path, () => userScalingFromJson(json)),
    toJson: (value) => value.toJSON(),
    schema: {
      oneOf: [objectSchema(LINEAR, "linear"), objectSchema(TABLE, "table"), objectSchema(POLYNOMIAL, "polynomial")],
    },
  };
}

function optionsOf(kind: string, value: unknown, fields: FieldTable): Record<string, unknown> {
  const { kind: given, ...rest } = plainObject("scaling", value);
  if (given !== kind) throw invalid("scaling.kind", show(kind), given);
  return optionsFromJson(fields, "scaling", rest);
}

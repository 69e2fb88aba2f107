/**
 * Properties of a TEDS template as a table: what stands in which bits, and how.
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";
import type { TedsBits } from "./bits.ts";

/** How bits stand for a value; the names are those of IEEE 1451.4. */
export type TedsCoding =
  /** A whole number. */
  | { readonly type: "UNINT" }
  /** An IEEE 754 number of 32 bits. */
  | { readonly type: "Single" }
  /** Letters of 5 bits: 0 is a blank, 1 to 26 are A to Z. */
  | { readonly type: "Chr5" }
  /** Days since 1 January 1998. */
  | { readonly type: "Date" }
  /** `start + step x code`. */
  | { readonly type: "ConRes"; readonly start: number; readonly step: number }
  /** `start x (1 + 2 tolerance)^code`. */
  | { readonly type: "ConRelRes"; readonly start: number; readonly tolerance: number }
  /** Bits whose meaning is not known here. */
  | { readonly type: "unknown" };

/** A property of a template. */
export interface TedsProperty {
  /** Its name, as the DataAcq SDK spells it: `exciteAmplNom`. */
  readonly name: string;
  /** How many bits it has; up to 32, of `unknown` ones any number. */
  readonly bits: number;
  /** How they stand for its value. */
  readonly coding: TedsCoding;
}

/** Properties in the order of their bits. */
export type TedsLayout = readonly TedsProperty[];

/** Values by the names of the properties; what is empty or unknown is undefined. */
export type TedsValues = Readonly<Record<string, number | string | undefined>>;

/**
 * Reads properties in their order.
 *
 * A property is undefined where it is empty: a Single that is no number, a code of all ones, text of blanks, and the
 * code 0 of a date.
 *
 * @throws {DtolReadError} If the bits end too early.
 */
export function readProperties(bits: TedsBits, layout: TedsLayout): TedsValues {
  const values: Record<string, number | string | undefined> = {};
  for (const property of layout) values[property.name] = readProperty(bits, property);
  return values;
}

/** A value that is a number, or undefined. */
export function numberOf(values: TedsValues, name: string): number | undefined {
  const value = values[name];
  return typeof value === "number" ? value : undefined;
}

/** A value that is text, or undefined. */
export function textOf(values: TedsValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** One of some words, by a value that is its number. */
export function wordOf<T extends string>(values: TedsValues, name: string, words: readonly T[]): T | undefined {
  const code = numberOf(values, name);
  if (code === undefined) return undefined;
  if (words[code] !== undefined) return words[code];
  throw new DtolReadError(`Cannot read the ${name} of a TEDS: it is ${code}, and must be 0 to ${words.length - 1}`);
}

/**
 * Two values that bound a range. A range without width says nothing and is undefined.
 *
 * @throws {DtolReadError} If it ends before it begins.
 */
export function rangeOf(values: TedsValues, low: string, high: string): [low?: number, high?: number] {
  const from = numberOf(values, low);
  const to = numberOf(values, high);
  if (from === undefined || to === undefined || from === to) return [];
  if (from < to) return [from, to];
  throw new DtolReadError(`Cannot read the ${low} of a TEDS: it is ${from}, and must be below its ${high}, ${to}`);
}

function readProperty(bits: TedsBits, { name, bits: count, coding }: TedsProperty): number | string | undefined {
  if (coding.type === "unknown") {
    for (let left = count; left > 0; left -= 32) bits.take(Math.min(left, 32), name);
    return undefined;
  }
  const code = bits.take(count, name);
  switch (coding.type) {
    case "UNINT":
      return code;
    case "Single":
      return single(code);
    case "Chr5":
      return letters(code, count);
    case "Date":
      return date(code, count);
    case "ConRes":
      return code === 2 ** count - 1 ? undefined : rounded(coding.start + coding.step * code);
    case "ConRelRes":
      return code === 2 ** count - 1 ? undefined : coding.start * (1 + 2 * coding.tolerance) ** code;
  }
}

/** Without the last digits that sums of decimal fractions have: 2.5 and not 2.5000000000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

function single(code: number): number | undefined {
  const value = new Float32Array(Uint32Array.of(code).buffer)[0]!;
  return Number.isFinite(value) ? value : undefined;
}

/** Codes above 26 are signs that the standard names and no public source shows; text with one is undefined. */
function letters(code: number, count: number): string | undefined {
  let text = "";
  for (let i = 0; i < count / 5; i++) {
    const letter = Math.floor(code / 32 ** i) % 32;
    if (letter > 26) return undefined;
    text += letter === 0 ? " " : String.fromCharCode(64 + letter);
  }
  return text.trim() === "" ? undefined : text.trim();
}

function date(code: number, count: number): string | undefined {
  if (code === 0 || code === 2 ** count - 1) return undefined;
  return new Date(Date.UTC(1998, 0, 1 + code)).toISOString().slice(0, 10);
}

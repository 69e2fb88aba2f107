/**
 * Units of channels in the words of others.
 *
 * @module
 */

const PINT: Readonly<Record<string, string>> = {
  Ohm: "ohm",
  strain: "dimensionless",
  counts: "dimensionless",
  "1": "dimensionless",
};

/** Atoms of UCUM; those that take a prefix are spelt as here. */
const UCUM: Readonly<Record<string, string>> = {
  degC: "Cel",
  degF: "[degF]",
  K: "K",
  strain: "1",
  counts: "{counts}",
  "1": "1",
  "%": "%",
};
const UCUM_METRIC = /^([num]|k|M|G)?(V|A|Hz|s|N|Pa|m|g|W|J|Ohm)$/;

/**
 * A unit as Pint for Python spells it, for programs that hand data on to it.
 *
 * @param unit Unit of a channel; null for none.
 * @returns Its name; what Pint has the same name for, or nobody knows, as it is; null for none.
 *
 * @example Of strain and of volts
 * ```ts
 * import { toPint } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(["strain", "Ohm", "V", null].map(toPint), ["dimensionless", "ohm", "V", null]);
 * ```
 */
export function toPint(unit: string | null): string | null {
  return unit === null ? null : Object.hasOwn(PINT, unit) ? PINT[unit]! : unit;
}

/**
 * A unit as a case-sensitive code of UCUM, the Unified Code for Units of Measure.
 *
 * @param unit Unit of a channel; null for none.
 * @returns The code; null for none, and for a unit that this library does not know, which need not be one of UCUM.
 *
 * @example Of temperatures
 * ```ts
 * import { toUcum } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(["degC", "K", "mV", "furlong"].map(toUcum), ["Cel", "K", "mV", null]);
 * ```
 */
export function toUcum(unit: string | null): string | null {
  if (unit === null) return null;
  if (Object.hasOwn(UCUM, unit)) return UCUM[unit]!;
  return UCUM_METRIC.test(unit) ? unit : null;
}

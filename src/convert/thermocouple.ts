/**
 * Thermocouples of types J, K, T, E, R, S, B and N by the ITS-90 reference functions, both ways, one value or many.
 *
 * One rule holds for one value and for many, so that polled and streamed temperatures of a voltage are the same, bit by
 * bit: the emf of the cold junction is added to what was measured, and the exact inverse of the reference function is
 * taken from a table. It is 0.000003 K from the exact inverse at most, for type N 0.0002 K near 0 degC, over these
 * ranges (cold junctions that are given one a sample add 0.000001 K):
 *
 * | type | degC          | type | degC         |
 * | ---- | ------------- | ---- | ------------ |
 * | J    | -210 to 1200  | R    | -50 to 1768.1 |
 * | K    | -270 to 1372  | S    | -50 to 1768.1 |
 * | T    | -270 to 400   | B    | 21.02 to 1820 |
 * | E    | -270 to 1000  | N    | -270 to 1300 |
 *
 * These are the ranges of the reference functions, wider than those of the inverse polynomials of NIST (from -200 degC
 * for K, T, E and N, from 250 degC for B). Below 21.02 degC type B has none: its emf falls from 0 to 21 degC and rises
 * again, so that an emf there stands for two temperatures. From temperature to emf type B works from 0 degC.
 *
 * Source: NIST Standard Reference Database 60.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import { finiteNumber, oneOf } from "../model/fields.ts";
import { emfMv, emfRange, lowestDegC } from "./emf.ts";
import { type CubicTable, forwardTable, type InverseTable, inverseTable } from "./emf_table.ts";
import { THERMOCOUPLE_TYPES, type ThermocoupleType } from "./its90.ts";
import { checkRoom, STATUS } from "./status.ts";
import { temperatureScale, type TemperatureUnit } from "./temperature.ts";

export { THERMOCOUPLE_TYPES, type ThermocoupleType } from "./its90.ts";
export { buildThermocoupleTables } from "./emf_table.ts";

/** What a type of thermocouple can be used for. */
export interface ThermocoupleRange {
  /** Lowest temperature that has an emf, degC. */
  readonly lowDegC: number;
  /** Highest temperature, degC. */
  readonly highDegC: number;
  /** Lowest temperature that can be told from an emf, degC: `lowDegC`, but 21.02 for type B. */
  readonly lowMeasuredDegC: number;
  /** Emf of `lowMeasuredDegC`, volts. */
  readonly lowVolts: number;
  /** Emf of `highDegC`, volts. */
  readonly highVolts: number;
}

/** How volts of a channel become temperatures. */
export interface VoltsToTemperatureOptions {
  /** Type of the thermocouple. */
  readonly type: ThermocoupleType;
  /**
   * Temperature of the cold junction in degC: one for all samples, or one a sample (`cjcVoltsToDegC` makes these of a
   * board's cold-junction channel). Default: 0, for volts that are referred to 0 degC already.
   */
  readonly cjcDegC?: number | Float64Array;
  /** Unit of the temperatures. Default: `deg_c`. */
  readonly unit?: TemperatureUnit;
  /**
   * A reading of so many volts or more, of either sign, means an open sensor: boards pull an open input to the end of
   * their range. Default: no reading does, and such a sample is out of range, high or low.
   */
  readonly openVolts?: number;
}

/**
 * The range of a type of thermocouple.
 *
 * @throws {DtolValidationError} If there is no such type.
 */
export function thermocoupleRange(type: ThermocoupleType): ThermocoupleRange {
  oneOf("type", type, THERMOCOUPLE_TYPES);
  const { lowDegC, highDegC } = emfRange(type);
  const lowMeasuredDegC = lowestDegC(type);
  return {
    lowDegC,
    highDegC,
    lowMeasuredDegC,
    lowVolts: emfMv(type, lowMeasuredDegC) / 1000,
    highVolts: emfMv(type, highDegC) / 1000,
  };
}

/**
 * The emf in volts of a thermocouple at a temperature in degC, its reference junction at 0 degC.
 *
 * @throws {DtolValidationError} If there is no such type, or its reference function does not reach the temperature.
 *
 * @example A type K thermocouple in boiling water
 * ```ts
 * import { thermocoupleVolts } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * equal(thermocoupleVolts("K", 100).toFixed(6), "0.004096");
 * ```
 */
export function thermocoupleVolts(type: ThermocoupleType, degC: number): number {
  oneOf("type", type, THERMOCOUPLE_TYPES);
  checkTemperature("junction", type, degC);
  return emfMv(type, degC) / 1000;
}

/**
 * The temperature in degC of a thermocouple.
 *
 * @param type Type of the thermocouple.
 * @param volts Volts measured.
 * @param cjcDegC Temperature of the cold junction in degC. Default: 0.
 * @throws {DtolValidationError} If there is no such type, or the cold junction or the voltage lies outside its range;
 * an emf may lie 0.5 uV beyond an end, half a digit of the printed tables, and then is that end.
 *
 * @example 4.096 mV of type K, with the cold junction at 25 degC and at 0 degC
 * ```ts
 * import { thermocoupleDegC } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * equal(thermocoupleDegC("K", 0.004096, 25).toFixed(1), "124.3");
 * equal(thermocoupleDegC("K", 0.004096).toFixed(1), "100.0");
 * ```
 */
export function thermocoupleDegC(type: ThermocoupleType, volts: number, cjcDegC = 0): number {
  oneOf("type", type, THERMOCOUPLE_TYPES);
  checkTemperature("cold junction", type, cjcDegC);
  finiteNumber("volts", volts);
  const table = inverseTable(type);
  const emf = volts * 1000 + emfMv(type, cjcDegC);
  if (emf < table.leastMv || emf > table.greatestMv) {
    const { lowVolts, highVolts, lowMeasuredDegC, highDegC } = thermocoupleRange(type);
    throw new DtolValidationError(
      `Cannot tell the temperature of a type ${type} thermocouple from ${volts} V with its cold junction at ${cjcDegC} degC: ` +
        `their emf, ${emf / 1000} V, must be ${lowVolts} to ${highVolts} V (${lowMeasuredDegC} to ${highDegC} degC)`,
    );
  }
  return valueAt(table, Math.sqrt(Math.max(0, emf - table.lowestMv)));
}

/**
 * Temperatures of a thermocouple from volts, into an array the caller owns: more than 20 million samples a second.
 *
 * A sample that has no temperature becomes NaN and gets a status: `sensor_open` if the voltage is not a number or
 * reaches `openVolts`, else `temp_out_of_range_low` or `_high`, also where the cold junction is out of range. The ends
 * of the range are those of `thermocoupleDegC`.
 *
 * @param volts Volts of one channel, in sample order.
 * @param out Receives one temperature a sample; may be `volts` itself.
 * @param options Type, cold junction and unit.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` or an array of cold-junction temperatures is shorter than `volts`.
 * @throws {DtolValidationError} If there is no such type or unit.
 *
 * @example Three samples, the last from a broken wire
 * ```ts
 * import { voltsToTemperature } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const degC = new Float64Array(3);
 * const statuses = voltsToTemperature(Float64Array.of(0, 0.004096, 10), degC, { type: "K", cjcDegC: 25, openVolts: 10 });
 * deepEqual([...degC].map((t) => t.toFixed(1)), ["25.0", "124.3", "NaN"]);
 * deepEqual(statuses, Int8Array.of(0, 0, 1));
 * ```
 */
export function voltsToTemperature(
  volts: Float64Array,
  out: Float64Array,
  options: VoltsToTemperatureOptions,
): Int8Array | null {
  const { cjcDegC = 0, unit = "deg_c", openVolts = Infinity } = options;
  const type = oneOf("type", options.type, THERMOCOUPLE_TYPES);
  const { factor, offset } = temperatureScale(unit);
  if (!(openVolts > 0)) throw new DtolValidationError(`openVolts must be above 0, but it is ${openVolts}`);
  checkRoom("out", volts, out);
  if (typeof cjcDegC === "number") addFixed(type, volts, out, cjcDegC, openVolts);
  else addEach(type, volts, out, cjcDegC, openVolts);
  return invert(inverseTable(type), out, volts.length, factor, offset);
}

/** Emf in mV with one cold junction for all; NaN is an open sensor, an infinity a cold junction out of range. */
function addFixed(type: ThermocoupleType, volts: Float64Array, emf: Float64Array, degC: number, open: number): void {
  const { lowDegC, highDegC } = emfRange(type);
  const reference = degC < lowDegC ? -Infinity : degC > highDegC ? Infinity : emfMv(type, degC);
  for (let i = 0; i < volts.length; i++) {
    const v = volts[i]!;
    emf[i] = v < open && v > -open ? v * 1000 + reference : NaN;
  }
}

/** As `addFixed`, with a cold junction for each sample. */
function addEach(
  type: ThermocoupleType,
  volts: Float64Array,
  emf: Float64Array,
  degC: Float64Array,
  open: number,
): void {
  checkRoom("cjcDegC", volts, degC);
  const { lowDegC, highDegC } = emfRange(type);
  const table = forwardTable(type);
  for (let i = 0; i < volts.length; i++) {
    const v = volts[i]!;
    const cold = degC[i]!;
    if (!(v < open && v > -open)) emf[i] = NaN;
    else if (cold < lowDegC) emf[i] = -Infinity;
    else if (cold > highDegC) emf[i] = Infinity;
    else emf[i] = v * 1000 + valueAt(table, cold); // of a cold junction that is NaN this makes NaN
  }
}

/** Emf in mV to temperature, in place. */
function invert(
  table: InverseTable,
  values: Float64Array,
  length: number,
  factor: number,
  offset: number,
): Int8Array | null {
  const { lowestMv, leastMv, greatestMv } = table;
  let mask: Int8Array | null = null;
  for (let i = 0; i < length; i++) {
    const emf = values[i]!;
    if (emf >= leastMv && emf <= greatestMv) {
      const above = emf - lowestMv;
      values[i] = valueAt(table, above > 0 ? Math.sqrt(above) : 0) * factor + offset;
    } else {
      (mask ??= new Int8Array(length))[i] = emf < leastMv ? STATUS.low : emf > greatestMv ? STATUS.high : STATUS.open;
      values[i] = NaN;
    }
  }
  return mask;
}

/** The value of a table at a place in its range. */
function valueAt({ start, cellsPerUnit, cubics }: CubicTable, place: number): number {
  const x = (place - start) * cellsPerUnit;
  const cell = x | 0;
  const f = x - cell;
  const at = cell << 2;
  return ((cubics[at + 3]! * f + cubics[at + 2]!) * f + cubics[at + 1]!) * f + cubics[at]!;
}

function checkTemperature(what: string, type: ThermocoupleType, degC: number): void {
  const { lowDegC, highDegC } = emfRange(type);
  if (degC >= lowDegC && degC <= highDegC) return;
  throw new DtolValidationError(
    `Cannot tell the emf of a type ${type} thermocouple with its ${what} at ${degC} degC: it must be ${lowDegC} to ${highDegC} degC`,
  );
}

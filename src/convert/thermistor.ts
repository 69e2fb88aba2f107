/**
 * Thermistors by the Steinhart-Hart equation, both ways, one value or many: `1/T = A + B ln R + C (ln R)^3`, T in
 * kelvin, R in ohms. Coefficients that a maker gives for kilohms are other numbers.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import { finiteNumber, positiveNumber } from "../model/fields.ts";
import type { OhmsToTemperatureOptions } from "./rtd.ts";
import { checkRoom, STATUS } from "./status.ts";
import { temperatureScale } from "./temperature.ts";

const ZERO_CELSIUS = 273.15;

/** What describes a thermistor. */
export interface ThermistorOptions {
  /** A, 1/K. */
  readonly a: number;
  /** B, 1/K, above 0: the resistance falls with temperature. */
  readonly b: number;
  /** C, 1/K. */
  readonly c: number;
  /**
   * Lowest temperature to accept, degC. Default: -273.15; the equation knows no range, the maker of the sensor does.
   */
  readonly lowDegC?: number;
  /** Highest temperature to accept, degC. Default: 1000. */
  readonly highDegC?: number;
}

/** A thermistor, checked. */
export type Thermistor = Required<ThermistorOptions>;

/**
 * Checks the description of a thermistor.
 *
 * @throws {DtolValidationError} If a coefficient is not a number, B is not positive, or the range is empty.
 *
 * @example The 10 kilohm thermistor 44006
 * ```ts
 * import { thermistor, thermistorDegC } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const sensor = thermistor({ a: 1.0295e-3, b: 2.391e-4, c: 1.568e-7 });
 * equal(thermistorDegC(sensor, 10000).toFixed(3), "24.983");
 * ```
 */
export function thermistor(options: ThermistorOptions): Thermistor {
  const result = Object.freeze({
    a: finiteNumber("thermistor.a", options.a),
    b: positiveNumber("thermistor.b", options.b),
    c: finiteNumber("thermistor.c", options.c),
    lowDegC: finiteNumber("thermistor.lowDegC", options.lowDegC ?? -ZERO_CELSIUS),
    highDegC: finiteNumber("thermistor.highDegC", options.highDegC ?? 1000),
  });
  if (result.lowDegC < -ZERO_CELSIUS || result.lowDegC >= result.highDegC) {
    throw new DtolValidationError(
      `thermistor.lowDegC must be ${-ZERO_CELSIUS} to below ${result.highDegC}, but it is ${result.lowDegC}`,
    );
  }
  return result;
}

/**
 * The temperature in degC of a resistance in ohms.
 *
 * @throws {DtolValidationError} If the resistance is not positive, or the temperature lies outside the sensor's range.
 */
export function thermistorDegC(thermistor: Thermistor, ohms: number): number {
  const degC = degCAt(thermistor, ohms);
  if (ohms > 0 && degC >= thermistor.lowDegC && degC <= thermistor.highDegC) return degC;
  throw new DtolValidationError(
    `Cannot tell the temperature of a thermistor from ${ohms} ohm: it must be above 0 ohm and give ` +
      `${thermistor.lowDegC} to ${thermistor.highDegC} degC`,
  );
}

/**
 * The resistance in ohms at a temperature in degC.
 *
 * @throws {DtolValidationError} If the temperature lies outside the sensor's range, or the coefficients give no
 * resistance there.
 */
export function thermistorOhms(thermistor: Thermistor, degC: number): number {
  const { a, b, c, lowDegC, highDegC } = thermistor;
  const inverse = 1 / (degC + ZERO_CELSIUS);
  const ohms = degC >= lowDegC && degC <= highDegC ? Math.exp(logOhms(a - inverse, b, c)) : NaN;
  if (ohms > 0 && Number.isFinite(ohms)) return ohms;
  throw new DtolValidationError(
    `Cannot tell the resistance of a thermistor at ${degC} degC: it must be ${lowDegC} to ${highDegC} degC, ` +
      `and A ${a}, B ${b}, C ${c} must have a resistance there`,
  );
}

/**
 * Temperatures of a thermistor from ohms, into an array the caller owns.
 *
 * A sample that has no temperature becomes NaN and gets a status: `sensor_open` if it is not a number or reaches
 * `openOhms`, else `temp_out_of_range_high` for a resistance that is too low (also 0 and less), and `_low` for one too
 * high.
 *
 * @param ohms Ohms of one channel, in sample order.
 * @param out Receives one temperature a sample; may be `ohms` itself.
 * @param thermistor The sensor.
 * @param options Unit, and what is open.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` is shorter than `ohms`.
 */
export function thermistorOhmsToTemperature(
  ohms: Float64Array,
  out: Float64Array,
  thermistor: Thermistor,
  options: OhmsToTemperatureOptions = {},
): Int8Array | null {
  const { unit = "deg_c", openOhms = Infinity } = options;
  const { lowDegC, highDegC } = thermistor;
  const { factor, offset } = temperatureScale(unit);
  checkRoom("out", ohms, out);
  let mask: Int8Array | null = null;
  for (let i = 0; i < ohms.length; i++) {
    const r = ohms[i]!;
    const degC = r > 0 && r < openOhms ? degCAt(thermistor, r) : NaN;
    if (degC >= lowDegC && degC <= highDegC) {
      out[i] = degC * factor + offset;
    } else {
      const open = !(r < openOhms && r > -Infinity);
      (mask ??= new Int8Array(ohms.length))[i] = open ? STATUS.open : degC < lowDegC ? STATUS.low : STATUS.high;
      out[i] = NaN;
    }
  }
  return mask;
}

/**
 * Without a temperature above absolute zero (coefficients that do not fit the resistance) it is infinite: out of range,
 * high.
 */
function degCAt({ a, b, c }: Thermistor, ohms: number): number {
  const log = Math.log(ohms);
  const inverse = a + log * (b + c * log * log);
  return inverse > 0 ? 1 / inverse - ZERO_CELSIUS : Infinity;
}

/** The root of `c x^3 + b x + rest`; NaN if Newton's steps find none. */
function logOhms(rest: number, b: number, c: number): number {
  let x = c > 0 ? cardano(rest / c, b / c) : -rest / b;
  for (let i = 0; i < 50; i++) { // one or two where the closed form is good, more without it
    const step = (rest + x * (b + c * x * x)) / (b + 3 * c * x * x);
    x -= step;
    if (Math.abs(step) <= 1e-14 * Math.abs(x)) return b + 3 * c * x * x > 0 ? x : NaN;
  }
  return Math.abs(rest + x * (b + c * x * x)) < 1e-12 && b + 3 * c * x * x > 0 ? x : NaN;
}

/** The one real root of `x^3 + p x + q`, p above 0. */
function cardano(q: number, p: number): number {
  const y = Math.sqrt((p / 3) ** 3 + q * q / 4);
  return Math.cbrt(y - q / 2) - Math.cbrt(y + q / 2);
}

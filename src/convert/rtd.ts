/**
 * Platinum resistance thermometers by the Callendar-Van Dusen equation, both ways, one value or many:
 * `R = R0 (1 + A t + B t^2)`, and below 0 degC `+ R0 C (t - 100) t^3`.
 *
 * Sources of the six curves: IEC 60751 for `pt3850`; for the others the coefficients that National Instruments
 * publishes in its NI-DMM and NI-DAQmx documents. Which coefficients the DataAcq SDK holds under these names is not
 * published.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import { finiteNumber, invalid, oneOf, positiveNumber } from "../model/fields.ts";
import { checkRoom, STATUS } from "./status.ts";
import { temperatureScale, type TemperatureUnit } from "./temperature.ts";

/** Curves of platinum, named by their mean coefficient from 0 to 100 degC, and `custom`. */
export const RTD_TYPES = ["pt3750", "pt3850", "pt3911", "pt3916", "pt3920", "pt3928", "custom"] as const;
/** One of {@linkcode RTD_TYPES}. */
export type RtdType = typeof RTD_TYPES[number];

const CURVES: Readonly<Record<Exclude<RtdType, "custom">, readonly [a: number, b: number, c: number]>> = {
  pt3750: [3.81e-3, -6.02e-7, -6e-12],
  pt3850: [3.9083e-3, -5.775e-7, -4.183e-12],
  pt3911: [3.9692e-3, -5.8495e-7, -4.233e-12],
  pt3916: [3.9739e-3, -5.87e-7, -4.4e-12],
  pt3920: [3.9787e-3, -5.8686e-7, -4.167e-12],
  pt3928: [3.9888e-3, -5.915e-7, -3.85e-12],
};

/** Of R0: half a digit of tables that print 0.001 ohm for R0 = 100 ohm. */
const END_TOLERANCE = 5e-6;

/** What describes a thermometer. */
export interface RtdOptions {
  /** Its curve. Default: `pt3850`. */
  readonly type?: RtdType;
  /** Ohms at 0 degC. Default: 100. */
  readonly r0?: number;
  /** A of a custom curve, 1/degC. */
  readonly a?: number;
  /** B of a custom curve, 1/degC^2. */
  readonly b?: number;
  /** C of a custom curve, 1/degC^4, negative as IEC 60751 writes it. Default: 0. */
  readonly c?: number;
  /** Lowest temperature to accept, degC. Default: -200, the end of IEC 60751. */
  readonly lowDegC?: number;
  /** Highest temperature to accept, degC. Default: 850, the end of IEC 60751. */
  readonly highDegC?: number;
}

/** A thermometer, checked. */
export interface Rtd {
  /** Its curve. */
  readonly type: RtdType;
  /** Ohms at 0 degC. */
  readonly r0: number;
  /** A, 1/degC. */
  readonly a: number;
  /** B, 1/degC^2. */
  readonly b: number;
  /** C, 1/degC^4. */
  readonly c: number;
  /** Lowest temperature that is accepted, degC. */
  readonly lowDegC: number;
  /** Highest temperature that is accepted, degC. */
  readonly highDegC: number;
}

/** How ohms of a channel become temperatures. */
export interface OhmsToTemperatureOptions {
  /** Unit of the temperatures. Default: `deg_c`. */
  readonly unit?: TemperatureUnit;
  /** A reading of so many ohms or more means an open sensor. Default: none does, and it is out of range, high. */
  readonly openOhms?: number;
}

/**
 * Checks the description of a thermometer and fills in its curve.
 *
 * @throws {DtolValidationError} If there is no such curve, A, B or C are given with a curve that has its own, a custom
 * curve lacks A or B, R0 is not positive, or the resistance does not rise over the whole range.
 *
 * @example A Pt1000
 * ```ts
 * import { rtd, rtdDegC, rtdOhms } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const pt1000 = rtd({ r0: 1000 });
 * equal(rtdOhms(pt1000, 100).toFixed(2), "1385.05");
 * equal(rtdDegC(pt1000, 185.201).toFixed(2), "-200.00");
 * ```
 */
export function rtd(options: RtdOptions = {}): Rtd {
  const type = oneOf("rtd.type", options.type ?? "pt3850", RTD_TYPES);
  const [a, b, c] = type === "custom" ? customCurve(options) : standardCurve(type, options);
  const result = Object.freeze({
    type,
    r0: positiveNumber("rtd.r0", options.r0 ?? 100),
    a,
    b,
    c,
    lowDegC: finiteNumber("rtd.lowDegC", options.lowDegC ?? -200),
    highDegC: finiteNumber("rtd.highDegC", options.highDegC ?? 850),
  });
  if (result.lowDegC >= result.highDegC) throw invalid("rtd.lowDegC", `below ${result.highDegC}`, result.lowDegC);
  for (const degC of [result.lowDegC, 0, result.highDegC]) {
    if (slope(result, degC) > 0) continue;
    throw new DtolValidationError(
      `rtd.a, b and c must make a resistance that rises, but at ${degC} degC it does not: they are ${a}, ${b} and ${c}`,
    );
  }
  return result;
}

/**
 * The resistance in ohms at a temperature in degC.
 *
 * @throws {DtolValidationError} If the temperature lies outside the range of the thermometer.
 */
export function rtdOhms(rtd: Rtd, degC: number): number {
  if (degC >= rtd.lowDegC && degC <= rtd.highDegC) return ohmsAt(rtd, degC);
  throw new DtolValidationError(
    `Cannot tell the resistance of an RTD (${rtd.type}) at ${degC} degC: it must be ${rtd.lowDegC} to ${rtd.highDegC} degC`,
  );
}

/**
 * The temperature in degC of a resistance in ohms.
 *
 * @throws {DtolValidationError} If the resistance lies outside that of the thermometer's range.
 */
export function rtdDegC(rtd: Rtd, ohms: number): number {
  const [least, greatest] = limits(rtd);
  if (ohms >= least && ohms <= greatest) return degCAt(rtd, ohms);
  throw new DtolValidationError(
    `Cannot tell the temperature of an RTD (${rtd.type}, R0 ${rtd.r0} ohm) from ${ohms} ohm: it must be ` +
      `${ohmsAt(rtd, rtd.lowDegC)} to ${ohmsAt(rtd, rtd.highDegC)} ohm (${rtd.lowDegC} to ${rtd.highDegC} degC)`,
  );
}

/**
 * Temperatures of a thermometer from ohms, into an array the caller owns.
 *
 * A sample that has no temperature becomes NaN and gets a status: `sensor_open` if it is not a number or reaches
 * `openOhms`, else `temp_out_of_range_low` or `_high`.
 *
 * @param ohms Ohms of one channel, in sample order.
 * @param out Receives one temperature a sample; may be `ohms` itself.
 * @param rtd The thermometer.
 * @param options Unit, and what is open.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` is shorter than `ohms`.
 */
export function rtdOhmsToTemperature(
  ohms: Float64Array,
  out: Float64Array,
  rtd: Rtd,
  options: OhmsToTemperatureOptions = {},
): Int8Array | null {
  const { unit = "deg_c", openOhms = Infinity } = options;
  const { factor, offset } = temperatureScale(unit);
  const [least, greatest] = limits(rtd);
  checkRoom("out", ohms, out);
  let mask: Int8Array | null = null;
  for (let i = 0; i < ohms.length; i++) {
    const r = ohms[i]!;
    if (r >= least && r <= greatest && r < openOhms) {
      out[i] = degCAt(rtd, r) * factor + offset;
    } else {
      const open = !(r < openOhms && r > -Infinity);
      (mask ??= new Int8Array(ohms.length))[i] = open ? STATUS.open : r < least ? STATUS.low : STATUS.high;
      out[i] = NaN;
    }
  }
  return mask;
}

function standardCurve(type: Exclude<RtdType, "custom">, options: RtdOptions): readonly [number, number, number] {
  for (const key of ["a", "b", "c"] as const) {
    if (options[key] !== undefined) throw invalid(`rtd.${key}`, `absent, as ${type} has its own`, options[key]);
  }
  return CURVES[type];
}

function customCurve({ a, b, c = 0 }: RtdOptions): readonly [number, number, number] {
  return [finiteNumber("rtd.a", a), finiteNumber("rtd.b", b), finiteNumber("rtd.c", c)];
}

function limits(rtd: Rtd): [number, number] {
  const tolerance = rtd.r0 * END_TOLERANCE;
  return [ohmsAt(rtd, rtd.lowDegC) - tolerance, ohmsAt(rtd, rtd.highDegC) + tolerance];
}

function ohmsAt({ r0, a, b, c }: Rtd, t: number): number {
  const cold = t < 0 ? c * (t - 100) * t * t * t : 0;
  return r0 * (1 + t * (a + b * t) + cold);
}

function slope({ a, b, c }: Rtd, t: number): number {
  return a + 2 * b * t + (t < 0 ? c * t * t * (4 * t - 300) : 0);
}

function degCAt(rtd: Rtd, ohms: number): number {
  const { r0, a, b } = rtd;
  const rise = ohms / r0 - 1;
  const square = a * a + 4 * b * rise;
  // The root that is 0 at R0, written so that nothing cancels near it.
  let t = square > 0 ? 2 * rise / (a + Math.sqrt(square)) : rise / a;
  if (rise >= 0) return t;
  for (let i = 0; i < 8; i++) { // from -200 degC four steps reach 1e-9 degC
    const step = (ohmsAt(rtd, t) - ohms) / (r0 * slope(rtd, t));
    t -= step;
    if (Math.abs(step) < 1e-10) break;
  }
  return t;
}

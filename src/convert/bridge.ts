/**
 * Sensors that are bridges with a rated output in mV/V: load cells, pressure and torque transducers.
 *
 * `value = (V - zero) / excitation x 1000 / (mV per V) x rated value`, times `1 + Rl / R` for half and quarter bridges
 * (`Rl` one lead, `R` one arm), times the shunt correction.
 *
 * @module
 */

import { finiteNumber, invalid, oneOf, positiveNumber } from "../model/fields.ts";
import { checkRoom, markNotFinite } from "./status.ts";

/** How many arms of a bridge belong to the sensor. */
export const BRIDGE_CONFIGURATIONS = ["full", "half", "quarter"] as const;
/** One of {@linkcode BRIDGE_CONFIGURATIONS}. */
export type BridgeConfiguration = typeof BRIDGE_CONFIGURATIONS[number];

/** How volts of a bridge become what its sensor measures. */
export interface BridgeOptions {
  /** Volts that feed the bridge. There is no default: a wrong one scales every sample. */
  readonly excitationVolts: number;
  /** Output at the rated value, mV per volt of excitation; negative when the leads are swapped. Default: 2. */
  readonly millivoltsPerVolt?: number;
  /** What the sensor measures at its rated output, in the unit that is wanted. Default: 1, values are shares of it. */
  readonly ratedValue?: number;
  /** Output without load, volts. Default: 0. */
  readonly zeroVolts?: number;
  /** How many arms belong to the sensor. Default: `full`. */
  readonly configuration?: BridgeConfiguration;
  /** Resistance of one arm, ohms. Default: 350. */
  readonly bridgeOhms?: number;
  /** Resistance of one lead, ohms; full bridges are not corrected for it. Default: 0. */
  readonly leadOhms?: number;
  /** Value that a shunt resistor simulates, over the value read with it. Default: 1. */
  readonly shuntCorrection?: number;
}

/**
 * What a bridge sensor measures, from its volts, into an array the caller owns. A sample that is no finite number
 * becomes NaN with status `sensor_open`.
 *
 * @param volts Output of the bridge, in sample order.
 * @param out Receives one value a sample, in the unit of `ratedValue`; may be `volts` itself.
 * @param options The sensor.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` is shorter than `volts`.
 * @throws {DtolValidationError} If a setting cannot be right.
 *
 * @example A 500 N load cell of 2 mV/V, fed with 10 V, at half its load
 * ```ts
 * import { voltsToBridge } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const newton = new Float64Array(1);
 * voltsToBridge(Float64Array.of(0.010), newton, { excitationVolts: 10, millivoltsPerVolt: 2, ratedValue: 500 });
 * equal(newton[0]!.toFixed(6), "250.000000");
 * ```
 */
export function voltsToBridge(volts: Float64Array, out: Float64Array, options: BridgeOptions): Int8Array | null {
  const perVolt = bridgeFactor(options);
  const zero = finiteNumber("bridge.zeroVolts", options.zeroVolts ?? 0);
  checkRoom("out", volts, out);
  for (let i = 0; i < volts.length; i++) out[i] = (volts[i]! - zero) * perVolt;
  return markNotFinite(out, volts.length);
}

/**
 * The volts that a bridge sensor gives at a value: the inverse of {@linkcode voltsToBridge}.
 *
 * @throws {DtolValidationError} If a setting cannot be right, or the value is not finite.
 */
export function voltsOfBridge(value: number, options: BridgeOptions): number {
  const zero = finiteNumber("bridge.zeroVolts", options.zeroVolts ?? 0);
  return finiteNumber("value", value) / bridgeFactor(options) + zero;
}

/** Units per volt of output. */
function bridgeFactor(options: BridgeOptions): number {
  const excitation = positiveNumber("bridge.excitationVolts", options.excitationVolts);
  const sensitivity = notZero("bridge.millivoltsPerVolt", options.millivoltsPerVolt ?? 2);
  const rated = notZero("bridge.ratedValue", options.ratedValue ?? 1);
  const shunt = positiveNumber("bridge.shuntCorrection", options.shuntCorrection ?? 1);
  const configuration = oneOf("bridge.configuration", options.configuration ?? "full", BRIDGE_CONFIGURATIONS);
  const arm = positiveNumber("bridge.bridgeOhms", options.bridgeOhms ?? 350);
  const lead = finiteNumber("bridge.leadOhms", options.leadOhms ?? 0);
  if (lead < 0) throw invalid("bridge.leadOhms", "0 or more", lead);
  const leads = configuration === "full" ? 1 : 1 + lead / arm;
  return 1000 / sensitivity / excitation * rated * leads * shunt;
}

function notZero(path: string, value: number): number {
  if (finiteNumber(path, value) === 0) throw invalid(path, "other than 0", value);
  return value;
}

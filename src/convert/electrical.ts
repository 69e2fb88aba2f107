/**
 * Volts to what a resistor, a shunt or an accelerometer made them of.
 *
 * All of these write into an array the caller owns, which may be the array of volts itself. A sample that comes out as
 * no finite number becomes NaN with status `sensor_open`.
 *
 * @module
 */

import { finiteNumber, invalid, positiveNumber } from "../model/fields.ts";
import { checkRoom, markNotFinite } from "./status.ts";

/**
 * Ohms from volts across a resistor that carries a known current: `R = V / I`.
 *
 * @param volts Volts of one channel, in sample order.
 * @param ohms Receives one value a sample.
 * @param excitationAmps The current, as the board's source gives it.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `ohms` is shorter than `volts`.
 * @throws {DtolValidationError} If the current is not positive.
 *
 * @example 1 mA through 350 ohm
 * ```ts
 * import { voltsToOhms } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const ohms = Float64Array.of(0.35);
 * equal(voltsToOhms(ohms, ohms, 0.001), null);
 * equal(ohms[0]!.toFixed(9), "350.000000000");
 * ```
 */
export function voltsToOhms(volts: Float64Array, ohms: Float64Array, excitationAmps: number): Int8Array | null {
  return divide("ohms", volts, ohms, positiveNumber("excitationAmps", excitationAmps));
}

/**
 * Amps from volts across a shunt: `I = V / R`.
 *
 * @param volts Volts of one channel, in sample order.
 * @param amps Receives one value a sample.
 * @param shuntOhms Resistance of the shunt.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `amps` is shorter than `volts`.
 * @throws {DtolValidationError} If the resistance is not positive.
 */
export function voltsToAmps(volts: Float64Array, amps: Float64Array, shuntOhms: number): Int8Array | null {
  return divide("amps", volts, amps, positiveNumber("shuntOhms", shuntOhms));
}

/**
 * What an IEPE sensor measures, from its volts without bias (AC coupled): `value = V / sensitivity`.
 *
 * @param volts Volts of one channel, in sample order.
 * @param out Receives one value a sample, in the unit of the sensitivity.
 * @param voltsPerUnit Sensitivity of the sensor, for example 0.1 V per g; negative for one that is mounted upside down.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` is shorter than `volts`.
 * @throws {DtolValidationError} If the sensitivity is 0 or not finite.
 */
export function voltsToIepe(volts: Float64Array, out: Float64Array, voltsPerUnit: number): Int8Array | null {
  if (finiteNumber("voltsPerUnit", voltsPerUnit) === 0) throw invalid("voltsPerUnit", "other than 0", voltsPerUnit);
  return divide("out", volts, out, voltsPerUnit);
}

/**
 * Ohms of a resistor on the low side of a divider: `R = R1 V / (Vref - V)`. A sample that reaches the reference is
 * open.
 *
 * @param volts Volts across the resistor, in sample order.
 * @param ohms Receives one value a sample.
 * @param divider The reference over the whole divider, and the resistor on its high side.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `ohms` is shorter than `volts`.
 * @throws {DtolValidationError} If the reference or the resistance is not positive.
 */
export function dividerVoltsToOhms(
  volts: Float64Array,
  ohms: Float64Array,
  divider: { readonly referenceVolts: number; readonly seriesOhms: number },
): Int8Array | null {
  const reference = positiveNumber("divider.referenceVolts", divider.referenceVolts);
  const series = positiveNumber("divider.seriesOhms", divider.seriesOhms);
  checkRoom("ohms", volts, ohms);
  for (let i = 0; i < volts.length; i++) {
    const v = volts[i]!;
    ohms[i] = v < reference ? series * v / (reference - v) : NaN;
  }
  return markNotFinite(ohms, volts.length);
}

function divide(name: string, volts: Float64Array, out: Float64Array, by: number): Int8Array | null {
  checkRoom(name, volts, out);
  for (let i = 0; i < volts.length; i++) out[i] = volts[i]! / by;
  return markNotFinite(out, volts.length);
}

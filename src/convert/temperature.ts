/**
 * Scales of temperature, and the cold-junction sensor of the boards.
 *
 * @module
 */

import { oneOf } from "../model/fields.ts";
import { checkRoom } from "./status.ts";

/** Units that temperatures can be given in. */
export const TEMPERATURE_UNITS = ["deg_c", "deg_f", "kelvin"] as const;
/** One of {@linkcode TEMPERATURE_UNITS}. */
export type TemperatureUnit = typeof TEMPERATURE_UNITS[number];

/** `value = degC * factor + offset`. */
export interface TemperatureScale {
  /** Units per degC. */
  readonly factor: number;
  /** What 0 degC is. */
  readonly offset: number;
}

const SCALES: Readonly<Record<TemperatureUnit, TemperatureScale>> = {
  deg_c: { factor: 1, offset: 0 },
  deg_f: { factor: 1.8, offset: 32 },
  kelvin: { factor: 1, offset: 273.15 },
};

/** Volts per degC of the cold-junction sensor of the boards. */
const CJC_VOLTS_PER_DEG_C = 0.010;

/**
 * How a unit stands to degrees Celsius.
 *
 * @throws {DtolValidationError} If there is no such unit.
 */
export function temperatureScale(unit: TemperatureUnit): TemperatureScale {
  return SCALES[oneOf("unit", unit, TEMPERATURE_UNITS)];
}

/**
 * A temperature in degC as another unit has it.
 *
 * @throws {DtolValidationError} If there is no such unit.
 *
 * @example Water boils
 * ```ts
 * import { fromDegC } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * equal(fromDegC(100, "deg_f"), 212);
 * equal(fromDegC(100, "kelvin"), 373.15);
 * ```
 */
export function fromDegC(degC: number, unit: TemperatureUnit): number {
  const { factor, offset } = temperatureScale(unit);
  return degC * factor + offset;
}

/**
 * A temperature in some unit as degC.
 *
 * @throws {DtolValidationError} If there is no such unit.
 */
export function toDegC(value: number, unit: TemperatureUnit): number {
  const { factor, offset } = temperatureScale(unit);
  return (value - offset) / factor;
}

/**
 * Temperatures of the cold junction from the volts of a board's cold-junction channel, which gives 10 mV per degC.
 *
 * @param volts Volts of the channel.
 * @param degC Receives one temperature a sample; may be `volts` itself.
 * @throws {RangeError} If `degC` is shorter than `volts`.
 */
export function cjcVoltsToDegC(volts: Float64Array, degC: Float64Array): void {
  checkRoom("degC", volts, degC);
  for (let i = 0; i < volts.length; i++) degC[i] = volts[i]! / CJC_VOLTS_PER_DEG_C;
}

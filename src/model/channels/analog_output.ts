/**
 * Analog outputs.
 *
 * @module
 */

import { invalid } from "../fields.ts";
import { checkOrder, finite, flag, nullable, optional, positive } from "../field_table.ts";
import { unitOr } from "./analog_input.ts";
import { type ChannelFields, channelFields, type ChannelKind, type ChannelOptions, ChannelSpec } from "./base.ts";

/** Settings of an {@linkcode AnalogOutputVoltage}. */
export type AnalogOutputVoltageOptions = ChannelOptions<AnalogOutputVoltage, "physicalChannel">;

/**
 * A voltage output, with the board's range and a safe band inside of it.
 *
 * @example A heater that must not get more than 5 V
 * ```ts
 * import { AnalogOutputVoltage } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const heater = new AnalogOutputVoltage({ physicalChannel: 0, name: "heater", safeMin: 0, safeMax: 5, safeValue: 0 });
 * deepEqual([heater.inSafeBand(5), heater.inSafeBand(7), heater.inDeviceRange(7)], [true, false, true]);
 * ```
 */
export class AnalogOutputVoltage extends ChannelSpec {
  /** Kind of channel, as files name it. */
  declare readonly kind: "ao_voltage";
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "analog_output";
  /** Engineering unit of the values. Default: `V`. */
  declare readonly unit: string;
  /** Low end of the board's range, volts. Default: -10. */
  declare readonly minVal: number;
  /** High end of the board's range, volts. Default: 10. */
  declare readonly maxVal: number;
  /** Lowest voltage that may be written; null is `minVal`. Default: null. */
  declare readonly safeMin: number | null;
  /** Highest voltage that may be written; null is `maxVal`. Default: null. */
  declare readonly safeMax: number | null;
  /** Whether a write needs `confirm`. Default: yes. */
  declare readonly requiresConfirm: boolean;
  /** Amplification after the converter, one that the board lists. Default: 1. */
  declare readonly gain: number;
  /** What parking writes, volts, inside the safe band; null parks nothing. Default: null. */
  declare readonly safeValue: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right, the safe band is empty or leaves the range, or the safe
   * value leaves the band.
   */
  constructor(options: AnalogOutputVoltageOptions) {
    super(VOLTAGE_OUTPUT, options);
    const { minVal, maxVal, safeMin, safeMax, safeValue } = this;
    checkOrder("channel", ["minVal", minVal], ["maxVal", maxVal]);
    if (safeMin !== null && safeMin < minVal) throw invalid("channel.safeMin", `at least minVal (${minVal})`, safeMin);
    if (safeMax !== null && safeMax > maxVal) throw invalid("channel.safeMax", `at most maxVal (${maxVal})`, safeMax);
    const [low, high] = [safeMin ?? minVal, safeMax ?? maxVal];
    checkOrder("channel", ["safeMin", low], ["safeMax", high]);
    if (safeValue !== null && !this.inSafeBand(safeValue)) {
      throw invalid("channel.safeValue", `inside the safe band, ${low} to ${high} V`, safeValue);
    }
  }

  /** Whether the board's range has a voltage; its ends belong to it. */
  inDeviceRange(volts: number): boolean {
    return volts >= this.minVal && volts <= this.maxVal;
  }

  /** Whether a voltage may be written: it is in the board's range and in the safe band; the ends belong to it. */
  inSafeBand(volts: number): boolean {
    return this.inDeviceRange(volts) && volts >= (this.safeMin ?? -Infinity) && volts <= (this.safeMax ?? Infinity);
  }
}

const VOLTAGE_OUTPUT_FIELDS: ChannelFields<AnalogOutputVoltage> = {
  ...channelFields(unitOr("V")),
  minVal: optional(finite(), -10),
  maxVal: optional(finite(), 10),
  safeMin: nullable(finite()),
  safeMax: nullable(finite()),
  requiresConfirm: optional(flag(), true),
  gain: optional(positive(), 1),
  safeValue: nullable(finite()),
};

/** The kind `ao_voltage`. */
export const VOLTAGE_OUTPUT: ChannelKind = {
  kind: "ao_voltage",
  subsystemType: "analog_output",
  fields: VOLTAGE_OUTPUT_FIELDS,
};

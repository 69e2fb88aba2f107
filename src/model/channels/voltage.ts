/**
 * Plain voltages, and the board's own cold-junction sensor, which is one.
 *
 * @module
 */

import { checkOrder, finite, optional } from "../field_table.ts";
import {
  AnalogInput,
  analogInputFields,
  SCALING,
  SENSOR_TAIL,
  SensorInput,
  unitOr,
  type VoltRange,
} from "./analog_input.ts";
import type { ChannelFields, ChannelKind, ChannelOptions } from "./base.ts";

/** Settings of an {@linkcode AnalogInputVoltage}. */
export type AnalogInputVoltageOptions = ChannelOptions<AnalogInputVoltage, "physicalChannel">;

/**
 * A voltage input.
 *
 * @example Two inputs, one of them amplified
 * ```ts
 * import { AnalogInputVoltage } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const force = new AnalogInputVoltage({ physicalChannel: 0, name: "force", gain: 100 });
 * equal(force.unit, "V");
 * equal(new AnalogInputVoltage({ physicalChannel: 3 }).name, "ch3");
 * ```
 *
 * @example The same input with another gain
 * ```ts
 * import { AnalogInputVoltage } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const force = new AnalogInputVoltage({ physicalChannel: 0, name: "force" });
 * equal(new AnalogInputVoltage({ ...force, gain: 10 }).name, "force");
 * ```
 */
export class AnalogInputVoltage extends AnalogInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "ai_voltage";
  /** Low end of the board's range in volts, before gain. Default: -10. */
  declare readonly minVal: number;
  /** High end of the board's range in volts, before gain. Default: 10. */
  declare readonly maxVal: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: AnalogInputVoltageOptions) {
    super(VOLTAGE, options);
    checkOrder("channel", ["minVal", this.minVal], ["maxVal", this.maxVal]);
  }

  /** The board's range that the channel asks for, before gain. */
  override get boardRange(): VoltRange {
    return { low: this.minVal, high: this.maxVal };
  }
}

const VOLTAGE_FIELDS: ChannelFields<AnalogInputVoltage> = {
  ...analogInputFields(unitOr("V")),
  minVal: optional(finite(), -10),
  maxVal: optional(finite(), 10),
  ...SCALING,
};

/** The kind `ai_voltage`. */
export const VOLTAGE: ChannelKind = { kind: "ai_voltage", subsystemType: "analog_input", fields: VOLTAGE_FIELDS };

/** Settings of a {@linkcode ColdJunctionInput}. */
export type ColdJunctionInputOptions = ChannelOptions<ColdJunctionInput, "physicalChannel">;

/**
 * The sensor of a board at the cold junctions of its terminals, 10 mV per degC, as a channel: values are in degC. In a
 * stream, thermocouples take their cold junction from the channel of this kind, or from the plain voltage, whose
 * `physicalChannel` is their `cjcChannel`.
 */
export class ColdJunctionInput extends SensorInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "cold_junction";

  /**
   * Checks the settings and freezes them. It is wired as thermocouples are, `differential`, unless that is said.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: ColdJunctionInputOptions) {
    super(COLD_JUNCTION, options);
  }
}

const COLD_JUNCTION_FIELDS: ChannelFields<ColdJunctionInput> = {
  ...analogInputFields(unitOr("degC")),
  channelType: optional(analogInputFields(unitOr("degC")).channelType, "differential"),
  ...SENSOR_TAIL,
};

/** The kind `cold_junction`, which the Python library does not have. */
export const COLD_JUNCTION: ChannelKind = {
  kind: "cold_junction",
  subsystemType: "analog_input",
  fields: COLD_JUNCTION_FIELDS,
};

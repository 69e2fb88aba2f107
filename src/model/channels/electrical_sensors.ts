/**
 * Resistances, currents and IEPE sensors.
 *
 * @module
 */

import type { ExcitationSource } from "../enums.ts";
import { invalid } from "../fields.ts";
import { DtolValidationError } from "../../errors.ts";
import { checkOrder, derived, finite, nullable, optional, positive, text, word } from "../field_table.ts";
import { analogInputFields, EXCITATION, SENSOR_TAIL, SensorInput, unitOr } from "./analog_input.ts";
import type { ChannelFields, ChannelKind, ChannelOptions } from "./base.ts";

/** Settings of a {@linkcode ResistanceInput}. */
export type ResistanceInputOptions = ChannelOptions<ResistanceInput, "physicalChannel">;

/** A resistance, in ohms. */
export class ResistanceInput extends SensorInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "resistance";
  /** What feeds the resistor. Default: `internal`, the board. */
  declare readonly excitationSource: ExcitationSource;
  /** Current through the resistor, amps; null is what the board gives. Default: null. */
  declare readonly excitationCurrentA: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: ResistanceInputOptions) {
    super(RESISTANCE, options);
  }
}

const RESISTANCE_FIELDS: ChannelFields<ResistanceInput> = {
  ...analogInputFields(unitOr("Ohm")),
  ...EXCITATION,
  ...SENSOR_TAIL,
};

/** The kind `resistance`. */
export const RESISTANCE: ChannelKind = {
  kind: "resistance",
  subsystemType: "analog_input",
  fields: RESISTANCE_FIELDS,
};

/** Settings of a {@linkcode CurrentInput}. */
export type CurrentInputOptions = ChannelOptions<CurrentInput, "physicalChannel">;

/**
 * A current, in amps.
 *
 * @example A 4 to 20 mA loop over 250 ohm, as 0 to 100 %
 * ```ts
 * import { CurrentInput, LinearScaling } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const valve = new CurrentInput({
 *   physicalChannel: 4,
 *   name: "valve",
 *   unit: "%",
 *   shuntOhms: 250,
 *   scaling: new LinearScaling({ slope: 100 / 0.016, offset: -25 }),
 * });
 * equal(valve.scaling?.apply(0.012), 50);
 * ```
 */
export class CurrentInput extends SensorInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "current";
  /** Lowest current to expect, amps. Default: 0. */
  declare readonly minVal: number;
  /** Highest current to expect, amps. Default: 0.02. */
  declare readonly maxVal: number;
  /** The resistor that the current makes a voltage of; null on a board that measures current itself. Default: null. */
  declare readonly shuntOhms: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right, or the currents to expect over the shunt go beyond the
   * board's range at this gain.
   */
  constructor(options: CurrentInputOptions) {
    super(CURRENT, options);
    checkOrder("channel", ["minVal", this.minVal], ["maxVal", this.maxVal]);
    if (this.shuntOhms !== null) this.#checkShunt(this.shuntOhms);
  }

  #checkShunt(ohms: number): void {
    const { gain, minVolts, maxVolts } = this;
    for (const key of ["minVal", "maxVal"] as const) {
      const volts = this[key] * ohms * gain;
      if (volts >= minVolts * (1 + 1e-9) && volts <= maxVolts * (1 + 1e-9)) continue;
      throw new DtolValidationError(
        `channel.shuntOhms makes ${volts} V of channel.${key} (${
          this[key]
        } A) at gain ${gain}, but the board's range ` +
          `is ${minVolts} to ${maxVolts} V: take a smaller shunt or gain than ${ohms} Ohm and ${gain}`,
      );
    }
  }
}

const CURRENT_FIELDS: ChannelFields<CurrentInput> = {
  ...analogInputFields(unitOr("A")),
  minVal: optional(finite(), 0),
  maxVal: optional(finite(), 0.02),
  shuntOhms: nullable(positive()),
  ...SENSOR_TAIL,
};

/** The kind `current`. */
export const CURRENT: ChannelKind = { kind: "current", subsystemType: "analog_input", fields: CURRENT_FIELDS };

/** Settings of an {@linkcode IepeInput}. */
export type IepeInputOptions = ChannelOptions<IepeInput, "physicalChannel">;

/** An IEPE sensor (accelerometer, microphone): fed with a constant current, AC coupled. */
export class IepeInput extends SensorInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "iepe";
  /** Always `ac`: the mean is the bias of the sensor. */
  declare readonly coupling: "ac";
  /** What feeds the sensor: `internal`, the default, or `external`. */
  declare readonly excitationSource: Exclude<ExcitationSource, "disabled">;
  /** Current through the sensor, amps. Default: 0.004. */
  declare readonly excitationCurrentA: number;
  /**
   * Sensitivity in volts per unit, for example 0.1 per g, negative for a sensor that is mounted upside down; then
   * `unit` must be given. Default: null, values are volts.
   */
  declare readonly sensitivityVPerUnit: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right, or a sensitivity is given without its unit.
   */
  constructor(options: IepeInputOptions) {
    super(IEPE, options);
  }
}

const IEPE_FIELDS: ChannelFields<IepeInput> = {
  ...analogInputFields(derived(text(), ({ sensitivityVPerUnit }: IepeInput, path) => {
    if (sensitivityVPerUnit === null) return "V";
    throw invalid(path, "given as sensitivityVPerUnit is: the unit that it is per, for example g", undefined);
  })),
  coupling: optional(word(["ac"]), "ac"),
  excitationSource: optional(word(["internal", "external"]), "internal"),
  excitationCurrentA: optional(positive(), 0.004),
  sensitivityVPerUnit: nullable(finite({ notZero: true })),
  ...SENSOR_TAIL,
};

/** The kind `iepe`. */
export const IEPE: ChannelKind = { kind: "iepe", subsystemType: "analog_input", fields: IEPE_FIELDS };

/**
 * Strain gages and other sensors that are bridges.
 *
 * @module
 */

import { BRIDGE_CONFIGURATIONS, type BridgeConfiguration } from "../../convert/bridge.ts";
import { STRAIN_GAGE_CONFIGURATIONS, type StrainGageConfiguration } from "../../convert/strain.ts";
import { STRAIN_EXCITATION_SOURCES, type StrainExcitationSource } from "../enums.ts";
import { invalid } from "../fields.ts";
import { derived, finite, flag, optional, positive, text, word } from "../field_table.ts";
import { analogInputFields, SENSOR_TAIL, SensorInput, unitOr } from "./analog_input.ts";
import type { ChannelFields, ChannelKind, ChannelOptions } from "./base.ts";

/** A sensor that is a bridge: fed with a voltage, of which it gives a share. */
export abstract class BridgedInput extends SensorInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "strain" | "bridge";
  /** What feeds the bridge. Default: `internal`, the board. */
  declare readonly excitationSource: StrainExcitationSource;
  /** Volts that feed the bridge; 0 is what the board says it gives. Default: 0. */
  declare readonly excitationVoltage: number;
  /** Resistance of one lead, ohms; full bridges are not corrected for it. Default: 0. */
  declare readonly leadResistanceOhms: number;
  /** Whether the board connects its shunt resistor. Default: no. */
  declare readonly shuntEnabled: boolean;
  /** Output of the bridge without load, volts. Default: 0. */
  declare readonly unstrainedVolts: number;
  /** What a shunt resistor simulates, over what is read with it. Default: 1. */
  declare readonly shuntCorrection: number;
}

/** Settings of a {@linkcode StrainInput}. */
export type StrainInputOptions = ChannelOptions<StrainInput, "physicalChannel">;

/**
 * Strain gages, in m/m, tension positive; the unit is called `strain`.
 *
 * @example A half bridge fed with 5 V
 * ```ts
 * import { StrainInput } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const beam = new StrainInput({
 *   physicalChannel: 0,
 *   name: "beam",
 *   configuration: "half_bridge_bending",
 *   gageFactor: 2.08,
 *   excitationSource: "external",
 *   excitationVoltage: 5,
 * });
 * equal(beam.unit, "strain");
 * ```
 */
export class StrainInput extends BridgedInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "strain";
  /** How the gages are wired. Default: `quarter_bridge`. */
  declare readonly configuration: StrainGageConfiguration;
  /** Gage factor. Default: 2. */
  declare readonly gageFactor: number;
  /** Resistance of a gage without load, ohms. Default: 350. */
  declare readonly gageResistanceOhms: number;
  /** Poisson's ratio of the material, for configurations that name it. Default: 0.3. */
  declare readonly poissonRatio: number;
  /** Leads to the gage of a quarter bridge, 2 or 3. Default: 3. */
  declare readonly leads: 2 | 3;
  /** Whether the output of the bridge goes positive in tension. Default: no, negative. */
  declare readonly positiveTension: boolean;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: StrainInputOptions) {
    super(STRAIN, options);
  }
}

const TAIL = {
  unstrainedVolts: optional(finite(), 0),
  shuntCorrection: optional(positive(), 1),
};
const notNegative = () => optional(finite({ least: 0 }), 0);

const STRAIN_FIELDS: ChannelFields<StrainInput> = {
  ...analogInputFields(unitOr("strain")),
  configuration: optional(word(STRAIN_GAGE_CONFIGURATIONS), "quarter_bridge"),
  gageFactor: optional(positive(), 2),
  gageResistanceOhms: optional(positive(), 350),
  poissonRatio: optional(finite({ above: -1, most: 0.5 }), 0.3),
  leadResistanceOhms: notNegative(),
  excitationSource: optional(word(STRAIN_EXCITATION_SOURCES), "internal"),
  excitationVoltage: notNegative(),
  shuntEnabled: optional(flag(), false),
  ...TAIL,
  leads: optional({
    check(path, value) {
      if (value !== 2 && value !== 3) throw invalid(path, "2 or 3", value);
      return value;
    },
    schema: { type: "integer", enum: [2, 3] },
  }, 3),
  positiveTension: optional(flag(), false),
  ...SENSOR_TAIL,
};

/** The kind `strain`. */
export const STRAIN: ChannelKind = { kind: "strain", subsystemType: "analog_input", fields: STRAIN_FIELDS };

/** Settings of a {@linkcode BridgeInput}. */
export type BridgeInputOptions = ChannelOptions<BridgeInput, "physicalChannel">;

/**
 * A bridge sensor with a rated output in mV/V: a load cell, a pressure or torque transducer. Values are shares of the
 * rated value (unit `1`), or with `ratedValue` in the unit of that.
 *
 * @example A 500 N load cell of 2 mV/V
 * ```ts
 * import { BridgeInput } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const cell = { physicalChannel: 1, sensitivityMvPerV: 2, excitationVoltage: 10 };
 * equal(new BridgeInput({ ...cell, ratedValue: 500, unit: "N" }).ratedValue, 500);
 * equal(new BridgeInput(cell).unit, "1");
 * ```
 */
export class BridgeInput extends BridgedInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "bridge";
  /** How many arms of the bridge belong to the sensor. Default: `full`. */
  declare readonly configuration: BridgeConfiguration;
  /** Resistance of one arm, ohms. Default: 350. */
  declare readonly nominalResistanceOhms: number;
  /** Output at the rated value, mV per volt of excitation; negative when the leads are swapped. Default: 2. */
  declare readonly sensitivityMvPerV: number;
  /** What the sensor measures at its rated output; then `unit` must be given. Default: 1, values are shares of it. */
  declare readonly ratedValue: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right, or a rated value is given without its unit.
   */
  constructor(options: BridgeInputOptions) {
    super(BRIDGE, options);
  }
}

const BRIDGE_FIELDS: ChannelFields<BridgeInput> = {
  ...analogInputFields(derived(text(), ({ ratedValue }: BridgeInput, path) => {
    if (ratedValue === 1) return "1";
    throw invalid(path, "given as ratedValue is: the unit of that, for example N", undefined);
  })),
  configuration: optional(word(BRIDGE_CONFIGURATIONS), "full"),
  nominalResistanceOhms: optional(positive(), 350),
  sensitivityMvPerV: optional(finite({ notZero: true }), 2),
  excitationSource: optional(word(STRAIN_EXCITATION_SOURCES), "internal"),
  excitationVoltage: notNegative(),
  leadResistanceOhms: notNegative(),
  shuntEnabled: optional(flag(), false),
  ...TAIL,
  ratedValue: optional(finite({ notZero: true }), 1),
  ...SENSOR_TAIL,
};

/** The kind `bridge`. */
export const BRIDGE: ChannelKind = { kind: "bridge", subsystemType: "analog_input", fields: BRIDGE_FIELDS };

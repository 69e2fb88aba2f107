/**
 * Sensors of temperature: thermocouples, platinum resistance thermometers, thermistors.
 *
 * @module
 */

import { rtd, RTD_TYPES, type RtdType } from "../../convert/rtd.ts";
import { TEMPERATURE_UNITS, type TemperatureUnit } from "../../convert/temperature.ts";
import { thermistor } from "../../convert/thermistor.ts";
import { THERMOCOUPLE_TYPES, thermocoupleRange, type ThermocoupleType } from "../../convert/thermocouple.ts";
import { DtolValidationError } from "../../errors.ts";
import { CHANNEL_TYPES, CJC_SOURCES, type CjcSource, type ExcitationSource } from "../enums.ts";
import { invalid } from "../fields.ts";
import {
  at,
  checkOrder,
  derived,
  type Field,
  finite,
  nullable,
  optional,
  positive,
  text,
  whole,
  word,
} from "../field_table.ts";
import { analogInputFields, EXCITATION, SENSOR_TAIL, SensorInput } from "./analog_input.ts";
import type { ChannelFields, ChannelKind, ChannelOptions } from "./base.ts";

const UNIT_NAMES: Readonly<Record<TemperatureUnit, string>> = { deg_c: "degC", deg_f: "degF", kelvin: "K" };

/** A sensor of temperature, in a unit of the user's choice. */
export abstract class TemperatureInput extends SensorInput {
  /** Scale of the values. Default: `deg_c`. The `unit` follows: `degC`, `degF` or `K`. */
  declare readonly units: TemperatureUnit;
}

const temperatureUnit = (): Field<string> => derived(text(), ({ units }: TemperatureInput) => UNIT_NAMES[units]);
const units = (): Field<TemperatureUnit> => optional(word(TEMPERATURE_UNITS), "deg_c");

/** Settings of a {@linkcode ThermocoupleInput}. */
export type ThermocoupleInputOptions = ChannelOptions<ThermocoupleInput, "physicalChannel" | "thermocoupleType">;

/**
 * A thermocouple.
 *
 * @example Type K, its cold junction by the board's sensor on input 0
 * ```ts
 * import { ThermocoupleInput } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const flame = new ThermocoupleInput({ physicalChannel: 1, name: "flame", thermocoupleType: "K" });
 * deepEqual([flame.unit, flame.gain, flame.maxValDegc], ["degC", 100, 1372]);
 * ```
 */
export class ThermocoupleInput extends TemperatureInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "thermocouple";
  /** Type of the thermocouple. */
  declare readonly thermocoupleType: ThermocoupleType;
  /** Lowest temperature to accept, degC. Default: the lowest of the type. */
  declare readonly minValDegc: number;
  /** Highest temperature to accept, degC. Default: the highest of the type. */
  declare readonly maxValDegc: number;
  /**
   * What tells the temperature of the cold junction: the board's sensor, a sensor of 10 mV per degC that the user
   * wired (both on `cjcChannel`), or nothing: the volts are referred to 0 degC already. Default: `internal`.
   */
  declare readonly cjcSource: CjcSource;
  /**
   * Input of the cold-junction sensor. Null on a board that has none, because it gives the cold junction with each
   * sample or takes it into account by itself. Default: 0, where the boards with such an input have it.
   */
  declare readonly cjcChannel: number | null;
  /**
   * A fixed temperature of the cold junction in degC, instead of a sensor; a board that takes its own into account refuses
   * it. Default: null, the sensor is read.
   */
  declare readonly cjcTemperature: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; channel number and type have no default.
   * @throws {DtolValidationError} If a value cannot be right on any board, a temperature lies outside the range of the
   * type, or the channel is that of its own cold junction.
   */
  constructor(options: ThermocoupleInputOptions) {
    super(THERMOCOUPLE, options);
    checkOrder("channel", ["minValDegc", this.minValDegc], ["maxValDegc", this.maxValDegc]);
    const { lowDegC, highDegC } = thermocoupleRange(this.thermocoupleType);
    for (const key of ["minValDegc", "maxValDegc", "cjcTemperature"] as const) {
      const degC = this[key];
      if (degC !== null && (degC < lowDegC || degC > highDegC)) {
        throw invalid(`channel.${key}`, `${lowDegC} to ${highDegC} degC for type ${this.thermocoupleType}`, degC);
      }
    }
    this.#checkColdJunction();
  }

  /** The input that the cold junction is measured on; null when none is. */
  get coldJunctionChannel(): number | null {
    return this.cjcSource === "none" || this.cjcTemperature !== null ? null : this.cjcChannel;
  }

  #checkColdJunction(): void {
    if (this.cjcSource === "none" && this.cjcTemperature !== null) {
      throw invalid("channel.cjcTemperature", `null as channel.cjcSource is "none"`, this.cjcTemperature);
    }
    if (this.coldJunctionChannel === this.physicalChannel) {
      throw new DtolValidationError(
        `channel.physicalChannel must be another input than channel.cjcChannel, but both are ${this.physicalChannel}: ` +
          "that input is the sensor of the cold junction, and no thermocouple can be there",
      );
    }
  }
}

const ofType = (key: "lowDegC" | "highDegC") =>
  derived(finite(), ({ thermocoupleType }: ThermocoupleInput) => thermocoupleRange(thermocoupleType)[key]);

const THERMOCOUPLE_FIELDS: ChannelFields<ThermocoupleInput> = {
  ...analogInputFields(temperatureUnit()),
  channelType: optional(word(CHANNEL_TYPES), "differential"),
  gain: optional(positive(), 100),
  thermocoupleType: word(THERMOCOUPLE_TYPES),
  minValDegc: ofType("lowDegC"),
  maxValDegc: ofType("highDegC"),
  cjcSource: optional(word(CJC_SOURCES), "internal"),
  cjcChannel: nullable(whole(0), 0),
  units: units(),
  cjcTemperature: nullable(finite()),
  ...SENSOR_TAIL,
};

/** The kind `thermocouple`. */
export const THERMOCOUPLE: ChannelKind = {
  kind: "thermocouple",
  subsystemType: "analog_input",
  fields: THERMOCOUPLE_FIELDS,
};

/** Settings of an {@linkcode RtdInput}. */
export type RtdInputOptions = ChannelOptions<RtdInput, "physicalChannel">;

/**
 * A platinum resistance thermometer.
 *
 * @example A Pt1000, fed with 0.1 mA from outside
 * ```ts
 * import { RtdInput } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const oil = new RtdInput({
 *   physicalChannel: 2,
 *   name: "oil",
 *   r0: 1000,
 *   excitationSource: "external",
 *   excitationCurrentA: 1e-4,
 *   units: "kelvin",
 * });
 * equal(oil.unit, "K");
 * ```
 */
export class RtdInput extends TemperatureInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "rtd";
  /** Curve of the thermometer. Default: `pt3850`. */
  declare readonly rtdType: RtdType;
  /** Ohms at 0 degC. Default: 100. */
  declare readonly r0: number;
  /** A of a custom curve, 1/degC; null with the others. */
  declare readonly a: number | null;
  /** B of a custom curve, 1/degC^2; null with the others. */
  declare readonly b: number | null;
  /** C of a custom curve, 1/degC^4; null stands for 0, and with the others for theirs. */
  declare readonly c: number | null;
  /** What feeds the sensor. Default: `internal`, the board. */
  declare readonly excitationSource: ExcitationSource;
  /** Current through the sensor, amps; null is what the board gives. Default: null. */
  declare readonly excitationCurrentA: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right, a custom curve lacks A or B, another curve has A, B or C,
   * or the resistance does not rise from -200 to 850 degC.
   */
  constructor(options: RtdInputOptions) {
    super(RTD, options);
    const { rtdType: type, r0, a, b, c } = this;
    const curve = { ...(a === null ? {} : { a }), ...(b === null ? {} : { b }), ...(c === null ? {} : { c }) };
    at("rtd.", "channel.", () => rtd({ type, r0, ...curve }));
  }
}

const RTD_FIELDS: ChannelFields<RtdInput> = {
  ...analogInputFields(temperatureUnit()),
  rtdType: optional(word(RTD_TYPES), "pt3850"),
  r0: optional(positive(), 100),
  a: nullable(finite()),
  b: nullable(finite()),
  c: nullable(finite()),
  ...EXCITATION,
  units: units(),
  ...SENSOR_TAIL,
};

/** The kind `rtd`. */
export const RTD: ChannelKind = { kind: "rtd", subsystemType: "analog_input", fields: RTD_FIELDS };

/** Settings of a {@linkcode ThermistorInput}. */
export type ThermistorInputOptions = ChannelOptions<ThermistorInput, "physicalChannel" | "a" | "b" | "c">;

/** A thermistor, by the Steinhart-Hart equation in ohms and kelvin. */
export class ThermistorInput extends TemperatureInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "thermistor";
  /** A, 1/K. */
  declare readonly a: number;
  /** B, 1/K, above 0. */
  declare readonly b: number;
  /** C, 1/K. */
  declare readonly c: number;
  /** What feeds the sensor. Default: `internal`, the board. */
  declare readonly excitationSource: ExcitationSource;
  /** Current through the sensor, amps; null is what the board gives. Default: null. */
  declare readonly excitationCurrentA: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; channel number, A, B and C have no default.
   * @throws {DtolValidationError} If a value cannot be right.
   */
  constructor(options: ThermistorInputOptions) {
    super(THERMISTOR, options);
    const { a, b, c } = this;
    at("thermistor.", "channel.", () => thermistor({ a, b, c }));
  }
}

const THERMISTOR_FIELDS: ChannelFields<ThermistorInput> = {
  ...analogInputFields(temperatureUnit()),
  a: finite(),
  b: positive(),
  c: finite(),
  ...EXCITATION,
  units: units(),
  ...SENSOR_TAIL,
};

/** The kind `thermistor`. */
export const THERMISTOR: ChannelKind = {
  kind: "thermistor",
  subsystemType: "analog_input",
  fields: THERMISTOR_FIELDS,
};

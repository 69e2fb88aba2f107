/**
 * What all analog inputs have in common.
 *
 * @module
 */

import { type UserScaling, userScaling } from "../../convert/user_scaling.ts";
import {
  CHANNEL_TYPES,
  type ChannelType,
  COUPLING_TYPES,
  type CouplingType,
  type Encoding,
  ENCODINGS,
  EXCITATION_SOURCES,
  type ExcitationSource,
  FILTER_TYPES,
  type FilterType,
} from "../enums.ts";
import { checkOrder, type Field, finite, nullable, optional, positive, text, whole, word } from "../field_table.ts";
import { type ChannelFields, channelFields, type ChannelKind, ChannelSpec } from "./base.ts";

/** A range of volts, before gain. */
export interface VoltRange {
  /** Low end in volts. */
  readonly low: number;
  /** High end in volts. */
  readonly high: number;
}

/** A channel of an analog input subsystem: a voltage, or a sensor that gives one. */
export abstract class AnalogInput extends ChannelSpec {
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "analog_input";
  /** Engineering unit of the values. */
  declare readonly unit: string;
  /** Wiring, the same for all channels of a subsystem. Default: `single_ended`, for thermocouples `differential`. */
  declare readonly channelType: ChannelType;
  /** Amplification before the converter, one that the board lists. Default: 1, for thermocouples 100. */
  declare readonly gain: number;
  /** The board's filter; null leaves it as it is. Default: null. */
  declare readonly filter: FilterType | null;
  /** How codes stand for volts; null takes the board's own. Default: null. */
  declare readonly encoding: Encoding | null;
  /** Whether the mean of the signal passes; null leaves it as it is. Default: null, for IEPE sensors `ac`. */
  declare readonly coupling: CouplingType | null;
  /** What the user makes of the value, applied last: a line, a table or a polynomial. Default: null, nothing. */
  declare readonly scaling: UserScaling | null;
  /**
   * Bits that the board puts on its synchronous digital lines while it takes this input, for a multiplexer; driving them
   * needs `record(session, { confirm: true })`. Default: null, none.
   */
  declare readonly digitalOutput: number | null;

  /** The board's range that the channel asks for, before gain. */
  abstract get boardRange(): VoltRange;
}

/** An analog input that is no plain voltage: the board's range has names of its own there. */
export abstract class SensorInput extends AnalogInput {
  /** Low end of the board's range in volts, before gain. Default: -10. */
  declare readonly minVolts: number;
  /** High end of the board's range in volts, before gain. Default: 10. */
  declare readonly maxVolts: number;

  /**
   * Checks the settings and freezes them.
   *
   * @ignore
   */
  protected constructor(kind: ChannelKind, options: object) {
    super(kind, options);
    checkOrder("channel", ["minVolts", this.minVolts], ["maxVolts", this.maxVolts]);
  }

  /** The board's range that the channel asks for, before gain. */
  override get boardRange(): VoltRange {
    return { low: this.minVolts, high: this.maxVolts };
  }
}

/** The fields that come first in every analog input, as the Python library has them. */
export function analogInputFields(
  unit: Field<string>,
): Omit<ChannelFields<AnalogInput>, "scaling" | "digitalOutput"> {
  return {
    ...channelFields(unit),
    channelType: optional(word(CHANNEL_TYPES), "single_ended"),
    gain: optional(positive(), 1),
    filter: nullable(word(FILTER_TYPES)),
    encoding: nullable(word(ENCODINGS)),
    coupling: nullable(word(COUPLING_TYPES)),
  };
}

/** The fields that come last. */
export const SCALING: Pick<ChannelFields<AnalogInput>, "scaling" | "digitalOutput"> = {
  scaling: nullable(userScaling()),
  digitalOutput: nullable(whole(0)),
};

/** The fields that come last in a sensor. */
export const SENSOR_TAIL: Pick<
  ChannelFields<SensorInput>,
  "minVolts" | "maxVolts" | "scaling" | "digitalOutput"
> = {
  minVolts: optional(finite(), -10),
  maxVolts: optional(finite(), 10),
  ...SCALING,
};

/** The fields of a sensor that a current is sent through. */
export const EXCITATION: {
  readonly excitationSource: Field<ExcitationSource>;
  readonly excitationCurrentA: Field<number | null>;
} = {
  excitationSource: optional(word(EXCITATION_SOURCES), "internal"),
  excitationCurrentA: nullable(positive()),
};

/** A unit with a default. */
export function unitOr(unit: string): Field<string> {
  return optional(text(), unit);
}

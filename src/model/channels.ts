/**
 * What is wired to a channel, and how it is to be read.
 *
 * @module
 */

import { CHANNEL_TYPES, type ChannelType, type SubsystemType } from "./enums.ts";
import {
  fieldsToJson,
  finiteNumber,
  invalid,
  type Metadata,
  metadataOf,
  nonEmptyText,
  oneOf,
  optionsFromJson,
  plainObject,
  positiveNumber,
  wholeNumber,
} from "./fields.ts";
import { DtolValidationError } from "../errors.ts";

/** What every channel has. */
export interface ChannelSpec {
  /** Kind of channel, as files name it: `ai_voltage`. */
  readonly kind: string;
  /** The subsystem a channel of this kind belongs to. */
  readonly subsystemType: SubsystemType;
  /** Number of the input on the board, from 0. */
  readonly physicalChannel: number;
  /** Name in blocks, files and columns. */
  readonly name: string;
  /** Engineering unit of the values. */
  readonly unit: string;
  /** Notes that travel with the data. */
  readonly metadata: Metadata;
  /** The channel as JSON, which {@linkcode channelFromJson} reads back. */
  toJSON(): Record<string, unknown>;
}

/** Settings of an {@linkcode AnalogInputVoltage}. */
export interface AnalogInputVoltageOptions {
  /** Number of the input on the board, from 0. */
  readonly physicalChannel: number;
  /** Name in blocks, files and columns. Default: `ch` and the number. */
  readonly name?: string;
  /** Engineering unit. Default: `V`. */
  readonly unit?: string;
  /** Notes that travel with the data. Default: none. */
  readonly metadata?: Metadata;
  /** Wiring, the same for all channels of a subsystem. Default: `single_ended`. */
  readonly channelType?: ChannelType;
  /** Amplification before the converter, one that the board lists. Default: 1. */
  readonly gain?: number;
  /** Low end of the board's range in volts, before gain. Default: -10. */
  readonly minVal?: number;
  /** High end of the board's range in volts, before gain. Default: 10. */
  readonly maxVal?: number;
}

const VOLTAGE_FIELDS = [
  "physicalChannel",
  "name",
  "unit",
  "metadata",
  "channelType",
  "gain",
  "minVal",
  "maxVal",
] as const;

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
 */
export class AnalogInputVoltage implements ChannelSpec {
  /** Kind of channel, as files name it. */
  readonly kind = "ai_voltage";
  /** The subsystem that has such channels. */
  readonly subsystemType = "analog_input";
  /** Number of the input on the board, from 0. */
  readonly physicalChannel: number;
  /** Name in blocks, files and columns. */
  readonly name: string;
  /** Engineering unit of the values. */
  readonly unit: string;
  /** Notes that travel with the data. */
  readonly metadata: Metadata;
  /** Wiring. */
  readonly channelType: ChannelType;
  /** Amplification before the converter. */
  readonly gain: number;
  /** Low end of the board's range in volts, before gain. */
  readonly minVal: number;
  /** High end of the board's range in volts, before gain. */
  readonly maxVal: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channel number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: AnalogInputVoltageOptions) {
    const path = "channel";
    this.physicalChannel = wholeNumber(`${path}.physicalChannel`, options.physicalChannel, 0);
    this.name = nonEmptyText(`${path}.name`, options.name ?? `ch${this.physicalChannel}`);
    this.unit = nonEmptyText(`${path}.unit`, options.unit ?? "V");
    this.metadata = metadataOf(`${path}.metadata`, options.metadata);
    this.channelType = oneOf(`${path}.channelType`, options.channelType ?? "single_ended", CHANNEL_TYPES);
    this.gain = positiveNumber(`${path}.gain`, options.gain ?? 1);
    this.minVal = finiteNumber(`${path}.minVal`, options.minVal ?? -10);
    this.maxVal = finiteNumber(`${path}.maxVal`, options.maxVal ?? 10);
    if (this.minVal >= this.maxVal) throw invalid(`${path}.minVal`, `below maxVal (${this.maxVal})`, this.minVal);
    Object.freeze(this);
  }

  /** The channel as JSON, with the keys of the Python library. */
  toJSON(): Record<string, unknown> {
    return { ...fieldsToJson(this, VOLTAGE_FIELDS), kind: this.kind };
  }
}

/**
 * Reads a list of inputs as people write it: `0-2,5` is 0, 1, 2, 5.
 *
 * @throws {DtolValidationError} If it is no such list.
 */
export function channelNumbers(list: string): number[] {
  const numbers = list.split(",").flatMap((part) => {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim());
    if (match === null) throw invalid("channels", "numbers and ranges like 0-2,5", list);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  if (numbers.length === 0) throw invalid("channels", "numbers and ranges like 0-2,5", list);
  return numbers;
}

/**
 * Makes a channel from its JSON.
 *
 * Keys that the Python library writes and this one has no use for (`filter`, `encoding`, `coupling`) may be there as null.
 *
 * @param value What `toJSON()` gave, after a way through a file.
 * @param path Where it stood, for errors.
 * @throws {DtolValidationError} If the kind or a key is not known, or a value is wrong.
 */
export function channelFromJson(value: unknown, path = "channel"): ChannelSpec {
  const { kind, ...rest } = plainObject(path, value);
  if (kind !== "ai_voltage") throw invalid(`${path}.kind`, `"ai_voltage"`, kind);
  for (const key of ["filter", "encoding", "coupling"]) if (rest[key] === null) delete rest[key];
  try {
    return new AnalogInputVoltage(optionsFromJson(path, rest, VOLTAGE_FIELDS) as unknown as AnalogInputVoltageOptions);
  } catch (error) {
    if (!(error instanceof DtolValidationError)) throw error;
    throw new DtolValidationError(error.message.replace(/^channel\./, `${path}.`), { cause: error });
  }
}

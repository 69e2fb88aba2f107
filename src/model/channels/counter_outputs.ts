/**
 * Counters that drive an output: pulse trains and single pulses.
 *
 * @module
 */

import { CLOCK_SOURCES, type ClockSource, GATE_TYPES, type GateType, PULSE_TYPES, type PulseType } from "../enums.ts";
import { finite, flag, optional, positive, word } from "../field_table.ts";
import { unitOr } from "./analog_input.ts";
import { type ChannelFields, channelFields, type ChannelKind, type ChannelOptions } from "./base.ts";
import { CounterChannel } from "./counters.ts";

/** A counter that drives an output. */
export abstract class CounterOutput extends CounterChannel {
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "counter_timer";
  /** What the counter counts: the board's clock or a signal from outside. Default: `internal`. */
  declare readonly clockSource: ClockSource;
  /** Polarity of the pulses. Default: `high_to_low`. */
  declare readonly pulseType: PulseType;
  /** What lets the counter count. Default: `software`. */
  declare readonly gateType: GateType;
  /** Whether starting the output needs `confirm`. Default: yes. */
  declare readonly requiresConfirm: boolean;
}

const outputFields = (unit: string) => ({
  ...channelFields(unitOr(unit)),
  clockSource: optional(word(CLOCK_SOURCES), "internal"),
  pulseType: optional(word(PULSE_TYPES), "high_to_low"),
  gateType: optional(word(GATE_TYPES), "software"),
});
const CONFIRM = { requiresConfirm: optional(flag(), true) };

/** Settings of a {@linkcode PulseTrainOutput}. */
export type PulseTrainOutputOptions = ChannelOptions<PulseTrainOutput, "physicalChannel" | "frequencyHz">;

/** Pulses without end. */
export class PulseTrainOutput extends CounterOutput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "pulse_train_output";
  /** Pulses per second. */
  declare readonly frequencyHz: number;
  /** Share of a period that the pulse is on, above 0 and below 1. Default: 0.5. */
  declare readonly dutyCycle: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; counter number and frequency have no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: PulseTrainOutputOptions) {
    super(PULSE_TRAIN, options);
  }

  /** What the counter does. */
  override get mode(): "rate" {
    return "rate";
  }
}

const PULSE_TRAIN_FIELDS: ChannelFields<PulseTrainOutput> = {
  ...outputFields("Hz"),
  frequencyHz: positive(),
  dutyCycle: optional(finite({ above: 0, below: 1 }), 0.5),
  ...CONFIRM,
};

/** The kind `pulse_train_output`. */
export const PULSE_TRAIN: ChannelKind = {
  kind: "pulse_train_output",
  subsystemType: "counter_timer",
  fields: PULSE_TRAIN_FIELDS,
};

/** A counter that gives pulses of a length. */
export abstract class PulseOutput extends CounterOutput {
  /** Length of a pulse, seconds. */
  declare readonly pulseWidthS: number;
}

const PULSE_FIELDS = { ...outputFields("s"), pulseWidthS: positive(), ...CONFIRM };

/** Settings of a {@linkcode OneShotOutput}. */
export type OneShotOutputOptions = ChannelOptions<OneShotOutput, "physicalChannel" | "pulseWidthS">;

/** One pulse, at the first gate. */
export class OneShotOutput extends PulseOutput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "one_shot_output";

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; counter number and width have no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: OneShotOutputOptions) {
    super(ONE_SHOT, options);
  }

  /** What the counter does. */
  override get mode(): "one_shot" {
    return "one_shot";
  }
}

const ONE_SHOT_FIELDS: ChannelFields<OneShotOutput> = PULSE_FIELDS;

/** The kind `one_shot_output`. */
export const ONE_SHOT: ChannelKind = {
  kind: "one_shot_output",
  subsystemType: "counter_timer",
  fields: ONE_SHOT_FIELDS,
};

/** Settings of a {@linkcode RepetitiveOneShotOutput}. */
export type RepetitiveOneShotOutputOptions = ChannelOptions<
  RepetitiveOneShotOutput,
  "physicalChannel" | "pulseWidthS"
>;

/** A pulse at every gate. */
export class RepetitiveOneShotOutput extends PulseOutput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "repetitive_one_shot_output";

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; counter number and width have no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: RepetitiveOneShotOutputOptions) {
    super(REPETITIVE_ONE_SHOT, options);
  }

  /** What the counter does. */
  override get mode(): "one_shot_repeat" {
    return "one_shot_repeat";
  }
}

const REPETITIVE_ONE_SHOT_FIELDS: ChannelFields<RepetitiveOneShotOutput> = PULSE_FIELDS;

/** The kind `repetitive_one_shot_output`. */
export const REPETITIVE_ONE_SHOT: ChannelKind = {
  kind: "repetitive_one_shot_output",
  subsystemType: "counter_timer",
  fields: REPETITIVE_ONE_SHOT_FIELDS,
};

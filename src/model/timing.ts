/**
 * When samples are taken, and in what pieces they arrive.
 *
 * @module
 */

import { CLOCK_SOURCES, type ClockSource, WRAP_MODES, type WrapMode } from "./enums.ts";
import { invalid } from "./fields.ts";
import {
  type FieldTable,
  fill,
  finite,
  flag,
  maybe,
  optional,
  optionsFromJson,
  part,
  positive,
  text,
  toJson,
  whole,
  word,
} from "./field_table.ts";
import { RETRIGGER_FIELDS, RetriggerSpec, type RetriggerSpecOptions } from "./triggers.ts";

/** Settings of a {@linkcode Timing}. */
export interface TimingOptions {
  /** Samples per second **of each channel**. */
  readonly rateHz: number;
  /** Who gives the ticks. Default: `internal`, the board. */
  readonly clockSource?: ClockSource;
  /** Ticks of an external clock for one of the board's; with an external clock, and only then. */
  readonly externalDivider?: number;
  /** Triggered scans. Default: one scan follows the other. */
  readonly retrigger?: RetriggerSpec | RetriggerSpecOptions;
  /** Samples of each channel after which a finite run ends; without it the run is continuous. */
  readonly samplesPerChannel?: number;
}

/** The fields of a {@linkcode Timing}. */
export const TIMING_FIELDS: FieldTable = {
  rateHz: positive(),
  clockSource: optional(word(CLOCK_SOURCES), "internal"),
  externalDivider: maybe(whole(1)),
  retrigger: maybe(part(RetriggerSpec, "retrigger", RETRIGGER_FIELDS)),
  samplesPerChannel: maybe(whole(1)),
};

/**
 * The rate of a run and, for a finite one, its length.
 *
 * The rate is that of one channel. On boards that sample their channels in turn the clock is set to rate x channels; what
 * the board then really does is read back, and blocks carry that. With an external clock it is the rate that this clock
 * gives after its divider, which nobody but the user knows.
 */
export class Timing {
  /** Samples per second of each channel. */
  declare readonly rateHz: number;
  /** Who gives the ticks. */
  declare readonly clockSource: ClockSource;
  /** Ticks of an external clock for one of the board's. */
  declare readonly externalDivider: number | undefined;
  /** Triggered scans. */
  declare readonly retrigger: RetriggerSpec | undefined;
  /** Samples of each channel in a finite run. */
  declare readonly samplesPerChannel: number | undefined;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Rate, clock and length.
   * @throws {DtolValidationError} If a value is not positive, or a clock lacks a divider or has one it has no use for.
   */
  constructor(options: TimingOptions) {
    fill(this, TIMING_FIELDS, "timing", { ...options });
    const { clockSource, externalDivider } = this;
    if ((clockSource === "external") !== (externalDivider !== undefined)) {
      const rule = clockSource === "external" ? "given" : "left out";
      throw invalid("timing.externalDivider", `${rule} as timing.clockSource is "${clockSource}"`, externalDivider);
    }
    Object.freeze(this);
  }

  /** The timing as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, TIMING_FIELDS);
  }

  /** Makes a timing from its JSON. */
  static fromJSON(value: unknown): Timing {
    return new Timing(optionsFromJson(TIMING_FIELDS, "timing", value) as never);
  }
}

/** Settings of a {@linkcode BufferPlan}. */
export interface BufferPlanOptions {
  /** Buffers in turn between board and library, at least 3. Default: 8. */
  readonly buffers?: number;
  /** Samples of each channel that fill one buffer, which then is one block. */
  readonly samplesPerBuffer: number;
  /**
   * What the board does when no buffer is ready; `single` repeats one buffer and is for analog outputs. Default:
   * `multiple`, the mode seen to work on these boards.
   */
  readonly wrapMode?: WrapMode;
}

const MAX_SAMPLES_PER_BUFFER = 1 << 22;

/** The fields of a {@linkcode BufferPlan}. */
export const BUFFER_FIELDS: FieldTable = {
  buffers: optional(whole(3, 1024), 8),
  samplesPerBuffer: whole(1, MAX_SAMPLES_PER_BUFFER),
  wrapMode: optional(word(WRAP_MODES), "multiple"),
};

/** The buffers that carry samples from the board: how many, and how large. */
export class BufferPlan {
  /** Buffers in turn between board and library. */
  declare readonly buffers: number;
  /** Samples of each channel in one buffer. */
  declare readonly samplesPerBuffer: number;
  /** What the board does when no buffer is ready. */
  declare readonly wrapMode: WrapMode;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Number and size of the buffers.
   * @throws {DtolValidationError} If there are fewer than 3 buffers or more than 1024, or one is empty or beyond
   * 4,194,304 samples.
   */
  constructor(options: BufferPlanOptions) {
    fill(this, BUFFER_FIELDS, "buffers", { ...options });
    Object.freeze(this);
  }

  /**
   * A plan for a rate: 20 buffers a second, so that a reader sees data soon and small pauses of the machine do no harm
   * (8 buffers are 0.4 s of patience).
   *
   * @param rateHz Samples per second of each channel.
   * @param step A buffer holds this many samples or a multiple of it. Default: 1.
   */
  static forRate(rateHz: number, step = 1): BufferPlan {
    const steps = Math.max(Math.round(rateHz / 20 / step), 1);
    return new BufferPlan({ samplesPerBuffer: Math.min(steps, Math.floor(MAX_SAMPLES_PER_BUFFER / step)) * step });
  }

  /** The plan as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, BUFFER_FIELDS);
  }

  /** Makes a plan from its JSON. */
  static fromJSON(value: unknown): BufferPlan {
    return new BufferPlan(optionsFromJson(BUFFER_FIELDS, "buffers", value) as never);
  }
}

/** Settings of a {@linkcode RawLogging}. */
export interface RawLoggingOptions {
  /** The `.dt-raw` file to write. */
  readonly path: string;
  /** Whether a file that exists may be replaced. Default: no. */
  readonly overwrite?: boolean;
  /** Seconds between two syncs to disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number;
}

/** The fields of a {@linkcode RawLogging}. */
export const LOGGING_FIELDS: FieldTable = {
  path: text(),
  overwrite: optional(flag(), false),
  syncIntervalS: optional(finite({ least: 0 }), 1),
};

/** Where the drainer writes every buffer before anyone else sees it. */
export class RawLogging {
  /** The `.dt-raw` file to write. */
  declare readonly path: string;
  /** Whether a file that exists may be replaced. */
  declare readonly overwrite: boolean;
  /** Seconds between two syncs to disk; 0 leaves that to the system. */
  declare readonly syncIntervalS: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Path and habits.
   * @throws {DtolValidationError} If the path is empty or the interval is negative.
   */
  constructor(options: RawLoggingOptions) {
    fill(this, LOGGING_FIELDS, "logging", { ...options });
    Object.freeze(this);
  }

  /** The settings as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, LOGGING_FIELDS);
  }

  /** Makes the settings from their JSON. */
  static fromJSON(value: unknown): RawLogging {
    return new RawLogging(optionsFromJson(LOGGING_FIELDS, "logging", value) as never);
  }
}

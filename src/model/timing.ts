/**
 * When samples are taken, and in what pieces they arrive.
 *
 * @module
 */

import { WRAP_MODES, type WrapMode } from "./enums.ts";
import {
  fieldsToJson,
  flag,
  invalid,
  nonEmptyText,
  oneOf,
  optionsFromJson,
  positiveNumber,
  wholeNumber,
} from "./fields.ts";

/** Settings of a {@linkcode Timing}. */
export interface TimingOptions {
  /** Samples per second **of each channel**. */
  readonly rateHz: number;
  /** Samples of each channel after which a finite run ends; without it the run is continuous. */
  readonly samplesPerChannel?: number;
}

const TIMING_FIELDS = ["rateHz", "samplesPerChannel"] as const;

/**
 * The rate of a run and, for a finite one, its length.
 *
 * The rate is that of one channel. On boards that sample their channels in turn the clock is set to rate x channels; what
 * the board then really does is read back, and blocks carry that.
 */
export class Timing {
  /** Samples per second of each channel. */
  readonly rateHz: number;
  /** Samples of each channel in a finite run. */
  readonly samplesPerChannel: number | undefined;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Rate and length.
   * @throws {DtolValidationError} If a value is not positive.
   */
  constructor(options: TimingOptions) {
    this.rateHz = positiveNumber("timing.rateHz", options.rateHz);
    this.samplesPerChannel = options.samplesPerChannel === undefined
      ? undefined
      : wholeNumber("timing.samplesPerChannel", options.samplesPerChannel, 1);
    Object.freeze(this);
  }

  /** The timing as JSON. */
  toJSON(): Record<string, unknown> {
    return fieldsToJson(this, TIMING_FIELDS);
  }

  /** Makes a timing from its JSON. */
  static fromJSON(value: unknown): Timing {
    return new Timing(optionsFromJson("timing", value, TIMING_FIELDS) as unknown as TimingOptions);
  }
}

/** Settings of a {@linkcode BufferPlan}. */
export interface BufferPlanOptions {
  /** Buffers in turn between board and library, at least 3. Default: 8. */
  readonly buffers?: number;
  /** Samples of each channel that fill one buffer, which then is one block. */
  readonly samplesPerBuffer: number;
  /** What the board does when no buffer is ready. Default: `multiple`, the mode seen to work on these boards. */
  readonly wrapMode?: WrapMode;
}

const BUFFER_FIELDS = ["buffers", "samplesPerBuffer", "wrapMode"] as const;
const MAX_SAMPLES_PER_BUFFER = 1 << 22;

/** The buffers that carry samples from the board: how many, and how large. */
export class BufferPlan {
  /** Buffers in turn between board and library. */
  readonly buffers: number;
  /** Samples of each channel in one buffer. */
  readonly samplesPerBuffer: number;
  /** What the board does when no buffer is ready. */
  readonly wrapMode: WrapMode;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Number and size of the buffers.
   * @throws {DtolValidationError} If there are fewer than 3 buffers, one is empty or beyond 4,194,304 samples, or the
   * wrap mode is `single`, which repeats one buffer and is for outputs.
   */
  constructor(options: BufferPlanOptions) {
    this.buffers = wholeNumber("buffers.buffers", options.buffers ?? 8, 3);
    if (this.buffers > 1024) throw invalid("buffers.buffers", "at most 1024", this.buffers);
    this.samplesPerBuffer = wholeNumber("buffers.samplesPerBuffer", options.samplesPerBuffer, 1);
    if (this.samplesPerBuffer > MAX_SAMPLES_PER_BUFFER) {
      throw invalid("buffers.samplesPerBuffer", `at most ${MAX_SAMPLES_PER_BUFFER}`, this.samplesPerBuffer);
    }
    this.wrapMode = oneOf("buffers.wrapMode", options.wrapMode ?? "multiple", WRAP_MODES);
    if (this.wrapMode === "single") {
      throw invalid("buffers.wrapMode", "none or multiple for an input: single repeats one buffer", this.wrapMode);
    }
    Object.freeze(this);
  }

  /**
   * A plan for a rate: 20 buffers a second, so that a reader sees data soon and small pauses of the machine do no harm
   * (8 buffers are 0.4 s of patience).
   */
  static forRate(rateHz: number): BufferPlan {
    const samplesPerBuffer = Math.min(Math.max(Math.round(rateHz / 20), 1), MAX_SAMPLES_PER_BUFFER);
    return new BufferPlan({ samplesPerBuffer });
  }

  /** The plan as JSON. */
  toJSON(): Record<string, unknown> {
    return fieldsToJson(this, BUFFER_FIELDS);
  }

  /** Makes a plan from its JSON. */
  static fromJSON(value: unknown): BufferPlan {
    return new BufferPlan(optionsFromJson("buffers", value, BUFFER_FIELDS) as unknown as BufferPlanOptions);
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

const LOGGING_FIELDS = ["path", "overwrite", "syncIntervalS"] as const;

/** Where the drainer writes every buffer before anyone else sees it. */
export class RawLogging {
  /** The `.dt-raw` file to write. */
  readonly path: string;
  /** Whether a file that exists may be replaced. */
  readonly overwrite: boolean;
  /** Seconds between two syncs to disk; 0 leaves that to the system. */
  readonly syncIntervalS: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Path and habits.
   * @throws {DtolValidationError} If the path is empty or the interval is negative.
   */
  constructor(options: RawLoggingOptions) {
    this.path = nonEmptyText("logging.path", options.path);
    this.overwrite = flag("logging.overwrite", options.overwrite ?? false);
    const interval = options.syncIntervalS ?? 1;
    this.syncIntervalS = interval === 0 ? 0 : positiveNumber("logging.syncIntervalS", interval);
    Object.freeze(this);
  }

  /** The settings as JSON. */
  toJSON(): Record<string, unknown> {
    return fieldsToJson(this, LOGGING_FIELDS);
  }

  /** Makes the settings from their JSON. */
  static fromJSON(value: unknown): RawLogging {
    return new RawLogging(optionsFromJson("logging", value, LOGGING_FIELDS) as unknown as RawLoggingOptions);
  }
}

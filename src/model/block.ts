/**
 * One block of a recording: the codes of every channel over a stretch of samples, with all that is needed to read them.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";
import type { Scaling } from "../convert/scaling.ts";
import { codedChannels, type Computation, convertBlock, type Sensor } from "../convert/sensor.ts";
import { type DtolError, DtolValidationError } from "../errors.ts";
import type { TimeAxis } from "./axis.ts";
import type { VirtualChannel } from "./channels.ts";
import type { Metadata } from "./fields.ts";

/** A channel as a block knows it. */
export interface BlockChannel {
  /** Name in files and columns. */
  readonly name: string;
  /** Engineering unit of `data`; null when it is not known (a file that does not say). */
  readonly unit: string | null;
  /** Number of the input on the board; -1 for a virtual channel. */
  readonly physicalChannel: number;
  /** What turns its codes into volts; null when codes cannot be converted (a file that does not say). */
  readonly scaling: Scaling | null;
  /** What turns volts, or what the board made of them, into `unit`. Default: nothing, they are the values. */
  readonly sensor?: Sensor | null;
  /** In place of codes, for a virtual channel; those stand behind all others. Default: none. */
  readonly computation?: Computation | null;
  /** Notes of the channel. */
  readonly metadata: Metadata;
}

/** A virtual channel as blocks carry it: it has no input and no codes. */
export function virtualChannel(virtual: VirtualChannel): BlockChannel {
  const { name, unit, metadata } = virtual;
  return Object.freeze({ name, unit, physicalChannel: -1, scaling: null, computation: virtual, metadata });
}

/** What makes a {@linkcode DaqBlock}. */
export interface DaqBlockParts {
  /** Board name. */
  readonly device: string;
  /** Name of the task. */
  readonly task: string;
  /** The channels, in the order of `codes`. The same array in every block of a recording. */
  readonly channels: readonly BlockChannel[];
  /**
   * All samples of channel 0, then all of channel 1, and so on, without the virtual ones. Null in a block that carries
   * only an error, or values.
   */
  readonly codes: Codes | null;
  /** Values in engineering units, channel-major, where there are no codes: a file that keeps values, or a computation. */
  readonly values?: Float64Array<ArrayBuffer>;
  /** What the samples of `values` are worth, by channel name. Default: all `ok`. */
  readonly sensorStatus?: ReadonlyMap<string, Int8Array>;
  /** Number of this block in the run, from 0; a lost block keeps its number. */
  readonly blockIndex: number;
  /** Index of the first sample in the run. */
  readonly firstSampleIndex: number;
  /** Samples of each channel. */
  readonly samplesPerChannel: number;
  /** Samples of each channel that were lost just before this block. Default: 0. */
  readonly gapBefore?: number;
  /** Whether its first sample is the first at or after the trigger that the run is taken about. Default: no. */
  readonly atTrigger?: boolean;
  /** The time axis that the sample indices run on. */
  readonly axis: TimeAxis;
  /** UTC nanoseconds at which the run started. */
  readonly startedUtcNs: bigint;
  /** Monotonic nanoseconds at which the drainer learnt of the buffer. */
  readonly readStartedNs: bigint;
  /** Monotonic nanoseconds at which it had copied it (and the file had it, if there is one). */
  readonly readFinishedNs: bigint;
  /** Notes of the task. */
  readonly metadata?: Metadata;
  /** What went wrong, in a block that stands for an error. */
  readonly error?: DtolError;
}

/**
 * One block of samples. Immutable but for what is computed on first use: a reader that wants codes only pays for no volts.
 */
export class DaqBlock {
  readonly #parts: DaqBlockParts;
  #data: Float64Array<ArrayBuffer> | undefined;
  #status: ReadonlyMap<string, Int8Array> | undefined;

  /**
   * Makes a block.
   *
   * @param parts Its parts; kept, not copied.
   * @throws {DtolValidationError} If `codes` (or `values`) is not channels x samples long, or an index is negative.
   */
  constructor(parts: DaqBlockParts) {
    const given = (parts.codes ?? parts.values)?.length ?? 0;
    const rows = parts.codes === null ? parts.channels.length : codedChannels(parts.channels);
    if (given !== rows * parts.samplesPerChannel) {
      throw new DtolValidationError(
        `A block of ${rows} channels x ${parts.samplesPerChannel} samples cannot have ${given} codes`,
      );
    }
    if (parts.blockIndex < 0 || parts.firstSampleIndex < 0) {
      throw new DtolValidationError(
        `A block cannot have the index ${parts.blockIndex} and the first sample ${parts.firstSampleIndex}`,
      );
    }
    this.#parts = parts;
  }

  /** Board name: with `tMonoNs` the key that joins data of several programs. */
  get device(): string {
    return this.#parts.device;
  }
  /** Name of the task. */
  get task(): string {
    return this.#parts.task;
  }
  /** The channels, in the order of `codes` and `data`. */
  get channels(): readonly BlockChannel[] {
    return this.#parts.channels;
  }
  /** Number of channels. */
  get nChannels(): number {
    return this.#parts.channels.length;
  }
  /** Samples of each channel; 0 in a block that carries only an error. */
  get samplesPerChannel(): number {
    return this.#parts.samplesPerChannel;
  }
  /** Number of this block in the run, from 0; a lost block keeps its number. */
  get blockIndex(): number {
    return this.#parts.blockIndex;
  }
  /** Index of the first sample in the run, from 0; samples lost in a gap keep their indices. */
  get firstSampleIndex(): number {
    return this.#parts.firstSampleIndex;
  }
  /** Samples of each channel that were lost just before this block. */
  get gapBefore(): number {
    return this.#parts.gapBefore ?? 0;
  }
  /** Whether its first sample is the first at or after the trigger that the run is taken about. */
  get atTrigger(): boolean {
    return this.#parts.atTrigger ?? false;
  }
  /**
   * Codes as the board gave them, channel-major, without the virtual channels: width and sign are the board's. Null in an
   * error block, and where only values are known: look at `data` then.
   */
  get codes(): Codes | null {
    return this.#parts.codes;
  }
  /**
   * The same where they say all: each value is its code times the channel's scaling, or the value itself. Null where a
   * sensor's curve or a formula stands between codes and values, so that a file must keep the values.
   */
  get plainCodes(): Codes | null {
    const { codes, channels } = this.#parts;
    return channels.some(({ sensor, computation }) => sensor != null || computation != null) ? null : codes;
  }
  /** The time axis that the sample indices run on. */
  get axis(): TimeAxis {
    return this.#parts.axis;
  }
  /** Samples per second of each channel: what the board's clock really does; in triggered scans within a burst. */
  get sampleRateHz(): number {
    return this.#parts.axis.sampleRateHz;
  }
  /** Nanoseconds from sample to sample, rounded: for a column. Times come from `axis`. */
  get blockPeriodNs(): number {
    return Math.round(1e9 / this.sampleRateHz);
  }
  /** UTC at which the run started. */
  get taskStartedAt(): Temporal.Instant {
    return new Temporal.Instant(this.#parts.startedUtcNs);
  }
  /** UTC of the first sample. */
  get t0(): Temporal.Instant {
    return new Temporal.Instant(this.axis.utcNsOf(this.firstSampleIndex));
  }
  /** Monotonic nanoseconds of the first sample. */
  get tMonoNs(): bigint {
    return this.axis.monoNsOf(this.firstSampleIndex);
  }
  /** UTC of the middle of the block. */
  get tUtc(): Temporal.Instant {
    return new Temporal.Instant(this.axis.anchor.utcNs + this.#middleNs());
  }
  /** Monotonic nanoseconds of the middle of the block. */
  get tMidpointMonoNs(): bigint {
    return this.axis.anchor.monoNs + this.#middleNs();
  }
  /** Monotonic nanoseconds at which the drainer learnt of the buffer. */
  get readStartedNs(): bigint {
    return this.#parts.readStartedNs;
  }
  /** Monotonic nanoseconds at which it had copied it (and the file had it, if there is one). */
  get readFinishedNs(): bigint {
    return this.#parts.readFinishedNs;
  }
  /** UTC of `readStartedNs`. */
  get readStartedAt(): Temporal.Instant {
    return this.#utcOf(this.readStartedNs);
  }
  /** UTC of `readFinishedNs`. */
  get readFinishedAt(): Temporal.Instant {
    return this.#utcOf(this.readFinishedNs);
  }
  /** Seconds the drainer needed for this block. */
  get elapsedS(): number {
    return Number(this.readFinishedNs - this.readStartedNs) / 1e9;
  }
  /** Whether its values are more than codes times a scaling: linearised, by the board or by this library, or computed. */
  get isLinearised(): boolean {
    const { codes, values } = this.#parts;
    return values !== undefined || codes instanceof Float32Array || (codes !== null && this.plainCodes === null);
  }
  /**
   * What the samples of each sensor are worth, by channel name: one number a sample, a place in `SENSOR_STATUSES`. Only
   * channels with a sample that is not `ok` are in it; such a sample is NaN in `data`.
   */
  get sensorStatus(): ReadonlyMap<string, Int8Array> {
    if (this.#status === undefined) this.#convert();
    return this.#status!;
  }
  /** Notes of the task. */
  get metadata(): Metadata {
    return this.#parts.metadata ?? {};
  }
  /** What went wrong, in a block that stands for an error; such a block has no samples. */
  get error(): DtolError | null {
    return this.#parts.error ?? null;
  }

  /**
   * Values in engineering units, channel-major: all samples of channel 0, then all of channel 1. Computed at the first
   * reading and kept; a channel without scaling gives its codes as they are.
   */
  get data(): Float64Array<ArrayBuffer> {
    if (this.#data === undefined) this.#convert();
    return this.#data!;
  }

  /** Values of one channel: a view into `data`. */
  values(channel: number): Float64Array<ArrayBuffer> {
    return this.data.subarray(channel * this.samplesPerChannel, (channel + 1) * this.samplesPerChannel);
  }

  #convert(): void {
    const { channels, codes, values: given, samplesPerChannel: n } = this.#parts;
    if (given !== undefined) {
      this.#data = given;
      this.#status = this.#parts.sensorStatus ?? new Map();
      return;
    }
    if (codes === null) {
      this.#data = new Float64Array(0);
      this.#status = new Map();
      return;
    }
    const { data, status } = convertBlock(channels, codes, n);
    this.#data = data;
    this.#status = status;
  }

  #middleNs(): bigint {
    const first = this.axis.offsetNs(this.firstSampleIndex);
    return (first + this.axis.offsetNs(this.firstSampleIndex + this.samplesPerChannel)) / 2n;
  }

  #utcOf(monoNs: bigint): Temporal.Instant {
    return new Temporal.Instant(this.axis.anchor.utcNs + (monoNs - this.axis.anchor.monoNs));
  }
}

/** Channels as plain data, for `postMessage`: what turns codes into values stays behind. */
export function plainChannels(channels: readonly BlockChannel[]): readonly BlockChannel[] {
  return channels.map(({ name, unit, physicalChannel, scaling, metadata }) => ({
    ...{ name, unit, physicalChannel, scaling, metadata },
  }));
}

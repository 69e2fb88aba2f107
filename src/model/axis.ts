/**
 * The time axis of a run: a start, an index and a clock. No rounded period is ever added up.
 *
 * @module
 */

/** What fixes a time axis. */
export interface AxisAnchor {
  /** Index of the sample taken at the anchor: 0, or more after a gap in the run. */
  readonly index: number;
  /** Monotonic nanoseconds of that sample. */
  readonly monoNs: bigint;
  /** Nanoseconds since 1970 in UTC of that sample. */
  readonly utcNs: bigint;
  /** Rate of the board's clock in Hz, as read back from the board. */
  readonly clockHz: number;
  /** Ticks of that clock from one sample of a channel to its next: the list length on multiplexed boards, else 1. */
  readonly ticksPerSample: number;
}

/**
 * Times of samples, exact to the nanosecond: anchor + (index - anchor index) x ticks / clock, in whole-number arithmetic.
 *
 * @example A clock whose period is no whole number of nanoseconds
 * ```ts
 * import { TimeAxis } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const axis = new TimeAxis({ index: 0, monoNs: 0n, utcNs: 0n, clockHz: 300_000, ticksPerSample: 1 });
 * equal(axis.monoNsOf(1), 3333n);
 * equal(axis.monoNsOf(300_000), 1_000_000_000n);
 * ```
 */
export class TimeAxis {
  /** What fixes the axis. */
  readonly anchor: AxisAnchor;
  /** Samples per second of each channel. */
  readonly sampleRateHz: number;
  /** Nanoseconds from sample to sample as a fraction of whole numbers, which no rounding has touched. */
  readonly #numerator: bigint;
  readonly #denominator: bigint;

  /**
   * Makes an axis.
   *
   * @param anchor Start and clock.
   * @throws {RangeError} If the clock or the ticks are not positive.
   */
  constructor(anchor: AxisAnchor) {
    if (!(anchor.clockHz > 0 && Number.isFinite(anchor.clockHz)) || !(anchor.ticksPerSample >= 1)) {
      throw new RangeError(`No time axis runs at ${anchor.clockHz} Hz with ${anchor.ticksPerSample} ticks a sample`);
    }
    this.anchor = anchor;
    this.sampleRateHz = anchor.clockHz / anchor.ticksPerSample;
    let hz = anchor.clockHz;
    let scale = 1n;
    while (!Number.isInteger(hz)) { // a double times a power of two is exact, and ends as a whole number
      hz *= 2;
      scale *= 2n;
    }
    this.#numerator = 1_000_000_000n * BigInt(anchor.ticksPerSample) * scale;
    this.#denominator = BigInt(hz);
  }

  /** Nanoseconds from the anchor to a sample, rounded to the nearest. */
  offsetNs(index: number): bigint {
    const twice = 2n * BigInt(index - this.anchor.index) * this.#numerator + this.#denominator;
    const quotient = twice / (2n * this.#denominator);
    return twice < 0n && twice % (2n * this.#denominator) !== 0n ? quotient - 1n : quotient;
  }

  /** Monotonic nanoseconds of a sample. */
  monoNsOf(index: number): bigint {
    return this.anchor.monoNs + this.offsetNs(index);
  }

  /** Nanoseconds since 1970 in UTC of a sample. */
  utcNsOf(index: number): bigint {
    return this.anchor.utcNs + this.offsetNs(index);
  }

  /**
   * Nanoseconds from the anchor to each of some samples that follow each other: the one source of times per sample, so
   * that they are the same in every file.
   *
   * @param first Index of the first.
   * @param count How many.
   */
  offsetsNs(first: number, count: number): BigInt64Array<ArrayBuffer> {
    const since = new Float64Array(count);
    const base = this.offsetsSince(first, since);
    const offsets = new BigInt64Array(count);
    for (let k = 0; k < count; k++) offsets[k] = base + BigInt(since[k]!);
    return offsets;
  }

  /**
   * The same offsets in two parts, for who needs millions a second: a whole number, and what comes on top of it.
   *
   * @param first Index of the first sample.
   * @param since Receives for each sample its offset less the returned one: whole numbers, exact as doubles.
   * @returns Nanoseconds from the anchor to where `since` counts from.
   */
  offsetsSince(first: number, since: Float64Array): bigint {
    // Whole periods of the fraction are taken out first, so what is left is small enough to be exact as a double.
    const start = BigInt(first - this.anchor.index) * this.#numerator;
    const rest = Number(start % this.#denominator) / Number(this.#denominator);
    const step = Number(this.#numerator) / Number(this.#denominator);
    for (let k = 0; k < since.length; k++) since[k] = Math.round(rest + k * step);
    return start / this.#denominator;
  }

  /** The sample taken at a moment, or just before it. */
  indexAt(monoNs: bigint): number {
    const index = (monoNs - this.anchor.monoNs) * this.#denominator / this.#numerator;
    return this.anchor.index + Number(index);
  }
}

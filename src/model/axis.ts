/**
 * The time axis of a run: a start, an index and a clock. No rounded period is ever added up.
 *
 * Where the anchor comes from:
 *
 * - The program starts the run: the sample of the anchor is taken in the middle of the call that starts the clock.
 * - The run waits for a trigger: nothing says when that came. The first buffer was full when it was found, so its first
 *   sample was taken its length before; the time that a driver needs to deliver a buffer comes on top, and is not known.
 *   No buffer can be found before it is full, and none is taken before the start call, so the anchor is at most too late.
 * - Triggered scans at a rate of the board's own ({@linkcode BurstClock}): the same, and each burst begins by that rate.
 * - Triggered scans by triggers from outside: between two bursts any time may go by. Each buffer has an anchor of its own,
 *   measured as that of a first buffer. A buffer that ends with a whole burst, or lies within one, is right so; of one that
 *   holds several, only the last burst is, and the uncertainty says how far off the others may be.
 *
 * @module
 */

/** Triggered scans at a rate of the board's own: the clock runs for a burst and rests until the next one. */
export interface BurstClock {
  /** Samples of each channel in a burst. */
  readonly samples: number;
  /** Bursts per second, as read back from the board. */
  readonly hz: number;
}

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
  /**
   * Nanoseconds that the anchor may be away from the truth, as far as this side of the driver can tell: the time that a
   * full buffer is on its way to the driver's queue comes on top. Unknown if left out.
   */
  readonly uncertaintyNs?: number;
  /** Bursts, of which the anchor is the start of one. Left out: one sample follows the other. */
  readonly bursts?: BurstClock;
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
  /** From sample to sample within a burst. */
  readonly #period: Period;
  /** Samples in a burst, and from burst to burst; null where one sample follows the other. */
  readonly #bursts: { readonly samples: number; readonly period: Period } | null;

  /**
   * Makes an axis.
   *
   * @param anchor Start and clock.
   * @throws {RangeError} If the clock, the ticks or the bursts are not positive.
   */
  constructor(anchor: AxisAnchor) {
    const { clockHz, ticksPerSample, bursts } = anchor;
    if (!isRate(clockHz) || !(ticksPerSample >= 1)) {
      throw new RangeError(`No time axis runs at ${clockHz} Hz with ${ticksPerSample} ticks a sample`);
    }
    if (bursts !== undefined && (!isRate(bursts.hz) || !(bursts.samples >= 1))) {
      throw new RangeError(`No time axis runs at ${bursts.hz} bursts a second of ${bursts.samples} samples`);
    }
    this.anchor = anchor;
    this.sampleRateHz = clockHz / ticksPerSample;
    this.#period = periodOf(clockHz, ticksPerSample);
    this.#bursts = bursts === undefined ? null : { samples: bursts.samples, period: periodOf(bursts.hz, 1) };
  }

  /** Nanoseconds from the anchor to a sample, rounded to the nearest. */
  offsetNs(index: number): bigint {
    const { numerator, denominator } = this.#offset(index);
    const twice = 2n * numerator + denominator;
    const quotient = twice / (2n * denominator);
    return twice < 0n && twice % (2n * denominator) !== 0n ? quotient - 1n : quotient;
  }

  /** The same, not rounded. */
  #offset(index: number): Period {
    const { numerator, denominator } = this.#period;
    const since = index - this.anchor.index;
    if (this.#bursts === null) return { numerator: BigInt(since) * numerator, denominator };
    const { samples, period } = this.#bursts;
    const burst = Math.floor(since / samples);
    const inside = BigInt(since - burst * samples) * numerator * period.denominator;
    return {
      numerator: BigInt(burst) * period.numerator * denominator + inside,
      denominator: denominator * period.denominator,
    };
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
    const start = this.stepsFrom(first).wholeNs;
    const samples = this.#bursts?.samples ?? Infinity;
    for (let done = 0; done < since.length;) {
      const { wholeNs, restNs, periodNs } = this.stepsFrom(first + done);
      const base = Number(wholeNs - start);
      const inBurst = this.#bursts === null ? 0 : modulo(first + done - this.anchor.index, samples);
      const count = Math.min(samples - inBurst, since.length - done);
      for (let k = 0; k < count; k++) since[done + k] = base + Math.round(restNs + k * periodNs);
      done += count;
    }
    return start;
  }

  /**
   * The offset of a sample as whole nanoseconds and the rest of one, and the period: that of the k-th sample behind it, within
   * its burst, is `wholeNs + round(restNs + k * periodNs)`. What is rounded is small enough to be exact as a double.
   *
   * @param index Index of the sample.
   */
  stepsFrom(index: number): { readonly wholeNs: bigint; readonly restNs: number; readonly periodNs: number } {
    const { numerator, denominator } = this.#offset(index);
    return {
      wholeNs: numerator / denominator,
      restNs: Number(numerator % denominator) / Number(denominator),
      periodNs: Number(this.#period.numerator) / Number(this.#period.denominator),
    };
  }

  /** The sample taken at a moment, or just before it. */
  indexAt(monoNs: bigint): number {
    const { numerator, denominator } = this.#period;
    const sinceNs = monoNs - this.anchor.monoNs;
    if (this.#bursts === null) return this.anchor.index + Number(sinceNs * denominator / numerator);
    const { samples, period } = this.#bursts;
    const burst = sinceNs * period.denominator / period.numerator;
    const restNs = sinceNs - burst * period.numerator / period.denominator;
    const inside = Math.min(Number(restNs * denominator / numerator), samples - 1); // the clock rests until the next one
    return this.anchor.index + Number(burst) * samples + inside;
  }
}

/** Nanoseconds as a fraction of whole numbers, which no rounding has touched. */
interface Period {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function isRate(hz: number): boolean {
  return hz > 0 && Number.isFinite(hz);
}

function periodOf(hz: number, ticks: number): Period {
  let scale = 1n;
  while (!Number.isInteger(hz)) { // a double times a power of two is exact, and ends as a whole number
    hz *= 2;
    scale *= 2n;
  }
  return { numerator: 1_000_000_000n * BigInt(ticks) * scale, denominator: BigInt(hz) };
}

function modulo(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}

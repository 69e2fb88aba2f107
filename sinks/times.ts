/**
 * Times of the samples of a block, as numbers and as text. Every sink takes them from here, so that a sample has the same
 * time in every file.
 *
 * @module
 */

import { isoUtc } from "../src/clock.ts";
import type { DaqBlock } from "../src/model/block.ts";

/** One time per sample of a block; its channels share them. */
export interface SampleTimes {
  /** Monotonic nanoseconds. */
  readonly monoNs: BigInt64Array<ArrayBuffer>;
  /** Nanoseconds since 1970 in UTC. */
  readonly utcNs: BigInt64Array<ArrayBuffer>;
}

/** The same as text. */
export interface SampleTimeTexts {
  /** Monotonic nanoseconds, as digits. */
  readonly mono: readonly string[];
  /** UTC as `isoUtc` writes it. */
  readonly utc: readonly string[];
}

const SECOND = 1_000_000_000n;

let cachedSecond = 0n;
let cachedText = isoUtc(0n).slice(0, -15);

/** The text of `isoUtc`, faster for times that lie near each other: most share their second with the one before. */
export function utcText(utcNs: bigint): string {
  let nanos = utcNs - cachedSecond;
  if (nanos < 0n || nanos >= SECOND) {
    nanos = (utcNs % SECOND + SECOND) % SECOND;
    cachedSecond = utcNs - nanos;
    cachedText = isoUtc(cachedSecond).slice(0, -15);
  }
  return `${cachedText}${String(1e9 + Number(nanos)).slice(1)}+00:00`;
}

/** Microseconds of nanoseconds, towards the past, so that times keep their order; `t_mono_ns` has the rest. */
export function floorMicros(ns: bigint): bigint {
  return (ns - (ns % 1000n + 1000n) % 1000n) / 1000n;
}

/** The times of a block's samples, from its exact axis. */
export function sampleTimes(block: DaqBlock): SampleTimes {
  const { monoNs: mono, utcNs: utc } = block.axis.anchor;
  const monoNs = block.axis.offsetsNs(block.firstSampleIndex, block.samplesPerChannel);
  const utcNs = new BigInt64Array(monoNs.length);
  for (let k = 0; k < monoNs.length; k++) {
    const offset = monoNs[k]!;
    utcNs[k] = utc + offset;
    monoNs[k] = mono + offset;
  }
  return { monoNs, utcNs };
}

/** The times of a block's samples as text. */
export function sampleTimeTexts(block: DaqBlock): SampleTimeTexts {
  const { monoNs, utcNs } = block.axis.anchor;
  const offsets = block.axis.offsetsNs(block.firstSampleIndex, block.samplesPerChannel);
  if (offsets.length === 0) return { mono: [], utc: [] };
  const first = offsets[0]!;
  const since = Float64Array.from(offsets, (offset) => Number(offset - first)); // a block is shorter than 2^53 ns
  const mono = monoNs + first >= 0n
    ? secondsAndDigits(monoNs + first, since, (seconds) => seconds === 0n ? "" : `${seconds}`, "")
    : Array.from(offsets, (offset) => `${monoNs + offset}`);
  const utc = secondsAndDigits(utcNs + first, since, (seconds) => isoUtc(seconds * SECOND).slice(0, -15), "+00:00");
  return { mono, utc };
}

/** Text of start + each step, from the text of its second and nine digits: no large number is divided twice. */
function secondsAndDigits(
  start: bigint,
  steps: Float64Array,
  textOfSecond: (seconds: bigint) => string,
  tail: string,
): string[] {
  const rest = (start % SECOND + SECOND) % SECOND;
  const startSecond = (start - rest) / SECOND;
  const startRest = Number(rest);
  const texts = new Array<string>(steps.length);
  let second = 0;
  let head = textOfSecond(startSecond);
  for (let k = 0; k < steps.length; k++) {
    let nanos = startRest + steps[k]! - second * 1e9;
    if (nanos >= 1e9 || nanos < 0) {
      const whole = Math.floor(nanos / 1e9);
      second += whole;
      nanos -= whole * 1e9;
      head = textOfSecond(startSecond + BigInt(second));
    }
    texts[k] = head === "" ? String(nanos) : head + String(1e9 + nanos).slice(1) + tail;
  }
  return texts;
}

/**
 * The two clocks of a recording: the system's monotonic clock, which other processes on the machine read too, and UTC.
 *
 * @module
 */

import { openMonotonicClock } from "../ffi/monotonic.ts";

/** Which clock `t_mono_ns` values come from; `process` starts with the process and joins with nothing else. */
export type MonotonicName = "CLOCK_MONOTONIC" | "QueryPerformanceCounter" | "process";

/** A monotonic clock in nanoseconds. */
export interface MonotonicClock {
  /** Which clock this is. */
  readonly name: MonotonicName;
  /** Nanoseconds now. */
  nowNs(): bigint;
}

/** One moment on both clocks. */
export interface ClockReading {
  /** Monotonic nanoseconds. */
  readonly monoNs: bigint;
  /** Nanoseconds since 1970 in UTC. */
  readonly utcNs: bigint;
}

let shared: MonotonicClock | undefined;

/**
 * The system's monotonic clock, opened at the first call and kept.
 *
 * Reading it takes one FFI call. Without `--allow-ffi` (a simulation may run so) it is the process's own clock, and says
 * so in its name: such times are exact among themselves, but do not join with those of another process.
 */
export function monotonicClock(): MonotonicClock {
  return shared ??= Deno.permissions.querySync({ name: "ffi" }).state === "granted"
    ? openMonotonicClock()
    : { name: "process", nowNs: () => BigInt(Math.round(performance.now() * 1e6)) };
}

/** Reads both clocks so that they belong together: UTC between two monotonic readings, of the closest of three tries. */
export function readMoment(clock: MonotonicClock = monotonicClock()): ClockReading {
  let best: ClockReading | undefined;
  let narrowest = 0n;
  for (let i = 0; i < 3; i++) {
    const before = clock.nowNs();
    const utcNs = Temporal.Now.instant().epochNanoseconds;
    const width = clock.nowNs() - before;
    if (best === undefined || width < narrowest) {
      best = { monoNs: before + width / 2n, utcNs };
      narrowest = width;
    }
  }
  return best!;
}

/** UTC as ISO 8601 text of fixed width: nine digits of fraction and `+00:00`, so that text sorts like time. */
export function isoUtc(utcNs: bigint): string {
  const text = new Temporal.Instant(utcNs).toString({ fractionalSecondDigits: 9 });
  return text.replace("Z", "+00:00");
}

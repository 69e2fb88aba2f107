/**
 * Finding samples by time, on either clock.
 *
 * @module
 */

import type { TimeAxis } from "../model/axis.ts";

/** A moment: monotonic nanoseconds, or UTC. */
export type Moment = bigint | Temporal.Instant;

/** Nanoseconds of a moment on its own clock. */
export function nsOf(moment: Moment): bigint {
  return typeof moment === "bigint" ? moment : moment.epochNanoseconds;
}

/** Time of a sample on the clock that a moment is given on. */
export function timeOn(axis: TimeAxis, index: number, moment: Moment): bigint {
  return typeof moment === "bigint" ? axis.monoNsOf(index) : axis.utcNsOf(index);
}

/** The last sample of a stretch that is not after a moment; one before the stretch if all are. */
export function lastAtOrBefore(axis: TimeAxis, moment: Moment, first: number, last: number): number {
  const { monoNs, utcNs } = axis.anchor;
  const guess = axis.indexAt(typeof moment === "bigint" ? moment : nsOf(moment) - utcNs + monoNs);
  let index = Math.min(Math.max(guess, first - 1), last);
  // The axis rounds times to whole nanoseconds, so the guess may be one off.
  while (index < last && timeOn(axis, index + 1, moment) <= nsOf(moment)) index++;
  while (index >= first && timeOn(axis, index, moment) > nsOf(moment)) index--;
  return index;
}

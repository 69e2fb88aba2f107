/**
 * Edges beyond the 32 bits that one call of the SDK reads: there is none that reads more, nor two cascaded counters at once.
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";

const LAP = 2 ** 32;

/**
 * Edges from one reading of a counter to the next, which may have begun again from 0 once.
 *
 * @returns null where they cannot be told: it fell back by less than half of 32 bits, so it began again before those were
 * full (a counter of fewer bits, or one that was set to 0), or went more than half round between the readings.
 */
export function edgesBetween(before: number, after: number): number | null {
  if (after >= before) return after - before;
  const edges = after - before + LAP;
  return edges < LAP / 2 ? edges : null;
}

/** The edges since one start of a counter. */
export class EdgeTotal {
  #last = 0;
  #total = 0;
  /** Says why the total is not known any more. */
  #lost: string | undefined;

  /**
   * Takes a reading, and gives the edges since the start.
   *
   * @param count What the counter shows, 32 bits.
   * @param name Name of its channel.
   * @throws {DtolReadError} If they cannot be told: from then on, whatever the counter shows.
   */
  add(count: number, name: string): number {
    const edges = edgesBetween(this.#last, count);
    if (edges === null) this.#lost ??= fellBack(this.#last, count);
    if (this.#lost !== undefined) throw new DtolReadError(`Cannot tell the count of "${name}" ${this.#lost}`);
    this.#last = count;
    return this.#total += edges!;
  }
}

/** Why edges cannot be told, and what to do. */
export function fellBack(before: number, after: number): string {
  return `as its counter showed ${before} and then ${after}: it began again from 0 before its 32 bits were full, or went ` +
    "more than half round between two readings; stop and start it, and read it more often";
}

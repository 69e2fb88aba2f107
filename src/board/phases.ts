/**
 * The order of calls on a run, which both backends keep: what the SDK answers to another order ranges from an error to a
 * crash.
 *
 * @module
 */

import { DtolTaskStateError } from "../errors.ts";

/** Where a run stands. */
export type Phase = "idle" | "begun" | "running" | "ended" | "flushed";

/** The phase of one run. */
export class Phases {
  /** Where it stands. */
  now: Phase = "idle";
  readonly #board: string;

  /** @param board Board name, for errors. */
  constructor(board: string) {
    this.#board = board;
  }

  /** Refuses a call that does not fit the phase; otherwise moves on to `to`, if given. */
  step(call: string, from: readonly Phase[], to?: Phase): void {
    if (!from.includes(this.now)) throw this.refusal(call, `it is ${this.now}`);
    if (to !== undefined) this.now = to;
  }

  /** The error for a call out of order. */
  refusal(call: string, why: string): DtolTaskStateError {
    return new DtolTaskStateError(`Cannot ${call} the run of "${this.#board}" as ${why}`);
  }
}

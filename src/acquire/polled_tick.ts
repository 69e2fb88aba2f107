/**
 * One tick of a polled recording: a session or a manager is asked, and the policy has its say.
 *
 * @module
 */

import { readMoment } from "../clock.ts";
import { DtolError } from "../errors.ts";
import type { ErrorPolicy } from "../model/enums.ts";
import type { DaqReading } from "../model/reading.ts";
import { failuresOf, type PolledResults } from "./device_result.ts";
import { type DtolManager, nothingToPoll } from "./manager.ts";
import { errorReading } from "./reading.ts";
import type { Session } from "./session.ts";

/** What came of a tick. */
export interface Tick<T> {
  /** What the reader gets; null for nothing. */
  readonly payload: T | null;
  /** Errors of boards. */
  readonly errors: number;
  /** The error that ends the recording, if one does. */
  readonly fatal?: unknown;
}

/** Takes a tick; rejects with what no policy is for. */
export type TakeTick<T> = () => Promise<Tick<T>>;

/** Readings of a session. */
export function sessionTicks(session: Session, policy: ErrorPolicy): TakeTick<DaqReading> {
  let board: string | undefined; // a session that is closed meanwhile does not tell any more
  return async () => {
    try {
      await session.prepare();
      board ??= session.board;
      return { payload: await session.poll(), errors: 0 };
    } catch (error) {
      if (!(error instanceof DtolError) || session.closed) throw error; // not the board's: nothing will mend it
      if (policy === "raise" || board === undefined) return { payload: null, errors: 1, fatal: error };
      return { payload: policy === "skip" ? null : errorReading(board, session.spec, readMoment(), error), errors: 1 };
    }
  };
}

/** Results of a manager's devices. */
export function managerTicks(
  manager: DtolManager,
  policy: ErrorPolicy,
  names?: readonly string[],
): TakeTick<PolledResults> {
  for (const name of names ?? []) manager.get(name); // one that is not there is told now
  if ((names ?? manager.pollable).length === 0) throw nothingToPoll();
  return async () => {
    const results = await manager.pollEach(names);
    const errors = failuresOf(results).length;
    try {
      const payload = manager.settle(results, policy);
      return { payload: payload.size === 0 ? null : payload, errors };
    } catch (fatal) { // the policy's word
      return { payload: null, errors, fatal };
    }
  };
}

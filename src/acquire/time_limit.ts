/**
 * Waiting for a driver, but not for ever.
 *
 * @module
 */

import { DtolTimeoutError, type ErrorContext } from "../errors.ts";

/** The time that each call to a board may take. */
export class TimeLimit {
  /** Whether a call has taken longer: the driver hangs in it, and would hang in the next. */
  passed = false;
  readonly #seconds: number;
  readonly #context: ErrorContext;

  /**
   * @param seconds Seconds for a call.
   * @param context What is known of the board, for the error.
   */
  constructor(seconds: number, context: ErrorContext) {
    this.#seconds = seconds;
    this.#context = context;
  }

  /**
   * Waits for a call. What it may still give when nobody waits any more goes to `giveBack`.
   *
   * @param moreS Seconds that it takes by its nature, which come on top.
   */
  async wait<T>(what: string, call: Promise<T>, giveBack?: (late: T) => Promise<void>, moreS = 0): Promise<T> {
    const seconds = this.#seconds + moreS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.passed = true;
        call.then(giveBack).catch(() => {}); // the time-out is the error to tell
        const context = { ...this.#context, operation: what };
        const message = `Could not ${what} within ${seconds} s: the driver does not answer`;
        reject(new DtolTimeoutError(message, { context }));
      }, seconds * 1000);
    });
    try {
      return await Promise.race([call, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Finds the buffer that begins with the reference trigger.
 *
 * @module
 */

import { OLDA_WM } from "../../ffi/constants.ts";

/** How often to look at messages and queue until both are of the same moment. */
const LOOKS = 3;

/**
 * The board cuts the buffer in which its trigger comes, and begins another with the trigger; the message of each buffer
 * says whether it is from before. A buffer that was cut shows the place by itself; where the trigger came just between two
 * buffers only the messages do, and only if there was one for each buffer: they may come late, together, or not at all, and
 * then the place is not told rather than guessed.
 */
export class ReferenceWatch {
  #before = 0;
  #after = 0;
  #came = 0;
  #capacity = 0;
  #wasCut = false;
  #passed = false;
  /** Messages before a foreign buffer came among those of the run. */
  #lentAt = { before: 0, after: 0 };
  /** A message of such a buffer may stand among the others. */
  #isBlind = false;

  /** A run begins. */
  begin(capacity: number): void {
    this.#before = this.#after = this.#came = 0;
    this.#capacity = capacity;
    this.#wasCut = this.#passed = this.#isBlind = false;
  }

  /** A message came. */
  told(message: number): void {
    if (message === OLDA_WM.OLDA_WM_PRETRIGGER_BUFFER_DONE) this.#before++;
    if (message === OLDA_WM.OLDA_WM_BUFFER_DONE) this.#after++;
  }

  /** A buffer that is none of the run's is about to come among them, with a message like theirs. */
  lent(): void {
    this.#lentAt = { before: this.#before, after: this.#after };
  }

  /**
   * It was fetched. Where it can only be its message that came meanwhile, that one does not count; where it may be another,
   * messages tell nothing any more.
   *
   * @param others Buffers of the run that were fetched meanwhile.
   * @param waiting Reads all messages, and says how many buffers wait to be fetched.
   */
  cameBack(others: number, waiting: () => number): void {
    const { before, after } = this.#lentAt;
    const wait = waiting();
    const told = this.#before + this.#after - before - after;
    this.#isBlind ||= before + after !== this.#came || told !== 1 || wait + others > 0;
    if (this.#isBlind) return;
    this.#before = before;
    this.#after = after;
  }

  /**
   * A buffer was fetched.
   *
   * @param lostBefore Buffers that were overwritten before it.
   * @param valid Codes in it.
   * @param waiting Reads all messages, and says how many buffers wait to be fetched.
   * @returns Whether it begins with the trigger.
   */
  came(lostBefore: number, valid: number, waiting: () => number): boolean {
    const number = this.#came + lostBefore;
    this.#came = number + 1;
    const isFirst = !this.#passed && (this.#wasCut && lostBefore === 0 || this.#isTold(number, waiting));
    this.#wasCut = valid < this.#capacity;
    this.#passed ||= isFirst;
    return isFirst;
  }

  #isTold(number: number, waiting: () => number): boolean {
    for (let look = 0; look < LOOKS && !this.#isBlind; look++) {
      const made = this.#came + waiting();
      if (this.#before + this.#after === made) return this.#after > 0 && this.#before === number;
    }
    return false;
  }
}

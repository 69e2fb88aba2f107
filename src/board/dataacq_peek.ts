/**
 * Looks at the buffer that a real board is filling.
 *
 * The board copies it into one that is lent to it, and that comes back the way of all others: onto Done, with a message of
 * its own. Under wrap mode multiple it would take that one for its own as soon as it had no empty one left, and fill it with
 * samples that nobody gets; nothing of what follows would be at its place. So it is lent only while there are enough empty
 * ones and fetched at once, and an empty one that is still there then shows that there has been one all the time.
 *
 * @module
 */

import { OL_QUE } from "../../ffi/constants.ts";
import type { Hbuf } from "../../ffi/types.ts";
import type { Codes } from "../convert/codes.ts";
import { DtolReadError } from "../errors.ts";
import type { FillingBuffer, Intake, IntakePlan } from "./backend.ts";
import { CANNOT_OPEN_DRIVER, hasCode } from "./dataacq_errors.ts";
import { DataAcqIntake, type Fetched } from "./dataacq_intake.ts";
import { PeekCheck } from "./peek_check.ts";

/** Empty buffers that a board must have for a look. */
const ENOUGH_READY = 2;

/** The run of an input that can be looked at. */
export class PeekingIntake extends DataAcqIntake implements Intake {
  /** Is lent to the board for a look, and is none of the run's. */
  #spare: Hbuf | null = null;
  #check: PeekCheck | null = null;
  /** Where the buffers belong that come from now on is not certain: none is given any more. */
  #isDisordered = false;

  override begin(plan: IntakePlan): void {
    super.begin(plan);
    this.#spare = this.do("Cannot allocate a buffer", () => this.allocateOne(plan.codesPerBuffer));
    this.#check = new PeekCheck(this.ticket.type, plan.codesPerBuffer);
  }

  /** As nobody knows what a driver does with the one in process, the first look of a run is followed by another. */
  peek(): FillingBuffer | null {
    this.phases.step("peek at", ["running"]);
    if (this.lent !== null) throw this.phases.refusal("peek at", "the buffer taken before has not been given back");
    if (this.ending || this.#isDisordered) return null;
    return this.do("Cannot read the buffer being filled", () => {
      let codes = this.#look();
      if (codes !== null && codes.length > 0 && !this.#check!.isProven) codes = this.#look();
      if (codes === null || codes.length === 0) return null;
      const codesBefore = this.fetched.reduce((sum, { valid }) => sum + valid!, 0);
      return { codes, buffersBefore: this.fetched.length, codesBefore };
    });
  }

  override end(): void {
    try {
      super.end();
    } finally {
      this.#spare = this.#check = null;
      this.#isDisordered = false;
    }
  }

  protected override fetchNext(): Hbuf | null {
    return this.#isDisordered ? null : super.fetchNext();
  }

  /** Compares a buffer also with what was seen of it; one that is not so, and all behind it, are of no use. */
  protected override measure(one: Fetched): void {
    const isNew = one.valid === null;
    super.measure(one);
    if (!isNew) return;
    if (one.lost > 0) this.#check!.forget();
    const isRunning = this.phases.now === "running" && !this.ending;
    const isWhole = isRunning && !this.ticket.reference; // else it may have been cut
    if (this.#check!.full(this.codesIn(one.buffer, one.valid!), isWhole)) return;
    const disorder = this.#disorder(this.fetched.indexOf(one));
    if (!isRunning) throw disorder; // nobody waits for events any more
  }

  /** One look; null when there is nothing to see, or no safe way to see it. */
  #look(): Codes | null {
    const spare = this.#spare!;
    while (this.fetchNext() !== null);
    this.#measureAll();
    if (!this.pool.isSure || this.#emptyBuffers() < ENOUGH_READY) return null;
    const before = this.fetched.length;
    this.reference.lent();
    this.sdk.olDmSetValidSamples(spare, 0); // lest a driver that copies nothing leaves what was copied last
    if (!this.copyInProcess(spare)) return null;
    try {
      return this.#takeBack(spare, before);
    } catch (error) {
      if (!hasCode(error, CANNOT_OPEN_DRIVER)) this.#disorder(before); // a board that is gone gives no more buffers
      throw error;
    }
  }

  /** Fetches the spare, and what was done before it; null when it was not taken, but some other may have been. */
  #takeBack(spare: Hbuf, before: number): Codes | null {
    for (let buffer = this.fetchNext(); buffer !== spare; buffer = this.fetchNext()) {
      if (buffer === null) throw this.#disorder(before);
    }
    const valid = this.sdk.olDmGetValidSamples(spare);
    if (!this.pool.isSure || this.#emptyBuffers() === 0) {
      const isCopy = valid < this.codesOf(spare).length && !this.ticket.reference; // one that was filled would be full
      if (isCopy) return null;
      throw this.#disorder(before);
    }
    if (this.ticket.reference) this.reference.cameBack(this.fetched.length - before, () => this.doneBuffers());
    this.#measureAll();
    const codes = this.codesIn(spare, valid);
    if (this.#check!.looked(codes)) return codes;
    throw this.#disorder(before);
  }

  #measureAll(): void {
    for (const one of this.fetched) {
      this.measure(one);
      if (this.#isDisordered) throw this.#disorder(this.fetched.length);
    }
  }

  #emptyBuffers(): number {
    return this.sdk.olDaGetQueueSize(this.hdass, OL_QUE.OL_QUE_READY);
  }

  /** Gives up what was fetched from a place on, and all that is still to come. */
  #disorder(place: number): DtolReadError {
    this.fetched.length = Math.min(this.fetched.length, place);
    if (!this.#isDisordered) this.events.push("disordered");
    this.#isDisordered = true;
    const { board } = this.ticket;
    const message =
      `Cannot read the buffer being filled of "${board}" as its driver does not keep buffers in order then: ` +
      "where the samples after it belong is not certain. Read whole blocks only";
    return new DtolReadError(message, { context: { board, operation: "olDaFlushFromBufferInprocess" } });
  }
}

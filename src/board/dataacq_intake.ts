/**
 * The run of a real board, on the drainer's thread: buffers, window and the SDK's order of calls.
 *
 * @module
 */

import { OL_QUE, OLDA_WM } from "../../ffi/constants.ts";
import type { Hbuf } from "../../ffi/types.ts";
import type { Codes } from "../convert/codes.ts";
import type { Intake, IntakeEvent, IntakePlan, StartMoment, TakenBuffer } from "./backend.ts";
import { BufferPool } from "./buffer_pool.ts";
import { CANNOT_OPEN_DRIVER, hasCode, translated } from "./dataacq_errors.ts";
import { DataAcqRun, RUN_EVENTS } from "./dataacq_run.ts";
import { ReferenceWatch } from "./reference_watch.ts";

/** Messages that are news to a drainer. A full buffer is none: it is found by asking, as messages may stand for several. */
const EVENTS: Readonly<Record<number, IntakeEvent>> = {
  ...RUN_EVENTS,
  [OLDA_WM.OLDA_WM_OVERRUN_ERROR]: "overrun",
};

/** A buffer that came from the board and waits to be taken. */
export interface Fetched {
  /** Which. */
  readonly buffer: Hbuf;
  /** Blocks that were overwritten just before it. */
  readonly lost: number;
  /** How many codes it holds; null while the SDK has not said so: it is asked again, so that the buffer is not lost. */
  valid: number | null;
}

/** The run of an input. */
export class DataAcqIntake extends DataAcqRun implements Intake {
  protected readonly events: IntakeEvent[] = [];
  protected pool = new BufferPool<Hbuf>();
  /** In the order in which they came. */
  protected fetched: Fetched[] = [];
  protected readonly reference = new ReferenceWatch();
  /** The end of the run was found by asking, as there is no window any more. */
  #endTold = false;
  /** Overwritten blocks that no buffer has told of yet. */
  #lost = 0;

  /** The second `olDaConfig` wires window and buffers into the transfer: without it no buffer ever comes (seen). */
  begin(plan: IntakePlan): void {
    this.phases.step("begin", ["idle"], "begun");
    this.events.length = 0;
    this.reference.begin(plan.codesPerBuffer);
    this.do("Cannot queue buffers", () => {
      for (const buffer of this.allocate(plan)) {
        this.pool.add(buffer);
        this.#put(buffer);
      }
    });
    this.hear();
    this.do("Cannot configure the run", () => this.sdk.olDaConfig(this.hdass));
  }

  start(already: StartMoment | null = null): void {
    this.phases.step("start", ["begun"], "running");
    if (already === null) this.do("Cannot start the run", () => this.sdk.olDaStart(this.hdass));
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.phases.step("wait", ["running"]);
    if (this.events.length === 0) this.window!.wait(timeoutMs);
    this.#readMessages();
    if (this.events.length === 0 && !this.#endTold && !this.window!.alive) this.#askWithoutWindow();
    return this.events.splice(0);
  }

  take(): TakenBuffer | null {
    this.phases.step("take", ["running", "ended", "flushed"]);
    if (this.lent !== null) throw this.phases.refusal("take", "the buffer taken before has not been given back");
    return this.do("Cannot fetch a buffer", () => {
      for (;;) {
        const next = this.#next();
        if (next === null) return null;
        const valid = next.valid!;
        this.lent = next.buffer;
        this.#lost += next.lost;
        if (valid > 0) {
          const lostBefore = this.#lostNow();
          const codes = this.codesIn(next.buffer, valid);
          return { codes, lostBefore, ...(this.#isAtTrigger(lostBefore, valid) ? { atTrigger: true } : {}) };
        }
        this.giveBack(); // an empty one, flushed out of Ready
      }
    });
  }

  /** While the run goes on the buffer is queued again, and with it those that were refused before. */
  giveBack(): void {
    if (this.lent === null) throw this.phases.refusal("give a buffer back to", "none was taken");
    this.pool.settle(this.lent);
    this.lent = null;
    if (this.phases.now !== "running" || this.ending) return;
    this.#readMessages(); // what the board overwrote before this buffer came must be known before it
    this.do("Cannot give a buffer back", () => {
      for (const buffer of this.pool.idle) this.#put(buffer);
    });
  }

  override end(): void {
    try {
      super.end();
    } finally {
      for (const buffer of this.pool.buffers) this.pool.release(buffer);
      this.pool = new BufferPool();
      this.fetched = [];
      this.#lost = 0;
      this.#endTold = false;
    }
  }

  /** Asks how full a fetched buffer is. */
  protected measure(one: Fetched): void {
    one.valid ??= this.sdk.olDmGetValidSamples(one.buffer);
  }

  /**
   * Messages first: a board that overwrote every buffer in turn gives the one that is expected, and only they tell. A
   * block whose place is not certain goes back at once: it is among the lost.
   *
   * @returns What came, whether it can be taken or not; null when there is nothing.
   */
  protected fetchNext(): Hbuf | null {
    this.#readMessages();
    const buffer = this.fetch();
    if (buffer === null || !this.pool.has(buffer)) return buffer;
    const lost = this.pool.complete(buffer, this.#reusesTold());
    if (lost !== null) {
      this.fetched.push({ buffer, lost, valid: null });
    } else {
      this.lent = buffer;
      this.giveBack();
    }
    return buffer;
  }

  protected codesIn(buffer: Hbuf, valid: number): Codes {
    return this.codesOf(buffer).subarray(0, valid) as Codes;
  }

  /** Buffers that wait to be fetched, when all messages have been read. */
  protected doneBuffers(): number {
    this.#readMessages();
    return this.sdk.olDaGetQueueSize(this.hdass, OL_QUE.OL_QUE_DONE);
  }

  /** The oldest buffer that has not been taken yet. */
  #next(): Fetched | null {
    for (;;) {
      const [oldest] = this.fetched;
      if (oldest === undefined) {
        if (this.fetchNext() === null) return null;
        continue;
      }
      this.measure(oldest);
      if (this.fetched[0] === oldest) return this.fetched.shift()!; // and was not found to be of no use
    }
  }

  #isAtTrigger(lostBefore: number, valid: number): boolean {
    return this.ticket.reference &&
      this.reference.came(lostBefore, valid, () => this.fetched.length + this.doneBuffers());
  }

  #lostNow(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #put(buffer: Hbuf): void {
    this.queue(buffer);
    this.pool.queue(buffer, this.#reusesTold());
  }

  #readMessages(): void {
    for (let told = this.#reusesTold(); told > 0; told--) this.pool.reused();
  }

  /** Reads all messages; returns how many tell of a buffer that was filled again unread. */
  #reusesTold(): number {
    let told = 0;
    for (let message = this.nextMessage(); message !== null; message = this.nextMessage()) {
      if (message === OLDA_WM.OLDA_WM_BUFFER_REUSED) told++;
      this.reference.told(message);
      const event = EVENTS[message];
      if (event !== undefined) this.events.push(event);
    }
    return told;
  }

  /** Another program closed the window: buffers are found by asking anyway, and so is now the end of the run. */
  #askWithoutWindow(): void {
    try {
      if (this.sdk.olDaIsRunning(this.hdass)) return;
      this.events.push("stopped");
    } catch (error) {
      if (!hasCode(error, CANNOT_OPEN_DRIVER)) throw translated(error, "Cannot ask", this.ticket.board);
      this.events.push("removed");
    }
    this.#endTold = true;
  }
}

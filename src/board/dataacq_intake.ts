/**
 * The run of a real board, on the drainer's thread: buffers, window and the SDK's order of calls.
 *
 * @module
 */

import { OL_QUE, OLDA_WM } from "../../ffi/constants.ts";
import { MessageWindow } from "../../ffi/message_window.ts";
import { type OpenLayers, openSdk } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass } from "../../ffi/types.ts";
import { bytesPerCode, type Codes, viewCodes } from "../convert/codes.ts";
import type { Intake, IntakeEvent, IntakePlan, IntakeTicket, TakenBuffer } from "./backend.ts";
import { BufferPool } from "./buffer_pool.ts";
import type { DataAcqTicket } from "./dataacq_subsystem.ts";
import { CANNOT_OPEN_DRIVER, hasCode, translated, translating, translatingAsync } from "./dataacq_errors.ts";
import { DataAcqPlayout } from "./dataacq_playout.ts";
import { Phases } from "./phases.ts";
import { ReferenceWatch } from "./reference_watch.ts";

/** Messages that are news to a drainer. A full buffer is none: it is found by asking, as messages may stand for several. */
const EVENTS: Readonly<Record<number, IntakeEvent>> = {
  [OLDA_WM.OLDA_WM_OVERRUN_ERROR]: "overrun",
  [OLDA_WM.OLDA_WM_QUEUE_DONE]: "queue_done",
  [OLDA_WM.OLDA_WM_QUEUE_STOPPED]: "stopped",
  [OLDA_WM.OLDA_WM_TRIGGER_ERROR]: "trigger_error",
  [OLDA_WM.OLDA_WM_DEVICE_REMOVAL]: "removed",
};

/** Makes the intake of a board behind the SDK. */
export function attachDataAcq(ticket: IntakeTicket): Intake {
  const { isOutput } = ticket as DataAcqTicket;
  return isOutput ? new DataAcqPlayout(ticket as DataAcqTicket) : new DataAcqIntake(ticket as DataAcqTicket);
}

class DataAcqIntake implements Intake {
  readonly #ticket: DataAcqTicket;
  readonly #sdk: OpenLayers;
  readonly #hdass: Hdass;
  readonly #phases: Phases;
  readonly #events: IntakeEvent[] = [];
  readonly #views = new Map<Hbuf, Codes>();
  #pool = new BufferPool<Hbuf>();
  #window: MessageWindow | null = null;
  #lent: Hbuf | null = null;
  /** The end of the run was found by asking, as there is no window any more. */
  #endTold = false;
  /** Stop or abort is under way: what is given back stays with us. */
  #ending = false;
  /** Fetched, but the SDK would not say how full it is: asked again at the next `take`, so that it is not lost. */
  #unread: Hbuf | null = null;
  /** Overwritten blocks that no buffer has told of yet. */
  #lost = 0;
  readonly #reference = new ReferenceWatch();

  constructor(ticket: DataAcqTicket) {
    this.#ticket = ticket;
    this.#hdass = ticket.hdass as Hdass;
    this.#phases = new Phases(ticket.board);
    this.#sdk = this.#do("Cannot open the SDK", () => openSdk(ticket.paths));
  }

  /** The second `olDaConfig` wires window and buffers into the transfer: without it no buffer ever comes (seen). */
  begin(plan: IntakePlan): void {
    this.#phases.step("begin", ["idle"], "begun");
    this.#events.length = 0;
    this.#reference.begin(plan.codesPerBuffer);
    this.#do("Cannot queue buffers", () => {
      this.#allocate(plan);
      for (const buffer of this.#pool.idle) this.#put(buffer);
    });
    this.#window = MessageWindow.create(this.#sdk.user32);
    this.#do("Cannot configure the run", () => {
      this.#sdk.olDaSetWndHandle(this.#hdass, this.#window!.hwnd, 0n);
      this.#sdk.olDaConfig(this.#hdass);
    });
  }

  start(already = false): void {
    this.#phases.step("start", ["begun"], "running");
    if (!already) this.#do("Cannot start the run", () => this.#sdk.olDaStart(this.#hdass));
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.#phases.step("wait", ["running"]);
    if (this.#events.length === 0) this.#window!.wait(timeoutMs);
    this.#readMessages();
    if (this.#events.length === 0 && !this.#endTold && !this.#window!.alive) this.#askWithoutWindow();
    return this.#events.splice(0);
  }

  take(): TakenBuffer | null {
    this.#phases.step("take", ["running", "ended", "flushed"]);
    if (this.#lent !== null) throw this.#phases.refusal("take", "the buffer taken before has not been given back");
    return this.#do("Cannot fetch a buffer", () => {
      for (;;) {
        const buffer = this.#unread ?? this.#fetch();
        if (buffer === null) return null;
        this.#unread = buffer;
        const valid = this.#sdk.olDmGetValidSamples(buffer);
        this.#unread = null;
        this.#lent = buffer;
        if (valid > 0) {
          const lostBefore = this.#lostNow();
          const codes = this.#views.get(buffer)!.subarray(0, valid) as Codes;
          return { codes, lostBefore, ...(this.#isAtTrigger(lostBefore, valid) ? { atTrigger: true } : {}) };
        }
        this.giveBack(); // an empty one, flushed out of Ready
      }
    });
  }

  /** While the run goes on the buffer is queued again, and with it those that were refused before. */
  giveBack(): void {
    if (this.#lent === null) throw this.#phases.refusal("give a buffer back to", "none was taken");
    this.#pool.settle(this.#lent);
    this.#lent = null;
    if (this.#phases.now !== "running" || this.#ending) return;
    this.#readMessages(); // what the board overwrote before this buffer came must be known before it
    this.#do("Cannot give a buffer back", () => {
      for (const buffer of this.#pool.idle) this.#put(buffer);
    });
  }

  stop(now: boolean): Promise<void> {
    const { olDaAbort, olDaStop } = this.#sdk.nonblocking;
    return this.#finish(now ? "abort" : "stop", () => (now ? olDaAbort : olDaStop)(this.#hdass));
  }

  /** No message may reach a window that is about to vanish: so it is detached first, and flushed also if that fails. */
  flush(): void {
    this.#phases.step("flush", ["ended"], "flushed");
    try {
      this.#detachWindow();
    } finally {
      this.#do("Cannot flush the buffers", () => this.#sdk.olDaFlushBuffers(this.#hdass));
    }
  }

  end(): void {
    const errors: unknown[] = [];
    const attempt = (step: () => void) => {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    };
    const { now } = this.#phases;
    if (now === "running") attempt(() => this.#do("Cannot abort the run", () => this.#sdk.olDaAbort(this.#hdass)));
    if (this.#window !== null && ["begun", "running", "ended"].includes(now)) attempt(() => this.#detachWindow());
    attempt(() => this.#fetchAll());
    for (const buffer of this.#pool.buffers) {
      attempt(() => this.#free(buffer));
      this.#pool.release(buffer);
    }
    attempt(() => this.#window?.close());
    this.#pool = new BufferPool();
    this.#views.clear();
    this.#window = null;
    this.#lent = null;
    this.#unread = null;
    this.#lost = 0;
    this.#ending = false;
    this.#endTold = false;
    this.#phases.now = "idle";
    if (errors.length > 0) throw errors[0];
  }

  #allocate({ buffers, codesPerBuffer }: IntakePlan): void {
    const { type } = this.#ticket;
    const width = bytesPerCode(type);
    for (let i = 0; i < buffers; i++) {
      const buffer = this.#sdk.olDmCallocBuffer(0, 0, codesPerBuffer, width);
      this.#pool.add(buffer);
      this.#views.set(buffer, viewCodes(type, this.#sdk.bufferView(buffer, codesPerBuffer * width)));
    }
  }

  /**
   * Messages first: a board that overwrote every buffer in turn gives the one that is expected, and only they tell. A
   * block whose place is not certain goes back at once: it is among the lost.
   */
  #fetch(): Hbuf | null {
    for (;;) {
      this.#readMessages();
      const buffer = this.#sdk.olDaGetBuffer(this.#hdass);
      if (buffer === null) return null;
      const lost = this.#pool.complete(buffer, this.#reusesTold());
      if (lost !== null) {
        this.#lost += lost;
        return buffer;
      }
      this.#lent = buffer;
      this.giveBack();
    }
  }

  #isAtTrigger(lostBefore: number, valid: number): boolean {
    if (!this.#ticket.reference) return false;
    return this.#reference.came(lostBefore, valid, () => {
      this.#readMessages();
      return this.#sdk.olDaGetQueueSize(this.#hdass, OL_QUE.OL_QUE_DONE);
    });
  }

  #lostNow(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #detachWindow(): void {
    this.#do("Cannot detach the window", () => this.#sdk.olDaSetWndHandle(this.#hdass, null, 0n));
  }

  #put(buffer: Hbuf): void {
    this.#sdk.olDaPutBuffer(this.#hdass, buffer);
    this.#pool.queue(buffer, this.#reusesTold());
  }

  #free(buffer: Hbuf): void {
    try {
      this.#do("Cannot free a buffer", () => this.#sdk.olDmFreeBuffer(buffer));
    } catch (error) { // still queued on a board that is gone: left to the subsystem's release
      const unfreed = new BigUint64Array(this.#ticket.unfreed);
      const count = Number(unfreed[0]) + 1;
      if (count < unfreed.length) {
        unfreed[count] = buffer;
        unfreed[0] = BigInt(count);
      }
      throw error;
    }
  }

  /** A queued buffer cannot be freed, and a subsystem with buffers may refuse to be released. */
  #fetchAll(): void {
    if (this.#phases.now === "idle") return;
    this.#do("Cannot take the buffers back", () => {
      if (this.#phases.now !== "flushed") this.#sdk.olDaFlushBuffers(this.#hdass);
      while (this.#sdk.olDaGetBuffer(this.#hdass) !== null);
    });
  }

  async #finish(how: string, call: () => Promise<void>): Promise<void> {
    this.#phases.step(how, ["running", "ended"]);
    this.#ending = true;
    try {
      await translatingAsync(`Cannot ${how} the run`, this.#ticket.board, call);
    } finally {
      this.#phases.now = "ended";
    }
  }

  #readMessages(): void {
    for (let told = this.#reusesTold(); told > 0; told--) this.#pool.reused();
  }

  /** Reads all messages; returns how many tell of a buffer that was filled again unread. */
  #reusesTold(): number {
    let told = 0;
    for (let news = this.#window?.next() ?? null; news !== null; news = this.#window!.next()) {
      if (news.wParam !== this.#hdass) continue;
      if (news.message === OLDA_WM.OLDA_WM_BUFFER_REUSED) told++;
      this.#reference.told(news.message);
      const event = EVENTS[news.message];
      if (event !== undefined) this.#events.push(event);
    }
    return told;
  }

  /** Another program closed the window: buffers are found by asking anyway, and so is now the end of the run. */
  #askWithoutWindow(): void {
    try {
      if (this.#sdk.olDaIsRunning(this.#hdass)) return;
      this.#events.push("stopped");
    } catch (error) {
      if (!hasCode(error, CANNOT_OPEN_DRIVER)) throw translated(error, "Cannot ask", this.#ticket.board);
      this.#events.push("removed");
    }
    this.#endTold = true;
  }

  #do<T>(doing: string, call: () => T): T {
    return translating(doing, this.#ticket.board, call);
  }
}

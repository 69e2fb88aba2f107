/**
 * A run through the SDK, whichever way its samples go: the buffers and the window that the board gets, and how all of it
 * comes back.
 *
 * @module
 */

import { OLDA_WM } from "../../ffi/constants.ts";
import { MessageWindow } from "../../ffi/message_window.ts";
import { type OpenLayers, openSdk } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass } from "../../ffi/types.ts";
import { bytesPerCode, type Codes, viewCodes } from "../convert/codes.ts";
import type { IntakeEvent, IntakePlan } from "./backend.ts";
import { hasCode, translating, translatingAsync } from "./dataacq_errors.ts";
import type { DataAcqTicket } from "./dataacq_subsystem.ts";
import { leaveRunning, leaveUnfreed } from "./dataacq_unfreed.ts";
import { Phases } from "./phases.ts";

const NO_BUFFER_IN_PROCESS = 117;

/** Messages that are news of any run. */
export const RUN_EVENTS: Readonly<Record<number, IntakeEvent>> = {
  [OLDA_WM.OLDA_WM_QUEUE_DONE]: "queue_done",
  [OLDA_WM.OLDA_WM_QUEUE_STOPPED]: "stopped",
  [OLDA_WM.OLDA_WM_TRIGGER_ERROR]: "trigger_error",
  [OLDA_WM.OLDA_WM_DEVICE_REMOVAL]: "removed",
};

/**
 * One run. A buffer is the driver's from the call that queues it to the one that fetches it: one that does not come back
 * is never freed here, as the driver may still use it, but left to the subsystem's release.
 */
export abstract class DataAcqRun {
  protected readonly ticket: DataAcqTicket;
  protected readonly sdk: OpenLayers;
  protected readonly hdass: Hdass;
  protected readonly phases: Phases;
  protected window: MessageWindow | null = null;
  /** Taken, and not given back yet. */
  protected lent: Hbuf | null = null;
  /** Stop or abort is under way: what is given back stays with us. */
  protected ending = false;
  #buffers: Hbuf[] = [];
  readonly #codes = new Map<Hbuf, Codes>();
  /** In the driver's hands. */
  readonly #queued = new Set<Hbuf>();
  #isHeard = false;
  #isFlushed = false;
  /** The board would not end the run when it was asked last. */
  #mayRun = false;

  constructor(ticket: DataAcqTicket) {
    this.ticket = ticket;
    this.hdass = ticket.hdass as Hdass;
    this.phases = new Phases(ticket.board);
    this.sdk = this.do("Cannot open the SDK", () => openSdk(ticket.paths));
  }

  /** Ends the run: after the buffer in progress, or at once. */
  async stop(now: boolean): Promise<void> {
    const { olDaAbort, olDaStop } = this.sdk.nonblocking;
    const how = now ? "abort" : "stop";
    this.phases.step(how, ["running", "ended"]);
    this.ending = true;
    this.#mayRun = true;
    const call = () => (now ? olDaAbort : olDaStop)(this.hdass);
    try {
      await translatingAsync(`Cannot ${how} the run`, this.ticket.board, call);
      this.#mayRun = false;
    } finally {
      this.phases.now = "ended";
    }
  }

  /** No message may reach a window that is about to vanish: so it is detached first, and flushed also if that fails. */
  flush(): void {
    this.phases.step("flush", ["ended"], "flushed");
    try {
      this.#detachWindow();
    } finally {
      this.#flushBuffers();
    }
  }

  /** Takes everything back that the board gives back, and frees that. Goes to its end, then throws the first error. */
  end(): void {
    const errors: unknown[] = [];
    const attempt = (step: () => void) => {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    };
    const { now } = this.phases;
    if (now === "running") attempt(() => this.#abort());
    if (this.#mayRun) leaveRunning(this.ticket.unfreed);
    if (now !== "idle") {
      if (this.#isHeard) attempt(() => this.#detachWindow());
      if (!this.#isFlushed) attempt(() => this.#flushBuffers());
      attempt(() => this.do("Cannot take the buffers back", () => this.#fetchAll()));
    }
    for (const buffer of this.#buffers) attempt(() => this.#letGo(buffer));
    this.#tellWindow(0n);
    attempt(() => this.window?.close());
    this.#buffers = [];
    this.#codes.clear();
    this.#queued.clear();
    this.window = null;
    this.lent = null;
    this.ending = false;
    this.#mayRun = false;
    this.#isHeard = false;
    this.phases.now = "idle";
    if (errors.length > 0) throw errors[0];
  }

  /** Buffers that are ours, each with room for the codes of the plan. */
  protected allocate({ buffers, codesPerBuffer }: IntakePlan): readonly Hbuf[] {
    this.#isFlushed = false;
    return Array.from({ length: buffers }, () => this.allocateOne(codesPerBuffer));
  }

  /** One more. */
  protected allocateOne(codes: number): Hbuf {
    const { type } = this.ticket;
    const width = bytesPerCode(type);
    const buffer = this.sdk.olDmCallocBuffer(0, 0, codes, width);
    this.#buffers.push(buffer);
    this.#codes.set(buffer, viewCodes(type, this.sdk.bufferView(buffer, codes * width)));
    return buffer;
  }

  /** Has the board tell a window of ours what happens. */
  protected hear(): void {
    this.window = MessageWindow.create(this.sdk.user32);
    this.#tellWindow(this.window.hwnd);
    this.#isHeard = true;
    this.do("Cannot set the window", () => this.sdk.olDaSetWndHandle(this.hdass, this.window!.hwnd, 0n));
  }

  /** The oldest message of this run that was not read yet; null when there is none. */
  protected nextMessage(): number | null {
    for (;;) {
      const news = this.window?.next() ?? null;
      if (news === null) return null;
      if (news.wParam === this.hdass) return news.message;
    }
  }

  /** Gives a buffer to the board. */
  protected queue(buffer: Hbuf): void {
    this.sdk.olDaPutBuffer(this.hdass, buffer);
    this.#queued.add(buffer);
  }

  /**
   * Has the board copy what the buffer in process holds into a buffer, and put that onto Done.
   *
   * @returns False when there is none in process.
   */
  protected copyInProcess(into: Hbuf): boolean {
    try {
      this.sdk.olDaFlushFromBufferInprocess(this.hdass, into, this.codesOf(into).length);
    } catch (error) {
      if (hasCode(error, NO_BUFFER_IN_PROCESS)) return false;
      throw error;
    }
    this.#queued.add(into);
    return true;
  }

  /** The oldest buffer that the board is done with; null when there is none. */
  protected fetch(): Hbuf | null {
    const buffer = this.sdk.olDaGetBuffer(this.hdass);
    if (buffer !== null) this.#queued.delete(buffer);
    return buffer;
  }

  /** All that a buffer has room for. */
  protected codesOf(buffer: Hbuf): Codes {
    return this.#codes.get(buffer)!;
  }

  /** Makes a call to the SDK; what it throws is told in this library's words. */
  protected do<T>(doing: string, call: () => T): T {
    return translating(doing, this.ticket.board, call);
  }

  #tellWindow(hwnd: bigint): void {
    Atomics.store(new BigUint64Array(this.ticket.window), 0, hwnd);
  }

  #abort(): void {
    this.#mayRun = true;
    this.do("Cannot abort the run", () => this.sdk.olDaAbort(this.hdass));
    this.#mayRun = false;
  }

  #detachWindow(): void {
    this.do("Cannot detach the window", () => this.sdk.olDaSetWndHandle(this.hdass, null, 0n));
    this.#isHeard = false;
  }

  #flushBuffers(): void {
    this.do("Cannot flush the buffers", () => this.sdk.olDaFlushBuffers(this.hdass));
    this.#isFlushed = true;
  }

  #fetchAll(): void {
    while (this.fetch() !== null);
  }

  #letGo(buffer: Hbuf): void {
    if (this.#queued.has(buffer)) return leaveUnfreed(this.ticket.unfreed, buffer);
    try {
      this.do("Cannot free a buffer", () => this.sdk.olDmFreeBuffer(buffer));
    } catch (error) {
      leaveUnfreed(this.ticket.unfreed, buffer);
      throw error;
    }
  }
}

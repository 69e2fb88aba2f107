/**
 * The run of a real analog output, on the player's thread: buffers are filled, queued, put out, and filled again.
 *
 * @module
 */

import { OLDA_WM } from "../../ffi/constants.ts";
import { MessageWindow } from "../../ffi/message_window.ts";
import { type OpenLayers, openSdk } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass } from "../../ffi/types.ts";
import { bytesPerCode, type Codes, viewCodes } from "../convert/codes.ts";
import type { Intake, IntakeEvent, IntakePlan, TakenBuffer } from "./backend.ts";
import { translating, translatingAsync } from "./dataacq_errors.ts";
import type { DataAcqTicket } from "./dataacq_subsystem.ts";
import { Phases } from "./phases.ts";

const EVENTS: Readonly<Record<number, IntakeEvent>> = {
  [OLDA_WM.OLDA_WM_UNDERRUN_ERROR]: "underrun",
  [OLDA_WM.OLDA_WM_IO_COMPLETE]: "io_complete",
  [OLDA_WM.OLDA_WM_QUEUE_DONE]: "queue_done",
  [OLDA_WM.OLDA_WM_QUEUE_STOPPED]: "stopped",
  [OLDA_WM.OLDA_WM_TRIGGER_ERROR]: "trigger_error",
  [OLDA_WM.OLDA_WM_DEVICE_REMOVAL]: "removed",
};

/** The run of an output. */
export class DataAcqPlayout implements Intake {
  readonly #ticket: DataAcqTicket;
  readonly #sdk: OpenLayers;
  readonly #hdass: Hdass;
  readonly #phases: Phases;
  readonly #views = new Map<Hbuf, Codes>();
  /** Not filled yet: what `take` gives before the start. */
  #fresh: Hbuf[] = [];
  #window: MessageWindow | null = null;
  #lent: Hbuf | null = null;
  #ending = false;

  constructor(ticket: DataAcqTicket) {
    this.#ticket = ticket;
    this.#hdass = ticket.hdass as Hdass;
    this.#phases = new Phases(ticket.board);
    this.#sdk = this.#do("Cannot open the SDK", () => openSdk(ticket.paths));
  }

  begin({ buffers, codesPerBuffer }: IntakePlan): void {
    this.#phases.step("begin", ["idle"], "begun");
    const { type } = this.#ticket;
    const width = bytesPerCode(type);
    this.#ending = false;
    this.#do("Cannot allocate buffers", () => {
      for (let i = 0; i < buffers; i++) {
        const buffer = this.#sdk.olDmCallocBuffer(0, 0, codesPerBuffer, width);
        this.#views.set(buffer, viewCodes(type, this.#sdk.bufferView(buffer, codesPerBuffer * width)));
        this.#fresh.push(buffer);
      }
    });
    this.#window = MessageWindow.create(this.#sdk.user32);
    this.#do("Cannot set the window", () => this.#sdk.olDaSetWndHandle(this.#hdass, this.#window!.hwnd, 0n));
  }

  /** The second `olDaConfig` wires window and filled buffers into the transfer. */
  start(already = false): void {
    this.#phases.step("start", ["begun"], "running");
    this.#do("Cannot start the run", () => {
      this.#sdk.olDaConfig(this.#hdass);
      if (!already) this.#sdk.olDaStart(this.#hdass);
    });
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.#phases.step("wait", ["running", "ended"]); // its last samples may still be leaving
    this.#window!.wait(timeoutMs);
    const events: IntakeEvent[] = [];
    for (let news = this.#window!.next(); news !== null; news = this.#window!.next()) {
      const event = news.wParam === this.#hdass ? EVENTS[news.message] : undefined;
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** Before the start a buffer that was never filled, then one that was put out. */
  take(): TakenBuffer | null {
    this.#phases.step("take", ["begun", "running", "ended"]);
    if (this.#lent !== null) throw this.#phases.refusal("take", "the buffer taken before has not been given back");
    this.#lent = this.#phases.now === "begun"
      ? this.#fresh.shift() ?? null
      : this.#do("Cannot fetch a buffer", () => this.#sdk.olDaGetBuffer(this.#hdass));
    return this.#lent === null ? null : { codes: this.#views.get(this.#lent)!, lostBefore: 0 };
  }

  giveBack(filled?: number): void {
    if (this.#lent === null) throw this.#phases.refusal("give a buffer back to", "none was taken");
    const buffer = this.#lent;
    this.#lent = null;
    if (this.#ending || filled === 0) return; // stays with us
    this.#do("Cannot queue a buffer", () => {
      this.#sdk.olDmSetValidSamples(buffer, filled ?? this.#views.get(buffer)!.length);
      this.#sdk.olDaPutBuffer(this.#hdass, buffer);
    });
  }

  async stop(now: boolean): Promise<void> {
    const { olDaAbort, olDaStop } = this.#sdk.nonblocking;
    const how = now ? "abort" : "stop";
    this.#phases.step(how, ["running", "ended"]);
    this.#ending = true;
    try {
      await translatingAsync(
        `Cannot ${how} the run`,
        this.#ticket.board,
        () => (now ? olDaAbort : olDaStop)(this.#hdass),
      );
    } finally {
      this.#phases.now = "ended";
    }
  }

  flush(): void {
    this.#phases.step("flush", ["ended"], "flushed");
    this.#do("Cannot flush the buffers", () => {
      this.#sdk.olDaSetWndHandle(this.#hdass, null, 0n);
      this.#sdk.olDaFlushBuffers(this.#hdass);
    });
  }

  end(): void {
    const errors: unknown[] = [];
    const attempt = (doing: string, step: () => void) => {
      try {
        this.#do(doing, step);
      } catch (error) {
        errors.push(error);
      }
    };
    const { now } = this.#phases;
    if (now === "running") attempt("Cannot abort the run", () => this.#sdk.olDaAbort(this.#hdass));
    if (this.#window !== null && now !== "flushed") {
      attempt("Cannot detach the window", () => this.#sdk.olDaSetWndHandle(this.#hdass, null, 0n));
      attempt("Cannot flush the buffers", () => this.#sdk.olDaFlushBuffers(this.#hdass));
    }
    if (now !== "idle") {
      attempt("Cannot take the buffers back", () => {
        while (this.#sdk.olDaGetBuffer(this.#hdass) !== null);
      });
    }
    for (const buffer of this.#views.keys()) attempt("Cannot free a buffer", () => this.#sdk.olDmFreeBuffer(buffer));
    this.#window?.close();
    this.#views.clear();
    this.#fresh = [];
    this.#window = null;
    this.#lent = null;
    this.#phases.now = "idle";
    if (errors.length > 0) throw errors[0];
  }

  #do<T>(doing: string, call: () => T): T {
    return translating(doing, this.#ticket.board, call);
  }
}

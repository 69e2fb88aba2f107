/**
 * The player: fills every free buffer with what the main thread has put into the ring, and queues it, until the source has
 * ended and its last sample has left.
 *
 * It runs on a thread of its own and is the only one to touch the subsystem from start to stop.
 *
 * @module
 */

import type { Intake, IntakeEvent, IntakePlan, IntakeTicket, StartMoment, TakenBuffer } from "../board/backend.ts";
import { monotonicClock, readMoment } from "../clock.ts";
import {
  DtolBufferUnderrunError,
  DtolConnectionError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolTriggerError,
  type PlainError,
  toPlainError,
} from "../errors.ts";
import { Control, WAIT_MS } from "./messages.ts";
import type { RunLeft } from "./parking.ts";
import { PlayRing, type PlayRingShape } from "./play_ring.ts";
import { passGate } from "./start_gate.ts";

/** Everything the player must know of a run. */
export interface PlayOrder {
  /** Whose run to make. */
  readonly ticket: IntakeTicket;
  /** Its buffers. */
  readonly plan: IntakePlan;
  /** Codes of a scan. */
  readonly channels: number;
  /** Scans per second. */
  readonly rateHz: number;
  /** Milliseconds that ending the run may take. */
  readonly timeoutMs: number;
  /** Whether its one buffer is repeated until the run is stopped. */
  readonly loops: boolean;
  /** Whether the board is started again after an underrun. */
  readonly restarts: boolean;
  /** Where the codes come from. */
  readonly play: PlayRingShape;
  /** See {@linkcode Control}. */
  readonly control: SharedArrayBuffer;
  /** Memory of the gate at which to wait for others before the start; null to start at once. */
  readonly gate: SharedArrayBuffer | null;
}

/** The player's news, in the order they happened. */
export type PlayerNews =
  /** All is ready to start: it waits at the gate. */
  | { readonly type: "armed" }
  /** The clock runs, since this moment, which is told in UTC, too. */
  | { readonly type: "started"; readonly moment: StartMoment; readonly utcNs: bigint }
  /** Samples of each channel were queued, and have left, since it was told last. */
  | { readonly type: "progress"; readonly queued: number; readonly played: number }
  /** The board had nothing to put out; samples that were queued did not leave. */
  | { readonly type: "underrun"; readonly lost: number }
  /** The run could not be started; everything has been given back. */
  | { readonly type: "failed"; readonly error: PlainError }
  /** The player is done, and has given everything back, unless the driver hangs in a call. */
  | { readonly type: "ended"; readonly error: PlainError | null; readonly left: RunLeft };

const LAST_SAMPLE_MS = 500;
/** How soon a buffer that is free is filled when the source is late. */
const FILL_MS = 2;

/** One run, from the first call to the last. */
export class Player {
  readonly #order: PlayOrder;
  readonly #intake: Intake;
  readonly #post: (news: PlayerNews) => void;
  readonly #control: Control;
  readonly #ring: PlayRing;
  readonly #clock = monotonicClock(); // opened before the start, so that the time of that is read at once
  /** Codes of the buffers that are queued, oldest first. */
  #queued: number[] = [];
  #free: TakenBuffer | null = null;
  #news = { queued: 0, played: 0 };
  #complete = false;
  #running = false;
  #abandoned = false;
  /** The driver hangs in an abort, too. */
  #isDeaf = false;

  constructor(order: PlayOrder, intake: Intake, post: (news: PlayerNews) => void) {
    this.#order = order;
    this.#intake = intake;
    this.#post = post;
    this.#control = new Control(order.control);
    this.#ring = new PlayRing(order.play);
  }

  /** Runs from the first call to the last. Never rejects: what went wrong is in the news. */
  async run(): Promise<void> {
    try {
      if (!this.#fillAll()) throw new DtolTaskStateError("The waveform has ended before its first sample");
      this.#start(this.#waitForOthers());
    } catch (error) {
      this.#endQuietly();
      this.#post({ type: "failed", error: toPlainError(error) });
      return;
    }
    let error: unknown = null;
    try {
      await this.#play();
    } catch (cause) {
      error = cause;
    }
    try {
      await this.#stop(error !== null || this.#complete || this.#control.abortRequested);
    } catch (cause) {
      error ??= cause;
    }
    const left = { hangs: this.#abandoned, mayRun: this.#running, isDeaf: this.#isDeaf };
    this.#post({ type: "ended", error: error === null ? null : toPlainError(error), left });
  }

  /** All buffers are filled before the clock starts, unless the source ends before. Whether there is anything to start. */
  #fillAll(): boolean {
    this.#control.operation = "getting the board ready";
    this.#intake.begin(this.#order.plan);
    for (;;) {
      this.#free = this.#intake.take();
      if (this.#free === null) break;
      while (!this.#fill()) {
        if (this.#control.stopRequested) return false;
        if (this.#ring.isOver) break;
        this.#control.beat();
        this.#ring.wait(WAIT_MS);
      }
      if (this.#free !== null) break;
    }
    if (this.#free !== null) this.#intake.giveBack(0);
    this.#free = null;
    if (this.#queued.length === 0) return false;
    this.#intake.arm?.();
    return true;
  }

  /** Returns when the board was started, if that was done for this run. */
  #waitForOthers(): StartMoment | null {
    const { gate, ticket } = this.#order;
    if (gate === null) return null;
    return passGate(gate, ticket.board, this.#control, () => this.#post({ type: "armed" }));
  }

  /** Starts the clock. The first sample leaves at the middle of the call, as nothing tells it closer. */
  #start(already: StartMoment | null = null): void {
    this.#control.operation = "starting the board";
    const { monoNs, utcNs } = readMoment(this.#clock);
    const before = this.#clock.nowNs();
    this.#intake.start(already);
    const tookNs = this.#clock.nowNs() - before;
    const moment = already ?? { monoNs: before + tookNs / 2n, tookNs };
    this.#running = true;
    this.#post({ type: "started", moment, utcNs: utcNs + (moment.monoNs - monoNs) });
  }

  async #play(): Promise<void> {
    while (!this.#control.stopRequested && !this.#complete) {
      this.#control.operation = "waiting for the board";
      const events = this.#intake.wait(this.#free === null ? WAIT_MS : 0);
      this.#takeAndFill();
      this.#tell();
      for (const event of events) await this.#onEvent(event);
      if (this.#isAtLastBuffer()) return;
      if (this.#free !== null && !this.#complete) this.#ring.wait(FILL_MS);
    }
  }

  /** The last buffer in progress leaves by stopping; one that the board has not begun with would not leave at all. */
  #isAtLastBuffer(): boolean {
    if (this.#order.loops || !this.#ring.isOver || this.#queued.length > 1) return false;
    return (this.#intake.waiting?.() ?? 0) === 0;
  }

  /** Buffers come back in the order in which they were queued. */
  #takeAndFill(): void {
    for (;;) {
      if (this.#free === null) {
        this.#control.operation = "fetching a buffer";
        this.#free = this.#intake.take();
        if (this.#free === null) return;
        this.#onDone();
      }
      this.#control.operation = "giving a buffer back";
      if (this.#ring.isOver) { // nothing to fill it with: only counted
        this.#intake.giveBack(0);
        this.#free = null;
      } else if (!this.#fill()) return;
    }
  }

  #onDone(): void {
    this.#news.played += (this.#queued.shift() ?? 0) / this.#order.channels;
  }

  /** Fills the free buffer and queues it; false when there is nothing to fill it with. */
  #fill(): boolean {
    const filled = this.#ring.take(this.#free!.codes);
    if (filled === 0) return false;
    this.#free = null;
    this.#queued.push(filled);
    this.#news.queued += filled / this.#order.channels;
    this.#intake.giveBack(filled);
    return true;
  }

  async #onEvent(event: IntakeEvent): Promise<void> {
    const { board } = this.#order.ticket;
    const context = { board, operation: event };
    switch (event) {
      case "io_complete": // and not as it was stopped: it was out of buffers before, and is now out of samples
      case "underrun":
        return await this.#onUnderrun();
      case "queue_done": // its samples are still leaving
        return;
      case "removed":
        throw new DtolConnectionError(`"${board}" is gone: unplugged, or its driver stopped`, { context });
      case "trigger_error":
        throw new DtolTriggerError(`"${board}" got a trigger at a bad moment`, { context });
      default:
        throw new DtolError(`"${board}" ended the run by itself`, { context });
    }
  }

  /** Starts again with what the source gives next, unless that is to end the run. */
  async #onUnderrun(): Promise<void> {
    const { ticket: { board }, channels, restarts } = this.#order;
    this.#takeAndCount();
    const lost = this.#queued.reduce((sum, codes) => sum + codes, 0) / channels;
    this.#queued = [];
    this.#tell();
    if (lost === 0 && this.#ring.isOver) { // dry, as everything has left
      this.#complete = true;
      return;
    }
    this.#post({ type: "underrun", lost });
    if (!restarts) {
      throw new DtolBufferUnderrunError(`"${board}" had nothing to put out in time: the source is too slow`, {
        context: { board, operation: "underrun" },
      });
    }
    this.#control.operation = "ending the run";
    await this.#endInTime("abort");
    this.#intake.end();
    if (this.#fillAll()) this.#start();
    else this.#complete = true;
  }

  /** What came back by now has left; what did not come back did not. */
  #takeAndCount(): void {
    if (this.#free !== null) this.#intake.giveBack(0);
    this.#free = null;
    while (this.#intake.take() !== null) {
      this.#onDone();
      this.#intake.giveBack(0);
    }
  }

  /** What a driver that hangs has in its hands stays there. */
  async #stop(now: boolean): Promise<void> {
    if (this.#abandoned) return;
    this.#control.operation = "ending the run";
    try {
      if (this.#running) await this.#stopAndCount(now);
    } catch (error) {
      if (!this.#abandoned) this.#endQuietly();
      throw error;
    }
    this.#intake.end();
  }

  async #stopAndCount(now: boolean): Promise<void> {
    if (now) this.#quietly(() => this.#takeAndCount()); // what an abort brings back may have left in part
    else if (this.#free !== null) this.#intake.giveBack(0);
    this.#free = null;
    await this.#endInTime(now ? "abort" : "stop").catch(async (error) => {
      if (!now) await this.#endInTime("abort").catch(() => {}); // an output must not go on; the first error is told
      throw error;
    });
    if (!now) {
      this.#awaitLastSample();
      if (!this.#order.loops) this.#takeAndCount();
    }
    this.#tell();
  }

  /** Waits for an ending call, which is alive meanwhile, but not for ever: a stop lasts as long as the buffer in progress. */
  async #endInTime(what: "stop" | "abort"): Promise<void> {
    const { plan, channels, rateHz, timeoutMs, ticket: { board } } = this.#order;
    const bufferMs = 1000 * plan.codesPerBuffer / channels / rateHz;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#abandoned = true;
      this.#isDeaf = what === "abort";
      const message = `The driver of "${board}" did not ${what} the waveform within ${timeoutMs / 1000} s`;
      late.reject(new DtolTimeoutError(message, { context: { board, operation: what } }));
    }, timeoutMs + (what === "stop" ? bufferMs : 0));
    const beating = setInterval(() => this.#control.beat(), WAIT_MS);
    const ending = this.#intake.stop(what === "abort");
    ending.catch(() => {}); // it may come too late
    try {
      await Promise.race([ending, late.promise]);
      this.#abandoned = this.#running = false;
    } finally {
      clearTimeout(timer);
      clearInterval(beating);
    }
  }

  /** The board says so when its last sample has left. Nobody has seen a real one say it, so it is not waited for for long. */
  #awaitLastSample(): void {
    const deadline = performance.now() + LAST_SAMPLE_MS;
    while (performance.now() < deadline) {
      this.#control.beat();
      if (this.#intake.wait(WAIT_MS).includes("io_complete")) return;
    }
  }

  #tell(): void {
    const { queued, played } = this.#news;
    if (queued + played === 0) return;
    this.#news = { queued: 0, played: 0 };
    this.#post({ type: "progress", queued, played });
  }

  #endQuietly(): void {
    this.#quietly(() => this.#intake.end());
  }

  #quietly(step: () => void): void {
    try {
      step();
    } catch {
      // the first error is the one to tell
    }
  }
}

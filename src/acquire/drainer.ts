/**
 * The drainer: takes every done buffer, writes it to the raw file, gives it back, and hands the block on. In that order.
 *
 * It runs on a thread of its own and is the only one to touch the subsystem from start to stop. What it waits in is the
 * board's wait, with a limit; what it never waits for is the reader of the stream.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Intake, IntakeEvent, StartMoment, TakenBuffer } from "../board/backend.ts";
import { monotonicClock, readMoment } from "../clock.ts";
import {
  DtolConnectionError,
  DtolError,
  DtolReadError,
  DtolTimeoutError,
  type PlainError,
  toPlainError,
} from "../errors.ts";
import type { AxisAnchor } from "../model/axis.ts";
import { RawWriter } from "../raw/writer.ts";
import { Arrivals } from "./arrivals.ts";
import { BlockRoad } from "./block_road.ts";
import { FillingReader } from "./filling_reader.ts";
import {
  Control,
  type DrainerNews,
  type DrainerOrder,
  type FillingBlock,
  samplesPerBuffer,
  WAIT_MS,
  waitsForOthers,
} from "./messages.ts";
import { causeOf, errorOfEvent } from "./run_events.ts";
import { passGate } from "./start_gate.ts";

/** After this long without a pause the thread's event loop gets a turn, so that a sync to disk can report. */
const TURN_MS = 10;
/** So many failures in a row to fetch a buffer mean that there is nothing left to fetch. */
const MAX_FAILURES = 16;

/** A turn of this thread's event loop. A timer of 0 ms would take two milliseconds for it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One run, from the first call to the last. */
export class Drainer {
  readonly #order: DrainerOrder;
  readonly #intake: Intake;
  readonly #post: (news: DrainerNews) => void;
  readonly #control: Control;
  readonly #clock = monotonicClock();
  readonly #arrivals: Arrivals;
  readonly #road: BlockRoad;
  readonly #filling: FillingReader;
  #failures = 0;
  #lastTurnMs = 0;
  #lastSyncMs = 0;
  #finished = false;
  #endedAtTrigger = false;
  #closing = false;
  #gone = false;
  #abandoned = false;
  #restartAfter: IntakeEvent | null = null;
  #error: unknown = null;

  constructor(order: DrainerOrder, intake: Intake, post: (news: DrainerNews) => void) {
    this.#order = order;
    this.#intake = intake;
    this.#post = post;
    this.#control = new Control(order.control);
    this.#arrivals = new Arrivals(order.triggers, samplesPerBuffer(order));
    this.#road = new BlockRoad(order, this.#control, this.#arrivals, post);
    this.#filling = new FillingReader(order, intake, this.#arrivals);
  }

  /** Runs from the first call to the last. Never rejects: what went wrong is in the news. */
  async run(): Promise<void> {
    try {
      this.#open();
    } catch (error) {
      this.#attempt(() => this.#intake.end());
      this.#attempt(() => this.#road.file?.discard());
      this.#post({ type: "failed", error: toPlainError(error) });
      return;
    }
    try {
      await this.#drainUntilDone();
    } catch (error) {
      this.#error ??= error;
    }
    await this.#close();
  }

  /** The file first: a path that cannot be written is found before the board is touched. */
  #open(): void {
    const { raw, plan, gate, ticket } = this.#order;
    this.#control.operation = "opening the run";
    if (raw !== null) this.#road.file = RawWriter.create(raw.path, { overwrite: raw.overwrite });
    this.#control.operation = "getting the board ready";
    this.#intake.begin(plan);
    const already = gate === null
      ? null
      : passGate(gate, ticket.board, this.#control, () => this.#post({ type: "armed" }));
    const { anchor, tookNs } = this.#start(already);
    this.#road.file?.begin({ ...raw!.header, anchor, startedUtcNs: anchor.utcNs, monoClock: this.#clock.name });
    this.#post({ type: "started", anchor, tookNs });
  }

  /**
   * Starts the clock; the next sample is taken at the middle of the call, as nothing tells it closer. While a trigger is
   * awaited that is only the earliest that it can be.
   */
  #start(already: StartMoment | null = null): { anchor: AxisAnchor; tookNs: bigint } {
    const moment = readMoment(this.#clock);
    this.#control.operation = "starting the board";
    const before = this.#clock.nowNs();
    this.#intake.start(already);
    const after = this.#clock.nowNs();
    const { monoNs, tookNs } = already ?? { monoNs: (before + after) / 2n, tookNs: after - before };
    const anchor = this.#road.startClock(monoNs, moment.utcNs + (monoNs - moment.monoNs), tookNs);
    this.#arrivals.begin(anchor.index, already === null ? before : monoNs);
    this.#filling.begin();
    return { anchor, tookNs };
  }

  async #drainUntilDone(): Promise<void> {
    while (!this.#finished && !this.#control.stopRequested) {
      this.#control.beat();
      this.#road.prepare(); // there is time now
      this.#control.operation = "waiting for the board";
      const events = this.#intake.wait(WAIT_MS); // before the buffers: what an event ends was done before it
      await this.#takeAll();
      for (const event of events) this.#onEvent(event);
      if (this.#restartAfter !== null) await this.#restart();
      if (this.#control.takeFillingRequest()) this.#tellFilling();
      await this.#turnWhenDue();
    }
  }

  /** Takes buffers until there are none: a message may stand for several. */
  async #takeAll(): Promise<void> {
    while (!this.#finished) {
      const startedNs = this.#clock.nowNs();
      this.#control.operation = "fetching a buffer";
      let buffer: TakenBuffer | null = null;
      try {
        buffer = this.#intake.take();
        this.#failures = 0;
      } catch (error) {
        this.#onFailure(error);
        return;
      }
      if (buffer === null) return this.#arrivals.looked(startedNs);
      this.#onBuffer(buffer, startedNs);
      this.#control.beat();
      await this.#turnWhenDue();
    }
  }

  #onBuffer(buffer: TakenBuffer, readStartedNs: bigint): void {
    const { ticket: { board }, pick, channels } = this.#order;
    const stride = pick?.stride ?? channels;
    const { length } = buffer.codes;
    let refusal: unknown = null;
    this.#road.pass(buffer, readStartedNs, () => refusal = this.#giveBack());
    if (this.#road.left === 0) this.#finished = true;
    if (refusal !== null) this.#onFailure(refusal);
    if (length % stride !== 0 && !this.#closing) { // when the run is cut off its last scan may be; before, all that follows were shifted
      throw new DtolReadError(
        `A buffer of "${board}" ended inside a scan: it holds ${length} codes, and a scan has ${stride}`,
      );
    }
  }

  /** What cannot be read is told to who asked; whether the run can go on the board tells as an event. */
  #tellFilling(): void {
    this.#control.operation = "reading the buffer being filled";
    let block: FillingBlock | null = null;
    let error: PlainError | null = null;
    try {
      block = this.#filling.read(this.#road.place);
    } catch (cause) {
      error = toPlainError(cause);
    }
    this.#post({ type: "filling", block, error });
  }

  /** The intake keeps a buffer that the board refused, and offers it again with the next. */
  #giveBack(): unknown {
    this.#control.operation = "giving a buffer back";
    try {
      this.#intake.giveBack();
      return null;
    } catch (error) {
      return error;
    }
  }

  #onEvent(event: IntakeEvent): void {
    const { ticket: { board }, triggers: { reference } } = this.#order;
    if (event === "queue_done" && reference !== null) return this.#onReferenceEnd(reference);
    const error = errorOfEvent(event, board);
    return error instanceof DtolConnectionError ? this.#onRemoval(error) : this.#onError(error, event);
  }

  /** Its buffers are reused, so it did not run out of them: it ended by its trigger. */
  #onReferenceEnd(reference: "ends_at" | "ends_after"): void {
    this.#finished = true;
    if (reference === "ends_after") return;
    this.#endedAtTrigger = true;
    this.#post({ type: "trigger", sampleIndex: this.#road.place.sampleIndex });
  }

  /** A run that the board ended: start it again, unless an error is to end the recording. */
  #onError(error: DtolError, restartAfter: IntakeEvent | null): void {
    if (this.#order.errorPolicy === "raise") {
      if (restartAfter !== null) this.#road.lose(causeOf(restartAfter), 1, 0);
      throw error;
    }
    this.#restartAfter = restartAfter;
    const deliver = this.#order.errorPolicy === "return";
    const { blockIndex, sampleIndex } = this.#road.place;
    this.#post({ type: "error", error: toPlainError(error), deliver, blockIndex, sampleIndex });
  }

  #onFailure(error: unknown): void {
    if (error instanceof DtolConnectionError) this.#onRemoval(error); // the message to it may come later, or not at all
    if (++this.#failures >= MAX_FAILURES || !(error instanceof DtolError)) throw error;
    this.#onError(error, null);
  }

  /** Nothing brings the board back: what it had in its hands is lost. */
  #onRemoval(error: DtolConnectionError): never {
    if (!this.#gone) this.#road.lose("removed", 1, 0);
    this.#gone = true;
    throw error;
  }

  /** From stop to start again; the samples of the time between are lost, and the index says how many. */
  async #restart(): Promise<void> {
    const cause = causeOf(this.#restartAfter!);
    this.#restartAfter = null;
    this.#closing = true;
    await this.#endOnTime("abort");
    this.#intake.flush();
    while (this.#intake.take() !== null) this.#intake.giveBack(); // half-filled when the board overran: not in sequence
    this.#intake.end();
    this.#closing = false;
    const lostFrom = this.#road.place; // behind what was taken on the way
    let anchor: AxisAnchor;
    try {
      this.#intake.begin(this.#order.plan);
      ({ anchor } = this.#start());
    } finally { // counted also when the board does not start again
      this.#road.mark(cause, 1, lostFrom);
    }
    this.#post({ type: "anchored", anchor });
  }

  async #turnWhenDue(): Promise<void> {
    const nowMs = performance.now();
    const { raw } = this.#order;
    if (raw !== null && raw.syncIntervalMs > 0 && nowMs - this.#lastSyncMs >= raw.syncIntervalMs) {
      this.#lastSyncMs = nowMs;
      this.#road.file!.sync().catch((error) => this.#error ??= error);
    }
    if (nowMs - this.#lastTurnMs < TURN_MS) return;
    this.#lastTurnMs = nowMs;
    await turn();
    if (this.#error !== null) throw this.#error;
  }

  /** The SDK's order, to its end whatever a step throws. */
  async #close(): Promise<void> {
    this.#control.operation = "ending the run";
    this.#closing = true;
    if (this.#control.takeFillingRequest()) this.#post({ type: "filling", block: null, error: null });
    // A driver asked to end after the present buffer may wait for a trigger that never comes.
    const gentle = !this.#finished && this.#error === null && !waitsForOthers(this.#order);
    await this.#endOnTime(gentle ? "stop" : "abort").catch(async (error) => {
      this.#keep(error);
      if (gentle) await this.#endOnTime("abort").catch((second) => this.#keep(second));
    });
    if (!this.#abandoned) {
      await this.#takeRest();
      this.#attempt(() => this.#intake.flush());
      await this.#takeRest();
      this.#attempt(() => this.#intake.end());
    }
    this.#closeFile();
    const { file } = this.#road;
    this.#post({
      type: "ended",
      error: this.#error === null ? null : toPlainError(this.#error),
      raw: file === null ? null : { bytes: file.bytes, chunks: file.chunks },
      abandoned: this.#abandoned,
    });
  }

  /** What the board had done before it ended belongs to the run, also when an error ended it. */
  async #takeRest(): Promise<void> {
    for (let i = 0; i < this.#order.plan.buffers + MAX_FAILURES; i++) {
      try {
        return await this.#takeAll();
      } catch (error) {
        this.#keep(error);
      }
    }
  }

  /** Waits for an ending call, and goes on draining meanwhile: the board still fills buffers. */
  async #endOnTime(what: "stop" | "abort"): Promise<void> {
    const { ticket, clockHz, ticksPerSample } = this.#order;
    const bufferMs = 1000 * samplesPerBuffer(this.#order) * ticksPerSample / clockHz; // a stop waits for the one in progress
    const timeoutMs = this.#order.timeoutMs + (what === "stop" ? bufferMs : 0);
    let settled = false;
    const ending = this.#intake.stop(what === "abort").finally(() => settled = true);
    ending.catch(() => {}); // looked at below, unless it comes too late
    const deadline = performance.now() + timeoutMs;
    while (!settled) {
      this.#control.beat();
      if (performance.now() > deadline) {
        this.#abandoned = true;
        const context = { board: ticket.board, operation: what };
        throw new DtolTimeoutError(
          `The driver of "${ticket.board}" did not ${what} the run within ${
            this.#order.timeoutMs / 1000
          } s: the board stays taken until this process ends`,
          { context },
        );
      }
      await this.#takeRest();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await ending;
    this.#abandoned = false;
  }

  #closeFile(): void {
    this.#attempt(() =>
      this.#road.file?.end({
        ...(this.#error === null ? {} : { cause: "error", detail: messageOf(this.#error) }),
        atTrigger: this.#endedAtTrigger,
      })
    );
    this.#attempt(() => this.#road.file?.close());
  }

  /** Runs a step of the way out: it must not keep the next from running. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#keep(error);
    }
  }

  #keep(error: unknown): void {
    this.#error ??= error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

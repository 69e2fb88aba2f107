/**
 * Playing waveforms on outputs that the board's clock paces.
 *
 * @module
 */

import type { StartMoment } from "../board/backend.ts";
import { DtolError, DtolTimeoutError, errorOfClass, fromPlainError, type PlainError } from "../errors.ts";
import type { ErrorPolicy } from "../model/enums.ts";
import type { Control } from "./messages.ts";
import { type Parking, parkingText, type RunLeft } from "./parking.ts";
import { planPlay, type PlayOptions, type PlayPlan } from "./play_plan.ts";
import { PlayRing } from "./play_ring.ts";
import type { PlayerNews, PlayOrder } from "./player.ts";
import type { Session } from "./session.ts";
import { watchOver } from "./watch.ts";
import type { CodeFeed, Waveform, WaveformSource } from "./waveform.ts";

export type { PlayOptions };

/** The books of a {@linkcode Playback}, live while it runs. Samples are counted for each channel. */
export interface PlaySummary {
  /** UTC of the start. */
  readonly startedAt: Temporal.Instant;
  /** UTC of the end; null while it runs. */
  readonly finishedAt: Temporal.Instant | null;
  /** Samples that were handed to the board, in a loop those of one period. */
  readonly samplesQueued: number;
  /** Samples that are known to have left, whole buffers of them; in a loop what the clock has let out. */
  readonly samplesPlayed: number;
  /** Samples that were handed to the board and did not leave, as an underrun or a stop came before. */
  readonly samplesLost: number;
  /** Times that the board had nothing to put out. */
  readonly underruns: number;
  /** What ended it, if that was an error. */
  readonly error: DtolError | null;
  /** What became of the outputs after the error; null without, or if the waveform was not started. */
  readonly parking: Parking | null;
}

/**
 * Plays a waveform: every sample is checked against the limits of its channel before it is queued, and becomes the nearest
 * step inside of them (see `Session.write`).
 *
 * With `spec.buffers.wrapMode` `single` the waveform is one period, exactly `samplesPerBuffer` samples of each channel, which
 * the board repeats until it is stopped. Otherwise it is a stream: chunks of any length, put together without a gap, from
 * anything that can be iterated; all buffers are filled before the clock starts, and the run ends after the last sample has
 * left. A board whose buffers run out ends the run.
 *
 * An error that ends the run parks the outputs: {@linkcode PlaySummary.parking} says what came of that. If the driver hangs in
 * a call it is asked from other threads to abort and to park, within the session's time-out once more; the error says so, and
 * the session is of no more use. Should the call come back after all, what it started is ended at once, and parked.
 *
 * @param session An open device whose task is on clocked analog outputs.
 * @param source The waveform, in volts: an array a channel, in the order of the task; of one channel the array itself.
 * @param options What is confirmed, and what an underrun does.
 * @returns The playback, once the board's clock runs.
 * @throws {DtolError} If the board cannot play, a confirmation is missing, or something is wrong with the first samples:
 * nothing was put out then.
 *
 * @example A ramp, to its last sample
 * ```ts
 * import { AnalogOutputVoltage, openDevice, play, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const backend = new SimulatedBackend();
 * const spec = new TaskSpec({
 *   board: "DT9862(00)",
 *   channels: [new AnalogOutputVoltage({ physicalChannel: 0, name: "shaker", safeValue: 0 })],
 *   timing: { rateHz: 10_000 },
 * });
 * await using session = await openDevice(spec, { backend });
 * const chunks = [0, 1, 2].map((volts) => new Float64Array(100).fill(volts));
 * await using playback = await play(session, chunks, { confirm: ["shaker"] });
 * const { samplesPlayed, underruns } = await playback.finished;
 * equal(samplesPlayed, 300);
 * equal(underruns, 0);
 * equal(backend.played("DT9862(00)").length, 300);
 * ```
 */
export async function play(
  session: Session,
  source: Waveform | WaveformSource,
  options: PlayOptions = {},
): Promise<Playback> {
  const playback = new Playback(await planPlay(session, source, options, null));
  await playback.begin();
  return playback;
}

/** A run that has been given back in full. */
const OVER: RunLeft = { hangs: false, mayRun: false, isDeaf: false };

/** A waveform that is being put out. Made by {@linkcode play}; dispose of it, and it is stopped. */
export class Playback implements AsyncDisposable {
  /** Samples per second of each channel: what the board's clock really does. */
  readonly rateHz: number;
  readonly #session: Session;
  readonly #policy: ErrorPolicy;
  readonly #order: PlayOrder;
  readonly #control: Control;
  readonly #ring: PlayRing;
  readonly #feed: CodeFeed;
  readonly #worker: Worker;
  readonly #armed = Promise.withResolvers<void>();
  readonly #sourceFailed = Promise.withResolvers<never>();
  readonly #started = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<PlaySummary>();
  readonly #counts = { samplesQueued: 0, samplesPlayed: 0, samplesLost: 0, underruns: 0 };
  #watch: ReturnType<typeof setInterval> | undefined;
  #startMoment: StartMoment | null = null;
  #startedAt: Temporal.Instant | null = null;
  #finishedAt: Temporal.Instant | null = null;
  #sourceError: DtolError | null = null;
  #error: DtolError | null = null;
  #parking: Parking | null = null;
  #errorTold = false;
  #over = false;

  /** @ignore Made by {@linkcode play}. */
  constructor({ session, policy, order, control, feed }: PlayPlan) {
    this.#session = session;
    this.#policy = policy;
    this.#order = order;
    this.#control = control;
    this.#feed = feed;
    this.#ring = new PlayRing(order.play);
    this.rateHz = order.rateHz;
    const entry = session.backend.drainer ?? new URL("./drainer_worker.ts", import.meta.url);
    this.#worker = new Worker(entry, { type: "module", name: `player of ${session.board}` });
    this.#worker.onmessage = ({ data }: MessageEvent<PlayerNews>) => this.#onNews(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // told through `finished` instead
      this.#giveUpOn(new DtolError(`The player of "${session.board}" failed: ${event.message}`));
    };
    this.#finished.promise.catch(() => {}); // whoever waits for it, or stops, is told
    this.#sourceFailed.promise.catch(() => {}); // as above
  }

  /** What became of the samples so far. */
  get summary(): PlaySummary {
    const played = this.#order.loops ? this.#byTheClock() : this.#counts.samplesPlayed;
    return {
      startedAt: this.#startedAt!,
      finishedAt: this.#finishedAt,
      ...this.#counts,
      samplesPlayed: played,
      error: this.#error,
      parking: this.#parking,
    };
  }

  /** Settles when the last sample has left, or the run has been stopped; rejects with the error that ended it. */
  get finished(): Promise<PlaySummary> {
    this.#errorTold = true;
    return this.#finished.promise;
  }

  /**
   * Ends the run after the buffer in progress, a loop after its period. The outputs keep their last value until the session
   * is closed. A board that does not stop within the session's time-out is aborted, and the outputs are parked. Safe to call
   * again.
   *
   * @returns The books.
   * @throws {DtolError} What ended the run before, if nobody has been told.
   */
  async stop(): Promise<PlaySummary> {
    this.#control.requestStop();
    await this.#finished.promise.catch(() => {});
    if (this.#error !== null && !this.#errorTold && this.#policy !== "return") {
      this.#errorTold = true;
      throw this.#error;
    }
    return this.summary;
  }

  /**
   * Ends the run at once, in the middle of a buffer, and sets outputs that have a safe value to it (unless `parkOnClose` is
   * false), also when the last sample has left already. Safe to call again: outputs that another run has are left to it.
   *
   * @returns The books.
   * @throws {DtolError} As {@linkcode Playback.stop}, or if parking fails.
   */
  async abort(): Promise<PlaySummary> {
    this.#control.requestAbort();
    await this.#finished.promise.catch(() => {});
    const isOurs = this.#session.state === "io_complete"; // and neither lent again nor closed
    if (isOurs && this.#error === null) await this.#session.abort(); // after an error they have been parked
    return await this.stop();
  }

  /** Stops. Wait for {@linkcode Playback.finished} before, so that a stream is played to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @ignore For {@linkcode play}: hands the board to the player and waits until its clock runs. */
  async begin(): Promise<void> {
    try {
      this.#session.lend();
    } catch (error) {
      this.#worker.terminate();
      throw error;
    }
    const context = { task: this.#session.spec.name, board: this.#session.board };
    this.#watch = watchOver(this.#control, this.#session.timeoutS * 1000, context, (error) => this.#giveUpOn(error));
    this.#worker.postMessage(this.#order);
    void this.#supply(); // what fails there is told by the playback
    await this.#started.promise;
  }

  /** @ignore For {@linkcode startTogether}: settles when it waits at the gate; if it never comes to it, `begin` tells. */
  get armed(): Promise<void> {
    return this.#armed.promise;
  }

  /** @ignore For {@linkcode startTogether}: rejects when the source fails. */
  get sourceFailed(): Promise<never> {
    return this.#sourceFailed.promise;
  }

  /** @ignore For {@linkcode startTogether}: when the board was started. */
  get startMoment(): StartMoment | null {
    return this.#startMoment;
  }

  /** @ignore For {@linkcode startTogether}: others cannot be started, so it is not to wait for its source any more. */
  giveUp(): void {
    this.#control.requestStop();
  }

  /** From the source into the ring. A sample that may not be put out ends the run, before any of its chunk is queued. */
  async #supply(): Promise<void> {
    try {
      for await (const codes of this.#feed.buffers()) {
        await this.#ring.room();
        if (this.#over || this.#control.stopRequested) break;
        this.#ring.put(codes);
      }
      this.#ring.end();
    } catch (cause) {
      this.#sourceError = cause instanceof DtolError
        ? cause
        : new DtolError(`The source of the waveform failed: ${cause}`, { cause });
      this.#sourceFailed.reject(this.#sourceError);
      this.#control.requestStop();
    }
  }

  #onNews(news: PlayerNews): void {
    if (this.#over) return void this.#afterAll(news);
    switch (news.type) {
      case "armed":
        return this.#armed.resolve();
      case "started":
        if (this.#startedAt !== null) return; // again, after an underrun
        this.#startMoment = news.moment;
        this.#startedAt = new Temporal.Instant(news.utcNs);
        return this.#started.resolve();
      case "progress":
        this.#counts.samplesQueued += news.queued;
        this.#counts.samplesPlayed += news.played;
        return;
      case "underrun":
        this.#counts.underruns++;
        return;
      case "failed":
        return void this.#finish(this.#sourceError ?? this.#errorOf(news.error), OVER);
      case "ended":
        return void this.#finish(this.#sourceError ?? (news.error && this.#errorOf(news.error)), news.left);
    }
  }

  /** An error of the player, which knows the board and not the task. */
  #errorOf(plain: PlainError): DtolError {
    return fromPlainError(plain, { task: this.#session.spec.name, board: this.#session.board });
  }

  /**
   * The player cannot any more: its thread hangs in a call, or has failed. One that hangs is let be: should the call come back,
   * it finds the abort, and ends what that call may have started.
   */
  #giveUpOn(error: DtolError): void {
    this.#control.requestAbort();
    const mayRun = this.#startedAt !== null || this.#control.operation === "starting the board";
    void this.#finish(error, { hangs: true, mayRun, isDeaf: false }, true);
  }

  /** A player that was given up has come to its end after all: the outputs may have been driven once more. */
  async #afterAll({ type }: PlayerNews): Promise<void> {
    if (type !== "ended" && type !== "failed") return;
    this.#worker.terminate();
    await this.#finished.promise.catch(() => {}); // or two would park at once
    this.#parking = await this.#session.parkAfterError({ hangs: true, mayRun: true, isDeaf: false });
  }

  /** After an error outputs are parked; after an end they keep the last value of the waveform. */
  async #finish(error: DtolError | null, left: RunLeft, isStuck = false): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    if (!isStuck) this.#worker.terminate();
    this.#finishedAt = Temporal.Now.instant();
    const { samplesQueued, samplesPlayed } = this.#counts;
    this.#counts.samplesLost = this.#order.loops ? 0 : samplesQueued - samplesPlayed;
    this.#ring.abandon();
    this.#feed.cancel();
    this.#session.takeBack(left.hangs);
    this.#error = error === null ? null : await this.#parked(error, left);
    this.#tell();
  }

  /** Parks, and adds to what is told of a driver that hangs what has come of that. */
  async #parked(error: DtolError, left: RunLeft): Promise<DtolError> {
    if (!left.hangs && this.#startedAt === null) return error;
    this.#parking = await this.#session.parkAfterError(left);
    if (!left.hangs && !(error instanceof DtolTimeoutError)) return error;
    const { name, message, context, cause } = error;
    return errorOfClass(name, `${message}; ${parkingText(this.#parking)}`, { context, cause });
  }

  #tell(): void {
    const error = this.#error;
    if (this.#startedAt === null) {
      this.#errorTold = true;
      this.#finished.reject(error);
      return this.#started.reject(error);
    }
    if (error === null || (this.#policy === "return" && this.#sourceError === null)) {
      this.#finished.resolve(this.summary);
    } else this.#finished.reject(error);
  }

  #byTheClock(): number {
    if (this.#startedAt === null) return 0;
    const end = this.#finishedAt ?? Temporal.Now.instant();
    return Math.max(0, Math.floor(end.since(this.#startedAt).total("seconds") * this.rateHz));
  }
}

/**
 * Polling on a schedule: readings as a stream, for tasks that no hardware clock paces.
 *
 * @module
 */

import { readMoment } from "../clock.ts";
import { DtolError } from "../errors.ts";
import { ERROR_POLICIES, type ErrorPolicy } from "../model/enums.ts";
import { oneOf, positiveNumber, wholeNumber } from "../model/fields.ts";
import type { DaqReading } from "../model/reading.ts";
import { errorReading } from "./reading.ts";
import type { Session } from "./session.ts";

/** Settings of {@linkcode recordPolled}. */
export interface RecordPolledOptions {
  /** Readings per second. */
  readonly rateHz: number;
  /** What an error of the board does. Default: `raise`. */
  readonly errorPolicy?: ErrorPolicy;
  /** Readings that may wait for the reader; then the schedule waits too, and misses ticks. Default: 64. */
  readonly bufferSize?: number;
}

/** The books of a polled recording, live while it runs. */
export interface PolledSummary {
  /** UTC of the first tick. */
  readonly startedAt: Temporal.Instant;
  /** UTC of the end; null while it runs. */
  readonly finishedAt: Temporal.Instant | null;
  /** Readings taken, those with errors included. */
  readonly taken: number;
  /** Ticks at which the board, or the reader, was still busy: no reading was taken. */
  readonly missed: number;
  /** Errors of the board. */
  readonly errors: number;
}

/**
 * Polls a session on an absolute schedule: reading k is taken at start + k / rate, however long the ones before took. A
 * tick that comes while the board or the reader is busy is missed and counted, never made up for.
 *
 * @param session An open device whose task is of single values.
 * @param options How often, and what to do when things go wrong.
 *
 * @example Three readings
 * ```ts
 * import { AnalogInputVoltage, openDevice, recordPolled, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const backend = new SimulatedBackend({ signal: { kind: "constant", volts: 2.5 } });
 * const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0, name: "level" })] });
 * await using session = await openDevice(spec, { backend });
 * await using recording = recordPolled(session, { rateHz: 100 });
 * let n = 0;
 * for await (const reading of recording.stream) {
 *   equal(reading.values["level"], 2.5);
 *   if (++n === 3) break;
 * }
 * ```
 */
export function recordPolled(session: Session, options: RecordPolledOptions): PolledRecording {
  const rateHz = positiveNumber("rateHz", options.rateHz);
  const policy = oneOf("errorPolicy", options.errorPolicy ?? "raise", ERROR_POLICIES);
  return new PolledRecording(session, rateHz, policy, wholeNumber("bufferSize", options.bufferSize ?? 64, 1));
}

/** Polling under way. Made by {@linkcode recordPolled}; dispose of it, and it ends. */
export class PolledRecording implements AsyncDisposable {
  /** Readings per second. */
  readonly rateHz: number;
  /** The readings. Under `raise` reading fails with the error that ended it. */
  readonly stream: ReadableStream<DaqReading>;
  readonly #session: Session;
  readonly #policy: ErrorPolicy;
  readonly #startedAt = Temporal.Now.instant();
  readonly #counts = { taken: 0, missed: 0, errors: 0 };
  readonly #run: Promise<void>;
  #controller!: ReadableStreamDefaultController<DaqReading>;
  #finishedAt: Temporal.Instant | null = null;
  #stopped = false;
  #sleep: { readonly timer: ReturnType<typeof setTimeout>; readonly wake: () => void } | undefined;

  /** @ignore Made by {@linkcode recordPolled}. */
  constructor(session: Session, rateHz: number, policy: ErrorPolicy, bufferSize: number) {
    this.#session = session;
    this.#policy = policy;
    this.rateHz = rateHz;
    this.stream = new ReadableStream<DaqReading>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#end(),
    }, { highWaterMark: bufferSize });
    this.#run = this.#poll();
  }

  /** What was taken and what was missed so far. */
  get summary(): PolledSummary {
    return { startedAt: this.#startedAt, finishedAt: this.#finishedAt, ...this.#counts };
  }

  /** Ends the polling after the reading in progress; what waits can still be read. Safe to call again. */
  async stop(): Promise<PolledSummary> {
    this.#end();
    await this.#run;
    return this.summary;
  }

  /** Ends the polling. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #poll(): Promise<void> {
    const startMs = performance.now();
    for (let tick = 0; !this.#stopped; tick++) {
      const late = Math.floor((performance.now() - startMs) * this.rateHz / 1000) - tick;
      if (late > 0) {
        this.#counts.missed += late;
        tick += late;
      }
      await this.#until(startMs + tick * 1000 / this.rateHz);
      if (this.#stopped) break;
      if ((this.#controller.desiredSize ?? 0) <= 0) this.#counts.missed++;
      else await this.#take();
    }
    this.#finishedAt = Temporal.Now.instant();
    try {
      this.#controller.close();
    } catch {
      // it failed or was cancelled: there is nothing to close
    }
  }

  async #take(): Promise<void> {
    try {
      this.#emit(await this.#session.poll());
    } catch (error) {
      this.#counts.errors++;
      const known = error instanceof DtolError ? error : new DtolError(String(error), { cause: error });
      if (this.#policy === "raise") {
        this.#stopped = true;
        this.#controller.error(known);
      } else if (this.#policy === "return") {
        const { board, spec, blockChannels } = this.#session;
        this.#emit(errorReading(board, spec, blockChannels, readMoment(), known));
      }
    }
  }

  #emit(reading: DaqReading): void {
    this.#counts.taken++;
    if (!this.#stopped) this.#controller.enqueue(reading);
  }

  async #until(atMs: number): Promise<void> {
    const ms = atMs - performance.now();
    if (ms <= 0) return;
    await new Promise<void>((wake) => this.#sleep = { timer: setTimeout(wake, ms), wake });
    this.#sleep = undefined;
  }

  #end(): void {
    this.#stopped = true;
    clearTimeout(this.#sleep?.timer);
    this.#sleep?.wake();
  }
}

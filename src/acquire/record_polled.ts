/**
 * Polling on a schedule: readings as a stream, for tasks that no hardware clock paces.
 *
 * @module
 */

import { ERROR_POLICIES, type ErrorPolicy } from "../model/enums.ts";
import { oneOf, positiveNumber, wholeNumber } from "../model/fields.ts";
import type { DaqReading } from "../model/reading.ts";
import type { PolledResults } from "./device_result.ts";
import { DtolManager } from "./manager.ts";
import { managerTicks, sessionTicks, type TakeTick } from "./polled_tick.ts";
import type { Session } from "./session.ts";

/** Settings of {@linkcode recordPolled}. */
export interface RecordPolledOptions {
  /** Readings per second. */
  readonly rateHz: number;
  /** Which devices of a manager. Default: all that have tasks of single values. */
  readonly devices?: readonly string[];
  /** What an error of a board does. Default: the manager's policy, or `raise` for a session. */
  readonly errorPolicy?: ErrorPolicy;
  /** Readings (of a manager: ticks) that may wait for the reader; then the schedule waits too, and misses ticks. Default: 64. */
  readonly bufferSize?: number;
}

/** The books of a polled recording, live while it runs. */
export interface PolledSummary {
  /** UTC of the first tick. */
  readonly startedAt: Temporal.Instant;
  /** UTC of the end; null while it runs. */
  readonly finishedAt: Temporal.Instant | null;
  /** Readings (of a manager: ticks) that went into the stream, those with errors included. */
  readonly taken: number;
  /** Ticks at which a board, or the reader, was still busy: nothing was taken. */
  readonly missed: number;
  /** Errors of boards. */
  readonly errors: number;
}

/**
 * Polls a session, or all devices of a manager, on an absolute schedule: reading k is taken at start + k / rate, however
 * long the ones before took. A tick that comes while a board or the reader is busy is missed and counted, never made up for.
 *
 * Of a session the stream has readings; of a manager it has, tick by tick, what each device gave. `readingsOf(stream)` makes
 * readings of those, for sinks.
 *
 * Under `raise` an error of a board ends the stream. Under `return` it stands in the reading, or in the device's result.
 * Under `skip` it is counted, and the reading, or the device, is left out; a tick without any device is left out, too.
 *
 * @param source An open device whose task is of single values, or a manager with such devices: unless they are named, those
 * that are added later are polled from then on, those that are removed no more.
 * @param options How often, and what to do when things go wrong.
 * @throws {DtolValidationError} If an option is wrong.
 * @throws {DtolTaskStateError} If the manager has no device to poll, or is closed.
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
export function recordPolled(source: Session, options: RecordPolledOptions): PolledRecording<DaqReading>;
/** Polls all devices of a manager. */
export function recordPolled(source: DtolManager, options: RecordPolledOptions): PolledRecording<PolledResults>;
/** Polls a session, or all devices of a manager. */
export function recordPolled(
  source: Session | DtolManager,
  options: RecordPolledOptions,
): PolledRecording<DaqReading> | PolledRecording<PolledResults> {
  const rateHz = positiveNumber("rateHz", options.rateHz);
  const bufferSize = wholeNumber("bufferSize", options.bufferSize ?? 64, 1);
  const policy = options.errorPolicy === undefined
    ? undefined
    : oneOf("errorPolicy", options.errorPolicy, ERROR_POLICIES);
  if (source instanceof DtolManager) {
    return new PolledRecording(managerTicks(source, policy ?? source.errorPolicy, options.devices), rateHz, bufferSize);
  }
  return new PolledRecording(sessionTicks(source, policy ?? "raise"), rateHz, bufferSize);
}

/** Polling under way. Made by {@linkcode recordPolled}; dispose of it, and it ends. */
export class PolledRecording<T> implements AsyncDisposable {
  /** Ticks per second. */
  readonly rateHz: number;
  /** What was polled. Under `raise` reading fails with the error that ended it. */
  readonly stream: ReadableStream<T>;
  readonly #take: TakeTick<T>;
  readonly #startedAt = Temporal.Now.instant();
  readonly #counts = { taken: 0, missed: 0, errors: 0 };
  readonly #run: Promise<void>;
  #controller!: ReadableStreamDefaultController<T>;
  #finishedAt: Temporal.Instant | null = null;
  #stopped = false;
  #cancelled = false;
  #sleep: { readonly timer: ReturnType<typeof setTimeout>; readonly wake: () => void } | undefined;

  /** @ignore Made by {@linkcode recordPolled}. */
  constructor(take: TakeTick<T>, rateHz: number, bufferSize: number) {
    this.#take = take;
    this.rateHz = rateHz;
    this.stream = new ReadableStream<T>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#cancelled = true;
        this.#end();
      },
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
      else await this.#tick();
    }
    this.#finishedAt = Temporal.Now.instant();
    try {
      this.#controller.close();
    } catch {
      // it failed or was cancelled: there is nothing to close
    }
  }

  async #tick(): Promise<void> {
    try {
      const { payload, errors, fatal } = await this.#take();
      this.#counts.errors += errors;
      if (fatal !== undefined) return this.#fail(fatal);
      if (payload === null || this.#cancelled) return;
      this.#counts.taken++;
      this.#controller.enqueue(payload); // also what was in progress when the polling was stopped
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#stopped = true;
    this.#controller.error(error);
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

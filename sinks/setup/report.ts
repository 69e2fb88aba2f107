/**
 * What became of a set-up, with the keys that files and other programs know.
 *
 * @module
 */

import type { RecordingReport } from "../../src/acquire/report.ts";
import { DtolError } from "../../src/errors.ts";
import type { FanOutResult } from "../fan_out.ts";
import type { SetupSink } from "./sink_plan.ts";

/** What became of a sink. */
export interface SetupSinkReport {
  /** Its name. */
  readonly name: string;
  /** Its file; null for a server. */
  readonly path: string | null;
  /** `complete` if it took everything. */
  readonly state: FanOutResult["state"];
  /** Blocks or readings that it took. */
  readonly written: number;
  /** Those that it did not take. */
  readonly dropped: number;
  /** Why. */
  readonly error: string | null;
}

/** What became of a task; plain data. */
export interface SetupTaskReport {
  /** Its name. */
  readonly task: string;
  /** Its board. */
  readonly board: string;
  /** What was done with it: recorded, polled, or opened for the program to drive. */
  readonly doing: "record" | "poll" | "open";
  /** Of a recorded one, its books. */
  readonly recording: RecordingReport | null;
  /** Of a polled one: readings taken, ticks missed, errors. */
  readonly readings: {
    readonly rate_hz: number;
    readonly taken: number;
    readonly missed: number;
    readonly errors: number;
  } | null;
  /** Its sinks. */
  readonly sinks: readonly SetupSinkReport[];
  /** What ended it, if it was an error. */
  readonly error: string | null;
}

/** Whether everything that was taken is where it should be; missed ticks of a schedule were not taken. */
export function isComplete(reports: readonly SetupTaskReport[]): boolean {
  return reports.every(({ recording, readings, sinks, error }) =>
    error === null && (recording?.lost ?? 0) === 0 && (recording?.dropped ?? 0) === 0 &&
    (readings?.errors ?? 0) === 0 && sinks.every(({ state, dropped }) => state === "complete" && dropped === 0)
  );
}

/** Sums up a sink; one that never came to its first record has no result. */
export function sinkReport(plan: SetupSink, result: FanOutResult | undefined): SetupSinkReport {
  const { state = "complete", written = 0, dropped = 0, error = null } = result ?? {};
  return {
    name: plan.name,
    path: plan.path ?? null,
    state,
    written,
    dropped,
    error: error === null ? null : errorText(error),
  };
}

/** An error in one line. */
export function errorText(error: unknown): string {
  if (error instanceof DtolError) return error.text;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Watching over a thread that waits in calls of a driver, and may hang in one.
 *
 * @module
 */

import { DtolTimeoutError, type ErrorContext } from "../errors.ts";
import type { Control, Operation } from "./messages.ts";

const WATCH_MS = 250;
/** How much longer a thread may be silent that has not come to the board yet: a busy machine takes seconds for that. */
const BEFORE_BOARD_MS = 30_000;
const BEFORE_BOARD: readonly Operation[] = ["starting its thread", "opening the run"];

/**
 * Looks now and then whether the thread is still heard of: one that is silent hangs in a call of the driver, and waiting for
 * it would hang the program too.
 *
 * @param control What the thread tells.
 * @param timeoutMs How long it may be silent.
 * @param context Task and board, for the error.
 * @param onHang Gets the error; called again and again until the timer is cleared.
 * @returns The timer, for `clearInterval`.
 */
export function watchOver(
  control: Control,
  timeoutMs: number,
  context: ErrorContext,
  onHang: (error: DtolTimeoutError) => void,
): ReturnType<typeof setInterval> {
  let beats = -1;
  let silentMs = 0; // counted by ticks of this thread, so that a main thread that slept itself blames nobody
  return setInterval(() => {
    const { beats: now, operation } = control;
    silentMs = now === beats ? silentMs + WATCH_MS : 0;
    beats = now;
    const isEarly = BEFORE_BOARD.includes(operation);
    if (silentMs < timeoutMs + (isEarly ? BEFORE_BOARD_MS : 0) + WATCH_MS) return;
    if (operation === "writing the raw file" && !control.stopRequested) return; // a slow disk is no reason to give up
    const seconds = (timeoutMs + (isEarly ? BEFORE_BOARD_MS : 0)) / 1000;
    const why = isEarly
      ? "the machine is too busy, or its disk does not answer"
      : "the driver hangs in a call, so only Deno.exit() ends this program";
    const message = `"${context.board}" has not been heard of for ${seconds} s while ${operation}: ${why}`;
    onHang(new DtolTimeoutError(message, { context: { ...context, operation } }));
  }, WATCH_MS);
}

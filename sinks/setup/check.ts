/**
 * Trying a set-up against the boards without running it.
 *
 * @module
 */

import { DtolManager } from "../../src/acquire/manager.ts";
import type { Setup } from "../setup.ts";
import { checkPaths } from "./paths.ts";
import { backendOf, type OpenSetupOptions } from "./run.ts";

/** What a board said to a task. */
export interface SetupCheck {
  /** Name of the task; null for what is of no task. */
  readonly task: string | null;
  /** The board; null if it was not found. */
  readonly board: string | null;
  /** Samples per second of each channel that the board's clock will really give; null for single values, or if it failed. */
  readonly rateHz: number | null;
  /** What is wrong; null if nothing is. */
  readonly error: unknown;
}

/**
 * Opens every board of a set-up, checks each task against it and sets it, looks at the files, and closes all again. Nothing is
 * started, driven or written.
 *
 * @param setup What to try.
 * @param options As of `openSetup`.
 * @returns Every task, and every error: what is wrong with one does not hide what is wrong with the next.
 */
export async function checkSetup(setup: Setup, options: OpenSetupOptions = {}): Promise<readonly SetupCheck[]> {
  const checks: SetupCheck[] = [];
  try {
    checkPaths(setup);
  } catch (error) {
    checks.push({ task: null, board: null, rateHz: null, error });
  }
  await using stack = new AsyncDisposableStack();
  const backend = options.backend ?? stack.use(backendOf(setup, options.config));
  const manager = stack.use(new DtolManager({ backend }));
  for (const { spec } of setup.tasks) {
    const task = spec.name;
    try {
      const { timeoutS } = setup;
      const session = await manager.add(task, spec, { timeoutS, config: options.config, parkOnClose: false });
      const { applied: { clockHz }, ticksPerSample } = session.configured;
      checks.push({
        task,
        board: session.board,
        rateHz: clockHz === null ? null : clockHz / ticksPerSample,
        error: null,
      });
    } catch (error) {
      checks.push({ task, board: spec.board ?? null, rateHz: null, error });
    }
  }
  return checks;
}

/**
 * From a task to the subsystem that is to do it: opened, taken, and found able to.
 *
 * @module
 */

import type { Backend, Board, Subsystem } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import { fitTask } from "../board/fit.ts";
import { DtolResourceError } from "../errors.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { TimeLimit } from "./time_limit.ts";

/** A subsystem that is this process's own, with its board. */
export interface TakenSubsystem {
  /** The board, opened. */
  readonly board: Board;
  /** The subsystem of the task. */
  readonly subsystem: Subsystem;
  /** What it can do, by the board's word. */
  readonly capabilities: Capabilities;
}

/**
 * Opens the task's board (the first one, where it names none), takes the subsystem, and checks the task against it.
 *
 * @param timeoutS Seconds that a call may take: a subsystem that others have is waited for during half of it.
 * @throws {DtolError} If one of these fails; everything taken is given back.
 */
export async function takeSubsystem(
  spec: TaskSpec,
  backend: Backend,
  limit: TimeLimit,
  timeoutS: number,
): Promise<TakenSubsystem> {
  const name = spec.board ?? await firstBoard(backend, limit);
  const board = await limit.wait("open the board", backend.open(name), (late) => late.close());
  let subsystem: Subsystem | undefined;
  try {
    const patienceMs = timeoutS * 500; // in use is an answer: it must come before the time is over
    const reserving = board.reserve(spec.subsystemType, spec.element, patienceMs);
    subsystem = await limit.wait("take the subsystem", reserving, async (late) => {
      await late.release();
      await board.close();
    });
    const capabilities = await subsystem.capabilities();
    fitTask(spec, name, capabilities);
    return { board, subsystem, capabilities };
  } catch (error) {
    if (limit.passed) throw error; // a driver that hangs in a call would hang in the next
    await subsystem?.release().catch(() => {}); // the first error is the one to tell
    await board.close().catch(() => {});
    throw error;
  }
}

async function firstBoard(backend: Backend, limit: TimeLimit): Promise<string> {
  const boards = await limit.wait("list the boards", backend.boards());
  if (boards.length === 0) {
    throw new DtolResourceError(
      "Cannot open a board as none is there: plug one in, or see the Open Layers Control Panel",
    );
  }
  return boards[0]!.name;
}

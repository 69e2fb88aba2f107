/**
 * What is plugged in, and what it can do: asked of the boards now, never remembered.
 *
 * @module
 */

import { DtolResourceError, toPlainError } from "../errors.ts";
import type { SubsystemType } from "../model/enums.ts";
import type { Backend, Board, BoardInfo, BoardVersions, SubsystemInfo } from "./backend.ts";
import type { Capabilities, Count } from "./capabilities.ts";
import { DataAcqBackend } from "./dataacq.ts";
import { isNotInstalled } from "./open.ts";

/** Where to look. */
export interface DiscoveryOptions {
  /** The way to the boards. Default: the SDK, opened for this and closed again; simulated boards are found only by their own. */
  readonly backend?: Backend;
  /** Without a backend: folder or file of the SDK's libraries. Default: where {@linkcode DataAcqBackend} looks for them. */
  readonly sdk?: string;
}

/** A subsystem with the board that it is of. */
export interface DeviceInfo {
  /** Name for people: `DT9806(00) analog_input 0`. */
  readonly name: string;
  /** The board. */
  readonly board: BoardInfo;
  /** Kind of subsystem. */
  readonly type: SubsystemType;
  /** Which of its kind, from 0. */
  readonly element: number;
}

/**
 * Whether a subsystem could be asked: it could; another session or program holds it; or the board failed, which the error
 * tells.
 */
export type InspectionState = "free" | "in_use" | "failed";

/** What a subsystem answered. */
export interface SubsystemInspection extends DeviceInfo {
  /** Whether it could be asked. */
  readonly state: InspectionState;
  /** What it can do; null if it could not be asked. */
  readonly capabilities: Capabilities | null;
  /**
   * How many places it has, by kind: `single_ended` and `differential` inputs, `outputs`, `ports` and `lines` of each,
   * `counters`; null where the board does not say. Empty if it could not be asked.
   */
  readonly channels: Readonly<Record<string, Count>>;
  /** Why it could not be asked; null if it could. */
  readonly error: string | null;
}

/** What a board answered. */
export interface BoardInspection {
  /** The board. */
  readonly board: BoardInfo;
  /** Whether it is no hardware, as far as its backend knows. */
  readonly simulated: boolean;
  /** What stands between it and this library. */
  readonly versions: BoardVersions;
  /** Its subsystems, in the board's order. */
  readonly subsystems: readonly SubsystemInspection[];
}

/**
 * The boards that are there. Where no SDK is installed there are none; an SDK that is installed and does not work is an
 * error, and so is one that cannot list its boards.
 *
 * @param options Where to look.
 * @throws {DtolError} If the boards cannot be listed, or the SDK that `sdk` names cannot be opened.
 *
 * @example The simulated ones
 * ```ts
 * import { findDevices, SimulatedBackend } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const boards = await findDevices({ backend: new SimulatedBackend({ models: ["DT9806"] }) });
 * deepEqual(boards, [{ name: "DT9806(00)", model: "DT9806", driver: "simulated" }]);
 * ```
 */
export async function findDevices(options: DiscoveryOptions = {}): Promise<BoardInfo[]> {
  try {
    return await withBackend(options, (backend) => backend.boards());
  } catch (error) {
    if (options.backend === undefined && options.sdk === undefined && isNotInstalled(error)) return [];
    throw error;
  }
}

/**
 * The subsystems of a board, each with the board it is of. None of them is reserved for it.
 *
 * @param board Board name, or what {@linkcode findDevices} gave.
 * @param options Where to look.
 * @throws {DtolError} If there is no such board, or no SDK, or the board does not answer.
 */
export function findSubsystems(board: string | BoardInfo, options: DiscoveryOptions = {}): Promise<DeviceInfo[]> {
  return withBoard(
    board,
    options,
    ({ info, subsystems }) => Promise.resolve(subsystems.map((one) => device(info, one))),
  );
}

/**
 * All that a board says of itself. Each subsystem is reserved for a moment to ask what it can do; one that is in use, or
 * fails, is told as such and keeps nobody from asking the others. Nothing is set and nothing is driven.
 *
 * @param board Board name, or what {@linkcode findDevices} gave.
 * @param options Where to look.
 * @throws {DtolError} If there is no such board, or no SDK, or the board cannot be opened.
 *
 * @example Which inputs a board has
 * ```ts
 * import { inspect, SimulatedBackend } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { subsystems } = await inspect("DT9806(00)", { backend: new SimulatedBackend() });
 * const input = subsystems.find(({ type }) => type === "analog_input")!;
 * deepEqual(input.channels, { single_ended: 16, differential: 8 });
 * deepEqual(input.capabilities?.gains, [1, 10, 100, 500]);
 * ```
 */
export function inspect(board: string | BoardInfo, options: DiscoveryOptions = {}): Promise<BoardInspection> {
  return withBoard(board, options, async (open, { simulated }) => {
    const subsystems: SubsystemInspection[] = [];
    for (const one of open.subsystems) subsystems.push(await inspectSubsystem(open, one)); // one call to a board at a time
    return { board: open.info, simulated, versions: open.versions, subsystems };
  });
}

async function inspectSubsystem(board: Board, one: SubsystemInfo): Promise<SubsystemInspection> {
  const info = device(board.info, one);
  try {
    const subsystem = await board.reserve(one.type, one.element, 0);
    let capabilities: Capabilities;
    try {
      capabilities = await subsystem.capabilities();
    } catch (error) {
      await subsystem.release().catch(() => {}); // the first error is the one to tell
      throw error;
    }
    await subsystem.release();
    return { ...info, state: "free", capabilities, channels: channelsOf(one.type, capabilities), error: null };
  } catch (error) {
    const state = isTaken(error) ? "in_use" : "failed";
    return { ...info, state, capabilities: null, channels: {}, error: toPlainError(error).message };
  }
}

/** OLSUBSYSINUSE, OLREQUIREDSUBSYSINUSE; a backend without such codes has none in its error. */
function isTaken(error: unknown): boolean {
  return error instanceof DtolResourceError && [undefined, 20, 118].includes(error.context.ecode);
}

function channelsOf(type: SubsystemType, can: Capabilities): Record<string, Count> {
  switch (type) {
    case "analog_input":
      return { single_ended: can.singleEndedChannels, differential: can.differentialChannels };
    case "analog_output":
      return { outputs: can.channels };
    case "digital_input":
    case "digital_output":
      return { ports: can.channels, lines: can.bits };
    default:
      return { counters: can.channels };
  }
}

function device(board: BoardInfo, { type, element }: SubsystemInfo): DeviceInfo {
  return { name: `${board.name} ${type} ${element}`, board, type, element };
}

async function withBackend<T>(options: DiscoveryOptions, ask: (backend: Backend) => Promise<T>): Promise<T> {
  const { backend, sdk } = options;
  if (backend !== undefined) return await ask(backend);
  await using own = new DataAcqBackend(sdk === undefined ? {} : { sdk });
  return await ask(own);
}

function withBoard<T>(
  board: string | BoardInfo,
  options: DiscoveryOptions,
  ask: (open: Board, backend: Backend) => Promise<T>,
): Promise<T> {
  const name = typeof board === "string" ? board : board.name;
  return withBackend(options, async (backend) => {
    const open = await backend.open(name);
    try {
      return await ask(open, backend);
    } finally {
      await open.close();
    }
  });
}

/**
 * What a support call asks: one fact after the other, each with whether it is in order and what to do next.
 *
 * Nothing is driven and nothing is recorded. Every subsystem is reserved for a moment to ask what it can do; one that
 * another program holds is said to be so.
 *
 * @module
 */

import { OLDA_WM } from "../ffi/constants.ts";
import { binaryArchitecture, candidates, type SdkLibrary, thisHost } from "../ffi/loader.ts";
import { MessageWindow, type OpenUser32, openUser32 } from "../ffi/message_window.ts";
import { openSdk } from "../ffi/open_layers.ts";
import type { Board, BoardInfo } from "./board/backend.ts";
import type { Capabilities, Count } from "./board/capabilities.ts";
import { DataAcqBackend } from "./board/dataacq.ts";
import { hasCode } from "./board/dataacq_errors.ts";
import type { SubsystemType } from "./model/enums.ts";
import { clockFinding, denoFinding, finding, folderFindings, systemFinding, textOf } from "./diagnose_system.ts";

/** In order; to be looked at; in the way of a recording. */
export type Level = "ok" | "warning" | "failed";

/** One fact. */
export interface Finding {
  /** What was looked at. */
  readonly name: string;
  /** Whether it is in order. */
  readonly level: Level;
  /** What was found. */
  readonly fact: string;
  /** What to do, if there is something to do. */
  readonly next?: string;
}

/** Settings of {@linkcode diagnose}. */
export interface DiagnoseOptions {
  /** Folder or file of the SDK's libraries. Default: where {@linkcode DataAcqBackend} looks for them. */
  readonly sdk?: string;
  /** Folder that recordings go to. Default: the working folder. */
  readonly folder?: string;
}

/** Version of the acquisition library that this library was tried with. */
const KNOWN_VERSION = "V7.0.0.7";
const SIMULATED_NEXT = "For real boards take the simulated libraries away, or name the folder of the real ones";
const NO_BOARD_NEXT =
  'Plug it in; see that the service "DT9800 Service" runs; add the board in the Open Layers Control ' +
  "Panel, also after a change of the USB port";
const LOAD_NEXT = 'Install "DT-Open Layers" (64-bit) again; with --sdk DIR both libraries must lie in that folder';
const DRIVER_NEXT = "Check the plug, and that its driver service runs; then restart the computer";
const IN_USE = 20;

/**
 * Looks at everything between this program and a board, one finding at a time, in the order in which one depends on the
 * other. Never throws: what fails is a finding.
 *
 * @example What is not in order
 * ```ts
 * import { diagnose } from "@dtollib/dtollib";
 *
 * for await (const { name, level, fact, next } of diagnose()) {
 *   if (level !== "ok") console.log(`${name}: ${fact}. ${next ?? ""}`);
 * }
 * ```
 */
export async function* diagnose({ sdk, folder = "." }: DiagnoseOptions = {}): AsyncGenerator<Finding> {
  yield denoFinding();
  yield systemFinding();
  const options = sdk === undefined ? {} : { sdk };
  await using backend = new DataAcqBackend(options);
  const loaded = await attempt("libraries loaded", LOAD_NEXT, () => loadFinding(backend, sdk !== undefined));
  const paths = loaded.level === "failed" ? null : backend.paths;
  for (const library of ["oldaapi", "olmem"] as const) yield fileFinding(library, options, paths?.[library]);
  yield loaded;
  if (loaded.level !== "failed") {
    yield await attempt("versions", LOAD_NEXT, () => versionFinding(backend));
    yield* boardFindings(backend);
  }
  yield windowFinding(paths);
  yield clockFinding();
  yield* await folderFindings(folder);
}

/** The worst of some findings: what becomes the exit code of `dtol diag`. */
export function worstLevel(findings: readonly Finding[]): Level {
  const has = (level: Level) => findings.some((one) => one.level === level);
  return has("failed") ? "failed" : has("warning") ? "warning" : "ok";
}

/** Turns what a step throws into a finding. */
async function attempt(name: string, next: string, step: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await step();
  } catch (error) {
    return finding(name, "failed", textOf(error), next);
  }
}

/** Where a library lies, and for which processor it is made; whether it can be loaded is the next question. */
function fileFinding(library: SdkLibrary, options: { sdk?: string }, loaded: string | undefined): Finding {
  const name = `${library} file`;
  const isBare = (path: string) => !/[\\/]/.test(path);
  if (loaded !== undefined && isBare(loaded)) return finding(name, "ok", `${loaded}, found by the system's own search`);
  const places = candidates(library, options, thisHost).filter(({ path }) => path !== "");
  for (const { path, origin } of places) {
    const head = isBare(path) ? undefined : thisHost.head(path);
    if (head === undefined) continue;
    const made = head && binaryArchitecture(head);
    if (head === null) return finding(name, "ok", `${path} (${origin}), not looked into`);
    if (made === null) return finding(name, "failed", `${path} (${origin}) is no library`, "Name the right file");
    const bits = `${made.bits}-bit ${made.arch}`;
    const fits = made.arch === Deno.build.arch;
    const next = fits
      ? undefined
      : `This Deno is 64-bit ${Deno.build.arch}: give it the 64-bit library, ${library}64.dll`;
    return finding(name, fits ? "ok" : "failed", `${path} (${origin}), ${bits}`, next);
  }
  const looked = places.map(({ path }) => path).join(", ") || "nowhere, as none is named";
  const next = Deno.build.os === "windows"
    ? 'Install "DT-Open Layers" (64-bit), or name the folder: --sdk DIR'
    : "The SDK is for Windows; elsewhere name the folder of the simulated one: --sdk DIR";
  return finding(name, "failed", `not found: looked for ${looked}`, next);
}

function loadFinding(backend: DataAcqBackend, named: boolean): Finding {
  const { oldaapi, olmem } = backend.paths;
  const files = oldaapi === olmem ? oldaapi : `${oldaapi}, ${olmem}`;
  if (!backend.simulated) return finding("libraries loaded", "ok", files);
  const fact = `${files}: the simulated SDK, no hardware`;
  return named ? finding("libraries loaded", "ok", fact) : finding("libraries loaded", "warning", fact, SIMULATED_NEXT);
}

function versionFinding(backend: DataAcqBackend): Finding {
  const { oldaapi, olmem } = backend.versions();
  const next = oldaapi === KNOWN_VERSION
    ? undefined
    : `This library was tried with ${KNOWN_VERSION} only: compare a first run`;
  return finding("versions", next ? "warning" : "ok", `oldaapi ${oldaapi}, olmem ${olmem}`, next);
}

async function* boardFindings(backend: DataAcqBackend): AsyncGenerator<Finding> {
  let boards: BoardInfo[] = [];
  try {
    boards = await backend.boards();
  } catch (error) {
    yield finding("boards", "failed", textOf(error), NO_BOARD_NEXT);
    return;
  }
  if (boards.length === 0) yield finding("boards", "warning", "none is registered", NO_BOARD_NEXT);
  else yield finding("boards", "ok", boards.map(({ name, driver }) => `${name} (driver ${driver})`).join(", "));
  for (const { name } of boards) {
    let board: Board | undefined;
    try {
      board = await backend.open(name);
      for (const { type, element } of board.subsystems) {
        const topic = `${name} ${type} ${element}`;
        yield await attempt(topic, DRIVER_NEXT, () => subsystemFinding(topic, board!, type, element));
      }
    } catch (error) {
      yield finding(name, "failed", textOf(error), DRIVER_NEXT);
    } finally {
      await board?.close().catch(() => {}); // what it could not do has been told
    }
  }
}

async function subsystemFinding(
  topic: string,
  board: Board,
  type: SubsystemType,
  element: number,
): Promise<Finding> {
  try {
    const subsystem = await board.reserve(type, element, 0);
    try {
      return finding(topic, "ok", abilities(type, await subsystem.capabilities()));
    } finally {
      await subsystem.release();
    }
  } catch (error) {
    if (!hasCode(error, IN_USE)) throw error;
    return finding(
      topic,
      "warning",
      "in use by another program",
      "Close it, or wait some seconds if it has just crashed",
    );
  }
}

function abilities(type: SubsystemType, can: Capabilities): string {
  const wirings = [
    counted(can.singleEndedChannels, "single-ended"),
    counted(can.differentialChannels, "differential"),
  ].filter((text) => text !== "");
  const isWired = type === "analog_input" && wirings.length > 0;
  const facts = [
    isWired ? `${wirings.join(" or ")} inputs` : `${can.channels ?? "?"} channel${can.channels === 1 ? "" : "s"}`,
    counted(can.bits, "bits"),
    (can.ranges ?? []).map(({ low, high }) => `${low} to ${high} V`).join(" or "),
    can.gains !== null && can.gains.length > 0 ? `gains ${can.gains.join(", ")}` : "",
    can.continuous && can.maxClockHz !== null ? `up to ${can.maxClockHz} Hz` : "",
    can.simultaneous ? "simultaneous" : "",
    can.returnsFloats ? "floats" : "",
    [can.continuous ? "continuous" : "", can.singleValue ? "single value" : ""].filter((text) => text !== "").join(
      " and ",
    ),
  ];
  return facts.filter((text) => text !== "").join(", ");
}

/** Nothing where there is none; a question mark where the board does not say. */
function counted(count: Count, what: string): string {
  return count === 0 ? "" : `${count ?? "?"} ${what}`;
}

/** Makes a window as a recording does, posts to it, and measures the way there and back. */
function windowFinding(paths: { readonly oldaapi: string; readonly olmem: string } | null): Finding {
  const name = "message window";
  const rounds = 200;
  try {
    using system = openWindows(paths);
    if (system === null) return finding(name, "warning", "not tried, as there is no SDK to give one", "See above");
    using own = MessageWindow.create(system.functions);
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const started = performance.now();
      own.post(OLDA_WM.OLDA_WM_BUFFER_DONE, BigInt(i), -1n);
      const came = own.wait(1000);
      const message = own.next();
      if (!came || message?.wParam !== BigInt(i) || message.lParam !== -1n) {
        return finding(name, "failed", `message ${i} did not come back as it was posted`, "Report this machine");
      }
      times.push((performance.now() - started) * 1000);
    }
    times.sort((a, b) => a - b);
    const [median, worst] = [times[rounds / 2]!, times[rounds - 1]!].map((us) => us.toFixed(0));
    return finding(name, "ok", `${rounds} of ${rounds} messages back, ${median} us in the middle, ${worst} us at most`);
  } catch (error) {
    return finding(name, "failed", textOf(error), "Allow it: --allow-ffi; run it on the desktop, not as a service");
  }
}

/** The window functions: those of Windows also without an SDK, those of the simulated one elsewhere. */
function openWindows(paths: { readonly oldaapi: string; readonly olmem: string } | null): OpenUser32 | null {
  if (paths === null) return openUser32();
  const sdk = openSdk(paths);
  return { functions: sdk.user32, [Symbol.dispose]: () => sdk.close() };
}

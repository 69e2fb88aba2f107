/**
 * From the SDK's refusals to this library's errors.
 *
 * @module
 */

import { MissingFunctionError, OpenLayersError } from "../../ffi/open_layers.ts";
import { SdkArchitectureError, SdkNotFoundError } from "../../ffi/loader.ts";
import { statusOf } from "../../ffi/status.ts";
import { DtolCapabilityError, DtolDependencyError, DtolError, errorOfClass } from "../errors.ts";

/** OLCANNOTOPENDRIVER: what every call gets when the board is unplugged or its driver has stopped. */
export const CANNOT_OPEN_DRIVER = 67;

/** Classes that say more than the table of the headers: what tells that the board is gone, or that the next try may do. */
const OWN_CLASSES: Readonly<Record<number, string>> = {
  [CANNOT_OPEN_DRIVER]: "DtolConnectionError",
  92: "DtolTransientError", // OLCOMMANDOVERRUN: commands crossed on their way
  126: "DtolTransientError", // OLREQUESTPENDING: the answer comes later
};

/**
 * The error for something that a call to the SDK threw: of the class that fits its ECODE.
 *
 * @param error What was thrown.
 * @param doing What was being done: `Cannot start the A/D`.
 * @param board Board name.
 */
export function translated(error: unknown, doing: string, board?: string): unknown {
  if (error instanceof SdkNotFoundError || error instanceof SdkArchitectureError) {
    return new DtolDependencyError(error.message, { cause: error });
  }
  if (error instanceof MissingFunctionError) {
    return new DtolCapabilityError(`${doing}${board === undefined ? "" : ` of "${board}"`}: ${error.message}`, {
      cause: error,
    });
  }
  if (!(error instanceof OpenLayersError)) return error;
  const { call, code, symbol, library } = error;
  const context = {
    operation: call,
    ecode: code,
    ecodeSource: library,
    ...(symbol === null ? {} : { symbol }),
    ...(board === undefined ? {} : { board }),
  };
  const message = `${doing}${board === undefined ? "" : ` of "${board}"`}: ${error.message}${adviceFor(code)}`;
  const errorClass = OWN_CLASSES[code] ?? statusOf(code)?.errorClass ?? "DtolCapiError";
  return errorOfClass(errorClass, message, { context, cause: error });
}

/** Runs a call to the SDK; what it throws is told in this library's words. */
export function translating<T>(doing: string, board: string | undefined, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error, doing, board);
  }
}

/** {@linkcode translating} for a promise. */
export async function translatingAsync<T>(
  doing: string,
  board: string | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translated(error, doing, board);
  }
}

function adviceFor(code: number): string {
  if (code === 20) return ". Close the other program that holds it, or wait some seconds if one has just crashed";
  if (code === CANNOT_OPEN_DRIVER) return ". Check the plug, and that its driver service runs";
  if (OWN_CLASSES[code] === "DtolTransientError") return ". Try again";
  return "";
}

/** Whether an error is the SDK's answer with one of these codes. */
export function hasCode(error: unknown, ...codes: number[]): boolean {
  const cause = error instanceof DtolError ? error.cause : error;
  return cause instanceof OpenLayersError && codes.includes(cause.code);
}

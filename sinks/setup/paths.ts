/**
 * The files of a set-up, before a board is touched.
 *
 * @module
 */

import { dirname } from "node:path";
import { DtolResourceError } from "../../src/errors.ts";
import type { Setup } from "../setup.ts";

const CONTEXT = { operation: "open file" };

/**
 * Refuses files that exist and may not be touched, and folders that are not there: found now, not after the boards were started.
 * What may not be read is not looked at: then the sink tells.
 */
export function checkPaths(setup: Setup): void {
  for (const { spec: { logging }, sinks } of setup.tasks) {
    if (logging !== undefined) checkPath(logging.path, !logging.overwrite);
    for (const { path, wantsNewFile } of sinks) if (path !== undefined) checkPath(path, wantsNewFile);
  }
}

function checkPath(path: string, isNew: boolean): void {
  if (isNew && exists(path) === true) {
    const choose = 'choose another name, or set "overwrite" or "if_exists"';
    throw new DtolResourceError(`Cannot write ${path} as it exists: ${choose}`, { context: CONTEXT });
  }
  const folder = dirname(path);
  if (exists(folder) === false) {
    throw new DtolResourceError(`Cannot write ${path} as there is no folder ${folder}: make it`, { context: CONTEXT });
  }
}

/** Undefined where that cannot be told. */
function exists(path: string): boolean | undefined {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}

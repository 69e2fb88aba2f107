/**
 * The files of a set-up, before a board is touched.
 *
 * @module
 */

import { DtolResourceError } from "../../src/errors.ts";
import type { Setup } from "../setup.ts";

const CONTEXT = { operation: "open file" };

/**
 * Refuses files that exist and may not be touched: found now, not after the boards were started. What may not be read is not
 * looked at: then the sink tells.
 */
export function checkPaths(setup: Setup): void {
  for (const { spec: { logging }, sinks } of setup.tasks) {
    if (logging?.overwrite === false) refuseExisting(logging.path);
    for (const { path, wantsNewFile } of sinks) if (wantsNewFile) refuseExisting(path!);
  }
}

function refuseExisting(path: string): void {
  if (!exists(path)) return;
  const choose = 'choose another name, or set "overwrite" or "if_exists"';
  throw new DtolResourceError(`Cannot write ${path} as it exists: ${choose}`, { context: CONTEXT });
}

/** Also false where that cannot be told. */
function exists(path: string): boolean {
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * The simulated SDK, for tests that call C.
 *
 * @module
 */
import { buildSim } from "../ffi/sim/build.ts";

let directory: Promise<string> | undefined;

/** Builds the simulated SDK unless it is up to date, once per process; returns the folder that holds it. */
export async function simSdk(): Promise<string> {
  directory ??= buildSim();
  return await directory;
}

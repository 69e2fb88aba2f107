/**
 * The way to whatever boards there are.
 *
 * @module
 */

import { SdkNotFoundError } from "../../ffi/loader.ts";
import type { DtolConfig } from "../config.ts";
import { DtolDependencyError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { DataAcqBackend, type DataAcqBackendOptions } from "./dataacq.ts";
import { SimulatedBackend } from "./simulated.ts";

/** Settings of {@linkcode openBackend}. */
export interface OpenBackendOptions {
  /** Folder or file of the SDK's libraries: these and no others. */
  readonly sdk?: string | undefined;
  /** Where its files are, if it names them: these and no others. */
  readonly config?: DtolConfig | undefined;
}

/**
 * The boards behind the SDK; where no SDK is installed, or none of its boards is plugged in, simulated ones. Ask
 * `backend.simulated`, and tell the user.
 *
 * @param options Where the SDK is. With `sdk` given, or files in `config`, there is no falling back.
 * @throws {DtolError} If the SDK that was named cannot be opened, or one that is installed does not work.
 */
export async function openBackend({ sdk, config }: OpenBackendOptions = {}): Promise<Backend> {
  const named = sdk === undefined ? filesOf(config) : { sdk };
  if (Object.keys(named).length > 0) {
    const backend = new DataAcqBackend(named);
    backend.versions(); // found wrong here, and not in the middle of something
    return backend;
  }
  if (Deno.build.os !== "windows") return new SimulatedBackend(); // the SDK exists for Windows only
  const backend = new DataAcqBackend();
  try {
    if ((await backend.boards()).length > 0) return backend;
    await backend[Symbol.asyncDispose]();
  } catch (error) {
    if (!isNotInstalled(error)) throw error;
  }
  return new SimulatedBackend();
}

/** The files of the SDK that a configuration names. */
export function filesOf({ oldaapi, olmem }: Partial<DtolConfig> = {}): DataAcqBackendOptions {
  return { ...(oldaapi === undefined ? {} : { oldaapi }), ...(olmem === undefined ? {} : { olmem }) };
}

/** Nowhere a file: an SDK of 32 bits, or one that lacks something, is to be put right and not to be replaced. */
export function isNotInstalled(error: unknown): boolean {
  const cause = error instanceof DtolDependencyError ? error.cause : error;
  return cause instanceof SdkNotFoundError && !cause.tried.some(({ found }) => found);
}

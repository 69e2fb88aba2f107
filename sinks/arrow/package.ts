/**
 * The package `apache-arrow`, loaded when it is needed.
 *
 * @module
 */

import { DtolSinkDependencyError } from "../../src/errors.ts";

/** What the package exports. */
export type Arrow = typeof import("apache-arrow");

/**
 * Loads the package.
 *
 * @throws {DtolSinkDependencyError} If it is not installed.
 */
export async function loadArrow(): Promise<Arrow> {
  try {
    return await import("apache-arrow");
  } catch (error) {
    throw new DtolSinkDependencyError(
      `Cannot write Arrow as the package "apache-arrow" cannot be loaded (${
        (error as Error).message.split("\n")[0]
      }): ` +
        `add "apache-arrow": "npm:apache-arrow@21.2.0" to the imports of deno.json`,
    );
  }
}

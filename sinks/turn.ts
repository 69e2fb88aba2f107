/**
 * Letting the event loop have its turn.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** A turn of the event loop: what waits there (timers, messages, signals) is served before this settles. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

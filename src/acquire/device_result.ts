/**
 * What became of one device among several: its value or its error, and what the error policies make of it.
 *
 * @module
 */

import type { ClockReading } from "../clock.ts";
import type { DtolError } from "../errors.ts";
import type { ErrorPolicy } from "../model/enums.ts";
import type { DaqReading } from "../model/reading.ts";
import type { TaskSpec } from "../model/spec.ts";

/** Which device a {@linkcode DeviceResult} is of. */
export interface DeviceOrigin {
  /** Name given to `DtolManager.add`. */
  readonly name: string;
  /** Board name: what readings and blocks have as `device`. */
  readonly board: string;
  /** The task. */
  readonly spec: TaskSpec;
  /** When the device was done, well or not. */
  readonly at: ClockReading;
}

/** What one device gave: `ok` tells which of `value` and `error` there is. */
export type DeviceResult<T> =
  | DeviceOrigin & { readonly ok: true; readonly value: T; readonly error: null }
  | DeviceOrigin & { readonly ok: false; readonly value: undefined; readonly error: DtolError };

/** What several devices gave, by the names given to `DtolManager.add` and in that order. */
export type DeviceResults<T> = ReadonlyMap<string, DeviceResult<T>>;

/** What the devices of a manager gave at one tick of `recordPolled`. */
export type PolledResults = DeviceResults<DaqReading>;

const resultsByError = new WeakMap<Error, DeviceResults<unknown>>();

/**
 * What every device gave when one of them failed: the results behind an error that a manager's call has thrown under the
 * policy `raise`, the failed device's included; undefined for any other error.
 *
 * @example The readings of the boards that are well
 * ```ts ignore
 * try {
 *   await manager.poll();
 * } catch (error) {
 *   for (const { name, value } of resultsOf(error)?.values() ?? []) console.log(name, value?.values);
 *   throw error;
 * }
 * ```
 */
export function resultsOf(error: unknown): DeviceResults<unknown> | undefined {
  return error instanceof Error ? resultsByError.get(error) : undefined;
}

/** The results that are errors, the first to fail first. */
export function failuresOf(results: DeviceResults<unknown>): readonly (DeviceResult<unknown> & { ok: false })[] {
  const failures = [...results.values()].filter((result) => !result.ok);
  return failures.sort((a, b) => Number(a.at.monoNs - b.at.monoNs));
}

/**
 * What the caller gets of some results.
 *
 * @throws {DtolError} Under `raise`, what failed first; {@linkcode resultsOf} has the rest.
 */
export function underPolicy<T>(results: DeviceResults<T>, policy: ErrorPolicy): DeviceResults<T> {
  const [first] = failuresOf(results);
  if (first === undefined || policy === "return") return results;
  if (policy === "skip") return new Map([...results].filter(([, { ok }]) => ok));
  resultsByError.set(first.error, results);
  throw first.error;
}

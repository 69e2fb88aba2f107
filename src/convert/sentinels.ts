/**
 * Boards that linearise by themselves give three numbers instead of a value when a sensor fails.
 *
 * @module
 */

import { SENTINEL } from "../../ffi/constants.ts";

/** The numbers, and the place in `SENSOR_STATUSES` of what each says. All are exact as 4-byte floats. */
const STATUS_OF: ReadonlyMap<number, number> = new Map([
  [SENTINEL.SENSOR_IS_OPEN, 1],
  [SENTINEL.TEMP_OUT_OF_RANGE_LOW, 2],
  [SENTINEL.TEMP_OUT_OF_RANGE_HIGH, 3],
]);
const SMALLEST = 88_888;

/**
 * Turns the numbers that stand for a fault into NaN, and says which fault: a fault is never a number.
 *
 * @param values Values of one channel; faults in it become NaN.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 */
export function readSentinels(values: Float64Array): Int8Array | null {
  let mask: Int8Array | null = null;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) < SMALLEST) continue;
    const status = STATUS_OF.get(values[i]!);
    if (status === undefined) continue;
    (mask ??= new Int8Array(values.length))[i] = status;
    values[i] = NaN;
  }
  return mask;
}

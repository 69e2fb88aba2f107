/**
 * What all conversions of arrays have in common: room in the array that receives, and a status for each sample that has
 * no value. A NaN never goes without a status.
 *
 * @module
 */

import { SENSOR_STATUSES } from "../model/enums.ts";

/** Places in `SENSOR_STATUSES`, as status masks hold them. */
export const STATUS = {
  ok: SENSOR_STATUSES.indexOf("ok"),
  open: SENSOR_STATUSES.indexOf("sensor_open"),
  low: SENSOR_STATUSES.indexOf("temp_out_of_range_low"),
  high: SENSOR_STATUSES.indexOf("temp_out_of_range_high"),
} as const;

/** Refuses an array that is too short for what is to be written into it. */
export function checkRoom(name: string, given: ArrayLike<number>, out: ArrayLike<number>): void {
  if (out.length >= given.length) return;
  throw new RangeError(
    `Cannot convert ${given.length} samples as "${name}" has no room for them: its length is ${out.length}`,
  );
}

/**
 * Marks samples that are no finite number as open sensors, and makes them NaN. For conversions whose formula has no
 * range of its own: what is not a number there was not one before.
 *
 * @param out Converted samples.
 * @param length How many of them.
 * @returns One status a sample; null when all are numbers.
 */
export function markNotFinite(out: Float64Array, length: number): Int8Array | null {
  let mask: Int8Array | null = null;
  for (let i = 0; i < length; i++) {
    if (Number.isFinite(out[i]!)) continue;
    (mask ??= new Int8Array(length))[i] = STATUS.open;
    out[i] = NaN;
  }
  return mask;
}

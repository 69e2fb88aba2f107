/**
 * What stands in the cells of rows: statuses, codes, times and JSON, by one rule for all sinks.
 *
 * @module
 */

import type { Codes } from "../src/convert/codes.ts";
import { codedChannels } from "../src/convert/sensor.ts";
import type { DaqBlock } from "../src/model/block.ts";
import { SENSOR_STATUSES, type SensorStatus } from "../src/model/enums.ts";
import type { Cell, Row, TableRow, TimeForm } from "./columns.ts";
import { utcText } from "./times.ts";

/** The sensors that are not well in one scan, as a JSON object. */
export function scanStatus(block: DaqBlock, k: number): string {
  if (block.sensorStatus.size === 0) return "{}";
  const faults: [string, SensorStatus][] = [];
  for (const [name, mask] of block.sensorStatus) {
    const status = SENSOR_STATUSES[mask[k]!];
    if (status !== undefined && status !== "ok") faults.push([name, status]);
  }
  return JSON.stringify(Object.fromEntries(faults));
}

/** The word for a place in `SENSOR_STATUSES`; null for a value that is no number though nothing is said of its sensor. */
export function statusOf(code: number, value: number): SensorStatus | null {
  if (code === 0) return Number.isFinite(value) ? "ok" : null;
  return SENSOR_STATUSES[code] ?? null;
}

/** Whether every sample of a channel is a number, and so is well: codes whose scaling gives nothing else. */
export function isAllWell({ isLinearised, channels }: DaqBlock, channel: number): boolean {
  const { scaling } = channels[channel]!;
  if (isLinearised) return false;
  if (scaling === null) return true;
  const { lowVolts, highVolts, gain } = scaling;
  return [lowVolts / gain, highVolts / gain, highVolts - lowVolts].every(Number.isFinite);
}

/** The codes of a channel as the board gave them; null where it gave values, or the channel is computed. */
export function codesOfChannel(block: DaqBlock, channel: number): Codes | null {
  const { codes, channels, samplesPerChannel: n } = block;
  if (codes === null || codes instanceof Float32Array || channel >= codedChannels(channels)) return null;
  return codes.subarray(channel * n, (channel + 1) * n) as Codes;
}

/** An object as JSON text; most are empty, and those are told without a serialiser. */
export function jsonText(object: object): string {
  for (const _key in object) return JSON.stringify(object);
  return "{}";
}

/** A UTC time as a cell. */
export function timeCell(utcNs: bigint, form: TimeForm): Cell {
  return form === "iso" ? utcText(utcNs) : utcNs;
}

/** A row as an object. */
export function rowOf({ columns, cells }: TableRow): Row {
  return Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]!]));
}

/** Where in the run an error without samples stands. */
export function placeOf(
  block: DaqBlock,
): { readonly sampleIndex: number; readonly tMonoNs: bigint; readonly tUtc: Temporal.Instant } {
  return { sampleIndex: block.firstSampleIndex, tMonoNs: block.tMonoNs, tUtc: block.t0 };
}

/**
 * Readings and blocks as rows, in the columns of `columns.ts`. What is the same in all of them:
 *
 * - `t_utc` of a reading or summary is its middle, of a sample its own time; times come from the block's exact axis.
 * - Time text is ISO 8601 with nine digits and `+00:00`: one width, so text sorts like time, and no nanosecond is lost.
 * - A sensor fault is NaN with its status. A value that is not finite and has no status has the status null.
 * - An error without samples is one row: error columns filled, channel, value and status null. Nothing is invented.
 * - `sensor_status` and `metadata` are JSON objects as text, `{}` when there is nothing to say; of a sample the status is
 *   a word and the metadata are its channel's.
 *
 * @module
 */

import type { DtolError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import { SENSOR_STATUSES, type SensorStatus } from "../src/model/enums.ts";
import type { Metadata } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import {
  BLOCK_COLUMNS,
  type Cell,
  CODE_COLUMN,
  type Column,
  LONG_COLUMNS,
  ownOf,
  readingLayout,
  type Row,
  SAMPLE_COLUMNS,
  scanColumns,
  type TableRow,
  type TimeForm,
} from "./columns.ts";
import { codesOfChannel, jsonText, placeOf, rowOf, scanStatus, statusOf, timeCell } from "./cells.ts";
import { sampleTimes } from "./times.ts";

/** One sample of one channel. */
export interface DaqSample {
  /** Board name. */
  readonly device: string;
  /** Name of the channel; null in the one sample that stands for an error. */
  readonly channel: string | null;
  /** Value in `unit`: NaN where the sensor failed, null where an error took its place. */
  readonly value: number | null;
  /** Code as the board gave it, also where more than a scaling stands behind its value; null when it gave none. */
  readonly code: number | null;
  /** Index of the sample in the run. */
  readonly sampleIndex: number;
  /** Number of the block in the run. */
  readonly blockIndex: number;
  /** Monotonic nanoseconds of this sample. */
  readonly tMonoNs: bigint;
  /** UTC of this sample. */
  readonly tUtc: Temporal.Instant;
  /** Name of the task. */
  readonly task: string;
  /** Engineering unit. */
  readonly unit: string | null;
  /** What the sample is worth; null when nobody knows: an error, or a value that is not finite for no known reason. */
  readonly sensorStatus: SensorStatus | null;
  /** Whether the board gave a linearised value, not a code. */
  readonly isLinearised: boolean;
  /** Notes of the channel. */
  readonly metadata: Metadata;
  /** What went wrong. */
  readonly error: DtolError | null;
}

/**
 * A reading as one row: join keys and times, a column a channel and one for its unit, then the error, the sensors that
 * are not well and the metadata. A channel whose column's name is taken gets another, see {@linkcode channelColumnNames}.
 *
 * @param reading The reading.
 * @param times How UTC times are given. Default: `iso`.
 */
export function readingToRow(reading: DaqReading, times: TimeForm = "iso"): Row {
  return rowOf(readingToCells(reading, times));
}

/** {@linkcode readingToRow} for sinks: cells in order, beside their columns. */
export function readingToCells(reading: DaqReading, times: TimeForm = "iso"): TableRow {
  const { values, units, error } = reading;
  const { channels, columns } = readingLayout(reading);
  const time = (at: Temporal.Instant) => timeCell(at.epochNanoseconds, times);
  const cells: Cell[] = [
    reading.device,
    reading.task,
    reading.tMonoNs,
    time(reading.tUtc),
    reading.tMidpointMonoNs,
    time(reading.requestedAt),
    time(reading.receivedAt),
    reading.latencyS,
  ];
  for (const name of channels) cells.push(ownOf(values, name));
  for (const name of channels) cells.push(ownOf(units, name));
  cells.push(error?.type ?? null, error?.text ?? null);
  cells.push(jsonText(reading.sensorStatus), jsonText(reading.metadata));
  return { columns, cells, isError: error !== null };
}

/**
 * A block as one row a channel and sample, channel by channel. Nobody calls it unasked: eight channels at 10 kHz are
 * 80,000 rows a second.
 *
 * @param block The block.
 * @param options `times`: how UTC times are given, `iso` by default; `codes`: whether the column `code` is added.
 */
export function* blockToRows(
  block: DaqBlock,
  options: { readonly times?: TimeForm; readonly codes?: boolean } = {},
): Generator<Row> {
  for (const row of blockToCells(block, options)) yield rowOf(row);
}

/** {@linkcode blockToRows} for sinks: cells in order, beside their columns. */
export function* blockToCells(
  block: DaqBlock,
  { times = "iso", codes: withCodes = false }: { readonly times?: TimeForm; readonly codes?: boolean } = {},
): Generator<TableRow> {
  const { device, task, blockIndex, firstSampleIndex, samplesPerChannel: n, isLinearised, error } = block;
  const columns = withCodes ? CODED_COLUMNS : SAMPLE_COLUMNS;
  const isError = error !== null;
  const errors = [error?.type ?? null, error?.text ?? null] as const;
  if (n === 0) {
    if (!isError) return;
    const { sampleIndex, tMonoNs, tUtc } = placeOf(block);
    const place = [device, task, null, blockIndex, sampleIndex, tMonoNs, timeCell(tUtc.epochNanoseconds, times)];
    const cells = [...place, null, null, ...errors, null, null, "{}"];
    yield { columns, cells: withCodes ? [...cells, null] : cells, isError };
    return;
  }
  const { monoNs, utcNs } = sampleTimes(block);
  for (const [i, { name, unit, metadata }] of block.channels.entries()) {
    const values = block.values(i);
    const mask = block.sensorStatus.get(name);
    const codes = codesOfChannel(block, i);
    const notes = JSON.stringify(metadata);
    for (let k = 0; k < n; k++) {
      const value = values[k]!;
      const status = statusOf(mask?.[k] ?? 0, value);
      const time = timeCell(utcNs[k]!, times);
      const cells: Cell[] = [device, task, name, blockIndex, firstSampleIndex + k, monoNs[k]!, time, value, unit];
      cells.push(...errors, status, isLinearised, notes);
      if (withCodes) cells.push(codes?.[k] ?? null);
      yield { columns, cells, isError };
    }
  }
}

/** A block as typed samples, channel by channel; a block that carries only an error is one sample with that error. */
export function* blockToLongRows(block: DaqBlock): Generator<DaqSample> {
  const { device, task, blockIndex, firstSampleIndex, samplesPerChannel: n, isLinearised, error } = block;
  const common = { device, task, blockIndex, isLinearised, error };
  if (n === 0) {
    if (error !== null) yield { ...common, ...NO_SAMPLE, ...placeOf(block) };
    return;
  }
  const { monoNs, utcNs } = sampleTimes(block);
  for (const [i, { name: channel, unit, metadata }] of block.channels.entries()) {
    const values = block.values(i);
    const mask = block.sensorStatus.get(channel);
    const codes = codesOfChannel(block, i);
    for (let k = 0; k < n; k++) {
      const value = values[k]!;
      yield {
        ...common,
        channel,
        value,
        code: codes?.[k] ?? null,
        sampleIndex: firstSampleIndex + k,
        tMonoNs: monoNs[k]!,
        tUtc: new Temporal.Instant(utcNs[k]!),
        unit,
        sensorStatus: statusOf(mask?.[k] ?? 0, value),
        metadata,
      };
    }
  }
}

/** A sample as a row of some of the columns of {@linkcode SAMPLE_COLUMNS} and {@linkcode LONG_COLUMNS}. */
export function sampleToRow(
  sample: DaqSample,
  columns: readonly Column[] = LONG_COLUMNS,
  times: TimeForm = "iso",
): Row {
  const none = sample.channel === null;
  const row: Row = {
    device: sample.device,
    task: sample.task,
    channel: sample.channel,
    block_index: sample.blockIndex,
    sample_index: sample.sampleIndex,
    t_mono_ns: sample.tMonoNs,
    t_utc: timeCell(sample.tUtc.epochNanoseconds, times),
    value: sample.value,
    unit: sample.unit,
    error_type: sample.error?.type ?? null,
    error_message: sample.error?.text ?? null,
    sensor_status: sample.sensorStatus,
    is_linearised: none ? null : sample.isLinearised,
    metadata: JSON.stringify(sample.metadata),
    code: sample.code,
  };
  return Object.fromEntries(columns.map(({ name }) => [name, row[name]!]));
}

/**
 * A block as one row of summary, without samples.
 *
 * @param block The block.
 * @param columns Which columns, in which order. Default: {@linkcode BLOCK_COLUMNS}.
 * @param times How UTC times are given. Default: `iso`.
 */
export function blockSummaryRow(
  block: DaqBlock,
  columns: readonly Column[] = BLOCK_COLUMNS,
  times: TimeForm = "iso",
): Row {
  return rowOf(blockSummaryCells(block, columns, times));
}

/** {@linkcode blockSummaryRow} for sinks: cells in order, beside their columns. */
export function blockSummaryCells(
  block: DaqBlock,
  columns: readonly Column[] = BLOCK_COLUMNS,
  times: TimeForm = "iso",
): TableRow {
  const { error } = block;
  const time = (at: Temporal.Instant) => timeCell(at.epochNanoseconds, times);
  const row: Row = {
    device: block.device,
    task: block.task,
    channels: commaJoined(block.channels.map(({ name }) => name)),
    block_index: block.blockIndex,
    first_sample_index: block.firstSampleIndex,
    samples_per_channel: block.samplesPerChannel,
    block_period_ns: block.blockPeriodNs,
    sample_rate_hz: block.sampleRateHz,
    task_started_at: time(block.taskStartedAt),
    t0: time(block.t0),
    t_mono_ns: block.tMonoNs,
    t_utc: time(block.tUtc),
    t_midpoint_mono_ns: block.tMidpointMonoNs,
    read_started_at: time(block.readStartedAt),
    read_finished_at: time(block.readFinishedAt),
    elapsed_s: block.elapsedS,
    is_linearised: block.isLinearised,
    error_type: error?.type ?? null,
    error_message: error?.text ?? null,
    units: commaJoined(block.channels.map(({ unit }) => unit ?? "")),
    gap_before: block.gapBefore,
    sensor_status: JSON.stringify(statusCounts(block)),
    metadata: JSON.stringify(block.metadata),
  };
  return { columns, cells: columns.map(({ name }) => row[name]!), isError: error !== null };
}

/**
 * A block as one row a scan, in the columns of {@linkcode scanColumns}. `sensor_status` names the channels that are not
 * well; an error without samples is one row.
 */
export function* blockToScans(
  block: DaqBlock,
  columns: readonly Column[] = scanColumns(block.channels),
  times: TimeForm = "iso",
): Generator<TableRow> {
  const { device, task, blockIndex, firstSampleIndex, samplesPerChannel: n, channels, error } = block;
  const isError = error !== null;
  const tail = [error?.type ?? null, error?.text ?? null];
  if (n === 0) {
    if (!isError) return;
    const { tMonoNs, tUtc, sampleIndex } = placeOf(block);
    const head = [device, task, blockIndex, sampleIndex, tMonoNs, timeCell(tUtc.epochNanoseconds, times)];
    const noValues = columns.filter(({ channel }) => channel !== undefined).map(() => null); // it may know no channels
    yield { columns, cells: [...head, ...noValues, ...tail, null], isError };
    return;
  }
  const { monoNs, utcNs } = sampleTimes(block);
  const data = block.data;
  for (let k = 0; k < n; k++) {
    const head = [device, task, blockIndex, firstSampleIndex + k, monoNs[k]!, timeCell(utcNs[k]!, times)];
    const values = channels.map((_, i) => data[i * n + k]!);
    yield { columns, cells: [...head, ...values, ...tail, scanStatus(block, k)], isError };
  }
}

const CODED_COLUMNS: readonly Column[] = Object.freeze([...SAMPLE_COLUMNS, CODE_COLUMN]);

/** What a sample has when an error took its place. */
const NO_SAMPLE = { channel: null, value: null, code: null, unit: null, sensorStatus: null, metadata: {} } as const;

/** Samples of each sensor that are not well, by status. */
function statusCounts(block: DaqBlock): Record<string, Record<string, number>> {
  const channels = [...block.sensorStatus].map(([name, mask]) => {
    const counts: Record<string, number> = {};
    for (const code of mask) {
      const status = SENSOR_STATUSES[code];
      if (status !== undefined && status !== "ok") counts[status] = (counts[status] ?? 0) + 1;
    }
    return [name, counts] as const;
  });
  return Object.fromEntries(channels);
}

/** Words with commas between them; a word that has a comma or a quote in it stands in quotes, as in CSV. */
function commaJoined(words: readonly string[]): string {
  return words.map((word) => /[",\r\n]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word).join(",");
}

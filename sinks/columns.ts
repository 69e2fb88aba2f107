/**
 * The columns of tables: those of the Python library, in its order, and the new ones behind them.
 *
 * - Readings: `device task t_mono_ns t_utc t_midpoint_mono_ns requested_at received_at latency_s`, a column a channel,
 *   a `<channel>_unit` each, `error_type error_message`; new: `sensor_status metadata`.
 * - Samples, as `blockToRows` gives them: `device task channel block_index sample_index t_mono_ns t_utc value unit
 *   error_type error_message`; new: `sensor_status is_linearised metadata`.
 * - Samples in CSV and JSONL: `device task channel value unit sample_index block_index t_mono_ns t_utc sensor_status
 *   is_linearised metadata`; new: `error_type error_message`.
 * - Scans, the wide layout: `device task block_index sample_index t_mono_ns t_utc`, a column a channel, `error_type
 *   error_message sensor_status`.
 * - Block summaries: {@linkcode BLOCK_COLUMNS} and {@linkcode POSTGRES_BLOCK_COLUMNS}.
 *
 * @module
 */

import type { BlockChannel } from "../src/model/block.ts";
import type { DaqReading } from "../src/model/reading.ts";

/** What stands in one cell. */
export type Cell = string | number | bigint | boolean | null;

/** A row as an object. Names that are whole numbers come first, as JavaScript has it; {@linkcode TableRow} keeps order. */
export type Row = Record<string, Cell>;

/** Kinds of column. `time` is UTC: text or nanoseconds, see {@linkcode TimeForm}. */
export type ColumnType = "text" | "double" | "integer" | "boolean" | "time";

/** How UTC times stand in rows: `iso` text, or nanoseconds since 1970 as bigint. */
export type TimeForm = "iso" | "ns";

/** A column of a table. */
export interface Column {
  /** Its name. */
  readonly name: string;
  /** What its cells hold, when they are not null. */
  readonly type: ColumnType;
  /** The channel whose values it holds; differs from `name` where that was taken. */
  readonly channel?: string;
  /** The channel whose unit it holds. */
  readonly unitOf?: string;
}

/**
 * What a column is for. The same name may stand for something else in rows of other channels: a channel is called
 * `force_unit`, say, and gets another name beside one called `force`.
 */
export function roleOf({ name, channel, unitOf }: Column): string {
  if (channel !== undefined) return `value ${channel}`;
  return unitOf === undefined ? `name ${name}` : `unit ${unitOf}`;
}

/** A row with its columns. The same array of columns comes with every row of one shape. */
export interface TableRow {
  /** What the cells are. */
  readonly columns: readonly Column[];
  /** One cell a column. */
  readonly cells: readonly Cell[];
  /** Whether it stands for an error; such a row says nothing about columns and types. */
  readonly isError: boolean;
}

/** Columns from `name:type` words; the type is text where none is given. */
function columnsOf(words: string): readonly Column[] {
  return Object.freeze(
    words.trim().split(/\s+/).map((word) => {
      const [name, type = "text"] = word.split(":");
      return Object.freeze({ name: name!, type: type as ColumnType });
    }),
  );
}

const READING_HEAD = columnsOf(
  "device task t_mono_ns:integer t_utc:time t_midpoint_mono_ns:integer requested_at:time received_at:time latency_s:double",
);
const READING_TAIL = columnsOf("error_type error_message sensor_status metadata");
const SCAN_HEAD = columnsOf("device task block_index:integer sample_index:integer t_mono_ns:integer t_utc:time");
const SCAN_TAIL = columnsOf("error_type error_message sensor_status");

/** Columns of {@linkcode blockToRows}: one row a channel and sample. */
export const SAMPLE_COLUMNS: readonly Column[] = columnsOf(
  "device task channel block_index:integer sample_index:integer t_mono_ns:integer t_utc:time value:double unit " +
    "error_type error_message sensor_status is_linearised:boolean metadata",
);

/** Columns of samples in CSV and JSONL files: the order of the Python library's `DaqSample`. */
export const LONG_COLUMNS: readonly Column[] = columnsOf(
  "device task channel value:double unit sample_index:integer block_index:integer t_mono_ns:integer t_utc:time " +
    "sensor_status is_linearised:boolean metadata error_type error_message",
);

/** The column of the codes themselves, behind all others where a caller asks for it. */
export const CODE_COLUMN: Column = Object.freeze({ name: "code", type: "integer" });

/** Columns of a block summary, as in SQLite; `units` and what follows are new. */
export const BLOCK_COLUMNS: readonly Column[] = columnsOf(
  "device task channels block_index:integer first_sample_index:integer samples_per_channel:integer " +
    "block_period_ns:integer sample_rate_hz:double task_started_at:time t0:time t_mono_ns:integer t_utc:time " +
    "t_midpoint_mono_ns:integer read_started_at:time read_finished_at:time elapsed_s:double is_linearised:boolean " +
    "error_type error_message units gap_before:integer sensor_status metadata",
);

/** Columns of a block summary, as in Postgres; `read_started_at` and what follows are new. */
export const POSTGRES_BLOCK_COLUMNS: readonly Column[] = columnsOf(
  "device task block_index:integer first_sample_index:integer samples_per_channel:integer block_period_ns:integer " +
    "sample_rate_hz:double task_started_at:time t0:time t_mono_ns:integer t_utc:time t_midpoint_mono_ns:integer " +
    "channels units read_started_at:time read_finished_at:time elapsed_s:double is_linearised:boolean " +
    "error_type error_message gap_before:integer sensor_status metadata",
);

/**
 * Columns of readings of some channels.
 *
 * @param channels Names of the channels in scan order, with the type of their values; `double` where none is given.
 */
export function readingColumns(
  channels: readonly { readonly name: string; readonly type?: ColumnType }[],
): readonly Column[] {
  const names = channelColumnNames(channels.map(({ name }) => name), [...READING_HEAD, ...READING_TAIL], "_unit");
  return Object.freeze([
    ...READING_HEAD,
    ...channels.map(({ name, type = "double" }, i) => ({ name: names[i]!, type, channel: name })),
    ...channels.map(({ name }, i) => ({ name: `${names[i]}_unit`, type: "text" as const, unitOf: name })),
    ...READING_TAIL,
  ]);
}

/** Columns of the wide layout, one row a scan: what identifies it, a column a channel, error and sensor status. */
export function scanColumns(channels: readonly BlockChannel[]): readonly Column[] {
  const names = channelColumnNames(channels.map(({ name }) => name), [...SCAN_HEAD, ...SCAN_TAIL], "");
  return Object.freeze([
    ...SCAN_HEAD,
    ...channels.map(({ name }, i) => ({ name: names[i]!, type: "double" as const, channel: name })),
    ...SCAN_TAIL,
  ]);
}

/**
 * Names for the columns of channels: the channel's own, or with `_channel` behind it, as often as needed, where a fixed
 * column, another channel or another channel's unit has that name (SQL knows no upper and lower case, so neither does this).
 *
 * @param channels Names of the channels.
 * @param taken Columns that are there already.
 * @param companion Ending of a second column that every channel gets; empty for none.
 */
export function channelColumnNames(
  channels: readonly string[],
  taken: readonly Column[],
  companion: string,
): readonly string[] {
  const used = new Set(taken.map(({ name }) => name.toLowerCase()));
  const companions = new Set(companion === "" ? [] : channels.map((name) => (name + companion).toLowerCase()));
  return channels.map((channel) => {
    let name = channel;
    const free = () => {
      const lower = name.toLowerCase();
      return !used.has(lower) && !companions.has(lower) && (companion === "" || !used.has(lower + companion));
    };
    while (!free()) name += "_channel";
    used.add(name.toLowerCase());
    if (companion !== "") used.add((name + companion).toLowerCase());
    return name;
  });
}

/** Channels and columns of readings that have the same channels. */
export interface ReadingLayout {
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Whether a channel's values are true and false. */
  readonly isBoolean: readonly boolean[];
  /** The columns, see {@linkcode readingColumns}. */
  readonly columns: readonly Column[];
}

const LAYOUTS = new Map<string, ReadingLayout>();
const MOST_LAYOUTS = 256; // a program has a few; one that makes names up must not fill the memory
let lastLayout: ReadingLayout | undefined;

/** The layout of a reading: the same object for all that have the same channels. */
export function readingLayout({ values, units }: Pick<DaqReading, "values" | "units">): ReadingLayout {
  if (lastLayout !== undefined && isLayoutOf(lastLayout, values, units)) return lastLayout;
  const channels = [...new Set([...Object.keys(values), ...Object.keys(units)])];
  const isBoolean = channels.map((name) => typeof ownOf(values, name) === "boolean");
  const key = JSON.stringify([channels, isBoolean]);
  let layout = LAYOUTS.get(key);
  if (layout === undefined) {
    const typed = channels.map((name, i) => ({ name, type: isBoolean[i] ? "boolean" as const : "double" as const }));
    layout = { channels, isBoolean, columns: readingColumns(typed) };
    if (LAYOUTS.size >= MOST_LAYOUTS) LAYOUTS.clear();
    LAYOUTS.set(key, layout);
  }
  return lastLayout = layout;
}

/** Whether a reading surely has a layout: the look at most readings, so it makes nothing. */
function isLayoutOf(layout: ReadingLayout, values: DaqReading["values"], units: DaqReading["units"]): boolean {
  const { channels, isBoolean } = layout;
  let i = 0;
  for (const name in values) {
    if (channels[i] !== name || (typeof values[name] === "boolean") !== isBoolean[i]) return false;
    i++;
  }
  let k = 0;
  for (const name in units) if (channels[k++] !== name) return false;
  return i === channels.length && k === i;
}

/** A value under a channel's name, which may be any word, also one that every object has. */
export function ownOf(record: Readonly<Record<string, Cell>>, name: string): Cell {
  return Object.hasOwn(record, name) ? record[name]! : null;
}

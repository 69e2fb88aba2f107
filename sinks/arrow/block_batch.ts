/**
 * A block as an Arrow record batch: the columns of `blockToRows`, one row a channel and sample, text as dictionaries.
 *
 * Every column has memory of its own: `apache-arrow` writes a corrupt stream when two columns share some.
 *
 * @module
 */

import type {
  Bool,
  Data,
  DataType,
  Dictionary,
  Float64,
  Int64,
  RecordBatch,
  Schema,
  TimestampMicrosecond,
  Vector,
} from "apache-arrow";
import type { BlockChannel, DaqBlock } from "../../src/model/block.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import { SAMPLE_COLUMNS } from "../columns.ts";
import { isAllWell, statusOf } from "../cells.ts";
import { floorMicros, sampleTimes } from "../times.ts";
import type { Arrow } from "./package.ts";

/** Text columns, and how wide the indices of their dictionaries are: channels may be many. */
const TEXT_COLUMNS = {
  device: 8,
  task: 8,
  channel: 16,
  unit: 16,
  error_type: 8,
  error_message: 8,
  sensor_status: 8,
  metadata: 16,
} as const;
type TextColumn = keyof typeof TEXT_COLUMNS;

/** Types of the columns that are no text. */
interface PlainTypes {
  readonly block_index: Int64;
  readonly sample_index: Int64;
  readonly t_mono_ns: Int64;
  readonly t_utc: TimestampMicrosecond;
  readonly value: Float64;
  readonly is_linearised: Bool;
}

/** Makes batches. The dictionaries are kept, so a stream stores each of them once, until its words change. */
export class BlockBatches {
  /** The columns, and what the file says about itself. */
  readonly schema: Schema;
  readonly #arrow: Arrow;
  readonly #dictionaries = new Map<TextColumn, { readonly key: string; readonly vector: Vector }>();
  readonly #plain: PlainTypes;
  readonly #texts: Readonly<Record<TextColumn, Dictionary>>;

  /**
   * Fixes the columns.
   *
   * @param arrow The package.
   * @param description What the schema's metadata say, as JSON under `dtollib`.
   */
  constructor(arrow: Arrow, description: string) {
    this.#arrow = arrow;
    this.#plain = plainTypes(arrow);
    this.#texts = textTypes(arrow);
    const types: Record<string, DataType> = { ...this.#plain, ...this.#texts };
    const fields = SAMPLE_COLUMNS.map(({ name }) => new arrow.Field(name, types[name]!, true));
    this.schema = new arrow.Schema(fields, new Map([["dtollib", description]]));
  }

  /** A block as a batch; an error without samples is one row. */
  batch(block: DaqBlock): RecordBatch {
    const rows = block.samplesPerChannel === 0
      ? (block.error === null ? 0 : 1)
      : block.nChannels * block.samplesPerChannel;
    const columns = block.samplesPerChannel === 0 ? this.#errorColumns(block, rows) : this.#columns(block, rows);
    const { Struct, makeData, RecordBatch } = this.#arrow;
    const children = SAMPLE_COLUMNS.map(({ name }) => columns[name]!);
    const data = makeData({ type: new Struct(this.schema.fields), length: rows, nullCount: 0, children });
    return new RecordBatch(this.schema, data);
  }

  #columns(block: DaqBlock, rows: number): Record<string, Data> {
    const { channels, samplesPerChannel: n, firstSampleIndex: first } = block;
    const { monoNs, utcNs } = sampleTimes(block);
    const indices = BigInt64Array.from({ length: n }, (_, k) => BigInt(first + k));
    const each = (part: BigInt64Array) => repeat(part, channels.length);
    const channelOf = (i: number) => Math.floor(i / n);
    const words = (pick: (channel: BlockChannel) => string | null) => channels.map(pick);
    return {
      device: this.#constant("device", block.device, rows),
      task: this.#constant("task", block.task, rows),
      channel: this.#perChannel("channel", words(({ name }) => name), n),
      block_index: this.#wide("block_index", new BigInt64Array(rows).fill(BigInt(block.blockIndex))),
      sample_index: this.#wide("sample_index", each(indices)),
      t_mono_ns: this.#wide("t_mono_ns", each(monoNs)),
      t_utc: this.#wide("t_utc", each(utcNs.map(floorMicros))),
      value: this.#arrow.makeData({ type: this.#plain.value, length: rows, nullCount: 0, data: block.data }),
      unit: this.#perChannel("unit", words(({ unit }) => unit), n),
      error_type: this.#constant("error_type", block.error?.type ?? null, rows),
      error_message: this.#constant("error_message", block.error?.text ?? null, rows),
      sensor_status: this.#status(block, rows, channelOf),
      is_linearised: this.#flags(rows, block.isLinearised),
      metadata: this.#perChannel("metadata", words(({ metadata }) => JSON.stringify(metadata)), n),
    };
  }

  /** No samples: the row that an error gets in every layout. */
  #errorColumns(block: DaqBlock, rows: number): Record<string, Data> {
    const { axis, firstSampleIndex: first } = block;
    const whole = (value: bigint) => new BigInt64Array(rows).fill(value);
    const none = this.#arrow.makeData({
      type: this.#plain.value,
      length: rows,
      nullCount: rows,
      nullBitmap: new Uint8Array(8),
      data: new Float64Array(rows),
    });
    return {
      device: this.#constant("device", block.device, rows),
      task: this.#constant("task", block.task, rows),
      channel: this.#constant("channel", null, rows),
      block_index: this.#wide("block_index", whole(BigInt(block.blockIndex))),
      sample_index: this.#wide("sample_index", whole(BigInt(first))),
      t_mono_ns: this.#wide("t_mono_ns", whole(axis.monoNsOf(first))),
      t_utc: this.#wide("t_utc", whole(floorMicros(axis.utcNsOf(first)))),
      value: none,
      unit: this.#constant("unit", null, rows),
      error_type: this.#constant("error_type", block.error?.type ?? null, rows),
      error_message: this.#constant("error_message", block.error?.text ?? null, rows),
      sensor_status: this.#constant("sensor_status", null, rows),
      is_linearised: this.#flags(rows, null),
      metadata: this.#constant("metadata", "{}", rows),
    };
  }

  #wide(name: "block_index" | "sample_index" | "t_mono_ns" | "t_utc", data: BigInt64Array): Data {
    const type = this.#plain[name] as Int64; // a timestamp is one in memory
    return this.#arrow.makeData({ type, length: data.length, nullCount: 0, data });
  }

  #flags(rows: number, value: boolean | null): Data {
    const bytes = Math.ceil(rows / 8);
    return this.#arrow.makeData({
      type: this.#plain.is_linearised,
      length: rows,
      nullCount: value === null ? rows : 0,
      ...(value === null ? { nullBitmap: new Uint8Array(bytes) } : {}),
      data: new Uint8Array(bytes).fill(value === true ? 255 : 0),
    });
  }

  #constant(name: TextColumn, word: string | null, rows: number): Data {
    const places = indexArray(name, rows);
    if (word !== null) return this.#coded(name, [word], places, null);
    return this.#coded(name, [], places, new Uint8Array(Math.ceil(rows / 8)));
  }

  #perChannel(name: TextColumn, words: readonly (string | null)[], n: number): Data {
    const distinct = [...new Set(words)].filter((word) => word !== null);
    const places = indexArray(name, words.length * n);
    for (const [i, word] of words.entries()) if (word !== null) places.fill(distinct.indexOf(word), i * n, (i + 1) * n);
    const valid = words.includes(null) ? bitmap(places.length, (i) => words[Math.floor(i / n)] !== null) : null;
    return this.#coded(name, distinct, places, valid);
  }

  #status(block: DaqBlock, rows: number, channelOf: (i: number) => number): Data {
    const places = indexArray("sensor_status", rows);
    if (block.channels.every((_, i) => isAllWell(block, i))) {
      return this.#coded("sensor_status", SENSOR_STATUSES, places, null);
    }
    const n = block.samplesPerChannel;
    for (const [i, { name }] of block.channels.entries()) {
      const mask = block.sensorStatus.get(name);
      if (mask !== undefined) places.set(mask, i * n);
    }
    const { data } = block;
    const masks = block.channels.map(({ name }) => block.sensorStatus.get(name));
    const isKnown = (i: number) => statusOf(masks[channelOf(i)]?.[i % n] ?? 0, data[i]!) !== null;
    return this.#coded("sensor_status", SENSOR_STATUSES, places, bitmap(rows, isKnown));
  }

  /** A column of words, each row a place in the dictionary. */
  #coded(name: TextColumn, words: readonly string[], places: Int8Array | Int16Array, valid: Uint8Array | null): Data {
    return this.#arrow.makeData({
      type: this.#texts[name],
      length: places.length,
      nullCount: valid === null ? 0 : -1,
      ...(valid === null ? {} : { nullBitmap: valid }),
      data: places,
      dictionary: this.#dictionary(name, words),
    });
  }

  /** The dictionary of a column: the same one as before as long as its words stay. */
  #dictionary(name: TextColumn, words: readonly string[]): Vector {
    const key = JSON.stringify(words);
    const known = this.#dictionaries.get(name);
    if (known !== undefined && (known.key === key || words.length === 0)) return known.vector;
    const vector = this.#arrow.vectorFromArray(words.length === 0 ? [""] : [...words], new this.#arrow.Utf8());
    this.#dictionaries.set(name, { key, vector });
    return vector;
  }
}

function plainTypes({ Int64, TimestampMicrosecond, Float64, Bool }: Arrow): PlainTypes {
  return {
    block_index: new Int64(),
    sample_index: new Int64(),
    t_mono_ns: new Int64(),
    t_utc: new TimestampMicrosecond("UTC"),
    value: new Float64(),
    is_linearised: new Bool(),
  };
}

/** Dictionaries have fixed numbers, as the schema is written before any of them. */
function textTypes({ Dictionary, Utf8, Int8, Int16 }: Arrow): Readonly<Record<TextColumn, Dictionary>> {
  const types = Object.entries(TEXT_COLUMNS).map(([name, bits], id) => {
    return [name, new Dictionary(new Utf8(), bits === 8 ? new Int8() : new Int16(), id)] as const;
  });
  return Object.fromEntries(types) as Record<TextColumn, Dictionary>;
}

function indexArray(name: TextColumn, length: number): Int8Array | Int16Array {
  return TEXT_COLUMNS[name] === 8 ? new Int8Array(length) : new Int16Array(length);
}

function repeat(part: BigInt64Array, times: number): BigInt64Array {
  const all = new BigInt64Array(part.length * times);
  for (let i = 0; i < times; i++) all.set(part, i * part.length);
  return all;
}

/** A bit a row, the lowest first: 1 where it is valid. */
function bitmap(length: number, isValid: (i: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (let i = 0; i < length; i++) if (isValid(i)) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

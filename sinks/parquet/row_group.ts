/**
 * Row groups of blocks. Nothing in them is an arbitrary table: times and indices are arithmetic progressions, texts are
 * constant, values are a function of codes; each is encoded as what it is.
 *
 * @module
 */

import type { ColumnChunk, RowGroup, Statistics } from "hyparquet";
import type { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { type Column, SAMPLE_COLUMNS } from "../columns.ts";
import { isAllWell, scanStatus, statusOf } from "../cells.ts";
import { floorMicros } from "../times.ts";
import { CodeDictionary } from "./code_dictionary.ts";
import {
  booleanChunk,
  type ChunkOptions,
  ColumnChunkWriter,
  countOf,
  dataPage,
  integerChunk,
  nullsOf,
  type Page,
  textChunk,
  worthwhileCodec,
} from "./column_chunk.ts";
import { definitionLevels, deltaBinaryPacked, IndexPacker, mergeRuns, type Run } from "./encodings.ts";
import type { ParquetLayout, Piece } from "./piece.ts";

/** How row groups of blocks are made. */
export interface RowGroupOptions extends ChunkOptions {
  /** What a row is. */
  readonly layout: ParquetLayout;
  /** The columns of the file. */
  readonly columns: readonly Column[];
}

/** Values of a page of the value column, at least: so that many small blocks are few pages. */
const VALUE_PAGE_ROWS = 32_768;

/**
 * Writes the pages of a row group.
 *
 * @param out Where they go; its offset is the place in the file.
 * @param pieces The rows.
 * @param options Columns and codec.
 * @returns What the footer has to say of it.
 */
export function writeRowGroup(out: ByteWriter, pieces: readonly Piece[], options: RowGroupOptions): RowGroup {
  const { layout, columns } = options;
  const start = out.offset;
  const progressions = progressionsOf(pieces, options);
  let channel = 0;
  const chunks = columns.map((column) => {
    const known = progressions.get(column.name);
    if (known !== undefined && column.channel === undefined) return progressionChunk(out, column, known, options);
    if (column.channel !== undefined) return valueChunk(out, column, onChannel(pieces, channel++), options);
    if (column.name === "value") return valueChunk(out, column, pieces, options);
    return runColumn(out, column, pieces, layout, options);
  });
  return {
    columns: chunks,
    num_rows: BigInt(pieces.reduce((sum, { count }) => sum + count, 0)),
    total_byte_size: chunks.reduce((sum, { meta_data }) => sum + meta_data!.total_uncompressed_size, 0n),
    total_compressed_size: BigInt(out.offset - start),
  };
}

/** The columns of a row a channel and sample. */
export const LONG_LAYOUT: readonly Column[] = SAMPLE_COLUMNS;

/** Scans as the samples of one of their channels. */
function onChannel(pieces: readonly Piece[], channel: number): Piece[] {
  return pieces.map((piece) => piece.channel < 0 ? piece : { ...piece, channel });
}

/** A page of an arithmetic progression, with its first and last value. */
interface Progression {
  readonly page: Page;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Index and times of every piece. The channels of a block share them: each page is made once and written as often as
 * there are channels.
 */
function progressionsOf(
  pieces: readonly Piece[],
  options: RowGroupOptions,
): Map<string, readonly Progression[]> {
  const made = new Map<string, readonly Progression[]>();
  const numbers = new Map(pieces.map(({ block }) => [block, 0]));
  let n = 0;
  for (const block of numbers.keys()) numbers.set(block, n++);
  const all = pieces.map((piece) => {
    const key = `${numbers.get(piece.block)} ${piece.from} ${piece.count}`;
    let three = made.get(key);
    if (three === undefined) made.set(key, three = progressionsOfPiece(piece, options));
    return three;
  });
  return new Map(["sample_index", "t_mono_ns", "t_utc"].map((name, i) => [name, all.map((three) => three[i]!)]));
}

function progressionsOfPiece({ block, from, count }: Piece, options: RowGroupOptions): readonly Progression[] {
  const firstIndex = block.firstSampleIndex + from;
  const { monoNs, utcNs } = block.axis.anchor;
  const since = new Float64Array(count);
  const base = block.axis.offsetsSince(firstIndex, since);
  const utc = utcNs + base;
  const utcMicros = floorMicros(utc);
  const restNs = Number(utc - utcMicros * 1000n);
  const indices = new Float64Array(count);
  const micros = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    indices[k] = k;
    micros[k] = Math.floor((restNs + since[k]!) / 1000);
  }
  return [
    progression(BigInt(firstIndex), indices, options),
    progression(monoNs + base, since, options),
    progression(utcMicros, micros, options),
  ];
}

function progression(base: bigint, since: Float64Array, { codec }: RowGroupOptions): Progression {
  const first = base + BigInt(since[0]!);
  const last = base + BigInt(since.at(-1)!);
  const levels = definitionLevels([{ value: 1, count: since.length }]);
  const page = dataPage(codec, "DELTA_BINARY_PACKED", since.length, [levels, deltaBinaryPacked(first, since)]);
  return { page, first, last };
}

function progressionChunk(
  out: ByteWriter,
  column: Column,
  parts: readonly Progression[],
  { codec }: RowGroupOptions,
): ColumnChunk {
  const chunk = new ColumnChunkWriter(out, column, codec);
  let least = parts[0]!.first;
  let most = parts[0]!.last;
  for (const { page, first, last } of parts) {
    chunk.repeat(page);
    if (first < least) least = first;
    if (last > most) most = last;
  }
  return chunk.end({ null_count: 0n, min_value: least, max_value: most });
}

/** The values: indices into a dictionary, or as they are. */
function valueChunk(
  out: ByteWriter,
  column: Column,
  pieces: readonly Piece[],
  options: RowGroupOptions,
): ColumnChunk {
  const dictionary = options.useDictionary ? CodeDictionary.of(pieces) : null;
  const plain = dictionary === null ? new Uint8Array(0) : new Uint8Array(dictionary.values.buffer);
  const pages = dictionary === null ? plainPages(pieces) : indexPages(pieces, dictionary);
  let step = pages.next();
  const rows = pieces.reduce((sum, { count }) => sum + count, 0);
  const codec = step.done
    ? options.codec
    : worthwhileCodec(options.codec, step.value.body, rows / step.value.rows, plain);
  const chunk = new ColumnChunkWriter(out, column, codec);
  const bounds = new Bounds();
  if (dictionary !== null) {
    chunk.dictionary(dictionary.values.length, plain);
    bounds.take(dictionary.values);
  }
  let nulls = 0;
  for (; !step.done; step = pages.next()) {
    const { levels, body, values } = step.value;
    chunk.page(dictionary === null ? "PLAIN" : "RLE_DICTIONARY", step.value.rows, [definitionLevels(levels), ...body]);
    bounds.take(values);
    nulls += Number(nullsOf(levels));
  }
  return chunk.end({ null_count: BigInt(nulls), ...bounds.statistics() });
}

/** The values of some pieces as the body of a page. */
interface ValuePage {
  readonly rows: number;
  readonly levels: readonly Run<number>[];
  readonly body: readonly Uint8Array[];
  readonly values: Float64Array;
}

const NONE = new Float64Array(0);

function* indexPages(pieces: readonly Piece[], dictionary: CodeDictionary): Generator<ValuePage, undefined> {
  const packer = new IndexPacker(dictionary.width, 2 * VALUE_PAGE_ROWS);
  for (const part of portions(pieces)) {
    for (const piece of part) if (piece.channel >= 0) dictionary.pack(piece, packer);
    yield { ...rowsAndLevels(part), body: packer.take(), values: NONE };
  }
}

function* plainPages(pieces: readonly Piece[]): Generator<ValuePage, undefined> {
  for (const part of portions(pieces)) {
    const values = new Float64Array(part.reduce((sum, { channel, count }) => sum + (channel < 0 ? 0 : count), 0));
    let at = 0;
    for (const { block, channel, from, count } of part) {
      if (channel < 0) continue;
      values.set(block.values(channel).subarray(from, from + count), at);
      at += count;
    }
    yield { ...rowsAndLevels(part), body: [new Uint8Array(values.buffer)], values };
  }
}

function rowsAndLevels(pieces: readonly Piece[]): Pick<ValuePage, "rows" | "levels"> {
  const levels = pieces.map(({ channel, count }) => ({ value: channel < 0 ? null : 1, count }));
  return { rows: countOf(levels), levels };
}

/** Pieces in portions that make one page each. */
function* portions(pieces: readonly Piece[]): Generator<Piece[]> {
  let part: Piece[] = [];
  let rows = 0;
  for (const piece of pieces) {
    part.push(piece);
    rows += piece.count;
    if (rows < VALUE_PAGE_ROWS) continue;
    yield part;
    part = [];
    rows = 0;
  }
  if (part.length > 0) yield part;
}

/** Least and greatest of some values; NaN is neither. */
class Bounds {
  #least = Infinity;
  #most = -Infinity;

  take(values: Float64Array): void {
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < this.#least) this.#least = values[i]!;
      if (values[i]! > this.#most) this.#most = values[i]!;
    }
  }

  statistics(): Statistics {
    if (!Number.isFinite(this.#least) || !Number.isFinite(this.#most)) return {};
    return { min_value: this.#least, max_value: this.#most };
  }
}

/** A column whose values seldom change. */
function runColumn(
  out: ByteWriter,
  column: Column,
  pieces: readonly Piece[],
  layout: ParquetLayout,
  options: RowGroupOptions,
): ColumnChunk {
  const each = <T>(valueOf: (piece: Piece) => T | null): Run<T>[] =>
    pieces.map((piece) => ({ value: valueOf(piece), count: piece.count }));
  const onChannelOnly = <T>(valueOf: (piece: Piece) => T | null) =>
    each((piece) => piece.channel < 0 ? null : valueOf(piece));
  const text = (runs: Run<string>[]) => textChunk(out, column, runs, options);
  switch (column.name) {
    case "device":
      return text(each(({ block }) => block.device));
    case "task":
      return text(each(({ block }) => block.task));
    case "channel":
      return text(onChannelOnly((piece) => channelOf(piece).name));
    case "unit":
      return text(onChannelOnly((piece) => channelOf(piece).unit));
    case "block_index":
      return integerChunk(out, column, each(({ block }) => block.blockIndex), options);
    case "error_type":
      return text(each(({ block }) => block.error?.type ?? null));
    case "error_message":
      return text(each(({ block }) => block.error?.text ?? null));
    case "sensor_status":
      return text(pieces.flatMap(layout === "long" ? sampleStatuses : scanStatuses));
    case "is_linearised":
      return booleanChunk(out, column, onChannelOnly(({ block }) => block.isLinearised), options);
    case "metadata":
      return text(each((piece) => piece.channel < 0 ? "{}" : metadataText(channelOf(piece).metadata)));
    default:
      throw new TypeError(`No block has a column "${column.name}"`);
  }
}

function channelOf({ block, channel }: Piece): Piece["block"]["channels"][number] {
  return block.channels[channel]!;
}

const METADATA_TEXTS = new WeakMap<object, string>();

function metadataText(metadata: object): string {
  let text = METADATA_TEXTS.get(metadata);
  if (text === undefined) METADATA_TEXTS.set(metadata, text = JSON.stringify(metadata));
  return text;
}

/** What each sample of a piece is worth. Codes are always good where their scaling is. */
function sampleStatuses(piece: Piece): Run<string>[] {
  const { block, channel, from, count } = piece;
  if (channel < 0) return [{ value: null, count }];
  if (isAllWell(block, channel)) return [{ value: "ok", count }];
  const values = block.values(channel);
  const mask = block.sensorStatus.get(channelOf(piece).name);
  const runs: Run<string>[] = [];
  for (let k = from; k < from + count; k++) runs.push({ value: statusOf(mask?.[k] ?? 0, values[k]!), count: 1 });
  return mergeRuns(runs);
}

function scanStatuses({ block, channel, from, count }: Piece): Run<string>[] {
  if (channel < 0) return [{ value: null, count }];
  if (!block.isLinearised || block.sensorStatus.size === 0) return [{ value: "{}", count }];
  return mergeRuns(Array.from({ length: count }, (_, i) => ({ value: scanStatus(block, from + i), count: 1 })));
}

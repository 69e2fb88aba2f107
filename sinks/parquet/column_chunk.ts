/**
 * Pages and column chunks: the parts of a row group.
 *
 * @module
 */

import type { ColumnChunk, Encoding, Statistics } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import type { Column } from "../columns.ts";
import { type Codec, UNCOMPRESSED } from "./compression.ts";
import {
  bitsFor,
  definitionLevels,
  mergeRuns,
  plainBooleans,
  plainIntegers,
  plainTexts,
  rleRuns,
  type Run,
} from "./encodings.ts";
import { physicalType } from "./columns.ts";

/** A data page with its header, ready to be written as often as it is needed. */
export interface Page {
  /** Header, then body. */
  readonly parts: readonly Uint8Array[];
  /** Bytes of header and body before compression. */
  readonly uncompressed: number;
  /** Values, nulls included. */
  readonly values: number;
  /** How they are encoded. */
  readonly encoding: Encoding;
}

/** A chunk that is not made smaller by at least this much is kept as it is: packed codes are noise to most codecs. */
const WORTHWHILE = 0.99;
/** A chunk with fewer bytes than this is kept as it is: calling the codec takes longer than all else. */
const SMALL_BYTES = 256;

/** Makes a data page out of the parts of its body: levels, then values. */
export function dataPage(codec: Codec, encoding: Encoding, values: number, body: readonly Uint8Array[]): Page {
  const length = lengthOf(body);
  const parts = codec === UNCOMPRESSED ? body : [codec.compress(joined(body))];
  const header = new ByteWriter(64);
  writePageHeader(header, {
    type: "DATA_PAGE",
    uncompressed_page_size: length,
    compressed_page_size: lengthOf(parts),
    data_page_header: {
      num_values: values,
      encoding,
      definition_level_encoding: "RLE",
      repetition_level_encoding: "RLE",
    },
  });
  return { parts: [header.getBytes(), ...parts], uncompressed: header.offset + length, values, encoding };
}

/** Writes the pages of one column of a row group. */
export class ColumnChunkWriter {
  readonly #out: ByteWriter;
  readonly #column: Column;
  readonly #codec: Codec;
  readonly #start: number;
  readonly #encodings = new Set<Encoding>(["RLE"]);
  #uncompressed = 0;
  #values = 0;
  #dictionaryAt: number | undefined;
  #dataAt: number | undefined;

  /**
   * Starts a column chunk.
   *
   * @param out Where its pages go; its offset is the place in the file.
   * @param column The column.
   * @param codec How its pages are compressed.
   */
  constructor(out: ByteWriter, column: Column, codec: Codec) {
    this.#out = out;
    this.#column = column;
    this.#codec = codec;
    this.#start = out.offset;
  }

  /** Writes the dictionary page, which comes first. */
  dictionary(entries: number, plain: Uint8Array): void {
    const compressed = this.#codec.compress(plain);
    this.#dictionaryAt = this.#out.offset;
    this.#encodings.add("PLAIN");
    writePageHeader(this.#out, {
      type: "DICTIONARY_PAGE",
      uncompressed_page_size: plain.length,
      compressed_page_size: compressed.length,
      dictionary_page_header: { num_values: entries, encoding: "PLAIN" },
    });
    this.#uncompressed += this.#out.offset - this.#dictionaryAt + plain.length;
    this.#out.appendBytes(compressed);
  }

  /** Writes a data page: the parts of its body are levels, then values. */
  page(encoding: Encoding, values: number, body: readonly Uint8Array[]): void {
    this.repeat(dataPage(this.#codec, encoding, values, body));
  }

  /** Writes a data page that was made before. */
  repeat(page: Page): void {
    this.#dataAt ??= this.#out.offset;
    this.#encodings.add(page.encoding);
    this.#uncompressed += page.uncompressed;
    this.#values += page.values;
    for (const part of page.parts) this.#out.appendBytes(part);
  }

  /** Ends the chunk and describes it. */
  end(statistics: Statistics): ColumnChunk {
    const { name, type } = this.#column;
    return {
      file_offset: BigInt(this.#start),
      meta_data: {
        type: physicalType(type),
        encodings: [...this.#encodings],
        path_in_schema: [name],
        codec: this.#codec.name,
        num_values: BigInt(this.#values),
        total_uncompressed_size: BigInt(this.#uncompressed),
        total_compressed_size: BigInt(this.#out.offset - this.#start),
        data_page_offset: BigInt(this.#dataAt ?? this.#start),
        ...(this.#dictionaryAt === undefined ? {} : { dictionary_page_offset: BigInt(this.#dictionaryAt) }),
        statistics,
      },
    };
  }
}

/** What a run chunk needs to know. */
export interface ChunkOptions {
  /** How pages are compressed. */
  readonly codec: Codec;
  /** Whether repeated values are written once. */
  readonly useDictionary: boolean;
}

/** A column of texts that seldom change: a dictionary of the few, and runs. */
export function textChunk(
  out: ByteWriter,
  column: Column,
  runs: readonly Run<string>[],
  options: ChunkOptions,
): ColumnChunk {
  return runChunk(out, column, mergeRuns(runs), options, plainTexts);
}

/** A column of whole numbers that seldom change. */
export function integerChunk(
  out: ByteWriter,
  column: Column,
  runs: readonly Run<number>[],
  options: ChunkOptions,
): ColumnChunk {
  const merged = mergeRuns(runs);
  const values = merged.flatMap(({ value }) => value === null ? [] : [value]);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const bounds = values.length === 0 ? {} : { min_value: BigInt(least), max_value: BigInt(most) };
  return runChunk(out, column, merged, options, plainIntegers, bounds);
}

/** A column of truth values. */
export function booleanChunk(
  out: ByteWriter,
  column: Column,
  runs: readonly Run<boolean>[],
  { codec }: ChunkOptions,
): ColumnChunk {
  const chunk = new ColumnChunkWriter(out, column, codec);
  chunk.page("PLAIN", countOf(runs), [definitionLevels(runs), plainBooleans(runs)]);
  return chunk.end({ null_count: nullsOf(runs) });
}

/** One page of plain values stays below this many rows, so that no page of text becomes huge. */
const PLAIN_PAGE_ROWS = 65_536;

function runChunk<T>(
  out: ByteWriter,
  column: Column,
  runs: readonly Run<T>[],
  { codec, useDictionary }: ChunkOptions,
  plain: (values: readonly T[]) => Uint8Array,
  bounds: Statistics = {},
): ColumnChunk {
  const statistics = { null_count: nullsOf(runs), ...bounds };
  const entries = new Map<T, number>();
  for (const { value } of runs) if (value !== null && !entries.has(value)) entries.set(value, entries.size);
  if (useDictionary && entries.size > 0) {
    const dictionary = plain([...entries.keys()]);
    const width = bitsFor(entries.size - 1);
    const present = runs.flatMap(({ value, count }) => value === null ? [] : [{ value: entries.get(value)!, count }]);
    const body = [definitionLevels(runs), Uint8Array.of(width), rleRuns(mergeRuns(present), width)];
    const chunk = new ColumnChunkWriter(out, column, codecFor(codec, dictionary, ...body));
    chunk.dictionary(entries.size, dictionary);
    chunk.page("RLE_DICTIONARY", countOf(runs), body);
    return chunk.end(statistics);
  }
  const chunk = new ColumnChunkWriter(out, column, entries.size === 0 ? UNCOMPRESSED : codec);
  for (const part of splitRuns(runs, PLAIN_PAGE_ROWS)) {
    const values = part.flatMap(({ value, count }) => value === null ? [] : new Array<T>(count).fill(value));
    chunk.page("PLAIN", countOf(part), [definitionLevels(part), plain(values)]);
  }
  return chunk.end(statistics);
}

function codecFor(codec: Codec, ...parts: Uint8Array[]): Codec {
  return lengthOf(parts) < SMALL_BYTES ? UNCOMPRESSED : codec;
}

/** Runs in portions of so many rows. */
function* splitRuns<T>(runs: readonly Run<T>[], rows: number): Generator<Run<T>[]> {
  let part: Run<T>[] = [];
  let room = rows;
  for (const { value, count } of runs) {
    for (let left = count; left > 0;) {
      const taken = Math.min(left, room);
      part.push({ value, count: taken });
      left -= taken;
      room -= taken;
      if (room > 0) continue;
      yield part;
      part = [];
      room = rows;
    }
  }
  if (part.length > 0) yield part;
}

/**
 * The codec for a chunk of many pages that are alike: the one asked for, or none if that is hardly worse.
 *
 * @param codec The codec asked for.
 * @param page The body of the first page.
 * @param pages How many pages there are.
 * @param dictionary The dictionary page.
 */
export function worthwhileCodec(
  codec: Codec,
  page: readonly Uint8Array[],
  pages: number,
  dictionary: Uint8Array,
): Codec {
  if (codec === UNCOMPRESSED) return codec;
  const before = pages * lengthOf(page) + dictionary.length;
  const after = pages * codec.compress(joined(page)).length + codec.compress(dictionary).length;
  return after < WORTHWHILE * before ? codec : UNCOMPRESSED;
}

/** Rows of some runs. */
export function countOf(runs: readonly Run<unknown>[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}

/** Rows of them that are null. */
export function nullsOf(runs: readonly Run<unknown>[]): bigint {
  return BigInt(runs.reduce((sum, { value, count }) => sum + (value === null ? count : 0), 0));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/**
 * Flat columns of Parquet files, fast: `hyparquet` reads the pages, and what it does beyond that for nested columns, which
 * takes most of its time, is left out.
 *
 * @module
 */

import type { ColumnMetaData, DataPageHeader, FileMetaData, SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage, readDataPage } from "hyparquet/src/datapage.js";
import { readPlain } from "hyparquet/src/plain.js";
import { getSchemaPath } from "hyparquet/src/schema.js";
import { DECOMPRESSORS } from "../parquet/compression.ts";
import type { LongColumn, TableValue } from "./long_table.ts";

/** Where the bytes of a column chunk are. */
export function chunkRange(meta: ColumnMetaData): { from: number; length: number } {
  const from = Math.min(...[meta.dictionary_page_offset ?? [], meta.data_page_offset].flat().map(Number));
  return { from, length: Number(meta.total_compressed_size) };
}

/**
 * The values of a column chunk: text as strings, whole numbers and times as bigint, as they stand in the file.
 *
 * @param bytes The column chunk.
 * @param meta What the footer says about it.
 * @param schema The schema.
 * @param rows How many values there must be.
 * @throws {Error} If the pages are not what a flat column of so many rows has.
 */
export function readColumnChunk(
  bytes: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  schema: FileMetaData["schema"],
  rows: number,
): LongColumn {
  const column = columnFor(meta.type, rows);
  const pages = pagesOf(bytes, meta, schema);
  for (let at = 0; at < rows;) {
    const { value: page, done } = pages.next();
    if (done || page.count > rows - at) throw new Error("its pages have other rows than it");
    column.place(at, page);
    at += page.count;
  }
  return column;
}

type Values = ArrayLike<TableValue>;

/** A data page. */
interface Page {
  readonly count: number;
  /** What is there: values, or places in the dictionary. */
  readonly values: Values;
  readonly dictionary: Values | null;
  /** 0 for each row that is null; empty if none is. */
  readonly levels: readonly number[];
}

function* pagesOf(
  bytes: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  schema: FileMetaData["schema"],
): Generator<Page, undefined> {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const schemaPath = getSchemaPath(schema, meta.path_in_schema);
  let dictionary: Values | null = null;
  while (reader.offset < bytes.length) {
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (!(header.compressed_page_size >= 0) || end > bytes.length) throw new Error("a page ends behind its column");
    const body = bytes.subarray(reader.offset, end);
    reader.offset = end;
    const page = decompressPage(body, header.uncompressed_page_size, meta.codec, DECOMPRESSORS);
    if (header.dictionary_page_header !== undefined) {
      const inside = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
      dictionary = textsOf(readPlain(inside, meta.type, header.dictionary_page_header.num_values, undefined), meta);
    } else if (header.data_page_header !== undefined) {
      yield dataPageOf(page, header.data_page_header, meta, schemaPath, dictionary);
    } else throw new Error(`it has a page of the kind ${header.type}`);
  }
}

function dataPageOf(
  page: Uint8Array,
  header: DataPageHeader,
  meta: ColumnMetaData,
  schemaPath: SchemaTree[],
  dictionary: Values | null,
): Page {
  const { type, codec, path_in_schema: pathInSchema, statistics } = meta;
  const decoder = { pathInSchema, type, codec, compressors: DECOMPRESSORS, parsers: {} as never };
  const { element } = schemaPath.at(-1)!;
  const isCoded = header.encoding.endsWith("_DICTIONARY");
  if (isCoded && dictionary === null) throw new Error("it has no dictionary");
  const part = { count: header.num_values, dictionary: isCoded ? dictionary : null };
  if (statistics?.null_count !== 0n) {
    const { definitionLevels = [], dataPage } = readDataPage(page, header, { ...decoder, element, schemaPath });
    return { ...part, values: isCoded ? dataPage as Values : textsOf(dataPage, meta), levels: definitionLevels };
  }
  // No nulls, so the levels, which come first, need not be looked at.
  const levelBytes = 4 + new DataView(page.buffer, page.byteOffset).getUint32(0, true);
  const { dataPage } = readDataPage(page.subarray(levelBytes), header, { ...decoder, element, schemaPath: [] });
  return { ...part, values: isCoded ? dataPage as Values : textsOf(dataPage, meta), levels: [] };
}

function textsOf(values: ArrayLike<unknown>, { type }: ColumnMetaData): Values {
  if (type !== "BYTE_ARRAY") return values as Values;
  const decoder = new TextDecoder();
  return Array.from(values, (bytes) => decoder.decode(bytes as Uint8Array));
}

/** A column that is being filled. */
interface Column extends LongColumn {
  place(at: number, page: Page): void;
}

function columnFor(type: ColumnMetaData["type"], rows: number): Column {
  if (type === "DOUBLE") return new Doubles(rows);
  if (type === "INT64") return new Integers(rows);
  if (type === "BYTE_ARRAY" || type === "BOOLEAN") return new Words(rows);
  throw new Error(`it is of the type ${type}`);
}

/** Doubles; null is NaN. */
class Doubles implements Column {
  readonly #values: Float64Array;

  constructor(rows: number) {
    this.#values = new Float64Array(rows);
  }

  at(row: number): number {
    return this.#values[row]!;
  }

  place(at: number, { count, values, dictionary, levels }: Page): void {
    const words = dictionary as ArrayLike<number> | null;
    const numbers = values as ArrayLike<number>;
    let next = 0;
    for (let k = 0; k < count; k++) {
      if (levels.length > 0 && levels[k] === 0) {
        this.#values[at + k] = NaN;
        continue;
      }
      const value = words === null ? numbers[next++] : words[numbers[next++]!];
      if (value === undefined) throw new Error("a value is missing");
      this.#values[at + k] = value;
    }
    if (next !== values.length) throw new Error("a page has more values than rows");
  }
}

/** Whole numbers, none of which may be null. */
class Integers implements Column {
  readonly #values: BigInt64Array;

  constructor(rows: number) {
    this.#values = new BigInt64Array(rows);
  }

  at(row: number): bigint {
    return this.#values[row]!;
  }

  place(at: number, { count, values, dictionary }: Page): void {
    if (values.length !== count) throw new Error("a page lacks values");
    if (dictionary === null && values instanceof BigInt64Array) return this.#values.set(values, at);
    for (let k = 0; k < count; k++) {
      const value = dictionary === null ? values[k] : dictionary[values[k] as number];
      if (typeof value !== "bigint") throw new Error("a value is missing");
      this.#values[at + k] = value;
    }
  }
}

/** Texts and truth values, of which a column has few that differ. */
class Words implements Column {
  readonly #places: Int32Array;
  readonly #words: TableValue[] = [];
  readonly #known = new Map<TableValue, number>();

  constructor(rows: number) {
    this.#places = new Int32Array(rows);
  }

  at(row: number): TableValue {
    return this.#words[this.#places[row]!];
  }

  place(at: number, { count, values, dictionary, levels }: Page): void {
    const places = dictionary === null ? null : Int32Array.from(dictionary, (word) => this.#placeOf(word));
    const none = this.#placeOf(null);
    if (places?.length === 1 && values.length === count) {
      this.#places.fill(places[0]!, at, at + count);
      return;
    }
    let next = 0;
    for (let k = 0; k < count; k++) {
      if (levels.length > 0 && levels[k] === 0) {
        this.#places[at + k] = none;
        continue;
      }
      const value = values[next++];
      const place = places === null ? this.#placeOf(value) : places[value as number];
      if (value === undefined || place === undefined) throw new Error("a value is missing");
      this.#places[at + k] = place;
    }
    if (next !== values.length) throw new Error("a page has more values than rows");
  }

  #placeOf(word: TableValue): number {
    let place = this.#known.get(word);
    if (place === undefined) {
      place = this.#words.push(word) - 1;
      this.#known.set(word, place);
    }
    return place;
  }
}

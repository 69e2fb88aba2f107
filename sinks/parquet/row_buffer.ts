/**
 * Records on their way into row groups.
 *
 * @module
 */

import type { DecodedArray, RowGroup } from "hyparquet";
import { ParquetWriter } from "hyparquet-writer";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { DtolSinkSchemaError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import { describe, type Description, KnownTasks } from "../describe.ts";
import { type Cell, type Column, readingColumns, scanColumns, type TableRow } from "../columns.ts";
import { SchemaLock, type SchemaLockOptions } from "../schema.ts";
import { floorMicros } from "../times.ts";
import { codecOf } from "./compression.ts";
import { parquetSchema } from "./columns.ts";
import type { ParquetContainer } from "./container.ts";
import { rowGroupsOf, rowsOf } from "./piece.ts";
import { LONG_LAYOUT, writeRowGroup } from "./row_group.ts";
import type { ParquetSettings } from "./settings.ts";

/** Collects blocks until they make a row group worth writing. */
export class BlockBuffer {
  readonly #container: ParquetContainer;
  readonly #settings: ParquetSettings;
  #channels: readonly string[] | null = null;
  readonly #known = new KnownTasks();
  #lastChannels: DaqBlock["channels"] | undefined;
  #blocks: DaqBlock[] = [];
  #rows = 0;

  /** Makes a buffer in front of a container. */
  constructor(container: ParquetContainer, settings: ParquetSettings) {
    this.#container = container;
    this.#settings = settings;
    this.#channels = container.columns?.flatMap(({ channel }) => channel ?? []) ?? null;
  }

  /** Whether a block does not fit behind those that are held. */
  overflows(block: DaqBlock): boolean {
    return this.#rows > 0 && this.#rows + rowsOf(block, this.#settings.layout) > this.#settings.blockRows;
  }

  /** Whether what is held is a whole row group. */
  get full(): boolean {
    return this.#rows >= this.#settings.blockRows;
  }

  /**
   * Says whether a block has columns in this file.
   *
   * @throws {DtolSinkSchemaError} If its channels are others than those that the columns were made for.
   */
  check(block: DaqBlock, path: string): void {
    if (this.#settings.layout === "long" || this.#channels === null || block.samplesPerChannel === 0) return;
    if (block.channels === this.#lastChannels) return;
    const names = block.channels.map(({ name }) => name);
    if (JSON.stringify(names) !== JSON.stringify(this.#channels)) {
      throw new DtolSinkSchemaError(
        `Cannot write block ${block.blockIndex} to ${path} as the file has columns for the channels ` +
          `${JSON.stringify(this.#channels)}, and the block has ${JSON.stringify(names)}`,
      );
    }
  }

  /**
   * Holds a block.
   *
   * @param block The block.
   * @param description What is to be said of its task, if the block does not know all of it; null if that was said.
   */
  add(block: DaqBlock, description?: Description | null): void {
    this.#blocks.push(block);
    this.#rows += rowsOf(block, this.#settings.layout);
    if (block.samplesPerChannel === 0) return;
    this.#lastChannels = block.channels;
    if (!this.#known.isNew(block)) return;
    const about = description === undefined ? describe({ record: block }) : description;
    if (about !== null) this.#container.describe(withSettings(about, this.#settings));
    if (this.#channels === null) this.#lockTo(block);
  }

  /** Writes what is held as one segment. */
  flush(): void {
    const first = this.#blocks[0];
    if (first === undefined) return;
    if (this.#container.columns === null) this.#lockTo(first); // errors only
    const { layout, blockRows, compression, useDictionary } = this.#settings;
    const options = { layout, columns: this.#container.columns!, codec: codecOf(compression), useDictionary };
    this.#container.append((out) =>
      Array.from(rowGroupsOf(this.#blocks, layout, blockRows), (pieces) => writeRowGroup(out, pieces, options))
    );
    this.#blocks = [];
    this.#rows = 0;
  }

  #lockTo(block: DaqBlock): void {
    this.#channels = block.channels.map(({ name }) => name);
    this.#container.columns ??= this.#settings.layout === "long" ? LONG_LAYOUT : scanColumns(block.channels);
  }
}

/** Collects readings. Their columns are fixed by the first that is no error; errors before it wait for it. */
export class ReadingBuffer {
  readonly #container: ParquetContainer;
  readonly #settings: ParquetSettings;
  readonly #lock: SchemaLock;
  #early: TableRow[] = [];
  #rows: Cell[][] = [];

  /** Makes a buffer in front of a container. */
  constructor(container: ParquetContainer, settings: ParquetSettings, path: string, options: SchemaLockOptions) {
    this.#container = container;
    this.#settings = settings;
    this.#lock = new SchemaLock(path, options);
    const columns = container.columns ?? settings.readingColumns;
    if (columns !== null) this.#lockTo(columns);
  }

  /** Whether what is held is a whole row group. */
  get full(): boolean {
    return this.#rows.length >= this.#settings.readingRows;
  }

  /** Says once what the file holds. */
  describe(reading: DaqReading): void {
    if (reading.error !== null) return;
    this.#container.describe(withSettings(describe({ record: reading }), this.#settings));
  }

  /**
   * Holds readings: all of them, or none.
   *
   * @throws {DtolSinkSchemaError} If a value does not fit its column.
   */
  add(rows: readonly TableRow[]): void {
    if (this.#lock.columns === null && !this.#lock.lock(rows)) {
      this.#early.push(...rows);
      return;
    }
    this.#container.columns ??= this.#lock.columns;
    const cells = rows.map((row) => this.#lock.project(row));
    for (const row of this.#early) this.#rows.push(this.#lock.project(row));
    this.#early = [];
    for (const row of cells) this.#rows.push(row);
  }

  /** Writes what is held as one segment. Before the columns are known, only the end of the file makes it do so. */
  flush(end = false): void {
    if (this.#lock.columns === null && end && this.#early.length > 0) this.#lockTo(readingColumns([]));
    for (const row of this.#lock.columns === null ? [] : this.#early.splice(0)) {
      this.#rows.push(this.#lock.project(row));
    }
    const { columns } = this.#lock;
    if (columns === null || this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#container.append((out) => writeRows(out, columns, rows, this.#settings));
    this.#rows = [];
  }

  #lockTo(columns: readonly Column[]): void {
    this.#lock.lockTo(columns);
    this.#container.columns ??= this.#lock.columns;
  }
}

/** Row groups of any rows, by the library's plain means. */
function writeRows(
  out: ByteWriter,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { compression, useDictionary, readingRows }: ParquetSettings,
): RowGroup[] {
  const codec = codecOf(compression);
  const writer = new ParquetWriter({
    writer: new ByteWriter(16), // takes the magic number that is in the file already
    schema: parquetSchema(columns),
    codec: codec.name,
    compressors: { [codec.name]: codec.compress },
    statistics: false,
  });
  writer.writer = out;
  writer.write({
    columnData: columns.map((column, i) => ({
      name: column.name,
      data: rows.map((row) => physical(row[i]!, column)) as DecodedArray,
      ...encodingOf(column, useDictionary),
      offsetIndex: false,
    })),
    rowGroupSize: readingRows,
  });
  return writer.row_groups;
}

/** No dictionary of numbers: it would make -0 a 0. */
function encodingOf({ type }: Column, useDictionary: boolean): { encoding?: "PLAIN" | "DELTA_BINARY_PACKED" } {
  if (type === "integer" || type === "time") return { encoding: "DELTA_BINARY_PACKED" };
  return type === "double" || !useDictionary && type === "text" ? { encoding: "PLAIN" } : {};
}

/** A cell as its column's pages have it; null is undefined there, too. */
function physical(cell: Cell, { type }: Column): Cell {
  if (cell === null) return null;
  if (type === "integer") return BigInt(cell);
  if (type !== "time") return cell;
  return floorMicros(typeof cell === "bigint" ? cell : Temporal.Instant.from(String(cell)).epochNanoseconds);
}

/** What a record tells of its task, with what the sink was told. */
function withSettings(about: Description, { description }: ParquetSettings): Description {
  const { metadata, task_spec } = description;
  if (Array.isArray(task_spec)) return description; // several tasks: one record knows less
  return { ...about, metadata, task_spec };
}

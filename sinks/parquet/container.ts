/**
 * A Parquet file that grows by whole segments, and ends with a footer.
 *
 * @module
 */

import type { RowGroup } from "hyparquet";
import { ParquetWriter } from "hyparquet-writer";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { VERSION } from "../../src/version.ts";
import type { Description } from "../describe.ts";
import type { Column } from "../columns.ts";
import { arrowSchema, parquetSchema } from "./columns.ts";
import {
  decodeNotes,
  encodeFrame,
  encodeNotes,
  FRAME_BYTES,
  PARQUET_MAGIC,
  type ParquetShape,
  type SegmentNotes,
} from "./segment.ts";
import type { ParquetSettings } from "./settings.ts";

/** What a container needs of its file; an `OutputFile` has it. */
export interface SegmentFile {
  /** Bytes so far. */
  readonly size: number;
  /** Writes all of some bytes, or none. */
  write(parts: Iterable<Uint8Array>): void;
}

/** What is known of a file that was begun before. */
export interface ContainerState {
  /** Number of the next segment. */
  readonly segments: number;
  /** Notes of the segments that have row groups, as they stand in the file. */
  readonly notes: readonly Uint8Array[];
  /** Columns, if they are known. */
  readonly columns: readonly Column[] | null;
  /** What the file says about itself. */
  readonly descriptions: readonly Description[];
}

/** A page buffer of this size is kept from segment to segment; after a huge block it is given back. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Appends segments to a file, and writes its footer. */
export class ParquetContainer {
  readonly #file: SegmentFile;
  readonly #settings: ParquetSettings;
  /** Kept as they stand in the file: parsed, they would take ten times the memory, and a run may last for days. */
  readonly #notes: Uint8Array[];
  #segments: number;
  #columns: readonly Column[] | null;
  #descriptions: readonly Description[];
  #told: readonly Description[];
  #pages = new ByteWriter(1024 * 1024);

  /**
   * Takes a file.
   *
   * @param file The file: empty, or cut behind its last whole segment.
   * @param settings How it is written.
   * @param state What is in it already.
   */
  constructor(file: SegmentFile, settings: ParquetSettings, state?: ContainerState) {
    this.#file = file;
    this.#settings = settings;
    this.#notes = [...state?.notes ?? []];
    this.#segments = state?.segments ?? 0;
    this.#columns = state?.columns ?? null;
    this.#descriptions = state?.descriptions ?? [];
    this.#told = this.#descriptions;
  }

  /** Number of the next segment: what is not in the file yet will be in that one. */
  get segments(): number {
    return this.#segments;
  }

  /** The columns; null as long as nobody said them. */
  get columns(): readonly Column[] | null {
    return this.#columns;
  }

  /** Says the columns, once. */
  set columns(columns: readonly Column[] | null) {
    this.#columns = columns;
  }

  /** Adds to what the file says about itself: a long file may hold several tasks, and each is described once. */
  describe(description: Description): void {
    const subject = ({ task, device, channels }: Description) => JSON.stringify([task, device, channels]);
    if (this.#descriptions.some((known) => subject(known) === subject(description))) return;
    this.#descriptions = [...this.#descriptions, description];
  }

  /** Writes the first segment, which names the run and has no rows. */
  begin(id: string, shape: ParquetShape): void {
    this.#append([], { id, shape, settings: this.#settings });
  }

  /**
   * Appends row groups as one segment: all of them, or none.
   *
   * @param write Writes pages where it is told, and says what the footer needs.
   */
  append(write: (out: ByteWriter) => RowGroup[]): void {
    const pages = this.#pages;
    pages.index = 0;
    pages.offset = this.#file.size + FRAME_BYTES; // so that places in the file come out right
    const rowGroups = write(pages);
    this.#append(rowGroups, {}, pages.getBytes());
    if (pages.buffer.byteLength > KEPT_BYTES) this.#pages = new ByteWriter(1024 * 1024);
  }

  /** Writes the footer, which makes the file a Parquet file. */
  async finish(): Promise<void> {
    const columns = this.#columns ?? [];
    const [first = this.#settings.description, ...others] = this.#descriptions;
    const about = new Map([["dtollib", JSON.stringify(first)]]);
    for (const [i, other] of others.entries()) about.set(`dtollib.${i + 2}`, JSON.stringify(other));
    const arrow = await arrowSchema(columns, this.#settings.useDictionary, about);
    if (arrow !== null) about.set("ARROW:schema", arrow);
    const footer = new ParquetWriter({
      writer: new ByteWriter(16), // takes the magic number that is in the file already
      schema: parquetSchema(columns),
      createdBy: `dtollib version ${VERSION}`,
      kvMetadata: Array.from(about, ([key, value]) => ({ key, value })),
    });
    const out = new ByteWriter(64 * 1024);
    footer.writer = out;
    footer.row_groups = this.#notes.flatMap((notes) => decodeNotes(notes).rowGroups);
    footer.num_rows = footer.row_groups.reduce((sum, { num_rows }) => sum + num_rows, 0n);
    footer.finish();
    this.#file.write([out.getBytes()]);
  }

  #append(rowGroups: readonly RowGroup[], more: Partial<SegmentNotes>, pages = new Uint8Array(0)): void {
    const notes = encodeNotes({
      ...more,
      ...(this.#columns === null ? {} : { columns: this.#columns }),
      ...(this.#told === this.#descriptions ? {} : { descriptions: this.#descriptions }),
      rowGroups,
    });
    const frame = encodeFrame(this.#segments, pages, notes);
    this.#file.write(this.#segments === 0 ? [PARQUET_MAGIC, frame, pages, notes] : [frame, pages, notes]);
    this.#segments++;
    this.#told = this.#descriptions;
    if (rowGroups.length > 0) this.#notes.push(notes);
  }
}

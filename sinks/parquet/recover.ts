/**
 * Makes a Parquet file out of what a crash left: the whole segments of the file, and the records of its journal.
 *
 * @module
 */

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { crc32 } from "node:zlib";
import { DtolReadError, DtolResourceError } from "../../src/errors.ts";
import { lockOn } from "../../src/file_lock.ts";
import { freeName, removeIfThere } from "../../src/writing.ts";
import { describe } from "../describe.ts";
import { claimPath, OutputFile } from "../file.ts";
import { compareRow, misread, rowsOfRecords } from "./compare_rows.ts";
import { DECOMPRESSORS } from "./compression.ts";
import { ParquetContainer } from "./container.ts";
import { type JournalContent, journalPath, type JournalRecord, readJournal } from "./journal.ts";
import { BlockBuffer, ReadingBuffer } from "./row_buffer.ts";
import { LONG_LAYOUT } from "./row_group.ts";
import {
  decodeFrame,
  decodeNotes,
  type Frame,
  FRAME_BYTES,
  PARQUET_MAGIC,
  type ParquetShape,
  type SegmentNotes,
} from "./segment.ts";
import type { ParquetSettings } from "./settings.ts";

/** Settings of {@linkcode recoverParquet}. */
export interface RecoverParquetOptions {
  /**
   * Whether the damaged file and its journal are kept, with `.damaged` behind the file's name, and a number where something
   * has that name. They are kept in any case when something in them could not be used. Default: no.
   */
  readonly keepDamaged?: boolean;
}

/** What a recovery found and made. */
export interface RecoveryReport {
  /** Path of the file. */
  readonly path: string;
  /** Whether the file had been closed in order, so that there was nothing to do. */
  readonly wasWhole: boolean;
  /** Rows of the file now. */
  readonly rows: number;
  /** Row groups of the file now. */
  readonly rowGroups: number;
  /** Writes whose records came out of the journal: blocks, or batches of readings. */
  readonly fromJournal: number;
  /** Bytes at the file's end of a row group that was being written; its records are in the journal. */
  readonly tornBytes: number;
  /** What is damaged in a way that no crash explains, and is left out. */
  readonly damage: readonly string[];
  /** Where the damaged file is kept; null if it is not. */
  readonly damagedPath: string | null;
}

/**
 * Makes a file readable again whose program died before it closed it, with every record whose write had resolved.
 *
 * The new file is written beside the damaged one, read back and compared, and takes its place only then. Safe to call
 * again, and on a file that is whole.
 *
 * Needs `--allow-read` and `--allow-write` for the file, `<path>.journal` and `<path>.recovering`, and disk space for
 * another copy.
 *
 * @param path The file.
 * @param options What to keep.
 * @throws {DtolResourceError} If a sink is writing the file, or, on Windows, another program has it open.
 * @throws {DtolReadError} If there is nothing of this library's in it, or the new file is not as it should be; then
 * everything is as it was.
 */
export async function recoverParquet(path: string, options: RecoverParquetOptions = {}): Promise<RecoveryReport> {
  using held = new DisposableStack();
  held.use(claimPath(path));
  const beside = `${path}.recovering`;
  try {
    const report = await writeBeside(path, beside, held);
    if (report.wasWhole) return report;
    const damagedPath = replace(path, beside, options.keepDamaged === true || report.damage.length > 0);
    return { ...report, damagedPath };
  } catch (error) {
    try {
      removeIfThere(beside);
    } catch {
      // the error that led here is the one to tell
    }
    throw error;
  }
}

/** Writes the new file and makes sure of it. */
async function writeBeside(path: string, beside: string, held: DisposableStack): Promise<RecoveryReport> {
  using file = openAlone(path, held);
  const whole = await wholeMetadata(file);
  if (whole !== null) return alreadyWhole(path, whole);
  const found = findSegments(file, path);
  const parts = partsOf(path, found, journalOf(path, found));
  const made = await rebuild(path, beside, found, parts);
  const { num_rows, row_groups } = await verify(beside, found, parts, made);
  return {
    path,
    wasWhole: false,
    rows: Number(num_rows),
    rowGroups: row_groups.length,
    fromJournal: parts.records.length,
    tornBytes: found.tornBytes,
    damage: found.damage,
    damagedPath: null,
  };
}

/** A file that is open for reading. */
class OpenFile implements AsyncBuffer, Disposable {
  readonly byteLength: number;
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
    this.byteLength = file.seekSync(0, Deno.SeekMode.End);
  }

  slice(start: number, end = this.byteLength): ArrayBuffer {
    return this.read(start, end - start).buffer;
  }

  /** Bytes from a place on; fewer at the file's end. */
  read(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.byteLength - start)));
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) {
      const n = this.#file.readSync(bytes.subarray(done));
      if (n === null) throw new DtolReadError("The file became shorter while it was read");
      done += n;
    }
    return bytes;
  }

  /** Checksum of a stretch, read in pieces. */
  crc(start: number, length: number): number {
    let crc = 0;
    for (let at = 0; at < length; at += PIECE_BYTES) {
      crc = crc32(this.read(start + at, Math.min(PIECE_BYTES, length - at)), crc);
    }
    return crc;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

const PIECE_BYTES = 4 * 1024 * 1024;

/** Opens the damaged file for reading, when no sink has it. */
function openAlone(path: string, held: DisposableStack): OpenFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: Deno.build.os !== "windows" });
  } catch (error) {
    throw new DtolReadError(`Cannot recover ${path}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  const lock = lockOn(path, file);
  if (lock !== null) {
    held.use(lock);
    return new OpenFile(file);
  }
  file.close();
  throw new DtolResourceError(`Cannot recover ${path} as a sink is writing it: close that first`);
}

/** The footer of a file that has one. It is written last, so then nothing is missing. */
async function wholeMetadata(file: OpenFile): Promise<FileMetaData | null> {
  const end = file.read(Math.max(0, file.byteLength - PARQUET_MAGIC.length), PARQUET_MAGIC.length);
  if (file.byteLength < 12 || !PARQUET_MAGIC.every((byte, i) => byte === end[i])) return null;
  try {
    return await parquetMetadataAsync(file);
  } catch {
    return null; // the last four bytes of a torn page may look like the end of a file
  }
}

function alreadyWhole(path: string, metadata: FileMetaData): RecoveryReport {
  removeIfThere(journalPath(path)); // the crash came between the footer and its removal
  return {
    path,
    wasWhole: true,
    rows: Number(metadata.num_rows),
    rowGroups: metadata.row_groups.length,
    fromJournal: 0,
    tornBytes: 0,
    damage: [],
    damagedPath: null,
  };
}

/** The segments of a file. */
interface Found {
  /** Their pages: place, length and checksum. */
  readonly pages: { readonly at: number; readonly frame: Frame }[];
  /** Notes of those that have row groups. */
  readonly notes: Uint8Array[];
  /** All that their notes say, the last word on each. */
  readonly said: SegmentNotes;
  /** Number of the next segment. */
  segments: number;
  /** Where the last whole segment ends. */
  end: number;
  tornBytes: number;
  readonly damage: string[];
}

/** Walks along the segments. One whose checksums are wrong is left out, and the walk goes on behind it. */
function findSegments(file: OpenFile, path: string): Found {
  const damage: string[] = [];
  const found = { pages: [], notes: [], said: { rowGroups: [] }, segments: 0, end: 0, tornBytes: 0, damage } as Found;
  const size = file.byteLength;
  let at = PARQUET_MAGIC.length;
  if (size >= at && !PARQUET_MAGIC.every((byte, i) => byte === file.read(0, 4)[i])) {
    throw new DtolReadError(`Cannot recover ${path} as it does not begin like a Parquet file`);
  }
  for (;;) {
    const frame = decodeFrame(file.read(at, FRAME_BYTES));
    if (frame === null) break;
    const notesAt = at + FRAME_BYTES + frame.pageBytes;
    const end = notesAt + frame.noteBytes;
    if (end > size) break;
    const notes = file.read(notesAt, frame.noteBytes);
    const good = crc32(notes) === frame.noteCrc && file.crc(at + FRAME_BYTES, frame.pageBytes) === frame.pageCrc;
    if (good) take(found, frame, at + FRAME_BYTES, notes);
    else if (end < size) damage.push(`Segment ${frame.number} at byte ${at}: its checksum is wrong`);
    else break;
    found.segments = frame.number + 1;
    found.end = at = end;
  }
  found.tornBytes = size - found.end;
  if (found.segments === 0 && size > at) found.tornBytes = size;
  return found;
}

function take(found: Found, frame: Frame, at: number, bytes: Uint8Array): void {
  const notes = decodeNotes(bytes);
  found.pages.push({ at, frame });
  if (notes.rowGroups.length > 0) found.notes.push(bytes);
  Object.assign(found.said, notes);
}

function journalOf(path: string, found: Found): JournalContent | null {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(journalPath(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const journal = readJournal(bytes);
  if (journal === null || found.said.id === undefined || journal.run.id === found.said.id) return journal;
  found.damage.push(`The journal belongs to another run (${journal.run.id}), so it was left out`);
  return null;
}

/** What a new file is made of beside the whole segments. */
interface Parts {
  readonly settings: ParquetSettings;
  readonly shape: ParquetShape;
  readonly id: string;
  readonly records: readonly JournalRecord[];
}

function partsOf(path: string, found: Found, journal: JournalContent | null): Parts {
  const settings = found.said.settings ?? journal?.run.settings;
  if (settings === undefined && (found.tornBytes > 0 || !isThere(journalPath(path)))) {
    throw new DtolReadError(`Cannot recover ${path} as neither it nor a journal beside it says what was written`);
  }
  // Records of earlier segments are in the file already.
  const records = journal?.records.filter(({ segment }) => segment >= found.segments) ?? [];
  return {
    settings: settings ?? UNWRITTEN,
    shape: found.said.shape ?? journal?.run.shape ?? "blocks",
    id: found.said.id ?? journal?.run.id ?? crypto.randomUUID(),
    records,
  };
}

/** For a program that died between making its file and its first record: a table without rows. */
const UNWRITTEN: ParquetSettings = {
  compression: "zstd",
  useDictionary: true,
  blockRows: 1,
  readingRows: 1,
  layout: "long",
  description: describe({}),
  readingColumns: null,
};

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Writes the new file: a copy of the whole segments, the journal's records behind them, and a footer. */
async function rebuild(path: string, beside: string, found: Found, parts: Parts): Promise<ParquetContainer> {
  Deno.copyFileSync(path, beside);
  const file = OutputFile.open(beside, { ifExists: "append", syncIntervalS: 0 });
  try {
    file.cut(found.segments === 0 ? 0 : found.end);
    const { columns = null, descriptions = [] } = found.said;
    const { segments, notes } = found;
    const container = new ParquetContainer(file, parts.settings, { segments, notes, columns, descriptions });
    if (segments === 0) container.begin(parts.id, parts.shape);
    if (parts.shape === "blocks") addBlocks(container, parts);
    else addReadings(container, parts, path);
    container.columns ??= LONG_LAYOUT; // nothing was written at all
    await container.finish();
    await file.close();
    return container;
  } finally {
    file[Symbol.dispose]();
  }
}

/** Rows of a row group that a recovery writes: what it compares cell by cell has to fit into memory. */
const RECOVERED_ROWS = 262_144;

function addBlocks(container: ParquetContainer, { settings, records }: Parts): void {
  const buffer = new BlockBuffer(container, { ...settings, blockRows: Math.min(settings.blockRows, RECOVERED_ROWS) });
  for (const record of records) {
    if (record.kind !== "block") continue;
    if (buffer.overflows(record.block)) buffer.flush();
    buffer.add(record.block, record.description);
  }
  buffer.flush();
}

function addReadings(container: ParquetContainer, { settings, records }: Parts, path: string): void {
  const buffer = new ReadingBuffer(container, settings, path, { onWarning: () => {} }); // the run has given them
  for (const record of records) if (record.kind === "readings") buffer.add(record.rows);
  buffer.flush(true);
}

/**
 * Reads the new file back: what was copied by its checksums, what was encoded anew cell by cell, with another reader than
 * the code that wrote it.
 */
async function verify(
  beside: string,
  found: Found,
  { settings, records }: Parts,
  { columns }: ParquetContainer,
): Promise<FileMetaData> {
  using file = new OpenFile(Deno.openSync(beside, { read: true }));
  const metadata = await parquetMetadataAsync(file);
  for (const { at, frame } of found.pages) {
    if (file.crc(at, frame.pageBytes) !== frame.pageCrc) throw misread(beside, `its pages at byte ${at} changed`);
  }
  const old = found.notes.flatMap((notes) => decodeNotes(notes).rowGroups);
  const expected = rowsOfRecords(records, settings, columns!);
  let rowStart = old.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  for (const { num_rows } of metadata.row_groups.slice(old.length)) {
    const rowEnd = rowStart + Number(num_rows);
    const rows = await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      compressors: DECOMPRESSORS,
      parsers: MICROS,
    });
    for (const [i, row] of rows.entries()) compareRow(beside, rowStart + i, row, expected.next().value, columns!);
    rowStart = rowEnd;
  }
  if (metadata.num_rows !== BigInt(rowStart) || expected.next().done !== true) {
    throw misread(beside, `it ends with row ${rowStart}`);
  }
  return metadata;
}

const MICROS = { timestampFromMicroseconds: (micros: bigint) => micros };

/** Puts the new file in place of the damaged one. */
function replace(path: string, beside: string, keep: boolean): string | null {
  const journal = journalPath(path);
  const damaged = keep ? freeName(`${path}.damaged`) : null;
  if (damaged !== null) {
    Deno.copyFileSync(path, damaged); // a copy, so that there is a file under the name at every moment
    if (isThere(journal)) Deno.copyFileSync(journal, journalPath(damaged));
  }
  try {
    Deno.renameSync(beside, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new DtolResourceError(
      `Cannot put the recovered file in place of ${path} (${why}): close the programs that have it open and try again`,
      { context: { operation: "recover file" }, cause: error },
    );
  }
  removeIfThere(journal);
  return damaged;
}

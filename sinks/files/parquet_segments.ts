/**
 * The checksums in a Parquet file of this library: its row groups stand in segments, each behind a frame that vouches for
 * it, and each says of itself what the footer, for which nobody vouches, says again.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { FileMetaData, RowGroup } from "hyparquet";
import { parquetSchema } from "../parquet/columns.ts";
import { decodeFrame, decodeNotes, FRAME_BYTES, PARQUET_MAGIC, type SegmentNotes } from "../parquet/segment.ts";

/** What the segments say. */
export interface Segments {
  /** What is damaged, for a person. */
  readonly problems: readonly string[];
  /** Whether the pages at an offset of the file are. */
  isDamaged(offset: number): boolean;
  /** What they say of the file; null if one of them cannot be trusted, or the file has none as another program wrote it. */
  readonly contents: FileContents | null;
}

/** What a reader needs of a file. */
export interface FileContents {
  /** The columns. */
  readonly schema: FileMetaData["schema"];
  /** The row groups. */
  readonly rowGroups: readonly RowGroup[];
  /** What the file says about itself: JSON texts, one a task. */
  readonly descriptions: readonly string[];
}

/** Gives some bytes of a file. */
export type ReadBytes = (from: number, length: number) => Uint8Array;

const PIECE_BYTES = 4 * 1024 * 1024;
const FOOTER_END_BYTES = 8; // its length, and the magic number

/** Walks along the segments of a file that has a footer, and checks all checksums. */
export function checkSegments(read: ReadBytes, size: number): Segments {
  const footer = footerStart(read, size);
  const damaged: { from: number; to: number }[] = [];
  const problems: string[] = [];
  let said: Partial<SegmentNotes> | null = {};
  const rowGroups: RowGroup[] = [];
  let at = PARQUET_MAGIC.length;
  while (at < footer) {
    const frame = footer - at < FRAME_BYTES ? null : decodeFrame(read(at, FRAME_BYTES));
    const notesAt = at + FRAME_BYTES + (frame?.pageBytes ?? 0);
    const to = notesAt + (frame?.noteBytes ?? 0);
    if (frame === null || to > footer) {
      problems.push(`at byte ${at} a checksum should stand and does not, so what follows was not checked`);
      said = null;
      break;
    }
    const notes = read(notesAt, frame.noteBytes);
    if (crc32(notes) !== frame.noteCrc) {
      problems.push(`damaged at byte ${notesAt}: the checksum of what segment ${frame.number} says is wrong`);
      said = null;
    } else if (said !== null) {
      const decoded = decodeNotes(notes);
      said = { ...said, ...decoded };
      rowGroups.push(...decoded.rowGroups);
    }
    if (crcOf(read, at + FRAME_BYTES, frame.pageBytes) !== frame.pageCrc) {
      problems.push(`damaged at byte ${at}: the checksum of segment ${frame.number} is wrong`);
      damaged.push({ from: at, to });
    }
    at = to;
  }
  return {
    problems,
    isDamaged: (offset) => damaged.some(({ from, to }) => offset >= from && offset < to),
    contents: said === null ? null : contentsOf(said, rowGroups),
  };
}

function contentsOf(
  { columns, descriptions, settings }: Partial<SegmentNotes>,
  rowGroups: readonly RowGroup[],
): FileContents | null {
  if (settings === undefined || columns === undefined) return null;
  const about = descriptions ?? [settings.description];
  return { schema: parquetSchema(columns), rowGroups, descriptions: about.map((one) => JSON.stringify(one)) };
}

/** Whether the footer says the same. */
export function agrees(contents: FileContents, footer: FileContents): boolean {
  return JSON.stringify(gist(contents)) === JSON.stringify(gist(footer));
}

function gist({ schema, rowGroups, descriptions }: FileContents): unknown {
  return [
    schema.map(({ name, type, repetition_type, num_children }) => [name, type, repetition_type, num_children]),
    rowGroups.map(({ num_rows, columns }) => [
      Number(num_rows),
      ...columns.map(({ meta_data: meta }) => [
        ...[meta?.path_in_schema, meta?.type, meta?.codec],
        ...[meta?.num_values, meta?.total_compressed_size, meta?.data_page_offset].map(Number),
        Number(meta?.dictionary_page_offset ?? -1),
      ]),
    ]),
    descriptions.map((text) => {
      try {
        return JSON.parse(text);
      } catch {
        return null;
      }
    }),
  ];
}

function crcOf(read: ReadBytes, from: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at += PIECE_BYTES) {
    sum = crc32(read(from + at, Math.min(PIECE_BYTES, length - at)), sum);
  }
  return sum;
}

function footerStart(read: ReadBytes, size: number): number {
  const bytes = read(size - FOOTER_END_BYTES, 4);
  return size - FOOTER_END_BYTES - new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

/**
 * Segments: how a Parquet file that is not finished yet can be read. A Parquet file says at its end what is in it, so one
 * that breaks off says nothing. Here every append is framed, and carries what the footer will have to say of it:
 *
 * ```text
 * "PAR1"
 * repeat:
 *   28 bytes   frame: magic, number, bytes of pages, bytes of notes, and three checksums
 *   bytes      pages of one or more row groups
 *   bytes      notes: JSON, compressed by zstd
 * footer
 * ```
 *
 * Readers go by the footer and never see frames and notes, which take some 700 bytes a row group.
 *
 * @module
 */

import type { RowGroup } from "hyparquet";
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Column } from "../columns.ts";
import type { Description } from "../describe.ts";
import type { ParquetSettings } from "./settings.ts";

/** What stands at both ends of a Parquet file. */
export const PARQUET_MAGIC: Uint8Array = new TextEncoder().encode("PAR1");
/** Bytes of a frame. */
export const FRAME_BYTES = 28;
const FRAME_MAGIC = 0x47535444; // "DTSG"

/** What kind of record a file holds. */
export type ParquetShape = "blocks" | "readings";

/** What a segment says about its file and its row groups. */
export interface SegmentNotes {
  /** Name of the run, which its journal has too; in the first segment. */
  readonly id?: string;
  /** How the file is written; in the first segment. */
  readonly settings?: ParquetSettings;
  /** What the file holds; in the first segment. */
  readonly shape?: ParquetShape;
  /** Columns, once they are known. */
  readonly columns?: readonly Column[];
  /** What the file says about itself; where that changes. */
  readonly descriptions?: readonly Description[];
  /** What the footer has to say of the row groups. */
  readonly rowGroups: readonly RowGroup[];
}

/** The frame of a segment. */
export interface Frame {
  /** Number of the segment in the file, from 0. */
  readonly number: number;
  /** Bytes of its pages. */
  readonly pageBytes: number;
  /** Bytes of its notes. */
  readonly noteBytes: number;
  /** CRC-32 of the pages. */
  readonly pageCrc: number;
  /** CRC-32 of the notes. */
  readonly noteCrc: number;
}

/** Notes as bytes, in memory of their own: they are kept for the footer, and what zlib gives lies in 16 kB of its own. */
export function encodeNotes(notes: SegmentNotes): Uint8Array {
  const text = JSON.stringify(notes, (_, value) => typeof value === "bigint" ? { $: `${value}` } : value);
  return new Uint8Array(zstdCompressSync(new TextEncoder().encode(text)));
}

/** Notes from bytes whose checksum was right. */
export function decodeNotes(bytes: Uint8Array): SegmentNotes {
  const text = new TextDecoder().decode(zstdDecompressSync(bytes));
  return JSON.parse(text, (_, value) => typeof value?.$ === "string" ? BigInt(value.$) : value);
}

/** A frame as bytes. */
export function encodeFrame(number: number, pages: Uint8Array, notes: Uint8Array): Uint8Array {
  const words = [FRAME_MAGIC, number, pages.length, notes.length, crc32(pages), crc32(notes)];
  const view = new DataView(new ArrayBuffer(FRAME_BYTES));
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  view.setUint32(24, crc32(new Uint8Array(view.buffer, 0, 24)), true);
  return new Uint8Array(view.buffer);
}

/** A frame from bytes; null if they are none. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  if (bytes.length < FRAME_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_BYTES);
  const word = (i: number) => view.getUint32(4 * i, true);
  if (word(0) !== FRAME_MAGIC || word(6) !== crc32(bytes.subarray(0, 24))) return null;
  return { number: word(1), pageBytes: word(2), noteBytes: word(3), pageCrc: word(4), noteCrc: word(5) };
}

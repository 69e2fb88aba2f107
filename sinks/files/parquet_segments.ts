/**
 * The checksums in a Parquet file of this library: its row groups stand in segments, each behind a frame that vouches for it.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { decodeFrame, FRAME_BYTES, PARQUET_MAGIC } from "../parquet/segment.ts";

/** What the checksums say. */
export interface SegmentCheck {
  /** What is damaged, for a person. */
  readonly problems: readonly string[];
  /** Whether the pages at an offset of the file are. */
  isDamaged(offset: number): boolean;
}

const PIECE_BYTES = 4 * 1024 * 1024;
const FOOTER_END_BYTES = 8; // its length, and the magic number

/**
 * Checks the segments of a file that has a footer. A file that another program wrote has none.
 *
 * @param read Gives some bytes of the file.
 * @param size Bytes of the file.
 */
export function checkSegments(read: (from: number, length: number) => Uint8Array, size: number): SegmentCheck {
  const crc = (from: number, length: number) => {
    let sum = 0;
    for (let at = 0; at < length; at += PIECE_BYTES) {
      sum = crc32(read(from + at, Math.min(PIECE_BYTES, length - at)), sum);
    }
    return sum;
  };
  const footer = footerStart(read, size);
  const damaged: { from: number; to: number }[] = [];
  const problems: string[] = [];
  let at = PARQUET_MAGIC.length;
  while (at + FRAME_BYTES <= footer) {
    const frame = decodeFrame(read(at, FRAME_BYTES));
    const to = frame === null ? Infinity : at + FRAME_BYTES + frame.pageBytes + frame.noteBytes;
    if (frame === null || to > footer) {
      problems.push(`at byte ${at} a checksum should stand and does not, so what follows was not checked`);
      break;
    }
    if (crc(at + FRAME_BYTES, frame.pageBytes) !== frame.pageCrc) {
      problems.push(`damaged at byte ${at}: the checksum of segment ${frame.number} is wrong`);
      damaged.push({ from: at, to });
    }
    at = to;
  }
  return { problems, isDamaged: (offset) => damaged.some(({ from, to }) => offset >= from && offset < to) };
}

function footerStart(read: (from: number, length: number) => Uint8Array, size: number): number {
  const bytes = read(size - FOOTER_END_BYTES, 4);
  return size - FOOTER_END_BYTES - new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

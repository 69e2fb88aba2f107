/**
 * Files of a program that died, or of a disk that failed, made whole as far as they can be.
 *
 * @module
 */

import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import { openRaw, type RawFile } from "../../src/raw/replay.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { recoverParquet } from "../parquet.ts";
import { formatOf } from "./format.ts";

/** What a recovery came to. */
export interface RecoverReport {
  /** Path of the file. */
  readonly file: string;
  /** Whether there was nothing to do. */
  readonly was_whole: boolean;
  /** Samples of each channel in the file now (raw), or rows (Parquet). */
  readonly samples: number;
  /** What could not be saved, for a person. */
  readonly problems: readonly string[];
  /** Where the damaged file is kept; null if it is not. */
  readonly damaged_file: string | null;
}

/**
 * Makes a raw or Parquet file readable by every reader again. The new file is written beside the old one, read back and
 * compared, and only then takes its place; the old one is kept with `.damaged` behind its name where anything of it could
 * not be used.
 *
 * @param path The file.
 * @throws {DtolValidationError} If it is of another format: CSV, JSONL, SQLite and Arrow files need no recovery.
 * @throws {DtolReadError} If there is nothing to save; then everything is as it was.
 */
export async function recoverFile(path: string): Promise<RecoverReport> {
  const format = formatOf(path);
  if (format === "raw") return await recoverRaw(path);
  if (format !== "parquet") {
    throw new DtolValidationError(
      `${path} needs no recovery: ${format} files can be read up to their last whole record`,
    );
  }
  const { wasWhole, rows, damage, damagedPath } = await recoverParquet(path);
  return { file: path, was_whole: wasWhole, samples: rows, problems: damage, damaged_file: damagedPath };
}

async function recoverRaw(path: string): Promise<RecoverReport> {
  const problems: string[] = [];
  const beside = `${path}.recovering`;
  let samples: number;
  {
    await using file = await openRaw(path);
    const { damage, tornBytes, endedInOrder, samples: whole } = await file.verify();
    if (damage.length === 0 && tornBytes === 0 && endedInOrder !== false) {
      return { file: path, was_whole: true, samples: whole, problems, damaged_file: null };
    }
    if (tornBytes > 0) problems.push(`${tornBytes} bytes at the end were of a chunk that was being written`);
    for (const { offset, reason } of damage) problems.push(`damaged at byte ${offset}: ${reason}`);
    samples = whole;
    try {
      await copyWhole(file, beside);
      await checkSame(file, beside);
    } catch (error) {
      await Deno.remove(beside).catch(() => {}); // the error is the one to tell
      throw error;
    }
  }
  const kept = problems.length > 0 ? `${path}.damaged` : null;
  if (kept !== null) await Deno.rename(path, kept);
  await Deno.rename(beside, path);
  return { file: path, was_whole: false, samples, problems, damaged_file: kept };
}

/** Writes what is whole, with a marker where something is not. */
async function copyWhole(file: RawFile, beside: string): Promise<void> {
  const writer = RawWriter.create(beside, { overwrite: true });
  let cause: string | null = null;
  try {
    writer.begin(file.header);
    for await (const block of file.blocks({ markers: true })) {
      const { blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, axis, codes, readStartedNs, readFinishedNs } =
        block;
      if (codes === null) {
        cause = block.error?.context.operation ?? "unknown";
        continue;
      }
      if (gapBefore > 0) {
        const at = { blockIndex: Math.max(blockIndex - 1, 0), firstSampleIndex: firstSampleIndex - gapBefore, axis };
        writer.writeMarker({
          ...at,
          lostSamples: gapBefore,
          cause: cause ?? "damaged",
          atNs: readStartedNs,
          flags: ["gap"],
        });
      }
      cause = null;
      const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
      const size = { validSamples: samplesPerChannel, bufferCapacity: file.header.samplesPerBuffer };
      writer.writeChunk(
        { blockIndex, firstSampleIndex, gapBefore, axis, readStartedNs, readFinishedNs, ...size },
        bytes,
      );
    }
    writer.end({ cause: "recovered" });
  } finally {
    writer.close();
  }
}

async function checkSame(file: RawFile, beside: string): Promise<void> {
  await using copy = await openRaw(beside);
  const { samples, damage } = await copy.verify();
  const blocks = copy.blocks()[Symbol.asyncIterator]();
  let same = damage.length === 0 && samples === file.report.samples;
  for await (const block of file.blocks()) {
    const { value } = await blocks.next();
    same &&= value !== undefined && value.firstSampleIndex === block.firstSampleIndex &&
      value.tMonoNs === block.tMonoNs && value.codes!.every((code: number, i: number) => code === block.codes![i]);
  }
  if (!same) {
    throw new DtolReadError(`Cannot recover ${file.path}: the copy of it is not the same, so nothing was changed`);
  }
}

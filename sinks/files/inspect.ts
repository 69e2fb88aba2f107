/**
 * What is in a file, and whether it is well.
 *
 * @module
 */

import { DtolError } from "../../src/errors.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { type FileFormat, formatOf } from "./format.ts";
import { readBlocks } from "./open_blocks.ts";

/** What {@linkcode inspectFile} found, with keys for programs. */
export interface FileReport {
  /** Path of the file. */
  readonly file: string;
  /** Its format. */
  readonly format: FileFormat;
  /** Bytes of it. */
  readonly bytes: number;
  /** Board name; null when the file has no block. */
  readonly board: string | null;
  /** Name of the task. */
  readonly task: string | null;
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Samples per second of each channel. */
  readonly rate_hz: number | null;
  /** UTC of the first sample. */
  readonly started_at: string | null;
  /** Blocks with samples. */
  readonly blocks: number;
  /** Samples of each channel. */
  readonly samples_per_channel: number;
  /** Samples of each channel that are missing between them. */
  readonly missing: number;
  /** Whether the recording was ended in order; null when the format does not say. */
  readonly ended_in_order: boolean | null;
  /** What is wrong, for a person; empty when all is well. Losses that the recording itself marked are in it. */
  readonly problems: readonly string[];
}

/**
 * Reads a whole file: checksums, order, gaps, counts.
 *
 * @param path A raw, Parquet or Arrow file.
 * @returns What is in it, and everything that is not as it should be.
 * @throws {DtolValidationError} If its format cannot be read back.
 */
export async function inspectFile(path: string): Promise<FileReport> {
  const format = formatOf(path);
  const { size } = await Deno.stat(path);
  const seen = { blocks: 0, samples: 0, missing: 0, next: 0 };
  const problems: string[] = [];
  let first: { board: string; task: string; channels: string[]; rate: number; at: string } | null = null;
  try {
    for await (const block of readBlocks(path)) {
      if (block.error !== null) problems.push(`before sample ${block.firstSampleIndex}: ${block.error.message}`);
      if (block.samplesPerChannel === 0) continue;
      first ??= {
        board: block.device,
        task: block.task,
        channels: block.channels.map(({ name }) => name),
        rate: block.sampleRateHz,
        at: block.t0.toString(),
      };
      if (block.firstSampleIndex < seen.next) {
        problems.push(`block ${block.blockIndex} begins at sample ${block.firstSampleIndex}, before ${seen.next}`);
      }
      if (block.gapBefore > 0) {
        problems.push(`${block.gapBefore} samples are missing before sample ${block.firstSampleIndex}`);
      }
      seen.blocks++;
      seen.samples += block.samplesPerChannel;
      seen.missing += block.gapBefore;
      seen.next = block.firstSampleIndex + block.samplesPerChannel;
    }
  } catch (error) {
    if (!(error instanceof DtolError)) throw error;
    problems.push(error.message);
  }
  const end = format === "raw" && first !== null ? await rawEnd(path, problems) : null;
  return {
    file: path,
    format,
    bytes: size,
    board: first?.board ?? null,
    task: first?.task ?? null,
    channels: first?.channels ?? [],
    rate_hz: first?.rate ?? null,
    started_at: first?.at ?? null,
    blocks: seen.blocks,
    samples_per_channel: seen.samples,
    missing: seen.missing,
    ended_in_order: end,
    problems,
  };
}

async function rawEnd(path: string, problems: string[]): Promise<boolean | null> {
  await using file = await openRaw(path);
  const { tornBytes, endedInOrder, endCause } = file.report;
  if (tornBytes > 0) problems.push(`${tornBytes} bytes at the end are of a chunk that was being written`);
  if (endedInOrder === false) problems.push("the recording was not ended in order");
  if (endCause === "error") problems.push("an error ended the recording");
  return endedInOrder;
}

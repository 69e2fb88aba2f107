/**
 * From a file to a sink, and so from format to format.
 *
 * @module
 */

import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { readBlocks } from "./open_blocks.ts";
import { sinkFor, type SinkForOptions } from "./open_sink.ts";

/** What went from one file to another. */
export interface ConvertReport {
  /** Blocks with samples. */
  readonly blocks: number;
  /** Samples of each channel in them. */
  readonly samplesPerChannel: number;
  /** Samples of each channel that the source lacks between them. */
  readonly missing: number;
  /** What is wrong with the source; what is whole was taken all the same. Null when all is well. */
  readonly damage: string | null;
}

/**
 * Plays a file into a sink, as fast as the sink takes it, and closes the sink.
 *
 * @param path A raw, Parquet or Arrow file of this library.
 * @param sink Where its blocks go: any sink, or any other `WritableStream` of blocks.
 * @returns What went over. Damage in the source is no error here, but told.
 * @throws {DtolError} If the source cannot be opened, or the sink fails.
 */
export async function replay(path: string, sink: WritableStream<DaqBlock>): Promise<ConvertReport> {
  const counts = { blocks: 0, samplesPerChannel: 0, missing: 0, damage: null as string | null };
  async function* counted(): AsyncGenerator<DaqBlock> {
    try {
      for await (const block of readBlocks(path)) {
        if (block.samplesPerChannel > 0) counts.blocks++;
        counts.samplesPerChannel += block.samplesPerChannel;
        counts.missing += block.gapBefore;
        yield block;
      }
    } catch (error) {
      if (!(error instanceof DtolReadError) || counts.blocks === 0) throw error;
      counts.damage = error.message;
    }
  }
  await ReadableStream.from(counted()).pipeTo(sink);
  return counts;
}

/**
 * Converts a file: the names tell the formats.
 *
 * @param input A raw, Parquet or Arrow file of this library.
 * @param output A raw, Parquet, Arrow, CSV, JSONL or SQLite file to make. A raw file needs a source with codes.
 * @param options Whether the output may replace a file.
 * @throws {DtolError} If the input cannot be read, or the output exists or cannot be written.
 */
export async function convert(input: string, output: string, options: SinkForOptions = {}): Promise<ConvertReport> {
  await using sink = sinkFor(output, options);
  return await replay(input, sink);
}

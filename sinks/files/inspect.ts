/**
 * What is in a file, and whether it is well.
 *
 * @module
 */

import { DtolReadError } from "../../src/errors.ts";
import { type FileFormat, formatOf } from "./format.ts";
import { openBlocks } from "./read_blocks.ts";
import { Tally } from "./tally.ts";

/** What {@linkcode inspectFile} found. */
export interface FileReport {
  /** Path of the file. */
  readonly file: string;
  /** Its format. */
  readonly format: FileFormat;
  /** Bytes of it. */
  readonly bytes: number;
  /** Board name; null when the file has no samples. */
  readonly board: string | null;
  /** Name of the task. */
  readonly task: string | null;
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Samples per second of each channel. */
  readonly rateHz: number | null;
  /** UTC of the first sample. */
  readonly startedAt: string | null;
  /** Blocks with samples. */
  readonly blocks: number;
  /** Samples of each channel. */
  readonly samplesPerChannel: number;
  /** Samples of each channel that the run had and the file lacks. */
  readonly missing: number;
  /** Whether the file was ended in order; null when its format does not say. */
  readonly endedInOrder: boolean | null;
  /** What is wrong, for a person; empty when all is well. Losses that the recording itself marked are in it. */
  readonly problems: readonly string[];
}

/**
 * Reads a whole file: checksums (raw and Parquet), order, gaps, counts.
 *
 * Needs `--allow-read` for the file.
 *
 * @param path A raw file, or a Parquet or Arrow file of blocks.
 * @returns What is in it, and everything that is not as it should be. Damage is no error, but told.
 * @throws {DtolValidationError} If its format cannot be read back.
 * @throws {DtolReadError} If the file is not there, or not what its name says.
 *
 * @example Look at a recording
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { inspectFile } from "@dtollib/dtollib/sinks";
 * import { deepEqual } from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/run.dt-raw`;
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })];
 * const spec = new TaskSpec({ channels, timing: { rateHz: 1000, samplesPerChannel: 100 } });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session, { raw: path });
 * await recording.stream.pipeTo(new WritableStream());
 *
 * const { samplesPerChannel, problems } = await inspectFile(path);
 * deepEqual([samplesPerChannel, problems], [100, []]);
 * ```
 */
export async function inspectFile(path: string): Promise<FileReport> {
  const format = formatOf(path);
  const bytes = await sizeOf(path);
  const file = await openBlocks(path);
  const tally = new Tally();
  for await (const block of file.blocks) tally.count(block);
  const { missing, problems, endedInOrder } = tally.end(file);
  const { first, blocks, samplesPerChannel } = tally;
  return {
    file: path,
    format,
    bytes,
    board: first?.device ?? null,
    task: first?.task ?? null,
    channels: first?.channels.map(({ name }) => name) ?? [],
    rateHz: first?.sampleRateHz ?? null,
    startedAt: first?.t0.toString() ?? null,
    blocks,
    samplesPerChannel,
    missing,
    endedInOrder,
    problems,
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    throw new DtolReadError(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

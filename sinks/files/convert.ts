/**
 * From a file to a sink, and so from format to format.
 *
 * @module
 */

import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { BlockFile } from "./block_file.ts";
import { formatOf } from "./format.ts";
import { openBlocks } from "./read_blocks.ts";
import { sinkFor, type SinkForOptions } from "./sink_for.ts";
import { Tally } from "./tally.ts";

/** What went from a file into a sink. */
export interface ReplayReport {
  /** Blocks with samples. */
  readonly blocks: number;
  /** Samples of each channel in them. */
  readonly samplesPerChannel: number;
  /** Samples of each channel that the run had and the file lacks. */
  readonly missing: number;
  /** What is wrong with the file, for a person; what is whole went over all the same. Empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Plays a file into a sink, as fast as the sink takes it, and closes the sink.
 *
 * Needs `--allow-read` for the file, and what the sink needs.
 *
 * @param path A raw file, or a Parquet or Arrow file of blocks.
 * @param sink Where its blocks go: any sink of blocks, or any other `WritableStream` of them.
 * @returns What went over. Damage in the file is no error here, but told.
 * @throws {DtolValidationError} If blocks cannot be read back from that format.
 * @throws {DtolReadError} If the file is not what its name says.
 * @throws {unknown} What the sink throws. It is closed then, with what it has taken.
 *
 * @example Play a recording into memory
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { InMemorySink, replay } from "@dtollib/dtollib/sinks";
 * import { equal } from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/run.dt-raw`;
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })];
 * const spec = new TaskSpec({ channels, timing: { rateHz: 1000, samplesPerChannel: 100 } });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session, { raw: path });
 * await recording.stream.pipeTo(new WritableStream());
 *
 * const memory = new InMemorySink();
 * const { samplesPerChannel } = await replay(path, memory);
 * equal(samplesPerChannel, 100);
 * equal(memory.blocks[0]?.channels[0]?.name, "force");
 * ```
 */
export async function replay(path: string, sink: WritableStream<DaqBlock>): Promise<ReplayReport> {
  const file = await openBlocks(path);
  return await play(file, file.blocks[Symbol.asyncIterator](), sink);
}

/**
 * Converts a file: the names tell the formats, see {@linkcode formatOf}.
 *
 * Needs `--allow-read` for both files, and `--allow-write` for the output and what its format keeps beside it.
 *
 * @param input A raw file, or a Parquet or Arrow file of blocks.
 * @param output A raw, Parquet, Arrow, CSV, JSONL or SQLite file to make. A raw file needs a source with codes, or with values
 * that are codes times a scaling.
 * @param options Whether the output may replace a file, and notes for it.
 * @throws {DtolValidationError} If a name tells no format, or both are one file.
 * @throws {DtolReadError} If the input is not what its name says, or has nothing in it; no output is made then.
 * @throws {DtolResourceError} If the output exists, or cannot be made.
 * @throws {DtolSinkError} If the output cannot be written. What was written till then is left.
 *
 * @example A recording as Parquet, and that as CSV
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { convert } from "@dtollib/dtollib/sinks";
 * import { deepEqual } from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })];
 * const spec = new TaskSpec({ channels, timing: { rateHz: 1000, samplesPerChannel: 100 } });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session, { raw: `${folder}/run.dt-raw` });
 * await recording.stream.pipeTo(new WritableStream());
 *
 * await convert(`${folder}/run.dt-raw`, `${folder}/run.parquet`);
 * const { samplesPerChannel, problems } = await convert(`${folder}/run.parquet`, `${folder}/run.csv`);
 * deepEqual([samplesPerChannel, problems], [100, []]);
 * ```
 */
export async function convert(input: string, output: string, options: SinkForOptions = {}): Promise<ReplayReport> {
  formatOf(output); // before the input is looked at
  await refuseSame(input, output);
  const file = await openBlocks(input);
  const blocks = file.blocks[Symbol.asyncIterator]();
  const first = await blocks.next();
  if (first.done) throw new DtolReadError(`Cannot convert ${input} as there is no block in it that can be read`);
  const values = first.value.plainCodes === null || first.value.plainCodes instanceof Float32Array;
  await using sink = sinkFor(output, {
    useJournal: false, // what it would save is in the input
    ...options,
    sqliteSamples: options.sqliteSamples ?? (values ? "rows" : "blob"),
  });
  return await play(file, blocks, sink, first.value);
}

/** Plays the blocks of a file, of which some were read before. */
async function play(
  file: BlockFile,
  rest: AsyncIterator<DaqBlock>,
  sink: WritableStream<DaqBlock>,
  ...read: DaqBlock[]
): Promise<ReplayReport> {
  const tally = new Tally();
  async function* counted(): AsyncGenerator<DaqBlock> {
    try {
      for (const block of read) {
        tally.count(block);
        yield block;
      }
      for (let next = await rest.next(); !next.done; next = await rest.next()) {
        tally.count(next.value);
        yield next.value;
      }
    } finally {
      await rest.return?.(); // closes the file also when the sink wants no more
    }
  }
  try {
    await ReadableStream.from(counted()).pipeTo(sink);
  } catch (error) {
    await rest.return?.(); // closes the file also when the sink took not even the first block
    await sink.abort(error).catch(() => {}); // a sink that refused a block is still open
    throw error;
  }
  const { missing, problems } = tally.end(file);
  const { blocks, samplesPerChannel } = tally;
  return { blocks, samplesPerChannel, missing, problems };
}

async function refuseSame(input: string, output: string): Promise<void> {
  const places = await Promise.all([input, output].map((path) => Deno.realPath(path).catch(() => path)));
  if (places[0] !== places[1]) return;
  throw new DtolValidationError(`Cannot convert ${input} into itself: name another file`);
}

/**
 * Blocks out of a file, whatever its format.
 *
 * @module
 */

import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { BlockFile } from "./block_file.ts";
import { formatOf } from "./format.ts";
import { openArrowBlocks } from "./read_arrow.ts";
import { openParquetBlocks } from "./read_parquet.ts";
import { openRawBlocks } from "./read_raw.ts";

/**
 * Opens a file for reading.
 *
 * @throws {DtolValidationError} If blocks cannot be read back from that format.
 * @throws {DtolReadError} If the file is not what its name says.
 */
export function openBlocks(path: string): Promise<BlockFile> {
  const format = formatOf(path);
  switch (format) {
    case "raw":
      return openRawBlocks(path);
    case "parquet":
      return openParquetBlocks(path);
    case "arrow":
      return openArrowBlocks(path);
    default:
      throw new DtolValidationError(
        `Cannot read blocks from ${path}: raw, Parquet and Arrow files hold them, ${format} files do not`,
      );
  }
}

/**
 * The blocks of a file: raw files, and Parquet (long layout) and Arrow files of this library. Losses and errors come as
 * blocks without samples. One block is read at a time, when it is asked for; what is damaged is left out, and is an error
 * at the end.
 *
 * Values of Parquet and Arrow files become codes again where the channels' scaling allows it without a bit of difference.
 * When a sample was read is not in these files: `readStartedNs` is then the time of the block's end.
 *
 * Needs `--allow-read` for the file.
 *
 * @param path The file; its name tells the format, see {@linkcode formatOf}.
 * @throws {DtolValidationError} If blocks cannot be read back from that format.
 * @throws {DtolReadError} If the file is not what its name says; at the end, if something in it is damaged.
 *
 * @example The largest value of a file
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { readBlocks, sinkFor } from "@dtollib/dtollib/sinks";
 * import { ok } from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/run.parquet`;
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * const spec = new TaskSpec({ channels, timing: { rateHz: 1000, samplesPerChannel: 100 } });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session);
 * await recording.stream.pipeTo(sinkFor(path));
 *
 * let largest = -Infinity;
 * for await (const { data } of readBlocks(path)) largest = data.reduce((a, b) => Math.max(a, b), largest);
 * ok(largest < 10);
 * ```
 */
export async function* readBlocks(path: string): AsyncGenerator<DaqBlock> {
  const file = await openBlocks(path);
  yield* file.blocks;
  const { damage } = file.end();
  if (damage.length === 0) return;
  throw new DtolReadError(
    `${path} is damaged: ${damage[0]}${damage.length > 1 ? `, and ${damage.length - 1} more` : ""}. All else was read`,
  );
}

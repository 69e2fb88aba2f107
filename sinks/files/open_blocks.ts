/**
 * Blocks out of a file, whatever its format.
 *
 * @module
 */

import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { formatOf } from "./format.ts";
import { arrowBlocks } from "./read_arrow.ts";
import { parquetBlocks } from "./read_parquet.ts";

/**
 * The blocks of a file: raw files with their codes, Parquet and Arrow files (of this library, long layout) with their
 * values. Losses and errors come as blocks without samples. One block is read at a time, when it is asked for.
 *
 * @param path The file; its name tells the format.
 * @throws {DtolValidationError} If blocks cannot be read back from that format.
 * @throws {DtolReadError} If the file is not what its name says; also while reading.
 */
export async function* readBlocks(path: string): AsyncGenerator<DaqBlock> {
  const format = formatOf(path);
  if (format === "parquet") yield* parquetBlocks(path);
  else if (format === "arrow") yield* arrowBlocks(path);
  else if (format !== "raw") {
    throw new DtolValidationError(
      `Cannot read blocks from ${path}: raw, Parquet and Arrow files hold them, ${format} files do not`,
    );
  } else {
    await using file = await openRaw(path);
    for await (const block of file.blocks({ markers: true })) yield block;
    const { damage } = file.report;
    if (damage.length > 0) {
      throw new DtolReadError(
        `${path} is damaged at byte ${damage[0]!.offset} (${damage[0]!.reason}), ${damage.length} places in all; ` +
          `what is whole was read: recover it to make a file of that`,
      );
    }
  }
}

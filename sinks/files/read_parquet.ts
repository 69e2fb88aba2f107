/**
 * Blocks out of a Parquet file that this library wrote.
 *
 * @module
 */

import { type AsyncBuffer, asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { DECOMPRESSORS } from "../parquet/compression.ts";
import {
  BlockAssembler,
  type FileDescription,
  type LongColumn,
  NEEDED_COLUMNS,
  type TableValue,
} from "./long_table.ts";

/** The blocks of a Parquet file in the long layout, one row group in memory at a time. */
export async function* parquetBlocks(path: string): AsyncGenerator<DaqBlock> {
  const file = await asyncBufferFromFile(path).catch((error) => {
    throw new DtolReadError(`Cannot read ${path}: ${error.message}`, { cause: error });
  });
  const metadata = await parquetMetadataAsync(file).catch((error) => {
    throw new DtolReadError(
      `Cannot read ${path} as a Parquet file: ${error.message}. If its program died, recover it first`,
      { cause: error },
    );
  });
  const blocks = new BlockAssembler(path, descriptionOf(path, metadata));
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const columns = await readColumns(file, metadata, rowStart, rowEnd);
    yield* blocks.push({ count: rowEnd - rowStart, column: (name) => columns.get(name) });
    rowStart = rowEnd;
  }
  yield* blocks.finish();
}

function descriptionOf(path: string, { key_value_metadata, schema }: FileMetaData): FileDescription {
  const text = key_value_metadata?.find(({ key }) => key === "dtollib")?.value;
  const names = new Set(schema.map(({ name }) => name));
  if (text === undefined || !names.has("channel") || !names.has("block_index")) {
    throw new DtolReadError(
      `Cannot read ${path} as blocks: it is not a file of this library's blocks in the long layout`,
    );
  }
  return JSON.parse(text);
}

/** The columns of some rows. Pages of a column come one after the other, and in order. */
async function readColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<Map<string, TableValue[]>> {
  const names = new Set(metadata.schema.map(({ name }) => name));
  const columns = new Map<string, TableValue[]>();
  await parquetRead({
    file,
    metadata,
    rowStart,
    rowEnd,
    columns: NEEDED_COLUMNS.filter((name: LongColumn) => names.has(name)),
    compressors: DECOMPRESSORS,
    onChunk: ({ columnName, columnData, rowStart: from }) => {
      let column = columns.get(columnName);
      if (column === undefined) columns.set(columnName, column = new Array(rowEnd - rowStart));
      for (let k = 0; k < columnData.length; k++) column[from - rowStart + k] = columnData[k] as TableValue;
    },
  });
  return columns;
}

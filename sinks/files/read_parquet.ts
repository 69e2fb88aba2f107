/**
 * Blocks out of a Parquet file that this library wrote.
 *
 * @module
 */

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from "hyparquet";
import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { type BlockFile, reasonOf } from "./block_file.ts";
import {
  BlockAssembler,
  LONG_COLUMN_NAMES,
  type LongColumn,
  type LongColumnName,
  type LongRows,
} from "./long_table.ts";
import { type FileBytes, openBytes } from "./open_bytes.ts";
import { chunkRange, readColumnChunk } from "./parquet_columns.ts";
import { agrees, checkSegments, type FileContents, type Segments } from "./parquet_segments.ts";

/**
 * Opens a Parquet file in the long layout. One row group is in memory at a time; one whose checksum is wrong, or that cannot
 * be read, is left out.
 */
export async function openParquetBlocks(path: string): Promise<BlockFile> {
  const file = await openBuffer(path);
  try {
    const footer = contentsOf(path, await metadataOf(path, file));
    const segments = checkSegments((from, length) => file.read(from, length), file.byteLength);
    const damage = [...segments.problems];
    const contents = segments.contents ?? footer;
    if (!agrees(contents, footer)) damage.push("its footer is damaged: what its segments say was read in its place");
    const assembler = new BlockAssembler(path, contents.descriptions);
    const blocks = blocksOf(assembler, contents, (number) => rowsOf(file, contents, number, segments, damage), file);
    return { blocks, end: () => ({ damage, oddEnd: [], endedInOrder: null, endSampleIndex: 0 }) };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* blocksOf(
  assembler: BlockAssembler,
  { rowGroups }: FileContents,
  rowsOf: (number: number) => LongRows | null,
  file: FileBuffer,
): AsyncGenerator<DaqBlock> {
  try {
    for (const number of rowGroups.keys()) {
      const rows = rowsOf(number);
      if (rows === null) assembler.skip();
      else yield* assembler.push(rows);
    }
    yield* assembler.finish();
  } finally {
    file.close();
  }
}

/** A file as hyparquet reads it. */
type FileBuffer = AsyncBuffer & FileBytes;

async function openBuffer(path: string): Promise<FileBuffer> {
  const file = await openBytes(path);
  const slice = (start: number, end = file.byteLength) =>
    file.read(start, Math.min(end, file.byteLength) - start).buffer;
  return { ...file, slice };
}

async function metadataOf(path: string, file: FileBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    throw new DtolReadError(
      `Cannot read ${path} as a Parquet file: ${reasonOf(error)}. If its program died, recover it first`,
      { cause: error },
    );
  }
}

/** What the footer says of the file. */
function contentsOf(path: string, { key_value_metadata = [], schema, row_groups }: FileMetaData): FileContents {
  const names = new Set(schema.map(({ name }) => name));
  const texts = key_value_metadata.filter(({ key }) => /^dtollib(\.\d+)?$/.test(key)).map(({ value }) => value ?? "");
  if (texts.length > 0 && LONG_COLUMN_NAMES.every((name) => names.has(name))) {
    return { schema, rowGroups: row_groups, descriptions: texts };
  }
  throw new DtolReadError(
    `Cannot read ${path} as blocks: it is not a file of this library's blocks in the long layout`,
  );
}

/** The rows of a row group; null if it is damaged. */
function rowsOf(
  file: FileBuffer,
  { schema, rowGroups }: FileContents,
  number: number,
  segments: Segments,
  damage: string[],
): LongRows | null {
  try {
    const group = rowGroups[number]!;
    const count = Number(group.num_rows);
    if (!(count >= 0 && count <= MAX_ROWS)) throw new Error(`it has ${count} rows`);
    const columns = LONG_COLUMN_NAMES.map((name): [LongColumnName, LongColumn] => {
      const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join() === name)?.meta_data;
      if (meta === undefined) throw new Error(`it has no column ${name}`);
      const { from, length } = chunkRange(meta);
      if (segments.isDamaged(from)) throw new DamagedSegment();
      return [name, readColumnChunk(file.read(from, length), meta, schema, count)];
    });
    return { count, columns: Object.fromEntries(columns) as LongRows["columns"] };
  } catch (error) {
    if (!(error instanceof DamagedSegment)) damage.push(`row group ${number} cannot be read: ${reasonOf(error)}`);
    return null;
  }
}

/** No row group of this library has more. */
const MAX_ROWS = 2 ** 28;

/** The checksums told of it before. */
class DamagedSegment extends Error {}

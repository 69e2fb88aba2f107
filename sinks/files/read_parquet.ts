/**
 * Blocks out of a Parquet file that this library wrote.
 *
 * @module
 */

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { DtolReadError } from "../../src/errors.ts";
import { DECOMPRESSORS } from "../parquet/compression.ts";
import { type BlockFile, reasonOf } from "./block_file.ts";
import { BlockAssembler, LONG_COLUMN_NAMES, type LongColumnName, type LongRows, type TableValue } from "./long_table.ts";
import { checkSegments, type SegmentCheck } from "./parquet_segments.ts";

/**
 * Opens a Parquet file in the long layout. One row group is in memory at a time; one whose checksum is wrong, or that cannot
 * be read, is left out.
 */
export async function openParquetBlocks(path: string): Promise<BlockFile> {
  const file = await openBuffer(path);
  try {
    const metadata = await metadataOf(path, file);
    const assembler = new BlockAssembler(path, descriptionsOf(path, metadata));
    const check = checkSegments((from, length) => file.read(from, length), file.byteLength);
    const damage = [...check.problems];
    async function* blocks() {
      try {
        for (const group of groupsOf(metadata)) {
          const rows = await rowsOf(file, metadata, group, check, damage);
          if (rows === null) assembler.skip();
          else yield* assembler.push(rows);
        }
        yield* assembler.finish();
      } finally {
        file.close();
      }
    }
    return { blocks: blocks(), end: () => ({ damage, oddEnd: [], endedInOrder: null, endSampleIndex: 0 }) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A file as hyparquet reads it. */
interface FileBuffer extends AsyncBuffer {
  read(from: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

async function openBuffer(path: string): Promise<FileBuffer> {
  const file = await Deno.open(path).catch((error) => {
    throw new DtolReadError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  });
  const byteLength = file.seekSync(0, Deno.SeekMode.End);
  const read = (from: number, length: number) => {
    if (!(from >= 0 && length >= 0 && from + length <= byteLength)) throw new Error("it points behind its end");
    const bytes = new Uint8Array(length);
    file.seekSync(from, Deno.SeekMode.Start);
    for (let done = 0; done < length;) {
      const n = file.readSync(bytes.subarray(done));
      if (n === null) throw new DtolReadError(`Cannot read ${path}: it has become shorter`);
      done += n;
    }
    return bytes;
  };
  return {
    byteLength,
    read,
    slice: (start, end = byteLength) => read(start, Math.min(end, byteLength) - start).buffer,
    close: () => file.close(),
  };
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

/** What the file says about its tasks. */
function descriptionsOf(path: string, { key_value_metadata = [], schema }: FileMetaData): string[] {
  const names = new Set(schema.map(({ name }) => name));
  const texts = key_value_metadata.filter(({ key }) => /^dtollib(\.\d+)?$/.test(key)).map(({ value }) => value ?? "");
  if (texts.length > 0 && LONG_COLUMN_NAMES.every((name) => names.has(name))) return texts;
  throw new DtolReadError(
    `Cannot read ${path} as blocks: it is not a file of this library's blocks in the long layout`,
  );
}

/** A row group with its place in the table. */
interface Group {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** Where in the file its pages begin. */
  readonly at: number;
}

function* groupsOf({ row_groups }: FileMetaData): Generator<Group> {
  let from = 0;
  for (const [number, { num_rows, columns }] of row_groups.entries()) {
    const places = columns.flatMap(({ meta_data }) => [
      ...(meta_data === undefined ? [] : [meta_data.data_page_offset, meta_data.dictionary_page_offset ?? []].flat()),
    ]);
    yield { number, from, to: from + Number(num_rows), at: Math.min(...places.map(Number)) };
    from += Number(num_rows);
  }
}

async function rowsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { number, from, to, at }: Group,
  check: SegmentCheck,
  damage: string[],
): Promise<LongRows | null> {
  if (check.isDamaged(at)) return null;
  try {
    return { count: to - from, columns: await readColumns(file, metadata, from, to) };
  } catch (error) {
    damage.push(`row group ${number}, rows ${from} to ${to}, cannot be read: ${reasonOf(error)}`);
    return null;
  }
}

async function readColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<Record<LongColumnName, ArrayLike<TableValue>>> {
  const columns = new Map<string, TableValue[]>();
  await parquetRead({
    file,
    metadata,
    rowStart,
    rowEnd,
    columns: [...LONG_COLUMN_NAMES],
    compressors: DECOMPRESSORS,
    parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
    onChunk: ({ columnName, columnData, rowStart: from }) => {
      let column = columns.get(columnName);
      if (column === undefined) columns.set(columnName, column = new Array(rowEnd - rowStart));
      for (let k = 0; k < columnData.length; k++) column[from - rowStart + k] = columnData[k] as TableValue;
    },
  });
  return Object.fromEntries(columns) as Record<LongColumnName, TableValue[]>;
}

/**
 * Blocks out of an Arrow stream that this library wrote.
 *
 * @module
 */

import type { Data, RecordBatch } from "apache-arrow";
import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { type Arrow, loadArrow } from "../arrow/package.ts";
import { type BlockFile, reasonOf } from "./block_file.ts";
import { BlockAssembler, LONG_COLUMN_NAMES, type LongColumn, type LongRows } from "./long_table.ts";

/** What an Arrow stream that was ended in order has at its end. */
const END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
const READ_BYTES = 1 << 20;

/**
 * Opens an Arrow IPC stream. A batch that was being written when its program died is left out: the stream then ends with
 * the one before.
 */
export async function openArrowBlocks(path: string): Promise<BlockFile> {
  const arrow = await loadArrow();
  const file = await Deno.open(path).catch((error) => {
    throw new DtolReadError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  });
  try {
    const endedInOrder = isEnded(file);
    const { reader, description } = await openReader(arrow, path, file);
    const assembler = new BlockAssembler(path, [description]);
    const damage: string[] = [];
    const oddEnd = endedInOrder ? [] : ["the stream was not ended in order"];
    const blocks = blocksOf(assembler, () => nextRows(arrow, reader, endedInOrder ? damage : oddEnd), file);
    return { blocks, end: () => ({ damage, oddEnd, endedInOrder, endSampleIndex: 0 }) };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* blocksOf(
  assembler: BlockAssembler,
  nextRows: () => Promise<LongRows | null>,
  file: Deno.FsFile,
): AsyncGenerator<DaqBlock> {
  try {
    for (let rows = await nextRows(); rows !== null; rows = await nextRows()) yield* assembler.push(rows);
    yield* assembler.finish();
  } finally {
    file.close();
  }
}

function isEnded(file: Deno.FsFile): boolean {
  const bytes = new Uint8Array(END.length);
  const { size } = file.statSync();
  if (size < END.length) return false;
  file.seekSync(-END.length, Deno.SeekMode.End);
  file.readSync(bytes);
  file.seekSync(0, Deno.SeekMode.Start);
  return END.every((byte, i) => byte === bytes[i]);
}

type Reader = Awaited<ReturnType<typeof openReader>>["reader"];

async function openReader(arrow: Arrow, path: string, file: Deno.FsFile) {
  try {
    const reader = await (await arrow.RecordBatchReader.from(chunksOf(file))).open();
    const description = reader.schema?.metadata.get("dtollib");
    const names = new Set(reader.schema?.fields.map(({ name }) => name));
    if (description === undefined || !LONG_COLUMN_NAMES.every((name) => names.has(name))) {
      throw new Error("it is not a file of this library's blocks");
    }
    return { reader, description };
  } catch (error) {
    throw new DtolReadError(`Cannot read ${path} as an Arrow stream of blocks: ${reasonOf(error)}`, { cause: error });
  }
}

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(READ_BYTES);
    const n = await file.read(chunk);
    if (n === null) return;
    yield chunk.subarray(0, n);
  }
}

/** The next batch; null at the end, and where the stream breaks off or makes no sense. */
async function nextRows(arrow: Arrow, reader: Reader, problems: string[]): Promise<LongRows | null> {
  try {
    const { done, value } = await reader.next();
    return done ? null : rowsOf(arrow, value);
  } catch (error) {
    problems.push(`what follows the last whole batch cannot be read: ${reasonOf(error)}`);
    return null;
  }
}

function rowsOf(arrow: Arrow, batch: RecordBatch): LongRows {
  const columns = LONG_COLUMN_NAMES.map((name) => [name, columnOf(arrow, batch.getChild(name)!.data[0]!)]);
  return { count: batch.numRows, columns: Object.fromEntries(columns) };
}

/** A column, read out of its memory: a vector's own way takes ten times as long, and gives times in milliseconds. */
function columnOf(arrow: Arrow, { type, values, nullCount, nullBitmap, dictionary, offset }: Data): LongColumn {
  const isNull = (k: number) => nullCount > 0 && nullBitmap !== undefined && !bitOf(nullBitmap, offset + k);
  if (arrow.DataType.isDictionary(type)) {
    const words = Array.from(dictionary as Iterable<string | null>);
    return { at: (k) => isNull(k) ? null : words[values[k]] };
  }
  if (arrow.DataType.isBool(type)) return { at: (k) => isNull(k) ? null : bitOf(values, offset + k) };
  return { at: (k) => isNull(k) ? null : values[k] };
}

function bitOf(bits: Uint8Array, k: number): boolean {
  return (bits[k >> 3]! >> (k & 7) & 1) === 1;
}

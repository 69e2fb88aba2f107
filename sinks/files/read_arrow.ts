/**
 * Blocks out of an Arrow stream that this library wrote.
 *
 * @module
 */

import { type RecordBatch, RecordBatchReader } from "apache-arrow";
import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { BlockAssembler, type TableValue } from "./long_table.ts";

/**
 * The blocks of an Arrow IPC stream, a record batch at a time. A batch that was being written when its program died is
 * left out: the stream then ends with the one before.
 */
export async function* arrowBlocks(path: string): AsyncGenerator<DaqBlock> {
  using file = await Deno.open(path).catch((error) => {
    throw new DtolReadError(`Cannot read ${path}: ${error.message}`, { cause: error });
  });
  const reader = await openReader(path, file);
  const description = reader.schema?.metadata.get("dtollib");
  if (description === undefined) {
    throw new DtolReadError(`Cannot read ${path} as blocks: it is not a file of this library's`);
  }
  const blocks = new BlockAssembler(path, JSON.parse(description));
  for (;;) {
    const batch = await nextBatch(reader);
    if (batch === null) break;
    yield* blocks.push({ count: batch.numRows, column: (name) => columnOf(batch, name) });
  }
  yield* blocks.finish();
}

async function openReader(path: string, file: Deno.FsFile) {
  try {
    return await (await RecordBatchReader.from(chunksOf(file))).open();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DtolReadError(`Cannot read ${path} as an Arrow stream: ${reason}`, { cause: error });
  }
}

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(1 << 20);
    const n = await file.read(chunk);
    if (n === null) return;
    yield chunk.subarray(0, n);
  }
}

async function nextBatch(
  reader: { next(): Promise<IteratorResult<RecordBatch>> | IteratorResult<RecordBatch> },
): Promise<RecordBatch | null> {
  try {
    const { done, value } = await reader.next();
    return done ? null : value;
  } catch {
    return null; // the stream breaks off inside a batch
  }
}

function columnOf(batch: RecordBatch, name: string): ArrayLike<TableValue> | undefined {
  const vector = batch.getChild(name);
  return vector === null ? undefined : Array.from({ length: vector.length }, (_, k) => vector.get(k));
}

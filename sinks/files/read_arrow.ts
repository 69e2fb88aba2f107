/**
 * Blocks out of an Arrow stream that this library wrote.
 *
 * Read by hand: `apache-arrow` takes every length in a file for true, and one that is wrong keeps it busy for hours.
 *
 * @module
 */

import { DtolReadError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { type ColumnData, columnsOf, type Field, type Message, readMessage, wordsOf } from "../arrow/messages.ts";
import { type BlockFile, reasonOf } from "./block_file.ts";
import { BlockAssembler, LONG_COLUMN_NAMES, type LongColumn, type LongRows } from "./long_table.ts";
import { type FileBytes, openBytes } from "./open_bytes.ts";

/** What stands before every message, and, with the length 0, at the end of a stream that was ended in order. */
const MARK = 0xffffffff;
const MARK_BYTES = 8;

/**
 * Opens an Arrow IPC stream. A batch that was being written when its program died is left out: the stream then ends with
 * the one before.
 */
export async function openArrowBlocks(path: string): Promise<BlockFile> {
  const file = await openBytes(path);
  try {
    const stream = new ArrowStream(file);
    const assembler = new BlockAssembler(path, [stream.description(path)]);
    const blocks = blocksOf(assembler, stream, file);
    return { blocks, end: () => ({ ...stream.problems, endedInOrder: stream.endedInOrder, endSampleIndex: 0 }) };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* blocksOf(assembler: BlockAssembler, stream: ArrowStream, file: FileBytes): AsyncGenerator<DaqBlock> {
  try {
    for (const rows of stream.batches()) {
      if (rows === null) assembler.skip();
      else yield* assembler.push(rows);
    }
    yield* assembler.finish();
  } finally {
    file.close();
  }
}

/** A message with its body. */
interface Found {
  readonly message: Message;
  readonly body: Uint8Array;
}

/** The messages of a file, one after the other. */
class ArrowStream {
  /** Whether the stream has its end. */
  readonly endedInOrder: boolean;
  /** What is wrong with it, as far as it was read. */
  readonly problems: { readonly damage: string[]; readonly oddEnd: string[] };
  readonly #file: FileBytes;
  #fields: readonly Field[] = [];
  readonly #words = new Map<number, readonly string[]>();
  #at = 0;

  constructor(file: FileBytes) {
    this.#file = file;
    this.endedInOrder = isEnded(file);
    this.problems = { damage: [], oddEnd: this.endedInOrder ? [] : ["the stream was not ended in order"] };
  }

  /** What the file says about itself; to be asked for first. */
  description(path: string): string {
    try {
      const first = this.#next()?.message;
      if (first?.kind !== "schema") throw new Error("it does not begin with a schema");
      this.#fields = first.fields;
      const names = new Set(first.fields.map(({ name }) => name));
      const description = first.metadata.get("dtollib");
      if (description !== undefined && LONG_COLUMN_NAMES.every((name) => names.has(name))) return description;
      throw new Error("it is not a file of this library's blocks");
    } catch (error) {
      throw new DtolReadError(`Cannot read ${path} as an Arrow stream of blocks: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** The batches; null for one that cannot be read. Ends where the stream ends, or makes no sense. */
  *batches(): Generator<LongRows | null> {
    const { damage, oddEnd } = this.problems;
    for (;;) {
      const at = this.#at;
      let found: Found | null;
      try {
        found = this.#next();
      } catch (error) {
        const where = this.endedInOrder ? damage : oddEnd;
        where.push(`what follows the last whole batch cannot be read: ${reasonOf(error)}`);
        return;
      }
      if (found === null) return;
      try {
        const rows = this.#take(found.message, found.body);
        if (rows !== undefined) yield rows;
      } catch (error) {
        damage.push(`the message at byte ${at} cannot be read: ${reasonOf(error)}`);
        yield null;
      }
    }
  }

  /** The next message; null at the end. */
  #next(): Found | null {
    const file = this.#file;
    if (this.#at === file.byteLength) return null;
    const mark = new DataView(file.read(this.#at, MARK_BYTES).buffer);
    if (mark.getUint32(0, true) !== MARK) throw new Error(`no message begins at byte ${this.#at}`);
    const headBytes = mark.getInt32(4, true);
    if (headBytes === 0) return null;
    const { message, bodyBytes } = readMessage(file.read(this.#at + MARK_BYTES, headBytes));
    const body = file.read(this.#at + MARK_BYTES + headBytes, bodyBytes);
    this.#at += MARK_BYTES + headBytes + bodyBytes;
    return { message, body };
  }

  /** Keeps a dictionary, or gives the rows of a batch. */
  #take(message: Message, body: Uint8Array): LongRows | undefined {
    if (message.kind === "schema") throw new Error("it is a second schema");
    if (message.kind === "batch") return this.#rowsOf(columnsOf(message.batch, this.#fields, body), message.batch.rows);
    this.#words.delete(message.id); // or words that cannot be read would leave those before in their place
    this.#words.set(message.id, wordsOf(message.batch, body));
  }

  #rowsOf(columns: readonly ColumnData[], count: number): LongRows {
    const entries = LONG_COLUMN_NAMES.map((name) => {
      const i = this.#fields.findIndex((field) => field.name === name);
      return [name, this.#columnOf(this.#fields[i]!, columns[i]!, count)];
    });
    return { count, columns: Object.fromEntries(entries) };
  }

  #columnOf({ name, kind, dictionary }: Field, { valid, values }: ColumnData, count: number): LongColumn {
    const isNull = (k: number) => valid !== null && !bitOf(valid, k);
    if (kind === "boolean") return { at: (k) => isNull(k) ? null : bitOf(values as Uint8Array, k) };
    if (kind !== "text") return { at: (k) => isNull(k) ? null : values[k] };
    const words = this.#words.get(dictionary!) ?? [];
    for (let k = 0; k < count; k++) {
      if (!isNull(k) && words[values[k] as number] === undefined) throw new Error(`a word of ${name} is not there`);
    }
    return { at: (k) => isNull(k) ? null : words[values[k] as number] };
  }
}

/** Whether the last bytes are those of a stream that was ended in order. */
function isEnded(file: FileBytes): boolean {
  if (file.byteLength < MARK_BYTES) return false;
  const end = new DataView(file.read(file.byteLength - MARK_BYTES, MARK_BYTES).buffer);
  return end.getUint32(0, true) === MARK && end.getUint32(4, true) === 0;
}

function bitOf(bits: Uint8Array, k: number): boolean {
  return (bits[k >> 3]! >> (k & 7) & 1) === 1;
}

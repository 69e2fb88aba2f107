/**
 * The messages of an Arrow IPC stream, for the columns that this library writes. Nothing here trusts the bytes: each length
 * is held against what is there before anything is done that takes as long or as much memory.
 *
 * @module
 */

import { FlatTable } from "./flat_table.ts";

/** What a column holds; texts are dictionaries. */
export type FieldKind = "integer" | "time" | "double" | "boolean" | "text";

/** A column, as the schema has it. */
export interface Field {
  /** Its name. */
  readonly name: string;
  /** What it holds. */
  readonly kind: FieldKind;
  /** Number of its dictionary; null if it has none. */
  readonly dictionary: number | null;
  /** Bytes of a place in the dictionary. */
  readonly indexBytes: number;
}

/** A message. */
export type Message =
  | { readonly kind: "schema"; readonly fields: readonly Field[]; readonly metadata: ReadonlyMap<string, string> }
  | { readonly kind: "dictionary"; readonly id: number; readonly batch: Batch }
  | { readonly kind: "batch"; readonly batch: Batch };

/** Rows: for each column how many there are and how many of them are null, and where its buffers stand in the body. */
export interface Batch {
  /** How many rows. */
  readonly rows: number;
  /** Length and nulls of each column. */
  readonly nodes: readonly (readonly [number, number])[];
  /** Place and length of each buffer, in bytes. */
  readonly buffers: readonly (readonly [number, number])[];
}

/** One column of a batch, as it stands in memory. */
export interface ColumnData {
  /** A bit a row: whether it is not null. Null when all are. */
  readonly valid: Uint8Array | null;
  /** The values: of `boolean` bits, of `text` places in the dictionary. */
  readonly values: BigInt64Array | Float64Array | Uint8Array | Int8Array | Int16Array | Int32Array;
}

const MOST_FIELDS = 256;
const MOST_NOTES = 256;
const SCHEMA = 1;
const DICTIONARY = 2;
const BATCH = 3;
const VERSION_5 = 4;

/**
 * Reads a message without its body.
 *
 * @returns The message, and how many bytes of body follow it.
 * @throws {Error} If it makes no sense, or is nothing that this library writes.
 */
export function readMessage(bytes: Uint8Array): { message: Message; bodyBytes: number } {
  const root = FlatTable.root(bytes);
  if (root.int16(0) !== VERSION_5) throw new Error(`its format has the version ${root.int16(0)}`);
  const bodyBytes = root.int64(3);
  const head = root.table(2);
  if (head === null || bodyBytes < 0) throw new Error("a message has no head");
  return { message: messageOf(root.byte(1), head), bodyBytes };
}

function messageOf(kind: number, head: FlatTable): Message {
  if (kind === SCHEMA) return schemaOf(head);
  if (kind === BATCH) return { kind: "batch", batch: batchOf(head) };
  const data = kind === DICTIONARY ? head.table(1) : null;
  if (data === null) throw new Error(`a message is of kind ${kind}`);
  if (head.byte(2) !== 0) throw new Error("a dictionary goes on where another ended");
  return { kind: "dictionary", id: head.int64(0), batch: batchOf(data) };
}

function schemaOf(head: FlatTable): Message {
  if (head.int16(0) !== 0) throw new Error("its numbers are big-endian");
  const notes = head.tables(2, MOST_NOTES).map((note): [string, string] => [note.text(0) ?? "", note.text(1) ?? ""]);
  return { kind: "schema", fields: head.tables(1, MOST_FIELDS).map(fieldOf), metadata: new Map(notes) };
}

function fieldOf(field: FlatTable): Field {
  const name = field.text(0) ?? "";
  const encoding = field.table(4);
  const kind = kindOf(field.byte(2), field.table(3));
  if (kind === null || (kind === "text") !== (encoding !== null) || field.tables(5, 1).length > 0) {
    throw new Error(`its column ${JSON.stringify(name.slice(0, 80))} is of another type than this library writes`);
  }
  const index = encoding?.table(1);
  return { name, kind, dictionary: encoding?.int64(0) ?? null, indexBytes: index == null ? 4 : index.int32(0) / 8 };
}

/** By the numbers of Arrow's `Type`. */
function kindOf(number: number, type: FlatTable | null): FieldKind | null {
  if (number === 2) return type?.int32(0) === 64 && type.byte(1) === 1 ? "integer" : null;
  if (number === 3) return type?.int16(0) === 2 ? "double" : null;
  if (number === 5) return "text";
  if (number === 6) return "boolean";
  return number === 10 && type?.int16(0) === 2 ? "time" : null; // in microseconds
}

function batchOf(head: FlatTable): Batch {
  if (head.table(3) !== null) throw new Error("its batches are compressed");
  return { rows: head.int64(0), nodes: head.pairs(1), buffers: head.pairs(2) };
}

/**
 * The columns of a batch: two buffers each. `body` is at the start of its memory.
 *
 * @throws {Error} If a buffer is not in the body, or too small for the rows.
 */
export function columnsOf({ rows, nodes, buffers }: Batch, fields: readonly Field[], body: Uint8Array): ColumnData[] {
  if (nodes.length !== fields.length || buffers.length !== 2 * fields.length || rows < 0) {
    throw new Error(`a batch has ${nodes.length} columns, not ${fields.length}`);
  }
  return fields.map((field, i) => {
    const [length, nulls] = nodes[i]!;
    if (length !== rows) throw new Error(`column ${field.name} has ${length} rows, not ${rows}`);
    const bits = Math.ceil(rows / 8);
    const valid = nulls === 0 ? null : part(body, buffers[2 * i]!, bits);
    const data = (bytes: number) => part(body, buffers[2 * i + 1]!, bytes);
    return { valid, values: valuesOf(field, rows, data) };
  });
}

function valuesOf(field: Field, rows: number, data: (bytes: number) => Uint8Array<ArrayBuffer>): ColumnData["values"] {
  const array = <T>(Type: new (buffer: ArrayBuffer, offset: number, length: number) => T, width: number): T => {
    const bytes = data(width * rows);
    const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
    return new Type(aligned.buffer, aligned.byteOffset, rows);
  };
  if (field.kind === "double") return array(Float64Array, 8);
  if (field.kind === "boolean") return data(Math.ceil(rows / 8));
  if (field.kind !== "text") return array(BigInt64Array, 8);
  if (field.indexBytes === 1) return array(Int8Array, 1);
  if (field.indexBytes === 2) return array(Int16Array, 2);
  if (field.indexBytes === 4) return array(Int32Array, 4);
  throw new Error(`column ${field.name} has places of ${field.indexBytes} bytes`);
}

/**
 * The words of a dictionary.
 *
 * @throws {Error} If they are not where the message says.
 */
export function wordsOf({ rows, buffers }: Batch, body: Uint8Array): string[] {
  if (rows === 0) return [];
  if (buffers.length !== 3 || rows < 0) throw new Error("a dictionary is of something else than words");
  const places = part(body, buffers[1]!, 4 * (rows + 1)).slice();
  const ends = new Uint32Array(places.buffer, 0, rows + 1);
  const letters = part(body, buffers[2]!, ends[rows]!);
  const decoder = new TextDecoder();
  return Array.from({ length: rows }, (_, i) => {
    if (ends[i]! > ends[i + 1]!) throw new Error("the words of a dictionary overlap");
    return decoder.decode(letters.subarray(ends[i]!, ends[i + 1]!));
  });
}

/** A buffer, of which so many bytes are needed. */
function part(body: Uint8Array, [at, length]: readonly [number, number], needed: number): Uint8Array<ArrayBuffer> {
  if (at < 0 || length < needed || at + length > body.byteLength) {
    throw new Error(`${needed} bytes do not fit in the ${length} at ${at} of ${body.byteLength}`);
  }
  return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset + at, length);
}

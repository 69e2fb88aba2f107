/**
 * Cells in Postgres's binary form, the same for COPY and for the parameters of an insert.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../../src/errors.ts";
import type { Cell } from "../columns.ts";
import { floorMicros, utcText } from "../times.ts";

/** Microseconds from 1970 to 2000, from where Postgres counts. */
const EPOCH_2000_US = 946_684_800_000_000;
const NULL_LENGTH = -1;
const encoder = new TextEncoder();

/** Bytes that grow as they are written, most significant first. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  /** How many there are. */
  length = 0;

  /** Starts with some room. */
  constructor(room = 1 << 16) {
    this.#bytes = new Uint8Array(room);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Makes room for more, and gives the place to write them at. */
  grow(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.length));
      bytes.set(this.#bytes.subarray(0, at));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    return at;
  }

  /** Writes a 16-bit number. */
  int16(value: number): void {
    const at = this.grow(2);
    this.#view.setInt16(at, value);
  }
  /** Writes a 32-bit number. */
  int32(value: number): void {
    const at = this.grow(4);
    this.#view.setInt32(at, value);
  }
  /** Writes the length of a value and a 64-bit number. */
  sized64(value: bigint): void {
    const at = this.grow(12);
    this.#view.setInt32(at, 8);
    this.#view.setBigInt64(at + 4, value);
  }
  /** Writes the length of a value and a whole number as 64 bits. */
  sizedWhole(value: number): void {
    const at = this.grow(12);
    this.#view.setInt32(at, 8);
    this.#view.setInt32(at + 4, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 8, value >>> 0);
  }
  /** Writes the length of a value and a double. */
  sizedDouble(value: number): void {
    const at = this.grow(12);
    this.#view.setInt32(at, 8);
    this.#view.setFloat64(at + 4, value);
  }
  /** Writes the length of a value and a single. */
  sizedFloat(value: number): void {
    const at = this.grow(8);
    this.#view.setInt32(at, 4);
    this.#view.setFloat32(at + 4, value);
  }
  /** Writes the length of a value and its bytes. */
  sizedBytes(bytes: Uint8Array): void {
    const at = this.grow(4 + bytes.length);
    this.#view.setInt32(at, bytes.length);
    this.#bytes.set(bytes, at + 4);
  }
  /** Writes bytes. */
  put(bytes: Uint8Array): void {
    const at = this.grow(bytes.length);
    this.#bytes.set(bytes, at);
  }
  /** What is written so far, as a view. */
  view(from = 0, to: number = this.length): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(from, to);
  }
  /** What is written so far, as a copy; starts again. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.length);
    this.length = 0;
    return bytes;
  }
}

/** Writes one cell of a column, its length in front. */
export type CellEncoder = (cell: Cell, out: ByteWriter) => void;

/**
 * The encoder for a type of Postgres; null for types that nothing of ours fits.
 *
 * @param type Name of the type in the catalogue: `float8`, `timestamptz` ...
 * @param column Name of the column, for errors.
 */
export function encoderFor(type: string, column: string): CellEncoder | null {
  const make = ENCODERS[type];
  if (make === undefined) return null;
  const encode = make(column);
  return (cell, out) => cell === null ? out.int32(NULL_LENGTH) : encode(cell, out);
}

type Value = Exclude<Cell, null>;
type Make = (column: string) => (cell: Value, out: ByteWriter) => void;

function refuse(column: string, type: string, cell: Value): DtolSinkSchemaError {
  const shown = typeof cell === "string" ? JSON.stringify(cell.slice(0, 80)) : `${cell}`;
  return new DtolSinkSchemaError(
    `Cannot write ${shown} to column ${JSON.stringify(column)} as its type is ${type}, which cannot hold it`,
  );
}

const float = (type: string, put: (value: number, out: ByteWriter) => void): Make => (column) => (cell, out) => {
  if (typeof cell === "string") throw refuse(column, type, cell);
  put(Number(cell), out);
};

/** A value that is not a number is null where a type has whole numbers only: `sensor_status` says what it was. */
const integer = (type: string, bits: 16 | 32 | 64): Make => (column) => (cell, out) => {
  if (Number.isNaN(cell)) return out.int32(NULL_LENGTH);
  const isWhole = typeof cell === "bigint" || typeof cell === "boolean" || Number.isInteger(cell);
  const value = isWhole ? BigInt(cell as number) : 0n;
  if (!isWhole || BigInt.asIntN(bits, value) !== value) throw refuse(column, type, cell);
  if (bits === 64) return out.sized64(value);
  out.int32(bits / 8);
  if (bits === 32) out.int32(Number(value));
  else out.int16(Number(value));
};

const boolean: Make = (column) => (cell, out) => {
  const number = Number(cell);
  if (typeof cell === "string" || (number !== 0 && number !== 1)) throw refuse(column, "boolean", cell);
  out.int32(1);
  out.put(Uint8Array.of(number));
};

/** UTC nanoseconds; what is finer than a microsecond is cut off. */
const time = (type: string): Make => (column) => (cell, out) => {
  const ns = typeof cell === "bigint" ? cell : typeof cell === "string" ? nsOfText(cell) : null;
  if (ns === null) throw refuse(column, type, cell);
  out.sizedWhole(Number(floorMicros(ns)) - EPOCH_2000_US); // exact for 200 years around 2000
};

function nsOfText(text: string): bigint | null {
  try {
    return Temporal.Instant.from(text).epochNanoseconds;
  } catch {
    return null;
  }
}

/** Text; most columns repeat themselves, so the last bytes are kept. Postgres has no NUL in text. */
const text = (prefix: Uint8Array | null = null, form: (cell: Value) => string = String): Make => () => {
  let last: Value | undefined;
  let bytes = new Uint8Array(0);
  return (cell, out) => {
    if (cell !== last) {
      const plain = encoder.encode(form(cell).replaceAll("\0", "\uFFFD"));
      bytes = prefix === null ? plain : Uint8Array.of(...prefix, ...plain);
      last = cell;
    }
    out.sizedBytes(bytes);
  };
};

/** Metadata and statuses are JSON already; any other cell becomes JSON. */
const json = (prefix: Uint8Array | null): Make => (column) =>
  text(prefix, (cell) => {
    const isJson = column === "metadata" || column === "sensor_status" || column === "value";
    return isJson && typeof cell === "string"
      ? jsonText(cell)
      : JSON.stringify(typeof cell === "bigint" ? `${cell}` : cell);
  })(column);

function jsonText(cell: string): string {
  try {
    JSON.parse(cell);
    return cell;
  } catch {
    return JSON.stringify(cell); // the status of a sample is a bare word
  }
}

const ENCODERS: Readonly<Record<string, Make>> = {
  float8: float("double precision", (value, out) => out.sizedDouble(value)),
  float4: float("real", (value, out) => out.sizedFloat(value)),
  int2: integer("smallint", 16),
  int4: integer("integer", 32),
  int8: integer("bigint", 64),
  numeric: (column) => (cell, out) => {
    if (typeof cell === "string") throw refuse(column, "numeric", cell);
    out.sizedBytes(numericBytes(typeof cell === "boolean" ? Number(cell) : cell));
  },
  bool: boolean,
  timestamptz: time("timestamp with time zone"),
  timestamp: time("timestamp"),
  text: text(),
  varchar: text(),
  bpchar: text(),
  json: json(null),
  jsonb: json(Uint8Array.of(1)),
};

/** `numeric`: groups of four decimal digits, the weight of the first, a sign, and how many digits stand behind the point. */
export function numericBytes(value: number | bigint): Uint8Array {
  const out = new ByteWriter(64);
  if (typeof value === "number" && !Number.isFinite(value)) {
    const sign = Number.isNaN(value) ? 0xc000 : value > 0 ? 0xd000 : 0xf000;
    for (const field of [0, 0, sign, 0]) out.int16(field);
    return out.view();
  }
  const { negative, digits, exponent } = decimalOf(value);
  const scale = Math.max(0, -exponent);
  // Groups are aligned to the point: zeros in front and behind until both sides are whole groups.
  const behind = ((exponent % 4) + 4) % 4;
  const padded = digits + "0".repeat(behind);
  const lowest = (exponent - behind) / 4; // weight of the last group
  const groups = padded.padStart(Math.ceil(padded.length / 4) * 4, "0").match(/.{4}/g)!.map(Number);
  for (const field of [groups.length, lowest + groups.length - 1, negative ? 0x4000 : 0, scale]) out.int16(field);
  for (const group of groups) out.int16(group);
  return out.view();
}

/** A number as digits times a power of ten: the digits are those that JavaScript prints, which name it exactly. */
function decimalOf(value: number | bigint): { negative: boolean; digits: string; exponent: number } {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!;
  const [, sign, whole, fraction = "", power = "0"] = match;
  const digits = (whole! + fraction).replace(/^0+(?=\d)/, "");
  return { negative: sign === "-", digits, exponent: Number(power) - fraction.length };
}

/** A time as text, for columns of text. */
export function timeAsText(encode: CellEncoder): CellEncoder {
  return (cell, out) => encode(typeof cell === "bigint" ? utcText(cell) : cell, out);
}

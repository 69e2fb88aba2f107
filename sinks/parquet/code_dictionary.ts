/**
 * A dictionary of the values that the codes of a row group stand for. Values are a function of codes, so an index is found
 * by looking a code up, and only the values of the codes that occur are ever computed.
 *
 * @module
 */

import { type Codes, codeTypeOf, newCodes } from "../../src/convert/codes.ts";
import { codesToVolts, type Scaling } from "../../src/convert/scaling.ts";
import { bitsFor, type IndexPacker, WIDEST_INDEX } from "./encodings.ts";
import type { Piece } from "./piece.ts";

/** Codes that a table is made for: 24-bit codes that wander further than this have hardly two alike. */
const WIDEST_SPAN = 2 ** 20;

/** The codes of channels that are scaled alike. */
interface CodeTable {
  readonly scaling: Scaling | null;
  /** Codes of the same type, to make arrays of. */
  readonly sample: Codes;
  /** The lowest code of the table, and how many it is for. */
  least: number;
  span: number;
  /** First which codes occur, then the place of each in the dictionary. */
  places: Uint32Array;
}

/** Dictionary of the values of a row group. */
export class CodeDictionary {
  /** Its values. */
  readonly values: Float64Array<ArrayBuffer>;
  /** Bits of an index. */
  readonly width: number;
  readonly #tables: ReadonlyMap<string, CodeTable>;

  private constructor(values: Float64Array<ArrayBuffer>, tables: ReadonlyMap<string, CodeTable>) {
    this.values = values;
    this.width = bitsFor(values.length - 1);
    this.#tables = tables;
  }

  /**
   * Makes the dictionary of some rows.
   *
   * @returns Null where values as they are take less room: values that were no codes, or hardly any two alike.
   */
  static of(pieces: readonly Piece[]): CodeDictionary | null {
    const tables = tablesFor(pieces);
    if (tables === null || tables.size === 0) return null;
    let rows = 0;
    for (const piece of pieces) {
      if (piece.channel < 0) continue;
      rows += piece.count;
      mark(codesOf(piece), tables.get(keyOf(piece))!);
    }
    let size = 0;
    for (const { places } of tables.values()) for (let i = 0; i < places.length; i++) size += places[i]!;
    const width = bitsFor(size - 1);
    if (width > WIDEST_INDEX || 8 * size + width / 8 * rows >= 8 * rows) return null;
    const values = new Float64Array(size);
    let at = 0;
    for (const table of tables.values()) at = fill(table, values, at);
    return new CodeDictionary(values, tables);
  }

  /** Packs the indices of a piece's values. */
  pack(piece: Piece, packer: IndexPacker): void {
    const { places, least } = this.#tables.get(keyOf(piece))!;
    packer.pack(codesOf(piece), places, least);
  }
}

/** The codes of a piece. */
function codesOf({ block, channel, from, count }: Piece): Codes {
  const start = channel * block.samplesPerChannel + from;
  return block.plainCodes!.subarray(start, start + count) as Codes;
}

/** One table for each way of scaling; null when there are values that were no codes, or codes too far apart. */
function tablesFor(pieces: readonly Piece[]): Map<string, CodeTable> | null {
  const tables = new Map<string, CodeTable>();
  for (const piece of pieces) {
    if (piece.channel < 0) continue;
    const codes = piece.block.plainCodes;
    if (codes === null || codes instanceof Float32Array) return null;
    const key = keyOf(piece);
    const { scaling } = piece.block.channels[piece.channel]!;
    let table = tables.get(key);
    if (table === undefined) {
      const least = codes instanceof Int16Array ? -32_768 : 0;
      table = { scaling, sample: codes, least, span: 65_536, places: new Uint32Array(0) };
      if (codes instanceof Int32Array) Object.assign(table, { least: Infinity, span: -Infinity });
      tables.set(key, table);
    }
    if (codes instanceof Int32Array) widen(table, codesOf(piece));
  }
  for (const table of tables.values()) {
    if (table.sample instanceof Int32Array) table.span -= table.least - 1; // it held the highest code so far
    if (table.span > WIDEST_SPAN) return null;
    table.places = new Uint32Array(table.span);
  }
  return tables;
}

/** Makes room in a table for wide codes: there is no fixed range that would not be too large. */
function widen(table: CodeTable, codes: Codes): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < table.least) table.least = code;
    if (code > table.span) table.span = code;
  }
}

function mark(codes: Codes, { places, least }: CodeTable): void {
  for (let i = 0; i < codes.length; i++) places[codes[i]! - least] = 1;
}

/** Turns the marks of a table into places in the dictionary, and writes the values there. */
function fill({ places, least, scaling, sample }: CodeTable, values: Float64Array, at: number): number {
  const codes = newCodes(codeTypeOf(sample), places.length);
  let found = 0;
  for (let i = 0; i < places.length; i++) {
    if (places[i] === 0) continue;
    codes[found] = i + least;
    places[i] = at + found++;
  }
  const present = codes.subarray(0, found) as Codes;
  const into = values.subarray(at, at + found);
  if (scaling === null) into.set(present);
  else codesToVolts(present, into, scaling); // the function that every other reader of the block gets its values from
  return at + found;
}

const KEYS = new WeakMap<object, string>();

/** What a channel's values depend on beside its codes. */
function keyOf({ block, channel }: Piece): string {
  const { scaling } = block.channels[channel]!;
  const type = codeTypeOf(block.plainCodes!);
  if (scaling === null) return type;
  let key = KEYS.get(scaling);
  if (key === undefined) {
    const { lowVolts, highVolts, gain, bits, encoding } = scaling;
    KEYS.set(scaling, key = `${lowVolts} ${highVolts} ${gain} ${bits} ${encoding} `);
  }
  return key + type;
}

/**
 * The encodings of Parquet values that the pages of blocks are made of.
 *
 * @module
 */

/** Some rows with the same value. */
export interface Run<T> {
  /** The value; null where there is none. */
  readonly value: T | null;
  /** Rows. */
  readonly count: number;
}

/** Values in a block of DELTA_BINARY_PACKED, and how many miniblocks share them: readers skip by whole miniblocks. */
const DELTA_BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = DELTA_BLOCK / MINIBLOCKS;
/** Bits of an index, at most: more entries than this allows take more room than they save. */
export const WIDEST_INDEX = 24;

/** Bits that a number from 0 needs. */
export function bitsFor(value: number): number {
  return value > 0xffffffff ? 64 - Math.clz32(value / 2 ** 32) : 32 - Math.clz32(value);
}

/** Writes an unsigned number of up to 53 bits, seven bits a byte; gives the place behind it. */
function putVarInt(out: Uint8Array, at: number, value: number): number {
  for (; value >= 0x80; value = Math.floor(value / 0x80)) out[at++] = value % 0x80 | 0x80;
  out[at++] = value;
  return at;
}

/** The same for a signed number of 64 bits. */
function putZigZag(out: Uint8Array, at: number, value: bigint): number {
  let rest = BigInt.asUintN(64, value << 1n ^ value >> 63n);
  for (; rest >= 0x80n; rest >>= 7n) out[at++] = Number(rest & 0x7fn) | 0x80;
  out[at++] = Number(rest);
  return at;
}

/**
 * DELTA_BINARY_PACKED: whole numbers as their differences.
 *
 * @param first The first value.
 * @param since Each value less some number that is the same for all; whole, exact as doubles.
 */
export function deltaBinaryPacked(first: bigint, since: Float64Array): Uint8Array<ArrayBuffer> {
  const n = since.length;
  const blocks = Math.ceil((n - 1) / DELTA_BLOCK);
  const out = new Uint8Array(32 + blocks * (16 + 7 * DELTA_BLOCK));
  let at = putVarInt(out, 0, DELTA_BLOCK);
  at = putVarInt(out, at, MINIBLOCKS);
  at = putVarInt(out, at, n);
  at = putZigZag(out, at, first);
  const deltas = new Float64Array(DELTA_BLOCK);
  for (let start = 1; start < n; start += DELTA_BLOCK) {
    const count = Math.min(DELTA_BLOCK, n - start);
    let least = Infinity;
    for (let i = 0; i < count; i++) {
      const delta = since[start + i]! - since[start + i - 1]!;
      deltas[i] = delta;
      if (delta < least) least = delta;
    }
    at = putZigZag(out, at, BigInt(least));
    at = putMiniblocks(out, at, deltas, count, least);
  }
  return out.subarray(0, at);
}

/** The widths of a block's miniblocks, then their bits. */
function putMiniblocks(out: Uint8Array, at: number, deltas: Float64Array, count: number, least: number): number {
  let place = at + MINIBLOCKS;
  for (let m = 0; m < MINIBLOCKS; m++) {
    const from = m * MINIBLOCK;
    const to = Math.min(from + MINIBLOCK, count);
    let most = 0;
    for (let i = from; i < to; i++) if (deltas[i]! - least > most) most = deltas[i]! - least;
    const width = bitsFor(most);
    out[at + m] = width;
    if (width === 0) continue;
    // Bit by bit: times differ by one rounding, so the width is 1 in all but odd cases.
    for (let i = from; i < to; i++) {
      let bit = 8 * place + (i - from) * width;
      for (let rest = deltas[i]! - least; rest > 0; rest = Math.floor(rest / 2), bit++) {
        if (rest % 2 === 1) out[bit >> 3]! |= 1 << (bit & 7);
      }
    }
    place += width * MINIBLOCK / 8;
  }
  return place;
}

/** A run of the RLE/bit-packed hybrid: one value, as often as it says. */
function putRleRun(out: Uint8Array, at: number, count: number, value: number, width: number): number {
  at = putVarInt(out, at, count * 2);
  for (let bits = 0; bits < width; bits += 8) out[at++] = value >>> bits & 255;
  return at;
}

/** Runs of small numbers in the RLE/bit-packed hybrid, `width` bits each. */
export function rleRuns(runs: readonly Run<number>[], width: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(runs.length * 14);
  let at = 0;
  for (const { value, count } of runs) at = putRleRun(out, at, count, value ?? 0, width);
  return out.subarray(0, at);
}

/** Definition levels of a column that may be null, with their length in front, as a data page of version 1 has them. */
export function definitionLevels(runs: readonly Run<unknown>[]): Uint8Array<ArrayBuffer> {
  const levels = rleRuns(mergeRuns(runs.map(({ value, count }) => ({ value: value === null ? 0 : 1, count }))), 1);
  const out = new Uint8Array(4 + levels.length);
  new DataView(out.buffer).setUint32(0, levels.length, true);
  out.set(levels, 4);
  return out;
}

/** Neighbours with the same value as one run. */
export function mergeRuns<T>(runs: readonly Run<T>[]): Run<T>[] {
  const merged: { value: T | null; count: number }[] = [];
  for (const { value, count } of runs) {
    const last = merged.at(-1);
    if (last !== undefined && last.value === value) last.count += count;
    else if (count > 0) merged.push({ value, count });
  }
  return merged;
}

/**
 * Packs indices into a dictionary, and is fed piece by piece: what comes out is the bit-packed run of a data page.
 * Blocks of codes go through here sample by sample, so there is one table to look in, one shift, and one store for every
 * 32 bits.
 */
export class IndexPacker {
  readonly #width: number;
  #words: Uint32Array<ArrayBuffer>;
  #at = 0;
  #waiting = 0;
  #bits = 0;
  #count = 0;

  /** Makes a packer for indices of so many bits, up to {@linkcode WIDEST_INDEX}. */
  constructor(width: number, rows: number) {
    this.#width = width;
    this.#words = new Uint32Array(Math.ceil(rows * width / 32) + 8);
  }

  /** Packs the index that a table has for each code, counted from `least`. */
  pack(codes: ArrayLike<number>, places: Uint32Array, least: number): void {
    const width = this.#width;
    this.#count += codes.length;
    if (width === 0) return;
    const room = Math.ceil(this.#count * width / 32) + 8;
    if (room > this.#words.length) this.#grow(room);
    const words = this.#words;
    let at = this.#at, waiting = this.#waiting, bits = this.#bits;
    for (let i = 0; i < codes.length; i++) {
      const index = places[codes[i]! - least]!;
      waiting |= index << bits;
      bits += width;
      if (bits >= 32) {
        words[at++] = waiting;
        bits -= 32;
        waiting = index >>> (width - bits); // what of it did not fit
      }
    }
    this.#at = at;
    this.#waiting = waiting;
    this.#bits = bits;
  }

  /**
   * Ends the page: the width of its indices and the head of the run, then the packed bits. They are good until the packer
   * is fed again, which starts a new page.
   */
  take(): readonly Uint8Array[] {
    const width = this.#width;
    const groups = Math.ceil(this.#count / 8);
    const head = new Uint8Array(8);
    head[0] = width;
    const end = width === 0 ? putRleRun(head, 1, this.#count, 0, 0) : putVarInt(head, 1, groups * 2 + 1);
    this.#words.fill(0, this.#at, this.#at + 8); // the last group of eight may have rests of a page before
    this.#words[this.#at] = this.#waiting;
    this.#at =
      this.#waiting =
      this.#bits =
      this.#count =
        0;
    return [head.subarray(0, end), new Uint8Array(this.#words.buffer, 0, groups * width)];
  }

  #grow(room: number): void {
    const words = new Uint32Array(2 * room);
    words.set(this.#words.subarray(0, this.#at));
    this.#words = words;
  }
}

/** PLAIN: texts with their lengths. */
export function plainTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

/** PLAIN: whole numbers of 64 bits. */
export function plainIntegers(values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** PLAIN: truth values, one bit each. */
export function plainBooleans(runs: readonly Run<boolean>[]): Uint8Array<ArrayBuffer> {
  const total = runs.reduce((sum, { value, count }) => sum + (value === null ? 0 : count), 0);
  const out = new Uint8Array(Math.ceil(total / 8));
  let at = 0;
  for (const { value, count } of runs) {
    if (value) fillBits(out, at, at + count);
    if (value !== null) at += count;
  }
  return out;
}

function fillBits(out: Uint8Array, from: number, to: number): void {
  for (; from < to && (from & 7) !== 0; from++) out[from >> 3]! |= 1 << (from & 7);
  for (; to > from && (to & 7) !== 0; to--) out[(to - 1) >> 3]! |= 1 << ((to - 1) & 7);
  if (to > from) out.fill(255, from >> 3, to >> 3);
}

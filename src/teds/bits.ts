/**
 * Bits of a TEDS, and the files and memories they stand in.
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";

/**
 * What a TEDS stands in:
 *
 * - `stream`: the bits alone, eight a byte, the lowest bit of the first byte first;
 * - `pages`: the memory of a 1-wire chip, pages of 32 bytes that each begin with a checksum byte, so that the bytes of
 *   a page add up to 0 modulo 256;
 * - `bit_per_byte`: the `.ted` files of National Instruments, which hold a byte 0 or 1 for each bit; the first 40 bits
 *   are the text `[v03]`.
 */
export const TEDS_CONTAINERS = ["stream", "pages", "bit_per_byte"] as const;
/** One of {@linkcode TEDS_CONTAINERS}. */
export type TedsContainer = typeof TEDS_CONTAINERS[number];

const PAGE = 32;
const SIGNATURE = "[v03]";
/** No chip or file of this kind is anywhere near as long. */
const MAX_BYTES = 1 << 16;

/** Reads bits in order, lowest first. */
export class TedsBits {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** Begins at the first bit of some bytes. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number of the next bit. */
  get position(): number {
    return this.#at;
  }

  /**
   * The next bits as a number, the first of them lowest.
   *
   * @param count How many, 0 to 32.
   * @param what What they are, for the error.
   * @throws {DtolReadError} If so many are not there.
   */
  take(count: number, what: string): number {
    if (this.#at + count > this.#bytes.length * 8) {
      throw new DtolReadError(
        `Cannot read the ${what} of a TEDS: it ends at bit ${this.#bytes.length * 8}, and bits ${this.#at} to ${
          this.#at + count - 1
        } are needed`,
      );
    }
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      if ((this.#bytes[this.#at >> 3]! >> (this.#at & 7)) & 1) value += 2 ** i;
    }
    return value;
  }
}

/**
 * The bits of a TEDS, out of whatever they stand in.
 *
 * @param bytes Content of a file or a memory.
 * @param container What it is; by default the content tells: `.ted` files by their text, pages by their checksums.
 * @throws {DtolReadError} If it is empty, too long, or not what it is said to be.
 */
export function tedsBits(bytes: Uint8Array, container: TedsContainer = guess(bytes)): TedsBits {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) {
    throw new DtolReadError(`Cannot read a TEDS of ${bytes.length} bytes: it must have 1 to ${MAX_BYTES}`);
  }
  switch (container) {
    case "stream":
      return new TedsBits(bytes);
    case "pages":
      return new TedsBits(withoutChecksums(bytes));
    case "bit_per_byte":
      return withoutSignature(bytes);
  }
}

function guess(bytes: Uint8Array): TedsContainer {
  if (isBitPerByte(bytes)) return "bit_per_byte";
  const isPages = bytes.length > 0 && bytes.length % PAGE === 0 && bytes.some((byte) => byte !== 0) &&
    pages(bytes).every((page) => sum(page) === 0);
  return isPages ? "pages" : "stream";
}

function isBitPerByte(bytes: Uint8Array): boolean {
  return bytes.length >= 8 * SIGNATURE.length && bytes.every((byte) => byte <= 1) && bytes.includes(1);
}

function withoutSignature(bytes: Uint8Array): TedsBits {
  const bad = bytes.findIndex((byte) => byte > 1);
  if (bad >= 0) {
    throw new DtolReadError(`Cannot read a TEDS with a byte for each bit: byte ${bad} is ${bytes[bad]}, not 0 or 1`);
  }
  const packed = new Uint8Array((bytes.length + 7) >> 3);
  bytes.forEach((bit, i) => packed[i >> 3]! |= bit << (i & 7));
  const text = new TextDecoder("latin1").decode(packed.subarray(0, SIGNATURE.length));
  if (text !== SIGNATURE) {
    throw new DtolReadError(
      `Cannot read a TEDS with a byte for each bit: it begins with ${JSON.stringify(text)}, not "${SIGNATURE}"`,
    );
  }
  return new TedsBits(packed.subarray(SIGNATURE.length));
}

function withoutChecksums(bytes: Uint8Array): Uint8Array {
  if (bytes.length % PAGE !== 0) {
    throw new DtolReadError(`Cannot read a TEDS in pages of ${PAGE} bytes: it has ${bytes.length} bytes`);
  }
  const data = new Uint8Array(bytes.length / PAGE * (PAGE - 1));
  pages(bytes).forEach((page, i) => {
    if (sum(page) !== 0) {
      throw new DtolReadError(
        `Cannot read page ${i} of a TEDS as its checksum is wrong: the bytes add up to ${sum(page)}, not 0`,
      );
    }
    data.set(page.subarray(1), i * (PAGE - 1));
  });
  return data;
}

function pages(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / PAGE }, (_, i) => bytes.subarray(i * PAGE, (i + 1) * PAGE));
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0) % 256;
}

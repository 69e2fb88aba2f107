/**
 * LZ4 blocks, which Parquet calls `LZ4_RAW`: nothing in Deno makes them.
 *
 * @module
 */

const LEAST_MATCH = 4;
const HASH_BITS = 14;
const FARTHEST = 65_535;
/** The format wants the last bytes of a block as literals, and no match to start among the last twelve. */
const LAST_LITERALS = 5;
const LAST_START = 12;

/** Compresses bytes: greedily, one try a position, which is enough for pages that repeat themselves or do not. */
export function lz4Compress(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 255) + 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Int32Array(1 << HASH_BITS).fill(-1);
  let written = 0, anchor = 0, at = 0;
  while (at < bytes.length - LAST_START) {
    const word = view.getUint32(at, true);
    const hash = Math.imul(word, 2_654_435_761) >>> (32 - HASH_BITS);
    const match = places[hash]!;
    places[hash] = at;
    if (match < 0 || at - match > FARTHEST || view.getUint32(match, true) !== word) {
      at += 1 + ((at - anchor) >> 6); // longer steps where nothing repeats
      continue;
    }
    let length = LEAST_MATCH;
    while (at + length < bytes.length - LAST_LITERALS && bytes[at + length] === bytes[match + length]) length++;
    written = putSequence(out, written, bytes.subarray(anchor, at), at - match, length);
    at += length;
    anchor = at;
  }
  return out.subarray(0, putSequence(out, written, bytes.subarray(anchor), 0, 0));
}

/** Writes literals and the match behind them; a match of length 0 ends the block. */
function putSequence(out: Uint8Array, at: number, literals: Uint8Array, distance: number, length: number): number {
  const more = length === 0 ? 0 : length - LEAST_MATCH;
  const token = at++;
  out[token] = Math.min(literals.length, 15) << 4 | Math.min(more, 15);
  if (literals.length >= 15) at = putLength(out, at, literals.length - 15);
  out.set(literals, at);
  at += literals.length;
  if (length === 0) return at;
  out[at++] = distance & 255;
  out[at++] = distance >> 8;
  return more >= 15 ? putLength(out, at, more - 15) : at;
}

function putLength(out: Uint8Array, at: number, length: number): number {
  for (; length >= 255; length -= 255) out[at++] = 255;
  out[at++] = length;
  return at;
}

/**
 * Decompresses what {@linkcode lz4Compress} or another writer made.
 *
 * @param bytes The block.
 * @param length Bytes that come out.
 * @throws {RangeError} If the block is damaged.
 */
export function lz4Decompress(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let at = 0, written = 0;
  const lengthFrom = (start: number) => {
    let sum = start;
    for (let byte = start === 15 ? 255 : 0; byte === 255;) sum += byte = bytes[at++] ?? 0;
    return sum;
  };
  while (at < bytes.length) {
    const token = bytes[at++]!;
    const literals = lengthFrom(token >> 4);
    if (at + literals > bytes.length || written + literals > length) throw new RangeError("This LZ4 block is damaged");
    out.set(bytes.subarray(at, at + literals), written);
    at += literals;
    written += literals;
    if (at >= bytes.length) break;
    const distance = bytes[at]! | bytes[at + 1]! << 8;
    at += 2;
    const end = written + LEAST_MATCH + lengthFrom(token & 15);
    if (distance === 0 || distance > written || end > length) throw new RangeError("This LZ4 block is damaged");
    for (; written < end; written++) out[written] = out[written - distance]!; // may overlap itself
  }
  if (written !== length) throw new RangeError("This LZ4 block is damaged");
  return out;
}

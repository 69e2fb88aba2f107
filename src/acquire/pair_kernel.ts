/**
 * Two channels of 16 bits, as boards with the highest rates have: eight scans are turned at a time, by vector instructions
 * that only WebAssembly offers. It reaches no memory but its own, so scans are copied in, tile by tile, and the channels
 * are left where file and ring read them. With both copies this takes a third of the time of a loop in TypeScript.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";

/** Bytes of scans that are copied in at a time: they stay in a near cache until they are turned. */
const TILE_BYTES = 64 * 1024;
const BYTES_PER_SCAN = 4;
/** Scans that one turn of the loop reads: two vectors of them. */
const SCANS_PER_STEP = 8;
const PAGE_BYTES = 64 * 1024;

// The module in the words of WebAssembly's text format:
//
//   (import "" "" (memory 1))
//   (func (export "") (param $from i32) (param $end i32) (param $first i32) (param $second i32)
//     (local $low v128) (local $high v128)
//     (loop
//       (local.set $low (v128.load (local.get $from)))                  ;; a0 b0 a1 b1 a2 b2 a3 b3
//       (local.set $high (v128.load offset=16 (local.get $from)))       ;; a4 b4 a5 b5 a6 b6 a7 b7
//       (v128.store (local.get $first) (i8x16.shuffle ... (local.get $low) (local.get $high)))   ;; a0 to a7
//       (v128.store (local.get $second) (i8x16.shuffle ... (local.get $low) (local.get $high)))  ;; b0 to b7
//       (local.set $first (i32.add (local.get $first) (i32.const 16)))
//       (local.set $second (i32.add (local.get $second) (i32.const 16)))
//       (br_if 0 (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 32))) (local.get $end)))))

const [FROM, END, FIRST, SECOND, LOW, HIGH] = [0, 1, 2, 3, 4, 5] as const;
const [I32, V128] = [0x7f, 0x7b] as const;
const I32_ADD = 0x6a;
const I32_LT_U = 0x49;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const plus = (local: number, bytes: number) => [...get(local), 0x41, bytes, I32_ADD];
const load = (offset: number) => [0xfd, 0x00, 0, offset];
const STORE = [0xfd, 0x0b, 0, 0];
/** Every second 16-bit lane of two vectors, from the first or from the second on. */
const lanes = (firstByte: number) => [
  ...[...get(LOW), ...get(HIGH), 0xfd, 0x0d],
  ...Array.from({ length: 16 }, (_, i) => firstByte + 4 * (i >> 1) + (i & 1)),
];

const LOOP = [
  ...[0x03, 0x40],
  ...[...get(FROM), ...load(0), ...set(LOW)],
  ...[...get(FROM), ...load(16), ...set(HIGH)],
  ...[...get(FIRST), ...lanes(0), ...STORE],
  ...[...get(SECOND), ...lanes(2), ...STORE],
  ...[...plus(FIRST, 16), ...set(FIRST)],
  ...[...plus(SECOND, 16), ...set(SECOND)],
  ...[...plus(FROM, SCANS_PER_STEP * BYTES_PER_SCAN), ...tee(FROM), ...get(END), I32_LT_U],
  ...[0x0d, 0, 0x0b],
];
const BODY = [1, 2, V128, ...LOOP, 0x0b];

/** A length, written in two bytes whether it needs the second or not. */
const length = (bytes: readonly number[]) => [bytes.length & 0x7f | 0x80, bytes.length >> 7];
const section = (id: number, ...bytes: number[]) => [id, ...length(bytes), ...bytes];

const MODULE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 4, I32, I32, I32, I32, 0), // types: one function of four numbers
  ...section(2, 1, 0, 0, 2, 0, 1), // imports: a memory of at least a page
  ...section(3, 1, 0), // functions: one, of the first type
  ...section(7, 1, 0, 0, 0), // exports: the function
  ...section(10, 1, ...length(BODY), ...BODY),
]);

type Turn = (from: number, end: number, first: number, second: number) => void;

/** Turns scans of two 16-bit codes, and owns the memory that the channels come to lie in. */
export class PairKernel {
  /** All of its memory. */
  readonly memory: ArrayBuffer;
  /** Where in the memory the room for the channels begins. */
  readonly roomOffset = TILE_BYTES;
  readonly #tile: Uint8Array<ArrayBuffer>;
  readonly #turn: Turn;

  private constructor(roomBytes: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((TILE_BYTES + roomBytes) / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE), { "": { "": memory } });
    this.memory = memory.buffer as ArrayBuffer; // it is not shared
    this.#tile = new Uint8Array(this.memory, 0, TILE_BYTES);
    this.#turn = exports[""] as Turn;
  }

  /** Makes one with room for so many bytes; null where the machine has no such instructions, or not the memory. */
  static create(roomBytes: number): PairKernel | null {
    try {
      return new PairKernel(roomBytes);
    } catch {
      return null; // the plain way does the same
    }
  }

  /**
   * Turns as many scans as fit its step.
   *
   * @param scans Codes scan after scan, in any memory.
   * @param byChannel Where the channels go, in this kernel's room.
   * @param samples Scans to turn.
   * @returns How many are turned: all but the last few.
   */
  turn(scans: Codes, byChannel: Codes, samples: number): number {
    const turned = samples - samples % SCANS_PER_STEP;
    const bytes = new Uint8Array(scans.buffer, scans.byteOffset, turned * BYTES_PER_SCAN);
    for (let from = 0; from < bytes.length; from += TILE_BYTES) {
      const part = bytes.subarray(from, from + TILE_BYTES);
      const first = byChannel.byteOffset + from / 2;
      this.#tile.set(part);
      this.#turn(0, part.length, first, first + 2 * samples);
    }
    return turned;
  }
}

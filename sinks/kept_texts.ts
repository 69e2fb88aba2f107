/**
 * Texts of values that come again and again: a board has a few thousand codes, and a text costs more than all the rest.
 *
 * @module
 */

import type { DaqBlock } from "../src/model/block.ts";

const SLOTS = 65_536;

/** The text of values, kept by the code they came from. The value is compared as well, so a wrong text cannot come out. */
export class KeptTexts {
  readonly #values: Float64Array<ArrayBuffer> = new Float64Array(SLOTS).fill(NaN);
  readonly #texts: string[];
  readonly #make: (value: number) => string;

  /** Keeps the texts that a function makes of values. */
  constructor(make: (value: number) => string) {
    this.#make = make;
    this.#texts = new Array<string>(SLOTS).fill(make(NaN));
  }

  /** The text of a value, whose key is the same for the same value. */
  textOf(key: number, value: number): string {
    const slot = (key ^ (key >>> 16)) & 0xffff;
    if (Object.is(this.#values[slot], value)) return this.#texts[slot]!; // NaN is NaN here, and -0 is not 0
    this.#values[slot] = value;
    return this.#texts[slot] = this.#make(value);
  }
}

/** What tells the values of a channel apart: the codes, or the bits of values that a board or a file gave as floats. */
export function keysOf(
  { plainCodes: codes, samplesPerChannel: n }: DaqBlock,
  i: number,
  values: Float64Array,
): ArrayLike<number> {
  if (codes === null) {
    const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    return Int32Array.from(values, (_, k) => halves[2 * k]! ^ halves[2 * k + 1]!);
  }
  const own = codes.subarray(i * n, (i + 1) * n);
  return own instanceof Float32Array ? new Int32Array(own.buffer, own.byteOffset, own.length) : own;
}

/**
 * Whether looking at a buffer that is being filled leaves it as it is: nobody has seen a driver do it.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type Codes, type CodeType, newCodes } from "../convert/codes.ts";

/**
 * What was seen of a buffer must be what it begins with ever after. A driver that takes the samples out of it, or fills it
 * again, would shift all that follows by a number that nobody knows; this shows it at the next look, or when the buffer is
 * full.
 */
export class PeekCheck {
  readonly #seen: Codes;
  #count = 0;
  #isProven = false;

  /**
   * @param type Type of the codes.
   * @param codesPerBuffer Codes in a buffer.
   */
  constructor(type: CodeType, codesPerBuffer: number) {
    this.#seen = newCodes(type, codesPerBuffer);
  }

  /** Whether a buffer was looked at twice, and held the same twice: until then a constant signal could hide a shift. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** The buffer that was looked at is another's, or overwritten: what was seen of it tells nothing. */
  forget(): void {
    this.#count = 0;
  }

  /**
   * The buffer was looked at; or the next one, if the one before was {@linkcode full}.
   *
   * @returns Whether it begins with what was seen of it before.
   */
  looked(codes: Codes): boolean {
    const isSame = this.#begins(codes) && codes.length >= this.#count;
    if (isSame && this.#count > 0) this.#isProven = true;
    this.#seen.set(codes);
    this.#count = codes.length;
    return isSame;
  }

  /**
   * The buffer that was looked at is done.
   *
   * @param codes What it holds.
   * @param isWhole Whether it must hold all that was seen of it: the end of a run may cut it.
   * @returns Whether it begins with what was seen of it.
   */
  full(codes: Codes, isWhole: boolean): boolean {
    const isSame = this.#begins(codes) && (!isWhole || codes.length >= this.#count);
    this.forget();
    return isSame;
  }

  /** As bytes, as a float that stands for a broken sensor may be no number. */
  #begins(codes: Codes): boolean {
    const count = Math.min(this.#count, codes.length);
    return Buffer.compare(bytesOf(codes, count), bytesOf(this.#seen, count)) === 0;
  }
}

function bytesOf(codes: Codes, count: number): Uint8Array {
  return new Uint8Array(codes.buffer, codes.byteOffset, count * codes.BYTES_PER_ELEMENT);
}

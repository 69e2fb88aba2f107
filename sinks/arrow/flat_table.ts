/**
 * Tables of FlatBuffers, which Arrow's messages are made of, out of bytes that nobody vouches for: every access stays inside
 * of them and no vector is longer than they are, so no length that stands in them can keep a reader busy.
 *
 * @module
 */

/** A table. Fields are told by their number in Arrow's schema files; one that is not there has its default. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableBytes = view.getUint16(this.#vtable, true);
  }

  /**
   * The table that a message begins with. This and all that is asked of a table throws a `RangeError` where it would leave
   * the bytes.
   */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** A byte, also a true or false, or the number of a kind of table. */
  byte(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : this.#view.getUint8(at);
  }

  /** A number of 16 bits. */
  int16(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : this.#view.getInt16(at, true);
  }

  /** A number of 32 bits. */
  int32(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : this.#view.getInt32(at, true);
  }

  /** A number of 64 bits that is a length, a place or a count: below 2^53. */
  int64(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : this.#wholeAt(at);
  }

  /** Another table; null if there is none. */
  table(field: number): FlatTable | null {
    const at = this.#place(field);
    return at === null ? null : new FlatTable(this.#view, this.#follow(at));
  }

  /** Tables, of which there may be so many. */
  tables(field: number, most: number): FlatTable[] {
    const { start, count } = this.#vector(field, 4);
    if (count > most) throw new RangeError(`it has ${count} entries where at most ${most} make sense`);
    return Array.from({ length: count }, (_, i) => new FlatTable(this.#view, this.#follow(start + 4 * i)));
  }

  /** A text; null if there is none. */
  text(field: number): string | null {
    if (this.#place(field) === null) return null;
    const { start, count } = this.#vector(field, 1);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, count));
  }

  /** Pairs of numbers of 64 bits: the nodes and buffers of a batch. */
  pairs(field: number): [number, number][] {
    const { start, count } = this.#vector(field, 16);
    return Array.from({ length: count }, (_, i) => [this.#wholeAt(start + 16 * i), this.#wholeAt(start + 16 * i + 8)]);
  }

  #place(field: number): number | null {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#vtableBytes) return null;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? null : this.#at + offset;
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  #vector(field: number, width: number): { start: number; count: number } {
    const at = this.#place(field);
    if (at === null) return { start: 0, count: 0 };
    const head = this.#follow(at);
    const count = this.#view.getUint32(head, true);
    if (head + 4 + count * width > this.#view.byteLength) {
      throw new RangeError(`a vector of ${count} does not fit in ${this.#view.byteLength} bytes`);
    }
    return { start: head + 4, count };
  }

  #wholeAt(at: number): number {
    const value = Number(this.#view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no length or place`);
    return value;
  }
}

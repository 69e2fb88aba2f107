/**
 * The backlog between the drainer's thread and the main thread: slots of shared memory, filled and freed in turn.
 *
 * Its memory is fixed, so a reader that sleeps makes it full and not the machine; and no block that fits waits for a
 * message queue that could grow without end. All slots are used from the first round on, so what the process takes
 * is known within seconds, and does not grow on the day when the reader sleeps for the first time.
 *
 * @module
 */

import { bytesPerCode, type Codes, type CodeType, newCodes, viewSharedCodes } from "../convert/codes.ts";

/** What both threads must know of a ring; passes through `postMessage`. */
export interface RingShape {
  /** The slots, one after the other, and before them a counter of slots freed and whether anybody still takes them. */
  readonly memory: SharedArrayBuffer;
  /** Number of slots. */
  readonly slots: number;
  /** Codes that one slot holds. */
  readonly codesPerSlot: number;
  /** Type of the codes. */
  readonly type: CodeType;
}

const HEAD_BYTES = 64; // its two words have a cache line of their own
const PAGE_BYTES = 4096;
const FREED = 0;
const CLOSED = 1;

/** Makes the shared memory of a ring. */
export function ringShape(type: CodeType, codesPerSlot: number, slots: number): RingShape {
  const memory = new SharedArrayBuffer(HEAD_BYTES + slots * codesPerSlot * bytesPerCode(type));
  return { memory, slots, codesPerSlot, type };
}

/** One thread's end of a ring: the drainer puts, the main thread takes. */
export class BlockRing {
  readonly #shape: RingShape;
  readonly #head: Int32Array;
  readonly #codes: ReturnType<typeof viewSharedCodes>;
  /** Slots put (on the drainer's thread) or taken (on the main thread); wraps like the shared counter. */
  #count = 0;
  /** Memory for the next take. */
  #spare: Codes | null = null;
  /** Codes of the last take. */
  #taken = 0;
  /** The slot of the next put or take. */
  #slot = 0;
  /** Slots that were written to since the ring was made, from the first one on. Drainer's thread. */
  #touched = 0;

  /** Attaches to the shared memory. */
  constructor(shape: RingShape) {
    const { memory, slots, codesPerSlot, type } = shape;
    this.#shape = shape;
    this.#head = new Int32Array(memory, 0, 2);
    this.#codes = viewSharedCodes(type, memory, HEAD_BYTES, slots * codesPerSlot);
  }

  /** Copies codes into the next slot; false when all slots wait for the reader, or nobody reads. Drainer's thread. */
  put(codes: Codes): boolean {
    const { slots, codesPerSlot } = this.#shape;
    const waiting = (this.#count - Atomics.load(this.#head, FREED)) | 0;
    if (waiting >= slots || Atomics.load(this.#head, CLOSED) !== 0) return false;
    this.#codes.set(codes, this.#slot * codesPerSlot);
    if (this.#slot === this.#touched) this.#touched++;
    this.#step();
    return true;
  }

  /**
   * Touches the slot of the next {@linkcode put} if nobody has yet: the system gives memory when it is first written to,
   * page by page, and that takes longer than the copy. For the time when there is nothing else to do. Drainer's thread.
   */
  prepareSlot(): void {
    if (this.#slot !== this.#touched) return;
    this.#touched++;
    const { memory, codesPerSlot, type } = this.#shape;
    const bytes = codesPerSlot * bytesPerCode(type);
    const slot = new Uint8Array(memory, HEAD_BYTES + this.#slot * bytes, bytes);
    for (let at = 0; at < bytes; at += PAGE_BYTES) slot[at] = 0;
  }

  /**
   * Gets memory for the next {@linkcode take}, if that is as long as the last, and touches it: for the time when there is
   * nothing else to do. Main thread.
   */
  prepare(): void {
    this.#spare ??= newCodes(this.#shape.type, this.#taken).fill(0) as Codes;
  }

  /** Copies the oldest waiting slot out and frees it. Main thread, once for each slot it was told of. */
  take(length: number): Codes {
    const codes = this.#spare?.length === length ? this.#spare : newCodes(this.#shape.type, length);
    this.#spare = null;
    this.#taken = length;
    const at = this.#slot * this.#shape.codesPerSlot;
    codes.set(this.#codes.subarray(at, at + length));
    this.free();
    return codes;
  }

  /** Frees the oldest waiting slot unread. Main thread. */
  free(): void {
    this.#step();
    Atomics.store(this.#head, FREED, this.#count);
  }

  /** Takes no more: the drainer need not copy what nobody reads. Main thread. */
  close(): void {
    Atomics.store(this.#head, CLOSED, 1);
  }

  #step(): void {
    this.#count = (this.#count + 1) | 0;
    this.#slot = (this.#slot + 1) % this.#shape.slots; // and not the count's rest, which jumps where the count wraps
  }
}

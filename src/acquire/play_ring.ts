/**
 * Codes on their way from the main thread to the player's: slots of shared memory, as the player waits in calls and hears
 * no message.
 *
 * @module
 */

import { bytesPerCode, type Codes, type CodeType, viewSharedCodes } from "../convert/codes.ts";

/** What both threads must know of a ring; passes through `postMessage`. */
export interface PlayRingShape {
  /** Words both see, the lengths of the slots, then the slots. */
  readonly memory: SharedArrayBuffer;
  /** Number of slots. */
  readonly slots: number;
  /** Codes that one slot holds. */
  readonly codesPerSlot: number;
  /** Type of the codes. */
  readonly type: CodeType;
}

const PUT = 0;
const TAKEN = 1;
const ENDED = 2;
const HEAD_WORDS = 16;

/** Makes the shared memory of a ring. */
export function playRingShape(type: CodeType, codesPerSlot: number, slots: number): PlayRingShape {
  const head = 4 * (HEAD_WORDS + slots) + 4 & ~7;
  return {
    memory: new SharedArrayBuffer(head + 8 + slots * codesPerSlot * bytesPerCode(type)),
    slots,
    codesPerSlot,
    type,
  };
}

/** One thread's end of a ring: the main thread puts, the player takes. */
export class PlayRing {
  readonly #shape: PlayRingShape;
  readonly #head: Int32Array<SharedArrayBuffer>;
  readonly #codes: ReturnType<typeof viewSharedCodes>;

  /** Attaches to the shared memory. */
  constructor(shape: PlayRingShape) {
    const { memory, slots, codesPerSlot, type } = shape;
    this.#shape = shape;
    this.#head = new Int32Array(memory, 0, HEAD_WORDS + slots);
    const head = (4 * (HEAD_WORDS + slots) + 4 & ~7) + 8;
    this.#codes = viewSharedCodes(type, memory, head, slots * codesPerSlot);
  }

  /** Waits for a free slot. Main thread. */
  async room(): Promise<void> {
    for (;;) {
      const taken = Atomics.load(this.#head, TAKEN);
      if (this.#head[PUT]! - taken < this.#shape.slots) return;
      await Atomics.waitAsync(this.#head, TAKEN, taken).value;
    }
  }

  /** Puts codes into the free slot. Main thread. */
  put(codes: Codes): void {
    const slot = this.#head[PUT]! % this.#shape.slots;
    this.#codes.set(codes, slot * this.#shape.codesPerSlot);
    this.#head[HEAD_WORDS + slot] = codes.length;
    this.#tell(PUT, 1);
  }

  /** Nothing comes any more. Main thread. */
  end(): void {
    Atomics.store(this.#head, ENDED, 1);
    this.#tell(PUT, 0);
  }

  /** Whether the source has ended and everything of it was taken. Player's thread. */
  get isOver(): boolean {
    return Atomics.load(this.#head, ENDED) !== 0 && this.#waiting === 0;
  }

  /** Copies the oldest waiting slot, and frees it; returns its codes, 0 when nothing waits. Player's thread. */
  take(into: Codes): number {
    if (this.#waiting === 0) return 0;
    const { slots, codesPerSlot } = this.#shape;
    const slot = this.#head[TAKEN]! % slots;
    const length = this.#head[HEAD_WORDS + slot]!;
    into.set(this.#codes.subarray(slot * codesPerSlot, slot * codesPerSlot + length));
    this.#tell(TAKEN, 1);
    return length;
  }

  /** Waits until a slot is put, or the time is over. Blocks the player's thread. */
  wait(timeoutMs: number): void {
    const put = Atomics.load(this.#head, PUT);
    if (this.#waiting === 0 && !this.isOver) Atomics.wait(this.#head, PUT, put, timeoutMs);
  }

  /** Lets who waits for room go: the run is over. Main thread. */
  abandon(): void {
    Atomics.store(this.#head, TAKEN, this.#head[PUT]!);
    Atomics.notify(this.#head, TAKEN);
  }

  get #waiting(): number {
    return Atomics.load(this.#head, PUT) - Atomics.load(this.#head, TAKEN);
  }

  #tell(word: number, more: number): void {
    Atomics.add(this.#head, word, more);
    Atomics.notify(this.#head, word);
  }
}

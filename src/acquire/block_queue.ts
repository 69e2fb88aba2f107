/**
 * From the drainer's news to a `ReadableStream`: what waits for the reader, and what happens when that is too much.
 *
 * @module
 */

import { codedChannels } from "../convert/sensor.ts";
import type { DtolError } from "../errors.ts";
import { DaqBlock, type DaqBlockParts } from "../model/block.ts";
import type { OverflowPolicy } from "../model/enums.ts";
import type { BlockRing } from "./ring.ts";

/** A block whose codes still wait in the ring, or that has none. */
interface Waiting {
  readonly parts: DaqBlockParts;
  readonly inRing: boolean;
}

/** Blocks that will not reach the reader, by the reason why. */
export interface DropCounts {
  /** The reader was slower than the overflow policy allows. */
  overflow: number;
  /** The backlog was full. */
  backlog: number;
  /** Nobody read them before the recording was over. */
  unread: number;
}

/** The stream's end of a recording, on the main thread. */
export class BlockQueue {
  /** Blocks as the reader gets them. */
  readonly stream: ReadableStream<DaqBlock>;
  /** Blocks that reached the reader. */
  emitted = 0;
  /** Blocks that will not. */
  readonly dropped: DropCounts = { overflow: 0, backlog: 0, unread: 0 };
  /** Whether the reader has been given the error that ended the stream. */
  errorDelivered = false;
  readonly #ring: BlockRing;
  readonly #policy: OverflowPolicy;
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #controller!: ReadableStreamDefaultController<DaqBlock>;
  #reader: (() => void) | null = null;
  #ended = false;
  #cancelled = false;
  #error: DtolError | null = null;

  constructor(ring: BlockRing, policy: OverflowPolicy, limit: number) {
    this.#ring = ring;
    this.#policy = policy;
    this.#limit = limit;
    this.stream = new ReadableStream<DaqBlock>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.#cancel(),
    }, { highWaterMark: 0 }); // a block counts as read only when a reader asks for it
  }

  /**
   * Takes a block over from the drainer. With `block` it stays in the ring until it is read; otherwise it is copied out
   * at once, so that what is dropped can be chosen.
   */
  add(parts: Omit<DaqBlockParts, "codes">, inRing: boolean): void {
    if (this.#cancelled) {
      this.dropped.unread++;
      return;
    }
    if (!inRing) {
      this.dropped.backlog++;
      return;
    }
    const empty = { ...parts, codes: null };
    if (this.#policy === "block") {
      this.#waiting.push({ parts: empty, inRing });
    } else if (this.#waiting.length >= this.#limit && this.#policy === "drop_newest") {
      this.#ring.free();
      this.dropped.overflow++;
    } else {
      this.#makeRoom();
      this.#waiting.push({ parts: this.#withCodes(empty), inRing: false });
    }
    this.#wake();
  }

  /** Takes a block over that carries an error and no samples. */
  addError(parts: DaqBlockParts): void {
    if (this.#cancelled) return;
    this.#waiting.push({ parts, inRing: false });
    this.#wake();
  }

  /** Ends the stream, with an error or without, after what is waiting. */
  end(error: DtolError | null): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** Gives up what nobody has read, and ends the stream now. */
  discard(): void {
    for (const { inRing, parts } of this.#waiting.splice(0)) {
      if (inRing) this.#ring.free();
      if (parts.error === undefined) this.dropped.unread++;
    }
    this.#wake();
  }

  #pull(): Promise<void> | void {
    if (this.#deliver()) return;
    this.#ring.prepare(); // there is time now
    return new Promise((resolve) => this.#reader = resolve);
  }

  /** Gives the reader that asked what there is; false when it has to wait. */
  #deliver(): boolean {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      const { error } = next.parts;
      if (error === undefined) this.emitted++;
      this.#controller.enqueue(new DaqBlock(next.inRing ? this.#withCodes(next.parts) : next.parts));
      return true;
    }
    if (!this.#ended || this.#cancelled) return this.#cancelled;
    if (this.#error === null) this.#controller.close();
    else {
      this.errorDelivered = true;
      this.#controller.error(this.#error);
    }
    return true;
  }

  #wake(): void {
    const reader = this.#reader;
    if (reader === null || !this.#deliver()) return;
    this.#reader = null;
    reader();
  }

  #cancel(): void {
    this.#cancelled = true;
    this.#ring.close();
    this.discard();
  }

  #withCodes(parts: DaqBlockParts): DaqBlockParts {
    return { ...parts, codes: this.#ring.take(codedChannels(parts.channels) * parts.samplesPerChannel) };
  }

  #makeRoom(): void {
    if (this.#waiting.length < this.#limit) return;
    const oldest = this.#waiting.findIndex(({ parts }) => parts.error === undefined);
    if (oldest < 0) return;
    this.#waiting.splice(oldest, 1);
    this.dropped.overflow++;
  }
}

/**
 * The drainer's news on their way to the main thread, which gets them in the order that they happened in.
 *
 * Most are messages. It takes a message twice as long to wake a thread as a word of shared memory that is waited on, and a
 * block comes with every buffer: so the news of a block in the ring, which are a few numbers, go through shared memory.
 *
 * @module
 */

import type { DrainerNews } from "./messages.ts";

/** News of a block. */
type BlockNews = Extract<DrainerNews, { readonly type: "block" }>;

const WORD_BYTES = 8;
/** Of a slot: its place among all news, five numbers of the block, and two moments. */
const [PLACE, BLOCK, SAMPLE, SAMPLES, GAP, TRIGGER, STARTED, FINISHED, WORDS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;

/**
 * Makes the shared memory of a line.
 *
 * @param slots Blocks that the ring holds: so many news may wait.
 */
export function newsMemory(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(WORD_BYTES * WORDS * (1 + slots)); // the first slot holds the count
}

/** What both ends see. */
class SharedSlots {
  /** How many were filled, in its only word. */
  readonly count: Int32Array;
  readonly #numbers: Float64Array;
  readonly #moments: BigInt64Array;
  readonly #slots: number;

  constructor(memory: SharedArrayBuffer) {
    this.count = new Int32Array(memory, 0, 1);
    this.#numbers = new Float64Array(memory, WORD_BYTES * WORDS);
    this.#moments = new BigInt64Array(memory, WORD_BYTES * WORDS);
    this.#slots = this.#numbers.length / WORDS;
  }

  fill(slot: number, place: number, news: BlockNews): void {
    const at = slot * WORDS;
    const { blockIndex, firstSampleIndex, samples, gapBefore, atTrigger } = news;
    this.#numbers.set([place, blockIndex, firstSampleIndex, samples, gapBefore, Number(atTrigger)], at);
    this.#moments[at + STARTED] = news.readStartedNs;
    this.#moments[at + FINISHED] = news.readFinishedNs;
  }

  placeOf(slot: number): number {
    return this.#numbers[slot * WORDS + PLACE]!;
  }

  newsOf(slot: number): BlockNews {
    const at = slot * WORDS;
    return {
      ...{ type: "block", inRing: true },
      blockIndex: this.#numbers[at + BLOCK]!,
      firstSampleIndex: this.#numbers[at + SAMPLE]!,
      samples: this.#numbers[at + SAMPLES]!,
      gapBefore: this.#numbers[at + GAP]!,
      atTrigger: this.#numbers[at + TRIGGER] !== 0,
      readStartedNs: this.#moments[at + STARTED]!,
      readFinishedNs: this.#moments[at + FINISHED]!,
    };
  }

  after(slot: number): number {
    return (slot + 1) % this.#slots;
  }
}

/** The drainer's end. */
export class NewsSender {
  readonly #slots: SharedSlots;
  readonly #post: (news: DrainerNews) => void;
  #place = 0;
  #slot = 0;

  /** Attaches to the memory; `post` sends a message. */
  constructor(memory: SharedArrayBuffer, post: (news: DrainerNews) => void) {
    this.#slots = new SharedSlots(memory);
    this.#post = post;
  }

  /** Sends news. A block that is in the ring has a slot, as the ring has no more of them. */
  send(news: DrainerNews): void {
    const place = this.#place++;
    if (news.type !== "block" || !news.inRing) return this.#post(news);
    this.#slots.fill(this.#slot, place, news);
    this.#slot = this.#slots.after(this.#slot);
    Atomics.add(this.#slots.count, 0, 1);
    Atomics.notify(this.#slots.count, 0);
  }
}

/** The main thread's end: hands on what comes on either way, each in its place. */
export class NewsReceiver {
  readonly #slots: SharedSlots;
  readonly #onNews: (news: DrainerNews) => void;
  /** Place of the next news. */
  #place = 0;
  #slot = 0;
  /** Slots read; wraps like the shared count. */
  #read = 0;
  #closed = false;

  /** Attaches to the memory; `onNews` gets the news. */
  constructor(memory: SharedArrayBuffer, onNews: (news: DrainerNews) => void) {
    this.#slots = new SharedSlots(memory);
    this.#onNews = onNews;
  }

  /** Takes a message. All that was sent before is here by then: messages keep their order, and memory is seen at once. */
  take(news: DrainerNews): void {
    this.#readSlots();
    this.#hand(news);
    this.#readSlots();
  }

  /** Waits for slots until the line is closed. That alone keeps no program from ending. */
  async listen(): Promise<void> {
    const { count } = this.#slots;
    while (!this.#closed) {
      const seen = Atomics.load(count, 0);
      this.#readSlots();
      const change = Atomics.waitAsync(count, 0, seen);
      if (change.async) await change.value;
    }
  }

  /** Takes no more. */
  close(): void {
    this.#closed = true;
    Atomics.notify(this.#slots.count, 0); // or it would wait for ever, and keep the memory
  }

  /** Slots up to the one before which a message has yet to come. */
  #readSlots(): void {
    while (this.#read !== Atomics.load(this.#slots.count, 0) && this.#slots.placeOf(this.#slot) === this.#place) {
      const news = this.#slots.newsOf(this.#slot);
      this.#slot = this.#slots.after(this.#slot);
      this.#read = (this.#read + 1) | 0;
      this.#hand(news);
    }
  }

  #hand(news: DrainerNews): void {
    this.#place++;
    if (!this.#closed) this.#onNews(news);
  }
}

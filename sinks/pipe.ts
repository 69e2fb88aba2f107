/**
 * Streams into sinks. None of these closes the sink: whoever made it does (`await using`).
 *
 * @module
 */

import type { DaqBlock } from "../src/model/block.ts";
import { positiveNumber, wholeNumber } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import type { BlockSink, RawBlockSink, ReadingSink } from "./sink.ts";
import { readerOf, type Source, Waiter } from "./source.ts";

/** Settings of {@linkcode pipe}. */
export interface PipeOptions {
  /** Readings a write. Default: 64. */
  readonly batchSize?: number;
  /** Seconds that a reading waits for others at most, also when none comes. Default: 1. */
  readonly flushIntervalS?: number;
  /** Ends the piping: what is held back is written, then the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Settings of {@linkcode pipeBlocks} and {@linkcode pipeRaw}. */
export interface PipeBlocksOptions {
  /** As in {@linkcode PipeOptions}; nothing is held back here, so any interval is kept. */
  readonly flushIntervalS?: number;
  /** Ends the piping: the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a stream of readings to a sink, some at a time: when a batch is full or `flushIntervalS` after the last write,
 * also when nothing arrives. What is held back is written before an error of the stream, or the signal, gets out.
 *
 * @param stream The readings.
 * @param sink Where they go; left open.
 * @param options Batch, interval and a signal.
 * @returns How many readings the sink has taken.
 * @throws {DtolValidationError} If an option is wrong.
 * @throws {unknown} What the stream, the sink or the signal threw. If the stream failed and the sink then, too, it is a
 * `SuppressedError` with both.
 */
export async function pipe(stream: Source<DaqReading>, sink: ReadingSink, options: PipeOptions = {}): Promise<number> {
  const batchSize = wholeNumber("batchSize", options.batchSize ?? 64, 1);
  const intervalMs = 1000 * positiveNumber("flushIntervalS", options.flushIntervalS ?? 1);
  const batch = new Batch(sink, batchSize);
  const waiter = new Waiter();
  const alarm = new Alarm(intervalMs, () => waiter.wake());
  const flush = () => batch.flush().finally(() => alarm.restart());
  const take = (reading: DaqReading) => batch.add(reading) ? flush() : alarm.arm();
  try {
    await drain(stream, { take, flush }, waiter, options.signal);
  } finally {
    alarm.stop();
  }
  return batch.written;
}

/**
 * Writes a stream of blocks to a sink, one by one.
 *
 * @param stream The blocks.
 * @param sink Where they go; left open.
 * @param options A signal.
 * @returns How many blocks the sink has taken.
 * @throws {unknown} What the stream, the sink or the signal threw.
 */
export function pipeBlocks(
  stream: Source<DaqBlock>,
  sink: BlockSink,
  options: PipeBlocksOptions = {},
): Promise<number> {
  return each(stream, (block) => sink.write(block), options);
}

/** {@linkcode pipeBlocks} for a sink that takes codes. */
export function pipeRaw(
  stream: Source<DaqBlock>,
  sink: RawBlockSink,
  options: PipeBlocksOptions = {},
): Promise<number> {
  return each(stream, (block) => sink.writeRaw(block), options);
}

async function each<T>(
  stream: Source<T>,
  write: (item: T) => Promise<void>,
  { flushIntervalS, signal }: PipeBlocksOptions,
): Promise<number> {
  if (flushIntervalS !== undefined) positiveNumber("flushIntervalS", flushIntervalS);
  let written = 0;
  const take = async (item: T) => {
    await write(item);
    written++;
  };
  await drain(stream, { take, flush: () => Promise.resolve() }, new Waiter(), signal);
  return written;
}

/** Where the items of a stream go. */
interface Intake<T> {
  /** Takes an item. */
  take(item: T): Promise<void> | void;
  /** Writes what is held back. */
  flush(): Promise<void>;
}

/** Reads a stream to its end, or to the first error; what is held back is written in any case, and when the waiter is woken. */
async function drain<T>(
  stream: Source<T>,
  intake: Intake<T>,
  waiter: Waiter,
  signal: AbortSignal | undefined,
): Promise<void> {
  using _following = waiter.follow(signal);
  const reader = readerOf(stream);
  try {
    let next = reader.next();
    for (;;) {
      if (!await waiter.until(next)) {
        await intake.flush();
        continue;
      }
      const { done, value } = await next;
      if (done) break;
      next = reader.next();
      next.catch(() => {}); // it is looked at in the next round, after the item at hand
      await intake.take(value!);
    }
  } catch (error) {
    reader.cancel(error);
    await flushAfter(error, intake);
    throw error;
  }
  await intake.flush();
  reader.release();
}

/** Writes what is held back although something went wrong. */
async function flushAfter<T>(first: unknown, intake: Intake<T>): Promise<void> {
  try {
    await intake.flush();
  } catch (second) {
    if (second === first) return;
    throw new SuppressedError(second, first, "The stream failed, and the sink did not take what was held back");
  }
}

/** Readings that wait to be written together. */
class Batch {
  written = 0;
  readonly #sink: ReadingSink;
  readonly #size: number;
  #held: DaqReading[] = [];
  #failed = false;

  constructor(sink: ReadingSink, size: number) {
    this.#sink = sink;
    this.#size = size;
  }

  /** Holds a reading; whether the batch is full now. */
  add(reading: DaqReading): boolean {
    return this.#held.push(reading) >= this.#size;
  }

  /** Writes what is held. After a failure nobody knows what the sink has of it, so nothing is written twice. */
  async flush(): Promise<void> {
    if (this.#held.length === 0 || this.#failed) return;
    const held = this.#held;
    this.#held = [];
    this.#failed = true;
    await this.#sink.writeMany(held);
    this.#failed = false;
    this.written += held.length;
  }
}

/** Rings an interval after it was last restarted, but only if something waits for it. */
class Alarm {
  readonly #intervalMs: number;
  readonly #ring: () => void;
  #last = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(intervalMs: number, ring: () => void) {
    this.#intervalMs = intervalMs;
    this.#ring = ring;
  }

  /** Something waits. */
  arm(): void {
    this.#timer ??= setTimeout(this.#ring, Math.max(0, this.#last + this.#intervalMs - performance.now()));
  }

  /** All is written. */
  restart(): void {
    this.stop();
    this.#last = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * One stream into several sinks, none of which can harm another.
 *
 * @module
 */

import { DtolSinkError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import { oneOf, wholeNumber } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import type { BlockSink, RawBlockSink, ReadingSink } from "./sink.ts";
import { readerOf, type Source, type SourceReader, Waiter } from "./source.ts";
import { turn } from "./turn.ts";

/** What happens when a sink fails, or is slow. */
export interface FanOutPolicy {
  /** A sink whose write fails: `stop` the run with its error, or `drop` the sink and go on. Default: `stop`. */
  readonly failing?: "stop" | "drop";
  /**
   * A sink whose queue is full: `wait` for it, which holds up the stream for all, `stop` the run, or `drop` the sink and go
   * on. Default: `wait`.
   */
  readonly slow?: "wait" | "stop" | "drop";
  /** Items that may wait for a sink. Default: 64. */
  readonly queueSize?: number;
}

/** Takes a kind of item: a sink by its verb, or any `WritableStream`. */
export type FanOutSink<T> =
  | WritableStream<T>
  | (T extends DaqBlock ? BlockSink | RawBlockSink : never)
  | (T extends DaqReading ? ReadingSink : never);

/** A sink with a name for the report, and a policy of its own where it differs. */
export interface FanOutBranch<T> extends FanOutPolicy {
  /** The sink. */
  readonly sink: FanOutSink<T>;
  /** Its name in the report. Default: its class and its place. */
  readonly name?: string;
}

/** What became of one sink. */
export interface FanOutResult {
  /** Name of the sink. */
  readonly name: string;
  /** `complete` if it took everything. */
  readonly state: "complete" | "failed" | "slow";
  /** Items that it took: their writes resolved. */
  readonly written: number;
  /** Items that it did not take. */
  readonly dropped: number;
  /** Why it was dropped. */
  readonly error: unknown;
}

/** What became of a stream. */
export interface FanOutReport {
  /** Items that the stream gave. */
  readonly items: number;
  /** The sinks, in the order given. */
  readonly sinks: readonly FanOutResult[];
}

/** Settings of {@linkcode fanOut}. */
export interface FanOutOptions extends FanOutPolicy {
  /** Ends the run: what waits in queues is written, then the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Receives the report, also when the run ends with an error. */
  readonly onReport?: (report: FanOutReport) => void;
}

/**
 * Gives every item of a stream to every sink. Each sink has a bounded queue of its own; what happens when one fails or
 * falls behind is the caller's choice, and never touches what the others get. The sinks are left open.
 *
 * @param stream Blocks or readings.
 * @param sinks The sinks, plain or with a name and a policy.
 * @param options The policy for those that have none of their own.
 * @returns What each sink took. A sink that was dropped is in it with its error and a count; nothing is dropped silently.
 * @throws {DtolValidationError} If an option is wrong.
 * @throws {unknown} What the stream or the signal threw, or a sink whose failure stops the run. What the other sinks
 * accepted before is written then.
 *
 * @example A raw file that must not fail, and a table that may
 * ```ts ignore
 * const report = await fanOut(recording.stream, [raw, { sink: table, failing: "drop", slow: "drop" }]);
 * ```
 */
export async function fanOut<T extends DaqBlock | DaqReading>(
  stream: Source<T>,
  sinks: readonly (FanOutSink<T> | FanOutBranch<T>)[],
  options: FanOutOptions = {},
): Promise<FanOutReport> {
  const waiter = new Waiter();
  using _following = waiter.follow(options.signal);
  const branches: Branch<T>[] = [];
  let reader: SourceReader<T>;
  try {
    for (const [i, sink] of sinks.entries()) {
      branches.push(new Branch(sink, i, options, (error) => waiter.raise(error)));
    }
    reader = readerOf(stream);
  } catch (error) {
    for (const branch of branches) branch.release(); // or the others would stay locked
    throw error;
  }
  const drained = () => Promise.all(branches.map((branch) => branch.drained()));
  let items = 0;
  try {
    for (;;) {
      const next = reader.next();
      await waiter.until(next);
      const { done, value } = await next;
      if (done) break;
      items++;
      const waits = branches.map((branch) => branch.push(value!)).filter((wait) => wait !== undefined);
      if (waits.length > 0) await waiter.until(Promise.all(waits));
    }
    await waiter.until(drained());
    reader.release();
  } catch (error) {
    reader.cancel(error);
    await drained();
    throw error;
  } finally {
    for (const branch of branches) branch.release();
    options.onReport?.({ items, sinks: branches.map((branch) => branch.result()) });
  }
  return { items, sinks: branches.map((branch) => branch.result()) };
}

const READINGS_A_WRITE = 64;

/** One sink with its queue. Its own loop writes, so no other sink waits for it. */
class Branch<T extends DaqBlock | DaqReading> {
  readonly #name: string;
  readonly #failing: "stop" | "drop";
  readonly #slow: "wait" | "stop" | "drop";
  readonly #size: number;
  readonly #put: Put<T>;
  readonly #stop: (error: unknown) => void;
  #queue: T[] = [];
  #writing = 0;
  #written = 0;
  #dropped = 0;
  #state: FanOutResult["state"] = "complete";
  #error: unknown = null;
  #running: Promise<void> = Promise.resolve();
  #room: PromiseWithResolvers<void> | undefined;
  readonly #out: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(
    given: FanOutSink<T> | FanOutBranch<T>,
    place: number,
    policy: FanOutPolicy,
    stop: (error: unknown) => void,
  ) {
    const branch: FanOutBranch<T> = "sink" in given ? given : { sink: given };
    this.#name = branch.name ?? `${branch.sink.constructor.name} ${place}`;
    this.#failing = oneOf("failing", branch.failing ?? policy.failing ?? "stop", ["stop", "drop"]);
    this.#slow = oneOf("slow", branch.slow ?? policy.slow ?? "wait", ["wait", "stop", "drop"]);
    this.#size = wholeNumber("queueSize", branch.queueSize ?? policy.queueSize ?? 64, 1);
    this.#put = putterOf(branch.sink);
    this.#stop = stop;
  }

  /**
   * Queues an item; a promise if the stream is to wait until there is room again. A sink that need not be waited for gets
   * one turn of the event loop when its queue is full: it may only have made way for others, as sinks do now and then.
   */
  push(item: T): Promise<void> | undefined {
    if (this.#state !== "complete") {
      this.#dropped++;
      return undefined;
    }
    if (this.#queue.length >= this.#size) {
      this.#dropped++;
      this.#drop("slow", new DtolSinkError(`${this.#name} fell behind: ${this.#size} items wait for it`), this.#slow);
      return undefined;
    }
    this.#queue.push(item);
    if (this.#writing === 0) this.#running = this.#run();
    if (this.#queue.length < this.#size) return undefined;
    if (this.#slow !== "wait") return turn();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Fulfilled when the queue is empty, or the sink is out. */
  drained(): Promise<void> {
    return Promise.race([this.#running, this.#out.promise]);
  }

  release(): void {
    this.#put.release();
  }

  result(): FanOutResult {
    return {
      name: this.#name,
      state: this.#state,
      written: this.#written,
      dropped: this.#dropped + this.#writing,
      error: this.#error,
    };
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const items = this.#queue.splice(0, this.#put.atOnce(this.#queue[0]!));
      this.#writing = items.length;
      this.#openRoom();
      try {
        await this.#put.write(items);
        this.#written += items.length;
      } catch (error) {
        this.#dropped += items.length;
        this.#drop("failed", error, this.#failing);
      }
      this.#writing = 0;
    }
  }

  /** Takes the sink out of the run. Nobody waits any more for a write that may hang; it counts as not taken until it is. */
  #drop(state: "failed" | "slow", error: unknown, policy: "stop" | "drop" | "wait"): void {
    if (this.#state !== "complete") return;
    this.#state = state;
    this.#error = error;
    this.#dropped += this.#queue.length;
    this.#queue = [];
    this.#out.resolve();
    this.#openRoom();
    if (policy === "stop") this.#stop(error);
  }

  #openRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

/** How items get into a sink. */
interface Put<T> {
  /** How many may be written together, told by the first. */
  atOnce(first: T): number;
  write(items: T[]): Promise<void>;
  release(): void;
}

/** The verbs come first: unlike a stream, a sink that refused one record by its verb still takes the next. */
function putterOf<T extends DaqBlock | DaqReading>(sink: FanOutSink<T>): Put<T> {
  const verbs = sink as Partial<BlockSink & RawBlockSink & ReadingSink>;
  if (verbs.write === undefined && verbs.writeRaw === undefined && verbs.writeMany === undefined) {
    const writer = (sink as WritableStream<T>).getWriter();
    writer.closed.catch(() => {}); // each write tells
    return { atOnce: () => 1, write: ([item]) => writer.write(item), release: () => writer.releaseLock() };
  }
  return {
    atOnce: (item) => isBlock(item) ? 1 : READINGS_A_WRITE,
    write: (items) => {
      const [item] = items as (DaqBlock | DaqReading)[];
      if (!isBlock(item!)) return verbs.writeMany!(items as DaqReading[]);
      return verbs.write === undefined ? verbs.writeRaw!(item) : verbs.write(item);
    },
    release: () => {},
  };
}

function isBlock(item: DaqBlock | DaqReading): item is DaqBlock {
  return "channels" in item;
}

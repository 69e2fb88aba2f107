/**
 * What every sink is: a `WritableStream`, with verbs of its own, that ends in order whatever happens.
 *
 * @module
 */

import { DtolError, DtolSinkError, DtolSinkWriteError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { turn } from "./turn.ts";

/** Milliseconds that writes may follow each other before timers, signals and the board's news get their turn. */
const BUSY_MS = 2;

/** Takes readings, some at a time. */
export interface ReadingSink extends AsyncDisposable {
  /** Opens file or server. Done by the first write if not before. */
  open(): Promise<void>;
  /** Stores readings; settles when the sink has them as safe as it makes them. */
  writeMany(readings: readonly DaqReading[]): Promise<void>;
  /** Stores what is held back and closes. */
  close(): Promise<void>;
}

/** Takes blocks, one at a time. */
export interface BlockSink extends AsyncDisposable {
  /** Opens file or server. Done by the first write if not before. */
  open(): Promise<void>;
  /** Stores a block; settles when the sink has it as safe as it makes it. */
  write(block: DaqBlock): Promise<void>;
  /** Stores what is held back and closes. */
  close(): Promise<void>;
}

/** Takes the codes of blocks, not their values: another road than {@linkcode BlockSink}, so another verb. */
export interface RawBlockSink extends AsyncDisposable {
  /** Opens the file. Done by the first write if not before. */
  open(): Promise<void>;
  /** Stores the codes of a block. */
  writeRaw(block: DaqBlock): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * The stream and the verbs of a sink, on one queue: direct calls and piping may be mixed and keep their order. The first
 * error stays: later writes get it, and closing tells it if nobody was told.
 */
export abstract class Sink<T> extends WritableStream<T> implements AsyncDisposable {
  readonly #stream: StreamEnd;
  #state: "new" | "open" | "closed" = "new";
  #tail: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #error: unknown = null;
  #told = false;
  #aborted = false;
  #lastTurn = performance.now();

  /** Makes the stream; nothing is opened yet. */
  constructor() {
    const end: StreamEnd = { sink: undefined, controller: undefined, ended: false };
    const finish = (aborted: boolean) => {
      end.ended = true;
      end.sink!.#aborted ||= aborted;
      return end.sink!.#finish();
    };
    // The stream's own queue holds one chunk: back-pressure reaches the board's backlog and not this process's memory.
    super({
      start: (controller) => void (end.controller = controller),
      write: (chunk) => end.sink!.writeChunk(chunk as T),
      close: () => finish(false),
      abort: () => finish(true),
    }, { highWaterMark: 1 });
    end.sink = this; // not before: the callbacks are made before `this` may be named
    this.#stream = end;
  }

  /** Whether the sink has been closed. */
  get closed(): boolean {
    return this.#state === "closed";
  }

  /**
   * Opens file or server. Done by the first write if not before; safe to call again.
   *
   * @throws {DtolError} If it cannot be opened, or the sink is closed.
   */
  open(): Promise<void> {
    return this.inTurn(() => {});
  }

  /**
   * Stores what is held back and closes, after all writes that were asked for before. Safe to call again, and while a
   * stream is piped in: it ends that too.
   *
   * @throws {unknown} What went wrong in a write before, if nobody has been told of it.
   */
  override close(): Promise<void> {
    const closing = this.#finish();
    this.#endStream();
    return closing;
  }

  /**
   * Closes as {@linkcode Sink.close} does: what was accepted is stored also when a run breaks off.
   *
   * @param reason Why; the stream's later writers are told.
   */
  override abort(reason?: unknown): Promise<void> {
    this.#aborted ||= this.#closing === undefined;
    const closing = this.#finish();
    this.#endStream(reason);
    return closing;
  }

  /** Closes; see {@linkcode Sink.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Whether it is closed because its stream broke off: what it then holds was not ended in order. */
  protected get aborted(): boolean {
    return this.#aborted;
  }

  /** Stores a chunk of the stream. */
  protected abstract writeChunk(chunk: T): Promise<void>;
  /** Opens file or server; called once, before the first work. */
  protected abstract doOpen(): Promise<void> | void;
  /** Stores what is held back and closes; called once, also after an error, if `doOpen` succeeded. */
  protected abstract doClose(): Promise<void> | void;

  /** Does some work after all that was asked for before, with the sink open. An error stays and refuses later work. */
  protected inTurn<R>(work: () => Promise<R> | R): Promise<R> {
    if (this.#closing !== undefined) return Promise.reject(this.#refusal());
    const result = this.#tail.then(async () => {
      if (this.#error !== null) throw this.#error;
      try {
        await this.#openOnce();
        await this.#letOthersRun();
        return await work();
      } catch (error) {
        if (this.isFatal(error)) this.fail(error);
        throw error;
      }
    });
    this.#tail = result.then(() => {}, (error) => {
      if (error === this.#error) this.#told = true; // whoever asked for the work has been given it
    });
    return result;
  }

  /** Keeps an error that came outside of any work (a timer, a connection): the next write or closing tells it. */
  protected fail(error: unknown): void {
    this.#error ??= error;
  }

  /** Whether an error leaves the sink unfit for more. Refusing a wrong record does not, by default. */
  protected isFatal(error: unknown): boolean {
    return !(error instanceof DtolError) || error instanceof DtolSinkWriteError;
  }

  /** A sink that is slower than its source would go from one write to the next without the event loop in between. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#lastTurn < BUSY_MS) return;
    await turn();
    this.#lastTurn = performance.now();
  }

  async #openOnce(): Promise<void> {
    if (this.#state !== "new") return;
    await this.doOpen();
    this.#state = "open";
  }

  #finish(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#closing = this.#tail.then(async () => {
      const wasOpen = this.#state === "open";
      this.#state = "closed";
      try {
        if (wasOpen) await this.doClose();
      } catch (error) {
        if (this.#error === null) throw error; // else it is a consequence of the first
      }
      if (this.#error !== null && !this.#told) throw this.#error;
    });
    this.#closing.catch(() => {}); // an abort's caller may not look; whoever closes is still told
    return this.#closing;
  }

  /** Ends the stream, too: a pipe into it, which may wait for a quiet source, learns at once that the sink is closed. */
  #endStream(reason?: unknown): void {
    if (this.#stream.ended) return;
    this.#stream.ended = true;
    if (reason !== undefined || this.locked) this.#stream.controller!.error(reason ?? this.#refusal());
    else super.close().catch(() => {}); // in error already: its writers have been told
  }

  #refusal(): DtolSinkError {
    return new DtolSinkError(`Cannot write to ${this.constructor.name} as it is closed: make another one`);
  }
}

/** What ties the callbacks of a stream to the sink around it. */
interface StreamEnd {
  // deno-lint-ignore no-explicit-any -- the type of the sink's chunks is known to the sink alone
  sink: Sink<any> | undefined;
  controller: WritableStreamDefaultController | undefined;
  /** Whether the stream was ended, from either side. */
  ended: boolean;
}

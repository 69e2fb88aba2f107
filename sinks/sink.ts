/**
 * What every sink is: a `WritableStream`, with verbs of its own, that ends in order whatever happens.
 *
 * @module
 */

import { DtolError, DtolSinkError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import type { DaqReading } from "../src/model/reading.ts";

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
  #state: "new" | "open" | "closed" = "new";
  #tail: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #error: unknown = null;
  #told = false;

  /** Makes the stream; nothing is opened yet. */
  constructor() {
    // The stream's own queue holds one chunk: back-pressure reaches the board's backlog and not this process's memory.
    let self: Sink<T>;
    super({
      write: (chunk) => self.writeChunk(chunk),
      close: () => self.#finish(),
      abort: () => self.#finish(),
    }, { highWaterMark: 1 });
    // deno-lint-ignore no-this-alias -- the callbacks above are made before `this` may be named
    self = this;
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
    return this.inTurn(() => Promise.resolve());
  }

  /**
   * Stores what is held back and closes. Safe to call again, and while a stream is piped in: it ends that too.
   *
   * @throws {unknown} What went wrong in a write before, if nobody has been told of it.
   */
  override close(): Promise<void> {
    return this.#finish();
  }

  /** Closes; see {@linkcode Sink.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#finish();
  }

  /** Stores a chunk of the stream. */
  protected abstract writeChunk(chunk: T): Promise<void>;
  /** Opens file or server; called once, before the first work. */
  protected abstract doOpen(): Promise<void>;
  /** Stores what is held back and closes; called once, also after an error, if `doOpen` succeeded. */
  protected abstract doClose(): Promise<void>;

  /** Does some work after all that was asked for before, with the sink open. An error stays and refuses later work. */
  protected inTurn(work: () => Promise<void> | void): Promise<void> {
    const result = this.#tail.then(async () => {
      if (this.#state === "closed" || this.#closing !== undefined && this.#state !== "open") throw this.#refusal();
      if (this.#error !== null) throw this.#error;
      try {
        if (this.#state === "new") {
          await this.doOpen();
          this.#state = "open";
        }
        await work();
      } catch (error) {
        if (this.isFatal(error)) this.#error = error;
        throw error;
      }
    });
    this.#tail = result.catch(() => {
      this.#told = true; // whoever asked for the work has been given its error
    });
    return result;
  }

  /** Whether an error leaves the sink unfit for more. Refusing a wrong record does not, by default. */
  protected isFatal(error: unknown): boolean {
    return !(error instanceof DtolError) || error.name === "DtolSinkWriteError";
  }

  #finish(): Promise<void> {
    return this.#closing ??= this.#tail.then(async () => {
      const wasOpen = this.#state === "open";
      this.#state = "closed";
      try {
        if (wasOpen) await this.doClose();
      } catch (error) {
        if (this.#error === null) throw error; // else it is a consequence of the first
      }
      if (this.#error !== null && !this.#told) throw this.#error;
    });
  }

  #refusal(): DtolSinkError {
    return new DtolSinkError(`Cannot write to ${this.constructor.name} as it is closed: make another one`);
  }
}

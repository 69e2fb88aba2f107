/**
 * Streams and async iterables, read the same way.
 *
 * @module
 */

/** What can be piped: a Web Stream or anything that `for await` takes. */
export type Source<T> = ReadableStream<T> | AsyncIterable<T>;

/** One reader of a source. */
export interface SourceReader<T> {
  /** The next item, or the end. */
  next(): Promise<{ done: boolean; value: T | undefined }>;
  /** Tells the source that no more is wanted. Does not wait for one that is quiet. */
  cancel(reason: unknown): void;
  /** Leaves the source to others. */
  release(): void;
}

/** Starts reading. */
export function readerOf<T>(source: Source<T>): SourceReader<T> {
  if (source instanceof ReadableStream) {
    const reader = source.getReader();
    return {
      next: async () => {
        const { done, value } = await reader.read();
        return { done, value };
      },
      cancel: (reason) => void reader.cancel(reason).catch(() => {}), // the reason is what the caller hears of
      release: () => reader.releaseLock(),
    };
  }
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done = false, value } = await iterator.next();
      return { done, value };
    },
    cancel: () => void iterator.return?.().catch(() => {}),
    release: () => {},
  };
}

/**
 * Waits for one promise at a time, and can be called away from it. `Promise.race` with a promise that lives as long as the
 * run would keep every item of the run in memory.
 */
export class Waiter {
  #away: (() => void) | undefined;
  #raised = false;
  #reason: unknown;

  /**
   * Waits until a promise is settled, whichever way.
   *
   * @returns Whether it is; false when woken before.
   * @throws {unknown} The reason, once there is one.
   */
  async until(promise: Promise<unknown>): Promise<boolean> {
    if (this.#raised) throw this.#reason;
    const { promise: woken, resolve } = Promise.withResolvers<boolean>();
    this.#away = () => resolve(false);
    const settled = () => resolve(true);
    promise.then(settled, settled);
    const arrived = await woken;
    this.#away = undefined;
    if (this.#raised) throw this.#reason;
    return arrived;
  }

  /** Ends the waiting of now. */
  wake(): void {
    this.#away?.();
  }

  /** Ends all waiting with a reason; the first one counts. */
  raise(reason: unknown): void {
    if (this.#raised) return;
    this.#raised = true;
    this.#reason = reason;
    this.wake();
  }

  /** Is raised by a signal until disposed of. */
  follow(signal: AbortSignal | undefined): Disposable {
    const onAbort = () => this.raise(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    return { [Symbol.dispose]: () => signal?.removeEventListener("abort", onAbort) };
  }
}

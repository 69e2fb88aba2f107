/**
 * The main thread's end of a SQLite sink: orders go out at once, answers come back in their order.
 *
 * @module
 */

import { DtolSinkWriteError, fromPlainError } from "../../src/errors.ts";
import { type Answer, ColumnMemory, type NumberedOrder, type Order } from "./orders.ts";

/** The thread of one database. */
export class StoreLink {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  readonly #columns = new ColumnMemory();
  #next = 0;
  #failure: DtolSinkWriteError | undefined;

  /** Starts the thread. Needs `--allow-read` of this package's own folder when it is on disk. */
  constructor(path: string) {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: `SQLite of ${path}` });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer[]>) => data.forEach((answer) => this.#onAnswer(answer));
    this.#worker.onerror = (event) => {
      event.preventDefault(); // told through every order that waits instead
      this.#fail(`Cannot write to ${path} as its thread ended: ${event.message}`);
    };
  }

  /**
   * Sends an order; settles with its answer.
   *
   * @throws {DtolError} What the thread could not do.
   */
  send(order: Order, transfer: Transferable[] = []): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const isReadings = order.kind === "readings";
    const sent = isReadings ? { ...order, parts: order.parts.map((part) => this.#columns.strip(part)) } : order;
    const id = this.#next++;
    const answer = Promise.withResolvers<void>();
    this.#waiting.set(id, answer);
    this.#worker.postMessage({ id, order: sent } satisfies NumberedOrder, transfer);
    return answer.promise;
  }

  /** Ends the thread, after everything that was sent before. */
  async close(): Promise<void> {
    try {
      await this.send({ kind: "close" });
    } finally {
      this.#worker.terminate();
    }
  }

  /** Ends the thread as it is. */
  terminate(): void {
    this.#worker.terminate();
  }

  #onAnswer({ id, error }: Answer): void {
    const answer = this.#waiting.get(id)!;
    this.#waiting.delete(id);
    if (error === null) answer.resolve();
    else answer.reject(fromPlainError(error));
  }

  #fail(message: string): void {
    this.#failure = new DtolSinkWriteError(message);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}

/**
 * One attempt to store a batch, on a connection of its own.
 *
 * @module
 */

import { type Batch, isStored, send } from "./batch.ts";
import type { PostgresConfig } from "./config.ts";
import type { Client, Pool } from "./driver.ts";

/** A batch on its way. It may set out before the one in front of it has arrived, but is not committed before that is. */
export class Attempt {
  /** What is to be stored. */
  readonly batch: Batch;
  /** Settles when the attempt has ended: with null when the batch is stored, else with what went wrong. */
  readonly ended: Promise<Error | null>;
  readonly #config: PostgresConfig;

  /**
   * Sets out.
   *
   * @param pool Gives the connection.
   * @param config How to send, and how long an answer may take.
   * @param batch What is to be stored.
   * @param before The attempt that must have succeeded before this is committed; null for none.
   */
  constructor(pool: Pool, config: PostgresConfig, batch: Batch, before: Attempt | null) {
    this.batch = batch;
    this.#config = config;
    this.ended = this.#run(pool, before);
  }

  async #run(pool: Pool, before: Attempt | null): Promise<Error | null> {
    let client: Client | undefined;
    try {
      client = await pool.connect();
      await this.#inTime(client, this.#store(client, before));
      client.release();
      return null;
    } catch (error) {
      client?.release(true);
      return error as Error;
    }
  }

  async #store(client: Client, before: Attempt | null): Promise<void> {
    const { batch } = this;
    if (batch.transaction !== null && await isStored(client, batch)) return;
    batch.transaction = null;
    const mayCommit = async () => {
      const error = await before?.ended ?? null;
      if (error !== null) throw error;
    };
    await send(client, batch, this.#config.useCopy, mayCommit);
  }

  /** Cuts a connection that does not answer in time. */
  async #inTime(client: Client, work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`no answer within ${this.#config.commandTimeoutS} s`));
      client.connection.stream.destroy();
    }, 1000 * this.#config.commandTimeoutS);
    try {
      await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
      work.catch(() => {}); // a late failure of a connection that was cut
    }
  }
}

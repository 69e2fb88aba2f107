/**
 * Batches on their way to a server that may go away and come back: in their order, none lost, none twice.
 *
 * @module
 */

import { DtolError, DtolSinkWriteError } from "../../src/errors.ts";
import { asCopyFile, type Batch, isStored, send } from "./batch.ts";
import { connectionOf, type PostgresConfig, withoutSecrets } from "./config.ts";
import type { Client, Pool } from "./driver.ts";
import { SpillFile } from "./spill.ts";

/** How a server that goes away is waited for. */
export interface OutboxOptions {
  /** Bytes of rows that are held in memory. */
  readonly queueBytes: number;
  /** File for what exceeds that; undefined for none. */
  readonly spillPath: string | undefined;
  /** Seconds after which a server that is away is given up; undefined for never. */
  readonly giveUpAfterS: number | undefined;
  /** Seconds that closing waits for a server that is away. */
  readonly closeTimeoutS: number;
  /** Receives a word when the server goes away, and when it is back. */
  readonly onWarning: (message: string) => void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
/** Server errors after which the same may well work: no connection, no room, shutting down, starting up, time-outs. */
const PASSING = /^(08...|53...|57P0[1-5]|57014|55P03|40001|40P01|25006|25P0[23])$/;

/** A batch with who waits until it is stored, or held. */
interface Waiting {
  readonly batch: Batch;
  readonly settled: PromiseWithResolvers<void>;
}

/** The way out. One batch is under way at a time, so rows arrive in their order. */
export class Outbox {
  readonly #pool: Pool;
  readonly #config: PostgresConfig;
  readonly #options: OutboxOptions;
  readonly #spill: SpillFile | null;
  #memory: Waiting[] = [];
  #bytes = 0;
  #isDraining = false;
  #awaySince: number | null = null;
  #roomMade = Promise.withResolvers<void>();
  #endPause: (() => void) | undefined;
  /** The connection in use, kept as long as there is something to send. */
  #client: Client | null = null;
  #closeBy = Infinity;
  #failure: DtolSinkWriteError | null = null;
  #lost = 0;

  /**
   * Starts empty, with a pool that has been connected once.
   *
   * @throws {DtolResourceError} If the spill file exists or cannot be made: better now than when it is needed.
   */
  constructor(pool: Pool, config: PostgresConfig, options: OutboxOptions) {
    this.#pool = pool;
    this.#config = config;
    this.#options = options;
    this.#spill = options.spillPath === undefined ? null : new SpillFile(options.spillPath);
  }

  /** Rows that were accepted and have been given up, also when nobody knows whether the server has them. */
  get lostRecords(): number {
    return this.#lost;
  }

  /** Rows that were accepted and are not stored yet. */
  get pendingRecords(): number {
    return this.#memory.reduce((sum, { batch }) => sum + batch.rows, 0) + (this.#spill?.rows ?? 0);
  }

  /**
   * Takes a batch; waits as long as there is no room for it.
   *
   * @returns What settles when it is stored, or held while the server is away.
   */
  async put(batch: Batch): Promise<{ readonly settled: Promise<void> }> {
    while (this.#failure === null && !this.#accept(batch)) await this.#roomMade.promise;
    if (this.#failure !== null) throw this.#failure;
    const last = this.#memory.at(-1);
    void this.#drain();
    if (last?.batch !== batch) return { settled: Promise.resolve() }; // in the file, as the server is away
    last.settled.promise.catch(() => {}); // whoever waits for it is told, and everybody by `failure`
    return { settled: last.settled.promise };
  }

  /** Waits until everything is stored, or for as long as closing may take. */
  async close(): Promise<void> {
    this.#closeBy = performance.now() + 1000 * this.#options.closeTimeoutS;
    this.#endPause?.();
    await this.#drain();
    while (this.#isDraining) await this.#roomMade.promise;
    const failure = this.#failure;
    this.#spill?.close();
    if (failure !== null) throw failure;
  }

  /** Why no more can be taken; null when nothing is wrong. */
  get failure(): DtolSinkWriteError | null {
    return this.#failure;
  }

  #accept(batch: Batch): boolean {
    const isFirst = this.#memory.length === 0 && (this.#spill?.size ?? 0) === 0;
    const fits = this.#bytes + batch.bytes.length <= this.#options.queueBytes;
    if (isFirst || (fits && (this.#spill?.size ?? 0) === 0)) {
      this.#hold(batch);
      return true;
    }
    if (this.#spill === null || this.#awaySince === null) return false;
    try {
      this.#spill.push(batch);
      return true;
    } catch (error) {
      if (error instanceof DtolError) throw error;
      return false; // the disk is full as well: whoever writes has to wait, which loses nothing
    }
  }

  #hold(batch: Batch): void {
    const settled = Promise.withResolvers<void>();
    if (this.#awaySince !== null) settled.resolve();
    this.#memory.push({ batch, settled });
    this.#bytes += batch.bytes.length;
  }

  /** Sends what waits, until nothing does. */
  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    let stored: Waiting | null = null;
    try {
      let pause = FIRST_PAUSE_MS;
      for (let first = this.#first(); first !== null && this.#failure === null; first = this.#first()) {
        const attempt = this.#attempt(first.batch);
        stored?.settled.resolve(); // not before: whoever waits for it encodes the next rows, while the server has these
        stored = null;
        const error = await attempt;
        if (error === null) {
          this.#remove(stored = first);
          pause = FIRST_PAUSE_MS;
        } else if (!isPassing(error)) this.#fail(this.#refused(error));
        else if (this.#isOverdue(error)) this.#giveUp(error);
        else {
          await this.#pause(pause);
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
      }
    } catch (error) {
      this.#fail(this.#refused(error as Error)); // the spill file cannot be read
    } finally {
      stored?.settled.resolve();
      this.#client?.release();
      this.#client = null;
      this.#isDraining = false;
      this.#wake();
    }
  }

  #first(): Waiting | null {
    if (this.#memory.length === 0) {
      const batch = this.#spill?.shift() ?? null;
      if (batch !== null) this.#hold(batch);
    }
    return this.#memory[0] ?? null;
  }

  #remove({ batch }: Waiting): void {
    this.#memory.shift();
    this.#bytes -= batch.bytes.length;
    if (this.#awaySince !== null) {
      this.#awaySince = null;
      this.#options.onWarning(`${this.#config.target()} stores again; ${this.pendingRecords} records wait for it`);
    }
    this.#wake();
  }

  /** One attempt; null when the batch is stored. With a connection at hand it is sent before this returns. */
  async #attempt(batch: Batch): Promise<Error | null> {
    try {
      const client = this.#client ??= await this.#pool.connect();
      await this.#inTime(client, this.#once(client, batch));
      return null;
    } catch (error) {
      this.#client?.release(true);
      this.#client = null;
      return error as Error;
    }
  }

  async #once(client: Client, batch: Batch): Promise<void> {
    if (batch.transaction !== null && await isStored(client, batch)) return;
    batch.transaction = null;
    await send(client, batch, this.#config.useCopy);
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

  /** Notes that the server is away; true when it has been for longer than one waits. */
  #isOverdue(error: Error): boolean {
    const now = performance.now();
    if (this.#awaySince === null) {
      this.#awaySince = now;
      for (const { settled } of this.#memory) settled.resolve(); // held: nobody has to wait for the server
      this.#wake(); // whoever waits for room may have it in the file now
      this.#options.onWarning(
        `${this.#config.target()} is away (${this.#textOf(error)}): holding what is to be stored`,
      );
    }
    const since = now - this.#awaySince;
    return now >= this.#closeBy || since >= 1000 * (this.#options.giveUpAfterS ?? Infinity);
  }

  #giveUp(error: Error): void {
    const waiting = this.#takeAll();
    const lost = waiting.reduce((sum, { rows }) => sum + rows, 0);
    const files = this.#salvage(waiting);
    const kept = files.length === 0 ? "" : ` They are in ${files.join(" and ")}, for \\copy ... WITH (FORMAT binary).`;
    this.#lost += lost;
    this.#fail(
      new DtolSinkWriteError(
        `Cannot store ${lost} records in ${this.#config.target()} as it stayed away: ${this.#textOf(error)}.${kept}`,
        { context: { operation: "write Postgres" } },
      ),
    );
  }

  #refused(error: Error): DtolSinkWriteError {
    const rows = this.pendingRecords;
    this.#lost += rows;
    return new DtolSinkWriteError(
      `Cannot store ${rows} records in ${this.#config.target()}: ${this.#textOf(error)}. Those before are stored`,
      { context: { operation: "write Postgres" } },
    );
  }

  /** Takes all batches out; those that wait for one are told by the failure that follows. */
  #takeAll(): Batch[] {
    const batches = this.#memory.map(({ batch }) => batch);
    for (let batch = this.#spill?.shift() ?? null; batch !== null; batch = this.#spill!.shift()) batches.push(batch);
    return batches;
  }

  #fail(failure: DtolSinkWriteError): void {
    this.#failure = failure;
    for (const { settled } of this.#memory) settled.reject(failure);
    this.#memory = [];
    this.#bytes = 0;
    this.#wake();
  }

  /** Puts what could not be sent beside the spill file, a file a table. */
  #salvage(batches: readonly Batch[]): string[] {
    const { spillPath } = this.#options;
    if (spillPath === undefined) return [];
    const files: string[] = [];
    for (const [table, group] of Map.groupBy(batches, ({ target }) => target.table)) {
      const path = `${spillPath}.${table.replaceAll('"', "")}.pgcopy`;
      try {
        Deno.writeFileSync(path, asCopyFile(group), { createNew: true });
        files.push(path);
      } catch (error) {
        this.#options.onWarning(`Cannot keep ${group.length} batches for ${table} in ${path}: ${error}`);
      }
    }
    return files;
  }

  /** Waits before the next attempt; closing cuts it short once, and none lasts longer than closing may. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, Math.max(0, this.#closeBy - performance.now())));
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #wake(): void {
    this.#roomMade.resolve();
    this.#roomMade = Promise.withResolvers<void>();
  }

  #textOf(error: Error): string {
    return describeError(error, this.#config);
  }
}

/** Whether an error says that the server is away or busy, and not that it will never take this. */
export function isPassing(error: Error): boolean {
  if (error instanceof DtolError || error instanceof TypeError || error instanceof RangeError) return false;
  if (!("severity" in error)) return true; // not an answer of the server: the connection
  return PASSING.test(String((error as { code?: unknown }).code));
}

/** An error of the driver in words, with its code and without secrets. */
export function describeError(error: unknown, config: PostgresConfig): string {
  const { message, code } = error as { message?: string; code?: string };
  const text = message === undefined || message === "" ? String(code ?? error) : message;
  return withoutSecrets(code === undefined || text.includes(code) ? text : `${text} (${code})`, connectionOf(config));
}

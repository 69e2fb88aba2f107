/**
 * Batches on their way to a server that may go away and come back: in their order, none lost, none twice.
 *
 * @module
 */

import { DtolError, DtolSinkWriteError } from "../../src/errors.ts";
import { Attempt } from "./attempt.ts";
import { asCopyFile, type Batch } from "./batch.ts";
import { connectionOf, type PostgresConfig, withoutSecrets } from "./config.ts";
import type { Pool } from "./driver.ts";
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

/** The way out. Batches are committed one after the other, so whoever looks sees no later one without those before. */
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
  #current: Attempt | null = null;
  #ahead: Attempt | null = null;
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
    if (this.#failure !== null) return 0;
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
    this.#sendAhead();
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
    try {
      let pause = FIRST_PAUSE_MS;
      for (let first = this.#first(); first !== null && this.#failure === null; first = this.#first()) {
        const error = await this.#send(first.batch);
        if (error === null) {
          this.#stored(first);
          pause = FIRST_PAUSE_MS;
        } else if (!isPassing(error)) this.#giveUp(`: ${this.#textOf(error)}. What came before is stored.`);
        else if (this.#isOverdue(error)) this.#giveUp(` as it stayed away: ${this.#textOf(error)}.`);
        else {
          await this.#pause(pause);
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
      }
    } catch (error) {
      this.#giveUp(`: ${this.#textOf(error as Error)}. What came before is stored.`); // the spill file cannot be read
    } finally {
      this.#isDraining = false;
      this.#wake();
    }
  }

  /** Sends the first batch, if that is not under way already, and the second behind it; null when the first is stored. */
  async #send(first: Batch): Promise<Error | null> {
    this.#current = this.#ahead ?? new Attempt(this.#pool, this.#config, first, null);
    this.#ahead = null;
    this.#sendAhead();
    const error = await this.#current.ended;
    if (error !== null) await (this.#ahead as Attempt | null)?.ended; // ends too, as this did not arrive before it
    if (error !== null) this.#ahead = null;
    this.#current = null;
    return error;
  }

  /** Has the server work on the second batch while the first is committed; its rows are in place when that is done. */
  #sendAhead(): void {
    const second = this.#memory[1];
    const isRoom = this.#config.poolMaxSize > 1 && this.#ahead === null && this.#awaySince === null;
    if (second === undefined || this.#current === null || !isRoom) return;
    this.#ahead = new Attempt(this.#pool, this.#config, second.batch, this.#current);
  }

  #first(): Waiting | null {
    if (this.#memory.length === 0) {
      const batch = this.#spill?.shift() ?? null;
      if (batch !== null) this.#hold(batch);
    }
    return this.#memory[0] ?? null;
  }

  #stored({ batch, settled }: Waiting): void {
    this.#memory.shift();
    this.#bytes -= batch.bytes.length;
    if (this.#awaySince !== null) {
      this.#awaySince = null;
      this.#options.onWarning(`${this.#config.target()} stores again; ${this.pendingRecords} records wait for it`);
    }
    settled.resolve();
    this.#wake();
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

  /** Gives up all that waits: counts it, and keeps it in files if there may be some. Some of it was promised to be stored. */
  #giveUp(why: string): void {
    const { batches, unread } = this.#takeAll();
    const lost = batches.reduce((sum, { rows }) => sum + rows, unread);
    const files = this.#salvage(batches);
    const kept = files.length === 0
      ? ""
      : ` The records are in ${files.join(" and ")}, for \\copy ... WITH (FORMAT binary).`;
    this.#lost += lost;
    this.#fail(
      new DtolSinkWriteError(`Cannot store ${lost} records in ${this.#config.target()}${why}${kept}`, {
        context: { operation: "write Postgres" },
      }),
    );
  }

  /** Takes all batches out; those that wait for one are told by the failure that follows. */
  #takeAll(): { batches: Batch[]; unread: number } {
    const batches = this.#memory.map(({ batch }) => batch);
    try {
      for (let batch = this.#spill?.shift() ?? null; batch !== null; batch = this.#spill!.shift()) batches.push(batch);
    } catch {
      // what cannot be read back is counted, and lost
    }
    return { batches, unread: this.#spill?.rows ?? 0 };
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

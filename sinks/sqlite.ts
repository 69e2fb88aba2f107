/**
 * Readings and blocks into a SQLite database.
 *
 * @module
 */

import type { Codes } from "../src/convert/codes.ts";
import { DaqBlock } from "../src/model/block.ts";
import { invalid, type Metadata, metadataOf, nonEmptyText, oneOf, wholeNumber } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { describe, type Described, KnownTasks, type SinkSpec } from "./describe.ts";
import { claimPath, IF_EXISTS, type IfExists } from "./file.ts";
import { type Column, readingColumns, type TableRow } from "./columns.ts";
import { type PlainBlock, toPlainBlock } from "./plain_block.ts";
import { readingToCells } from "./rows.ts";
import { type OnWarning, readingColumnsOfSpec, SchemaLock } from "./schema.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";
import { tableName } from "./sql_names.ts";
import { StoreLink } from "./sqlite/link.ts";
import type { ReadingsPart, SampleStorage, StoreOptions } from "./sqlite/orders.ts";
import { pack } from "./sqlite/pack.ts";
import { turn } from "./turn.ts";

export type { SampleStorage } from "./sqlite/orders.ts";

/** All {@linkcode JournalMode}s. */
export const JOURNAL_MODES = ["WAL", "DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"] as const;
/** All words of {@linkcode Synchronous}. */
export const SYNCHRONOUS = ["NORMAL", "FULL", "EXTRA", "OFF"] as const;
const SAMPLES = ["none", "blob", "rows"] as const satisfies readonly SampleStorage[];
/** Readings that are packed before the main thread turns to other things: about a millisecond's worth. */
const READINGS_A_TURN = 256;

/** How SQLite keeps a transaction safe; with `MEMORY` and `OFF` a crash may destroy the file. */
export type JournalMode = typeof JOURNAL_MODES[number];

/** How often SQLite waits for the disk. With WAL and `NORMAL` a power cut may cost the last transactions, not the file. */
export type Synchronous = typeof SYNCHRONOUS[number];

/** Settings of a {@linkcode SqliteSink}. */
export interface SqliteSinkOptions {
  /** Table of readings. Default: `readings`. */
  readonly tableReadings?: string;
  /** Table of block summaries. Default: `blocks`. */
  readonly tableBlocks?: string;
  /** Table of samples, if they are stored. Default: `samples`. */
  readonly tableSamples?: string;
  /** Table of what the file says about itself. Default: `metadata`. */
  readonly tableMetadata?: string;
  /** Journal mode. Default: `WAL`. */
  readonly journalMode?: JournalMode;
  /** How often SQLite waits for the disk. Default: `NORMAL`. */
  readonly synchronous?: Synchronous;
  /** Milliseconds to wait for other programs that write to the file. Default: 5000. */
  readonly busyTimeoutMs?: number;
  /**
   * Samples of blocks: `none`; `blob`, the codes of a channel and block in one value, with a view `<tableSamples>_values`
   * that gives them one by one; or `rows`, a row a sample. Default: `none`.
   */
  readonly samples?: SampleStorage;
  /** What to do with a file that exists. Default: `error`. */
  readonly ifExists?: IfExists;
  /** Notes, stored in the metadata table. Default: none. */
  readonly metadata?: Metadata;
  /** The task, or several, which tell the columns of readings beforehand. Default: the first good reading tells them. */
  readonly spec?: SinkSpec;
  /** Receives each warning, once. Default: `console.warn`. */
  readonly onWarning?: OnWarning;
}

/**
 * Writes readings and block summaries, and samples if asked to, into tables of a SQLite database.
 *
 * Every `write` and `writeMany` is one transaction: it is in the file, whole, when its promise has resolved, and survives
 * the death of the process. The database has a thread of its own, so a slow disk or a locked file stops no other work.
 * Writes need not be awaited one by one: they keep their order, and the next is prepared while one is stored.
 *
 * Needs `--allow-read` and `--allow-write` for the file, and `--allow-read` for this package where it is on disk, as the
 * thread reads its code there.
 *
 * SQLite has no NaN: a value that is not a number is NULL, and `sensor_status` beside it says why. It has no -0 either.
 *
 * @example Store readings, and read them with any SQLite
 * ```ts ignore
 * await using sink = new SqliteSink("run.db", { metadata: { specimen: "A7" } });
 * await pipe(readings, sink);
 * ```
 */
export class SqliteSink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** Path of the database. */
  readonly path: string;
  readonly #store: StoreOptions;
  readonly #described: Described;
  readonly #lock: SchemaLock;
  /** For errors that come before anybody knows the channels. */
  readonly #errorLock = new SchemaLock("errors", { onWarning: () => {} });
  #link: StoreLink | undefined;
  #claim: Disposable | undefined;
  #isDescribed = false;
  #straight: readonly Column[] | undefined;
  readonly #known = new KnownTasks();

  /**
   * Makes a sink; the file is opened by the first write or by `open()`.
   *
   * @param path The database file.
   * @param options Tables, habits and notes.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: SqliteSinkOptions = {}) {
    super();
    this.path = nonEmptyText("path", path);
    this.#store = storeOptions(path, options);
    this.#described = { metadata: metadataOf("metadata", options.metadata), spec: options.spec };
    this.#lock = new SchemaLock(`table ${this.#store.tableReadings} of ${path}`, { onWarning: options.onWarning });
    this.#errorLock.lockTo(readingColumns([]));
    const columns = options.spec === undefined ? null : readingColumnsOfSpec(options.spec);
    if (columns !== null) this.#lock.lockTo(columns);
  }

  /**
   * Stores a block: a row of summary, and its samples if `samples` says so.
   *
   * @throws {DtolSinkSchemaError} If a table that exists does not fit.
   * @throws {DtolSinkWriteError} If SQLite refuses; the sink takes no more then.
   */
  async write(block: DaqBlock): Promise<void> {
    const { stored } = await this.inTurn(() => {
      const plain = withOwnSamples(toPlainBlock(block));
      const description = this.#known.isNew(block) ? this.#describe(block) : null;
      const samples = plain.codes ?? plain.values;
      const memory = samples === undefined ? [] : [samples.buffer];
      return { stored: this.#link!.send({ kind: "block", block: plain, description }, memory) };
    });
    await this.#settle(stored);
  }

  /**
   * Stores readings: a row each, all in one transaction.
   *
   * @throws {DtolSinkSchemaError} If a value or a table that exists does not fit.
   * @throws {DtolSinkWriteError} If SQLite refuses; the sink takes no more then.
   */
  async writeMany(readings: readonly DaqReading[]): Promise<void> {
    if (readings.length === 0) return await this.open();
    const { stored } = await this.inTurn(() => this.#sendReadings(readings));
    await this.#settle(stored);
  }

  /** Stores a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Opens the database on its thread. */
  protected override async doOpen(): Promise<void> {
    const claim = claimPath(this.path);
    const link = new StoreLink(this.path);
    try {
      await link.send({ kind: "open", options: this.#store });
    } catch (error) {
      link.terminate();
      claim[Symbol.dispose]();
      throw error;
    }
    [this.#link, this.#claim] = [link, claim];
  }

  /** Waits for what was sent, and closes the database. */
  protected override async doClose(): Promise<void> {
    try {
      if (!this.#isDescribed) await this.#link!.send({ kind: "describe", description: this.#describe() });
    } finally {
      await this.#link!.close().finally(() => this.#claim![Symbol.dispose]());
    }
  }

  /** What the file says about itself, as it is known now. */
  #describe(record?: DaqBlock | DaqReading): string {
    this.#isDescribed = true;
    return JSON.stringify(describe({ ...this.#described, record }));
  }

  async #sendReadings(readings: readonly DaqReading[]): Promise<{ stored: Promise<void> }> {
    const parts: ReadingsPart[] = [];
    for (let i = 0; i < readings.length; i += READINGS_A_TURN) {
      if (i > 0) await turn();
      parts.push(this.#pack(readings.slice(i, i + READINGS_A_TURN)));
    }
    const typical = readings.find(({ error }) => error === null) ?? readings[0]!;
    const description = this.#isDescribed ? null : this.#describe(typical);
    const memory = parts.map(({ rows }) => rows.numbers.buffer);
    return { stored: this.#link!.send({ kind: "readings", parts, description }, memory) };
  }

  #pack(readings: readonly DaqReading[]): ReadingsPart {
    const rows = readings.map((reading) => readingToCells(reading, "ns"));
    const isFixed = this.#lock.columns !== null || this.#lock.lock(rows);
    const lock = isFixed ? this.#lock : this.#errorLock;
    const columns = lock.columns!;
    return {
      columns,
      rows: pack(columns, rows.map((row) => this.#isStraight(row, columns) ? row.cells : lock.project(row))),
    };
  }

  /** Whether a row's cells are in the table's columns as they are. Readings of one task share their columns. */
  #isStraight(row: TableRow, columns: readonly Column[]): boolean {
    if (row.columns === this.#straight) return true;
    if (columns !== this.#lock.columns || !sameColumns(row.columns, columns)) return false;
    this.#straight = row.columns;
    return true;
  }

  /** Waits for an answer. An error that leaves the file short refuses later writes, too, as the thread does by itself. */
  async #settle(stored: Promise<void>): Promise<void> {
    try {
      await stored;
    } catch (error) {
      if (this.isFatal(error)) {
        this.fail(error);
        await this.inTurn(() => {}).catch(() => {}); // marks it as told
      }
      throw error;
    }
  }
}

/** Samples in memory of their own, so that the caller's block stays whole when they move to the thread. */
function withOwnSamples(block: PlainBlock): PlainBlock {
  const { codes, values } = block;
  return {
    ...block,
    codes: codes && codes.slice() as Codes,
    ...(values === undefined ? {} : { values: values.slice() }),
  };
}

function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return a.length === b.length && a.every(({ name, type }, i) => name === b[i]!.name && type === b[i]!.type);
}

function storeOptions(path: string, options: SqliteSinkOptions): StoreOptions {
  const store = {
    path,
    ifExists: oneOf("ifExists", options.ifExists ?? "error", IF_EXISTS),
    journalMode: oneOf("journalMode", options.journalMode ?? "WAL", JOURNAL_MODES),
    synchronous: oneOf("synchronous", options.synchronous ?? "NORMAL", SYNCHRONOUS),
    busyTimeoutMs: wholeNumber("busyTimeoutMs", options.busyTimeoutMs ?? 5000, 0),
    tableReadings: tableName("tableReadings", options.tableReadings ?? "readings"),
    tableBlocks: tableName("tableBlocks", options.tableBlocks ?? "blocks"),
    tableSamples: tableName("tableSamples", options.tableSamples ?? "samples"),
    tableMetadata: tableName("tableMetadata", options.tableMetadata ?? "metadata"),
    samples: oneOf("samples", options.samples ?? "none", SAMPLES),
  };
  const { tableReadings, tableBlocks, tableSamples, tableMetadata } = store;
  const names = [tableReadings, tableBlocks, tableSamples, tableMetadata].map((name) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw invalid("tables", "four different names", twice);
  return store;
}

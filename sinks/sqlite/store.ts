/**
 * The database behind a SQLite sink. Lives on a thread of its own, where it may wait for the disk and for locks.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isoUtc } from "../../src/clock.ts";
import { DtolError, DtolSinkSchemaError, DtolSinkWriteError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { BLOCK_COLUMNS, type Column, readingColumns, SAMPLE_COLUMNS } from "../columns.ts";
import { blockSummaryCells } from "../rows.ts";
import { quoted } from "../sql_names.ts";
import { fromPlainBlock } from "../plain_block.ts";
import type { StoreOptions, WriteOrder } from "./orders.ts";
import { messageOf, openDatabase } from "./database.ts";
import { Inserter } from "./inserter.ts";
import { pack } from "./pack.ts";
import { BLOB_COLUMNS, blobRows, packSamples, viewSql } from "./samples.ts";

const TYPES = { text: "TEXT", time: "TEXT", double: "REAL", integer: "INTEGER", boolean: "INTEGER" } as const;
/** Columns that a table written by another version may lack; those of channels are not among them. */
const OURS = new Set(
  [...readingColumns([]), ...BLOCK_COLUMNS, ...SAMPLE_COLUMNS].map(({ name }) => name.toLowerCase()),
);
const KEYS = ["device", "t_mono_ns"] as const;
/** Columns of readings that have no channel: a table of errors. */
const ERROR_WIDTH = readingColumns([]).length;

/** An open database. After an error of its own it refuses everything, so that no hole is papered over. */
export class Store {
  readonly #options: StoreOptions;
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #tables = new Map<string, Inserter>();
  /** Tables that hold error rows only, made before anybody knew the channels. */
  readonly #provisional = new Set<string>();
  readonly #run: string;
  #blobs: StatementSync | undefined;
  #failure: DtolSinkWriteError | null = null;

  /**
   * Opens the file, or makes it.
   *
   * @throws {DtolResourceError} If it exists and may not, is in use, is no database, or cannot be opened.
   */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.#run = isoUtc(Temporal.Now.instant().epochNanoseconds);
    this.#db = openDatabase(options);
    this.#begin = this.#db.prepare("BEGIN IMMEDIATE");
    this.#commit = this.#db.prepare("COMMIT");
  }

  /**
   * Carries out writes, in their order, each whole or not at all. Those that wait together share a transaction; if one of
   * them cannot be stored, each gets one of its own.
   *
   * @returns For each write what went wrong, or null.
   */
  write(orders: readonly WriteOrder[]): (DtolError | null)[] {
    const error = this.#attempt(orders);
    if (error === null || orders.length === 1) return orders.map(() => error);
    return orders.map((order) => this.#attempt([order]));
  }

  #attempt(orders: readonly WriteOrder[]): DtolError | null {
    if (this.#failure !== null) return this.#failure;
    const tables = new Map(this.#tables);
    try {
      this.#begin.run();
      for (const order of orders) this.#carryOut(order);
      this.#commit.run();
      return null;
    } catch (error) {
      this.#rollBack(tables);
      if (error instanceof DtolError) return error;
      const failure = new DtolSinkWriteError(
        `Cannot write to ${this.#options.path}: ${messageOf(error)}. It holds every write before this one`,
        { context: { operation: "write SQLite" } },
      );
      if (orders.length === 1) this.#failure = failure; // of several, those before the bad one can still be stored
      return failure;
    }
  }

  #carryOut(order: WriteOrder): void {
    if (order.description !== null) this.#describe(order.description);
    if (order.kind === "block") this.#block(fromPlainBlock(order.block));
    if (order.kind !== "readings") return;
    for (const { columns, rows } of order.parts) {
      const isProvisional = columns.length === ERROR_WIDTH;
      this.#table(this.#options.tableReadings, columns, isProvisional).insert(rows);
    }
  }

  #block(block: DaqBlock): void {
    const { tableBlocks, tableSamples, samples } = this.#options;
    const { cells } = blockSummaryCells(block);
    this.#table(tableBlocks, BLOCK_COLUMNS).insert(pack(BLOCK_COLUMNS, [cells]));
    if (samples === "rows") {
      for (const rows of packSamples(block)) this.#table(tableSamples, SAMPLE_COLUMNS).insert(rows);
    } else if (samples === "blob") {
      for (const row of blobRows(block)) this.#blobTable().run(...row);
    }
  }

  /** Closes the database; the log beside it is taken in. */
  close(): void {
    this.#db.close();
  }

  #describe(description: string): void {
    const name = this.#options.tableMetadata;
    this.#db.exec(`CREATE TABLE IF NOT EXISTS ${quoted(name)} (run TEXT, key TEXT, value TEXT)`);
    const existing = this.#columnsOf(name);
    if (!["run", "key", "value"].every((column) => existing.has(column))) {
      throw new DtolSinkSchemaError(
        `Cannot describe the run in table ${
          quoted(name)
        } of ${this.#options.path} as it was made for something else: ` +
          `set "tableMetadata" to another name`,
      );
    }
    const statement = this.#db.prepare(`INSERT INTO ${quoted(name)} (run, key, value) VALUES (?, ?, ?)`);
    for (const [key, value] of Object.entries(JSON.parse(description) as Record<string, unknown>)) {
      statement.run(this.#run, key, typeof value === "string" ? value : JSON.stringify(value));
    }
  }

  /** Takes back a transaction, and with it the tables that were made in it. */
  #rollBack(tables: ReadonlyMap<string, Inserter>): void {
    try {
      this.#db.exec("ROLLBACK");
    } catch {
      // nothing was begun, or SQLite has rolled back by itself
    }
    this.#tables.clear();
    for (const [name, table] of tables) this.#tables.set(name, table);
    this.#blobs = undefined;
  }

  /** The table of a name, made or made to fit when it is first written to. */
  #table(name: string, columns: readonly Column[], provisional = false): Inserter {
    const known = this.#tables.get(name);
    if (known?.columns.length === columns.length) return known;
    const existing = this.#columnsOf(name);
    if (existing.size === 0) this.#create(name, columns);
    else if (this.#provisional.has(name) && !provisional) this.#widen(name, columns, existing);
    else this.#fit(name, columns, existing);
    if (provisional && existing.size === 0) this.#provisional.add(name);
    else if (!provisional) this.#provisional.delete(name);
    const table = new Inserter(this.#db, name, columns);
    this.#tables.set(name, table);
    return table;
  }

  #create(name: string, columns: readonly Column[]): void {
    const fields = columns.map((column) => `${quoted(column.name)} ${TYPES[column.type]}`);
    this.#db.exec(`CREATE TABLE ${quoted(name)} (${fields.join(", ")})`);
    this.#index(name);
  }

  #index(name: string): void {
    const keys = KEYS.map(quoted).join(", ");
    this.#db.exec(`CREATE INDEX IF NOT EXISTS ${quoted(`${name}_${KEYS.join("_")}`)} ON ${quoted(name)} (${keys})`);
  }

  /** Makes a table of error rows again with the columns of the channels in their place. */
  #widen(name: string, columns: readonly Column[], existing: ReadonlyMap<string, string>): void {
    const before = `${name}_errors`;
    this.#db.exec(`DROP INDEX IF EXISTS ${quoted(`${name}_${KEYS.join("_")}`)}`);
    this.#db.exec(`ALTER TABLE ${quoted(name)} RENAME TO ${quoted(before)}`);
    this.#create(name, columns);
    const kept = columns.filter((column) => existing.has(column.name.toLowerCase()));
    const names = kept.map((column) => quoted(column.name)).join(", ");
    this.#db.exec(`INSERT INTO ${quoted(name)} (${names}) SELECT ${names} FROM ${quoted(before)}`);
    this.#db.exec(`DROP TABLE ${quoted(before)}`);
  }

  /** Makes a table that was there before take our rows: columns that only newer versions have are added. */
  #fit(name: string, columns: readonly Column[], existing: ReadonlyMap<string, string>): void {
    const refuse = (why: string) =>
      new DtolSinkSchemaError(
        `Cannot append to table ${
          quoted(name)
        } of ${this.#options.path}: ${why}. Name another table, or write to a new file`,
      );
    const isOurs = KEYS.every((key) => existing.has(key));
    if (!isOurs) throw refuse(`it has no columns ${KEYS.join(" and ")}, so it was made for something else`);
    for (const column of columns) {
      const declared = existing.get(column.name.toLowerCase());
      if (declared !== undefined) {
        if (fits(declared, TYPES[column.type])) continue;
        throw refuse(`its column ${quoted(column.name)} is ${declared || "of no type"}, not ${TYPES[column.type]}`);
      }
      if (!OURS.has(column.name.toLowerCase())) throw refuse(`it has no column ${quoted(column.name)}`);
      this.#db.exec(`ALTER TABLE ${quoted(name)} ADD COLUMN ${quoted(column.name)} ${TYPES[column.type]}`);
    }
    this.#index(name);
  }

  /** Names, in small letters, and declared types of a table's columns; none if there is no such table. */
  #columnsOf(name: string): Map<string, string> {
    const rows = this.#db.prepare("SELECT name, type FROM pragma_table_info(?)").all(name);
    return new Map(rows.map((row) => [String(row["name"]).toLowerCase(), String(row["type"])]));
  }

  #blobTable(): StatementSync {
    if (this.#blobs !== undefined) return this.#blobs;
    const name = this.#options.tableSamples;
    const existing = this.#columnsOf(name);
    const missing = BLOB_COLUMNS.find((column) => !existing.has(column.name));
    if (existing.size > 0 && missing !== undefined) {
      throw new DtolSinkSchemaError(
        `Cannot add blobs to table ${quoted(name)} of ${this.#options.path} as it has no column ${
          quoted(missing.name)
        }: ` +
          `set "tableSamples" to another name`,
      );
    }
    if (existing.size === 0) {
      this.#db.exec(`CREATE TABLE ${quoted(name)} (${BLOB_COLUMNS.map((c) => `${c.name} ${c.sql}`).join(", ")})`);
    }
    this.#index(name);
    this.#db.exec(viewSql(name));
    const names = BLOB_COLUMNS.map((column) => column.name).join(", ");
    const marks = BLOB_COLUMNS.map(() => "?").join(", ");
    return this.#blobs = this.#db.prepare(`INSERT INTO ${quoted(name)} (${names}) VALUES (${marks})`);
  }
}

/** Whether a column of a declared type takes our values unchanged, by SQLite's rules of affinity. */
function fits(declared: string, wanted: string): boolean {
  const type = declared.toUpperCase();
  const isText = /CHAR|CLOB|TEXT/.test(type);
  if (wanted === "TEXT") return isText || type === "";
  if (wanted === "REAL") return /REAL|FLOA|DOUB|NUM|DEC/.test(type) || type === "";
  return /INT|BOOL|NUM/.test(type) || type === "";
}

/**
 * Opening a database file by the rules that all sinks' files obey.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { DtolResourceError } from "../../src/errors.ts";
import { existsError, makeParent } from "../file.ts";
import type { StoreOptions } from "./orders.ts";

/**
 * Opens the database of a sink: makes the file, or does with one that exists what the caller says.
 *
 * @throws {DtolResourceError} If it exists and may not, is in use, is no database, or cannot be opened.
 */
export function openDatabase(options: StoreOptions): DatabaseSync {
  prepareFile(options);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(options.path);
    db.exec("PRAGMA page_size = 8192"); // of a new file: rows of many channels go in faster than with 4096
    db.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    db.exec(`PRAGMA journal_mode = ${options.journalMode}`);
    db.exec(`PRAGMA synchronous = ${options.synchronous}`);
    return db;
  } catch (error) {
    db?.close();
    throw cannotOpen(options.path, error);
  }
}

/** Makes the file, by one call that cannot take somebody else's, or does with the old one what the caller says. */
function prepareFile({ path, ifExists, busyTimeoutMs }: StoreOptions): void {
  if (makeFile(path)) return;
  if (ifExists === "error") throw existsError(path);
  if (ifExists === "append") return;
  refuseIfOpen(path, busyTimeoutMs);
  for (const ending of ["-wal", "-shm", "-journal", ""]) removeIfThere(path + ending);
  makeFile(path);
}

/** Makes an empty file, which SQLite takes for an empty database; false if there is one. */
function makeFile(path: string): boolean {
  const options = { write: true, createNew: true };
  try {
    Deno.openSync(path, options).close();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!(error instanceof Deno.errors.NotFound)) throw cannotOpen(path, error);
    try {
      makeParent(path);
      Deno.openSync(path, options).close();
    } catch (second) {
      throw cannotOpen(path, second);
    }
  }
  return true;
}

/**
 * Refuses to replace a database that some program has open. Leaving WAL takes SQLite's lock on the whole file, which
 * nobody gets while another has it open.
 */
function refuseIfOpen(path: string, busyTimeoutMs: number): void {
  let reason: string | undefined;
  try {
    using db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = ${Math.min(busyTimeoutMs, 200)}`);
    db.exec("PRAGMA journal_mode = DELETE");
    db.exec("BEGIN EXCLUSIVE; ROLLBACK");
  } catch (error) {
    reason = messageOf(error);
  }
  if (reason === undefined || !/locked|busy/i.test(reason)) return; // what is no database is nobody's database
  throw new DtolResourceError(
    `Cannot replace ${path} as another program has it open: close that one first, or choose another name`,
    { context: { operation: "open file" } },
  );
}

function cannotOpen(path: string, error: unknown): DtolResourceError {
  return new DtolResourceError(
    `Cannot open ${path} as a SQLite database: ${messageOf(error)}. Check the folder, its permissions, and ` +
      "--allow-read and --allow-write",
    { context: { operation: "open file" } },
  );
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotOpen(path, error);
  }
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

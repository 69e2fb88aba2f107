/**
 * One batch of rows on its way into one table: exactly once, also when the connection breaks while nobody knows whether the
 * server has it.
 *
 * The client is `pg`: of the two that Deno runs, postgres.js never settles a COPY that the server refuses after its end, and
 * leaves each small one to wait for a delayed acknowledgement. `pg-copy-streams` is not needed: the rows are encoded already
 * and go right behind the query, in one with the transaction about them, so that the server's first error is the one told.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { DtolSinkWriteError } from "../../src/errors.ts";
import type { Client, Submittable, Wire } from "./driver.ts";
import { ByteWriter } from "./encode.ts";

/** Where rows go. */
export interface Target {
  /** Table with its schema, quoted. */
  readonly table: string;
  /** Columns, quoted, in the order of the rows' fields. */
  readonly columns: readonly string[];
}

/** Some rows for one table, in the binary form of COPY without its head and tail. */
export interface Batch {
  readonly target: Target;
  readonly rows: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Columns and values, as text, that tell its first row from others. */
  readonly key: readonly (readonly [column: string, value: string])[];
  /** The transaction that may or may not have stored it, when the connection broke. */
  transaction: string | null;
}

/** `PGCOPY\n\377\r\n\0`, no flags, no extension. */
export const COPY_HEAD: Uint8Array<ArrayBuffer> = Uint8Array.of(
  ...[0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00],
  ...[0, 0, 0, 0, 0, 0, 0, 0],
);
/** Instead of a number of fields: the end. */
export const COPY_TAIL: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0xff);

/**
 * Sends a batch in a transaction of its own. `batch.transaction` names it before it is committed.
 *
 * @param mayCommit Settles when it may be; rejects if it must not.
 */
export function send(
  client: Client,
  batch: Batch,
  useCopy: boolean,
  mayCommit: () => Promise<void>,
): Promise<void> {
  return useCopy ? sendCopy(client, batch, mayCommit) : sendInserts(client, batch, mayCommit);
}

function sendCopy(client: Client, batch: Batch, mayCommit: () => Promise<void>): Promise<void> {
  const copy = new Copy(batch, mayCommit);
  copy.done.catch(() => {}); // told by whoever waits; submitting it may throw first
  client.query(copy);
  return copy.done;
}

/**
 * `BEGIN`, the transaction's number, `COPY` and `COMMIT` as one query with the rows right behind it. The word that ends the
 * rows, without which nothing is committed, waits for the number: so whatever is stored has a number that we know. If the
 * server refuses at any point it skips what is left of the rows, as the protocol has it, so nothing waits for an answer that
 * does not come.
 */
class Copy implements Submittable {
  readonly #batch: Batch;
  readonly #settled = Promise.withResolvers<void>();
  readonly #mayCommit: () => Promise<void>;
  #wire: Wire | undefined;
  #copied: string | null = null;

  constructor(batch: Batch, mayCommit: () => Promise<void>) {
    this.#batch = batch;
    this.#mayCommit = mayCommit;
  }

  get done(): Promise<void> {
    return this.#settled.promise;
  }

  submit(wire: Wire): null {
    const { target: { table, columns }, bytes } = this.#batch;
    wire.stream.cork();
    wire.query(
      `BEGIN; SELECT txid_current()::text; COPY ${table} (${columns.join(", ")}) FROM STDIN (FORMAT binary); COMMIT`,
    );
    for (const part of [COPY_HEAD, bytes, COPY_TAIL]) {
      wire.sendCopyFromChunk(Buffer.from(part.buffer, part.byteOffset, part.length));
    }
    wire.stream.uncork();
    this.#wire = wire;
    return null;
  }

  handleRowDescription(): void {}
  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    this.#batch.transaction = fields[0] ?? null;
    this.#mayCommit().then(() => this.#wire!.endCopyFrom()).catch(this.#settled.reject);
  }
  handleCopyInResponse(): void {} // the rows are on their way already
  handleCommandComplete({ text }: { text: string }): void {
    if (text.startsWith("COPY")) this.#copied = text;
  }
  handleError(error: Error): void {
    this.#settled.reject(error);
  }
  handleReadyForQuery(): void {
    const { rows } = this.#batch;
    if (this.#copied === `COPY ${rows}`) this.#settled.resolve();
    else this.#settled.reject(new DtolSinkWriteError(`The server stored "${this.#copied}" of ${rows} rows`));
  }
}

/** Rows of one prepared insert. */
const ROWS_AN_INSERT = 64;
const MOST_PARAMETERS = 65_535;

async function sendInserts(client: Client, batch: Batch, mayCommit: () => Promise<void>): Promise<void> {
  const { target, rows } = batch;
  await client.query("BEGIN");
  const { rows: [first] } = await client.query("SELECT txid_current()::text AS id");
  batch.transaction = first!["id"] as string;
  const fields = readFields(batch);
  const width = target.columns.length;
  const most = Math.max(1, Math.min(ROWS_AN_INSERT, Math.floor(MOST_PARAMETERS / width)));
  for (let row = 0; row < rows;) {
    const count = rows - row >= most ? most : 1;
    const values = fields.slice(row * width, (row + count) * width);
    await client.query({ ...insertOf(target, count), values });
    row += count;
  }
  await mayCommit();
  await client.query("COMMIT");
}

/** A statement by name, so that a connection prepares it once. The server cuts names at 63 bytes, so the name is a digest. */
function insertOf({ table, columns }: Target, count: number): { name: string; text: string } {
  let mark = 0;
  const row = () => `(${columns.map(() => `$${++mark}`).join(", ")})`;
  const values = Array.from({ length: count }, row).join(", ");
  const text = `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${values}`;
  return { name: `dtollib_${digest(text)}`, text };
}

function digest(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return (a >>> 0).toString(16) + (b >>> 0).toString(16) + text.length.toString(16);
}

/** The fields of all rows, as parameters in binary form; null stays null. */
function readFields({ bytes, rows }: Batch): (Uint8Array | null)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: (Uint8Array | null)[] = [];
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const count = view.getInt16(at);
    at += 2;
    for (let i = 0; i < count; i++) {
      const length = view.getInt32(at);
      at += 4;
      fields.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
  }
  return fields;
}

/**
 * Whether the server has a batch whose fate was unknown when the connection broke. A transaction that is still open there is
 * ended first, so that the answer is final.
 */
export async function isStored(client: Client, { transaction, target, key }: Batch): Promise<boolean> {
  if (transaction === null) return false; // never asked to commit
  const xid = String(BigInt(transaction) % 2n ** 32n);
  const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid::text = $1";
  await client.query({ text: end, values: [xid] });
  for (;;) {
    const status = await statusOf(client, transaction);
    if (status === "in progress") {
      await client.query("SELECT pg_sleep(0.02)");
      continue;
    }
    if (status !== "committed") return false;
    // A server that crashed may give the number of a lost transaction to a later one: the first row itself decides.
    const where = ["xmin::text = $1", ...key.map(([column], i) => `${column} = $${i + 2}`)].join(" AND ");
    const text = `SELECT EXISTS (SELECT 1 FROM ${target.table} WHERE ${where}) AS mine`;
    const mine = await client.query({ text, values: [xid, ...key.map(([, value]) => value)] });
    return mine.rows[0]!["mine"] === true;
  }
}

/** What the server knows of a transaction: nothing, if it crashed before the number reached its disk. */
async function statusOf(client: Client, transaction: string): Promise<unknown> {
  try {
    const { rows } = await client.query({ text: "SELECT txid_status($1::bigint) AS status", values: [transaction] });
    return rows[0]!["status"];
  } catch (error) {
    if ((error as { code?: unknown }).code === "22023") return null; // "is in the future"
    throw error;
  }
}

/** Batches for the same columns that follow each other, as one, up to a number of bytes: a COPY each costs a trip. */
export function merged(batches: readonly Batch[], mostBytes: number): Batch[] {
  const groups: Batch[][] = [];
  let bytes = 0;
  for (const batch of batches) {
    const fits = groups.at(-1)?.[0]?.target === batch.target && bytes + batch.bytes.length <= mostBytes;
    bytes = fits ? bytes + batch.bytes.length : batch.bytes.length;
    if (fits) groups.at(-1)!.push(batch);
    else groups.push([batch]);
  }
  return groups.map((group) => group.length === 1 ? group[0]! : together(group));
}

function together(group: readonly Batch[]): Batch {
  const bytes = new Uint8Array(group.reduce((sum, batch) => sum + batch.bytes.length, 0));
  let at = 0;
  for (const batch of group) {
    bytes.set(batch.bytes, at);
    at += batch.bytes.length;
  }
  return { ...group[0]!, rows: group.reduce((sum, { rows }) => sum + rows, 0), bytes };
}

/** Rows as a whole COPY, for a file that `\\copy ... WITH (FORMAT binary)` reads. */
export function asCopyFile(batches: readonly Batch[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.put(COPY_HEAD);
  for (const { bytes } of batches) out.put(bytes);
  out.put(COPY_TAIL);
  return out.take();
}

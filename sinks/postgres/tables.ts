/**
 * The tables of a Postgres sink: found in the catalogue or made, and rows made to fit them.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../../src/errors.ts";
import type { Cell, Column, ColumnType } from "../rows.ts";
import { quoted } from "../sql_names.ts";
import type { Batch, Target } from "./batch.ts";
import type { Client } from "./driver.ts";
import { ByteWriter, type CellEncoder, encoderFor, timeAsText } from "./encode.ts";

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: "text",
  double: "double precision",
  integer: "bigint",
  boolean: "boolean",
  time: "timestamptz",
};
const KEYS = ["device", "t_mono_ns"] as const;
/** Postgres cuts longer names, and two channels might end as one. */
const MOST_NAME_BYTES = 63;
const TEXT_TYPES = ["text", "varchar", "bpchar"];

/** A column as the catalogue has it. */
export interface Found {
  readonly name: string;
  readonly type: string;
}

/** A row to be encoded. */
export interface GivenRow {
  readonly columns: readonly Column[];
  readonly cells: readonly Cell[];
}

/** Where a cell of a row goes. */
interface Step {
  readonly from: number;
  readonly encode: CellEncoder;
}

/** A way to encode rows of one shape. */
interface Plan {
  readonly target: Target;
  readonly steps: readonly Step[];
}

/** A table that exists, and how rows get into it. */
export class PgTable {
  readonly #name: string;
  readonly #sqlName: string;
  readonly #found: ReadonlyMap<string, string>;
  readonly #onWarning: (message: string) => void;
  readonly #plans = new WeakMap<readonly Column[], Plan>();
  readonly #warned = new Set<string>();
  readonly #out = new ByteWriter();

  /** Takes a table as it is: its columns are fixed from here on. */
  constructor(schema: string, name: string, found: readonly Found[], onWarning: (message: string) => void) {
    this.#name = name;
    this.#sqlName = sqlName(schema, name);
    this.#found = new Map(found.map((column) => [column.name, column.type]));
    this.#onWarning = onWarning;
  }

  /**
   * Rows as batches: one for all rows of one shape that follow each other.
   *
   * @throws {DtolSinkSchemaError} If a value does not fit its column.
   */
  *encode(rows: readonly GivenRow[]): Generator<Batch> {
    let first = 0;
    for (let i = 1; i <= rows.length; i++) {
      if (i < rows.length && rows[i]!.columns === rows[first]!.columns) continue;
      yield this.#encode(rows.slice(first, i));
      first = i;
    }
  }

  #encode(rows: readonly GivenRow[]): Batch {
    const { columns } = rows[0]!;
    const { steps, target } = this.#planFor(columns);
    const out = this.#out;
    out.length = 0;
    for (const { cells } of rows) {
      out.int16(steps.length);
      for (const { from, encode } of steps) encode(cells[from]!, out);
    }
    const { cells } = rows[0]!;
    const key = columns.flatMap(({ name }, i): [string, string][] =>
      KEYS.some((word) => word === name) && this.#found.has(name) && cells[i] !== null
        ? [[quoted(name), `${cells[i]}`.replaceAll("\0", "\uFFFD")]]
        : []
    );
    return { target, rows: rows.length, bytes: out.take(), key, transaction: null };
  }

  #planFor(columns: readonly Column[]): Plan {
    const known = this.#plans.get(columns);
    if (known !== undefined) return known;
    const names: string[] = [];
    const steps: Step[] = [];
    for (const [from, { name, type }] of columns.entries()) {
      const sqlType = this.#found.get(name);
      if (sqlType === undefined) {
        this.#warn(`${this.#name}: column ${JSON.stringify(name)} is dropped from here on, as the table has none such`);
        continue;
      }
      const encode = encoderFor(sqlType, name);
      if (encode === null) throw this.#misfit(name, sqlType, type);
      steps.push({ from, encode: type === "time" && TEXT_TYPES.includes(sqlType) ? timeAsText(encode) : encode });
      names.push(quoted(name));
    }
    if (steps.length === 0) {
      throw new DtolSinkSchemaError(
        `Cannot write to table ${this.#sqlName} as it has none of the columns that are given`,
      );
    }
    const plan = { target: { table: this.#sqlName, columns: names }, steps };
    this.#plans.set(columns, plan);
    return plan;
  }

  #misfit(name: string, sqlType: string, type: ColumnType): DtolSinkSchemaError {
    return new DtolSinkSchemaError(
      `Cannot write to table ${this.#sqlName} as its column ${JSON.stringify(name)} is ${sqlType}: ` +
        `make it ${TYPES[type]}, or give it another name`,
    );
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#onWarning(message);
  }
}

/** The columns of a table that one may write to; none if it does not exist or the role may not see it. */
export async function findColumns(client: Client, schema: string, table: string): Promise<Found[]> {
  const { rows } = await client.query({
    text: "SELECT column_name::text AS name, udt_name::text AS type FROM information_schema.columns " +
      "WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER' ORDER BY ordinal_position",
    values: [schema, table],
  });
  return rows.map((row) => ({ name: String(row["name"]), type: String(row["type"]) }));
}

/** Makes a table and its index, if it is not there. Two sinks may try at once: one of them waits. */
export async function createTable(
  client: Client,
  schema: string,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const fields = columns.map(({ name, type }) => `${quoted(fittingName(name))} ${TYPES[type]}`);
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(hashtext('dtollib create tables'))");
  if ((await findColumns(client, schema, table)).length === 0) {
    await client.query(`CREATE TABLE ${sqlName(schema, table)} (${fields.join(", ")})`);
    if (KEYS.every((key) => columns.some(({ name }) => name === key))) {
      await client.query(`CREATE INDEX ON ${sqlName(schema, table)} (${KEYS.map(quoted).join(", ")})`);
    }
  }
  await client.query("COMMIT");
}

/** Has TimescaleDB part a table by time, where that extension is. */
export async function makeHypertable(client: Client, schema: string, table: string): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
  if (rows.length === 0) return;
  await client.query({
    text: "SELECT create_hypertable(format('%I.%I', $1::text, $2::text)::regclass, 't_utc', if_not_exists => true)",
    values: [schema, table],
  });
}

/** The name of a table with its schema, for SQL. */
export function sqlName(schema: string, table: string): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

function fittingName(name: string): string {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes <= MOST_NAME_BYTES) return name;
  throw new DtolSinkSchemaError(
    `Cannot make a column ${
      JSON.stringify(name)
    } as its name has ${bytes} bytes and Postgres takes ${MOST_NAME_BYTES}: ` +
      `give the channel a shorter name (its unit is in a column with "_unit" behind it)`,
  );
}

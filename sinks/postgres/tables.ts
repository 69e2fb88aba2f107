/**
 * The tables of a Postgres sink: found in the catalogue or made, and rows made to fit them.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../../src/errors.ts";
import type { Cell, Column, ColumnType } from "../columns.ts";
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
/** Shapes of rows that are remembered: a program has a few. */
const MOST_SHAPES = 256;

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

/** A table that exists, and how rows get into it. */
export class PgTable {
  readonly #name: string;
  readonly #sqlName: string;
  readonly #found: ReadonlyMap<string, string>;
  readonly #onWarning: (message: string) => void;
  /** The columns that rows have had so far: all rows are written with all of these. */
  readonly #given = new Map<string, CellEncoder>();
  #target: Target | undefined;
  /** For each shape of rows where the cells of the columns above stand; -1 where a row has none. */
  #places = new Map<readonly Column[], readonly number[]>();
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
   * Rows, of which there is one at least, as a batch. A column that some rows do not have is null there.
   *
   * @throws {DtolSinkSchemaError} If a value does not fit its column.
   */
  encode(rows: readonly GivenRow[]): Batch {
    for (const { columns } of rows) if (!this.#places.has(columns)) this.#learn(columns);
    const out = this.#out;
    out.length = 0;
    const encoders = [...this.#given.values()];
    for (const { columns, cells } of rows) {
      const places = this.#places.get(columns) ?? this.#placesOf(columns);
      out.int16(encoders.length);
      for (let i = 0; i < encoders.length; i++) encoders[i]!(places[i]! < 0 ? null : cells[places[i]!]!, out);
    }
    return {
      target: this.#targetNow(),
      rows: rows.length,
      bytes: out.take(),
      key: this.#keyOf(rows[0]!),
      transaction: null,
    };
  }

  #keyOf({ columns, cells }: GivenRow): [string, string][] {
    const keys = KEYS.filter((key) => this.#given.has(key)).map((key) => columns.findIndex(({ name }) => name === key));
    return keys.flatMap((i): [string, string][] =>
      i < 0 || cells[i] === null ? [] : [[quoted(columns[i]!.name), `${cells[i]}`.replaceAll("\0", "\uFFFD")]]
    );
  }

  #targetNow(): Target {
    if (this.#target?.columns.length !== this.#given.size) {
      this.#target = { table: this.#sqlName, columns: [...this.#given.keys()].map(quoted) };
    }
    return this.#target!;
  }

  /** Takes in a shape of rows: its columns that the table has are written from here on, the others dropped. */
  #learn(columns: readonly Column[]): void {
    const learnt = columns.flatMap((column) => this.#encoderOf(column));
    const before = this.#given.size;
    for (const [name, encode] of learnt) if (!this.#given.has(name)) this.#given.set(name, encode);
    if (this.#given.size === 0) {
      throw new DtolSinkSchemaError(
        `Cannot write to table ${this.#sqlName} as it has none of the columns that are given`,
      );
    }
    if (this.#given.size > before || this.#places.size >= MOST_SHAPES) this.#relearn();
    this.#places.set(columns, this.#placesOf(columns));
  }

  #relearn(): void {
    const shapes = this.#places.size >= MOST_SHAPES ? [] : [...this.#places.keys()];
    this.#places = new Map(shapes.map((columns) => [columns, this.#placesOf(columns)]));
  }

  #placesOf(columns: readonly Column[]): readonly number[] {
    return [...this.#given.keys()].map((given) => columns.findIndex(({ name }) => name === given));
  }

  #encoderOf({ name, type }: Column): [string, CellEncoder][] {
    const sqlType = this.#found.get(name);
    if (sqlType === undefined) {
      this.#warn(`${this.#name}: column ${JSON.stringify(name)} is dropped from here on, as the table has none such`);
      return [];
    }
    const encode = encoderFor(sqlType, name);
    if (encode === null) throw this.#misfit(name, sqlType, type);
    return [[name, type === "time" && TEXT_TYPES.includes(sqlType) ? timeAsText(encode) : encode]];
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

/**
 * Makes a table and its index, if it is not there. Two sinks may try at once: one of them waits.
 *
 * @param byTime Whether TimescaleDB, where that extension is, is to part the table by time.
 */
export async function createTable(
  client: Client,
  schema: string,
  table: string,
  columns: readonly Column[],
  byTime: boolean,
): Promise<void> {
  const fields = columns.map(({ name, type }) => `${quoted(fittingName(name))} ${TYPES[type]}`);
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(hashtext('dtollib create tables'))");
  if ((await findColumns(client, schema, table)).length === 0) {
    await client.query(`CREATE TABLE ${sqlName(schema, table)} (${fields.join(", ")})`);
    if (KEYS.every((key) => columns.some(({ name }) => name === key))) {
      await client.query(`CREATE INDEX ON ${sqlName(schema, table)} (${KEYS.map(quoted).join(", ")})`);
    }
    if (byTime) await makeHypertable(client, schema, table);
  }
  await client.query("COMMIT");
}

/** Its functions are in whatever schema the extension was put into. */
async function makeHypertable(client: Client, schema: string, table: string): Promise<void> {
  const { rows } = await client.query(
    "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'timescaledb'",
  );
  if (rows.length === 0) return;
  const make = sqlName(String(rows[0]!["nspname"]), "create_hypertable");
  await client.query({
    text: `SELECT ${make}(format('%I.%I', $1::text, $2::text)::regclass, 't_utc'::name, if_not_exists => true)`,
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

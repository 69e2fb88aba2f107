/**
 * Inserting packed rows: several a statement, and what is the same in all of them bound once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Column } from "../rows.ts";
import { quoted } from "../sql_names.ts";
import { type Bound, boundOf, type Packed, RowReader } from "./pack.ts";

/** Rows of one INSERT: enough to share its cost, few enough that binding stays cheap. */
const ROWS_A_STATEMENT = 16;
const MOST_VARIABLES = 32_766;
/** A table has a few combinations of constant columns; one that makes up many gets a plain statement. */
const MOST_SHAPES = 16;

/** Statements for one combination of constant columns. */
interface Shape {
  readonly isSame: readonly boolean[];
  readonly many: StatementSync;
  readonly one: StatementSync;
  readonly rowsOfMany: number;
}

/** Inserts rows into one table. */
export class Inserter {
  /** The columns that rows come in. */
  readonly columns: readonly Column[];
  readonly #db: DatabaseSync;
  readonly #table: string;
  readonly #shapes = new Map<string, Shape>();

  /** Prepares to insert into a table, which has these columns. */
  constructor(db: DatabaseSync, table: string, columns: readonly Column[]) {
    this.#db = db;
    this.#table = table;
    this.columns = columns;
  }

  /** Inserts rows, in their order. */
  insert(packed: Packed): void {
    const { rows } = packed;
    const { isSame, many, one, rowsOfMany } = this.#shapeFor(packed);
    const reader = new RowReader(packed, isSame);
    const bound: Bound[] = isSame.includes(true) ? packed.same.map(boundOf) : [];
    const constants = bound.length;
    let row = 0;
    for (; row + rowsOfMany <= rows; row += rowsOfMany) {
      reader.read(row, rowsOfMany, bound, constants);
      many.run(...bound);
    }
    for (; row < rows; row++) {
      bound.length = constants;
      reader.read(row, 1, bound, constants);
      one.run(...bound);
    }
  }

  /** What is the same in all rows is bound once. Of a single row that says nothing about those of the next. */
  #shapeFor({ rows, kinds }: Packed): Shape {
    let key = rows > 1 && kinds.search(/[^s]/) >= 0 ? kinds.replaceAll(/[^s]/g, "r") : "";
    if (!this.#shapes.has(key) && this.#shapes.size >= MOST_SHAPES) key = "";
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      const isSame = this.columns.map((_, i) => key[i] === "s");
      this.#shapes.set(key, shape = this.#prepare(isSame));
    }
    return shape;
  }

  #prepare(isSame: readonly boolean[]): Shape {
    const varying = isSame.filter((same) => !same).length;
    const room = Math.floor((MOST_VARIABLES - isSame.length) / varying);
    const rowsOfMany = Math.max(1, Math.min(ROWS_A_STATEMENT, room));
    const prepare = (rows: number) => this.#db.prepare(this.#sql(isSame, rows));
    return { isSame, many: prepare(rowsOfMany), one: prepare(1), rowsOfMany };
  }

  /** `WITH same(..) AS (one row), rows(..) AS (the rows)`: every value is bound, constants once. */
  #sql(isSame: readonly boolean[], rows: number): string {
    const names = this.columns.map(({ name }) => quoted(name)).join(", ");
    const places = isSame.map((same, i) => `${same ? "s" : "r"}${i}`);
    const list = (kind: string) => places.filter((place) => place.startsWith(kind));
    const marks = (kind: string) => `(${list(kind).map(() => "?").join(", ")})`;
    const values = new Array(rows).fill(marks("r")).join(", ");
    const [with_, from] = list("s").length === 0
      ? ["", ""]
      : [`same(${list("s").join(", ")}) AS (VALUES ${marks("s")}), `, "same CROSS JOIN "];
    return `WITH ${with_}many(${list("r").join(", ")}) AS (VALUES ${values}) ` +
      `INSERT INTO ${quoted(this.#table)} (${names}) SELECT ${places.join(", ")} FROM ${from}many`;
  }
}

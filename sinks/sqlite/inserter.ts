/**
 * Inserting packed rows: several a statement, and what is the same in all of them bound once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Column } from "../columns.ts";
import { quoted } from "../sql_names.ts";
import { type Bound, boundOf, type Packed, RowReader } from "./pack.ts";

/** Rows of one INSERT, the most first: sharing its cost makes a row half as dear; what is left over goes by smaller ones. */
const ROWS_A_STATEMENT = [64, 8, 1] as const;
const MOST_VARIABLES = 32_766;
/** A table has a few combinations of constant columns; one that makes up many gets a plain statement. */
const MOST_SHAPES = 16;

/** Statements for one combination of constant columns, made when they are needed. */
interface Shape {
  readonly isSame: readonly boolean[];
  readonly statements: Map<number, StatementSync>;
  /** Rows of a statement, as far as its variables allow. */
  readonly sizes: readonly number[];
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
    const shape = this.#shapeFor(packed);
    const reader = new RowReader(packed, shape.isSame);
    const constants = shape.isSame.includes(true) ? constantsOf(packed) : {};
    let row = 0;
    for (const size of shape.sizes) {
      const bound: Bound[] = [];
      for (; row + size <= packed.rows; row += size) {
        reader.read(row, size, bound, 0);
        this.#statement(shape, size).run(constants, ...bound);
      }
    }
  }

  /** What is the same in all rows is bound once. Of a single row that says nothing about those of the next. */
  #shapeFor({ rows, kinds }: Packed): Shape {
    let key = rows > 1 && /[^s]/.test(kinds) ? kinds.replaceAll(/[^s]/g, "r") : "";
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
    return { isSame, statements: new Map(), sizes: ROWS_A_STATEMENT.filter((rows) => rows <= Math.max(room, 1)) };
  }

  /** Every value is bound; constants by name, once for all rows. */
  #statement({ isSame, statements }: Shape, rows: number): StatementSync {
    let statement = statements.get(rows);
    if (statement === undefined) {
      const names = this.columns.map(({ name }) => quoted(name)).join(", ");
      let constants = 0;
      const marks = isSame.map((same) => same ? `:${nameOf(constants++)}` : "?").join(", ");
      const values = new Array(rows).fill(`(${marks})`).join(", ");
      statement = this.#db.prepare(`INSERT INTO ${quoted(this.#table)} (${names}) VALUES ${values}`);
      statements.set(rows, statement);
    }
    return statement;
  }
}

function constantsOf({ same }: Packed): Record<string, Bound> {
  return Object.fromEntries(same.map((cell, i) => [nameOf(i), boundOf(cell)]));
}

function nameOf(constant: number): string {
  return `c${constant}`;
}

/**
 * Rows by column, the way they cross to the database's thread: what is the same in every row goes once, and all numbers go
 * in one piece of memory, which moves and is not copied.
 *
 * @module
 */

import type { Cell, Column } from "../columns.ts";
import { utcText } from "../times.ts";

/** Some rows of one table. */
export interface Packed {
  /** How many. */
  readonly rows: number;
  /**
   * A letter a column: `s`, the same in all rows; `d` doubles, `i` integers, `t` UTC times, a stretch of `numbers` each;
   * `c` cells of any kind.
   */
  readonly kinds: string;
  /** The cells of the columns `s`, one each. */
  readonly same: readonly Cell[];
  /** The cells of the columns `d`, `i` and `t`, column by column. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** The cells of the columns `c`, column by column. */
  readonly cells: readonly Cell[];
}

/** What a database takes as the value of a cell. */
export type Bound = string | number | bigint | null;

type CellRows = readonly (readonly Cell[])[];

/** Packs rows, of which there is one at least, whose cells are in the order of `columns`. */
export function pack(columns: readonly Column[], rows: CellRows): Packed {
  const numbers = new Float64Array(rows.length * columns.length);
  const integers = new BigInt64Array(numbers.buffer);
  const same: Cell[] = [];
  const cells: Cell[] = [];
  let kinds = "";
  let at = 0;
  for (const [i, { type }] of columns.entries()) {
    const kind = kindOf(type, rows, i);
    if (kind === "s") same.push(sameCell(type, rows[0]![i]!));
    else if (kind === "c") { for (const row of rows) cells.push(row[i]!); }
    else if (kind === "d") { for (const row of rows) numbers[at++] = row[i] as number; }
    else for (const row of rows) integers[at++] = row[i] as bigint;
    kinds += kind;
  }
  return { rows: rows.length, kinds, same, numbers: at === 0 ? new Float64Array(0) : numbers, cells };
}

function kindOf(type: Column["type"], rows: CellRows, i: number): "s" | "d" | "i" | "t" | "c" {
  const first = rows[0]![i]!;
  let r = 1;
  while (r < rows.length && rows[r]![i] === first) r++;
  if (r === rows.length) return "s";
  if (type === "double") return rows.every((row) => typeof row[i] === "number") ? "d" : "c";
  if (type !== "time" && type !== "integer") return "c";
  if (!rows.every((row) => isInt64(row[i]!))) return "c";
  return type === "time" ? "t" : "i";
}

function isInt64(cell: Cell): boolean {
  return typeof cell === "bigint" && cell < 2n ** 63n && cell >= -(2n ** 63n);
}

function sameCell(type: Column["type"], cell: Cell): Cell {
  return type === "time" && typeof cell === "bigint" ? utcText(cell) : cell;
}

/** Reads packed rows: some at a time, into an array that the caller keeps. */
export class RowReader {
  readonly #packed: Packed;
  readonly #integers: BigInt64Array<ArrayBuffer>;
  /** Kind of each column that is read row by row, and where its cells begin. */
  readonly #columns: { readonly kind: string; readonly cell: Cell; readonly start: number }[] = [];

  /**
   * Starts at the first row.
   *
   * @param packed The rows.
   * @param isBoundOnce For each column whether it is left out here, as it is bound once for all rows.
   */
  constructor(packed: Packed, isBoundOnce: readonly boolean[]) {
    this.#packed = packed;
    this.#integers = new BigInt64Array(packed.numbers.buffer);
    let [numbers, cells, same] = [0, 0, 0];
    for (let i = 0; i < packed.kinds.length; i++) {
      const kind = packed.kinds[i]!;
      const start = kind === "c" ? cells : numbers;
      if (!isBoundOnce[i]) this.#columns.push({ kind, cell: kind === "s" ? packed.same[same]! : null, start });
      if (kind === "s") same++;
      else if (kind === "c") cells += packed.rows;
      else numbers += packed.rows;
    }
  }

  /** Puts some rows, one behind the other, into an array from a place on. */
  read(first: number, count: number, into: Bound[], at: number): void {
    const step = this.#columns.length;
    for (const [c, column] of this.#columns.entries()) this.#column(column, first, count, into, at + c, step);
  }

  #column(
    column: { kind: string; cell: Cell; start: number },
    first: number,
    n: number,
    into: Bound[],
    to: number,
    step: number,
  ): void {
    const from = column.start + first;
    switch (column.kind) {
      case "s":
        for (let r = 0; r < n; r++) into[to + r * step] = boundOf(column.cell);
        break;
      case "d":
        for (let r = 0; r < n; r++) into[to + r * step] = this.#packed.numbers[from + r]!;
        break;
      case "i":
        for (let r = 0; r < n; r++) into[to + r * step] = this.#integers[from + r]!;
        break;
      case "t":
        for (let r = 0; r < n; r++) into[to + r * step] = utcText(this.#integers[from + r]!);
        break;
      default:
        for (let r = 0; r < n; r++) into[to + r * step] = boundOf(this.#packed.cells[from + r]!);
    }
  }
}

/** SQLite has no type of its own for true and false. */
export function boundOf(cell: Cell): Bound {
  return typeof cell === "boolean" ? Number(cell) : cell;
}

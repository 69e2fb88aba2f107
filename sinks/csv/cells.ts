/**
 * Cells and lines of CSV, as RFC 4180 has them.
 *
 * @module
 */

import { doubleText } from "../long_lines.ts";
import type { Cell, Column, ColumnType } from "../columns.ts";

/** Text of a cell that is text: in quotes where it must be, as RFC 4180 has it. */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A double in a CSV file, in the words that Python and its tools read. */
export function csvNumber(value: number): string {
  if (Number.isFinite(value)) return doubleText(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function csvCell(cell: Cell, type: ColumnType): string {
  if (cell === null) return "";
  if (typeof cell === "string") return type === "time" ? cell : csvText(cell);
  if (typeof cell === "number") return type === "integer" ? String(cell) : csvNumber(cell);
  return typeof cell === "boolean" ? (cell ? "True" : "False") : cell.toString();
}

/** A row as a line. */
export function lineOf(cells: readonly Cell[], columns: readonly Column[]): string {
  let line = csvCell(cells[0]!, columns[0]!.type);
  for (let i = 1; i < cells.length; i++) line += `,${csvCell(cells[i]!, columns[i]!.type)}`;
  return `${line}\r\n`;
}

/** The names of columns as a line. */
export function headerOf(columns: readonly Column[]): string {
  return `${columns.map(({ name }) => csvText(name)).join(",")}\r\n`;
}

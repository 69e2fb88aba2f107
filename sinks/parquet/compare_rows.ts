/**
 * A recovered file held against the records that it was made of, cell by cell.
 *
 * @module
 */

import { DtolReadError } from "../../src/errors.ts";
import type { Cell, Column, Row, TableRow } from "../columns.ts";
import { rowOf } from "../cells.ts";
import { blockToLongRows, blockToScans, sampleToRow } from "../rows.ts";
import { SchemaLock } from "../schema.ts";
import { floorMicros } from "../times.ts";
import type { JournalRecord } from "./journal.ts";
import type { ParquetSettings } from "./settings.ts";

/**
 * Holds a row of the new file against what it should be.
 *
 * @throws {DtolReadError} If they differ.
 */
export function compareRow(
  beside: string,
  at: number,
  given: Readonly<Record<string, unknown>>,
  expected: Row | void,
  columns: readonly Column[],
): void {
  if (expected === undefined) throw misread(beside, `row ${at} is one too many`);
  for (const { name, type } of columns) {
    const due = expected[name] ?? null;
    if (!sameCell(given[name], due, type)) {
      throw misread(beside, `row ${at} has ${given[name]} under ${name}, not ${due}`);
    }
  }
}

/** The rows of the journal's records by the rules that all sinks share. */
export function* rowsOfRecords(
  records: readonly JournalRecord[],
  { layout }: ParquetSettings,
  columns: readonly Column[],
): Generator<Row> {
  const lock = new SchemaLock("the recovered file", { onWarning: () => {} }); // the run has given them
  lock.lockTo(columns);
  const fitted = (row: TableRow) => rowOf({ columns, cells: lock.project(row), isError: row.isError });
  for (const record of records) {
    if (record.kind === "readings") { for (const row of record.rows) yield fitted(row); }
    else if (layout === "wide") { for (const row of blockToScans(record.block, columns, "ns")) yield rowOf(row); }
    else for (const sample of blockToLongRows(record.block)) yield sampleToRow(sample, columns, "ns");
  }
}

function sameCell(given: unknown, expected: Cell, type: Column["type"]): boolean {
  const value = given ?? null;
  if (expected === null || value === null) return value === expected;
  if (type === "double") return Object.is(value, Number(expected));
  if (type === "integer") return value === BigInt(expected);
  if (type === "time") return typeof expected === "bigint" && value === BigInt.asIntN(64, floorMicros(expected));
  return type === "boolean" ? value === Boolean(expected) : value === String(expected).toWellFormed();
}

/** The error for a file that is not as it was written. */
export function misread(path: string, why: string): DtolReadError {
  return new DtolReadError(`The recovered file ${path} is not as it should be: ${why}. The damaged file is as it was`);
}

/**
 * Columns of rows as the schema of a Parquet file, and as the Arrow schema beside it.
 *
 * @module
 */

import type { ParquetType, SchemaElement } from "hyparquet";
import type { Column, ColumnType } from "../columns.ts";

const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  double: { type: "DOUBLE" },
  integer: { type: "INT64" },
  boolean: { type: "BOOLEAN" },
  // Not nanoseconds: DuckDB and JavaScript cut those off, and t_mono_ns has them.
  time: {
    type: "INT64",
    converted_type: "TIMESTAMP_MICROS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
  },
};

/** How values of a column stand in pages. */
export function physicalType(type: ColumnType): ParquetType {
  return ELEMENTS[type].type!;
}

/** The schema of a file: every column may be null, as in the files of the Python library. */
export function parquetSchema(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: "schema", num_children: columns.length, repetition_type: "REQUIRED" },
    ...columns.map(({ name, type }) => ({ name, repetition_type: "OPTIONAL" as const, ...ELEMENTS[type] })),
  ];
}

/**
 * The Arrow schema of a file, for the footer's entry `ARROW:schema`. It says that texts are dictionaries: without it,
 * pyarrow and parquet-rs write every constant text out, and take five times as long.
 *
 * @param columns The columns.
 * @param useDictionary Whether texts are dictionaries.
 * @param about What the file says about itself: pyarrow shows the Arrow schema's entries and not the footer's.
 * @returns The entry; null when the package "apache-arrow" is not there.
 */
export async function arrowSchema(
  columns: readonly Column[],
  useDictionary: boolean,
  about: ReadonlyMap<string, string>,
): Promise<string | null> {
  // Loaded here, as it takes longer than all else that a small file needs. Without it the file is as good, but slower to
  // read, so a program that lacks the package at the end of a run must not fail for it.
  const arrow = await import("apache-arrow").catch(() => null);
  if (arrow === null) return null;
  const types = {
    text: (i: number) =>
      useDictionary ? new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), i) : new arrow.Utf8(),
    double: () => new arrow.Float64(),
    integer: () => new arrow.Int64(),
    boolean: () => new arrow.Bool(),
    time: () => new arrow.TimestampMicrosecond("UTC"),
  };
  const fields = columns.map(({ name, type }, i) => new arrow.Field(name, types[type](i), true));
  const bytes = arrow.tableToIPC(new arrow.Table(new arrow.Schema(fields, new Map(about))), "stream");
  return bytes.toBase64();
}

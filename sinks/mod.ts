/**
 * Sinks: where readings and blocks are kept. Each is a `WritableStream` and an `AsyncDisposable`.
 *
 * @module
 */

export * from "./sink.ts";
export * from "./pipe.ts";
export * from "./fan_out.ts";
export type { Source } from "./source.ts";
export {
  BLOCK_COLUMNS,
  type Cell,
  channelColumnNames,
  CODE_COLUMN,
  type Column,
  type ColumnType,
  LONG_COLUMNS,
  POSTGRES_BLOCK_COLUMNS,
  readingColumns,
  type Row,
  SAMPLE_COLUMNS,
  scanColumns,
  type TableRow,
  type TimeForm,
} from "./columns.ts";
export * from "./rows.ts";
export * from "./times.ts";
export * from "./schema.ts";
export * from "./describe.ts";
export * from "./file.ts";
export * from "./memory.ts";
export { type RecordShape, TextSink, type TextSinkOptions } from "./text.ts";
export * from "./csv.ts";
export * from "./jsonl.ts";
export * from "./raw_counts.ts";
export * from "./parquet.ts";
export * from "./sqlite.ts";
export * from "./postgres.ts";
export * from "./arrow.ts";
export * from "./setup.ts";
export { openSetup, type OpenSetupOptions, SetupRun } from "./setup/run.ts";
export { checkSetup, type SetupCheck } from "./setup/check.ts";
export { isComplete, type SetupSinkReport, type SetupTaskReport } from "./setup/report.ts";
export * from "./files/format.ts";
export { readBlocks } from "./files/read_blocks.ts";
export * from "./files/sink_for.ts";
export * from "./files/convert.ts";
export * from "./files/inspect.ts";
export * from "./files/recover.ts";

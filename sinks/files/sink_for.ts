/**
 * A sink for a file, whatever its format.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";
import type { Metadata } from "../../src/model/fields.ts";
import { ArrowSink } from "../arrow.ts";
import { CsvSink } from "../csv.ts";
import { JsonlSink } from "../jsonl.ts";
import { ParquetSink } from "../parquet.ts";
import { RawCountsSink } from "../raw_counts.ts";
import { SqliteSink } from "../sqlite.ts";
import { formatOf } from "./format.ts";

/** Settings of {@linkcode sinkFor}. */
export interface SinkForOptions {
  /** Whether a file that exists may be replaced. Default: no. */
  readonly overwrite?: boolean;
  /** Notes for the file. Default: none. */
  readonly metadata?: Metadata;
  /** How SQLite keeps samples: `blob`, which takes codes only, or `rows`. Default: `blob`. */
  readonly sqliteSamples?: "blob" | "rows";
  /** Whether a Parquet file has a journal beside it that survives a crash. Default: yes; for `convert`, no. */
  readonly useJournal?: boolean;
}

/**
 * The sink that writes blocks, samples and all, into a file.
 *
 * @param path The file; its name tells the format, see {@linkcode formatOf}.
 * @param options Whether it may replace a file, and notes for it.
 * @throws {DtolValidationError} If no format is known by that name.
 *
 * @example A sink by its name
 * ```ts
 * import { CsvSink, sinkFor } from "@dtollib/dtollib/sinks";
 * import { ok } from "node:assert/strict";
 *
 * ok(sinkFor("run.csv") instanceof CsvSink);
 * ```
 */
export function sinkFor(
  path: string,
  { overwrite = false, metadata = {}, sqliteSamples = "blob", useJournal = true }: SinkForOptions = {},
): WritableStream<DaqBlock> & AsyncDisposable {
  const ifExists = overwrite ? "overwrite" : "error";
  switch (formatOf(path)) {
    case "raw":
      return new RawCountsSink(path, { ifExists, fileMetadata: metadata });
    case "parquet":
      return new ParquetSink(path, { ifExists, metadata, useJournal });
    case "arrow":
      return new ArrowSink(path, { ifExists, metadata });
    case "csv":
      return new CsvSink(path, { ifExists, metadata, acceptBlocks: true });
    case "jsonl":
      return new JsonlSink(path, { ifExists, metadata, acceptBlocks: true });
    case "sqlite":
      return new SqliteSink(path, { ifExists, metadata, samples: sqliteSamples });
  }
}

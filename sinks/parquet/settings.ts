/**
 * How a Parquet file is written: what a recovery must know to go on as the sink would have.
 *
 * @module
 */

import type { Description } from "../describe.ts";
import type { Column } from "../columns.ts";
import type { ParquetCompression } from "./compression.ts";
import type { ParquetLayout } from "./piece.ts";

/** Settings of a file, with every default filled in. */
export interface ParquetSettings {
  /** Codec of the pages. */
  readonly compression: ParquetCompression;
  /** Whether texts and values have dictionaries. */
  readonly useDictionary: boolean;
  /** Most rows of a row group of blocks. */
  readonly blockRows: number;
  /** Most rows of a row group of readings. */
  readonly readingRows: number;
  /** What a row of a block is. */
  readonly layout: ParquetLayout;
  /** What is known of the file before its first record. */
  readonly description: Description;
  /** Columns of readings, when the task's spec says them. */
  readonly readingColumns: readonly Column[] | null;
}

/**
 * Which format a file has, told by its name.
 *
 * @module
 */

import { extname } from "node:path";
import { DtolValidationError } from "../../src/errors.ts";

/** Formats of files, as this library names them. */
export const FILE_FORMATS = ["raw", "parquet", "arrow", "csv", "jsonl", "sqlite"] as const;
/** One of {@linkcode FILE_FORMATS}. */
export type FileFormat = typeof FILE_FORMATS[number];

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  ".dt-raw": "raw",
  ".parquet": "parquet",
  ".arrow": "arrow",
  ".arrows": "arrow",
  ".csv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".sqlite": "sqlite",
  ".sqlite3": "sqlite",
  ".db": "sqlite",
};

/** The format of a file, by the end of its name. @throws {DtolValidationError} If no format is known by it. */
export function formatOf(path: string): FileFormat {
  const format = EXTENSIONS[extname(path).toLowerCase()];
  if (format === undefined) {
    const known = Object.keys(EXTENSIONS).join(", ");
    throw new DtolValidationError(`Cannot tell the format of ${path} by its name: it must end in one of ${known}`);
  }
  return format;
}

/**
 * Names in SQL: checked where a caller chooses them, quoted wherever they stand. Values never stand in SQL, they are bound.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../src/errors.ts";
import { invalid } from "../src/model/fields.ts";

const TABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/**
 * Checks the name of a table or schema.
 *
 * @throws {DtolValidationError} If it is anything but letters, digits and underscores, or longer than 63.
 */
export function tableName(path: string, value: unknown): string {
  if (typeof value === "string" && TABLE_NAME.test(value)) return value;
  throw invalid(path, "1 to 63 ASCII letters, digits and underscores, not beginning with a digit", value);
}

/**
 * A name in double quotes, with the quotes inside it doubled: no channel name is ever read as SQL.
 *
 * @throws {DtolSinkSchemaError} If it contains a NUL, which would end the statement for the database.
 */
export function quoted(name: string): string {
  if (name.includes("\0")) {
    throw new DtolSinkSchemaError(`Cannot name a column ${JSON.stringify(name)} as databases take no NUL in names`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The JSON Schema of a task, for editors and for checks before this library is asked.
 *
 * @module
 */

import { type JsonSchema, objectSchema } from "./field_table.ts";
import { SPEC_FIELDS } from "./spec.ts";

/**
 * The JSON Schema (2020-12) of a {@linkcode TaskSpec}, made of the tables that check it: every key, every word, every
 * limit and default, for every kind of channel. It knows each field for itself; what must hold between fields (a safe
 * band inside a range, names that are there once) only `TaskSpec.fromJSON` tells.
 *
 * @example What an editor knows of a file that names it
 * ```ts
 * import { taskSchema } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const schema = taskSchema();
 * deepEqual(schema.required, ["channels"]);
 * deepEqual(Object.keys(schema.properties as object).slice(0, 4), ["name", "board", "element", "channels"]);
 * ```
 */
export function taskSchema(): JsonSchema {
  return structuredClone({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A task of dtollib: board, channels, rate, length, file",
    ...objectSchema(SPEC_FIELDS),
  });
}

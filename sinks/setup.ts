/**
 * A whole set-up in one file: boards, tasks, sinks, what happens when things go wrong.
 *
 * @module
 */

import { extname, normalize } from "node:path";
import type { DtolConfig } from "../src/config.ts";
import { DtolReadError, DtolValidationError } from "../src/errors.ts";
import { ERROR_POLICIES, type ErrorPolicy } from "../src/model/enums.ts";
import {
  type FieldTable,
  fill,
  flag,
  type JsonSchema,
  listOf,
  maybe,
  metadata,
  objectSchema,
  optional,
  optionsFromJson,
  positive,
  text,
  toJson,
  word,
} from "../src/model/field_table.ts";
import { invalid, type Metadata, plainObject } from "../src/model/fields.ts";
import { VERSION } from "../src/version.ts";
import { SetupTask, type SetupTaskOptions, taskField } from "./setup/task_plan.ts";

export {
  type AnySink,
  SETUP_SINK_KINDS,
  SetupSink,
  type SetupSinkKind,
  type SetupSinkOptions,
} from "./setup/sink_plan.ts";
export { SetupTask, type SetupTaskOptions };

/** Ways to boards that a set-up can name. */
export const SETUP_BACKENDS = ["dataacq", "simulated"] as const;
/** One of {@linkcode SETUP_BACKENDS}. */
export type SetupBackendKind = typeof SETUP_BACKENDS[number];

/** Settings of a {@linkcode Setup}. */
export interface SetupOptions {
  /** Address of the JSON Schema, for editors. */
  readonly $schema?: string | undefined;
  /** Name for people. Default: `setup`. */
  readonly name?: string | undefined;
  /** The way to the boards: the SDK, or simulated ones. Never the one in place of the other. Default: `dataacq`. */
  readonly backend?: SetupBackendKind | undefined;
  /** Folder or file of the SDK's libraries. Default: where it is installed. */
  readonly sdk?: string | undefined;
  /** Seconds that a call to a board may take. Default: the configuration's. */
  readonly timeoutS?: number | undefined;
  /**
   * What an error of a board does: `raise` ends the whole run in order; `return` and `skip` end nothing but what cannot go
   * on. Default: `raise`.
   */
  readonly errorPolicy?: ErrorPolicy | undefined;
  /** Whether outputs that have a safe value are set to it when the run ends, however it ends. Default: yes. */
  readonly parkOnClose?: boolean | undefined;
  /** The tasks, at least one. */
  readonly tasks: readonly (SetupTask | SetupTaskOptions)[];
  /** Notes, stored by every sink. */
  readonly metadata?: Metadata | undefined;
}

const fieldsFor = (config?: DtolConfig): FieldTable => ({
  $schema: maybe(text()),
  name: optional(text(), "setup"),
  backend: optional(word(SETUP_BACKENDS), "dataacq"),
  sdk: maybe(text()),
  timeoutS: maybe(positive()),
  errorPolicy: optional(word(ERROR_POLICIES), "raise"),
  parkOnClose: optional(flag(), true),
  tasks: listOf(taskField(config), "tasks", 1),
  metadata: metadata(),
});
const SETUP_FIELDS = fieldsFor();

/**
 * Everything there is to say about a run before a board is touched: an instrument in one value. Immutable, checked in full
 * when it is made, and whole again after a way through JSON.
 *
 * It confirms nothing: an output that is marked `requires_confirm` is confirmed by the program that drives it, at that time.
 */
export class Setup {
  /** Address of the JSON Schema, for editors. */
  declare readonly $schema: string | undefined;
  /** Name for people. */
  declare readonly name: string;
  /** The way to the boards. */
  declare readonly backend: SetupBackendKind;
  /** Folder or file of the SDK's libraries. */
  declare readonly sdk: string | undefined;
  /** Seconds that a call to a board may take. */
  declare readonly timeoutS: number | undefined;
  /** What an error of a board does. */
  declare readonly errorPolicy: ErrorPolicy;
  /** Whether outputs that have a safe value are set to it when the run ends. */
  declare readonly parkOnClose: boolean;
  /** The tasks. */
  declare readonly tasks: readonly SetupTask[];
  /** Notes, stored by every sink. */
  declare readonly metadata: Metadata;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the tasks have no default.
   * @throws {DtolValidationError} With the path of the field that is wrong.
   */
  constructor(options: SetupOptions) {
    fill(this, SETUP_FIELDS, "setup", { ...options });
    if (this.sdk !== undefined && this.backend !== "dataacq") {
      throw invalid("setup.sdk", `left out, as setup.backend is "${this.backend}"`, this.sdk);
    }
    checkNames(this.tasks);
    checkFiles(this.tasks);
    Object.freeze(this);
  }

  /** The set-up as JSON, every key there but `$schema`, which is where it was given. */
  toJSON(): Record<string, unknown> {
    const { $schema, ...rest } = toJson(this, SETUP_FIELDS);
    return $schema === null ? rest : { $schema, ...rest };
  }
}

/**
 * Makes a set-up of JSON.
 *
 * @param value What a JSON or TOML file held.
 * @param config Where the buffers of tasks come from that name none.
 * @throws {DtolValidationError} With the path of the field that is wrong.
 *
 * @example The least there is, and an error
 * ```ts
 * import { parseSetup } from "@dtollib/dtollib/sinks";
 * import { equal, throws } from "node:assert/strict";
 *
 * const channels = [{ kind: "ai_voltage", physical_channel: 0, gain: 10 }];
 * const setup = parseSetup({ backend: "simulated", tasks: [{ channels, timing: { rate_hz: 1000 } }] });
 * equal(setup.tasks[0]!.spec.timing?.rateHz, 1000);
 * throws(
 *   () => parseSetup({ tasks: [{ channels: [{ ...channels[0], gain: -1 }] }] }),
 *   /setup\.tasks\[0\]\.channels\[0\]\.gain must be a finite number above 0, but it is -1/,
 * );
 * ```
 */
export function parseSetup(value: unknown, config?: DtolConfig): Setup {
  if ("confirm" in plainObject("setup", value)) {
    throw new DtolValidationError("setup.confirm is not for a file: outputs are confirmed when they are driven");
  }
  return new Setup(optionsFromJson(fieldsFor(config), "setup", value) as unknown as SetupOptions);
}

/**
 * Reads a set-up from a file: TOML where its name ends in `.toml`, else JSON. Paths in it are relative to the working folder.
 *
 * @param path The file.
 * @param config Where the buffers of tasks come from that name none.
 * @throws {DtolReadError} If the file cannot be read.
 * @throws {DtolValidationError} If it is no JSON or TOML, or with the path of the field that is wrong.
 */
export async function loadSetup(path: string, config?: DtolConfig): Promise<Setup> {
  let content: string;
  try {
    content = await Deno.readTextFile(path);
  } catch (error) {
    throw new DtolReadError(`Cannot read the set-up ${path}: ${messageOf(error)}`, { cause: error });
  }
  const isToml = extname(path).toLowerCase() === ".toml";
  return parseSetup(await valueOf(content, isToml, path), config);
}

/** The value of a text; the package for TOML is loaded only for TOML. */
async function valueOf(content: string, isToml: boolean, path: string): Promise<unknown> {
  const what = isToml ? "TOML" : "JSON";
  try {
    return isToml ? (await import("smol-toml")).parse(content) : JSON.parse(content);
  } catch (error) {
    throw new DtolValidationError(`Cannot read ${path} as ${what}: ${messageOf(error).split("\n", 1)[0]}`, {
      cause: error,
    });
  }
}

/**
 * The JSON Schema (2020-12) of a set-up, made of the tables that check it. The repository has it as
 * `schema/setup.schema.json`, for the `$schema` of a file.
 */
export function setupSchema(): JsonSchema {
  return structuredClone({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `https://jsr.io/@dtollib/dtollib/${VERSION}/schema/setup.schema.json`,
    title: "A set-up of dtollib: boards, tasks, sinks",
    ...objectSchema(SETUP_FIELDS),
  });
}

function checkNames(tasks: readonly SetupTask[]): void {
  const names = tasks.map(({ spec }) => spec.name);
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) !== i) throw invalid(`setup.tasks[${i}].name`, "a name that no other task has", name);
  }
}

/** Two writers of one file would spoil it. */
function checkFiles(tasks: readonly SetupTask[]): void {
  const taken = new Map<string, string>();
  const claim = (field: string, path: string | undefined) => {
    if (path === undefined) return;
    const other = taken.get(normalize(path));
    if (other !== undefined) throw invalid(field, `another file than ${other}`, path);
    taken.set(normalize(path), field);
  };
  for (const [i, { spec, sinks }] of tasks.entries()) {
    claim(`setup.tasks[${i}].logging.path`, spec.logging?.path);
    for (const [k, { path }] of sinks.entries()) claim(`setup.tasks[${i}].sinks[${k}].path`, path);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Fields of a thing as a table: how each is checked, what it is when it is left out, how it looks in JSON. The
 * constructor, `toJSON()`, the reading of JSON and the JSON Schema of a thing all come from its one table.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import {
  flag as checkFlag,
  invalid,
  knownKeys,
  type Metadata,
  metadataOf,
  nonEmptyText,
  oneOf,
  snakeCase,
  wholeNumber,
} from "./fields.ts";

/** A JSON Schema (2020-12), or a piece of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field. Without `default` and `derive` it must be given. */
export interface Field<T> {
  /** Checks what was given; returns what is kept. */
  check(path: string, value: unknown): T;
  /** What it is when it is left out. */
  readonly default?: T;
  /** What it is when it is left out and the other fields decide; they are filled by then. */
  derive?(filled: never, path: string): unknown;
  /** Makes the value from its JSON, where that is another thing. */
  fromJson?(path: string, json: unknown): unknown;
  /** The value as JSON, where that is another thing. */
  toJson?(value: T): unknown;
  /** Whether null is a value of its own, and not another word for the default. */
  readonly nullable?: boolean;
  /** The schema of its JSON. */
  readonly schema: JsonSchema;
}

/** The fields of a thing, in the order of its JSON. */
export type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** What a number may be. */
export interface Limits {
  /** It is greater. */
  readonly above?: number;
  /** It is less. */
  readonly below?: number;
  /** It is this or greater. */
  readonly least?: number;
  /** It is this or less. */
  readonly most?: number;
  /** It is not 0. */
  readonly notZero?: boolean;
}

/** A whole number of at least `least`, at most `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Field<number> {
  return {
    check(path, value) {
      const number = wholeNumber(path, value, least);
      if (number > most) throw invalid(path, `at most ${most}`, number);
      return number;
    },
    schema: { type: "integer", minimum: least, ...(most < Number.MAX_SAFE_INTEGER ? { maximum: most } : {}) },
  };
}

/** A finite number, within limits. */
export function finite(limits: Limits = {}): Field<number> {
  const { above = -Infinity, below = Infinity, least = -Infinity, most = Infinity, notZero = false } = limits;
  const parts = [
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(least > -Infinity ? [`of at least ${least}`] : []),
    ...(below < Infinity ? [`below ${below}`] : []),
    ...(most < Infinity ? [`at most ${most}`] : []),
    ...(notZero ? ["other than 0"] : []),
  ];
  const rule = `a finite number ${parts.join(" and ")}`.trim();
  return {
    check(path, value) {
      const fits = typeof value === "number" && Number.isFinite(value) && value > above && value < below &&
        value >= least && value <= most && !(notZero && value === 0);
      if (!fits) throw invalid(path, rule, value);
      return value;
    },
    schema: {
      type: "number",
      ...(above > -Infinity ? { exclusiveMinimum: above } : {}),
      ...(least > -Infinity ? { minimum: least } : {}),
      ...(below < Infinity ? { exclusiveMaximum: below } : {}),
      ...(most < Infinity ? { maximum: most } : {}),
      ...(notZero ? { not: { const: 0 } } : {}),
    },
  };
}

/** A finite number above 0. */
export function positive(): Field<number> {
  return finite({ above: 0 });
}

/** Text that is not empty. */
export function text(): Field<string> {
  return { check: nonEmptyText, schema: { type: "string", pattern: "\\S" } };
}

/** One of some words. */
export function word<T extends string>(words: readonly T[]): Field<T> {
  return { check: (path, value) => oneOf(path, value, words), schema: { type: "string", enum: words } };
}

/** True or false. */
export function flag(): Field<boolean> {
  return { check: checkFlag, schema: { type: "boolean" } };
}

/** Flat notes; none when left out. */
export function metadata(): Field<Metadata> {
  const field: Field<Metadata> = {
    check: metadataOf,
    toJson: (value) => ({ ...value }),
    schema: { type: "object", additionalProperties: { type: ["string", "number", "boolean"] } },
  };
  return optional(field, Object.freeze({}));
}

/** A list of things; `what` names them in errors. */
export function listOf<T>(item: Field<T>, what: string, least = 0): Field<readonly T[]> {
  const each = (path: string, value: unknown, read: (path: string, value: unknown) => unknown) => {
    if (!Array.isArray(value)) throw invalid(path, `a list of ${what}`, value);
    return value.map((one, i) => read(`${path}[${i}]`, one));
  };
  return {
    check(path, value) {
      const list = each(path, value, item.check) as T[];
      if (list.length < least) throw invalid(path, `a list of ${what}, at least ${least}`, value);
      return Object.freeze(list);
    },
    fromJson: (path, json) => each(path, json, (at, one) => item.fromJson ? item.fromJson(at, one) : one),
    toJson: (list) => list.map((one) => item.toJson ? item.toJson(one) : one),
    schema: { type: "array", items: item.schema, ...(least > 0 ? { minItems: least } : {}) },
  };
}

/** A thing with fields of its own: given whole, or as the options that make it. */
export function part<T extends { toJSON(): Record<string, unknown> }>(
  make: new (options: never) => T,
  name: string,
  fields: FieldTable,
): Field<T> {
  const made = (path: string, options: unknown) => at(name, path, () => new make(options as never));
  return {
    check: (path, value) => value instanceof make ? value : made(path, value),
    fromJson: (path, json) => made(path, optionsFromJson(fields, path, json)),
    toJson: (value) => value.toJSON(),
    schema: objectSchema(fields),
  };
}

/** A field that may be left out. */
export function optional<T>(field: Field<T>, value: T): Field<T> {
  const json = field.toJson ? field.toJson(value) : value;
  return { ...field, default: value, schema: { ...orNull(field.schema), default: json } };
}

/** A field whose default the other fields decide. */
export function derived<T, Filled>(
  field: Field<T>,
  derive: (filled: Filled, path: string) => unknown,
): Field<T> {
  return { ...field, derive: derive as (filled: never, path: string) => unknown, schema: orNull(field.schema) };
}

/** A field that may be null, and is when it is left out, or else has the value given here. */
export function nullable<T>(field: Field<T>, value: T | null = null): Field<T | null> {
  return {
    ...field,
    check: (path, given) => given === null ? null : field.check(path, given),
    toJson: (given) => given === null || !field.toJson ? given : field.toJson(given),
    default: value,
    nullable: true,
    schema: { ...orNull(field.schema), default: value },
  };
}

/** A field that is undefined when it is left out, and null in JSON. */
export function maybe<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    check: (path, given) => given === undefined ? undefined : field.check(path, given),
    toJson: (given) => given === undefined || !field.toJson ? given : field.toJson(given),
    default: undefined,
    schema: orNull(field.schema),
  };
}

/**
 * Fills a thing from options by its table: everything is checked, nothing that is not known is taken.
 *
 * @param target The thing that receives the fields.
 * @param fields Its table.
 * @param path What errors call it.
 * @param options What was given; `undefined` stands for left out.
 * @throws {DtolValidationError} With the path of the field that is wrong.
 */
export function fill(target: object, fields: FieldTable, path: string, options: unknown): void {
  const given = knownKeys(path, options, Object.keys(fields));
  const filled = target as Record<string, unknown>;
  const derived: [string, Field<unknown>][] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (given[name] === undefined && field.derive !== undefined) derived.push([name, field]);
    else if (given[name] === undefined && "default" in field) filled[name] = field.default;
    else filled[name] = field.check(`${path}.${name}`, given[name]);
  }
  for (const [name, field] of derived) {
    filled[name] = field.check(`${path}.${name}`, field.derive!(filled as never, `${path}.${name}`));
  }
}

/**
 * Options without the `kind` of a thing that was spread into them; another kind's are refused.
 *
 * @throws {DtolValidationError} If it is another kind.
 */
export function withoutKind(path: string, kind: string, options: object): Record<string, unknown> {
  const { kind: given = kind, ...rest } = { ...options } as Record<string, unknown>;
  if (given !== kind) throw invalid(`${path}.kind`, `"${kind}"`, given);
  return rest;
}

/** The JSON of a thing by its table: every key is there. */
export function toJson(source: object, fields: FieldTable): Record<string, unknown> {
  const values = source as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = values[name];
      return [snakeCase(name), (field.toJson ? field.toJson(value) : value) ?? null];
    }),
  );
}

/**
 * Options out of JSON by a table: snake_case keys become camelCase, null stands for left out.
 *
 * @throws {DtolValidationError} If it is no object, or a key is not known.
 */
export function optionsFromJson(fields: FieldTable, path: string, json: unknown): Record<string, unknown> {
  const names = Object.keys(fields);
  const object = knownKeys(path, json, names.map(snakeCase));
  const options: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = object[snakeCase(name)];
    if (value === undefined || (value === null && !field.nullable)) continue;
    options[name] = value === null || !field.fromJson ? value : field.fromJson(`${path}.${name}`, value);
  }
  return options;
}

/** The JSON Schema of a thing by its table; `kind` is the tag it carries. */
export function objectSchema(fields: FieldTable, kind?: string): JsonSchema {
  const required = Object.entries(fields).filter(([, field]) => !field.derive && !("default" in field));
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [snakeCase(name), field.schema])),
      ...(kind === undefined ? {} : { kind: { const: kind } }),
    },
    required: [...required.map(([name]) => snakeCase(name)), ...(kind === undefined ? [] : ["kind"])],
    additionalProperties: false,
  };
}

/** Runs what names its errors by one path, so that they name another: a part does not know where it stands. */
export function at<T>(from: string, to: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof DtolValidationError) || !error.message.startsWith(from)) throw error;
    throw new DtolValidationError(to + error.message.slice(from.length), { cause: error });
  }
}

/** Refuses a range whose low end is not below its high end. */
export function checkOrder(path: string, low: readonly [string, number], high: readonly [string, number]): void {
  if (low[1] >= high[1]) throw invalid(`${path}.${low[0]}`, `below ${high[0]} (${high[1]})`, low[1]);
}

/** A schema that takes null as well. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  const words = schema["enum"] as readonly unknown[] | undefined;
  return { ...schema, type: [type, "null"], ...(words ? { enum: [...words, null] } : {}) };
}

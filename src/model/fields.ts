/**
 * Reading plain data (JSON, options) field by field: each error names the path, what was given and what is allowed.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";

/** Metadata of a task, a channel or a file: flat, so that every sink can store it. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/** Shows a value in an error: short, one line. */
export function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value); // JSON would say null for NaN
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Says that a value is wrong: where, what it must be, and what it is. */
export function invalid(path: string, rule: string, value: unknown): DtolValidationError {
  return new DtolValidationError(`${path} must be ${rule}, but it is ${show(value)}`);
}

/** A whole number of at least `least`. */
export function wholeNumber(path: string, value: unknown, least: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw invalid(path, `a whole number of at least ${least}`, value);
  }
  return value;
}

/** A finite number above zero. */
export function positiveNumber(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw invalid(path, "a finite number above 0", value);
  }
  return value;
}

/** A finite number. */
export function finiteNumber(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(path, "a finite number", value);
  return value;
}

/** Text that is not empty. */
export function nonEmptyText(path: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw invalid(path, "text that is not empty", value);
  return value;
}

/** True or false. */
export function flag(path: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw invalid(path, "true or false", value);
  return value;
}

/** One of some words. */
export function oneOf<T extends string>(path: string, value: unknown, words: readonly T[]): T {
  if (!words.includes(value as T)) throw invalid(path, `one of ${words.join(", ")}`, value);
  return value as T;
}

/** Flat metadata, copied and frozen. */
export function metadataOf(path: string, value: unknown): Metadata {
  if (value === undefined || value === null) return Object.freeze({});
  const entries = Object.entries(plainObject(path, value));
  for (const [key, field] of entries) {
    const kind = typeof field;
    if (kind !== "string" && kind !== "boolean" && !(kind === "number" && Number.isFinite(field))) {
      throw invalid(`${path}.${key}`, "text, a finite number, true or false", field);
    }
  }
  return Object.freeze(Object.fromEntries(entries)) as Metadata;
}

/** A plain object. */
export function plainObject(path: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(path, "an object", value);
  return value as Record<string, unknown>;
}

/** A plain object with no other keys than those known: a misspelt key is an error, not a setting that does nothing. */
export function knownKeys(path: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
  const object = plainObject(path, value);
  for (const key of Object.keys(object)) {
    if (!keys.includes(key)) {
      throw new DtolValidationError(`${path}.${key} is not known: known are ${keys.join(", ")}`);
    }
  }
  return object;
}

/** The snake_case of a camelCase name: what a field is called in files and rows. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Plain data with all its keys in snake_case, as files, rows and JSON have them. Lists and what is inside of them included;
 * the words of a value stay as they are.
 *
 * @param value What `findDevices()`, `inspect()` and the like give.
 */
export function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [snakeCase(key), snakeKeys(one)]));
}

/**
 * Fields of JSON that may be damaged, or made to do harm: each is what it should be, or nothing.
 *
 * @module
 */

import type { Metadata } from "../model/fields.ts";

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Why some bytes are no header. The reader adds path and offset, and makes an error or a line of its report of it. */
export class FormatError extends Error {}

/**
 * A whole number from 0.
 *
 * @throws {FormatError} If it is none.
 */
export function countOf(json: Json, key: string, missing?: number): number {
  const value = json[key] ?? missing;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FormatError(`its ${key} is ${JSON.stringify(value)?.slice(0, 40)}`);
}

/** Nanoseconds in a text; null if they are none. */
export function nsOf(value: unknown): bigint | null {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

/** UTC nanoseconds of an ISO text, with or without fraction; null if it is none. */
export function utcOf(value: unknown): bigint | null {
  if (typeof value !== "string" || value.length > 64) return null;
  try {
    return Temporal.Instant.from(value).epochNanoseconds;
  } catch {
    return null;
  }
}

/** An object; null if it is none. */
export function objectOf(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : null;
}

/** A text; null if it is none. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A finite number; null if it is none. */
export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** True or false; null if it is neither. */
export function booleanOf(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** What of a map is flat; the rest is left to `json`. */
export function flatOf(value: unknown): Metadata {
  const entries = Object.entries(objectOf(value) ?? {});
  const flat = entries.filter(([, field]) => ["string", "number", "boolean"].includes(typeof field));
  return Object.freeze(Object.fromEntries(flat)) as Metadata;
}

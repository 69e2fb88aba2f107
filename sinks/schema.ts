/**
 * The columns of a table, fixed once: every later row is made to fit them, or refused.
 *
 * @module
 */

import { DtolSinkError, DtolSinkSchemaError } from "../src/errors.ts";
import { type SinkSpec, specsOf } from "./describe.ts";
import {
  type Cell,
  channelColumnNames,
  type Column,
  type ColumnType,
  readingColumns,
  roleOf,
  type TableRow,
} from "./columns.ts";

/** Receives what a person should know but no run should stop for. */
export type OnWarning = (message: string) => void;

/** Settings of a {@linkcode SchemaLock}. */
export interface SchemaLockOptions {
  /** Receives each warning, once. Default: `console.warn`. */
  readonly onWarning?: OnWarning | undefined;
}

/**
 * Fixes the columns of a table and makes rows fit them.
 *
 * Columns come from the task's spec (`lockTo`) or from the first rows that are no errors (`lock`). Later, a column that is
 * not among them is dropped with one warning, one that is missing is null, and a value is converted without loss or
 * refused.
 *
 * @example A table that has no place for another channel
 * ```ts
 * import { SchemaLock } from "@dtollib/dtollib/sinks";
 * import { deepEqual } from "node:assert/strict";
 *
 * const lock = new SchemaLock("table", { onWarning: () => {} });
 * const force = { name: "force", type: "double" } as const;
 * const later = { name: "later", type: "double" } as const;
 * lock.lock([{ columns: [force], cells: [1.5], isError: false }]);
 * deepEqual(lock.project({ columns: [later, force], cells: [9, 2.5], isError: false }), [2.5]);
 * ```
 */
export class SchemaLock {
  readonly #sink: string;
  readonly #onWarning: OnWarning;
  #columns: readonly Column[] | null = null;
  readonly #plans = new WeakMap<readonly Column[], Plan>();
  readonly #renamed = new WeakMap<readonly Column[], readonly Column[]>();
  readonly #warned = new Set<string>();

  /**
   * Makes a lock that is open.
   *
   * @param sink Name of the sink or table, for errors and warnings.
   * @param options Where warnings go.
   */
  constructor(sink: string, options: SchemaLockOptions = {}) {
    this.#sink = sink;
    this.#onWarning = options.onWarning ?? console.warn;
  }

  /** The columns; null as long as they are not fixed. */
  get columns(): readonly Column[] | null {
    return this.#columns;
  }

  /**
   * Fixes the columns.
   *
   * @throws {DtolSinkError} If they are fixed already.
   * @throws {DtolSinkSchemaError} If a name is empty or stands twice.
   */
  lockTo(columns: readonly Column[]): void {
    if (this.#columns !== null) {
      throw new DtolSinkError(`Cannot fix the columns of ${this.#sink} as they are fixed already`);
    }
    const names = new Set<string>();
    for (const { name } of columns) {
      if (name !== "" && !names.has(name)) names.add(name);
      else throw new DtolSinkSchemaError(`Cannot make ${this.#sink}: it would have ${named(name)}`);
    }
    this.#columns = Object.freeze([...columns]);
    for (const { name, channel } of columns) {
      if (channel === undefined || channel === name) continue;
      this.#warn(`${this.#sink}: channel ${quoted(channel)} is in column ${quoted(name)}, as its own name is taken`);
    }
  }

  /**
   * Fixes the columns to those of the rows that are no errors, in the order in which they are first seen.
   *
   * @returns Whether they are fixed now: rows that all stand for errors fix nothing.
   * @throws {DtolSinkError} If they are fixed already.
   */
  lock(rows: readonly TableRow[]): boolean {
    const found = new Map<string, Column>();
    let last: readonly Column[] | undefined;
    for (const { columns, isError } of rows) {
      if (isError || columns === last) continue;
      last = columns;
      for (const column of columns) {
        const role = roleOf(column);
        const before = found.get(role);
        found.set(role, before === undefined ? column : { ...before, type: common(before.type, column.type) });
      }
    }
    if (found.size === 0) return false;
    this.lockTo(withOwnNames([...found.values()]));
    return true;
  }

  /**
   * A row's cells in the order of the fixed columns, converted to their types.
   *
   * @throws {DtolSinkSchemaError} If a value cannot be converted without loss.
   * @throws {DtolSinkError} If the columns are not fixed yet.
   */
  project(row: TableRow): Cell[] {
    const columns = this.#columns;
    if (columns === null) throw new DtolSinkError(`Cannot write to ${this.#sink} as its columns are not fixed yet`);
    let plan = this.#plans.get(row.columns);
    if (plan === undefined) this.#plans.set(row.columns, plan = planFor(row.columns, columns));
    if (!row.isError && plan.dropped.length > 0) this.#warnOf(plan.dropped.splice(0)); // an error has nothing to drop
    const cells = new Array<Cell>(columns.length);
    for (let i = 0; i < columns.length; i++) {
      const from = plan.places[i]!;
      const cell = from < 0 ? null : row.cells[from]!;
      cells[i] = cell === null ? null : this.#convert(cell, columns[i]!);
    }
    return cells;
  }

  /**
   * A row's columns under the names that their channels have in the table. A channel that it has no column for keeps its name,
   * unless that is another's.
   *
   * @returns The same array for the same columns.
   */
  renamed(given: readonly Column[]): readonly Column[] {
    const columns = this.#columns;
    if (columns === null || columns === given) return given;
    let renamed = this.#renamed.get(given);
    if (renamed === undefined) {
      const taken = new Set(columns.map(({ name }) => name));
      const names = new Map(columns.map((column) => [roleOf(column), column.name]));
      renamed = given.map((column) => {
        const own = taken.has(column.name) && isOfChannel(column) ? `${column.name}_channel` : column.name;
        return { ...column, name: names.get(roleOf(column)) ?? own };
      });
      this.#renamed.set(given, renamed);
    }
    return renamed;
  }

  #warnOf(dropped: readonly string[]): void {
    for (const name of dropped) {
      this.#warn(
        `${this.#sink}: column ${quoted(name)} is dropped from here on, as the table was made without it. ` +
          `Give the sink the task's spec, or write to a new file, to keep it`,
      );
    }
  }

  #convert(cell: Exclude<Cell, null>, column: Column): Cell {
    const value = converted(cell, column.type);
    if (value !== undefined) return value;
    throw new DtolSinkSchemaError(
      `Cannot write to ${this.#sink} as column ${quoted(column.name)} holds ${WORDS[column.type]}, ` +
        `and this row has ${typeof cell === "string" ? quoted(cell) : `${cell}`} (${typeof cell})`,
    );
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#onWarning(message);
  }
}

/**
 * Columns of the readings of a task, or of several that share a table, when their specs say them: values of analog inputs
 * and of virtual channels are doubles. Other subsystems name their values when they are read, so their first good reading
 * says.
 */
export function readingColumnsOfSpec(spec: SinkSpec): readonly Column[] | null {
  const specs = specsOf(spec);
  if (specs.some(({ subsystemType }) => subsystemType !== "analog_input")) return null;
  const names = specs.flatMap(({ channels, virtual }) => [...channels, ...virtual].map(({ name }) => name));
  return readingColumns([...new Set(names)].map((name) => ({ name })));
}

/** How rows of one shape become rows of the table. */
interface Plan {
  /** For each fixed column its place in a row, -1 where it has none. */
  readonly places: readonly number[];
  /** Columns that have no place in the table, as long as nobody was told. */
  readonly dropped: string[];
}

function planFor(given: readonly Column[], columns: readonly Column[]): Plan {
  const places = columns.map((column) => given.findIndex((one) => isFor(one, column)));
  return { places, dropped: given.filter((_, i) => !places.includes(i)).map(({ name }) => name) };
}

/** Whether cells of a column belong into another: by their channel, where both know it, or by name. */
function isFor(given: Column, column: Column): boolean {
  if (roleOf(given) === roleOf(column)) return true;
  return given.name === column.name && !(isOfChannel(given) && isOfChannel(column));
}

function isOfChannel({ channel, unitOf }: Column): boolean {
  return channel !== undefined || unitOf !== undefined;
}

/** Columns of rows of several kinds, with names that differ, as if they had come in one row. */
function withOwnNames(columns: readonly Column[]): readonly Column[] {
  if (new Set(columns.map(({ name }) => name.toLowerCase())).size === columns.length) return columns;
  const channels = columns.flatMap(({ channel }) => channel ?? []);
  const fixed = columns.filter((column) => !isOfChannel(column));
  const names = channelColumnNames(channels, fixed, columns.some(({ unitOf }) => unitOf !== undefined) ? "_unit" : "");
  const nameOf = new Map(channels.map((channel, i) => [channel, names[i]!]));
  return columns.map((column) => {
    if (column.channel !== undefined) return { ...column, name: nameOf.get(column.channel)! };
    return column.unitOf === undefined ? column : { ...column, name: `${nameOf.get(column.unitOf)}_unit` };
  });
}

const WORDS: Readonly<Record<ColumnType, string>> = {
  text: "text",
  double: "numbers",
  integer: "whole numbers",
  boolean: "true and false",
  time: "UTC times",
};

/** The narrowest type that takes the values of both. */
function common(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  const rank: readonly ColumnType[] = ["boolean", "integer", "double"];
  const at = Math.max(rank.indexOf(a), rank.indexOf(b));
  return rank.includes(a) && rank.includes(b) ? rank[at]! : "text";
}

/** A value as another type; undefined when that would lose or invent something. */
function converted(cell: Exclude<Cell, null>, type: ColumnType): Cell | undefined {
  switch (type) {
    case "double":
      if (typeof cell === "number") return cell;
      if (typeof cell === "boolean") return Number(cell);
      return typeof cell === "bigint" && BigInt(Number(cell)) === cell ? Number(cell) : undefined;
    case "integer":
      if (typeof cell === "bigint" || Number.isSafeInteger(cell)) return cell;
      return typeof cell === "boolean" ? Number(cell) : undefined;
    case "boolean":
      if (typeof cell === "boolean") return cell;
      return cell === 0 || cell === 1 || cell === 0n || cell === 1n ? Boolean(cell) : undefined;
    case "time":
      return typeof cell === "bigint" || (typeof cell === "string" && isIsoTime(cell)) ? cell : undefined;
    case "text":
      return typeof cell === "string" ? cell : String(cell);
  }
}

function isIsoTime(text: string): boolean {
  return /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
}

function named(name: string): string {
  return name === "" ? "a column without a name" : `the column ${quoted(name)} twice`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolSinkError, DtolSinkSchemaError } from "../../src/errors.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import {
  type Cell,
  type ColumnType,
  readingColumnsOfSpec,
  readingToCells,
  SchemaLock,
  type TableRow,
} from "../../sinks/mod.ts";
import { errorReading, reading } from "./records.ts";

function row(cells: Record<string, Cell>, types: Record<string, ColumnType> = {}, isError = false): TableRow {
  const columns = Object.keys(cells).map((name) => ({ name, type: types[name] ?? "double" as const }));
  return { columns, cells: Object.values(cells), isError };
}

Deno.test("SchemaLock: an error record never fixes the columns (W-68)", () => {
  const lock = new SchemaLock("table");
  equal(lock.lock([readingToCells(errorReading(0)), readingToCells(errorReading(1))]), false);
  equal(lock.columns, null);
  equal(lock.lock([readingToCells(errorReading(2)), readingToCells(reading(3))]), true);
  ok(lock.columns!.some(({ name }) => name === "force"));
  const cells = lock.project(readingToCells(errorReading(4)));
  equal(cells.length, lock.columns!.length);
  equal(cells[lock.columns!.findIndex(({ name }) => name === "force")], null);
  ok(cells.includes("dtollib.errors.DtolBufferOverrunError"));
});

Deno.test("SchemaLock: later columns are dropped with one warning each, missing ones are null (W-66)", () => {
  const warnings: string[] = [];
  const lock = new SchemaLock("run.db readings", { onWarning: (message) => warnings.push(message) });
  lock.lock([row({ a: 1, b: 2 })]);
  deepEqual(lock.project(row({ b: 3, a: 4 })), [4, 3]);
  deepEqual(lock.project(row({ new: 9, b: 3 })), [null, 3]);
  deepEqual(lock.project(row({ b: 3, new: 9, other: 1 })), [null, 3]);
  deepEqual(lock.project(row({ new: 9 })), [null, null]);
  equal(warnings.length, 2);
  ok(warnings[0]!.startsWith('run.db readings: column "new" is dropped'), warnings[0]!);
  ok(warnings[1]!.includes('"other"'));
});

Deno.test("SchemaLock: values are converted without loss, or refused by name (W-68)", () => {
  const cases: [ColumnType, Cell, Cell | undefined][] = [
    ["double", 1.5, 1.5],
    ["double", -0, -0],
    ["double", NaN, NaN],
    ["double", true, 1],
    ["double", 2n ** 53n, 2 ** 53],
    ["double", 2n ** 53n + 1n, undefined],
    ["double", "1.5", undefined],
    ["integer", 7, 7],
    ["integer", 2n ** 63n - 1n, 2n ** 63n - 1n],
    ["integer", 7.5, undefined],
    ["integer", NaN, undefined],
    ["integer", false, 0],
    ["boolean", 1, true],
    ["boolean", 0n, false],
    ["boolean", 2, undefined],
    ["boolean", "true", undefined],
    ["text", 5, "5"],
    ["text", 'Robert"); DROP TABLE', 'Robert"); DROP TABLE'],
    ["time", "2026-05-28T12:34:56.123456789+00:00", "2026-05-28T12:34:56.123456789+00:00"],
    ["time", "2026-05-28T12:34:56+00:00", "2026-05-28T12:34:56+00:00"],
    ["time", 5n, 5n],
    ["time", "yesterday", undefined],
    ["time", 5, undefined],
  ];
  for (const [type, given, expected] of cases) {
    const lock = new SchemaLock("table");
    lock.lockTo([{ name: "x", type }]);
    const project = () => lock.project(row({ x: given }));
    if (expected !== undefined) deepEqual(project(), [expected], `${type} from ${given}`);
    else throws(project, (error) => error instanceof DtolSinkSchemaError && /column "x" holds/.test(error.message));
    deepEqual(lock.project(row({ x: null })), [null]);
  }
});

Deno.test("SchemaLock: a first batch of several shapes gives all columns, with types that take all of it (W-68)", () => {
  const lock = new SchemaLock("table");
  lock.lock([
    row({ a: true, b: 1n, c: "x" }, { a: "boolean", b: "integer", c: "text" }),
    row({ b: 2.5, c: 1, d: 1n, a: 3n }, { d: "integer", a: "integer" }),
  ]);
  deepEqual(lock.columns!.map(({ name, type }) => `${name} ${type}`), ["a integer", "b double", "c text", "d integer"]);
});

Deno.test("SchemaLock: fixed once, and not used before", () => {
  const lock = new SchemaLock("table");
  throws(() => lock.project(row({ a: 1 })), DtolSinkError);
  throws(() => lock.lockTo([{ name: "a", type: "text" }, { name: "a", type: "text" }]), DtolSinkSchemaError);
  throws(() => new SchemaLock("table").lockTo([{ name: "", type: "text" }]), DtolSinkSchemaError);
  lock.lockTo([{ name: "a", type: "text" }]);
  throws(() => lock.lockTo([{ name: "b", type: "text" }]), DtolSinkError);
  throws(() => lock.lock([row({ a: 1 })]), DtolSinkError);
});

Deno.test("readingColumnsOfSpec(): the columns that the task's readings will have", () => {
  const channels = ["force", "bath"].map((name, physicalChannel) => new AnalogInputVoltage({ physicalChannel, name }));
  deepEqual(readingColumnsOfSpec(new TaskSpec({ channels })), readingToCells(reading(0)).columns);
});

Deno.test("readingColumnsOfSpec(): virtual channels are among them, and those of several tasks stand once each", () => {
  const [force, bath] = ["force", "bath"].map((name, physicalChannel) =>
    new AnalogInputVoltage({ physicalChannel, name })
  );
  const twice = new TaskSpec({ channels: [force!], virtual: [{ name: "twice", unit: "V", formula: "force * 2" }] });
  const names = (spec: TaskSpec | readonly TaskSpec[]) =>
    readingColumnsOfSpec(spec)!.flatMap(({ channel }) => channel ?? []);
  deepEqual(names(twice), ["force", "twice"]);
  deepEqual(names([twice, new TaskSpec({ channels: [force!, bath!] })]), ["force", "twice", "bath"]);
});

Deno.test("SchemaLock: an error record warns of no columns, and hides no warning of the good one after it", () => {
  const warnings: string[] = [];
  const lock = new SchemaLock("table", { onWarning: (message) => warnings.push(message) });
  lock.lock([row({ a: 1 })]);
  const error = row({ a: null, new: null }, {}, true);
  deepEqual(lock.project(error), [null]);
  equal(warnings.length, 0);
  deepEqual(lock.project({ ...error, cells: [1, 2], isError: false }), [1]);
  equal(warnings.length, 1);
});

Deno.test("SchemaLock: a channel keeps its column, whatever its name is taken for in rows of other channels (W-68)", () => {
  const of = (values: Record<string, number>) => {
    const units = Object.fromEntries(Object.keys(values).map((name) => [name, `of ${name}`]));
    return readingToCells(reading(0, { values, units }));
  };
  const both = of({ x: 1, x_unit: 2, T: 3, t: 4 });
  const named = (lock: SchemaLock, row: TableRow) =>
    Object.fromEntries(lock.project(row).map((cell, i) => [lock.columns![i]!.name, cell]));
  const picked = ({ x, x_unit, x_unit_channel, T, t_channel, t_channel_unit }: Record<string, Cell>) => ({
    ...{ x, x_unit, x_unit_channel, T, t_channel, t_channel_unit },
  });
  const expected = { x: null, x_unit: null, x_unit_channel: 5, T: null, t_channel: 6, t_channel_unit: "of t" };
  for (const first of [[both], [of({ x: 1, T: 3 }), of({ x_unit: 2, t: 4 })]]) {
    const warnings: string[] = [];
    const lock = new SchemaLock("table", { onWarning: (message) => warnings.push(message) });
    lock.lock(first);
    deepEqual(picked(named(lock, of({ x_unit: 5, t: 6 }))), expected);
    equal(named(lock, of({ x: 7 }))["x_unit"], "of x");
    deepEqual(warnings.filter((message) => message.includes("dropped")), []);
  }
});

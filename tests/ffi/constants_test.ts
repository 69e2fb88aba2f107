import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import * as constants from "../../ffi/constants.ts";
import { STATUS, statusOf } from "../../ffi/status.ts";
import { readTable } from "./tables.ts";

function families(rows: Record<string, string>[]): Record<string, Record<string, number>> {
  const result: Record<string, Record<string, number>> = {};
  for (const { family, name, value } of rows) (result[family!] ??= {})[name!] = Number(value);
  return result;
}

Deno.test("constants.ts holds every constant of the headers, and no other", () => {
  const { OBSOLETE_OLx, ...current } = constants;
  const rows = readTable("constants");
  deepEqual({ ...current }, families(rows.filter(({ family }) => !family!.startsWith("OLx_"))));
  deepEqual({ ...OBSOLETE_OLx }, families(rows.filter(({ family }) => family!.startsWith("OLx_"))));
});

Deno.test("STATUS holds every code of the headers, and no other", () => {
  const expected = readTable("errors").map(({ code, symbol, source, meaning, exception }) => {
    const errorClass = exception === "-" ? null : exception;
    return [symbol, { code: Number(code), source, errorClass, meaning }];
  });
  deepEqual(Object.entries(STATUS), expected);
});

Deno.test("statusOf() finds a code by its number", { permissions: "none" }, () => {
  equal(statusOf(20)?.symbol, "OLSUBSYSINUSE");
  equal(statusOf(0)?.symbol, "OLNOERROR");
  equal(statusOf(205)?.source, "olmem");
  equal(statusOf(51), undefined);
});

import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import * as types from "../../ffi/types.ts";
import { decodeText, encodeText, type Hbuf, type Hdass, MSG, readStruct, type StructLayout } from "../../ffi/types.ts";
import { readTable } from "./tables.ts";

/** Structs of the headers that no call of this binding takes. */
const NOT_BOUND = ["SSDASS", "SSLIST", "BASIC_TEDS", "POINT", "WNDCLASSEXW"];

/** The layouts as `types.tsv` has them: a row `NAME` for the size, a row `NAME.field` per field. */
function layoutsOfTable(): Record<string, StructLayout> {
  const layouts: Record<string, { size: number; fields: Record<string, [types.FieldType, number]> }> = {};
  for (const { ctype, size, deno, note } of readTable("types")) {
    if (note!.startsWith("struct")) layouts[ctype!] = { size: Number(size), fields: {} };
    const [name, ...field] = ctype!.split(".");
    const offset = /^offset (\d+); (\w+)(\[\d+\])?/.exec(note!);
    if (!offset) continue;
    const array = offset[3] && `${offset[2] === "CHAR" ? "char" : "u32"}${offset[3]}`;
    const type = array ?? (deno === "pointer" ? "u64" : deno);
    layouts[name!]!.fields[field.join(".")] = [type as types.FieldType, Number(offset[1])];
  }
  for (const name of NOT_BOUND) delete layouts[name];
  return layouts;
}

Deno.test("every struct has the size, fields and offsets of the headers", () => {
  const bound = Object.entries(types).filter(([, value]) => typeof value === "object" && "fields" in value);
  deepEqual(Object.fromEntries(bound), layoutsOfTable());
});

Deno.test(
  "readStruct() reads every field where it lies, from a view that starts anywhere",
  { permissions: "none" },
  () => {
    const view = new DataView(new ArrayBuffer(8 + MSG.size), 8);
    view.setBigUint64(0, 0xffff_ffff_ffff_fffdn, true);
    view.setUint32(8, 1127, true);
    view.setBigUint64(16, 2n ** 63n, true);
    view.setBigInt64(24, -7n, true);
    view.setUint32(32, 0xffff_ffff, true);
    view.setInt32(36, -1, true);
    const expected = { hwnd: 0xffff_ffff_ffff_fffdn, message: 1127, wParam: 2n ** 63n, lParam: -7n, time: 0xffff_ffff };
    deepEqual(readStruct(MSG, view), { ...expected, "pt.x": -1, "pt.y": 0 });
    throws(() => readStruct(MSG, new DataView(view.buffer, 16)), RangeError);
  },
);

Deno.test("readStruct() reads texts up to their NUL, and arrays whole", { permissions: "none" }, () => {
  const teds = new DataView(new ArrayBuffer(types.STRAIN_GAGE_TEDS.size));
  teds.setUint8(92, 0x41);
  equal(readStruct(types.STRAIN_GAGE_TEDS, teds).calInitials, "A");
  teds.setUint16(93, 0x4243);
  equal(readStruct(types.STRAIN_GAGE_TEDS, teds).calInitials, "ABC");
  const block = new DataView(new ArrayBuffer(types.DRIVER_SPECIFIC_INFO.size));
  block.setUint32(124, 9, true);
  deepEqual(readStruct(types.DRIVER_SPECIFIC_INFO, block).Info, [...new Array(31).fill(0), 9]);
});

Deno.test("text passes as single bytes, and what does not fit is refused", { permissions: "none" }, () => {
  equal(decodeText(encodeText("DT9806(00)")), "DT9806(00)");
  deepEqual(encodeText("°"), Uint8Array.of(0xb0, 0));
  equal(decodeText(Uint8Array.of(0x41, 0, 0x42)), "A");
  equal(decodeText(Uint8Array.of(0x41)), "A");
  for (const bad of ["DT\0", "温度", "€"]) throws(() => encodeText(bad), TypeError);
});

/** Compiles or not; it is never run. */
export function handlesAreToldApart(sdk: OpenLayers, hDass: Hdass, hBuf: Hbuf): void {
  sdk.olDaPutBuffer(hDass, hBuf);
  // @ts-expect-error: an HDASS is no HBUF
  sdk.olDaPutBuffer(hDass, hDass);
  // @ts-expect-error: an HBUF is no HDASS
  sdk.olDaStart(hBuf);
  // @ts-expect-error: any bigint is no handle
  sdk.olDmFreeBuffer(1n);
  // @ts-expect-error: a handle is no number
  sdk.olDmFreeBuffer(1);
  // @ts-expect-error: nor in the promise form
  sdk.nonblocking.olDaStop(hBuf);
}

/** Compiles or not: the shapes that `args` gives the methods. */
export function methodsHaveTheirShapes(sdk: OpenLayers, hDass: Hdass): void {
  const range: [number, number] = sdk.olDaGetRange(hDass);
  const none: void = sdk.olDaSetRange(hDass, 10, -10);
  const version: string = sdk.olDaGetVersion();
  const buffer: Hbuf | null = sdk.olDaGetBuffer(hDass);
  const codes: Int32Array = sdk.olDaGetSingleValues(hDass, 4, 1);
  const stopped: Promise<void> = sdk.nonblocking.olDaStop(hDass);
  const gains: [number, number][] = sdk.olDaEnumSSCaps(hDass, 102);
  const board: [driver: string, model: string, instance: number] = sdk.olDaGetBoardInfo("DT9806(00)");
  // @ts-expect-error: an argument is missing
  sdk.olDaSetRange(hDass, 10);
  // @ts-expect-error: an argument too many
  sdk.olDaStart(hDass, 1);
  void [range, none, version, buffer, codes, stopped, gains, board];
}

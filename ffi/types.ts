/**
 * The SDK's types: handles told apart, and its structs as layouts that are read from a `DataView`.
 *
 * @module
 */

/** An opaque number of the SDK, told apart by `Name` when compiling; at run time it is a plain bigint. */
export type Handle<Name extends string> = bigint & { readonly __handle: Name };

/** One open board, from `olDaInitialize`. Manuals call it HDRVR. Shared between the subsystems of the board. */
export type Hdev = Handle<"HDEV">;
/** One reserved subsystem element of a board, from `olDaGetDASS`. Exclusive. */
export type Hdass = Handle<"HDASS">;
/** One sample buffer of olmem. It belongs to a subsystem while it is on one of its queues. */
export type Hbuf = Handle<"HBUF">;
/** A list of subsystems that are started together, from `olDaGetSSList`. */
export type Hsslist = Handle<"HSSLIST">;
/** A general buffer list of olmem; normal programs need none. */
export type Hlist = Handle<"HLIST">;
/** A window, as an unsigned 64-bit number. */
export type Hwnd = Handle<"HWND">;

/** Type of one struct field. `char[n]` is NUL-terminated single-byte text, `u32[n]` an array. */
export type FieldType =
  | "u8"
  | "u16"
  | "i32"
  | "u32"
  | "f32"
  | "f64"
  | "u64"
  | "i64"
  | `char[${number}]`
  | `u32[${number}]`;

/** Where the fields of a C struct lie on 64-bit Windows: size in bytes, then type and byte offset per field. */
export interface StructLayout {
  /** Size of the struct in bytes, padding included. */
  readonly size: number;
  /** Type and byte offset of every field, by its name in the header. */
  readonly fields: Readonly<Record<string, readonly [type: FieldType, offset: number]>>;
}

/** What a field is in JavaScript: 8-byte integers and handles are bigints, texts are strings, all else numbers. */
export type FieldValue<T extends FieldType> = T extends "u64" | "i64" ? bigint
  : T extends `char[${number}]` ? string
  : T extends `u32[${number}]` ? readonly number[]
  : number;

/** The JavaScript object that {@linkcode readStruct} makes of a layout. */
export type Struct<L extends StructLayout> = {
  -readonly [K in keyof L["fields"]]: FieldValue<L["fields"][K][0]>;
};

/** Time stamp of a buffer (OLMEM.H): local time of the driver, to the second. That it is local time is inferred. */
export const TDS = {
  size: 12,
  fields: {
    wYear: ["u16", 0],
    wMonth: ["u16", 2],
    wDay: ["u16", 4],
    wHour: ["u16", 6],
    wMin: ["u16", 8],
    wSec: ["u16", 10],
  },
} as const satisfies StructLayout;

/** What an HDASS stands for (OLDAAPI.H): board, subsystem type (`OLSS`), element. */
export const DASSINFO = {
  size: 16,
  fields: { hdev: ["u64", 0], Olss: ["i32", 8], uiElement: ["u32", 12] },
} as const satisfies StructLayout;

/** Which physical channel a list position stands for (OLDADEFS.H). */
export const CHANNELMAP = {
  size: 16,
  fields: {
    SsType: ["i32", 0],
    LogicalChannel: ["i32", 4],
    logicalChannelPart: ["i32", 8],
    PhysicalChannel: ["i32", 12],
  },
} as const satisfies StructLayout;

/** The driver's own block of `olDaGetHardwareInfo` (OLTYPES.H). */
export const DRIVER_SPECIFIC_INFO = {
  size: 128,
  fields: { Info: ["u32[32]", 0] },
} as const satisfies StructLayout;

/** TEDS of a strain gage (TEDSAPI.H). Natural alignment, never checked against a live library. */
export const STRAIN_GAGE_TEDS = {
  size: 104,
  fields: {
    manufacturerId: ["i32", 0],
    modelNumber: ["i32", 4],
    versionLetter: ["u8", 8],
    versionNumber: ["i32", 12],
    serialNumber: ["u32", 16],
    minPhysicalValue: ["f32", 20],
    maxPhysicalValue: ["f32", 24],
    minElecVal: ["f32", 28],
    maxElecVal: ["f32", 32],
    gageType: ["i32", 36],
    gageFactor: ["f32", 40],
    gageTransSens: ["f32", 44],
    gageOffset: ["f32", 48],
    poissonCoef: ["f32", 52],
    youngsMod: ["f32", 56],
    gageArea: ["f32", 60],
    tedsBridgeType: ["i32", 64],
    sensorImped: ["f32", 68],
    respTime: ["f64", 72],
    exciteAmplNom: ["f32", 80],
    exciteAmplMax: ["f32", 84],
    calDaysSince1_1_1998: ["u32", 88],
    calInitials: ["char[3]", 92],
    calPeriod: ["u32", 96],
    measID: ["u32", 100],
  },
} as const satisfies StructLayout;

/** TEDS of a bridge based sensor (TEDSAPI.H). Natural alignment, never checked against a live library. */
export const BRIDGE_SENSOR_TEDS = {
  size: 96,
  fields: {
    manufacturerId: ["i32", 0],
    modelNumber: ["i32", 4],
    versionLetter: ["u8", 8],
    versionNumber: ["i32", 12],
    serialNumber: ["u32", 16],
    calDaysSince1_1_1998: ["u32", 20],
    calInitials: ["char[3]", 24],
    calPeriod: ["u32", 28],
    exciteAmplMax: ["f32", 32],
    exciteAmplMin: ["f32", 36],
    exciteAmplNom: ["f32", 40],
    maxElecVal: ["f32", 44],
    maxPhysicalValue: ["f32", 48],
    measID: ["u32", 52],
    minElecVal: ["f32", 56],
    minPhysicalValue: ["f32", 60],
    physicalMeasurand: ["i32", 64],
    respTime: ["f64", 72],
    selector: ["u32", 80],
    sensorImped: ["f32", 84],
    tedsBridgeType: ["i32", 88],
  },
} as const satisfies StructLayout;

/** A Win64 window message. 48 bytes: 4 of padding behind `message`, 4 at the end. */
export const MSG = {
  size: 48,
  fields: {
    hwnd: ["u64", 0],
    message: ["u32", 8],
    wParam: ["u64", 16],
    lParam: ["i64", 24],
    time: ["u32", 32],
    "pt.x": ["i32", 36],
    "pt.y": ["i32", 40],
  },
} as const satisfies StructLayout;

// WHATWG's "latin1" is windows-1252, the code page of most SDK installations. Which one a PC has is not asked for: names
// of boards and drivers are ASCII.
const singleByte = new TextDecoder("latin1");

/** Text up to the first NUL, or all of it. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return singleByte.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * Single-byte text with its NUL, as the ANSI functions of the SDK take it.
 *
 * @throws {TypeError} If the text has a NUL, which would cut it, or a character that no single byte can stand for.
 */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0xff || (code >= 0x80 && code < 0xa0)) {
      throw new TypeError(
        `Cannot pass ${JSON.stringify(text)} to the SDK as it takes single-byte text: character ${i} is not one byte`,
      );
    }
    bytes[i] = code;
  }
  return bytes;
}

/** Reads one field of a struct that starts at byte 0 of the view. Little endian, as every system is that the SDK runs on. */
export function readField(view: DataView, type: FieldType, offset: number): number | bigint | string | number[] {
  switch (type) {
    case "u8":
      return view.getUint8(offset);
    case "u16":
      return view.getUint16(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "f32":
      return view.getFloat32(offset, true);
    case "f64":
      return view.getFloat64(offset, true);
    case "u64":
      return view.getBigUint64(offset, true);
    case "i64":
      return view.getBigInt64(offset, true);
  }
  const length = Number(type.slice(type.indexOf("[") + 1, -1));
  if (type.startsWith("char")) return decodeText(new Uint8Array(view.buffer, view.byteOffset + offset, length));
  return Array.from({ length }, (_, i) => view.getUint32(offset + 4 * i, true));
}

/**
 * Reads a whole struct.
 *
 * @throws {RangeError} If the view is shorter than the struct.
 */
export function readStruct<const L extends StructLayout>(layout: L, view: DataView): Struct<L> {
  const entries = Object.entries(layout.fields).map(([name, [type, offset]]) => [name, readField(view, type, offset)]);
  return Object.fromEntries(entries);
}

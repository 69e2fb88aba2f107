/**
 * How JavaScript values become the arguments of a C call, and out-parameters become results.
 *
 * Every function of `symbols.ts` says with `args` what its parameters mean; from these words a type derives the method's
 * signature, and {@linkcode Frame} the call itself. So there is one road for all functions, and none is written by hand.
 *
 * @module
 */

import {
  BRIDGE_SENSOR_TEDS,
  CHANNELMAP,
  DASSINFO,
  decodeText,
  DRIVER_SPECIFIC_INFO,
  encodeText,
  type Hbuf,
  type Hdass,
  type Hdev,
  type Hlist,
  type Hsslist,
  type Hwnd,
  readStruct,
  STRAIN_GAGE_TEDS,
  type Struct,
  type StructLayout,
  TDS,
} from "./types.ts";

/** The words for parameters that the caller gives, and what he gives for them. */
export interface InputTypes {
  /** Open board. */
  HDEV: Hdev;
  /** Reserved subsystem. */
  HDASS: Hdass;
  /** Sample buffer. */
  HBUF: Hbuf;
  /** Simultaneous start list. */
  HSSLIST: Hsslist;
  /** Buffer list. */
  HLIST: Hlist;
  /** Window; null for none. */
  HWND: Hwnd | null;
  /** Unsigned, 4 bytes: UINT, ULNG, DWORD, ECODE. */
  UINT: number;
  /** Signed, 4 bytes: INT, LNG and every enumeration. */
  INT: number;
  /** Unsigned, 2 bytes. */
  USHORT: number;
  /** 4 bytes, 0 or 1. */
  BOOL: boolean;
  /** 1 byte, 0 or 1. */
  BOOLEAN: boolean;
  /** 8-byte float. */
  DBL: number;
  /** Signed, 8 bytes; comes back with a message. */
  LPARAM: bigint;
  /** Single-byte text. */
  TEXT: string;
  /** Memory of the caller. */
  memory: ArrayBufferView<ArrayBufferLike>;
  /** Values the SDK reads. */
  "INT[]": Int32Array;
  /** Address of a C function or callback. */
  OLNOTIFYPROC: Deno.PointerValue;
  /** How many values to return. */
  "out INT[]": number;
  /** How many values to return. */
  "out FLOAT[]": number;
  /** Gain wished for. */
  "inout DBL": number;
  /** Buffer to resize. */
  "inout HBUF": Hbuf;
}

/** The words for out-parameters, and what the method returns for them. */
export interface OutputTypes {
  /** Open board. */
  "out HDEV": Hdev;
  /** Reserved subsystem. */
  "out HDASS": Hdass;
  /** Sample buffer. */
  "out HBUF": Hbuf;
  /** Sample buffer, or null for the null handle. */
  "out HBUF or null": Hbuf | null;
  /** Simultaneous start list. */
  "out HSSLIST": Hsslist;
  /** Buffer list. */
  "out HLIST": Hlist;
  /** Window; 0n for none. */
  "out HWND": Hwnd;
  /** Unsigned, 4 bytes. */
  "out UINT": number;
  /** Signed, 4 bytes. */
  "out INT": number;
  /** Unsigned, 2 bytes. */
  "out USHORT": number;
  /** 4 bytes, not 0. */
  "out BOOL": boolean;
  /** 8-byte float. */
  "out DBL": number;
  /** 4-byte float. */
  "out FLOAT": number;
  /** An address. */
  "out POINTER": Deno.PointerValue;
  /** Single-byte text, at most 255 characters. */
  "out TEXT": string;
  /** As many values as were asked for. */
  "out INT[]": Int32Array;
  /** As many values as were asked for. */
  "out FLOAT[]": Float32Array;
  /** Gain the SDK used. */
  "inout DBL": number;
  /** The buffer, maybe with another handle. */
  "inout HBUF": Hbuf;
  /** Time stamp. */
  "out TDS": Struct<typeof TDS>;
  /** What a subsystem handle stands for. */
  "out DASSINFO": Struct<typeof DASSINFO>;
  /** Physical channel of a list position. */
  "out CHANNELMAP": Struct<typeof CHANNELMAP>;
  /** Block of the driver. */
  "out DRIVER_SPECIFIC_INFO": Struct<typeof DRIVER_SPECIFIC_INFO>;
  /** TEDS of a strain gage. */
  "out STRAIN_GAGE_TEDS": Struct<typeof STRAIN_GAGE_TEDS>;
  /** TEDS of a bridge based sensor. */
  "out BRIDGE_SENSOR_TEDS": Struct<typeof BRIDGE_SENSOR_TEDS>;
  /** Every installed board. */
  DABRDPROC: { name: string; entry: string }[];
  /** Every installed board. The registry key is left out: it is taken to be open during the call only (inferred). */
  DABRDPROCEX: { name: string; driver: string }[];
  /** Every subsystem element; `type` is one of `OLSS`. */
  DASSPROC: { name: string; type: number; element: number }[];
  /** Every pair of numbers; lists of single numbers have them first. */
  CAPSPROC: [first: number, second: number][];
  /** Every pair of an integer and a number. */
  CHANNELCAPSPROC: [value: number, number: number][];
  /** Every member of a start list. */
  SSLISTPROC: Hdass[];
  /** Every buffer of a list. */
  BUFPROC: Hbuf[];
  /** Every list. */
  LISTPROC: Hlist[];
}

/** What a parameter means. `size`: bytes of the memory before it; `context`: LPARAM of a callback, of no use to JavaScript. */
export type ArgKind = keyof InputTypes | keyof OutputTypes | "size" | "context";

/** The arguments of a method, in the order of the C parameters. */
export type Inputs<A extends readonly ArgKind[]> = A extends readonly [infer K, ...infer R extends readonly ArgKind[]]
  ? K extends keyof InputTypes ? [InputTypes[K], ...Inputs<R>] : Inputs<R>
  : [];

/** The out-parameters of a method, in the order of the C parameters. */
export type Outputs<A extends readonly ArgKind[]> = A extends readonly [infer K, ...infer R extends readonly ArgKind[]]
  ? K extends keyof OutputTypes ? [OutputTypes[K], ...Outputs<R>] : Outputs<R>
  : [];

/** Nothing for no out-parameter, the value for one, a tuple for several. */
export type Result<O extends readonly unknown[]> = O extends readonly [] ? void
  : O extends readonly [infer Only] ? Only
  : O;

/** Room for a text result, in bytes. Generous, as `olDmGetVersion` is not told it. */
const TEXT_BYTES = 256;
/** Least room for a list result, in values: the SDK is not told it and writes one per entry of its channel list. */
const LIST_VALUES = 1024;

type Write = (value: unknown, view: DataView) => void;
type Read = (view: DataView) => unknown;

const OUT: Readonly<Record<string, readonly [bytes: number, read: Read]>> = {
  "out UINT": [4, (view) => view.getUint32(0, true)],
  "out INT": [4, (view) => view.getInt32(0, true)],
  "out USHORT": [2, (view) => view.getUint16(0, true)],
  "out BOOL": [4, (view) => view.getInt32(0, true) !== 0],
  "out DBL": [8, (view) => view.getFloat64(0, true)],
  "out FLOAT": [4, (view) => view.getFloat32(0, true)],
  "out HDEV": [8, readHandle],
  "out HDASS": [8, readHandle],
  "out HBUF": [8, readHandle],
  "out HBUF or null": [8, (view) => readHandle(view) || null],
  "out HSSLIST": [8, readHandle],
  "out HLIST": [8, readHandle],
  "out HWND": [8, readHandle],
  "out POINTER": [8, (view) => Deno.UnsafePointer.create(readHandle(view))],
  "out TEXT": [TEXT_BYTES, (view) => decodeText(bytesOf(view))],
  "inout DBL": [8, (view) => view.getFloat64(0, true)],
  "inout HBUF": [8, readHandle],
  "out TDS": struct(TDS),
  "out DASSINFO": struct(DASSINFO),
  "out CHANNELMAP": struct(CHANNELMAP),
  "out DRIVER_SPECIFIC_INFO": struct(DRIVER_SPECIFIC_INFO),
  "out STRAIN_GAGE_TEDS": struct(STRAIN_GAGE_TEDS),
  "out BRIDGE_SENSOR_TEDS": struct(BRIDGE_SENSOR_TEDS),
};

const INOUT: Readonly<Record<string, Write>> = {
  "inout DBL": (value, view) => view.setFloat64(0, toNumber(value), true),
  "inout HBUF": (value, view) => view.setBigUint64(0, toHandle(value), true),
};

const IN: Readonly<Record<string, (value: unknown) => unknown>> = {
  HDEV: toHandle,
  HDASS: toHandle,
  HBUF: toHandle,
  HSSLIST: toHandle,
  HLIST: toHandle,
  HWND: (value) => value === null ? 0n : toHandle(value),
  UINT: (value) => toInteger(value, 0, 0xffff_ffff),
  INT: (value) => toInteger(value, -0x8000_0000, 0x7fff_ffff),
  USHORT: (value) => toInteger(value, 0, 0xffff),
  BOOL: (value) => value ? 1 : 0,
  BOOLEAN: (value) => value ? 1 : 0,
  DBL: toNumber,
  LPARAM: (value) => value,
  TEXT: (value) => encodeText(value as string),
  "INT[]": (value) => value,
  OLNOTIFYPROC: (value) => value,
};

type Pointer = Deno.PointerValue;
type Keep = (...given: never[]) => unknown;

/** What each enumerating callback of the SDK is given, without its last argument, and what is kept of it. */
const CALLBACKS: Readonly<Record<string, readonly [readonly Deno.NativeType[], Keep]>> = {
  DABRDPROC: [
    ["pointer", "pointer"],
    (name: Pointer, entry: Pointer) => ({ name: textAt(name), entry: textAt(entry) }),
  ],
  DABRDPROCEX: [
    ["pointer", "pointer", "pointer"],
    (name: Pointer, driver: Pointer) => ({ name: textAt(name), driver: textAt(driver) }),
  ],
  DASSPROC: [
    ["pointer", "i32", "u32"],
    (name: Pointer, type: number, element: number) => ({ name: textAt(name), type, element }),
  ],
  CAPSPROC: [["u32", "f64", "f64"], (_what: number, first: number, second: number) => [first, second]],
  CHANNELCAPSPROC: [["u32", "u32", "f64"], (_what: number, value: number, number: number) => [value, number]],
  SSLISTPROC: [["usize", "usize"], (_list: bigint, hDass: bigint) => hDass],
  BUFPROC: [["usize"], (hBuf: bigint) => hBuf],
  LISTPROC: [["usize"], (hList: bigint) => hList],
};

/** True if a function calls back while it runs, so that its frame must be closed. */
export function hasCallback(kinds: readonly ArgKind[]): boolean {
  return kinds.some((kind) => Object.hasOwn(CALLBACKS, kind));
}

/** The arguments of one C call. Its memory is allocated once: a frame that is kept makes a call allocate next to nothing. */
export class Frame implements Disposable {
  /** The C arguments, as `Deno.dlopen` takes them. */
  readonly values: unknown[];
  readonly #kinds: readonly ArgKind[];
  readonly #inputs: ((value: unknown) => void)[] = [];
  readonly #outputs: (() => unknown)[] = [];
  readonly #scratch: Uint8Array[] = [];
  #callback: Deno.UnsafeCallback | null = null;

  /** Allocates what a call with these parameters needs. */
  constructor(kinds: readonly ArgKind[]) {
    this.#kinds = kinds;
    this.values = new Array(kinds.length).fill(0n);
    kinds.forEach((kind, i) => this.#add(kind, i));
  }

  /** Writes what the caller gave into the C arguments. Results of the call before are wiped: C need not write them all. */
  fill(inputs: readonly unknown[]): void {
    for (const bytes of this.#scratch) bytes.fill(0);
    for (let i = 0; i < this.#inputs.length; i++) this.#inputs[i]!(inputs[i]);
  }

  /** Reads the out-parameters: nothing, the only one, or all of them as a tuple. */
  collect(): unknown {
    const outputs = this.#outputs;
    return outputs.length < 2 ? outputs[0]?.() : outputs.map((read) => read());
  }

  /** Gives the callback back, where there is one. */
  [Symbol.dispose](): void {
    this.#callback?.close();
  }

  #add(kind: ArgKind, i: number): void {
    const encode = IN[kind];
    const callback = CALLBACKS[kind];
    if (encode) this.#inputs.push((value) => this.values[i] = encode(value));
    else if (callback) this.#addCallback(callback, i);
    else if (kind === "memory") this.#inputs.push((value) => this.#setMemory(i, value as ArrayBufferView));
    else if (kind === "out INT[]") this.#addList(Int32Array, i);
    else if (kind === "out FLOAT[]") this.#addList(Float32Array, i);
    else if (kind !== "size" && kind !== "context") this.#addOut(kind, i);
  }

  #setMemory(i: number, memory: ArrayBufferView): void {
    this.values[i] = memory;
    if (this.#kinds[i + 1] === "size") this.values[i + 1] = memory.byteLength;
  }

  #addOut(kind: ArgKind, i: number): void {
    const [bytes, read] = OUT[kind]!;
    const view = new DataView(new ArrayBuffer(bytes));
    const memory = bytesOf(view);
    this.#scratch.push(memory);
    this.#setMemory(i, memory);
    const write = INOUT[kind];
    if (write) this.#inputs.push((value) => write(value, view));
    this.#outputs.push(() => read(view));
  }

  #addList(Values: Int32ArrayConstructor | Float32ArrayConstructor, i: number): void {
    let list: unknown;
    this.#inputs.push((count) => {
      const length = toInteger(count, 0, 0x100_0000);
      const room = new Values(Math.max(length, LIST_VALUES));
      this.values[i] = room;
      list = room.subarray(0, length);
    });
    this.#outputs.push(() => list);
  }

  #addCallback([parameters, keep]: readonly [readonly Deno.NativeType[], Keep], i: number): void {
    const items: unknown[] = [];
    const definition: Deno.UnsafeCallbackDefinition = { parameters: [...parameters, "i64"], result: "i32" };
    this.#callback = new Deno.UnsafeCallback(definition, (...given: unknown[]) => {
      items.push(keep(...given as never[]));
      return 1; // TRUE: go on
    });
    this.values[i] = this.#callback.pointer;
    this.#outputs.push(() => items);
  }
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function readHandle(view: DataView): bigint {
  return view.getBigUint64(0, true);
}

function struct(layout: StructLayout): readonly [number, Read] {
  return [layout.size, (view) => readStruct(layout, view)];
}

/** Text at an address. Board names end within 41 bytes; the limit is there for a pointer that is none. */
function textAt(pointer: Deno.PointerValue): string {
  if (pointer === null) return "";
  const view = new Deno.UnsafePointerView(pointer);
  const bytes: number[] = [];
  for (let i = 0; i < TEXT_BYTES; i++) {
    const byte = view.getUint8(i);
    if (byte === 0) break;
    bytes.push(byte);
  }
  return decodeText(Uint8Array.from(bytes));
}

// Deno converts what it is given without a word: 1.5 becomes 1, and -1 becomes 4294967295.

function toInteger(value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && value as number >= least && value as number <= most) return value as number;
  throw new RangeError(`takes an integer from ${least} to ${most}, and ${String(value)} is none`);
}

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  throw new TypeError(`takes a number, and ${String(value)} is none`);
}

function toHandle(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  throw new TypeError(`takes a handle (a bigint), and ${String(value)} is none`);
}

/** The simulated SDK opened with plain `Deno.dlopen`, all symbols as its own header declares them. */
import { strictEqual as equal } from "node:assert/strict";
import { openSimLibrary } from "../sim.ts";

const types: Record<string, Deno.NativeType> = {
  ECODE: "u32",
  uint32_t: "u32",
  int32_t: "i32",
  uint16_t: "u16",
  int64_t: "i64",
  uint64_t: "u64",
  double: "f64",
};

const extra = {
  CreateWindowExW: {
    parameters: ["u32", "buffer", "buffer", "u32", "i32", "i32", "i32", "i32", "u64", "u64", "u64", "buffer"],
    result: "u64",
  },
  DestroyWindow: { parameters: ["u64"], result: "i32" },
  IsWindow: { parameters: ["u64"], result: "i32" },
  PostMessageW: { parameters: ["u64", "u32", "u64", "i64"], result: "i32" },
  PeekMessageW: { parameters: ["buffer", "u64", "u32", "u32", "u32"], result: "i32" },
  MsgWaitForMultipleObjectsEx: { parameters: ["u32", "buffer", "u32", "u32", "u32"], result: "u32" },
  dtolsim_reset: { parameters: [], result: "u32" },
  dtolsim_signal: { parameters: ["buffer"], result: "u32" },
  dtolsim_free_running: { parameters: ["i32"], result: "u32" },
  dtolsim_fault: { parameters: ["buffer"], result: "u32" },
  dtolsim_open_handles: { parameters: [], result: "u32" },
  dtolsim_calls: { parameters: ["buffer", "u32"], result: "u32" },
  dtolsim_log: { parameters: ["i32"], result: "u32" },
  dtolsim_clock_error: { parameters: ["f64"], result: "u32" },
  dtolsim_counting: { parameters: ["buffer", "u32", "u64", "u32", "buffer"], result: "u32" },
  dtolsim_external_clock: { parameters: ["f64"], result: "u32" },
  dtolsim_trigger: { parameters: ["buffer", "u32"], result: "u32" },
  dtolsim_cjc: { parameters: ["f64"], result: "u32" },
  dtolsim_counter: { parameters: ["buffer", "u32", "u32", "f64", "f64"], result: "u32" },
  dtolsim_events: { parameters: ["buffer", "u32", "u32", "buffer", "u32"], result: "u32" },
  dtolsim_gate: { parameters: ["buffer", "u32", "i32"], result: "u32" },
  dtolsim_counter_state: { parameters: ["buffer", "u32", "u32", "buffer"], result: "u32" },
  dtolsim_lateness: { parameters: [], result: "u64" },
  dtolsim_loopback: { parameters: ["i32"], result: "u32" },
  dtolsim_port: { parameters: ["buffer", "i32"], result: "u32" },
  dtolsim_played: { parameters: ["buffer", "u32", "buffer", "u32"], result: "u32" },
  dtolsim_output: { parameters: ["buffer", "u32", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The prototypes of `api.h` as FFI definitions. Handles are 64-bit numbers, whatever is passed by address a buffer. */
export async function readApi(): Promise<Record<string, Deno.ForeignFunction>> {
  const text = await Deno.readTextFile(new URL("../../ffi/sim/api.h", import.meta.url));
  const symbols: Record<string, Deno.ForeignFunction> = {};
  for (const [, result, name, parameters] of text.matchAll(/^SDK (\w+ \*?)(\w+)\(([^)]*)\);/gm)) {
    symbols[name!] = {
      parameters: parameters === "void" ? [] : parameters!.split(",").map(nativeType),
      result: result!.includes("*") ? "pointer" : types[result!.trim()] ?? "void",
    };
  }
  return symbols;
}

function nativeType(parameter: string): Deno.NativeType {
  if (parameter.includes("*")) return "buffer";
  const type = parameter.trim().split(/\s+/)[0]!;
  if (/PROC(EX)?$/.test(type)) return "function";
  return types[type] ?? "u64";
}

const symbols = { ...await readApi(), ...extra };
const library = await openSimLibrary(symbols as Deno.ForeignLibraryInterface);

/** Every function by its name; the arguments are checked by the FFI layer only. */
// deno-lint-ignore no-explicit-any -- one table for 264 functions
export const sdk = library.symbols as unknown as Record<string, (...args: any[]) => any>;

export const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${value}\0`);

/** Calls and expects success. */
export function ok(name: string, ...args: unknown[]): void {
  equal(sdk[name]!(...args), 0, name);
}

/** Calls a function whose last argument is a 4-byte result. */
export function u32(name: string, ...args: unknown[]): number {
  const out = new Uint32Array(1);
  ok(name, ...args, out);
  return out[0]!;
}

export function f64(name: string, ...args: unknown[]): number {
  const out = new Float64Array(1);
  ok(name, ...args, out);
  return out[0]!;
}

/** Calls a function whose last argument is a handle result. */
export function handle(name: string, ...args: unknown[]): bigint {
  const out = new BigUint64Array(1);
  ok(name, ...args, out);
  return out[0]!;
}

export const AD = 0, DA = 1, DIN = 2, DOUT = 3, QUAD = 4, CT = 5, TACH = 6;
export const CONTINUOUS = 800, SINGLEVALUE = 801;
export const WRAP_NONE = 1000, WRAP_MULTIPLE = 1001, WRAP_SINGLE = 1002;
export const READY = 1100, DONE = 1101, INPROCESS = 1102;
export const TRIGGER_ERROR = 1124, UNDERRUN_ERROR = 1125, PRETRIGGER_BUFFER_DONE = 1136, IO_COMPLETE = 1138;
export const OVERRUN_ERROR = 1126, BUFFER_DONE = 1127, QUEUE_DONE = 1128, BUFFER_REUSED = 1129;
export const QUEUE_STOPPED = 1130, MEASURE_DONE = 1132, DEVICE_REMOVAL = 1137;

/** The parent that makes a window hidden and for messages only: -3. */
export const HWND_MESSAGE = BigInt.asUintN(64, -3n);

export interface Message {
  message: number;
  wParam: bigint;
  lParam: bigint;
}

/** The messages that wait for this thread now. */
export function messages(): Message[] {
  const found: Message[] = [];
  const bytes = new Uint8Array(48), view = new DataView(bytes.buffer);
  while (sdk.PeekMessageW!(bytes, 0n, 0, 0, 1)) {
    found.push({
      message: view.getUint32(8, true),
      wParam: view.getBigUint64(16, true),
      lParam: view.getBigInt64(24, true),
    });
  }
  return found;
}

export const numbers = (list: Message[]): number[] => list.map(({ message }) => message);

/** Waits for messages until `count` have come, or for two seconds. */
export function awaitMessages(count: number): Message[] {
  const found = messages(), until = performance.now() + 2000;
  while (found.length < count && performance.now() < until) {
    sdk.MsgWaitForMultipleObjectsEx!(0, null, 50, 0x4ff, 4);
    found.push(...messages());
  }
  return found;
}

export function window(): bigint {
  const name = Uint16Array.from("STATIC\0", (unit) => unit.charCodeAt(0));
  const handle = sdk.CreateWindowExW!(0, name, null, 0, 0, 0, 0, 0, HWND_MESSAGE, 0n, 0n, null);
  equal(handle > 0n, true);
  return handle;
}

export interface Setup {
  board?: string;
  channels?: number[];
  rateHz?: number;
  wrap?: number;
  buffers?: number;
  samples?: number;
  configs?: number;
  channelType?: number;
  gain?: number;
  width?: number;
}

export interface Run {
  device: bigint;
  ad: bigint;
  window: bigint;
  buffers: bigint[];
}

/** The start-up order that works, up to the second olDaConfig: what remains is olDaStart. */
export function prepare(setup: Setup = {}): Run {
  const { board = "DT9805(00)", channels = [0, 1], rateHz = 50000, wrap = WRAP_MULTIPLE } = setup;
  const { buffers = 4, samples = 500, configs = 2, channelType = 100, gain = 1, width = 2 } = setup;
  const device = handle("olDaInitialize", text(board));
  const ad = handle("olDaGetDASS", device, AD, 0);
  ok("olDaSetDataFlow", ad, CONTINUOUS);
  ok("olDaSetChannelType", ad, channelType);
  ok("olDaSetWrapMode", ad, wrap);
  ok("olDaSetClockSource", ad, 400);
  ok("olDaSetClockFrequency", ad, rateHz);
  ok("olDaSetTrigger", ad, 300);
  ok("olDaSetDmaUsage", ad, Math.min(1, u32("olDaGetSSCaps", ad, 6)));
  ok("olDaSetChannelListSize", ad, channels.length);
  channels.forEach((channel, position) => {
    ok("olDaSetChannelListEntry", ad, position, channel);
    ok("olDaSetGainListEntry", ad, position, gain);
  });
  ok("olDaConfig", ad);
  const list = Array.from({ length: buffers }, () => handle("olDmCallocBuffer", 0, 0, samples, width));
  for (const buffer of list) ok("olDaPutBuffer", ad, buffer);
  const hwnd = window();
  ok("olDaSetWndHandle", ad, hwnd, 77n);
  for (let i = 1; i < configs; i++) ok("olDaConfig", ad);
  return { device, ad, window: hwnd, buffers: list };
}

/** The shutdown order, after olDaStop or olDaAbort. */
export function close(run: Run): void {
  ok("olDaSetWndHandle", run.ad, 0n, 0n);
  ok("olDaFlushBuffers", run.ad);
  for (let buffer; (buffer = handle("olDaGetBuffer", run.ad)) !== 0n;) ok("olDmFreeBuffer", buffer);
  equal(sdk.DestroyWindow!(run.window), 1);
  ok("olDaReleaseDASS", run.ad);
  ok("olDaTerminate", run.device);
}

export const queues = (ad: bigint): number[] =>
  [READY, INPROCESS, DONE].map((queue) => u32("olDaGetQueueSize", ad, queue));

/** The valid samples of a buffer. */
export function codes(buffer: bigint): Uint16Array {
  const out = new Uint16Array(u32("olDmGetValidSamples", buffer));
  ok("olDmCopyFromBuffer", buffer, out, out.length);
  return out;
}

/** The counting pattern of one channel, written out a second time. */
export function counting(board: string, channel: number, first: bigint, n: number): Uint16Array {
  let seed = 0x811C9DC5;
  for (const byte of new TextEncoder().encode(board)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Uint16Array.from({ length: n }, (_, k) => {
    const i = first + BigInt(k);
    const low = Number(i & 0xFFFFFFFFn), high = Number(i >> 32n & 0xFFFFFFFFn);
    const x = (low + Math.imul(high, 0x85EBCA6B) + Math.imul(channel, 0x9E3779B9) + seed) | 0;
    return Math.imul(x, 0x9E3779B1) >>> 16;
  });
}

/** A test that begins with a fresh simulation and must leave no handle behind. */
export function simTest(name: string, body: () => void | Promise<void>, { leaves = false } = {}): void {
  Deno.test(name, async () => {
    sdk.dtolsim_reset!();
    messages();
    try {
      await body();
      if (!leaves) equal(sdk.dtolsim_open_handles!(), 0, "handles left open");
    } finally {
      sdk.dtolsim_reset!();
    }
  });
}

export const fault = (script: string): void => equal(sdk.dtolsim_fault!(text(script)), 0, script);
export const signal = (name: string): void => equal(sdk.dtolsim_signal!(text(name)), 0, name);

/** What a D/A channel has put out since the latest start. */
export function played(board: string, channel: number): number[] {
  const out = new Int32Array(sdk.dtolsim_played!(text(board), channel, null, 0));
  return [...out.subarray(0, sdk.dtolsim_played!(text(board), channel, out, out.length))];
}

/** Opens a subsystem for the body and gives everything back. */
export function withSubsystem(
  board: string,
  type: number,
  body: (handle: bigint, device: bigint) => void,
  element = 0,
): void {
  const device = handle("olDaInitialize", text(board));
  const subsystem = handle("olDaGetDASS", device, type, element);
  body(subsystem, device);
  ok("olDaReleaseDASS", subsystem);
  ok("olDaTerminate", device);
}

/**
 * The SDK as an object: one method per C function, under the C function's name.
 *
 * @module
 */

import { loadSdk, type SdkOptions, type SdkPaths } from "./loader.ts";
import { type ArgKind, Frame, hasCallback, type Inputs, type Outputs, type Result } from "./marshal.ts";
import { statusOf, type StatusSymbol } from "./status.ts";
import { oldaapi, olmem, type SdkFunction, type user32 } from "./symbols.ts";
import { decodeText, type Hbuf } from "./types.ts";

/** The SDK refused a call: it returned an ECODE that is not 0. */
export class OpenLayersError extends Error {
  /** The call, for example `olDaStart`. */
  readonly call: string;
  /** The ECODE. */
  readonly code: number;
  /** The code's name in OLERRORS.H; null for one that it does not have. */
  readonly symbol: StatusSymbol | null;
  /** The SDK's own words for the code; our table's when it has none. */
  readonly text: string;
  /** The library that returned the code. */
  readonly library: "oldaapi" | "olmem";

  /** Makes the error of a call; an empty `text` is replaced by our table's. */
  constructor(call: string, code: number, text: string, library: "oldaapi" | "olmem") {
    const status = statusOf(code);
    const words = text || status?.meaning || "no text for this code";
    super(`${call} returned ${code}${status ? ` (${status.symbol})` : ""}: ${words}`);
    this.name = "OpenLayersError";
    this.call = call;
    this.code = code;
    this.symbol = status?.symbol ?? null;
    this.text = words;
    this.library = library;
  }
}

/** The installed SDK lacks a function that its header declares: it is of another version. */
export class MissingFunctionError extends Error {
  /** The function. */
  readonly call: string;
  /** The file that lacks it. */
  readonly path: string;

  /** Makes the error of a function that a library does not export. */
  constructor(call: string, path: string) {
    super(`Cannot call ${call} as the installed SDK lacks it: "${path}" does not export it`);
    this.name = "MissingFunctionError";
    this.call = call;
    this.path = path;
  }
}

/** Every function of the two libraries, with the nonblocking forms, by name. */
export type SdkFunctions = typeof oldaapi & typeof olmem;

/** Arguments and results of a C function, from its `args`. */
export type Method<A extends readonly ArgKind[]> = (...inputs: Inputs<A>) => Result<Outputs<A>>;

/** The {@linkcode Method} that does not hold up the calling thread. */
export type WaitingMethod<A extends readonly ArgKind[]> = (...inputs: Inputs<A>) => Promise<Result<Outputs<A>>>;

/** A method per function: out-parameters are returned (several as a tuple), an ECODE that is not 0 is thrown. */
export type Methods = {
  readonly [K in keyof SdkFunctions as SdkFunctions[K] extends { args: readonly ArgKind[] } ? K : never]:
    SdkFunctions[K] extends { args: infer A extends readonly ArgKind[] } ? Method<A> : never;
};

/** The calls that can wait on the device, off the calling thread: one promise per call. */
export type WaitingMethods = {
  readonly [K in keyof SdkFunctions as SdkFunctions[K] extends { name: infer N extends keyof Methods } ? N : never]:
    SdkFunctions[K] extends { name: infer N extends keyof SdkFunctions }
      ? SdkFunctions[N] extends { args: infer A extends readonly ArgKind[] } ? WaitingMethod<A> : never
      : never;
};

/** The window functions of `user32.dll`, or of the simulated SDK. */
export type User32 = Deno.DynamicLibrary<typeof user32>["symbols"];

/**
 * The open SDK. Each of the 262 functions of its headers is a method; `symbols.ts` names the parameters.
 *
 * Handles are process-wide plain bigints: a worker that opens the SDK too can use those of another thread. Methods throw
 * {@linkcode OpenLayersError}, {@linkcode MissingFunctionError} for an optional function that is not installed, and a
 * `RangeError` or `TypeError` for a value that does not fit its C type, before the call.
 */
export interface OpenLayers extends Methods, Disposable {
  /** The calls that can wait on the device, as promises. */
  readonly nonblocking: WaitingMethods;
  /** The window functions, for `MessageWindow`. */
  readonly user32: User32;
  /** The files that were opened. */
  readonly paths: SdkPaths;
  /** Whether it is the simulated SDK. */
  readonly simulated: boolean;
  /**
   * The memory of a buffer, not a copy: valid until the buffer goes back to a queue or is freed. A view may be kept as
   * long as its buffer lives.
   *
   * @param hBuf A buffer that is on no queue.
   * @param bytes How much of it: samples times `olDmGetDataWidth`. More than it has reads foreign memory.
   */
  bufferView(hBuf: Hbuf, bytes: number): ArrayBuffer;
  /** Closes the libraries; more than once does no harm. No call of this object may be under way or follow. */
  close(): void;
}

// deno-lint-ignore no-explicit-any -- the C function of a table row: its types are checked where the row is declared
type CFunction = (...values: any[]) => any;

/** OLNOBOARDSINSTALLED: for a caller who asks for a list, an empty list. */
const NO_BOARDS = 78;

/** Binds the functions of one library. */
class Binder {
  readonly #library: "oldaapi" | "olmem";
  readonly #path: string;
  readonly #symbols: Readonly<Record<string, CFunction | null>>;

  constructor(library: "oldaapi" | "olmem", path: string, symbols: object) {
    this.#library = library;
    this.#path = path;
    this.#symbols = symbols as Readonly<Record<string, CFunction | null>>;
  }

  /** The methods of a table, and their promise forms. */
  bind(
    table: Readonly<Record<string, SdkFunction>>,
  ): { plain: Record<string, CFunction>; waiting: Record<string, CFunction> } {
    const plain: Record<string, CFunction> = {};
    const waiting: Record<string, CFunction> = {};
    for (const [key, { name, args, nonblocking }] of Object.entries(table)) {
      const call = this.#symbols[key];
      if (nonblocking && name && call) waiting[name] = this.#waiting(name, table[name]!.args!, call);
      else if (args) plain[key] = call ? this.#plain(key, args, call) : this.#missing(key);
    }
    return { plain, waiting };
  }

  #plain(name: string, args: readonly ArgKind[], call: CFunction): CFunction {
    if (hasCallback(args)) return this.#calledBack(name, args, call);
    const frame = new Frame(args); // reused: C keeps none of it, and JavaScript calls one at a time
    return (...inputs) => {
      this.#fill(name, frame, inputs);
      this.#check(name, call(...frame.values));
      return frame.collect();
    };
  }

  #waiting(name: string, args: readonly ArgKind[], call: CFunction): CFunction {
    return async (...inputs) => {
      const frame = new Frame(args); // its own: several calls may be under way
      this.#fill(name, frame, inputs);
      this.#check(name, await call(...frame.values));
      return frame.collect();
    };
  }

  #calledBack(name: string, args: readonly ArgKind[], call: CFunction): CFunction {
    return (...inputs) => {
      using frame = new Frame(args);
      this.#fill(name, frame, inputs);
      const code = call(...frame.values);
      if (code !== NO_BOARDS) this.#check(name, code);
      return frame.collect();
    };
  }

  #missing(name: string): CFunction {
    return () => {
      throw new MissingFunctionError(name, this.#path);
    };
  }

  #fill(name: string, frame: Frame, inputs: readonly unknown[]): void {
    try {
      frame.fill(inputs);
    } catch (error) {
      if (error instanceof Error) error.message = `${name}: ${error.message}`;
      throw error;
    }
  }

  /** An ECODE is a number; the two functions that return a text give a pointer, and two give nothing. */
  #check(name: string, result: unknown): void {
    if (typeof result === "number" && result !== 0) {
      throw new OpenLayersError(name, result, this.#errorText(result), this.#library);
    }
  }

  #errorText(code: number): string {
    const text = new Uint8Array(256);
    const call = this.#symbols[this.#library === "olmem" ? "olDmGetErrorString" : "olDaGetErrorString"];
    call?.(code, text, text.length);
    return decodeText(text).trim();
  }
}

/** The copy functions are not told how much memory they are given, and would run over its end: so it is compared before. */
function guardCopies(methods: Methods): Partial<Methods> {
  const { olDmCopyBuffer, olDmCopyFromBuffer, olDmCopyToBuffer } = methods;
  const need = (call: string, hBuf: Hbuf, memory: ArrayBufferView, samples: number) => {
    const bytes = samples * methods.olDmGetDataWidth(hBuf);
    if (memory.byteLength >= bytes) return;
    throw new RangeError(`${call}: ${samples} samples need ${bytes} bytes, and there are ${memory.byteLength}`);
  };
  return {
    olDmCopyBuffer: (hBuf, memory) => {
      need("olDmCopyBuffer", hBuf, memory, methods.olDmGetValidSamples(hBuf));
      olDmCopyBuffer(hBuf, memory);
    },
    olDmCopyFromBuffer: (hBuf, memory, most) => {
      need("olDmCopyFromBuffer", hBuf, memory, most);
      olDmCopyFromBuffer(hBuf, memory, most);
    },
    olDmCopyToBuffer: (hBuf, memory, samples) => {
      need("olDmCopyToBuffer", hBuf, memory, samples);
      olDmCopyToBuffer(hBuf, memory, samples);
    },
  };
}

/**
 * Opens the SDK. Needs `--allow-ffi` without a list of paths: Deno asks for all of it where C calls back (`olDaEnum..`) and
 * where memory is viewed. See {@linkcode loadSdk} for where it looks and what else it may read.
 *
 * @throws {SdkNotFoundError} If it is not installed, with every place that was tried.
 * @throws {SdkArchitectureError} If it is for another processor or bitness than this process.
 *
 * @example The boards of this machine, and what they are
 * ```ts ignore
 * import { openSdk } from "./open_layers.ts";
 *
 * using sdk = openSdk();
 * for (const { name } of sdk.olDaEnumBoards()) {
 *   const hDev = sdk.olDaInitialize(name);
 *   console.log(name, sdk.olDaEnumSubSystems(hDev));
 *   sdk.olDaTerminate(hDev);
 * }
 * ```
 */
export function openSdk(options: SdkOptions = {}): OpenLayers {
  const loaded = loadSdk(options);
  const da = new Binder("oldaapi", loaded.paths.oldaapi, loaded.oldaapi.symbols).bind(oldaapi);
  const dm = new Binder("olmem", loaded.paths.olmem, loaded.olmem.symbols).bind(olmem);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    for (const library of [loaded.user32, loaded.olmem, loaded.oldaapi]) library.close();
  };
  const methods = { ...da.plain, ...dm.plain } as unknown as Methods;
  return {
    ...methods,
    ...guardCopies(methods),
    nonblocking: { ...da.waiting, ...dm.waiting } as unknown as WaitingMethods,
    user32: loaded.user32.symbols,
    paths: loaded.paths,
    simulated: loaded.simulated,
    bufferView(hBuf: Hbuf, bytes: number): ArrayBuffer {
      const pointer = methods.olDmGetBufferPtr(hBuf);
      if (pointer === null) throw new TypeError(`olDmGetBufferPtr gave no memory for buffer 0x${hBuf.toString(16)}`);
      return Deno.UnsafePointerView.getArrayBuffer(pointer, bytes);
    },
    close,
    [Symbol.dispose]: close,
  };
}

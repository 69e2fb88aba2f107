/**
 * Finds the SDK's libraries and opens them. Nothing happens at import.
 *
 * Places, in this order: the explicit path (final when given), the environment (`DTOLLIB_OLDAAPI_DLL`,
 * `DTOLLIB_OLMEM_DLL`), `%SystemRoot%\System32`, the bare file name; at last `%SystemRoot%\SysWOW64`, where a 32-bit SDK
 * lies, to say so rather than "not found". Only Windows has the SDK; elsewhere a simulated one is opened, which is one
 * library with the functions of all three.
 *
 * @module
 */

import { oldaapi, olmem, user32 } from "./symbols.ts";

/** A library of the SDK. */
export type SdkLibrary = "oldaapi" | "olmem";

/** Where the SDK is. Nothing given: it is searched. */
export interface SdkOptions {
  /** Folder that holds the libraries, or one of their files. */
  readonly sdk?: string;
  /** File of oldaapi; stands above `sdk`. */
  readonly oldaapi?: string;
  /** File of olmem; stands above `sdk`. */
  readonly olmem?: string;
}

/** One place where a library was looked for, and why it was not opened from there. */
export interface Attempt {
  /** The library looked for. */
  readonly library: SdkLibrary | "user32";
  /** What named the place: an option, an environment variable, a standard folder. */
  readonly origin: string;
  /** The file; empty when the origin named none. */
  readonly path: string;
  /** Why it was not opened. */
  readonly reason: string;
  /** Whether there is such a file: the SDK is installed, and something is wrong with it. False where that is not known. */
  readonly found: boolean;
}

/** The opened libraries. */
export interface LoadedSdk {
  /** `oldaapi64.dll`, or the simulated SDK. */
  readonly oldaapi: Deno.DynamicLibrary<typeof oldaapi>;
  /** `olmem64.dll`, or the simulated SDK. */
  readonly olmem: Deno.DynamicLibrary<typeof olmem>;
  /** `user32.dll`, or the simulated SDK. */
  readonly user32: Deno.DynamicLibrary<typeof user32>;
  /** The files that were opened. */
  readonly paths: SdkPaths;
  /** Whether it is the simulated SDK, by a control function that the real one does not have. */
  readonly simulated: boolean;
}

/** The files that were opened. */
export interface SdkPaths {
  /** File of the acquisition functions. */
  readonly oldaapi: string;
  /** File of the buffer functions. */
  readonly olmem: string;
  /** File of the window functions. */
  readonly user32: string;
}

const HOW_TO_GET = "The SDK is the DataAcq SDK of Data Translation (now Measurement Computing / Digilent): install " +
  '"DT-Open Layers" from the Data Acquisition Omni CD, 64-bit, on Windows. Without it, simulate: build the simulated SDK ' +
  'with "deno task sim" and pass its folder, or use the built-in simulated board.';

/** No library of the SDK could be opened. */
export class SdkNotFoundError extends Error {
  /** Every place that was tried, in order. */
  readonly tried: readonly Attempt[];

  /** Makes the one error of a failed search. */
  constructor(tried: readonly Attempt[]) {
    super(`Cannot open the DT-Open Layers SDK. Tried:\n${tried.map(attemptText).join("\n")}\n${HOW_TO_GET}`);
    this.name = "SdkNotFoundError";
    this.tried = tried;
  }
}

/** A library was found that this process cannot load: 32 and 64 bits, or two processors, or two systems. */
export class SdkArchitectureError extends Error {
  /** The file. */
  readonly path: string;
  /** What the file is made for. */
  readonly library: BinaryArchitecture;
  /** What this process is made for. */
  readonly process: BinaryArchitecture;

  /** Makes the error of a file that was found. */
  constructor(path: string, library: BinaryArchitecture, process: BinaryArchitecture) {
    const both = `it is ${architectureText(library)} and this Deno is ${architectureText(process)}`;
    super(`Cannot load "${path}" as ${both}. Give a library that fits, or use a Deno that fits it`);
    this.name = "SdkArchitectureError";
    this.path = path;
    this.library = library;
    this.process = process;
  }
}

function architectureText({ format, arch, bits }: BinaryArchitecture): string {
  return `${bits || "?"}-bit ${arch} for ${format === "PE" ? "Windows" : "Linux"}`;
}

function attemptText({ library, origin, path, reason }: Attempt): string {
  return `  ${library}: ${path === "" ? origin : `${path} (${origin})`}: ${reason}`;
}

/** What a library file is made for. */
export interface BinaryArchitecture {
  /** Windows (PE) or Linux (ELF). */
  readonly format: "PE" | "ELF";
  /** Processor as `Deno.build.arch` spells it where it has it; `unknown (0x..)` for others. */
  readonly arch: string;
  /** 32 or 64; 0 when the header has neither. */
  readonly bits: number;
}

const PE_MACHINES: Readonly<Record<number, readonly [arch: string, bits: number]>> = {
  0x014c: ["i386", 32],
  0x01c4: ["arm", 32],
  0x8664: ["x86_64", 64],
  0xaa64: ["aarch64", 64],
};
const ELF_MACHINES: Readonly<Record<number, string>> = { 3: "i386", 40: "arm", 62: "x86_64", 183: "aarch64" };

/**
 * Reads from a file's own header what it is made for.
 *
 * @param bytes The start of the file; 4 kB hold the headers of every real library. Any bytes are safe.
 * @returns Null for what is neither a PE nor an ELF file, or is cut before the header ends.
 */
export function binaryArchitecture(bytes: Uint8Array): BinaryArchitecture | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 0x40 && view.getUint16(0) === 0x4d5a) return peArchitecture(view);
  if (bytes.length >= 20 && view.getUint32(0) === 0x7f45_4c46) return elfArchitecture(view);
  return null;
}

function peArchitecture(view: DataView): BinaryArchitecture | null {
  const header = view.getUint32(0x3c, true);
  if (header + 6 > view.byteLength || view.getUint32(header) !== 0x5045_0000) return null;
  const machine = view.getUint16(header + 4, true);
  const [arch, bits] = PE_MACHINES[machine] ?? [`unknown (0x${machine.toString(16)})`, 0];
  return { format: "PE", arch, bits };
}

function elfArchitecture(view: DataView): BinaryArchitecture {
  const machine = view.getUint16(18, view.getUint8(5) !== 2);
  const arch = ELF_MACHINES[machine] ?? `unknown (0x${machine.toString(16)})`;
  return { format: "ELF", arch, bits: { 1: 32, 2: 64 }[view.getUint8(4)] ?? 0 };
}

/** The system the libraries are loaded into; a parameter, so that a test can play Windows. */
export interface Host {
  /** `Deno.build.os`. */
  readonly os: string;
  /** `Deno.build.arch`. */
  readonly arch: string;
  /** An environment variable; null when reading it is not allowed. */
  env(name: string): string | undefined | null;
  /** The first bytes of a file; undefined when there is no such file, null when reading it is not allowed. */
  head(path: string): Uint8Array | undefined | null;
  /** `Deno.dlopen`. */
  open<const S extends Deno.ForeignLibraryInterface>(path: string, symbols: S): Deno.DynamicLibrary<S>;
}

/** This process. It asks for no permission: what was not granted counts as not known. */
export const thisHost: Host = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  env(name: string): string | undefined | null {
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    return state === "granted" ? Deno.env.get(name) : null;
  },
  head(path: string): Uint8Array | undefined | null {
    if (Deno.permissions.querySync({ name: "read", path }).state === "granted") return readHead(path);
    const mayAsk = Deno.build.os === "windows" && Deno.permissions.querySync({ name: "ffi" }).state === "granted";
    return mayAsk ? windowsHead(path) : null;
  },
  open<const S extends Deno.ForeignLibraryInterface>(path: string, symbols: S): Deno.DynamicLibrary<S> {
    return Deno.dlopen(path, symbols);
  },
};

function readHead(path: string): Uint8Array | undefined | null {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    return bytes.subarray(0, file.readSync(bytes) ?? 0);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : null;
  }
}

const HEAD_BYTES = 4096;
const GENERIC_READ = 0x8000_0000;
const FILE_SHARE_ALL = 7;
const OPEN_EXISTING = 3;
const INVALID_HANDLE = 0xffff_ffff_ffff_ffffn;
const INVALID_FILE_ATTRIBUTES = 0xffff_ffff;

/**
 * The same through Windows, for a program that may call libraries but not read files: what Windows says when it does not
 * load a library is in the language of the user, and does not tell an absent file from one that is incomplete.
 */
function windowsHead(path: string): Uint8Array | undefined | null {
  const kernel32 = Deno.dlopen("kernel32.dll", {
    GetFileAttributesW: { parameters: ["buffer"], result: "u32" },
    CreateFileW: { parameters: ["buffer", "u32", "u32", "usize", "u32", "u32", "usize"], result: "u64" },
    ReadFile: { parameters: ["u64", "buffer", "u32", "buffer", "usize"], result: "i32" },
    CloseHandle: { parameters: ["u64"], result: "i32" },
  });
  const { symbols: c } = kernel32;
  try {
    const name = new Uint8Array(Uint16Array.from(`${path}\0`, (unit) => unit.charCodeAt(0)).buffer);
    if (c.GetFileAttributesW(name) === INVALID_FILE_ATTRIBUTES) return undefined;
    const file = c.CreateFileW(name, GENERIC_READ, FILE_SHARE_ALL, 0n, OPEN_EXISTING, 0, 0n);
    if (file === INVALID_HANDLE) return null;
    const bytes = new Uint8Array(HEAD_BYTES);
    const length = new Uint32Array(1);
    c.ReadFile(file, bytes, HEAD_BYTES, new Uint8Array(length.buffer), 0n);
    c.CloseHandle(file);
    return bytes.subarray(0, length[0]);
  } finally {
    kernel32.close();
  }
}

/** A place to look for a library. */
export interface Candidate {
  /** What named the place. */
  readonly origin: string;
  /** The file; empty when the origin named none. */
  readonly path: string;
  /** Why there is nothing to try; set when the origin named no file. */
  readonly reason?: string;
}

const SIMULATED = "libopenlayers_sim.so";
/** Only the simulated SDK has it. */
const CONTROL = { dtolsim_reset: { parameters: [], result: "u32", optional: true } } as const;

function fileName(library: SdkLibrary, host: Host): string {
  return host.os === "windows" ? `${library}64.dll` : SIMULATED;
}

/** A path with the ending of a library is a file, any other a folder: so no read permission is needed to tell. */
function inside(path: string, name: string, host: Host): string {
  if (/\.(dll|so|dylib)$/i.test(path)) return path;
  return path.replace(/[\\/]+$/, "") + (host.os === "windows" ? "\\" : "/") + name;
}

/** Every place to look for a library, in order. */
export function candidates(library: SdkLibrary, options: SdkOptions, host: Host): readonly Candidate[] {
  const name = fileName(library, host);
  const own = options[library];
  if (own !== undefined) return [{ origin: `option "${library}"`, path: inside(own, name, host) }];
  if (options.sdk === undefined) return [fromEnvironment(library, host), ...fromSystem(library, host)];
  // A file of the one library has its sister beside it; a simulated SDK is one file for all.
  const path = inside(options.sdk, name, host).replace(/(^|[\\/])(oldaapi|olmem)([^\\/]*)$/i, `$1${library}$3`);
  return [{ origin: 'option "sdk"', path }];
}

function fromEnvironment(library: SdkLibrary, host: Host): Candidate {
  const variable = `DTOLLIB_${library.toUpperCase()}_DLL`;
  const path = host.env(variable);
  const origin = `environment variable ${variable}`;
  if (path) return { origin, path };
  const reason = path === null ? `not read: needs --allow-env=${variable}` : "not set";
  return { origin, path: "", reason };
}

function fromSystem(library: SdkLibrary, host: Host): readonly Candidate[] {
  if (host.os !== "windows") {
    const reason = `there is no SDK for ${host.os}; only a simulated one can be opened, by its path`;
    return [{ origin: "standard folders", path: "", reason }];
  }
  const root = host.env("SystemRoot") || "C:\\Windows";
  const name = fileName(library, host);
  return [
    { origin: "standard folder", path: `${root}\\System32\\${name}` },
    { origin: "system search", path: name },
    { origin: "folder of the 32-bit SDK", path: `${root}\\SysWOW64\\${library}32.dll` },
  ];
}

/**
 * Says why a library was not opened.
 *
 * @param message What `Deno.dlopen` said. On Windows it is in the language of Windows, without the number of the error.
 * @param found Whether the file exists; null when that is not known.
 * @param os `Deno.build.os`.
 */
export function failureReason(message: string, found: boolean | null, os: string): string {
  const missing = /Failed to register symbol (\w+)/.exec(message);
  if (missing) return `it has no function ${missing[1]}: another library, or another version of it`;
  const text = message.replace(/^(Could not open library: )+/, "").trim();
  if (os !== "windows") return text;
  if (/not a valid Win32|\b193\b/i.test(message)) {
    return `it is not a library of this bitness (Windows error 193): ${text}`;
  }
  if (found) return `found, but Windows cannot load it; error 126 is that something it needs is missing: ${text}`;
  if (found === null && /could not be found|\b126\b/i.test(message)) {
    return `no such file, or something it needs is missing (Windows error 126; --allow-read tells which): ${text}`;
  }
  return text;
}

interface Opened<S extends Deno.ForeignLibraryInterface> {
  readonly library: Deno.DynamicLibrary<S>;
  readonly path: string;
}

type Refusal = Pick<Attempt, "reason" | "found">;

/** Opens one file, or says why not. Throws nothing but an {@linkcode SdkArchitectureError}. */
function attempt<S extends Deno.ForeignLibraryInterface>(path: string, symbols: S, host: Host): Opened<S> | Refusal {
  // A bare name is searched by the system, not read from the current folder.
  const head = /[\\/]/.test(path) ? host.head(path) : null;
  if (head === undefined) return { reason: "no such file", found: false };
  const made = head && binaryArchitecture(head);
  if (head && made === null && host.os === "windows") {
    return { reason: "found, but it is no library (Windows error 193)", found: true };
  }
  const process = { format: host.os === "windows" ? "PE" : "ELF", arch: host.arch, bits: 64 } as const;
  if (made && (made.format !== process.format || made.arch !== process.arch)) {
    throw new SdkArchitectureError(path, made, process);
  }
  try {
    return { library: host.open(path, symbols), path };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = error instanceof Deno.errors.NotCapable;
    return { reason: refused ? message : failureReason(message, head && true, host.os), found: head !== null };
  }
}

/** Opens a library from the first place that has it; null if none has. A file of the wrong kind ends the search. */
function openFirst<S extends Deno.ForeignLibraryInterface>(
  library: Attempt["library"],
  symbols: S,
  places: readonly Candidate[],
  host: Host,
  tried: Attempt[],
): Opened<S> | null {
  for (const { origin, path, reason } of places) {
    const outcome = reason === undefined ? attempt(path, symbols, host) : { reason, found: false };
    if ("library" in outcome) return outcome;
    tried.push({ library, origin, path, ...outcome });
  }
  return null;
}

/**
 * Opens the SDK's libraries, or none of them.
 *
 * Needs `--allow-ffi`; `--allow-env` for the two variables and `SystemRoot` only when no path is given. To tell a library of
 * another bitness before it is loaded it needs `--allow-read`, or on Windows `--allow-ffi` without a list.
 *
 * @throws {SdkNotFoundError} If a library was found nowhere, with every place that was tried.
 * @throws {SdkArchitectureError} If a library is for another processor, bitness or system than this process.
 */
export function loadSdk(options: SdkOptions = {}, host: Host = thisHost): LoadedSdk {
  const tried = { oldaapi: [] as Attempt[], olmem: [] as Attempt[], user32: [] as Attempt[] };
  using opened = new DisposableStack();
  const keep = <S extends Deno.ForeignLibraryInterface>(one: Opened<S> | null): Opened<S> | null => {
    if (one) opened.defer(() => one.library.close());
    return one;
  };
  // olmem first: oldaapi needs it, and outside the standard folders Windows finds it only if it is loaded already.
  const dm = keep(openFirst("olmem", olmem, candidates("olmem", options, host), host, tried.olmem));
  const da = keep(openFirst("oldaapi", oldaapi, candidates("oldaapi", options, host), host, tried.oldaapi));
  if (!da || !dm) throw new SdkNotFoundError([...tried.oldaapi, ...tried.olmem]);
  const windows = host.os === "windows"
    ? { origin: "system", path: "user32.dll" }
    : { origin: "simulated SDK", path: da.path };
  const user = keep(openFirst("user32", user32, [windows], host, tried.user32));
  if (!user) throw new SdkNotFoundError(tried.user32);
  const control = host.open(da.path, CONTROL);
  const simulated = Boolean(control.symbols.dtolsim_reset);
  control.close();
  opened.move();
  const paths = { oldaapi: da.path, olmem: dm.path, user32: user.path };
  return { oldaapi: da.library, olmem: dm.library, user32: user.library, paths, simulated };
}

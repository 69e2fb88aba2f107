import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import {
  binaryArchitecture,
  candidates,
  failureReason,
  type Host,
  loadSdk,
  SdkArchitectureError,
  SdkNotFoundError,
  thisHost,
} from "../../ffi/loader.ts";

/** The start of a PE file: "MZ", the header's offset at 0x3c, "PE", the machine. */
function peHeader(machine: number, offset = 0x80): Uint8Array {
  const view = new DataView(new ArrayBuffer(offset + 24));
  view.setUint16(0, 0x4d5a);
  view.setUint32(0x3c, offset, true);
  view.setUint32(offset, 0x5045_0000);
  view.setUint16(offset + 4, machine, true);
  return new Uint8Array(view.buffer);
}

/** The start of an ELF file: magic, class (1: 32 bits, 2: 64), byte order (1: little endian), machine. */
function elfHeader(bits: 1 | 2, machine: number, order: 1 | 2 = 1): Uint8Array {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, 0x7f45_4c46);
  view.setUint8(4, bits);
  view.setUint8(5, order);
  view.setUint16(18, machine, order === 1);
  return new Uint8Array(view.buffer);
}

/** A made-up machine: files by path, environment, and what opening says. */
interface FakeHost extends Host {
  readonly opened: string[];
}

function fakeHost(os: string, files: Record<string, Uint8Array>, env: Record<string, string> | null = {}): FakeHost {
  const opened: string[] = [];
  return {
    os,
    arch: "x86_64",
    opened,
    env: (name) => env === null ? null : env[name],
    head: (path) => files[path],
    open(path) {
      if (!files[path] && path !== "user32.dll") throw new Error("Could not open library: No module");
      opened.push(path);
      return { symbols: {}, close: () => opened.push(`closed ${path}`) } as never;
    },
  };
}

const x64 = peHeader(0x8664);

function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    ok(error instanceof Error);
    return error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("importing opens nothing and needs no permission", { permissions: "none" }, async () => {
  ok("openSdk" in await import("../../ffi/mod.ts"));
});

Deno.test("places on Windows: environment, system folder, bare name; and that of the 32-bit SDK", {
  permissions: "none",
}, () => {
  const host = fakeHost("windows", {}, { DTOLLIB_OLDAAPI_DLL: "D:\\mine.dll", SystemRoot: "C:\\WIN" });
  const paths = candidates("oldaapi", {}, host).map(({ path }) => path);
  deepEqual(paths, [
    "D:\\mine.dll",
    "C:\\WIN\\System32\\oldaapi64.dll",
    "oldaapi64.dll",
    "C:\\WIN\\SysWOW64\\oldaapi32.dll",
  ]);
});

Deno.test("an explicit path is final: nothing else is tried", { permissions: "none" }, () => {
  const host = fakeHost("windows", {}, { DTOLLIB_OLDAAPI_DLL: "D:\\mine.dll" });
  const only = (options: Parameters<typeof candidates>[1]) => {
    const [place, ...others] = candidates("olmem", options, host);
    equal(others.length, 0);
    return place!.path;
  };
  equal(only({ sdk: "D:\\sdk" }), "D:\\sdk\\olmem64.dll");
  equal(only({ sdk: "D:\\sdk\\" }), "D:\\sdk\\olmem64.dll");
  equal(only({ sdk: "D:\\sdk\\oldaapi64.dll" }), "D:\\sdk\\olmem64.dll");
  equal(only({ sdk: "D:\\oldaapi\\OLMEM64.DLL" }), "D:\\oldaapi\\olmem64.DLL");
  equal(only({ sdk: "D:\\sdk", olmem: "E:\\x.dll" }), "E:\\x.dll");
  equal(only({ olmem: "E:\\x" }), "E:\\x\\olmem64.dll");
});

Deno.test("the simulated SDK is one file for all", { permissions: "none" }, () => {
  const host = fakeHost("linux", {});
  for (const library of ["oldaapi", "olmem"] as const) {
    equal(candidates(library, { sdk: "/sim" }, host)[0]!.path, "/sim/libopenlayers_sim.so");
    equal(candidates(library, { sdk: "/sim/my.so" }, host)[0]!.path, "/sim/my.so");
  }
});

Deno.test("the first place that has the library wins, and paths tell which", { permissions: "none" }, () => {
  const env = { DTOLLIB_OLMEM_DLL: "D:\\gone.dll", SystemRoot: "C:\\WIN" };
  const files = { "C:\\WIN\\System32\\oldaapi64.dll": x64, "C:\\WIN\\System32\\olmem64.dll": x64 };
  const { paths } = loadSdk({}, fakeHost("windows", files, env));
  const system = "C:\\WIN\\System32\\";
  deepEqual(paths, { oldaapi: `${system}oldaapi64.dll`, olmem: `${system}olmem64.dll`, user32: "user32.dll" });
});

Deno.test("not found is one error that lists every place, why, and what to do", { permissions: "none" }, () => {
  const error = errorOf(() => loadSdk({}, fakeHost("windows", {}, { DTOLLIB_OLMEM_DLL: "D:\\gone.dll" })));
  ok(error instanceof SdkNotFoundError);
  deepEqual(
    error.tried.map(({ library, path, reason }) => [library, path, reason]),
    [
      ["oldaapi", "", "not set"],
      ["oldaapi", "C:\\Windows\\System32\\oldaapi64.dll", "no such file"],
      ["oldaapi", "oldaapi64.dll", "No module"],
      ["oldaapi", "C:\\Windows\\SysWOW64\\oldaapi32.dll", "no such file"],
      ["olmem", "D:\\gone.dll", "no such file"],
      ["olmem", "C:\\Windows\\System32\\olmem64.dll", "no such file"],
      ["olmem", "olmem64.dll", "No module"],
      ["olmem", "C:\\Windows\\SysWOW64\\olmem32.dll", "no such file"],
    ].map(([library, path, reason]) => [library, path, reason]),
  );
  for (const { path } of error.tried) ok(error.message.includes(path));
  match(error.message, /Data Translation[^]*Measurement Computing[^]*deno task sim/);
});

Deno.test("an environment that may not be read counts as unset, and is said so", { permissions: "none" }, () => {
  const error = errorOf(() => loadSdk({}, fakeHost("linux", {}, null)));
  match(error.message, /DTOLLIB_OLDAAPI_DLL: not read: needs --allow-env=DTOLLIB_OLDAAPI_DLL/);
  match(error.message, /there is no SDK for linux/);
});

Deno.test("without permissions the search asks for none, and an explicit path needs no environment", {
  permissions: "none",
}, () => {
  match(errorOf(() => loadSdk()).message, /DTOLLIB_OLDAAPI_DLL: not read/);
  const error = errorOf(() => loadSdk({ sdk: "/nowhere" }));
  match(error.message, /--allow-ffi/);
  ok(!error.message.includes("env"));
});

Deno.test("what was opened is closed again when another library is missing", { permissions: "none" }, () => {
  const host = fakeHost("windows", { "D:\\oldaapi64.dll": x64 });
  throws(() => loadSdk({ sdk: "D:\\" }, host), SdkNotFoundError);
  deepEqual(host.opened, ["D:\\oldaapi64.dll", "closed D:\\oldaapi64.dll"]);
});

Deno.test("another bitness is told before loading, and both are named", { permissions: "none" }, () => {
  const host = fakeHost("windows", { "D:\\oldaapi32.dll": peHeader(0x014c) });
  const error = errorOf(() => loadSdk({ sdk: "D:\\oldaapi32.dll" }, host));
  ok(error instanceof SdkArchitectureError);
  equal(
    error.message,
    'Cannot load "D:\\oldaapi32.dll" as it is 32-bit i386 for Windows and this Deno is 64-bit x86_64 for Windows. ' +
      "Give a library that fits, or use a Deno that fits it",
  );
  deepEqual(host.opened, []);
});

Deno.test("a PC with the 32-bit SDK alone is told so, and not that there is none", { permissions: "none" }, () => {
  const only32 = "C:\\Windows\\SysWOW64\\olmem32.dll";
  const error = errorOf(() => loadSdk({}, fakeHost("windows", { [only32]: peHeader(0x014c) })));
  ok(error instanceof SdkArchitectureError);
  deepEqual([error.path, error.library.bits, error.process.bits], [only32, 32, 64]);
});

Deno.test("a file that is no library is told before loading", { permissions: "none" }, () => {
  const text = new TextEncoder().encode("<html>not found</html>".repeat(9));
  const error = errorOf(() => loadSdk({ sdk: "D:\\" }, fakeHost("windows", { "D:\\olmem64.dll": text })));
  match(error.message, /olmem64\.dll .*: found, but it is no library/);
  ok(error instanceof SdkNotFoundError);
  deepEqual(error.tried.map(({ library, found }) => [library, found]), [["oldaapi", false], ["olmem", true]]);
});

Deno.test("a Windows library on Linux is told by its header, from a real file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/libopenlayers_sim.so`;
    await Deno.writeFile(path, x64);
    const error = errorOf(() => loadSdk({ sdk: folder }, { ...thisHost, os: "linux", arch: "x86_64" }));
    match(error.message, /64-bit x86_64 for Windows and this Deno is 64-bit x86_64 for Linux/);
    match(errorOf(() => loadSdk({ sdk: `${folder}/none` })).message, /no such file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("binaryArchitecture() reads PE and ELF headers", { permissions: "none" }, () => {
  const of = (bytes: Uint8Array) => Object.values(binaryArchitecture(bytes) ?? {}).join(" ");
  equal(of(peHeader(0x014c)), "PE i386 32");
  equal(of(peHeader(0x8664)), "PE x86_64 64");
  equal(of(peHeader(0xaa64)), "PE aarch64 64");
  equal(of(peHeader(0x1234)), "PE unknown (0x1234) 0");
  equal(of(elfHeader(1, 3)), "ELF i386 32");
  equal(of(elfHeader(2, 62)), "ELF x86_64 64");
  equal(of(elfHeader(2, 183)), "ELF aarch64 64");
  equal(of(elfHeader(2, 22, 2)), "ELF unknown (0x16) 64");
  equal(of(new TextEncoder().encode("#!/bin/sh\n".repeat(20))), "");
});

Deno.test("binaryArchitecture() survives any bytes", { permissions: "none" }, () => {
  for (const header of [peHeader(0x8664), elfHeader(2, 62)]) {
    for (let cut = 0; cut < header.length; cut++) binaryArchitecture(header.subarray(0, cut));
  }
  const far = peHeader(0x8664);
  for (const offset of [0, 0x9a, 0x7fff_ffff, 0xffff_fffa, 0xffff_ffff]) {
    new DataView(far.buffer).setUint32(0x3c, offset, true);
    equal(binaryArchitecture(far), null);
  }
  let seed = 1;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: 200 }, () => (seed = seed * 48271 % 0x7fff_ffff) & 0xff);
    bytes.set(round % 2 ? [0x4d, 0x5a] : [0x7f, 0x45, 0x4c, 0x46]);
    binaryArchitecture(bytes);
  }
});

Deno.test("failureReason() tells absent, incomplete, of another bitness and of another version apart", {
  permissions: "none",
}, () => {
  const absent = "Could not open library: The specified module could not be found.";
  match(failureReason(absent, true, "windows"), /^found, .* 126 .* missing/);
  match(failureReason(absent, null, "windows"), /^no such file, or something it needs is missing/);
  match(failureReason("Could not open library: %1 is not a valid Win32 application.", true, "windows"), /193/);
  match(failureReason("Failed to register symbol olDaMute: ...", true, "windows"), /has no function olDaMute/);
  equal(failureReason("Could not open library: Could not open library: /x: no", null, "linux"), "/x: no");
});

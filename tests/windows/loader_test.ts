// The rules by which Windows finds and refuses libraries, tried on Windows.
import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { simSdk } from "../sim.ts";
import { temporaryFolder } from "../record/child.ts";
import { type CodeOptions, FFI, runCode } from "./child.ts";

const ignore = Deno.build.os !== "windows";
/** The system folder is filled in a Windows that is thrown away afterwards, and nowhere else. */
const throwAway = !ignore && Deno.env.get("DTOLLIB_THROW_AWAY_WINDOWS") === "1";
const SYSTEM32 = "c:\\windows\\system32\\";

const OPEN = `
  import { openSdk } from ${FFI};
  try {
    using sdk = openSdk(JSON.parse(Deno.args[0] ?? "{}"));
    console.log(JSON.stringify({ ...sdk.paths, boards: sdk.olDaEnumBoards().length }));
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }`;

async function open(sdk: object, options: CodeOptions = {}): Promise<string> {
  const { out, err } = await runCode(OPEN, { ...options, args: [JSON.stringify(sdk)] });
  return out || err;
}

const opened = (text: string) => JSON.parse(text) as { oldaapi: string; olmem: string; user32: string; boards: number };

Deno.test("both libraries are found in System32 without a word, and no read permission is needed", {
  ignore: !throwAway,
}, async () => {
  const sim = await simSdk();
  const names = ["oldaapi64.dll", "olmem64.dll"];
  for (const name of names) await Deno.copyFile(`${sim}\\${name}`, `${SYSTEM32}${name}`);
  try {
    for (const permissions of [["-A"], ["--allow-ffi", "--allow-env=SystemRoot"], ["--allow-ffi"]]) {
      const { boards, ...paths } = opened(await open({}, { permissions }));
      const found = Object.values(paths).map((path) => path.toLowerCase());
      deepEqual(found, [`${SYSTEM32}oldaapi64.dll`, `${SYSTEM32}olmem64.dll`, "user32.dll"]);
      equal(boards, 3);
    }
  } finally {
    for (const name of names) await Deno.remove(`${SYSTEM32}${name}`);
  }
});

Deno.test("the environment names the files, and the bare name is searched along PATH", { ignore }, async () => {
  const sim = await simSdk();
  const env = { DTOLLIB_OLDAAPI_DLL: `${sim}\\oldaapi64.dll`, DTOLLIB_OLMEM_DLL: `${sim}\\olmem64.dll` };
  equal(opened(await open({}, { env })).oldaapi, `${sim}\\oldaapi64.dll`);
  const { oldaapi, olmem, boards } = opened(await open({}, { env: { PATH: `${sim};${Deno.env.get("PATH")}` } }));
  deepEqual([oldaapi, olmem, boards], ["oldaapi64.dll", "olmem64.dll", 3]);
});

Deno.test("nothing installed is one error that names every place", { ignore }, async () => {
  match(
    await open({}),
    /^SdkNotFoundError: .*\n.*not set\n.*System32\\oldaapi64\.dll .*no such file\n.*oldaapi64\.dll/,
  );
});

Deno.test("a 32-bit library is refused with a sentence that names both", { ignore }, async () => {
  using folder = temporaryFolder();
  const bytes = await Deno.readFile(`${await simSdk()}\\oldaapi64.dll`);
  const header = new DataView(bytes.buffer).getUint32(0x3c, true);
  new DataView(bytes.buffer).setUint16(header + 4, 0x014c, true);
  const path = `${folder.path}\\oldaapi32.dll`;
  await Deno.writeFile(path, bytes);
  const sdk = { oldaapi: path, olmem: `${await simSdk()}\\olmem64.dll` };
  for (const permissions of [["-A"], ["--allow-ffi"]]) {
    match(
      await open(sdk, { permissions }),
      /^SdkArchitectureError: .*oldaapi32\.dll" as it is 32-bit i386 for Windows and this Deno is 64-bit x86_64 for Windows/,
    );
  }
});

Deno.test("a library that is absent, and one whose own dependency is missing, are told apart", { ignore }, async () => {
  using folder = temporaryFolder();
  const bytes = await Deno.readFile(`${await simSdk()}\\olmem64.dll`);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("msvcrt.dll");
  bytes.set(new TextEncoder().encode("msvgon.dll"), at);
  const olmem = `${folder.path}\\olmem64.dll`;
  await Deno.writeFile(olmem, bytes);
  const oldaapi = `${await simSdk()}\\oldaapi64.dll`;
  for (const permissions of [["-A"], ["--allow-ffi"]]) {
    const incomplete = await open({ oldaapi, olmem }, { permissions });
    match(incomplete, /olmem64\.dll .*: found, but .* error 126 .*something it needs is missing/);
    match(await open({ oldaapi, olmem: `${folder.path}\\gone.dll` }, { permissions }), /gone\.dll .*: no such file/);
  }
});

Deno.test("a list of libraries in --allow-ffi is not enough, as docs/windows.md says", { ignore }, async () => {
  const sdk = await simSdk();
  const list = [`${sdk}\\oldaapi64.dll`, `${sdk}\\olmem64.dll`, "user32.dll", "kernel32.dll"];
  const narrow = ["--allow-read", `--allow-ffi=${list.join()}`];
  match(await open({ sdk }, { permissions: narrow }), /^(SdkNotFoundError|NotCapable)/);
  equal(opened(await open({ sdk }, { permissions: ["--allow-ffi"] })).boards, 3);
});

Deno.test("a folder with blanks and umlauts", { ignore }, async () => {
  using folder = temporaryFolder();
  const place = `${folder.path}\\Prüfstand 3 (Wärme)`;
  await Deno.mkdir(place);
  for (const name of ["oldaapi64.dll", "olmem64.dll"]) {
    await Deno.copyFile(`${await simSdk()}\\${name}`, `${place}\\${name}`);
  }
  equal(opened(await open({ sdk: place })).boards, 3);
});

// The rules by which Windows finds and refuses libraries, tried on Windows.
import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { simSdk } from "../sim.ts";
import { runRecord, temporaryFolder } from "../record/child.ts";
import { type CodeOptions, FFI, runCode } from "./child.ts";

const ignore = Deno.build.os !== "windows";
/** The system folder is filled in a Windows that is thrown away afterwards, and nowhere else. */
const throwAway = !ignore && Deno.env.get("DTOLLIB_THROW_AWAY_WINDOWS") === "1";
/** Of the simulated SDK. */
const BOARDS = 6;
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

/** `record.ts` without a word about where the SDK is. */
async function recordOnce(): Promise<{ code: number; err: string }> {
  using folder = temporaryFolder();
  return await runRecord(["--seconds", "0.1", "--out", `${folder.path}\\run.dt-raw`]);
}

/** A library as its 32-bit sister looks to the loader: the processor in its header is another one. */
async function as32Bit(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  view.setUint16(view.getUint32(0x3c, true) + 4, 0x014c, true);
  return bytes;
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
      equal(boards, BOARDS);
    }
  } finally {
    for (const name of names) await Deno.remove(`${SYSTEM32}${name}`);
  }
});

Deno.test("an SDK that is installed and does not load is an error, and no reason to simulate", {
  ignore: !throwAway,
}, async () => {
  await Deno.writeTextFile(`${SYSTEM32}olmem64.dll`, "cut off by a full disk");
  try {
    const { code, err } = await recordOnce();
    equal(code, 3);
    match(err, /olmem64\.dll .*: found, but it is no library/);
  } finally {
    await Deno.remove(`${SYSTEM32}olmem64.dll`);
  }
});

Deno.test("the 32-bit SDK alone is refused with a sentence that names both", { ignore: !throwAway }, async () => {
  const folder = "c:\\windows\\syswow64\\";
  await Deno.mkdir(folder, { recursive: true });
  for (const library of ["olmem", "oldaapi"]) {
    await Deno.writeFile(`${folder}${library}32.dll`, await as32Bit(`${await simSdk()}\\${library}64.dll`));
  }
  try {
    const { code, err } = await recordOnce();
    equal(code, 3, "it simulates in place of an SDK that is there");
    match(err, /SysWOW64\\olmem32\.dll" as it is 32-bit/);
    for (const permissions of [["-A"], ["--allow-ffi"]]) {
      match(
        await open({}, { permissions }),
        /^SdkArchitectureError: .*SysWOW64\\olmem32\.dll" as it is 32-bit i386 for Windows and this Deno is 64-bit x86_64/,
      );
    }
  } finally {
    for (const library of ["olmem", "oldaapi"]) await Deno.remove(`${folder}${library}32.dll`);
  }
});

Deno.test("the environment names the files, and the bare name is searched along PATH", { ignore }, async () => {
  const sim = await simSdk();
  const env = { DTOLLIB_OLDAAPI_DLL: `${sim}\\oldaapi64.dll`, DTOLLIB_OLMEM_DLL: `${sim}\\olmem64.dll` };
  equal(opened(await open({}, { env })).oldaapi, `${sim}\\oldaapi64.dll`);
  const { oldaapi, olmem, boards } = opened(await open({}, { env: { PATH: `${sim};${Deno.env.get("PATH")}` } }));
  deepEqual([oldaapi, olmem, boards], ["oldaapi64.dll", "olmem64.dll", BOARDS]);
});

Deno.test("nothing installed is one error that names every place", { ignore }, async () => {
  match(
    await open({}),
    /^SdkNotFoundError: .*\n.*not set\n.*System32\\oldaapi64\.dll .*no such file\n.*oldaapi64\.dll/,
  );
});

Deno.test("a 32-bit library is refused with a sentence that names both", { ignore }, async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}\\oldaapi32.dll`;
  await Deno.writeFile(path, await as32Bit(`${await simSdk()}\\oldaapi64.dll`));
  const sdk = { oldaapi: path, olmem: `${await simSdk()}\\olmem64.dll` };
  for (const permissions of [["-A"], ["--allow-ffi"]]) {
    match(
      await open(sdk, { permissions }),
      /^SdkArchitectureError: .*oldaapi32\.dll" as it is 32-bit i386 for Windows and this Deno is 64-bit x86_64 for Windows/,
    );
  }
});

Deno.test("a file that is no library is told apart from one that is absent", { ignore }, async () => {
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}\\olmem64.dll`, "<html>a download that failed</html>".repeat(200));
  const oldaapi = `${await simSdk()}\\oldaapi64.dll`;
  for (const permissions of [["-A"], ["--allow-ffi"]]) {
    match(await open({ oldaapi, olmem: folder.path }, { permissions }), /olmem64\.dll .*: found, but .*193/);
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
  equal(opened(await open({ sdk }, { permissions: ["--allow-ffi"] })).boards, BOARDS);
});

Deno.test("a folder with blanks and umlauts", { ignore }, async () => {
  using folder = temporaryFolder();
  const place = `${folder.path}\\Prüfstand 3 (Wärme)`;
  await Deno.mkdir(place);
  for (const name of ["oldaapi64.dll", "olmem64.dll"]) {
    await Deno.copyFile(`${await simSdk()}\\${name}`, `${place}\\${name}`);
  }
  equal(opened(await open({ sdk: place })).boards, BOARDS);
});

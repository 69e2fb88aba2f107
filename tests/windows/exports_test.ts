// The DLLs of the simulated SDK export what the installed SDK exports. Runs on Linux too, where mingw-w64 is.
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { binaryArchitecture } from "../../ffi/loader.ts";
import { buildSimForWindows, windowsCompiler } from "../../ffi/sim/build.ts";
import { readTable } from "../ffi/tables.ts";
import { simSdk } from "../sim.ts";
import { peNames } from "./pe.ts";

async function dlls(): Promise<string | null> {
  if (Deno.build.os === "windows") return `${await simSdk()}\\`;
  try {
    await new Deno.Command(windowsCompiler(), { args: ["--version"], stdout: "null", stderr: "null" }).output();
  } catch {
    return null;
  }
  return await buildSimForWindows();
}

Deno.test("oldaapi64.dll and olmem64.dll export exactly the names of the SDK, each its own", async () => {
  const folder = await dlls();
  if (folder === null) {
    return console.log(`  left out: there is no ${windowsCompiler()} (apt-get install gcc-mingw-w64-x86-64)`);
  }
  const functions = readTable("functions");
  for (const library of ["oldaapi", "olmem"]) {
    const bytes = await Deno.readFile(`${folder}${library}64.dll`);
    const { exports, unnamed, imports } = peNames(bytes);
    const installed = functions.filter(({ dll, optional }) => dll === library && optional !== "yes").map((row) =>
      row.name!
    );
    const [own, ours] = [false, true].map((sim) => exports.filter((name) => name.startsWith("dtolsim_") === sim));
    deepEqual(own!.sort(), installed.sort());
    ok(ours!.length > 0);
    deepEqual(binaryArchitecture(bytes), { format: "PE", arch: "x86_64", bits: 64 });
    equal(
      imports.includes("olmem64.dll"),
      library === "oldaapi",
      "the one library uses the other, as the real pair does",
    );
    equal(unnamed > 0, library === "olmem", "what they share has no name");
    const system = /^(KERNEL32|USER32|msvcrt|api-ms-win-.*|ucrtbase)\.dll$/i;
    deepEqual(imports.filter((name) => name !== "olmem64.dll" && !system.test(name)), []);
  }
});

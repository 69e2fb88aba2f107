/**
 * The simulated SDK, for tests that call C.
 *
 * @module
 */
import { buildSim } from "../ffi/sim/build.ts";

let directory: Promise<string> | undefined;

/**
 * Builds the simulated SDK unless it is up to date, once per process; returns the folder that holds it. On Windows it is
 * built beforehand, and `DTOLLIB_SIM_DIR` names its folder.
 */
export async function simSdk(): Promise<string> {
  directory ??= Deno.build.os === "windows" ? builtBefore() : buildSim();
  return await directory;
}

function builtBefore(): Promise<string> {
  const folder = Deno.env.get("DTOLLIB_SIM_DIR");
  if (folder === undefined) throw new Error("Cannot test with the simulated SDK as DTOLLIB_SIM_DIR is not set");
  return Promise.resolve(folder);
}

const USER32 = /^(CreateWindow|DestroyWindow|IsWindow|PostMessage|PeekMessage|MsgWait)/;
const OLMEM = /^(olDm|drvDm|dtolsim_(fault|log|calls)$)/;

/**
 * Opens functions of the simulated SDK by their names alone: on Linux all are in one library, on Windows in three.
 *
 * @param symbols The functions.
 * @param folder Where the SDK is. Default: {@linkcode simSdk}.
 */
export async function openSimLibrary<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
  folder?: string,
): Promise<Pick<Deno.DynamicLibrary<S>, "symbols" | "close">> {
  const place = (folder ?? await simSdk()).replace(/[\\/]$/, "");
  if (Deno.build.os !== "windows") return Deno.dlopen(`${place}/libopenlayers_sim.so`, symbols);
  const pick = (path: string, wanted: (name: string) => boolean) =>
    Deno.dlopen(path, Object.fromEntries(Object.entries(symbols).filter(([name]) => wanted(name))));
  const libraries = [ // olmem first: oldaapi finds it by its name once it is loaded
    pick(`${place}\\olmem64.dll`, (name) => OLMEM.test(name)),
    pick(`${place}\\oldaapi64.dll`, (name) => !OLMEM.test(name) && !USER32.test(name)),
    pick("user32.dll", (name) => USER32.test(name)),
  ];
  return {
    symbols: Object.assign({}, ...libraries.map((library) => library.symbols)),
    close: () => libraries.forEach((library) => library.close()),
  };
}

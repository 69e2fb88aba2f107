/**
 * Builds the simulated DataAcq SDK: with the machine's C compiler as one library for Linux (`deno task sim`), with
 * mingw-w64 as the two DLLs that Windows programs know (`deno task sim:windows`).
 *
 * @module
 */
const here = new URL("./", import.meta.url);
const output = new URL("./build/", import.meta.url);
const library = "libopenlayers_sim.so";
const warnings = "-std=c11 -O3 -Wall -Wextra -Werror -shared".split(" ");
const flags = [
  ...warnings,
  ..."-march=native -fPIC -pthread -fvisibility=hidden".split(" "),
  // The acquisition threads must keep their code when a program closes the library.
  "-Wl,-z,nodelete",
  "-Wl,-z,defs",
];
/** No processor of this machine's own: the DLLs are carried to others. */
const windowsFlags = [...warnings, ..."-march=x86-64-v2 -static-libgcc -s".split(" ")];
/** Sources of olmem64.dll; those of oldaapi64.dll are the others, and both have the error texts and the platform. */
const olmemSources = ["buffers.c", "lists.c", "handles.c", "calls.c", "faults.c"];
const bothSources = ["errors.c", "platform_windows.c"];

/** A source file. */
interface Source {
  readonly name: string;
  readonly text: string;
}

/**
 * Compiles `libopenlayers_sim.so` unless it is up to date. Parallel callers are safe: each builds in a folder of its own
 * and renames.
 *
 * @returns The directory that holds the library, with a slash behind it.
 * @throws {Error} If there is no C compiler, or the sources do not compile.
 */
export function buildSim(): Promise<string> {
  const compiler = Deno.env.get("CC") || "cc";
  return build(output, [compiler, ...flags], [library], async (folder, sources) => {
    const files = sources.filter(({ name }) => name.endsWith(".c") && !name.endsWith("_windows.c")).map(pathOfSource);
    await compile(compiler, [...flags, "-o", `${folder}${library}`, ...files, "-lm"]);
  });
}

/** The C compiler for Windows: `$MINGW_CC`, or that of mingw-w64. */
export function windowsCompiler(): string {
  return Deno.env.get("MINGW_CC") || "x86_64-w64-mingw32-gcc";
}

/**
 * Compiles `oldaapi64.dll` and `olmem64.dll` unless they are up to date. Parallel callers are safe.
 *
 * @returns The directory that holds the DLLs, with a slash behind it.
 * @throws {Error} If there is no mingw-w64, or the sources do not compile.
 */
export function buildSimForWindows(): Promise<string> {
  const compiler = windowsCompiler();
  const names = ["olmem64.dll", "oldaapi64.dll"];
  return build(new URL("./windows/", output), [compiler, ...windowsFlags], names, async (folder, sources) => {
    const isOlmem = (name: string) => olmemSources.includes(name) || bothSources.includes(name);
    const isOldaapi = (name: string) => !olmemSources.includes(name) && !name.endsWith("_linux.c");
    const pick = (test: (name: string) => boolean) =>
      sources.filter(({ name }) => name.endsWith(".c") && test(name)).map(pathOfSource);
    const [olmem, oldaapi] = names.map((name) => `${folder}${name}`) as [string, string];
    const imports = `${folder}olmem.a`;
    await Deno.writeTextFile(`${folder}olmem.def`, sharedExports(sources));
    await compile(compiler, [
      ...[...windowsFlags, "-DDTOLSIM_BUILD_OLMEM", "-DDTOLSIM_ONLY_OLMEM", "-o", olmem],
      ...[...pick(isOlmem), `${folder}olmem.def`, `-Wl,--out-implib,${imports}`],
    ]);
    await compile(compiler, [
      ...windowsFlags,
      ...["-DDTOLSIM_ONLY_OLDAAPI", "-o", oldaapi, ...pick(isOldaapi), imports],
    ]);
  });
}

/** What oldaapi takes from olmem is exported by number: the names of a DLL are those of the SDK and no others. */
function sharedExports(sources: readonly Source[]): string {
  const headers = sources.filter(({ name }) => name.endsWith(".h"));
  const names = headers.flatMap(({ text }) => [...text.matchAll(/^SHARED .*?\*?(\w+)\(/gm)].map(([, name]) => name!));
  return `LIBRARY olmem64.dll\nEXPORTS\n${names.map((name, i) => `  ${name} @${1000 + i} NONAME\n`).join("")}`;
}

/** Builds in a folder of its own and renames, unless nothing has changed since the last time. */
async function build(
  target: URL,
  recipe: readonly string[],
  results: readonly string[],
  make: (folder: string, sources: readonly Source[]) => Promise<void>,
): Promise<string> {
  const sources = await readSources();
  const stamp = await digest([...recipe, ...sources.flatMap(({ name, text }) => [name, text])]);
  const directory = pathOf(target);
  if (await isUpToDate(directory, stamp, results)) return directory;

  const folder = `${directory}.${Deno.pid}-${crypto.randomUUID()}/`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    await make(folder, sources);
    await Deno.writeTextFile(`${folder}stamp`, stamp);
    for (const name of [...results, "stamp"]) await Deno.rename(`${folder}${name}`, `${directory}${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return directory;
}

async function readSources(): Promise<Source[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(here)) {
    if (/\.[ch]$/.test(entry.name)) names.push(entry.name);
  }
  return Promise.all(names.sort().map(async (name) => ({ name, text: await Deno.readTextFile(new URL(name, here)) })));
}

/** A digest of the parts, each closed by a NUL so that no two lists look the same. */
async function digest(parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(parts.map((part) => `${part}\0`).join(""));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function isUpToDate(directory: string, stamp: string, results: readonly string[]): Promise<boolean> {
  try {
    for (const name of results) await Deno.stat(`${directory}${name}`);
    return await Deno.readTextFile(`${directory}stamp`) === stamp;
  } catch {
    return false;
  }
}

async function compile(compiler: string, args: string[]): Promise<void> {
  let result: Deno.CommandOutput;
  try {
    result = await new Deno.Command(compiler, { args, stdout: "null", stderr: "piped" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot build the simulated SDK as there is no C compiler: "${compiler}" was not found`);
  }
  if (result.success) return;
  throw new Error(
    `Cannot build the simulated SDK as "${compiler}" failed:\n${new TextDecoder().decode(result.stderr)}`,
  );
}

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

function pathOfSource({ name }: Source): string {
  return pathOf(new URL(name, here));
}

if (import.meta.main) {
  try {
    if (Deno.args.includes("--windows")) console.log(await buildSimForWindows());
    else console.log(`${await buildSim()}${library}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

/**
 * Builds the simulated DataAcq SDK with the machine's C compiler: `deno task sim`.
 *
 * @module
 */
const here = new URL("./", import.meta.url);
const output = new URL("./build/", import.meta.url);
const library = "libopenlayers_sim.so";
const flags = [
  ..."-std=c11 -O3 -march=native -Wall -Wextra -Werror -shared -fPIC -pthread -fvisibility=hidden".split(" "),
  // The acquisition threads must keep their code when a program closes the library.
  "-Wl,-z,nodelete",
  "-Wl,-z,defs",
];

/**
 * Compiles `libopenlayers_sim.so` unless it is up to date. Parallel callers are safe: each builds under a name of its
 * own and renames.
 *
 * @returns The directory that holds the library.
 * @throws {Error} If there is no C compiler, or the sources do not compile.
 */
export async function buildSim(): Promise<string> {
  const compiler = Deno.env.get("CC") || "cc";
  const sources = await readSources();
  const stamp = await digest([compiler, ...flags, ...sources.flatMap(({ name, text }) => [name, text])]);
  const directory = pathOf(output);
  if (await isUpToDate(stamp)) return directory;

  await Deno.mkdir(output, { recursive: true });
  const unique = `.${Deno.pid}-${crypto.randomUUID()}`;
  const temporary = `${directory}${library}${unique}`;
  const files = sources.filter(({ name }) => name.endsWith(".c") && !name.endsWith("_windows.c")).map(({ name }) =>
    pathOf(new URL(name, here))
  );
  try {
    await compile(compiler, [...flags, "-o", temporary, ...files, "-lm"]);
    await Deno.rename(temporary, `${directory}${library}`);
    await Deno.writeTextFile(`${directory}stamp${unique}`, stamp);
    await Deno.rename(`${directory}stamp${unique}`, `${directory}stamp`);
  } finally {
    await Deno.remove(temporary).catch(() => {});
  }
  return directory;
}

async function readSources(): Promise<{ name: string; text: string }[]> {
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

async function isUpToDate(stamp: string): Promise<boolean> {
  try {
    await Deno.stat(new URL(library, output));
    return await Deno.readTextFile(new URL("stamp", output)) === stamp;
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

if (import.meta.main) {
  try {
    console.log(`${await buildSim()}${library}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

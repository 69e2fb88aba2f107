/** A Python that has a package: the one in DTOL_PYTHON, or python3; or pip, to install it into a temporary folder. */

import { strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";

async function runs(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Finds one, made if need be; null, with a word about it, where there is neither one nor a way to get one. */
export async function pythonWith(name: string): Promise<string | null> {
  const found = Deno.env.get("DTOL_PYTHON") ?? "python3";
  if (await runs(found, "-c", `import ${name}`)) return found;
  const venv = await Deno.makeTempDir({ prefix: `dtol-${name}-` });
  globalThis.addEventListener("unload", () => Deno.removeSync(venv, { recursive: true }));
  const made = `${venv}/bin/python`;
  const ready = await runs(found, "-m", "venv", venv) &&
    await runs(made, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name);
  if (!ready) console.warn(`skipped: ${name} is not here, and pip cannot install it`);
  return ready ? made : null;
}

/** Runs a script beside this file, and returns what it prints as JSON. */
export async function runScript<T>(python: string, name: string, ...args: string[]): Promise<T> {
  const script = new URL(`./${name}`, import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(python, { args: [fileURLToPath(script), ...args] })
    .output();
  equal(success, true, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

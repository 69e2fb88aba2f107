/**
 * Another process, running a few lines of code.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The address of the library, for the code's imports. */
export const MOD = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);
/** The address of the binding. */
export const FFI = JSON.stringify(new URL("../../ffi/mod.ts", import.meta.url).href);

/** Settings of {@linkcode startCode}. */
export interface CodeOptions {
  /** `Deno.args` of the code. */
  readonly args?: readonly string[];
  /** More environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its permissions. Default: all. */
  readonly permissions?: readonly string[];
  /** Its folder. */
  readonly cwd?: string;
}

/** Starts code in a process of its own, with its output piped. */
export async function startCode(code: string, options: CodeOptions = {}): Promise<Deno.ChildProcess> {
  const { args = [], env = {}, permissions = ["-A"], cwd = fileURLToPath(new URL("../../", import.meta.url)) } =
    options;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--quiet", "--config", config, ...permissions, "-", ...args],
    env: { NO_COLOR: "1", ...env },
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  return child;
}

/** Runs code to its end; what it printed, without the end of line. */
export async function runCode(
  code: string,
  options: CodeOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const child = await startCode(code, options);
  const { code: status, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trimEnd());
  return { code: status, out: out!, err: err! };
}

/** The first line that a process prints: how one waits for it without sleeping. */
export async function firstLine(child: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.split(/\r?\n/)[0]!;
}

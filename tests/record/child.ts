/**
 * `record.ts` as a user starts it: a process of its own.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../record.ts", import.meta.url));

/** The narrowest permissions that the README gives for `record.ts`. */
export const PERMISSIONS: readonly string[] = ["--allow-ffi", "--allow-read", "--allow-write"];

/** What a run came to. */
export interface RunResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** Starts `record.ts`. */
export function startRecord(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; permissions?: readonly string[] } = {},
): Deno.ChildProcess {
  const { permissions = PERMISSIONS, env = {}, ...rest } = options;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, SCRIPT, ...args],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
    ...rest,
  }).spawn();
}

/** Runs `record.ts` to its end. */
export async function runRecord(
  args: readonly string[],
  options: Parameters<typeof startRecord>[1] = {},
): Promise<RunResult> {
  const { code, stdout, stderr } = await startRecord(args, options).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** A folder that goes away with the test. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "dtol_test_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** Waits until a file is as long as this: how a test knows that a recording is under way. */
export async function fileOf(path: string, bytes: number): Promise<void> {
  while (((await Deno.stat(path).catch(() => null))?.size ?? 0) < bytes) await new Promise((go) => setTimeout(go, 5));
}

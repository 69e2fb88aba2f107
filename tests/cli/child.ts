/**
 * The `dtol` command as a user starts it: a process of its own.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** What a run came to. */
export interface CommandResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
}

/** Settings of {@linkcode runDtol}. */
export interface CommandOptions {
  /** Working folder. */
  readonly cwd?: string;
  /** Environment beside the test's own. */
  readonly env?: Record<string, string>;
  /** Permissions. */
  readonly permissions?: readonly string[];
}

/** Starts the command. */
export function startDtol(args: readonly string[], options: CommandOptions = {}): Deno.ChildProcess {
  const { permissions = ["-A"], env = {}, ...rest } = options;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--quiet", ...permissions, MAIN, ...args],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
    ...rest,
  }).spawn();
}

/** Runs the command to its end. */
export async function runDtol(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { code, stdout, stderr } = await startDtol(args, options).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

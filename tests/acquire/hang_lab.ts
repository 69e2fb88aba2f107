/** Programs whose driver hangs: each is a process of its own, which must be able to end. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { sim } from "./lab.ts";

/** Far beyond what a slow machine needs; a process that does not end is the failure looked for. */
const LIMIT_MS = 90_000;

/** How a process ended, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What such a program prints, as JSON. */
export interface Told {
  readonly samples: number;
  readonly balanced: boolean;
  readonly error: { readonly name: string; readonly message: string; readonly operation: string };
}

/** Runs a program of this folder with the folder of the SDK, then faults, then what else it takes. */
export async function outcomeOf(program: string, faults: string, ...rest: readonly string[]): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL(program, import.meta.url).href, sim.sdk, faults, ...rest],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const killer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(killer);
  return { code, signal, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** It has ended by itself, with an error that says what the driver hangs in, on which board, and for how long. */
export function checkHang({ code, signal, stdout, stderr }: Outcome, board: string, words: string, op: string): Told {
  deepEqual({ code, signal }, { code: 0, signal: null }, `it did not end: ${stdout}\n${stderr}`);
  const told = JSON.parse(stdout) as Told;
  equal(told.error?.name, "DtolTimeoutError", stdout);
  for (const part of [words, board, "2 s"]) ok(told.error.message.includes(part), told.error.message);
  equal(told.error.operation, op);
  return told;
}

/**
 * Kills a program that writes to a sink at a random moment, again and again, and looks whether every block is there whose
 * write had resolved. The cases are in `kill_cases.ts`; `deno task kill:sinks` runs them for as long as one likes.
 */

import { ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inFolder } from "./records.ts";

/** What a kill loop needs to know of a sink. */
export interface KillCase {
  /**
   * The program: it is run with `args` and the path, writes blocks 0, 1, 2 ... and prints a line with the block's number
   * after each write that resolved. After {@linkcode MOST_WRITES} it waits, should the killer come late.
   */
  readonly child: URL;
  /** Arguments before the path. */
  readonly args: readonly string[];
  /** Name of the file. */
  readonly file: string;
  /** Reads the file; fails unless blocks 0 to `acknowledged` are there, whole and right. */
  check(path: string, acknowledged: number): Promise<void>;
}

/** Writes of a program that nobody kills. */
export const MOST_WRITES = 100;

/** What the rounds came to. */
export interface KillTotals {
  /** Rounds that were run. */
  readonly rounds: number;
  /** Blocks whose writes had resolved, all of which were found. */
  readonly acknowledged: number;
}

/** Runs the rounds, each in a folder of its own. The moment is random twice: after some acknowledgement, and some more. */
export async function killLoop(kill: KillCase, rounds: number): Promise<KillTotals> {
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    await inFolder(async (folder) => {
      const path = `${folder}/${kill.file}`;
      const last = await runAndKill(kill, path);
      ok(last >= 0, "the child was killed before it had acknowledged anything");
      await kill.check(path, last);
      total += last + 1;
    });
  }
  return { rounds, acknowledged: total };
}

/** Runs the child until it is killed, and gives the number of the last block that it acknowledged. */
async function runAndKill({ child, args }: KillCase, path: string): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(child), ...args, path],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const after = Math.floor(Math.random() * 12);
  let last = -1;
  let killing = false;
  let rest = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      equal(Number(line), last + 1, "the child acknowledges block by block");
      last++;
    }
    if (last >= after && !killing) {
      killing = true;
      setTimeout(() => process.kill("SIGKILL"), Math.random() * 8); // where in its next writes it is, nobody knows
    }
  }
  await process.status;
  return last;
}

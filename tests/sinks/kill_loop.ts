/**
 * Kills a program that writes to a sink at a random moment, again and again, and looks whether every block is there whose
 * write had resolved. By hand with more rounds:
 *
 *     deno run -A tests/sinks/kill_loop.ts --rounds 1000 [csv] [jsonl]
 */

import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { codeAt, csvRows, inFolder } from "./records.ts";

/** What a kill loop needs to know of a sink. */
export interface KillCase {
  /**
   * The program: it is run with `args` and the path, writes blocks 0, 1, 2 ... and prints a line with the block's number
   * after each write that resolved.
   */
  readonly child: URL;
  /** Arguments before the path. */
  readonly args: readonly string[];
  /** Name of the file. */
  readonly file: string;
  /** Reads the file; fails unless blocks 0 to `acknowledged` are there, whole and right. */
  check(path: string, acknowledged: number): Promise<void>;
}

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

/** Channels and samples of the blocks that `kill_child.ts` writes. */
export const KILL_SHAPE = { channels: 2, samples: 1500 } as const;

/** Fails unless samples come in order, channel by channel and block by block, and are what was written. */
function checkSamples(samples: Iterable<{ channel: string; index: number; code: number }>, acknowledged: number): void {
  const next = new Map<string, number>();
  for (const { channel, index, code } of samples) {
    equal(index, next.get(channel) ?? 0, `sample of ${channel}`);
    equal(code, codeAt(channel === "bath" ? 1 : 0, index), `code of ${channel} at ${index}`);
    next.set(channel, index + 1);
  }
  for (const channel of ["force", "bath"]) {
    const whole = (acknowledged + 1) * KILL_SHAPE.samples;
    ok((next.get(channel) ?? 0) >= whole, `${channel}: ${next.get(channel)} samples, and ${whole} were acknowledged`);
  }
}

/** All lines but a torn last one. */
async function cutTail(path: string, end: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.slice(0, text.lastIndexOf(end) + end.length));
}

const CHILD = new URL("./kill_child.ts", import.meta.url);

/** The kill loops of the sinks that write text. */
export const KILL_CASES: Readonly<Record<string, KillCase>> = {
  csv: {
    child: CHILD,
    args: ["csv"],
    file: "run.csv",
    check: async (path, acknowledged) => {
      await cutTail(path, "\r\n");
      const rows = await csvRows(path);
      const samples = rows.map((row) => ({
        channel: row.channel!,
        index: Number(row.sample_index),
        code: Number(row.code),
      }));
      checkSamples(samples, acknowledged);
    },
  },
  jsonl: {
    child: CHILD,
    args: ["jsonl"],
    file: "run.jsonl",
    check: async (path, acknowledged) => {
      await cutTail(path, "\n");
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
      checkSamples(
        lines.map((row) => ({ channel: row.channel, index: row.sample_index, code: row.code })),
        acknowledged,
      );
      deepEqual(Object.keys(lines[0]!).at(-1), "code");
    },
  },
};

if (import.meta.main) {
  const at = Deno.args.indexOf("--rounds");
  const rounds = at < 0 ? 20 : Number(Deno.args[at + 1]);
  const named = Deno.args.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
  for (const name of named.length > 0 ? named : Object.keys(KILL_CASES)) {
    const { acknowledged } = await killLoop(KILL_CASES[name]!, rounds);
    console.log(`${name}: killed ${rounds} times, all of ${acknowledged} acknowledged blocks were there`);
  }
}

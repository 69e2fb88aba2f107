/** What the program that is killed writes to each sink, and how its file is looked at afterwards. */

import { AssertionError, deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { RecordBatchReader } from "apache-arrow";
import type { KillCase } from "./kill_loop.ts";
import { block, codeAt, csvRows } from "./records.ts";

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

const SAMPLES = `${KILL_SHAPE.samples}`;
const CHILD = new URL("./kill_child.ts", import.meta.url);

/** A kill loop for every sink that writes a file; those of Parquet are in `parquet_kill.ts`. */
export const KILL_CASES: Readonly<Record<string, KillCase>> = {
  csv: {
    child: CHILD,
    args: ["csv", SAMPLES],
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
    args: ["jsonl", SAMPLES],
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
  arrow: { child: CHILD, args: ["arrow", SAMPLES], file: "run.arrows", check: checkArrow },
  sqlite: { child: CHILD, args: ["sqlite", SAMPLES], file: "run.db", check: checkSqlite },
};

/** Reads batches up to the torn one, with the package's own reader. */
async function checkArrow(path: string, acknowledged: number): Promise<void> {
  let next = 0;
  try {
    for (const batch of RecordBatchReader.from(await Deno.readFile(path))) {
      const expected = block(next++, KILL_SHAPE.samples);
      equal(batch.getChild("block_index")!.get(0), BigInt(expected.blockIndex));
      deepEqual(batch.getChild("value")!.toArray(), expected.data);
    }
  } catch (error) {
    if (error instanceof AssertionError) throw error; // else the batch behind the last whole one is torn
  }
  ok(next > acknowledged, `${next} blocks, and ${acknowledged + 1} were acknowledged`);
}

function checkSqlite(path: string, acknowledged: number): Promise<void> {
  using db = new DatabaseSync(path);
  equal(db.prepare("PRAGMA integrity_check").get()!["integrity_check"], "ok");
  const rows = db.prepare("SELECT block_index, channel, codes FROM samples ORDER BY rowid").all();
  ok(rows.length >= 2 * (acknowledged + 1), `${rows.length / 2} blocks, and ${acknowledged + 1} were acknowledged`);
  for (const [i, row] of rows.entries()) {
    const [at, index] = [i % 2, Math.floor(i / 2)];
    deepEqual([row["block_index"], row["channel"]], [index, ["force", "bath"][at]]);
    const codes = new Uint16Array((row["codes"] as Uint8Array).slice().buffer);
    const { samples } = KILL_SHAPE;
    deepEqual(codes, Uint16Array.from({ length: samples }, (_, k) => codeAt(at, index * samples + k)));
  }
  return Promise.resolve();
}

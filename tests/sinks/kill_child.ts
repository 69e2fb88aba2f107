/** Writes blocks to a sink until it is killed, and acknowledges each: `kill_child.ts csv|jsonl|arrow|sqlite SAMPLES PATH`. */

import type { BlockSink } from "../../sinks/sink.ts";
import { MOST_WRITES } from "./kill_loop.ts";
import { block } from "./records.ts";

const SINKS: Readonly<Record<string, (path: string) => Promise<BlockSink>>> = {
  csv: async (path) => new (await import("../../sinks/csv.ts")).CsvSink(path, { acceptBlocks: true, codes: true }),
  jsonl: async (path) =>
    new (await import("../../sinks/jsonl.ts")).JsonlSink(path, { acceptBlocks: true, codes: true }),
  arrow: async (path) => new (await import("../../sinks/arrow.ts")).ArrowSink(path),
  sqlite: async (path) => new (await import("../../sinks/sqlite.ts")).SqliteSink(path, { samples: "blob" }),
};

const [format, samples, path] = Deno.args;
const sink = await SINKS[format!]!(path!);
const encoder = new TextEncoder();
for (let i = 0; i < MOST_WRITES; i++) {
  await sink.write(block(i, Number(samples)));
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}
setInterval(() => {}, 1000);

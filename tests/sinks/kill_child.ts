/** Writes blocks to a sink until it is killed, and acknowledges each: `kill_child.ts csv|jsonl PATH`. */

import { CsvSink, JsonlSink } from "../../sinks/mod.ts";
import { KILL_SHAPE } from "./kill_loop.ts";
import { block } from "./records.ts";

const [format, path] = Deno.args;
const sink = new (format === "csv" ? CsvSink : JsonlSink)(path!, { acceptBlocks: true, codes: true });
const encoder = new TextEncoder();
for (let i = 0;; i++) {
  await sink.write(block(i, KILL_SHAPE.samples));
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}

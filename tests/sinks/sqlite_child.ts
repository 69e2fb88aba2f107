/** Writes blocks with their samples to a database until it is killed, and acknowledges each: `sqlite_child.ts PATH`. */

import { SqliteSink } from "../../sinks/sqlite.ts";
import { KILL_SHAPE } from "./kill_loop.ts";
import { block } from "./records.ts";

const sink = new SqliteSink(Deno.args[0]!, { samples: "blob" });
const encoder = new TextEncoder();
for (let i = 0;; i++) {
  await sink.write(block(i, KILL_SHAPE.samples));
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}

/** Writes blocks to an Arrow file until it is killed, and acknowledges each: `arrow_child.ts PATH`. */

import { ArrowSink } from "../../sinks/arrow.ts";
import { KILL_SHAPE } from "./kill_loop.ts";
import { block } from "./records.ts";

const sink = new ArrowSink(Deno.args[0]!);
const encoder = new TextEncoder();
for (let i = 0;; i++) {
  await sink.write(block(i, KILL_SHAPE.samples));
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}

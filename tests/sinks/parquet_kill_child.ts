/**
 * Writes to a Parquet file until it is killed, and acknowledges each write that resolved:
 * `parquet_kill_child.ts blocks|readings|closing ROW_GROUP_SIZE PATH`. `closing` closes the file after some blocks, and
 * waits for its end.
 */

import { ParquetSink } from "../../sinks/parquet.ts";
import { KILL_SHAPE } from "./kill_loop.ts";
import { KILL_BATCH, killReading } from "./parquet_kill.ts";
import { block } from "./records.ts";

const [what, rowGroupSize, path] = Deno.args;
const sink = new ParquetSink(path!, { rowGroupSize: Number(rowGroupSize) });
const encoder = new TextEncoder();
for (let i = 0;; i++) {
  if (what === "closing" && i === 4) {
    await sink.close();
    break;
  }
  if (what !== "readings") await sink.write(block(i, KILL_SHAPE.samples));
  else await sink.writeMany(Array.from({ length: KILL_BATCH }, (_, k) => killReading(i * KILL_BATCH + k)));
  Deno.stdout.writeSync(encoder.encode(`${i}\n`));
}
setInterval(() => {}, 1000);

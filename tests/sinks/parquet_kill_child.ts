/**
 * Writes to a Parquet file until it is killed, and acknowledges each write that resolved:
 * `parquet_kill_child.ts blocks|readings|closing ROW_GROUP_SIZE PATH`. `closing` acknowledges twelve blocks just before it
 * closes the file, and waits for its end.
 */

import "apache-arrow"; // loaded before it is needed, as otherwise closing would mostly mean loading it
import { ParquetSink } from "../../sinks/parquet.ts";
import { KILL_SHAPE } from "./kill_cases.ts";
import { MOST_WRITES } from "./kill_loop.ts";
import { KILL_BATCH, killReading } from "./parquet_kill.ts";
import { block } from "./records.ts";

const [what, rowGroupSize, path] = Deno.args;
const sink = new ParquetSink(path!, { rowGroupSize: Number(rowGroupSize) });
const acknowledge = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));

if (what === "closing") {
  for (let i = 0; i < 12; i++) await sink.write(block(i, KILL_SHAPE.samples));
  acknowledge(Array.from({ length: 12 }, (_, i) => `${i}\n`).join(""));
  await sink.close();
} else {
  for (let i = 0; i < MOST_WRITES; i++) {
    if (what === "blocks") await sink.write(block(i, KILL_SHAPE.samples));
    else await sink.writeMany(Array.from({ length: KILL_BATCH }, (_, k) => killReading(i * KILL_BATCH + k)));
    acknowledge(`${i}\n`);
  }
}
setInterval(() => {}, 1000);

/**
 * The process that `parquetRealtime` watches: records at 2 x 10 MS/s into a raw file and, from the stream, into a Parquet
 * file. Arguments: raw file, Parquet file, seconds. Prints a line when the clock runs, and the books at the end.
 *
 * @module
 */

import { record } from "../mod.ts";
import { ParquetSink } from "../sinks/parquet.ts";
import { openBoard } from "./board.ts";

const [raw, path, seconds] = Deno.args as [string, string, string];
const rateHz = 10e6;
const samplesPerChannel = rateHz * Number(seconds);
await using session = await openBoard({ rateHz, samplesPerBuffer: rateHz / 20, samplesPerChannel });
await using recording = await record(session, { raw });
console.log("started");
const sink = new ParquetSink(path);
let longestMs = 0;
for await (const block of recording.stream) {
  const start = performance.now();
  await sink.write(block);
  longestMs = Math.max(longestMs, performance.now() - start);
}
console.log("stopping");
const { produced, emitted, dropped, lost } = await recording.stop();
await sink.close();
console.log(JSON.stringify({ produced, emitted, dropped, lost, longestMs }));

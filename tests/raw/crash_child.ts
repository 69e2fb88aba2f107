/** Writes blocks for ever and says so after each; the test kills it. */

import { RawCountsSink } from "../../sinks/raw_counts.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { block, header, put } from "./fixtures.ts";

const [path, way] = Deno.args;
const say = (k: number) => Deno.stdout.writeSync(new TextEncoder().encode(`${k}\n`));

if (way === "writer") {
  const writer = RawWriter.create(path!);
  writer.begin(header());
  for (let k = 0;; k++) {
    put(writer, k, 500 * k, 500);
    say(k);
  }
} else {
  const sink = new RawCountsSink(path!);
  for (let k = 0;; k++) {
    await sink.writeRaw(block(k, 500 * k, 500));
    say(k);
  }
}

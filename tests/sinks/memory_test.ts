import { deepStrictEqual as deepEqual, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { DtolSinkError, DtolValidationError } from "../../src/errors.ts";
import { InMemorySink, type InMemorySinkOptions } from "../../sinks/mod.ts";
import { block, errorReading, reading } from "./records.ts";

Deno.test("InMemorySink: keeps records by kind and in order, also after closing", { permissions: "none" }, async () => {
  const sink = new InMemorySink({ metadata: { rig: "B" } });
  const blocks = [block(0), block(1)];
  const readings = [reading(0), errorReading(1), reading(2)];
  await sink.write(blocks[0]!);
  await sink.writeMany(readings.slice(0, 2));
  await ReadableStream.from([blocks[1]!, readings[2]!]).pipeTo(sink);
  equal(sink.closed, true);
  deepEqual(sink.blocks, blocks);
  deepEqual(sink.readings, readings);
  equal(sink.blocks[0], blocks[0]);
  deepEqual(sink.metadata, { rig: "B" });
});

Deno.test("InMemorySink: a closed sink is refused with DtolSinkError, as in every sink (W-72)", async () => {
  const sink = new InMemorySink();
  await sink.close();
  await rejects(sink.write(block(0)), DtolSinkError);
  await rejects(sink.writeMany([reading(0)]), DtolSinkError);
  deepEqual([sink.blocks, sink.readings], [[], []]);
});

Deno.test("InMemorySink: metadata that no sink could store are refused", () => {
  const options = { metadata: { nested: {} } } as unknown as InMemorySinkOptions;
  throws(() => new InMemorySink(options), DtolValidationError);
});

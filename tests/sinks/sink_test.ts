import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolSinkError, DtolSinkSchemaError, DtolSinkWriteError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import {
  type BlockSink,
  fanOut,
  InMemorySink,
  pipe,
  pipeBlocks,
  type RawCountsSink,
  type ReadingSink,
  Sink,
} from "../../sinks/mod.ts";
import { block, reading } from "./records.ts";

/** A sink of words that says what is done to it, and waits and fails when it is told to. */
class Words extends Sink<string> {
  readonly log: string[] = [];
  failAt: string | undefined;
  failClose = false;
  gate: Promise<void> = Promise.resolve();
  readonly #awaited = new Map<string, () => void>();

  /** Settles when a word has been written. */
  until(word: string): Promise<void> {
    return new Promise((resolve) => this.#awaited.set(word, resolve));
  }

  write(word: string): Promise<void> {
    return this.inTurn(async () => {
      await this.gate;
      if (word === this.failAt) throw new DtolSinkWriteError(`no room for ${word}`);
      if (word === "odd") throw new DtolSinkSchemaError("odd");
      this.log.push(word);
      this.#awaited.get(word)?.();
    });
  }

  lose(error: Error): void {
    this.fail(error);
  }

  protected override writeChunk(chunk: string): Promise<void> {
    return this.write(chunk);
  }

  protected override doOpen(): void {
    this.log.push("open");
  }

  protected override doClose(): void {
    this.log.push("close");
    if (this.failClose) throw new Error("the close failed");
  }
}

Deno.test("Sink: direct and piped writes keep the order they were asked for in", async () => {
  const sink = new Words();
  const writer = sink.getWriter();
  await writer.write("first");
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  sink.gate = gate;
  const writes = [sink.write("a"), writer.write("b"), sink.write("c"), sink.write("d")];
  open();
  await Promise.all(writes);
  writer.releaseLock();
  await sink.close();
  deepEqual(sink.log, ["open", "first", "a", "b", "c", "d", "close"]);
});

Deno.test("Sink: writes that nobody awaited are stored before it closes, and it opens by itself", async () => {
  const sink = new Words();
  const writes = ["a", "b", "c"].map((word) => sink.write(word));
  await sink.close();
  await Promise.all(writes);
  deepEqual(sink.log, ["open", "a", "b", "c", "close"]);
});

Deno.test("Sink: close() and disposal are idempotent, and a sink that was never used opens nothing", async () => {
  const sink = new Words();
  await sink.open();
  await sink.open();
  await Promise.all([sink.close(), sink.close(), sink[Symbol.asyncDispose]()]);
  deepEqual(sink.log, ["open", "close"]);
  ok(sink.closed);
  const unused = new Words();
  await unused.close();
  deepEqual(unused.log, []);
});

Deno.test("Sink: the first error stays, refuses later writes, and is not hidden by closing (W-72)", async () => {
  const sink = new Words();
  sink.failAt = "b";
  sink.failClose = true;
  await sink.write("a");
  const first = await sink.write("b").catch((error) => error);
  equal(first.message, "no room for b");
  equal(await sink.write("c").catch((error) => error), first);
  await sink.close(); // its caller has been told, and the failing close is a consequence
  deepEqual(sink.log, ["open", "a", "close"]);
});

Deno.test("Sink: an error that nobody was told of comes out of closing, also after a refused record", async () => {
  const sink = new Words();
  await rejects(sink.write("odd"), DtolSinkSchemaError);
  await sink.write("even"); // a refused record leaves the sink fit
  const lost = new Error("the server went away");
  sink.lose(lost);
  await rejects(sink.close(), lost);
  await rejects(sink[Symbol.asyncDispose](), lost);
});

Deno.test("Sink: an error of closing itself comes out", async () => {
  const sink = new Words();
  sink.failClose = true;
  await sink.write("a");
  await rejects(sink.close(), /the close failed/);
});

Deno.test("Sink: after close() every verb is refused with DtolSinkError (W-72)", async () => {
  const sink = new InMemorySink();
  await sink.close();
  await rejects(sink.open(), DtolSinkError);
  await rejects(sink.write(block(0)), DtolSinkError);
  await rejects(sink.writeMany([reading(0)]), DtolSinkError);
  await rejects(sink.getWriter().write(block(0)));
});

Deno.test("Sink: close() ends a pipe in progress though its source is quiet, and cancels the source", async () => {
  const sink = new Words();
  const cancelled = Promise.withResolvers<unknown>();
  const source = new ReadableStream<string>({
    start: (controller) => controller.enqueue("a"),
    cancel: (reason) => cancelled.resolve(reason),
  });
  const arrived = sink.until("a");
  const piping = source.pipeTo(sink);
  await arrived;
  await sink.close();
  await rejects(piping, DtolSinkError);
  ok(await cancelled.promise instanceof DtolSinkError);
  deepEqual(sink.log, ["open", "a", "close"]);
});

Deno.test("Sink: a source that fails aborts the pipe, and the sink closes with what it has", async () => {
  const sink = new Words();
  const broken = new Error("the board went away");
  async function* source() {
    yield "a";
    await Promise.resolve();
    throw broken;
  }
  await rejects(ReadableStream.from(source()).pipeTo(sink), broken);
  await sink.close();
  deepEqual(sink.log, ["open", "a", "close"]);
});

Deno.test("Sink: abort() closes, too", async () => {
  const sink = new Words();
  await sink.write("a");
  await sink.abort(new Error("enough"));
  deepEqual(sink.log, ["open", "a", "close"]);
  await rejects(sink.getWriter().write("b"), /enough/);
});

Deno.test("Sink: a pipe that ends closes it, and disposal after that does nothing", async () => {
  const sink = new InMemorySink();
  {
    await using used = sink;
    await ReadableStream.from([block(0), block(1)]).pipeTo(used);
    ok(used.closed);
  }
  equal(sink.blocks.length, 2);
});

Deno.test("Sink: writes that follow each other without end leave the event loop its turns", async () => {
  const sink = new Words();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const start = performance.now();
  let words = 0;
  while (ticks < 3 && performance.now() - start < 20_000) await sink.write(`${words++ % 9}`);
  clearInterval(timer);
  equal(ticks, 3, `${words} words were written in between`);
  await sink.close();
});

Deno.test("Sink: back-pressure: a piped sink takes one chunk at a time", async () => {
  const sink = new Words();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  sink.gate = gate;
  let pulled = 0;
  const source = new ReadableStream<string>({
    pull: (controller) => {
      controller.enqueue(`w${pulled++}`);
      if (pulled === 50) controller.close();
    },
  }, { highWaterMark: 0 });
  const piping = source.pipeTo(sink);
  for (let i = 0; i < 200; i++) await Promise.resolve();
  ok(pulled <= 2, `${pulled} chunks were pulled while none was taken`);
  open();
  await piping;
  equal(sink.log.length, 52);
});

Deno.test("types: a sink of raw codes does not fit where blocks or readings belong", () => {
  const wire = (raw: RawCountsSink, stream: ReadableStream<DaqBlock>) => {
    // @ts-expect-error -- a raw sink has no write(block)
    void pipeBlocks(stream, raw);
    // @ts-expect-error -- nor writeMany(readings)
    void pipe(ReadableStream.from([reading(0)]), raw);
    // @ts-expect-error -- not by assignment either
    const blocks: BlockSink = raw;
    // @ts-expect-error -- nor for readings
    const readings: ReadingSink = raw;
    void fanOut(stream, [raw]); // this is the road for it
    return [blocks, readings];
  };
  equal(typeof wire, "function");
});

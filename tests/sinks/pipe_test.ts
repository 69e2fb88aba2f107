import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolSinkWriteError, DtolValidationError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import {
  fanOut,
  type FanOutReport,
  InMemorySink,
  pipe,
  pipeBlocks,
  pipeRaw,
  type RawBlockSink,
  type ReadingSink,
} from "../../sinks/mod.ts";
import { block, reading } from "./records.ts";

/** A sink of readings that keeps each batch, and says when one came. */
class Batches implements ReadingSink {
  readonly batches: number[][] = [];
  failure: Error | undefined;
  #waiting: (() => void)[] = [];

  open(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
  writeMany(readings: readonly DaqReading[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.batches.push(readings.map(({ values }) => Number(values.force) - 1.5));
    for (const resolve of this.#waiting.splice(0)) resolve();
    return Promise.resolve();
  }
  get flat(): number[] {
    return this.batches.flat();
  }
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A stream that gives what the test puts in. */
function byHand<T>(): {
  stream: ReadableStream<T>;
  put: (...items: T[]) => void;
  end: () => void;
  fail: (e: Error) => void;
  cancelled: Promise<unknown>;
} {
  let controller!: ReadableStreamDefaultController<T>;
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<unknown>();
  const stream = new ReadableStream<T>({ start: (c) => void (controller = c), cancel });
  return {
    stream,
    put: (...items) => items.forEach((item) => controller.enqueue(item)),
    end: () => controller.close(),
    fail: (error) => controller.error(error),
    cancelled,
  };
}

const many = (n: number) => Array.from({ length: n }, (_, i) => reading(i));
const LONG = { flushIntervalS: 3600 };

Deno.test("pipe(): batches of 64 by default, the rest at the end, and the count; the sink stays open", async () => {
  const sink = new Batches();
  equal(await pipe(ReadableStream.from(many(150)), sink, LONG), 150);
  deepEqual(sink.batches.map((batch) => batch.length), [64, 64, 22]);
  deepEqual(sink.flat, Array.from({ length: 150 }, (_, i) => i));
  const memory = new InMemorySink();
  equal(await pipe(ReadableStream.from(many(3)), memory), 3);
  equal(memory.closed, false);
});

Deno.test("pipe(): takes async iterables as well as streams", async () => {
  const sink = new Batches();
  async function* readings() {
    yield* many(5);
    await Promise.resolve();
  }
  equal(await pipe(readings(), sink, { ...LONG, batchSize: 2 }), 5);
  deepEqual(sink.batches, [[0, 1], [2, 3], [4]]);
});

Deno.test("pipe(): the interval is kept when nothing arrives any more (W-71)", async () => {
  const sink = new Batches();
  const { stream, put, end } = byHand<DaqReading>();
  const piping = pipe(stream, sink, { flushIntervalS: 0.02 });
  const first = sink.next();
  put(reading(0), reading(1));
  await first; // the stream is quiet from here on: without a timer this would wait for ever
  deepEqual(sink.flat, [0, 1]);
  const second = sink.next();
  put(reading(2));
  await second;
  end();
  equal(await piping, 3);
  deepEqual(sink.flat, [0, 1, 2]);
});

Deno.test("pipe(): what is held back is written when the stream fails (W-71)", async () => {
  const sink = new Batches();
  const { stream, put, fail } = byHand<DaqReading>();
  const broken = new Error("the board went away");
  const piping = pipe(stream, sink, LONG);
  put(reading(0), reading(1));
  const rejected = rejects(piping, broken);
  await new Promise((resolve) => setTimeout(resolve, 0)); // both are read: an error would overtake them in the stream
  fail(broken);
  await rejected;
  deepEqual(sink.flat, [0, 1]);
});

Deno.test("pipe(): what is held back is written when it is cancelled, and the source is told (W-71)", async () => {
  const sink = new Batches();
  const { stream, put, cancelled } = byHand<DaqReading>();
  const control = new AbortController();
  const piping = pipe(stream, sink, { ...LONG, signal: control.signal });
  put(reading(0));
  await new Promise((resolve) => setTimeout(resolve, 0));
  const reason = new Error("enough");
  control.abort(reason);
  await rejects(piping, reason);
  deepEqual(sink.flat, [0]);
  equal(await cancelled, reason);
  await rejects(pipe(ReadableStream.from(many(1)), sink, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("pipe(): a sink that fails ends it, the source is told, and nothing is written twice", async () => {
  const sink = new Batches();
  sink.failure = new DtolSinkWriteError("no room");
  const { stream, put, cancelled } = byHand<DaqReading>();
  const piping = pipe(stream, sink, { ...LONG, batchSize: 2 });
  put(...many(5));
  await rejects(piping, sink.failure);
  equal(await cancelled, sink.failure);
  deepEqual(sink.batches, []);
});

Deno.test("pipe(): when stream and sink fail, neither error hides the other", async () => {
  const sink = new Batches();
  sink.failure = new DtolSinkWriteError("no room");
  const { stream, put, fail } = byHand<DaqReading>();
  const broken = new Error("the board went away");
  const piping = pipe(stream, sink, LONG);
  put(reading(0));
  await new Promise((resolve) => setTimeout(resolve, 0));
  fail(broken);
  await rejects(piping, (error) => {
    ok(error instanceof SuppressedError);
    deepEqual([error.suppressed, error.error], [broken, sink.failure]);
    return true;
  });
});

Deno.test("pipe(): wrong options are refused before anything is read", async () => {
  for (const options of [{ batchSize: 0 }, { batchSize: 1.5 }, { flushIntervalS: 0 }, { flushIntervalS: NaN }]) {
    const stream = ReadableStream.from(many(1));
    await rejects(pipe(stream, new Batches(), options), DtolValidationError);
    equal(stream.locked, false);
  }
});

Deno.test("pipeBlocks() and pipeRaw(): one write a block, and the count", async () => {
  const sink = new InMemorySink();
  const blocks = [block(0), block(1), block(2)];
  equal(await pipeBlocks(ReadableStream.from(blocks), sink, { flushIntervalS: 1 }), 3);
  deepEqual(sink.blocks, blocks);
  const raw = new RawList();
  equal(await pipeRaw(ReadableStream.from(blocks), raw), 3);
  deepEqual(raw.blocks, blocks);
  await rejects(pipeBlocks(ReadableStream.from(blocks), sink, { flushIntervalS: -1 }), DtolValidationError);
});

class RawList implements RawBlockSink {
  readonly blocks: DaqBlock[] = [];
  open(): Promise<void> {
    return Promise.resolve();
  }
  writeRaw(block: DaqBlock): Promise<void> {
    this.blocks.push(block);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

const FULL = new DtolSinkWriteError("no room");

/** A sink that fails at a block, or waits at it for ever. */
class Weak extends InMemorySink {
  constructor(readonly at: number, readonly how: "fails" | "hangs") {
    super();
  }
  override write(block: DaqBlock): Promise<void> {
    if (block.blockIndex < this.at) return super.write(block);
    return this.how === "fails" ? Promise.reject(FULL) : new Promise(() => {});
  }
}

const blocks = (n: number) => Array.from({ length: n }, (_, i) => block(i));
const indices = (sink: InMemorySink) => sink.blocks.map(({ blockIndex }) => blockIndex);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

Deno.test("fanOut(): every sink gets every item in order: sinks by their verbs, raw sinks, plain streams", async () => {
  const [memory, raw] = [new InMemorySink(), new RawList()];
  const plain: DaqBlock[] = [];
  const stream = new WritableStream<DaqBlock>({ write: (item) => void plain.push(item) });
  const items = blocks(200);
  const report = await fanOut(ReadableStream.from(items), [memory, raw, { sink: stream, name: "plain", queueSize: 1 }]);
  for (const got of [memory.blocks, raw.blocks, plain]) deepEqual(got, items);
  deepEqual(report.items, 200);
  deepEqual(report.sinks.map(({ name, state, written, dropped }) => [name, state, written, dropped]), [
    ["InMemorySink 0", "complete", 200, 0],
    ["RawList 1", "complete", 200, 0],
    ["plain", "complete", 200, 0],
  ]);
  equal(stream.locked, false);
  equal(memory.closed, false);
});

Deno.test("fanOut(): readings are written some at a time", async () => {
  const sink = new Batches();
  const report = await fanOut(ReadableStream.from(many(100)), [sink]);
  deepEqual(sink.flat, upTo(100));
  equal(report.sinks[0]!.written, 100);
});

Deno.test("fanOut(): a failing sink is dropped with a count, and the others get everything", async () => {
  const [good, bad] = [new InMemorySink(), new Weak(3, "fails")];
  const report = await fanOut(ReadableStream.from(blocks(50)), [bad, good], { failing: "drop" });
  deepEqual(indices(good), upTo(50));
  deepEqual(indices(bad), [0, 1, 2]);
  deepEqual(report.sinks[0], { name: "Weak 0", state: "failed", written: 3, dropped: 47, error: FULL });
  deepEqual([report.sinks[1]!.written, report.sinks[1]!.dropped], [50, 0]);
});

Deno.test("fanOut(): a failing sink stops the run by default; what the others accepted is written", async () => {
  const [good, bad] = [new InMemorySink(), new Weak(3, "fails")];
  const { stream, put, cancelled } = byHand<DaqBlock>();
  let report: FanOutReport | undefined;
  const running = fanOut(stream, [good, bad], { onReport: (r) => void (report = r) });
  put(...blocks(10));
  await rejects(running, FULL);
  equal(await cancelled, FULL);
  equal(report!.sinks[0]!.written, report!.items);
  deepEqual(indices(good), upTo(report!.items));
  ok(report!.items >= 4);
});

Deno.test("fanOut(): a sink that hangs is dropped when its queue is full, and harms nobody", async () => {
  const [good, stuck] = [new InMemorySink(), new Weak(2, "hangs")];
  const report = await fanOut(ReadableStream.from(blocks(60)), [stuck, good], { slow: "drop", queueSize: 8 });
  deepEqual(indices(good), upTo(60));
  const { state, written, dropped, error } = report.sinks[0]!;
  deepEqual([state, written, dropped], ["slow", 2, 58]);
  ok(/Weak 0 fell behind: 8 items wait/.test(String(error)), String(error));
});

Deno.test("fanOut(): a sink that hangs can stop the run", async () => {
  const [good, stuck] = [new InMemorySink(), new Weak(0, "hangs")];
  const running = fanOut(ReadableStream.from(blocks(60)), [good, { sink: stuck, slow: "stop", queueSize: 4 }]);
  await rejects(running, /fell behind/);
  ok(indices(good).length >= 5);
});

Deno.test("fanOut(): a slow sink holds up the stream by default, and then gets everything", async () => {
  const good = new InMemorySink();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const slow = new InMemorySink();
  const write = slow.write.bind(slow);
  slow.write = async (item) => {
    await gate;
    await write(item);
  };
  let pulled = 0;
  const stream = new ReadableStream<DaqBlock>({
    pull: (controller) => {
      controller.enqueue(block(pulled++));
      if (pulled === 40) controller.close();
    },
  }, { highWaterMark: 0 });
  const running = fanOut(stream, [good, slow], { queueSize: 3 });
  await new Promise((resolve) => setTimeout(resolve, 5)); // time enough to pull all 40, if nothing held it up
  ok(pulled <= 6, `${pulled} were pulled though a sink with a queue of 3 takes none`);
  open();
  await running;
  deepEqual([indices(good), indices(slow)], [upTo(40), upTo(40)]);
});

Deno.test("fanOut(): a sink of its own policy, and a stream that fails: what was accepted is written", async () => {
  const [good, other] = [new InMemorySink(), new InMemorySink()];
  const broken = new Error("the board went away");
  async function* source() {
    yield* blocks(7);
    await Promise.resolve();
    throw broken;
  }
  await rejects(fanOut(source(), [good, { sink: other, failing: "drop" }]), broken);
  deepEqual([indices(good), indices(other)], [upTo(7), upTo(7)]);
  const control = new AbortController();
  const quiet = byHand<DaqBlock>();
  const running = fanOut(quiet.stream, [good], { signal: control.signal });
  control.abort(broken);
  await rejects(running, broken);
  await rejects(fanOut(ReadableStream.from(blocks(1)), [good], { queueSize: 0 }), DtolValidationError);
});

Deno.test("fanOut(): wrong options, or a stream that is taken, leave the sinks free", async () => {
  const plain = new WritableStream<DaqBlock>();
  const wrong = { sink: new InMemorySink(), queueSize: 0 };
  await rejects(fanOut(ReadableStream.from(blocks(1)), [plain, wrong]), DtolValidationError);
  equal(plain.locked, false);
  const taken = ReadableStream.from(blocks(1));
  taken.getReader();
  await rejects(fanOut(taken, [plain]), TypeError);
  equal(plain.locked, false);
});

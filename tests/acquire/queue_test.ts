/** The backlog and the overflow policies, driven by hand: every count is exact. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { BlockQueue } from "../../src/acquire/block_queue.ts";
import { BlockRing, ringShape } from "../../src/acquire/ring.ts";
import { type Codes, newCodes } from "../../src/convert/codes.ts";
import { DtolBufferOverrunError, DtolReadError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import type { BlockChannel, DaqBlock, DaqBlockParts } from "../../src/model/block.ts";
import type { OverflowPolicy } from "../../src/model/enums.ts";

const pure = (name: string, body: () => void | Promise<void>) => Deno.test(name, { permissions: "none" }, body);

const axis = new TimeAxis({ index: 0, monoNs: 0n, utcNs: 0n, clockHz: 1000, ticksPerSample: 1 });
const channels: readonly BlockChannel[] = [
  { name: "a", unit: "V", physicalChannel: 0, scaling: null, metadata: {} },
  { name: "b", unit: "V", physicalChannel: 1, scaling: null, metadata: {} },
];
const SAMPLES = 5;

/** Both ends of a recording: what the drainer does, and what the reader sees. */
class Bench {
  readonly #drainer: BlockRing;
  readonly queue: BlockQueue;
  #made = 0;

  constructor(policy: OverflowPolicy, limit: number, slots = 1000) {
    const shape = ringShape("uint16", SAMPLES * channels.length, slots);
    this.#drainer = new BlockRing(shape);
    this.queue = new BlockQueue(new BlockRing(shape), policy, limit);
  }

  /** Puts blocks, each with its own number as code; returns how many found room in the ring. */
  make(count: number): number {
    let room = 0;
    for (let i = 0; i < count; i++) {
      const codes = newCodes("uint16", SAMPLES * channels.length).fill(this.#made) as Codes;
      const inRing = this.#drainer.put(codes);
      this.queue.add(parts(this.#made++), inRing);
      if (inRing) room++;
    }
    return room;
  }

  fail(): DtolReadError {
    const error = new DtolReadError(`after block ${this.#made - 1}`);
    this.queue.addError({ ...parts(this.#made), samplesPerChannel: 0, codes: null, error });
    return error;
  }

  /** Numbers of the blocks that can be read now: an error block is its message. */
  async read(): Promise<(number | string)[]> {
    this.queue.end(null);
    return (await Array.fromAsync(this.queue.stream)).map(numberOf);
  }
}

function parts(blockIndex: number): Omit<DaqBlockParts, "codes"> {
  return {
    ...{ device: "X(00)", task: "t", channels, axis, startedUtcNs: 0n, readStartedNs: 0n, readFinishedNs: 0n },
    ...{ blockIndex, firstSampleIndex: blockIndex * SAMPLES, samplesPerChannel: SAMPLES, gapBefore: 0 },
  };
}

function numberOf(block: DaqBlock): number | string {
  if (block.error !== null) return block.error.message;
  ok(block.codes!.every((code) => code === block.blockIndex), "the codes are those of the block");
  return block.blockIndex;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const none = { overflow: 0, backlog: 0, unread: 0 };

pure("block keeps all that the ring holds, and counts what it does not", async () => {
  const bench = new Bench("block", 1, 10);
  equal(bench.make(25), 10);
  deepEqual(await bench.read(), range(0, 10));
  deepEqual(bench.queue.dropped, { ...none, backlog: 15 });
  equal(bench.queue.emitted, 10);
});

pure("drop_oldest keeps the newest blocks", async () => {
  const bench = new Bench("drop_oldest", 4);
  bench.make(25);
  deepEqual(await bench.read(), range(21, 25));
  deepEqual(bench.queue.dropped, { ...none, overflow: 21 });
});

pure("drop_newest keeps the oldest blocks", async () => {
  const bench = new Bench("drop_newest", 4);
  bench.make(25);
  deepEqual(await bench.read(), range(0, 4));
  deepEqual(bench.queue.dropped, { ...none, overflow: 21 });
});

pure("under drop_oldest and drop_newest the ring never fills, as what is dropped is freed", async () => {
  for (const policy of ["drop_oldest", "drop_newest"] as const) {
    const bench = new Bench(policy, 2, 8);
    equal(bench.make(1000), 1000);
    deepEqual(bench.queue.dropped, { ...none, overflow: 998 });
    equal((await bench.read()).length, 2);
  }
});

pure("nothing is dropped when exactly the limit waits", async () => {
  for (const policy of ["drop_oldest", "drop_newest"] as const) {
    const bench = new Bench(policy, 4);
    bench.make(4);
    deepEqual(await bench.read(), range(0, 4));
    deepEqual(bench.queue.dropped, none);
  }
});

pure("a slot that was read is free again, round and round the ring", async () => {
  const bench = new Bench("block", 1, 3);
  const reader = bench.queue.stream.getReader();
  for (let k = 0; k < 50; k++) {
    const room = bench.make(2);
    equal(room, 2);
    for (let i = 0; i < 2; i++) equal(numberOf((await reader.read()).value!), 2 * k + i);
  }
  deepEqual(bench.queue.dropped, none);
});

pure("reading frees room for exactly as many blocks as were read", async () => {
  const bench = new Bench("block", 1, 5);
  equal(bench.make(7), 5);
  const reader = bench.queue.stream.getReader();
  for (let i = 0; i < 3; i++) equal(numberOf((await reader.read()).value!), i);
  equal(bench.make(4), 3);
  bench.queue.end(null);
  reader.releaseLock();
  deepEqual(await bench.read(), [3, 4, 7, 8, 9]);
  deepEqual(bench.queue.dropped, { ...none, backlog: 3 });
});

pure("an error block is never dropped, and stands where it happened", async () => {
  for (
    const [policy, left] of [
      ["block", [0, "after block 0", 1, 2, "after block 2", 3, 4]],
      ["drop_oldest", ["after block 0", "after block 2", 3, 4]],
      ["drop_newest", [0, "after block 0", 1, "after block 2"]],
    ] as const
  ) {
    const bench = new Bench(policy, 3);
    bench.make(1);
    bench.fail();
    bench.make(2);
    bench.fail();
    bench.make(2);
    deepEqual(await bench.read(), left, policy);
    const blocks = left.filter((one) => typeof one === "number").length;
    equal(bench.queue.emitted, blocks, "an error block is no block");
    equal(bench.queue.emitted + bench.queue.dropped.overflow, 5);
  }
});

pure("error blocks alone make no room for a block to be dropped in their place", async () => {
  const bench = new Bench("drop_oldest", 1);
  bench.fail();
  bench.fail();
  bench.make(1);
  deepEqual(await bench.read(), ["after block -1", "after block -1", 0]);
});

pure("a reader that waits gets the next block at once, and nothing is read ahead", async () => {
  const bench = new Bench("block", 1);
  const reader = bench.queue.stream.getReader();
  const waiting = reader.read();
  bench.make(3);
  equal(numberOf((await waiting).value!), 0);
  equal(bench.queue.emitted, 1, "a block counts as read when it is asked for");
});

pure("cancel gives up what waits and all that comes", async () => {
  const bench = new Bench("block", 1, 4);
  bench.make(4);
  await bench.queue.stream.cancel();
  deepEqual(bench.queue.dropped, { ...none, unread: 4 });
  equal(bench.make(10), 0, "nothing is copied for a reader who is gone");
  bench.fail();
  deepEqual(bench.queue.dropped, { ...none, unread: 14 });
  bench.queue.end(new DtolReadError("late"));
  equal(bench.queue.errorDelivered, false, "nobody was there to be told");
});

pure("discard gives up what waits, and the stream ends", async () => {
  const bench = new Bench("block", 1);
  bench.make(4);
  bench.fail();
  bench.queue.end(null);
  bench.queue.discard();
  bench.queue.discard();
  deepEqual(await Array.fromAsync(bench.queue.stream), []);
  deepEqual(bench.queue.dropped, { ...none, unread: 4 });
});

pure("the error that ends the stream comes after the last block, and is the very object", async () => {
  const bench = new Bench("block", 1);
  bench.make(2);
  const error = new DtolBufferOverrunError("over");
  bench.queue.end(error);
  const found: (number | string)[] = [];
  let told: unknown;
  try {
    for await (const block of bench.queue.stream) {
      found.push(numberOf(block));
      equal(bench.queue.errorDelivered, false);
    }
  } catch (thrown) {
    told = thrown;
  }
  deepEqual(found, [0, 1]);
  equal(told, error);
  equal(bench.queue.errorDelivered, true);
});

pure("a reader that waits is told of the end", async () => {
  for (const error of [null, new DtolReadError("no")]) {
    const bench = new Bench("block", 1);
    const waiting = bench.queue.stream.getReader().read().then((next) => next.done, (thrown) => thrown);
    bench.queue.end(error);
    equal(await waiting, error ?? true);
  }
});

pure("a ring keeps every code type whole, also in slots that are not filled", () => {
  for (
    const [type, values] of [
      ["uint16", [0, 32768, 65535]],
      ["int16", [-32768, 0, 32767]],
      ["int32", [-(2 ** 31), 2 ** 23, 2 ** 31 - 1]],
      ["float32", [-0.5, 99999, NaN]],
    ] as const
  ) {
    const shape = ringShape(type, 4, 2);
    const [drainer, main] = [new BlockRing(shape), new BlockRing(shape)];
    for (let round = 0; round < 5; round++) {
      const codes = newCodes(type, 3);
      codes.set(values);
      equal(drainer.put(codes), true);
      const taken = main.take(3);
      deepEqual(taken, codes);
      equal(taken.buffer instanceof ArrayBuffer, true, "a copy of its own");
    }
    equal(drainer.put(newCodes(type, 4)) && drainer.put(newCodes(type, 4)), true);
    equal(drainer.put(newCodes(type, 4)), false, "full");
    main.free();
    equal(drainer.put(newCodes(type, 4)), true);
  }
});

pure("a ring gives what was put in its order, whatever waits, and no slot is written that waits", () => {
  let seed = 1;
  const random = (below: number) => (seed = Math.imul(seed, 1_664_525) + 1_013_904_223 >>> 0) % below;
  for (const slots of [1, 2, 3, 7, 20]) {
    const shape = ringShape("uint16", 2, slots);
    const [drainer, main] = [new BlockRing(shape), new BlockRing(shape)];
    const waiting: number[] = [];
    for (let made = 1; made < 3000; made++) {
      const room = waiting.length < slots;
      equal(drainer.put(Uint16Array.of(made, ~made)), room);
      if (room) waiting.push(made);
      if (random(2) === 0) drainer.prepareSlot(); // never one that waits
      for (let takes = random(3); takes > 0 && waiting.length > 0; takes--) {
        const oldest = waiting.shift()!;
        if (random(4) === 0) main.free();
        else deepEqual(main.take(2), Uint16Array.of(oldest, ~oldest));
      }
      if (random(10) === 0) { while (waiting.length > 0) equal(main.take(1)[0], waiting.shift()); }
    }
  }
});

pure("memory that was prepared is used once, for a block of its size alone", () => {
  const shape = ringShape("uint16", 4, 3);
  const [drainer, main] = [new BlockRing(shape), new BlockRing(shape)];
  const next = (made: number, length: number) => {
    drainer.put(new Uint16Array(4).fill(made));
    return main.take(length);
  };
  const blocks = [next(1, 4)];
  main.prepare();
  main.prepare();
  blocks.push(next(2, 4), next(3, 4));
  main.prepare();
  blocks.push(next(4, 2));
  deepEqual(blocks.map((codes) => [...codes]), [[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3], [4, 4]]);
  equal(new Set(blocks.map(({ buffer }) => buffer)).size, 4);
});

import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { BufferPool } from "../../src/board/buffer_pool.ts";
import { DtolTaskStateError } from "../../src/errors.ts";

const nothing = 0;

function poolOf(...buffers: bigint[]): BufferPool<bigint> {
  const pool = new BufferPool<bigint>();
  for (const buffer of buffers) pool.add(buffer);
  for (const buffer of buffers) pool.queue(buffer, nothing);
  return pool;
}

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

pure("a buffer goes idle, queued, completed, idle, and is released at the end", () => {
  const pool = new BufferPool<bigint>();
  pool.add(1n);
  equal(pool.state(1n), "idle");
  pool.queue(1n, nothing);
  equal(pool.state(1n), "queued");
  equal(pool.complete(1n, nothing), 0);
  equal(pool.state(1n), "completed");
  pool.settle(1n);
  deepEqual(pool.idle, [1n]);
  pool.release(1n);
  equal(pool.state(1n), "released");
  deepEqual(pool.buffers, []);
});

pure("a step that does not fit a buffer's state is an error that names both, and changes nothing", () => {
  const steps = {
    queue: (pool: BufferPool<bigint>) => pool.queue(1n, nothing),
    complete: (pool: BufferPool<bigint>) => pool.complete(1n, nothing),
    settle: (pool: BufferPool<bigint>) => pool.settle(1n),
    release: (pool: BufferPool<bigint>) => pool.release(1n),
  } as const;
  const allowed: Readonly<Record<string, readonly string[]>> = {
    idle: ["queue", "release"],
    queued: ["complete", "release"],
    completed: ["queue", "settle", "release"],
    released: [],
  };
  const roads = { idle: [], queued: ["queue"], completed: ["queue", "complete"], released: ["release"] } as const;
  for (const [state, road] of Object.entries(roads)) {
    for (const [name, step] of Object.entries(steps)) {
      const pool = new BufferPool<bigint>();
      pool.add(1n);
      for (const before of road) steps[before](pool);
      if (allowed[state]!.includes(name)) {
        step(pool);
        continue;
      }
      throws(() => step(pool), (error: Error) => {
        ok(error instanceof DtolTaskStateError);
        ok(error.message.includes("0x1") && error.message.includes(state), error.message);
        return true;
      }, `${name} of a buffer that is ${state}`);
      equal(pool.state(1n), state);
    }
  }
});

pure("a buffer of another run is refused", () => {
  throws(() => poolOf(1n, 2n).complete(9n, nothing), /0x9 is not one of this run/);
});

pure("W-17 a message in time puts the loss before the block that follows it", () => {
  const pool = poolOf(1n, 2n, 3n);
  pool.reused(); // the board found nothing empty and fills 1 again
  equal(pool.complete(2n, nothing), 1);
  equal(pool.complete(3n, nothing), 0);
  equal(pool.complete(1n, nothing), 0);
});

pure("W-17 a message that is still in the queue is read before the loss is counted", () => {
  const pool = poolOf(1n, 2n, 3n);
  equal(pool.complete(3n, 2), 2);
  equal(pool.complete(1n, 0), 0);
});

pure("W-17 a message that comes late does not count the loss twice", () => {
  const pool = poolOf(1n, 2n, 3n);
  equal(pool.complete(2n, nothing), 1); // seen by the order alone
  pool.reused(); // the message to it
  equal(pool.complete(3n, nothing), 0);
  equal(pool.complete(1n, nothing), 0);
});

pure("W-17 a message that never comes hides no loss", () => {
  const pool = poolOf(1n, 2n, 3n, 4n);
  equal(pool.complete(3n, nothing), 2);
  equal(pool.complete(4n, nothing), 0);
  equal(pool.complete(1n, nothing), 0);
});

pure(
  "W-17 a block that may be from before or after a whole round of the board has no place: it is lost with the others",
  () => {
    const pool = poolOf(1n, 2n, 3n);
    equal(pool.complete(1n, 3), null);
    pool.settle(1n);
    equal(pool.complete(3n, nothing), 4);
    equal(pool.complete(2n, nothing), 0);
  },
);

pure("W-17 a loss told while a buffer was given back may have been before it or after it, and is counted once", () => {
  for (const next of [1n, 2n]) {
    const pool = poolOf(1n, 2n, 3n);
    equal(pool.complete(1n, nothing), 0);
    pool.settle(1n);
    pool.queue(1n, 2); // 2 and 3 before it, or 2 and 3 after it, and then 1 is next; or one each, and then 2 is
    equal(pool.complete(next, nothing), 2);
    equal(pool.complete(3n, nothing), 0);
    equal(pool.complete(next === 1n ? 2n : 1n, nothing), 0);
  }
});

pure(
  "W-27 the pool is sure of the buffer being filled until one is overwritten, and again after a round without",
  () => {
    const pool = poolOf(1n, 2n, 3n);
    equal(pool.isSure, true);
    equal(pool.complete(1n, nothing), 0);
    pool.settle(1n);
    pool.queue(1n, nothing);
    equal(pool.isSure, true);
    pool.reused(); // 2
    for (const buffer of [3n, 1n, 2n, 3n]) {
      equal(pool.isSure, false);
      pool.complete(buffer, nothing);
      pool.settle(buffer);
      pool.queue(buffer, nothing);
    }
    equal(pool.isSure, true);
  },
);

pure("a buffer that is released while the board had it does not stand in the order any more", () => {
  const pool = poolOf(1n, 2n, 3n);
  pool.release(1n);
  equal(pool.complete(2n, nothing), 0);
});

/** A board with wrap mode MULTIPLE: the same queues as the SDK's, with a number in every buffer it fills. */
class ModelBoard {
  readonly ready: bigint[] = [];
  readonly done: { readonly buffer: bigint; readonly block: number }[] = [];
  filling: bigint;
  block = 0;
  messages = 0;

  constructor(buffers: bigint[]) {
    this.ready.push(...buffers);
    this.filling = this.ready.shift()!;
  }

  /** The clock completes a buffer, and the next one is begun. */
  tick(): void {
    this.done.push({ buffer: this.filling, block: this.block++ });
    let next = this.ready.shift();
    if (next === undefined) {
      next = this.done.shift()!.buffer;
      this.messages++;
    }
    this.filling = next;
  }
}

/** mulberry32: the same numbers in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Mail {
  /** Whether a message that was posted can be read now. */
  readonly arrives: (chance: number) => boolean;
  /** Longest stall, in buffers. */
  readonly stall: number;
  /** Whether the program takes all there is after each stall. */
  readonly catchesUp: boolean;
  /** Longest stall between the fetching of a buffer and its counting, in buffers. Default: none. */
  readonly goesOn?: number;
}

/** What a program took: the losses it counted before each block, and those there were; and blocks it gave up. */
interface Played {
  readonly found: readonly (readonly [counted: number, lost: number])[];
  readonly givenUp: number;
  /** The block that the board was filling whenever the pool was sure of it, as the pool counts and as it was. */
  readonly filling: readonly (readonly [counted: number, block: number])[];
}

/** Lets a program run that stalls now and then. */
function play(seed: number, buffers: number, { arrives, stall, catchesUp, goesOn = 0 }: Mail): Played {
  const chance = random(seed);
  const all = Array.from({ length: buffers }, (_, i) => BigInt(i + 1));
  const board = new ModelBoard(all);
  const pool = poolOf(...all);
  const found: [number, number][] = [];
  const filling: [number, number][] = [];
  let givenUp = 0;
  let next = 0;
  const tick = (times: number) => {
    for (let i = 0; i < times; i++) board.tick();
  };
  const reusesTold = () => {
    let told = 0;
    for (; board.messages > 0 && arrives(chance()); told++) board.messages--;
    return told;
  };
  const readMessages = () => {
    for (let told = reusesTold(); told > 0; told--) pool.reused();
  };
  for (let step = 0; step < 400; step++) {
    tick(chance() < 0.2 ? Math.floor(chance() * stall) : Math.floor(chance() * 2));
    readMessages();
    if (goesOn > 0 && chance() < 0.3) tick(2 * buffers); // the fetching takes its time
    for (let taken = board.done.shift(); taken !== undefined; taken = catchesUp ? board.done.shift() : undefined) {
      if (chance() < 0.3) tick(Math.round(chance() * goesOn)); // between the fetching and the counting
      const counted = pool.complete(taken.buffer, reusesTold());
      if (counted === null) givenUp++;
      else {
        found.push([counted, taken.block - next]);
        next = taken.block + 1;
      }
      pool.settle(taken.buffer);
      readMessages();
      if (chance() < 0.3) tick(Math.round(chance() * goesOn)); // before and after the giving back
      board.ready.push(taken.buffer);
      if (chance() < 0.3) tick(Math.round(chance() * goesOn));
      pool.queue(taken.buffer, reusesTold());
    }
    readMessages();
    if (board.done.length === 0 && board.ready.length >= 2 && pool.isSure) filling.push([next, board.block]);
  }
  return { found, givenUp, filling };
}

/** Over many programs: every loss is counted at its place. Returns the share of blocks that were given up. */
function allExact(mail: (buffers: number) => Mail): number {
  const total = { lost: 0, found: 0, givenUp: 0, filling: 0 };
  for (let seed = 0; seed < 300; seed++) {
    const buffers = 3 + seed % 6;
    const { found, givenUp, filling } = play(seed, buffers, mail(buffers));
    for (const [counted, block] of filling) equal(counted, block, `program ${seed} with ${buffers} buffers`);
    total.filling += filling.length;
    for (const [i, [counted, lost]] of found.entries()) {
      equal(counted, lost, `program ${seed} with ${buffers} buffers, block ${i}`);
      total.lost += lost;
    }
    total.found += found.length;
    total.givenUp += givenUp;
  }
  ok(total.lost > 1000, "the programs did not stall enough to show anything");
  ok(total.filling > 100, `the pool was sure of the buffer being filled ${total.filling} times`);
  return total.givenUp / (total.givenUp + total.found);
}

pure("W-17 with messages in time every loss is counted at its place, over 300 programs that stall at random", () => {
  equal(allExact(() => ({ arrives: () => true, stall: 12, catchesUp: false })), 0);
});

pure("W-17 what the board overwrites just after a buffer was fetched does not count before it", () => {
  allExact(() => ({ arrives: () => true, stall: 12, catchesUp: false, goesOn: 1 }));
});

pure(
  "W-17 a block whose place nobody can tell, as the board went round between two looks, is lost and not misplaced",
  () => {
    allExact((buffers) => ({ arrives: () => true, stall: 12, catchesUp: false, goesOn: 3 * buffers }));
  },
);

pure("W-17 with messages that come late, or never, a program that catches up between its stalls counts as well", () => {
  for (const share of [0, 0.3, 0.9]) {
    const mail = (buffers: number) => ({
      arrives: (chance: number) => chance < share,
      stall: 1.5 * buffers,
      catchesUp: true,
    });
    equal(allExact(mail), 0);
  }
});

/** The line between the two threads: whichever way the news go, they come in the order that they happened in. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { DrainerNews } from "../../src/acquire/messages.ts";
import { newsMemory, NewsReceiver, NewsSender } from "../../src/acquire/news_line.ts";

/** With a timer, as a wait for memory alone keeps no program going; a recording has its worker. */
const pure = (name: string, body: () => void | Promise<void>) =>
  Deno.test(name, { permissions: "none" }, async () => {
    const alive = setInterval(() => {}, 60_000);
    try {
      await body();
    } finally {
      clearInterval(alive);
    }
  });

/** News of a block, all of whose numbers tell which it is. */
const block = (n: number, inRing = true): DrainerNews => ({
  ...{ type: "block", inRing, blockIndex: n, firstSampleIndex: 2 ** 45 + n, samples: 100 + n, gapBefore: 7 * n },
  ...{ atTrigger: n % 3 === 0, readStartedNs: 2n ** 60n + BigInt(n), readFinishedNs: 2n ** 61n + BigInt(n) },
});
const lost = (n: number): DrainerNews => ({ type: "lost", cause: "reused", blocks: n, samples: n });

/** Both ends; messages are under way until they are let through. */
class Bench {
  readonly got: DrainerNews[] = [];
  readonly underWay: DrainerNews[] = [];
  readonly memory: SharedArrayBuffer;
  readonly sender: NewsSender;
  readonly receiver: NewsReceiver;
  #came = Promise.withResolvers<void>();

  constructor(slots: number) {
    this.memory = newsMemory(slots);
    this.sender = new NewsSender(this.memory, (message) => this.underWay.push(message));
    this.receiver = new NewsReceiver(this.memory, (news) => {
      this.got.push(news);
      this.#came.resolve();
    });
  }

  letThrough(count = this.underWay.length): void {
    for (const message of this.underWay.splice(0, count)) this.receiver.take(message);
  }

  /** Waits until so many came. */
  async until(count: number): Promise<void> {
    while (this.got.length < count) {
      this.#came = Promise.withResolvers();
      await this.#came.promise;
    }
    equal(this.got.length, count);
  }
}

pure("blocks come through shared memory without a message, with every number", async () => {
  const bench = new Bench(4);
  const listening = bench.receiver.listen();
  const sent = Array.from({ length: 10 }, (_, n) => block(n));
  for (const [n, news] of sent.entries()) {
    bench.sender.send(news);
    await bench.until(n + 1);
  }
  deepEqual(bench.got, sent);
  deepEqual(bench.underWay, []);
  bench.receiver.close();
  await listening;
});

pure("a block waits for the messages before it, and a message for the blocks before it", async () => {
  const bench = new Bench(10);
  const sent = [block(0), lost(1), block(1), block(2, false), block(3), lost(2), lost(3), block(4)];
  for (const news of sent) bench.sender.send(news);
  equal(bench.underWay.length, 4);
  const listening = bench.receiver.listen(); // sees all blocks at once
  deepEqual(bench.got, sent.slice(0, 1));
  for (const [messages, count] of [[1, 3], [1, 5], [1, 6], [1, 8]] as const) {
    bench.letThrough(messages);
    deepEqual(bench.got, sent.slice(0, count));
  }
  bench.receiver.close();
  await listening;
});

pure("any order of sending, seeing and letting through gives the order of sending", () => {
  let seed = 20261126;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  for (const slots of [1, 2, 3, 8]) {
    const bench = new Bench(slots);
    const sent: DrainerNews[] = [];
    for (let step = 0; step < 5000; step++) {
      const waiting = sent.slice(bench.got.length).filter((news) => news.type === "block" && news.inRing).length;
      const news = random(3) > 0 ? block(step, waiting < slots) : lost(step); // the ring holds no more than its slots
      bench.sender.send(news);
      sent.push(news);
      if (random(2) === 0) bench.letThrough(random(4));
      deepEqual(bench.got.at(-1), sent[bench.got.length - 1]);
    }
    bench.letThrough();
    bench.sender.send(lost(0));
    sent.push(lost(0));
    bench.letThrough();
    deepEqual(bench.got, sent);
  }
});

pure("a closed line hands nothing on, and its waiting ends", async () => {
  const bench = new Bench(4);
  const listening = bench.receiver.listen();
  bench.receiver.close();
  await listening;
  bench.sender.send(block(0));
  bench.sender.send(lost(1));
  bench.letThrough();
  deepEqual(bench.got, []);
});

pure("what the first news ends, the rest of the same reading does not reach", () => {
  const memory = newsMemory(4);
  const underWay: DrainerNews[] = [];
  const sender = new NewsSender(memory, (message) => underWay.push(message));
  const got: number[] = [];
  const receiver = new NewsReceiver(memory, (news) => {
    ok(news.type === "block");
    got.push(news.blockIndex);
    if (got.length === 2) receiver.close();
  });
  for (let n = 0; n < 4; n++) sender.send(block(n));
  void receiver.listen();
  deepEqual(got, [0, 1]);
});

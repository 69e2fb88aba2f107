import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  awaitMessages,
  BUFFER_DONE,
  BUFFER_REUSED,
  close,
  codes,
  counting,
  f64,
  handle,
  messages,
  numbers,
  ok,
  prepare,
  QUEUE_DONE,
  QUEUE_STOPPED,
  queues,
  sdk,
  signal,
  simTest,
  u32,
  WRAP_NONE,
  WRAP_SINGLE,
} from "./sdk.ts";

const sleep = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

simTest("continuous acquisition delivers the counting pattern without a hole, start-up to shutdown", () => {
  signal("counting");
  const run = prepare({ buffers: 16 });
  equal(u32("olDaIsRunning", run.ad), 0);
  ok("olDaStart", run.ad);
  equal(u32("olDaIsRunning", run.ad), 1);
  for (let k = 0; k < 6; k++) {
    let buffer = handle("olDaGetBuffer", run.ad);
    for (; buffer === 0n; buffer = handle("olDaGetBuffer", run.ad)) {
      for (const message of awaitMessages(1)) {
        deepEqual(message, { message: BUFFER_DONE, wParam: run.ad, lParam: 77n });
      }
    }
    const got = codes(buffer), first = BigInt(k * 250);
    deepEqual(got.filter((_, i) => i % 2 === 0), counting("DT9805(00)", 0, first, 250));
    deepEqual(got.filter((_, i) => i % 2 === 1), counting("DT9805(00)", 1, first, 250));
    ok("olDaPutBuffer", run.ad, buffer);
  }
  ok("olDaStop", run.ad);
  equal(u32("olDaIsRunning", run.ad), 0);
  deepEqual(numbers(messages()).slice(-2), [BUFFER_DONE, QUEUE_STOPPED]);
  close(run);
});

simTest("buffer k completes at start + (k + 1) n / f", () => {
  const run = prepare({ samples: 1000, buffers: 16 });
  const start = performance.now(), late: number[] = [];
  ok("olDaStart", run.ad);
  while (late.length < 12) {
    late.push(...awaitMessages(1).map((_, i) => performance.now() - start - (late.length + i + 1) * 20));
  }
  truthy(Math.min(...late) > -1, `none is early: ${late}`);
  truthy(Math.min(...late.slice(6)) < 10, `lateness does not sum up: ${late}`);
  ok("olDaAbort", run.ad);
  close(run);
});

simTest("a clock error changes the pace, not the answer", () => {
  equal(sdk.dtolsim_clock_error!(-50000), 0);
  const run = prepare({ samples: 5000 });
  const start = performance.now();
  ok("olDaStart", run.ad);
  awaitMessages(1);
  const took = performance.now() - start;
  truthy(took > 104, `${took} ms`);
  equal(f64("olDaGetClockFrequency", run.ad), 50000);
  ok("olDaAbort", run.ad);
  close(run);
});

simTest("with one olDaConfig the data stay in Inprocess and no message comes", () => {
  const run = prepare({ configs: 1 });
  ok("olDaStart", run.ad);
  sleep(150);
  deepEqual(queues(run.ad), [0, 4, 0]);
  deepEqual(messages(), []);
  ok("olDaStop", run.ad);
  ok("olDaFlushBuffers", run.ad);
  deepEqual(queues(run.ad), [0, 0, 4]);
  close(run);
});

simTest("buffers queued after the only olDaConfig are not wired either", () => {
  const run = prepare({ configs: 1, buffers: 2 });
  ok("olDaStart", run.ad);
  sleep(100);
  deepEqual(queues(run.ad), [0, 2, 0]);
  ok("olDaAbort", run.ad);
  close(run);
});

simTest("a buffer moves from Ready through Inprocess to Done", () => {
  const run = prepare({ samples: 5000 });
  deepEqual(queues(run.ad), [4, 0, 0]);
  ok("olDaStart", run.ad);
  deepEqual(queues(run.ad), [3, 1, 0]);
  awaitMessages(1);
  deepEqual(queues(run.ad), [2, 1, 1]);
  equal(sdk.olDmFreeBuffer!(run.buffers[0]), 205);
  equal(sdk.olDaPutBuffer!(run.ad, run.buffers[0]), 205);
  ok("olDaAbort", run.ad);
  close(run);
});

simTest("wrap mode NONE ends the run with QUEUE_DONE when Ready is empty", () => {
  const run = prepare({ wrap: WRAP_NONE, buffers: 3 });
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(4)), [BUFFER_DONE, BUFFER_DONE, BUFFER_DONE, QUEUE_DONE]);
  equal(u32("olDaIsRunning", run.ad), 0);
  deepEqual(queues(run.ad), [0, 0, 3]);
  ok("olDaStop", run.ad);
  equal(sdk.olDaStop!(run.ad), 28);
  close(run);
});

simTest("wrap mode MULTIPLE takes the oldest unread Done buffer and says so", () => {
  signal("counting");
  const run = prepare({ buffers: 3 });
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(4)).slice(0, 4), [BUFFER_DONE, BUFFER_DONE, BUFFER_DONE, BUFFER_REUSED]);
  ok("olDaStop", run.ad);
  const first = codes(handle("olDaGetBuffer", run.ad))[0];
  const at = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((k) => counting("DT9805(00)", 0, BigInt(k * 250), 1)[0] === first);
  truthy(at, "the oldest buffer left is a later one than the first");
  sdk.dtolsim_reset!();
});

simTest("wrap mode MULTIPLE takes even the buffer just done when the program holds all others", () => {
  const run = prepare({ buffers: 2 });
  ok("olDaStart", run.ad);
  awaitMessages(1);
  const held = handle("olDaGetBuffer", run.ad);
  deepEqual(numbers(awaitMessages(2)).slice(0, 2), [BUFFER_DONE, BUFFER_REUSED]);
  deepEqual(queues(run.ad), [0, 1, 0]);
  ok("olDmFreeBuffer", held);
  ok("olDaAbort", run.ad);
  close(run);
});

simTest("wrap mode SINGLE recycles one buffer until the stop hands it over", () => {
  const run = prepare({ wrap: WRAP_SINGLE, buffers: 1 });
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(3)).slice(0, 3), [BUFFER_DONE, BUFFER_DONE, BUFFER_DONE]);
  deepEqual(queues(run.ad), [0, 1, 0]);
  ok("olDaStop", run.ad);
  deepEqual(queues(run.ad), [0, 0, 1]);
  close(run);
});

simTest("olDaStop waits for the buffer in progress and keeps all its samples", () => {
  const run = prepare({ samples: 5000 });
  const start = performance.now();
  ok("olDaStart", run.ad);
  sleep(20);
  ok("olDaStop", run.ad);
  truthy(performance.now() - start > 95, "it waited");
  deepEqual(numbers(messages()), [BUFFER_DONE, QUEUE_STOPPED]);
  const buffer = handle("olDaGetBuffer", run.ad);
  equal(u32("olDmGetValidSamples", buffer), 5000);
  ok("olDmFreeBuffer", buffer);
  close(run);
});

simTest("olDaAbort does not wait; the partial buffer holds the samples so far", () => {
  signal("counting");
  const run = prepare({ samples: 50000 });
  const start = performance.now();
  ok("olDaStart", run.ad);
  sleep(30);
  ok("olDaAbort", run.ad);
  const took = performance.now() - start;
  deepEqual(numbers(messages()), [BUFFER_DONE, QUEUE_STOPPED]);
  const buffer = handle("olDaGetBuffer", run.ad);
  const valid = u32("olDmGetValidSamples", buffer);
  truthy(valid >= 1450 && valid <= took * 50 + 1, `${valid} samples in ${took} ms`);
  deepEqual(codes(buffer).filter((_, i) => i % 2 === 0), counting("DT9805(00)", 0, 0n, Math.ceil(valid / 2)));
  ok("olDmFreeBuffer", buffer);
  ok("olDaFlushBuffers", run.ad);
  for (let i = 0; i < 3; i++) {
    const rest = handle("olDaGetBuffer", run.ad);
    equal(u32("olDmGetValidSamples", rest), 0);
    ok("olDmFreeBuffer", rest);
  }
  close(run);
});

simTest("a buffer may end inside a scan; the next one goes on there", () => {
  signal("counting");
  const run = prepare({ channels: [3, 1, 2], samples: 100, rateHz: 10000, buffers: 16 });
  ok("olDaStart", run.ad);
  const stream: number[] = [];
  while (stream.length < 300) {
    awaitMessages(1);
    const buffer = handle("olDaGetBuffer", run.ad);
    if (buffer === 0n) continue;
    stream.push(...codes(buffer));
    ok("olDaPutBuffer", run.ad, buffer);
  }
  ok("olDaAbort", run.ad);
  [3, 1, 2].forEach((channel, position) => {
    const one = stream.slice(0, 300).filter((_, i) => i % 3 === position);
    deepEqual(one, [...counting("DT9805(00)", channel, 0n, 100)]);
  });
  close(run);
});

simTest("a second run begins at scan 0 again", () => {
  signal("counting");
  const run = prepare();
  for (let k = 0; k < 2; k++) {
    ok("olDaStart", run.ad);
    awaitMessages(1);
    const buffer = handle("olDaGetBuffer", run.ad);
    equal(codes(buffer)[0], counting("DT9805(00)", 0, 0n, 1)[0]);
    ok("olDaPutBuffer", run.ad, buffer);
    ok("olDaStop", run.ad);
    ok("olDaFlushBuffers", run.ad);
    for (let b; (b = handle("olDaGetBuffer", run.ad)) !== 0n;) ok("olDaPutBuffer", run.ad, b);
    messages();
  }
  ok("olDaFlushBuffers", run.ad);
  close(run);
});

simTest("free running fills buffers as fast as they come back and never overruns", () => {
  signal("counting");
  sdk.dtolsim_free_running!(1);
  const run = prepare({ board: "DT9862(00)", rateHz: 1e7, samples: 100000 });
  ok("olDaStart", run.ad);
  let scan = 0n;
  for (let k = 0; k < 500;) {
    const buffer = handle("olDaGetBuffer", run.ad);
    if (buffer === 0n) {
      sdk.MsgWaitForMultipleObjectsEx!(0, null, 50, 0x4ff, 0);
      messages();
      continue;
    }
    if (k++ % 100 === 0) deepEqual(codes(buffer).slice(0, 2)[1], counting("DT9862(00)", 1, scan, 1)[0]);
    scan += 50000n;
    ok("olDaPutBuffer", run.ad, buffer);
  }
  ok("olDaStop", run.ad);
  close(run);
});

simTest("the time stamp of a buffer is the local time of its completion", () => {
  const run = prepare();
  ok("olDaStart", run.ad);
  awaitMessages(1);
  const buffer = handle("olDaGetBuffer", run.ad), stamp = new Uint16Array(6);
  ok("olDmGetTimeDateStamp", buffer, stamp);
  const [year, month, day, hour, minute, second] = stamp;
  const at = new Date(year!, month! - 1, day!, hour!, minute!, second!).getTime();
  truthy(Math.abs(Date.now() - at) < 3000);
  ok("olDmFreeBuffer", buffer);
  ok("olDaAbort", run.ad);
  close(run);
});

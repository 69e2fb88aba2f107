import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  AD,
  awaitMessages,
  BUFFER_DONE,
  BUFFER_REUSED,
  close,
  codes,
  counting,
  f64,
  fault,
  handle,
  numbers,
  ok,
  prepare,
  QUEUE_DONE,
  sdk,
  signal,
  simTest,
  SINGLEVALUE,
  u32,
  withSubsystem,
  WRAP_NONE,
} from "./sdk.ts";

const BOARD = "DT9862(00)";

simTest("two's complement: the same codes with their top bit turned over, read as signed", () => {
  signal("counting");
  const run = prepare({ board: BOARD, samples: 400, wrap: WRAP_NONE, buffers: 1 });
  ok("olDaSetEncoding", run.ad, 201);
  ok("olDaConfig", run.ad);
  equal(u32("olDaGetEncoding", run.ad), 201);
  ok("olDaStart", run.ad);
  while (!numbers(awaitMessages(1)).includes(QUEUE_DONE));
  const buffer = handle("olDaGetBuffer", run.ad), first = codes(buffer).filter((_, i) => i % 2 === 0);
  deepEqual(first, counting(BOARD, 0, 0n, 200).map((code) => code ^ 0x8000));
  ok("olDmFreeBuffer", buffer);
  close(run);
  signal("0=constant:-10,1=constant:2.5");
  withSubsystem(BOARD, AD, (ad) => {
    ok("olDaSetDataFlow", ad, SINGLEVALUE);
    ok("olDaSetEncoding", ad, 201);
    ok("olDaSetChannelListSize", ad, 2);
    ok("olDaSetChannelListEntry", ad, 1, 1);
    ok("olDaConfig", ad);
    const out = new Int32Array(2), volts = new Float64Array(1);
    ok("olDaGetSingleValue", ad, out, 0, 1);
    equal(out[0], -32768);
    ok("olDaCodeToVolts", -10, 10, 1, 16, 201, out[0], volts);
    equal(volts[0], -10);
    ok("olDaGetSingleValues", ad, out, 1);
    deepEqual([...out], [-32768, 8192]);
  });
});

simTest("the buffer in process can be looked into: a copy from its beginning, and it goes on", () => {
  signal("counting");
  const run = prepare({ board: BOARD, rateHz: 10000, samples: 20000, wrap: WRAP_NONE, buffers: 1 });
  const extra = handle("olDmCallocBuffer", 0, 0, 600, 2), other = handle("olDmCallocBuffer", 0, 0, 600, 4);
  const peek = (buffer: bigint, samples: number) => sdk.olDaFlushFromBufferInprocess!(run.ad, buffer, samples);
  equal(peek(extra, 600), 117, "nothing runs");
  const start = performance.now();
  ok("olDaStart", run.ad);
  while (performance.now() - start < 20) continue;
  equal(peek(other, 600), 208);
  equal(peek(extra, 601), 219);
  for (let time = 0; time < 2; time++) {
    equal(peek(extra, 300), 0);
    deepEqual(numbers(awaitMessages(1)), [BUFFER_DONE]);
    equal(peek(extra, 300), 205, "it is on Done");
    equal(handle("olDaGetBuffer", run.ad), extra);
    deepEqual(codes(extra).filter((_, i) => i % 2 === 0), counting(BOARD, 0, 0n, 150), "the same again");
  }
  ok("olDaAbort", run.ad);
  const rest = handle("olDaGetBuffer", run.ad), seen = codes(rest).filter((_, i) => i % 2 === 0);
  truthy(seen.length >= 200);
  deepEqual(seen, counting(BOARD, 0, 0n, seen.length), "what was copied is there too");
  for (const buffer of [rest, extra, other]) ok("olDmFreeBuffer", buffer);
  close(run);
  withSubsystem("DT9806(00)", AD, (ad) => equal(sdk.olDaFlushFromBufferInprocess!(ad, 0n, 1), 36));
});

/** Has the board copy the buffer in process, as soon as there is one that holds something; the codes that are there. */
function peekSome(ad: bigint, buffer: bigint): number {
  for (let code = 117; code === 117;) code = sdk.olDaFlushFromBufferInprocess!(ad, buffer, 400);
  return u32("olDmGetValidSamples", buffer);
}

simTest("a lent buffer that the board takes comes back full of what nobody else has", () => {
  signal("counting");
  const run = prepare({ board: BOARD, channels: [0], rateHz: 10000, samples: 400, wrap: WRAP_NONE, buffers: 1 });
  const extra = handle("olDmCallocBuffer", 0, 0, 400, 2);
  fault("lent_taken@1");
  ok("olDaStart", run.ad);
  peekSome(run.ad, extra);
  const told: number[] = [];
  while (!told.includes(QUEUE_DONE)) told.push(...numbers(awaitMessages(1)));
  deepEqual(told, [BUFFER_DONE, BUFFER_REUSED, BUFFER_DONE, BUFFER_DONE, QUEUE_DONE]);
  equal(handle("olDaGetBuffer", run.ad), run.buffers[0]);
  equal(handle("olDaGetBuffer", run.ad), extra);
  deepEqual(codes(extra), counting(BOARD, 0, 400n, 400));
  for (const buffer of [...run.buffers, extra]) ok("olDmFreeBuffer", buffer);
  close(run);
});

simTest("a board that takes samples out of the buffer in process fills it with those that follow", () => {
  signal("counting");
  const run = prepare({ board: BOARD, channels: [0], rateHz: 10000, samples: 400, wrap: WRAP_NONE, buffers: 1 });
  const extra = handle("olDmCallocBuffer", 0, 0, 400, 2);
  fault("lent_moved@1+");
  ok("olDaStart", run.ad);
  let moved = 0;
  while (moved < 50) {
    const count = peekSome(run.ad, extra);
    equal(handle("olDaGetBuffer", run.ad), extra);
    if (count > 0) deepEqual(codes(extra), counting(BOARD, 0, BigInt(moved), count));
    moved += count;
  }
  while (!numbers(awaitMessages(1)).includes(QUEUE_DONE));
  const buffer = handle("olDaGetBuffer", run.ad);
  deepEqual(codes(buffer), counting(BOARD, 0, BigInt(moved), 400));
  for (const one of [buffer, extra]) ok("olDmFreeBuffer", one);
  close(run);
});

simTest("filters are listed, chosen per channel, and no others taken", () => {
  withSubsystem(BOARD, AD, (ad) => {
    const found: number[] = [];
    const onCap = new Deno.UnsafeCallback(
      { parameters: ["u32", "f64", "f64", "i64"], result: "i32" },
      (_what, first) => found.push(first),
    );
    ok("olDaEnumSSCaps", ad, 100, onCap.pointer, 0n);
    onCap.close();
    deepEqual(found, [1e3, 1e5, 5e6]);
    equal(u32("olDaGetSSCaps", ad, 3), 3);
    ok("olDaSetChannelFilter", ad, 1, 1e5);
    deepEqual([0, 1].map((channel) => f64("olDaGetChannelFilter", ad, channel)), [5e6, 1e5]);
    equal(sdk.olDaSetChannelFilter!(ad, 0, 2e3), 134);
    equal(sdk.olDaSetChannelFilter!(ad, 2, 1e3), 7);
  });
  withSubsystem("DT9806(00)", AD, (ad) => equal(sdk.olDaSetChannelFilter!(ad, 0, 1e3), 36));
});

simTest("a board calibrates itself while its input does not run", () => {
  const run = prepare({ board: BOARD, rateHz: 10000 });
  ok("olDaAutoCalibrate", run.ad);
  ok("olDaStart", run.ad);
  equal(sdk.olDaAutoCalibrate!(run.ad), 135);
  ok("olDaAbort", run.ad);
  close(run);
  withSubsystem("DT9806(00)", AD, (ad) => equal(sdk.olDaAutoCalibrate!(ad), 36));
});

simTest("ranges: of the subsystem or of a channel, in codes, thresholds and answers", () => {
  signal("0=constant:1,1=constant:5");
  withSubsystem(BOARD, AD, (ad) => {
    const found: number[][] = [], pair = new Float64Array(2), out = new Int32Array(1);
    const onCap = new Deno.UnsafeCallback(
      { parameters: ["u32", "f64", "f64", "i64"], result: "i32" },
      (_what, first, second) => found.push([first, second]),
    );
    ok("olDaEnumSSCaps", ad, 101, onCap.pointer, 0n);
    onCap.close();
    deepEqual(found, [[10, -10], [2.5, -2.5]]);
    equal(u32("olDaGetSSCaps", ad, 5), 2);
    const read = (channel: number) => {
      ok("olDaGetSingleValue", ad, out, channel, 1);
      return out[0];
    };
    const range = (channel: number) => {
      ok("olDaGetChannelRange", ad, channel, pair, pair.subarray(1));
      return [...pair];
    };
    ok("olDaSetDataFlow", ad, SINGLEVALUE);
    ok("olDaSetChannelRange", ad, 0, 2.5, -2.5);
    ok("olDaConfig", ad);
    deepEqual([range(0), range(1)], [[2.5, -2.5], [10, -10]]);
    deepEqual([read(0), read(1)], [(1 + 2.5) / 5 * 65536 | 0, 49152]);
    ok("olDaSetRange", ad, 2.5, -2.5);
    ok("olDaConfig", ad);
    ok("olDaGetRange", ad, pair, pair.subarray(1));
    deepEqual([...pair], [2.5, -2.5]);
    equal(read(1), 65535);
    for (const [max, min] of [[5, -5], [10, -2.5], [0, 0]]) {
      equal(sdk.olDaSetRange!(ad, max, min), 29);
      equal(sdk.olDaSetChannelRange!(ad, 1, max, min), 29);
    }
    equal(sdk.olDaSetChannelRange!(ad, 2, 10, -10), 7);
    ok("olDaSetDataFlow", ad, 800);
    ok("olDaSetTrigger", ad, 1200);
    ok("olDaSetTriggerThresholdLevel", ad, 5);
    equal(sdk.olDaConfig!(ad), 134, "a level beyond the range of its channel");
    ok("olDaSetChannelRange", ad, 0, 10, -10);
    ok("olDaConfig", ad);
  });
  withSubsystem("DT9806(00)", AD, (ad) => equal(sdk.olDaSetChannelRange!(ad, 0, 10, -10), 36));
});

simTest("a threshold is crossed at the same volts in every range", () => {
  signal("0=counting,1=sine:50:2.4");
  const starts = [10, 2.5].map((max) => {
    const run = prepare({ board: BOARD, rateHz: 10000, samples: 20, wrap: WRAP_NONE, buffers: 1 });
    ok("olDaSetRange", run.ad, max, -max);
    ok("olDaSetTrigger", run.ad, 1200);
    ok("olDaSetTriggerThresholdChannel", run.ad, 1);
    ok("olDaSetTriggerThresholdLevel", run.ad, 1.8);
    ok("olDaConfig", run.ad);
    ok("olDaStart", run.ad);
    while (!numbers(awaitMessages(1)).includes(QUEUE_DONE));
    const buffer = handle("olDaGetBuffer", run.ad), first = codes(buffer)[0]!;
    ok("olDmFreeBuffer", buffer);
    close(run);
    return [...counting(BOARD, 0, 0n, 200)].indexOf(first);
  });
  let at = 1;
  while (!(2.4 * Math.sin(2 * Math.PI * 50 * at / 10000) >= 1.8)) at++;
  deepEqual(starts, [at, at]);
});

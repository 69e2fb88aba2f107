import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  AD,
  awaitMessages,
  BUFFER_DONE,
  close,
  codes,
  counting,
  DA,
  fault,
  handle,
  messages,
  numbers,
  ok,
  played,
  prepare,
  PRETRIGGER_BUFFER_DONE,
  QUEUE_DONE,
  QUEUE_STOPPED,
  queues,
  type Run,
  sdk,
  type Setup,
  signal,
  simTest,
  text,
  TRIGGER_ERROR,
  u32,
  withSubsystem,
  WRAP_MULTIPLE,
  WRAP_NONE,
} from "./sdk.ts";

const BOARD = "DT9862(00)";
const EXTERN = 301, EXTRA = 306, THRESHPOS = 1200, THRESHNEG = 1201, SYNCBUS = 1202;

const trigger = (source: number): number => sdk.dtolsim_trigger!(text(BOARD), source);

/** A run of both inputs with more settings, ready for olDaStart. */
function ready(settings: readonly (readonly [name: string, ...values: unknown[]])[], setup: Setup = {}): Run {
  const run = prepare({ board: BOARD, rateHz: 10000, samples: 200, wrap: WRAP_NONE, ...setup });
  for (const [name, ...values] of settings) ok(name, run.ad, ...values);
  ok("olDaConfig", run.ad);
  return run;
}

/** Messages up to one of a kind. */
function until(message: number): number[] {
  const found: number[] = [], patience = performance.now() + 5000;
  while (!found.includes(message) && performance.now() < patience) found.push(...numbers(awaitMessages(1)));
  return found;
}

/** Codes of every done buffer; the buffers are given up. */
function taken(run: Run): Uint16Array[] {
  const all: Uint16Array[] = [];
  for (let buffer; (buffer = handle("olDaGetBuffer", run.ad)) !== 0n;) {
    all.push(codes(buffer));
    ok("olDmFreeBuffer", buffer);
  }
  return all;
}

/** The scans of channel 0, which must be those of the counting pattern from `first` on. */
function checkCounting(parts: Uint16Array[], first = 0): number {
  const flat = parts.flatMap((part) => [...part]);
  deepEqual(flat.filter((_, i) => i % 2 === 0), [...counting(BOARD, 0, BigInt(first), flat.length / 2)]);
  return flat.length / 2;
}

const volts = (code: number): number => code * 20 / 65536 - 10;

simTest("a run with an external trigger waits for that trigger and no other", () => {
  signal("counting");
  for (const source of [EXTERN, EXTRA, SYNCBUS]) {
    const run = ready([["olDaSetTrigger", source]], { buffers: 2 });
    equal(trigger(source), 0, "nobody waits yet");
    ok("olDaStart", run.ad);
    equal(u32("olDaIsRunning", run.ad), 1);
    for (const other of [EXTERN, EXTRA, SYNCBUS, THRESHPOS]) if (other !== source) equal(trigger(other), 0);
    deepEqual(messages(), []);
    equal(trigger(source), 1);
    deepEqual(until(QUEUE_DONE), [BUFFER_DONE, BUFFER_DONE, QUEUE_DONE]);
    equal(trigger(source), 0, "once is enough");
    equal(checkCounting(taken(run)), 200);
    close(run);
  }
});

simTest("a stop or an abort ends the wait for a trigger", () => {
  for (const end of ["olDaStop", "olDaAbort"]) {
    const run = ready([["olDaSetTrigger", EXTERN]]);
    ok("olDaStart", run.ad);
    ok(end, run.ad);
    deepEqual(numbers(messages()), [QUEUE_STOPPED]);
    deepEqual(queues(run.ad), [3, 1, 0]);
    equal(trigger(EXTERN), 0);
    close(run);
  }
});

simTest("a threshold trigger starts with the first scan beyond the level, in its direction", () => {
  signal("1=sine:50:5");
  for (const [source, level] of [[THRESHPOS, 2], [THRESHNEG, -1], [302, 4.5]] as const) {
    const run = ready([
      ["olDaSetTrigger", source],
      ["olDaSetTriggerThresholdChannel", 1],
      ["olDaSetTriggerThresholdLevel", level],
    ], { buffers: 1 });
    ok("olDaStart", run.ad);
    until(QUEUE_DONE);
    const sine = (scan: number) => 5 * Math.sin(2 * Math.PI * 50 * scan / 10000);
    const beyond = (value: number) => source === THRESHNEG ? value <= level : value >= level;
    let at = 1;
    while (!(beyond(sine(at)) && !beyond(sine(at - 1)))) at++;
    const seen = [...taken(run)[0]!].filter((_, i) => i % 2 === 1).map(volts);
    for (const [i, value] of seen.entries()) truthy(Math.abs(value - sine(at + i)) < 0.001, `${source}: scan ${i}`);
    close(run);
  }
});

simTest("a level that is never reached is waited for; the trigger can be given", () => {
  signal("constant:1");
  sdk.dtolsim_free_running!(1);
  const run = ready([["olDaSetTrigger", THRESHPOS], ["olDaSetTriggerThresholdLevel", 2]]);
  ok("olDaStart", run.ad);
  deepEqual(messages(), []);
  equal(trigger(THRESHPOS), 1);
  equal(until(QUEUE_DONE).at(-1), QUEUE_DONE);
  close(run);
});

simTest("an output waits for its external trigger before the first sample leaves", () => {
  withSubsystem(BOARD, DA, (da) => {
    ok("olDaSetTrigger", da, EXTERN);
    ok("olDaSetClockFrequency", da, 100000);
    const buffer = handle("olDmCallocBuffer", 0, 0, 100, 2);
    ok("olDmSetValidSamples", buffer, 100);
    ok("olDaPutBuffer", da, buffer);
    ok("olDaConfig", da);
    ok("olDaStart", da);
    deepEqual(played(BOARD, 0), []);
    equal(trigger(EXTERN), 1);
    ok("olDaStop", da);
    equal(played(BOARD, 0).length, 100);
    ok("olDaFlushBuffers", da);
    ok("olDmFreeBuffer", handle("olDaGetBuffer", da));
  });
});

simTest("triggered scans at an internal rate: so many scans a burst, without a gap in the data", () => {
  signal("counting");
  const run = ready([
    ["olDaSetTriggeredScanUsage", 1],
    ["olDaSetMultiscanCount", 10],
    ["olDaSetRetriggerMode", 1300],
    ["olDaSetRetriggerFrequency", 50],
  ], { buffers: 1 });
  const start = performance.now();
  ok("olDaStart", run.ad);
  until(QUEUE_DONE);
  const took = performance.now() - start; // ten bursts: nine periods and a burst
  truthy(took >= 180.9, `${took} ms`);
  equal(checkCounting(taken(run)), 100);
  close(run);
});

simTest("triggered scans by an external trigger: a burst each, the start trigger's or another one's", () => {
  signal("counting");
  for (const [mode, again] of [[1301, EXTERN], [1302, EXTRA]] as const) {
    const run = ready([
      ["olDaSetTrigger", EXTERN],
      ["olDaSetTriggeredScanUsage", 1],
      ["olDaSetMultiscanCount", 50],
      ["olDaSetRetriggerMode", mode],
      ["olDaSetRetrigger", EXTRA],
    ], { buffers: 2, samples: 400 });
    sdk.dtolsim_free_running!(1);
    ok("olDaStart", run.ad);
    equal(trigger(EXTERN), 1);
    for (let burst = 1; burst < 5; burst++) equal(trigger(again), 1, "the next one");
    deepEqual(until(BUFFER_DONE), [BUFFER_DONE], "200 scans are four bursts");
    ok("olDaStop", run.ad);
    const parts = taken(run);
    deepEqual(parts.map((part) => part.length), [400, 100]);
    equal(checkCounting(parts), 250);
    close(run);
    sdk.dtolsim_free_running!(0);
  }
});

simTest("a trigger during a burst is an error that ends the run", () => {
  const run = ready([
    ["olDaSetTrigger", EXTERN],
    ["olDaSetTriggeredScanUsage", 1],
    ["olDaSetMultiscanCount", 256],
    ["olDaSetRetriggerMode", 1301],
    ["olDaSetClockFrequency", 10],
  ], { samples: 512 });
  ok("olDaStart", run.ad);
  trigger(EXTERN);
  equal(trigger(EXTERN), 1);
  deepEqual(until(TRIGGER_ERROR), [TRIGGER_ERROR]);
  equal(u32("olDaIsRunning", run.ad), 0);
  ok("olDaFlushBuffers", run.ad);
  const buffer = handle("olDaGetBuffer", run.ad);
  equal(u32("olDmGetBufferECode", buffer), 60);
  ok("olDmFreeBuffer", buffer);
  close(run);
});

simTest("trigger_error: the fault ends any run so", () => {
  const run = ready([]);
  fault("trigger_error@2");
  ok("olDaStart", run.ad);
  deepEqual(until(TRIGGER_ERROR), [BUFFER_DONE, TRIGGER_ERROR]);
  close(run);
});

simTest("a reference trigger divides the stream: before, and so many scans after", () => {
  signal("counting");
  const run = ready([["olDaSetReferenceTrigger", EXTERN], ["olDaSetReferenceTriggerPostScanCount", 250]], {
    wrap: WRAP_MULTIPLE,
    rateHz: 2000,
    buffers: 20,
  });
  ok("olDaStart", run.ad);
  until(PRETRIGGER_BUFFER_DONE);
  equal(trigger(EXTERN), 1);
  equal(trigger(EXTERN), 0);
  const found = until(QUEUE_DONE), after = found.filter((message) => message === BUFFER_DONE).length;
  equal(after, 3);
  deepEqual(found.slice(-4), [BUFFER_DONE, BUFFER_DONE, BUFFER_DONE, QUEUE_DONE]);
  const parts = taken(run);
  deepEqual(parts.slice(-3).map((part) => part.length), [200, 200, 100]);
  checkCounting(parts);
  close(run);
});

simTest("a threshold reference trigger divides it at the scan that goes through the level", () => {
  // Within the third buffer, and with the first scan of the fourth one.
  for (const [hz, at, lengths] of [[20, 292, [100, 100, 92, 30]], [19.45, 300, [100, 100, 100, 30]]] as const) {
    signal(`0=counting,1=sine:${hz}:5`);
    const run = ready([
      ["olDaSetReferenceTrigger", THRESHNEG],
      ["olDaSetReferenceTriggerThresholdChannel", 1],
      ["olDaSetReferenceTriggerThresholdLevel", -2.5],
      ["olDaSetReferenceTriggerPostScanCount", 30],
    ], { buffers: 20 });
    ok("olDaStart", run.ad);
    until(QUEUE_DONE);
    const sine = (scan: number) => 5 * Math.sin(2 * Math.PI * hz * scan / 10000);
    truthy(sine(at) <= -2.5 && sine(at - 1) > -2.5);
    const parts = taken(run);
    deepEqual(parts.map((part) => part.length / 2), lengths);
    checkCounting(parts);
    close(run);
  }
});

simTest("data flow 804 ends at the trigger, 805 goes on after it", () => {
  signal("counting");
  for (const flow of [804, 805]) {
    const run = ready([["olDaSetDataFlow", flow], ["olDaSetPretriggerSource", EXTRA]], {
      wrap: WRAP_MULTIPLE,
      rateHz: 2000,
      buffers: 20,
    });
    ok("olDaStart", run.ad);
    until(PRETRIGGER_BUFFER_DONE);
    equal(trigger(EXTRA), 1);
    const found = until(flow === 804 ? QUEUE_DONE : BUFFER_DONE);
    equal(found.includes(BUFFER_DONE), flow === 805);
    ok("olDaStop", run.ad);
    messages();
    checkCounting(taken(run));
    close(run);
  }
});

simTest("trigger settings that do not go together are refused by olDaConfig", () => {
  withSubsystem(BOARD, AD, (ad) => {
    const code = (...settings: [name: string, value: number][]) => {
      ok("olDaReset", ad);
      ok("olDaSetClockFrequency", ad, 1000);
      for (const [name, value] of settings) ok(name, ad, value);
      return sdk.olDaConfig!(ad);
    };
    const scans: [string, number] = ["olDaSetTriggeredScanUsage", 1];
    equal(code(["olDaSetDataFlow", 801], scans), 48);
    equal(code(["olDaSetDataFlow", 801], ["olDaSetClockSource", 401]), 49);
    equal(code(["olDaSetDataFlow", 804]), 124);
    equal(code(scans, ["olDaSetMultiscanCount", 101], ["olDaSetRetriggerFrequency", 10]), 90);
    equal(code(scans, ["olDaSetMultiscanCount", 100], ["olDaSetRetriggerFrequency", 10]), 0);
    equal(code(scans, ["olDaSetRetriggerMode", 1301]), 85);
    equal(code(scans, ["olDaSetReferenceTrigger", EXTERN]), 85);
  });
});

simTest("trigger settings are judged one by one, and read back", () => {
  withSubsystem(BOARD, AD, (ad) => {
    const wrong: [name: string, value: number, code: number][] = [
      ["olDaSetTrigger", 303, 10],
      ["olDaSetTriggerThresholdLevel", 10.1, 134],
      ["olDaSetTriggerThresholdLevel", NaN, 134],
      ["olDaSetTriggerThresholdChannel", -1, 7],
      ["olDaSetTriggerThresholdChannel", 2, 7],
      ["olDaSetReferenceTrigger", 302, 10],
      ["olDaSetReferenceTriggerThresholdLevel", -11, 134],
      ["olDaSetReferenceTriggerThresholdChannel", 2, 7],
      ["olDaSetReferenceTriggerPostScanCount", -1, 134],
      ["olDaSetPretriggerSource", 300, 124],
      ["olDaSetMultiscanCount", 0, 122],
      ["olDaSetMultiscanCount", 257, 122],
      ["olDaSetRetriggerMode", 0, 121],
      ["olDaSetRetrigger", 300, 123],
      ["olDaSetRetriggerFrequency", 2e6, 90],
      ["olDaSetSyncMode", 3, 140],
    ];
    for (const [name, value, code] of wrong) equal(sdk[name]!(ad, value), code, `${name} ${value}`);
    const right: [what: string, value: number][] = [
      ["Trigger", SYNCBUS],
      ["TriggerThresholdLevel", -7.5],
      ["TriggerThresholdChannel", 1],
      ["ReferenceTrigger", THRESHPOS],
      ["ReferenceTriggerThresholdLevel", 0.25],
      ["ReferenceTriggerThresholdChannel", 1],
      ["ReferenceTriggerPostScanCount", 123456],
      ["PretriggerSource", THRESHNEG],
      ["TriggeredScanUsage", 1],
      ["MultiscanCount", 256],
      ["RetriggerMode", 1302],
      ["Retrigger", EXTRA],
      ["RetriggerFrequency", 12.5],
      ["SyncMode", 2],
    ];
    for (const [what, value] of right) {
      ok(`olDaSet${what}`, ad, value);
      const out = /Level|Frequency/.test(what) ? new Float64Array(1) : new Uint32Array(1);
      ok(`olDaGet${what}`, ad, out);
      equal(out[0], value, what);
    }
    const found: number[][] = [];
    const onCap = new Deno.UnsafeCallback(
      { parameters: ["u32", "f64", "f64", "i64"], result: "i32" },
      (what, first) => found.push([what, first]),
    );
    for (const what of [105, 106]) ok("olDaEnumSSCaps", ad, what, onCap.pointer, 0n);
    deepEqual(found, [[105, 0], [105, 1], [106, 0], [106, 1]]);
    onCap.close();
  });
  withSubsystem("DT9806(00)", AD, (ad) => {
    equal(sdk.olDaSetTrigger!(ad, EXTERN), 10);
    for (const name of ["TriggerThresholdChannel", "ReferenceTrigger", "TriggeredScanUsage", "Retrigger", "SyncMode"]) {
      equal(sdk[`olDaSet${name}`]!(ad, 1), 36, name);
      equal(sdk[`olDaGet${name}`]!(ad, new Uint32Array(1)), 36, name);
    }
  });
});

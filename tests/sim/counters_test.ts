import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  awaitMessages,
  CT,
  f64,
  MEASURE_DONE,
  ok,
  QUAD,
  sdk,
  simTest,
  TACH,
  text,
  u32,
  window,
  withSubsystem,
} from "./sdk.ts";

const BOARD = "DT9862(00)";
const COUNT = 700, RATE = 701, UP_DOWN = 704, MEASURE = 705, CONT_MEASURE = 706;

const input = (type: number, element: number, hz: number, duty = 50): number =>
  sdk.dtolsim_counter!(text(BOARD), type, element, hz, duty);

const events = (type: number, element: number, counts: number[]): number =>
  sdk.dtolsim_events!(text(BOARD), type, element, Int32Array.from(counts), counts.length);

/** What olDaReadEvents says, as a signed number. */
const read = (counter: bigint): number => u32("olDaReadEvents", counter) | 0;

function start(counter: bigint): number {
  ok("olDaConfig", counter);
  const now = performance.now();
  ok("olDaStart", counter);
  return now;
}

/** Reads until the answer is one that is wanted, or for five seconds. */
function readUntil(counter: bigint, wanted: (value: number) => boolean): number {
  const patience = performance.now() + 5000;
  let value = read(counter);
  while (!wanted(value) && performance.now() < patience) value = read(counter);
  return value;
}

simTest("events are counted at the rate of the input, from the start to the stop", () => {
  equal(input(CT, 1, 1e6), 0);
  withSubsystem(BOARD, CT, (ct) => {
    ok("olDaSetCTMode", ct, COUNT);
    ok("olDaSetClockSource", ct, 401);
    equal(read(ct), 0);
    const before = start(ct);
    const count = readUntil(ct, (value) => value > 50000), most = (performance.now() - before) * 1000;
    truthy(count > 50000 && count <= most + 1, `${count} of at most ${most}`);
    ok("olDaStop", ct);
    const stopped = read(ct);
    truthy(stopped >= count);
    equal(read(ct), stopped);
  }, 1);
});

simTest("the rate of an input may change while it is counted", () => {
  input(CT, 0, 1e6);
  withSubsystem(BOARD, CT, (ct) => {
    start(ct);
    readUntil(ct, (value) => value > 10000);
    input(CT, 0, 0);
    const there = read(ct);
    truthy(there > 10000);
    equal(read(ct), there);
    ok("olDaStop", ct);
  });
});

simTest("DTOLSIM_COUNTER_HZ is the rate of every input that no control has set", () => {
  Deno.env.set("DTOLSIM_COUNTER_HZ", "2e6");
  try {
    sdk.dtolsim_reset!();
    const hwnd = window(), bits = new DataView(new ArrayBuffer(8));
    withSubsystem("DT9806(00)", CT, (ct) => {
      ok("olDaMeasureFrequency", ct, hwnd, 0.001);
      bits.setBigInt64(0, awaitMessages(1)[0]!.lParam, true);
      equal(bits.getFloat32(0, true), 2e6);
    });
    sdk.DestroyWindow!(hwnd);
  } finally {
    Deno.env.delete("DTOLSIM_COUNTER_HZ");
  }
});

simTest("counts can be scripted one by one, also beyond 31 bits", () => {
  equal(events(CT, 0, [5, 2147483647, -2147483648, -1, 0]), 0);
  withSubsystem(BOARD, CT, (ct) => {
    start(ct);
    deepEqual([1, 2, 3, 4, 5, 6].map(() => u32("olDaReadEvents", ct)), [5, 2147483647, 2147483648, 4294967295, 0, 0]);
    events(CT, 0, []);
    ok("olDaStop", ct);
  });
});

simTest("up and down: a counter goes below zero as two's complement", () => {
  input(CT, 0, -1e5);
  withSubsystem(BOARD, CT, (ct) => {
    ok("olDaSetCTMode", ct, UP_DOWN);
    start(ct);
    truthy(readUntil(ct, (value) => value < -1000) < -1000);
    ok("olDaStop", ct);
  });
});

simTest("quadrature: a signed position, with x4 four steps a cycle", () => {
  equal(input(QUAD, 2, -1e5), 0);
  withSubsystem(BOARD, QUAD, (quad) => {
    ok("olDaSetQuadDecoder", quad, 3, 0, 1402);
    start(quad);
    truthy(readUntil(quad, (value) => value < -500) < -500);
    ok("olDaStop", quad);
    const cycles = read(quad);
    ok("olDaSetQuadDecoder", quad, 0, 1, 1400);
    truthy(read(quad) <= cycles * 4 && read(quad) > (cycles - 1) * 4);
    equal(sdk.olDaSetQuadDecoder!(quad, 0, 0, 1403), 130);
    equal(sdk.olDaSetQuadDecoder!(quad, 0, 1, 1401), 131);
  }, 2);
  events(QUAD, 0, [10, 3, -4]);
  withSubsystem(BOARD, QUAD, (quad) => {
    start(quad);
    deepEqual([1, 2, 3, 4].map(() => read(quad)), [10, 3, -4, -4]);
    ok("olDaStop", quad);
  });
});

simTest("edge to edge: periods and pulse widths in ticks of the counter's clock, once or again and again", () => {
  input(CT, 0, 500, 20);
  for (
    const [mode, from, to, ticks] of [[MEASURE, 750, 750, 100000], [CONT_MEASURE, 752, 753, 20000], [
      MEASURE,
      751,
      750,
      80000,
    ]] as const
  ) {
    withSubsystem(BOARD, CT, (ct) => {
      ok("olDaSetCTMode", ct, mode);
      ok("olDaSetClockFrequency", ct, 5e7);
      ok("olDaSetMeasureStartEdge", ct, from);
      ok("olDaSetMeasureStopEdge", ct, to);
      deepEqual([u32("olDaGetMeasureStartEdge", ct), u32("olDaGetMeasureStopEdge", ct)], [from, to]);
      start(ct);
      equal(readUntil(ct, (value) => value !== 0), ticks);
      ok("olDaStop", ct);
      equal(sdk.olDaSetMeasureStopEdge!(ct, 754), 128, "an edge that the board does not measure");
      equal(sdk.olDaSetMeasureStopEdge!(ct, 601), 128);
    });
  }
  input(CT, 0, 0);
  withSubsystem(BOARD, CT, (ct) => {
    ok("olDaSetCTMode", ct, MEASURE);
    start(ct);
    equal(read(ct), 0, "no edge, no interval");
    ok("olDaStop", ct);
  });
});

simTest("an interval is not told before it is over", () => {
  input(CT, 0, 0.01);
  withSubsystem(BOARD, CT, (ct) => {
    ok("olDaSetCTMode", ct, MEASURE);
    start(ct);
    equal(read(ct), 0);
    ok("olDaStop", ct);
    equal(read(ct), 0);
  });
});

simTest("tachometer: ticks of a period, marked when none has ended since the last time", () => {
  input(TACH, 0, 200);
  withSubsystem(BOARD, TACH, (tach) => {
    ok("olDaSetClockFrequency", tach, 1e6);
    ok("olDaSetEdgeType", tach, 601);
    equal(u32("olDaGetEdgeType", tach), 601);
    equal(sdk.olDaSetEdgeType!(tach, 750), 128);
    ok("olDaSetStaleDataFlagEnabled", tach, 1);
    equal(u32("olDaGetStaleDataFlagEnabled", tach), 1);
    start(tach);
    equal(readUntil(tach, (value) => value > 0), 5000);
    ok("olDaStop", tach);
    read(tach);
    equal(u32("olDaReadEvents", tach), 0x80000000 + 5000);
  });
});

simTest("a frequency is measured at the input's own rate", () => {
  input(CT, 1, 12345.5);
  withSubsystem(BOARD, CT, (ct) => {
    const hwnd = window(), bits = new DataView(new ArrayBuffer(8));
    ok("olDaMeasureFrequency", ct, hwnd, 0.01);
    const [message] = awaitMessages(1);
    equal(message!.message, MEASURE_DONE);
    bits.setBigInt64(0, message!.lParam, true);
    equal(bits.getFloat32(0, true), 12345.5);
    sdk.DestroyWindow!(hwnd);
  }, 1);
});

simTest("a pulse train tells how it is set, and whether it runs", () => {
  const state = () => {
    const out = new Float64Array(15);
    ok("dtolsim_counter_state", text(BOARD), CT, 1, out);
    return [...out.subarray(0, 10)];
  };
  deepEqual(state(), Array(10).fill(0));
  withSubsystem(BOARD, CT, (ct) => {
    ok("olDaSetCTMode", ct, RATE);
    ok("olDaSetClockFrequency", ct, 2500);
    ok("olDaSetPulseWidth", ct, 12.5);
    ok("olDaSetPulseType", ct, 601);
    ok("olDaSetGateType", ct, 503);
    ok("olDaSetCascadeMode", ct, 900);
    deepEqual(state(), [RATE, 0, 2500, 12.5, 601, 503, 900, 400, 750, 751]);
    equal(f64("olDaGetPulseWidth", ct), 12.5);
    start(ct);
    equal(state()[1], 1);
    equal(sdk.olDaReadEvents!(ct, new Uint32Array(1)), 82);
    ok("olDaStop", ct);
    equal(state()[1], 0);
  }, 1);
});

simTest("a gate that is closed stops the count: levels by the level, edges from the first one on", () => {
  const NONE = 500, HIGH = 501, LOW = 502, RISES = 503, FALLS = 504;
  const gate = (level: number) => equal(sdk.dtolsim_gate!(text(BOARD), 0, level), 0);
  /** What is counted at each of these levels: whether the count goes on there. */
  const cases: readonly (readonly [type: number, counts: readonly boolean[]])[] = [
    [NONE, [true, true, true, true]],
    [HIGH, [true, false, true, false]],
    [LOW, [false, true, false, true]],
    [RISES, [false, false, true, true]],
    [FALLS, [false, true, true, true]],
  ];
  input(CT, 0, 1e9);
  for (const [type, counts] of cases) {
    gate(-1);
    withSubsystem(BOARD, CT, (ct) => {
      ok("olDaSetGateType", ct, type);
      start(ct);
      for (const [i, counting] of counts.entries()) {
        gate(i % 2 === 0 ? 1 : 0);
        const from = u32("olDaReadEvents", ct);
        if (counting) truthy(readUntil(ct, (value) => value >>> 0 > from) >>> 0 > from, `gate ${type}, level ${i}`);
        else equal(u32("olDaReadEvents", ct), from, `gate ${type}, level ${i}`);
      }
      ok("olDaStop", ct);
    });
  }
  equal(sdk.dtolsim_gate!(text("DT9828(00)"), 0, 1), 1);
});

simTest("a cascaded counter carries into its neighbour, whose own input does not matter then", () => {
  input(CT, 0, 1e13); // a carry every 0.43 ms
  input(CT, 1, 1e6);
  const CASCADE = 900, SINGLE = 901;
  withSubsystem(BOARD, CT, (low) => {
    withSubsystem(BOARD, CT, (high) => {
      ok("olDaSetCascadeMode", low, CASCADE);
      start(high);
      equal(read(high), 0, "its own input does not count");
      const before = performance.now();
      start(low);
      truthy(readUntil(high, (value) => value > 3) > 3);
      ok("olDaStop", low);
      const carries = read(high), most = (performance.now() - before) / 1000 * 1e13 / 2 ** 32;
      truthy(carries <= most, `${carries} of at most ${most}`);
      equal(read(high), carries, "it stands when the other one is stopped");
      start(low);
      truthy(readUntil(high, (value) => value > carries) > carries, "and goes on with it");
      ok("olDaStop", low);
      ok("olDaStop", high);
      ok("olDaSetCascadeMode", low, SINGLE);
      start(high);
      truthy(readUntil(high, (value) => value > 10) > 10, "each for itself");
      ok("olDaStop", high);
    }, 1);
  });
});

simTest("controls refuse what is not there or makes no sense", () => {
  for (const [type, element, hz, duty] of [[CT, 2, 1, 50], [0, 0, 1, 50], [CT, 0, NaN, 50], [CT, 0, 1, 100]] as const) {
    equal(input(type, element, hz, duty), 1);
  }
  equal(events(QUAD, 3, [1]), 1);
  equal(sdk.dtolsim_counter_state!(text("DT9828(00)"), CT, 0, new Float64Array(15)), 1);
});

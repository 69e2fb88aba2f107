import { ok, strictEqual as equal, throws } from "node:assert/strict";
import { TimeAxis } from "../../src/model/axis.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

const axisOf = (clockHz: number, ticksPerSample = 1, index = 0) =>
  new TimeAxis({ index, monoNs: 5_000_000_000n, utcNs: 1_700_000_000_123_456_789n, clockHz, ticksPerSample });

/** Nanoseconds of `index` samples at a whole clock, rounded half up, by long division alone. */
function exactNs(index: bigint, ticks: bigint, hz: bigint): bigint {
  const twice = 2n * index * ticks * 1_000_000_000n + hz;
  return twice >= 0n ? twice / (2n * hz) : -((-twice + 2n * hz - 1n) / (2n * hz));
}

pure("W-03 after a day at a clock without a whole period the time is right to the nanosecond", () => {
  const axis = axisOf(300_000, 7);
  const day = Math.round(86_400 * 300_000 / 7);
  equal(axis.offsetNs(day), exactNs(BigInt(day), 7n, 300_000n));
  ok(Math.round(1e9 / axis.sampleRateHz) * day !== Number(axis.offsetNs(day)), "where a rounded period would be off");
});

pure("offsetNs() is the exact fraction rounded, before the anchor too, for 2,000 clocks and indices", () => {
  let seed = 1;
  const next = (limit: number) => (seed = Math.imul(seed, 48271) >>> 0) % limit;
  for (let i = 0; i < 2000; i++) {
    const hz = 1 + next(10_000_000);
    const ticks = 1 + next(32);
    const index = next(2_000_000_000) - 1_000_000;
    equal(axisOf(hz, ticks).offsetNs(index), exactNs(BigInt(index), BigInt(ticks), BigInt(hz)));
  }
});

pure("a clock that is no whole number of hertz is taken as exactly as a double has it", () => {
  const axis = axisOf(0.75);
  equal(axis.offsetNs(3), 4_000_000_000n);
  equal(axisOf(12e6 / 1715, 3).sampleRateHz, 12e6 / 1715 / 3);
  const slow = 12e6 / 1715;
  const error = Number(axisOf(slow).offsetNs(1e9)) / 1e9 - 1e9 / slow;
  ok(Math.abs(error) < 1e-6, String(error));
});

pure("offsetsNs() gives what offsetNs() gives, wherever it starts", () => {
  for (const [hz, ticks] of [[1000, 1], [300_000, 1], [12e6 / 1715, 3], [1e7, 1], [0.75, 1], [52_734, 4]] as const) {
    const axis = axisOf(hz, ticks, 100);
    for (const first of [0, 99, 100, 101, 12_345_678, 3_000_000_001]) {
      const offsets = axis.offsetsNs(first, 50);
      for (let k = 0; k < 50; k++) equal(offsets[k], axis.offsetNs(first + k), `${hz} Hz, sample ${first + k}`);
    }
  }
});

pure("W-03 both clocks of a sample run from one anchor", () => {
  const axis = axisOf(1000, 2, 500);
  equal(axis.monoNsOf(500), 5_000_000_000n);
  equal(axis.utcNsOf(500), 1_700_000_000_123_456_789n);
  equal(axis.monoNsOf(1000) - axis.monoNsOf(500), 1_000_000_000n);
  equal(axis.utcNsOf(0), 1_700_000_000_123_456_789n - 1_000_000_000n);
});

pure("indexAt() gives the sample that was taken last", () => {
  const axis = axisOf(300_000, 1, 10);
  equal(axis.indexAt(5_000_000_000n), 10);
  for (const index of [11, 12, 13, 1_000_000]) {
    const ns = axis.monoNsOf(index);
    equal(axis.indexAt(ns + 1n), index);
    equal(axis.indexAt(ns - 1n), index - 1);
  }
});

pure("a clock that cannot run is refused", () => {
  for (const hz of [0, -1, NaN, Infinity]) throws(() => axisOf(hz), RangeError);
  throws(() => axisOf(1000, 0), RangeError);
});

const bursts = (samples: number, hz: number, clockHz = 10_000) =>
  new TimeAxis({ index: 100, monoNs: 5_000_000_000n, utcNs: 0n, clockHz, ticksPerSample: 1, bursts: { samples, hz } });

pure("triggered scans: the clock rests between bursts, and their rate counts exactly", () => {
  const axis = bursts(10, 3);
  equal(axis.offsetNs(100), 0n);
  equal(axis.offsetNs(109), 900_000n);
  equal(axis.offsetNs(110), 333_333_333n);
  equal(axis.offsetNs(100 + 30), 1_000_000_000n);
  equal(axis.offsetNs(100 + 3_000_000_000 * 10 + 5), 1_000_000_000_000_500_000n);
  equal(axis.offsetNs(99), -333_333_333n + 900_000n);
});

pure("triggered scans: times one by one and in one go are the same, also before the anchor", () => {
  for (const [samples, hz] of [[1, 7], [3, 12e6 / 1715], [10, 0.1], [256, 39]] as const) {
    const axis = bursts(samples, hz, 12e6 / 101);
    for (const first of [0, 90, 100, 101, 12_345_678, 3_000_000_001]) {
      const offsets = axis.offsetsNs(first, 600);
      for (let k = 0; k < 600; k++) equal(offsets[k], axis.offsetNs(first + k), `${samples} at ${hz}, ${first + k}`);
    }
  }
});

pure("triggered scans: the sample that was taken last, within a burst and while the clock rests", () => {
  const axis = bursts(10, 3);
  for (const [ns, index] of [[0n, 100], [900_000n, 109], [300_000_000n, 109], [333_333_334n, 110]] as const) {
    equal(axis.indexAt(5_000_000_000n + ns), index, `${ns}`);
  }
  throws(() => bursts(0, 1), RangeError);
  throws(() => bursts(1, NaN), RangeError);
});

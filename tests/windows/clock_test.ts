// The monotonic clock of Windows is the one that other programs read.
import { ok, strictEqual as equal } from "node:assert/strict";
import { monotonicClock, readMoment } from "../../mod.ts";
import { firstLine, startCode } from "./child.ts";

const ignore = Deno.build.os !== "windows";

/** A program that knows nothing of this library: the counter and its frequency, on every line it is asked for one. */
const OTHER = `
  const { symbols: c } = Deno.dlopen("kernel32.dll", {
    QueryPerformanceCounter: { parameters: ["buffer"], result: "i32" },
    QueryPerformanceFrequency: { parameters: ["buffer"], result: "i32" },
  });
  const ticks = new BigInt64Array(1), hz = new BigInt64Array(1);
  c.QueryPerformanceFrequency(hz);
  c.QueryPerformanceCounter(ticks);
  console.log(ticks[0] + " " + hz[0]);`;

Deno.test("another process's QueryPerformanceCounter lies between two readings of ours", { ignore }, async () => {
  const clock = monotonicClock();
  equal(clock.name, "QueryPerformanceCounter");
  const before = clock.nowNs();
  const child = await startCode(OTHER);
  const [ticks, hz] = (await firstLine(child)).split(" ").map(BigInt) as [bigint, bigint];
  const after = clock.nowNs();
  await child.stderr.cancel();
  await child.status;
  const theirs = ticks * 1_000_000_000n / hz;
  ok(before < theirs && theirs < after, `${before} < ${theirs} < ${after}`);
});

Deno.test("UTC is taken at the same moment as the counter, and never smoothed", { ignore }, () => {
  for (let i = 0; i < 100; i++) {
    const before = monotonicClock().nowNs();
    const { monoNs, utcNs } = readMoment();
    ok(monoNs >= before && monoNs <= monotonicClock().nowNs());
    ok(Math.abs(Number(utcNs - BigInt(Date.now()) * 1_000_000n)) < 1e9);
  }
});

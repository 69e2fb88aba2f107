import { ok, strictEqual as equal } from "node:assert/strict";
import { openMonotonicClock, ticksToNs } from "../../ffi/monotonic.ts";

Deno.test("the clock never goes back, and runs with the clock of the process", async () => {
  using clock = openMonotonicClock();
  const start = [clock.nowNs(), performance.now()] as const;
  let last = start[0];
  for (let i = 0; i < 10_000; i++) {
    const now = clock.nowNs();
    ok(now >= last);
    last = now;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const ns = Number(clock.nowNs() - start[0]);
  const ms = performance.now() - start[1];
  ok(Math.abs(ns / 1e6 - ms) < 25, `${ns} ns and ${ms} ms`);
  clock.close();
});

Deno.test("another process reads the same clock", async () => {
  const module = new URL("../../ffi/monotonic.ts", import.meta.url).href;
  const code = `import { openMonotonicClock } from "${module}"; console.log(String(openMonotonicClock().nowNs()));`;
  using clock = openMonotonicClock();
  const before = clock.nowNs();
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  const theirs = BigInt(new TextDecoder().decode(stdout).trim());
  ok(before < theirs && theirs < clock.nowNs());
});

Deno.test("ticks of a performance counter become nanoseconds without loss", { permissions: "none" }, () => {
  equal(ticksToNs(1n, 10_000_000n), 100n);
  equal(ticksToNs(2n ** 62n, 10_000_000n), 2n ** 62n * 100n);
  equal(ticksToNs(2n, 3_000_000_000n), 0n);
  equal(ticksToNs(9_007_199_254_740_993n, 1_000_000_000n), 9_007_199_254_740_993n);
});

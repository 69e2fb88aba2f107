// A short form of `deno task soak:sinks`: what grows with every block would show also in some seconds.
import { ok, strictEqual as equal } from "node:assert/strict";
import { growthMb, soakOne } from "../../bench/sinks_soak.ts";

const SECONDS = 6;
/** Far above what the garbage collector leaves lying about, far below what held blocks would come to in two seconds. */
const MAX_GROWTH_MB = 100;

Deno.test("no sink keeps what it has written: memory is flat at 5 MS/s, and every block is accounted for", async () => {
  const all = ["raw", "parquet", "arrow", "csv", "jsonl", "sqlite"].map((sink) => soakOne(sink, SECONDS));
  for (const { sink, produced, stored, dropped, lost, residentMb, heapMb } of await Promise.all(all)) {
    ok(stored > 10, `${sink}: ${stored} blocks`);
    equal(produced, stored + dropped + lost, sink); // six at once on a slow machine: the board may overrun
    ok(growthMb(residentMb) < MAX_GROWTH_MB, `${sink}: resident ${residentMb}`);
    ok(growthMb(heapMb) < MAX_GROWTH_MB, `${sink}: heap ${heapMb}`);
    ok(Math.max(...residentMb) < 800, `${sink}: resident ${residentMb}`);
  }
});

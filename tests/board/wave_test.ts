/** What a simulated output carries at an instant: every scan from its own instant on, and nothing that did not leave. */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { Wave } from "../../src/board/simulated_wave.ts";

const START = 1_000_000_000_123n;
/** Codes of outputs 3 and 1 at some nanoseconds since the start. */
const seen = (wave: Wave, ...ns: number[]) =>
  ns.map((at) => [3, 1].map((output) => wave.codeAt(output, START + BigInt(at))));

Deno.test("a wave tells the code of every instant, up to where it was ended", { permissions: "none" }, () => {
  const wave = new Wave();
  wave.begin({ outputs: [3, 1], loops: false });
  wave.add(Uint16Array.of(10, 20, 11, 21));
  deepEqual(seen(wave, 0), [[null, null]], "it does not run yet");
  wave.start(START, 1e6);
  wave.add(Uint16Array.of(12, 22));
  const other = new Wave(wave.memory); // another thread
  deepEqual(seen(other, -2, 0, 998, 999, 1000, 1998, 2500), [
    [null, null],
    [10, 20],
    [10, 20],
    [11, 21], // the nanosecond that instants are cut by
    [11, 21],
    [11, 21],
    [12, 22],
  ]);
  equal(other.codeAt(0, START), null, "an output that does not play");
  deepEqual(seen(other, 3000), [[null, null]], "it is dry");
  wave.end(2);
  deepEqual(seen(other, 1500, 2000), [[11, 21], [null, null]]);
  wave.begin({ outputs: [3, 1], loops: false });
  deepEqual(seen(other, 0), [[null, null]]);
});

Deno.test("a period is repeated until it is ended", { permissions: "none" }, () => {
  const wave = new Wave();
  wave.begin({ outputs: [3, 1], loops: true });
  wave.add(Uint16Array.of(10, 20, 11, 21, 12, 22));
  wave.start(START, 1e6);
  deepEqual(seen(wave, 0, 3000, 4500, 3_000_002_000), [[10, 20], [10, 20], [11, 21], [12, 22]]);
  wave.end(6);
  deepEqual(seen(wave, 5500, 6000), [[12, 22], [null, null]]);
});

Deno.test("of a run of millions the first is kept", { permissions: "none" }, () => {
  const wave = new Wave();
  wave.begin({ outputs: [3], loops: false });
  const chunk = new Uint16Array(1 << 16).fill(7);
  for (let k = 0; k < 70; k++) wave.add(chunk);
  wave.start(START, 1e6);
  equal(wave.codeAt(3, START + 1000n * ((1n << 22n) - 1n)), 7);
  equal(wave.codeAt(3, START + 1000n * (1n << 22n)), null);
});

Deno.test("what comes behind the codes that are kept does not take the place of those that are not", {
  permissions: "none",
}, () => {
  const wave = new Wave();
  wave.begin({ outputs: [3, 1], loops: false });
  for (let k = 0; k < 42; k++) wave.add(new Uint16Array(100_000).fill(7)); // more than 1 << 22
  wave.add(Uint16Array.of(8, 8));
  wave.start(START, 1e6);
  const kept = 1 << 21;
  deepEqual(seen(wave, 1000 * (kept - 1), 1000 * kept), [[7, 7], [null, null]]);
});

import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { OLDA_WM } from "../../ffi/constants.ts";
import { ReferenceWatch } from "../../src/board/reference_watch.ts";

const { OLDA_WM_PRETRIGGER_BUFFER_DONE: BEFORE, OLDA_WM_BUFFER_DONE: AFTER } = OLDA_WM;

/** Which of some buffers of 100 codes begins with the trigger; all are there before the first is fetched. */
function found(valid: readonly number[], messages: readonly number[], lost: readonly number[] = []): number[] {
  const watch = new ReferenceWatch();
  watch.begin(100);
  for (const message of messages) watch.told(message);
  let waiting = valid.length + lost.reduce((sum, one) => sum + one, 0);
  return valid.flatMap((codes, i) => {
    waiting -= 1 + (lost[i] ?? 0);
    return watch.came(lost[i] ?? 0, codes, () => waiting) ? [i] : [];
  });
}

Deno.test("W-35: the buffer behind one that was cut begins with the trigger, whatever messages say", () => {
  deepEqual(found([100, 100, 40, 100, 30], [BEFORE, BEFORE, BEFORE, AFTER, AFTER]), [3]);
  deepEqual(found([100, 100, 40, 100, 30], []), [3]);
  deepEqual(found([100, 40, 100, 70, 10], []), [2], "only the first");
});

Deno.test("W-35: between two buffers the messages tell, if there is one for each, lost ones included", () => {
  deepEqual(found([100, 100, 100, 100], [BEFORE, BEFORE, AFTER, AFTER]), [2]);
  deepEqual(found([100, 100, 100], [AFTER, AFTER, AFTER]), [0], "nothing came before it");
  deepEqual(found([100, 100, 100], [BEFORE, BEFORE, BEFORE, AFTER, AFTER], [0, 2, 0]), [1]);
});

Deno.test("W-27: the message of a buffer that was lent for a look does not count, whatever it says", () => {
  for (const message of [BEFORE, AFTER]) {
    const watch = new ReferenceWatch();
    watch.begin(100);
    watch.told(BEFORE);
    deepEqual(watch.came(0, 100, () => 0), false);
    watch.lent();
    watch.told(message);
    watch.cameBack(0, () => 0);
    watch.told(AFTER);
    deepEqual(watch.came(0, 100, () => 0), true);
  }
});

Deno.test("W-27: where that message may be another's nothing is guessed, but a cut tells", () => {
  const cases: readonly [told: number, others: number, waiting: number][] = [[0, 0, 0], [2, 0, 0], [1, 1, 0], [
    1,
    0,
    1,
  ]];
  for (const [told, others, waiting] of cases) {
    const watch = new ReferenceWatch();
    watch.begin(100);
    watch.lent();
    for (let i = 0; i < told; i++) watch.told(BEFORE);
    watch.cameBack(others, () => waiting);
    watch.told(AFTER);
    deepEqual(watch.came(0, 100, () => 0), false, `${told} told, ${others} fetched, ${waiting} waiting`);
    watch.told(AFTER);
    deepEqual(watch.came(0, 40, () => 0), false);
    deepEqual(watch.came(0, 100, () => 0), true, "behind the cut");
  }
});

Deno.test("W-35: where messages are fewer than buffers nothing is guessed", () => {
  deepEqual(found(Array(8).fill(100), [BEFORE, BEFORE, BEFORE, AFTER]), []); // six before, two after, told two by two
  deepEqual(found([100, 100, 100, 100], [BEFORE, AFTER, AFTER]), []);
  deepEqual(found([100, 100, 100], [BEFORE, BEFORE, BEFORE]), [], "the trigger has not come");
});

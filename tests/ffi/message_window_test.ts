import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { MessageWindow } from "../../ffi/message_window.ts";
import { openSdk, type User32 } from "../../ffi/open_layers.ts";
import { simSdk } from "../sim.ts";
import { askWorker } from "./ask_worker.ts";

const directory = await simSdk();

/** Runs a test with the window functions. */
function withUser32(run: (user32: User32) => void | Promise<void>): () => Promise<void> {
  return async () => {
    using sdk = openSdk({ sdk: directory });
    await run(sdk.user32);
  };
}

Deno.test(
  "a posted message comes back as it was, in order, once",
  withUser32((user32) => {
    using mine = MessageWindow.create(user32);
    equal(mine.next(), null);
    mine.post(1127, 2n ** 63n, -5n);
    mine.post(1138, 1n, 2n);
    equal(mine.wait(1000), true);
    deepEqual(mine.next(), { message: 1127, wParam: 2n ** 63n, lParam: -5n });
    deepEqual(mine.next(), { message: 1138, wParam: 1n, lParam: 2n });
    equal(mine.next(), null);
  }),
);

Deno.test(
  "a wait without a message ends at its time",
  withUser32((user32) => {
    using mine = MessageWindow.create(user32);
    const start = performance.now();
    equal(mine.wait(50), false);
    const waited = performance.now() - start;
    ok(waited >= 45, `waited ${waited} ms`);
    equal(mine.wait(0), false);
    for (const bad of [-1, 0.5, NaN, Infinity, 0xffff_ffff]) throws(() => mine.wait(bad), RangeError);
  }),
);

Deno.test(
  "two windows of a thread do not take each other's messages",
  withUser32((user32) => {
    using one = MessageWindow.create(user32);
    using two = MessageWindow.create(user32);
    one.post(1127, 1n, 0n);
    two.post(1128, 2n, 0n);
    equal(two.next()?.message, 1128);
    equal(one.wait(0), true);
    equal(one.next()?.message, 1127);
    equal(one.next(), null);
  }),
);

Deno.test(
  "messages of a window that is gone are taken off the queue and dropped",
  withUser32((user32) => {
    using mine = MessageWindow.create(user32);
    const gone = MessageWindow.create(user32);
    gone.post(1127, 1n, 0n);
    gone.close();
    gone.close();
    throws(() => gone.post(1127, 1n, 0n), /is gone or its queue is full/);
    equal(mine.next(), null);
    equal(mine.wait(0), false);
  }),
);

Deno.test(
  "another thread's post wakes a wait",
  withUser32(async (user32) => {
    using mine = MessageWindow.create(user32);
    equal(await askWorker({ directory, postTo: mine.hwnd }), 1);
    equal(mine.wait(5000), true);
    deepEqual(mine.next(), { message: 1127, wParam: 7n, lParam: 8n });
  }),
);

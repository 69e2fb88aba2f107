import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import { counting, messages, ok, prepare, sdk, signal, simTest, window } from "./sdk.ts";

const wait = (milliseconds: number, flags: number, mask = 0x4ff): number =>
  sdk.MsgWaitForMultipleObjectsEx!(0, null, milliseconds, mask, flags);

simTest("a posted message wakes the wait and comes out once, in order", () => {
  const hwnd = window();
  equal(wait(0, 4), 258);
  equal(sdk.PostMessageW!(hwnd, 1127, 0xffffffffffffn, -5n), 1);
  equal(sdk.PostMessageW!(hwnd, 1128, 1n, 2n), 1);
  equal(wait(1000, 4), 0);
  deepEqual(messages(), [
    { message: 1127, wParam: 0xffffffffffffn, lParam: -5n },
    { message: 1128, wParam: 1n, lParam: 2n },
  ]);
  equal(wait(0, 4), 258);
  equal(sdk.DestroyWindow!(hwnd), 1);
});

simTest("without MWMO_INPUTAVAILABLE only new messages wake, as on Windows", () => {
  const hwnd = window(), message = new Uint8Array(48);
  sdk.PostMessageW!(hwnd, 1127, 0n, 0n);
  sdk.PostMessageW!(hwnd, 1127, 0n, 0n);
  equal(wait(0, 0), 0);
  equal(sdk.PeekMessageW!(message, 0n, 0, 0, 1), 1);
  equal(wait(0, 0), 258);
  equal(wait(0, 4), 0);
  equal(wait(0, 4, 0), 258, "a mask without posted messages");
  messages();
  sdk.DestroyWindow!(hwnd);
});

simTest("PeekMessageW filters by window and number, and leaves what it is not told to remove", () => {
  const a = window(), b = window(), message = new Uint8Array(48);
  const user = 1024; // below it are messages that mean something to the system
  sdk.PostMessageW!(a, user + 1, 0n, 0n);
  sdk.PostMessageW!(b, user + 2, 0n, 0n);
  const peek = (hwnd: bigint, low: number, high: number, remove: number) =>
    sdk.PeekMessageW!(message, hwnd, low && user + low, high && user + high, remove) ? message[8] : 0;
  deepEqual([peek(b, 0, 0, 0), peek(0n, 2, 2, 0), peek(0n, 3, 9, 0), peek(0n, 0, 0, 0)], [2, 2, 0, 1]);
  deepEqual([peek(b, 0, 0, 1), peek(0n, 0, 0, 1), peek(0n, 0, 0, 1)], [2, 1, 0]);
  for (const hwnd of [a, b]) sdk.DestroyWindow!(hwnd);
});

simTest("the queue takes 10,000 messages; a dead window takes none and loses its own", () => {
  const hwnd = window();
  for (let i = 0; i < 10000; i++) equal(sdk.PostMessageW!(hwnd, 1127, BigInt(i), 0n), 1);
  equal(sdk.PostMessageW!(hwnd, 1127, 0n, 0n), 0);
  equal(sdk.IsWindow!(hwnd), 1);
  equal(sdk.DestroyWindow!(hwnd), 1);
  equal(sdk.IsWindow!(hwnd), 0);
  equal(sdk.DestroyWindow!(hwnd), 0);
  equal(sdk.PostMessageW!(hwnd, 1127, 0n, 0n), 0);
  deepEqual(messages(), []);
});

simTest("a wait ends the moment a message comes, not later", () => {
  const run = prepare({ samples: 2500 });
  ok("olDaStart", run.ad);
  const start = performance.now();
  equal(wait(5000, 4), 0);
  const took = performance.now() - start;
  truthy(took > 40 && took < 500, `${took} ms`);
  sdk.dtolsim_reset!();
});

simTest("a Worker that opens the same file shares the handles and owns its window", async () => {
  signal("counting");
  const run = prepare({ samples: 500, buffers: 32 });
  const worker = new Worker(new URL("./drain_worker.ts", import.meta.url), { type: "module" });
  const answer = <T>() =>
    new Promise<T>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  const opened = answer<bigint>();
  worker.postMessage({ ad: run.ad, blocks: 8 });
  const hwnd = await opened;
  equal(sdk.DestroyWindow!(hwnd), 0, "only its own thread may destroy a window");
  ok("olDaSetWndHandle", run.ad, hwnd, 0n);
  ok("olDaConfig", run.ad);
  ok("olDaStart", run.ad);
  const drained = await answer<Uint16Array>();
  ok("olDaStop", run.ad);
  worker.terminate();
  deepEqual(drained, counting("DT9805(00)", 0, 0n, 2000));
  deepEqual(messages(), []);
  sdk.dtolsim_reset!();
});

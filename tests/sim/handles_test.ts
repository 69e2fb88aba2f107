import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import { AD, close, CT, DA, DOUT, handle, ok, prepare, QUAD, readApi, sdk, simTest, TACH, text, u32 } from "./sdk.ts";

simTest("stale, foreign and invented handles get the SDK's codes", () => {
  const run = prepare();
  const out = new BigUint64Array(1);
  ok("olDmCreateList", out, 0, text("owner"), text("name"));
  const ss = handle("olDaGetSSList");
  const alive = [run.device, run.ad, run.buffers[0]!, out[0]!, ss];
  const ask: [name: string, code: number, own: number][] = [
    ["olDaGetDriverVersion", 39, 0],
    ["olDaIsRunning", 40, 1],
    ["olDmGetMaxSamples", 202, 2],
    ["olDmGetListCount", 210, 3],
    ["olDaEnumSSList", 102, 4],
  ];
  for (const [name, code, own] of ask) {
    const call = (value: bigint) =>
      name === "olDaGetDriverVersion"
        ? sdk[name]!(value, new Uint8Array(16), 16)
        : name === "olDaEnumSSList"
        ? sdk[name]!(value, null, 0n)
        : sdk[name]!(value, new Uint32Array(4));
    alive.forEach((value, kind) => equal(call(value) === code, kind !== own, `${name} with handle of kind ${kind}`));
    for (const value of [0n, 1n, 0xffffffffffffffffn, alive[own]! + 1n, alive[own]! & 0xffffffffn]) {
      equal(call(value), code, `${name} ${value}`);
    }
  }
  ok("olDaReleaseSSList", ss);
  ok("olDmFreeList", out[0]);
  close(run);
  equal(sdk.olDaIsRunning!(run.ad, new Uint32Array(1)), 40);
  equal(sdk.olDaTerminate!(run.device), 39);
  equal(sdk.olDmFreeBuffer!(run.buffers[0]), 202);
  equal(sdk.olDmFreeList!(out[0]), 210);
  equal(sdk.olDaReleaseSSList!(ss), 102);
});

simTest("a slot that is used again has another handle", () => {
  const first = handle("olDmCallocBuffer", 0, 0, 10, 2);
  ok("olDmFreeBuffer", first);
  const second = handle("olDmCallocBuffer", 0, 0, 10, 2);
  truthy(first !== second);
  equal(sdk.olDmFreeBuffer!(first), 202);
  ok("olDmFreeBuffer", second);
});

/** On Windows the windows are the system's. */
const OWN_WINDOWS = Deno.build.os !== "windows";

simTest("the count of live handles sees every kind", () => {
  equal(sdk.dtolsim_open_handles!(), 0);
  const run = prepare({ buffers: 3 });
  equal(sdk.dtolsim_open_handles!(), OWN_WINDOWS ? 6 : 5); // board, subsystem, window, three buffers
  close(run);
});

simTest("a reset closes everything, also a run", () => {
  const run = prepare();
  ok("olDaStart", run.ad);
  equal(sdk.dtolsim_reset!(), 0);
  equal(sdk.dtolsim_open_handles!(), 0);
  equal(sdk.olDaStop!(run.ad), 40);
  equal(sdk.IsWindow!(run.window), OWN_WINDOWS ? 0 : 1);
});

simTest("buffers: sizes, locks, valid samples, copies", () => {
  const buffer = handle("olDmCallocBuffer", 0, 0, 10, 2);
  deepEqual(
    ["olDmGetMaxSamples", "olDmGetBufferSize", "olDmGetDataWidth", "olDmGetValidSamples"].map((name) =>
      u32(name, buffer)
    ),
    [
      10,
      20,
      2,
      0,
    ],
  );
  const samples = Uint16Array.of(1, 2, 3, 4);
  ok("olDmCopyToBuffer", buffer, samples, 4);
  equal(sdk.olDmCopyToBuffer!(buffer, new Uint16Array(11), 11), 219);
  equal(sdk.olDmSetValidSamples!(buffer, 11), 218);
  ok("olDmSetValidSamples", buffer, 3);
  const out = new Uint16Array(4);
  ok("olDmCopyBuffer", buffer, out);
  deepEqual([...out], [1, 2, 3, 0]);
  const address = handle("olDmGetBufferPtr", buffer);
  equal(new Deno.UnsafePointerView(Deno.UnsafePointer.create(address)!).getUint16(6), 4);
  ok("olDmLockBuffer", buffer);
  equal(sdk.olDmFreeBuffer!(buffer), 204);
  ok("olDmUnlockBuffer", buffer);
  equal(sdk.olDmUnlockBuffer!(buffer), 212);
  const again = BigUint64Array.of(buffer);
  ok("olDmReCallocBuffer", 0, 0, 20, 4, again);
  equal(u32("olDmGetMaxSamples", again[0]), 20);
  equal(sdk.olDmCallocBuffer!(0, 0, 10, 3, again), 208);
  equal(sdk.olDmCallocBuffer!(0, 0, 0xffffffff, 8, again), 201);
  ok("olDmFreeBuffer", buffer);
});

simTest("lists hold buffers in order and must be empty to be freed", () => {
  const out = new BigUint64Array(1);
  ok("olDmCreateList", out, 0, text("owner"), text("name"));
  const list = out[0]!;
  const buffers = [1, 2].map(() => handle("olDmCallocBuffer", 0, 0, 10, 2));
  for (const buffer of buffers) ok("olDmPutBufferToList", list, buffer);
  equal(sdk.olDmPutBufferToList!(list, buffers[0]), 205);
  equal(sdk.olDmFreeList!(list), 211);
  equal(u32("olDmGetListCount", list), 2);
  equal(handle("olDmGetListHandle", buffers[0]), list);
  equal(handle("olDmPeekBufferFromList", list), buffers[0]);
  for (const buffer of buffers) {
    equal(handle("olDmGetBufferFromList", list), buffer);
    ok("olDmFreeBuffer", buffer);
  }
  equal(handle("olDmGetBufferFromList", list), 0n);
  ok("olDmFreeList", list);
});

/** A small generator with a seed: the same calls in every run. */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (Math.imul(seed ^ seed >>> 13, 0x297a2d39) >>> 0) % below;
  };
}

const BOARDS = ["DT9805(00)", "DT9806(00)", "DT9862(00)", "DT9828(00)", "DT9829(00)", "DT9837A(00)"];

simTest("any function with any handle and any number answers and never crashes", async () => {
  const api = await readApi(), names = Object.keys(api);
  const callback = new Deno.UnsafeCallback({ parameters: [], result: "i32" }, () => 1);
  const next = random(20260101);
  const numbers = [0, 1, 2, 3, 5, 7, 8, 16, 17, 100, 101, 200, 300, 301, 400, 500, 700, 705, 800, 801, 804];
  numbers.push(1000, 1001, 1002, 1100, 1101, 1200, 1301, 1502, 1609);
  const handles: bigint[] = [0n, 1n, 0xffffffffffffffffn, 0x7fffdeadbee0n];
  const scratch = new Uint8Array(4096);
  for (let k = 0; k < 20000; k++) {
    const name = names[next(names.length)]!;
    if (k % 500 === 0) {
      const board = BOARDS[next(BOARDS.length)]!;
      handles.push(...prepareQuietly(board));
      sdk.dtolsim_free_running!(next(2));
      sdk.dtolsim_loopback!(next(2));
      sdk.dtolsim_trigger!(text(board), [301, 306, 1200][next(3)]);
    }
    const out = new BigUint64Array(64);
    const argument = (type: Deno.NativeType): unknown => {
      if (type === "u64") return handles[next(handles.length)];
      if (type === "i64") return BigInt(next(5));
      if (type === "f64") return [0, 1, 10, -10, 1000, NaN, 0.001][next(7)];
      if (type === "function") return next(3) ? callback.pointer : null;
      if (type === "buffer") return next(4) === 0 ? null : next(6) === 0 ? scratch : out;
      return type === "u16" ? next(10) : numbers[next(numbers.length)];
    };
    const list = api[name]!.parameters.map(argument);
    // A text without its end, or a length beyond the memory, is no fault of the library.
    if (/Copy(Buffer|ToBuffer|FromBuffer)$|olDmCopyBuffer/.test(name)) continue;
    if (/MeasureFrequency/.test(name)) continue;
    sdk[name]!(...list);
    if (out[0] !== 0n && handles.length < 400) handles.push(out[0]!);
    if (k % 3000 === 2999) {
      sdk.dtolsim_reset!();
      handles.length = 4;
    }
  }
  callback.close();
  sdk.dtolsim_reset!();
});

/** Subsystems that run or are configured, with buffers of a size that the copies of the fuzz cannot overrun. */
function prepareQuietly(board: string): bigint[] {
  const out = new BigUint64Array(1);
  const get = (name: string, ...args: unknown[]) => {
    out[0] = 0n;
    sdk[name]!(...args, out);
    return out[0];
  };
  const device = get("olDaInitialize", text(board));
  const subsystems = [AD, DA, DOUT, QUAD, CT, TACH].map((type) => get("olDaGetDASS", device, type, 0));
  const buffers = [1, 2, 3, 4, 5, 6].map((i) => get("olDmCallocBuffer", 0, 0, 64, i % 2 ? 2 : 4));
  buffers.forEach((buffer, i) => {
    sdk.olDmSetValidSamples!(buffer, 64);
    sdk.olDaSetWrapMode!(subsystems[i % 2], 1001);
    sdk.olDaPutBuffer!(subsystems[i % 2 ? 0 : 1], buffer);
    sdk.olDaPutBuffer!(subsystems[i % 2], buffer);
  });
  for (const subsystem of subsystems) {
    sdk.olDaConfig!(subsystem);
    sdk.olDaStart!(subsystem);
  }
  return [device, ...subsystems, ...buffers];
}

import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  AD,
  close,
  CONTINUOUS,
  CT,
  DA,
  DIN,
  DOUT,
  f64,
  handle,
  ok,
  prepare,
  readApi,
  sdk,
  simTest,
  SINGLEVALUE,
  text,
  u32,
  withSubsystem,
  WRAP_MULTIPLE,
} from "./sdk.ts";

const code = (name: string, ...args: unknown[]): number => sdk[name]!(...args);

Deno.test("the library exports every function of its header and none of the optional ones", async () => {
  const names = Object.keys(await readApi());
  equal(names.length, 248);
  for (const absent of ["olDaMute", "olDaUnMute", "olDiagReadMem", "olDmUnLockBufferEx"]) {
    equal(names.includes(absent), false);
  }
});

Deno.test("README names every control with its prototype's parameters", async () => {
  const read = (name: string) => Deno.readTextFile(new URL(`../../ffi/sim/${name}`, import.meta.url));
  const [readme, ...headers] = await Promise.all(["README.md", "control.h", "core.h"].map(read));
  const controls = headers.flatMap((text) =>
    [...text.matchAll(/^SDK (\w+ dtolsim_\w+\([^)]*\));/gm)].map(([, it]) => it!)
  );
  const types = (prototype: string) => prototype.replace(/\b\w+(?=[,)])/g, (name) => name === "void" ? name : "");
  const told = [...readme!.matchAll(/^(\w+ dtolsim_\w+\([^)]*\));/gm)].map(([, it]) => types(it!));
  deepEqual(told.sort(), controls.map(types).sort());
});

simTest("setters refuse what the board does not know or cannot do", () => {
  withSubsystem("DT9806(00)", AD, (ad) => {
    equal(code("olDaSetDataFlow", ad, 0), 18);
    equal(code("olDaSetDataFlow", ad, 804), 36);
    equal(code("olDaSetChannelType", ad, 1), 8);
    equal(code("olDaSetWrapMode", ad, 0), 35);
    equal(code("olDaSetEncoding", ad, 0), 9);
    equal(code("olDaSetEncoding", ad, 201), 36);
    equal(code("olDaSetTrigger", ad, 0), 10);
    equal(code("olDaSetClockSource", ad, 0), 12);
    equal(code("olDaSetClockFrequency", ad, 50001), 13);
    equal(code("olDaSetClockFrequency", ad, 0.1), 13);
    equal(code("olDaSetClockFrequency", ad, NaN), 13);
    equal(code("olDaSetRange", ad, 5, -5), 29);
    equal(code("olDaSetRange", ad, -10, 10), 29);
    equal(code("olDaSetDmaUsage", ad, 1), 4);
    equal(code("olDaSetChannelListSize", ad, 0), 5);
    equal(code("olDaSetChannelListSize", ad, 33), 5);
    ok("olDaSetChannelListSize", ad, 2);
    equal(code("olDaSetChannelListEntry", ad, 2, 0), 6);
    equal(code("olDaSetChannelListEntry", ad, 0, 17), 7);
    equal(code("olDaSetGainListEntry", ad, 0, 2), 86);
    equal(code("olDaSetGainListEntry", ad, 2, 1), 6);
    equal(code("olDaSetDigitalIOListEntry", ad, 0, 2), 100);
    equal(code("olDaGetQueueSize", ad, 0, new Uint32Array(1)), 89);
    equal(code("olDaSetWndHandle", ad, 12345n, 0n), 19);
    equal(code("olDaSetThermocoupleType", ad, 0, 1502), 36);
    equal(code("olDaSetReturnCjcTemperatureInStream", ad, 1), 36);
    equal(code("olDaGetCjcTemperature", ad, new Float32Array(1), 0), 36);
    equal(code("olDaPause", ad), 36);
  });
});

simTest("a differential list has half the channels", () => {
  withSubsystem("DT9805(00)", AD, (ad) => {
    ok("olDaSetChannelListEntry", ad, 0, 15);
    ok("olDaSetChannelType", ad, 101);
    equal(code("olDaSetChannelListEntry", ad, 0, 8), 7);
    equal(code("olDaConfig", ad), 45);
    ok("olDaSetChannelListEntry", ad, 0, 7);
    ok("olDaConfig", ad);
  });
});

simTest("the two simultaneous inputs take any subset of their channels, none twice", () => {
  withSubsystem("DT9862(00)", AD, (ad) => {
    equal(code("olDaSetChannelListSize", ad, 3), 5);
    equal(code("olDaSetChannelType", ad, 101), 36);
    ok("olDaSetChannelListSize", ad, 2);
    equal(code("olDaConfig", ad), 45);
    ok("olDaSetChannelListEntry", ad, 1, 1);
    ok("olDaConfig", ad);
  });
});

simTest("the state machine: config before start, buffers before start, no setter while running", () => {
  const run = prepare();
  ok("olDaSetTrigger", run.ad, 300);
  equal(code("olDaStart", run.ad), 26);
  ok("olDaConfig", run.ad);
  ok("olDaStart", run.ad);
  equal(code("olDaStart", run.ad), 22);
  equal(code("olDaConfig", run.ad), 22);
  equal(code("olDaSetWrapMode", run.ad, WRAP_MULTIPLE), 22);
  equal(code("olDaFlushBuffers", run.ad), 22);
  equal(code("olDaReleaseDASS", run.ad), 22);
  ok("olDaAbort", run.ad);
  equal(code("olDaAbort", run.ad), 28);
  equal(code("olDaReleaseDASS", run.ad), 43);
  close(run);
});

simTest("olDaStart without Ready buffers is 64, in single-value mode 27", () => {
  withSubsystem("DT9805(00)", AD, (ad) => {
    ok("olDaSetWrapMode", ad, WRAP_MULTIPLE);
    ok("olDaConfig", ad);
    equal(code("olDaStart", ad), 64);
    ok("olDaSetDataFlow", ad, SINGLEVALUE);
    ok("olDaConfig", ad);
    equal(code("olDaStart", ad), 27);
    equal(code("olDaSetWrapMode", ad, WRAP_MULTIPLE), 27);
  });
});

simTest("a buffer of another sample width cannot be queued", () => {
  withSubsystem("DT9805(00)", AD, (ad) => {
    const buffer = handle("olDmCallocBuffer", 0, 0, 10, 4);
    equal(code("olDaPutBuffer", ad, buffer), 208);
    ok("olDmFreeBuffer", buffer);
  });
});

simTest("olDaReset stops at once and forgets the settings", () => {
  const run = prepare({ samples: 50000 });
  ok("olDaStart", run.ad);
  ok("olDaReset", run.ad);
  equal(u32("olDaIsRunning", run.ad), 0);
  equal(u32("olDaGetWrapMode", run.ad), 1000);
  equal(code("olDaStart", run.ad), 26);
  close(run);
});

simTest("subsystems are exclusive, boards are counted, what is reserved keeps its board open", () => {
  const first = handle("olDaInitialize", text("DT9805(00)")), second = handle("olDaInitialize", text("DT9805(00)"));
  const ad = handle("olDaGetDASS", first, AD, 0);
  equal(code("olDaGetDASS", second, AD, 0, new BigUint64Array(1)), 20);
  equal(code("olDaTerminate", first), 20);
  ok("olDaTerminate", second);
  ok("olDaReleaseDASS", ad);
  ok("olDaTerminate", first);
  equal(code("olDaInitialize", text("DT9805"), new BigUint64Array(1)), 67);
});

simTest("a query handle answers questions beside the holder and refuses the rest", () => {
  withSubsystem("DT9805(00)", AD, (_ad, device) => {
    const query = handle("olDaGetDASSForQuery", device, AD, 0);
    equal(u32("olDaGetSSCaps", query, 7), 17);
    equal(code("olDaSetDataFlow", query, CONTINUOUS), 21);
    equal(code("olDaConfig", query), 21);
    equal(code("olDaStart", query), 21);
    ok("olDaReleaseDASS", query);
  });
});

simTest("missing elements and types: 2 and 3", () => {
  withSubsystem("DT9805(00)", AD, (_ad, device) => {
    const out = new BigUint64Array(1);
    equal(code("olDaGetDASS", device, CT, 2, out), 2);
    for (const type of [DA, 4, 6, 7, -1]) equal(code("olDaGetDASS", device, type, 0, out), 3);
    deepEqual([-1, 0, 1, 2, 3, 4, 5, 6].map((which) => u32("olDaGetDevCaps", device, which)), [5, 1, 0, 1, 1, 0, 2, 0]);
    equal(code("olDaGetDevCaps", device, 8, new Uint32Array(1)), 31);
  });
});

simTest("the clock gives base clock over an integer", () => {
  withSubsystem("DT9806(00)", AD, (ad) => {
    const used = (hertz: number) => {
      ok("olDaSetClockFrequency", ad, hertz);
      ok("olDaConfig", ad);
      return f64("olDaGetClockFrequency", ad);
    };
    for (const exact of [100, 1000, 5000, 10000, 40000, 50000]) equal(used(exact), exact);
    equal(used(7001), 12e6 / 1714);
  });
  withSubsystem("DT9862(00)", AD, (ad) => {
    ok("olDaSetClockFrequency", ad, 1e7);
    ok("olDaConfig", ad);
    equal(f64("olDaGetClockFrequency", ad), 1e7);
  });
});

simTest("capabilities as read on the boards", () => {
  withSubsystem("DT9805(00)", AD, (ad) => {
    const integers = [0, 1, 2, 4, 6, 7, 16, 24, 35, 36, 38, 39, 97, 110, 111, 112, 113, 114, 116, 142, 143];
    const expected = [16, 8, 32, 4, 0, 17, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    deepEqual(integers.map((which) => u32("olDaGetSSCaps", ad, which)), expected);
    equal(f64("olDaGetSSCapsEx", ad, 61), 50000);
    equal(f64("olDaGetSSCapsEx", ad, 115), 10);
    equal(code("olDaGetSSCaps", ad, 61, new Uint32Array(1)), 30);
    equal(code("olDaGetSSCaps", ad, 149, new Uint32Array(1)), 30);
    equal(code("olDaGetSSCapsEx", ad, 7, new Float64Array(1)), 30);
    equal(u32("olDaGetResolution", ad), 16);
    equal(u32("olDaGetEncoding", ad), 200);
    equal(u32("olDaGetDataFlow", ad), 800);
  });
  withSubsystem("DT9806(00)", DA, (da) => {
    for (const which of [31, 35, 38, 39, 46, 50, 97, 117, 118, 142]) equal(u32("olDaGetSSCaps", da, which), 0);
  });
  withSubsystem("DT9805(00)", CT, (ct) => {
    const one = [7, 41, 42, 43, 44, 45, 73, 74, 75, 76, 77, 78, 79], zero = [51, 95, 96, 100, 101, 102];
    deepEqual(one.map((which) => u32("olDaGetSSCaps", ct, which)), one.map(() => 1));
    deepEqual(zero.map((which) => u32("olDaGetSSCaps", ct, which)), zero.map(() => 0));
  });
  withSubsystem("DT9862(00)", AD, (ad) => {
    equal(f64("olDaGetSSCapsEx", ad, 61), 1e7);
    equal(u32("olDaGetSSCaps", ad, 99), 1);
  });
});

simTest("enumerations call back inside the call", () => {
  const boards: string[] = [];
  const onBoard = new Deno.UnsafeCallback(
    { parameters: ["pointer", "pointer", "u64", "i64"], result: "i32" },
    (name, driver, _key, argument) => {
      boards.push(
        `${Deno.UnsafePointerView.getCString(name!)} ${Deno.UnsafePointerView.getCString(driver!)} ${argument}`,
      );
      return boards.length < 2 ? 1 : 0;
    },
  );
  ok("olDaEnumBoardsEx", onBoard.pointer, 7n);
  deepEqual(boards, ["DT9805(00) Dt9800 7", "DT9806(00) Dt9800 7"]);
  onBoard.close();

  const caps: number[][] = [];
  const onCap = new Deno.UnsafeCallback(
    { parameters: ["u32", "f64", "f64", "i64"], result: "i32" },
    (what, first, second) => caps.push([what, first, second]),
  );
  withSubsystem("DT9806(00)", AD, (ad) => {
    ok("olDaEnumSSCaps", ad, 101, onCap.pointer, 0n);
    ok("olDaEnumSSCaps", ad, 102, onCap.pointer, 0n);
    equal(code("olDaEnumSSCaps", ad, 99, onCap.pointer, 0n), 68);
    equal(code("olDaEnumSSCaps", ad, 101, null, 0n), 70);
  });
  deepEqual(caps, [[101, 10, -10], [102, 1, 0], [102, 10, 0], [102, 100, 0], [102, 500, 0]]);
  onCap.close();

  const elements: number[][] = [];
  const onElement = new Deno.UnsafeCallback(
    { parameters: ["pointer", "i32", "u32", "i64"], result: "i32" },
    (_name, type, element) => elements.push([type, element]),
  );
  withSubsystem("DT9806(00)", AD, (_ad, device) => ok("olDaEnumSubSystems", device, onElement.pointer, 0n));
  deepEqual(elements, [[AD, 0], [DA, 0], [DIN, 0], [DOUT, 0], [CT, 0], [CT, 1]]);
  onElement.close();
});

simTest("texts: versions, names, errors", () => {
  const read = (name: string, ...args: unknown[]) => {
    const out = new Uint8Array(64);
    sdk[name]!(...args, out, 64);
    return new TextDecoder().decode(out.subarray(0, out.indexOf(0)));
  };
  equal(read("olDaGetVersion"), "V7.0.0.7");
  equal(read("olDmGetVersion"), "V2.00.01");
  equal(read("olDaGetErrorString", 20), "Someone already holds this subsystem");
  equal(read("olDmGetErrorString", 205), "The buffer is on a queue");
  equal(read("olDaGetErrorString", 9999), "Unknown error 9999");
  withSubsystem("DT9806(00)", AD, (_ad, device) => equal(read("olDaGetDeviceName", device), "DT9806"));
  const driver = new Uint8Array(16), model = new Uint8Array(16), instance = Uint32Array.of(9);
  ok("olDaGetBoardInfo", text("DT9806(00)"), driver, model, 16, instance);
  deepEqual([driver.subarray(0, 7), model.subarray(0, 7), instance[0]], [text("Dt9800"), text("DT9806"), 0]);
});

simTest("subsystems on a list start together, each rule with its code", () => {
  const a = prepare({ board: "DT9862(00)" }), refused = prepare();
  const da = handle("olDaGetDASS", a.device, DA, 0), ct = handle("olDaGetDASS", a.device, CT, 0);
  const wave = handle("olDmCallocBuffer", 0, 0, 100, 2);
  ok("olDmSetValidSamples", wave, 100);
  ok("olDaPutBuffer", da, wave);
  for (const subsystem of [da, ct]) ok("olDaConfig", subsystem);
  const list = handle("olDaGetSSList");
  equal(code("olDaSimultaneousPrestart", list), 104);
  equal(code("olDaPutDassToSSList", list, refused.ad), 36);
  ok("olDaPutDassToSSList", list, a.ad);
  equal(code("olDaPutDassToSSList", list, a.ad), 114);
  for (const subsystem of [da, ct]) ok("olDaPutDassToSSList", list, subsystem);
  equal(code("olDaSimultaneousStart", list), 107);
  ok("olDaSimultaneousPrestart", list);
  ok("olDaSimultaneousStart", list);
  for (const subsystem of [a.ad, da, ct]) equal(u32("olDaIsRunning", subsystem), 1);
  ok("olDaReleaseSSList", list);
  equal(code("olDaReleaseSSList", list), 102);
  for (const subsystem of [a.ad, da, ct]) ok("olDaStop", subsystem);
  sdk.dtolsim_reset!();
});

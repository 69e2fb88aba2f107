import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { OL_DF, OL_ENUM, OLSS, STATUS } from "../../ffi/mod.ts";
import { MissingFunctionError, type OpenLayers, OpenLayersError, openSdk } from "../../ffi/open_layers.ts";
import type { Hdass, Hdev } from "../../ffi/types.ts";
import { simSdk } from "../sim.ts";
import { askWorker } from "./ask_worker.ts";

const directory = await simSdk();
const BOARD = "DT9806(00)";

/** Runs a test with the A/D of a board reserved, and gives all back. */
function withAd(run: (sdk: OpenLayers, hDass: Hdass, hDev: Hdev) => void | Promise<void>): () => Promise<void> {
  return async () => {
    using sdk = openSdk({ sdk: directory });
    const hDev = sdk.olDaInitialize(BOARD);
    const hDass = sdk.olDaGetDASS(hDev, OLSS.OLSS_AD, 0);
    try {
      await run(sdk, hDass, hDev);
    } finally {
      sdk.olDaReleaseDASS(hDass);
      sdk.olDaTerminate(hDev);
    }
  };
}

Deno.test("openSdk() needs --allow-ffi and no more when a path is given", { permissions: { ffi: true } }, () => {
  using sdk = openSdk({ sdk: directory });
  const { oldaapi, olmem, user32 } = sdk.paths;
  if (Deno.build.os === "windows") match([oldaapi, olmem, user32].join(), /oldaapi64\.dll,.*olmem64\.dll,user32\.dll$/);
  else deepEqual([oldaapi, olmem, user32], new Array(3).fill(`${directory.replace(/\/$/, "")}/libopenlayers_sim.so`));
  sdk.close();
  sdk.close();
});

Deno.test("boards are listed with their names", () => {
  using sdk = openSdk({ sdk: directory });
  const names = sdk.olDaEnumBoards().map(({ name }) => name);
  ok(names.includes("DT9805(00)") && names.includes(BOARD), names.join());
  deepEqual(sdk.olDaEnumBoardsEx().map(({ name }) => name), names);
  const [driver, model, instance] = sdk.olDaGetBoardInfo(BOARD);
  ok(driver.length > 0);
  match(model, /DT9806/);
  equal(typeof instance, "number");
});

Deno.test("texts come back whole", () => {
  using sdk = openSdk({ sdk: directory });
  ok(sdk.olDaGetVersion().length > 0);
  ok(sdk.olDmGetVersion().length > 0);
  ok(sdk.olDaGetErrorString(STATUS.OLSUBSYSINUSE.code).length > 0);
  ok(sdk.olDmGetErrorString(STATUS.OLBUFFERONLIST.code).length > 0);
});

Deno.test(
  "a subsystem says what it is and what it can do",
  withAd((sdk, hDass, hDev) => {
    deepEqual(sdk.olDaGetDASSInfo(hDass), { hdev: hDev, Olss: OLSS.OLSS_AD, uiElement: 0 });
    ok(sdk.olDaEnumSubSystems(hDev).some(({ type, element }) => type === OLSS.OLSS_AD && element === 0));
    deepEqual(sdk.olDaGetRange(hDass), [10, -10]);
    equal(sdk.olDaSetRange(hDass, 10, -10), undefined);
    deepEqual(sdk.olDaEnumSSCaps(hDass, OL_ENUM.OL_ENUM_RANGES), [[10, -10]]);
    deepEqual(sdk.olDaEnumSSCaps(hDass, OL_ENUM.OL_ENUM_GAINS).map(([gain]) => gain), [1, 10, 100, 500]);
    equal(sdk.olDaIsRunning(hDass), false);
  }),
);

Deno.test(
  "doubles, integers and handles arrive at their positions",
  withAd((sdk, hDass) => {
    equal(sdk.olDaCodeToVolts(-10, 10, 1, 16, 200, 65535), 9.99969482421875);
    equal(sdk.olDaCodeToVolts(-10, 10, 100, 16, 200, 0), -0.1);
    sdk.olDaSetChannelListSize(hDass, 2);
    sdk.olDaSetChannelListEntry(hDass, 1, 3);
    sdk.olDaSetGainListEntry(hDass, 1, 100);
    equal(sdk.olDaGetChannelListEntry(hDass, 1), 3);
    equal(sdk.olDaGetGainListEntry(hDass, 1), 100);
    sdk.olDaSetWndHandle(hDass, null, 0n);
    equal(sdk.olDaGetWndHandle(hDass), 0n);
  }),
);

Deno.test(
  "a refused call is an OpenLayersError with the SDK's words",
  withAd(async (sdk, hDass, hDev) => {
    const inUse = (error: unknown) => {
      ok(error instanceof OpenLayersError);
      const { call, code, symbol, text, library, message } = error;
      deepEqual([call, code, symbol, library], ["olDaGetDASS", 20, "OLSUBSYSINUSE", "oldaapi"]);
      equal(text, sdk.olDaGetErrorString(20));
      equal(message, `olDaGetDASS returned 20 (OLSUBSYSINUSE): ${text}`);
      return true;
    };
    throws(() => sdk.olDaGetDASS(hDev, OLSS.OLSS_AD, 0), inUse);
    await rejects(sdk.nonblocking.olDaGetDASS(hDev, OLSS.OLSS_AD, 0), inUse);
    throws(() => sdk.olDmGetMaxSamples(hDass as never), { code: 202, symbol: "OLBADBUFFERHANDLE", library: "olmem" });
  }),
);

Deno.test("a function that is not installed says so when it is called", () => {
  using sdk = openSdk({ sdk: directory });
  throws(() => sdk.olDmUnLockBufferEx(0n as never, true), (error) => {
    ok(error instanceof MissingFunctionError);
    match(error.message, /^Cannot call olDmUnLockBufferEx as the installed SDK lacks it: ".*" does not export it$/);
    return true;
  });
});

Deno.test("all 262 functions are methods", () => {
  using sdk = openSdk({ sdk: directory });
  const names = Object.keys(sdk).filter((name) => /^(olDa|olDm|olDiag|drvDm)/.test(name));
  equal(names.length, 262);
  equal(Object.keys(sdk.nonblocking).length, 26);
});

Deno.test(
  "values that do not fit their C type are refused before the call",
  withAd((sdk, hDass) => {
    throws(
      () => sdk.olDaSetDataFlow(hDass, 800.5),
      /^RangeError: olDaSetDataFlow: takes an integer from 0 to 4294967295/,
    );
    throws(() => sdk.olDaSetDataFlow(hDass, -1), RangeError);
    throws(
      () => sdk.olDaSetRange(hDass, "10" as never, -10),
      /^TypeError: olDaSetRange: takes a number, and 10 is none/,
    );
    throws(() => sdk.olDaSetDataFlow(1 as never, OL_DF.OL_DF_CONTINUOUS), /^TypeError: .* takes a handle/);
    throws(() => sdk.olDaInitialize("DT9806(00)\0"), TypeError);
  }),
);

Deno.test("buffers: a view is the SDK's memory, and copies check the room they are given", () => {
  using sdk = openSdk({ sdk: directory });
  const hBuf = sdk.olDmCallocBuffer(0, 0, 1000, 2);
  equal(sdk.olDmGetMaxSamples(hBuf), 1000);
  const view = new Uint16Array(sdk.bufferView(hBuf, 2000));
  deepEqual(view, new Uint16Array(1000));
  sdk.olDmCopyToBuffer(hBuf, Uint16Array.of(1, 2, 65535), 3);
  sdk.olDmSetValidSamples(hBuf, 3);
  deepEqual(view.subarray(0, 4), Uint16Array.of(1, 2, 65535, 0));
  const copy = new Uint16Array(3);
  sdk.olDmCopyBuffer(hBuf, copy);
  deepEqual(copy, Uint16Array.of(1, 2, 65535));
  throws(() => sdk.olDmCopyFromBuffer(hBuf, copy, 4), /^RangeError: .*4 samples need 8 bytes, and there are 6/);
  throws(() => sdk.olDmCopyBuffer(hBuf, new Uint8Array(5)), RangeError);
  throws(() => sdk.olDmCopyToBuffer(hBuf, new Uint8Array(5), 3), RangeError);
  sdk.olDmFreeBuffer(hBuf);
  throws(() => sdk.bufferView(hBuf, 2), OpenLayersError);
});

Deno.test(
  "an empty Done queue gives null, in both forms; an old handle is not given again",
  withAd(async (sdk, hDass) => {
    equal(sdk.olDaGetBuffer(hDass), null);
    equal(await sdk.nonblocking.olDaGetBuffer(hDass), null);
    const hBuf = sdk.olDmCallocBuffer(0, 0, 100, 2);
    sdk.olDaSetDataFlow(hDass, OL_DF.OL_DF_CONTINUOUS);
    sdk.olDaPutBuffer(hDass, hBuf);
    sdk.olDaFlushBuffers(hDass);
    equal(sdk.olDaGetBuffer(hDass), hBuf);
    equal(sdk.olDaGetBuffer(hDass), null);
    sdk.olDmFreeBuffer(hBuf);
  }),
);

Deno.test(
  "promises that are under way at once keep their results apart",
  withAd(async (sdk, hDass) => {
    sdk.olDaSetDataFlow(hDass, OL_DF.OL_DF_SINGLEVALUE);
    sdk.olDaConfig(hDass);
    const channels = [0, 1, 2, 3, 4, 5, 6, 7];
    const codes = await Promise.all(channels.map((channel) => sdk.nonblocking.olDaGetSingleValue(hDass, channel, 1)));
    for (const code of codes) ok(Number.isInteger(code) && code >= 0 && code < 65536, String(code));
  }),
);

Deno.test(
  "a handle of this thread works in a worker that opened the SDK itself",
  withAd(async (sdk, hDass) => {
    const range = await askWorker({ directory, rangeOf: hDass });
    deepEqual(range, sdk.olDaGetRange(hDass));
  }),
);

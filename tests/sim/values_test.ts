import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  AD,
  awaitMessages,
  close,
  codes,
  counting,
  CT,
  DA,
  DIN,
  DOUT,
  handle,
  MEASURE_DONE,
  ok,
  prepare,
  sdk,
  signal,
  simTest,
  SINGLEVALUE,
  text,
  u32,
  window,
  WRAP_NONE,
} from "./sdk.ts";

const volts = (value: number): number => value * 20 / 65536 - 10;

/** Opens a subsystem for single values, configured. */
function single(board: string, type: number, body: (handle: bigint) => void, channelType = 0): void {
  const device = handle("olDaInitialize", text(board));
  const subsystem = handle("olDaGetDASS", device, type, 0);
  ok("olDaSetDataFlow", subsystem, SINGLEVALUE);
  if (channelType) ok("olDaSetChannelType", subsystem, channelType);
  ok("olDaConfig", subsystem);
  body(subsystem);
  ok("olDaReleaseDASS", subsystem);
  ok("olDaTerminate", device);
}

function read(subsystem: bigint, channel: number, gain: number): number {
  const out = new Int32Array(1);
  ok("olDaGetSingleValue", subsystem, out, channel, gain);
  return out[0]!;
}

/** Codes of a run of one buffer. */
function record(setup: Parameters<typeof prepare>[0]): Uint16Array {
  const run = prepare({ ...setup, buffers: 1, wrap: WRAP_NONE });
  ok("olDaStart", run.ad);
  awaitMessages(2);
  const buffer = handle("olDaGetBuffer", run.ad), got = codes(buffer);
  ok("olDmFreeBuffer", buffer);
  ok("olDaAbort", run.ad);
  close(run);
  return got;
}

simTest("dtolsim_counting() equals the pattern written out here, across the carry of the index", () => {
  for (const [channel, first] of [[0, 0n], [1, 12345n], [15, (1n << 32n) - 50n], [3, (1n << 40n) + 7n]] as const) {
    const out = new Uint16Array(100);
    ok("dtolsim_counting", text("DT9806(00)"), channel, first, 100, out);
    deepEqual(out, counting("DT9806(00)", channel, first, 100));
  }
});

simTest("every list length carries the pattern", () => {
  signal("counting");
  for (const n of [1, 2, 3, 4, 8, 16]) {
    const channels = Array.from({ length: n }, (_, i) => i);
    const got = record({ channels, samples: n * 40 });
    for (const c of channels) {
      deepEqual(got.filter((_, i) => i % n === c), counting("DT9805(00)", c, 0n, 40), `${n} channels`);
    }
  }
});

simTest("a sine has its frequency, amplitude and offset in volts at the scan rate", () => {
  signal("0=sine:50:5:1,1=constant:2.5,2=open");
  const got = record({ channels: [0, 1, 2], rateHz: 30000, samples: 900 });
  for (let i = 0; i < 300; i++) {
    const expected = 1 + 5 * Math.sin(2 * Math.PI * 50 * i / 10000);
    truthy(Math.abs(volts(got[i * 3]!) - expected) < 0.0002, `scan ${i}`);
    equal(got[i * 3 + 1], 40960);
    equal(got[i * 3 + 2], 65535);
  }
});

simTest("noise stays in its band and is the same in every run", () => {
  signal("noise:0.5");
  const got = record({ channels: [0], samples: 400 });
  deepEqual(record({ channels: [0], samples: 400 }), got);
  const seen = [...got].map(volts);
  truthy(Math.max(...seen) < 0.501 && Math.max(...seen) > 0.4 && Math.min(...seen) < -0.4);
});

simTest("by default every channel has a sine of its own", () => {
  const got = record({ channels: [0, 1], samples: 2000 });
  const channel = (c: number) => [...got].filter((_, i) => i % 2 === c).map(volts);
  truthy(Math.abs(channel(0)[600]! - 5 * Math.sin(2 * Math.PI * 10 * 600 / 25000)) < 0.002);
  truthy(Math.abs(channel(1)[600]! - 5 * Math.sin(2 * Math.PI * 20 * 600 / 25000)) < 0.002);
});

simTest("thermocouples: cold junction on channel 0, emf elsewhere, gain applied, saturation", () => {
  signal("tc:400");
  single("DT9806(00)", AD, (ad) => {
    truthy(Math.abs(volts(read(ad, 0, 1)) - 0.25) < 0.0003);
    truthy(Math.abs(volts(read(ad, 1, 100)) / 100 - (16.397 - 1.000) / 1000) < 0.00001);
    equal(read(ad, 0, 100), 65535);
  }, 101);
});

simTest("a signal that is not understood changes nothing", () => {
  for (const wrong of ["sin", "0=", "32=sine", "sine:x", "sine:1:2:3:4", "0=sine,x"]) {
    equal(sdk.dtolsim_signal!(text(wrong)), 1, wrong);
  }
});

simTest("single values: channel, gain and configuration are checked", () => {
  signal("constant:1");
  single("DT9805(00)", AD, (ad) => {
    truthy(Math.abs(volts(read(ad, 3, 10)) - 10) < 0.001);
    const out = new Int32Array(1);
    equal(sdk.olDaGetSingleValue!(ad, out, 17, 1), 7);
    equal(sdk.olDaGetSingleValue!(ad, out, 0, 2), 86);
    equal(sdk.olDaGetSingleValue!(ad, null, 0, 1), 138);
    equal(sdk.olDaGetSingleValues!(ad, out, 1), 36);
    equal(sdk.olDaPutSingleValue!(ad, 0, 0, 1), 36);
    ok("olDaSetRange", ad, 10, -10);
    equal(sdk.olDaGetSingleValue!(ad, out, 0, 1), 26);
    ok("olDaSetDataFlow", ad, 800);
    equal(sdk.olDaGetSingleValue!(ad, out, 0, 1), 27);
  });
});

simTest("simultaneous inputs read their whole list at once", () => {
  signal("0=constant:1,1=constant:-1");
  const device = handle("olDaInitialize", text("DT9862(00)"));
  const ad = handle("olDaGetDASS", device, AD, 0);
  ok("olDaSetDataFlow", ad, SINGLEVALUE);
  ok("olDaSetChannelListSize", ad, 2);
  ok("olDaSetChannelListEntry", ad, 1, 1);
  ok("olDaConfig", ad);
  const out = new Int32Array(2);
  ok("olDaGetSingleValues", ad, out, 1);
  deepEqual([...out].map((value) => Math.round(volts(value) * 1000)), [1000, -1000]);
  ok("olDaReleaseDASS", ad);
  ok("olDaTerminate", device);
});

simTest("the D/A takes single values only, checks them and keeps them after the close", () => {
  single("DT9806(00)", DA, (da) => {
    for (const name of ["olDaSetWrapMode", "olDaSetClockSource", "olDaSetChannelListSize", "olDaSetTrigger"]) {
      equal(sdk[name]!(da, name === "olDaSetWrapMode" ? 1001 : 1), 36, name);
    }
    equal(sdk.olDaSetDataFlow!(da, 800), 36);
    equal(sdk.olDaSetWndHandle!(da, 0n, 0n), 36);
    equal(sdk.olDaSetGainListEntry!(da, 0, 1), 36);
    equal(sdk.olDaStart!(da), 27);
    ok("olDaPutSingleValue", da, 49152, 1, 1);
    equal(sdk.olDaPutSingleValue!(da, 1, 2, 1), 7);
    equal(sdk.olDaPutSingleValue!(da, 65536, 0, 1), 134);
    equal(sdk.olDaPutSingleValue!(da, -1, 0, 1), 134);
  });
  equal(sdk.dtolsim_output!(text("DT9806(00)"), DA, 1), 49152);
  equal(sdk.dtolsim_output!(text("DT9806(00)"), DA, 0), 32768);
  equal(sdk.dtolsim_output!(text("DT9805(00)"), DA, 0), -1);
});

simTest("digital ports: one channel each, open inputs read 1, outputs are not read back", () => {
  single("DT9805(00)", DIN, (port) => {
    equal(read(port, 0, 1), 255);
    equal(sdk.olDaGetSingleValue!(port, new Int32Array(1), 1, 1), 7);
    equal(u32("olDaGetResolution", port), 8);
  });
  single("DT9805(00)", DOUT, (port) => {
    ok("olDaPutSingleValue", port, 0xA5, 0, 1);
    equal(sdk.olDaPutSingleValue!(port, 256, 0, 1), 134);
    equal(sdk.olDaGetSingleValue!(port, new Int32Array(1), 0, 1), 36);
  });
  equal(sdk.dtolsim_output!(text("DT9805(00)"), DOUT, 0), 0xA5);
});

simTest("counters: modes, gates and pulses as seen; events come at 1 kHz", async () => {
  const device = handle("olDaInitialize", text("DT9806(00)"));
  const ct = handle("olDaGetDASS", device, CT, 1);
  deepEqual([699, 704, 705, 706].map((mode) => sdk.olDaSetCTMode!(ct, mode)), [16, 36, 36, 36]);
  for (const mode of [703, 702, 701, 700]) ok("olDaSetCTMode", ct, mode);
  for (const gate of [504, 503, 502, 501, 500]) ok("olDaSetGateType", ct, gate);
  deepEqual([499, 505].map((gate) => sdk.olDaSetGateType!(ct, gate)), [38, 36]);
  for (const pulse of [601, 600]) ok("olDaSetPulseType", ct, pulse);
  for (const cascade of [900, 901]) ok("olDaSetCascadeMode", ct, cascade);
  equal(sdk.olDaSetPulseWidth!(ct, 100), 15);
  equal(sdk.olDaSetMeasureStartEdge!(ct, 600), 128);
  ok("olDaSetClockSource", ct, 401);
  equal(sdk.olDaStart!(ct), 26);
  ok("olDaConfig", ct);
  ok("olDaStart", ct);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const events = u32("olDaReadEvents", ct);
  truthy(events >= 48 && events < 2000, `${events}`);
  equal(sdk.olDaSetCTMode!(ct, 700), 22);
  ok("olDaStop", ct);
  equal(u32("olDaReadEvents", ct), u32("olDaReadEvents", ct));
  const hwnd = window(), bits = new DataView(new ArrayBuffer(8));
  equal(sdk.olDaMeasureFrequency!(ct, 0n, 0.02), 87);
  equal(sdk.olDaMeasureFrequency!(ct, hwnd, 0), 88);
  ok("olDaMeasureFrequency", ct, hwnd, 0.02);
  const [message] = awaitMessages(1);
  equal(message?.message, MEASURE_DONE);
  bits.setBigInt64(0, message!.lParam, true);
  equal(bits.getFloat32(0, true), 1000);
  sdk.DestroyWindow!(hwnd);
  ok("olDaReleaseDASS", ct);
  ok("olDaTerminate", device);
});

simTest("codes and volts: the divisor is 2^n, for both encodings", () => {
  const toVolts = (encoding: number, value: number, gain = 1) => {
    const out = new Float64Array(1);
    ok("olDaCodeToVolts", -10, 10, gain, 16, encoding, value, out);
    return out[0];
  };
  deepEqual([0, 32768, 65535].map((value) => toVolts(200, value)), [-10, 0, 10 - 20 / 65536]);
  deepEqual([-32768, 0, 32767].map((value) => toVolts(201, value)), [-10, 0, 10 - 20 / 65536]);
  equal(toVolts(200, 65536 / 4 * 3, 10), 0.5);
  const toCode = (encoding: number, value: number, bits = 16) => {
    const out = new Int32Array(1);
    ok("olDaVoltsToCode", -10, 10, 1, bits, encoding, value, out);
    return out[0];
  };
  deepEqual([-11, -10, 0, 10, 11].map((value) => toCode(200, value)), [0, 0, 32768, 65535, 65535]);
  deepEqual([-11, -10, 0, 10, 11].map((value) => toCode(201, value)), [-32768, -32768, 0, 32767, 32767]);
  equal(toCode(200, 0, 24), 8388608);
  equal(sdk.olDaCodeToVolts!(-10, 10, 1, 16, 0, 0, new Float64Array(1)), 9);
});

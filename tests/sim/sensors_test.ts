import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  AD,
  awaitMessages,
  close,
  DA,
  f64,
  handle,
  ok,
  prepare,
  QUEUE_DONE,
  type Run,
  sdk,
  type Setup,
  signal,
  simTest,
  SINGLEVALUE,
  u32,
  withSubsystem,
  WRAP_NONE,
} from "./sdk.ts";

/** A run of one buffer of 4-byte samples, with more settings before its last olDaConfig. */
function record<A extends Float32Array | Uint32Array>(
  make: (samples: number) => A,
  setup: Setup,
  settings: (ad: bigint) => void = () => {},
): A {
  const run: Run = prepare({ ...setup, wrap: WRAP_NONE, buffers: 1, width: 4 });
  settings(run.ad);
  ok("olDaConfig", run.ad);
  sdk.dtolsim_free_running!(1);
  ok("olDaStart", run.ad);
  while (!awaitMessages(1).some(({ message }) => message === QUEUE_DONE));
  const buffer = handle("olDaGetBuffer", run.ad), out = make(u32("olDmGetValidSamples", buffer));
  equal(u32("olDmGetDataWidth", buffer), 4);
  ok("olDmCopyBuffer", buffer, out);
  ok("olDmFreeBuffer", buffer);
  close(run);
  return out;
}

const floats = (setup: Setup, settings?: (ad: bigint) => void) => record((n) => new Float32Array(n), setup, settings);
const wide = (setup: Setup, settings?: (ad: bigint) => void) => record((n) => new Uint32Array(n), setup, settings);

const DT9828: Setup = { board: "DT9828(00)", channelType: 101, rateHz: 600 };
const DT9837A: Setup = { board: "DT9837A(00)", rateHz: 50000 };

/** The counting pattern as 24-bit codes. */
function counting24(board: string, channel: number, n: number): number[] {
  let seed = 0x811C9DC5;
  for (const byte of new TextEncoder().encode(board)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Array.from({ length: n }, (_, i) => Math.imul(i + Math.imul(channel, 0x9E3779B9) + seed, 0x9E3779B1) >>> 8);
}

function single(board: string, settings: (ad: bigint) => void, body: (ad: bigint) => void): void {
  withSubsystem(board, AD, (ad) => {
    ok("olDaSetDataFlow", ad, SINGLEVALUE);
    settings(ad);
    ok("olDaConfig", ad);
    body(ad);
  });
}

function float(ad: bigint, channel: number): number {
  const out = new Float32Array(1);
  ok("olDaGetSingleFloat", ad, out, channel, 1);
  return out[0]!;
}

simTest("DT9828: capabilities, range and rates are those of its manual", () => {
  withSubsystem("DT9828(00)", AD, (ad) => {
    const integers = [0, 1, 4, 7, 12, 13, 110, 111, 112, 113, 114, 116, 126, 143];
    deepEqual(integers.map((which) => u32("olDaGetSSCaps", ad, which)), [0, 8, 1, 8, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0]);
    deepEqual([61, 62].map((which) => f64("olDaGetSSCapsEx", ad, which)), [600, 0.5865]);
    const range = new Float64Array(2);
    ok("olDaGetRange", ad, range, range.subarray(1));
    deepEqual([...range], [0.156, -0.156]);
    deepEqual([u32("olDaGetResolution", ad), u32("olDaGetChannelType", ad)], [24, 101]);
    equal(sdk.olDaSetClockFrequency!(ad, 601), 13);
  });
});

simTest("floats: volts without a thermocouple type, degrees C with one", () => {
  signal("0=constant:0.05,1=tc:400,2=tc:400,3=constant:0.2");
  const seen = floats({ ...DT9828, channels: [0, 1, 2, 3], samples: 40 }, (ad) => {
    ok("olDaSetThermocoupleType", ad, 2, 1502);
    equal(u32("olDaGetThermocoupleType", ad, 2), 1502);
    equal(u32("olDaGetThermocoupleType", ad, 1), 1500);
  });
  for (let i = 0; i < 10; i++) {
    const [volts, emf, degrees, beyond] = seen.subarray(i * 4, i * 4 + 4);
    truthy(Math.abs(volts! - 0.05) < 2e-8 * 2, `${volts}`);
    truthy(Math.abs(emf! - (16.397 - 1) / 1000) < 1e-6, `${emf}`);
    equal(degrees, 400);
    truthy(Math.abs(beyond! - 0.156) < 1e-7);
  }
});

simTest("floats: sentinels for open sensors and for temperatures that the type does not reach", () => {
  signal("0=open,1=constant:1821,2=constant:-211,3=sine:1:10:20,4=constant:-200");
  const seen = floats({ ...DT9828, channels: [0, 1, 2, 3, 4], samples: 5 }, (ad) => {
    [1502, 1503, 1501, 1502, 1504].forEach((type, channel) => ok("olDaSetThermocoupleType", ad, channel, type));
    equal(sdk.olDaSetThermocoupleType!(ad, 0, 1509), 136);
    equal(sdk.olDaSetThermocoupleType!(ad, 0, 2), 136);
    equal(sdk.olDaSetThermocoupleType!(ad, 8, 1502), 7);
  });
  deepEqual([...seen], [99999, 88888, -88888, 20, -200]);
});

simTest("the stream carries pairs of value and cold junction when asked to", () => {
  signal("tc:100");
  ok("dtolsim_cjc", 27.5);
  equal(sdk.dtolsim_cjc!(1000), 1);
  const seen = floats({ ...DT9828, channels: [2, 5], samples: 8 }, (ad) => {
    for (const channel of [2, 5]) ok("olDaSetThermocoupleType", ad, channel, 1508);
    ok("olDaSetReturnCjcTemperatureInStream", ad, 1);
    equal(u32("olDaGetReturnCjcTemperatureInStream", ad), 1);
  });
  deepEqual([...seen], [100, 27.5, 100, 27.5, 100, 27.5, 100, 27.5]);
});

simTest("pairs come at the rate of the values: a cold junction takes no time", () => {
  signal("0=sine:30:0.1");
  const run = prepare({ ...DT9828, channels: [0, 1], samples: 40000, width: 4, wrap: WRAP_NONE, buffers: 1 });
  ok("olDaSetReturnCjcTemperatureInStream", run.ad, 1);
  ok("olDaConfig", run.ad);
  const start = performance.now();
  ok("olDaStart", run.ad);
  while (performance.now() - start < 60) continue;
  ok("olDaAbort", run.ad);
  const most = (performance.now() - start) / 1000 * 600 * 2;
  const buffer = handle("olDaGetBuffer", run.ad), valid = u32("olDmGetValidSamples", buffer);
  truthy(valid >= 70 && valid <= most + 1, `${valid} samples of at most ${most}: 600 values and junctions a second`);
  const seen = new Float32Array(valid);
  ok("olDmCopyBuffer", buffer, seen);
  for (let scan = 0; scan < 10; scan++) {
    truthy(Math.abs(seen[scan * 4]! - 0.1 * Math.sin(2 * Math.PI * 30 * scan / 300)) < 1e-6, `scan ${scan}`);
  }
  ok("olDmFreeBuffer", buffer);
  close(run);
});

simTest("counting on a board of floats is its 24-bit code as a number", () => {
  signal("counting");
  const seen = [...floats({ ...DT9828, channels: [7, 0], samples: 300 })];
  deepEqual(seen.filter((_, i) => i % 2 === 0), counting24("DT9828(00)", 7, 150));
  deepEqual(seen.filter((_, i) => i % 2 === 1), counting24("DT9828(00)", 0, 150));
});

simTest("single floats, one and all of the list; codes and floats do not mix", () => {
  signal("0=tc:50,1=tc:60,2=tc:70");
  single("DT9828(00)", (ad) => {
    ok("olDaSetChannelListSize", ad, 3);
    for (const channel of [0, 1, 2]) {
      ok("olDaSetChannelListEntry", ad, channel, 2 - channel);
      ok("olDaSetThermocoupleType", ad, channel, 1505);
    }
  }, (ad) => {
    deepEqual([0, 1, 2].map((channel) => float(ad, channel)), [50, 60, 70]);
    const all = new Float32Array(3);
    ok("olDaGetSingleFloats", ad, all, 1);
    deepEqual([...all], [70, 60, 50]);
    equal(sdk.olDaGetSingleValue!(ad, new Int32Array(1), 0, 1), 36);
    equal(sdk.olDaGetSingleFloat!(ad, new Float32Array(1), 8, 1), 7);
  });
  single("DT9806(00)", () => {}, (ad) => equal(sdk.olDaGetSingleFloat!(ad, new Float32Array(1), 0, 1), 36));
});

simTest("cold junctions are read by themselves", () => {
  ok("dtolsim_cjc", 31.25);
  withSubsystem("DT9828(00)", AD, (ad) => {
    const one = new Float32Array(1), all = new Float32Array(8);
    ok("olDaGetCjcTemperature", ad, one, 3);
    equal(one[0], 31.25);
    equal(sdk.olDaGetCjcTemperature!(ad, one, 8), 7);
    ok("olDaGetCjcTemperatures", ad, all);
    deepEqual([...all], Array(8).fill(31.25));
  });
});

simTest("a thermocouple type in the EPROM is what later handles begin with", () => {
  withSubsystem("DT9828(00)", AD, (ad) => {
    ok("olDaSetThermocoupleTypeEprom", ad, 4, 1507);
    ok("olDaSetThermocoupleType", ad, 5, 1507);
  });
  withSubsystem("DT9828(00)", AD, (ad) => {
    deepEqual([4, 5].map((channel) => u32("olDaGetThermocoupleType", ad, channel)), [1507, 1500]);
  });
});

simTest("DT9837A: 24-bit codes in 32-bit words, all channels at once", () => {
  signal("counting");
  const seen = [...wide({ ...DT9837A, channels: [0, 1, 2, 3], samples: 400 })];
  for (const channel of [0, 1, 2, 3]) {
    deepEqual(seen.filter((_, i) => i % 4 === channel), counting24("DT9837A(00)", channel, 100));
  }
});

simTest("DT9837A: gain, saturation, and an AC coupling that takes the mean away", () => {
  signal("0=constant:0.5,1=constant:5,2=open,3=sine:6250:1:5");
  const code = (volts: number) => Math.round((volts + 10) / 20 * 2 ** 24);
  const seen = wide({ ...DT9837A, channels: [0, 1, 2, 3], samples: 40, gain: 10 }, (ad) => {
    ok("olDaSetCouplingType", ad, 3, 1);
    equal(sdk.olDaSetCouplingType!(ad, 3, 2), 132);
  });
  deepEqual([...seen.subarray(0, 3)], [code(5), 2 ** 24 - 1, 2 ** 24 - 1]);
  const wave = [...seen].filter((_, i) => i % 4 === 3);
  for (const [i, value] of wave.entries()) {
    const expected = Math.min(code(10 * Math.sin(2 * Math.PI * i / 8)), 2 ** 24 - 1);
    truthy(Math.abs(value - expected) <= 1, `scan ${i}: ${value}, not ${expected}`);
  }
});

simTest("DT9837A: one reading chooses its gain", () => {
  signal("0=constant:0.5,1=constant:5");
  single("DT9837A(00)", () => {}, (ad) => {
    const ask = (channel: number, automatic: number, given: number) => {
      const gain = Float64Array.of(given), code = new Int32Array(1), volts = new Float64Array(1);
      ok("olDaGetSingleValueEx", ad, channel, automatic, gain, code, volts);
      return [gain[0], code[0], volts[0]];
    };
    const step = 20 / 2 ** 24, at = (volts: number) => Math.round((volts + 10) / step);
    deepEqual(ask(0, 1, 0), [10, at(5), (at(5) * step - 10) / 10]);
    deepEqual(ask(1, 1, 0), [1, at(5), at(5) * step - 10]);
    deepEqual(ask(0, 0, 1), [1, at(0.5), at(0.5) * step - 10]);
    equal(sdk.olDaGetSingleValueEx!(ad, 0, 0, Float64Array.of(2), new Int32Array(1), new Float64Array(1)), 86);
  });
  single("DT9806(00)", () => {}, (ad) => {
    const out = new Float64Array(1);
    equal(sdk.olDaGetSingleValueEx!(ad, 0, 0, out, new Int32Array(1), out), 36);
  });
});

simTest("DT9837A: the 24-bit output, seen by the input it is wired to", () => {
  ok("dtolsim_loopback", 1);
  withSubsystem("DT9837A(00)", DA, (da) => {
    ok("olDaSetDataFlow", da, SINGLEVALUE);
    ok("olDaConfig", da);
    equal(sdk.olDaPutSingleValue!(da, 1 << 24, 0, 1), 134);
    ok("olDaPutSingleValue", da, 12345678, 0, 1);
  });
  deepEqual([...wide({ ...DT9837A, channels: [0], samples: 3 })], [12345678, 12345678, 12345678]);
});

simTest("DT9837A: current for IEPE sensors per channel", () => {
  withSubsystem("DT9837A(00)", AD, (ad) => {
    equal(u32("olDaGetExcitationCurrentSource", ad, 0), 2);
    ok("olDaSetExcitationCurrentSource", ad, 0, 0);
    equal(u32("olDaGetExcitationCurrentSource", ad, 0), 0);
    equal(sdk.olDaSetExcitationCurrentSource!(ad, 0, 1), 133);
    ok("olDaSetExcitationCurrentValue", ad, 0, 0.004);
    equal(sdk.olDaSetExcitationCurrentValue!(ad, 0, 0.002), 134);
    equal(f64("olDaGetExcitationCurrentValue", ad, 0), 0.004);
    equal(sdk.olDaSetMultiSensorType!(ad, 0, 11), 36);
  });
});

simTest("DT9829: every setting of every input is kept and read back", () => {
  withSubsystem("DT9829(00)", AD, (ad) => {
    const numbers: [what: string, value: number, wrong: number, code: number][] = [
      ["MultiSensorType", 9, 1, 134],
      ["ThermocoupleType", 1506, 1499, 136],
      ["RtdType", 1614, 1607, 139],
      ["SensorWiringConfiguration", 2, 3, 134],
      ["CouplingType", 1, 2, 132],
      ["ExcitationCurrentSource", 1, 3, 133],
      ["StrainBridgeConfiguration", 6, 7, 134],
      ["BridgeConfiguration", 5, 4, 134],
    ];
    for (const channel of [0, 7]) {
      for (const [what, value, wrong, code] of numbers) {
        ok(`olDaSet${what}`, ad, channel, value);
        equal(u32(`olDaGet${what}`, ad, channel), value, what);
        equal(sdk[`olDaSet${what}`]!(ad, channel, wrong), code, what);
        equal(sdk[`olDaSet${what}`]!(ad, 8, value), 7, what);
      }
      ok("olDaSetStrainShuntResistor", ad, channel, 1);
      equal(u32("olDaGetStrainShuntResistor", ad, channel), 1);
      ["RtdR0", "RtdA", "RtdB", "RtdC", "ThermistorA", "ThermistorB", "ThermistorC"].forEach((what, i) => {
        ok(`olDaSet${what}`, ad, channel, i + channel + 0.5);
        equal(f64(`olDaGet${what}`, ad, channel), i + channel + 0.5, what);
        equal(sdk[`olDaSet${what}`]!(ad, channel, NaN), 134, what);
      });
      ok("olDaSetExcitationCurrentValue", ad, channel, 0.000425);
      equal(f64("olDaGetExcitationCurrentValue", ad, channel), 0.000425);
    }
    equal(u32("olDaGetMultiSensorType", ad, 1), 0, "the others are as they were");
    ok("olDaSetStrainExcitationVoltageSource", ad, 1);
    equal(u32("olDaGetStrainExcitationVoltageSource", ad), 1);
    ok("olDaSetStrainExcitationVoltage", ad, 2.5);
    equal(f64("olDaGetStrainExcitationVoltage", ad), 2.5);
    equal(sdk.olDaSetStrainExcitationVoltage!(ad, 10.5), 134);
    ok("olDaSetDataFilterType", ad, 1700);
    equal(u32("olDaGetDataFilterType", ad), 1700);
    equal(sdk.olDaSetDataFilterType!(ad, 1702), 141);
  });
  withSubsystem("DT9806(00)", AD, (ad) => {
    for (const what of ["MultiSensorType", "RtdType", "ThermocoupleType", "CouplingType", "InputTerminationEnabled"]) {
      equal(sdk[`olDaGet${what}`]!(ad, 0, new Uint32Array(1)), 36, what);
    }
  });
});

simTest("DT9829: an input reads in the unit of its sensor", () => {
  signal(
    "0=constant:1.5,1=constant:0.012,2=tc:300,3=constant:-201,4=constant:25,5=open,6=constant:0.002,7=constant:120",
  );
  const types = [0, 7, 8, 9, 13, 14, 12, 14];
  single("DT9829(00)", (ad) => {
    types.forEach((type, channel) => ok("olDaSetMultiSensorType", ad, channel, type));
    ok("olDaSetThermocoupleType", ad, 2, 1502);
  }, (ad) => {
    const seen = types.map((_, channel) => float(ad, channel));
    deepEqual(seen.map((value) => Math.round(value * 1e5) / 1e5), [1.5, 0.012, 300, -88888, 25, 99999, 0.002, 120]);
  });
});

simTest("DT9829: the sensor types of an input and the excitation currents are listed", () => {
  withSubsystem("DT9829(00)", AD, (ad) => {
    const types: number[] = [], currents: number[] = [];
    const onType = new Deno.UnsafeCallback(
      { parameters: ["u32", "u32", "f64", "i64"], result: "i32" },
      (_what, value) => types.push(value),
    );
    ok("olDaEnumChannelCaps", ad, 3, 100, onType.pointer, 0n);
    equal(sdk.olDaEnumChannelCaps!(ad, 3, 101, onType.pointer, 0n), 68);
    deepEqual(types.sort((a, b) => a - b), [0, 7, 8, 9, 10, 11, 12, 13, 14]);
    onType.close();
    const onCurrent = new Deno.UnsafeCallback(
      { parameters: ["u32", "f64", "f64", "i64"], result: "i32" },
      (_what, first) => currents.push(first),
    );
    ok("olDaEnumSSCaps", ad, 104, onCurrent.pointer, 0n);
    deepEqual(currents, [0.000425, 0.004]);
    onCurrent.close();
  });
});

simTest("input termination is where the channel capability says so", () => {
  withSubsystem("DT9862(00)", AD, (ad) => {
    equal(u32("olDaGetChannelCaps", ad, 1, 0), 1);
    ok("olDaSetInputTerminationEnabled", ad, 1, 1);
    deepEqual([0, 1].map((channel) => u32("olDaGetInputTerminationEnabled", ad, channel)), [0, 1]);
  });
});

simTest("TEDS: a strain gage and a bridge say what they are, other inputs have none", () => {
  withSubsystem("DT9829(00)", AD, (ad) => {
    ok("olDaSetMultiSensorType", ad, 3, 10);
    ok("olDaSetMultiSensorType", ad, 4, 12);
    const view = new DataView(new ArrayBuffer(104)), bytes = new Uint8Array(view.buffer);
    const int = (at: number) => view.getInt32(at, true), float = (at: number) => view.getFloat32(at, true);
    ok("olDaReadStrainGageHardwareTeds", ad, 3, bytes);
    deepEqual([int(0), int(4), String.fromCharCode(bytes[8]!), int(16)], [64, 350, "A", 9829003]);
    deepEqual([float(40), float(68), view.getFloat64(72, true)], [Math.fround(2.08), 350, 1e-6]);
    deepEqual([int(88), new TextDecoder().decode(bytes.subarray(92, 95)), int(96), int(100)], [9862, "SIM", 365, 103]);
    ok("olDaReadBridgeSensorHardwareTeds", ad, 4, bytes);
    deepEqual([int(16), int(20), float(40), float(48), int(52)], [9829004, 9862, 5, 5000, 204]);
    deepEqual([int(64), view.getFloat64(72, true), float(84), int(88)], [4, 1e-3, 350, 2]);
    equal(sdk.olDaReadBridgeSensorHardwareTeds!(ad, 3, bytes), 144);
    equal(sdk.olDaReadStrainGageHardwareTeds!(ad, 0, bytes), 144);
    equal(sdk.olDaReadStrainGageHardwareTeds!(ad, 8, bytes), 7);
  });
  withSubsystem("DT9806(00)", AD, (ad) => {
    equal(sdk.olDaReadStrainGageHardwareTeds!(ad, 0, new Uint8Array(104)), 36);
  });
});

simTest("strain and bridge values from volts, for every configuration", () => {
  // The four arms of each bridge under a strain e of 0.001, Poisson ratio 0.285, gage factor 2.
  const e = 0.001, n = -0.285 * e;
  const arms = [[-e, e, -e, e], [n, -n, -e, e], [n, e, n, e], [0, 0, n, e], [0, 0, -e, e], [0, 0, 0, e], [0, 0, 0, e]];
  const output = (strains: number[]) => {
    const [r1, r2, r3, r4] = strains.map((strain) => 1 + 2 * strain) as [number, number, number, number];
    return r3 / (r3 + r4) - r2 / (r1 + r2);
  };
  const strain = (configuration: number, ratio: number, lead = 0) => {
    const out = new Float64Array(1);
    const code = sdk.olDaVoltsToStrain!(configuration, 1e-4, 1e-4 + ratio * 5, 5, 2, 350, lead, 0.285, 1, out);
    equal(code, 0);
    return out[0]!;
  };
  arms.map(output).forEach((ratio, configuration) => {
    truthy(Math.abs(strain(configuration, ratio) - e) < 1e-12, `${configuration}: ${strain(configuration, ratio)}`);
    const leads = strain(configuration, ratio, 3.5) / strain(configuration, ratio);
    truthy(Math.abs(leads - (configuration > 2 ? 1.01 : 1)) < 1e-12);
  });
  const out = new Float64Array(1);
  equal(sdk.olDaVoltsToStrain!(7, 0, 1, 5, 2, 350, 0, 0.3, 1, out), 134);
  equal(sdk.olDaVoltsToStrain!(0, 0, 1, 0, 2, 350, 0, 0.3, 1, out), 134);
  ok("olDaVoltsToBridgeBasedSensor", 0.001, 0.006, 5, 2000, 350, 0, 2, 1, out);
  truthy(Math.abs(out[0]! - 1000) < 1e-9, "half of its rated 2 mV/V is half of its capacity");
});

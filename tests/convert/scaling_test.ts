import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { codesToVolts, type Scaling, voltsToCode } from "../../src/convert/scaling.ts";
import { codeTypeFor, codeTypeOf, newCodes } from "../../src/convert/codes.ts";
import { openSimSdk } from "../board/sim_sdk.ts";

const sim = await openSimSdk();
const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

const scaling = (changes: Partial<Scaling> = {}): Scaling => ({
  ...{ lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" },
  ...changes,
});
const ENCODING = { binary: 200, twos_complement: 201, offset_binary: 200 } as const;

const every = (length: number, of: (i: number) => number) => Array.from({ length }, (_, i) => of(i));

Deno.test("codesToVolts() is olDaCodeToVolts to the last bit, over all 65,536 codes and every gain", () => {
  const codes = Uint16Array.from({ length: 65536 }, (_, i) => i);
  for (const gain of [1, 10, 100, 500, 1.5]) {
    for (const [lowVolts, highVolts] of [[-10, 10], [0, 10], [-0.156, 0.156]] as const) {
      const volts = new Float64Array(65536);
      codesToVolts(codes, volts, scaling({ gain, lowVolts, highVolts }));
      for (let code = 0; code < 65536; code++) {
        const told = sim.codeToVolts(lowVolts, highVolts, gain, 16, 200, code);
        if (volts[code] !== told) equal(volts[code], told, `code ${code} at gain ${gain}`);
      }
    }
  }
});

Deno.test("two's complement, wrapped and wide codes are olDaCodeToVolts to the last bit", () => {
  const cases = [
    ["int16", "twos_complement", 16, every(65536, (i) => i - 32768)],
    ["int16", "binary", 16, every(65536, (i) => i - 32768)], // unsigned codes that someone stored as signed
    ["int32", "binary", 24, every(4096, (i) => i * 4096 + (i & 0xfff))],
    ["int32", "twos_complement", 24, every(4096, (i) => i * 4096 - 2 ** 23)],
    ["int32", "binary", 32, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ["int32", "twos_complement", 32, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ["uint16", "binary", 12, every(4096, (i) => i)],
    ["uint16", "offset_binary", 16, every(65536, (i) => i)],
  ] as const;
  for (const [type, encoding, bits, values] of cases) {
    const codes = newCodes(type, values.length);
    codes.set(values);
    const volts = new Float64Array(values.length);
    codesToVolts(codes, volts, scaling({ encoding, bits, gain: 10 }));
    for (let i = 0; i < values.length; i++) {
      const told = sim.codeToVolts(-10, 10, 10, bits, ENCODING[encoding], codes[i]! | 0);
      if (volts[i] !== told) equal(volts[i], told, `${type} ${encoding} ${bits} bits, code ${codes[i]}`);
    }
  }
});

pure("W-04 the codes of known voltages: 0 is -10 V, 32768 is 0 V, 65535 is a step below 10 V", () => {
  const volts = new Float64Array(3);
  codesToVolts(Uint16Array.of(0, 32768, 65535), volts, scaling());
  deepEqual([...volts], [-10, 0, 10 - 20 / 65536]);
  codesToVolts(Int16Array.of(-32768, 0, 32767), volts, scaling({ encoding: "twos_complement" }));
  deepEqual([...volts], [-10, 0, 10 - 20 / 65536]);
  codesToVolts(Int32Array.of(0, 2 ** 23, 2 ** 24 - 1), volts, scaling({ bits: 24 }));
  deepEqual([...volts], [-10, 0, 10 - 20 / 2 ** 24]);
});

pure("codesToVolts() leaves what lies behind the codes, and refuses an array that is too short", () => {
  const volts = new Float64Array(4).fill(7);
  codesToVolts(Uint16Array.of(32768, 32768), volts, scaling());
  deepEqual([...volts], [0, 0, 7, 7]);
  throws(() => codesToVolts(new Uint16Array(5), volts, scaling()), /5 codes.*its length is 4/);
});

pure("voltsToCode() gives every code back that codesToVolts() made", () => {
  const cases = [
    ["uint16", scaling(), every(65536, (i) => i)],
    ["uint16", scaling({ gain: 500 }), every(65536, (i) => i)],
    ["int16", scaling({ encoding: "twos_complement", gain: 10 }), every(65536, (i) => i - 32768)],
    ["int32", scaling({ bits: 24 }), every(9999, (i) => i * 1677)],
    ["int32", scaling({ bits: 24, encoding: "twos_complement" }), every(9999, (i) => i * 1677 - 2 ** 23)],
    ["uint16", scaling({ bits: 12, lowVolts: 0, highVolts: 5 }), every(4096, (i) => i)],
  ] as const;
  for (const [type, how, values] of cases) {
    const codes = newCodes(type, values.length);
    codes.set(values);
    const volts = new Float64Array(values.length);
    codesToVolts(codes, volts, how);
    for (let i = 0; i < values.length; i++) {
      const back = voltsToCode(volts[i]!, how);
      if (back !== codes[i]) equal(back, codes[i]);
    }
  }
});

pure("voltsToCode() gives the nearest code, takes both ends of the range, and refuses what lies beyond", () => {
  const step = 20 / 65536;
  equal(voltsToCode(0.49 * step, scaling()), 32768);
  equal(voltsToCode(0.51 * step, scaling()), 32769);
  equal(voltsToCode(-10, scaling()), 0);
  equal(voltsToCode(10, scaling()), 65535);
  equal(voltsToCode(10, scaling({ encoding: "twos_complement" })), 32767);
  for (const volts of [10.001, -10.001, NaN, Infinity]) {
    throws(() => voltsToCode(volts, scaling()), /-10 to 10 V at gain 1/, String(volts));
  }
  throws(() => voltsToCode(1.01, scaling({ gain: 10 })), /-1 to 1 V at gain 10/);
});

pure("how samples stand in memory follows from bits, encoding and floats", () => {
  deepEqual(
    [[16, "binary", false], [16, "twos_complement", false], [24, "binary", false], [24, "binary", true]].map(
      ([bits, encoding, floats]) => codeTypeFor(bits as number, encoding as string, floats as boolean),
    ),
    ["uint16", "int16", "int32", "float32"],
  );
  for (const type of ["uint16", "int16", "int32", "float32"] as const) equal(codeTypeOf(newCodes(type, 1)), type);
});

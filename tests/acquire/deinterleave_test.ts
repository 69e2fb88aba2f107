import { deepStrictEqual as deepEqual, notStrictEqual, ok } from "node:assert/strict";
import { deinterleave, roomForChannels } from "../../src/acquire/deinterleave.ts";
import { PairKernel } from "../../src/acquire/pair_kernel.ts";
import { CODE_TYPES, type Codes, type CodeType, newCodes, viewCodes } from "../../src/convert/codes.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

/** Every length around a vector, a tile of either way, and a buffer. */
const LENGTHS = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 255, 256, 257, 1000, 16_383, 16_384, 16_385, 40_001];

/** Codes of all bits, and one scan more than is asked for. */
function scansOf(type: CodeType, channels: number, samples: number): Codes {
  const scans = newCodes(type, channels * (samples + 1));
  for (let i = 0; i < scans.length; i++) scans[i] = Math.imul(i + 1, 0x9e3779b1) >> 12;
  return scans;
}

function expectedOf(scans: Codes, type: CodeType, channels: number, samples: number): Codes {
  const expected = newCodes(type, channels * samples);
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < samples; k++) expected[c * samples + k] = scans[k * channels + c]!;
  }
  return expected;
}

for (const type of CODE_TYPES) {
  pure(`deinterleave() of ${type} gives what a plain loop gives, for 1 to 9 channels and any length`, () => {
    for (let channels = 1; channels <= 9; channels++) {
      const room = roomForChannels(type, channels, 40_001);
      for (const samples of LENGTHS) {
        const scans = scansOf(type, channels, samples);
        const expected = expectedOf(scans, type, channels, samples);
        for (const found of [newCodes(type, channels * samples), room.subarray(0, channels * samples) as Codes]) {
          found.fill(-1);
          deinterleave(scans, found, channels, samples);
          ok(sameCodes(found, expected), `${channels} x ${samples} ${type}`);
        }
      }
    }
  });
}

pure("deinterleave() turns two channels by vectors where the room is made for that, and only there", () => {
  for (const type of CODE_TYPES) {
    for (const channels of [1, 2, 3]) {
      const isFast = roomForChannels(type, channels, 100).byteOffset > 0;
      deepEqual(isFast, channels === 2 && newCodes(type, 0).BYTES_PER_ELEMENT === 2, `${channels} of ${type}`);
    }
  }
});

pure("deinterleave() of a view writes into the view alone, wherever it begins", () => {
  for (const channels of [2, 3]) {
    for (const at of [0, 1, 2, 5]) {
      for (const samples of [6, 8, 21, 16_400]) {
        const whole = roomForChannels("uint16", channels, samples + 10).fill(7) as Codes;
        const scans = scansOf("uint16", channels, samples);
        const inside = whole.subarray(at, at + channels * samples) as Codes;
        deinterleave(scans, inside, channels, samples);
        ok(sameCodes(inside, expectedOf(scans, "uint16", channels, samples)), `${channels} x ${samples} at ${at}`);
        const outside = [...whole.subarray(0, at), ...whole.subarray(at + channels * samples)];
        deepEqual(new Set(outside), new Set([7]));
      }
    }
  }
});

pure("deinterleave() reads scans that begin in the middle of foreign memory", () => {
  const memory = new Uint16Array(1000).map((_, i) => i * 77);
  for (const begin of [1, 2, 3]) {
    const scans = viewCodes("int16", memory.buffer, 2 * begin, 2 * 150);
    const found = roomForChannels("int16", 2, 150);
    deinterleave(scans, found, 2, 150);
    ok(sameCodes(found, expectedOf(scans, "int16", 2, 150)), `from code ${begin} on`);
  }
});

pure("two rooms are two memories", () => {
  const [a, b] = [roomForChannels("uint16", 2, 16), roomForChannels("uint16", 2, 16)];
  notStrictEqual(a.buffer, b.buffer);
  deinterleave(new Uint16Array(32).fill(1), a, 2, 16);
  deinterleave(new Uint16Array(32).fill(2), b, 2, 16);
  deepEqual([a[0], a[31], b[0], b[31]], [1, 1, 2, 2]);
});

pure("a machine without vectors, or without the memory, turns the plain way", () => {
  deepEqual(PairKernel.create(2 ** 40), null);
  const instance = WebAssembly.Instance;
  try {
    Object.assign(WebAssembly, { Instance: undefined });
    const room = roomForChannels("uint16", 2, 20);
    deepEqual(room.byteOffset, 0);
    const scans = scansOf("uint16", 2, 20);
    deinterleave(scans, room, 2, 20);
    ok(sameCodes(room, expectedOf(scans, "uint16", 2, 20)));
  } finally {
    Object.assign(WebAssembly, { Instance: instance });
  }
});

function sameCodes(a: Codes, b: Codes): boolean {
  return a.length === b.length && a.every((code, i) => code === b[i]);
}

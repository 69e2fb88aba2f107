import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { deinterleave } from "../../src/acquire/deinterleave.ts";
import { CODE_TYPES, type Codes, newCodes } from "../../src/convert/codes.ts";

Deno.test(
  "deinterleave() gives what a plain loop gives, for 1 to 9 channels and any length",
  { permissions: "none" },
  () => {
    for (const type of CODE_TYPES) {
      for (let channels = 1; channels <= 9; channels++) {
        for (const samples of [0, 1, 2, 255, 256, 257, 1000]) {
          const scans = newCodes(type, channels * samples + channels);
          for (let i = 0; i < scans.length; i++) scans[i] = (i * 40503) & 0x7fff;
          const expected = newCodes(type, channels * samples);
          for (let c = 0; c < channels; c++) {
            for (let k = 0; k < samples; k++) expected[c * samples + k] = scans[k * channels + c]!;
          }
          const found = newCodes(type, channels * samples);
          deinterleave(scans, found, channels, samples);
          deepEqual(found, expected, `${channels} x ${samples} ${type}`);
        }
      }
    }
  },
);

Deno.test("deinterleave() of a view writes into the view alone", { permissions: "none" }, () => {
  const whole = new Uint16Array(20).fill(7);
  const scans = Uint16Array.from({ length: 6 }, (_, i) => i);
  deinterleave(scans, whole.subarray(4, 10) as Codes, 3, 2);
  deepEqual([...whole.subarray(4, 10)], [0, 3, 1, 4, 2, 5]);
  deepEqual(new Set([...whole.subarray(0, 4), ...whole.subarray(10)]), new Set([7]));
});

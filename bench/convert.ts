/**
 * Codes to volts, beside the same loop in C.
 *
 * @module
 */

import { codesToVolts } from "../mod.ts";
import { openNative } from "./native.ts";
import { type BenchOptions, inTurn, type Row } from "./report.ts";

const MAX_FACTOR = 1.5;

/** Both ways over the same arrays, which are kept, in turn. */
export async function convert({ quick }: BenchOptions): Promise<Row[]> {
  const native = await openNative();
  const rows: Row[] = [];
  for (const count of [32_768, 1_000_000]) {
    for (const gain of [1, 10]) {
      const codes = Uint16Array.from({ length: count }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 16);
      const volts = new Float64Array(count);
      const plain = new Float64Array(count);
      const scaling = { lowVolts: -10, highVolts: 10, gain, bits: 16, encoding: "binary" } as const;
      const [ours, theirs] = inTurn(
        (quick ? 5e6 : 50e6) / count,
        () => codesToVolts(codes, volts, scaling),
        () => native.symbols.bench_volts(codes, plain, BigInt(count), -10, 10, gain),
      ) as [number, number];
      const same = volts.every((value, i) => value === plain[i]);
      const factor = ours / theirs;
      rows.push({
        name: `convert: ${count.toLocaleString("en")} codes to volts, gain ${gain}`,
        measured: `${(count / ours / 1e3).toFixed(0)} MS/s, ${factor.toFixed(2)} x C's time`,
        target: `<= ${MAX_FACTOR} x`,
        ok: factor <= MAX_FACTOR && same,
        note: `C ${(count / theirs / 1e3).toFixed(0)} MS/s (-O2 -march=native, no division at gain 1); values ${
          same ? "bit-equal" : "DIFFER"
        }`,
      });
    }
  }
  native.close();
  return rows;
}

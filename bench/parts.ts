/**
 * For information: turning scans into channels, and the ring between the threads.
 *
 * @module
 */

import { deinterleave, roomForChannels } from "../src/acquire/deinterleave.ts";
import { BlockRing, ringShape } from "../src/acquire/ring.ts";
import { openNative } from "./native.ts";
import { type BenchOptions, inTurn, type Row } from "./report.ts";

const CODES = 400_000;

/** Speed of deinterleaving beside a plain C loop, by number of channels. */
export async function parts({ quick }: BenchOptions): Promise<Row[]> {
  const native = await openNative();
  const scans = Uint16Array.from({ length: CODES }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 16);
  const theirs = new Uint16Array(CODES);
  const rows = [2, 4, 8, 16].map((channels): Row => {
    const samples = CODES / channels;
    const ours = roomForChannels("uint16", channels, samples);
    const [ourMs, cMs] = inTurn(
      quick ? 50 : 300,
      () => deinterleave(scans, ours, channels, samples),
      () => native.symbols.bench_deinterleave(scans, theirs, BigInt(channels), BigInt(samples)),
    ) as [number, number];
    if (!ours.every((code, i) => code === theirs[i])) {
      throw new Error(`deinterleave() is wrong for ${channels} channels`);
    }
    return {
      name: `parts: scans to ${channels} channels`,
      measured: `${speed(ourMs)}, ${(ourMs / cMs).toFixed(2)} x C's time`,
      note: `C ${speed(cMs)}, one pass per channel, -O2; ${CODES.toLocaleString("en")} codes`,
    };
  });
  native.close();
  return [...rows, handOver(quick)];
}

/** Into the ring and out of it again on one thread: both copies, without the message that tells of them. */
function handOver(quick: boolean): Row {
  const shape = ringShape("uint16", CODES, 8);
  const drainer = new BlockRing(shape);
  const main = new BlockRing(shape);
  const codes = new Uint16Array(CODES);
  const [ms] = inTurn(quick ? 50 : 300, () => {
    drainer.put(codes);
    main.take(CODES);
  }) as [number];
  return {
    name: "parts: into the ring and out of it",
    measured: `${speed(ms)} (${(ms * 1e3).toFixed(0)} us for 800 kB)`,
    note: "both copies on one thread, the second into fresh memory",
  };
}

function speed(ms: number): string {
  return `${(CODES / ms / 1e3).toFixed(0)} MS/s`;
}

/**
 * From scans to channels: a board gives the codes of one moment side by side, everything else wants those of one channel.
 *
 * @module
 */

import { bytesPerCode, type Codes, type CodeType, newCodes, viewCodes } from "../convert/codes.ts";
import { PairKernel } from "./pair_kernel.ts";

/** Scans that are turned at a time, so that what is read stays in the cache while the channels take turns. */
const TILE = 256;

/** By the memory whose codes they fill. */
const kernels = new WeakMap<ArrayBuffer, PairKernel>();

/**
 * Makes room for what {@linkcode deinterleave} gives. Any codes will do, but two channels of 16 bits get memory that is
 * filled three times as fast.
 *
 * @param type Type of the codes.
 * @param channels Codes in a scan.
 * @param samples Scans at most.
 */
export function roomForChannels(type: CodeType, channels: number, samples: number): Codes {
  const codes = channels * samples;
  const kernel = channels === 2 && bytesPerCode(type) === 2 ? PairKernel.create(2 * codes) : null;
  if (kernel === null) return newCodes(type, codes);
  kernels.set(kernel.memory, kernel);
  return viewCodes(type, kernel.memory, kernel.roomOffset, codes);
}

/**
 * Copies scan-interleaved codes into channel-major order.
 *
 * @param scans Codes scan after scan: `[a0 b0 a1 b1 ...]`.
 * @param byChannel Receives all codes of the first channel, then all of the second: `[a0 a1 ... b0 b1 ...]`.
 * @param channels Codes in a scan.
 * @param samples Scans to copy.
 */
export function deinterleave(scans: Codes, byChannel: Codes, channels: number, samples: number): void {
  if (channels === 1) return byChannel.set(scans.subarray(0, samples));
  const kernel = channels === 2 ? kernels.get(byChannel.buffer) : undefined;
  tiles(scans, byChannel, channels, samples, kernel?.turn(scans, byChannel, samples) ?? 0);
}

/** The plain way, from one scan to the last. */
function tiles(scans: Codes, byChannel: Codes, channels: number, samples: number, first: number): void {
  for (let from = first; from < samples; from += TILE) {
    const to = Math.min(from + TILE, samples);
    for (let channel = 0; channel < channels; channel++) {
      let at = channel * samples + from;
      for (let i = from * channels + channel; i < to * channels; i += channels) byChannel[at++] = scans[i]!;
    }
  }
}

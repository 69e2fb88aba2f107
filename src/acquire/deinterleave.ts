/**
 * From scans to channels: a board gives the codes of one moment side by side, everything else wants those of one channel.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";

/** Scans that are turned at a time, so that what is read stays in the cache while the channels take turns. */
const TILE = 256;

/**
 * Copies scan-interleaved codes into channel-major order.
 *
 * @param scans Codes scan after scan: `[a0 b0 a1 b1 ...]`.
 * @param byChannel Receives all codes of the first channel, then all of the second: `[a0 a1 ... b0 b1 ...]`.
 * @param channels Codes in a scan.
 * @param samples Scans to copy.
 */
export function deinterleave(scans: Codes, byChannel: Codes, channels: number, samples: number): void {
  if (channels === 1) byChannel.set(scans.subarray(0, samples));
  else if (channels === 2) pairs(scans, byChannel, samples);
  else tiles(scans, byChannel, channels, samples);
}

/** Two channels at the highest rates: one pass over the scans. */
function pairs(scans: Codes, byChannel: Codes, samples: number): void {
  const first = byChannel.subarray(0, samples);
  const second = byChannel.subarray(samples, 2 * samples);
  for (let i = 0; i < samples; i++) {
    first[i] = scans[2 * i]!;
    second[i] = scans[2 * i + 1]!;
  }
}

function tiles(scans: Codes, byChannel: Codes, channels: number, samples: number): void {
  for (let from = 0; from < samples; from += TILE) {
    const to = Math.min(from + TILE, samples);
    for (let channel = 0; channel < channels; channel++) {
      let at = channel * samples + from;
      for (let i = from * channels + channel; i < to * channels; i += channels) byChannel[at++] = scans[i]!;
    }
  }
}

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
  else if (channels === 2 && areWords(scans, byChannel, samples)) pairs(scans, byChannel, samples);
  else tiles(scans, byChannel, channels, samples);
}

/** Whether two channels can be turned by words of two 16-bit codes. */
function areWords(scans: Codes, byChannel: Codes, samples: number): boolean {
  return scans.BYTES_PER_ELEMENT === 2 && (scans.byteOffset | byChannel.byteOffset) % 4 === 0 && samples % 2 === 0;
}

/** Two channels at the highest rates: a scan is one word, and two scans make one word of each channel. */
function pairs(scans: Codes, byChannel: Codes, samples: number): void {
  const words = samples / 2;
  const from = new Int32Array(scans.buffer, scans.byteOffset, samples);
  const first = new Int32Array(byChannel.buffer, byChannel.byteOffset, words);
  const second = new Int32Array(byChannel.buffer, byChannel.byteOffset + 2 * samples, words);
  for (let i = 0; i < words; i++) {
    const a = from[2 * i]!;
    const b = from[2 * i + 1]!;
    first[i] = (a & 0xffff) | (b << 16);
    second[i] = (a >>> 16) | (b & ~0xffff);
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

/**
 * Taking a block's channels out of scans that hold more than them, as those of boards that give the temperature of the
 * cold junction behind each sample.
 *
 * @module
 */

import type { ScanPick } from "../board/fit.ts";
import type { Codes } from "../convert/codes.ts";

/** Writes the picked places of some scans channel by channel. These boards are slow: no case is faster than others. */
export function pickPlaces(scans: Codes, block: Codes, { stride, places }: ScanPick, samples: number): void {
  for (const [channel, place] of places.entries()) {
    for (let k = 0; k < samples; k++) block[channel * samples + k] = scans[k * stride + place]!;
  }
}

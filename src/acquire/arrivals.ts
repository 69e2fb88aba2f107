/**
 * When samples were taken whose moment a trigger decided: out of the arrival of the buffers that hold them.
 *
 * @module
 */

import { type AxisAnchor, TimeAxis } from "../model/axis.ts";
import type { RunTriggers } from "./messages.ts";

/**
 * The arrivals of a run's buffers. A buffer that is found was full at the latest then, and not yet full (or on its way)
 * when nothing was found before: that is as close as the end of its last sample is known.
 */
export class Arrivals {
  readonly #triggers: RunTriggers;
  readonly #samplesPerBuffer: number;
  /** Index of the sample that the board counts as its first. */
  #firstIndex = 0;
  #startNs = 0n;
  /** When the last buffer came; before the first one, when the run was started. */
  #cameNs = 0n;
  /** When nothing was found last. */
  #lookedNs = 0n;
  #anchored = false;

  constructor(triggers: RunTriggers, samplesPerBuffer: number) {
    this.#triggers = triggers;
    this.#samplesPerBuffer = samplesPerBuffer;
  }

  /** The board is started: no sample of index `firstIndex` or beyond is older than this. */
  begin(firstIndex: number, startNs: bigint): void {
    this.#firstIndex = firstIndex;
    this.#startNs = this.#cameNs = this.#lookedNs = startNs;
    this.#anchored = !this.#triggers.awaited && this.#triggers.burstSamples === null;
  }

  /** There was no buffer. */
  looked(atNs: bigint): void {
    this.#lookedNs = atNs;
  }

  /**
   * A buffer was found.
   *
   * @param axis The present axis.
   * @param first Index of its first sample.
   * @param samples Samples of each channel in it.
   * @param arrivedNs When it was found.
   * @returns The anchor for it and what follows; null where the present one goes on.
   */
  anchorOf(axis: TimeAxis, first: number, samples: number, arrivedNs: bigint): AxisAnchor | null {
    const isCut = samples < this.#samplesPerBuffer; // not sent because it was full: nobody knows when it got its last sample
    const anchor = this.#anchorOf(axis, first, samples, arrivedNs, isCut && this.#triggers.burstSamples !== null);
    this.#cameNs = arrivedNs;
    this.#anchored = true;
    return anchor;
  }

  /** {@linkcode anchorOf} a buffer that is still being filled, for its present samples alone: nothing is settled by it. */
  anchorOfPart(axis: TimeAxis, first: number, samples: number, seenNs: bigint): AxisAnchor | null {
    return this.#anchorOf(axis, first, samples, seenNs, true);
  }

  /** `isPart`: nobody knows when its last sample came, but after the last buffer. */
  #anchorOf(axis: TimeAxis, first: number, samples: number, arrivedNs: bigint, isPart: boolean): AxisAnchor | null {
    const { burstSamples } = this.#triggers;
    if (this.#anchored && burstSamples === null) return null;
    const index = burstSamples === null ? first : this.#lastBurst(first + samples, burstSamples);
    if (this.#anchored && index < first) return null; // all of it belongs to a burst that has its anchor
    const earliestNs = this.#anchored ? axis.monoNsOf(first) : this.#startNs;
    const anchorIndex = Math.max(index, first);
    const sinceNs = anchorIndex > first || isPart ? this.#cameNs : this.#lookedNs;
    const anchor = this.#backFrom(axis, anchorIndex, first + samples, arrivedNs);
    const tooEarlyNs = earliestNs - new TimeAxis(anchor).monoNsOf(first);
    return {
      ...later(anchor, tooEarlyNs > 0n ? tooEarlyNs : 0n),
      uncertaintyNs: Number(arrivedNs - sinceNs),
    };
  }

  /** Where the burst begins that the sample before `end` belongs to. */
  #lastBurst(end: number, burstSamples: number): number {
    return end - 1 - (end - 1 - this.#firstIndex) % burstSamples;
  }

  /** The anchor of sample `index` where the sample before `end` was over at a moment. */
  #backFrom({ anchor: { utcNs, monoNs, ...clock } }: TimeAxis, index: number, end: number, endNs: bigint): AxisAnchor {
    const local = new TimeAxis({ ...clock, index, monoNs: 0n, utcNs: 0n });
    const periodNs = BigInt(Math.round(1e9 / local.sampleRateHz));
    const startNs = endNs - (local.offsetNs(end - 1) + periodNs);
    return { ...clock, index, monoNs: startNs, utcNs: utcNs + (startNs - monoNs) };
  }
}

function later(anchor: AxisAnchor, byNs: bigint): AxisAnchor {
  return { ...anchor, monoNs: anchor.monoNs + byNs, utcNs: anchor.utcNs + byNs };
}

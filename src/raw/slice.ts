/**
 * A stretch of samples out of a file.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";
import { codesToVolts } from "../convert/scaling.ts";
import { readSentinels } from "../convert/sentinels.ts";
import type { BlockChannel } from "../model/block.ts";
import type { SampleRange } from "./chunk_index.ts";

/** Samples of all channels over a stretch of a run, whatever chunks they stood in. */
export class RawSlice {
  /** The channels, in the order of `codes` and `data`. */
  readonly channels: readonly BlockChannel[];
  /** Codes, channel-major; 0 where nothing is known, which `gaps` tells. */
  readonly codes: Codes;
  /** Index of the first sample in the run. */
  readonly firstSampleIndex: number;
  /** Samples of each channel. */
  readonly samplesPerChannel: number;
  /** What is lost or damaged. */
  readonly gaps: readonly SampleRange[];
  #data: Float64Array<ArrayBuffer> | undefined;
  #status: ReadonlyMap<string, Int8Array> | undefined;

  /** Not for callers: reading a file makes slices. */
  constructor(
    channels: readonly BlockChannel[],
    codes: Codes,
    firstSampleIndex: number,
    samplesPerChannel: number,
    gaps: readonly SampleRange[],
  ) {
    this.channels = channels;
    this.codes = codes;
    this.firstSampleIndex = firstSampleIndex;
    this.samplesPerChannel = samplesPerChannel;
    this.gaps = gaps;
  }

  /** Values in engineering units, channel-major, NaN in gaps; a channel without scaling gives its codes as they are. */
  get data(): Float64Array<ArrayBuffer> {
    if (this.#data === undefined) this.#convert();
    return this.#data!;
  }

  /** What the samples of each sensor are worth, as in a block: only channels with a sample that is not `ok` are in it. */
  get sensorStatus(): ReadonlyMap<string, Int8Array> {
    if (this.#status === undefined) this.#convert();
    return this.#status!;
  }

  /** Values of one channel: a view into `data`. */
  values(channel: number): Float64Array<ArrayBuffer> {
    return this.data.subarray(channel * this.samplesPerChannel, (channel + 1) * this.samplesPerChannel);
  }

  #convert(): void {
    const n = this.samplesPerChannel;
    const data = new Float64Array(this.codes.length);
    const status = new Map<string, Int8Array>();
    for (const [i, { name, scaling }] of this.channels.entries()) {
      const part = this.codes.subarray(i * n, (i + 1) * n) as Codes;
      const values = data.subarray(i * n, (i + 1) * n);
      if (scaling !== null && !(part instanceof Float32Array)) codesToVolts(part, values, scaling);
      else values.set(part);
      const mask = part instanceof Float32Array ? readSentinels(values) : null;
      if (mask !== null) status.set(name, mask);
      for (const { firstSampleIndex, samples } of this.gaps) {
        const start = firstSampleIndex - this.firstSampleIndex;
        values.fill(NaN, start, start + samples);
      }
    }
    this.#data = data;
    this.#status = status;
  }
}

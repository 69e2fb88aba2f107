/**
 * A stretch of samples out of a file.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";
import { convertBlock } from "../convert/sensor.ts";
import { STATUS } from "../convert/status.ts";
import type { BlockChannel } from "../model/block.ts";
import type { SampleRange } from "./chunk_index.ts";

/** Samples of all channels over a stretch of a run, whatever chunks they stood in. */
export class RawSlice {
  /** The channels, in the order of `codes` and `data`. */
  readonly channels: readonly BlockChannel[];
  /** Codes, channel-major, without the virtual channels; 0 where nothing is known, which `gaps` tells. */
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
    return this.#row(this.data, channel);
  }

  #row(data: Float64Array<ArrayBuffer>, channel: number): Float64Array<ArrayBuffer> {
    return data.subarray(channel * this.samplesPerChannel, (channel + 1) * this.samplesPerChannel);
  }

  #convert(): void {
    const { data, status } = convertBlock(this.channels, this.codes, this.samplesPerChannel);
    for (const { firstSampleIndex, samples } of this.gaps) {
      const start = firstSampleIndex - this.firstSampleIndex;
      for (const i of this.channels.keys()) this.#row(data, i).fill(NaN, start, start + samples);
      for (const mask of status.values()) mask.fill(STATUS.ok, start, start + samples); // missing, which is no fault
    }
    this.#data = data;
    this.#status = status;
  }
}

/**
 * Where the chunks of a file are. In typed arrays, since a day's run has millions of them.
 *
 * @module
 */

import type { TimeAxis } from "../model/axis.ts";
import type { DecodedChunkHeader } from "./decode.ts";

/** A stretch of samples. */
export interface SampleRange {
  /** Index of its first sample. */
  readonly firstSampleIndex: number;
  /** Samples of each channel. */
  readonly samples: number;
}

const FIELDS = 5;
const OFFSET = 0, HEADER_BYTES = 1, FIRST = 2, SAMPLES = 3, AXIS = 4;

/** The readable chunks of a file, markers included, in the order of their samples. */
export class ChunkIndex {
  /** The time axes of the run, each with the first sample that a chunk has on it. */
  readonly axes: { readonly axis: TimeAxis; readonly from: number }[] = [];
  #rows: Float64Array<ArrayBuffer> = new Float64Array(FIELDS * 256);
  #length = 0;

  /** How many chunks there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a chunk whose samples come after all others; it lies on the newest axis. */
  add(offset: number, headerBytes: number, chunk: DecodedChunkHeader): void {
    const at = this.#length * FIELDS;
    if (at === this.#rows.length) {
      const more = new Float64Array(this.#rows.length * 2);
      more.set(this.#rows);
      this.#rows = more;
    }
    this.#rows.set([offset, headerBytes, chunk.firstSampleIndex, chunk.validSamples, this.axes.length - 1], at);
    this.#length++;
  }

  /** Where in the file a chunk's header starts, behind its length. */
  offset(i: number): number {
    return this.#rows[i * FIELDS + OFFSET]!;
  }

  /** Bytes of a chunk's header. */
  headerBytes(i: number): number {
    return this.#rows[i * FIELDS + HEADER_BYTES]!;
  }

  /** Index of a chunk's first sample. */
  first(i: number): number {
    return this.#rows[i * FIELDS + FIRST]!;
  }

  /** Samples of a chunk. */
  samples(i: number): number {
    return this.#rows[i * FIELDS + SAMPLES]!;
  }

  /** The time axis of a chunk. */
  axis(i: number): TimeAxis {
    return this.axes[this.#rows[i * FIELDS + AXIS]!]!.axis;
  }

  /** The first chunk that ends behind a sample, so it has the sample or comes after it; `length` if there is none. */
  firstEndingAfter(sample: number): number {
    let low = 0, high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.first(middle) + this.samples(middle) > sample) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

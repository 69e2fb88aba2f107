/**
 * The books of a recording.
 *
 * @module
 */

import type { LossCause } from "./messages.ts";
import type { DropCounts } from "./block_queue.ts";

/**
 * What became of every block, live while the recording runs. When it is over, `produced = emitted + dropped + lost`;
 * before, the difference waits for the reader.
 *
 * `dropped` blocks did not reach the reader of the stream, but are in the raw file if there is one; `lost` ones are in
 * neither.
 */
export interface AcquisitionSummary {
  /** UTC of the start. */
  readonly startedAt: Temporal.Instant;
  /** UTC of the first sample; null while none has come, as when the board waits for its trigger. */
  readonly firstSampleAt: Temporal.Instant | null;
  /**
   * The first sample at or after the reference trigger; null while it has not come, and where the board does not tell. A
   * run that ends at its trigger has no such sample: then it is the number of samples before it.
   */
  readonly triggerSampleIndex: number | null;
  /** UTC of the end; null while it runs. */
  readonly finishedAt: Temporal.Instant | null;
  /** Blocks that the board made. */
  readonly produced: number;
  /** Blocks that the reader of the stream has got. */
  readonly emitted: number;
  /** Blocks that it did not and will not get. */
  readonly dropped: number;
  /** The same by reason. */
  readonly droppedBy: Readonly<DropCounts>;
  /** Blocks that were lost before they reached file or stream. */
  readonly lost: number;
  /** The same by cause. */
  readonly lostBy: Readonly<Partial<Record<LossCause, number>>>;
  /** Samples of each channel that were taken from the board. */
  readonly samplesPerChannel: number;
  /** Samples of each channel that are missing between them, as far as the clock tells. */
  readonly samplesLost: number;
  /** Times that the board overran. */
  readonly overruns: number;
  /** Errors in mid-run, those included. */
  readonly errors: number;
  /** The raw file, if there is one. */
  readonly raw: RawSummary | null;
}

/** What the raw file came to. */
export interface RawSummary {
  /** Its path. */
  readonly path: string;
  /** Bytes of it; 0 while the recording runs. */
  readonly bytes: number;
  /** Chunks in it, markers included; 0 while the recording runs. */
  readonly chunks: number;
}

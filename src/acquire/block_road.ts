/**
 * The road of a block: out of the board's buffer into the raw file and, when the buffer is the board's again, into the
 * backlog of the stream. And the books of it: which block and which sample are next, and what is missing before them.
 *
 * @module
 */

import type { TakenBuffer } from "../board/backend.ts";
import { monotonicClock } from "../clock.ts";
import type { Codes } from "../convert/codes.ts";
import { type AxisAnchor, TimeAxis } from "../model/axis.ts";
import type { RawWriter } from "../raw/writer.ts";
import type { Arrivals } from "./arrivals.ts";
import { deinterleave, roomForChannels } from "./deinterleave.ts";
import {
  type Control,
  type DrainerNews,
  type DrainerOrder,
  type LossCause,
  samplesPerBuffer,
  waitsForOthers,
} from "./messages.ts";
import { pickPlaces } from "./pick_places.ts";
import { BlockRing } from "./ring.ts";

/** Where a run stands: what its next buffer is. */
export interface RunPlace {
  /** Number of its block. */
  readonly blockIndex: number;
  /** Index of its first sample. */
  readonly sampleIndex: number;
  /** Samples of each channel until the run is complete. */
  readonly left: number;
  /** The present time axis. */
  readonly axis: TimeAxis;
}

/** Of a buffer: what block it makes. */
interface Passing {
  readonly block: Codes;
  readonly samples: number;
  readonly atTrigger: boolean;
  readonly readStartedNs: bigint;
  readonly readFinishedNs: bigint;
}

/** The road of one run. */
export class BlockRoad {
  /** The raw file, if there is one: whose road it is makes and ends it. */
  file: RawWriter | null = null;
  readonly #order: DrainerOrder;
  readonly #control: Control;
  readonly #arrivals: Arrivals;
  readonly #post: (news: DrainerNews) => void;
  readonly #clock = monotonicClock();
  readonly #ring: BlockRing;
  readonly #scratch: Codes;
  #axis!: TimeAxis;
  #blockIndex = 0;
  #sampleIndex = 0;
  #gap = 0;

  /**
   * @param order The run.
   * @param control Where to tell what is being done.
   * @param arrivals When its buffers came.
   * @param post Gets the news.
   */
  constructor(order: DrainerOrder, control: Control, arrivals: Arrivals, post: (news: DrainerNews) => void) {
    this.#order = order;
    this.#control = control;
    this.#arrivals = arrivals;
    this.#post = post;
    this.#ring = new BlockRing(order.ring);
    this.#scratch = roomForChannels(order.ring.type, order.channels, samplesPerBuffer(order));
  }

  /** Where the run stands. */
  get place(): RunPlace {
    return { blockIndex: this.#blockIndex, sampleIndex: this.#sampleIndex, left: this.left, axis: this.#axis };
  }

  /** Samples of each channel until the run is complete. */
  get left(): number {
    const { samplesPerChannel } = this.#order;
    return samplesPerChannel === null ? Infinity : Math.max(0, samplesPerChannel - this.#sampleIndex);
  }

  /**
   * The clock runs since a moment: the next sample was taken then, and after a restart that is the one that would have been
   * taken if it had never stopped.
   *
   * @param monoNs The moment, on the monotonic clock.
   * @param utcNs The same, since 1970.
   * @param tookNs How long the call took of which it is the middle.
   */
  startClock(monoNs: bigint, utcNs: bigint, tookNs: bigint): AxisAnchor {
    const { clockHz, ticksPerSample, triggers: { awaited, bursts } } = this.#order;
    if (this.#axis !== undefined) this.#skipTo(monoNs);
    const anchor: AxisAnchor = {
      ...{ index: this.#sampleIndex, monoNs, utcNs, clockHz, ticksPerSample },
      ...(awaited ? {} : { uncertaintyNs: Number(tookNs + 1n >> 1n) }),
      ...(bursts === null ? {} : { bursts }),
    };
    this.#axis = new TimeAxis(anchor);
    return anchor;
  }

  /**
   * Takes a buffer from the board to the stream.
   *
   * @param buffer The buffer.
   * @param readStartedNs When it was asked for.
   * @param giveBack Gives it back to the board; called when it is in the file, or cannot get there.
   * @throws {DtolSinkWriteError} If the file does not take it: it is lost then, and not in the stream either.
   */
  pass({ codes, lostBefore, atTrigger = false }: TakenBuffer, readStartedNs: bigint, giveBack: () => void): void {
    const { channels, pick } = this.#order;
    if (lostBefore > 0) this.lose("reused", lostBefore, lostBefore * samplesPerBuffer(this.#order));
    const scans = Math.floor(codes.length / (pick?.stride ?? channels));
    this.#anchorAt(scans);
    const samples = Math.min(scans, this.left);
    const block = this.#scratch.subarray(0, samples * channels) as Codes;
    if (pick === null) deinterleave(codes, block, channels, samples);
    else pickPlaces(codes, block, pick, samples);
    const passing = { block, samples, atTrigger, readStartedNs, readFinishedNs: this.#clock.nowNs() };
    try {
      this.#write(passing);
    } catch (error) {
      giveBack();
      this.#sampleIndex += samples;
      this.#lost("write_failed", 1, samples);
      throw error;
    }
    giveBack();
    if (samples > 0) this.#handOn(passing);
  }

  /** Uses a time when there is nothing to pass. */
  prepare(): void {
    this.#ring.prepareSlot();
  }

  /** Moves the indices over blocks that are lost, and marks them in the file. */
  lose(cause: LossCause, blocks: number, samples: number): void {
    const from = this.place;
    this.#sampleIndex += Math.min(samples, this.left); // a finite run needs no more, so it cannot lose more
    this.mark(cause, blocks, from);
  }

  /** Counts what was lost since a place, and marks it in the file there. */
  mark(cause: LossCause, blocks: number, { blockIndex, sampleIndex, axis }: RunPlace): void {
    const samples = this.#sampleIndex - sampleIndex;
    this.#lost(cause, blocks, samples); // counted also when the file does not take the mark
    this.file?.writeMarker({
      ...{ blockIndex, firstSampleIndex: sampleIndex, axis, lostSamples: samples, cause, atNs: this.#clock.nowNs() },
      flags: cause === "trigger_error" ? [] : [cause === "reused" ? "reused" : "overrun_marker"],
    });
  }

  /** Where a trigger from outside decides when samples are taken, the buffer tells it as well as it can be known. */
  #anchorAt(samples: number): void {
    if (samples === 0) return;
    const anchor = this.#arrivals.anchorOf(this.#axis, this.#sampleIndex, samples, this.#clock.nowNs());
    if (anchor === null) return;
    this.#axis = new TimeAxis(anchor);
    this.#post({ type: "anchored", anchor });
  }

  #write({ block, samples, atTrigger, readStartedNs, readFinishedNs }: Passing): void {
    if (this.file === null || samples === 0) return;
    this.#control.operation = "writing the raw file";
    this.file.writeChunk({
      blockIndex: this.#blockIndex,
      firstSampleIndex: this.#sampleIndex,
      validSamples: samples,
      bufferCapacity: samplesPerBuffer(this.#order),
      gapBefore: this.#gap,
      axis: this.#axis,
      readStartedNs,
      readFinishedNs,
      ...(atTrigger ? { flags: ["trigger"] } : {}),
    }, new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
  }

  #handOn({ block, samples, atTrigger, readStartedNs, readFinishedNs }: Passing): void {
    if (atTrigger) this.#post({ type: "trigger", sampleIndex: this.#sampleIndex });
    this.#post({
      type: "block",
      inRing: this.#ring.put(block),
      blockIndex: this.#blockIndex,
      firstSampleIndex: this.#sampleIndex,
      samples,
      gapBefore: this.#gap,
      atTrigger,
      readStartedNs,
      readFinishedNs,
    });
    this.#blockIndex++;
    this.#sampleIndex += samples;
    this.#gap = 0;
  }

  /** Sets the sample index to the sample that would have been taken at a moment. */
  #skipTo(monoNs: bigint): void {
    if (waitsForOthers(this.#order)) return; // no clock says what was missed
    const skipped = this.#axis.indexAt(monoNs) - this.#sampleIndex;
    this.#sampleIndex += Math.min(Math.max(skipped, 0), this.left);
  }

  /** Tells of blocks that neither file nor stream will get; they keep their numbers, and their samples their indices. */
  #lost(cause: LossCause, blocks: number, samples: number): void {
    this.#blockIndex += blocks;
    this.#gap += samples;
    this.#post({ type: "lost", cause, blocks, samples });
  }
}

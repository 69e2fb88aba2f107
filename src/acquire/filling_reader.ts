/**
 * Reading what the buffer that is being filled holds, ahead of the stream, which gets the same samples when it is full.
 *
 * @module
 */

import type { Intake } from "../board/backend.ts";
import { monotonicClock } from "../clock.ts";
import { type Codes, newCodes } from "../convert/codes.ts";
import { DtolCapabilityError } from "../errors.ts";
import type { Arrivals } from "./arrivals.ts";
import type { RunPlace } from "./block_road.ts";
import { deinterleave } from "./deinterleave.ts";
import type { DrainerOrder, FillingBlock } from "./messages.ts";
import { pickPlaces } from "./pick_places.ts";

/** Gives each sample once, whatever the stream does. */
export class FillingReader {
  readonly #order: DrainerOrder;
  readonly #intake: Intake;
  readonly #arrivals: Arrivals;
  readonly #clock = monotonicClock();
  /** All before it have been given, or never will. */
  #next = 0;

  /**
   * @param order The run.
   * @param intake Its board.
   * @param arrivals When its buffers came.
   */
  constructor(order: DrainerOrder, intake: Intake, arrivals: Arrivals) {
    this.#order = order;
    this.#intake = intake;
    this.#arrivals = arrivals;
  }

  /** The board is started again: its indices are new ones. */
  begin(): void {
    this.#next = 0;
  }

  /** What the buffer holds that was not given before; null when that is nothing. Throws as {@linkcode Intake.peek}. */
  read({ blockIndex, sampleIndex, left, axis }: RunPlace): FillingBlock | null {
    const { ticket, channels, pick, ring } = this.#order;
    const readStartedNs = this.#clock.nowNs();
    if (this.#intake.peek === undefined) {
      throw new DtolCapabilityError(`Cannot read the buffer being filled of "${ticket.board}" as its backend cannot`);
    }
    const filling = this.#intake.peek();
    if (filling === null) return null;
    const seenNs = this.#clock.nowNs();
    const stride = pick?.stride ?? channels;
    const samplesBefore = filling.codesBefore / stride;
    const first = sampleIndex + samplesBefore;
    const held = Math.min(Math.floor(filling.codes.length / stride), left - samplesBefore);
    const skipped = Math.max(0, this.#next - first);
    const samples = held - skipped;
    if (samples <= 0) return null;
    const scans = filling.codes.subarray(skipped * stride) as Codes;
    const codes = newCodes(ring.type, samples * channels);
    if (pick === null) deinterleave(scans, codes, channels, samples);
    else pickPlaces(scans, codes, pick, samples);
    this.#next = first + held;
    return {
      ...{ codes, samples, firstSampleIndex: first + skipped, blockIndex: blockIndex + filling.buffersBefore },
      anchor: this.#arrivals.anchorOfPart(axis, first, held, seenNs),
      ...{ readStartedNs, readFinishedNs: this.#clock.nowNs() },
    };
  }
}

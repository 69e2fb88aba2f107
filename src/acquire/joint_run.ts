/**
 * What was started together, under one roof until all of it has ended.
 *
 * @module
 */

import type { StartMoment } from "../board/backend.ts";
import type { Playback } from "./play.ts";
import type { Recording } from "./record.ts";
import type { Session } from "./session.ts";
import type { AcquisitionSummary } from "./summary.ts";

/** How and when a device was started. */
export interface DeviceStart extends StartMoment {
  /** Who did it: the `board`, for several of its subsystems in one call, or this `program`, for each by a call of its own. */
  readonly by: "board" | "program";
}

/** What a {@linkcode JointRun} is made of. */
interface Parts {
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly playbacks: ReadonlyMap<string, Playback>;
  readonly counters: ReadonlyMap<string, Session>;
  readonly starts: ReadonlyMap<string, DeviceStart>;
}

/** Devices that were started together. Made by {@linkcode startTogether}; dispose of it, and all of them end. */
export class JointRun implements AsyncDisposable {
  /** The recordings, by device. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** The waveforms that are played, by device. */
  readonly playbacks: ReadonlyMap<string, Playback>;
  /** The counters, by device. */
  readonly counters: ReadonlyMap<string, Session>;
  /** When each was started, and how. */
  readonly starts: ReadonlyMap<string, DeviceStart>;

  /** @ignore Made by {@linkcode startTogether}. */
  constructor({ recordings, playbacks, counters, starts }: Parts) {
    this.recordings = recordings;
    this.playbacks = playbacks;
    this.counters = counters;
    this.starts = starts;
  }

  /**
   * Seconds from the first start to the last, as measured: each start is the middle of its call, and may have been half of
   * `tookNs` earlier or later. 0 where one board started all.
   */
  get skewS(): number {
    const moments = [...this.starts.values()].map(({ monoNs }) => monoNs).sort((a, b) => Number(a - b));
    return Number(moments.at(-1)! - moments[0]!) / 1e9;
  }

  /**
   * Ends all of them in order, waveforms and counters too, and waits for all, whatever one throws. Outputs keep their last
   * value until their session is closed.
   *
   * @returns The books of each recording; those of a waveform are in its `summary`.
   * @throws {DtolError} As {@linkcode Recording.stop} and {@linkcode Playback.stop}: what the first of them throws.
   */
  async stop(): Promise<ReadonlyMap<string, AcquisitionSummary>> {
    await this.#end((recording) => recording.stop());
    return new Map([...this.recordings].map(([name, { summary }]) => [name, summary]));
  }

  /** Ends all of them in order and gives up what nobody has read. Throws as {@linkcode JointRun.stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end((recording) => recording[Symbol.asyncDispose]());
  }

  async #end(how: (recording: Recording) => Promise<unknown>): Promise<void> {
    const counters = [...this.counters.values()].filter(({ closed }) => !closed);
    await allDone([
      ...[...this.playbacks.values()].map((playback) => playback.stop()),
      ...counters.map((counter) => counter.stop()),
      ...[...this.recordings.values()].map(how),
    ]);
  }
}

/** Waits for all, and throws what the first of them has thrown. */
export async function allDone(endings: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(endings)) if (one.status === "rejected") throw one.reason;
}

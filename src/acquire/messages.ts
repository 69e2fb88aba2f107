/**
 * What the main thread and the drainer's thread tell each other: plain data only.
 *
 * @module
 */

import type { IntakePlan, IntakeTicket } from "../board/backend.ts";
import type { ScanPick } from "../board/fit.ts";
import type { Codes } from "../convert/codes.ts";
import type { PlainError } from "../errors.ts";
import type { AxisAnchor, BurstClock } from "../model/axis.ts";
import type { ErrorPolicy } from "../model/enums.ts";
import type { RawFileHeader } from "../raw/format.ts";
import type { RingShape } from "./ring.ts";

/** Longest wait of a drainer in one call, ms: how late a stop may be noticed, and a buffer whose message got lost. */
export const WAIT_MS = 20;

/** Why samples are missing from a run. */
export type LossCause = "overrun" | "reused" | "queue_done" | "trigger_error" | "removed" | "write_failed";

/** The raw file of a run; its header lacks only what is known after the start. */
export interface RawOrder {
  /** File to write. */
  readonly path: string;
  /** Whether one that exists may be replaced. */
  readonly overwrite: boolean;
  /** Milliseconds between two syncs to disk; 0 for none. */
  readonly syncIntervalMs: number;
  /** Header, without what is known only after the start. */
  readonly header: Omit<RawFileHeader, "anchor" | "startedUtcNs" | "monoClock">;
}

/** What a run waits for. */
export interface RunTriggers {
  /** Whether the first sample is taken at a trigger that only the board sees. */
  readonly awaited: boolean;
  /** Bursts at a rate of the board's own; null without. */
  readonly bursts: BurstClock | null;
  /** Samples of each channel in a burst that a trigger from outside starts; null without. */
  readonly burstSamples: number | null;
  /** What the run's reference trigger does: the run ends at it, or some scans after it; null without. */
  readonly reference: "ends_at" | "ends_after" | null;
}

/** Everything the drainer must know of a run. */
export interface DrainerOrder {
  /** Whose intake to make. */
  readonly ticket: IntakeTicket;
  /** Its buffers. */
  readonly plan: IntakePlan;
  /** Channels of a block. */
  readonly channels: number;
  /** Where they stand in a scan of the board; null where a scan is just these, in order. */
  readonly pick: ScanPick | null;
  /** Clock of the board, read back. */
  readonly clockHz: number;
  /** Ticks from sample to sample of a channel. */
  readonly ticksPerSample: number;
  /** Samples of each channel after which the run ends; null for a run without end. */
  readonly samplesPerChannel: number | null;
  /** What it waits for. */
  readonly triggers: RunTriggers;
  /** The raw file, if there is one. */
  readonly raw: RawOrder | null;
  /** Memory of the gate at which to wait for others before the start; null to start at once. */
  readonly gate: SharedArrayBuffer | null;
  /** What to do on an error in mid-run. */
  readonly errorPolicy: ErrorPolicy;
  /** Milliseconds that ending the run may take. */
  readonly timeoutMs: number;
  /** The backlog of the stream. */
  readonly ring: RingShape;
  /** Memory of the line on which its news go. */
  readonly news: SharedArrayBuffer;
  /** See {@linkcode Control}. */
  readonly control: SharedArrayBuffer;
}

/** Samples of the buffer that is being filled. */
export interface FillingBlock {
  /** Channel-major. */
  readonly codes: Codes;
  /** Number that the block of that buffer will have. */
  readonly blockIndex: number;
  /** Index of the first sample. */
  readonly firstSampleIndex: number;
  /** Samples of each channel. */
  readonly samples: number;
  /** The anchor of these samples alone; null for that of the run. */
  readonly anchor: AxisAnchor | null;
  /** When the buffer was asked for. */
  readonly readStartedNs: bigint;
  /** When its samples were here. */
  readonly readFinishedNs: bigint;
}

/** Samples of each channel in a full buffer. */
export function samplesPerBuffer({ plan, pick, channels }: DrainerOrder): number {
  return plan.codesPerBuffer / (pick?.stride ?? channels);
}

/** Whether a trigger from outside decides when samples are taken, so that the board may rest for any time. */
export function waitsForOthers({ triggers: { awaited, burstSamples } }: DrainerOrder): boolean {
  return awaited || burstSamples !== null;
}

/** The drainer's news. */
export type DrainerNews =
  /** All is ready to start: it waits at the gate. */
  | { readonly type: "armed" }
  /**
   * The clock runs, or waits for its trigger; starting it took so many nanoseconds, of which the anchor is the middle.
   */
  | { readonly type: "started"; readonly anchor: AxisAnchor; readonly tookNs: bigint }
  /** The run could not be started; everything has been given back. */
  | { readonly type: "failed"; readonly error: PlainError }
  /** A block was taken, and is in the file. `inRing` tells whether it waits in the ring or found that full. */
  | {
    readonly type: "block";
    readonly inRing: boolean;
    readonly blockIndex: number;
    readonly firstSampleIndex: number;
    readonly samples: number;
    readonly gapBefore: number;
    readonly atTrigger: boolean;
    readonly readStartedNs: bigint;
    readonly readFinishedNs: bigint;
  }
  /** Samples are lost for good. */
  | { readonly type: "lost"; readonly cause: LossCause; readonly blocks: number; readonly samples: number }
  /** Samples from here on have another anchor: the trigger came, or the board was started again after a loss. */
  | { readonly type: "anchored"; readonly anchor: AxisAnchor }
  /** The reference trigger came: the first sample at or after it. */
  | { readonly type: "trigger"; readonly sampleIndex: number }
  /** What the buffer holds that is being filled, as was asked for: null for nothing new; or why it could not be read. */
  | { readonly type: "filling"; readonly block: FillingBlock | null; readonly error: PlainError | null }
  /** An error in mid-run that does not end it. */
  | {
    readonly type: "error";
    readonly error: PlainError;
    /** Whether the reader gets it in a block of its own. */
    readonly deliver: boolean;
    readonly blockIndex: number;
    readonly sampleIndex: number;
  }
  /** The run is over and everything given back, unless `abandoned`: then the driver hangs in a call. */
  | {
    readonly type: "ended";
    readonly error: PlainError | null;
    readonly raw: { readonly bytes: number; readonly chunks: number } | null;
    readonly abandoned: boolean;
  };

/** What a drainer may be doing when it is not heard of any more. */
export const OPERATIONS = [
  "starting its thread",
  "waiting for the board",
  "opening the run",
  "getting the board ready",
  "waiting for the others",
  "starting the board",
  "fetching a buffer",
  "reading the buffer being filled",
  "writing the raw file",
  "giving a buffer back",
  "ending the run",
] as const;
/** One of {@linkcode OPERATIONS}. */
export type Operation = typeof OPERATIONS[number];

/** Four numbers both threads see without a message, as the drainer's thread mostly waits in a call. */
export class Control {
  readonly #words: Int32Array;

  /** Attaches to shared memory, or makes it. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.#words = new Int32Array(memory);
  }

  /** Asks the drainer to end the run. */
  requestStop(): void {
    Atomics.or(this.#words, 0, 1);
  }

  /** Asks the player to end the run at once. */
  requestAbort(): void {
    Atomics.or(this.#words, 0, 3);
  }

  /** Whether the main thread wants the run to end at once. */
  get abortRequested(): boolean {
    return (Atomics.load(this.#words, 0) & 2) !== 0;
  }

  /** Whether the main thread wants the run to end. */
  get stopRequested(): boolean {
    return Atomics.load(this.#words, 0) !== 0;
  }

  /** Asks the drainer to read the buffer that is being filled. */
  requestFilling(): void {
    Atomics.store(this.#words, 3, 1);
  }

  /** Whether that is asked for; it is not, any more, when this was read. */
  takeFillingRequest(): boolean {
    return Atomics.exchange(this.#words, 3, 0) !== 0;
  }

  /** The drainer is alive. */
  beat(): void {
    Atomics.add(this.#words, 1, 1);
  }

  /** How often it said so. */
  get beats(): number {
    return Atomics.load(this.#words, 1);
  }

  /** The drainer is about to do something that may hang; so it is alive. */
  set operation(operation: Operation) {
    Atomics.store(this.#words, 2, OPERATIONS.indexOf(operation));
    this.beat();
  }

  /** What it is doing. */
  get operation(): Operation {
    return OPERATIONS[Atomics.load(this.#words, 2)] ?? OPERATIONS[0];
  }
}

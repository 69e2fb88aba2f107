/**
 * What a SQLite sink and the thread of its database tell each other.
 *
 * @module
 */

import type { Codes } from "../../src/convert/codes.ts";
import { fromPlainError, type PlainError, toPlainError } from "../../src/errors.ts";
import { type AxisAnchor, TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock, plainChannels } from "../../src/model/block.ts";
import type { Metadata } from "../../src/model/fields.ts";
import type { IfExists } from "../file.ts";
import type { Column } from "../columns.ts";
import type { Packed } from "./pack.ts";

/** How a SQLite sink stores the samples of blocks. */
export type SampleStorage = "none" | "blob" | "rows";

/** What the database is opened with. */
export interface StoreOptions {
  readonly path: string;
  readonly ifExists: IfExists;
  readonly journalMode: string;
  readonly synchronous: string;
  readonly busyTimeoutMs: number;
  readonly tableReadings: string;
  readonly tableBlocks: string;
  readonly tableSamples: string;
  readonly tableMetadata: string;
  readonly samples: SampleStorage;
}

/** Some readings of one write, in the columns of their table. */
export interface ReadingsPart {
  readonly columns: readonly Column[];
  readonly rows: Packed;
}

/** Something to store; a description of the run goes along when there is a new one. */
export type WriteOrder =
  & { readonly description: string | null }
  & (
    | { readonly kind: "describe" }
    | { readonly kind: "readings"; readonly parts: readonly ReadingsPart[] }
    | { readonly kind: "block"; readonly block: PlainBlock }
  );

/** What the thread is to do. */
export type Order = { readonly kind: "open"; readonly options: StoreOptions } | WriteOrder | { readonly kind: "close" };

/** An order with the number that its answer carries. */
export interface NumberedOrder {
  readonly id: number;
  readonly order: Order;
}

/**
 * Columns on their way to another thread: sent when they are new, then left out, as they cost more than the rows. Both ends
 * have one, and see all parts in the same order.
 */
export class ColumnMemory {
  #last: readonly Column[] = [];

  /** Takes columns away that the other end has. */
  strip({ columns, rows }: ReadingsPart): ReadingsPart {
    if (columns === this.#last) return { columns: [], rows };
    this.#last = columns;
    return { columns, rows };
  }

  /** Puts them back. */
  fill({ columns, rows }: ReadingsPart): ReadingsPart {
    if (columns.length > 0) this.#last = columns;
    return { columns: this.#last, rows };
  }
}

/** What became of an order. */
export interface Answer {
  readonly id: number;
  readonly error: PlainError | null;
}

/** A block as plain data, which `postMessage` takes. */
export interface PlainBlock {
  readonly device: string;
  readonly task: string;
  readonly channels: readonly BlockChannel[];
  readonly codes: Codes | null;
  /** Values and what they are worth, where there are no codes. */
  readonly values?: Float64Array<ArrayBuffer>;
  readonly sensorStatus?: ReadonlyMap<string, Int8Array>;
  readonly blockIndex: number;
  readonly firstSampleIndex: number;
  readonly samplesPerChannel: number;
  readonly gapBefore: number;
  readonly anchor: AxisAnchor;
  readonly startedUtcNs: bigint;
  readonly readStartedNs: bigint;
  readonly readFinishedNs: bigint;
  readonly metadata: Metadata;
  readonly error: PlainError | null;
}

/** Takes a block apart; its samples are copied, so that the caller's block stays whole when they move. */
export function toPlainBlock(block: DaqBlock): PlainBlock {
  const { device, task, plainCodes: codes, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, axis } = block;
  const { taskStartedAt, readStartedNs, readFinishedNs, metadata, error } = block;
  return {
    device,
    task,
    channels: plainChannels(block.channels),
    codes: codes === null ? null : codes.slice() as Codes,
    ...(codes === null && samplesPerChannel > 0
      ? { values: block.data.slice(), sensorStatus: block.sensorStatus }
      : {}),
    blockIndex,
    firstSampleIndex,
    samplesPerChannel,
    gapBefore,
    anchor: axis.anchor,
    startedUtcNs: taskStartedAt.epochNanoseconds,
    readStartedNs,
    readFinishedNs,
    metadata,
    error: error === null ? null : toPlainError(error),
  };
}

/** Puts a block together again. */
export function fromPlainBlock({ anchor, error, ...parts }: PlainBlock): DaqBlock {
  return new DaqBlock({
    ...parts,
    axis: new TimeAxis(anchor),
    ...(error === null ? {} : { error: fromPlainError(error) }),
  });
}

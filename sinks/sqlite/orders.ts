/**
 * What a SQLite sink and the thread of its database tell each other.
 *
 * @module
 */

import type { PlainError } from "../../src/errors.ts";
import type { IfExists } from "../file.ts";
import type { Column } from "../columns.ts";
import type { PlainBlock } from "../plain_block.ts";
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

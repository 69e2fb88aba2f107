/**
 * Stretches of the rows of blocks: what pages are made of.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";

/** Rows of one block that follow each other: samples of one channel, scans, or the one row of an error. */
export interface Piece {
  /** The block. */
  readonly block: DaqBlock;
  /** Place of the channel; -1 in the row of an error, which has none. */
  readonly channel: number;
  /** First sample, counted in the block. */
  readonly from: number;
  /** Rows. */
  readonly count: number;
}

/** How blocks become rows: one row a channel and sample, or one a scan. */
export type ParquetLayout = "long" | "wide";

/** More rows than this are several pages, so that a reader need not unpack millions to get at a few. */
const PAGE_ROWS = 65_536;

/** Rows that a block becomes. */
export function rowsOf(block: DaqBlock, layout: ParquetLayout): number {
  if (block.samplesPerChannel === 0) return block.error === null ? 0 : 1;
  return block.samplesPerChannel * (layout === "long" ? block.nChannels : 1);
}

/** The rows of some blocks in their order, in groups of at most so many rows. */
export function* rowGroupsOf(
  blocks: readonly DaqBlock[],
  layout: ParquetLayout,
  rowGroupSize: number,
): Generator<Piece[]> {
  let group: Piece[] = [];
  let room = rowGroupSize;
  for (const stretch of blocks.flatMap((block) => stretchesOf(block, layout))) {
    for (let { from, count } = stretch; count > 0;) {
      const taken = Math.min(count, room, PAGE_ROWS);
      group.push({ ...stretch, from, count: taken });
      from += taken;
      count -= taken;
      room -= taken;
      if (room > 0) continue;
      yield group;
      group = [];
      room = rowGroupSize;
    }
  }
  if (group.length > 0) yield group;
}

function stretchesOf(block: DaqBlock, layout: ParquetLayout): Piece[] {
  const count = block.samplesPerChannel;
  if (count === 0) return rowsOf(block, layout) === 0 ? [] : [{ block, channel: -1, from: 0, count: 1 }];
  const channels = layout === "long" ? block.nChannels : 1;
  return Array.from({ length: channels }, (_, channel) => ({ block, channel, from: 0, count }));
}

/**
 * Blocks as plain data, for the way to another thread and into a journal.
 *
 * @module
 */

import { fromPlainError, type PlainError, toPlainError } from "../src/errors.ts";
import { type AxisAnchor, TimeAxis } from "../src/model/axis.ts";
import { DaqBlock, type DaqBlockParts, plainChannels } from "../src/model/block.ts";

/** A block as plain data: with codes where these say all, else with values. What turns codes into those stays behind. */
export interface PlainBlock extends Omit<DaqBlockParts, "axis" | "error" | "atTrigger"> {
  readonly anchor: AxisAnchor;
  readonly error: PlainError | null;
}

/** Takes a block apart. Its samples are those of the block, not a copy. */
export function toPlainBlock(block: DaqBlock): PlainBlock {
  const { device, task, plainCodes: codes, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, axis } = block;
  const { taskStartedAt, readStartedNs, readFinishedNs, metadata, error } = block;
  return {
    device,
    task,
    channels: plainChannels(block.channels),
    codes,
    ...(codes === null && samplesPerChannel > 0 ? { values: block.data, sensorStatus: block.sensorStatus } : {}),
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

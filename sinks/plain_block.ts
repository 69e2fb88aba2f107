/**
 * Blocks as plain data, for the way to another thread and into a journal.
 *
 * @module
 */

import type { Codes } from "../src/convert/codes.ts";
import { fromPlainError, type PlainError, toPlainError } from "../src/errors.ts";
import { type AxisAnchor, TimeAxis } from "../src/model/axis.ts";
import { type BlockChannel, DaqBlock, plainChannels } from "../src/model/block.ts";
import type { Metadata } from "../src/model/fields.ts";

/** A block as plain data: with codes where these say all, else with values. What turns codes into those stays behind. */
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

/**
 * The nouns of `.dt-raw` version 2, and the numbers that fix its bytes.
 *
 * ```text
 * u32 LE   length of the file header
 * bytes    file header, JSON in UTF-8, blanks behind it up to the next multiple of 8 bytes of the file
 * repeat:
 *   u32 LE   length of the chunk header
 *   bytes    chunk header, JSON in UTF-8, blanks behind it up to the next multiple of 8 bytes of the file
 *   bytes    payload: all samples of channel 0, then all of channel 1 ..., little-endian, nothing behind it
 * ```
 *
 * The Python library of the same name reads such files: its keys come first, in its order, and what it does not know
 * stands behind them. The last key of every header is `crc32`, eight hex digits: the CRC-32 of the header's bytes, blanks
 * included, with these digits as zeros. A chunk header also holds `payload_crc32`, so it vouches for the payload too.
 * Two checksums and not one, so that a walk over the headers alone can trust what it sees and need not read the payloads.
 *
 * @module
 */

import type { CodeType } from "../convert/codes.ts";
import type { AxisAnchor, TimeAxis } from "../model/axis.ts";
import type { BlockChannel } from "../model/block.ts";
import type { Metadata } from "../model/fields.ts";

/** Version of the format that is written, and the only one that is read. */
export const RAW_FORMAT_VERSION = 2;

/** Longest file header in bytes that is written or read: a header is not a place for data. */
export const MAX_FILE_HEADER_BYTES: number = 4 * 1024 * 1024;

/** Longest chunk header in bytes that is written or read; one with everything in it has about 1,500. */
export const MAX_CHUNK_HEADER_BYTES: number = 8 * 1024;

/** Every header ends at a multiple of this many bytes of the file, so that a payload can be viewed as codes in place. */
export const RAW_ALIGNMENT = 8;

/**
 * What a chunk has to say beside its samples:
 * `overrun_marker` samples were lost before this point because the board overran, `partial` the buffer was not full,
 * `reused` the board had filled the buffer again before it was fetched, `gap` samples are missing just before this chunk,
 * `trigger` its first sample is the first at or after the trigger that the run is taken about (in the final marker: the run
 * ended at that), `final` the last chunk of a run that was ended in order.
 */
export const RAW_FLAGS = ["overrun_marker", "partial", "reused", "gap", "trigger", "final"] as const;
/** One of {@linkcode RAW_FLAGS}. */
export type RawFlag = typeof RAW_FLAGS[number];

/** A channel as the file header knows it: all that turns its codes into its unit. */
export interface RawChannel extends BlockChannel {
  /** How the input was wired; null when it is not known. */
  readonly channelType?: string | null;
}

/** What took part in a recording. Null stands for what is not there or does not say. */
export interface RawVersions {
  /** Version of this library. */
  readonly library: string | null;
  /** Version of `oldaapi64.dll`. */
  readonly oldaapi: string | null;
  /** Version of `olmem64.dll`. */
  readonly olmem: string | null;
  /** Version of the board's driver. */
  readonly driver: string | null;
  /** Name of the backend. */
  readonly backend: string | null;
  /** Whether the board was simulated. */
  readonly simulated: boolean | null;
}

/** What stands in front of a file, and is all that is needed to read the codes behind it. */
export interface RawFileHeader {
  /** Name of the task. */
  readonly task: string;
  /** Board name: with the monotonic time the key that joins data of several programs. */
  readonly device: string;
  /** The channels, in the order of the payloads. */
  readonly channels: readonly RawChannel[];
  /** How codes stand in the payloads, in numpy's words; always little-endian. */
  readonly dtype: CodeType;
  /** Samples of each channel in a full buffer. */
  readonly samplesPerBuffer: number;
  /** Start of the time axis and the clock it runs on, as read back from the board. */
  readonly anchor: AxisAnchor;
  /** UTC nanoseconds at which the run started. */
  readonly startedUtcNs: bigint;
  /** Name of the clock that monotonic times come from; null when it is not known. */
  readonly monoClock?: string | null;
  /** Rate of the board's clock in Hz that was asked for. */
  readonly clockHzAsked?: number | null;
  /** Samples per second of each channel that were asked for. */
  readonly rateHzAsked?: number | null;
  /** Whether the board samples all channels at the same moment. */
  readonly simultaneous?: boolean | null;
  /** What took part in the recording. */
  readonly versions?: RawVersions | null;
  /** Notes of the file. */
  readonly metadata?: Metadata;
  /** Notes of the task, which its blocks carry. */
  readonly taskMetadata?: Metadata;
  /** The whole task: `TaskSpec.toJSON()`. */
  readonly spec?: Readonly<Record<string, unknown>> | null;
}

/** One buffer on its way into the file. */
export interface RawChunkHeader {
  /** Number of the block in the run; a lost block keeps its number. */
  readonly blockIndex: number;
  /** Index of the first sample in the run; lost samples keep theirs. */
  readonly firstSampleIndex: number;
  /** Samples of each channel in the payload. */
  readonly validSamples: number;
  /** Samples of each channel that the buffer has room for. */
  readonly bufferCapacity: number;
  /** The time axis that the indices run on. When it is another than before, its anchor is stored with the chunk. */
  readonly axis: TimeAxis;
  /** Samples of each channel that were lost just before this chunk. Default: 0. Above 0 sets the flag `gap`. */
  readonly gapBefore?: number;
  /** Monotonic nanoseconds at which the drainer learnt of the buffer. */
  readonly readStartedNs: bigint;
  /** Monotonic nanoseconds at which it had copied it, just before the write. */
  readonly readFinishedNs: bigint;
  /** Flags besides `gap` and `partial`, which follow from the numbers. Default: none. */
  readonly flags?: readonly RawFlag[];
}

/** A loss, or an error of the board, on its way into the file: a chunk without samples. */
export interface RawMarker {
  /** Number of the first block that is lost, or of the next one. */
  readonly blockIndex: number;
  /** Index of the first sample that is lost, or of the next one. */
  readonly firstSampleIndex: number;
  /** Samples of each channel that are lost; 0 when it is not known, or when none are. */
  readonly lostSamples: number;
  /** Why, in a word that losses are counted by, for example `overrun`; an error without loss gives its class name. */
  readonly cause: string;
  /** What happened, for a person. */
  readonly detail?: string;
  /** The time axis that the index runs on. */
  readonly axis: TimeAxis;
  /** Monotonic nanoseconds at which the loss was found. */
  readonly atNs: bigint;
  /** Flags of the marker; a loss to the board has `overrun_marker`. Default: none. */
  readonly flags?: readonly RawFlag[];
}

/** What a run came to, in the marker that ends it. */
export interface RawTotals {
  /** Chunks before the final one, markers included. */
  readonly chunks: number;
  /** Samples of each channel in them. */
  readonly samples: number;
  /** Samples of each channel that their markers say are lost. */
  readonly lostSamples: number;
}

/** Bytes of the blanks behind a header that starts at an offset of the file (its length field) and has this many bytes. */
export function blanksBehind(offset: number, headerBytes: number): number {
  return (RAW_ALIGNMENT - (offset + 4 + headerBytes) % RAW_ALIGNMENT) % RAW_ALIGNMENT;
}

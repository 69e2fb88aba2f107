/**
 * Headers of `.dt-raw` as bytes.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { isoUtc } from "../clock.ts";
import { codedChannels } from "../convert/sensor.ts";
import type { AxisAnchor } from "../model/axis.ts";
import { channelsToJson } from "./channel_json.ts";
import {
  blanksBehind,
  RAW_FLAGS,
  RAW_FORMAT_VERSION,
  type RawChunkHeader,
  type RawFileHeader,
  type RawFlag,
  type RawTotals,
} from "./format.ts";

/** A chunk with what the writer adds to it. */
export interface ChunkParts extends RawChunkHeader {
  /** Number of the chunk in the file, from 0. */
  readonly seq: number;
  /** The anchor of its axis, where the axis is another than before. */
  readonly anchor: AxisAnchor | null;
  /** CRC-32 of the payload. */
  readonly payloadCrc: number;
  /** Samples that a marker says are lost. */
  readonly lostSamples?: number;
  /** Why they are. */
  readonly cause?: string;
  /** What happened, for a person. */
  readonly detail?: string;
  /** What the run came to, in the final marker. */
  readonly totals?: RawTotals;
}

const BLANK = 0x20;
const TAIL = `,"crc32":"00000000"}`;
const CRC_DIGITS_BEHIND = 10; // the digits, a quote and a brace
const HEX = new TextEncoder().encode("0123456789abcdef");
const encoder = new TextEncoder();

/** An anchor as JSON: nanoseconds as text, since a JSON number loses them beyond 2^53. */
export function anchorFields(anchor: AxisAnchor): Record<string, unknown> {
  const { uncertaintyNs, bursts } = anchor;
  return {
    clock_hz: anchor.clockHz,
    ticks_per_sample: anchor.ticksPerSample,
    sample_index: anchor.index,
    t_mono_ns: `${anchor.monoNs}`,
    t_utc: isoUtc(anchor.utcNs),
    ...(uncertaintyNs === undefined ? {} : { uncertainty_ns: uncertaintyNs }),
    ...(bursts === undefined ? {} : { burst_samples: bursts.samples, burst_hz: bursts.hz }),
  };
}

/** The file header as text, all but its checksum. Python's keys come first. */
function fileHeaderText(header: RawFileHeader): string {
  const rateHz = header.anchor.clockHz / header.anchor.ticksPerSample;
  const { channels, ...virtual } = channelsToJson(
    header.channels.map((one) => ({ ...one, channelType: one.channelType ?? null })),
  );
  return JSON.stringify({
    format_version: RAW_FORMAT_VERSION,
    task: header.task,
    device: header.device,
    channels,
    sample_rate_hz: rateHz,
    block_period_ns: Math.round(1e9 / rateHz),
    dtype: header.dtype,
    n_channels: codedChannels(header.channels),
    samples_per_buffer: header.samplesPerBuffer,
    task_started_at: isoUtc(header.startedUtcNs),
    metadata: header.metadata ?? {},
    byte_order: "little",
    ...anchorFields(header.anchor),
    t_mono_clock: header.monoClock ?? null,
    clock_hz_asked: header.clockHzAsked ?? null,
    rate_hz_asked: header.rateHzAsked ?? null,
    simultaneous: header.simultaneous ?? null,
    versions: header.versions ?? null,
    task_metadata: header.taskMetadata ?? {},
    task_spec: header.spec ?? null,
    ...virtual,
  });
}

/** The flags of a chunk in their fixed order: those given, and those that follow from its numbers. */
export function flagsOf(chunk: RawChunkHeader): readonly RawFlag[] {
  const given = chunk.flags ?? [];
  const gap = (chunk.gapBefore ?? 0) > 0;
  const partial = chunk.validSamples < chunk.bufferCapacity && chunk.validSamples > 0;
  if (given.length === 0 && !gap && !partial) return given;
  return RAW_FLAGS.filter((flag) => given.includes(flag) || (flag === "gap" && gap) || (flag === "partial" && partial));
}

/** The chunk header as text, all but its checksum. Written out by hand as it runs for every buffer. */
function chunkHeaderText(chunk: ChunkParts): string {
  const { axis, firstSampleIndex: first, validSamples, anchor, totals } = chunk;
  const flags = flagsOf(chunk);
  const offset = axis.offsetNs(first);
  const middle = axis.anchor.utcNs + (offset + axis.offsetNs(first + validSamples)) / 2n;
  return `{"seq":${chunk.seq},"event_kind":"${flags.length === 0 ? "buffer_done" : "buffer_done_with_flags"}"` +
    `,"first_sample_index":${first},"valid_samples":${validSamples},"buffer_capacity":${chunk.bufferCapacity}` +
    `,"t_mono_ns":${axis.anchor.monoNs + offset},"t_utc":"${isoUtc(middle)}","flags":${JSON.stringify(flags)}` +
    `,"block_index":${chunk.blockIndex},"gap_before":${chunk.gapBefore ?? 0}` +
    `,"read_started_ns":"${chunk.readStartedNs}","read_finished_ns":"${chunk.readFinishedNs}"` +
    (chunk.lostSamples === undefined ? "" : `,"lost_samples":${chunk.lostSamples}`) +
    (chunk.cause === undefined ? "" : `,"cause":${JSON.stringify(chunk.cause)}`) +
    (chunk.detail === undefined ? "" : `,"detail":${JSON.stringify(chunk.detail)}`) +
    (totals === undefined ? "" : `,"totals":${totalsText(totals)}`) +
    (anchor === null ? "" : `,"anchor":${JSON.stringify(anchorFields(anchor))}`) +
    `,"payload_crc32":"${chunk.payloadCrc.toString(16).padStart(8, "0")}"`;
}

function totalsText({ chunks, samples, lostSamples }: RawTotals): string {
  return `{"chunks":${chunks},"samples":${samples},"lost_samples":${lostSamples}}`;
}

/** Puts length, blanks and checksum around the text that stands in `room` from byte 4; gives all of the header's bytes. */
function seal(room: Uint8Array<ArrayBuffer>, textBytes: number, offset: number): Uint8Array<ArrayBuffer> {
  const length = textBytes + blanksBehind(offset, textBytes);
  room.fill(BLANK, 4 + textBytes, 4 + length);
  new DataView(room.buffer, room.byteOffset).setUint32(0, length, true);
  const crc = crc32(room.subarray(4, 4 + length));
  const digits = 4 + textBytes - CRC_DIGITS_BEHIND;
  for (let i = 0; i < 8; i++) room[digits + i] = HEX[(crc >>> (28 - 4 * i)) & 15]!;
  return room.subarray(0, 4 + length);
}

/** The file header's bytes, with its length in front. */
export function encodeFileHeader(header: RawFileHeader): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(fileHeaderText(header).slice(0, -1) + TAIL);
  const room = new Uint8Array(4 + text.length + 8);
  room.set(text, 4);
  return seal(room, text.length, 0);
}

/**
 * A chunk header's bytes, with its length in front.
 *
 * @param chunk The chunk.
 * @param offset Where in the file the bytes will stand.
 * @param room Receives them; the result is a view into it.
 * @returns The bytes; none when there is not room enough.
 */
export function encodeChunkHeader(
  chunk: ChunkParts,
  offset: number,
  room: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const text = chunkHeaderText(chunk) + TAIL;
  const { read, written } = encoder.encodeInto(text, room.subarray(4, room.length - 8));
  return read === text.length ? seal(room, written, offset) : room.subarray(0, 0);
}

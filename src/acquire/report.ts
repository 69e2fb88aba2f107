/**
 * A recording in words, for people and for programs.
 *
 * @module
 */

import { codedChannels } from "../convert/sensor.ts";
import type { Recording } from "./record.ts";

/** What became of a recording, with the keys that files and other programs know. */
export interface RecordingReport {
  /** Board name. */
  readonly board: string;
  /** Inputs, in scan order. */
  readonly channels: readonly number[];
  /** Samples per second of each channel, as the board's clock really ran. */
  readonly rate_hz: number;
  /** Seconds from start to end. */
  readonly seconds: number;
  /** Samples of each channel that were taken. */
  readonly samples_per_channel: number;
  /** Blocks that the board made. */
  readonly blocks: number;
  /** Blocks that did not reach the reader of the stream; the file has them. */
  readonly dropped: number;
  /** Times that the board overran. */
  readonly overruns: number;
  /** Blocks that neither file nor reader have. */
  readonly lost: number;
  /** The raw file, if there is one. */
  readonly file: string | null;
  /** Bytes of it. */
  readonly bytes: number;
}

/** Sums a recording up; while it runs, up to now. */
export function recordingReport(recording: Recording): RecordingReport {
  const { startedAt, finishedAt, samplesPerChannel, produced, dropped, overruns, lost, raw } = recording.summary;
  return {
    board: recording.board,
    channels: recording.channels.flatMap(({ physicalChannel }) => physicalChannel < 0 ? [] : physicalChannel),
    rate_hz: recording.rateHz,
    seconds: (finishedAt ?? Temporal.Now.instant()).since(startedAt).total("seconds"),
    samples_per_channel: samplesPerChannel,
    blocks: produced,
    dropped,
    overruns,
    lost,
    file: raw?.path ?? null,
    bytes: raw?.bytes ?? 0,
  };
}

/** One line on how a recording goes: elapsed, blocks, samples, megabytes of codes, dropped, overruns, lost. */
export function progressLine(recording: Recording): string {
  const report = recordingReport(recording);
  const megabytes = report.samples_per_channel * codedChannels(recording.channels) * recording.bytesPerCode / 1e6;
  return `${report.seconds.toFixed(1)} s  ${report.blocks} blocks  ${report.samples_per_channel} samples  ` +
    `${megabytes.toFixed(1)} MB  ${report.dropped} dropped  ${report.overruns} overruns  ${report.lost} lost`;
}

/**
 * Reads `.dt-raw` files: as the blocks they were, or any stretch of samples or time. What is damaged is reported and left
 * out, never guessed.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { bytesPerCode, type Codes, newCodes, viewCodes } from "../convert/codes.ts";
import { DtolBufferOverrunError, type DtolError, DtolReadError, DtolValidationError, errorOfClass } from "../errors.ts";
import { codedChannels } from "../convert/sensor.ts";
import type { TimeAxis } from "../model/axis.ts";
import { type BlockChannel, DaqBlock } from "../model/block.ts";
import type { ChunkIndex, SampleRange } from "./chunk_index.ts";
import { decodeChunkHeader, type DecodedChunkHeader, type DecodedFileHeader, decodeFileHeader } from "./decode.ts";
import { MAX_FILE_HEADER_BYTES, type RawFileHeader } from "./format.ts";
import { FormatError } from "./json.ts";
import { type RawDamage, scanChunks, type ScanResult } from "./scan.ts";
import { lastAtOrBefore, type Moment, nsOf, timeOn } from "./moment.ts";
import { RawSlice } from "./slice.ts";
import { FileSource } from "./source.ts";

/** Settings of {@linkcode openRaw}. */
export interface OpenRawOptions {
  /**
   * Stands in for the file's own header when that is damaged: the header of another file of the same task, for example.
   * Default: a damaged file header is an error.
   */
  readonly header?: RawFileHeader;
}

/** Settings of {@linkcode RawFile.blocks}. */
export interface RawBlocksOptions {
  /** Index of the sample to start with: the first block is the one that has it. Default: 0. */
  readonly firstSample?: number;
  /** Whether losses and errors of the board come as blocks without samples, as in a live stream. Default: no. */
  readonly markers?: boolean;
}

/** What is in a file, and what is not. */
export interface RawReport {
  /** Path of the file. */
  readonly path: string;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Whether the file carries checksums; without them, damage to samples cannot be found. */
  readonly checked: boolean;
  /** Whole chunks, markers included. */
  readonly chunks: number;
  /** Samples of each channel that can be read. */
  readonly samples: number;
  /** The index behind the run's last sample, lost ones included. */
  readonly endSampleIndex: number;
  /** Stretches of samples that the run had and the file cannot give: lost or damaged. */
  readonly gaps: readonly SampleRange[];
  /** Samples of each channel in these gaps. */
  readonly missingSamples: number;
  /** Samples of each channel that the recording lost, by cause. */
  readonly lost: ReadonlyMap<string, number>;
  /** What is damaged. Payloads are checked when they are read, so only {@linkcode RawFile.verify} finds everything. */
  readonly damage: readonly RawDamage[];
  /** Bytes at the end of a chunk that was being written when the recording broke off; they are left out. */
  readonly tornBytes: number;
  /** Whether the recording was ended in order; null if the file does not say, as the Python library's do not. */
  readonly endedInOrder: boolean | null;
  /** Why it ended, if it says. */
  readonly endCause: string | null;
  /** The first sample at or after the trigger that the run was taken about; null without one, or when it is not known. */
  readonly triggerSampleIndex: number | null;
}

/** A chunk with its codes. */
interface Loaded {
  readonly chunk: DecodedChunkHeader;
  readonly codes: Codes;
}

/** Longest time for which verifying a file keeps a program from other work, but for a single chunk. */
const TURN_MS = 20;

/** Codes of all channels that one read may give; a gigabyte of values. */
const MAX_READ_CODES = 2 ** 27;

/**
 * Opens a `.dt-raw` file and finds its chunks, without reading their samples.
 *
 * @param path A file of this library or of the Python library.
 * @param options What to do about a damaged file header.
 * @throws {DtolReadError} If it cannot be read, or its file header is not that of a `.dt-raw` file of version 2. Damage
 * behind the file header is no error: the report tells of it.
 */
export function openRaw(path: string, options: OpenRawOptions = {}): Promise<RawFile> {
  return RawFile.open(path, options);
}

function readFileHeader(
  source: FileSource,
  options: OpenRawOptions,
): { readonly decoded: DecodedFileHeader; readonly start: number } {
  try {
    if (source.size === 0) throw new FormatError("it is empty, so nothing was recorded");
    if (source.size < 4) throw new FormatError("it ends inside its file header");
    const headerBytes = new DataView(source.view(0, 4).slice().buffer).getUint32(0, true);
    if (headerBytes > MAX_FILE_HEADER_BYTES) throw new FormatError(`its file header would have ${headerBytes} bytes`);
    if (4 + headerBytes > source.size) throw new FormatError("it ends inside its file header");
    const bytes = new Uint8Array(headerBytes);
    source.read(4, bytes);
    return { decoded: decodeFileHeader(bytes), start: 4 + headerBytes };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (options.header !== undefined) {
      return { decoded: { header: options.header, json: {}, checked: true, anchored: true }, start: 0 };
    }
    throw new DtolReadError(
      `Cannot read ${source.path} as a .dt-raw file: in its file header at byte 0, ${error.message}`,
    );
  }
}

/** A `.dt-raw` file that is open for reading. Made by {@linkcode openRaw}. */
export class RawFile implements AsyncDisposable {
  /** Path of the file. */
  readonly path: string;
  /** The file header. */
  readonly header: RawFileHeader;
  /** Everything that the file header says, unchecked. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly #source: FileSource;
  readonly #checked: boolean;
  readonly #scan: ScanResult;
  readonly #index: ChunkIndex;
  /** Damage to payloads that came to light later, by chunk. */
  readonly #found: Map<number, RawDamage> = new Map();
  #last: { readonly i: number; readonly loaded: Loaded } | undefined;

  private constructor(source: FileSource, decoded: DecodedFileHeader, scan: ScanResult) {
    this.path = source.path;
    this.#source = source;
    this.#checked = decoded.checked;
    this.#scan = scan;
    this.#index = scan.index;
    this.json = decoded.json;
    const anchor = scan.index.axes[0]?.axis.anchor;
    this.header = decoded.anchored || anchor === undefined
      ? decoded.header
      : { ...decoded.header, anchor, startedUtcNs: decoded.header.startedUtcNs || anchor.utcNs };
  }

  /** Opens a file, as {@linkcode openRaw} does. */
  static async open(path: string, options: OpenRawOptions = {}): Promise<RawFile> {
    const source = await FileSource.open(path);
    try {
      const { decoded, start } = readFileHeader(source, options);
      const { dtype, channels, anchor } = decoded.header;
      const sampleBytes = bytesPerCode(dtype) * codedChannels(channels);
      const { checked, anchored } = decoded;
      return new RawFile(
        source,
        decoded,
        await scanChunks(source, { start, sampleBytes, checked, anchor, anchored }),
      );
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** The channels, in the order of the codes. */
  get channels(): readonly BlockChannel[] {
    return this.header.channels;
  }

  /** The index behind the run's last sample. */
  get endSampleIndex(): number {
    return this.#scan.endSampleIndex;
  }

  /** What is in the file and what is not, as far as it was looked at. */
  get report(): RawReport {
    const { damage, lost, tornBytes, final, endSampleIndex, triggerSampleIndex } = this.#scan;
    const gaps = [...this.#gaps(0, endSampleIndex)];
    const missingSamples = gaps.reduce((sum, gap) => sum + gap.samples, 0);
    return {
      path: this.path,
      bytes: this.#source.size,
      checked: this.#checked,
      chunks: this.#index.length - this.#found.size,
      samples: endSampleIndex - missingSamples,
      endSampleIndex,
      gaps,
      missingSamples,
      lost: new Map(lost),
      damage: [...damage, ...this.#found.values()].sort((a, b) => a.offset - b.offset),
      tornBytes,
      endedInOrder: this.#checked ? final !== null : null,
      endCause: final?.cause ?? null,
      triggerSampleIndex,
    };
  }

  /** Reads and checks every chunk, then reports. */
  async verify(): Promise<RawReport> {
    let turnMs = performance.now();
    for (let i = 0; i < this.#index.length; i++) {
      this.#load(i);
      if (performance.now() - turnMs < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve)); // other work gets its turn
      turnMs = performance.now();
    }
    return this.report;
  }

  /**
   * The blocks of the file, with the codes, indices and times that they had live. One is read at a time, when it is asked
   * for. A damaged chunk is left out; its samples are in `gapBefore` of the next block, as lost ones are.
   *
   * @param options Where to start, and whether losses come as blocks of their own.
   */
  blocks(options: RawBlocksOptions = {}): ReadableStream<DaqBlock> {
    const from = options.firstSample ?? 0;
    const steps = this.#steps(wholeIndex("firstSample", from), options.markers ?? false);
    return new ReadableStream<DaqBlock>({
      pull: (controller) => {
        const { value, done } = steps.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }, { highWaterMark: 0 });
  }

  /**
   * Reads samples by their index, across chunks.
   *
   * @param firstSample Index of the first sample.
   * @param count Samples of each channel. What lies behind the end of the run is left out.
   * @returns Codes and values of all channels; what is lost or damaged is listed, with 0 as code and NaN as value.
   * @throws {DtolValidationError} If an index is no whole number, or more than 134,217,728 codes are asked for at once.
   * @throws {DtolReadError} If the file is closed or cannot be read.
   */
  // deno-lint-ignore require-await -- promises leave room for a reader that waits
  async read(firstSample: number, count: number): Promise<RawSlice> {
    const end = Math.min(wholeIndex("firstSample", firstSample) + wholeIndex("count", count), this.endSampleIndex);
    const samples = Math.max(end - firstSample, 0);
    if (samples * this.channels.length > MAX_READ_CODES) {
      throw new DtolValidationError(
        `Cannot read ${samples} samples of ${this.channels.length} channels at once: at most ${MAX_READ_CODES} codes, ` +
          `so read in pieces or use blocks()`,
      );
    }
    const codes = newCodes(this.header.dtype, samples * codedChannels(this.channels));
    for (let i = this.#index.firstEndingAfter(firstSample); i < this.#index.length; i++) {
      if (this.#index.first(i) >= end) break;
      this.#copy(i, codes, firstSample, samples);
    }
    return new RawSlice(this.channels, codes, firstSample, samples, [
      ...this.#gaps(firstSample, firstSample + samples),
    ]);
  }

  /**
   * Reads the samples of a stretch of time.
   *
   * @param from Start, on either clock: monotonic nanoseconds or UTC. The first sample is the one at or after it.
   * @param to End; a sample at this moment is not in.
   * @returns As {@linkcode read}.
   */
  readTime(from: Moment, to: Moment): Promise<RawSlice> {
    const first = this.#firstAtOrAfter(from);
    return this.read(first, Math.max(this.#firstAtOrAfter(to) - first, 0));
  }

  /**
   * Index of the sample that was taken at a moment, or last before it; -1 if the run had not started.
   *
   * @param moment Monotonic nanoseconds, or UTC.
   */
  indexAtTime(moment: Moment): number {
    const { axes } = this.#index;
    let n = axes.length - 1;
    while (n > 0 && timeOn(axes[n]!.axis, axes[n]!.from, moment) > nsOf(moment)) n--;
    const segment = axes[n];
    if (segment === undefined) return -1;
    const last = (axes[n + 1]?.from ?? this.endSampleIndex) - 1;
    return lastAtOrBefore(segment.axis, moment, segment.from, last);
  }

  /** The time axis that a sample lies on: it gives the sample's monotonic and UTC time. */
  axisAt(sampleIndex: number): TimeAxis | undefined {
    return this.#index.axes.findLast(({ from }) => from <= sampleIndex)?.axis;
  }

  /** Closes the file; a second call does nothing. */
  close(): Promise<void> {
    this.#source.close();
    this.#last = undefined;
    return Promise.resolve();
  }

  /** Closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  *#steps(from: number, markers: boolean): Generator<DaqBlock> {
    let next = from;
    let start = this.#index.firstEndingAfter(from);
    while (start > 0 && this.#index.first(start - 1) >= from) start--; // markers at the very start end there, too
    for (let i = start; i < this.#index.length; i++) {
      const isMarker = this.#index.samples(i) === 0;
      if (isMarker && !markers) continue;
      const loaded = this.#load(i);
      if (loaded === undefined || isMarker && loaded.chunk.flags.includes("final")) continue;
      const first = loaded.chunk.firstSampleIndex;
      yield this.#block(i, loaded, isMarker ? 0 : Math.max(first - next, 0));
      if (!isMarker) next = first + loaded.chunk.validSamples;
    }
  }

  #block(i: number, { chunk, codes }: Loaded, gapBefore: number): DaqBlock {
    const axis = this.#index.axis(i);
    const tMonoNs = axis.monoNsOf(chunk.firstSampleIndex);
    const error = chunk.validSamples === 0 ? errorOf(chunk) : undefined;
    return new DaqBlock({
      device: this.header.device,
      task: this.header.task,
      channels: this.channels,
      codes: chunk.validSamples === 0 ? null : codes,
      blockIndex: chunk.blockIndex,
      firstSampleIndex: chunk.firstSampleIndex,
      samplesPerChannel: chunk.validSamples,
      gapBefore,
      atTrigger: chunk.validSamples > 0 && chunk.flags.includes("trigger"),
      axis,
      startedUtcNs: this.header.startedUtcNs,
      readStartedNs: chunk.readStartedNs ?? tMonoNs,
      readFinishedNs: chunk.readFinishedNs ?? tMonoNs,
      metadata: this.header.taskMetadata ?? {},
      ...(error === undefined ? {} : { error }),
    });
  }

  /** Reads a chunk; undefined if it is damaged, which then is known. */
  #load(i: number): Loaded | undefined {
    if (this.#last?.i === i) return this.#last.loaded;
    if (this.#found.has(i)) return undefined;
    const offset = this.#index.offset(i);
    const headerBytes = this.#index.headerBytes(i);
    let seq: number | null = null;
    try {
      const chunk = decodeChunkHeader(this.#source.view(offset, headerBytes), this.#checked);
      seq = chunk.seq;
      if (chunk.firstSampleIndex !== this.#index.first(i) || chunk.validSamples !== this.#index.samples(i)) {
        throw new FormatError("it has changed since the file was opened");
      }
      const bytes = new Uint8Array(chunk.validSamples * codedChannels(this.channels) * bytesPerCode(this.header.dtype));
      this.#source.read(offset + headerBytes, bytes);
      if (chunk.payloadCrc !== null && crc32(bytes) !== chunk.payloadCrc) {
        throw new FormatError("the checksum of its samples is wrong");
      }
      const loaded = { chunk, codes: viewCodes(this.header.dtype, bytes.buffer) };
      this.#last = { i, loaded };
      return loaded;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#markDamaged(i, seq, error.message);
      return undefined;
    }
  }

  #markDamaged(i: number, seq: number | null, reason: string): void {
    const samples = this.#index.samples(i);
    const headerBytes = this.#index.headerBytes(i);
    this.#found.set(i, {
      offset: this.#index.offset(i) - 4,
      bytes: 4 + headerBytes + samples * codedChannels(this.channels) * bytesPerCode(this.header.dtype),
      seq,
      firstSampleIndex: this.#index.first(i),
      samples,
      reason,
    });
  }

  #copy(i: number, into: Codes, firstSample: number, samples: number): void {
    const loaded = this.#load(i);
    if (loaded === undefined) return;
    const { firstSampleIndex: first, validSamples: n } = loaded.chunk;
    const begin = Math.max(first, firstSample);
    const end = Math.min(first + n, firstSample + samples);
    for (let channel = 0; channel < codedChannels(this.channels) && begin < end; channel++) {
      const at = channel * n - first;
      into.set(loaded.codes.subarray(at + begin, at + end) as Codes, channel * samples + begin - firstSample);
    }
  }

  /** What is missing of a stretch of samples. */
  *#gaps(from: number, to: number): Generator<SampleRange> {
    let next = from;
    for (let i = this.#index.firstEndingAfter(from); i < this.#index.length && next < to; i++) {
      const first = this.#index.first(i);
      const samples = this.#index.samples(i);
      if (samples === 0 || this.#found.has(i)) continue;
      if (first > next) yield { firstSampleIndex: next, samples: Math.min(first, to) - next };
      next = first + samples;
    }
    if (next < to) yield { firstSampleIndex: next, samples: to - next };
  }

  #firstAtOrAfter(moment: Moment): number {
    const index = this.indexAtTime(moment);
    const axis = this.axisAt(index);
    return axis !== undefined && timeOn(axis, index, moment) === nsOf(moment) ? index : index + 1;
  }
}

/** The error of a marker; of a loss, its context names the cause in the word that losses are counted by. */
function errorOf({ flags, cause, detail }: DecodedChunkHeader): DtolError {
  const message = detail ?? cause ?? "nothing is known about it";
  const plain = errorOfClass(cause ?? "", message);
  if (plain.name === cause) return plain; // an error without loss: its marker has its class for a cause
  const options = { context: cause === null ? {} : { operation: cause } };
  return flags.includes("overrun_marker")
    ? new DtolBufferOverrunError(message, options)
    : errorOfClass(cause ?? "", message, options);
}

function wholeIndex(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new DtolValidationError(`${name} must be a whole number from 0, but it is ${value}`);
}

/**
 * Writes `.dt-raw` files: the drainer's side, so every call but `sync()` does its work before it returns.
 *
 * @module
 */

import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { bytesPerCode } from "../convert/codes.ts";
import { codedChannels } from "../convert/sensor.ts";
import { DtolResourceError, DtolSinkWriteError, DtolTaskStateError } from "../errors.ts";
import { lockOn } from "../file_lock.ts";
import { type AxisAnchor, TimeAxis } from "../model/axis.ts";
import { reasonOf, removeIfThere, writeAll } from "../writing.ts";
import { type ChunkParts, encodeChunkHeader, encodeFileHeader } from "./encode.ts";
import {
  MAX_CHUNK_HEADER_BYTES,
  MAX_FILE_HEADER_BYTES,
  type RawChunkHeader,
  type RawFileHeader,
  type RawMarker,
} from "./format.ts";

/** What a writer needs of an open file: `Deno.FsFile` has it. */
export interface RawTarget {
  /** Writes some of the bytes, and says how many. */
  writeSync(bytes: Uint8Array): number;
  /** Cuts the file. */
  truncateSync(length: number): void;
  /** Moves to a place in the file. */
  seekSync(offset: number, whence: Deno.SeekMode): number;
  /** Brings the data to the disk. */
  syncData(): Promise<void>;
  /** Brings the data to the disk, and waits for it. */
  syncDataSync(): void;
  /** Takes the file for this writer alone; false if another has it. */
  tryLockSync?(exclusive: boolean): boolean;
  /** Closes the file. */
  close(): void;
}

/** Settings of {@linkcode RawWriter.create}. */
export interface RawWriterOptions {
  /** Whether a file that exists may be replaced; its content stays until `begin()`. Default: no. */
  readonly overwrite?: boolean;
  /** Whether missing folders are made. Default: no. */
  readonly makeParents?: boolean;
  /** Opens the file. Default: `Deno.openSync`; another one lets a test run out of disk. */
  readonly open?: (path: string, options: Deno.OpenOptions) => RawTarget;
}

/** Settings of {@linkcode RawWriter.end}. */
export interface RawEndOptions {
  /** Why the run ended, in a word: `stopped`, `finished`, `overrun`. Default: nothing is said. */
  readonly cause?: string;
  /** The same for a person. */
  readonly detail?: string;
  /** Whether it ended at the trigger that it was taken about. Default: no. */
  readonly atTrigger?: boolean;
}

const MAX_CAUSE_CHARACTERS = 64;
const MAX_DETAIL_CHARACTERS = 800; // six bytes each at worst, so that a header always fits

/**
 * A `.dt-raw` file that is being written.
 *
 * The order of calls is `create`, `begin`, any number of `writeChunk` and `writeMarker`, `end`, `close`; `close` may come
 * at any time and more than once. A file without `end` is readable in full, and says that it was not ended in order.
 */
export class RawWriter {
  /** Path of the file. */
  readonly path: string;
  readonly #file: RawTarget;
  readonly #created: boolean;
  readonly #lock: Disposable;
  readonly #room: Uint8Array<ArrayBuffer> = new Uint8Array(4 + MAX_CHUNK_HEADER_BYTES);
  #header: RawFileHeader | undefined;
  #axis: TimeAxis | undefined;
  #itemBytes = 0;
  #bytes = 0;
  #chunks = 0;
  #samples = 0;
  #lostSamples = 0;
  #nextSampleIndex = 0;
  #nextBlockIndex = 0;
  #failure: DtolSinkWriteError | undefined;
  #closed = false;
  #syncing: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;

  private constructor(path: string, file: RawTarget, created: boolean, lock: Disposable) {
    this.path = path;
    this.#lock = lock;
    this.#file = file;
    this.#created = created;
  }

  /**
   * Opens a file, without writing to it yet.
   *
   * @param path The file to write.
   * @param options Whether it may be there already, and whether its folder must.
   * @throws {DtolResourceError} If it exists and may not be replaced, is being written, or cannot be opened.
   */
  static create(path: string, options: RawWriterOptions = {}): RawWriter {
    const { file, created } = openFile(path, options);
    const lock = lockOn(path, file);
    if (lock !== null) return new RawWriter(path, file, created, lock);
    file.close();
    throw new DtolResourceError(
      `Cannot write ${path} as it is being written already: end that recording first, or choose another name`,
      { context: { operation: "open raw file" } },
    );
  }

  /** Bytes of the file so far: up to the last whole chunk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Chunks of the file so far, markers included. */
  get chunks(): number {
    return this.#chunks;
  }

  /** Whether the file header is written. */
  get begun(): boolean {
    return this.#header !== undefined;
  }

  /** Whether the file takes no more: a write failed, or it was ended. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Empties the file and writes its header.
   *
   * @param header What is needed to read the codes.
   * @throws {DtolTaskStateError} If the file was begun before.
   * @throws {RangeError} If no time axis runs on the header's anchor.
   * @throws {DtolSinkWriteError} If the header is too long, or the system refuses the write.
   */
  begin(header: RawFileHeader): void {
    this.#checkWritable();
    if (this.#header !== undefined) throw this.#wrongState("begin", "it was begun before");
    const axis = new TimeAxis(header.anchor);
    const bytes = encodeFileHeader(header);
    if (bytes.length - 4 > MAX_FILE_HEADER_BYTES) {
      throw this.#refusal("its file header", `it has ${bytes.length - 4} bytes, and ${MAX_FILE_HEADER_BYTES} may be`);
    }
    if (!this.#created) this.#attempt("its file header", () => this.#file.truncateSync(0));
    this.#attempt("its file header", () => writeAll(this.#file, bytes));
    this.#header = header;
    this.#axis = axis;
    this.#itemBytes = bytesPerCode(header.dtype) * codedChannels(header.channels);
    this.#bytes = bytes.length;
  }

  /**
   * Writes one buffer: header, then payload.
   *
   * @param chunk What the buffer holds.
   * @param payload Its codes, channel-major and little-endian: `validSamples` of channel 0, then of channel 1 ...
   * @throws {DtolSinkWriteError} If payload and header do not fit together (nothing is written then, and the next chunk
   * may be), or the system refuses the write (the file is cut back to its last whole chunk, and takes no more).
   * @throws {DtolTaskStateError} If the file is not begun, or closed.
   */
  writeChunk(chunk: RawChunkHeader, payload: Uint8Array): void {
    if (payload.length !== chunk.validSamples * this.#itemBytes && this.#header !== undefined) {
      throw this.#refusal(
        `block ${chunk.blockIndex}`,
        `${chunk.validSamples} samples of ${codedChannels(this.#header.channels)} channels as ${this.#header.dtype} ` +
          `have ${chunk.validSamples * this.#itemBytes} bytes, and ${payload.length} were given`,
      );
    }
    this.#write(chunk, payload, {});
    this.#samples += chunk.validSamples;
  }

  /**
   * Writes a chunk without samples that says what went wrong at this point.
   *
   * @param marker What is lost, and why.
   * @throws {DtolSinkWriteError} As {@linkcode writeChunk}.
   */
  writeMarker(marker: RawMarker): void {
    const { lostSamples, cause, detail, atNs, ...chunk } = marker;
    this.#write(
      { ...chunk, validSamples: 0, bufferCapacity: this.#header?.samplesPerBuffer ?? 0, ...readAt(atNs) },
      new Uint8Array(0),
      { lostSamples, ...words(cause, detail) },
    );
    this.#lostSamples += lostSamples;
    this.#nextSampleIndex += lostSamples;
  }

  /**
   * Writes the final marker, by which a reader tells an orderly end from a crash, and brings the file to the disk.
   * The file takes no more chunks, and is still to be closed.
   *
   * @param options Why the run ended.
   * @throws {DtolTaskStateError} If the file is not begun, or closed.
   * @throws {DtolSinkWriteError} As {@linkcode writeChunk}; also if the disk does not take the data.
   */
  end(options: RawEndOptions = {}): void {
    this.#checkWritable();
    if (this.#header === undefined || this.#axis === undefined) throw this.#wrongState("end", "it is not begun");
    const at = this.#axis.monoNsOf(this.#nextSampleIndex);
    this.#write(
      {
        blockIndex: this.#nextBlockIndex,
        firstSampleIndex: this.#nextSampleIndex,
        validSamples: 0,
        bufferCapacity: this.#header.samplesPerBuffer,
        axis: this.#axis,
        flags: options.atTrigger ? ["trigger", "final"] : ["final"],
        ...readAt(at),
      },
      new Uint8Array(0),
      {
        ...words(options.cause, options.detail),
        totals: { chunks: this.#chunks, samples: this.#samples, lostSamples: this.#lostSamples },
      },
    );
    this.#attempt("to the disk", () => this.#file.syncDataSync());
    this.#failure = this.#refusal("more", "it was ended");
  }

  /**
   * Brings what is written so far to the disk, off this thread. One sync runs at a time; calls that come meanwhile share
   * the one after it.
   *
   * @returns Fulfilled when all that was written before the call is on the disk.
   * @throws {DtolSinkWriteError} If the disk does not take it.
   */
  sync(): Promise<void> {
    if (this.#closed || this.#header === undefined) return Promise.resolve();
    if (this.#syncing === undefined) {
      return this.#syncing = this.#syncOnce().finally(() => this.#syncing = undefined);
    }
    return this.#nextSync ??= this.#syncing.catch(() => {}).then(() => {
      this.#nextSync = undefined;
      return this.sync();
    });
  }

  /** Closes the file; a second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#file.close();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }

  /** Closes the file and, if nothing was begun and it was not there before, removes it: an empty file helps nobody. */
  discard(): void {
    const wasClosed = this.#closed;
    this.close();
    if (wasClosed || !this.#created || this.#header !== undefined) return;
    removeIfThere(this.path);
  }

  #write(chunk: RawChunkHeader, payload: Uint8Array, extra: Partial<ChunkParts>): void {
    this.#checkWritable();
    if (this.#header === undefined || this.#axis === undefined) throw this.#wrongState("write", "it is not begun");
    this.#checkNumbers(chunk, extra);
    const moved = !sameAnchor(chunk.axis.anchor, this.#axis.anchor);
    const parts: ChunkParts = {
      ...chunk,
      ...extra,
      seq: this.#chunks,
      anchor: moved ? chunk.axis.anchor : null,
      payloadCrc: crc32(payload),
    };
    const header = encodeChunkHeader(parts, this.#bytes, this.#room);
    if (header.length === 0) throw this.#refusal(`block ${chunk.blockIndex}`, "its chunk header is too long");
    this.#attempt(`block ${chunk.blockIndex}`, () => {
      writeAll(this.#file, header);
      writeAll(this.#file, payload);
    });
    this.#bytes += header.length + payload.length;
    this.#chunks++;
    this.#axis = chunk.axis;
    this.#nextSampleIndex = chunk.firstSampleIndex + chunk.validSamples;
    this.#nextBlockIndex = chunk.blockIndex + 1;
  }

  /** A number that is none would make the chunk unreadable; an index that runs back would make two samples one. */
  #checkNumbers(chunk: RawChunkHeader, extra: Partial<ChunkParts>): void {
    const { blockIndex, firstSampleIndex, validSamples, bufferCapacity, gapBefore = 0 } = chunk;
    const numbers = { blockIndex, firstSampleIndex, validSamples, bufferCapacity, gapBefore };
    for (const [name, value] of Object.entries({ ...numbers, lostSamples: extra.lostSamples ?? 0 })) {
      if (Number.isSafeInteger(value) && value >= 0) continue;
      throw this.#refusal(`block ${blockIndex}`, `${name} must be a whole number from 0, but it is ${value}`);
    }
    if (firstSampleIndex < this.#nextSampleIndex) {
      throw this.#refusal(
        `block ${blockIndex}`,
        `its first sample is ${firstSampleIndex}, and the file is at ${this.#nextSampleIndex} already`,
      );
    }
  }

  /** Does something to the file; when that fails, cuts the file back to where it was whole and takes no more. */
  #attempt(what: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      let left = `The file is whole up to byte ${this.#bytes} (${this.#chunks} chunks).`;
      try {
        this.#file.truncateSync(this.#bytes);
        this.#file.seekSync(this.#bytes, Deno.SeekMode.Start);
      } catch (second) {
        left = `Its last chunk is torn and could not be cut off (${reasonOf(second)}); readers skip it.`;
      }
      this.#failure = new DtolSinkWriteError(
        `Cannot write ${what} of ${this.path}: ${reasonOf(error)}. ${left} ` +
          `Free space on the disk or choose another, then record into a new file`,
        { context: { operation: "write raw file" }, cause: error },
      );
      throw this.#failure;
    }
  }

  #checkWritable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw this.#wrongState("write", "it is closed");
  }

  #refusal(what: string, why: string): DtolSinkWriteError {
    return new DtolSinkWriteError(`Cannot write ${what} of ${this.path}: ${why}`);
  }

  #wrongState(verb: string, why: string): DtolTaskStateError {
    return new DtolTaskStateError(`Cannot ${verb} ${this.path}: ${why}`);
  }

  async #syncOnce(): Promise<void> {
    try {
      await this.#file.syncData();
    } catch (error) {
      if (this.#closed) return; // closed meanwhile: the system has the data, and nobody can ask it for more
      throw new DtolSinkWriteError(`Cannot bring ${this.path} to the disk: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** Makes the file, or opens one that may be replaced. */
function openFile(path: string, options: RawWriterOptions): { file: RawTarget; created: boolean } {
  try {
    return { file: makeFile(path, options), created: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotOpen(path, error);
    if (!options.overwrite) {
      throw new DtolResourceError(
        `Cannot write ${path} as it exists: choose another name, or set "overwrite" to replace it`,
        { context: { operation: "open raw file" }, cause: error },
      );
    }
  }
  try {
    return { file: (options.open ?? Deno.openSync)(path, { write: true }), created: false };
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** Makes the file; its folder only when that turns out to be missing, or a right to the folder would be needed. */
function makeFile(path: string, { open = Deno.openSync, makeParents }: RawWriterOptions): RawTarget {
  const how = { write: true, createNew: true };
  try {
    return open(path, how);
  } catch (error) {
    if (!makeParents || !(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(dirname(path), { recursive: true });
    return open(path, how);
  }
}

function cannotOpen(path: string, error: unknown): DtolResourceError {
  return new DtolResourceError(
    `Cannot write ${path}: ${reasonOf(error)}. Check the folder, its permissions, and --allow-write`,
    { context: { operation: "open raw file" }, cause: error },
  );
}

function readAt(ns: bigint): { readStartedNs: bigint; readFinishedNs: bigint } {
  return { readStartedNs: ns, readFinishedNs: ns };
}

function words(cause: string | undefined, detail: string | undefined): { cause?: string; detail?: string } {
  return {
    ...(cause === undefined ? {} : { cause: cause.slice(0, MAX_CAUSE_CHARACTERS) }),
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL_CHARACTERS) }),
  };
}

/** Whether two anchors make the same axis; an axis that came from another thread is another object. */
function sameAnchor(a: AxisAnchor, b: AxisAnchor): boolean {
  return a === b ||
    a.monoNs === b.monoNs && a.utcNs === b.utcNs && a.index === b.index && a.clockHz === b.clockHz &&
      a.ticksPerSample === b.ticksPerSample && a.uncertaintyNs === b.uncertaintyNs &&
      a.bursts?.hz === b.bursts?.hz && a.bursts?.samples === b.bursts?.samples;
}

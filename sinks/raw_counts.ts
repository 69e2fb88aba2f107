/**
 * Blocks into a `.dt-raw` file: codes as they are, for the streams that no drainer logs.
 *
 * @module
 */

import { type Codes, type CodeType, codeTypeOf } from "../src/convert/codes.ts";
import { DtolBufferOverrunError, DtolSinkError, DtolSinkSchemaError, DtolSinkWriteError } from "../src/errors.ts";
import type { BlockChannel, DaqBlock } from "../src/model/block.ts";
import { type Metadata, metadataOf, positiveNumber } from "../src/model/fields.ts";
import { RawWriter, type RawWriterOptions } from "../src/raw/writer.ts";

/** Settings of a {@linkcode RawCountsSink}. */
export interface RawCountsSinkOptions {
  /** Notes for the file header. Default: none. */
  readonly fileMetadata?: Metadata;
  /** Whether a file that exists may be replaced; its content stays until the first block. Default: no. */
  readonly overwrite?: boolean;
  /** Seconds after which written blocks are brought to the disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number;
  /** Opens the file. Default: `Deno.openSync`; another one lets a test run out of disk. */
  readonly open?: RawWriterOptions["open"];
}

/**
 * Writes the codes of blocks into a `.dt-raw` file. Each block is in the file, whole, when its write has resolved, and on
 * the disk a second later.
 *
 * The file gets its header with the first block that has codes, so it stores what the blocks know: channels with their
 * scaling, clock and times. A recording that logs by itself (`TaskSpec.logging`) stores the task and versions, too.
 *
 * @example Write a stream of blocks
 * ```ts ignore
 * await using sink = new RawCountsSink("run.dt-raw");
 * await sink.open();
 * await recording.stream.pipeTo(sink);
 * ```
 */
export class RawCountsSink extends WritableStream<DaqBlock> implements AsyncDisposable {
  /** Path of the file. */
  readonly path: string;
  readonly #file: BlockFile;

  /**
   * Makes a sink; the file is opened by {@linkcode open}.
   *
   * @param path The file to write.
   * @param options Notes and habits.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: RawCountsSinkOptions = {}) {
    const file = new BlockFile(path, options);
    super({
      write: (block) => file.write(block),
      close: () => file.close(true),
      abort: () => file.close(false),
    });
    this.path = path;
    this.#file = file;
  }

  /**
   * Opens the file; a second call does nothing.
   *
   * @throws {DtolResourceError} If the file exists and may not be replaced, or cannot be opened.
   * @throws {DtolSinkError} If the sink was closed.
   */
  open(): Promise<this> {
    return attempt(() => {
      this.#file.open();
      return this;
    });
  }

  /**
   * Writes a block; a block that carries an error becomes a marker in the file.
   *
   * @param block The block.
   * @throws {DtolSinkError} Before `open()` and after `close()`.
   * @throws {DtolSinkWriteError} If the block has neither codes nor an error, or the system refuses the write.
   * @throws {DtolSinkSchemaError} If its channels or the type of its codes are not those of the file.
   */
  writeRaw(block: DaqBlock): Promise<void> {
    return attempt(() => this.#file.write(block));
  }

  /**
   * Ends the file in order and closes it; a second call does nothing. Without any block no file is left, and one that was
   * there before is as it was.
   */
  override close(): Promise<void> {
    return attempt(() => this.#file.close(true));
  }

  /** Closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What is the same in all blocks of a file. */
interface Shape {
  readonly channels: readonly BlockChannel[];
  readonly dtype: CodeType;
}

/** The file behind the sink: apart from it, as a stream's callbacks cannot reach the stream before it is made. */
class BlockFile {
  readonly #path: string;
  readonly #options: RawCountsSinkOptions;
  readonly #metadata: Metadata;
  readonly #syncMs: number;
  #writer: RawWriter | undefined;
  #shape: Shape | undefined;
  /** Errors that came before the first codes, which tell what the file's header needs. */
  #early: DaqBlock[] = [];
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #syncFailure: unknown;

  constructor(path: string, options: RawCountsSinkOptions) {
    this.#path = path;
    this.#options = options;
    this.#metadata = metadataOf("fileMetadata", options.fileMetadata);
    const interval = options.syncIntervalS ?? 1;
    this.#syncMs = interval === 0 ? 0 : 1000 * positiveNumber("syncIntervalS", interval);
  }

  open(): void {
    if (this.#closed) throw new DtolSinkError(`Cannot open ${this.#path}: this sink is closed, make a new one`);
    const { overwrite = false, open } = this.#options;
    this.#writer ??= RawWriter.create(this.#path, open === undefined ? { overwrite } : { overwrite, open });
  }

  write(block: DaqBlock): void {
    const writer = this.#writer;
    if (writer === undefined || this.#closed) {
      const what = this.#closed ? "the sink is closed" : "the sink is not open, call open() first";
      throw new DtolSinkError(`Cannot write block ${block.blockIndex} to ${this.#path}: ${what}`);
    }
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    if (block.error !== null) this.#writeError(writer, block);
    else if (block.codes !== null) this.#writeCodes(writer, block, block.codes);
    else {
      throw new DtolSinkWriteError(
        `Cannot write block ${block.blockIndex} to ${this.#path}: it has no codes, and this file stores nothing else`,
      );
    }
    this.#syncLater(writer);
  }

  close(inOrder: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const writer = this.#writer;
    if (writer === undefined) return;
    try {
      if (inOrder) this.#end(writer);
    } finally {
      writer.discard();
    }
  }

  #end(writer: RawWriter): void {
    const [first] = this.#early;
    if (!writer.begun && first !== undefined) this.#begin(writer, first, "uint16");
    if (writer.begun && !writer.failed) writer.end();
  }

  #writeCodes(writer: RawWriter, block: DaqBlock, codes: Codes): void {
    const dtype = codeTypeOf(codes);
    if (this.#shape === undefined) this.#begin(writer, block, dtype);
    this.#checkShape(block, dtype);
    const { blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, axis, readStartedNs, readFinishedNs } = block;
    writer.writeChunk(
      {
        blockIndex,
        firstSampleIndex,
        validSamples: samplesPerChannel,
        bufferCapacity: samplesPerChannel,
        gapBefore,
        axis,
        readStartedNs,
        readFinishedNs,
      },
      new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength),
    );
  }

  #begin(writer: RawWriter, block: DaqBlock, dtype: CodeType): void {
    writer.begin({
      task: block.task,
      device: block.device,
      channels: block.channels,
      dtype,
      samplesPerBuffer: block.samplesPerChannel,
      anchor: block.axis.anchor,
      startedUtcNs: block.taskStartedAt.epochNanoseconds,
      metadata: this.#metadata,
      taskMetadata: block.metadata,
    });
    this.#shape = { channels: block.channels, dtype };
    for (const early of this.#early) this.#writeError(writer, early);
    this.#early = [];
  }

  #writeError(writer: RawWriter, block: DaqBlock): void {
    if (this.#shape === undefined) {
      this.#early.push(block);
      return;
    }
    const { blockIndex, axis, gapBefore: lostSamples } = block;
    const firstSampleIndex = block.firstSampleIndex - lostSamples;
    const error = block.error!;
    const overrun = error instanceof DtolBufferOverrunError;
    writer.writeMarker({
      blockIndex,
      firstSampleIndex,
      lostSamples,
      cause: overrun ? "overrun" : error.name,
      detail: error.text,
      axis,
      atNs: block.readFinishedNs,
      flags: overrun ? ["overrun_marker"] : [],
    });
  }

  #checkShape(block: DaqBlock, dtype: CodeType): void {
    const shape = this.#shape!;
    if (dtype !== shape.dtype) throw this.#misfit(block, `its codes are ${dtype}, and the file's are ${shape.dtype}`);
    if (block.channels === shape.channels) return;
    const [given, stored] = [block.channels, shape.channels].map((channels) => JSON.stringify(channels));
    if (given !== stored) throw this.#misfit(block, `its channels are ${given}, and the file's are ${stored}`);
  }

  #misfit(block: DaqBlock, why: string): DtolSinkSchemaError {
    return new DtolSinkSchemaError(
      `Cannot write block ${block.blockIndex} to ${this.#path}: ${why}. Write it to a file of its own`,
    );
  }

  /** Syncs once some time after a write, so that a stream that falls silent reaches the disk, too. */
  #syncLater(writer: RawWriter): void {
    if (this.#syncMs === 0 || this.#timer !== undefined || !writer.begun) return;
    const timer = setTimeout(() => {
      this.#timer = undefined;
      writer.sync().catch((error) => this.#syncFailure = error);
    }, this.#syncMs);
    Deno.unrefTimer(timer); // closing the sink syncs as well, so a program need not wait for this
    this.#timer = timer;
  }
}

/** Does something now, and gives its result or error as a promise. */
function attempt<T>(step: () => T): Promise<T> {
  return new Promise((resolve) => resolve(step()));
}

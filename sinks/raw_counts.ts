/**
 * Blocks into a `.dt-raw` file: codes as they are, for the streams that no drainer logs.
 *
 * @module
 */

import { type Codes, type CodeType, codeTypeOf } from "../src/convert/codes.ts";
import { DtolBufferOverrunError, DtolError, DtolSinkSchemaError, DtolSinkWriteError } from "../src/errors.ts";
import type { BlockChannel, DaqBlock } from "../src/model/block.ts";
import { type Metadata, metadataOf, oneOf, positiveNumber } from "../src/model/fields.ts";
import { claimPath, type IfExists } from "./file.ts";
import { type RawBlockSink, Sink } from "./sink.ts";
import { RawWriter, type RawWriterOptions } from "../src/raw/writer.ts";

/** Settings of a {@linkcode RawCountsSink}. */
export interface RawCountsSinkOptions {
  /** Notes for the file header. Default: none. */
  readonly fileMetadata?: Metadata;
  /** What to do when the file exists; one that is replaced keeps its content until the first block. Default: `error`. */
  readonly ifExists?: Exclude<IfExists, "append">;
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
 * await recording.stream.pipeTo(sink);
 * ```
 */
export class RawCountsSink extends Sink<DaqBlock> implements RawBlockSink {
  /** Path of the file. */
  readonly path: string;
  readonly #file: BlockFile;

  /**
   * Makes a sink; the file is opened by `open()` or the first write.
   *
   * @param path The file to write.
   * @param options Notes and habits.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: RawCountsSinkOptions = {}) {
    super();
    this.path = path;
    this.#file = new BlockFile(path, options);
  }

  /**
   * Writes a block; an error that it carries becomes a marker in the file.
   *
   * @param block The block.
   * @throws {DtolResourceError} If the file exists and may not be replaced, or cannot be opened.
   * @throws {DtolSinkError} After `close()`.
   * @throws {DtolSinkWriteError} If the block has neither codes nor an error, or the system refuses the write.
   * @throws {DtolSinkSchemaError} If its board, task, channels or type of codes are not those of the file.
   */
  writeRaw(block: DaqBlock): Promise<void> {
    return this.inTurn(() => this.#file.write(block));
  }

  /** Writes a block of the stream. */
  protected override writeChunk(block: DaqBlock): Promise<void> {
    return this.writeRaw(block);
  }

  /** Opens the file. */
  protected override doOpen(): void {
    this.#file.open();
  }

  /** Ends the file, in order unless its stream broke off. Without any block no file is left. */
  protected override doClose(): Promise<void> {
    return this.#file.close(!this.aborted);
  }

  /** A block that does not belong in the file leaves it as it is; what the disk refused does not. */
  protected override isFatal(error: unknown): boolean {
    return !(error instanceof DtolError) || this.#file.failed;
  }
}

/** What is the same in all blocks of a file. */
interface Shape {
  readonly device: string;
  readonly task: string;
  readonly channels: readonly BlockChannel[];
  readonly dtype: CodeType;
}

/** The file behind the sink: header, chunks, markers and syncs. */
class BlockFile {
  readonly #path: string;
  readonly #options: RawCountsSinkOptions;
  readonly #metadata: Metadata;
  readonly #syncMs: number;
  #writer: RawWriter | undefined;
  #claim: Disposable | undefined;
  #shape: Shape | undefined;
  /** Errors that came before the first codes, which tell what the file's header needs. */
  #early: DaqBlock[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #syncing: Promise<void> | undefined;
  #syncFailure: unknown;

  constructor(path: string, options: RawCountsSinkOptions) {
    this.#path = path;
    this.#options = options;
    this.#metadata = metadataOf("fileMetadata", options.fileMetadata);
    oneOf("ifExists", options.ifExists ?? "error", ["error", "overwrite"]);
    const interval = options.syncIntervalS ?? 1;
    this.#syncMs = interval === 0 ? 0 : 1000 * positiveNumber("syncIntervalS", interval);
  }

  open(): void {
    const { ifExists, open } = this.#options;
    const claim = claimPath(this.#path);
    try {
      const how = { overwrite: ifExists === "overwrite", makeParents: true };
      this.#writer = RawWriter.create(this.#path, open === undefined ? how : { ...how, open });
      this.#claim = claim;
    } catch (error) {
      claim[Symbol.dispose]();
      throw error;
    }
  }

  write(block: DaqBlock): void {
    const writer = this.#writer!; // the sink opens before it writes
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    if (block.codes === null && (block.error === null || block.samplesPerChannel > 0)) {
      throw new DtolSinkWriteError(
        `Cannot write block ${block.blockIndex} to ${this.#path}: it has no codes, and this file stores nothing else`,
      );
    }
    this.#checkTask(block);
    if (block.error !== null) this.#writeError(writer, block);
    if (block.codes !== null) this.#writeCodes(writer, block, block.codes);
    this.#syncLater(writer);
  }

  /** Whether the disk refused something: the file takes no more. */
  get failed(): boolean {
    return this.#syncFailure !== undefined || this.#writer?.failed === true;
  }

  async close(inOrder: boolean): Promise<void> {
    clearTimeout(this.#timer);
    await this.#syncing; // or its failure would go unheard
    const writer = this.#writer;
    if (writer === undefined) return;
    try {
      if (inOrder) this.#end(writer);
    } finally {
      using _claim = this.#claim!; // given up last
      writer.discard();
    }
  }

  #end(writer: RawWriter): void {
    if (this.#syncFailure !== undefined) throw this.#syncFailure; // what may not be on the disk has no orderly end
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
        ...(block.atTrigger ? { flags: ["trigger"] } : {}),
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
    this.#shape = { device: block.device, task: block.task, channels: block.channels, dtype };
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
    const isFromFile = overrun && error.text === `${error.message} [op=overrun]`; // reading it adds that again
    writer.writeMarker({
      blockIndex,
      firstSampleIndex,
      lostSamples,
      cause: overrun ? "overrun" : error.name,
      detail: isFromFile ? error.message : error.text,
      axis,
      atNs: block.readFinishedNs,
      flags: overrun ? ["overrun_marker"] : [],
    });
  }

  /** The file has one board and one task, which its header names. */
  #checkTask(block: DaqBlock): void {
    const { device, task } = this.#shape ?? this.#early[0] ?? block;
    if (block.device === device && block.task === task) return;
    throw this.#misfit(
      block,
      `it is of task "${block.task}" on ${block.device}, and the file of task "${task}" on ${device}`,
    );
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
      this.#syncing = writer.sync().catch((error) => void (this.#syncFailure = error));
    }, this.#syncMs);
    Deno.unrefTimer(timer); // closing the sink syncs as well, so a program need not wait for this
    this.#timer = timer;
  }
}

/**
 * What CSV and JSONL files have in common: whole lines, written before a call resolves, and a description beside the file.
 *
 * @module
 */

import { DtolSinkSchemaError, DtolSinkWriteError } from "../src/errors.ts";
import { DaqBlock } from "../src/model/block.ts";
import { flag, type Metadata, metadataOf, nonEmptyText, oneOf } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { describe, KnownTasks, type SinkSpec } from "./describe.ts";
import { IF_EXISTS, type IfExists, type OpenFile, OutputFile, syncIntervalOf } from "./file.ts";
import type { OnWarning } from "./schema.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";

/** Settings of a sink that writes lines of text. */
export interface TextSinkOptions {
  /** Whether blocks are taken, one line a channel and sample: 10 kHz and 8 channels make a gigabyte in two minutes. Default: no. */
  readonly acceptBlocks?: boolean;
  /** What to do with a file that exists. Default: `error`. */
  readonly ifExists?: IfExists;
  /** Notes for the description beside the file. Default: none. */
  readonly metadata?: Metadata;
  /** The task, or several, for columns that are known before the first record, and for the description. Default: not known. */
  readonly spec?: SinkSpec;
  /** Whether the file gets its description, `<file>.meta.jsonl`. Default: yes. */
  readonly describe?: boolean;
  /** Whether lines of samples end with the code of the board; lines of scans cannot. Default: no. */
  readonly codes?: boolean;
  /** Seconds after which written lines are brought to the disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number;
  /** Receives warnings, each once. Default: `console.warn`. */
  readonly onWarning?: OnWarning;
  /** Opens files. Default: `Deno.openSync`; another one lets a test run out of disk. */
  readonly open?: OpenFile;
}

/** What a file of lines holds; one file holds one of them. */
export type RecordShape = "readings" | "blocks";

const LF = 10;
const TAIL_BYTES = 65_536;
const TAIL_SHOWN = 1000;

/** A sink that writes lines of text. When a call resolves, its lines are with the system: the death of the process loses none. */
export abstract class TextSink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** Path of the file. */
  readonly path: string;
  /** Whether blocks are taken. */
  readonly acceptBlocks: boolean;
  /** The settings, checked. */
  protected readonly options: TextSinkOptions;
  #shape: RecordShape | null = null;
  #file: OutputFile | undefined;
  #notes: OutputFile | undefined;
  #described = false;
  readonly #known = new KnownTasks();
  #first: DaqBlock | DaqReading | undefined;

  /**
   * Makes a sink; the file is opened by `open()` or the first write.
   *
   * @param path The file to write.
   * @param options Habits.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: TextSinkOptions = {}) {
    super();
    this.path = nonEmptyText("path", path);
    this.acceptBlocks = flag("acceptBlocks", options.acceptBlocks ?? false);
    oneOf("ifExists", options.ifExists ?? "error", IF_EXISTS);
    flag("describe", options.describe ?? true);
    flag("codes", options.codes ?? false);
    syncIntervalOf(options.syncIntervalS);
    this.options = { ...options, metadata: metadataOf("metadata", options.metadata) };
  }

  /** What the file holds; null before the first record. */
  get shape(): RecordShape | null {
    return this.#shape;
  }

  /**
   * Writes the samples of a block.
   *
   * @throws {DtolSinkSchemaError} If the sink takes no blocks, or the file holds readings.
   * @throws {DtolSinkWriteError} If the system refuses the write: the file is whole up to the record before.
   */
  write(block: DaqBlock): Promise<void> {
    return this.inTurn(() => this.#write("blocks", block, () => this.blockLines(block)));
  }

  /**
   * Writes readings, one line each.
   *
   * @throws {DtolSinkSchemaError} If the file holds blocks, or a value does not fit its column; none is written then.
   * @throws {DtolSinkWriteError} If the system refuses the write: the file is whole up to the record before.
   */
  writeMany(readings: readonly DaqReading[]): Promise<void> {
    const first = readings.find(({ error }) => error === null) ?? readings[0];
    if (first === undefined) return this.inTurn(() => {});
    return this.inTurn(() => this.#write("readings", first, () => this.readingLines(readings)));
  }

  /** Bytes of the file that are whole. */
  protected get size(): number {
    return this.#file?.size ?? 0;
  }

  /** Lines of a block, some at a time. Refuses the block, if it must, before it returns. */
  protected abstract blockLines(block: DaqBlock): Iterable<string>;
  /** Lines of readings; none when they are held back. */
  protected abstract readingLines(readings: readonly DaqReading[]): readonly string[];
  /** What is held back at the end. */
  protected abstract lastLines(): readonly string[];
  /** Looks at a file with content that is appended to: cuts off a torn end and says what the file holds. */
  protected abstract continueFile(file: OutputFile): RecordShape | null;

  /** Writes a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Opens the file and its description. */
  protected override doOpen(): void {
    const { ifExists, syncIntervalS, open } = this.options;
    const file = OutputFile.open(this.path, { ifExists, syncIntervalS, open });
    try {
      if (this.options.describe !== false) {
        this.#notes = OutputFile.open(`${this.path}.meta.jsonl`, { ifExists, syncIntervalS, open, lock: false });
        if (this.#notes.size > 0) this.cutTail(this.#notes, endOfLastLine(this.#notes));
      }
      if (file.size > 0) this.#shape = this.continueFile(file);
    } catch (error) {
      this.#notes?.[Symbol.dispose]();
      file[Symbol.dispose]();
      throw error;
    }
    this.#file = file;
  }

  /** Writes what is held back, brings the file to the disk and closes it. */
  protected override async doClose(): Promise<void> {
    try {
      const lines = this.lastLines();
      if (lines.length > 0) this.#writeLines(lines, this.#first!);
    } finally {
      try {
        await this.#file!.close();
      } finally {
        await this.#notes?.close();
      }
    }
  }

  /** Cuts off what stands behind the last whole line, and says so: a person may have left it there, and not a crash. */
  protected cutTail(file: OutputFile, end: number): void {
    if (end === file.size) return;
    const tail = new TextDecoder().decode(file.read(end, Math.min(file.size - end, TAIL_SHOWN)));
    const warn = this.options.onWarning ?? console.warn;
    warn(`${file.path}: cut off ${file.size - end} bytes behind the last whole line: ${JSON.stringify(tail)}`);
    file.cut(end);
  }

  #write(shape: RecordShape, record: DaqBlock | DaqReading, lines: () => Iterable<string>): void {
    if (shape === "blocks" && !this.acceptBlocks) {
      throw new DtolSinkSchemaError(
        `Cannot write blocks to ${this.path}, as a line a sample soon makes gigabytes: set "acceptBlocks" if you want it`,
      );
    }
    if (this.#shape !== null && this.#shape !== shape) {
      throw new DtolSinkSchemaError(
        `Cannot write ${shape} to ${this.path} as it holds ${this.#shape}: give each a file of its own`,
      );
    }
    const made = lines();
    this.#shape = shape;
    this.#first ??= record;
    if (!Array.isArray(made) || made.length > 0) this.#writeLines(made, record);
  }

  #writeLines(lines: Iterable<string>, record: DaqBlock | DaqReading): void {
    this.#describe(record);
    this.#file!.write(encoded(lines));
  }

  /** Writes the description before the first record, when what it needs is known, and that of each further task of blocks. */
  #describe(record: DaqBlock | DaqReading): void {
    const isNew = record instanceof DaqBlock ? this.#known.isNew(record) : !this.#described;
    if (!isNew || this.#notes === undefined) return;
    const { metadata, spec } = this.options;
    const text = { file: nameOf(this.path), first_byte: this.#file!.size, ...describe({ metadata, spec, record }) };
    this.#notes.write(encoded([`${JSON.stringify(text)}\n`]));
    this.#described = true;
  }
}

const encoder = new TextEncoder();
let room = new Uint8Array(1 << 20);

/** Text as UTF-8, piece by piece, each in the same memory: a piece is to be used up before the next is asked for. */
function* encoded(texts: Iterable<string>): Generator<Uint8Array> {
  for (const text of texts) {
    if (room.length < 3 * text.length) room = new Uint8Array(3 * text.length); // UTF-8 has three bytes a unit at most
    const { read, written } = encoder.encodeInto(text, room);
    if (read !== text.length) {
      throw new DtolSinkWriteError(`Cannot encode ${text.length} characters: ${read} were read`);
    }
    yield room.subarray(0, written);
  }
}

/** Where the last whole line of a file ends, when no line end stands inside of a record. */
export function endOfLastLine(file: OutputFile): number {
  for (let to = file.size; to > 0;) {
    const from = Math.max(0, to - TAIL_BYTES);
    const at = file.read(from, to - from).lastIndexOf(LF);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}

function nameOf(path: string): string {
  return path.replace(/^.*[/\\]/, "");
}

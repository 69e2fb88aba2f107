/**
 * Blocks and readings into Parquet files, at the speed of the codes, and alive after a crash.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../src/errors.ts";
import { DaqBlock } from "../src/model/block.ts";
import { flag, type Metadata, metadataOf, oneOf, wholeNumber } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { describe, type SinkSpec } from "./describe.ts";
import { type IfExists, type OpenFile, OutputFile, syncIntervalOf } from "./file.ts";
import { PARQUET_COMPRESSIONS, type ParquetCompression } from "./parquet/compression.ts";
import { ParquetContainer } from "./parquet/container.ts";
import { Journal, journalPath } from "./parquet/journal.ts";
import { type ParquetLayout, rowsOf } from "./parquet/piece.ts";
import { BlockBuffer, ReadingBuffer } from "./parquet/row_buffer.ts";
import type { ParquetShape } from "./parquet/segment.ts";
import type { ParquetSettings } from "./parquet/settings.ts";
import { readingToCells } from "./rows.ts";
import { type OnWarning, readingColumnsOfSpec } from "./schema.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";

export { recoverParquet, type RecoverParquetOptions, type RecoveryReport } from "./parquet/recover.ts";
export { PARQUET_COMPRESSIONS };
export type { ParquetCompression, ParquetLayout, ParquetShape };

/** Settings of a {@linkcode ParquetSink}. */
export interface ParquetSinkOptions {
  /** Codec of the pages: `zstd`, `snappy`, `gzip`, `brotli`, `lz4` or `none`. Default: `zstd`. */
  readonly compression?: ParquetCompression;
  /** Whether texts and values that repeat are stored once. Default: yes. */
  readonly useDictionary?: boolean;
  /**
   * Most rows of a row group: smaller blocks share one, larger ones are split. Default: 1,048,576 for blocks, where it
   * costs no safety as a journal holds what is not in a row group yet; 16,384 for readings.
   */
  readonly rowGroupSize?: number;
  /** What a row of a block is: a sample of one channel (`long`), or a scan with a column a channel. Default: `long`. */
  readonly layout?: ParquetLayout;
  /** Notes for the file. Default: none. */
  readonly metadata?: Metadata;
  /** The task, or several: their channels fix the columns of readings, and stand in the file. Default: the first record says. */
  readonly spec?: SinkSpec;
  /** What to do with a file that exists. A Parquet file cannot be added to. Default: `error`. */
  readonly ifExists?: Exclude<IfExists, "append">;
  /** Seconds after which written records are brought to the disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number;
  /**
   * Whether the journal holds what is not in a row group yet. Without it a crash costs up to one row group, which is fair
   * for a copy whose source is there. Default: yes.
   */
  readonly useJournal?: boolean;
  /** Receives each warning, once. Default: `console.warn`. */
  readonly onWarning?: OnWarning;
  /** Opens file and journal. Default: `Deno.openSync`; another one lets a test run out of disk. */
  readonly open?: OpenFile;
}

const BLOCK_ROWS = 1_048_576;
const READING_ROWS = 16_384;

/**
 * Writes blocks, or readings, into a Parquet file: whichever comes first. The columns are those of {@linkcode blockToRows}
 * (`long`), {@linkcode blockToScans} (`wide`) or {@linkcode readingToRow}, with real UTC timestamps in microseconds; `t_mono_ns`
 * has the nanoseconds. The footer's entry `dtollib` describes task, clock, channels and their scaling as JSON.
 *
 * A Parquet file is readable once it has been closed. When its program dies before, {@linkcode recoverParquet} makes it so,
 * with every record whose write had resolved: until then, a journal beside the file (`<path>.journal`) holds what is not
 * in a row group.
 *
 * Needs `--allow-write` for file and journal.
 *
 * @example Write a stream of blocks
 * ```ts
 * import { ParquetSink } from "@dtollib/dtollib/sinks";
 * import type { DaqBlock } from "@dtollib/dtollib";
 *
 * const path = `${await Deno.makeTempDir()}/run.parquet`;
 * await ReadableStream.from<DaqBlock>([]).pipeTo(new ParquetSink(path, { metadata: { rig: "B" } }));
 * ```
 */
export class ParquetSink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** Path of the file. */
  readonly path: string;
  /** Codec of its pages. */
  readonly compression: ParquetCompression;
  readonly #options: ParquetSinkOptions;
  readonly #settings: ParquetSettings;
  readonly #syncIntervalS: number;
  readonly #useJournal: boolean;
  #file: OutputFile | undefined;
  #journal: Journal | undefined;
  #container: ParquetContainer | undefined;
  #blocks: BlockBuffer | undefined;
  #readings: ReadingBuffer | undefined;
  #shape: ParquetShape | null = null;
  #begun = false;
  #described = false;
  #broken = false;
  #syncedAt = performance.now();

  /**
   * Makes a sink; the file is made by `open()` or the first write.
   *
   * @param path The file to write. Missing folders are made.
   * @param options How, see {@linkcode ParquetSinkOptions}.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: ParquetSinkOptions = {}) {
    super();
    this.path = path;
    this.#options = options;
    this.#settings = settingsOf(options);
    this.#syncIntervalS = syncIntervalOf(options.syncIntervalS);
    this.#useJournal = flag("useJournal", options.useJournal ?? true);
    oneOf("ifExists", options.ifExists ?? "error", ["error", "overwrite"]);
    this.compression = this.#settings.compression;
  }

  /** Names of the columns; null as long as they are not fixed. */
  get columns(): readonly string[] | null {
    return this.#container?.columns?.map(({ name }) => name) ?? null;
  }

  /** What the file holds: `blocks` or `readings`; null before the first record. */
  get shape(): ParquetShape | null {
    return this.#shape;
  }

  /**
   * Stores a block. When this resolves, the block survives the death of the program.
   *
   * @throws {DtolSinkSchemaError} If the file holds readings, or has columns for other channels.
   * @throws {DtolSinkWriteError} If the system refuses the write.
   */
  write(block: DaqBlock): Promise<void> {
    return this.inTurn(() => this.#unbroken(() => this.#writeBlock(block)));
  }

  /**
   * Stores readings, all or none. When this resolves, they survive the death of the program.
   *
   * @throws {DtolSinkSchemaError} If the file holds blocks, or a value does not fit its column.
   * @throws {DtolSinkWriteError} If the system refuses the write.
   */
  writeMany(readings: readonly DaqReading[]): Promise<void> {
    return this.inTurn(() => this.#unbroken(() => this.#writeReadings(readings)));
  }

  /** Stores a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Makes file and journal. */
  protected override doOpen(): void {
    const { ifExists = "error", open } = this.#options;
    const allowed = ["error", "overwrite"] as const;
    // Syncs are timed here, as a row group must be on the disk before its part of the journal is written over.
    const file = OutputFile.open(this.path, { ifExists, allowed, open, syncIntervalS: 0 });
    try {
      const replace = ifExists === "overwrite";
      this.#journal = Journal.open(journalPath(this.path), replace, open ?? Deno.openSync, this.#syncIntervalS);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
    this.#file = file;
    this.#container = new ParquetContainer(file, this.#settings);
  }

  /** Writes what is held and the footer; after a failed write it leaves file and journal for a recovery. */
  protected override async doClose(): Promise<void> {
    const file = this.#file!;
    let done = false;
    try {
      if (this.#begun && !this.#broken) {
        this.#blocks?.flush();
        this.#readings?.flush(true);
        await this.#container!.finish();
        if (this.#syncIntervalS > 0) await file.close();
        done = true;
      }
    } finally {
      file[Symbol.dispose]();
      this.#journal!.close(done);
    }
  }

  async #writeBlock(block: DaqBlock): Promise<void> {
    this.#hold("blocks", `block ${block.blockIndex}`);
    if (rowsOf(block, this.#settings.layout) === 0) return;
    const blocks = this.#blocks ??= new BlockBuffer(this.#container!, this.#settings);
    blocks.check(block, this.path);
    this.#begin();
    if (blocks.overflows(block)) await this.#flush(blocks);
    blocks.add(block);
    if (blocks.full) await this.#flush(blocks);
    else if (this.#useJournal) this.#journal!.addBlock(block);
  }

  async #writeReadings(readings: readonly DaqReading[]): Promise<void> {
    this.#hold("readings", `${readings.length} readings`);
    if (readings.length === 0) return;
    const { onWarning } = this.#options;
    const buffer = this.#readings ??= new ReadingBuffer(this.#container!, this.#settings, this.path, { onWarning });
    const rows = readings.map((reading) => readingToCells(reading, "ns"));
    buffer.add(rows);
    this.#describe(readings);
    this.#begin();
    if (buffer.full) await this.#flush(buffer);
    else if (this.#useJournal) this.#journal!.addReadings(rows);
  }

  /** The first record fixes what the file holds. */
  #hold(shape: ParquetShape, what: string): void {
    if (this.#shape !== null && this.#shape !== shape) {
      throw new DtolSinkSchemaError(
        `Cannot write ${what} to ${this.path} as it holds ${this.#shape}: write them to a file of their own`,
      );
    }
    this.#shape = shape;
  }

  #describe(readings: readonly DaqReading[]): void {
    const good = this.#described ? undefined : readings.find(({ error }) => error === null);
    if (good === undefined) return;
    this.#described = true;
    this.#readings!.describe(good);
  }

  /** Names the run in journal and file, before its first record. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const id = crypto.randomUUID();
    this.#journal!.begin({ id, settings: this.#settings, shape: this.#shape });
    this.#container!.begin(id, this.#shape!);
  }

  /** Writes a row group and starts the journal again, with the row group on the disk if the last sync is long ago. */
  async #flush(buffer: BlockBuffer | ReadingBuffer): Promise<void> {
    buffer.flush();
    const intervalMs = 1000 * this.#syncIntervalS;
    if (intervalMs > 0 && performance.now() - this.#syncedAt >= intervalMs) {
      await this.#file!.sync();
      this.#syncedAt = performance.now();
    }
    this.#journal!.rewind(this.#container!.segments);
  }

  /** Does some work, and remembers if it left file and journal as only a recovery can use them. */
  async #unbroken(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#broken ||= this.isFatal(error);
      throw error;
    }
  }
}

function settingsOf(options: ParquetSinkOptions): ParquetSettings {
  const { compression, useDictionary, rowGroupSize, layout, metadata, spec } = options;
  const rows = rowGroupSize === undefined ? undefined : wholeNumber("rowGroupSize", rowGroupSize, 1);
  return {
    compression: oneOf("compression", compression ?? "zstd", PARQUET_COMPRESSIONS),
    useDictionary: flag("useDictionary", useDictionary ?? true),
    blockRows: rows ?? BLOCK_ROWS,
    readingRows: rows ?? READING_ROWS,
    layout: oneOf("layout", layout ?? "long", ["long", "wide"]),
    description: describe({ metadata: metadataOf("metadata", metadata), spec }),
    readingColumns: spec === undefined ? null : readingColumnsOfSpec(spec),
  };
}

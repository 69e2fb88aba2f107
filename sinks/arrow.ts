/**
 * Blocks and readings as Arrow: record batches in memory, and IPC streams in files.
 *
 * @module
 */

import type { Data, DataType, Int64, RecordBatch, Schema, Table } from "apache-arrow";
import { DtolSinkSchemaError } from "../src/errors.ts";
import { DaqBlock } from "../src/model/block.ts";
import { type Metadata, metadataOf, nonEmptyText, oneOf } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { BlockBatches } from "./arrow/block_batch.ts";
import { type Arrow, loadArrow } from "./arrow/package.ts";
import { type StreamEncoder, streamEncoder } from "./arrow/stream.ts";
import { describe, type Described, type SinkSpec } from "./describe.ts";
import { type IfExists, type OpenFile, OutputFile, syncIntervalOf } from "./file.ts";
import { type Cell, type Column, readingColumns, type TableRow } from "./columns.ts";
import { readingToCells } from "./rows.ts";
import { type OnWarning, readingColumnsOfSpec, SchemaLock } from "./schema.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";
import { floorMicros } from "./times.ts";

/** Settings of an {@linkcode ArrowSink}. */
export interface ArrowSinkOptions {
  /** What to do with a file that exists: a stream has one schema, so it cannot be added to. Default: `error`. */
  readonly ifExists?: Exclude<IfExists, "append">;
  /** Notes, stored in the schema's metadata. Default: none. */
  readonly metadata?: Metadata;
  /** The task, or several, which tell the columns of readings beforehand. Default: the first good reading tells them. */
  readonly spec?: SinkSpec;
  /** Seconds after which written batches are brought to the disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number;
  /** Receives each warning, once. Default: `console.warn`. */
  readonly onWarning?: OnWarning;
  /** Opens the file. Default: `Deno.openSync`; another one lets a test run out of disk. */
  readonly open?: OpenFile;
}

/**
 * A block as an Arrow table of one batch: the columns of `blockToRows`, a row a channel and sample, channel by channel.
 *
 * The column `value` is `block.data` itself, without a copy: what is changed there changes here. The texts are dictionaries
 * with an index a row; indices and times are laid out anew, as a block has them once for all its channels.
 *
 * @param block The block.
 * @throws {DtolSinkDependencyError} If the package `apache-arrow` is not installed.
 */
export async function blockToArrow(block: DaqBlock): Promise<Table> {
  const arrow = await loadArrow();
  const batches = new BlockBatches(arrow, JSON.stringify(describe({ record: block })));
  return new arrow.Table([batches.batch(block)]);
}

/**
 * Writes an Arrow IPC stream: a record batch a block, or a batch each `writeMany`. The first record decides whether the
 * file holds blocks or readings.
 *
 * Every batch is in the file, whole, when its write has resolved: while the file grows, and after a crash, readers get
 * all batches up to the last whole one. Samples have the columns of `blockToRows`, UTC times have microseconds (`t_mono_ns`
 * has the nanoseconds), and the schema's metadata hold under `dtollib` what is known of task, clock, channels and their scaling, as JSON.
 *
 * @example Write a stream of blocks
 * ```ts ignore
 * await using sink = new ArrowSink("run.arrows", { metadata: { specimen: "A7" } });
 * await recording.stream.pipeTo(sink);
 * ```
 */
export class ArrowSink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** Path of the file. */
  readonly path: string;
  readonly #options: ArrowSinkOptions;
  readonly #described: Described;
  readonly #lock: SchemaLock;
  #arrow: Arrow | undefined;
  #file: OutputFile | undefined;
  #encoder: StreamEncoder | undefined;
  #blocks: BlockBatches | undefined;
  #schema: Schema | undefined;
  /** What the schema describes. */
  #task: Pick<DaqBlock, "device" | "task" | "channels"> | undefined;
  /** Errors that came before anybody knew the columns, which the file begins with. */
  #early: DaqReading[] = [];

  /**
   * Makes a sink; the file is opened by the first write or by `open()`.
   *
   * @param path The file to write.
   * @param options Habits and notes.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: ArrowSinkOptions = {}) {
    super();
    this.path = nonEmptyText("path", path);
    this.#options = options;
    oneOf("ifExists", options.ifExists ?? "error", ["error", "overwrite"]);
    syncIntervalOf(options.syncIntervalS);
    this.#described = { metadata: metadataOf("metadata", options.metadata), spec: options.spec };
    this.#lock = new SchemaLock(path, { onWarning: options.onWarning });
  }

  /**
   * Stores a block as a record batch.
   *
   * @throws {DtolSinkSchemaError} If the file holds readings, or blocks of another board, task, or other channels.
   * @throws {DtolSinkWriteError} If the system refuses; the file is whole up to the batch before.
   */
  write(block: DaqBlock): Promise<void> {
    return this.inTurn(() => this.#writeBlock(block));
  }

  /**
   * Stores readings as one record batch.
   *
   * @throws {DtolSinkSchemaError} If the file holds blocks, or a value does not fit.
   * @throws {DtolSinkWriteError} If the system refuses; the file is whole up to the batch before.
   */
  writeMany(readings: readonly DaqReading[]): Promise<void> {
    return this.inTurn(() => this.#writeReadings(readings));
  }

  /** Stores a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Loads the package, then opens the file. */
  protected override async doOpen(): Promise<void> {
    this.#arrow = await loadArrow();
    const { ifExists, syncIntervalS, open } = this.#options;
    this.#file = OutputFile.open(this.path, { ifExists, allowed: ["error", "overwrite"], syncIntervalS, open });
    this.#encoder = streamEncoder(this.#arrow);
  }

  /** Ends the stream and closes the file. */
  protected override async doClose(): Promise<void> {
    const file = this.#file!;
    try {
      if (this.#early.length > 0) this.#writeRows(this.#early.splice(0), readingColumns([]));
      if (this.#blocks !== undefined || this.#schema !== undefined) file.write(this.#encoder!.end());
    } finally {
      await file.close();
    }
  }

  #writeBlock(block: DaqBlock): void {
    this.#refuseIf(this.#schema !== undefined || this.#early.length > 0, `block ${block.blockIndex}`, "readings");
    this.#checkTask(block);
    if (this.#blocks === undefined) {
      const description = JSON.stringify(describe({ ...this.#described, record: block }));
      this.#blocks = new BlockBatches(this.#arrow!, description);
      const { device, task, channels } = block;
      this.#task = { device, task, channels };
    }
    if (block.samplesPerChannel > 0 || block.error !== null) this.#append(this.#blocks.batch(block));
  }

  /** What the schema says of board, task, and channels with their scaling, must be true of every batch. */
  #checkTask({ device, task, channels, blockIndex }: DaqBlock): void {
    const known = this.#task;
    if (known === undefined) return;
    const isSame = device === known.device && task === known.task;
    if (isSame && channels === known.channels) return;
    const [given, stored] = [{ device, task, channels }, known].map((one) => JSON.stringify(one));
    if (given === stored) return;
    throw new DtolSinkSchemaError(
      `Cannot write block ${blockIndex} to ${this.path}: it is of ${given}, and the file of ${stored}. ` +
        "Write it to a file of its own",
    );
  }

  #writeReadings(readings: readonly DaqReading[]): void {
    if (readings.length === 0) return;
    this.#refuseIf(this.#blocks !== undefined, `${readings.length} readings`, "blocks");
    const spec = this.#described.spec;
    const columns = this.#lock.columns ?? (spec === undefined ? null : readingColumnsOfSpec(spec));
    const all = [...this.#early, ...readings];
    if (columns === null && all.every(({ error }) => error !== null)) {
      this.#early = all;
      return;
    }
    this.#writeRows(all, columns);
    this.#early = [];
  }

  /** Writes rows; the first fix the columns. */
  #writeRows(readings: readonly DaqReading[], columns: readonly Column[] | null): void {
    const rows = readings.map((reading) => readingToCells(reading, "ns"));
    if (this.#lock.columns === null) {
      if (columns === null) this.#lock.lock(rows);
      else this.#lock.lockTo(columns);
    }
    const cells = rows.map((row: TableRow) => this.#lock.project(row));
    const record = readings.find(({ error }) => error === null) ?? readings[0]!;
    this.#schema ??= schemaOf(this.#arrow!, this.#lock.columns!, { ...this.#described, record });
    this.#append(batchOf(this.#arrow!, this.#schema, cells));
  }

  #append(batch: RecordBatch): void {
    this.#file!.write(this.#encoder!.encode(batch));
  }

  #refuseIf(mixed: boolean, what: string, held: string): void {
    if (!mixed) return;
    throw new DtolSinkSchemaError(
      `Cannot write ${what} to ${this.path} as it holds ${held}: write them to a file of their own`,
    );
  }
}

function schemaOf(arrow: Arrow, columns: readonly Column[], described: Described): Schema {
  const types: Record<Column["type"], () => DataType> = {
    text: () => new arrow.Utf8(),
    double: () => new arrow.Float64(),
    integer: () => new arrow.Int64(),
    boolean: () => new arrow.Bool(),
    time: () => new arrow.TimestampMicrosecond("UTC"),
  };
  const fields = columns.map(({ name, type }) => new arrow.Field(name, types[type](), true));
  return new arrow.Schema(fields, new Map([["dtollib", JSON.stringify(describe(described))]]));
}

/** Rows as a batch. */
function batchOf(arrow: Arrow, schema: Schema, rows: readonly (readonly Cell[])[]): RecordBatch {
  const children = schema.fields.map(({ type }, i) => {
    const cells = rows.map((row) => row[i]!);
    if (arrow.DataType.isTimestamp(type)) return wideData(arrow, type, cells, floorMicros);
    if (arrow.DataType.isInt(type)) return wideData(arrow, type, cells, (cell) => cell);
    return arrow.vectorFromArray(cells, type).data[0]!;
  });
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length: rows.length, nullCount: 0, children }));
}

/** 64-bit cells: the package's own builder would take times for milliseconds. */
function wideData(arrow: Arrow, type: DataType, cells: readonly Cell[], convert: (cell: bigint) => bigint): Data {
  const nullBitmap = new Uint8Array(Math.ceil(cells.length / 8));
  const data = new BigInt64Array(cells.length);
  for (const [i, cell] of cells.entries()) {
    if (cell === null) continue;
    data[i] = convert(BigInt(cell as number));
    nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  return arrow.makeData({ type: type as Int64, length: cells.length, nullCount: -1, nullBitmap, data });
}

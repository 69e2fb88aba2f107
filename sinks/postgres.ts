/**
 * Readings and blocks into tables of a Postgres server.
 *
 * @module
 */

import { isoUtc } from "../src/clock.ts";
import { DtolError, DtolResourceError, DtolSinkSchemaError, DtolSinkWriteError } from "../src/errors.ts";
import { DaqBlock } from "../src/model/block.ts";
import { invalid, type Metadata, metadataOf, positiveNumber, wholeNumber } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { describe, type Described, KnownTasks, type SinkSpec } from "./describe.ts";
import { type Batch, merged } from "./postgres/batch.ts";
import { PostgresConfig } from "./postgres/config.ts";
import { type Client, openPool, type Pool } from "./postgres/driver.ts";
import { describeError, isPassing, Outbox, type OutboxOptions } from "./postgres/outbox.ts";
import { createTable, findColumns, type GivenRow, PgTable, sqlName } from "./postgres/tables.ts";
import { type Column, POSTGRES_BLOCK_COLUMNS, readingColumns, SAMPLE_COLUMNS } from "./columns.ts";
import { blockSummaryCells, blockToCells, readingToCells } from "./rows.ts";
import { type OnWarning, readingColumnsOfSpec, SchemaLock } from "./schema.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";
import { turn } from "./turn.ts";

export { PostgresConfig, type PostgresConfigOptions } from "./postgres/config.ts";

/** Settings of a {@linkcode PostgresSink} beside those of the server. */
export interface PostgresSinkOptions {
  /** Notes, stored in the metadata table. Default: none. */
  readonly metadata?: Metadata;
  /** The task, or several, which tell the columns of readings beforehand. Default: the first good reading tells them. */
  readonly spec?: SinkSpec;
  /** Bytes of rows held in memory while the server is away or slow. Default: 64 MiB. */
  readonly queueBytes?: number;
  /**
   * File for what exceeds `queueBytes` while the server is away; made at opening, removed at closing. Without it a write waits
   * until there is room. What is given up at last, or refused by the server, stands beside it, in files for
   * `\copy ... WITH (FORMAT binary)`. Default: none.
   */
  readonly spillPath?: string;
  /** Seconds after which a server that is away is given up, and what waits for it counted as lost. Default: never. */
  readonly giveUpAfterS?: number;
  /** Seconds that closing waits for a server that is away. Default: 30. */
  readonly closeTimeoutS?: number;
  /** Receives each warning, and a word when the server goes away and comes back. Default: `console.warn`. */
  readonly onWarning?: OnWarning;
}

const METADATA_COLUMNS: readonly Column[] = [
  { name: "run", type: "text" },
  { name: "key", type: "text" },
  { name: "value", type: "text" },
];
/** Rows that are encoded before the main thread turns to other things, such as rows on their way out. */
const ROWS_A_TURN = 128;
/** Bytes of one COPY at most. */
const MOST_BYTES = 8 * 2 ** 20;

/** What a table of ours is for. */
type Shape = "readings" | "blocks" | "samples" | "metadata";

/**
 * Writes readings and block summaries, and samples if asked to, into tables of a Postgres server: by binary COPY, or by
 * prepared inserts.
 *
 * A write has resolved when the server has committed it. When the server goes away, writes are held, in memory and then in a
 * file, and stored in their order when it is back: none is lost and none is stored twice, also when the connection broke
 * in the middle of a commit. `pendingRecords` says how many wait. Needs `--allow-net` and `--allow-env`.
 *
 * With `createTables` tables are made from the first good record. Else they must exist, and values are made to fit their
 * columns: `timestamptz`, `numeric`, `text` and the like.
 *
 * @example Store readings
 * ```ts ignore
 * const config = new PostgresConfig({ dsn: Deno.env.get("RIG_DB")!, createTables: true });
 * await using sink = new PostgresSink(config, { metadata: { specimen: "A7" } });
 * await pipe(readings, sink);
 * ```
 */
export class PostgresSink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** Where the rows go. */
  readonly config: PostgresConfig;
  readonly #options: OutboxOptions;
  readonly #described: Described;
  readonly #lock: SchemaLock;
  readonly #tables = new Map<Shape, PgTable>();
  #pool: Pool | undefined;
  #outbox: Outbox | undefined;
  #run = "";
  #isDescribed = false;
  readonly #known = new KnownTasks();
  /** Errors that came before anybody knew the channels: a table is not made from them. */
  #early: DaqReading[] = [];

  /**
   * Makes a sink; it connects with the first write or by `open()`.
   *
   * @param config Where the server is, and how to write to it.
   * @param options Notes, and what to do while the server is away.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(config: PostgresConfig, options: PostgresSinkOptions = {}) {
    super();
    if (!(config instanceof PostgresConfig)) throw invalid("config", "a PostgresConfig", "another object");
    this.config = config;
    this.#options = outboxOptions(options);
    this.#described = { metadata: metadataOf("metadata", options.metadata), spec: options.spec };
    this.#lock = new SchemaLock(`table ${config.tableReadings}`, { onWarning: this.#options.onWarning });
    const columns = options.spec === undefined ? null : readingColumnsOfSpec(options.spec);
    if (columns !== null) this.#lock.lockTo(columns);
  }

  /** Records that were accepted and have been given up. */
  get lostRecords(): number {
    return this.#outbox?.lostRecords ?? 0;
  }

  /** Records that were accepted and are not stored yet. */
  get pendingRecords(): number {
    return (this.#outbox?.pendingRecords ?? 0) + this.#early.length;
  }

  /**
   * Stores a block: a row of summary, and its samples if `tableSamples` names a table.
   *
   * @throws {DtolSinkSchemaError} If the table is missing or a value does not fit it.
   * @throws {DtolSinkWriteError} If the server refuses; the sink takes no more then.
   */
  async write(block: DaqBlock): Promise<void> {
    await this.#settle(() => this.#sendBlock(block));
  }

  /**
   * Stores readings: a row each.
   *
   * @throws {DtolSinkSchemaError} If the table is missing or a value does not fit it.
   * @throws {DtolSinkWriteError} If the server refuses; the sink takes no more then.
   */
  async writeMany(readings: readonly DaqReading[]): Promise<void> {
    await this.#settle(() => this.#sendReadings(readings));
  }

  /** Stores a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Connects, and looks at the tables that exist. */
  protected override async doOpen(): Promise<void> {
    this.#run = isoUtc(Temporal.Now.instant().epochNanoseconds);
    const pool = await openPool(this.config);
    this.#pool = pool;
    try {
      await this.#connectAll(pool);
      if (!this.config.createTables) await this.#withClient((client) => this.#findTables(client));
      this.#outbox = new Outbox(pool, this.config, this.#options);
    } catch (error) {
      await pool.end();
      throw this.#told(error, "open");
    }
  }

  /** Stores what waits, and closes the connections. */
  protected override async doClose(): Promise<void> {
    try {
      if (this.#early.length > 0) await this.#sendEarly();
      await this.#outbox!.close();
    } finally {
      await this.#pool!.end();
    }
  }

  /** Opens the connections that are kept: what is wrong with address or password shows now. */
  async #connectAll(pool: Pool): Promise<void> {
    const count = Math.max(1, this.config.poolMinSize);
    const results = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()));
    for (const result of results) if (result.status === "fulfilled") result.value.release();
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async #withClient<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const client = await this.#pool!.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async #findTables(client: Client): Promise<void> {
    for (const shape of ["readings", "blocks", "samples", "metadata"] as const) await this.#find(client, shape);
    const { schema, tableReadings, tableBlocks } = this.config;
    if (!this.#tables.has("readings") && !this.#tables.has("blocks")) throw this.#missing(tableReadings, tableBlocks);
    if (Object.keys(this.#described.metadata ?? {}).length > 0 && !this.#tables.has("metadata")) {
      const name = sqlName(schema, this.config.tableMetadata);
      throw new DtolSinkSchemaError(
        `Cannot store metadata in ${this.config.target()} as there is no table ${name}: make it with the text columns ` +
          `run, key and value, or set "createTables"`,
      );
    }
  }

  async #find(client: Client, shape: Shape): Promise<boolean> {
    const name = this.#nameOf(shape);
    if (name === null) return false;
    const found = await findColumns(client, this.config.schema, name);
    if (found.length === 0) return false;
    this.#tables.set(shape, new PgTable(this.config.schema, name, found, this.#options.onWarning));
    return true;
  }

  #nameOf(shape: Shape): string | null {
    const { tableReadings, tableBlocks, tableSamples, tableMetadata } = this.config;
    return { readings: tableReadings, blocks: tableBlocks, samples: tableSamples, metadata: tableMetadata }[shape];
  }

  /** The table of a shape; made when it is needed first, if tables may be made. */
  async #table(shape: Shape, columns: readonly Column[]): Promise<PgTable> {
    const known = this.#tables.get(shape);
    if (known !== undefined) return known;
    const { schema, createTables } = this.config;
    const name = this.#nameOf(shape)!;
    if (!createTables) throw this.#missing(name);
    await this.#patiently(async (client) => {
      await createTable(client, schema, name, columns, shape === "samples");
      await this.#find(client, shape);
    });
    return this.#tables.get(shape)!;
  }

  /** Makes something on the server; while it is away, tries again for as long as closing would. */
  async #patiently(work: (client: Client) => Promise<void>): Promise<void> {
    const patienceMs = 1000 * (this.#options.giveUpAfterS ?? this.#options.closeTimeoutS);
    const start = performance.now();
    for (let pauseMs = 50;; pauseMs = Math.min(2 * pauseMs, 5000)) {
      try {
        return await this.#withClient(work);
      } catch (error) {
        const isOver = performance.now() - start > patienceMs;
        if (isOver || !isPassing(error as Error)) throw this.#told(error, "make a table in");
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  #missing(...names: readonly string[]): DtolSinkSchemaError {
    const tables = names.map((name) => sqlName(this.config.schema, name)).join(" or ");
    return new DtolSinkSchemaError(
      `Cannot write to ${this.config.target()} as there is no table ${tables} that this role may see: ` +
        `make it, or set "createTables"`,
    );
  }

  async #sendReadings(readings: readonly DaqReading[]): Promise<Promise<void>[]> {
    if (readings.length === 0) return [];
    if (!this.#knowsColumns(readings)) {
      this.#early.push(...readings);
      return [];
    }
    const table = await this.#table("readings", this.#lock.columns ?? readingColumns([]));
    const all = [...this.#early.splice(0), ...readings];
    const typical = readings.find(({ error }) => error === null) ?? readings[0]!;
    const described = await this.#describe(typical);
    return [...described, ...await this.#put(table, this.#rowsOf(all))];
  }

  /** Rows in the columns that their channels have, by whatever names. */
  *#rowsOf(readings: readonly DaqReading[]): Generator<GivenRow> {
    for (const reading of readings) {
      const { columns, cells } = readingToCells(reading, "ns");
      yield { columns: this.#lock.renamed(columns), cells };
    }
  }

  /** Whether the table is there, or could be made after these readings. */
  #knowsColumns(readings: readonly DaqReading[]): boolean {
    if (!this.config.createTables || this.#lock.columns !== null) return true;
    return this.#lock.lock(readings.map((reading) => readingToCells(reading)));
  }

  /** Errors of a run that had nothing else. */
  async #sendEarly(): Promise<void> {
    const table = await this.#table("readings", readingColumns([]));
    await Promise.all(await this.#put(table, this.#rowsOf(this.#early.splice(0))));
  }

  async #sendBlock(block: DaqBlock): Promise<Promise<void>[]> {
    const table = await this.#table("blocks", POSTGRES_BLOCK_COLUMNS);
    const samples = this.config.tableSamples === null ? null : await this.#table("samples", SAMPLE_COLUMNS);
    const settled = this.#known.isNew(block) ? await this.#describe(block, true) : [];
    settled.push(...await this.#put(table, [blockSummaryCells(block, POSTGRES_BLOCK_COLUMNS, "ns")]));
    if (samples === null) return settled;
    settled.push(...await this.#put(samples, blockToCells(block, { times: "ns" })));
    return settled;
  }

  /** Stores what is known of the run, once, and again when the channels change. */
  async #describe(record: DaqBlock | DaqReading, again = false): Promise<Promise<void>[]> {
    if (this.#isDescribed && !again) return [];
    this.#isDescribed = true;
    if (!this.config.createTables && !this.#tables.has("metadata")) return [];
    const table = await this.#table("metadata", METADATA_COLUMNS);
    const rows = Object.entries(describe({ ...this.#described, record })).map(([key, value]) => ({
      columns: METADATA_COLUMNS,
      cells: [this.#run, key, typeof value === "string" ? value : JSON.stringify(value)],
    }));
    return this.#put(table, rows);
  }

  /** Encodes rows, all before the first is sent, and hands them over; gives what settles when they are stored. */
  async #put(table: PgTable, rows: Iterable<GivenRow>): Promise<Promise<void>[]> {
    const batches: Batch[] = [];
    let some: GivenRow[] = [];
    for (const row of rows) {
      if (some.length === ROWS_A_TURN) {
        batches.push(table.encode(some));
        some = [];
        await turn();
      }
      some.push(row);
    }
    if (some.length > 0) batches.push(table.encode(some));
    const settled: Promise<void>[] = [];
    for (const batch of merged(batches, MOST_BYTES)) settled.push((await this.#outbox!.put(batch)).settled);
    return settled;
  }

  /** Sends in turn and waits out of turn, so that the next rows are encoded while the server stores these. */
  async #settle(work: () => Promise<Promise<void>[]>): Promise<void> {
    const { settled } = await this.inTurn(async () => {
      const settled = await work();
      for (const one of settled) one.catch(() => {}); // told below
      return { settled };
    });
    try {
      await Promise.all(settled);
    } catch (error) {
      this.fail(error);
      await this.inTurn(() => {}).catch(() => {}); // marks it as told
      throw error;
    }
  }

  /** An error of the driver as one of ours, without secrets: the driver's own may hold what it was given. */
  #told(error: unknown, what: string): DtolError {
    if (error instanceof DtolError) return error;
    const text = `Cannot ${what} ${this.config.target()}: ${describeError(error, this.config)}`;
    const options = { context: { operation: `${what} Postgres` } };
    return what === "open" ? new DtolResourceError(text, options) : new DtolSinkWriteError(text, options);
  }
}

function outboxOptions(options: PostgresSinkOptions): OutboxOptions {
  const { giveUpAfterS, spillPath } = options;
  return {
    queueBytes: wholeNumber("queueBytes", options.queueBytes ?? 64 * 2 ** 20, 1),
    spillPath,
    giveUpAfterS: giveUpAfterS === undefined ? undefined : positiveNumber("giveUpAfterS", giveUpAfterS),
    closeTimeoutS: positiveNumber("closeTimeoutS", options.closeTimeoutS ?? 30),
    onWarning: options.onWarning ?? console.warn,
  };
}

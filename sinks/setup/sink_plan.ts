/**
 * The sinks of a set-up: which there are, with which settings, and how each is made.
 *
 * @module
 */

import { DtolValidationError } from "../../src/errors.ts";
import {
  type Field,
  type FieldTable,
  fill,
  finite,
  flag,
  type JsonSchema,
  maybe,
  metadata,
  objectSchema,
  optional,
  optionsFromJson,
  positive,
  text,
  toJson,
  whole,
  word,
} from "../../src/model/field_table.ts";
import { invalid, type Metadata, oneOf, plainObject } from "../../src/model/fields.ts";
import type { TaskSpec } from "../../src/model/spec.ts";
import { ArrowSink } from "../arrow.ts";
import { CsvSink } from "../csv.ts";
import type { FanOutPolicy } from "../fan_out.ts";
import { JsonlSink } from "../jsonl.ts";
import { PARQUET_COMPRESSIONS, ParquetSink } from "../parquet.ts";
import { PostgresConfig, PostgresSink } from "../postgres.ts";
import { RawCountsSink } from "../raw_counts.ts";
import type { BlockSink, RawBlockSink, ReadingSink } from "../sink.ts";
import { JOURNAL_MODES, SqliteSink, SYNCHRONOUS } from "../sqlite.ts";

/** Kinds of sink that a set-up can name. */
export const SETUP_SINK_KINDS = ["raw", "parquet", "arrow", "csv", "jsonl", "sqlite", "postgres"] as const;
/** One of {@linkcode SETUP_SINK_KINDS}. */
export type SetupSinkKind = typeof SETUP_SINK_KINDS[number];

/** A sink for whatever a task gives. */
export type AnySink = BlockSink & ReadingSink | RawBlockSink;

/** Settings of a {@linkcode SetupSink}: those of its sink, and what happens when it fails or is slow. */
export interface SetupSinkOptions extends FanOutPolicy {
  /** Kind of sink. */
  readonly kind: SetupSinkKind;
  /** The file; of all kinds but `postgres`. */
  readonly path?: string | undefined;
  /** Name in reports. Default: its kind. */
  readonly name?: string | undefined;
  /** Notes for this sink, beside those of the set-up. */
  readonly metadata?: Metadata | undefined;
  /** What else the sink takes: see its class. */
  readonly [option: string]: unknown;
}

const COMMON: FieldTable = {
  name: maybe(text()),
  failing: optional(word(["stop", "drop"]), "stop"),
  slow: optional(word(["wait", "stop", "drop"]), "wait"),
  queueSize: optional(whole(1), 64),
  metadata: metadata(),
};
const NEW_FILE = optional(word(["error", "overwrite"]), "error");
const ANY_FILE = optional(word(["error", "overwrite", "append"]), "error");
const SYNC = optional(finite({ least: 0 }), 1);
const LAYOUT = optional(word(["long", "wide"]), "long");

/** What the sinks take, by kind; names and meanings are those of their options. */
const OPTIONS: Readonly<Record<SetupSinkKind, FieldTable>> = {
  raw: { path: text(), ifExists: NEW_FILE, syncIntervalS: SYNC },
  parquet: {
    path: text(),
    ifExists: NEW_FILE,
    syncIntervalS: SYNC,
    layout: LAYOUT,
    compression: optional(word(PARQUET_COMPRESSIONS), "zstd"),
    useDictionary: optional(flag(), true),
    useJournal: optional(flag(), true),
    rowGroupSize: maybe(whole(1)),
  },
  arrow: { path: text(), ifExists: NEW_FILE, syncIntervalS: SYNC },
  csv: {
    path: text(),
    ifExists: ANY_FILE,
    syncIntervalS: SYNC,
    layout: LAYOUT,
    codes: optional(flag(), false),
    describe: optional(flag(), true),
  },
  jsonl: {
    path: text(),
    ifExists: ANY_FILE,
    syncIntervalS: SYNC,
    codes: optional(flag(), false),
    describe: optional(flag(), true),
  },
  sqlite: {
    path: text(),
    ifExists: ANY_FILE,
    samples: optional(word(["none", "blob", "rows"]), "blob"),
    journalMode: optional(word(JOURNAL_MODES), "WAL"),
    synchronous: optional(word(SYNCHRONOUS), "NORMAL"),
    busyTimeoutMs: optional(whole(0), 5000),
    tableReadings: optional(text(), "readings"),
    tableBlocks: optional(text(), "blocks"),
    tableSamples: optional(text(), "samples"),
    tableMetadata: optional(text(), "metadata"),
  },
  postgres: {
    dsnEnv: text(),
    schema: optional(text(), "public"),
    tableReadings: optional(text(), "readings"),
    tableBlocks: optional(text(), "blocks"),
    tableSamples: maybe(text()),
    tableMetadata: optional(text(), "metadata"),
    createTables: optional(flag(), false),
    useCopy: optional(flag(), true),
    queueBytes: maybe(whole(1)),
    spillPath: maybe(text()),
    giveUpAfterS: maybe(positive()),
    closeTimeoutS: maybe(positive()),
  },
};

const fieldsOf = (kind: SetupSinkKind): FieldTable => ({ ...OPTIONS[kind], ...COMMON });

/** A sink of a set-up, before it is made. Immutable. */
export class SetupSink {
  /** Kind of sink. */
  readonly kind: SetupSinkKind;
  /** Name in reports. */
  readonly name: string;
  /** The file; undefined for a server. */
  readonly path: string | undefined;
  /** What happens when it fails or is slow. */
  readonly policy: FanOutPolicy;
  /** Every setting, the defaults included. */
  readonly options: Readonly<Record<string, unknown>>;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Kind, path, and what the sink takes.
   * @param path Where it stands, for errors.
   * @throws {DtolValidationError} If the kind or a setting is not known, or wrong.
   */
  constructor({ kind, ...options }: SetupSinkOptions, path = "sink") {
    this.kind = oneOf(`${path}.kind`, kind, SETUP_SINK_KINDS);
    const filled: Record<string, unknown> = {};
    fill(filled, fieldsOf(this.kind), path, options);
    this.options = Object.freeze(filled);
    this.name = filled["name"] as string ?? this.kind;
    this.path = filled["path"] as string | undefined;
    const { failing, slow, queueSize } = filled;
    this.policy = Object.freeze({ failing, slow, queueSize }) as FanOutPolicy;
    Object.freeze(this);
  }

  /** Whether it may not touch a file that exists. */
  get wantsNewFile(): boolean {
    return this.path !== undefined && (this.options["ifExists"] ?? "error") === "error";
  }

  /** The settings as JSON. */
  toJSON(): Record<string, unknown> {
    return { kind: this.kind, ...toJson(this.options, fieldsOf(this.kind)) };
  }

  /**
   * Makes the sink; nothing is opened yet.
   *
   * @param spec The task that it is for.
   * @param notes Notes of the set-up.
   * @throws {DtolValidationError} If a setting is wrong, or the environment variable of a server is not set.
   */
  make(spec: TaskSpec, notes: Metadata): AnySink {
    const { name: _, failing: _f, slow: _s, queueSize: _q, path: __, metadata: own, ...options } = this.options;
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const common = { ...given, metadata: { ...notes, ...own as Metadata }, spec };
    const path = this.path!;
    switch (this.kind) {
      case "raw":
        return new RawCountsSink(path, { ...given, fileMetadata: common.metadata });
      case "parquet":
        return new ParquetSink(path, common);
      case "arrow":
        return new ArrowSink(path, common);
      case "csv":
        return new CsvSink(path, { ...common, acceptBlocks: spec.isClocked });
      case "jsonl":
        return new JsonlSink(path, { ...common, acceptBlocks: spec.isClocked });
      case "sqlite":
        return new SqliteSink(path, common);
      case "postgres":
        return postgresSink(common);
    }
  }
}

/** The connection string comes from the environment: a set-up that is passed around holds no password. */
function postgresSink({ dsnEnv, ...options }: Record<string, unknown>): PostgresSink {
  const variable = dsnEnv as string;
  const dsn = Deno.env.get(variable);
  if (!dsn) {
    throw new DtolValidationError(
      `Cannot connect to Postgres as the environment variable ${variable} is not set: set it to the connection string`,
    );
  }
  const { metadata, spec, queueBytes, spillPath, giveUpAfterS, closeTimeoutS, ...server } = options;
  const given = Object.entries({ metadata, spec, queueBytes, spillPath, giveUpAfterS, closeTimeoutS });
  return new PostgresSink(
    new PostgresConfig({ dsn, ...server }),
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  );
}

/** A sink of any kind, as a field. */
export function sinkField(): Field<SetupSink> {
  return {
    check: (path, value) => value instanceof SetupSink ? value : new SetupSink(value as SetupSinkOptions, path),
    fromJson(path, json) {
      const { kind, ...rest } = plainObject(path, json);
      const known = oneOf(`${path}.kind`, kind, SETUP_SINK_KINDS);
      if (known === "postgres") refuseSecrets(path, rest);
      return new SetupSink({ ...optionsFromJson(fieldsOf(known), path, rest), kind: known }, path);
    },
    toJson: (sink) => sink.toJSON(),
    schema: { oneOf: SETUP_SINK_KINDS.map((kind): JsonSchema => objectSchema(fieldsOf(kind), kind)) },
  };
}

function refuseSecrets(path: string, given: Record<string, unknown>): void {
  for (const key of ["dsn", "password"]) {
    if (key in given) {
      throw new DtolValidationError(`${path}.${key} is not for a file: name an environment variable by "dsn_env"`);
    }
  }
}

/** Whether a sink of this kind takes readings. */
export function takesReadings({ kind }: SetupSink): boolean {
  return kind !== "raw";
}

/** Refuses a sink that does not take what a task gives. */
export function checkTakes(path: string, sink: SetupSink, isClocked: boolean): void {
  if (!isClocked && !takesReadings(sink)) {
    throw invalid(`${path}.kind`, "of a sink that takes readings, as the task is polled", sink.kind);
  }
}

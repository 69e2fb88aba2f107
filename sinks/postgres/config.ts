/**
 * Where a Postgres server is, and how to talk to it. What is secret goes to the driver and nowhere else.
 *
 * @module
 */

import { DtolValidationError } from "../../src/errors.ts";
import { flag, invalid, nonEmptyText, positiveNumber, wholeNumber } from "../../src/model/fields.ts";
import { tableName } from "../sql_names.ts";

/** Settings of a {@linkcode PostgresConfig}. */
export interface PostgresConfigOptions {
  /** Connection string, `postgresql://user:password@host:port/database`. Either this or the fields below. */
  readonly dsn?: string;
  /** Name or address of the server, or the folder of its socket. Needed without `dsn`. */
  readonly host?: string;
  /** Port. Default: 5432. */
  readonly port?: number;
  /** Role. Default: what the driver finds in the environment. */
  readonly user?: string;
  /** Password. Goes to the server and into no message. */
  readonly password?: string;
  /** Database. Default: what the driver finds in the environment. */
  readonly database?: string;
  /** Schema of the tables. Default: `public`. */
  readonly schema?: string;
  /** Table of readings. Default: `readings`. */
  readonly tableReadings?: string;
  /** Table of block summaries. Default: `blocks`. */
  readonly tableBlocks?: string;
  /** Table of samples, a row each; null stores none. Default: null. */
  readonly tableSamples?: string | null;
  /** Table of what is known about the run: rows of `run`, `key`, `value`. Default: `metadata`. */
  readonly tableMetadata?: string;
  /** Connections that are opened at once and kept. Default: 1. */
  readonly poolMinSize?: number;
  /** Connections at most. Default: 4. */
  readonly poolMaxSize?: number;
  /** Milliseconds after which the server ends a statement; 0 for never. Default: 30000. */
  readonly statementTimeoutMs?: number;
  /** Seconds after which a call without answer counts as a lost connection. Default: 10. */
  readonly commandTimeoutS?: number;
  /** Whether missing tables are made, from the first good record. Default: false, they must exist. */
  readonly createTables?: boolean;
  /** Whether rows go by binary COPY; else by prepared inserts. Default: true. */
  readonly useCopy?: boolean;
}

/** What the driver needs. */
export interface Connection {
  readonly dsn: string | undefined;
  readonly host: string | undefined;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
}

let connectionOfConfig: (config: PostgresConfig) => Connection;

/**
 * Where the server is and how to write to it. Nothing prints the password: not `target()`, not `console.log` of this object,
 * not the errors of a sink.
 *
 * @example What may be logged
 * ```ts
 * import { PostgresConfig } from "@dtollib/dtollib/sinks";
 * import { equal } from "node:assert/strict";
 *
 * const config = new PostgresConfig({ dsn: "postgresql://rig:secret@db.lab:5433/runs" });
 * equal(config.target(), "postgresql://db.lab:5433/runs");
 * ```
 */
export class PostgresConfig {
  readonly #connection: Connection;
  /** Schema of the tables. */
  readonly schema: string;
  /** Table of readings. */
  readonly tableReadings: string;
  /** Table of block summaries. */
  readonly tableBlocks: string;
  /** Table of samples; null stores none. */
  readonly tableSamples: string | null;
  /** Table of what is known about the run. */
  readonly tableMetadata: string;
  /** Connections that are opened at once and kept. */
  readonly poolMinSize: number;
  /** Connections at most. */
  readonly poolMaxSize: number;
  /** Milliseconds after which the server ends a statement; 0 for never. */
  readonly statementTimeoutMs: number;
  /** Seconds after which a call without answer counts as a lost connection. */
  readonly commandTimeoutS: number;
  /** Whether missing tables are made. */
  readonly createTables: boolean;
  /** Whether rows go by binary COPY. */
  readonly useCopy: boolean;

  static {
    connectionOfConfig = (config) => config.#connection;
    const inspect = {
      value(this: PostgresConfig): string {
        return `PostgresConfig ${this.target()}`;
      },
    };
    for (const word of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
      Object.defineProperty(PostgresConfig.prototype, Symbol.for(word), inspect); // or an inspector might call the getters
    }
  }

  /**
   * Checks and keeps settings; connects to nothing.
   *
   * @throws {DtolValidationError} If a setting is wrong, or `dsn` and `host` are both given or both missing.
   */
  constructor(options: PostgresConfigOptions) {
    this.#connection = connectionFrom(options);
    this.schema = tableName("schema", options.schema ?? "public");
    this.tableReadings = tableName("tableReadings", options.tableReadings ?? "readings");
    this.tableBlocks = tableName("tableBlocks", options.tableBlocks ?? "blocks");
    this.tableSamples = options.tableSamples == null ? null : tableName("tableSamples", options.tableSamples);
    this.tableMetadata = tableName("tableMetadata", options.tableMetadata ?? "metadata");
    this.poolMinSize = wholeNumber("poolMinSize", options.poolMinSize ?? 1, 0);
    this.poolMaxSize = wholeNumber("poolMaxSize", options.poolMaxSize ?? 4, 1);
    if (this.poolMinSize > this.poolMaxSize) {
      throw invalid("poolMinSize", `at most poolMaxSize, ${this.poolMaxSize}`, this.poolMinSize);
    }
    this.statementTimeoutMs = wholeNumber("statementTimeoutMs", options.statementTimeoutMs ?? 30_000, 0);
    this.commandTimeoutS = positiveNumber("commandTimeoutS", options.commandTimeoutS ?? 10);
    this.createTables = flag("createTables", options.createTables ?? false);
    this.useCopy = flag("useCopy", options.useCopy ?? true);
    const names = [this.tableReadings, this.tableBlocks, this.tableSamples, this.tableMetadata];
    const twice = names.find((name, i) => name !== null && names.indexOf(name) < i);
    if (twice !== undefined) throw invalid("tables", "different names", twice);
  }

  /** Connection string as it was given, password and all: do not log it. */
  get dsn(): string | undefined {
    return this.#connection.dsn;
  }
  /** Name or address of the server. */
  get host(): string | undefined {
    return this.#connection.host;
  }
  /** Port. */
  get port(): number {
    return this.#connection.port;
  }
  /** Role. */
  get user(): string | undefined {
    return this.#connection.user;
  }
  /** Password: do not log it. */
  get password(): string | undefined {
    return this.#connection.password;
  }
  /** Database. */
  get database(): string | undefined {
    return this.#connection.database;
  }

  /** Where the server is, without credentials: safe to log. */
  target(): string {
    const { host = "", port, database = "" } = this.#connection;
    const name = /[:/]/.test(host) ? `[${host}]` : host;
    return `postgresql://${name}:${port}/${database}`;
  }

  /** The same as {@linkcode target}. */
  toString(): string {
    return this.target();
  }
}

/** What the driver needs of a config. */
export function connectionOf(config: PostgresConfig): Connection {
  return connectionOfConfig(config);
}

/** A text without the password, in any form in which it may stand there. */
export function withoutSecrets(text: string, { dsn, password }: Connection): string {
  const secrets = [dsn, password, password === undefined ? undefined : encodeURIComponent(password)];
  if (dsn !== undefined) secrets.push(...dsnSecrets(dsn));
  let clean = text;
  for (const secret of secrets) if (secret !== undefined && secret !== "") clean = clean.replaceAll(secret, "***");
  return clean;
}

function connectionFrom(options: PostgresConfigOptions): Connection {
  const { dsn, host, user, password, database } = options;
  if ((dsn === undefined) === (host === undefined)) {
    throw new DtolValidationError(`A Postgres server is given by "dsn" or by "host": one of them, not both or none`);
  }
  if (dsn !== undefined) {
    const fields = Object.entries({ port: options.port, user, password, database });
    const extra = fields.find(([, value]) => value !== undefined);
    if (extra !== undefined) throw new DtolValidationError(`"${extra[0]}" stands in "dsn": do not give both`);
    return { dsn, ...parseDsn(dsn) };
  }
  const port = wholeNumber("port", options.port ?? 5432, 1);
  if (port > 65_535) throw invalid("port", "at most 65535", port);
  return { dsn: undefined, host: nonEmptyText("host", host), port, user, password, database };
}

/** Takes a connection string apart. Its errors show nothing of it, as any part may be the password. */
function parseDsn(dsn: string): Omit<Connection, "dsn"> {
  const wrong = (what: string) =>
    new DtolValidationError(
      `"dsn" must look like postgresql://user:password@host:port/database, but ${what}. ` +
        "Write /, ?, #, @ and % in a password as %2F, %3F, %23, %40 and %25",
    );
  const url = URL.canParse(dsn) ? new URL(dsn) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) throw wrong("this is no such address");
  // A password with a bare / or # ends up in the path: it must not pass for the name of a database.
  if (url.hash !== "" || /[@:]/.test(url.pathname) || url.search.includes("@")) {
    throw wrong("it can be read in two ways");
  }
  try {
    const database = decodeURIComponent(url.pathname.slice(1));
    return {
      host: decodeURIComponent(url.hostname || url.searchParams.get("host") || "localhost"),
      port: Number(url.port || url.searchParams.get("port") || 5432),
      user: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || url.searchParams.get("password") || undefined,
      database: database || undefined,
    };
  } catch {
    throw wrong("a % in it is not followed by two digits");
  }
}

function dsnSecrets(dsn: string): string[] {
  const { password, searchParams } = new URL(dsn);
  return [password, searchParams.get("password") ?? "", encodeURIComponent(searchParams.get("password") ?? "")];
}

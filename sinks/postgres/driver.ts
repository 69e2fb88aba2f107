/**
 * The few things this library asks of the `pg` package, which is loaded when a sink opens.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { DtolSinkDependencyError } from "../../src/errors.ts";
import type { PostgresConfig } from "./config.ts";
import { connectionOf } from "./config.ts";

/** A result of a query. */
export interface Result {
  readonly rows: readonly Record<string, unknown>[];
}

/** The wire below a client. */
export interface Wire {
  query(text: string): void;
  sendCopyFromChunk(bytes: Buffer): void;
  endCopyFrom(): void;
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
}

/** A query of one's own making, which gets the server's messages as they come. */
export interface Submittable {
  submit(wire: Wire): Error | null | undefined;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

/** A connection. */
export interface Client {
  query(text: string): Promise<Result>;
  query(query: { name?: string; text: string; values?: readonly unknown[] }): Promise<Result>;
  query<T extends Submittable>(query: T): T;
  readonly connection: Wire;
  /** Gives the connection back; with true or an error it is closed. */
  release(broken?: boolean | Error): void;
}

/** A set of connections. */
export interface Pool {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "connect", listener: (client: { on(event: "error", listener: () => void): void }) => void): void;
}

/** Loads the driver and makes a pool; nothing is connected yet. */
export async function openPool(config: PostgresConfig): Promise<Pool> {
  const { Pool } = await loadDriver();
  const { dsn, host, port, user, password, database } = connectionOf(config);
  const pool = new Pool({
    ...(dsn === undefined ? { host, port, user, password, database } : { connectionString: dsn }),
    application_name: "dtollib",
    ...(config.statementTimeoutMs === 0 ? {} : { statement_timeout: config.statementTimeoutMs }),
    connectionTimeoutMillis: Math.ceil(config.commandTimeoutS * 1000),
    min: config.poolMinSize,
    max: config.poolMaxSize,
    idleTimeoutMillis: 0,
  });
  pool.on("connect", (client) => client.on("error", () => {})); // its query is told, too
  pool.on("error", () => {}); // an idle connection broke: the next use finds out and makes another
  return pool;
}

interface Driver {
  readonly Pool: new (options: Record<string, unknown>) => Pool;
}

async function loadDriver(): Promise<Driver> {
  try {
    const module = await import("pg");
    return (module.default ?? module) as Driver;
  } catch (error) {
    throw new DtolSinkDependencyError(
      `Cannot open a Postgres sink as the package "pg" cannot be loaded (${
        (error as Error).message.split("\n")[0]
      }): ` +
        `add "pg": "npm:pg@8.23.1" to the imports of deno.json`,
    );
  }
}

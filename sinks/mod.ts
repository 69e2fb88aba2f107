/**
 * Sinks: where readings and blocks are kept. Each is a `WritableStream` and an `AsyncDisposable`.
 *
 * @module
 */

export * from "./sink.ts";
export * from "./rows.ts";
export * from "./times.ts";
export * from "./schema.ts";
export * from "./raw_counts.ts";

/**
 * Sinks: where readings and blocks are kept. Each is a `WritableStream` and an `AsyncDisposable`.
 *
 * @module
 */

export * from "./sink.ts";
export * from "./raw_counts.ts";

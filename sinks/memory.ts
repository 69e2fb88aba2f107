/**
 * Records kept in lists, for tests and notebooks.
 *
 * @module
 */

import { DaqBlock } from "../src/model/block.ts";
import { type Metadata, metadataOf } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { type BlockSink, type ReadingSink, Sink } from "./sink.ts";

/** Settings of an {@linkcode InMemorySink}. */
export interface InMemorySinkOptions {
  /** Notes, kept beside the records. Default: none. */
  readonly metadata?: Metadata;
}

/**
 * Collects every record in a list of its kind. Closing keeps the lists: looking at them afterwards is the point.
 *
 * @example Collect the blocks of a stream
 * ```ts
 * import { InMemorySink } from "@dtollib/dtollib/sinks";
 * import type { DaqBlock } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * await using sink = new InMemorySink();
 * await ReadableStream.from<DaqBlock>([]).pipeTo(sink);
 * deepEqual(sink.blocks, []);
 * ```
 */
export class InMemorySink extends Sink<DaqBlock | DaqReading> implements BlockSink, ReadingSink {
  /** All readings so far, in order. */
  readonly readings: DaqReading[] = [];
  /** All blocks so far, in order. */
  readonly blocks: DaqBlock[] = [];
  /** Notes of the caller. */
  readonly metadata: Metadata;

  /**
   * Makes a sink with empty lists.
   *
   * @param options Notes.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(options: InMemorySinkOptions = {}) {
    super();
    this.metadata = metadataOf("metadata", options.metadata);
  }

  /** Keeps a block. */
  write(block: DaqBlock): Promise<void> {
    return this.inTurn(() => void this.blocks.push(block));
  }

  /** Keeps readings. */
  writeMany(readings: readonly DaqReading[]): Promise<void> {
    return this.inTurn(() => {
      for (const reading of readings) this.readings.push(reading);
    });
  }

  /** Keeps a chunk of the stream. */
  protected override writeChunk(chunk: DaqBlock | DaqReading): Promise<void> {
    return chunk instanceof DaqBlock ? this.write(chunk) : this.writeMany([chunk]);
  }

  /** Nothing to open. */
  protected override doOpen(): void {}

  /** Nothing to close. */
  protected override doClose(): void {}
}

/**
 * An Arrow IPC stream as bytes, message by message.
 *
 * @module
 */

import type { RecordBatch, RecordBatchStreamWriter } from "apache-arrow";
import type { Arrow } from "./package.ts";

/** Turns batches into the bytes of a stream. */
export interface StreamEncoder {
  /** The bytes of a batch, with the schema in front of the first and new dictionaries in front of any. */
  encode(batch: RecordBatch): Uint8Array[];
  /** The bytes that end the stream. */
  end(): Uint8Array[];
}

/** Makes an encoder. The package's writer hands its bytes to a queue that is read elsewhere; here they are kept at once. */
export function streamEncoder(arrow: Arrow): StreamEncoder {
  let parts: Uint8Array[] = [];
  const take = () => {
    const taken = parts;
    parts = [];
    return taken;
  };
  class Writer extends arrow.RecordBatchStreamWriter {
    protected override _write(chunk: ArrayBufferView): this {
      if (chunk.byteLength > 0) parts.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return this;
    }
  }
  const writer: RecordBatchStreamWriter = new Writer({ autoDestroy: false });
  return {
    encode: (batch) => {
      writer.write(batch);
      return take();
    },
    end: () => [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)],
  };
}

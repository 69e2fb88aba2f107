/**
 * A file that holds blocks, open for reading, whatever its format.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";

/** What only shows at the end of a file. */
export interface FileEnd {
  /** What is damaged, for a person; losses that the recording marked are not in it. */
  readonly damage: readonly string[];
  /** What is odd about its end, for a person: a program that died leaves such a file. */
  readonly oddEnd: readonly string[];
  /** Whether it was ended in order; null when the format does not say. */
  readonly endedInOrder: boolean | null;
  /** The index behind the run's last sample, lost ones included; 0 when the format does not say. */
  readonly endSampleIndex: number;
}

/** A file that holds blocks. */
export interface BlockFile {
  /** Its blocks, one in memory at a time. What cannot be read is left out. Closes the file at the end. */
  readonly blocks: AsyncIterable<DaqBlock>;
  /** What is known once all blocks were read. */
  end(): FileEnd;
}

/** The message of anything that was thrown, on one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ").slice(0, 200);
}

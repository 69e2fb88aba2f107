/**
 * Blocks out of a `.dt-raw` file.
 *
 * @module
 */

import { openRaw, type RawReport } from "../../src/raw/replay.ts";
import type { BlockFile } from "./block_file.ts";

const MAX_LISTED = 100;

/** Opens a raw file. Its losses and errors come as blocks without samples. */
export async function openRawBlocks(path: string): Promise<BlockFile> {
  const file = await openRaw(path);
  async function* blocks() {
    try {
      for await (const block of file.blocks({ markers: true })) yield block;
    } finally {
      await file.close();
    }
  }
  return {
    blocks: blocks(),
    end: () => {
      const { report } = file;
      const { endedInOrder, endSampleIndex } = report;
      return { damage: damageOf(report), oddEnd: oddEndOf(report), endedInOrder, endSampleIndex };
    },
  };
}

/** What is damaged in a raw file, for a person. */
export function damageOf({ damage }: RawReport): string[] {
  const lines = damage.slice(0, MAX_LISTED).map(({ offset, reason }) => `damaged at byte ${offset}: ${reason}`);
  return damage.length > MAX_LISTED ? [...lines, `damaged in ${damage.length - MAX_LISTED} more places`] : lines;
}

/** What is odd about the end of a raw file, for a person. */
function oddEndOf({ tornBytes, endedInOrder, endCause }: RawReport): string[] {
  return [
    ...(tornBytes > 0 ? [tornText(tornBytes)] : []),
    ...(endedInOrder === false ? ["the recording was not ended in order"] : []),
    ...(endCause === "error" ? ["an error ended the recording"] : []),
  ];
}

/** Words for a torn end. */
export function tornText(bytes: number): string {
  return `${bytes} bytes at the end are of a block that was being written`;
}

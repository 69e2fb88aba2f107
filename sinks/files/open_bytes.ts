/**
 * A file that is read piece by piece, from any place.
 *
 * @module
 */

import { DtolReadError } from "../../src/errors.ts";
import { reasonOf } from "./block_file.ts";

/** An open file. */
export interface FileBytes {
  /** Its size when it was opened. */
  readonly byteLength: number;
  /** Bytes of it, in memory of their own; refuses to read behind its end before it takes any memory. */
  read(from: number, length: number): Uint8Array<ArrayBuffer>;
  /** Closes it. */
  close(): void;
}

/**
 * Opens a file.
 *
 * @throws {DtolReadError} If it cannot be opened, or is a folder.
 */
export async function openBytes(path: string): Promise<FileBytes> {
  let file: Deno.FsFile | undefined;
  let byteLength: number;
  try {
    file = await Deno.open(path);
    if ((await file.stat()).isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
    byteLength = file.seekSync(0, Deno.SeekMode.End);
  } catch (error) {
    file?.close();
    throw new DtolReadError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const read = (from: number, length: number) => {
    if (!(from >= 0 && length >= 0 && from + length <= byteLength)) throw new Error("it points behind its end");
    const bytes = new Uint8Array(length);
    file.seekSync(from, Deno.SeekMode.Start);
    for (let done = 0; done < length;) {
      const n = file.readSync(bytes.subarray(done));
      if (n === null) throw new DtolReadError(`Cannot read ${path}: it has become shorter`);
      done += n;
    }
    return bytes;
  };
  return { byteLength, read, close: () => file.close() };
}

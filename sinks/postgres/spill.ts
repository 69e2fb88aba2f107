/**
 * A file for batches that wait for a server, when memory has no more room for them. First in, first out.
 *
 * @module
 */

import { DtolResourceError } from "../../src/errors.ts";
import { writeAll } from "../../src/writing.ts";
import { makeParent } from "../file.ts";
import type { Batch } from "./batch.ts";

/** Where a batch lies in the file. */
type Stored = Omit<Batch, "bytes"> & { readonly offset: number; readonly length: number };

/** Batches on disk. */
export class SpillFile {
  readonly #path: string;
  #file: Deno.FsFile | null;
  #waiting: Stored[] = [];
  #end = 0;

  /**
   * Makes the file, empty. Needs `--allow-read` and `--allow-write` for it.
   *
   * @throws {DtolResourceError} If it exists, or cannot be made.
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = open(path);
  }

  /** Batches that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#waiting.reduce((sum, { rows }) => sum + rows, 0);
  }

  /**
   * Puts a batch behind the others.
   *
   * @throws If the disk has no room for it; those before are safe.
   */
  push(batch: Batch): void {
    this.#file!.seekSync(this.#end, Deno.SeekMode.Start);
    const { bytes, ...rest } = batch;
    writeAll(this.#file!, bytes);
    this.#waiting.push({ ...rest, offset: this.#end, length: bytes.length });
    this.#end += bytes.length;
  }

  /**
   * Takes the first batch out; null when there is none.
   *
   * @throws If it cannot be read back; it stays the first then.
   */
  shift(): Batch | null {
    const first = this.#waiting[0];
    if (first === undefined) return null;
    const { offset, length, ...rest } = first;
    const bytes = new Uint8Array(length);
    this.#file!.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < length;) {
      const n = this.#file!.readSync(bytes.subarray(done));
      if (n === null) throw new Error(`${this.#path} was cut by somebody else`);
      done += n;
    }
    this.#waiting.shift();
    if (this.#waiting.length === 0) {
      this.#file!.truncateSync(0);
      this.#end = 0;
    }
    return { ...rest, bytes };
  }

  /** Removes the file. */
  close(): void {
    if (this.#file === null) return;
    this.#file.close();
    this.#file = null;
    Deno.removeSync(this.#path);
  }
}

function open(path: string): Deno.FsFile {
  try {
    makeParent(path);
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new DtolResourceError(
        `Cannot hold rows in ${path} as it exists, perhaps from a run that broke off: move it away, or set another "spillPath"`,
      );
    }
    throw new DtolResourceError(`Cannot hold rows in ${path}: ${(error as Error).message}`);
  }
}

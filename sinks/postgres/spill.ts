/**
 * A file for batches that wait for a server, when memory has no more room for them. First in, first out.
 *
 * @module
 */

import { existsError, makeParent } from "../file.ts";
import type { Batch } from "./batch.ts";

/** Where a batch lies in the file. */
type Stored = Omit<Batch, "bytes"> & { readonly offset: number; readonly length: number };

/** Batches on disk. */
export class SpillFile {
  readonly #path: string;
  #file: Deno.FsFile | null = null;
  #waiting: Stored[] = [];
  #end = 0;

  /** Makes no file yet. */
  constructor(path: string) {
    this.#path = path;
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
    this.#file ??= this.#open();
    this.#file.seekSync(this.#end, Deno.SeekMode.Start);
    const { bytes, ...rest } = batch;
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.#waiting.push({ ...rest, offset: this.#end, length: bytes.length });
    this.#end += bytes.length;
  }

  /** Takes the first batch out; null when there is none. */
  shift(): Batch | null {
    const first = this.#waiting.shift();
    if (first === undefined) return null;
    const { offset, length, ...rest } = first;
    const bytes = new Uint8Array(length);
    this.#file!.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < length;) done += this.#file!.readSync(bytes.subarray(done)) ?? length;
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

  #open(): Deno.FsFile {
    makeParent(this.#path);
    try {
      return Deno.openSync(this.#path, { read: true, write: true, createNew: true });
    } catch (error) {
      throw error instanceof Deno.errors.AlreadyExists ? existsError(this.#path, ["error"]) : error;
    }
  }
}

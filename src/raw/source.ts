/**
 * Bytes of an open file by their offset.
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";

const WINDOW_BYTES = 12 * 1024; // more than the longest chunk header

/**
 * A file of a size that was fixed when it was opened. Reads are synchronous, so no two of them can mix up their places in
 * the file; a header costs some microseconds so, and many times that if it were awaited.
 */
export class FileSource {
  /** Path of the file, for errors. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly #file: Deno.FsFile;
  readonly #window: Uint8Array<ArrayBuffer> = new Uint8Array(WINDOW_BYTES);
  #start = 0;
  #filled = 0;
  #open = true;

  private constructor(path: string, file: Deno.FsFile, size: number) {
    this.path = path;
    this.#file = file;
    this.size = size;
  }

  /**
   * Opens a file.
   *
   * @throws {DtolReadError} If it is not there, no file, or not to be read.
   */
  static async open(path: string): Promise<FileSource> {
    let file: Deno.FsFile | undefined;
    try {
      file = await Deno.open(path, { read: true });
      const { size, isDirectory } = await file.stat();
      if (isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
      return new FileSource(path, file, size);
    } catch (error) {
      file?.close();
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new DtolReadError(`Cannot read ${path}: ${reason}`, { cause: error });
    }
  }

  /** Whether {@linkcode close} was not called yet. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** A few bytes at an offset, up to the size of a chunk header: a view that lasts until the next call. */
  view(offset: number, length: number): Uint8Array<ArrayBuffer> {
    if (offset < this.#start || offset + length > this.#start + this.#filled) {
      this.#filled = 0;
      const bytes = Math.min(WINDOW_BYTES, this.size - offset);
      this.read(offset, this.#window.subarray(0, bytes));
      this.#start = offset;
      this.#filled = bytes;
    }
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }

  /**
   * Fills an array from an offset on.
   *
   * @throws {DtolReadError} If the file is closed, cannot be read, or has become shorter.
   */
  read(offset: number, into: Uint8Array): void {
    if (!this.#open) throw new DtolReadError(`Cannot read ${this.path}: it is closed`);
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      for (let done = 0; done < into.length;) {
        const read = this.#file.readSync(into.subarray(done));
        if (read === null) throw new Error("the file has become shorter");
        done += read;
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DtolReadError(`Cannot read ${into.length} bytes of ${this.path} at byte ${offset}: ${reason}`, {
        cause: error,
      });
    }
  }

  /** Closes the file; a second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#file.close();
  }
}

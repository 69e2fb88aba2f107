/**
 * The rules that every sink's file obeys: what exists is kept unless the caller says otherwise, missing folders are made, two
 * sinks never write one file, and after a failed write the file is whole up to the write before.
 *
 * @module
 */

import { basename, dirname, isAbsolute, join, normalize, resolve } from "node:path";
import { DtolResourceError, DtolSinkWriteError } from "../src/errors.ts";
import { lockOn } from "../src/file_lock.ts";
import { oneOf, wholeNumber } from "../src/model/fields.ts";
import { reasonOf, removeIfThere, writeAll } from "../src/writing.ts";

/** What to do with a file that exists: refuse it, replace it, or write behind its end. */
export type IfExists = "error" | "overwrite" | "append";

/** All of {@linkcode IfExists}. */
export const IF_EXISTS: readonly IfExists[] = ["error", "overwrite", "append"];

/** What a sink needs of an open file: `Deno.FsFile` has it. */
export interface FileTarget {
  /** Reads some bytes; null at the end. Used when appending only. */
  readSync?(room: Uint8Array): number | null;
  /** Writes some of the bytes, and says how many. */
  writeSync(bytes: Uint8Array): number;
  /** Cuts the file. */
  truncateSync(length: number): void;
  /** Moves to a place in the file, and says which. */
  seekSync(offset: number, whence: Deno.SeekMode): number;
  /** Brings the data to the disk. */
  syncData(): Promise<void>;
  /** Takes the file for this open file alone; false if another has it. Held until `close`. */
  tryLockSync?(exclusive: boolean): boolean;
  /** Says whether it is a folder: some systems open those like files. */
  statSync?(): { readonly isDirectory: boolean };
  /** Closes the file. */
  close(): void;
}

/** Opens a file; another one than `Deno.openSync` lets a test run out of disk. */
export type OpenFile = (path: string, options: Deno.OpenOptions) => FileTarget;

/** Settings of {@linkcode OutputFile.open}. */
export interface OutputFileOptions {
  /** What to do with a file that exists. Default: `error`. */
  readonly ifExists?: IfExists | undefined;
  /** Which of these the format can do. Default: all. */
  readonly allowed?: readonly IfExists[] | undefined;
  /** Seconds after which written bytes are brought to the disk; 0 leaves that to the system. Default: 1. */
  readonly syncIntervalS?: number | undefined;
  /** Opens the file. Default: `Deno.openSync`. */
  readonly open?: OpenFile | undefined;
  /** Whether sinks of other programs are kept from it. Default: true; a file that goes with a locked one needs no lock. */
  readonly lock?: boolean | undefined;
}

/**
 * A file that one sink writes. Nothing in it changes before the first write, also when it is to be replaced. Each write is
 * handed to the system whole before it returns, so it survives the death of the process, and reaches the disk about a
 * second later.
 */
export class OutputFile implements Disposable {
  /** Path of the file. */
  readonly path: string;
  readonly #file: FileTarget;
  readonly #claim: Disposable;
  readonly #created: boolean;
  readonly #syncMs: number;
  #size: number;
  #replace: boolean;
  #written = false;
  #failure: DtolSinkWriteError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  private constructor(path: string, opened: Opened, claim: Disposable, ifExists: IfExists, syncIntervalS: number) {
    this.path = path;
    this.#file = opened.file;
    this.#created = opened.created;
    this.#claim = claim;
    this.#replace = !opened.created && ifExists === "overwrite";
    this.#size = ifExists === "append" ? opened.file.seekSync(0, Deno.SeekMode.End) : 0;
    this.#syncMs = 1000 * syncIntervalS;
  }

  /**
   * Opens a file and takes it for one sink. Needs `--allow-write` for the file, for its folder if that is missing, and
   * `--allow-read` to append. On Windows it takes `--allow-write` for `<path>.lock`, too, to refuse a file that a sink of
   * another program is writing; without, only sinks of this program are kept from it.
   *
   * @param path The file.
   * @param options What to do if it exists.
   * @throws {DtolResourceError} If it exists and may not, another sink has it, or it cannot be opened.
   * @throws {DtolValidationError} If an option is wrong.
   */
  static open(path: string, options: OutputFileOptions = {}): OutputFile {
    const allowed = options.allowed ?? IF_EXISTS;
    const ifExists = oneOf("ifExists", options.ifExists ?? "error", allowed);
    const syncIntervalS = syncIntervalOf(options.syncIntervalS);
    const claim = claimPath(path);
    try {
      const opened = openWith(options.open ?? Deno.openSync, path, ifExists, allowed);
      try {
        const lock = options.lock === false ? UNLOCKED : lockOn(path, opened.file);
        if (lock === null) throw inUse(path);
        return new OutputFile(path, opened, bothOf(lock, claim), ifExists, syncIntervalS);
      } catch (error) {
        opened.file.close();
        throw error;
      }
    } catch (error) {
      claim[Symbol.dispose]();
      throw error;
    }
  }

  /** Bytes of the file that are whole: what was there before, when appending, and every write that returned. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of a file that is appended to, from a place on; fewer at its end. */
  read(offset: number, length: number): Uint8Array {
    const room = new Uint8Array(length);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let done = 0;
    while (done < length) {
      const n = this.#file.readSync!(room.subarray(done));
      if (n === null || n === 0) break;
      done += n;
    }
    this.#file.seekSync(this.#size, Deno.SeekMode.Start);
    return room.subarray(0, done);
  }

  /** Cuts off what a crash left torn behind the last whole record of a file that is appended to. */
  cut(size: number): void {
    this.#attempt("cut the torn end of", () => this.#cutTo(size));
    this.#size = size;
  }

  /**
   * Writes bytes, all of them or none. They may come in parts, so that a large block needs no large buffer; a part is to be
   * used up before the next is asked for.
   *
   * @throws {DtolSinkWriteError} If the system refuses. The file is cut back to where it was, and takes no more.
   */
  write(parts: Iterable<Uint8Array>): void {
    if (this.#failure !== undefined) throw this.#failure;
    let size = this.#size;
    try {
      for (const part of parts) {
        this.#attempt("write", () => this.#writeWhole(part));
        size += part.length;
      }
    } catch (error) {
      if (this.#failure === undefined && size > this.#size) this.#attempt("cut", () => this.#cutTo(this.#size));
      throw error;
    }
    this.#written ||= size > this.#size;
    this.#size = size;
    this.#syncLater();
  }

  /** Brings what is written so far to the disk, off this thread. */
  async sync(): Promise<void> {
    if (this.#closed || !this.#written) return;
    try {
      await this.#file.syncData();
    } catch (error) {
      if (this.#closed) return; // closed meanwhile: the system has the data, and nobody can ask it for more
      throw this.#failed("bring to the disk", error, "");
    }
  }

  /**
   * Brings everything to the disk and closes the file. A file that was made for nothing is removed; a second call does
   * nothing.
   *
   * @throws {DtolSinkWriteError} If the disk does not take what was written.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.sync();
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** Closes the file without waiting for the disk. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    try {
      this.#file.close();
      if (this.#created && !this.#written) removeIfThere(this.path);
    } finally {
      this.#claim[Symbol.dispose]();
    }
  }

  #cutTo(size: number): void {
    this.#file.truncateSync(size);
    this.#file.seekSync(size, Deno.SeekMode.Start);
  }

  #writeWhole(bytes: Uint8Array): void {
    if (this.#replace) this.#file.truncateSync(0);
    this.#replace = false;
    writeAll(this.#file, bytes);
  }

  /** Does something to the file; when that fails, cuts the file back to where it was whole and takes no more. */
  #attempt(what: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      let left = `The file is whole up to byte ${this.#size}. `;
      try {
        this.#cutTo(this.#size);
      } catch (second) {
        left = `Behind byte ${this.#size} it may be torn, as it could not be cut (${reasonOf(second)}). `;
      }
      throw this.#failed(what, error, left);
    }
  }

  #failed(what: string, error: unknown, left: string): DtolSinkWriteError {
    return this.#failure ??= new DtolSinkWriteError(
      `Cannot ${what} ${this.path}: ${reasonOf(error)}. ${left}Free space on the disk or choose another`,
      { context: { operation: "write file" }, cause: error },
    );
  }

  /** Syncs once some time after a write, so that a stream that falls silent reaches the disk, too. */
  #syncLater(): void {
    if (this.#syncMs === 0 || this.#timer !== undefined || !this.#written) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.sync().catch(() => {}); // kept as the failure: the next write or close() tells it
    }, this.#syncMs);
    Deno.unrefTimer(this.#timer); // closing syncs as well, so a program need not wait for this
  }
}

const CLAIMED = new Set<string>();

/**
 * Takes a path for one sink of this program, until it is disposed of. {@linkcode OutputFile} does so by itself; a sink that
 * writes its file by other means calls it.
 *
 * @throws {DtolResourceError} If another sink has it.
 */
export function claimPath(path: string): Disposable {
  const key = placeOf(path);
  if (CLAIMED.has(key)) throw inUse(path);
  CLAIMED.add(key);
  return { [Symbol.dispose]: () => void CLAIMED.delete(key) };
}

/** The error for a file that exists and may not be touched. */
export function existsError(path: string, allowed: readonly IfExists[] = IF_EXISTS): DtolResourceError {
  const [verbs, ways] = allowed.includes("append")
    ? ["replace it or add to it", `"overwrite" or "append"`]
    : ["replace it", `"overwrite"`];
  return new DtolResourceError(
    `Cannot write ${path} as it exists: choose another name, or set "ifExists" to ${ways} to ${verbs}`,
    { context: { operation: "open file" } },
  );
}

/** Makes the folder of a file, if it is missing. Asks for no permission when it is there. */
export function makeParent(path: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
}

/** A time in seconds between two syncs; 0 leaves them to the system. */
export function syncIntervalOf(value: number | undefined): number {
  if (value === undefined) return 1;
  return Number.isFinite(value) && value >= 0 ? value : wholeNumber("syncIntervalS", value, 0);
}

interface Opened {
  readonly file: FileTarget;
  readonly created: boolean;
}

function openWith(open: OpenFile, path: string, ifExists: IfExists, allowed: readonly IfExists[]): Opened {
  try {
    return { file: openNew(open, path, ifExists), created: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotOpen(path, error);
    if (ifExists === "error") throw existsError(path, allowed);
  }
  try {
    return { file: openFile(open, path, ifExists), created: false };
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** Opens a file that exists. Windows would open a folder, too, and take no byte for it. */
function openFile(open: OpenFile, path: string, ifExists: IfExists): FileTarget {
  const file = open(path, { write: true, read: ifExists === "append" });
  if (Deno.build.os !== "windows" || !isFolder(file)) return file;
  file.close();
  throw new Deno.errors.IsADirectory("it is a folder");
}

/** Whether it is one, as far as permissions let it be found out: to look takes `--allow-read`, which writing does not. */
function isFolder(file: FileTarget): boolean {
  try {
    return file.statSync?.().isDirectory === true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

/** Makes the file, and its folder only when that turns out to be missing: else no right to the folder is needed. */
function openNew(open: OpenFile, path: string, ifExists: IfExists): FileTarget {
  const options = { write: true, createNew: true, read: ifExists === "append" };
  try {
    return open(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    makeParent(path);
    return open(path, options);
  }
}

/** Nothing to dispose of: a file that goes with a locked one. */
const UNLOCKED: Disposable = { [Symbol.dispose]: () => {} };

function bothOf(first: Disposable, second: Disposable): Disposable {
  const stack = new DisposableStack();
  stack.use(second);
  stack.use(first);
  return stack;
}

/** One name for a file, however its path is written; as far as it can be found out without asking for a permission. */
function placeOf(path: string): string {
  try {
    if (mayRead(dirname(path))) return join(Deno.realPathSync(dirname(path)), basename(path));
  } catch {
    // there is no such folder yet
  }
  return isAbsolute(path) || mayRead(".") ? resolve(path) : normalize(path); // the working folder takes it, too
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function inUse(path: string): DtolResourceError {
  return new DtolResourceError(
    `Cannot write ${path} as another sink is writing it: close that one first, or choose another name`,
    { context: { operation: "open file" } },
  );
}

function cannotOpen(path: string, error: unknown): DtolResourceError {
  return new DtolResourceError(
    `Cannot write ${path}: ${reasonOf(error)}. Check the folder, its permissions, and --allow-write`,
    { context: { operation: "open file" }, cause: error },
  );
}

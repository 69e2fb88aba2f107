/**
 * Keeping other programs from a file that is being written: by a lock on it or, where that would keep its readers out, on
 * Windows, beside it.
 *
 * @module
 */

import { resolve } from "node:path";

/** What a lock adds to the name of its file. */
const SUFFIX = ".lock";
/** How often a lock that is just being removed is asked for again. */
const ATTEMPTS = 100;

/**
 * Takes an open file for us alone, against other programs, too; null if another has it. Closing the file gives it up, and
 * on Windows disposing of what is returned. A file system may have no locks: then there is none.
 */
export function lockOn(path: string, file: { tryLockSync?(exclusive: boolean): boolean }): Disposable | null {
  if (Deno.build.os === "windows") return lockBeside(path);
  try {
    return file.tryLockSync?.(true) === false ? null : NO_LOCK;
  } catch {
    return NO_LOCK;
  }
}

/**
 * Takes a file for this program and the one that asks, by a lock on an empty file beside it (`<path>.lock`). The system
 * gives it up when the program dies, however it dies; disposing of it removes the file beside, too.
 *
 * Where that file may not be made, there is no lock: without `--allow-write` for it, in a folder that is read-only, on a
 * file system without locks.
 *
 * @param path The file; it exists.
 * @returns Null if another has it.
 */
export function lockBeside(path: string): Disposable | null {
  const beside = realPathOf(path) + SUFFIX;
  if (Deno.permissions.querySync({ name: "write", path: beside }).state !== "granted") return NO_LOCK;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const file = Deno.openSync(beside, { write: true, create: true });
      try {
        if (!file.tryLockSync(true)) return closed(file);
        if (isNamed(file, beside)) return held(file, beside);
      } catch (error) {
        file.close();
        throw error;
      }
      file.close(); // its holder removed it between our opening and our lock: the next one makes it anew
    }
    return null;
  } catch {
    return NO_LOCK;
  }
}

const NO_LOCK: Disposable = { [Symbol.dispose]: () => {} };

function closed(file: Deno.FsFile): null {
  file.close();
  return null;
}

/** Whether the file that was locked is still the one under its name. */
function isNamed(locked: Deno.FsFile, beside: string): boolean {
  try {
    using named = Deno.openSync(beside, { write: true });
    const [ours, theirs] = [locked.statSync(), named.statSync()];
    return ours.ino === theirs.ino && ours.dev === theirs.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function held(file: Deno.FsFile, beside: string): Disposable {
  return {
    [Symbol.dispose]: () => {
      try {
        if (file.statSync().size === 0) Deno.removeSync(beside); // a file with content was never ours
      } catch {
        // it stays, and is nobody's: the next one takes it over
      } finally {
        file.close();
      }
    },
  };
}

/** One name for a file behind all its links; as far as permissions let it be found out. */
function realPathOf(path: string): string {
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state === "granted") return Deno.realPathSync(path);
  } catch {
    // without
  }
  return resolve(path);
}

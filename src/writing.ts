/**
 * What all who write files do with them.
 *
 * @module
 */

/** Writes all of some bytes, however few the system takes at a time. */
export function writeAll(file: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const written = file.writeSync(done === 0 ? bytes : bytes.subarray(done));
    if (written <= 0) throw new Error("the system took no bytes"); // or this would go on for ever
    done += written;
  }
}

/** Removes a file, if it is there. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A name under which there is nothing: the one that is asked for, or the first with a number behind it. */
export function freeName(name: string): string {
  for (let n = 1;; n++) {
    const free = n === 1 ? name : `${name}.${n}`;
    try {
      Deno.lstatSync(free);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return free;
      throw error;
    }
  }
}

/** Why something could not be done, for a person: the kind of error, and what it says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A disk that fills up, for the sinks that take the way to open their file as an option. */

import type { FileTarget, OpenFile } from "../../sinks/mod.ts";

/** Opens files on a disk with room for so many bytes; what does not fit is written in part, as a real one does. */
export function diskOf(bytes: number): OpenFile {
  let left = bytes;
  return (path, options): FileTarget => {
    const file = Deno.openSync(path, options);
    return {
      readSync: (room) => file.readSync(room),
      writeSync: (data) => {
        if (left <= 0) throw new Error("No space left on device (os error 28)");
        const n = file.writeSync(data.subarray(0, left));
        left -= n;
        return n;
      },
      truncateSync: (length) => file.truncateSync(length),
      seekSync: (offset, whence) => file.seekSync(offset, whence),
      syncData: () => file.syncData(),
      tryLockSync: (exclusive) => file.tryLockSync(exclusive),
      close: () => file.close(),
    };
  };
}

/**
 * What a run could not end or free, as the driver has it: the thread of the run leaves it to the main thread, which asks
 * for it once more, and frees it when the subsystem has been released.
 *
 * @module
 */

import { type OpenLayers, OpenLayersError } from "../../ffi/open_layers.ts";
import type { Hbuf, Hdass } from "../../ffi/types.ts";

const MOST = 1024;

const RUNS = 1;
const FIRST = 2;

/** Makes the memory that both threads see: how many buffers there are, whether the board may still run, their handles. */
export function unfreedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * (FIRST + MOST));
}

/** Leaves a buffer to the release. Thread of the run. */
export function leaveUnfreed(memory: SharedArrayBuffer, buffer: Hbuf): void {
  const unfreed = new BigUint64Array(memory);
  const count = Number(unfreed[0]);
  if (count === MOST) return; // its memory goes with the process
  unfreed[FIRST + count] = buffer;
  unfreed[0] = BigInt(count + 1);
}

/** Leaves a run that the board would not end. Thread of the run. */
export function leaveRunning(memory: SharedArrayBuffer): void {
  new BigUint64Array(memory)[RUNS] = 1n;
}

/** Once more asks the board for what it has, as it refuses to be released while it runs or has buffers. Main thread. */
export async function recallUnfreed(sdk: OpenLayers, h: Hdass, memory: SharedArrayBuffer): Promise<void> {
  const unfreed = new BigUint64Array(memory);
  if (unfreed[0] === 0n && unfreed[RUNS] === 0n) return;
  unfreed[RUNS] = 0n;
  await sdk.nonblocking.olDaAbort(h).catch(ignoreRefusal); // also of what does not run any more: the release tells
  try {
    sdk.olDaFlushBuffers(h);
    while (sdk.olDaGetBuffer(h) !== null);
  } catch (error) {
    ignoreRefusal(error);
  }
}

/** Frees them, now that nothing holds them any more. Main thread. */
export function freeUnfreed(sdk: OpenLayers, memory: SharedArrayBuffer): void {
  const unfreed = new BigUint64Array(memory);
  const count = Number(unfreed[0]);
  unfreed[0] = 0n;
  for (const buffer of unfreed.subarray(FIRST, FIRST + count)) {
    try {
      sdk.olDmFreeBuffer(buffer as Hbuf);
    } catch (error) {
      ignoreRefusal(error); // memory is lost then, and nothing else
    }
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof OpenLayersError)) throw error;
}

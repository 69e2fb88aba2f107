/**
 * The gate that drainers of several boards wait at, ready to start, until all are there.
 *
 * @module
 */

import type { StartMoment } from "../board/backend.ts";
import { DtolTaskStateError } from "../errors.ts";
import { type Control, WAIT_MS } from "./messages.ts";

/** What the gate says: start yourself, know that you have been started, or give up. */
export type Passage = "go" | "never" | StartMoment;

const SHUT = 0;
const GO = 1;
const STARTED = 2;
const NEVER = 3;

/** One word and a moment that both threads see: opening it wakes every drainer that waits, in one call. */
export class StartGate {
  readonly #state: Int32Array;
  readonly #moment: BigInt64Array;

  /** Attaches to shared memory, or makes it. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(24)) {
    this.#state = new Int32Array(memory, 0, 1);
    this.#moment = new BigInt64Array(memory, 8, 2);
  }

  /** Lets them start. */
  open(): void {
    this.#become(GO);
  }

  /** Tells them that their board has been started for them. */
  openAt({ monoNs, tookNs }: StartMoment): void {
    this.#moment.set([monoNs, tookNs]);
    this.#become(STARTED);
  }

  /** Sends them home, if they are still here. */
  shut(): void {
    this.#become(NEVER);
  }

  /** Waits until the gate says something, or the time is over: then null. Blocks this thread. */
  wait(timeoutMs: number): Passage | null {
    Atomics.wait(this.#state, 0, SHUT, timeoutMs);
    switch (Atomics.load(this.#state, 0)) {
      case SHUT:
        return null;
      case GO:
        return "go";
      case STARTED:
        return { monoNs: this.#moment[0]!, tookNs: this.#moment[1]! };
      default:
        return "never";
    }
  }

  #become(state: number): void {
    Atomics.compareExchange(this.#state, 0, SHUT, state);
    Atomics.notify(this.#state, 0);
  }
}

/**
 * Waits for those that start together with this run. Blocks this thread.
 *
 * @param memory Memory of the gate.
 * @param board Board name, for errors.
 * @param control Hears that the drainer is alive.
 * @param announce Says that this run is ready.
 * @returns When the board was started, if that was done for it.
 */
export function passGate(
  memory: SharedArrayBuffer,
  board: string,
  control: Control,
  announce: () => void,
): StartMoment | null {
  const gate = new StartGate(memory);
  announce();
  for (;;) {
    control.operation = "waiting for the others";
    const passage = gate.wait(WAIT_MS);
    if (passage === "go") return null;
    if (passage === "never") {
      throw new DtolTaskStateError(`"${board}" was not started as others could not be started with it`);
    }
    if (passage !== null) return passage;
  }
}

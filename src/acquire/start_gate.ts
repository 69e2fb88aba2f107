/**
 * The gate that drainers of several boards wait at, ready to start, until all are there.
 *
 * @module
 */

import type { StartMoment } from "../board/backend.ts";

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

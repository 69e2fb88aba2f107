/**
 * The trigger inputs of a simulated board: what comes there on the main thread is seen by the run on another.
 *
 * @module
 */

import type { Edge } from "../model/enums.ts";

/** What a program can give to the trigger inputs of a simulated board: an edge of the external one, or the bus. */
export type GivenTrigger = Edge | "sync_bus";

const KINDS: readonly GivenTrigger[] = ["rising", "falling", "sync_bus"];
/** Triggers that may come before a run looks. */
const ROOM = 1024;

/** A trigger that came. */
export interface LineEvent {
  /** Which. */
  readonly kind: GivenTrigger;
  /** Monotonic nanoseconds. */
  readonly atNs: bigint;
}

/** Memory that both threads see: how many triggers came, a bell that wakes who waits, and the newest of them. */
export class TriggerLine {
  readonly #count: Int32Array;
  readonly #bell: Int32Array;
  /** What the bell said when it was heard last. */
  #heard = 0;
  readonly #kinds: Int32Array;
  readonly #times: BigInt64Array;

  /** Attaches to shared memory, or makes it. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(8 + 12 * ROOM)) {
    this.#count = new Int32Array(memory, 0, 1);
    this.#bell = new Int32Array(memory, 4, 1);
    this.#times = new BigInt64Array(memory, 8, ROOM);
    this.#kinds = new Int32Array(memory, 8 + 8 * ROOM, ROOM);
  }

  /** Triggers so far. */
  get count(): number {
    return Atomics.load(this.#count, 0);
  }

  /** Gives a trigger, and wakes who waits for one. */
  give(kind: GivenTrigger, atNs: bigint): void {
    const place = this.count % ROOM;
    this.#times[place] = atNs;
    this.#kinds[place] = KINDS.indexOf(kind);
    Atomics.add(this.#count, 0, 1);
    this.wake();
  }

  /** Ends a wait, or the next one. */
  wake(): void {
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  /** The triggers from a number on; those beyond the newest 1,024 are lost. */
  since(number: number): LineEvent[] {
    const end = this.count;
    const events: LineEvent[] = [];
    for (let i = Math.max(number, end - ROOM); i < end; i++) {
      events.push({ kind: KINDS[this.#kinds[i % ROOM]!]!, atNs: this.#times[i % ROOM]! });
    }
    return events;
  }

  /** Waits until there are more than `count`, it is woken, or the time is over. Blocks this thread. */
  wait(count: number, timeoutMs: number): void {
    if (timeoutMs <= 0 || this.count > count) return;
    Atomics.wait(this.#bell, 0, this.#heard, timeoutMs);
    this.#heard = Atomics.load(this.#bell, 0);
  }
}

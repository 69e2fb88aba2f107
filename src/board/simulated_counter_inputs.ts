/**
 * What comes to the inputs and gates of a simulated board's counters, and which counter carries into which.
 *
 * @module
 */

/** Kinds of subsystems that count. */
export type CounterType = "counter_timer" | "quadrature" | "tachometer";

/** The pulse train at the input of a counter. */
export interface CounterPulses {
  /** Cycles a second; negative: the other direction. */
  readonly hz: number;
  /** Which part of a cycle is high, between 0 and 1. Default: half of it. */
  readonly highPart?: number;
}

/** A counter as its inputs and its neighbours see it. */
export interface Counting {
  /** Whether it is running. */
  readonly isCounting: boolean;
  /** Whether it hands its carries to the counter with the next number. */
  readonly isCascaded: boolean;
  /** Edges a second that it counts now. */
  readonly edgesPerSecond: number;
  /** Edges since its start. */
  edgesAt(nowNs: bigint): number;
  /** Books the edges so far: from now on others come. */
  settle(nowNs: bigint): void;
  /** The counter below begins at 0: what has not become a carry of it never will. */
  dropFraction(nowNs: bigint): void;
  /** The level at its gate has changed. */
  gateMoved(to: GateLevel): void;
}

/** Level at a gate. */
export type GateLevel = "low" | "high";

interface Script {
  readonly counts: readonly number[];
  next: number;
}

/** The counter inputs of one board. They outlive the sessions that have the counters. */
export class CounterInputs {
  readonly #pulses = new Map<string, Required<CounterPulses>>();
  readonly #scripts = new Map<string, Script>();
  readonly #low = new Set<number>();
  readonly #holders = new Map<string, Counting>();

  /** The pulses at an input; where nobody has said, those of the backend's own rate. */
  pulses(type: CounterType, element: number, hz: number): Required<CounterPulses> {
    return this.#pulses.get(`${type} ${element}`) ?? { hz, highPart: 0.5 };
  }

  /** Other pulses come from now on. */
  setPulses(type: CounterType, element: number, { hz, highPart = 0.5 }: CounterPulses, nowNs: bigint): void {
    this.#running(type, element)?.settle(nowNs); // what came until now keeps its pace
    this.#pulses.set(`${type} ${element}`, { hz, highPart });
  }

  /** Level at the gate of a counter: an open one is high. */
  gate(element: number): GateLevel {
    return this.#low.has(element) ? "low" : "high";
  }

  /** Drives the gate of a counter. */
  setGate(element: number, level: GateLevel, nowNs: bigint): void {
    if (this.gate(element) === level) return;
    const counter = this.#running("counter_timer", element);
    counter?.settle(nowNs); // what came until now has been counted, or not
    counter?.gateMoved(level);
    if (level === "low") this.#low.add(element);
    else this.#low.delete(element);
  }

  /** What the next readings give, one after the other; the last one stays. None: it counts again. */
  setCounts(type: CounterType, element: number, counts: readonly number[]): void {
    if (counts.length > 0) this.#scripts.set(`${type} ${element}`, { counts: [...counts], next: 0 });
    else this.#scripts.delete(`${type} ${element}`);
  }

  /** The next of those; undefined where there are none. */
  scripted(type: CounterType, element: number): number | undefined {
    const script = this.#scripts.get(`${type} ${element}`);
    if (script === undefined) return undefined;
    const count = script.counts[script.next];
    if (script.next + 1 < script.counts.length) script.next++;
    return count;
  }

  /** Somebody has a counter. */
  take(type: CounterType, element: number, counter: Counting): void {
    this.#holders.set(`${type} ${element}`, counter);
  }

  /** Nobody has it. */
  giveBack(type: CounterType, element: number): void {
    this.#holders.delete(`${type} ${element}`);
  }

  /** The counter whose carries this one counts instead of its own input. */
  below(type: CounterType, element: number): Counting | undefined {
    const below = this.#holders.get(`${type} ${element - 1}`);
    return below?.isCascaded === true ? below : undefined;
  }

  /** The running counter that takes the carries of this one, if it is cascaded. */
  above(type: CounterType, element: number): Counting | undefined {
    const isCascaded = this.#holders.get(`${type} ${element}`)?.isCascaded === true;
    return isCascaded ? this.#running(type, element + 1) : undefined;
  }

  #running(type: CounterType, element: number): Counting | undefined {
    const counter = this.#holders.get(`${type} ${element}`);
    return counter?.isCounting === true ? counter : undefined;
  }
}

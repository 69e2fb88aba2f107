/**
 * Counters, quadrature decoders and tachometers of simulated boards: events come at a steady rate, and a cycle is high for
 * half of its time.
 *
 * @module
 */

import { monotonicClock } from "../clock.ts";
import { DtolTaskStateError } from "../errors.ts";
import {
  type CounterChannel,
  CounterEdgeToEdge,
  CounterOutput,
  QuadratureDecoder,
  Tachometer,
} from "../model/channels.ts";
import type { AppliedSettings, SubsystemSettings } from "./backend.ts";
import type { Told } from "./simulated_models.ts";
import { pulseHz } from "./fit_counters.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

/** A tachometer sets this bit in a period that it has told before. */
const STALE = 0x8000_0000;

/** One counter. */
export class SimulatedCounter extends SimulatedSubsystem {
  readonly #hz: number;
  #channel: CounterChannel | undefined;
  #clockHz = 0;
  #startNs = 0n;
  /** When it was stopped; null while it runs. */
  #stopNs: bigint | null = 0n;
  /** Periods that a tachometer has told. */
  #told = 0;

  /** @param hz Events a second; negative: backwards. */
  constructor(place: Place, can: Told, hz: number) {
    super(place, can);
    this.#hz = hz;
  }

  override configure({ list }: SubsystemSettings): Promise<AppliedSettings> {
    const channel = list[0]!.channel as CounterChannel;
    const base = this.can.baseClockHz!;
    const asked = channel instanceof CounterOutput ? pulseHz(channel) : this.can.maxClockHz!;
    this.#channel = channel;
    this.#clockHz = base / Math.round(base / asked);
    const applied = { clockHz: this.#clockHz, range: null, bits: 32, encoding: "binary", ticket: null } as const;
    return Promise.resolve(applied);
  }

  override start(): Promise<void> {
    this.startAt(monotonicClock().nowNs());
    return Promise.resolve();
  }

  override startAt(monoNs: bigint): void {
    this.#startNs = monoNs;
    this.#stopNs = null;
    this.#told = 0;
  }

  override stop(): Promise<void> {
    this.#stopNs ??= monotonicClock().nowNs();
    return Promise.resolve();
  }

  override isRunning(): Promise<boolean> {
    return Promise.resolve(this.#stopNs === null);
  }

  override read(): Promise<number[]> {
    return Promise.resolve().then(() => [this.#count() >>> 0]);
  }

  async measureFrequency(seconds: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return Math.abs(this.#hz);
  }

  #count(): number {
    const channel = this.#channel;
    if (channel === undefined) throw new DtolTaskStateError(`Cannot read ${this.title} as it is not configured yet`);
    const seconds = Number((this.#stopNs ?? monotonicClock().nowNs()) - this.#startNs) / 1e9;
    const hz = Math.abs(this.#hz);
    if (channel instanceof CounterEdgeToEdge) {
      const interval = (channel.startEdge === channel.stopEdge ? 1 : 0.5) / hz;
      return seconds < interval ? 0 : Math.round(interval * this.#clockHz);
    }
    if (channel instanceof Tachometer) return this.#period(Math.floor(seconds * hz));
    if (channel instanceof QuadratureDecoder) {
      return Math.trunc(seconds * this.#hz * (channel.decodeMode === "x4" ? 4 : 1));
    }
    return Math.floor(seconds * hz);
  }

  #period(periods: number): number {
    const ticks = periods < 1 ? 0 : Math.round(this.#clockHz / Math.abs(this.#hz));
    const isStale = periods <= this.#told;
    this.#told = periods;
    return isStale ? ticks + STALE : ticks;
  }
}

/**
 * Counters, quadrature decoders and tachometers of simulated boards: what they make of their inputs while they run.
 *
 * @module
 */

import { monotonicClock } from "../clock.ts";
import { DtolTaskStateError } from "../errors.ts";
import {
  type CounterChannel,
  CounterEdgeCount,
  CounterEdgeToEdge,
  CounterInput,
  CounterOutput,
  QuadratureDecoder,
  Tachometer,
} from "../model/channels.ts";
import type { AppliedSettings, SubsystemSettings } from "./backend.ts";
import { pulseHz } from "./fit_counters.ts";
import type { CounterInputs, CounterPulses, CounterType, Counting, GateLevel } from "./simulated_counter_inputs.ts";
import type { Told } from "./simulated_models.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

/** A tachometer sets this bit in a period that it has told before. */
const STALE = 0x8000_0000;
/** Events after which a counter of 32 bits begins again. */
const CARRY = 2 ** 32;

/** One counter. */
export class SimulatedCounter extends SimulatedSubsystem implements Counting {
  readonly #hz: number;
  readonly #inputs: CounterInputs;
  readonly #element: number;
  #channel: CounterChannel | undefined;
  #clockHz = 0;
  #startNs = 0n;
  #isRunning = false;
  /** Edges from the start to `#settledNs`; negative: more the other way. */
  #edges = 0;
  #settledNs = 0n;
  /** Levels that its gate has gone to since the start. */
  readonly #gateEdges = new Set<GateLevel>();
  /** Periods that a tachometer has told. */
  #told = 0;

  /**
   * @param inputs The counter inputs of its board.
   * @param hz Events a second where nobody has set those of its own input; negative: backwards.
   */
  constructor(place: Place, can: Told, inputs: CounterInputs, hz: number) {
    super(place, can);
    this.#hz = hz;
    this.#inputs = inputs;
    this.#element = place.element;
    inputs.take(this.#kind, place.element, this);
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

  /** What is left of a carry counts on: so the next one comes when it is full. */
  override startAt(monoNs: bigint): void {
    const below = this.#inputs.below(this.#kind, this.#element);
    this.#edges = below === undefined ? 0 : below.edgesAt(monoNs) % CARRY / CARRY;
    this.#startNs = this.#settledNs = monoNs;
    this.#isRunning = true;
    this.#told = 0;
    this.#gateEdges.clear();
    this.#inputs.above(this.#kind, this.#element)?.dropFraction(monoNs);
  }

  override stop(): Promise<void> {
    if (this.#isRunning) this.settle(monotonicClock().nowNs());
    this.#isRunning = false;
    return Promise.resolve();
  }

  override isRunning(): Promise<boolean> {
    return Promise.resolve(this.#isRunning);
  }

  override read(): Promise<number[]> {
    return Promise.resolve().then(() => [(this.#inputs.scripted(this.#kind, this.#element) ?? this.#count()) >>> 0]);
  }

  override release(): Promise<void> {
    this.#inputs.giveBack(this.#kind, this.#element);
    return super.release();
  }

  async measureFrequency(seconds: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return Math.abs(this.#pulses.hz);
  }

  get isCounting(): boolean {
    return this.#isRunning;
  }

  get isCascaded(): boolean {
    return this.#channel instanceof CounterEdgeCount && this.#channel.cascade;
  }

  get edgesPerSecond(): number {
    if (!this.#isRunning || !this.#isGateOpen()) return 0;
    const below = this.#inputs.below(this.#kind, this.#element);
    return below === undefined ? this.#pulses.hz : below.edgesPerSecond / CARRY;
  }

  edgesAt(nowNs: bigint): number {
    return this.#edges + this.edgesPerSecond * secondsBetween(this.#settledNs, nowNs);
  }

  settle(nowNs: bigint): void {
    this.#inputs.above(this.#kind, this.#element)?.settle(nowNs); // while this one still goes at its old pace
    this.#edges = this.edgesAt(nowNs);
    this.#settledNs = nowNs;
  }

  dropFraction(nowNs: bigint): void {
    this.#edges = Math.trunc(this.#edges);
    this.#settledNs = nowNs;
  }

  gateMoved(to: GateLevel): void {
    this.#gateEdges.add(to);
  }

  get #kind(): CounterType {
    return this.type as CounterType;
  }

  get #pulses(): Required<CounterPulses> {
    return this.#inputs.pulses(this.#kind, this.#element, this.#hz);
  }

  /** Gates of levels follow the level; those of edges open at the first such edge after the start, for good. */
  #isGateOpen(): boolean {
    if (!(this.#channel instanceof CounterInput)) return true;
    switch (this.#channel.gateType) {
      case "software":
        return true;
      case "high_level":
        return this.#inputs.gate(this.#element) === "high";
      case "low_level":
        return this.#inputs.gate(this.#element) === "low";
      case "high_edge":
        return this.#gateEdges.has("high");
      case "low_edge":
        return this.#gateEdges.has("low");
    }
  }

  #count(): number {
    const channel = this.#channel;
    if (channel === undefined) throw new DtolTaskStateError(`Cannot read ${this.title} as it is not configured yet`);
    const now = this.#isRunning ? monotonicClock().nowNs() : this.#settledNs;
    const seconds = secondsBetween(this.#startNs, now);
    if (channel instanceof CounterEdgeToEdge) return this.#interval(channel, seconds);
    if (channel instanceof Tachometer) return this.#period(seconds);
    const edges = this.edgesAt(now);
    if (channel instanceof QuadratureDecoder) return Math.trunc(channel.decodeMode === "x4" ? edges * 4 : edges);
    return Math.trunc(Math.abs(edges));
  }

  /** Ticks of the counter's clock from edge to edge, 0 before they are over. */
  #interval({ startEdge, stopEdge }: CounterEdgeToEdge, seconds: number): number {
    const { hz, highPart } = this.#pulses;
    const part = startEdge === stopEdge ? 1 : startEdge === "rising" ? highPart : 1 - highPart;
    const interval = part / Math.abs(hz);
    return seconds < interval ? 0 : Math.min(Math.round(interval * this.#clockHz), CARRY - 1);
  }

  /** Ticks in a period, marked when none has ended since it was told before. */
  #period(seconds: number): number {
    const hz = Math.abs(this.#pulses.hz);
    const periods = Math.floor(seconds * hz);
    const ticks = periods < 1 ? 0 : Math.round(this.#clockHz / hz) & (STALE - 1);
    const isStale = periods <= this.#told;
    this.#told = periods;
    return isStale ? ticks + STALE : ticks;
  }
}

function secondsBetween(fromNs: bigint, toNs: bigint): number {
  return toNs > fromNs ? Number(toNs - fromNs) / 1e9 : 0;
}

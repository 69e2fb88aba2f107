/**
 * The counter of a session: what it counts, as a value in its unit.
 *
 * @module
 */

import type { AppliedSettings, ListEntry, Subsystem } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import { monotonicClock } from "../clock.ts";
import { DtolReadError, DtolTaskStateError } from "../errors.ts";
import {
  CounterEdgeCount,
  CounterEdgeToEdge,
  CounterFrequency,
  CounterOutput,
  QuadratureDecoder,
  Tachometer,
} from "../model/channels.ts";
import { edgesBetween, EdgeTotal, fellBack } from "./edge_total.ts";
import type { TimeLimit } from "./time_limit.ts";

/** Seconds that a frequency is counted for when the channel does not say. */
const GATE_S = 0.5;
/** A tachometer sets this bit in a period that it has told before. */
const STALE = 0x8000_0000;

/** The subsystem of a session, and all that is known of it. */
export interface CounterTask {
  /** The counter. */
  readonly place: ListEntry;
  /** Its subsystem. */
  readonly subsystem: Subsystem;
  /** What it can do. */
  readonly can: Capabilities;
  /** How it is set. */
  readonly applied: AppliedSettings;
  /** How long a call to the board may take. */
  readonly limit: TimeLimit;
}

/** The counter of one session. */
export class CounterReader {
  readonly #task: CounterTask;
  /** When a tachometer told a new period last. */
  #freshNs = 0n;
  /** What was counted since the latest start. */
  #edges = new EdgeTotal();

  constructor(task: CounterTask) {
    this.#task = task;
  }

  /** The counter was started: its count begins at 0. A reading under way belongs to the run before. */
  begin(): void {
    this.#edges = new EdgeTotal();
  }

  /** Whether the counter counts from its start on, and is read while it does; a measurement starts by itself. */
  get runs(): boolean {
    return this.#measure === undefined;
  }

  /** A measurement by the board itself, where it has that for the channel. */
  get #measure(): ((seconds: number) => Promise<number>) | undefined {
    const { place: { channel }, subsystem, can } = this.#task;
    if (!(channel instanceof CounterFrequency) || can.counterModes.measure === false) return undefined;
    return subsystem.measureFrequency?.bind(subsystem);
  }

  /** The present value in the channel's unit; NaN where nothing has been measured yet. */
  async read(): Promise<number> {
    const { place: { channel }, applied } = this.#task;
    if (channel instanceof CounterOutput) {
      throw new DtolTaskStateError(
        `Cannot poll as "${channel.name}" drives an output: start() and stop() are for that`,
      );
    }
    if (channel instanceof CounterFrequency) return await this.#frequency(channel);
    const edges = this.#edges;
    const count = await this.#count();
    if (channel instanceof CounterEdgeCount && !channel.cascade) return edges.add(count, channel.name);
    if (channel instanceof QuadratureDecoder) return count | 0;
    if (channel instanceof CounterEdgeToEdge) return count === 0 ? NaN : count / applied.clockHz!;
    if (channel instanceof Tachometer) return this.#speed(count);
    return count;
  }

  async #count(): Promise<number> {
    const { place, subsystem, limit } = this.#task;
    const [bits] = await limit.wait("read the counter", subsystem.read([place]));
    return bits! >>> 0;
  }

  async #frequency({ name, gatePeriodS }: CounterFrequency): Promise<number> {
    const seconds = gatePeriodS ?? GATE_S;
    const measure = this.#measure;
    if (measure !== undefined) {
      return await this.#task.limit.wait("measure a frequency", measure(seconds), undefined, seconds);
    }
    const first = await this.#timedCount();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const second = await this.#timedCount();
    const edges = edgesBetween(first.count, second.count);
    if (edges === null) {
      throw new DtolReadError(`Cannot tell the frequency of "${name}" ${fellBack(first.count, second.count)}`);
    }
    return edges * 1e9 / Number(second.atNs - first.atNs);
  }

  async #timedCount(): Promise<{ count: number; atNs: bigint }> {
    const clock = monotonicClock();
    const before = clock.nowNs();
    const count = await this.#count();
    return { count, atNs: (before + clock.nowNs()) / 2n };
  }

  /**
   * A shaft that slows down or stops gives no new period: since the last one it has turned less than once, so it is at most
   * as fast as that.
   */
  #speed(ticks: number): number {
    const now = monotonicClock().nowNs();
    const isStale = (ticks & STALE) !== 0;
    const period = (ticks & ~STALE) >>> 0;
    if (!isStale) this.#freshNs = now;
    if (period === 0) return NaN;
    const hz = this.#task.applied.clockHz! / period;
    return isStale ? Math.min(hz, 1e9 / Number(now - this.#freshNs)) : hz;
  }
}

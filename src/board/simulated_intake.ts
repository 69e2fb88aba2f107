/**
 * The run of a simulated board: buffers come due by the clock, as a board's do, and are filled when they are taken.
 *
 * @module
 */

import { type MonotonicClock, monotonicClock } from "../clock.ts";
import type { Intake, IntakeEvent, IntakePlan, IntakeTicket, TakenBuffer } from "./backend.ts";
import { type Codes, newCodes } from "../convert/codes.ts";
import { Phases } from "./phases.ts";
import { COLD_JUNCTION_DEG_C, type FillChannel, type Signal } from "./signals.ts";
import { contextOf, fillerFor, type SimulatedTicket } from "./simulated_input.ts";

/** Makes the intake of a simulated board. */
export function attachSimulated(ticket: IntakeTicket): Intake {
  return new SimulatedIntake(ticket as SimulatedTicket);
}

/** What stands behind each sample of a board that gives the cold junctions along. */
const COLD_JUNCTION: Signal = { kind: "constant", volts: COLD_JUNCTION_DEG_C };

class SimulatedIntake implements Intake {
  readonly #ticket: SimulatedTicket;
  readonly #clock: MonotonicClock = monotonicClock();
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  readonly #events: IntakeEvent[] = [];
  readonly #fillers: readonly FillChannel[];
  readonly #scanNs: number;
  #faults: { overrun: number; unplug: number };
  readonly #phases: Phases;
  #plan: IntakePlan = { buffers: 0, codesPerBuffer: 0 };
  #codes: Codes = new Uint16Array(0);
  #startNs = 0n;
  /** Number of the next buffer to be taken, from 0. */
  #next = 0;
  /** Scan at which the run ends or ended; Infinity while nothing ends it. */
  #endScan = Infinity;
  /** Whether the board has ended the run by itself. */
  #over = false;
  #lent = false;
  /** Blocks overwritten unread that no buffer has told of yet. */
  #overwritten = 0;

  constructor(ticket: SimulatedTicket) {
    const { board, settings, applied, simultaneous, signals, linearised, faults } = ticket;
    const { list, interleavedCjc } = settings;
    const clockHz = applied.clockHz ?? 1;
    const rateHz = simultaneous ? clockHz : clockHz / list.length;
    this.#ticket = ticket;
    this.#phases = new Phases(board);
    this.#scanNs = 1e9 / rateHz;
    this.#faults = { overrun: faults.overrunAtBuffer ?? 0, unplug: faults.unplugAtBuffer ?? 0 };
    this.#fillers = list.flatMap(({ physicalChannel: channel, gain }, i) => {
      const { range, bits } = applied;
      const context = contextOf({ board, channel, gain, rateHz, bits, ...range! }, linearised[i]!);
      const filler = fillerFor(signals[i]!, context);
      return interleavedCjc ? [filler, fillerFor(COLD_JUNCTION, context)] : [filler];
    });
  }

  begin(plan: IntakePlan): void {
    this.#phases.step("begin", ["idle"], "begun");
    this.#plan = plan;
    this.#codes = newCodes(this.#ticket.type, plan.codesPerBuffer);
    this.#next = 0;
    this.#endScan = Infinity;
    this.#over = false;
    this.#overwritten = 0;
    this.#events.length = 0;
  }

  start(): void { // the same when it was started together with others: the clock is read here
    this.#phases.step("start", ["begun"], "running");
    this.#startNs = this.#clock.nowNs();
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.#phases.step("wait", ["running"]);
    if (this.#events.length === 0) this.#sleep(timeoutMs);
    this.#overwritten += this.#settle();
    return this.#events.splice(0);
  }

  #sleep(timeoutMs: number): void {
    const dueNs = Number(this.#startNs - this.#clock.nowNs()) + (this.#next + 1) * this.#scansPerBuffer * this.#scanNs;
    const ms = this.#over ? timeoutMs : Math.min(timeoutMs, dueNs / 1e6);
    if (ms > 0) Atomics.wait(this.#sleeper, 0, 0, ms);
  }

  take(): TakenBuffer | null {
    this.#phases.step("take", ["running", "ended", "flushed"]);
    if (this.#lent) throw this.#phases.refusal("take", "the buffer taken before has not been given back");
    if (this.#phases.now === "running") this.#overwritten += this.#settle();
    const n = this.#scansPerBuffer;
    const first = this.#next * n;
    const scans = Math.min(n, this.#scansDone() - first);
    if (scans < (this.#phases.now === "flushed" ? 1 : n)) return null;
    const lostBefore = this.#overwritten;
    this.#overwritten = 0;
    this.#next++;
    this.#lent = true;
    const stride = this.#fillers.length;
    for (const [place, fill] of this.#fillers.entries()) fill(this.#codes, place, stride, first, scans);
    return { codes: this.#codes.subarray(0, scans * stride) as Codes, lostBefore };
  }

  giveBack(): void {
    if (!this.#lent) throw this.#phases.refusal("give a buffer back", "none was taken");
    this.#lent = false;
  }

  async stop(now: boolean): Promise<void> {
    this.#phases.step(now ? "abort" : "stop", ["running", "ended"]);
    if (now) {
      if (this.#phases.now === "running") this.#endScan = this.#scansDone();
      this.#phases.now = "ended";
      return;
    }
    const { stopTakesMs = 0 } = this.#ticket.faults;
    if (this.#phases.now === "running" && !this.#over) {
      const n = this.#scansPerBuffer;
      this.#endScan = (Math.floor(this.#scansDone() / n) + 1) * n;
      const dueMs = Number(this.#startNs - this.#clock.nowNs()) / 1e6 + this.#endScan * this.#scanNs / 1e6;
      await pause(Math.max(dueMs, stopTakesMs));
      while (this.#scansDone() < this.#endScan) await pause(1); // a timer may be early, and would cut the last buffer
    }
    this.#phases.now = "ended";
  }

  flush(): void {
    this.#phases.step("flush", ["ended"], "flushed");
  }

  end(): void {
    this.#phases.now = "idle";
    this.#lent = false;
  }

  get #scansPerBuffer(): number {
    return this.#plan.codesPerBuffer / this.#fillers.length;
  }

  /** Scans that the clock has completed, up to the end of the run. */
  #scansDone(): number {
    const scans = Math.floor(Number(this.#clock.nowNs() - this.#startNs) / this.#scanNs);
    return Math.min(scans, this.#endScan);
  }

  /** Lets happen what the clock made due since the last look; returns the blocks that were overwritten unread. */
  #settle(): number {
    if (this.#over) return 0;
    const n = this.#scansPerBuffer;
    const done = Math.floor(this.#scansDone() / n);
    for (const fault of ["overrun", "unplug"] as const) {
      if (this.#faults[fault] > 0 && done >= this.#faults[fault]) {
        this.#endRun((this.#faults[fault] - 1) * n, fault === "overrun" ? "overrun" : "removed");
        this.#faults[fault] = 0;
        return 0;
      }
    }
    const room = this.#plan.buffers - 1; // one is always in the board's hands
    if (done - this.#next <= room) return 0;
    if (this.#ticket.settings.wrapMode === "none") {
      this.#endRun((this.#next + this.#plan.buffers) * n, "queue_done");
      return 0;
    }
    const lost = done - this.#next - room;
    this.#next += lost;
    return lost;
  }

  #endRun(endScan: number, event: IntakeEvent): void {
    this.#endScan = endScan;
    this.#over = true;
    this.#events.push(event);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)));
}

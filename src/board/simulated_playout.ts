/**
 * The run of a simulated analog output: samples leave by the clock, and what has left stays to be looked at.
 *
 * @module
 */

import { type MonotonicClock, monotonicClock } from "../clock.ts";
import { type Codes, type CodeType, newCodes } from "../convert/codes.ts";
import type { WrapMode } from "../model/enums.ts";
import type { Intake, IntakeEvent, IntakePlan, IntakeTicket, StartMoment, TakenBuffer } from "./backend.ts";
import { Phases } from "./phases.ts";
import type { Tape } from "./simulated_outlets.ts";
import { Wave } from "./simulated_wave.ts";

/** What the player's thread gets: plain data. */
export interface SimulatedPlayTicket extends IntakeTicket {
  /** Outputs, in list order. */
  readonly outputs: readonly number[];
  /** What happens when no buffer is ready. */
  readonly wrapMode: WrapMode;
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Scans per second. */
  readonly rateHz: number;
  /** Whether nothing is paced by a clock. */
  readonly freeRunning: boolean;
  /** What the board's outputs carry, shared. */
  readonly carried: Int32Array<SharedArrayBuffer>;
  /** What has left, shared. */
  readonly tape: SharedArrayBuffer;
  /** What the outputs carry at any instant, shared. */
  readonly wave: SharedArrayBuffer;
  /** The buffer (from 1) instead of whose end the run ends with an underrun; 0 for none. */
  readonly underrunAtBuffer: number;
  /** Milliseconds that ending the run takes on top, if it is not aborted. */
  readonly stopTakesMs: number;
}

/** The run of an output. */
export class SimulatedPlayout implements Intake {
  readonly #ticket: SimulatedPlayTicket;
  readonly #tape: Tape;
  readonly #wave: Wave;
  readonly #clock: MonotonicClock = monotonicClock();
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  readonly #phases: Phases;
  readonly #events: IntakeEvent[] = [];
  #plan: IntakePlan = { buffers: 0, codesPerBuffer: 0 };
  #fresh = 0;
  #lent: Codes | null = null;
  /** Scans of each buffer that was queued and is not done, oldest first. */
  #queued: number[] = [];
  /** Scans of the buffers that are done. */
  #doneScans = 0;
  #done = 0;
  #ready = 0;
  /** The code of every scan of the run. */
  #scans: number[][] = [];
  #startNs = 0n;
  #left = 0;
  #over = false;
  #underrunAt: number;

  constructor(ticket: SimulatedPlayTicket, tape: Tape) {
    this.#ticket = ticket;
    this.#tape = tape;
    this.#wave = new Wave(ticket.wave);
    this.#phases = new Phases(ticket.board);
    this.#underrunAt = ticket.underrunAtBuffer;
  }

  begin(plan: IntakePlan): void {
    this.#phases.step("begin", ["idle"], "begun");
    this.#plan = plan;
    this.#fresh = plan.buffers;
    this.#queued = [];
    this.#scans = [];
    this.#doneScans =
      this.#done =
      this.#ready =
      this.#left =
        0;
    this.#over = false;
    this.#events.length = 0;
    this.#tape.clear();
    this.#wave.begin({ outputs: this.#ticket.outputs, loops: this.#loops });
  }

  start(already: StartMoment | null = null): void {
    this.#phases.step("start", ["begun"], "running");
    this.#startNs = already?.monoNs ?? this.#clock.nowNs();
    if (!this.#ticket.freeRunning) this.#wave.start(this.#startNs, this.#ticket.rateHz);
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.#phases.step("wait", ["running", "ended"]);
    if (this.#events.length === 0 && timeoutMs > 0) Atomics.wait(this.#sleeper, 0, 0, Math.min(timeoutMs, 2));
    if (this.#phases.now === "running") this.#settle();
    return this.#events.splice(0);
  }

  take(): TakenBuffer | null {
    this.#phases.step("take", ["begun", "running", "ended"]);
    if (this.#lent !== null) throw this.#phases.refusal("take", "the buffer taken before has not been given back");
    if (this.#phases.now === "begun" ? this.#fresh-- <= 0 : !this.#takeDone()) return null;
    this.#lent = newCodes(this.#ticket.type, this.#plan.codesPerBuffer);
    return { codes: this.#lent, lostBefore: 0 };
  }

  giveBack(filled = this.#plan.codesPerBuffer): void {
    if (this.#lent === null) throw this.#phases.refusal("give a buffer back to", "none was taken");
    const codes = this.#lent;
    const outputs = this.#ticket.outputs.length;
    this.#lent = null;
    if (this.#phases.now === "ended" || filled === 0) return;
    if (this.#phases.now === "running") this.#settle(); // it may come too late
    for (let at = 0; at < filled; at += outputs) this.#scans.push([...codes.subarray(at, at + outputs)]);
    this.#wave.add(codes.subarray(0, filled));
    this.#queued.push(filled / outputs);
  }

  async stop(now: boolean): Promise<void> {
    this.#phases.step(now ? "abort" : "stop", ["running", "ended"]);
    this.#settle();
    const { stopTakesMs } = this.#ticket;
    if (!now && stopTakesMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, stopTakesMs));
      if (this.#phases.now !== "running") return; // aborted meanwhile
    }
    if (!now && !this.#over && this.#phases.now === "running") {
      const period = this.#scans.length;
      const end = this.#loops ? Math.ceil(this.#left / period) * period : this.#doneScans + (this.#queued[0] ?? 0);
      while (this.#left < end) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.#letOut(Math.min(this.#scansDue(), end));
      }
      this.#finishBuffers();
      this.#endRun("io_complete");
    }
    this.#wave.end(this.#left);
    this.#phases.now = "ended";
  }

  flush(): void {
    this.#phases.step("flush", ["ended"], "flushed");
  }

  end(): void {
    this.#phases.now = "idle";
    this.#lent = null;
  }

  get #loops(): boolean {
    return this.#ticket.wrapMode === "single";
  }

  #takeDone(): boolean {
    if (this.#phases.now === "running") this.#settle();
    if (this.#ready === 0) return false;
    this.#ready--;
    return true;
  }

  /** Scans that the clock has let out, had it had enough of them: the first leaves at the start. Without a clock: all. */
  #scansDue(): number {
    if (this.#ticket.freeRunning) return this.#scans.length + (this.#loops ? this.#left : 0);
    return Math.floor(Number(this.#clock.nowNs() - this.#startNs) * this.#ticket.rateHz / 1e9) + 1;
  }

  #settle(): void {
    if (this.#over) return;
    const loops = this.#loops;
    const due = this.#scansDue();
    if (!loops && this.#fails(due)) return this.#endRun("underrun");
    this.#letOut(loops ? due : Math.min(due, this.#scans.length));
    if (loops) return;
    this.#finishBuffers();
    if (due <= this.#scans.length) return;
    if (this.#ticket.wrapMode === "multiple") return this.#endRun("underrun");
    this.#events.push("queue_done");
    this.#endRun("io_complete");
  }

  /** Whether the buffer that is to fail would be done now. */
  #fails(due: number): boolean {
    const place = this.#underrunAt - 1 - this.#done;
    if (this.#underrunAt === 0 || place < 0 || place >= this.#queued.length) return false;
    const scans = this.#queued.slice(0, place + 1).reduce((sum, n) => sum + n, this.#doneScans);
    if (due < scans) return false;
    this.#letOut(scans - this.#queued[place]!);
    this.#finishBuffers();
    this.#underrunAt = 0;
    return true;
  }

  #letOut(scans: number): void {
    const { outputs, carried } = this.#ticket;
    for (; this.#left < scans; this.#left++) {
      const codes = this.#scans[this.#left % this.#scans.length]!;
      this.#tape.add(codes);
      for (const [i, output] of outputs.entries()) Atomics.store(carried, output, codes[i]!);
    }
  }

  #finishBuffers(): void {
    while (this.#queued.length > 0 && this.#doneScans + this.#queued[0]! <= this.#left) {
      this.#doneScans += this.#queued.shift()!;
      this.#done++;
      this.#ready++;
    }
  }

  #endRun(event: IntakeEvent): void {
    this.#over = true;
    this.#wave.end(this.#left);
    this.#events.push(event);
  }
}

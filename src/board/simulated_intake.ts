/**
 * The run of a simulated board: buffers come due by the clock, as a board's do, and are filled when they are taken.
 *
 * @module
 */

import { type MonotonicClock, monotonicClock } from "../clock.ts";
import type {
  FillingBuffer,
  Intake,
  IntakeEvent,
  IntakePlan,
  IntakeTicket,
  StartMoment,
  TakenBuffer,
} from "./backend.ts";
import { type Codes, newCodes } from "../convert/codes.ts";
import { Phases } from "./phases.ts";
import { ScanClock } from "./scan_clock.ts";
import { COLD_JUNCTION_DEG_C, type FillChannel, type Scale, type Signal } from "./signals.ts";
import { contextOf, fillerFor, type SimulatedTicket, voltsOf } from "./simulated_input.ts";
import { TriggerLine } from "./trigger_line.ts";
import { Tape } from "./simulated_outlets.ts";
import { SimulatedPlayout, type SimulatedPlayTicket } from "./simulated_playout.ts";

/** Makes the intake of a simulated board. */
export function attachSimulated(ticket: IntakeTicket): Intake {
  if ("tape" in ticket) {
    const play = ticket as SimulatedPlayTicket;
    return new SimulatedPlayout(play, new Tape(play.tape));
  }
  return new SimulatedIntake(ticket as SimulatedTicket);
}

/** What stands behind each sample of a board that gives the cold junctions along. */
const COLD_JUNCTION: Signal = { kind: "constant", volts: COLD_JUNCTION_DEG_C };
const DEGREES: Scale = { unit: "degC", low: -1000, high: 1000 };

class SimulatedIntake implements Intake {
  readonly peek?: () => FillingBuffer | null;
  readonly #ticket: SimulatedTicket;
  readonly #clock: MonotonicClock = monotonicClock();
  readonly #events: IntakeEvent[] = [];
  readonly #fillers: readonly FillChannel[];
  readonly #line: TriggerLine;
  readonly #scans: ScanClock;
  readonly #scanLines: Tape;
  /** Scans that the digital lines have followed. */
  #followed = 0;
  #faults: { overrun: number; unplug: number };
  readonly #phases: Phases;
  #plan: IntakePlan = { buffers: 0, codesPerBuffer: 0 };
  #codes: Codes = new Uint16Array(0);
  /** Room for what a look sees. */
  #filling: Codes | null = null;
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
    const { board, settings, applied, simultaneous, signals, scales, faults, line } = ticket;
    const { list, interleavedCjc, trigger, retrigger, referenceTrigger: reference } = settings;
    const clockHz = applied.clockHz ?? 1;
    const rateHz = simultaneous ? clockHz : clockHz / list.length;
    this.#ticket = ticket;
    if (ticket.peeks) this.peek = () => this.#peek();
    this.#line = new TriggerLine(line);
    this.#scanLines = new Tape(ticket.scanLines);
    this.#phases = new Phases(board);
    this.#faults = { overrun: faults.overrunAtBuffer ?? 0, unplug: faults.unplugAtBuffer ?? 0 };
    const { range, bits, encoding } = applied;
    const at = (channel: number, gain: number) => ({ board, channel, gain, rateHz, bits, ...range! });
    this.#fillers = list.flatMap(({ physicalChannel, gain }, i) => {
      const context = contextOf(at(physicalChannel, gain), scales[i]!);
      const filler = fillerFor(signals[i]!, context, encoding, (scan) => this.#scans.timeOf(scan));
      return interleavedCjc ? [filler, fillerFor(COLD_JUNCTION, { ...context, scale: DEGREES })] : [filler];
    });
    const watched = ticket.watched.map((source, channel) => voltsOf(source, at(channel, 1)));
    this.#scans = new ScanClock({
      ...{ scanNs: 1e9 / rateHz, trigger, retrigger, reference, line: this.#line },
      volts: (channel, scan) => watched[channel]!(scan),
    });
  }

  begin(plan: IntakePlan): void {
    this.#phases.step("begin", ["idle"], "begun");
    this.#plan = plan;
    this.#codes = newCodes(this.#ticket.type, plan.codesPerBuffer);
    this.#filling = null;
    this.#next = 0;
    this.#endScan = Infinity;
    this.#over = false;
    this.#overwritten = 0;
    this.#events.length = 0;
    this.#followed = 0;
    this.#scanLines.clear();
  }

  start(already: StartMoment | null = null): void {
    this.#phases.step("start", ["begun"], "running");
    this.#scans.start(already?.monoNs ?? this.#clock.nowNs());
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.#phases.step("wait", ["running"]);
    if (this.#events.length === 0) this.#sleep(timeoutMs);
    this.#overwritten += this.#settle();
    this.#driveLines();
    return this.#events.splice(0);
  }

  #sleep(timeoutMs: number): void {
    const dueNs = this.#scans.until(this.#bufferAt(this.#next).end, this.#clock.nowNs());
    this.#line.wait(this.#scans.seen, this.#over ? timeoutMs : Math.min(timeoutMs, dueNs / 1e6));
  }

  take(): TakenBuffer | null {
    this.#phases.step("take", ["running", "ended", "flushed"]);
    if (this.#lent) throw this.#phases.refusal("take", "the buffer taken before has not been given back");
    if (this.#phases.now === "running") this.#overwritten += this.#settle();
    this.#driveLines();
    const { first, end } = this.#bufferAt(this.#next);
    const scans = Math.min(end, this.#scansDone()) - first;
    if (scans < (this.#phases.now === "flushed" ? 1 : Math.max(1, end - first))) return null;
    const lostBefore = this.#overwritten;
    this.#overwritten = 0;
    this.#next++;
    this.#lent = true;
    const codes = this.#fill(this.#codes, first, scans);
    return { codes, lostBefore, ...(first === this.#scans.border ? { atTrigger: true } : {}) };
  }

  /** As short of empty buffers as a board behind the SDK must not be, it gives nothing. */
  #peek(): FillingBuffer | null {
    this.#phases.step("peek at", ["running"]);
    if (this.#lent) throw this.#phases.refusal("peek at", "the buffer taken before has not been given back");
    this.#overwritten += this.#settle();
    const done = this.#scansDone();
    const number = this.#buffersIn(done);
    const buffersBefore = number - this.#next;
    if (this.#over || this.#overwritten > 0 || this.#plan.buffers - buffersBefore < 3) return null;
    const { first, end } = this.#bufferAt(number);
    const scans = Math.min(end, done) - first;
    if (scans < 1) return null;
    this.#filling ??= newCodes(this.#ticket.type, this.#plan.codesPerBuffer);
    const codesBefore = (first - this.#handed) * this.#fillers.length;
    return { codes: this.#fill(this.#filling, first, scans), buffersBefore, codesBefore };
  }

  #fill(room: Codes, first: number, scans: number): Codes {
    const stride = this.#fillers.length;
    for (const [place, fill] of this.#fillers.entries()) {
      fill(room, place, stride, this.#scans.firstScan + first, scans);
    }
    return room.subarray(0, scans * stride) as Codes;
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
      this.#scans.update(this.#clock.nowNs(), this.#handed);
      this.#endScan = this.#bufferAt(this.#buffersIn(this.#scansDone())).end;
      const dueMs = this.#scans.until(this.#endScan, this.#clock.nowNs()) / 1e6;
      await pause(Math.max(Number.isFinite(dueMs) ? dueMs : 0, stopTakesMs)); // no trigger is waited for
      while (Number.isFinite(dueMs) && this.#scansDone() < this.#endScan) await pause(1); // a timer may be early
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

  /** Scans that have been handed over, or lost. */
  get #handed(): number {
    return this.#bufferAt(this.#next).first;
  }

  /** Scans that the clock has completed, up to the end of the run. */
  #scansDone(): number {
    return Math.min(this.#scans.done(this.#clock.nowNs()), this.#endScan, this.#lastScan);
  }

  /** Lets the digital lines follow the scan up to now. */
  #driveLines(): void {
    const { digital } = this.#ticket;
    if (digital === null) return;
    const done = Math.min(this.#scansDone(), this.#room); // the clock has gone on since it was looked at last
    for (; this.#followed < done; this.#followed++) this.#scanLines.add(digital);
  }

  /** Scans that there are buffers for: without wrap the board stops there, whether anybody looks or not. */
  get #room(): number {
    if (this.#ticket.settings.wrapMode !== "none") return Infinity;
    return this.#bufferAt(this.#next + this.#plan.buffers - 1).end;
  }

  /** Where the run ends by its reference trigger. */
  get #lastScan(): number {
    const { dataFlow, referenceTrigger } = this.#ticket.settings;
    const { border } = this.#scans;
    if (border === null || referenceTrigger === null) return Infinity;
    return dataFlow === "continuous_pretrigger" ? border : border + referenceTrigger.postScanCount;
  }

  /** The scans of a buffer: the reference trigger cuts the one that it comes in, and the end of the run the last one. */
  #bufferAt(number: number): { readonly first: number; readonly end: number } {
    const n = this.#scansPerBuffer;
    const border = this.#scans.border ?? Infinity;
    const before = Math.ceil(border / n); // buffers that begin before it
    if (number < before) return { first: number * n, end: Math.min((number + 1) * n, border) };
    const first = border + (number - before) * n;
    return { first, end: Math.min(first + n, Math.max(first, this.#lastScan)) };
  }

  /** Buffers that are full when so many scans are over. */
  #buffersIn(scans: number): number {
    const n = this.#scansPerBuffer;
    const border = this.#scans.border ?? Infinity;
    if (scans < border) return Math.floor(scans / n);
    const after = (scans - border) / n;
    return Math.ceil(border / n) + (scans === this.#lastScan ? Math.ceil(after) : Math.floor(after));
  }

  /** Lets happen what the clock made due since the last look; returns the blocks that were overwritten unread. */
  #settle(): number {
    if (this.#over) return 0;
    this.#scans.update(this.#clock.nowNs(), this.#handed);
    const done = this.#buffersIn(this.#scansDone());
    for (const fault of ["overrun", "unplug"] as const) {
      if (this.#faults[fault] > 0 && done >= this.#faults[fault]) {
        this.#endRun(this.#bufferAt(this.#faults[fault] - 1).first, fault === "overrun" ? "overrun" : "removed");
        this.#faults[fault] = 0;
        return 0;
      }
    }
    if (this.#scans.tooEarly) {
      this.#endRun(this.#bufferAt(done).first, "trigger_error");
      return 0;
    }
    const lost = this.#reuse(done);
    if (!this.#over && this.#scansDone() === this.#lastScan) this.#endRun(this.#lastScan, "queue_done");
    return lost;
  }

  #reuse(done: number): number {
    const room = this.#plan.buffers - 1; // one is always in the board's hands
    if (done - this.#next <= room) return 0;
    if (this.#ticket.settings.wrapMode === "none") {
      this.#endRun(this.#room, "queue_done");
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

/**
 * When the scans of a simulated run are taken: from its start on, from a trigger on, in bursts; and where its reference
 * trigger comes.
 *
 * @module
 */

import type {
  AnalogThresholdStart,
  ExternalDigitalStart,
  ReferenceTrigger,
  RetriggerSpec,
  TriggerSpec,
} from "../model/triggers.ts";
import type { GivenTrigger, TriggerLine } from "./trigger_line.ts";

/** What a clock must know of its run; plain data where it came from another thread. */
export interface ScanClockParts {
  /** Nanoseconds from scan to scan. */
  readonly scanNs: number;
  /** What starts the run. */
  readonly trigger: TriggerSpec;
  /** What starts each burst. */
  readonly retrigger: RetriggerSpec | null;
  /** What the run is taken about. */
  readonly reference: ReferenceTrigger | null;
  /** The trigger inputs of the board. */
  readonly line: TriggerLine;
  /** Volts at an input at a scan that is counted from the start call. */
  readonly volts: (channel: number, scan: number) => number;
}

/** Scans that are searched for a crossing at a time. */
const AHEAD = 65_536;

/** The clock of one run. */
export class ScanClock {
  readonly #parts: ScanClockParts;
  /** The scan, counted from the start call, that is delivered as the first. */
  firstScan = 0;
  /** The first scan at or after the reference trigger; null while it has not come. */
  border: number | null = null;
  /** Whether a trigger came during the burst of the one before. */
  tooEarly = false;
  #calledNs = 0n;
  /** When the first scan was taken; null while its trigger is awaited. */
  #originNs: bigint | null = null;
  #bursts = 0;
  #burstNs = 0n;
  #seen = 0;
  #searched = 0;

  constructor(parts: ScanClockParts) {
    this.#parts = parts;
  }

  /** Triggers that have been looked at. */
  get seen(): number {
    return this.#seen;
  }

  /** The run is started. */
  start(nowNs: bigint): void {
    this.#seen = this.#parts.line.count;
    this.#calledNs = nowNs;
    this.#originNs = null;
    this.border = null;
    this.tooEarly = false;
    this.firstScan = this.#searched = this.#bursts = 0;
    if (this.#parts.trigger.kind === "software_start") this.#begin(nowNs);
  }

  /** Lets happen what came until a moment; the first `handed` scans are delivered already. */
  update(nowNs: bigint, handed: number): void {
    const { trigger, line } = this.#parts;
    for (const { kind, atNs } of line.since(this.#seen)) {
      this.#seen++;
      this.#given(kind, atNs, handed);
    }
    if (this.#originNs === null && isThreshold(trigger)) this.#awaitThreshold(trigger, nowNs);
    this.#awaitReference(nowNs, handed);
  }

  /** Scans that are over at a moment. */
  done(nowNs: bigint): number {
    const { scanNs, retrigger } = this.#parts;
    if (this.#originNs === null) return 0;
    const since = Number(nowNs - this.#originNs);
    if (retrigger === null) return Math.max(0, Math.floor(since / scanNs));
    const { multiscanCount: length, frequencyHz } = retrigger;
    const bursts = frequencyHz === undefined ? this.#bursts - 1 : Math.max(0, Math.floor(since * frequencyHz / 1e9));
    const inside = frequencyHz === undefined ? Number(nowNs - this.#burstNs) : since - bursts * 1e9 / frequencyHz;
    return bursts * length + Math.min(Math.max(0, Math.floor(inside / scanNs)), length);
  }

  /** Nanoseconds from a moment until so many scans are over; Infinity while only a trigger can tell. */
  until(scans: number, nowNs: bigint): number {
    const { scanNs, retrigger } = this.#parts;
    if (this.#originNs === null) return Infinity;
    if (retrigger === null) return Number(this.#originNs - nowNs) + scans * scanNs;
    const { multiscanCount: length, frequencyHz } = retrigger;
    const burst = Math.floor(Math.max(0, scans - 1) / length);
    const inside = (scans - burst * length) * scanNs;
    if (frequencyHz !== undefined) return Number(this.#originNs - nowNs) + burst * 1e9 / frequencyHz + inside;
    if (burst >= this.#bursts) return Infinity;
    return burst + 1 < this.#bursts ? 0 : Number(this.#burstNs - nowNs) + inside;
  }

  /** When a scan, counted from the start call, is taken; null where triggers from outside, or bursts, have their say. */
  timeOf(scan: number): bigint | null {
    const { scanNs, retrigger } = this.#parts;
    if (this.#originNs === null || retrigger !== null) return null;
    return this.#originNs + BigInt(Math.floor((scan - this.firstScan) * scanNs));
  }

  #begin(atNs: bigint): void {
    this.#originNs = this.#burstNs = atNs;
    this.#bursts = 1;
  }

  #given(kind: GivenTrigger, atNs: bigint, handed: number): void {
    const { trigger, retrigger, reference, scanNs } = this.#parts;
    if (this.#originNs === null) {
      if (isGiven(trigger, kind)) this.#begin(atNs);
    } else if (retrigger !== null && retrigger.frequencyHz === undefined) {
      if (!isGiven(retrigger.source ?? trigger, kind)) return;
      this.tooEarly ||= Number(atNs - this.#burstNs) < retrigger.multiscanCount * scanNs;
      if (this.tooEarly) return;
      this.#bursts++;
      this.#burstNs = atNs;
    } else if (reference !== null && this.border === null && isGiven(reference.source, kind)) {
      this.border = Math.max(handed, Math.ceil(Number(atNs - this.#originNs) / scanNs));
    }
  }

  #awaitThreshold(trigger: AnalogThresholdStart, nowNs: bigint): void {
    const reached = Math.floor(Number(nowNs - this.#calledNs) / this.#parts.scanNs);
    const at = this.#crossing(trigger, this.#searched, Math.min(reached, this.#searched + AHEAD));
    if (at === null) return;
    this.firstScan = at;
    this.#searched = at;
    this.#begin(this.#calledNs + BigInt(Math.ceil(at * this.#parts.scanNs)));
  }

  #awaitReference(nowNs: bigint, handed: number): void {
    const source = this.#parts.reference?.source;
    if (this.border !== null || this.#originNs === null || source === undefined || !isThreshold(source)) return;
    this.#searched = Math.max(this.#searched, this.firstScan);
    const at = this.#crossing(source, this.#searched, this.firstScan + this.done(nowNs));
    if (at !== null) this.border = Math.max(handed, at - this.firstScan);
  }

  /** The first scan behind `from`, up to `to`, at which an input goes through the level. */
  #crossing({ channel, level, slope }: AnalogThresholdStart, from: number, to: number): number | null {
    const { volts } = this.#parts;
    let last = volts(channel, from);
    for (let scan = from + 1; scan <= to; scan++) {
      const now = volts(channel, scan);
      if (slope === "rising" ? last < level && now >= level : last > level && now <= level) return scan;
      last = now;
      this.#searched = scan;
    }
    return null;
  }
}

/** A spec that came from another thread is plain data, so it goes by its kind. */
function isThreshold(trigger: TriggerSpec): trigger is AnalogThresholdStart {
  return trigger.kind === "analog_threshold_start";
}

function isGiven(trigger: TriggerSpec, given: GivenTrigger): boolean {
  if (trigger.kind === "sync_bus_start") return given === "sync_bus";
  return trigger.kind === "external_digital_start" && (trigger as ExternalDigitalStart).edge === given;
}

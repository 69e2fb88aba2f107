/**
 * What any board can do, whoever makes it: open, describe, configure, read, write, and hand its data to the drainer.
 *
 * A backend has two sides. {@linkcode Backend}, {@linkcode Board} and {@linkcode Subsystem} live on the main thread and
 * never block it. {@linkcode Intake} lives on the drainer's thread and may: it is made there from the ticket that
 * {@linkcode Subsystem.configure} gives, and from start to stop it alone touches the subsystem.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";
import type { ChannelSpec, VoltRange } from "../model/channels.ts";
import type { ChannelType, ClockSource, DataFlow, Encoding, SubsystemType, WrapMode } from "../model/enums.ts";
import type { ReferenceTrigger, RetriggerSpec, TriggerSpec } from "../model/triggers.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../teds/mod.ts";
import type { Capabilities } from "./capabilities.ts";

/** A board that is there. */
export interface BoardInfo {
  /** Name with its instance, `DT9806(00)`. */
  readonly name: string;
  /** Model, `DT9806`. */
  readonly model: string;
  /** Name of the driver behind it. */
  readonly driver: string;
}

/** One subsystem of a board. */
export interface SubsystemInfo {
  /** Kind. */
  readonly type: SubsystemType;
  /** Which of its kind, from 0. */
  readonly element: number;
}

/** A place in the channel list; a port, or a counter. */
export interface ListEntry {
  /** Input, output or port on the board. */
  readonly physicalChannel: number;
  /** Gain at this place. */
  readonly gain: number;
  /** What is wired there, with all its settings. */
  readonly channel?: ChannelSpec;
}

/** The clock of a run. */
export interface ClockSettings {
  /** Where it comes from. */
  readonly source: ClockSource;
  /** Rate in Hz, as the board counts it; of an external clock what it is expected to be. */
  readonly hz: number;
  /** An external clock divided by this. */
  readonly divider?: number;
}

/** How a subsystem is to be set; every field reaches the board. */
export interface SubsystemSettings {
  /** How data leave, or come. */
  readonly dataFlow: DataFlow;
  /** Wiring; null for what has none. */
  readonly channelType: ChannelType | null;
  /** Range in volts, before gain; null for what has none. */
  readonly range: VoltRange | null;
  /** How codes are to stand for volts; null takes the board's own. */
  readonly encoding: Encoding | null;
  /** The list. */
  readonly list: readonly ListEntry[];
  /** The clock; null for single values. */
  readonly clock: ClockSettings | null;
  /** What happens when no buffer is ready. */
  readonly wrapMode: WrapMode;
  /** What starts the run. */
  readonly trigger: TriggerSpec;
  /** What starts each pass through the list after the first; null for the clock alone. */
  readonly retrigger: RetriggerSpec | null;
  /** What a run with samples from before its trigger is taken about; null for other runs. */
  readonly referenceTrigger: ReferenceTrigger | null;
  /** Whether the temperature of the cold junction stands behind each sample of a scan. */
  readonly interleavedCjc: boolean;
}

/** What the board made of the settings, read back from it. */
export interface AppliedSettings {
  /** The clock that really runs, in Hz: of a counter the one that it takes its time from; null for single values. */
  readonly clockHz: number | null;
  /** Bursts a second of triggered scans at a rate of the board's own. Left out: none. */
  readonly retriggerHz?: number;
  /** Range in volts, before gain; null for what has none. */
  readonly range: VoltRange | null;
  /** Significant bits of a code. */
  readonly bits: number;
  /** How codes stand for volts. */
  readonly encoding: Encoding;
  /** What the drainer's thread needs to take the subsystem over; null for single values. */
  readonly ticket: IntakeTicket | null;
}

/** Versions of all that stands between a board and this library; null for what is not there. */
export interface BoardVersions {
  /** Acquisition library. */
  readonly oldaapi: string | null;
  /** Buffer library. */
  readonly olmem: string | null;
  /** Driver of the board. */
  readonly driver: string | null;
}

/**
 * What the drainer's thread needs to take a subsystem over: plain data, for `postMessage`. Its `backend` tells the
 * worker's entry file whose {@linkcode Intake} to make of it.
 */
export interface IntakeTicket {
  /** Name of the backend. */
  readonly backend: string;
  /** Board name, for errors. */
  readonly board: string;
  /** What else that backend needs. */
  readonly [detail: string]: unknown;
}

/** A way to boards. */
export interface Backend extends AsyncDisposable {
  /** Name, also in file headers: `dataacq`, `simulated`. */
  readonly name: string;
  /** Whether its samples come from no real hardware, as far as it knows. */
  readonly simulated: boolean;
  /** The worker entry that knows this backend's intake; without it, the library's own. */
  readonly drainer?: URL;
  /** The boards that are there; none is an empty list. */
  boards(): Promise<BoardInfo[]>;
  /** Opens a board; its handle is shared and counted. */
  open(board: string): Promise<Board>;
}

/** When a board was started: the middle of the call, and how long that took. */
export interface StartMoment {
  /** Monotonic nanoseconds. */
  readonly monoNs: bigint;
  /** Nanoseconds that the call took: the board started within half of it before or after. */
  readonly tookNs: bigint;
}

/** An open board. */
export interface Board {
  /** Which one. */
  readonly info: BoardInfo;
  /** What stands between it and this library. */
  readonly versions: BoardVersions;
  /** What it has. */
  readonly subsystems: readonly SubsystemInfo[];
  /**
   * Takes a subsystem for this process alone.
   *
   * @param patienceMs How long to try again while it is in use: a driver gives up what a crashed program held after some
   * seconds. Default: the backend's own.
   */
  reserve(type: SubsystemType, element: number, patienceMs?: number): Promise<Subsystem>;
  /**
   * Starts several subsystems of this board at the same moment, each with its buffers queued or without any. A board
   * that cannot leaves the method out.
   *
   * @returns When that was.
   */
  startTogether?(subsystems: readonly Subsystem[]): Promise<StartMoment>;
  /** Gives the board back; the last one to do so closes it. */
  close(): Promise<void>;
}

/** A value on its way to an output. */
export interface OutputValue {
  /** Output on the board: a channel of a D/A, a port of a digital output. */
  readonly physicalChannel: number;
  /** What the converter gets, or the bits of the port. */
  readonly code: number;
}

/** A reserved subsystem, on the main thread. */
export interface Subsystem {
  /** What it can do, asked of the board now. */
  capabilities(): Promise<Capabilities>;
  /** Sets it, commits that, and reads back what came of it. */
  configure(settings: SubsystemSettings): Promise<AppliedSettings>;
  /**
   * The present values of some places, in their order: codes of inputs, or the values themselves where the board returns
   * floats; bits of a digital port; the count of a counter, as the 32 bits it has.
   *
   * @param together Whether all are to be taken at the same moment; only where the capabilities say so.
   */
  read(places: readonly ListEntry[], together?: boolean): Promise<number[]>;
  /**
   * Sets outputs: one, or several at the same moment, where the capabilities say so.
   */
  write(values: readonly OutputValue[]): Promise<void>;
  /**
   * Reads the data sheet of the sensor on an input. A board that cannot leaves the method out.
   *
   * @param kind What the sensor is.
   */
  readTeds?(physicalChannel: number, kind: "strain" | "bridge"): Promise<StrainGageTeds | BridgeSensorTeds>;
  /**
   * Measures the frequency at a counter's input for some seconds, in Hz. What has no such call leaves it out: then it is told
   * by counting.
   */
  measureFrequency?(seconds: number): Promise<number>;
  /**
   * Sets outputs whatever they do now: a run is aborted first. The last thing that a dying process does for them, so it
   * waits for no event. What has no outputs leaves it out.
   */
  park?(values: readonly OutputValue[]): void;
  /**
   * Makes an output that has been aborted take single values, without a call that could hold up this thread: its driver
   * hangs in one already. What has no outputs leaves it out.
   */
  takeSingleValues?(): Promise<void>;
  /** Silences an output, or ends that; also while it plays. What cannot leaves it out. */
  mute?(isMuted: boolean): Promise<void>;
  /** Lets the board calibrate it. A board that cannot leaves the method out. */
  calibrate?(): Promise<void>;
  /**
   * Ends the wait of its intake on the drainer's thread, or the next one. What cannot leaves it out: then it is over when its
   * time is.
   */
  wake?(): void;
  /** Starts it without a drainer, as counters are; clocked inputs are started by the drainer. */
  start(): Promise<void>;
  /** Ends the run: after what is in progress, or at once. */
  stop(now: boolean): Promise<void>;
  /** Whether it runs. */
  isRunning(): Promise<boolean>;
  /** The SDK's own handle, for calls that this library has no name for; null where there is none. */
  readonly handle: bigint | null;
  /** Gives it back. */
  release(): Promise<void>;
}

/** The buffers of a run. */
export interface IntakePlan {
  /** How many. */
  readonly buffers: number;
  /** Codes in each, over all channels. */
  readonly codesPerBuffer: number;
}

/** Something other than a full buffer that happened to a run. */
export type IntakeEvent =
  /** The board took samples that nobody fetched; the run has ended. */
  | "overrun"
  /** No buffer was ready; the run has ended. */
  | "queue_done"
  /** The run has ended on request. */
  | "stopped"
  /** A trigger came at a bad moment; the run has ended. */
  | "trigger_error"
  /** An output had nothing to put out in time; the run has ended. */
  | "underrun"
  /** An output has put out its last sample. */
  | "io_complete"
  /** Buffers did not come in their order after a look at the one being filled: `take` gives none of uncertain place. */
  | "disordered"
  /** The board is gone. */
  | "removed";

/** A buffer that was taken from the board, valid until it is given back. */
export interface TakenBuffer {
  /** Codes, scan after scan; a view of memory that is not ours. Of an output: room for codes. */
  readonly codes: Codes;
  /** Blocks that the board overwrote unread, just before this one. */
  readonly lostBefore: number;
  /**
   * Whether its first scan is the first at or after the reference trigger, as far as the board tells. Default: no. Where a
   * run ends at its trigger, {@linkcode IntakeEvent} says so.
   */
  readonly atTrigger?: boolean;
}

/** What the buffer that is being filled holds so far, valid until the next call. */
export interface FillingBuffer {
  /** Codes, scan after scan, from the first one in the buffer; the last scan may be cut. */
  readonly codes: Codes;
  /** Full buffers that {@linkcode Intake.take} gives before this one; none was lost between them. */
  readonly buffersBefore: number;
  /** Codes in those. */
  readonly codesBefore: number;
}

/**
 * One run as its drainer sees it, on the drainer's thread. The calls come in this order, and an implementation refuses any
 * other: `begin`, `start`, then `wait` / `take` / `giveBack` (and `peek`) as often as wanted, `stop`, `take` until null,
 * `flush`, `take` until null, `end`. After `end` it may `begin` again.
 *
 * The run of an output is the same the other way round: `take` gives a buffer to fill, also before `start`, and `giveBack`
 * says how much of it is filled. Between the two comes `arm`.
 */
export interface Intake {
  /** Allocates and queues the buffers and gets the board ready to start. */
  begin(plan: IntakePlan): void;
  /** Gets buffers that were filled ready to start: the last thing before `start`. What queues its buffers in `begin` leaves it out. */
  arm?(): void;
  /**
   * Starts the clock.
   *
   * @param already When it was started together with others, if that has been done: there is nothing left to do but to know
   * it.
   */
  start(already?: StartMoment | null): void;
  /**
   * Waits until something happened, or the time is over. Blocks this thread.
   *
   * @returns What happened other than a full buffer.
   */
  wait(timeoutMs: number): readonly IntakeEvent[];
  /** The oldest full buffer. Never waits. */
  take(): TakenBuffer | null;
  /**
   * Gives the buffer back that was taken last.
   *
   * @param filled How many codes an output is to put out of it. Default: all.
   */
  giveBack(filled?: number): void;
  /**
   * Looks at the buffer that is being filled; `take` gives it all the same when it is full. Never waits. What cannot leaves it
   * out.
   *
   * @returns What it holds; null when none is being filled, it is empty, or the board is too short of empty buffers or has
   * lost too many of late to be looked at safely.
   * @throws {DtolError} If the board refuses; where the run cannot go on after that, an {@linkcode IntakeEvent} says so.
   */
  peek?(): FillingBuffer | null;
  /** Buffers given to an output that it has not begun with. One that begins with the next at once leaves it out. */
  waiting?(): number;
  /** Ends the run: after the buffer in progress, or at once. */
  stop(now: boolean): Promise<void>;
  /** Brings what is left in the board's hands to `take`; no message comes any more. */
  flush(): void;
  /**
   * Frees the buffers. Safe to call in any state, also twice: a run that still goes on is aborted. Runs to its end and then
   * throws the first error.
   */
  end(): void;
}

/** Makes an intake of a ticket, on the drainer's thread. */
export type AttachIntake = (ticket: IntakeTicket) => Intake;

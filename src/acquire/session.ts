/**
 * A session: one task on one subsystem of one board, from opening to giving back.
 *
 * @module
 */

import type { AppliedSettings, Backend, Board, BoardVersions, Subsystem } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import { COUNTER_TYPES, type Fit, fitTask } from "../board/fit.ts";
import { readMoment } from "../clock.ts";
import { DtolConfig } from "../config.ts";
import type { OutputScale } from "../convert/output_codes.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  DtolConnectionError,
  DtolError,
  DtolTaskStateError,
  DtolValidationError,
} from "../errors.ts";
import type { BlockChannel } from "../model/block.ts";
import { BridgedInput, CounterOutput } from "../model/channels.ts";
import type { SubsystemState } from "../model/enums.ts";
import { flag } from "../model/fields.ts";
import type { DaqReading } from "../model/reading.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../teds/mod.ts";
import { isOutput, Outputs, type ParkReport, type WriteReport } from "./outputs.ts";
import { CounterReader } from "./counter_reader.ts";
import { readInputs } from "./input_reader.ts";
import { parkAtExit, stopParkingAtExit } from "./park_at_exit.ts";
import { parkHung, type Parking, ParkingBooks, type RunLeft } from "./parking.ts";
import { readingOf } from "./reading.ts";
import type { OpenOptions, StartOptions } from "./session_options.ts";
import { shownChannels } from "./shown_channels.ts";
import { takeSubsystem } from "./take_subsystem.ts";
import { TimeLimit } from "./time_limit.ts";
import type { OutputValues, WriteOptions } from "./write_plan.ts";

export type { OpenOptions, OutputValues, ParkReport, StartOptions, WriteOptions, WriteReport };

/** A configured subsystem: what the spec asked for, and what the board made of it. */
export interface Configured extends Fit {
  /** What came back. */
  readonly applied: AppliedSettings;
}

/**
 * One task on one subsystem. Made by {@linkcode openDevice}; a closed one refuses further use.
 *
 * While {@linkcode record} runs on it, the recording has the subsystem and the session's own calls are refused.
 */
export class Session implements AsyncDisposable {
  /** What is to be done. */
  readonly spec: TaskSpec;
  /** The way to the board. */
  readonly backend: Backend;
  /** Seconds that a call to the board may take. */
  readonly timeoutS: number;
  /** Defaults of this session and its recordings. */
  readonly config: DtolConfig;
  #state: SubsystemState = "initialized";
  #board: Board | undefined;
  #subsystem: Subsystem | undefined;
  #capabilities: Capabilities | undefined;
  #configured: Configured | undefined;
  #closed = false;
  #recording = false;
  readonly #limit: TimeLimit;
  #polling: Promise<unknown> = Promise.resolve();
  #outputs: Outputs | undefined;
  #counter: CounterReader | undefined;
  readonly #parks: boolean;
  readonly #parksOnSignals: boolean;

  /** @ignore Made by {@linkcode openDevice}. */
  constructor(
    spec: TaskSpec,
    { backend, config = new DtolConfig(), timeoutS = config.timeoutS, parkOnClose = true, parkOnSignals }: OpenOptions,
  ) {
    if (!(timeoutS > 0)) throw new DtolValidationError(`timeoutS must be above 0, but it is ${timeoutS}`);
    this.spec = spec;
    this.backend = backend;
    this.timeoutS = timeoutS;
    this.config = config;
    this.#limit = new TimeLimit(timeoutS, { task: spec.name, ...(spec.board && { board: spec.board }) });
    this.#parks = flag("parkOnClose", parkOnClose);
    this.#parksOnSignals = flag("parkOnSignals", parkOnSignals ?? parkOnClose);
    if (this.#parksOnSignals && !this.#parks) {
      throw new DtolValidationError("parkOnSignals must be false as parkOnClose is false: there is nothing to park");
    }
  }

  /** Where the subsystem stands. */
  get state(): SubsystemState {
    return this.#state;
  }

  /** Whether the session has been closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Name of the board. After `prepare`. */
  get board(): string {
    return this.#prepared().board.info.name;
  }

  /** What stands between the board and this library. After `prepare`. */
  get versions(): BoardVersions {
    return this.#prepared().board.versions;
  }

  /** What the subsystem can do. After `prepare`. */
  get capabilities(): Capabilities {
    return this.#prepared().capabilities;
  }

  /** What the board made of the spec. After `commit`. */
  get configured(): Configured {
    this.#usable();
    if (this.#configured === undefined) {
      throw new DtolTaskStateError("The session is not configured yet: call commit()");
    }
    return this.#configured;
  }

  /** The SDK's own handle of the subsystem (HDASS), for calls this library has no name for; null where there is none. */
  get rawHandle(): bigint | null {
    return this.#prepared().subsystem.handle;
  }

  /** The board itself, past the session's checks. */
  get rawBoard(): Board {
    return this.#prepared().board;
  }

  /** The subsystem itself, past the session's checks. */
  get rawSubsystem(): Subsystem {
    return this.#prepared().subsystem;
  }

  /**
   * Opens the board, takes the subsystem and checks the whole spec against it. Does nothing the second time.
   *
   * @throws {DtolError} If there is no such board, another holds the subsystem, or the board cannot do what is asked.
   */
  async prepare(): Promise<void> {
    this.#usable();
    if (this.#subsystem !== undefined) return;
    const { board, subsystem, capabilities } = await takeSubsystem(this.spec, this.backend, this.#limit, this.timeoutS);
    this.#board = board;
    this.#subsystem = subsystem;
    this.#capabilities = capabilities;
  }

  /** Sets the subsystem and reads back what the board made of it. Prepares first if needed; nothing the second time. */
  async commit(): Promise<void> {
    await this.prepare();
    if (this.#configured !== undefined) return;
    const { board, subsystem, capabilities } = this.#prepared();
    const fit = fitTask(this.spec, board.info.name, capabilities);
    const applied = await this.#limit.wait("configure the subsystem", subsystem.configure(fit.settings));
    if (COUNTER_TYPES.includes(this.spec.subsystemType)) {
      const [place] = fit.polled;
      this.#counter = new CounterReader({ place: place!, subsystem, can: capabilities, applied, limit: this.#limit });
    }
    if (isOutput(this.spec)) {
      this.#outputs = new Outputs({
        board: board.info.name,
        spec: this.spec,
        subsystem,
        can: capabilities,
        settings: fit.settings,
        applied,
        limit: this.#limit,
      });
      if (this.#parks && this.#outputs.parks) parkAtExit(this.#outputs, this.#parksOnSignals);
    }
    this.#configured = { ...fit, applied };
    this.#state = this.spec.isClocked ? "configured_for_continuous" : "configured_for_single_value";
  }

  /**
   * Starts a counter: it counts, or drives its output, from now on. Does nothing when it runs, and for what needs no start;
   * a clocked input is started by {@linkcode record}.
   *
   * @param options What is confirmed.
   * @throws {DtolConfirmationRequiredError} If a channel drives an output that asks for a confirmation, and there is none.
   */
  async start(options: StartOptions = {}): Promise<void> {
    if (await this.readyToStart(options)) await this.startBy((subsystem) => subsystem.start());
  }

  /** @ignore For {@linkcode startTogether}: refuses what `start` refuses; tells whether there is anything to start. */
  async readyToStart({ confirm = false }: StartOptions): Promise<boolean> {
    const confirmed = flag("confirm", confirm);
    await this.commit();
    this.#own("start");
    const counts = this.#counter?.runs ?? false;
    if (this.#state === "running" || !(this.spec.isClocked || counts)) return false;
    if (!confirmed) this.#checkConfirmed();
    return true;
  }

  /** @ignore For {@linkcode startTogether}: the start itself, by a call of the board's. */
  async startBy<T>(call: (subsystem: Subsystem) => Promise<T>): Promise<T> {
    const { subsystem } = this.#own("start");
    const result = await this.#limit.wait("start", call(subsystem), () => subsystem.stop(true)); // it may drive an output
    this.#state = "running";
    this.#counter?.begin();
    return result;
  }

  #checkConfirmed(): void {
    for (const channel of this.spec.channels) {
      if (!(channel instanceof CounterOutput) || !channel.requiresConfirm) continue;
      throw new DtolConfirmationRequiredError(
        `Cannot start "${channel.name}" of "${this.board}" without a confirmation as it drives an output: ` +
          "start({ confirm: true }), or requiresConfirm false",
      );
    }
  }

  /** Ends the run after what is in progress. Does nothing when it does not run. */
  stop(): Promise<void> {
    return this.#finish("stopping", (subsystem) => subsystem.stop(false));
  }

  /** Ends the run at once; outputs are parked. Otherwise does nothing when it does not run. */
  async abort(): Promise<void> {
    await this.#finish("aborting", (subsystem) => subsystem.stop(true));
    if (this.#parks) await this.#inTurn(async () => void await this.#outputs?.park());
  }

  /** Whether the subsystem runs, by the board's own word; while a recording has it, by the recording's. */
  async isRunning(): Promise<boolean> {
    if (this.#recording) return true;
    return await this.#prepared().subsystem.isRunning();
  }

  /**
   * One value of every channel of a single-value task, at one moment as nearly as the board can: channel after channel.
   * Converted as a stream's samples are; NaN with a status where the board says that a sensor failed. Calls come one after
   * the other, also when several are asked for at once.
   *
   * The first reading of a counter starts it, if {@linkcode start} has not; one that was stopped keeps its count. Counts are
   * those since the start, also beyond the 32 bits that a counter has as long as it is read once in every 2^31 edges
   * (cascaded ones are the lower 32 bits); a counter that began again in a way that leaves the count unknown is an error
   * until its next start. Positions are signed. A frequency is measured by the board or, where it cannot, counted for
   * `gatePeriodS` (0.5 s) and divided by the time that really went by: to about one edge in that time. A time between edges
   * is NaN until it is over, and as fine as the board's clock; a tachometer is NaN until its first period, and falls with
   * the time since its last one.
   *
   * @throws {DtolError} If the task is clocked, a recording has the subsystem, or the board fails or does not answer.
   */
  poll(): Promise<DaqReading> {
    return this.#inTurn(() => this.#poll());
  }

  /**
   * Sets outputs of a single-value task: volts of an analog output, the bits of a digital port as a number, true or false
   * of a line. Everything is checked before the board is touched.
   *
   * A voltage becomes the nearest step of the converter that is inside the channel's limits (see
   * {@linkcode WriteReport.values} for what that is in volts): on a range of 20 V with 16 bits a step is 305 microvolts,
   * and the highest one is one step below the end of the range. Several analog outputs change at the same moment where the
   * board can do that, and one after the other in the order given where not; so do ports. A port and lines of it that are
   * written together change at once.
   *
   * The limits of a channel hold with and without `confirm`. A whole port needs the confirmation of each line that is marked
   * for itself, unless that line is known to stay as it is.
   *
   * @param values Values by the name of the channel, port or line.
   * @param options What is confirmed.
   * @returns What was put out.
   * @throws {DtolError} If anything is wrong with a value, a confirmation is missing, the task is clocked, or the session
   * does not have the subsystem: nothing was written then.
   * @throws {DtolWriteError} If the board failed; it says what was written and what was not.
   *
   * @example A heater that must not get more than 5 V, and is off when the session is over
   * ```ts
   * import { AnalogOutputVoltage, openDevice, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
   * import { equal } from "node:assert/strict";
   *
   * const backend = new SimulatedBackend();
   * const heater = new AnalogOutputVoltage({ physicalChannel: 0, name: "heater", safeMin: 0, safeMax: 5, safeValue: 0 });
   * {
   *   await using session = await openDevice(new TaskSpec({ board: "DT9806(00)", channels: [heater] }), { backend });
   *   const { values } = await session.write({ heater: 1.2345 }, { confirm: true });
   *   equal(values["heater"], 1.23443603515625); // the nearest step
   *   equal(backend.output("DT9806(00)", "analog_output"), 36813);
   * }
   * equal(backend.output("DT9806(00)", "analog_output"), 32768); // 0 V
   * ```
   */
  write(values: OutputValues, options: WriteOptions = {}): Promise<WriteReport> {
    return this.#inTurn(async () => (await this.#writable("write")).write(values, options));
  }

  /**
   * Sets the outputs that have a safe value to it, as closing and aborting the session does. Needs no confirmation: whoever
   * gave the safe value has said that it is harmless, and when it is needed there is nobody left to ask. Also the way to a
   * known state after opening.
   *
   * @returns What was put out, and what was left as it is.
   * @throws {DtolWriteError} If the board failed; the others were parked nevertheless.
   */
  park(): Promise<ParkReport> {
    return this.#inTurn(async () => (await this.#writable("park")).park());
  }

  /**
   * Silences the outputs of boards that can, also while a waveform is played; `false` lets them be heard again.
   *
   * @throws {DtolCapabilityError} If the board cannot, or its SDK lacks the call.
   */
  async mute(isMuted = true): Promise<void> {
    await this.commit();
    const { subsystem, capabilities, board } = this.#prepared();
    if (capabilities.mute !== true || subsystem.mute === undefined) {
      throw new DtolCapabilityError(
        `Cannot mute "${board.info.name}" as its ${this.spec.subsystemType} cannot be silenced`,
      );
    }
    await this.#limit.wait(isMuted ? "mute" : "unmute", subsystem.mute(isMuted));
  }

  async #writable(what: string): Promise<Outputs> {
    await this.commit();
    this.#own(what);
    const { dataFlow, subsystemType } = this.spec;
    if (this.#outputs === undefined) throw new DtolTaskStateError(`Cannot ${what} as ${subsystemType} has no outputs`);
    if (this.spec.isClocked && what === "write") {
      throw new DtolTaskStateError(`Cannot write as spec.dataFlow is "${dataFlow}": play() is for that`);
    }
    return this.#outputs;
  }

  /** Calls to the board come one after the other. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const done = this.#polling.then(call);
    this.#polling = done.catch(() => {}); // whoever asked for it is told
    return done;
  }

  /**
   * Lets the board calibrate the subsystem by itself, after the polls that were asked for before. Not while it runs.
   *
   * @throws {DtolCapabilityError} If the board cannot: most of the USB boards were calibrated when they were made.
   * @throws {DtolError} If a recording has the subsystem, or the board fails or does not answer.
   */
  calibrate(): Promise<void> {
    return this.#inTurn(async () => {
      await this.prepare();
      const { subsystem } = this.#own("calibrate");
      if (this.capabilities.autoCalibrate === false || subsystem.calibrate === undefined) {
        const { subsystemType, element } = this.spec;
        throw new DtolCapabilityError(
          `Cannot calibrate ${subsystemType} ${element} of "${this.board}" as it has no means to`,
        );
      }
      await this.#limit.wait("calibrate", subsystem.calibrate());
    });
  }

  async #poll(): Promise<DaqReading> {
    await this.commit();
    const { subsystem } = this.#own("poll");
    if (this.#outputs !== undefined) {
      throw new DtolTaskStateError(
        `Cannot poll as ${this.spec.subsystemType} cannot be read back: write() says what it put out`,
      );
    }
    if (this.#counter !== undefined) return await this.#pollCounter(this.#counter);
    if (this.spec.isClocked) {
      throw new DtolTaskStateError(`Cannot poll as spec.dataFlow is "${this.spec.dataFlow}": record() is for that`);
    }
    const { board, spec, capabilities: can, configured: fit } = this;
    return await readInputs({ board, spec, subsystem, can, fit, applied: fit.applied, limit: this.#limit });
  }

  async #pollCounter(counter: CounterReader): Promise<DaqReading> {
    const isOutput = this.spec.channels[0] instanceof CounterOutput;
    if (counter.runs && !isOutput && this.#state === "configured_for_single_value") await this.start();
    const before = readMoment();
    const values = Float64Array.of(await counter.read());
    return readingOf(this.board, this.spec, this.blockChannels, values, before, readMoment());
  }

  /**
   * Reads the data sheet of the sensor on a strain or bridge channel, as the board gives it (IEEE 1451.4).
   *
   * @param channel Name of the channel.
   * @throws {DtolValidationError} If the task has no such strain or bridge channel.
   * @throws {DtolCapabilityError} If the board cannot read data sheets.
   * @throws {DtolError} If the sensor has none, or it cannot be read.
   */
  async readTeds(channel: string): Promise<StrainGageTeds | BridgeSensorTeds> {
    await this.commit();
    const { subsystem } = this.#own("read a TEDS");
    const bridged = this.spec.channels.find(({ name }) => name === channel);
    if (!(bridged instanceof BridgedInput)) {
      throw new DtolValidationError(
        `Cannot read the TEDS of "${channel}" as ${
          bridged === undefined ? "the task has no such channel" : "it is no strain or bridge channel"
        }`,
      );
    }
    if (subsystem.readTeds === undefined || this.capabilities.multiSensor === false) {
      throw new DtolCapabilityError(`"${this.board}" cannot read the TEDS of a sensor: readTedsFile() reads files`);
    }
    return await this.#limit.wait("read a TEDS", subsystem.readTeds(bridged.physicalChannel, bridged.kind));
  }

  /** The channels as blocks carry them, with what turns codes into units; virtual ones last. After `commit`. */
  get blockChannels(): readonly BlockChannel[] {
    const { polled, applied } = this.configured;
    const { channels, virtual } = this.spec;
    return shownChannels(polled.slice(0, channels.length), virtual, applied, this.capabilities);
  }

  /**
   * Parks outputs, and gives the subsystem and the board back. Runs to its end whatever a step throws, then throws the
   * first error. Safe to call again. That the board is gone is no error here: there is nothing left to give back.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#recording) {
      throw new DtolTaskStateError("Cannot close the session as a recording has it: dispose of that first");
    }
    this.#closed = true;
    await this.#polling; // a write under way must not come after the parking
    const errors: unknown[] = [];
    const attempt = async (what: string, step: () => Promise<unknown> | undefined) => {
      if (this.#limit.passed) return; // a driver that hangs in a call would hang in the next: what it holds goes with the process
      await this.#limit.wait(what, Promise.resolve(step())).catch((error) => {
        if (!(error instanceof DtolConnectionError)) errors.push(error);
      });
    };
    if (this.#state === "running") await attempt("abort", () => this.#subsystem?.stop(true));
    if (this.#parks) await attempt("park", () => this.#outputs?.park());
    if (this.#outputs !== undefined) stopParkingAtExit(this.#outputs);
    await attempt("give the subsystem back", () => this.#subsystem?.release());
    await attempt("close the board", () => this.#board?.close());
    this.#state = "initialized";
    if (errors.length > 0) throw errors[0];
  }

  /** See {@linkcode Session.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @ignore For {@linkcode record}: hands the subsystem to a drainer. */
  lend(): Subsystem {
    const { subsystem } = this.#own("record");
    this.#recording = true;
    this.#state = "running";
    return subsystem;
  }

  /** @ignore For {@linkcode play}: range and steps of the outputs. */
  get outputScale(): OutputScale | null {
    return this.#outputs?.scale ?? null;
  }

  /** @ignore For {@linkcode record}: takes it back; `abandoned` when the driver hangs in a call. */
  takeBack(abandoned: boolean): void {
    this.#recording = false;
    this.#limit.passed ||= abandoned;
    this.#state = "io_complete";
  }

  /**
   * @ignore For {@linkcode play}: ends a run that may go on after an error, and parks unless `parkOnClose` is false. Never
   * rejects.
   */
  async parkAfterError(left: RunLeft): Promise<Parking> {
    const names = this.spec.channels.map(({ name }) => name);
    const [outputs, subsystem] = [this.#outputs!, this.#subsystem!];
    const books = this.#parks ? outputs.parkingBooks() : new ParkingBooks([], names, "parkOnClose is false");
    if (left.hangs) {
      const parking = await parkHung(subsystem, books, left, this.timeoutS);
      if (books.done.length === books.planned.length) stopParkingAtExit(outputs);
      return parking;
    }
    return await this.#inTurn(async () => {
      if (left.mayRun) await books.end(() => this.#limit.wait("abort", subsystem.stop(true)));
      if (this.#parks) await outputs.parkAll(books);
      return books.tell();
    });
  }

  async #finish(during: SubsystemState, call: (subsystem: Subsystem) => Promise<void>): Promise<void> {
    const { subsystem } = this.#own(during);
    if (this.#state !== "running") return;
    this.#state = during;
    try {
      await this.#limit.wait(during, call(subsystem));
      this.#state = "io_complete";
    } finally {
      if (this.#state === during) this.#state = "running"; // it did not end, so close() must still end it
    }
  }

  #usable(): void {
    if (this.#closed) throw new DtolTaskStateError("The session is closed: open the device again");
    if (this.#limit.passed) throw new DtolTaskStateError("The session is of no more use: its driver hangs in a call");
  }

  #prepared(): { board: Board; subsystem: Subsystem; capabilities: Capabilities } {
    this.#usable();
    if (this.#board === undefined || this.#subsystem === undefined || this.#capabilities === undefined) {
      throw new DtolTaskStateError("The session is not prepared yet: call prepare()");
    }
    return { board: this.#board, subsystem: this.#subsystem, capabilities: this.#capabilities };
  }

  #own(what: string): { subsystem: Subsystem } {
    const { subsystem } = this.#prepared();
    if (this.#recording) {
      throw new DtolTaskStateError(`Cannot ${what} as a recording has the subsystem: stop that first`);
    }
    return { subsystem };
  }
}

/**
 * Opens a board for a task: opens it, takes the subsystem, checks the spec against it and sets it. Nothing runs yet.
 *
 * @param spec What is to be done.
 * @param options The way to the board.
 * @throws {DtolError} As {@linkcode Session.prepare} and {@linkcode Session.commit}; everything taken is given back.
 */
export async function openDevice(spec: TaskSpec, options: OpenOptions): Promise<Session> {
  const session = new Session(spec, options);
  try {
    await session.commit();
    return session;
  } catch (error) {
    await session.close().catch(() => {}); // the first error is the one to tell
    throw error instanceof DtolError ? error : new DtolError(String(error), { cause: error });
  }
}

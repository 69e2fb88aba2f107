/**
 * Several devices under one roof: added by name, asked together, closed together.
 *
 * @module
 */

import { readMoment } from "../clock.ts";
import { DtolError, DtolResourceError, DtolTaskStateError, DtolValidationError } from "../errors.ts";
import type { Backend } from "../board/backend.ts";
import { CounterOutput } from "../model/channels.ts";
import { ERROR_POLICIES, type ErrorPolicy } from "../model/enums.ts";
import { nonEmptyText, oneOf, show } from "../model/fields.ts";
import type { DaqReading } from "../model/reading.ts";
import { TaskSpec } from "../model/spec.ts";
import { type DeviceResult, type DeviceResults, failuresOf, type PolledResults, underPolicy } from "./device_result.ts";
import { isOutput } from "./outputs.ts";
import { openDevice, type OpenOptions, type Session, type StartOptions } from "./session.ts";

/** Settings of a {@linkcode DtolManager}. */
export interface DtolManagerOptions {
  /** The way to the boards; `add` may name another one. */
  readonly backend?: Backend;
  /** What the error of a device does to a call that several were asked in. Default: `raise`. */
  readonly errorPolicy?: ErrorPolicy;
}

/** What became of errors that the policy `skip` left out. */
export interface SkippedErrors {
  /** How many. */
  readonly count: number;
  /** The newest. */
  readonly last: DtolError;
}

/** A place among the devices, taken before anything is opened. */
interface Member {
  readonly name: string;
  /** Settles when `add` is through with it. */
  opening: Promise<unknown>;
  /** Subsystem of a board that is spoken for: no second device gets it. */
  place?: { readonly board: string; readonly subsystem: string; readonly backend: Backend };
  /** Once it is open. */
  session?: Session;
  /** While it is being removed. */
  leaving?: Promise<void>;
}

/** A device that is open. */
type Device = Member & Required<Pick<Member, "place" | "session">>;

/**
 * Several devices, each with a name of its own. Boards are asked in parallel, calls to one board come one after the other.
 *
 * The error of one device does not keep the others from answering. What the caller gets then is the policy's choice: under
 * `raise` the call throws what failed first, once every device is done ({@linkcode resultsOf} has what they gave); under
 * `return` the error stands in the device's result; under `skip` the device is left out, and counted in
 * {@linkcode DtolManager.skipped}. Errors that are no {@linkcode DtolError} are mistakes of a program, not of a board: they are
 * thrown under every policy.
 *
 * Close a device by `remove`, or with the manager.
 *
 * @example Two boards at one moment
 * ```ts
 * import { AnalogInputVoltage, DtolManager, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const backend = new SimulatedBackend({ signal: { kind: "constant", volts: 5 } });
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * await using manager = new DtolManager({ backend, errorPolicy: "return" });
 * await manager.add("oven", new TaskSpec({ board: "DT9805(00)", channels }));
 * await manager.add("hall", new TaskSpec({ board: "DT9806(00)", channels }));
 * const results = await manager.poll();
 * deepEqual([...results.keys()], ["oven", "hall"]);
 * deepEqual(results.get("hall")?.value?.values, { ch0: 5 });
 * ```
 */
export class DtolManager implements AsyncDisposable {
  /** What the error of a device does. */
  readonly errorPolicy: ErrorPolicy;
  readonly #backend: Backend | undefined;
  readonly #members = new Map<string, Member>();
  readonly #tails = new Map<string, Promise<void>>();
  readonly #skipped = new Map<string, SkippedErrors>();
  #closed = false;
  #closing: Promise<void> | undefined;

  /**
   * Makes a manager without devices; nothing is opened.
   *
   * @param options The way to the boards, and the policy.
   * @throws {DtolValidationError} If the policy is not known.
   */
  constructor({ backend, errorPolicy = "raise" }: DtolManagerOptions = {}) {
    this.#backend = backend;
    this.errorPolicy = oneOf("errorPolicy", errorPolicy, ERROR_POLICIES);
  }

  /** Names of the devices, in the order in which they were added. */
  get names(): readonly string[] {
    return this.#devices().map(({ name }) => name);
  }

  /** Tasks of the devices, in the same order: what a sink that takes the readings of all wants as its `spec`. */
  get specs(): readonly TaskSpec[] {
    return this.#devices().map(({ session }) => session.spec);
  }

  /** Names of the devices that have inputs with tasks of single values: those that `poll` asks when it is given no names. */
  get pollable(): readonly string[] {
    return this.#devices().filter(({ session: { spec } }) => whyNotPolled(spec) === null).map(({ name }) => name);
  }

  /** Whether it has been closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Errors that the policy `skip` left out, by device. */
  get skipped(): ReadonlyMap<string, SkippedErrors> {
    return this.#skipped;
  }

  /**
   * Opens a device. Name and subsystem are spoken for before anything is opened, so of two that want the same one is refused
   * at once, and the board is not touched for it.
   *
   * @param name What the device is called from now on.
   * @param spec Its task; without a board name the first board found is taken.
   * @param options Another backend than the manager's, or another time-out.
   * @throws {DtolValidationError} If the name is taken, or there is no backend.
   * @throws {DtolResourceError} If another device of this manager has the subsystem, or has the board from another backend.
   * @throws {DtolError} As {@linkcode openDevice}; nothing is held then.
   */
  async add(name: string, spec: TaskSpec, options: Partial<OpenOptions> = {}): Promise<Session> {
    this.#usable();
    nonEmptyText("name", name);
    const backend = options.backend ?? this.#backend;
    if (backend === undefined) {
      throw new DtolValidationError(
        `Cannot add ${show(name)} as it has no backend: give one to the manager, or to add()`,
      );
    }
    if (this.#members.has(name)) {
      throw new DtolValidationError(`Cannot add ${show(name)} as there is a device of that name: choose another one`);
    }
    const opened = Promise.withResolvers<void>();
    const member: Member = { name, opening: opened.promise };
    this.#members.set(name, member);
    try {
      return member.session = await this.#open(member, spec, { ...options, backend });
    } catch (error) {
      this.#forget(member);
      throw error;
    } finally {
      opened.resolve();
    }
  }

  /**
   * Closes a device and forgets it. One that a recording has is refused, and stays.
   *
   * @returns Whether there was one of that name.
   * @throws {DtolError} As {@linkcode Session.close}; it is forgotten all the same when it is closed.
   */
  async remove(name: string): Promise<boolean> {
    const member = this.#members.get(name);
    if (member === undefined) return false;
    if (!isOpen(member)) await member.opening;
    if (!isOpen(member)) return false;
    await (member.leaving ??= this.#leave(member));
    return true;
  }

  /**
   * A device by its name.
   *
   * @throws {DtolValidationError} If there is none of that name.
   */
  get(name: string): Session {
    return this.#named([name])[0]!.session;
  }

  /** Starts devices; see {@linkcode Session.start}. Without names, all of them. */
  start(names?: readonly string[], options: StartOptions = {}): Promise<DeviceResults<void>> {
    return this.#call(names, (session) => session.start(options));
  }

  /** Ends the runs of devices after what is in progress; see {@linkcode Session.stop}. Without names, of all. */
  stop(names?: readonly string[]): Promise<DeviceResults<void>> {
    return this.#call(names, (session) => session.stop());
  }

  /** Ends the runs of devices at once, outputs first; see {@linkcode Session.abort}. Without names, of all. */
  async abort(names?: readonly string[]): Promise<DeviceResults<void>> {
    return this.settle(
      await this.#each(outputsFirst(this.#named(names)), (session) => session.abort()),
      this.errorPolicy,
    );
  }

  /**
   * One reading of every device, the boards in parallel; see {@linkcode Session.poll}. Without names, of all that are
   * {@linkcode DtolManager.pollable}.
   *
   * @throws {DtolValidationError} If there is no device of a name.
   * @throws {DtolTaskStateError} If a task that was named is clocked or an output, or without names there is none to poll.
   */
  async poll(names?: readonly string[]): Promise<PolledResults> {
    return this.settle(await this.pollEach(names), this.errorPolicy);
  }

  /**
   * Closes every device, of each board the outputs first, so that they are parked whatever an input does. Goes to its end
   * whatever one throws, over those that are being added, too. Safe to call again: what could not be closed, as a recording
   * had it, is tried again.
   *
   * @throws {DtolError} What failed first; {@linkcode resultsOf} has what became of the others.
   */
  close(): Promise<void> {
    this.#closed = true;
    return this.#closing ??= this.#closeAll().finally(() => this.#closing = undefined);
  }

  /** See {@linkcode DtolManager.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @ignore For {@linkcode recordPolled}: what every device gave, before any policy. */
  async pollEach(names?: readonly string[]): Promise<PolledResults> {
    const devices = this.#named(names ?? this.pollable);
    for (const { name, session: { spec } } of devices) {
      const why = whyNotPolled(spec);
      if (why !== null) throw new DtolTaskStateError(`Cannot poll ${show(name)} as ${why}`);
    }
    if (devices.length === 0) throw nothingToPoll();
    return await this.#each<DaqReading>(devices, (session) => session.poll());
  }

  /** @ignore For {@linkcode recordPolled}: results under a policy, with what it leaves out counted. */
  settle<T>(results: DeviceResults<T>, policy: ErrorPolicy): DeviceResults<T> {
    if (policy === "skip") {
      for (const { name, error } of failuresOf(results)) {
        this.#skipped.set(name, { count: (this.#skipped.get(name)?.count ?? 0) + 1, last: error });
      }
    }
    return underPolicy(results, policy);
  }

  async #open(member: Member, spec: TaskSpec, options: OpenOptions): Promise<Session> {
    const placed = await onBoard(spec, options.backend);
    const board = this.#speakFor(member, placed, options.backend);
    const session = await this.#inSeries(board, () => openDevice(placed, options));
    if (!this.#closed) return session;
    await this.#inSeries(board, () => session.close());
    throw new DtolTaskStateError(`Cannot add ${show(member.name)} as the manager was closed meanwhile`);
  }

  /** Takes a subsystem for a device, without a gap in which another could; nothing is opened yet. */
  #speakFor(member: Member, spec: TaskSpec, backend: Backend): string {
    const subsystem = `${spec.subsystemType} ${spec.element}`;
    const board = spec.board ?? ""; // openDevice() says that there is none
    for (const { name, place } of this.#members.values()) {
      if (place?.board !== board) continue;
      const cannot = `Cannot add ${show(member.name)} as ${show(name)} has`;
      const context = { board, subsystem };
      if (place.subsystem === subsystem) {
        throw new DtolResourceError(`${cannot} ${subsystem} of "${board}": remove that first`, { context });
      }
      if (place.backend !== backend) {
        throw new DtolResourceError(`${cannot} "${board}" from another backend: give both the same`, { context });
      }
    }
    member.place = { board, subsystem, backend };
    return board;
  }

  #forget(member: Member): void {
    if (this.#members.get(member.name) === member) this.#members.delete(member.name);
  }

  async #leave(device: Device): Promise<void> {
    try {
      await this.#inSeries(device.place.board, () => device.session.close());
    } finally {
      delete device.leaving;
      if (device.session.closed) this.#forget(device);
    }
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ opening }) => opening));
    const devices = [...this.#members.values()].filter(isOpen);
    try {
      underPolicy(await this.#each(outputsFirst(devices), (session) => session.close()), "raise");
    } finally {
      for (const device of devices) if (device.session.closed) this.#forget(device);
    }
  }

  async #call(names: readonly string[] | undefined, work: (session: Session) => Promise<void>) {
    return this.settle(await this.#each(this.#named(names), work), this.errorPolicy);
  }

  /** Does something with every device, and waits for all of them, whatever one throws. */
  async #each<T>(devices: readonly Device[], work: (session: Session) => Promise<T>): Promise<DeviceResults<T>> {
    const mistakes: unknown[] = [];
    const results = await Promise.all(devices.map(async ({ name, place: { board }, session }) => {
      const origin = { name, board, spec: session.spec };
      try {
        const value = await this.#inSeries(board, () => work(session));
        return { ...origin, at: readMoment(), ok: true, value, error: null } satisfies DeviceResult<T>;
      } catch (error) {
        if (!(error instanceof DtolError)) mistakes.push(error);
        return { ...origin, at: readMoment(), ok: false, value: undefined, error: error as DtolError } as const;
      }
    }));
    if (mistakes.length > 0) throw mistakes[0];
    return new Map(results.map((result) => [result.name, result]));
  }

  /** Does something when all that was to be done with a board before is done. */
  #inSeries<T>(board: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(board) ?? Promise.resolve()).then(work);
    this.#tails.set(board, result.then(() => {}, () => {})); // whoever asked for it is told
    return result;
  }

  #devices(): readonly Device[] {
    return [...this.#members.values()].filter(isOpen).filter(({ leaving }) => leaving === undefined);
  }

  #named(names?: readonly string[]): readonly Device[] {
    this.#usable();
    const devices = this.#devices();
    if (names === undefined) return devices;
    return [...new Set(names)].map((name) => {
      const device = devices.find((device) => device.name === name);
      if (device !== undefined) return device;
      const known = devices.map(({ name }) => name).join(", ") || "none";
      throw new DtolValidationError(`There is no device ${show(name)}: known are ${known}`);
    });
  }

  #usable(): void {
    if (this.#closed) throw new DtolTaskStateError("The manager is closed: make another one");
  }
}

/** For managers without a device to poll. */
export function nothingToPoll(): DtolTaskStateError {
  return new DtolTaskStateError("Cannot poll as the manager has no input with a task of single values: add() one");
}

/** What drives something must not wait for what only looks. */
function outputsFirst(devices: readonly Device[]): readonly Device[] {
  const drives = ({ session: { spec } }: Device) => isOutput(spec) || spec.channels[0] instanceof CounterOutput;
  return devices.toSorted((a, b) => Number(drives(b)) - Number(drives(a)));
}

function whyNotPolled(spec: TaskSpec): string | null {
  if (spec.isClocked) return "its task is clocked: record() is for that";
  return isOutput(spec) ? "it is an output: write() says what it put out" : null;
}

function isOpen(member: Member): member is Device {
  return member.session !== undefined;
}

/** A spec with the board it is for: the first one, where it names none. */
async function onBoard(spec: TaskSpec, backend: Backend): Promise<TaskSpec> {
  if (spec.board !== undefined) return spec;
  const [first] = await backend.boards();
  return first === undefined ? spec : TaskSpec.fromJSON({ ...spec.toJSON(), board: first.name });
}

/**
 * Boards made of nothing but TypeScript: no SDK, no compiler, no permission. The rules are those of the real ones.
 *
 * @module
 */

import { DtolCapabilityError, DtolResourceError, DtolTaskStateError } from "../errors.ts";
import type { SubsystemType } from "../model/enums.ts";
import { show } from "../model/fields.ts";
import { monotonicClock } from "../clock.ts";
import { type CodeType, codeTypeFor, newCodes } from "../convert/codes.ts";
import type {
  AppliedSettings,
  Backend,
  Board,
  BoardInfo,
  IntakeTicket,
  ListEntry,
  Subsystem,
  SubsystemInfo,
  SubsystemSettings,
} from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import { type Model, MODELS } from "./simulated_models.ts";
import { checkSignal, defaultSignal, fillerOf, type Signal } from "./signals.ts";

/** Things that go wrong in a simulated run, each once. */
export interface SimulatedFaults {
  /** The board overruns when it would complete this buffer (from 1), which is lost. */
  readonly overrunAtBuffer?: number;
  /** The plug is pulled when it would complete this buffer (from 1). */
  readonly unplugAtBuffer?: number;
  /** Ending the run takes this many milliseconds. */
  readonly stopTakesMs?: number;
}

/** Settings of a {@linkcode SimulatedBackend}. */
export interface SimulatedBackendOptions {
  /**
   * Models that are plugged in, one of each. Default: `DT9806`, `DT9805`, `DT9862` (two simultaneous inputs at up to
   * 10 MS/s), `DT9837A` (24 bits), `DT9828` (gives volts as floats, and says when a sensor is open).
   */
  readonly models?: readonly string[];
  /** What the inputs show: one signal for all, or one for each physical channel. Default: sines. */
  readonly signal?: Signal | Readonly<Record<number, Signal>>;
  /** What goes wrong. */
  readonly faults?: SimulatedFaults;
}

/**
 * Simulated boards: `DT9805(00)`, `DT9806(00)`, `DT9862(00)` and those of {@linkcode SimulatedBackendOptions}.
 *
 * @example One value of a simulated board
 * ```ts
 * import { AnalogInputVoltage, openDevice, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const backend = new SimulatedBackend({ signal: { kind: "constant", volts: 5 } });
 * const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0 })] });
 * await using session = await openDevice(spec, { backend });
 * equal((await session.poll()).values["ch0"], 5);
 * ```
 */
export class SimulatedBackend implements Backend {
  /** Name in file headers. */
  readonly name = "simulated";
  /** Always: its samples come from no hardware. */
  readonly simulated = true;
  readonly #options: SimulatedBackendOptions;
  readonly #taken = new Set<string>();

  /**
   * Plugs in the boards.
   *
   * @param options Models, signals, faults.
   * @throws {DtolResourceError} If a model is not known.
   */
  constructor(options: SimulatedBackendOptions = {}) {
    for (const model of options.models ?? []) {
      if (!Object.hasOwn(MODELS, model)) {
        throw new DtolResourceError(`Cannot simulate ${show(model)}: known are ${Object.keys(MODELS).join(", ")}`);
      }
    }
    const { signal = {} } = options;
    for (const one of "kind" in signal ? [signal as Signal] : Object.values(signal)) checkSignal(one);
    this.#options = options;
  }

  /** The boards that are plugged in. */
  boards(): Promise<BoardInfo[]> {
    const models = this.#options.models ?? Object.keys(MODELS);
    return Promise.resolve(models.map((model) => ({ name: `${model}(00)`, model, driver: "simulated" })));
  }

  /** Opens a board. */
  async open(board: string): Promise<Board> {
    const boards = await this.boards();
    const info = boards.find(({ name }) => name === board);
    if (info === undefined) {
      const names = boards.map(({ name }) => name).join(", ");
      throw new DtolResourceError(`Cannot open "${board}" as no such board is there: found ${names || "none"}`);
    }
    return new SimulatedBoard(info, this.#options, this.#taken);
  }

  /** Nothing is held. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class SimulatedBoard implements Board {
  readonly versions = { oldaapi: null, olmem: null, driver: null };
  readonly subsystems: readonly SubsystemInfo[] = [{ type: "analog_input", element: 0 }];

  constructor(
    readonly info: BoardInfo,
    readonly options: SimulatedBackendOptions,
    readonly taken: Set<string>,
  ) {}

  reserve(type: SubsystemType, element: number): Promise<Subsystem> {
    return Promise.resolve().then(() => {
      const { name } = this.info;
      if (type !== "analog_input" || element !== 0) {
        throw new DtolCapabilityError(`Cannot take ${type} ${element} of "${name}" as it has only analog_input 0`);
      }
      if (this.taken.has(name)) {
        throw new DtolResourceError(
          `Cannot take analog_input 0 of "${name}" as another session holds it: close that first`,
        );
      }
      this.taken.add(name);
      return new SimulatedInput(this);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What the drainer's thread gets: plain data. */
export interface SimulatedTicket extends IntakeTicket {
  /** Settings of the run. */
  readonly settings: SubsystemSettings;
  /** What they became. */
  readonly applied: Omit<AppliedSettings, "ticket">;
  /** Whether the clock counts scans. */
  readonly simultaneous: boolean;
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Signal of each place of the list. */
  readonly signals: readonly Signal[];
  /** What goes wrong. */
  readonly faults: SimulatedFaults;
}

class SimulatedInput implements Subsystem {
  readonly handle = null;
  readonly #board: SimulatedBoard;
  readonly #model: Model;
  #ticket: SimulatedTicket | undefined;

  constructor(board: SimulatedBoard) {
    this.#board = board;
    this.#model = MODELS[board.info.model]!;
  }

  capabilities(): Promise<Capabilities> {
    return Promise.resolve(this.#model.input);
  }

  configure(settings: SubsystemSettings): Promise<AppliedSettings> {
    const { baseClockHz, input: { bits, simultaneous, returnsFloats } } = this.#model;
    const { clock } = settings;
    const applied = {
      clockHz: clock === null ? null : baseClockHz / Math.max(1, Math.round(baseClockHz / clock.hz)),
      range: settings.range,
      bits,
      encoding: "binary",
    } as const;
    this.#ticket = {
      backend: "simulated",
      board: this.#board.info.name,
      ...{ settings, applied, simultaneous },
      type: codeTypeFor(bits, applied.encoding, returnsFloats),
      signals: settings.list.map(({ physicalChannel }) => this.#signalOf(physicalChannel)),
      faults: this.#board.options.faults ?? {},
    };
    return Promise.resolve({ ...applied, ticket: clock === null ? null : this.#ticket });
  }

  read(places: readonly ListEntry[]): Promise<number[]> {
    return Promise.resolve().then(() => {
      const { applied: { range, bits }, type } = this.#configured();
      const now = Number(monotonicClock().nowNs());
      return places.map(({ physicalChannel, gain }) => {
        const code = newCodes(type, 1);
        const context = { board: this.#board.info.name, channel: physicalChannel, gain, rateHz: 1e9, bits, ...range! };
        fillerOf(this.#signalOf(physicalChannel), context)(code, 0, 1, now, 1);
        return code[0]!;
      });
    });
  }

  write(): Promise<void> {
    return Promise.reject(new DtolCapabilityError(`"${this.#board.info.name}" has no outputs`));
  }

  start(): Promise<void> {
    return Promise.reject(new DtolTaskStateError(`Cannot start a clocked input without buffers: record() starts it`));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(false);
  }

  release(): Promise<void> {
    this.#board.taken.delete(this.#board.info.name);
    return Promise.resolve();
  }

  #configured(): SimulatedTicket {
    if (this.#ticket === undefined) {
      throw new DtolTaskStateError(`Cannot use "${this.#board.info.name}" as it is not configured yet`);
    }
    return this.#ticket;
  }

  #signalOf(channel: number): Signal {
    const { signal = {} } = this.#board.options;
    if ("kind" in signal) return signal as Signal;
    return (signal as Readonly<Record<number, Signal>>)[channel] ?? defaultSignal(channel);
  }
}

/**
 * Boards made of nothing but TypeScript: no SDK, no compiler, no permission. The rules are those of the real ones.
 *
 * @module
 */

import { DtolCapabilityError, DtolResourceError, DtolValidationError } from "../errors.ts";
import type { SubsystemType } from "../model/enums.ts";
import { show } from "../model/fields.ts";
import type { Backend, Board, BoardInfo, StartMoment, Subsystem, SubsystemInfo } from "./backend.ts";
import { checkSignal, type Signal } from "./signals.ts";
import { SimulatedCounter } from "./simulated_counter.ts";
import type { CounterPulses, CounterType, GateLevel } from "./simulated_counter_inputs.ts";
import { SimulatedInput } from "./simulated_input.ts";
import type { SimulatedBackendOptions } from "./simulated_options.ts";
import { elementsOf, type Model, MODELS, subsystemsOf } from "./simulated_models.ts";
import { Outlets } from "./simulated_outlets.ts";
import type { GivenTrigger } from "./trigger_line.ts";
import { monotonicClock } from "../clock.ts";
import { SimulatedOutput } from "./simulated_outputs.ts";
import { SimulatedInputPort } from "./simulated_ports.ts";
import type { Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

export type { CounterPulses, CounterType, GateLevel } from "./simulated_counter_inputs.ts";
export type { SimulatedBackendOptions, SimulatedFaults } from "./simulated_options.ts";

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
  readonly #outlets = new Map<string, Outlets>();

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
    return new SimulatedBoard(info, this.#options, this.#taken, this.#outletsOf(info));
  }

  /**
   * What an output carries now: the code of an analog one, the lines of a digital port. It stays when a session is closed.
   *
   * @param board Board name.
   * @param type Kind of output.
   * @param channel Which of its kind.
   * @returns null where there is none.
   */
  output(board: string, type: "analog_output" | "digital_output", channel = 0): number | null {
    const model = board.replace(/\(00\)$/, "");
    if (!Object.hasOwn(MODELS, model) || !subsystemsOf(MODELS[model]!).has(type)) return null;
    const { analog, lines } = this.#outletsOf({ name: board, model });
    const values = type === "analog_output" ? analog : [lines];
    return values[channel] ?? null;
  }

  /**
   * Gives a trigger to a board: an edge of its external trigger input, or the synchronisation bus. Runs that wait for it
   * begin, those that it triggers again go on, those that are taken about it have their moment.
   *
   * @param board Board name.
   * @param given What comes.
   * @throws {DtolResourceError} If there is no such board.
   *
   * @example A run that starts at a falling edge
   * ```ts
   * import { AnalogInputVoltage, ExternalDigitalStart, openDevice, record, TaskSpec } from "@dtollib/dtollib";
   * import { SimulatedBackend } from "@dtollib/dtollib/testing";
   * import { equal } from "node:assert/strict";
   *
   * const backend = new SimulatedBackend();
   * const spec = new TaskSpec({
   *   board: "DT9862(00)",
   *   channels: [new AnalogInputVoltage({ physicalChannel: 0 })],
   *   timing: { rateHz: 1000, samplesPerChannel: 50 },
   *   trigger: new ExternalDigitalStart({ edge: "falling" }),
   * });
   * await using session = await openDevice(spec, { backend });
   * await using recording = await record(session);
   * equal(recording.summary.firstSampleAt, null);
   * backend.trigger("DT9862(00)", "falling");
   * let samples = 0;
   * for await (const block of recording.stream) samples += block.samplesPerChannel;
   * equal(samples, 50);
   * ```
   */
  trigger(board: string, given: GivenTrigger): void {
    const model = board.replace(/\(00\)$/, "");
    if (!Object.hasOwn(MODELS, model)) {
      throw new DtolResourceError(`Cannot trigger "${board}" as no such board is there`);
    }
    this.#outletsOf({ name: board, model }).triggers.give(given, monotonicClock().nowNs());
  }

  /**
   * Sets the pulses at the input of a counter, quadrature decoder or tachometer from now on; those before were counted at
   * their own pace. Other inputs keep {@linkcode SimulatedBackendOptions.counterHz}.
   *
   * @param board Board name.
   * @param type Kind of counter.
   * @param element Which of its kind.
   * @param pulses Their rate, and which part of a cycle is high.
   * @throws {DtolResourceError} If there is no such counter.
   * @throws {DtolValidationError} If there are no such pulses.
   */
  pulses(board: string, type: CounterType, element: number, pulses: CounterPulses): void {
    const { counters } = this.#withCounter(board, type, element);
    const { hz, highPart = 0.5 } = pulses;
    if (!Number.isFinite(hz) || !(highPart > 0 && highPart < 1)) {
      throw new DtolValidationError(
        `Cannot give pulses to ${type} ${element} of "${board}": hz must be finite and highPart between 0 and 1, but they ` +
          `are ${show(hz)} and ${show(highPart)}`,
      );
    }
    counters.setPulses(type, element, pulses, monotonicClock().nowNs());
  }

  /**
   * Drives the gate of a counter; one that nothing drives is high.
   *
   * @param board Board name.
   * @param element The counter.
   * @param level The level.
   * @throws {DtolResourceError} If there is no such counter.
   *
   * @example A counter that counts while its gate is high
   * ```ts
   * import { CounterEdgeCount, openDevice, TaskSpec } from "@dtollib/dtollib";
   * import { SimulatedBackend } from "@dtollib/dtollib/testing";
   * import { equal } from "node:assert/strict";
   *
   * const backend = new SimulatedBackend({ counterHz: 1e6 });
   * const drops = new CounterEdgeCount({ physicalChannel: 0, name: "drops", gateType: "high_level" });
   * backend.gate("DT9806(00)", 0, "low");
   * await using session = await openDevice(new TaskSpec({ board: "DT9806(00)", channels: [drops] }), { backend });
   * await session.start();
   * equal((await session.poll()).values["drops"], 0);
   * ```
   */
  gate(board: string, element: number, level: GateLevel): void {
    this.#withCounter(board, "counter_timer", element).counters.setGate(element, level, monotonicClock().nowNs());
  }

  /**
   * Scripts what the next readings of a counter give, as the 32 bits that it holds; the last one stays.
   *
   * @param board Board name.
   * @param type Kind of counter.
   * @param element Which of its kind.
   * @param counts The counts; none: it counts again.
   * @throws {DtolResourceError} If there is no such counter.
   */
  counts(board: string, type: CounterType, element: number, counts: readonly number[]): void {
    this.#withCounter(board, type, element).counters.setCounts(type, element, counts);
  }

  /**
   * The codes that an analog output has put out since its latest run began, one a sample; of a run of millions the first.
   *
   * @param board Board name.
   * @param channel The output.
   */
  played(board: string, channel = 0): Int32Array {
    const outlets = this.#outlets.get(board);
    const place = outlets?.played.indexOf(channel) ?? -1;
    return place < 0 ? new Int32Array(0) : outlets!.tape.read(place);
  }

  /**
   * What the digital lines that follow the scan have carried since the latest run of a board's input began, a value for
   * each sample of each channel; of a run of millions the first. Empty where no channel has a `digitalOutput`.
   *
   * @param board Board name.
   */
  scanLines(board: string): Int32Array {
    return this.#outlets.get(board)?.scanLines.all() ?? new Int32Array(0);
  }

  #withCounter(board: string, type: CounterType, element: number): Outlets {
    const model = board.replace(/\(00\)$/, "");
    const elements = Object.hasOwn(MODELS, model) ? elementsOf(MODELS[model]!, type) : 0;
    if (!(Number.isInteger(element) && element >= 0 && element < elements)) {
      throw new DtolResourceError(
        `Cannot reach the inputs of ${type} ${element} of "${board}" as there is no such counter: it has ${elements}`,
      );
    }
    return this.#outletsOf({ name: board, model });
  }

  #outletsOf({ name, model }: Pick<BoardInfo, "name" | "model">): Outlets {
    let outlets = this.#outlets.get(name);
    if (outlets === undefined) this.#outlets.set(name, outlets = new Outlets(model));
    return outlets;
  }

  /** Nothing is held. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class SimulatedBoard implements Board {
  readonly versions = { oldaapi: null, olmem: null, driver: null };
  readonly subsystems: readonly SubsystemInfo[];
  readonly #model: Model;
  readonly #options: SimulatedBackendOptions;
  readonly #taken: Set<string>;
  readonly #outlets: Outlets;

  constructor(readonly info: BoardInfo, options: SimulatedBackendOptions, taken: Set<string>, outlets: Outlets) {
    this.#model = MODELS[info.model]!;
    this.#options = options;
    this.#taken = taken;
    this.#outlets = outlets;
    this.subsystems = [...subsystemsOf(this.#model).keys()].flatMap((type) =>
      Array.from({ length: elementsOf(this.#model, type) }, (_, element) => ({ type, element }))
    );
  }

  reserve(type: SubsystemType, element: number): Promise<Subsystem> {
    return Promise.resolve().then(() => {
      const board = this.info.name;
      const title = `${type} ${element} of "${board}"`;
      if (!this.subsystems.some((one) => one.type === type && one.element === element)) {
        const has = this.subsystems.map((one) => `${one.type} ${one.element}`).join(", ");
        throw new DtolCapabilityError(`Cannot take ${title} as it has only ${has}`);
      }
      if (this.#taken.has(title)) {
        throw new DtolResourceError(`Cannot take ${title} as another session holds it: close that first`);
      }
      this.#taken.add(title);
      return this.#make({ board, type, element, giveBack: () => void this.#taken.delete(title) });
    });
  }

  async startTogether(subsystems: readonly Subsystem[]): Promise<StartMoment> {
    for (const subsystem of subsystems) {
      const { simultaneousStart } = await subsystem.capabilities();
      if (simultaneousStart === true) continue;
      throw new DtolCapabilityError(
        `Cannot start subsystems of "${this.info.name}" together as one of them has no simultaneous start`,
      );
    }
    const monoNs = monotonicClock().nowNs();
    for (const subsystem of subsystems) (subsystem as SimulatedSubsystem).startAt(monoNs);
    return { monoNs, tookNs: 0n };
  }

  #make(place: Place): Subsystem {
    const can = subsystemsOf(this.#model).get(place.type)!;
    switch (place.type) {
      case "analog_output":
      case "digital_output":
        return new SimulatedOutput(place, can, this.#outlets, this.#options);
      case "digital_input":
        return new SimulatedInputPort(place, can, () => this.#linesIn(can.bits));
      case "counter_timer":
      case "quadrature":
      case "tachometer":
        return new SimulatedCounter(place, can, this.#outlets.counters, this.#options.counterHz ?? 1000);
      default:
        return new SimulatedInput(place, this.#model, this.#options, this.#outlets);
    }
  }

  /** Lines that nothing drives read 1. */
  #linesIn(bits: number): number {
    const { loopback = false, lines = 2 ** bits - 1 } = this.#options;
    return loopback ? this.#outlets.lines : lines % 2 ** bits;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

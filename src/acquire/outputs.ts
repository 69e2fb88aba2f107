/**
 * The outputs of a session: writing by name, and parking.
 *
 * @module
 */

import type { AppliedSettings, OutputValue, Subsystem, SubsystemSettings } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import { checkOutputRange } from "../board/fit_outputs.ts";
import { codeSpanOf, outputCode, type OutputScale, outputVolts } from "../convert/output_codes.ts";
import { DtolError, DtolWriteError } from "../errors.ts";
import { AnalogOutputVoltage, DigitalOutputPort } from "../model/channels.ts";
import type { TaskSpec } from "../model/spec.ts";
import { ParkingBooks } from "./parking.ts";
import type { TimeLimit } from "./time_limit.ts";
import { type OutputValues, type PlannedWrite, planWrite, withBit, type WriteOptions } from "./write_plan.ts";

/** What a write put out. */
export interface WriteReport {
  /**
   * By the names that were given: of an analog output the volts that its converter really gives, of a port its bits as a
   * number, of a line true or false.
   */
  readonly values: OutputValues;
  /** What each channel and port got, by its name. */
  readonly codes: Readonly<Record<string, number>>;
  /** Whether all of it left at the same moment. */
  readonly together: boolean;
}

/** What parking did. */
export interface ParkReport extends WriteReport {
  /**
   * Outputs that stay as they are: they have no safe value, or they are lines with one on a port that was never written,
   * so that the lines beside them are not known.
   */
  readonly left: readonly string[];
}

/** Whether a task drives something: such a session writes, and does not poll. */
export function isOutput({ subsystemType }: TaskSpec): boolean {
  return subsystemType === "analog_output" || subsystemType === "digital_output";
}

/** The subsystem of a session, and all that is known of it. */
export interface OutputTask {
  /** Board name. */
  readonly board: string;
  /** What is to be done. */
  readonly spec: TaskSpec;
  /** The reserved subsystem. */
  readonly subsystem: Subsystem;
  /** What it can do. */
  readonly can: Capabilities;
  /** How it is to be set. */
  readonly settings: SubsystemSettings;
  /** What became of that. */
  readonly applied: AppliedSettings;
  /** How long a call to the board may take. */
  readonly limit: TimeLimit;
}

/** The outputs of one session. */
export class Outputs {
  /** Range and steps of analog outputs; null for ports. */
  readonly scale: OutputScale | null;
  readonly #task: OutputTask;
  /**
   * What each port was last set to by this session, which has it for itself meanwhile. Ports cannot be read back, and a
   * safe value that was not written yet says nothing.
   */
  readonly #lines = new Map<string, number>();

  /** Checks limits once more, now against the range that the board has really set. */
  constructor(task: OutputTask) {
    this.#task = task;
    const { range, bits, encoding } = task.applied;
    this.scale = range === null ? null : { ...range, bits, encoding };
    for (const channel of task.spec.channels) {
      if (channel instanceof AnalogOutputVoltage) checkOutputRange(channel, task.board, { range: range!, bits });
    }
  }

  /** See `Session.write`. */
  async write(values: OutputValues, options: WriteOptions): Promise<WriteReport> {
    const { channels } = this.#task.spec;
    const known = { channels, scale: this.scale, bits: this.#task.applied.bits, lines: this.#lines };
    return await this.#put(planWrite(values, options, known));
  }

  /** See `Session.park`. Goes to its end whatever fails, then throws the first error. */
  async park(): Promise<ParkReport> {
    const books = this.parkingBooks();
    await this.parkAll(books);
    if (books.errors.length > 0) throw books.errors[0];
    const { done, planned, left } = books;
    return {
      values: Object.assign({}, ...done.map(({ values }) => values)),
      codes: Object.fromEntries(done.map(({ channel, output }) => [channel.name, output.code])),
      together: planned.length === 1,
      left,
    };
  }

  /** What is to be parked, and not yet. */
  parkingBooks(): ParkingBooks {
    const { planned, left } = this.#planPark();
    return new ParkingBooks(planned, left);
  }

  /** Parks; what has come of it is in the books. */
  async parkAll(books: ParkingBooks): Promise<void> {
    const { spec, settings } = this.#task;
    const isSet = books.planned.length === 0 || !spec.isClocked;
    if (!isSet) await books.attempt(() => this.#configure({ ...settings, dataFlow: "single_value", clock: null }));
    for (const one of books.planned) await books.put(one, () => this.#put([one]));
    if (!isSet) await books.attempt(() => this.#configure(settings));
  }

  async #configure(settings: SubsystemSettings): Promise<void> {
    await this.#task.limit.wait("configure the subsystem", this.#task.subsystem.configure(settings));
  }

  /** {@linkcode Outputs.park} without waiting, for a process that dies. */
  parkNow(): void {
    if (this.#task.limit.passed) {
      throw new DtolWriteError(`Cannot park the outputs of "${this.#task.board}" as its driver hangs in a call`);
    }
    const { planned } = this.#planPark();
    if (planned.length > 0) this.#task.subsystem.park?.(planned.map(({ output }) => output));
  }

  /** Whether anything is to be parked. */
  get parks(): boolean {
    return this.#task.spec.channels.some((channel) =>
      channel instanceof AnalogOutputVoltage ? channel.safeValue !== null : channel instanceof DigitalOutputPort &&
        (channel.safeValue !== null || channel.lines.some((line) => line.safeValue !== null))
    );
  }

  /** All at the same moment where the board can; else one after the other. */
  async #put(planned: readonly PlannedWrite[]): Promise<WriteReport> {
    const together = planned.length > 1 && this.#task.can.simultaneousWrite === true;
    const calls = together ? [planned] : planned.map((one) => [one]);
    const values: Record<string, number | boolean> = {};
    const codes: Record<string, number> = {};
    for (const [i, call] of calls.entries()) {
      try {
        await this.#call(call);
      } catch (error) {
        throw this.#failed(error, values, calls.slice(i).flat());
      }
      for (const one of call) {
        Object.assign(values, one.values);
        codes[one.channel.name] = one.output.code;
      }
    }
    return { values, codes, together: together || planned.length === 1 };
  }

  async #call(planned: readonly PlannedWrite[]): Promise<void> {
    const outputs = planned.map(({ output }) => output);
    for (const { channel } of planned) this.#lines.delete(channel.name); // not known until the board has it
    await this.#task.limit.wait("write", this.#task.subsystem.write(outputs));
    for (const { channel, output } of planned) {
      if (channel instanceof DigitalOutputPort) this.#lines.set(channel.name, output.code);
    }
  }

  #failed(cause: unknown, written: OutputValues, rest: readonly PlannedWrite[]): DtolWriteError {
    const { board, spec } = this.#task;
    const notWritten = rest.flatMap(({ values }) => Object.keys(values));
    const done = Object.keys(written).length === 0 ? "nothing was written" : `written was ${show(written)}`;
    const because = cause instanceof Error ? cause.message : String(cause);
    return new DtolWriteError(`Cannot write ${notWritten.join(", ")} of "${board}": ${because}; ${done}`, {
      ...{ cause, written, notWritten },
      context: {
        ...(cause instanceof DtolError ? cause.context : {}),
        board,
        task: spec.name,
        channel: notWritten[0]!,
      },
    });
  }

  #planPark(): { planned: PlannedWrite[]; left: string[] } {
    const planned: PlannedWrite[] = [];
    const left: string[] = [];
    for (const channel of this.#task.spec.channels) {
      if (channel instanceof AnalogOutputVoltage) {
        if (channel.safeValue === null) left.push(channel.name);
        else planned.push(this.#parkVolts(channel, channel.safeValue));
      } else if (channel instanceof DigitalOutputPort) {
        const one = this.#parkPort(channel);
        if (one !== null) planned.push(one);
        left.push(...this.#leftOf(channel, one !== null));
      }
    }
    return { planned, left };
  }

  #parkVolts(channel: AnalogOutputVoltage, volts: number): PlannedWrite {
    const { name, physicalChannel } = channel;
    const code = outputCode(volts, this.scale!, codeSpanOf(channel, this.scale!));
    const output: OutputValue = { physicalChannel, code };
    return { channel, output, values: { [name]: outputVolts(code, this.scale!) } };
  }

  #parkPort(port: DigitalOutputPort): PlannedWrite | null {
    const { name, physicalChannel, safeValue } = port;
    const lines = port.lines.filter((line) => line.safeValue !== null);
    const from = safeValue ?? this.#lines.get(name);
    const isWhole = lines.length === this.#task.applied.bits;
    if (from === undefined && !isWhole) return null;
    if (safeValue === null && lines.length === 0) return null;
    const code = lines.reduce((value, line) => withBit(value, line.bit, line.safeValue!), from ?? 0);
    const values = safeValue === null
      ? Object.fromEntries(lines.map((line) => [port.lineKey(line), line.safeValue!]))
      : { [name]: code };
    return { channel: port, output: { physicalChannel, code }, values };
  }

  #leftOf(port: DigitalOutputPort, isParked: boolean): string[] {
    if (port.safeValue !== null) return [];
    const lines = port.lines.filter((line) => !isParked || line.safeValue === null);
    return isParked ? lines.map((line) => port.lineKey(line)) : [port.name];
  }
}

function show(values: OutputValues): string {
  return Object.entries(values).map(([name, value]) => `${name} = ${value}`).join(", ");
}

/**
 * From values by name to codes by output: everything that can be wrong with a write is found here, before the board is
 * touched.
 *
 * @module
 */

import type { OutputValue } from "../board/backend.ts";
import { codeSpanOf, outputCode, type OutputScale, outputVolts } from "../convert/output_codes.ts";
import { DtolConfirmationRequiredError, DtolTaskStateError, DtolValidationError } from "../errors.ts";
import { AnalogOutputVoltage, type ChannelSpec, type DigitalLine, DigitalOutputPort } from "../model/channels.ts";
import { invalid, show } from "../model/fields.ts";

/** Values to write, by the name of a channel, a port or a line. */
export type OutputValues = Readonly<Record<string, number | boolean>>;

/** Settings of `session.write()`. */
export interface WriteOptions {
  /**
   * Confirms outputs that are marked `requiresConfirm`: all of the call, or those named. A line that has a mark of its own
   * is confirmed by its own name alone, not by that of its port. Default: none.
   */
  readonly confirm?: boolean | readonly string[];
}

/** What is known of the outputs of a task when a write is planned. */
export interface KnownOutputs {
  /** The channels of the task. */
  readonly channels: readonly ChannelSpec[];
  /** Range and steps of analog outputs; null for ports. */
  readonly scale: OutputScale | null;
  /** Bits of a port. */
  readonly bits: number;
  /** What each port was last set to, by its name; one that is not in it is not known. */
  readonly lines: ReadonlyMap<string, number>;
}

/** One call to the board. */
export interface PlannedWrite {
  /** Channel or port. */
  readonly channel: ChannelSpec;
  /** What it gets. */
  readonly output: OutputValue;
  /** The same by the names that were given: the volts that the code is, the bits of a port, a line. */
  readonly values: OutputValues;
}

/**
 * Checks values and plans the calls: outputs in the order that was given, ports before their lines.
 *
 * @throws {DtolValidationError} If a name is not known, or a value is none, or outside its limits.
 * @throws {DtolConfirmationRequiredError} If an output needs a confirmation that is not there.
 * @throws {DtolTaskStateError} If lines are to be written of a port whose other lines are not known.
 */
export function planWrite(values: OutputValues, { confirm }: WriteOptions, known: KnownOutputs): PlannedWrite[] {
  const keys = keysOf(known.channels);
  for (const name of Object.keys(values)) {
    if (!keys.has(name)) {
      throw new DtolValidationError(
        `Cannot write ${show(name)} as no output is called so: there are ${list(keys.keys())}`,
      );
    }
  }
  const confirmed = new Confirmations(confirm, keys);
  const touched = new Set(Object.keys(values).map((name) => keys.get(name)!.channel));
  return [...touched].map((channel) =>
    channel instanceof DigitalOutputPort
      ? planPort(channel, values, confirmed, known)
      : planVolts(channel as AnalogOutputVoltage, values, confirmed, known.scale!)
  );
}

/** Refuses to drive outputs, whatever with, without the confirmations that they need. */
export function demandConfirmations(what: string, channels: readonly ChannelSpec[], { confirm }: WriteOptions): void {
  const confirmed = new Confirmations(confirm, keysOf(channels));
  for (const channel of channels) {
    if (channel instanceof AnalogOutputVoltage) {
      confirmed.demand(`${what} "${channel.name}"`, channel.requiresConfirm, channel.name);
    }
  }
}

/** A name that can be written, and whose it is. */
interface Key {
  readonly channel: ChannelSpec;
  readonly line: DigitalLine | null;
}

function keysOf(channels: readonly ChannelSpec[]): Map<string, Key> {
  const keys = new Map<string, Key>();
  for (const channel of channels) {
    keys.set(channel.name, { channel, line: null });
    if (!(channel instanceof DigitalOutputPort)) continue;
    for (const line of channel.lines) keys.set(channel.lineKey(line), { channel, line });
  }
  return keys;
}

/** What the caller has confirmed. */
class Confirmations {
  readonly #all: boolean;
  readonly #names: ReadonlySet<string>;

  constructor(confirm: unknown, keys: ReadonlyMap<string, Key>) {
    if (confirm !== undefined && typeof confirm !== "boolean" && !Array.isArray(confirm)) {
      throw invalid("confirm", "true, false or a list of names", confirm);
    }
    this.#all = confirm === true;
    this.#names = new Set(Array.isArray(confirm) ? confirm : []);
    for (const name of this.#names) {
      if (!keys.has(name)) throw invalid("confirm", `names of outputs (${list(keys.keys())})`, name);
    }
  }

  /** Refuses an output that is marked and not confirmed by one of its names. */
  demand(what: string, isMarked: boolean, ...names: readonly string[]): void {
    if (!isMarked || this.#all || names.some((name) => this.#names.has(name))) return;
    throw new DtolConfirmationRequiredError(
      `Cannot ${what} as it is marked requiresConfirm: give confirm: true, or confirm: ["${names[0]}"]`,
    );
  }
}

function planVolts(
  channel: AnalogOutputVoltage,
  values: OutputValues,
  confirmed: Confirmations,
  scale: OutputScale,
): PlannedWrite {
  const { name, physicalChannel, requiresConfirm } = channel;
  const volts = values[name];
  checkVolts(channel, volts);
  confirmed.demand(`write ${volts} V to "${name}"`, requiresConfirm, name);
  const code = outputCode(volts, scale, codeSpanOf(channel, scale));
  return { channel, output: { physicalChannel, code }, values: { [name]: outputVolts(code, scale) } };
}

/** Refuses what is no voltage, or one that the channel may not put out. */
export function checkVolts(channel: AnalogOutputVoltage, volts: unknown): asserts volts is number {
  const { name, minVal, maxVal, safeMin, safeMax } = channel;
  if (typeof volts !== "number" || !Number.isFinite(volts)) {
    throw new DtolValidationError(`Cannot write ${show(volts)} to "${name}": it takes a finite number of volts`);
  }
  if (!channel.inDeviceRange(volts)) {
    throw new DtolValidationError(`Cannot write ${volts} V to "${name}" as its range is ${minVal} to ${maxVal} V`);
  }
  if (!channel.inSafeBand(volts)) {
    throw new DtolValidationError(
      `Cannot write ${volts} V to "${name}" as its safe band is ${safeMin ?? minVal} to ${safeMax ?? maxVal} V`,
    );
  }
}

/** A port and its lines become one value, so that no line moves twice. */
function planPort(
  port: DigitalOutputPort,
  values: OutputValues,
  confirmed: Confirmations,
  { bits, lines: knownLines }: KnownOutputs,
): PlannedWrite {
  const { name, physicalChannel } = port;
  const before = knownLines.get(name);
  const lines = port.lines.filter((line) => Object.hasOwn(values, port.lineKey(line)));
  let code = before;
  if (Object.hasOwn(values, name)) code = wholePort(port, values[name], bits);
  else if (before === undefined) code = allLines(port, lines, bits);
  const shown: [string, number | boolean][] = [];
  for (const line of lines) {
    const on = lineValue(port.lineKey(line), values[port.lineKey(line)]);
    code = withBit(code!, line.bit, on);
    shown.push([port.lineKey(line), on]);
  }
  if (Object.hasOwn(values, name)) shown.unshift([name, code!]);
  demandLines(port, lines, values, confirmed, before, code!);
  return { channel: port, output: { physicalChannel, code: code! }, values: Object.fromEntries(shown) };
}

function wholePort(port: DigitalOutputPort, value: unknown, bits: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new DtolValidationError(
      `Cannot write ${show(value)} to port "${port.name}": it takes a whole number of 0 to ${2 ** bits - 1}`,
    );
  }
  return value;
}

function lineValue(key: string, value: unknown): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw new DtolValidationError(`Cannot write ${show(value)} to line "${key}": it takes true, false, 1 or 0`);
}

/** Without knowing its other lines a port can be written by lines only if all are there. */
function allLines(port: DigitalOutputPort, lines: readonly DigitalLine[], bits: number): number {
  if (lines.length === bits) return 0;
  throw new DtolTaskStateError(
    `Cannot write line "${port.lineKey(lines[0]!)}" alone as nobody knows how the other lines of port "${port.name}" ` +
      "stand, and outputs cannot be read back: write the whole port once, or park() it",
  );
}

/** A line's own mark holds however the line is written: by itself, or by its port. */
function demandLines(
  port: DigitalOutputPort,
  given: readonly DigitalLine[],
  values: OutputValues,
  confirmed: Confirmations,
  before: number | undefined,
  code: number,
): void {
  const { name } = port;
  const isWhole = Object.hasOwn(values, name);
  confirmed.demand(`write port "${name}"`, isWhole && port.requiresConfirm, name);
  for (const line of port.lines) {
    const key = port.lineKey(line);
    if (given.includes(line)) {
      const names = line.requiresConfirm === null ? [key, name] : [key];
      confirmed.demand(`write line "${key}"`, port.lineRequiresConfirm(line), ...names);
    } else if (isWhole && line.requiresConfirm === true) {
      const stays = before !== undefined && bitOf(before, line.bit) === bitOf(code, line.bit);
      confirmed.demand(`change line "${key}" by its port "${name}"`, !stays, key);
    }
  }
}

/** Whether a bit of a port is set; a port may have 32 of them, so no operators of signed numbers. */
export function bitOf(value: number, bit: number): boolean {
  return Math.floor(value / 2 ** bit) % 2 === 1;
}

/** A port's value with one bit set or not. */
export function withBit(value: number, bit: number, on: boolean): number {
  return value + (on ? 1 : 0) * 2 ** bit - (bitOf(value, bit) ? 1 : 0) * 2 ** bit;
}

function list(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}

/**
 * Digital ports, whole and by their lines.
 *
 * @module
 */

import { DtolValidationError } from "../../errors.ts";
import { invalid } from "../fields.ts";
import { flag, listOf, nullable, optional, part, text, whole } from "../field_table.ts";
import { type ChannelFields, channelFields, type ChannelKind, type ChannelOptions, ChannelSpec } from "./base.ts";
import { DigitalLine, type DigitalLineOptions, LINE_FIELDS } from "./digital_line.ts";

/** A digital port: its value is a number with one bit a line. */
export abstract class DigitalPort extends ChannelSpec {
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "digital_input" | "digital_output";
  /** Bits of the port; null is what the board says. Default: null. */
  declare readonly width: number | null;
  /** The lines that are read or written by themselves. Default: none. */
  declare readonly lines: readonly DigitalLine[];

  /**
   * Checks the settings and freezes them.
   *
   * @ignore
   */
  protected constructor(kind: ChannelKind, options: object) {
    super(kind, options);
    const bits = new Set<number>();
    const keys = new Set<string>([this.name]);
    for (const [i, line] of this.lines.entries()) {
      const path = `channel.lines[${i}]`;
      if (this.width !== null && line.bit >= this.width) throw invalid(`${path}.bit`, `below ${this.width}`, line.bit);
      if (bits.has(line.bit)) throw invalid(`${path}.bit`, "a bit that no other line is", line.bit);
      const key = this.lineKey(line);
      if (keys.has(key)) throw invalid(`${path}.name`, "a name that no other line has, nor the port", key);
      bits.add(line.bit);
      keys.add(key);
    }
  }

  /** What a line of the port is called in readings and writes: its name, or `<port>.line<bit>`. */
  lineKey(line: DigitalLine): string {
    return line.name ?? `${this.name}.line${line.bit}`;
  }
}

/** Settings of a port: its lines may be given as their settings. */
export type PortOptions<T extends DigitalPort> = Omit<ChannelOptions<T, "physicalChannel">, "lines"> & {
  /** The lines that are read or written by themselves. Default: none. */
  readonly lines?: readonly (DigitalLine | DigitalLineOptions)[];
};

const portFields = () => ({
  ...channelFields(nullable(text())),
  width: nullable(whole(1, 32)),
  lines: optional(listOf(part(DigitalLine, "line", LINE_FIELDS), "lines"), Object.freeze([])),
});

/** Settings of a {@linkcode DigitalInputPort}. */
export type DigitalInputPortOptions = PortOptions<DigitalInputPort>;

/**
 * A port of digital inputs.
 *
 * @example A door switch on bit 3
 * ```ts
 * import { DigitalInputPort } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const port = new DigitalInputPort({ physicalChannel: 0, name: "in", lines: [{ bit: 3, name: "door" }, { bit: 4 }] });
 * deepEqual(port.lines.map((line) => port.lineKey(line)), ["door", "in.line4"]);
 * ```
 */
export class DigitalInputPort extends DigitalPort {
  /** Kind of channel, as files name it. */
  declare readonly kind: "digital_input_port";
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "digital_input";

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the port number has no default.
   * @throws {DtolValidationError} If a value cannot be right, two lines are one bit or have one name, or a line has what
   * only outputs have.
   */
  constructor(options: DigitalInputPortOptions) {
    super(INPUT_PORT, options);
    for (const [i, line] of this.lines.entries()) {
      for (const key of ["safeValue", "requiresConfirm"] as const) {
        if (line[key] !== null) {
          throw invalid(`channel.lines[${i}].${key}`, "null, as an input writes nothing", line[key]);
        }
      }
    }
  }
}

const INPUT_PORT_FIELDS: ChannelFields<DigitalInputPort> = portFields();

/** The kind `digital_input_port`. */
export const INPUT_PORT: ChannelKind = {
  kind: "digital_input_port",
  subsystemType: "digital_input",
  fields: INPUT_PORT_FIELDS,
};

/** Settings of a {@linkcode DigitalOutputPort}. */
export type DigitalOutputPortOptions = PortOptions<DigitalOutputPort>;

/** A port of digital outputs. */
export class DigitalOutputPort extends DigitalPort {
  /** Kind of channel, as files name it. */
  declare readonly kind: "digital_output_port";
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "digital_output";
  /** What parking writes to the port; null parks only lines that have a safe value of their own. Default: null. */
  declare readonly safeValue: number | null;
  /** Whether a write needs `confirm`; a line may say otherwise for itself. Default: yes. */
  declare readonly requiresConfirm: boolean;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the port number has no default.
   * @throws {DtolValidationError} If a value cannot be right, two lines are one bit or have one name, the safe value has
   * more bits than the port, or a line's is another than the port's.
   */
  constructor(options: DigitalOutputPortOptions) {
    super(OUTPUT_PORT, options);
    const { safeValue, width } = this;
    if (safeValue === null) return;
    if (width !== null && safeValue >= 2 ** width) {
      throw invalid("channel.safeValue", `below ${2 ** width}, as the port has ${width} bits`, safeValue);
    }
    for (const [i, line] of this.lines.entries()) {
      const bit = Math.floor(safeValue / 2 ** line.bit) % 2 === 1;
      if (line.safeValue === null || line.safeValue === bit) continue;
      throw new DtolValidationError(
        `channel.lines[${i}].safeValue must be ${bit} or null as channel.safeValue (${safeValue}) makes bit ` +
          `${line.bit} ${bit}, but it is ${line.safeValue}`,
      );
    }
  }

  /** Whether writing to a line needs `confirm`: as the line says, else as the port does. */
  lineRequiresConfirm(line: DigitalLine): boolean {
    return line.requiresConfirm ?? this.requiresConfirm;
  }
}

const OUTPUT_PORT_FIELDS: ChannelFields<DigitalOutputPort> = {
  ...portFields(),
  safeValue: nullable(whole(0, 0xffffffff)),
  requiresConfirm: optional(flag(), true),
};

/** The kind `digital_output_port`. */
export const OUTPUT_PORT: ChannelKind = {
  kind: "digital_output_port",
  subsystemType: "digital_output",
  fields: OUTPUT_PORT_FIELDS,
};

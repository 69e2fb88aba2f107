/**
 * A line of a digital port.
 *
 * @module
 */

import { type FieldTable, fill, flag, nullable, text, toJson, whole } from "../field_table.ts";

/** Settings of a {@linkcode DigitalLine}. */
export interface DigitalLineOptions {
  /** Bit of the line in its port, from 0. */
  readonly bit: number;
  /** Name in readings and writes. Default: null, the port's name and `.line` and the bit. */
  readonly name?: string | null;
  /** What parking writes to the line of an output; null leaves it to the port. Default: null. */
  readonly safeValue?: boolean | null;
  /** Whether writing to the line of an output needs `confirm`; null is as the port says. Default: null. */
  readonly requiresConfirm?: boolean | null;
}

/** The fields of a {@linkcode DigitalLine}. */
export const LINE_FIELDS: FieldTable = {
  bit: whole(0, 31),
  name: nullable(text()),
  safeValue: nullable(flag()),
  requiresConfirm: nullable(flag()),
};

/** One bit of a digital port, with a name of its own. */
export class DigitalLine {
  /** Bit of the line in its port, from 0. */
  declare readonly bit: number;
  /** Name in readings and writes; null stands for the port's name and `.line` and the bit. */
  declare readonly name: string | null;
  /** What parking writes to the line of an output; null leaves it to the port. */
  declare readonly safeValue: boolean | null;
  /** Whether writing to the line of an output needs `confirm`; null is as the port says. */
  declare readonly requiresConfirm: boolean | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the bit has no default.
   * @throws {DtolValidationError} If a value cannot be right; a bit is 0 to 31.
   */
  constructor(options: DigitalLineOptions) {
    fill(this, LINE_FIELDS, "line", { ...options });
    Object.freeze(this);
  }

  /** The line as JSON, with the keys of the Python library. */
  toJSON(): Record<string, unknown> {
    return toJson(this, LINE_FIELDS);
  }
}

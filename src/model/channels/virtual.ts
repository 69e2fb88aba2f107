/**
 * Channels that are computed from others.
 *
 * @module
 */

import { type Formula, parseFormula } from "../../convert/formula.ts";
import { invalid, type Metadata } from "../fields.ts";
import { at, type FieldTable, fill, metadata, optionsFromJson, text, toJson } from "../field_table.ts";

/** Settings of a {@linkcode VirtualChannel}. */
export interface VirtualChannelOptions {
  /** Name in readings, blocks, files and columns. */
  readonly name: string;
  /** Engineering unit of the values. */
  readonly unit: string;
  /** What it is: `(upper - lower) / 2`. See `parseFormula` for what may be written. */
  readonly formula: string;
  /** Notes that travel with the data. Default: none. */
  readonly metadata?: Metadata;
}

/** The fields of a {@linkcode VirtualChannel}. */
export const VIRTUAL_FIELDS: FieldTable = { name: text(), unit: text(), formula: text(), metadata: metadata() };

/**
 * A channel that is computed from others of its task, and from virtual ones before it.
 *
 * @example Mean of two gages
 * ```ts
 * import { VirtualChannel } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const mean = new VirtualChannel({ name: "mean", unit: "strain", formula: "(left + right) / 2" });
 * deepEqual(mean.channels, ["left", "right"]);
 * ```
 */
export class VirtualChannel {
  /** Name in readings, blocks, files and columns. */
  declare readonly name: string;
  /** Engineering unit of the values. */
  declare readonly unit: string;
  /** What it is, as text. */
  declare readonly formula: string;
  /** Notes that travel with the data. */
  declare readonly metadata: Metadata;
  readonly #parsed: Formula;

  /**
   * Checks the settings, reads the formula, and freezes them.
   *
   * @param options The settings.
   * @throws {DtolValidationError} If a value cannot be right, or the formula is none or names no channel.
   */
  constructor(options: VirtualChannelOptions) {
    fill(this, VIRTUAL_FIELDS, "virtual", { ...options });
    this.#parsed = at("", "virtual.formula: ", () => parseFormula(this.formula));
    if (this.channels.length === 0) throw invalid("virtual.formula", "one that names a channel", this.formula);
    Object.freeze(this);
  }

  /** Names of the channels it is computed from. */
  get channels(): readonly string[] {
    return this.#parsed.names;
  }

  /** The values of many samples; see `Formula.evaluate`. */
  evaluate(rows: ReadonlyMap<string, Float64Array>, out: Float64Array): Int8Array | null {
    return this.#parsed.evaluate(rows, out);
  }

  /** The channel as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, VIRTUAL_FIELDS);
  }

  /**
   * Makes a virtual channel from its JSON.
   *
   * @param value What `toJSON()` gave, after a way through a file.
   * @throws {DtolValidationError} With the path of the field that is wrong.
   */
  static fromJSON(value: unknown): VirtualChannel {
    return new VirtualChannel(optionsFromJson(VIRTUAL_FIELDS, "virtual", value) as unknown as VirtualChannelOptions);
  }
}

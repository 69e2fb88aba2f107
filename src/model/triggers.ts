/**
 * What starts a run, what marks a moment in it, and what starts each scan again.
 *
 * @module
 */

import { type Edge, EDGES, RETRIGGER_MODES, type RetriggerMode } from "./enums.ts";
import { invalid, plainObject } from "./fields.ts";
import {
  at,
  type Field,
  type FieldTable,
  fill,
  finite,
  maybe,
  objectSchema,
  optional,
  optionsFromJson,
  positive,
  toJson,
  whole,
  withoutKind,
  word,
} from "./field_table.ts";

/** What starts a run, or marks a moment in it. Immutable. */
export abstract class TriggerSpec {
  /** Kind of trigger, as files name it. */
  declare readonly kind: "software_start" | "external_digital_start" | "analog_threshold_start" | "sync_bus_start";
  readonly #fields: FieldTable;

  /**
   * Checks the settings by a table, takes them over and freezes them.
   *
   * @ignore
   */
  protected constructor(kind: TriggerSpec["kind"], fields: FieldTable, options: object) {
    this.#fields = fields;
    this.kind = kind;
    fill(this, fields, "trigger", withoutKind("trigger", kind, options));
    Object.freeze(this);
  }

  /** The trigger as JSON, which {@linkcode triggerFromJson} reads back. */
  toJSON(): Record<string, unknown> {
    return { ...toJson(this, this.#fields), kind: this.kind };
  }
}

/** The run starts when the program says so. */
export class SoftwareStart extends TriggerSpec {
  /** Kind of trigger, as files name it. */
  declare readonly kind: "software_start";

  /** Makes the trigger. */
  constructor() {
    super("software_start", {}, {});
  }
}

/** Settings of an {@linkcode ExternalDigitalStart}. */
export interface ExternalDigitalStartOptions {
  /** The edge that counts. Default: `rising`. */
  readonly edge?: Edge;
}

const EXTERNAL_FIELDS: FieldTable = { edge: optional(word(EDGES), "rising") };

/** The run starts at an edge on the board's trigger input. */
export class ExternalDigitalStart extends TriggerSpec {
  /** Kind of trigger, as files name it. */
  declare readonly kind: "external_digital_start";
  /** The edge that counts. */
  declare readonly edge: Edge;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The edge.
   * @throws {DtolValidationError} If it is no edge.
   */
  constructor(options: ExternalDigitalStartOptions = {}) {
    super("external_digital_start", EXTERNAL_FIELDS, options);
  }
}

/** Settings of an {@linkcode AnalogThresholdStart}. */
export interface AnalogThresholdStartOptions {
  /** Number of the input on the board, from 0. */
  readonly channel: number;
  /** Volts at the input. */
  readonly level: number;
  /** Whether the signal rises or falls through the level. Default: `rising`. */
  readonly slope?: Edge;
}

const THRESHOLD_FIELDS: FieldTable = {
  channel: whole(0),
  level: finite(),
  slope: optional(word(EDGES), "rising"),
};

/** The run starts when an input goes through a voltage. */
export class AnalogThresholdStart extends TriggerSpec {
  /** Kind of trigger, as files name it. */
  declare readonly kind: "analog_threshold_start";
  /** Number of the input on the board, from 0. */
  declare readonly channel: number;
  /** Volts at the input. */
  declare readonly level: number;
  /** Whether the signal rises or falls through the level. */
  declare readonly slope: Edge;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Input, level and slope.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: AnalogThresholdStartOptions) {
    super("analog_threshold_start", THRESHOLD_FIELDS, options);
  }
}

/** The run starts with the other boards on the synchronisation bus. */
export class SyncBusStart extends TriggerSpec {
  /** Kind of trigger, as files name it. */
  declare readonly kind: "sync_bus_start";

  /** Makes the trigger. */
  constructor() {
    super("sync_bus_start", {}, {});
  }
}

const KINDS: readonly (readonly [TriggerSpec["kind"], FieldTable, new (options: never) => TriggerSpec])[] = [
  ["software_start", {}, SoftwareStart],
  ["external_digital_start", EXTERNAL_FIELDS, ExternalDigitalStart],
  ["analog_threshold_start", THRESHOLD_FIELDS, AnalogThresholdStart],
  ["sync_bus_start", {}, SyncBusStart],
];

/**
 * Makes a trigger from its JSON.
 *
 * @param value What `toJSON()` gave, after a way through a file.
 * @param path Where it stood, for errors.
 * @throws {DtolValidationError} If the kind or a key is not known, or a value is wrong.
 */
export function triggerFromJson(value: unknown, path = "trigger"): TriggerSpec {
  const { kind, ...rest } = plainObject(path, value);
  const known = KINDS.find(([tag]) => tag === kind);
  if (known === undefined) throw invalid(`${path}.kind`, `one of ${KINDS.map(([tag]) => tag).join(", ")}`, kind);
  const [, fields, Trigger] = known;
  const options = optionsFromJson(fields, path, rest);
  return at("trigger.", `${path}.`, () => new Trigger(options as never));
}

/** A trigger, as a field. */
export function trigger(): Field<TriggerSpec> {
  return {
    check(path, value) {
      if (!(value instanceof TriggerSpec)) throw invalid(path, "a trigger, for example new SoftwareStart()", value);
      return value;
    },
    fromJson: (path, json) => triggerFromJson(json, path),
    toJson: (value) => value.toJSON(),
    schema: { oneOf: KINDS.map(([kind, fields]) => objectSchema(fields, kind)) },
  };
}

/** A trigger in mid-run: only the board notices it, so the program cannot give it. */
function event(): Field<TriggerSpec> {
  const any = trigger();
  return {
    ...any,
    check(path, value) {
      const source = any.check(path, value);
      if (source instanceof SoftwareStart) throw invalid(path, "an event that the board notices", source.kind);
      return source;
    },
    schema: { oneOf: KINDS.slice(1).map(([kind, fields]) => objectSchema(fields, kind)) },
  };
}

/** Settings of a {@linkcode ReferenceTrigger}. */
export interface ReferenceTriggerOptions {
  /** What marks the moment. */
  readonly source: TriggerSpec;
  /** Scans to take after it; 0 for a run that ends at it. */
  readonly postScanCount: number;
}

/** The fields of a {@linkcode ReferenceTrigger}. */
export const REFERENCE_FIELDS: FieldTable = { source: event(), postScanCount: whole(0) };

/** The moment that a run with pre-trigger or about-trigger samples is taken about. */
export class ReferenceTrigger {
  /** What marks the moment. */
  declare readonly source: TriggerSpec;
  /** Scans to take after it; 0 for a run that ends at it. */
  declare readonly postScanCount: number;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Trigger and count.
   * @throws {DtolValidationError} If the source is no trigger of the board, or the count is negative.
   */
  constructor(options: ReferenceTriggerOptions) {
    fill(this, REFERENCE_FIELDS, "referenceTrigger", { ...options });
    Object.freeze(this);
  }

  /** The trigger as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, REFERENCE_FIELDS);
  }

  /** Makes a reference trigger from its JSON. */
  static fromJSON(value: unknown): ReferenceTrigger {
    return new ReferenceTrigger(optionsFromJson(REFERENCE_FIELDS, "referenceTrigger", value) as never);
  }
}

/** Settings of a {@linkcode RetriggerSpec}. */
export interface RetriggerSpecOptions {
  /** What starts each pass through the channel list after the first. Default: `extra`, a trigger of its own. */
  readonly mode?: RetriggerMode;
  /** Passes through the channel list a trigger. Default: 1. */
  readonly multiscanCount?: number;
  /** Triggers per second; with mode `internal`, and only then. */
  readonly frequencyHz?: number;
  /** What triggers; with mode `extra`, and only then. */
  readonly source?: TriggerSpec;
}

/** The fields of a {@linkcode RetriggerSpec}. */
export const RETRIGGER_FIELDS: FieldTable = {
  mode: optional(word(RETRIGGER_MODES), "extra"),
  multiscanCount: optional(whole(1), 1),
  frequencyHz: maybe(positive()),
  source: maybe(event()),
};

/** Triggered scans: the channel list is run through once or several times a trigger, at the rate of the run. */
export class RetriggerSpec {
  /** What starts each pass through the channel list after the first. */
  declare readonly mode: RetriggerMode;
  /** Passes through the channel list a trigger. */
  declare readonly multiscanCount: number;
  /** Triggers per second, with mode `internal`. */
  declare readonly frequencyHz: number | undefined;
  /** What triggers, with mode `extra`. */
  declare readonly source: TriggerSpec | undefined;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Mode, count, and what the mode needs.
   * @throws {DtolValidationError} If a value cannot be right, or the mode lacks its frequency or source or has the
   * other's.
   */
  constructor(options: RetriggerSpecOptions) {
    fill(this, RETRIGGER_FIELDS, "retrigger", { ...options });
    const { mode } = this;
    for (const [key, its] of [["frequencyHz", "internal"], ["source", "extra"]] as const) {
      if (mode === its && this[key] === undefined) {
        throw invalid(`retrigger.${key}`, `given as retrigger.mode is "${mode}"`, undefined);
      }
      if (mode !== its && this[key] !== undefined) {
        throw invalid(`retrigger.${key}`, `left out as retrigger.mode is "${mode}"`, this[key]);
      }
    }
    Object.freeze(this);
  }

  /** The settings as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, RETRIGGER_FIELDS);
  }

  /** Makes the settings from their JSON. */
  static fromJSON(value: unknown): RetriggerSpec {
    return new RetriggerSpec(optionsFromJson(RETRIGGER_FIELDS, "retrigger", value) as never);
  }
}

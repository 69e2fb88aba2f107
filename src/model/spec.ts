/**
 * A whole task: which board, which channels, how fast, how long, into which file.
 *
 * @module
 */

import type { DtolConfig } from "../config.ts";
import {
  channelFromJson,
  channelSchemas,
  ChannelSpec,
  VirtualChannel,
  type VirtualChannelOptions,
} from "./channels.ts";
import { VIRTUAL_FIELDS } from "./channels/virtual.ts";
import { DATA_FLOWS, type DataFlow, type SubsystemType } from "./enums.ts";
import {
  derived,
  type Field,
  type FieldTable,
  fill,
  flag,
  listOf,
  maybe,
  metadata,
  optional,
  optionsFromJson,
  part,
  text,
  toJson,
  whole,
  word,
} from "./field_table.ts";
import { invalid, type Metadata } from "./fields.ts";
import { checkChannels, checkFlow } from "./spec_checks.ts";
import {
  BUFFER_FIELDS,
  BufferPlan,
  type BufferPlanOptions,
  LOGGING_FIELDS,
  RawLogging,
  type RawLoggingOptions,
  Timing,
  TIMING_FIELDS,
  type TimingOptions,
} from "./timing.ts";
import {
  REFERENCE_FIELDS,
  ReferenceTrigger,
  type ReferenceTriggerOptions,
  SoftwareStart,
  trigger,
  type TriggerSpec,
} from "./triggers.ts";

/** Settings of a {@linkcode TaskSpec}. */
export interface TaskSpecOptions {
  /** Name of the task, in blocks and files. Default: `task`. */
  readonly name?: string | undefined;
  /** Board name with its instance, `DT9806(00)`. Default: the first board found. */
  readonly board?: string | undefined;
  /** Element of the subsystem, from 0. Default: 0. */
  readonly element?: number | undefined;
  /** The channels, in scan order. */
  readonly channels: readonly ChannelSpec[];
  /** Channels that are computed from those, and from virtual ones before them. Default: none. */
  readonly virtual?: readonly (VirtualChannel | VirtualChannelOptions)[] | undefined;
  /** Default: `single_value` without timing, `finite` with a sample count, else `continuous`. */
  readonly dataFlow?: DataFlow | undefined;
  /** Rate and length of a clocked run. */
  readonly timing?: Timing | TimingOptions | undefined;
  /** What starts a clocked run. Default: {@linkcode SoftwareStart}. */
  readonly trigger?: TriggerSpec | undefined;
  /** The moment that a run with pre-trigger or about-trigger samples is taken about; with these flows, and only then. */
  readonly referenceTrigger?: ReferenceTrigger | ReferenceTriggerOptions | undefined;
  /** Buffers of a clocked run. Default: a plan for the rate. */
  readonly buffers?: BufferPlan | BufferPlanOptions | undefined;
  /** The raw file of a recording. */
  readonly logging?: RawLogging | RawLoggingOptions | undefined;
  /** Whether the board stops the run at an error. Default: yes. */
  readonly stopOnError?: boolean | undefined;
  /** Notes that travel with the data. */
  readonly metadata?: Metadata | undefined;
}

/** A channel of any kind, as a field. */
function channel(): Field<ChannelSpec> {
  return {
    check(path, value) {
      if (!(value instanceof ChannelSpec)) throw invalid(path, "a channel, for example an AnalogInputVoltage", value);
      return value;
    },
    fromJson: (path, json) => channelFromJson(json, path),
    toJson: (value) => value.toJSON(),
    schema: { oneOf: Object.values(channelSchemas()) },
  };
}

/** The fields of a {@linkcode TaskSpec}. */
export const SPEC_FIELDS: FieldTable = {
  name: optional(text(), "task"),
  board: maybe(text()),
  element: optional(whole(0), 0),
  channels: listOf(channel(), "channels", 1),
  virtual: optional(listOf(part(VirtualChannel, "virtual", VIRTUAL_FIELDS), "channels"), Object.freeze([])),
  dataFlow: derived(word(DATA_FLOWS), impliedFlow),
  timing: maybe(part(Timing, "timing", TIMING_FIELDS)),
  trigger: optional(trigger(), new SoftwareStart()),
  referenceTrigger: maybe(part(ReferenceTrigger, "referenceTrigger", REFERENCE_FIELDS)),
  buffers: derived(maybe(part(BufferPlan, "buffers", BUFFER_FIELDS)), impliedBuffers),
  logging: maybe(part(RawLogging, "logging", LOGGING_FIELDS)),
  stopOnError: optional(flag(), true),
  metadata: metadata(),
};

/**
 * Everything there is to say about a task before a board is touched. Immutable, checked in full when it is made, and
 * whole again after a way through JSON.
 *
 * @example From options to JSON and back
 * ```ts
 * import { AnalogInputVoltage, TaskSpec } from "@dtollib/dtollib";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const spec = new TaskSpec({
 *   board: "DT9806(00)",
 *   channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
 *   virtual: [{ name: "mean", unit: "V", formula: "(ch0 + ch1) / 2" }],
 *   timing: { rateHz: 1000 },
 * });
 * equal(spec.dataFlow, "continuous");
 * deepEqual(TaskSpec.fromJSON(JSON.parse(JSON.stringify(spec))), spec);
 * ```
 */
export class TaskSpec {
  /** Name of the task. */
  declare readonly name: string;
  /** Board name, if one was given. */
  declare readonly board: string | undefined;
  /** Element of the subsystem. */
  declare readonly element: number;
  /** The channels, in scan order. */
  declare readonly channels: readonly ChannelSpec[];
  /** Channels that are computed from those, and from virtual ones before them. */
  declare readonly virtual: readonly VirtualChannel[];
  /** How data leave the subsystem. */
  declare readonly dataFlow: DataFlow;
  /** Rate and length of a clocked run. */
  declare readonly timing: Timing | undefined;
  /** What starts a clocked run. */
  declare readonly trigger: TriggerSpec;
  /** The moment that a run with pre-trigger or about-trigger samples is taken about. */
  declare readonly referenceTrigger: ReferenceTrigger | undefined;
  /** Buffers of a clocked run. */
  declare readonly buffers: BufferPlan | undefined;
  /** The raw file of a recording. */
  declare readonly logging: RawLogging | undefined;
  /** Whether the board stops the run at an error. */
  declare readonly stopOnError: boolean;
  /** Notes that travel with the data. */
  declare readonly metadata: Metadata;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channels have no default.
   * @param config Where the default of the buffers comes from.
   * @throws {DtolValidationError} If something is missing, wrong, doubled, or does not go together.
   */
  constructor(options: TaskSpecOptions, config?: DtolConfig) {
    fill(this, SPEC_FIELDS, "spec", { ...options });
    if (config !== undefined && this.timing !== undefined && options.buffers === undefined) {
      Object.assign(this, { buffers: config.bufferPlan(this.timing.rateHz) });
    }
    checkChannels(this);
    checkFlow(this);
    Object.freeze(this);
  }

  /** The subsystem that the channels belong to. */
  get subsystemType(): SubsystemType {
    return this.channels[0]!.subsystemType;
  }

  /** Whether the run is paced by the board's clock. */
  get isClocked(): boolean {
    return this.dataFlow !== "single_value";
  }

  /** The spec as JSON, every key there. */
  toJSON(): Record<string, unknown> {
    return toJson(this, SPEC_FIELDS);
  }

  /**
   * Makes a spec from its JSON.
   *
   * @param value What `toJSON()` gave, after a way through a file.
   * @param config Where the default of the buffers comes from.
   * @throws {DtolValidationError} With the path of the field that is wrong.
   */
  static fromJSON(value: unknown, config?: DtolConfig): TaskSpec {
    return new TaskSpec(optionsFromJson(SPEC_FIELDS, "spec", value) as never, config);
  }
}

function impliedFlow({ timing }: TaskSpec): DataFlow {
  if (timing === undefined) return "single_value";
  return timing.samplesPerChannel === undefined ? "continuous" : "finite";
}

function impliedBuffers({ timing }: TaskSpec): BufferPlan | undefined {
  if (timing === undefined) return undefined;
  const { rateHz, retrigger } = timing;
  if (retrigger === undefined) return BufferPlan.forRate(rateHz);
  const { multiscanCount: burst, frequencyHz } = retrigger; // a block is whole bursts, so that none straddles two
  return BufferPlan.forRate(frequencyHz === undefined ? rateHz : frequencyHz * burst, burst);
}

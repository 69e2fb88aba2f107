/**
 * A whole task: which board, which channels, how fast, how long, into which file.
 *
 * @module
 */

import { channelFromJson, type ChannelSpec } from "./channels.ts";
import { DATA_FLOWS, type DataFlow, type SubsystemType } from "./enums.ts";
import { invalid, knownKeys, type Metadata, metadataOf, nonEmptyText, oneOf, wholeNumber } from "./fields.ts";
import {
  BufferPlan,
  type BufferPlanOptions,
  RawLogging,
  type RawLoggingOptions,
  Timing,
  type TimingOptions,
} from "./timing.ts";
import { DtolValidationError } from "../errors.ts";

/** Settings of a {@linkcode TaskSpec}. */
export interface TaskSpecOptions {
  /** Name of the task, in blocks and files. Default: `task`. */
  readonly name?: string;
  /** Board name with its instance, `DT9806(00)`. Default: the first board found. */
  readonly board?: string;
  /** Element of the subsystem, from 0. Default: 0. */
  readonly element?: number;
  /** The channels, in scan order. */
  readonly channels: readonly ChannelSpec[];
  /** Default: `single_value` without timing, `finite` with a sample count, else `continuous`. */
  readonly dataFlow?: DataFlow;
  /** Rate and length of a clocked run. */
  readonly timing?: Timing | TimingOptions;
  /** Buffers of a clocked run. Default: a plan for the rate. */
  readonly buffers?: BufferPlan | BufferPlanOptions;
  /** The raw file of a recording. */
  readonly logging?: RawLogging | RawLoggingOptions;
  /** Notes that travel with the data. */
  readonly metadata?: Metadata;
}

const SPEC_KEYS = ["name", "board", "element", "channels", "data_flow", "timing", "buffers", "logging", "metadata"];

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
 *   timing: { rateHz: 1000 },
 * });
 * equal(spec.dataFlow, "continuous");
 * deepEqual(TaskSpec.fromJSON(JSON.parse(JSON.stringify(spec))), spec);
 * ```
 */
export class TaskSpec {
  /** Name of the task. */
  readonly name: string;
  /** Board name, if one was given. */
  readonly board: string | undefined;
  /** Element of the subsystem. */
  readonly element: number;
  /** The channels, in scan order. */
  readonly channels: readonly ChannelSpec[];
  /** How data leave the subsystem. */
  readonly dataFlow: DataFlow;
  /** Rate and length of a clocked run. */
  readonly timing: Timing | undefined;
  /** Buffers of a clocked run. */
  readonly buffers: BufferPlan | undefined;
  /** The raw file of a recording. */
  readonly logging: RawLogging | undefined;
  /** Notes that travel with the data. */
  readonly metadata: Metadata;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the channels have no default.
   * @throws {DtolValidationError} If something is missing, wrong, doubled, or does not go together.
   */
  constructor(options: TaskSpecOptions) {
    const { timing, buffers, logging } = options;
    this.name = nonEmptyText("spec.name", options.name ?? "task");
    this.board = options.board === undefined ? undefined : nonEmptyText("spec.board", options.board);
    this.element = wholeNumber("spec.element", options.element ?? 0, 0);
    if (!Array.isArray(options.channels)) throw invalid("spec.channels", "a list of channels", options.channels);
    this.channels = Object.freeze([...options.channels]);
    this.timing = timing === undefined || timing instanceof Timing ? timing : new Timing(timing);
    this.dataFlow = oneOf("spec.dataFlow", options.dataFlow ?? impliedFlow(this.timing), DATA_FLOWS);
    const plan = buffers ?? (this.timing && BufferPlan.forRate(this.timing.rateHz));
    this.buffers = plan === undefined || plan instanceof BufferPlan ? plan : new BufferPlan(plan);
    this.logging = logging === undefined || logging instanceof RawLogging ? logging : new RawLogging(logging);
    this.metadata = metadataOf("spec.metadata", options.metadata);
    checkChannels(this.channels);
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
    return {
      name: this.name,
      board: this.board ?? null,
      element: this.element,
      channels: this.channels.map((channel) => channel.toJSON()),
      data_flow: this.dataFlow,
      timing: this.timing?.toJSON() ?? null,
      buffers: this.buffers?.toJSON() ?? null,
      logging: this.logging?.toJSON() ?? null,
      metadata: { ...this.metadata },
    };
  }

  /**
   * Makes a spec from its JSON.
   *
   * @param value What `toJSON()` gave, after a way through a file.
   * @throws {DtolValidationError} With the path of the field that is wrong.
   */
  static fromJSON(value: unknown): TaskSpec {
    const json = knownKeys("spec", value, SPEC_KEYS);
    if (!Array.isArray(json["channels"])) throw invalid("spec.channels", "a list of channels", json["channels"]);
    const channels = json["channels"].map((channel, i) => channelFromJson(channel, `spec.channels[${i}]`));
    const given = (key: string) => json[key] ?? undefined;
    const part = <T>(key: string, read: (value: unknown) => T) =>
      given(key) === undefined ? {} : { [key]: read(given(key)) };
    return new TaskSpec({
      channels,
      ...part("name", (name) => name as string),
      ...part("board", (board) => board as string),
      ...part("element", (element) => element as number),
      ...(given("data_flow") === undefined ? {} : { dataFlow: given("data_flow") as DataFlow }),
      ...part("timing", Timing.fromJSON),
      ...part("buffers", BufferPlan.fromJSON),
      ...part("logging", RawLogging.fromJSON),
      ...part("metadata", (metadata) => metadata as Metadata),
    });
  }
}

function impliedFlow(timing: Timing | undefined): DataFlow {
  if (timing === undefined) return "single_value";
  return timing.samplesPerChannel === undefined ? "continuous" : "finite";
}

function checkChannels(channels: readonly ChannelSpec[]): void {
  if (channels.length === 0) {
    throw new DtolValidationError("spec.channels must name at least one channel, but it is empty");
  }
  const names = new Set<string>();
  const inputs = new Set<number>();
  for (const [i, channel] of channels.entries()) {
    const path = `spec.channels[${i}]`;
    if (channel.subsystemType !== channels[0]!.subsystemType) {
      throw invalid(`${path}.kind`, `of one subsystem with ${channels[0]!.kind}`, channel.kind);
    }
    if (names.has(channel.name)) throw invalid(`${path}.name`, "a name that no other channel has", channel.name);
    if (inputs.has(channel.physicalChannel)) {
      throw invalid(`${path}.physicalChannel`, "an input that no other channel reads", channel.physicalChannel);
    }
    names.add(channel.name);
    inputs.add(channel.physicalChannel);
  }
}

function checkFlow(spec: TaskSpec): void {
  const { dataFlow, timing, buffers, logging } = spec;
  if (dataFlow === "single_value") {
    for (const [key, part] of Object.entries({ timing, buffers, logging })) {
      if (part !== undefined) {
        throw new DtolValidationError(
          `spec.${key} has no meaning as spec.dataFlow is "single_value": leave one of them out`,
        );
      }
    }
    return;
  }
  if (timing === undefined) throw invalid("spec.timing", `given as spec.dataFlow is "${dataFlow}"`, null);
  if (dataFlow === "finite" && timing.samplesPerChannel === undefined) {
    throw invalid("spec.timing.samplesPerChannel", `given as spec.dataFlow is "finite"`, null);
  }
  if (dataFlow !== "finite" && timing.samplesPerChannel !== undefined) {
    throw invalid(
      "spec.timing.samplesPerChannel",
      `left out as spec.dataFlow is "${dataFlow}"`,
      timing.samplesPerChannel,
    );
  }
}

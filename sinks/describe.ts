/**
 * What a file says about itself: the task, its clock, its channels and what turns their codes into values.
 *
 * @module
 */

import { isoUtc } from "../src/clock.ts";
import type { DaqBlock } from "../src/model/block.ts";
import type { Metadata } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { TaskSpec } from "../src/model/spec.ts";
import { channelsToJson } from "../src/raw/channel_json.ts";
import { anchorFields } from "../src/raw/encode.ts";
import { VERSION } from "../src/version.ts";

/** The task whose records a sink takes, or the tasks, as of the devices of a manager. */
export type SinkSpec = TaskSpec | readonly TaskSpec[];

/** The tasks of a sink, one by one. */
export function specsOf(spec: SinkSpec | undefined): readonly TaskSpec[] {
  return spec === undefined ? [] : spec instanceof TaskSpec ? [spec] : spec;
}

/** What a sink may know when it describes its file; the more, the better. */
export interface Described {
  /** Notes that the caller gave to the sink. */
  readonly metadata?: Metadata | undefined;
  /** The task, or the tasks. */
  readonly spec?: SinkSpec | undefined;
  /** Any record of the file, best the first. */
  readonly record?: DaqBlock | DaqReading | undefined;
}

/** A description as JSON: the keys of the `.dt-raw` file header. */
export type Description = Record<string, unknown>;

/** Describes a file. Every sink stores this the way its format does. */
export function describe({ metadata = {}, spec, record }: Described): Description {
  const block = record !== undefined && "channels" in record ? record : undefined;
  const specs = specsOf(spec);
  if (specs.length > 1) return { ...describeSeveral(specs), metadata, versions: { library: VERSION } };
  const [only] = specs;
  return {
    task: record?.task ?? only?.name ?? null,
    device: record?.device ?? only?.board ?? null,
    ...channelsOf(only, record),
    ...(block === undefined ? {} : clockOf(block)),
    metadata,
    task_metadata: record?.metadata ?? only?.metadata ?? {},
    task_spec: only?.toJSON() ?? null,
    versions: { library: VERSION },
  };
}

/** Several tasks in one file: each channel says whose it is. */
function describeSeveral(specs: readonly TaskSpec[]): Description {
  const channelsOfOne = (spec: TaskSpec) =>
    listed(spec).map((channel) => ({ ...channel, task: spec.name, device: spec.board ?? null }));
  return {
    ...{ task: null, device: null, channels: specs.flatMap(channelsOfOne), task_metadata: {} },
    task_spec: specs.map((spec) => spec.toJSON()),
  };
}

function channelsOf(spec: TaskSpec | undefined, record: Described["record"]): Description {
  if (record !== undefined && "channels" in record) return channelsToJson(record.channels);
  if (spec !== undefined) return { channels: listed(spec) };
  return { channels: Object.entries(record?.units ?? {}).map(([name, unit]) => ({ name, unit })) };
}

function listed({ channels }: TaskSpec): Description[] {
  return channels.map(({ name, unit, physicalChannel, metadata }) => ({
    name,
    unit,
    physical_channel: physicalChannel,
    metadata,
  }));
}

function clockOf(block: DaqBlock): Description {
  const { anchor } = block.axis;
  return {
    sample_rate_hz: block.sampleRateHz,
    block_period_ns: block.blockPeriodNs,
    task_started_at: isoUtc(block.taskStartedAt.epochNanoseconds),
    ...anchorFields(anchor),
  };
}

/** Remembers the tasks of blocks, so that each is described once, also when the blocks of several take turns. */
export class KnownTasks {
  readonly #names = new WeakMap<DaqBlock["channels"], Set<string>>();

  /** Whether a block is the first of its task, or of other channels; the next one is not. */
  isNew({ channels, device, task }: DaqBlock): boolean {
    let names = this.#names.get(channels);
    if (names === undefined) this.#names.set(channels, names = new Set());
    const { size } = names;
    return names.add(JSON.stringify([device, task])).size > size;
  }
}

/**
 * What a file says about itself: the task, its clock, its channels and what turns their codes into values.
 *
 * @module
 */

import { isoUtc } from "../src/clock.ts";
import type { DaqBlock } from "../src/model/block.ts";
import type { Metadata } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import type { TaskSpec } from "../src/model/spec.ts";
import { channelsToJson } from "../src/raw/channel_json.ts";
import { VERSION } from "../src/version.ts";

/** What a sink may know when it describes its file; the more, the better. */
export interface Described {
  /** Notes that the caller gave to the sink. */
  readonly metadata?: Metadata | undefined;
  /** The task. */
  readonly spec?: TaskSpec | undefined;
  /** Any record of the file, best the first. */
  readonly record?: DaqBlock | DaqReading | undefined;
}

/** A description as JSON: the keys of the `.dt-raw` file header. */
export type Description = Record<string, unknown>;

/** Describes a file. Every sink stores this the way its format does. */
export function describe({ metadata = {}, spec, record }: Described): Description {
  const block = record !== undefined && "channels" in record ? record : undefined;
  return {
    task: record?.task ?? spec?.name ?? null,
    device: record?.device ?? spec?.board ?? null,
    ...channelsOf(spec, record),
    ...(block === undefined ? {} : clockOf(block)),
    metadata,
    task_metadata: record?.metadata ?? spec?.metadata ?? {},
    task_spec: spec?.toJSON() ?? null,
    versions: { library: VERSION },
  };
}

function channelsOf(spec: TaskSpec | undefined, record: Described["record"]): Description {
  if (record !== undefined && "channels" in record) return channelsToJson(record.channels);
  if (spec !== undefined) {
    return {
      channels: spec.channels.map(({ name, unit, physicalChannel, metadata }) => ({
        name,
        unit,
        physical_channel: physicalChannel,
        metadata,
      })),
    };
  }
  return { channels: Object.entries(record?.units ?? {}).map(([name, unit]) => ({ name, unit })) };
}

function clockOf(block: DaqBlock): Description {
  const { anchor } = block.axis;
  return {
    sample_rate_hz: block.sampleRateHz,
    block_period_ns: block.blockPeriodNs,
    task_started_at: isoUtc(block.taskStartedAt.epochNanoseconds),
    clock_hz: anchor.clockHz,
    ticks_per_sample: anchor.ticksPerSample,
    sample_index: anchor.index,
    t_mono_ns: `${anchor.monoNs}`,
    t_utc: isoUtc(anchor.utcNs),
  };
}

/**
 * A reading out of codes: the same road as a stream's samples, one sample long.
 *
 * @module
 */

import type { ClockReading } from "../clock.ts";
import type { Codes } from "../convert/codes.ts";
import { convertBlock } from "../convert/sensor.ts";
import type { BlockChannel } from "../model/block.ts";
import { DigitalPort } from "../model/channels.ts";
import { SENSOR_STATUSES, type SensorStatus } from "../model/enums.ts";
import type { Metadata } from "../model/fields.ts";
import type { DaqReading } from "../model/reading.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { DtolError } from "../errors.ts";

/** Makes a reading of one code a channel, or of one value. */
export function readingOf(
  device: string,
  spec: TaskSpec,
  channels: readonly BlockChannel[],
  codes: Codes | Float64Array<ArrayBuffer>,
  before: ClockReading,
  after: ClockReading,
): DaqReading {
  const { data, status } = convertBlock(channels, codes, 1);
  const asked = new Set([...spec.channels, ...spec.virtual].map(({ name }) => name)); // and not what only they needed
  const shown = channels.filter(({ name }) => asked.has(name));
  const ports = portsOf(spec);
  const values = channels.flatMap(({ name }, i): [string, number | boolean][] => {
    if (!asked.has(name)) return [];
    const port = ports.get(name);
    return port === undefined ? [[name, data[i]!]] : portValues(port, data[i]!);
  });
  const faults = [...status].flatMap(([name, mask]): [string, SensorStatus][] =>
    asked.has(name) ? [[name, SENSOR_STATUSES[mask[0]!]!]] : []
  );
  return {
    ...emptyReading(device, spec, shown, before, after),
    values: Object.fromEntries(values),
    sensorStatus: Object.fromEntries(faults),
  };
}

function portsOf(spec: TaskSpec): ReadonlyMap<string, DigitalPort> {
  return new Map(spec.channels.flatMap((one) => one instanceof DigitalPort ? [[one.name, one]] : []));
}

/** The bits of a port as a number (all 32 of them may be set), then its lines. */
function portValues(port: DigitalPort, code: number): [string, number | boolean][] {
  const bits = code >>> 0;
  return [
    [port.name, bits],
    ...port.lines.map((line): [string, boolean] => [port.lineKey(line), (bits >>> line.bit & 1) === 1]),
  ];
}

/** A reading that stands for an error: no values. */
export function errorReading(device: string, spec: TaskSpec, at: ClockReading, error: DtolError): DaqReading {
  return { ...emptyReading(device, spec, [...spec.channels, ...spec.virtual], at, at), error };
}

function emptyReading(
  device: string,
  spec: TaskSpec,
  channels: readonly Pick<BlockChannel, "name" | "unit">[],
  before: ClockReading,
  after: ClockReading,
): DaqReading {
  const ports = portsOf(spec);
  return {
    device,
    task: spec.name,
    values: {},
    units: Object.fromEntries(channels.flatMap(({ name, unit }) => [[name, unit], ...linesOf(ports.get(name))])),
    requestedAt: new Temporal.Instant(before.utcNs),
    receivedAt: new Temporal.Instant(after.utcNs),
    tUtc: new Temporal.Instant((before.utcNs + after.utcNs) / 2n),
    tMonoNs: before.monoNs,
    tMidpointMonoNs: (before.monoNs + after.monoNs) / 2n,
    latencyS: Number(after.monoNs - before.monoNs) / 1e9,
    sensorStatus: {},
    metadata: notesOf(spec),
    error: null,
  };
}

const NOTES = new WeakMap<TaskSpec, Metadata>();

/** The notes of a task, and those of its channels as `<channel>.<key>`: the same object for all readings of the task. */
function notesOf(spec: TaskSpec): Metadata {
  let notes = NOTES.get(spec);
  if (notes === undefined) {
    const ofChannels = [...spec.channels, ...spec.virtual].flatMap(({ name, metadata }) =>
      Object.entries(metadata).map(([key, value]) => [`${name}.${key}`, value] as const)
    );
    NOTES.set(spec, notes = Object.freeze({ ...Object.fromEntries(ofChannels), ...spec.metadata }));
  }
  return notes;
}

/** Lines have a name and no unit. */
function linesOf(port: DigitalPort | undefined): [string, null][] {
  return port === undefined ? [] : port.lines.map((line) => [port.lineKey(line), null]);
}

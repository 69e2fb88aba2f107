/**
 * The channels of a file as JSON: all that turns their codes into values, by the keys of the `.dt-raw` header, which the
 * sinks' files have, too.
 *
 * @module
 */

import type { Scaling } from "../convert/scaling.ts";
import type { Sensor } from "../convert/sensor.ts";
import { DtolValidationError } from "../errors.ts";
import { virtualChannel } from "../model/block.ts";
import { VirtualChannel } from "../model/channels.ts";
import { ENCODINGS } from "../model/enums.ts";
import { sensorFromJson } from "../model/sensor.ts";
import type { RawChannel } from "./format.ts";
import { countOf, flatOf, FormatError, type Json, numberOf, objectOf, textOf } from "./json.ts";

/** What a header says of its channels, for `JSON.stringify`: those with codes, and those that are computed from them. */
export function channelsToJson(channels: readonly RawChannel[]): Record<string, unknown> {
  const coded = channels.filter(({ computation }) => computation == null);
  return {
    channels: coded.map(channelFields),
    ...(coded.length === channels.length ? {} : {
      virtual_channels: channels.flatMap(({ computation }) => computation ?? []),
    }),
  };
}

function channelFields(channel: RawChannel): Record<string, unknown> {
  const { scaling } = channel;
  return {
    name: channel.name,
    unit: channel.unit,
    physical_channel: channel.physicalChannel,
    low_volts: scaling?.lowVolts ?? null,
    high_volts: scaling?.highVolts ?? null,
    gain: scaling?.gain ?? null,
    bits: scaling?.bits ?? null,
    encoding: scaling?.encoding ?? null,
    ...(channel.channelType === undefined ? {} : { channel_type: channel.channelType }),
    metadata: channel.metadata,
    ...(channel.sensor == null ? {} : { sensor: channel.sensor }),
  };
}

/**
 * The channels that a header lists, computed ones last.
 *
 * @throws {FormatError} If it lists none, or one without a name, or one whose sensor or formula cannot be understood:
 * its values would be wrong without a sign of it.
 */
export function channelsFromJson(json: Json): readonly RawChannel[] {
  const list = json["channels"];
  if (!Array.isArray(list) || list.length === 0) throw new FormatError("it lists no channels");
  const count = json["n_channels"] ?? list.length;
  if (count !== list.length) throw new FormatError(`it lists ${list.length} channels, but its n_channels is ${count}`);
  const coded = list.map((entry: unknown, i): RawChannel => {
    const channel = objectOf(entry);
    const name = textOf(channel?.["name"]);
    if (channel === null || name === null) throw new FormatError(`its channel ${i} has no name`);
    return Object.freeze({
      name,
      unit: textOf(channel["unit"]),
      physicalChannel: countOf(channel, "physical_channel", i),
      scaling: scalingOf(channel),
      ...sensorIn(channel["sensor"], name),
      channelType: textOf(channel["channel_type"]),
      metadata: flatOf(channel["metadata"]),
    });
  });
  const channels = Object.freeze([...coded, ...virtualIn(json["virtual_channels"])]);
  checkColdJunctions(channels);
  return channels;
}

function sensorIn(value: unknown, name: string): { readonly sensor?: Sensor | null } {
  if (value === undefined || value === null) return {};
  return { sensor: understood(`the sensor of its channel "${name}"`, () => sensorFromJson(value)) };
}

function virtualIn(value: unknown): RawChannel[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new FormatError("its virtual_channels are no list");
  return value.map((json: unknown, i) =>
    virtualChannel(understood(`its virtual channel ${i}`, () => VirtualChannel.fromJSON(json)))
  );
}

function understood<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DtolValidationError)) throw error;
    throw new FormatError(`${what} cannot be understood: ${error.message}`);
  }
}

function checkColdJunctions(channels: readonly RawChannel[]): void {
  for (const { name, sensor } of channels) {
    const input = sensor?.coldJunction ?? null;
    if (input === null || channels.some(({ physicalChannel }) => physicalChannel === input)) continue;
    throw new FormatError(`its channel "${name}" has its cold junction on input ${input}, which it does not list`);
  }
}

/** The scaling of a channel, if everything is there that volts take. */
function scalingOf(channel: Json): Scaling | null {
  const [lowVolts, highVolts, gain, bits] = ["low_volts", "high_volts", "gain", "bits"].map((k) =>
    numberOf(channel[k])
  );
  const encoding = ENCODINGS.find((word) => word === channel["encoding"]);
  if (lowVolts == null || highVolts == null || gain == null || bits == null || encoding === undefined) return null;
  if (lowVolts >= highVolts || gain <= 0 || !Number.isInteger(bits) || bits < 2 || bits > 32) return null;
  return Object.freeze({ lowVolts, highVolts, gain, bits, encoding });
}

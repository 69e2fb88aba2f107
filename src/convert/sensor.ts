/**
 * From the codes of a block to its values: volts first, then what each channel's sensor makes of them, then what is
 * computed from other channels.
 *
 * @module
 */

import type { Codes } from "./codes.ts";
import { codesToVolts, type Scaling } from "./scaling.ts";
import { readSentinels } from "./sentinels.ts";
import { STATUS } from "./status.ts";
import { cjcVoltsToDegC } from "./temperature.ts";

/** What stands between the volts of a channel, or what a board made of them, and its engineering unit. */
export interface Sensor {
  /** Input that shows the temperature of the cold junction, sample by sample; null when none is needed. */
  readonly coldJunction: number | null;
  /**
   * Turns volts into the unit, in place. What has no value becomes NaN with a status.
   *
   * @param values One value a sample.
   * @param coldJunctionDegC One temperature a sample, where `coldJunction` asks for it.
   * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
   */
  convert(values: Float64Array, coldJunctionDegC: Float64Array | null): Int8Array | null;
  /** The sensor as JSON, for file headers. */
  toJSON(): Record<string, unknown>;
}

/** A rule by which a channel's values are computed from those of others, as a `VirtualChannel` has it. */
export interface Computation {
  /** Names of the channels that it takes. */
  readonly channels: readonly string[];
  /**
   * Computes the values of all samples. What has no value becomes NaN with a status.
   *
   * @param rows Values of the channels by their names, one a sample.
   * @param out Receives one value a sample.
   * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
   */
  evaluate(rows: ReadonlyMap<string, Float64Array>, out: Float64Array): Int8Array | null;
  /** The rule as JSON, for file headers. */
  toJSON(): Record<string, unknown>;
}

/** What the conversion must know of a channel. */
export interface ConvertedChannel {
  /** Name, which the statuses and the formulas go by. */
  readonly name: string;
  /** Input on the board. */
  readonly physicalChannel: number;
  /** Codes to volts; null when codes are values. */
  readonly scaling: Scaling | null;
  /** Volts to the unit; none when the volts are the values. */
  readonly sensor?: Sensor | null;
  /** In place of codes, for a channel that is computed. Such channels stand behind all others. */
  readonly computation?: Computation | null;
}

/** Values of a block, channel-major, with the statuses of channels that have a sample which is not `ok`. */
export interface ConvertedBlock {
  /** One value a channel and sample. */
  readonly data: Float64Array<ArrayBuffer>;
  /** One status a sample, by channel name. */
  readonly status: Map<string, Int8Array>;
}

/** Channels that have codes; the others are computed. */
export function codedChannels(channels: readonly ConvertedChannel[]): number {
  const first = channels.findIndex(({ computation }) => computation != null);
  return first < 0 ? channels.length : first;
}

/**
 * Converts the codes of a block.
 *
 * @param channels The channels, computed ones last.
 * @param codes Codes of those without, channel-major; or their values, where they have no scaling.
 * @param n Samples of each channel.
 */
export function convertBlock(
  channels: readonly ConvertedChannel[],
  codes: Codes | Float64Array<ArrayBuffer>,
  n: number,
): ConvertedBlock {
  const data = new Float64Array(channels.length * n);
  const status = new Map<string, Int8Array>();
  const row = (i: number) => data.subarray(i * n, (i + 1) * n);
  const coded = codedChannels(channels);
  for (let i = 0; i < coded; i++) toVolts(channels[i]!, codes.subarray(i * n, (i + 1) * n) as Codes, row(i), status);
  const cold = coldJunctions(channels, row); // before any volts become something else
  for (let i = 0; i < coded; i++) {
    const { name, sensor } = channels[i]!;
    if (sensor == null) continue;
    const mask = sensor.convert(row(i), sensor.coldJunction === null ? null : cold.get(sensor.coldJunction)!);
    if (mask !== null) status.set(name, merged(status.get(name), mask));
  }
  if (coded < channels.length) compute(channels, coded, row, status);
  return { data, status };
}

function toVolts(
  { name, scaling }: ConvertedChannel,
  codes: Codes,
  volts: Float64Array,
  status: Map<string, Int8Array>,
): void {
  if (scaling !== null && !(codes instanceof Float32Array)) return codesToVolts(codes, volts, scaling);
  volts.set(codes);
  const mask = codes instanceof Float32Array ? readSentinels(volts) : null;
  if (mask !== null) status.set(name, mask);
}

/** Temperatures of the cold junctions that sensors ask for, out of the volts of the inputs that show them. */
function coldJunctions(
  channels: readonly ConvertedChannel[],
  volts: (i: number) => Float64Array,
): ReadonlyMap<number, Float64Array> {
  const found = new Map<number, Float64Array>();
  for (const { sensor } of channels) {
    const input = sensor?.coldJunction ?? null;
    if (input === null || found.has(input)) continue;
    const source = volts(channels.findIndex(({ physicalChannel }) => physicalChannel === input));
    const degC = new Float64Array(source.length);
    cjcVoltsToDegC(source, degC);
    found.set(input, degC);
  }
  return found;
}

/** What a board says of a sample goes before what its conversion finds. */
function merged(first: Int8Array | undefined, second: Int8Array): Int8Array {
  if (first !== undefined) {
    for (let k = 0; k < second.length; k++) {
      if (first[k] !== STATUS.ok) second[k] = first[k]!;
    }
  }
  return second;
}

/** A computed value that is none has the status of the first channel behind it that has one. */
function compute(
  channels: readonly ConvertedChannel[],
  coded: number,
  row: (i: number) => Float64Array,
  status: Map<string, Int8Array>,
): void {
  const rows = new Map(channels.slice(0, coded).map(({ name }, i) => [name, row(i)]));
  for (let i = coded; i < channels.length; i++) {
    const { name, computation } = channels[i]!;
    const mask = computation!.evaluate(rows, row(i));
    rows.set(name, row(i)); // a formula may take another's value
    if (mask === null) continue;
    const behind = computation!.channels.flatMap((source) => status.get(source) ?? []);
    for (let k = 0; k < mask.length; k++) {
      if (mask[k] !== STATUS.ok) mask[k] = behind.find((one) => one[k] !== STATUS.ok)?.[k] ?? mask[k]!;
    }
    status.set(name, mask);
  }
}

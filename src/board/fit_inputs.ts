/**
 * Whether a board has the analog inputs that a task asks for, and how their list is made.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import {
  AnalogInput,
  AnalogInputVoltage,
  BridgedInput,
  ColdJunctionInput,
  IepeInput,
  ResistanceInput,
  RtdInput,
  SensorInput,
  ThermistorInput,
  ThermocoupleInput,
  type VoltRange,
} from "../model/channels.ts";
import type { ChannelType, Encoding } from "../model/enums.ts";
import { sensorOf } from "../model/sensor.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { ListEntry } from "./backend.ts";
import { BOARD_SENSORS, type BoardSensor, type Capabilities } from "./capabilities.ts";
import type { ChannelFit, ScanPick } from "./fit.ts";

/** Whether the board gives what the channel's sensor measures, and not its volts. */
export function givesMeasured(channel: AnalogInput, can: Capabilities): boolean {
  if (can.returnsFloats !== true) return false;
  if (channel instanceof ThermocoupleInput || channel instanceof ColdJunctionInput) return can.linearises === true;
  return can.multiSensor === true && hasSensor(channel, can);
}

/** Checks the inputs of a task and makes their list. */
export function fitInputs(spec: TaskSpec, board: string, can: Capabilities): ChannelFit {
  const channels = spec.channels.filter((channel) => channel instanceof AnalogInput);
  const channelType = checkWiring(channels, board, can);
  checkGains(channels, board, can);
  for (const channel of channels) checkSettings(channel, board, can);
  checkBridgeSupply(channels, board, can);
  checkDigitalOutput(spec, channels, board, can);
  const interleavedCjc = spec.isClocked && interleaves(channels, board, can);
  const listed = interleavedCjc ? channels.filter((one) => !(one instanceof ColdJunctionInput)) : channels;
  if (spec.isClocked) checkColdJunctions(channels, board, can);
  if (can.listDepth !== null && listed.length > can.listDepth) {
    throw new DtolValidationError(`"${board}" scans at most ${can.listDepth} channels, but ${listed.length} are given`);
  }
  return {
    channelType,
    range: rangeFor(channels, board, can),
    encoding: encodingFor(channels, board, can),
    list: listed.map(entryOf),
    interleavedCjc,
    pick: interleavedCjc ? pickFor(channels, listed) : null,
    polled: [...channels.map(entryOf), ...missingColdJunctions(channels, can).map(entryOf)],
  };
}

function entryOf(channel: AnalogInput): ListEntry {
  return { physicalChannel: channel.physicalChannel, gain: channel.gain, channel };
}

function checkWiring(channels: readonly AnalogInput[], board: string, can: Capabilities): ChannelType {
  const { channelType } = channels[0]!;
  if (can.linearises !== true) checkOneSensor(channels, board);
  if (channelType === "pseudo_differential") {
    throw new DtolCapabilityError(`"${board}" has no pseudo-differential wiring: single_ended and differential exist`);
  }
  const inputs = channelType === "differential" ? can.differentialChannels : can.singleEndedChannels;
  for (const channel of channels) {
    if (channel.channelType !== channelType) {
      throw new DtolValidationError(
        `"${board}" wires all channels alike, but "${channel.name}" is ${channel.channelType} and ` +
          `"${channels[0]!.name}" is ${channelType}`,
      );
    }
    if (inputs !== null && channel.physicalChannel >= inputs) {
      throw new DtolValidationError(
        `Channel "${channel.name}" is input ${channel.physicalChannel}, but "${board}" has ` +
          (inputs === 0 ? `none that is ${channelType}` : `0 to ${inputs - 1} when ${channelType}`),
      );
    }
  }
  return channelType;
}

/** An input that shows the cold junction's temperature shows nothing else. */
function checkOneSensor(channels: readonly AnalogInput[], board: string): void {
  for (const cold of channels) {
    if (!(cold instanceof ColdJunctionInput)) continue;
    const other = channels.find((one) => one !== cold && one.physicalChannel === cold.physicalChannel);
    if (other === undefined || other instanceof AnalogInputVoltage) continue;
    throw new DtolValidationError(
      `Channels "${cold.name}" and "${other.name}" are both input ${cold.physicalChannel} of "${board}", which cannot be a ` +
        `cold junction and a ${other.kind} at once`,
    );
  }
}

function checkGains(channels: readonly AnalogInput[], board: string, can: Capabilities): void {
  for (const { name, gain } of channels) {
    if (can.gains !== null && !can.gains.includes(gain)) {
      throw new DtolValidationError(
        `Channel "${name}" has gain ${gain}, but "${board}" offers ${can.gains.join(", ") || "none"}`,
      );
    }
  }
}

function hasRange(ranges: readonly VoltRange[], lowVolts: number, highVolts: number): boolean {
  return ranges.some(({ low, high }) => low === lowVolts && high === highVolts);
}

/** One range for all; where the board measures by itself the range is its own. */
function rangeFor(channels: readonly AnalogInput[], board: string, can: Capabilities): VoltRange | null {
  const asking = channels.filter((channel) => !givesMeasured(channel, can));
  const [first] = asking;
  if (first === undefined) return can.ranges?.[0] ?? null;
  const { low, high } = first.boardRange;
  for (const { name, boardRange } of asking) {
    if (boardRange.low !== low || boardRange.high !== high) {
      throw new DtolValidationError(
        `"${board}" has one range for all channels, but "${name}" asks for ${boardRange.low} to ${boardRange.high} V ` +
          `and "${first.name}" for ${low} to ${high} V`,
      );
    }
  }
  if (can.ranges !== null && !hasRange(can.ranges, low, high)) {
    const offered = can.ranges.map((range) => `${range.low} to ${range.high} V`).join(", ");
    throw new DtolValidationError(
      `Channel "${first.name}" asks for ${low} to ${high} V, but "${board}" offers ${offered}`,
    );
  }
  return { low, high };
}

/** Offset binary is another word for binary on a range that has two signs. */
function encodingFor(channels: readonly AnalogInput[], board: string, can: Capabilities): Encoding | null {
  const asked = channels.filter(({ encoding }) => encoding !== null);
  if (asked.length === 0) return null;
  const words = asked.map(({ encoding }) => encoding === "offset_binary" ? "binary" : encoding!);
  const [wanted] = words;
  for (const [i, word] of words.entries()) {
    if (word !== wanted) {
      throw new DtolValidationError(
        `"${board}" has one encoding for all channels, but "${asked[i]!.name}" asks for ${word} and ` +
          `"${asked[0]!.name}" for ${wanted}`,
      );
    }
    if (can.encodings !== null && !can.encodings.includes(word)) {
      throw new DtolCapabilityError(
        `Channel "${asked[i]!.name}" asks for ${word} codes, but "${board}" offers ${
          can.encodings.join(", ") || "none"
        }`,
      );
    }
  }
  return wanted!;
}

/** What a channel says of filter, coupling, supply and sensor: the board must have it, or the channel must do without. */
function checkSettings(channel: AnalogInput, board: string, can: Capabilities): void {
  const { name, filter, coupling } = channel;
  if (filter !== null && filter !== "none") {
    throw new DtolCapabilityError(
      `Channel "${name}" asks for a ${filter} filter, but "${board}" has none of a kind: leave filter out`,
    );
  }
  if (coupling !== null && !(channel instanceof IepeInput) && can.couplings[coupling] === false && coupling === "ac") {
    throw new DtolCapabilityError(`Channel "${name}" asks for ${coupling} coupling, which "${board}" does not have`);
  }
  const fed = channel instanceof RtdInput || channel instanceof ThermistorInput || channel instanceof ResistanceInput ||
    channel instanceof IepeInput || channel instanceof BridgedInput;
  if (fed && channel.excitationSource !== "external" && !hasSensor(channel, can)) {
    throw new DtolCapabilityError(
      `Channel "${name}" is a ${channel.kind} with ${channel.excitationSource} excitation, but "${board}" feeds no such ` +
        `sensor: feed it from outside, and say so with excitationSource "external"`,
    );
  }
  if (fed && !(channel instanceof BridgedInput) && channel.excitationSource === "internal") {
    checkCurrent(name, channel.excitationCurrentA, board, can);
  }
  if (givesMeasured(channel, can)) checkMeasured(channel, board, can);
  sensorOf(channel, givesMeasured(channel, can)); // throws where it lacks a number
}

/** Where the board measures by itself, what a channel says of volts and cold junctions would be passed over. */
function checkMeasured(channel: AnalogInput, board: string, can: Capabilities): void {
  if (channel instanceof ThermocoupleInput) {
    const { name, cjcSource, cjcChannel, cjcTemperature } = channel;
    if (cjcSource !== "internal" || (cjcChannel ?? 0) !== 0 || cjcTemperature !== null) {
      throw new DtolCapabilityError(
        `Channel "${name}" says where its cold junction is, but "${board}" takes the one at its own terminals into ` +
          "account: leave out cjcSource, cjcChannel and cjcTemperature",
      );
    }
  }
  if (!(channel instanceof SensorInput)) return;
  const { name, minVolts: low, maxVolts: high } = channel;
  if ((low === -10 && high === 10) || can.ranges === null || hasRange(can.ranges, low, high)) return;
  throw new DtolCapabilityError(
    `Channel "${name}" asks for ${low} to ${high} V, but "${board}" measures a ${channel.kind} in a range of its own: ` +
      "leave out minVolts and maxVolts",
  );
}

function checkCurrent(name: string, amps: number | null, board: string, can: Capabilities): void {
  const { excitationCurrentsA } = can;
  if (
    amps === null || excitationCurrentsA === null || excitationCurrentsA.length === 0 ||
    excitationCurrentsA.includes(amps)
  ) return;
  throw new DtolValidationError(
    `Channel "${name}" asks for ${amps} A of excitation, but "${board}" gives ${excitationCurrentsA.join(" or ")} A`,
  );
}

/** Lines that follow the channel list follow it in streams alone. */
function checkDigitalOutput(
  { isClocked }: TaskSpec,
  channels: readonly AnalogInput[],
  board: string,
  can: Capabilities,
): void {
  for (const { name, digitalOutput } of channels) {
    if (digitalOutput === null) continue;
    if (!isClocked || can.synchronousDigital === false) {
      throw new DtolCapabilityError(
        `Channel "${name}" has a digitalOutput, but ` +
          (isClocked
            ? `"${board}" has no digital lines that follow its scan`
            : "only the scan of a clocked task drives lines"),
      );
    }
    if (can.maxDigitalListValue !== null && digitalOutput > can.maxDigitalListValue) {
      throw new DtolValidationError(
        `Channel "${name}" has digitalOutput ${digitalOutput}, but "${board}" takes 0 to ${can.maxDigitalListValue}`,
      );
    }
  }
}

/** The board feeds all bridges alike. */
function checkBridgeSupply(channels: readonly AnalogInput[], board: string, can: Capabilities): void {
  const fed = channels.filter((channel) =>
    channel instanceof BridgedInput && hasSensor(channel, can)
  ) as BridgedInput[];
  const { least, most } = can.bridgeVolts;
  for (const { name, excitationSource, excitationVoltage: volts } of fed) {
    const { name: first, excitationSource: source, excitationVoltage } = fed[0]!;
    if (source !== excitationSource || excitationVoltage !== volts) {
      throw new DtolValidationError(
        `"${board}" feeds all bridges alike, but "${name}" asks for ${volts} V ${excitationSource} and "${first}" for ` +
          `${excitationVoltage} V ${source}`,
      );
    }
    if (excitationSource === "internal" && ((least !== null && volts < least) || (most !== null && volts > most))) {
      throw new DtolValidationError(
        `Channel "${name}" asks for ${volts} V of excitation, but "${board}" gives ${least ?? "?"} to ${most ?? "?"} V`,
      );
    }
  }
}

function hasSensor(channel: AnalogInput, can: Capabilities): boolean {
  const sensor = BOARD_SENSORS.find((one) => one === channel.kind) as BoardSensor | undefined;
  return sensor !== undefined && can.sensors[sensor] === true;
}

function interleaves(channels: readonly AnalogInput[], board: string, can: Capabilities): boolean {
  const cold = channels.find((channel) => channel instanceof ColdJunctionInput);
  if (cold === undefined || can.linearises !== true) return false;
  if (can.interleavedCjc !== false) return true;
  throw new DtolCapabilityError(
    `Cannot stream channel "${cold.name}" as "${board}" keeps the temperature of its cold junctions to itself`,
  );
}

/** In a stream a thermocouple's cold junction must be taken along; a board that linearises needs none. */
function checkColdJunctions(channels: readonly AnalogInput[], board: string, can: Capabilities): void {
  const [missing] = missingColdJunctions(channels, can);
  if (missing !== undefined) {
    const input = missing.physicalChannel;
    const needing = channels.find((one) => one instanceof ThermocoupleInput && one.coldJunctionChannel === input)!;
    throw new DtolValidationError(
      `Channel "${needing.name}" of "${board}" has its cold junction on input ${input}, which the scan does not read: ` +
        `add new ColdJunctionInput({ physicalChannel: ${input} }), or give a cjcTemperature`,
    );
  }
  for (const channel of channels) {
    if (!(channel instanceof ColdJunctionInput) || can.linearises !== true) continue;
    if (channels.some((one) => one !== channel && one.physicalChannel === channel.physicalChannel)) continue;
    throw new DtolValidationError(
      `Channel "${channel.name}" is the cold junction of input ${channel.physicalChannel} of "${board}", which the scan ` +
        "does not read: add that input",
    );
  }
}

/** Inputs that thermocouples need beside those of the task. */
function missingColdJunctions(channels: readonly AnalogInput[], can: Capabilities): ColdJunctionInput[] {
  const needed = new Set<number>();
  for (const channel of channels) {
    if (!(channel instanceof ThermocoupleInput) || givesMeasured(channel, can)) continue;
    const input = channel.coldJunctionChannel;
    const shows = (one: AnalogInput) => one instanceof ColdJunctionInput || one instanceof AnalogInputVoltage;
    if (input !== null && !channels.some((one) => one.physicalChannel === input && shows(one))) needed.add(input);
  }
  const { channelType } = channels[0]!;
  return [...needed].map((physicalChannel) => {
    let name = `cold junction on input ${physicalChannel}`;
    while (channels.some((one) => one.name === name)) name += "'"; // it goes by its name, and is nobody else
    return new ColdJunctionInput({ physicalChannel, channelType, name });
  });
}

/** A scan is pairs of a value and the temperature of its cold junction. */
function pickFor(channels: readonly AnalogInput[], listed: readonly AnalogInput[]): ScanPick {
  const places = channels.map((channel) => {
    const pair = listed.findIndex(({ physicalChannel }) => physicalChannel === channel.physicalChannel);
    return channel instanceof ColdJunctionInput ? 2 * pair + 1 : 2 * pair;
  });
  return { stride: 2 * listed.length, places };
}

/**
 * Whether a board has the analog outputs that a task asks for, and which range they get.
 *
 * A task's `minVal` and `maxVal` are limits of the user's; the scale of the codes is the board's range.
 *
 * @module
 */

import { codeSpanOf } from "../convert/output_codes.ts";
import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import { AnalogOutputVoltage, type VoltRange } from "../model/channels.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ChannelFit } from "./fit.ts";

/** Checks the outputs of a task and makes their list. */
export function fitOutputs(spec: TaskSpec, board: string, can: Capabilities): ChannelFit {
  const channels = spec.channels.filter((channel) => channel instanceof AnalogOutputVoltage);
  if (can.currentOutputs === true) {
    throw new DtolCapabilityError(
      `Cannot use channel "${channels[0]!.name}" of "${board}" as its outputs are currents: ao_voltage is for volts`,
    );
  }
  for (const { name, physicalChannel, gain } of channels) {
    if (can.channels !== null && physicalChannel >= can.channels) {
      throw new DtolValidationError(
        `Channel "${name}" is output ${physicalChannel}, but "${board}" has 0 to ${can.channels - 1}`,
      );
    }
    if (gain !== 1) {
      throw new DtolValidationError(
        `Channel "${name}" has gain ${gain}, but outputs of "${board}" have none: it must be 1`,
      );
    }
  }
  if (spec.isClocked) checkStream(spec, channels.length, board, can);
  const range = rangeFor(channels, board, can);
  const { bits } = can;
  if (range !== null && bits !== null) {
    for (const channel of channels) checkOutputRange(channel, board, { range, bits });
  }
  const list = channels.map((channel) => ({ physicalChannel: channel.physicalChannel, gain: 1, channel }));
  return { channelType: null, range, encoding: null, list, interleavedCjc: false, pick: null, polled: list };
}

/** Checks a channel's limits against a range; also once more when the board has said what range it really set. */
export function checkOutputRange(
  channel: AnalogOutputVoltage,
  board: string,
  { range, bits }: { readonly range: VoltRange; readonly bits: number },
): void {
  const { name, minVal, maxVal } = channel;
  if (minVal < range.low || maxVal > range.high) {
    throw new DtolValidationError(
      `Channel "${name}" asks for ${minVal} to ${maxVal} V, but "${board}" puts out ${range.low} to ${range.high} V`,
    );
  }
  const { least, most } = codeSpanOf(channel, { ...range, bits, encoding: "binary" });
  if (least > most) {
    throw new DtolValidationError(
      `Channel "${name}" has a safe band that "${board}" cannot meet: none of its steps of ` +
        `${(range.high - range.low) / 2 ** bits} V lies inside`,
    );
  }
}

/** The smallest range that has room for what every channel asks for; null where the board lists none, or does not say. */
function rangeFor(channels: readonly AnalogOutputVoltage[], board: string, can: Capabilities): VoltRange | null {
  if (can.ranges === null || can.ranges.length === 0) return null; // the board's own is read back, and checked then
  const low = Math.min(...channels.map(({ minVal }) => minVal));
  const high = Math.max(...channels.map(({ maxVal }) => maxVal));
  const fitting = can.ranges.filter((range) => range.low <= low && range.high >= high);
  const [smallest] = fitting.sort((a, b) => (a.high - a.low) - (b.high - b.low));
  if (smallest !== undefined) return smallest;
  const widest = channels.find(({ minVal }) => minVal === low)!;
  const highest = channels.find(({ maxVal }) => maxVal === high)!;
  const who = widest === highest
    ? `Channel "${widest.name}" asks`
    : `Channels "${widest.name}" and "${highest.name}" ask`;
  const offered = can.ranges.map((range) => `${range.low} to ${range.high} V`).join(", ");
  throw new DtolValidationError(`${who} for ${low} to ${high} V, but "${board}" offers ${offered}`);
}

function checkStream({ dataFlow, buffers }: TaskSpec, outputs: number, board: string, can: Capabilities): void {
  if (buffers?.wrapMode === "single" && can.waveform === false) {
    throw new DtolCapabilityError(`Cannot repeat a waveform on "${board}" as its outputs cannot repeat a buffer`);
  }
  if (dataFlow !== "continuous") {
    throw new DtolCapabilityError(
      `Cannot play "${dataFlow}" on "${board}": a waveform is as long as its source, so spec.dataFlow must be "continuous"`,
    );
  }
  if (can.listDepth !== null && outputs > can.listDepth) {
    throw new DtolValidationError(`"${board}" plays at most ${can.listDepth} channels, but ${outputs} are given`);
  }
}

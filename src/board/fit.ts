/**
 * Whether a board can do what a spec asks for, found out before anything is set: what was given, what is allowed, which
 * channel. Never a clamp.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import { AnalogInputVoltage } from "../model/channels.ts";
import type { ChannelType } from "../model/enums.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { Capabilities, SubsystemSettings } from "./backend.ts";

/**
 * Checks a spec against a board and turns it into settings.
 *
 * @param spec The task.
 * @param board Board name, for errors.
 * @param can What the subsystem can do.
 * @throws {DtolCapabilityError} If the board lacks what the task needs.
 * @throws {DtolValidationError} If a value is outside what the board takes.
 */
export function settingsFor(spec: TaskSpec, board: string, can: Capabilities): SubsystemSettings {
  checkFlow(spec, board, can);
  const channels = spec.channels.map((channel) => {
    if (!(channel instanceof AnalogInputVoltage)) {
      throw new DtolCapabilityError(
        `Cannot read channel "${channel.name}" of "${board}": ${channel.kind} is not known here`,
      );
    }
    return channel;
  });
  const { channelType } = channels[0]!;
  checkWiring(channels, board, can, channelType);
  checkGains(channels, board, can);
  return {
    dataFlow: spec.dataFlow,
    channelType,
    range: rangeFor(channels, board, can),
    list: channels.map(({ physicalChannel, gain }) => ({ physicalChannel, gain })),
    clockHz: clockFor(spec, board, can),
    wrapMode: spec.buffers?.wrapMode ?? "multiple",
  };
}

function checkFlow({ dataFlow }: TaskSpec, board: string, can: Capabilities): void {
  if (dataFlow === "single_value" && !can.singleValue) {
    throw new DtolCapabilityError(`Cannot read single values of "${board}" as its subsystem does not support them`);
  }
  if ((dataFlow === "continuous" || dataFlow === "finite") && !can.continuous) {
    throw new DtolCapabilityError(
      `Cannot record from "${board}" as its subsystem does not support continuous transfer`,
    );
  }
  if (dataFlow === "continuous_pretrigger" || dataFlow === "continuous_about_trigger") {
    throw new DtolCapabilityError(
      `Cannot run "${dataFlow}" on "${board}": no board offers it through this library yet`,
    );
  }
}

function checkWiring(
  channels: readonly AnalogInputVoltage[],
  board: string,
  can: Capabilities,
  channelType: ChannelType,
): void {
  if (channels.length > can.listDepth) {
    throw new DtolValidationError(
      `"${board}" scans at most ${can.listDepth} channels, but ${channels.length} are given`,
    );
  }
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
    if (channel.physicalChannel >= inputs) {
      throw new DtolValidationError(
        `Channel "${channel.name}" is input ${channel.physicalChannel}, but "${board}" has ` +
          (inputs === 0 ? `none that is ${channelType}` : `0 to ${inputs - 1} when ${channelType}`),
      );
    }
  }
}

function checkGains(channels: readonly AnalogInputVoltage[], board: string, can: Capabilities): void {
  for (const { name, gain } of channels) {
    if (!can.gains.includes(gain)) {
      throw new DtolValidationError(
        `Channel "${name}" has gain ${gain}, but "${board}" offers ${can.gains.join(", ")}`,
      );
    }
  }
}

function rangeFor(
  channels: readonly AnalogInputVoltage[],
  board: string,
  can: Capabilities,
): { low: number; high: number } {
  const { minVal: low, maxVal: high } = channels[0]!;
  for (const channel of channels) {
    if (channel.minVal !== low || channel.maxVal !== high) {
      throw new DtolValidationError(
        `"${board}" has one range for all channels, but "${channel.name}" asks for ${channel.minVal} to ` +
          `${channel.maxVal} V and "${channels[0]!.name}" for ${low} to ${high} V`,
      );
    }
  }
  if (!can.ranges.some((range) => range.low === low && range.high === high)) {
    const offered = can.ranges.map((range) => `${range.low} to ${range.high} V`).join(", ");
    throw new DtolValidationError(
      `Channel "${channels[0]!.name}" asks for ${low} to ${high} V, but "${board}" offers ${offered}`,
    );
  }
  return { low, high };
}

/** The board's clock for a rate per channel: on boards that sample in turn it ticks once for every channel. */
function clockFor(spec: TaskSpec, board: string, can: Capabilities): number | null {
  if (spec.timing === undefined) return null;
  const ticks = ticksPerSample(can, spec.channels.length);
  const clockHz = spec.timing.rateHz * ticks;
  const { maxClockHz, minClockHz } = can;
  if ((maxClockHz !== null && clockHz > maxClockHz) || (minClockHz !== null && clockHz < minClockHz)) {
    const limit = (hz: number | null) => hz === null ? "?" : String(hz / ticks);
    throw new DtolValidationError(
      `timing.rateHz is ${spec.timing.rateHz} Hz per channel, but "${board}" takes ${spec.channels.length} channels at ` +
        `${limit(minClockHz)} to ${limit(maxClockHz)} Hz each`,
    );
  }
  return clockHz;
}

/** Ticks of the board's clock from one sample of a channel to its next. */
export function ticksPerSample(can: Capabilities, channels: number): number {
  return can.simultaneous ? 1 : channels;
}

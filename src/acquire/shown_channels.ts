/**
 * The channels of a task as blocks and readings carry them: with what turns their codes into their units.
 *
 * @module
 */

import type { AppliedSettings, ListEntry } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import { givesMeasured } from "../board/fit_inputs.ts";
import { type BlockChannel, virtualChannel } from "../model/block.ts";
import { AnalogInput, type VirtualChannel } from "../model/channels.ts";
import { sensorOf } from "../model/sensor.ts";

/**
 * Shows places of a list, and the channels that are computed from them, which come last.
 *
 * @param places The places, with what is wired to them.
 * @param virtual What is computed.
 * @param applied What the board made of the settings.
 * @param can What the board can do: one that linearises gives degrees, others volts.
 */
export function shownChannels(
  places: readonly ListEntry[],
  virtual: readonly VirtualChannel[],
  applied: AppliedSettings,
  can: Capabilities,
): readonly BlockChannel[] {
  return [...places.map((place) => shown(place, applied, can)), ...virtual.map(virtualChannel)];
}

function shown({ channel, gain }: ListEntry, applied: AppliedSettings, can: Capabilities): BlockChannel {
  const { range, bits, encoding } = applied;
  const { name, unit, physicalChannel, metadata } = channel!;
  return {
    ...{ name, unit, physicalChannel, metadata },
    scaling: range === null ? null : { lowVolts: range.low, highVolts: range.high, gain, bits, encoding },
    sensor: channel instanceof AnalogInput ? sensorOf(channel, givesMeasured(channel, can)) : null,
  };
}

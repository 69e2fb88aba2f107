/**
 * Setting the analog inputs of a real board. The order of the calls is the one that was seen to work: each setter is
 * judged against those before it.
 *
 * @module
 */

import { OL_CHNT, OL_CLK, OL_DF, OL_ENC, OL_WRP } from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import { DtolCapabilityError } from "../errors.ts";
import { AnalogInput } from "../model/channels.ts";
import type { ChannelType, WrapMode } from "../model/enums.ts";
import type { ClockSettings, ListEntry, SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import { setSensors } from "./dataacq_sensors.ts";
import { flowCode, setTriggers } from "./dataacq_triggers.ts";

/** Sets everything up to the first `olDaConfig`. */
export function setInputs(sdk: OpenLayers, h: Hdass, settings: SubsystemSettings, can: Capabilities): void {
  const { clock, range, channelType, encoding } = settings;
  sdk.olDaSetDataFlow(h, clock === null ? OL_DF.OL_DF_SINGLEVALUE : flowCode(settings.dataFlow));
  if (channelType !== null) sdk.olDaSetChannelType(h, wiringCode(channelType));
  if (range !== null) sdk.olDaSetRange(h, range.high, range.low);
  if (encoding !== null) {
    sdk.olDaSetEncoding(h, encoding === "twos_complement" ? OL_ENC.OL_ENC_2SCOMP : OL_ENC.OL_ENC_BINARY);
  }
  setSensors(sdk, h, settings, can);
  if (clock !== null) setClocked(sdk, h, settings, clock, can);
  else if (can.simultaneousRead === true) setList(sdk, h, settings.list); // what a reading of all at once takes
}

/** Sets clock, buffers, triggers and list of a run. */
export function setClocked(
  sdk: OpenLayers,
  h: Hdass,
  settings: SubsystemSettings,
  clock: ClockSettings,
  can: Capabilities,
): void {
  sdk.olDaSetWrapMode(h, WRAP_CODES[settings.wrapMode]);
  sdk.olDaSetClockSource(h, clock.source === "external" ? OL_CLK.OL_CLK_EXTERNAL : OL_CLK.OL_CLK_INTERNAL);
  if (clock.source === "external") sdk.olDaSetExternalClockDivider(h, clock.divider!);
  else sdk.olDaSetClockFrequency(h, clock.hz);
  setTriggers(sdk, h, settings);
  sdk.olDaSetDmaUsage(h, Math.min(1, can.dmaChannels ?? 0)); // also 0: runs without are not known
  setList(sdk, h, settings.list);
  setDigitalList(sdk, h, settings.list);
}

/** Digital lines that follow the list: where a place says nothing they are 0. */
function setDigitalList(sdk: OpenLayers, h: Hdass, list: readonly ListEntry[]): void {
  const values = list.map(({ channel }) => channel instanceof AnalogInput ? channel.digitalOutput : null);
  if (values.every((value) => value === null)) return;
  sdk.olDaSetSynchronousDigitalIOUsage(h, true);
  for (const [place, value] of values.entries()) sdk.olDaSetDigitalIOListEntry(h, place, value ?? 0);
}

function setList(sdk: OpenLayers, h: Hdass, list: readonly ListEntry[]): void {
  sdk.olDaSetChannelListSize(h, list.length);
  for (const [place, { physicalChannel, gain, channel }] of list.entries()) {
    sdk.olDaSetChannelListEntry(h, place, physicalChannel);
    if (channel?.subsystemType !== "analog_output") sdk.olDaSetGainListEntry(h, place, gain); // outputs have none
  }
}

const WRAP_CODES: Readonly<Record<WrapMode, number>> = {
  none: OL_WRP.OL_WRP_NONE,
  single: OL_WRP.OL_WRP_SINGLE,
  multiple: OL_WRP.OL_WRP_MULTIPLE,
};

function wiringCode(channelType: ChannelType): number {
  if (channelType === "differential") return OL_CHNT.OL_CHNT_DIFFERENTIAL;
  if (channelType === "single_ended") return OL_CHNT.OL_CHNT_SINGLEENDED;
  throw new DtolCapabilityError(`The SDK knows no wiring called "${channelType}"`);
}

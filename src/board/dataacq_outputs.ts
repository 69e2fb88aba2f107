/**
 * Outputs and digital ports of a real board: setting them, writing to them, and parking what must not stay driven.
 *
 * @module
 */

import { OL_DF, OL_OUTPUT } from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import type { OutputValue, SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import { setClocked } from "./dataacq_inputs.ts";

/** Sets an analog output up to the first `olDaConfig`. */
export function setOutputs(sdk: OpenLayers, h: Hdass, settings: SubsystemSettings, can: Capabilities): void {
  const { range, clock } = settings;
  sdk.olDaSetDataFlow(h, clock === null ? OL_DF.OL_DF_SINGLEVALUE : OL_DF.OL_DF_CONTINUOUS);
  if (range !== null && !hasRange(sdk, h, range)) sdk.olDaSetRange(h, range.high, range.low);
  if (clock !== null) setClocked(sdk, h, settings, clock, can);
  else if (can.simultaneousWrite === true) listAll(sdk, h, can.channels ?? 1 + highestOf(settings));
}

/** Sets a digital port: it has nothing but a direction. */
export function setPorts(sdk: OpenLayers, h: Hdass): void {
  sdk.olDaSetDataFlow(h, OL_DF.OL_DF_SINGLEVALUE);
}

/** Writes one value, or several at the same moment; the board must be able to. */
export async function putValues(sdk: OpenLayers, h: Hdass, values: readonly OutputValue[]): Promise<void> {
  const { olDaPutSingleValue, olDaPutSingleValues } = sdk.nonblocking;
  if (values.length === 1) return await olDaPutSingleValue(h, values[0]!.code, values[0]!.physicalChannel, 1);
  const codes = new Int32Array(sdk.olDaGetChannelListSize(h)).fill(OL_OUTPUT.DONT_UPDATE);
  for (const { physicalChannel, code } of values) codes[physicalChannel] = code;
  await olDaPutSingleValues(h, codes, 1);
}

/** {@linkcode putValues} for a process that dies: no call is left undone as the one before it failed. */
export function parkValues(sdk: OpenLayers, h: Hdass, values: readonly OutputValue[]): void {
  const errors: unknown[] = [];
  const attempt = (call: () => void) => {
    try {
      call();
    } catch (error) {
      errors.push(error);
    }
  };
  attempt(() => {
    if (sdk.olDaIsRunning(h)) sdk.olDaAbort(h);
  });
  attempt(() => {
    if (sdk.olDaGetDataFlow(h) === OL_DF.OL_DF_SINGLEVALUE) return;
    sdk.olDaSetDataFlow(h, OL_DF.OL_DF_SINGLEVALUE);
    sdk.olDaConfig(h);
  });
  for (const { physicalChannel, code } of values) attempt(() => sdk.olDaPutSingleValue(h, code, physicalChannel, 1));
  if (errors.length > 0) throw errors[0];
}

/** A board that has one range may refuse to be told so. */
function hasRange(sdk: OpenLayers, h: Hdass, { low, high }: { low: number; high: number }): boolean {
  const [highest, lowest] = sdk.olDaGetRange(h);
  return highest === high && lowest === low;
}

function highestOf({ list }: SubsystemSettings): number {
  return Math.max(...list.map(({ physicalChannel }) => physicalChannel));
}

/** All outputs in their order, so that a place in the list is the number of the output. */
function listAll(sdk: OpenLayers, h: Hdass, outputs: number): void {
  sdk.olDaSetChannelListSize(h, outputs);
  for (let output = 0; output < outputs; output++) sdk.olDaSetChannelListEntry(h, output, output);
}

/**
 * Setting the triggers of a real board: what starts a run, what starts each pass through the list again, and what a run is
 * taken about.
 *
 * @module
 */

import { OL_DF, OL_RETRIGGER, OL_TRG } from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import type { DataFlow, RetriggerMode } from "../model/enums.ts";
import {
  AnalogThresholdStart,
  type ExternalDigitalStart,
  type ReferenceTrigger,
  type RetriggerSpec,
  type TriggerSpec,
} from "../model/triggers.ts";
import type { SubsystemSettings } from "./backend.ts";

/** The SDK's data flow of a clocked run: samples up to a trigger have one of their own, those about one a trigger. */
export function flowCode(dataFlow: DataFlow): number {
  return dataFlow === "continuous_pretrigger" ? OL_DF.OL_DF_CONTINUOUS_PRETRIG : OL_DF.OL_DF_CONTINUOUS;
}

/** Sets all triggers of a clocked run, in the SDK's order. */
export function setTriggers(sdk: OpenLayers, h: Hdass, settings: SubsystemSettings): void {
  const { trigger, retrigger, referenceTrigger, dataFlow } = settings;
  sdk.olDaSetTrigger(h, sourceCode(trigger));
  setThreshold(sdk, h, trigger);
  if (retrigger !== null) setRetrigger(sdk, h, retrigger);
  if (referenceTrigger === null) return;
  if (dataFlow === "continuous_pretrigger") {
    sdk.olDaSetPretriggerSource(h, sourceCode(referenceTrigger.source));
    setThreshold(sdk, h, referenceTrigger.source);
  } else {
    setReference(sdk, h, referenceTrigger);
  }
}

/** The external input has two names: its rising edge, and the first extra trigger, which is its falling edge. */
function sourceCode(trigger: TriggerSpec): number {
  switch (trigger.kind) {
    case "software_start":
      return OL_TRG.OL_TRG_SOFT;
    case "external_digital_start":
      return (trigger as ExternalDigitalStart).edge === "rising" ? OL_TRG.OL_TRG_EXTERN : OL_TRG.OL_TRG_EXTRA;
    case "analog_threshold_start":
      return (trigger as AnalogThresholdStart).slope === "rising" ? OL_TRG.OL_TRG_THRESHPOS : OL_TRG.OL_TRG_THRESHNEG;
    case "sync_bus_start":
      return OL_TRG.OL_TRG_SYNCBUS;
  }
}

function setThreshold(sdk: OpenLayers, h: Hdass, trigger: TriggerSpec): void {
  if (!(trigger instanceof AnalogThresholdStart)) return;
  sdk.olDaSetTriggerThresholdChannel(h, trigger.channel);
  sdk.olDaSetTriggerThresholdLevel(h, trigger.level);
}

const RETRIGGER_CODES: Readonly<Record<RetriggerMode, number>> = {
  internal: OL_RETRIGGER.OL_RETRIGGER_INTERNAL,
  scan_per_trigger: OL_RETRIGGER.OL_RETRIGGER_SCAN_PER_TRIGGER,
  extra: OL_RETRIGGER.OL_RETRIGGER_EXTRA,
};

function setRetrigger(sdk: OpenLayers, h: Hdass, { mode, multiscanCount, frequencyHz, source }: RetriggerSpec): void {
  sdk.olDaSetTriggeredScanUsage(h, true);
  sdk.olDaSetMultiscanCount(h, multiscanCount);
  sdk.olDaSetRetriggerMode(h, RETRIGGER_CODES[mode]);
  if (frequencyHz !== undefined) sdk.olDaSetRetriggerFrequency(h, frequencyHz);
  if (source === undefined) return;
  sdk.olDaSetRetrigger(h, sourceCode(source));
  setThreshold(sdk, h, source);
}

/** The kinds of reference triggers have the numbers of those that start a run. */
function setReference(sdk: OpenLayers, h: Hdass, { source, postScanCount }: ReferenceTrigger): void {
  sdk.olDaSetReferenceTrigger(h, sourceCode(source));
  if (source instanceof AnalogThresholdStart) {
    sdk.olDaSetReferenceTriggerThresholdChannel(h, source.channel);
    sdk.olDaSetReferenceTriggerThresholdLevel(h, source.level);
  }
  sdk.olDaSetReferenceTriggerPostScanCount(h, postScanCount);
}

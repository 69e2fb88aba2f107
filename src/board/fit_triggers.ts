/**
 * Whether a board can wait for what a task waits for.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import { AnalogInput } from "../model/channels.ts";
import type { TaskSpec } from "../model/spec.ts";
import {
  AnalogThresholdStart,
  type ExternalDigitalStart,
  type RetriggerSpec,
  type TriggerSpec,
} from "../model/triggers.ts";
import type { Answer, Capabilities, TriggerAnswers } from "./capabilities.ts";

/** Checks what starts a run, what goes on with it, and what it is taken about. */
export function checkTriggers(spec: TaskSpec, board: string, can: Capabilities): void {
  checkTrigger("spec.trigger", spec.trigger, can.triggers, spec, board, can);
  if (spec.referenceTrigger !== undefined) {
    const { source } = spec.referenceTrigger;
    const atEnd = spec.dataFlow === "continuous_pretrigger"; // these have a source of their own, of the start's kinds
    const answers = atEnd ? can.triggers : can.referenceTriggers;
    checkTrigger("spec.referenceTrigger.source", source, answers, spec, board, can);
    if (atEnd) checkOneThreshold("spec.referenceTrigger.source", source, spec.trigger, board);
  }
  if (spec.timing?.retrigger !== undefined) checkRetrigger(spec.timing.retrigger, spec, board, can);
}

function answerFor(trigger: TriggerSpec, answers: TriggerAnswers): Answer {
  switch (trigger.kind) {
    case "software_start":
      return true;
    case "external_digital_start":
      return (trigger as ExternalDigitalStart).edge === "rising" ? answers.externalRising : answers.externalFalling;
    case "analog_threshold_start":
      return (trigger as AnalogThresholdStart).slope === "rising" ? answers.thresholdRising : answers.thresholdFalling;
    case "sync_bus_start":
      return answers.syncBus;
  }
}

function checkTrigger(
  path: string,
  trigger: TriggerSpec,
  answers: TriggerAnswers,
  spec: TaskSpec,
  board: string,
  can: Capabilities,
): void {
  if (answerFor(trigger, answers) === false) {
    throw new DtolCapabilityError(
      `${path} is ${trigger.kind}, which "${board}" does not have for ${spec.subsystemType}`,
    );
  }
  if (trigger instanceof AnalogThresholdStart) checkThreshold(path, trigger, spec, board, can);
}

/** The level stands before the gain of its channel, as the SDK takes it: in volts at the input. */
function checkThreshold(
  path: string,
  { channel, level }: AnalogThresholdStart,
  spec: TaskSpec,
  board: string,
  can: Capabilities,
): void {
  const listed = spec.channels.find(({ physicalChannel }) => physicalChannel === channel);
  if (listed === undefined && can.channels !== null && channel >= can.channels) {
    throw new DtolValidationError(`${path}.channel is input ${channel}, but "${board}" has 0 to ${can.channels - 1}`);
  }
  const gain = listed instanceof AnalogInput ? listed.gain : 1;
  const range = listed instanceof AnalogInput ? listed.boardRange : can.ranges?.[0];
  if (range === undefined || (level >= range.low / gain && level <= range.high / gain)) return;
  throw new DtolValidationError(
    `${path}.level is ${level} V, but input ${channel} of "${board}" sees ${range.low / gain} to ${
      range.high / gain
    } V`,
  );
}

function checkRetrigger(retrigger: RetriggerSpec, spec: TaskSpec, board: string, can: Capabilities): void {
  const path = "timing.retrigger";
  const { mode, multiscanCount, frequencyHz, source } = retrigger;
  if (can.triggeredScan === false || can.retriggers[mode] === false) {
    throw new DtolCapabilityError(`${path} is "${mode}", which "${board}" does not have for ${spec.subsystemType}`);
  }
  const most = can.maxMultiscan ?? Infinity;
  if (most > 0 && multiscanCount > most) { // a board that scans again does so once at least
    throw new DtolValidationError(
      `${path}.multiscanCount is ${multiscanCount}, but "${board}" runs at most ${most} times through its list`,
    );
  }
  if (frequencyHz !== undefined) {
    const { least, most } = can.retriggerHz;
    if ((least !== null && frequencyHz < least) || (most !== null && frequencyHz > most)) {
      throw new DtolValidationError(
        `${path}.frequencyHz is ${frequencyHz} Hz, but "${board}" takes ${least ?? "?"} to ${most ?? "?"} Hz`,
      );
    }
  }
  if (frequencyHz !== undefined && frequencyHz * multiscanCount > spec.timing!.rateHz) {
    throw new DtolValidationError(
      `${path}.frequencyHz is ${frequencyHz} Hz, but ${multiscanCount} scans at ${
        spec.timing!.rateHz
      } Hz take longer: ` +
        `at most ${spec.timing!.rateHz / multiscanCount} Hz`,
    );
  }
  if (spec.referenceTrigger !== undefined) {
    throw new DtolCapabilityError(`Cannot run triggered scans of "${board}" about a reference trigger: leave one out`);
  }
  if (source === undefined) return;
  checkTrigger(`${path}.source`, source, can.triggers, spec, board, can);
  checkOneThreshold(`${path}.source`, source, spec.trigger, board);
}

/** The SDK has one threshold for what starts a run and what goes on with it. */
function checkOneThreshold(path: string, source: TriggerSpec, start: TriggerSpec, board: string): void {
  if (!(source instanceof AnalogThresholdStart) || !(start instanceof AnalogThresholdStart)) return;
  if (source.channel === start.channel && source.level === start.level) return;
  throw new DtolCapabilityError(
    `${path} is ${source.level} V on input ${source.channel}, but "${board}" has one threshold for both, and ` +
      `spec.trigger takes ${start.level} V on input ${start.channel}`,
  );
}

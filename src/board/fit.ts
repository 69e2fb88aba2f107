/**
 * Whether a board can do what a spec asks for, found out before anything is set: what was given, what is allowed, which
 * channel. Never a clamp.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import type { DataFlow, SubsystemType } from "../model/enums.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { ClockSettings, ListEntry, SubsystemSettings } from "./backend.ts";
import type { Answer, Capabilities } from "./capabilities.ts";
import { fitCounter } from "./fit_counters.ts";
import { fitInputs } from "./fit_inputs.ts";
import { fitOutputs } from "./fit_outputs.ts";
import { fitPorts } from "./fit_ports.ts";
import { checkTriggers } from "./fit_triggers.ts";

/** Where the channels of a block stand in a scan that holds them in another order, or more than them. */
export interface ScanPick {
  /** Codes of a scan. */
  readonly stride: number;
  /** Place of each channel in it. */
  readonly places: readonly number[];
}

/** How a task runs on a board. */
export interface Fit {
  /** How the subsystem is to be set. */
  readonly settings: SubsystemSettings;
  /** Ticks of the clock from one sample of a channel to its next. */
  readonly ticksPerSample: number;
  /** Where the channels stand in a scan; null where a scan is just these, in order. */
  readonly pick: ScanPick | null;
  /** What a single reading takes: the channels, in order, and behind them the cold junctions that they need. */
  readonly polled: readonly ListEntry[];
}

/** What the kind of channels decides. */
export interface ChannelFit
  extends Pick<SubsystemSettings, "channelType" | "range" | "encoding" | "list" | "interleavedCjc"> {
  /** See {@linkcode Fit.pick}. */
  readonly pick: ScanPick | null;
  /** See {@linkcode Fit.polled}. */
  readonly polled: readonly ListEntry[];
}

/**
 * Checks a spec against a board and turns it into settings.
 *
 * @param spec The task.
 * @param board Board name, for errors.
 * @param can What the subsystem can do.
 * @throws {DtolCapabilityError} If the board lacks what the task needs.
 * @throws {DtolValidationError} If a value is outside what the board takes.
 */
export function fitTask(spec: TaskSpec, board: string, can: Capabilities): Fit {
  checkFlow(spec, board, can);
  const { pick, polled, ...channels } = fitChannels(spec, board, can);
  const ticks = ticksPerSample(can, channels.list.length);
  checkTriggers(spec, board, can);
  return {
    settings: {
      ...channels,
      dataFlow: spec.dataFlow,
      clock: clockFor(spec, board, can, ticks),
      wrapMode: spec.buffers?.wrapMode ?? "multiple",
      trigger: spec.trigger,
      retrigger: spec.timing?.retrigger ?? null,
      referenceTrigger: spec.referenceTrigger ?? null,
    },
    ticksPerSample: ticks,
    ...{ pick, polled },
  };
}

function fitChannels(spec: TaskSpec, board: string, can: Capabilities): ChannelFit {
  switch (spec.subsystemType) {
    case "analog_input":
      return fitInputs(spec, board, can);
    case "analog_output":
      return fitOutputs(spec, board, can);
    case "digital_input":
    case "digital_output":
      return fitPorts(spec, board, can);
    case "counter_timer":
    case "quadrature":
    case "tachometer":
      return fitCounter(spec, board, can);
  }
}

/** Subsystems that count. */
export const COUNTER_TYPES: readonly SubsystemType[] = ["counter_timer", "quadrature", "tachometer"];

/** What a flow needs, and how to say that it is not there. */
const FLOWS: Readonly<Record<DataFlow, readonly [(can: Capabilities) => Answer, string]>> = {
  single_value: [(can) => can.singleValue, "single values"],
  continuous: [(can) => can.continuous, "continuous transfer"],
  finite: [(can) => can.continuous, "continuous transfer"],
  continuous_pretrigger: [(can) => can.preTrigger, "samples from before a trigger"],
  continuous_about_trigger: [
    (can) => Object.values(can.referenceTriggers).some((answer) => answer !== false),
    "samples from before and after a trigger",
  ],
};

function checkFlow({ dataFlow, stopOnError, subsystemType }: TaskSpec, board: string, can: Capabilities): void {
  const [answer, what] = FLOWS[dataFlow];
  const counts = COUNTER_TYPES.includes(subsystemType); // these are read while they run, and say of no flow that they have it
  if (!counts && answer(can) === false) {
    throw new DtolCapabilityError(`Cannot run "${dataFlow}" on "${board}" as its subsystem does not support ${what}`);
  }
  if (!stopOnError) {
    throw new DtolCapabilityError(
      `Cannot set "${board}" to go on at an error: the SDK has no call for it, so spec.stopOnError must be true. ` +
        "An errorPolicy of record() starts the board again",
    );
  }
}

/** The board's clock for a rate per channel: on boards that sample in turn it ticks once for every channel. */
function clockFor(spec: TaskSpec, board: string, can: Capabilities, ticks: number): ClockSettings | null {
  if (spec.timing === undefined) return null;
  const { rateHz, clockSource, externalDivider } = spec.timing;
  const hz = rateHz * ticks;
  if (clockSource === "external") return externalClock(board, can, hz, externalDivider!);
  const { maxClockHz, minClockHz } = can;
  if ((maxClockHz !== null && hz > maxClockHz) || (minClockHz !== null && hz < minClockHz)) {
    const limit = (clock: number | null) => clock === null ? "?" : String(clock / ticks);
    throw new DtolValidationError(
      `timing.rateHz is ${rateHz} Hz per channel, but "${board}" takes ${spec.channels.length} channels at ` +
        `${limit(minClockHz)} to ${limit(maxClockHz)} Hz each`,
    );
  }
  return { source: "internal", hz };
}

function externalClock(board: string, can: Capabilities, hz: number, divider: number): ClockSettings {
  if (can.externalClock === false) {
    throw new DtolCapabilityError(`"${board}" takes no clock from outside: timing.clockSource must be internal`);
  }
  const { least, most } = can.clockDividers;
  if ((least !== null && divider < least) || (most !== null && divider > most)) {
    throw new DtolValidationError(
      `timing.externalDivider is ${divider}, but "${board}" divides by ${least ?? "?"} to ${most ?? "?"}`,
    );
  }
  return { source: "external", hz, divider };
}

/** Ticks of the board's clock from one sample of a channel to its next. */
export function ticksPerSample(can: Capabilities, channels: number): number {
  return can.simultaneous === true ? 1 : channels;
}

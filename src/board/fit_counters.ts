/**
 * Whether a board has the counter, quadrature decoder or tachometer that a task asks for.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import {
  type CounterChannel,
  CounterEdgeCount,
  CounterEdgeToEdge,
  CounterInput,
  CounterOutput,
  PulseTrainOutput,
  QuadratureDecoder,
  Tachometer,
} from "../model/channels.ts";
import type { CounterMode } from "../model/enums.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { Capabilities, CounterAbility } from "./capabilities.ts";
import type { ChannelFit } from "./fit.ts";

/** Checks the counter of a task; its list is that counter. */
export function fitCounter(spec: TaskSpec, board: string, can: Capabilities): ChannelFit {
  const channel = spec.channels[0] as CounterChannel;
  if (spec.isClocked) {
    throw new DtolCapabilityError(
      `Cannot clock counter "${channel.name}" of "${board}": counters are started and polled, so leave spec.timing out`,
    );
  }
  if (spec.channels.length > 1 || channel.physicalChannel > 0) {
    throw new DtolValidationError(
      `${spec.subsystemType} ${spec.element} of "${board}" is one counter, its channel 0: give one channel a task, and ` +
        "choose the counter with spec.element",
    );
  }
  checkMode(channel, board, can);
  if (channel instanceof CounterInput || channel instanceof CounterOutput) checkGateAndClock(channel, board, can);
  const list = [{ physicalChannel: 0, gain: 1, channel }];
  return { channelType: null, range: null, encoding: null, list, interleavedCjc: false, pick: null, polled: list };
}

const ABILITIES: Readonly<Partial<Record<CounterMode, CounterAbility>>> = {
  count: "count",
  rate: "rate",
  one_shot: "one_shot",
  one_shot_repeat: "one_shot_repeat",
};

function checkMode(channel: CounterChannel, board: string, can: Capabilities): void {
  const { name, kind, mode } = channel;
  const ability = channel instanceof CounterEdgeToEdge ? "measure" : ABILITIES[mode];
  const { counterModes: { count, measure } } = can;
  const answer = ability !== undefined
    ? can.counterModes[ability]
    : mode === "quadrature"
    ? can.quadrature
    : mode === "measure"
    ? measure !== false || count !== false // a frequency can be had by counting
    : true;
  if (answer === false) {
    throw new DtolCapabilityError(`Channel "${name}" is a ${kind}, which counters of "${board}" cannot be set to`);
  }
  if (channel instanceof CounterEdgeCount && channel.cascade && can.cascading === false) {
    throw new DtolCapabilityError(`Channel "${name}" asks for cascade, but counters of "${board}" stand alone`);
  }
  if (channel instanceof QuadratureDecoder && channel.decodeMode === "x2") {
    throw new DtolCapabilityError(`Channel "${name}" asks for decodeMode x2, but the SDK knows x1 and x4`);
  }
  if (channel instanceof Tachometer && channel.stopEdge !== "falling") {
    throw new DtolCapabilityError(
      `Channel "${name}" asks for a stopEdge, but a tachometer measures whole periods: leave it out`,
    );
  }
}

function checkGateAndClock(channel: CounterInput | CounterOutput, board: string, can: Capabilities): void {
  const { name, gateType, clockSource } = channel;
  if (can.gates[gateType] === false) {
    throw new DtolCapabilityError(`Channel "${name}" asks for gate ${gateType}, which "${board}" does not have`);
  }
  const timed = channel instanceof CounterOutput || channel instanceof CounterEdgeToEdge;
  if (clockSource === "external" && timed) {
    throw new DtolCapabilityError(
      `Channel "${name}" needs the clock of "${board}": how fast one from outside is, nobody knows`,
    );
  }
  if (clockSource === "external" && can.externalClock === false) {
    throw new DtolCapabilityError(`Channel "${name}" asks for an external clock, which "${board}" does not take`);
  }
  if (channel instanceof CounterOutput) checkOutput(channel, board, can);
}

/** The rate of a counter that gives pulses: of one that gives them one by one, with a pulse in half of its period. */
export function pulseHz(channel: CounterOutput): number {
  return channel instanceof PulseTrainOutput
    ? channel.frequencyHz
    : 0.5 / (channel as CounterOutput & { readonly pulseWidthS: number }).pulseWidthS;
}

function checkOutput(channel: CounterOutput, board: string, can: Capabilities): void {
  const { name, pulseType } = channel;
  if (can.pulses[pulseType] === false) {
    throw new DtolCapabilityError(`Channel "${name}" asks for ${pulseType} pulses, which "${board}" does not have`);
  }
  const { minClockHz: least, maxClockHz: most } = can;
  const hz = pulseHz(channel);
  if ((least === null || hz >= least) && (most === null || hz <= most)) return;
  const [field, limits] = channel instanceof PulseTrainOutput
    ? ["frequencyHz", `${least ?? "?"} to ${most ?? "?"} Hz`]
    : ["pulseWidthS", `${most === null ? "?" : 0.5 / most} to ${least === null ? "?" : 0.5 / least} s`];
  const value = channel[field as keyof CounterOutput];
  throw new DtolValidationError(`Channel "${name}" has ${field} ${value}, but counters of "${board}" give ${limits}`);
}

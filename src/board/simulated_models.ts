/**
 * The boards that can be simulated, and what each says it can do: as the real ones where that is known.
 *
 * @module
 */

import type { Encoding, SubsystemType } from "../model/enums.ts";
import { type Answer, BOARD_SENSORS, type Capabilities, type TriggerAnswers } from "./capabilities.ts";

/** What a simulated subsystem can do: it leaves no count open. */
export interface Told extends Capabilities {
  readonly channels: number;
  readonly bits: number;
  readonly maxDigitalListValue: number;
  readonly encodings: readonly Encoding[];
  readonly simultaneous: boolean;
  readonly returnsFloats: boolean;
}

/** A model that can be simulated. */
export interface Model {
  /** What its analog input can do. */
  readonly input: Told;
  /** What its analog output can do; a board without leaves it out. */
  readonly output?: Told;
  /** What its digital ports can do, the input and the output alike; a board without leaves it out. */
  readonly ports?: Told;
  /** What its counters can do; a board without leaves it out. */
  readonly counters?: Told;
  /** What its quadrature decoders can do; a board without leaves it out. */
  readonly quadrature?: Told;
  /** What its tachometer can do; a board without leaves it out. */
  readonly tachometer?: Told;
  /** The clock is this divided by a whole number. */
  readonly baseClockHz: number;
}

/** Every word of a list with the same answer. */
function all<T extends string>(words: readonly T[], answer: Answer): Record<T, Answer> {
  return Object.fromEntries(words.map((word) => [word, answer])) as Record<T, Answer>;
}

const NO_TRIGGERS: TriggerAnswers = {
  externalRising: false,
  externalFalling: false,
  thresholdRising: false,
  thresholdFalling: false,
  syncBus: false,
};

/** A subsystem that can do nothing. */
const NOTHING: Told = {
  ...{ singleValue: false, continuous: false, preTrigger: false, aboutTrigger: false, simultaneous: false },
  ...{ simultaneousRead: false, simultaneousWrite: false, simultaneousStart: false, inProcessFlush: false },
  ...{ singleEndedChannels: 0, differentialChannels: 0, channels: 0, listDepth: 0, ranges: [], gains: [], bits: 0 },
  ...{ encodings: ["binary"], couplings: all(["ac", "dc"], false), dmaChannels: 0, returnsFloats: false },
  ...{ maxClockHz: null, minClockHz: null, baseClockHz: null, externalClock: false },
  clockDividers: { least: null, most: null },
  ...{ linearises: false, interleavedCjc: false, multiSensor: false },
  sensors: all(["thermocouple", "rtd", "thermistor", "resistance", "current", "iepe", "strain", "bridge"], false),
  ...{ excitationCurrentsA: [], bridgeVolts: { least: null, most: null } },
  ...{ triggers: NO_TRIGGERS, referenceTriggers: NO_TRIGGERS, triggeredScan: false, maxMultiscan: 0 },
  retriggers: all(["scan_per_trigger", "internal", "extra"], false),
  retriggerHz: { least: null, most: null },
  ...{
    autoCalibrate: false,
    waveform: false,
    mute: false,
    currentOutputs: false,
    synchronousDigital: false,
    maxDigitalListValue: 0,
  },
  counterModes: all(["count", "rate", "one_shot", "one_shot_repeat", "measure", "up_down"], false),
  gates: all(["software", "low_level", "high_level", "low_edge", "high_edge"], false),
  pulses: all(["low_to_high", "high_to_low"], false),
  ...{ cascading: false, quadrature: false },
};

/** The A/D of DT9805 and DT9806. */
const MULTIPLEXED: Told = {
  ...NOTHING,
  ...{ singleValue: true, continuous: true, singleEndedChannels: 16, differentialChannels: 8, channels: 17 },
  ...{ listDepth: 32, ranges: [{ low: -10, high: 10 }], gains: [1, 10, 100, 500], bits: 16 },
  ...{ maxClockHz: 50_000, minClockHz: 0.75, baseClockHz: 12e6, clockDividers: { least: 1, most: 1 } },
  ...{ waveform: true, synchronousDigital: true, maxDigitalListValue: 1 },
  sensors: { ...NOTHING.sensors, thermocouple: true },
};

/** An A/D that takes all inputs at once. */
const SIMULTANEOUS: Told = {
  ...MULTIPLEXED,
  ...{
    simultaneous: true,
    simultaneousRead: true,
    simultaneousStart: true,
    differentialChannels: 0,
    sensors: NOTHING.sensors,
  },
  ...{ synchronousDigital: false, maxDigitalListValue: 0 },
};

/** An A/D that linearises thermocouples, and gives floats. */
const LINEARISING: Told = {
  ...MULTIPLEXED,
  ...{ singleEndedChannels: 0, differentialChannels: 8, channels: 8, ranges: [{ low: -0.156, high: 0.156 }] },
  ...{ gains: [1], bits: 24, maxClockHz: 600, minClockHz: 0.5865, baseClockHz: 4.9152e6, returnsFloats: true },
  ...{ linearises: true, interleavedCjc: true, synchronousDigital: false, maxDigitalListValue: 0 },
};

/** What the subsystems of a board can do, in the order in which it lists them. */
export function subsystemsOf(
  { input, output, ports, counters, quadrature, tachometer }: Model,
): ReadonlyMap<SubsystemType, Told> {
  const all: [SubsystemType, Told | undefined][] = [
    ["analog_input", input],
    ["analog_output", output],
    ["digital_input", ports],
    ["digital_output", ports],
    ["counter_timer", counters],
    ["quadrature", quadrature],
    ["tachometer", tachometer],
  ];
  return new Map(all.filter((one): one is [SubsystemType, Told] => one[1] !== undefined));
}

/** How many of a kind a board has. */
export function elementsOf(model: Model, type: SubsystemType): number {
  if (!subsystemsOf(model).has(type)) return 0;
  return type === "counter_timer" ? 2 : type === "quadrature" ? 3 : 1;
}

/** The D/A of the DT9806: single values alone, though it lists the gains of its A/D. */
const SINGLE_VALUE_OUTPUT: Told = {
  ...NOTHING,
  ...{ singleValue: true, singleEndedChannels: 2, channels: 2, ranges: [{ low: -10, high: 10 }], bits: 16 },
  gains: [1, 10, 100, 500],
};

/** A D/A that plays. */
const PLAYING_OUTPUT: Told = {
  ...SINGLE_VALUE_OUTPUT,
  ...{ continuous: true, simultaneous: true, simultaneousStart: true, waveform: true, gains: [1] },
};

const PORTS: Told = { ...NOTHING, singleValue: true, channels: 1, bits: 8 };

const COUNTERS: Told = {
  ...NOTHING,
  ...{ continuous: true, channels: 1, bits: 32, externalClock: true, cascading: true, encodings: [] },
  ...{ maxClockHz: 6e6, minClockHz: 0.0028, baseClockHz: 12e6, clockDividers: { least: 2, most: 4_294_967_295 } },
  counterModes: { ...NOTHING.counterModes, count: true, rate: true, one_shot: true, one_shot_repeat: true },
  gates: all(["software", "low_level", "high_level", "low_edge", "high_edge"], true),
  pulses: all(["low_to_high", "high_to_low"], true),
};

/** Counters that also measure. */
const MEASURING: Told = {
  ...COUNTERS,
  ...{ simultaneousStart: true, maxClockHz: 5e7, minClockHz: 0.0233, baseClockHz: 1e8 },
  counterModes: all(["count", "rate", "one_shot", "one_shot_repeat", "measure", "up_down"], true),
};

const DECODER: Told = {
  ...NOTHING,
  ...{ continuous: true, simultaneousStart: true, channels: 1, bits: 32, encodings: [], quadrature: true },
  ...{ maxClockHz: 5e7, minClockHz: 0.0233, baseClockHz: 1e8 },
};

/** Starts, ends and goes on by every trigger that there is. */
const TRIGGERED: Partial<Told> = {
  ...{ preTrigger: true, aboutTrigger: true, triggeredScan: true, maxMultiscan: 256 },
  triggers: {
    externalRising: true,
    externalFalling: true,
    thresholdRising: true,
    thresholdFalling: true,
    syncBus: true,
  },
  referenceTriggers: {
    ...{ externalRising: true, externalFalling: true, thresholdRising: true, thresholdFalling: true, syncBus: true },
  },
  retriggers: all(["scan_per_trigger", "internal", "extra"], true),
  retriggerHz: { least: 0.1, most: 1e6 },
  ...{ externalClock: true, clockDividers: { least: 1, most: 4_294_967_295 } },
};

/** By name. */
export const MODELS: Readonly<Record<string, Model>> = {
  DT9806: { input: MULTIPLEXED, output: SINGLE_VALUE_OUTPUT, ports: PORTS, counters: COUNTERS, baseClockHz: 12e6 },
  DT9805: { input: MULTIPLEXED, ports: PORTS, counters: COUNTERS, baseClockHz: 12e6 },
  DT9862: {
    input: {
      ...SIMULTANEOUS,
      ...{ singleEndedChannels: 2, channels: 2, listDepth: 2, gains: [1], maxClockHz: 10e6, minClockHz: 1 },
      ...{ dmaChannels: 1, baseClockHz: 100e6, inProcessFlush: true },
      ...{ encodings: ["binary", "twos_complement"], ranges: [{ low: -10, high: 10 }, { low: -2.5, high: 2.5 }] },
      ...TRIGGERED,
    },
    output: {
      ...PLAYING_OUTPUT,
      ...{ listDepth: 2, simultaneousWrite: true, maxClockHz: 5e5, minClockHz: 1, baseClockHz: 100e6, dmaChannels: 1 },
    },
    ports: { ...PORTS, bits: 16 },
    ...{ counters: MEASURING, quadrature: DECODER, tachometer: { ...DECODER, quadrature: false } },
    baseClockHz: 100e6,
  },
  DT9837A: {
    input: {
      ...SIMULTANEOUS,
      ...{ singleEndedChannels: 4, channels: 4, listDepth: 4, gains: [1, 10], bits: 24 },
      ...{ maxClockHz: 52_734, minClockHz: 195.313, baseClockHz: 27e6, excitationCurrentsA: [4e-3] },
      couplings: all(["ac", "dc"], true),
      sensors: { ...NOTHING.sensors, iepe: true },
      triggers: { ...NO_TRIGGERS, externalRising: true, thresholdRising: true, syncBus: true },
    },
    output: {
      ...PLAYING_OUTPUT,
      ...{ singleEndedChannels: 1, channels: 1, listDepth: 1, bits: 24 },
      ...{ maxClockHz: 52_734, minClockHz: 10_000, baseClockHz: 27e6, clockDividers: { least: 1, most: 1 } },
    },
    baseClockHz: 27e6,
  },
  DT9828: { input: LINEARISING, baseClockHz: 4.9152e6 },
  DT9829: {
    input: {
      ...LINEARISING,
      ...{ listDepth: 8, ranges: [{ low: -10, high: 10 }], maxClockHz: 960, multiSensor: true },
      couplings: all(["ac", "dc"], true),
      sensors: all(BOARD_SENSORS, true),
      ...{ excitationCurrentsA: [0.425e-3, 4e-3], bridgeVolts: { least: 0.5, most: 10 } },
    },
    baseClockHz: 4.9152e6,
  },
};

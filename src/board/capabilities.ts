/**
 * What a subsystem can do, as it says itself.
 *
 * @module
 */

import type { VoltRange } from "../model/channels.ts";
import type { CouplingType, Encoding, GateType, PulseType, RetriggerMode } from "../model/enums.ts";

/** Yes or no; null where the board does not say, which is no refusal: what is tried then, the board itself answers. */
export type Answer = boolean | null;

/** How many; 0 where there is none, null where the board does not say: what is tried then, the board itself answers. */
export type Count = number | null;

/** What there is to choose from; empty where that is nothing, null where the board does not say. */
export type Choice<T> = readonly T[] | null;

/** The least and the greatest that is possible; null where the board does not say. */
export interface Limits {
  /** The least. */
  readonly least: number | null;
  /** The greatest. */
  readonly most: number | null;
}

/** Events that a run can wait for. */
export interface TriggerAnswers {
  /** The external digital input rises. */
  readonly externalRising: Answer;
  /** The external digital input falls. */
  readonly externalFalling: Answer;
  /** An analog input rises through a level. */
  readonly thresholdRising: Answer;
  /** An analog input falls through a level. */
  readonly thresholdFalling: Answer;
  /** The synchronisation bus. */
  readonly syncBus: Answer;
}

/** Sensors whose electronics a board has. */
export const BOARD_SENSORS = [
  "thermocouple",
  "rtd",
  "thermistor",
  "resistance",
  "current",
  "iepe",
  "strain",
  "bridge",
] as const;
/** One of {@linkcode BOARD_SENSORS}. */
export type BoardSensor = typeof BOARD_SENSORS[number];

/** What a counter can be set to do. */
export const COUNTER_ABILITIES = ["count", "rate", "one_shot", "one_shot_repeat", "measure", "up_down"] as const;
/** One of {@linkcode COUNTER_ABILITIES}. */
export type CounterAbility = typeof COUNTER_ABILITIES[number];

/** What a subsystem can do, asked of the board itself. */
export interface Capabilities {
  /** One value per call. */
  readonly singleValue: Answer;
  /** Clocked buffers. */
  readonly continuous: Answer;
  /** Clocked buffers that hold samples from before a trigger. */
  readonly preTrigger: Answer;
  /** Clocked buffers that hold samples from before and after a trigger. */
  readonly aboutTrigger: Answer;
  /** All channels are taken at the same moment, and the clock counts scans, not single samples. */
  readonly simultaneous: Answer;
  /** Single values of all channels at the same moment. */
  readonly simultaneousRead: Answer;
  /** Outputs set at the same moment. */
  readonly simultaneousWrite: Answer;
  /** Started at the same moment as other subsystems of the board. */
  readonly simultaneousStart: Answer;
  /** What the buffer being filled holds can be fetched. */
  readonly inProcessFlush: Answer;
  /** Inputs when wired single-ended. */
  readonly singleEndedChannels: Count;
  /** Inputs when wired differentially. */
  readonly differentialChannels: Count;
  /** Channels in all; of digital subsystems ports. */
  readonly channels: Count;
  /** Longest channel list. */
  readonly listDepth: Count;
  /** Ranges, before gain. */
  readonly ranges: Choice<VoltRange>;
  /** Gains. */
  readonly gains: Choice<number>;
  /** Ways in which codes can stand for volts. */
  readonly encodings: Choice<Encoding>;
  /** Whether the mean of a signal can be let through or kept out. */
  readonly couplings: Readonly<Record<CouplingType, Answer>>;
  /** Significant bits of a code; of digital subsystems lines of a port. */
  readonly bits: Count;
  /** Fastest clock in Hz: single samples a second, or scans on a simultaneous board. */
  readonly maxClockHz: number | null;
  /** Slowest clock in Hz. */
  readonly minClockHz: number | null;
  /** Rate that the clock's are divided from, Hz. */
  readonly baseClockHz: number | null;
  /** A clock from outside. */
  readonly externalClock: Answer;
  /** What that may be divided by. */
  readonly clockDividers: Limits;
  /** DMA channels. */
  readonly dmaChannels: Count;
  /** Samples arrive as floats in engineering units, not as codes. */
  readonly returnsFloats: Answer;
  /** The board linearises thermocouples by itself. */
  readonly linearises: Answer;
  /** The temperature of the cold junction can stand behind each sample. */
  readonly interleavedCjc: Answer;
  /** The kind of sensor is set channel by channel. */
  readonly multiSensor: Answer;
  /** Sensors whose electronics the board has; `thermocouple` also where it does not linearise. */
  readonly sensors: Readonly<Record<BoardSensor, Answer>>;
  /** Currents that the board can send through a sensor, amps. */
  readonly excitationCurrentsA: Choice<number>;
  /** Volts that the board can feed a bridge with. */
  readonly bridgeVolts: Limits;
  /** What can start a run, beside the program. */
  readonly triggers: TriggerAnswers;
  /** What a run with samples from before its trigger can be taken about. */
  readonly referenceTriggers: TriggerAnswers;
  /** Each trigger runs through the list a set number of times. */
  readonly triggeredScan: Answer;
  /** What starts each pass after the first. */
  readonly retriggers: Readonly<Record<RetriggerMode, Answer>>;
  /** Most passes through the list at one trigger. */
  readonly maxMultiscan: Count;
  /** Rates of the internal retrigger, Hz. */
  readonly retriggerHz: Limits;
  /** An output repeats one buffer for ever. */
  readonly waveform: Answer;
  /** The board calibrates itself when it is told to. */
  readonly autoCalibrate: Answer;
  /** An output can be silenced. */
  readonly mute: Answer;
  /** Outputs are currents, not volts. */
  readonly currentOutputs: Answer;
  /** Digital lines follow the channel list. */
  readonly synchronousDigital: Answer;
  /** Highest value of such an entry. */
  readonly maxDigitalListValue: Count;
  /** What a counter can be set to do. */
  readonly counterModes: Readonly<Record<CounterAbility, Answer>>;
  /** What can let a counter count. */
  readonly gates: Readonly<Record<GateType, Answer>>;
  /** Polarities of a pulse. */
  readonly pulses: Readonly<Record<PulseType, Answer>>;
  /** Two counters as one. */
  readonly cascading: Answer;
  /** Quadrature decoding. */
  readonly quadrature: Answer;
}

const NO_WORD: TriggerAnswers = {
  externalRising: null,
  externalFalling: null,
  thresholdRising: null,
  thresholdFalling: null,
  syncBus: null,
};

/** What a subsystem can do that says nothing of itself: a backend of one's own begins with this and says what it knows. */
export const UNKNOWN_CAPABILITIES: Capabilities = Object.freeze({
  ...{ singleValue: null, continuous: null, preTrigger: null, aboutTrigger: null, simultaneous: null },
  ...{ simultaneousRead: null, simultaneousWrite: null, simultaneousStart: null, inProcessFlush: null },
  ...{ singleEndedChannels: null, differentialChannels: null, channels: null, listDepth: null },
  ...{ ranges: null, gains: null, bits: null },
  ...{ encodings: null, couplings: { ac: null, dc: null }, dmaChannels: null, returnsFloats: null },
  ...{ maxClockHz: null, minClockHz: null, baseClockHz: null, externalClock: null },
  clockDividers: { least: null, most: null },
  ...{ linearises: null, interleavedCjc: null, multiSensor: null },
  sensors: {
    ...{ thermocouple: null, rtd: null, thermistor: null, resistance: null },
    ...{ current: null, iepe: null, strain: null, bridge: null },
  },
  ...{ excitationCurrentsA: null, bridgeVolts: { least: null, most: null } },
  ...{ triggers: NO_WORD, referenceTriggers: NO_WORD, triggeredScan: null, maxMultiscan: null },
  retriggers: { scan_per_trigger: null, internal: null, extra: null },
  retriggerHz: { least: null, most: null },
  ...{
    autoCalibrate: null,
    waveform: null,
    mute: null,
    currentOutputs: null,
    synchronousDigital: null,
    maxDigitalListValue: null,
  },
  counterModes: { count: null, rate: null, one_shot: null, one_shot_repeat: null, measure: null, up_down: null },
  gates: { software: null, low_level: null, high_level: null, low_edge: null, high_edge: null },
  pulses: { low_to_high: null, high_to_low: null },
  ...{ cascading: null, quadrature: null },
});

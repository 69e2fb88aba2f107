/**
 * Asking the SDK what a subsystem can do. What it cannot answer is unknown, which is something else than no.
 *
 * @module
 */

import { OL_ENUM, OLSSC, OLSSCE } from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import type { Encoding } from "../model/enums.ts";
import type { Answer, Capabilities, Choice, Count, TriggerAnswers } from "./capabilities.ts";
import { hasCode } from "./dataacq_errors.ts";

/** No such capability, not valid for this call, not supported, no such information. */
const NO_ANSWER = [1, 30, 36, 68];

/** One subsystem, to be asked. */
class Questions {
  constructor(readonly sdk: OpenLayers, readonly hdass: Hdass) {}

  /** An answer; null where there is none. */
  ask<T>(question: () => T): T | null {
    try {
      return question();
    } catch (error) {
      if (hasCode(error, ...NO_ANSWER)) return null;
      throw error;
    }
  }

  count(capability: number): Count {
    return this.ask(() => this.sdk.olDaGetSSCaps(this.hdass, capability));
  }

  has(capability: number): Answer {
    const count = this.count(capability);
    return count === null ? null : count !== 0;
  }

  /** Yes as soon as one says so, no when all say no. */
  hasAny(...capabilities: number[]): Answer {
    const answers = capabilities.map((capability) => this.has(capability));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  }

  /** Zero stands for "does not say" here: no rate and no divider is 0. */
  number(capability: number): number | null {
    return this.ask(() => this.sdk.olDaGetSSCapsEx(this.hdass, capability)) || null;
  }

  list<T>(which: number, make: (pair: [number, number]) => T): Choice<T> {
    return this.ask(() => this.sdk.olDaEnumSSCaps(this.hdass, which).map(make));
  }

  /** The words whose capability it has; unknown as soon as one of them is. */
  words<T>(capabilities: readonly [T, number][]): Choice<T> {
    const answers = capabilities.map(([word, capability]) => [word, this.has(capability)] as const);
    if (answers.some(([, answer]) => answer === null)) return null;
    return answers.filter(([, answer]) => answer).map(([word]) => word);
  }
}

/** Whether samples are floats. */
export function returnsFloats(sdk: OpenLayers, hdass: Hdass): Answer {
  return new Questions(sdk, hdass).has(OLSSC.OLSSC_RETURNS_FLOATS);
}

/** Whether the buffer that is being filled can be looked at. */
export function canFlushInProcess(sdk: OpenLayers, hdass: Hdass): Answer {
  return new Questions(sdk, hdass).has(OLSSC.OLSSC_SUP_INPROCESSFLUSH);
}

/** Asks for everything. */
export function queryCapabilities(sdk: OpenLayers, hdass: Hdass): Capabilities {
  const q = new Questions(sdk, hdass);
  return {
    ...transfer(q),
    ...channels(q),
    ...clock(q),
    ...sensors(q),
    ...triggers(q),
    ...outputs(q),
    ...counters(q),
  };
}

function transfer(q: Questions) {
  return {
    singleValue: q.has(OLSSC.OLSSC_SUP_SINGLEVALUE),
    continuous: q.has(OLSSC.OLSSC_SUP_CONTINUOUS),
    preTrigger: q.has(OLSSC.OLSSC_SUP_CONTINUOUS_PRETRIG),
    aboutTrigger: q.has(OLSSC.OLSSC_SUP_CONTINUOUS_ABOUTTRIG),
    simultaneous: q.has(OLSSC.OLSSC_SUP_SIMULTANEOUS_CLOCKING),
    simultaneousRead: q.has(OLSSC.OLSSC_SUP_SIMULTANEOUS_SH),
    simultaneousWrite: q.has(OLSSC.OLSSC_SUP_PUT_SINGLE_VALUES),
    simultaneousStart: q.has(OLSSC.OLSSC_SUP_SIMULTANEOUS_START),
    inProcessFlush: q.has(OLSSC.OLSSC_SUP_INPROCESSFLUSH),
    dmaChannels: q.count(OLSSC.OLSSC_NUMDMACHANS),
    returnsFloats: q.has(OLSSC.OLSSC_RETURNS_FLOATS),
  };
}

function channels(q: Questions) {
  const encodings: [Encoding, number][] = [
    ["binary", OLSSC.OLSSC_SUP_BINARY],
    ["twos_complement", OLSSC.OLSSC_SUP_2SCOMP],
  ];
  return {
    singleEndedChannels: q.count(OLSSC.OLSSC_MAXSECHANS),
    differentialChannels: q.count(OLSSC.OLSSC_MAXDICHANS),
    channels: q.count(OLSSC.OLSSC_NUMCHANNELS),
    listDepth: q.count(OLSSC.OLSSC_CGLDEPTH),
    ranges: q.list(OL_ENUM.OL_ENUM_RANGES, ([high, low]) => ({ low, high })),
    gains: q.list(OL_ENUM.OL_ENUM_GAINS, ([gain]) => gain),
    encodings: q.words(encodings),
    bits: q.ask(() => q.sdk.olDaGetResolution(q.hdass)),
    couplings: { ac: q.has(OLSSC.OLSSC_SUP_AC_COUPLING), dc: q.has(OLSSC.OLSSC_SUP_DC_COUPLING) },
  };
}

function clock(q: Questions) {
  return {
    maxClockHz: q.number(OLSSCE.OLSSCE_MAXTHROUGHPUT),
    minClockHz: q.number(OLSSCE.OLSSCE_MINTHROUGHPUT),
    baseClockHz: q.number(OLSSCE.OLSSCE_BASECLOCK),
    externalClock: q.has(OLSSC.OLSSC_SUP_EXTCLOCK),
    clockDividers: { least: q.number(OLSSCE.OLSSCE_MINCLOCKDIVIDER), most: q.number(OLSSCE.OLSSCE_MAXCLOCKDIVIDER) },
  };
}

function sensors(q: Questions) {
  return {
    linearises: q.has(OLSSC.OLSSC_SUP_TEMPERATURE_DATA_IN_STREAM),
    interleavedCjc: q.has(OLSSC.OLSSC_SUP_INTERLEAVED_CJC_IN_STREAM),
    multiSensor: q.has(OLSSC.OLSSC_SUP_MULTISENSOR),
    sensors: {
      thermocouple: q.has(OLSSC.OLSSC_SUP_THERMOCOUPLES),
      rtd: q.has(OLSSC.OLSSC_SUP_RTDS),
      thermistor: q.has(OLSSC.OLSSC_SUP_THERMISTOR),
      resistance: q.has(OLSSC.OLSSC_SUP_RESISTANCE),
      current: q.has(OLSSC.OLSSC_SUP_CURRENT),
      iepe: q.has(OLSSC.OLSSC_SUP_IEPE),
      strain: q.has(OLSSC.OLSSC_SUP_STRAIN_GAGE),
      bridge: q.has(OLSSC.OLSSC_SUP_BRIDGEBASEDSENSORS),
    },
    excitationCurrentsA: q.list(OL_ENUM.OL_ENUM_EXCITATION_CURRENT_VALUES, ([amps]) => amps),
    bridgeVolts: {
      least: q.number(OLSSCE.OLSSCE_MIN_EXCITATION_VOLTAGE),
      most: q.number(OLSSCE.OLSSCE_MAX_EXCITATION_VOLTAGE),
    },
  };
}

function triggers(q: Questions) {
  const start: TriggerAnswers = {
    externalRising: q.has(OLSSC.OLSSC_SUP_EXTERNTRIG),
    externalFalling: q.has(OLSSC.OLSSC_NUMEXTRATRIGGERS),
    thresholdRising: q.has(OLSSC.OLSSC_SUP_THRESHTRIGPOS),
    thresholdFalling: q.has(OLSSC.OLSSC_SUP_THRESHTRIGNEG),
    syncBus: q.has(OLSSC.OLSSC_SUP_SYNCHRONIZATION),
  };
  const reference: TriggerAnswers = {
    externalRising: q.has(OLSSC.OLSSC_SUP_EXTERNTTLPOS_REFERENCE_TRIG),
    externalFalling: q.has(OLSSC.OLSSC_SUP_EXTERNTTLNEG_REFERENCE_TRIG),
    thresholdRising: q.has(OLSSC.OLSSC_SUP_THRESHPOS_REFERENCE_TRIG),
    thresholdFalling: q.has(OLSSC.OLSSC_SUP_THRESHNEG_REFERENCE_TRIG),
    syncBus: q.has(OLSSC.OLSSC_SUP_SYNCBUS_REFERENCE_TRIG),
  };
  return {
    triggers: start,
    referenceTriggers: reference,
    triggeredScan: q.has(OLSSC.OLSSC_SUP_TRIGSCAN),
    retriggers: {
      scan_per_trigger: q.has(OLSSC.OLSS_SUP_RETRIGGER_SCAN_PER_TRIGGER),
      internal: q.has(OLSSC.OLSS_SUP_RETRIGGER_INTERNAL),
      extra: q.has(OLSSC.OLSSC_SUP_RETRIGGER_EXTRA),
    },
    maxMultiscan: q.count(OLSSC.OLSSC_MAXMULTISCAN),
    retriggerHz: { least: q.number(OLSSCE.OLSSCE_MINRETRIGGER), most: q.number(OLSSCE.OLSSCE_MAXRETRIGGER) },
  };
}

function outputs(q: Questions) {
  return {
    waveform: q.hasAny(OLSSC.OLSSC_SUP_WRPSINGLE, OLSSC.OLSSC_SUP_WRPWAVEFORM),
    autoCalibrate: q.has(OLSSC.OLSSC_SUP_AUTO_CALIBRATE),
    mute: q.has(OLSSC.OLSSC_SUP_MUTE),
    currentOutputs: q.has(OLSSC.OLSSC_CURRENT_OUTPUTS),
    synchronousDigital: q.has(OLSSC.OLSSC_SUP_SYNCHRONOUS_DIGITALIO),
    maxDigitalListValue: q.count(OLSSC.OLSSC_MAX_DIGITALIOLIST_VALUE),
  };
}

function counters(q: Questions) {
  return {
    counterModes: {
      count: q.has(OLSSC.OLSSC_SUP_CTMODE_COUNT),
      rate: q.has(OLSSC.OLSSC_SUP_CTMODE_RATE),
      one_shot: q.has(OLSSC.OLSSC_SUP_CTMODE_ONESHOT),
      one_shot_repeat: q.has(OLSSC.OLSSC_SUP_CTMODE_ONESHOT_RPT),
      measure: q.has(OLSSC.OLSSC_SUP_CTMODE_MEASURE),
      up_down: q.has(OLSSC.OLSSC_SUP_CTMODE_UP_DOWN),
    },
    gates: {
      software: q.has(OLSSC.OLSSC_SUP_GATE_NONE),
      low_level: q.has(OLSSC.OLSSC_SUP_GATE_LOW_LEVEL),
      high_level: q.has(OLSSC.OLSSC_SUP_GATE_HIGH_LEVEL),
      low_edge: q.has(OLSSC.OLSSC_SUP_GATE_LOW_EDGE),
      high_edge: q.has(OLSSC.OLSSC_SUP_GATE_HIGH_EDGE),
    },
    pulses: {
      low_to_high: q.has(OLSSC.OLSSC_SUP_PLS_LOW2HIGH),
      high_to_low: q.has(OLSSC.OLSSC_SUP_PLS_HIGH2LOW),
    },
    cascading: q.has(OLSSC.OLSSC_SUP_CASCADING),
    quadrature: q.has(OLSSC.OLSSC_SUP_QUADRATURE_DECODER),
  };
}

/**
 * Every kind of channel, with what it needs and with every field set: for tests that go through all of them.
 *
 * @module
 */

import { LinearScaling, PolynomialScaling, TableScaling } from "../../src/convert/user_scaling.ts";
import * as channels from "../../src/model/channels.ts";
import { type ChannelSpec, DigitalLine } from "../../src/model/channels.ts";

/** Options of any kind, right and wrong ones. */
// deno-lint-ignore no-explicit-any
export type Options = any;

/** What each kind needs, and a value other than the default for every field it has. */
export interface Kind {
  readonly make: new (options: Options) => ChannelSpec;
  readonly needs: Options;
  readonly other: Options;
}

const scaling = new LinearScaling({ slope: 2, offset: 1 });
const SPEC = { physicalChannel: 3, name: "a b", unit: "kN", metadata: { serial: 7 } };
const ANALOG = {
  ...SPEC,
  ...{ channelType: "pseudo_differential", gain: 10, filter: "low_pass", encoding: "binary", coupling: "dc" },
};
const TAIL = { minVolts: -5, maxVolts: 5, scaling, digitalOutput: 1 };
const EXCITED = { excitationSource: "external", excitationCurrentA: 1e-3 };
const BRIDGED = {
  ...{ excitationSource: "external", excitationVoltage: 5, leadResistanceOhms: 0.5, shuntEnabled: true },
  ...{ unstrainedVolts: 1e-3, shuntCorrection: 1.01 },
};
const COUNTER = { ...SPEC, clockSource: "external", gateType: "high_level" };
const PULSE = { ...COUNTER, pulseType: "low_to_high", requiresConfirm: false };
const at = { physicalChannel: 2 };

/** Every kind of channel. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ai_voltage: {
    make: channels.AnalogInputVoltage,
    needs: at,
    other: {
      ...ANALOG,
      minVal: 0,
      maxVal: 5,
      digitalOutput: 3,
      scaling: new TableScaling({ inputs: [0, 1], outputs: [0, 5] }),
    },
  },
  cold_junction: { make: channels.ColdJunctionInput, needs: at, other: { ...ANALOG, ...TAIL } },
  thermocouple: {
    make: channels.ThermocoupleInput,
    needs: { ...at, thermocoupleType: "K" },
    other: {
      ...ANALOG,
      ...{ thermocoupleType: "J", minValDegc: 0, maxValDegc: 700, cjcSource: "external", cjcChannel: 7 },
      ...{ cjcTemperature: 21.5, units: "kelvin", ...TAIL, scaling: new PolynomialScaling({ coefficients: [1, 2] }) },
    },
  },
  rtd: {
    make: channels.RtdInput,
    needs: at,
    other: {
      ...ANALOG,
      rtdType: "custom",
      r0: 1000,
      a: 3.9e-3,
      b: -5.8e-7,
      c: -4e-12,
      ...EXCITED,
      units: "deg_f",
      ...TAIL,
    },
  },
  thermistor: {
    make: channels.ThermistorInput,
    needs: { ...at, a: 1e-3, b: 2.4e-4, c: 1.5e-7 },
    other: { ...ANALOG, a: 1.1e-3, b: 2.3e-4, c: 1.6e-7, ...EXCITED, units: "kelvin", ...TAIL },
  },
  resistance: { make: channels.ResistanceInput, needs: at, other: { ...ANALOG, ...EXCITED, ...TAIL } },
  current: {
    make: channels.CurrentInput,
    needs: at,
    other: { ...ANALOG, gain: 2, minVal: 0.004, maxVal: 0.0201, shuntOhms: 100, ...TAIL },
  },
  iepe: {
    make: channels.IepeInput,
    needs: at,
    other: { ...ANALOG, coupling: "ac", ...EXCITED, excitationCurrentA: 0.002, sensitivityVPerUnit: -0.1, ...TAIL },
  },
  strain: {
    make: channels.StrainInput,
    needs: at,
    other: {
      ...{ ...ANALOG, configuration: "half_bridge_poisson", gageFactor: 2.1, gageResistanceOhms: 120 },
      ...{ poissonRatio: 0.28, leads: 2, positiveTension: true, ...BRIDGED, ...TAIL },
    },
  },
  bridge: {
    make: channels.BridgeInput,
    needs: at,
    other: {
      ...{ ...ANALOG, configuration: "half", nominalResistanceOhms: 700, sensitivityMvPerV: -3, ratedValue: 500 },
      ...{ ...BRIDGED, ...TAIL },
    },
  },
  ao_voltage: {
    make: channels.AnalogOutputVoltage,
    needs: at,
    other: { ...SPEC, minVal: -5, maxVal: 5, safeMin: -1, safeMax: 2, safeValue: 0, requiresConfirm: false, gain: 2 },
  },
  digital_input_port: {
    make: channels.DigitalInputPort,
    needs: at,
    other: { ...SPEC, width: 8, lines: [new DigitalLine({ bit: 7, name: "door" }), new DigitalLine({ bit: 0 })] },
  },
  digital_output_port: {
    make: channels.DigitalOutputPort,
    needs: at,
    other: {
      ...{ ...SPEC, width: 4, safeValue: 8, requiresConfirm: false },
      lines: [new DigitalLine({ bit: 3, name: "valve", safeValue: true, requiresConfirm: true })],
    },
  },
  counter_edge_count: {
    make: channels.CounterEdgeCount,
    needs: at,
    other: { ...COUNTER, countEdge: "falling", cascade: true },
  },
  counter_frequency: { make: channels.CounterFrequency, needs: at, other: { ...COUNTER, gatePeriodS: 0.5 } },
  counter_edge_to_edge: {
    make: channels.CounterEdgeToEdge,
    needs: at,
    other: { ...COUNTER, startEdge: "falling", stopEdge: "rising" },
  },
  quadrature_decoder: {
    make: channels.QuadratureDecoder,
    needs: at,
    other: { ...SPEC, decodeMode: "x1", indexReset: true },
  },
  tachometer: {
    make: channels.Tachometer,
    needs: at,
    other: { ...SPEC, measureEdge: "falling", stopEdge: "rising" },
  },
  pulse_train_output: {
    make: channels.PulseTrainOutput,
    needs: { ...at, frequencyHz: 100 },
    other: { ...PULSE, frequencyHz: 1e3, dutyCycle: 0.1 },
  },
  one_shot_output: {
    make: channels.OneShotOutput,
    needs: { ...at, pulseWidthS: 1e-3 },
    other: { ...PULSE, pulseWidthS: 0.5 },
  },
  repetitive_one_shot_output: {
    make: channels.RepetitiveOneShotOutput,
    needs: { ...at, pulseWidthS: 1e-3 },
    other: { ...PULSE, pulseWidthS: 0.5 },
  },
};

/** What no field of any kind takes. */
export const WRONG = [NaN, Infinity, "", "  ", "no such word", {}, [1], Symbol.iterator];

/** What some field takes: text and metadata take nearly all of a kind. */
export const TAKES: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: (value) => value === "no such word",
  unit: (value) => value === "no such word",
  metadata: (value) => typeof value === "object" && !Array.isArray(value),
};

/** Numbers that a field refuses although they are finite. */
export const LIMITS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    [
      ...["gain", "r0", "excitationCurrentA", "shuntOhms", "gageFactor", "gageResistanceOhms", "shuntCorrection"],
      ...["nominalResistanceOhms", "gatePeriodS", "frequencyHz", "pulseWidthS"],
    ].map((key) => [key, [0, -1]]),
  ),
  ...{ leadResistanceOhms: [-1], excitationVoltage: [-1], sensitivityVPerUnit: [0], sensitivityMvPerV: [0] },
  ...{ ratedValue: [0], poissonRatio: [-1, 0.51], leads: [1, 2.5, 4], dutyCycle: [0, 1, -1, 2] },
  ...{ physicalChannel: [-1, 0.5, 2 ** 53], cjcChannel: [-1, 0.5], width: [0, -1, 1.5, 33] },
};

/**
 * Channels out of JSON, and what their JSON must look like.
 *
 * @module
 */

import { invalid, plainObject } from "../fields.ts";
import { at, type JsonSchema, objectSchema, optionsFromJson } from "../field_table.ts";
import { AnalogOutputVoltage, VOLTAGE_OUTPUT } from "./analog_output.ts";
import type { ChannelKind, ChannelSpec } from "./base.ts";
import { BRIDGE, BridgeInput, STRAIN, StrainInput } from "./bridges.ts";
import {
  ONE_SHOT,
  OneShotOutput,
  PULSE_TRAIN,
  PulseTrainOutput,
  REPETITIVE_ONE_SHOT,
  RepetitiveOneShotOutput,
} from "./counter_outputs.ts";
import {
  CounterEdgeCount,
  CounterEdgeToEdge,
  CounterFrequency,
  EDGE_COUNT,
  EDGE_TO_EDGE,
  FREQUENCY,
  QUADRATURE,
  QuadratureDecoder,
  TACHOMETER,
  Tachometer,
} from "./counters.ts";
import { DigitalInputPort, DigitalOutputPort, INPUT_PORT, OUTPUT_PORT } from "./digital_ports.ts";
import { CURRENT, CurrentInput, IEPE, IepeInput, RESISTANCE, ResistanceInput } from "./electrical_sensors.ts";
import { RTD, RtdInput, THERMISTOR, ThermistorInput, THERMOCOUPLE, ThermocoupleInput } from "./temperature_sensors.ts";
import { AnalogInputVoltage, COLD_JUNCTION, ColdJunctionInput, VOLTAGE } from "./voltage.ts";

const KINDS: readonly (readonly [ChannelKind, new (options: never) => ChannelSpec])[] = [
  [VOLTAGE, AnalogInputVoltage],
  [COLD_JUNCTION, ColdJunctionInput],
  [THERMOCOUPLE, ThermocoupleInput],
  [RTD, RtdInput],
  [THERMISTOR, ThermistorInput],
  [RESISTANCE, ResistanceInput],
  [CURRENT, CurrentInput],
  [IEPE, IepeInput],
  [STRAIN, StrainInput],
  [BRIDGE, BridgeInput],
  [VOLTAGE_OUTPUT, AnalogOutputVoltage],
  [INPUT_PORT, DigitalInputPort],
  [OUTPUT_PORT, DigitalOutputPort],
  [EDGE_COUNT, CounterEdgeCount],
  [FREQUENCY, CounterFrequency],
  [EDGE_TO_EDGE, CounterEdgeToEdge],
  [QUADRATURE, QuadratureDecoder],
  [TACHOMETER, Tachometer],
  [PULSE_TRAIN, PulseTrainOutput],
  [ONE_SHOT, OneShotOutput],
  [REPETITIVE_ONE_SHOT, RepetitiveOneShotOutput],
];

/**
 * Makes a channel from its JSON. What the Python library writes is read; null stands for a field that is left out.
 *
 * @param value What `toJSON()` gave, after a way through a file.
 * @param path Where it stood, for errors.
 * @throws {DtolValidationError} If the kind or a key is not known, or a value is wrong.
 */
export function channelFromJson(value: unknown, path = "channel"): ChannelSpec {
  const { kind, ...rest } = plainObject(path, value);
  const known = KINDS.find(([{ kind: tag }]) => tag === kind);
  if (known === undefined) {
    throw invalid(`${path}.kind`, `one of ${KINDS.map(([{ kind: tag }]) => tag).join(", ")}`, kind);
  }
  const [{ fields }, Channel] = known;
  const options = optionsFromJson(fields, path, rest);
  return at("channel.", `${path}.`, () => new Channel(options as never));
}

/** JSON Schemas (2020-12) of the channels, by their kind. */
export function channelSchemas(): Readonly<Record<string, JsonSchema>> {
  return structuredClone(Object.fromEntries(KINDS.map(([{ kind, fields }]) => [kind, objectSchema(fields, kind)])));
}

/**
 * What is wired to a channel, and how it is to be read or driven: one class a kind.
 *
 * @module
 */

export { type ChannelFieldName, type ChannelOptions, ChannelSpec } from "./channels/base.ts";
export { AnalogInput, SensorInput, type VoltRange } from "./channels/analog_input.ts";
export {
  AnalogInputVoltage,
  type AnalogInputVoltageOptions,
  ColdJunctionInput,
  type ColdJunctionInputOptions,
} from "./channels/voltage.ts";
export {
  RtdInput,
  type RtdInputOptions,
  TemperatureInput,
  ThermistorInput,
  type ThermistorInputOptions,
  ThermocoupleInput,
  type ThermocoupleInputOptions,
} from "./channels/temperature_sensors.ts";
export {
  CurrentInput,
  type CurrentInputOptions,
  IepeInput,
  type IepeInputOptions,
  ResistanceInput,
  type ResistanceInputOptions,
} from "./channels/electrical_sensors.ts";
export {
  BridgedInput,
  BridgeInput,
  type BridgeInputOptions,
  StrainInput,
  type StrainInputOptions,
} from "./channels/bridges.ts";
export { AnalogOutputVoltage, type AnalogOutputVoltageOptions } from "./channels/analog_output.ts";
export { DigitalLine, type DigitalLineOptions } from "./channels/digital_line.ts";
export {
  DigitalInputPort,
  type DigitalInputPortOptions,
  DigitalOutputPort,
  type DigitalOutputPortOptions,
  DigitalPort,
  type PortOptions,
} from "./channels/digital_ports.ts";
export {
  CounterChannel,
  CounterEdgeCount,
  type CounterEdgeCountOptions,
  CounterEdgeToEdge,
  type CounterEdgeToEdgeOptions,
  CounterFrequency,
  type CounterFrequencyOptions,
  CounterInput,
  QuadratureDecoder,
  type QuadratureDecoderOptions,
  Tachometer,
  type TachometerOptions,
} from "./channels/counters.ts";
export {
  CounterOutput,
  OneShotOutput,
  type OneShotOutputOptions,
  PulseOutput,
  PulseTrainOutput,
  type PulseTrainOutputOptions,
  RepetitiveOneShotOutput,
  type RepetitiveOneShotOutputOptions,
} from "./channels/counter_outputs.ts";
export { VirtualChannel, type VirtualChannelOptions } from "./channels/virtual.ts";
export { channelFromJson, channelSchemas } from "./channels/from_json.ts";
export { channelNumbers } from "./channels/numbers.ts";

/**
 * Recording from Data Translation boards through the DT-Open Layers DataAcq SDK: hardware-clocked acquisition as Web
 * Streams, with a raw file that is ahead of the stream. Importing this opens nothing.
 *
 * @example Record for a while, and read every block
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 *
 * const spec = new TaskSpec({
 *   board: "DT9806(00)",
 *   channels: [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })],
 *   timing: { rateHz: 1000, samplesPerChannel: 100 },
 * });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session);
 * for await (const block of recording.stream) console.log(block.t0.toString(), block.values(0)[0], "V");
 * ```
 *
 * @module
 */

export * from "./src/errors.ts";
export * from "./src/model/enums.ts";
export * from "./src/model/axis.ts";
export * from "./src/model/block.ts";
export * from "./src/model/channels.ts";
export type { DaqReading } from "./src/model/reading.ts";
export { type Metadata, snakeKeys } from "./src/model/fields.ts";
export type { JsonSchema } from "./src/model/field_table.ts";
export {
  BufferPlan,
  type BufferPlanOptions,
  RawLogging,
  type RawLoggingOptions,
  Timing,
  type TimingOptions,
} from "./src/model/timing.ts";
export {
  AnalogThresholdStart,
  type AnalogThresholdStartOptions,
  ExternalDigitalStart,
  type ExternalDigitalStartOptions,
  ReferenceTrigger,
  type ReferenceTriggerOptions,
  RetriggerSpec,
  type RetriggerSpecOptions,
  SoftwareStart,
  SyncBusStart,
  triggerFromJson,
  TriggerSpec,
} from "./src/model/triggers.ts";
export { TaskSpec, type TaskSpecOptions } from "./src/model/spec.ts";
export { taskSchema } from "./src/model/schema.ts";
export * from "./src/model/units.ts";
export { type Formula, parseFormula } from "./src/convert/formula.ts";
export * from "./src/convert/codes.ts";
export type { Computation, Sensor } from "./src/convert/sensor.ts";
export * from "./src/convert/scaling.ts";
export * from "./src/convert/thermocouple.ts";
export * from "./src/convert/temperature.ts";
export * from "./src/convert/rtd.ts";
export * from "./src/convert/thermistor.ts";
export * from "./src/convert/electrical.ts";
export * from "./src/convert/strain.ts";
export * from "./src/convert/bridge.ts";
export * from "./src/convert/rosette.ts";
export {
  LinearScaling,
  type LinearScalingOptions,
  OUTSIDE_POLICIES,
  type OutsidePolicy,
  PolynomialScaling,
  type PolynomialScalingOptions,
  TableScaling,
  type TableScalingOptions,
  type UserScaling,
  userScalingFromJson,
} from "./src/convert/user_scaling.ts";
export * from "./src/teds/mod.ts";
export * from "./src/clock.ts";
export * from "./src/config.ts";
export * from "./src/board/backend.ts";
export * from "./src/board/capabilities.ts";
export type { ChannelFit, Fit, ScanPick } from "./src/board/fit.ts";
export { DataAcqBackend, type DataAcqBackendOptions } from "./src/board/dataacq.ts";
export { openBackend, type OpenBackendOptions } from "./src/board/open.ts";
export * from "./src/board/discovery.ts";
export {
  type CounterPulses,
  type CounterType,
  type GateLevel,
  SimulatedBackend,
  type SimulatedBackendOptions,
  type SimulatedFaults,
} from "./src/board/simulated.ts";
export type { Signal } from "./src/board/signals.ts";
export type { GivenTrigger } from "./src/board/trigger_line.ts";
export * from "./src/acquire/session.ts";
export { record, Recording } from "./src/acquire/record.ts";
export type { RecordOptions } from "./src/acquire/run_plan.ts";
export * from "./src/acquire/start_together.ts";
export * from "./src/acquire/record_together.ts";
export { type DeviceStart, JointRun } from "./src/acquire/joint_run.ts";
export type { Parking } from "./src/acquire/parking.ts";
export { play, Playback, type PlayOptions, type PlaySummary } from "./src/acquire/play.ts";
export type { Waveform, WaveformSource } from "./src/acquire/waveform.ts";
export { DtolManager, type DtolManagerOptions, type SkippedErrors } from "./src/acquire/manager.ts";
export {
  type DeviceOrigin,
  type DeviceResult,
  type DeviceResults,
  type PolledResults,
  resultsOf,
} from "./src/acquire/device_result.ts";
export * from "./src/acquire/record_polled.ts";
export * from "./src/acquire/readings_of.ts";
export { progressLine, type RecordingReport, recordingReport } from "./src/acquire/report.ts";
export type { AcquisitionSummary, RawSummary } from "./src/acquire/summary.ts";
export type { DropCounts } from "./src/acquire/block_queue.ts";
export type { LossCause } from "./src/acquire/messages.ts";
export * from "./src/raw/format.ts";
export * from "./src/raw/replay.ts";
export type { SampleRange } from "./src/raw/chunk_index.ts";
export type { RawDamage } from "./src/raw/scan.ts";
export type { RawSlice } from "./src/raw/slice.ts";
export type { Moment } from "./src/raw/moment.ts";
export { type RawEndOptions, type RawTarget, RawWriter, type RawWriterOptions } from "./src/raw/writer.ts";
export { serveDrainer } from "./src/acquire/serve.ts";
export { diagnose, type DiagnoseOptions, type Finding, type Level, worstLevel } from "./src/diagnose.ts";
export { type HardwareAnswer, hardwareDay, type HardwareDayOptions } from "./src/hardware_day.ts";
export { VERSION } from "./src/version.ts";
export { STOP_SIGNALS } from "./src/stop_signals.ts";

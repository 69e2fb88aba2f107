/**
 * The words of a spec. Their values are those that reach files, tables and JSON, the same as in the Python library.
 *
 * @module
 */

/** How data leave a subsystem: one value per call, buffers without end, or an exact number of samples. */
export const DATA_FLOWS = [
  "single_value",
  "continuous",
  "finite",
  "continuous_pretrigger",
  "continuous_about_trigger",
] as const;
/** One of {@linkcode DATA_FLOWS}. */
export type DataFlow = typeof DATA_FLOWS[number];

/** Kinds of subsystem that a board may have. */
export const SUBSYSTEM_TYPES = [
  "analog_input",
  "analog_output",
  "digital_input",
  "digital_output",
  "counter_timer",
  "quadrature",
  "tachometer",
] as const;
/** One of {@linkcode SUBSYSTEM_TYPES}. */
export type SubsystemType = typeof SUBSYSTEM_TYPES[number];

/** States of a session's subsystem. */
export const SUBSYSTEM_STATES = [
  "initialized",
  "configured_for_single_value",
  "configured_for_continuous",
  "prestarted",
  "running",
  "stopping",
  "aborting",
  "io_complete",
] as const;
/** One of {@linkcode SUBSYSTEM_STATES}. */
export type SubsystemState = typeof SUBSYSTEM_STATES[number];

/** States of one sample buffer. */
export const BUFFER_STATES = ["idle", "filled", "queued", "inprocess", "completed", "released"] as const;
/** One of {@linkcode BUFFER_STATES}. */
export type BufferState = typeof BUFFER_STATES[number];

/** What a board does when no buffer is ready: end the run, repeat one, or overwrite the oldest that was not fetched. */
export const WRAP_MODES = ["none", "single", "multiple"] as const;
/** One of {@linkcode WRAP_MODES}. */
export type WrapMode = typeof WRAP_MODES[number];

/** How an input is wired. */
export const CHANNEL_TYPES = ["single_ended", "differential", "pseudo_differential"] as const;
/** One of {@linkcode CHANNEL_TYPES}. */
export type ChannelType = typeof CHANNEL_TYPES[number];

/** What a board filters an input by. */
export const FILTER_TYPES = ["none", "low_pass", "high_pass", "band_pass"] as const;
/** One of {@linkcode FILTER_TYPES}. */
export type FilterType = typeof FILTER_TYPES[number];

/** Whether an input passes the mean of its signal. */
export const COUPLING_TYPES = ["ac", "dc"] as const;
/** One of {@linkcode COUPLING_TYPES}. */
export type CouplingType = typeof COUPLING_TYPES[number];

/** What tells the temperature of a cold junction: the board's sensor, one that the user wired, or nothing. */
export const CJC_SOURCES = ["internal", "external", "none"] as const;
/** One of {@linkcode CJC_SOURCES}. */
export type CjcSource = typeof CJC_SOURCES[number];

/** What feeds a sensor with current. */
export const EXCITATION_SOURCES = ["internal", "external", "disabled"] as const;
/** One of {@linkcode EXCITATION_SOURCES}. */
export type ExcitationSource = typeof EXCITATION_SOURCES[number];

/** What feeds a bridge with voltage. */
export const STRAIN_EXCITATION_SOURCES = ["internal", "external"] as const;
/** One of {@linkcode STRAIN_EXCITATION_SOURCES}. */
export type StrainExcitationSource = typeof STRAIN_EXCITATION_SOURCES[number];

/** How codes stand for volts; `offset_binary` is another word for `binary` on a bipolar range. */
export const ENCODINGS = ["binary", "twos_complement", "offset_binary"] as const;
/** One of {@linkcode ENCODINGS}. */
export type Encoding = typeof ENCODINGS[number];

/** What a sensor's samples are worth; the place in this list is the number stored in status masks. */
export const SENSOR_STATUSES = ["ok", "sensor_open", "temp_out_of_range_low", "temp_out_of_range_high"] as const;
/** One of {@linkcode SENSOR_STATUSES}. */
export type SensorStatus = typeof SENSOR_STATUSES[number];

/**
 * What a recording does with an error of the board in mid-run: end the stream with it, hand it on in a block without
 * samples and go on, or count it and go on.
 */
export const ERROR_POLICIES = ["raise", "return", "skip"] as const;
/** One of {@linkcode ERROR_POLICIES}. */
export type ErrorPolicy = typeof ERROR_POLICIES[number];

/**
 * What a stream does when its reader is slower than the board: let blocks wait in the backlog, or drop the oldest or
 * the newest beyond the stream buffer. The raw file is not touched by any of them.
 */
export const OVERFLOW_POLICIES = ["block", "drop_oldest", "drop_newest"] as const;
/** One of {@linkcode OVERFLOW_POLICIES}. */
export type OverflowPolicy = typeof OVERFLOW_POLICIES[number];

/** What a channel is made for. */
export const IO_TYPES = [
  "voltage_in",
  "voltage_out",
  "current",
  "thermocouple",
  "rtd",
  "thermistor",
  "resistance",
  "strain_gage",
  "bridge",
  "accelerometer",
  "digital_input",
  "digital_output",
  "counter_timer",
  "tachometer",
  "quadrature_decoder",
  "multi_sensor",
] as const;
/** One of {@linkcode IO_TYPES}. */
export type IOType = typeof IO_TYPES[number];

/** Direction of an edge. */
export const EDGES = ["rising", "falling"] as const;
/** One of {@linkcode EDGES}. */
export type Edge = typeof EDGES[number];

/** What happens to a buffer that has been read. */
export const QUEUE_STRATEGIES = ["requeue", "keep", "free_on_done"] as const;
/** One of {@linkcode QUEUE_STRATEGIES}. */
export type QueueStrategy = typeof QUEUE_STRATEGIES[number];

/** Where a clock comes from. */
export const CLOCK_SOURCES = ["internal", "external"] as const;
/** One of {@linkcode CLOCK_SOURCES}. */
export type ClockSource = typeof CLOCK_SOURCES[number];

/** What starts each pass through the channel list after the first. */
export const RETRIGGER_MODES = ["scan_per_trigger", "internal", "extra"] as const;
/** One of {@linkcode RETRIGGER_MODES}. */
export type RetriggerMode = typeof RETRIGGER_MODES[number];

/** What a counter does. */
export const COUNTER_MODES = [
  "count",
  "measure",
  "rate",
  "one_shot",
  "one_shot_repeat",
  "quadrature",
  "tachometer",
] as const;
/** One of {@linkcode COUNTER_MODES}. */
export type CounterMode = typeof COUNTER_MODES[number];

/** What lets a counter count. */
export const GATE_TYPES = ["software", "low_level", "high_level", "low_edge", "high_edge"] as const;
/** One of {@linkcode GATE_TYPES}. */
export type GateType = typeof GATE_TYPES[number];

/** Polarity of a pulse. */
export const PULSE_TYPES = ["low_to_high", "high_to_low"] as const;
/** One of {@linkcode PULSE_TYPES}. */
export type PulseType = typeof PULSE_TYPES[number];

/** Counts per line of a quadrature encoder. */
export const QUADRATURE_DECODE_MODES = ["x1", "x2", "x4"] as const;
/** One of {@linkcode QUADRATURE_DECODE_MODES}. */
export type QuadratureDecodeMode = typeof QUADRATURE_DECODE_MODES[number];

/** Messages of the SDK. */
export const SDK_EVENT_KINDS = [
  "buffer_done",
  "pretrigger_buffer_done",
  "buffer_reused",
  "queue_done",
  "queue_stopped",
  "io_complete",
  "event_done",
  "measure_done",
  "trigger_error",
  "overrun_error",
  "underrun_error",
] as const;
/** One of {@linkcode SDK_EVENT_KINDS}. */
export type SdkEventKind = typeof SDK_EVENT_KINDS[number];

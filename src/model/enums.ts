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

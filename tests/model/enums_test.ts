import { deepStrictEqual as deepEqual } from "node:assert/strict";
import * as enums from "../../src/model/enums.ts";

// As the Python library's files have them: a file of one library is read by the users of the other.
const PYTHON: Readonly<Record<string, string>> = {
  DATA_FLOWS: "single_value continuous finite continuous_pretrigger continuous_about_trigger",
  SUBSYSTEM_TYPES: "analog_input analog_output digital_input digital_output counter_timer quadrature tachometer",
  SUBSYSTEM_STATES:
    "initialized configured_for_single_value configured_for_continuous prestarted running stopping aborting io_complete",
  BUFFER_STATES: "idle filled queued inprocess completed released",
  IO_TYPES: "voltage_in voltage_out current thermocouple rtd thermistor resistance strain_gage bridge accelerometer " +
    "digital_input digital_output counter_timer tachometer quadrature_decoder multi_sensor",
  SENSOR_STATUSES: "ok sensor_open temp_out_of_range_low temp_out_of_range_high",
  EDGES: "rising falling",
  WRAP_MODES: "none single multiple",
  QUEUE_STRATEGIES: "requeue keep free_on_done",
  CLOCK_SOURCES: "internal external",
  RETRIGGER_MODES: "scan_per_trigger internal extra",
  COUNTER_MODES: "count measure rate one_shot one_shot_repeat quadrature tachometer",
  GATE_TYPES: "software low_level high_level low_edge high_edge",
  PULSE_TYPES: "low_to_high high_to_low",
  QUADRATURE_DECODE_MODES: "x1 x2 x4",
  SDK_EVENT_KINDS:
    "buffer_done pretrigger_buffer_done buffer_reused queue_done queue_stopped io_complete event_done measure_done " +
    "trigger_error overrun_error underrun_error",
  CHANNEL_TYPES: "single_ended differential pseudo_differential",
  FILTER_TYPES: "none low_pass high_pass band_pass",
  COUPLING_TYPES: "ac dc",
  CJC_SOURCES: "internal external none",
  EXCITATION_SOURCES: "internal external disabled",
  STRAIN_EXCITATION_SOURCES: "internal external",
  ENCODINGS: "binary twos_complement offset_binary",
  ERROR_POLICIES: "raise return skip",
  OVERFLOW_POLICIES: "block drop_oldest drop_newest",
};

Deno.test("every word of a spec has the Python library's spelling and place", { permissions: "none" }, () => {
  const ours = Object.fromEntries(Object.entries(enums).map(([name, words]) => [name, words.join(" ")]));
  deepEqual(ours, PYTHON);
});

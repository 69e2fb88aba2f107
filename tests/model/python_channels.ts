/**
 * The dictionaries of the Python library's channels, `to_dict()`, with their defaults: keys in its order, words in its
 * spelling. Written from its documents, not from this library; null where there is no default.
 *
 * @module
 */

const SPEC = { physical_channel: 2, name: null, unit: null, metadata: {} };
const ANALOG = { ...SPEC, channel_type: "single_ended", gain: 1, filter: null, encoding: null, coupling: null };
const EXCITATION = { excitation_source: "internal", excitation_current_a: null };
const COUNTER = { clock_source: "internal", gate_type: "software" };
const PULSE = { clock_source: "internal", pulse_type: "high_to_low", gate_type: "software" };

/** By kind. */
export const PYTHON_DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ai_voltage: { ...ANALOG, min_val: -10, max_val: 10, kind: "ai_voltage" },
  thermocouple: {
    ...ANALOG,
    ...{ channel_type: "differential", gain: 100, thermocouple_type: null, min_val_degc: null, max_val_degc: null },
    ...{ cjc_source: "internal", cjc_channel: 0, units: "deg_c", kind: "thermocouple" },
  },
  rtd: { ...ANALOG, rtd_type: "pt3850", r0: 100, a: null, b: null, c: null, ...EXCITATION, kind: "rtd" },
  thermistor: { ...ANALOG, a: null, b: null, c: null, ...EXCITATION, kind: "thermistor" },
  resistance: { ...ANALOG, ...EXCITATION, kind: "resistance" },
  current: { ...ANALOG, min_val: 0, max_val: 0.02, kind: "current" },
  iepe: {
    ...{ ...ANALOG, coupling: "ac", excitation_source: "internal", excitation_current_a: 0.004 },
    ...{ sensitivity_v_per_unit: null, kind: "iepe" },
  },
  strain: {
    ...{ ...ANALOG, configuration: "quarter_bridge", gage_factor: 2, gage_resistance_ohms: 350, poisson_ratio: 0.3 },
    ...{ lead_resistance_ohms: 0, excitation_source: "internal", excitation_voltage: 0, shunt_enabled: false },
    kind: "strain",
  },
  bridge: {
    ...{ ...ANALOG, configuration: "full", nominal_resistance_ohms: 350, sensitivity_mv_per_v: 2 },
    ...{ excitation_source: "internal", excitation_voltage: 0, lead_resistance_ohms: 0, shunt_enabled: false },
    kind: "bridge",
  },
  ao_voltage: {
    ...{ ...SPEC, min_val: -10, max_val: 10, safe_min: null, safe_max: null, requires_confirm: true, gain: 1 },
    kind: "ao_voltage",
  },
  digital_input_port: { ...SPEC, width: null, lines: [], kind: "digital_input_port" },
  digital_output_port: {
    ...{ ...SPEC, width: null, lines: [], safe_value: null, requires_confirm: true, kind: "digital_output_port" },
  },
  counter_edge_count: { ...SPEC, ...COUNTER, count_edge: "rising", cascade: false, kind: "counter_edge_count" },
  counter_frequency: { ...SPEC, ...COUNTER, gate_period_s: null, kind: "counter_frequency" },
  counter_edge_to_edge: {
    ...{ ...SPEC, ...COUNTER, start_edge: "rising", stop_edge: "falling", kind: "counter_edge_to_edge" },
  },
  quadrature_decoder: { ...SPEC, decode_mode: "x4", index_reset: false, kind: "quadrature_decoder" },
  tachometer: { ...SPEC, measure_edge: "rising", stop_edge: "falling", kind: "tachometer" },
  pulse_train_output: { ...SPEC, ...PULSE, frequency_hz: null, duty_cycle: 0.5, kind: "pulse_train_output" },
  one_shot_output: { ...SPEC, ...PULSE, pulse_width_s: null, kind: "one_shot_output" },
  repetitive_one_shot_output: { ...SPEC, ...PULSE, pulse_width_s: null, kind: "repetitive_one_shot_output" },
};

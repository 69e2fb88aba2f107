/**
 * Counters that measure: events, frequencies, times, positions.
 *
 * @module
 */

import {
  CLOCK_SOURCES,
  type ClockSource,
  type CounterMode,
  type Edge,
  EDGES,
  GATE_TYPES,
  type GateType,
  QUADRATURE_DECODE_MODES,
  type QuadratureDecodeMode,
} from "../enums.ts";
import { type Field, flag, nullable, optional, positive, word } from "../field_table.ts";
import { unitOr } from "./analog_input.ts";
import { type ChannelFields, channelFields, type ChannelKind, type ChannelOptions, ChannelSpec } from "./base.ts";

/** A channel of a counter, quadrature decoder or tachometer, measuring or driving. */
export abstract class CounterChannel extends ChannelSpec {
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "counter_timer" | "quadrature" | "tachometer";
  /** Engineering unit of the values. */
  declare readonly unit: string;
  /** What the counter does. */
  abstract get mode(): CounterMode;
}

/** A counter that measures. */
export abstract class CounterInput extends CounterChannel {
  /** What the counter counts: the board's clock or a signal from outside. Default: `internal`. */
  declare readonly clockSource: ClockSource;
  /** What lets the counter count. Default: `software`. */
  declare readonly gateType: GateType;
}

const inputFields = (unit: string) => ({
  ...channelFields(unitOr(unit)),
  clockSource: optional(word(CLOCK_SOURCES), "internal"),
  gateType: optional(word(GATE_TYPES), "software"),
});

/** An edge with a default. */
const edge = (value: Edge): Field<Edge> => optional(word(EDGES), value);

/** Settings of a {@linkcode CounterEdgeCount}. */
export type CounterEdgeCountOptions = ChannelOptions<CounterEdgeCount, "physicalChannel">;

/**
 * Counts edges; the unit is `counts`. The count goes on beyond the 32 bits of a counter as long as it is read once in every
 * 2^31 edges (43 s at 50 MHz); what goes by between two readings that are farther apart can go unseen.
 *
 * @example Events since the first reading
 * ```ts
 * import { CounterEdgeCount, openDevice, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { ok } from "node:assert/strict";
 *
 * const counter = new CounterEdgeCount({ physicalChannel: 0, name: "drops", clockSource: "external" });
 * const spec = new TaskSpec({ board: "DT9806(00)", element: 1, channels: [counter] });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend({ counterHz: 1e6 }) });
 * await session.poll(); // starts it
 * ok(Number((await session.poll()).values["drops"]) >= 0);
 * ```
 */
export class CounterEdgeCount extends CounterInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "counter_edge_count";
  /** The edge that counts. Default: `rising`. */
  declare readonly countEdge: Edge;
  /**
   * Whether the next counter takes the carry of this one. Readings are then the lower half of a count, the 32 bits of this
   * counter alone, from 0 again after each carry. The upper half is what the next counter shows, where a board shows it at
   * all: the SDK has no call that reads both, and does not say. A count that is read often enough needs no cascade to go on
   * beyond 32 bits. Default: no.
   */
  declare readonly cascade: boolean;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the counter's number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: CounterEdgeCountOptions) {
    super(EDGE_COUNT, options);
  }

  /** What the counter does. */
  override get mode(): "count" {
    return "count";
  }
}

const EDGE_COUNT_FIELDS: ChannelFields<CounterEdgeCount> = {
  ...inputFields("counts"),
  countEdge: edge("rising"),
  cascade: optional(flag(), false),
};

/** The kind `counter_edge_count`. */
export const EDGE_COUNT: ChannelKind = {
  kind: "counter_edge_count",
  subsystemType: "counter_timer",
  fields: EDGE_COUNT_FIELDS,
};

/** Settings of a {@linkcode CounterFrequency}. */
export type CounterFrequencyOptions = ChannelOptions<CounterFrequency, "physicalChannel">;

/** Measures a frequency, in Hz. */
export class CounterFrequency extends CounterInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "counter_frequency";
  /** Seconds to measure or count for; null is 0.5. Default: null. */
  declare readonly gatePeriodS: number | null;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the counter's number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: CounterFrequencyOptions) {
    super(FREQUENCY, options);
  }

  /** What the counter does. */
  override get mode(): "measure" {
    return "measure";
  }
}

const FREQUENCY_FIELDS: ChannelFields<CounterFrequency> = { ...inputFields("Hz"), gatePeriodS: nullable(positive()) };

/** The kind `counter_frequency`. */
export const FREQUENCY: ChannelKind = {
  kind: "counter_frequency",
  subsystemType: "counter_timer",
  fields: FREQUENCY_FIELDS,
};

/** Settings of a {@linkcode CounterEdgeToEdge}. */
export type CounterEdgeToEdgeOptions = ChannelOptions<CounterEdgeToEdge, "physicalChannel">;

/** Measures the time from one edge to another, in seconds. */
export class CounterEdgeToEdge extends CounterInput {
  /** Kind of channel, as files name it. */
  declare readonly kind: "counter_edge_to_edge";
  /** The edge that the time begins with. Default: `rising`. */
  declare readonly startEdge: Edge;
  /** The edge that it ends with. Default: `falling`. */
  declare readonly stopEdge: Edge;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the counter's number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: CounterEdgeToEdgeOptions) {
    super(EDGE_TO_EDGE, options);
  }

  /** What the counter does. */
  override get mode(): "measure" {
    return "measure";
  }
}

const EDGE_TO_EDGE_FIELDS: ChannelFields<CounterEdgeToEdge> = {
  ...inputFields("s"),
  startEdge: edge("rising"),
  stopEdge: edge("falling"),
};

/** The kind `counter_edge_to_edge`. */
export const EDGE_TO_EDGE: ChannelKind = {
  kind: "counter_edge_to_edge",
  subsystemType: "counter_timer",
  fields: EDGE_TO_EDGE_FIELDS,
};

/** Settings of a {@linkcode QuadratureDecoder}. */
export type QuadratureDecoderOptions = ChannelOptions<QuadratureDecoder, "physicalChannel">;

/** The position of an encoder with two tracks, signed; the unit is `counts`. */
export class QuadratureDecoder extends CounterChannel {
  /** Kind of channel, as files name it. */
  declare readonly kind: "quadrature_decoder";
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "quadrature";
  /** Counts per line of the encoder. Default: `x4`. */
  declare readonly decodeMode: QuadratureDecodeMode;
  /** Whether the index track sets the position to 0. Default: no. */
  declare readonly indexReset: boolean;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the decoder's number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: QuadratureDecoderOptions) {
    super(QUADRATURE, options);
  }

  /** What the counter does. */
  override get mode(): "quadrature" {
    return "quadrature";
  }
}

const QUADRATURE_FIELDS: ChannelFields<QuadratureDecoder> = {
  ...channelFields(unitOr("counts")),
  decodeMode: optional(word(QUADRATURE_DECODE_MODES), "x4"),
  indexReset: optional(flag(), false),
};

/** The kind `quadrature_decoder`. */
export const QUADRATURE: ChannelKind = {
  kind: "quadrature_decoder",
  subsystemType: "quadrature",
  fields: QUADRATURE_FIELDS,
};

/** Settings of a {@linkcode Tachometer}. */
export type TachometerOptions = ChannelOptions<Tachometer, "physicalChannel">;

/** The frequency of a tachometer's pulses, in Hz. */
export class Tachometer extends CounterChannel {
  /** Kind of channel, as files name it. */
  declare readonly kind: "tachometer";
  /** The subsystem that has such channels. */
  declare readonly subsystemType: "tachometer";
  /** The edge that a measurement begins with. Default: `rising`. */
  declare readonly measureEdge: Edge;
  /**
   * Of no use, as a period ends with the edge that it began with: for files of the Python library alone, and refused if it is
   * another than the default. Default: `falling`.
   */
  declare readonly stopEdge: Edge;

  /**
   * Checks the settings and freezes them.
   *
   * @param options The settings; only the tachometer's number has no default.
   * @throws {DtolValidationError} If a value cannot be right on any board.
   */
  constructor(options: TachometerOptions) {
    super(TACHOMETER, options);
  }

  /** What the counter does. */
  override get mode(): "tachometer" {
    return "tachometer";
  }
}

const TACHOMETER_FIELDS: ChannelFields<Tachometer> = {
  ...channelFields(unitOr("Hz")),
  measureEdge: edge("rising"),
  stopEdge: edge("falling"),
};

/** The kind `tachometer`. */
export const TACHOMETER: ChannelKind = {
  kind: "tachometer",
  subsystemType: "tachometer",
  fields: TACHOMETER_FIELDS,
};

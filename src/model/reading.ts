/**
 * One reading: the values of a task's channels at one moment, as single-value calls give them.
 *
 * @module
 */

import type { DtolError } from "../errors.ts";
import type { SensorStatus } from "./enums.ts";
import type { Metadata } from "./fields.ts";

/** Values of all channels of a task at one moment. */
export interface DaqReading {
  /** Board name. */
  readonly device: string;
  /** Name of the task. */
  readonly task: string | null;
  /** Value of each channel, by its name, in scan order. NaN where the sensor failed. */
  readonly values: Readonly<Record<string, number | boolean>>;
  /** Unit of each channel, by its name. */
  readonly units: Readonly<Record<string, string | null>>;
  /** UTC before the board was asked. */
  readonly requestedAt: Temporal.Instant;
  /** UTC after it answered. */
  readonly receivedAt: Temporal.Instant;
  /** UTC of the middle between the two. */
  readonly tUtc: Temporal.Instant;
  /** Monotonic nanoseconds before the board was asked. */
  readonly tMonoNs: bigint;
  /** Monotonic nanoseconds of the middle; null when it is not known. */
  readonly tMidpointMonoNs: bigint | null;
  /** Seconds from asking to answer. */
  readonly latencyS: number;
  /** What is wrong with a sensor, by channel name; channels that are well are not in it. */
  readonly sensorStatus: Readonly<Record<string, SensorStatus>>;
  /** Notes of the task, and those of its channels as `<channel>.<key>`. */
  readonly metadata: Metadata;
  /** What went wrong, in a reading that stands for an error; such a reading has no values. */
  readonly error: DtolError | null;
}

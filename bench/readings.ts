/**
 * Readings to write: eight channels, no two rows alike.
 *
 * @module
 */

import type { DaqReading } from "../src/model/reading.ts";

/** Makes readings as a poll at 1 kHz gives them. */
export function readings(count: number): DaqReading[] {
  const units = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`ch${i}`, "V"]));
  const start = 1_779_971_696_123_456_789n;
  return Array.from({ length: count }, (_, k) => {
    const utc = (ns: number) => new Temporal.Instant(start + BigInt(k * 1_000_000 + ns));
    return {
      device: "DT9806(00)",
      task: "poll",
      values: Object.fromEntries(Object.keys(units).map((name, i) => [name, Math.sin(k / 100 + i) * 10])),
      units,
      requestedAt: utc(0),
      receivedAt: utc(80_000 + k % 1000),
      tUtc: utc(40_000 + k % 500),
      tMonoNs: 5_000_000_000n + BigInt(k * 1_000_000),
      tMidpointMonoNs: 5_000_000_000n + BigInt(k * 1_000_000 + 40_000),
      latencyS: 80e-6 + (k % 1000) * 1e-9,
      sensorStatus: {},
      metadata: {},
      error: null,
    };
  });
}

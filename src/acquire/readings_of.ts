/**
 * The readings of several devices as one stream, for sinks.
 *
 * @module
 */

import type { DaqReading } from "../model/reading.ts";
import type { PolledResults } from "./device_result.ts";
import { errorReading } from "./reading.ts";

/**
 * Takes the ticks of a manager's `recordPolled` apart into readings, one a device, in the order of the devices. A device
 * that failed is a reading without values that has its error; so every tick has every device in every sink.
 *
 * A table whose columns are channels has those of all devices when the sink is told them: `spec: manager.specs`.
 *
 * @param stream Ticks, as `recordPolled(manager, ...)` has them.
 * @returns The readings. Cancelling it ends the ticks.
 *
 * @example Two boards in one table
 * ```ts
 * import { AnalogInputVoltage, DtolManager, readingsOf, recordPolled, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * await using manager = new DtolManager({ backend: new SimulatedBackend() });
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * await manager.add("oven", new TaskSpec({ board: "DT9805(00)", channels }));
 * await manager.add("hall", new TaskSpec({ board: "DT9806(00)", channels }));
 * await using recording = recordPolled(manager, { rateHz: 100 });
 * const devices: string[] = [];
 * for await (const { device } of readingsOf(recording.stream)) {
 *   if (devices.push(device) === 4) break; // or pipe(readingsOf(recording.stream), sink)
 * }
 * deepEqual(devices, ["DT9805(00)", "DT9806(00)", "DT9805(00)", "DT9806(00)"]);
 * ```
 */
export function readingsOf(stream: ReadableStream<PolledResults>): ReadableStream<DaqReading> {
  return stream.pipeThrough(
    new TransformStream<PolledResults, DaqReading>({
      transform(results, controller) {
        for (const { ok, value, board, spec, at, error } of results.values()) {
          controller.enqueue(ok ? value : errorReading(board, spec, at, error));
        }
      },
    }),
  );
}

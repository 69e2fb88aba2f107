/**
 * Several recordings, and what is started with them.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import type { JointRun } from "./joint_run.ts";
import type { DtolManager } from "./manager.ts";
import { startTogether, type TogetherOptions } from "./start_together.ts";

/**
 * Records several devices of a manager from one start on, as close as they can be started: {@linkcode startTogether} that
 * allows skew, for who records. What a board cannot start in one call is started by calls of their own, and the skew is
 * measured; counters and waveforms among the devices are started with them.
 *
 * @param manager Whose devices.
 * @param plans What is wanted, by the names given to `DtolManager.add`.
 * @returns All of them, once every clock runs.
 * @throws {DtolValidationError} If none of the devices is one to record.
 * @throws {DtolError} As {@linkcode startTogether}.
 *
 * @example Two boards
 * ```ts
 * import { AnalogInputVoltage, DtolManager, recordTogether, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * await using manager = new DtolManager({ backend: new SimulatedBackend() });
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * const timing = { rateHz: 1000, samplesPerChannel: 200 };
 * await manager.add("force", new TaskSpec({ board: "DT9805(00)", channels, timing }));
 * await manager.add("heat", new TaskSpec({ board: "DT9806(00)", channels, timing }));
 * await using joint = await recordTogether(manager, { force: {}, heat: {} });
 * const counts = [...joint.recordings.values()].map(async ({ stream }) => {
 *   let samples = 0;
 *   for await (const block of stream) samples += block.samplesPerChannel;
 *   return samples;
 * });
 * equal((await Promise.all(counts)).join(), "200,200");
 * console.log(`started within ${joint.skewS} s`);
 * ```
 */
export async function recordTogether(
  manager: DtolManager,
  plans: Readonly<Record<string, TogetherOptions>>,
): Promise<JointRun> {
  const toRecord = Object.keys(plans).filter((name) => manager.get(name).spec.subsystemType.endsWith("input"));
  if (toRecord.length === 0) throw new DtolValidationError("Cannot record together as no device to record is named");
  return await startTogether(manager, plans, { allowSkew: true });
}

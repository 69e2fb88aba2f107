/**
 * For tests, of this library and of programs that use it: signals whose every sample can be told right or wrong.
 *
 * @module
 */

export { boardSeed, countingCode, type Signal } from "./board/signals.ts";
export type { GivenTrigger } from "./board/trigger_line.ts";
export {
  type CounterPulses,
  type CounterType,
  type GateLevel,
  SimulatedBackend,
  type SimulatedBackendOptions,
  type SimulatedFaults,
} from "./board/simulated.ts";

import { boardSeed, countingCode } from "./board/signals.ts";
import type { DaqBlock } from "./model/block.ts";

/** A sample that is not what it should be. */
export interface WrongSample {
  /** Name of its channel. */
  readonly channel: string;
  /** Its index in the run. */
  readonly index: number;
  /** The code that is there. */
  readonly code: number;
  /** The code that should be. */
  readonly expected: number;
}

/**
 * Finds the first sample of a block that is not what a counting board gave: one that was lost, doubled, swapped or shifted
 * on the way cannot look right.
 *
 * @param block A block of a board that shows the counting signal.
 * @param bits Width of the codes. Default: 16.
 * @param runStart Index of the sample that the board counted as its first. Default: that of the anchor of the block's axis,
 * where triggers from outside do not give blocks anchors of their own.
 * @returns The first wrong sample; null when all are right.
 *
 * @example Record, and compare every sample
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, TaskSpec } from "@dtollib/dtollib";
 * import { firstWrongSample, SimulatedBackend } from "@dtollib/dtollib/testing";
 * import { equal } from "node:assert/strict";
 *
 * const backend = new SimulatedBackend({ signal: { kind: "counting" } });
 * const spec = new TaskSpec({
 *   channels: [new AnalogInputVoltage({ physicalChannel: 3 })],
 *   timing: { rateHz: 1000, samplesPerChannel: 100 },
 * });
 * await using session = await openDevice(spec, { backend });
 * await using recording = await record(session);
 * for await (const block of recording.stream) equal(firstWrongSample(block), null);
 * ```
 */
export function firstWrongSample(
  block: DaqBlock,
  bits = 16,
  runStart = block.axis.anchor.index,
): WrongSample | null {
  const { codes, samplesPerChannel: n } = block;
  const seed = boardSeed(block.device);
  const first = block.firstSampleIndex - runStart; // the board counts from its last start
  for (const [i, channel] of block.channels.entries()) {
    for (let k = 0; k < n; k++) {
      const expected = countingCode(seed, channel.physicalChannel, first + k, bits);
      const code = codes![i * n + k]!;
      if (code !== expected) return { channel: channel.name, index: block.firstSampleIndex + k, code, expected };
    }
  }
  return null;
}

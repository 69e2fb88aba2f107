/** Runs of any size whose codes tell channel and sample. */

import { TimeAxis } from "../../src/model/axis.ts";
import { DaqBlock } from "../../src/model/block.ts";

const ANCHOR = {
  index: 0,
  monoNs: 5_000_000_001n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 300_000,
  ticksPerSample: 1,
};

/** Blocks of one run, gapless. */
export function countingRun(size: { channels: number; samples: number; blocks: number }): DaqBlock[] {
  const axis = new TimeAxis(ANCHOR);
  const channels = Array.from({ length: size.channels }, (_, i) => ({
    name: `ch${i}`,
    unit: "V",
    physicalChannel: i,
    scaling: { lowVolts: -10, highVolts: 10, gain: i + 1, bits: 16, encoding: "binary" } as const,
    metadata: {},
  }));
  return Array.from({ length: size.blocks }, (_, blockIndex) => {
    const first = blockIndex * size.samples;
    const codes = Uint16Array.from(
      { length: size.channels * size.samples },
      (_, i) => Math.imul(first + i % size.samples + 77_777 * Math.floor(i / size.samples), 0x9e3779b1) >>> 16,
    );
    const endNs = axis.monoNsOf(first + size.samples);
    return new DaqBlock({
      ...{ device: "DT9806(00)", task: "bench", channels, codes, blockIndex, firstSampleIndex: first, axis },
      ...{ samplesPerChannel: size.samples, startedUtcNs: ANCHOR.utcNs, readStartedNs: endNs, readFinishedNs: endNs },
    });
  });
}

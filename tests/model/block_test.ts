import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Codes } from "../../src/convert/codes.ts";
import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock, type DaqBlockParts } from "../../src/model/block.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

const channel = (name: string, gain = 1): BlockChannel => ({
  ...{ name, unit: "V", physicalChannel: 0, metadata: {} },
  scaling: { lowVolts: -10, highVolts: 10, gain, bits: 16, encoding: "binary" },
});

function blockOf(changes: Partial<DaqBlockParts> = {}): DaqBlock {
  return new DaqBlock({
    ...{ device: "DT9806(00)", task: "t", blockIndex: 3, firstSampleIndex: 30, samplesPerChannel: 2 },
    channels: [channel("a"), channel("b", 10)],
    codes: Uint16Array.of(0, 32768, 32768, 65535),
    axis: new TimeAxis({ index: 0, monoNs: 1000n, utcNs: 2_000_000n, clockHz: 2000, ticksPerSample: 2 }),
    ...{ startedUtcNs: 2_000_000n, readStartedNs: 5000n, readFinishedNs: 7000n },
    ...changes,
  });
}

pure("W-22 values are computed when they are first read, once, and not for who reads codes", () => {
  let asked = 0;
  const watched = channel("a");
  const scaling = {
    ...watched.scaling!,
    get lowVolts() {
      asked++;
      return -10;
    },
  };
  const codes = Uint16Array.of(0, 32768);
  const block = blockOf({ channels: [{ ...watched, scaling }], codes });
  equal(block.codes, codes, "not a copy");
  ok(block.tMonoNs && block.t0 && block.samplesPerChannel);
  equal(asked, 0);
  deepEqual([...block.data], [-10, 0]);
  const once = asked;
  ok(once > 0);
  equal(block.data, block.data);
  equal(block.sensorStatus.size, 0);
  equal(block.values(0).length, 2);
  equal(asked, once);
});

pure("values are channel-major, each channel with its own gain", () => {
  const block = blockOf();
  deepEqual([...block.values(0)], [-10, 0]);
  deepEqual([...block.values(1)], [0, (10 - 20 / 65536) / 10]);
  equal(block.nChannels, 2);
});

pure("a channel without scaling gives its codes as they are", () => {
  deepEqual([...blockOf({ channels: [{ ...channel("a"), scaling: null }], codes: Int32Array.of(-5, 7) }).data], [
    -5,
    7,
  ]);
});

pure("W-53 a failed sensor is NaN with a status; the others are not in it", () => {
  const block = blockOf({ codes: Float32Array.of(1, 99999, 3, 4) });
  deepEqual([...block.sensorStatus].map(([name, mask]) => [name, [...mask]]), [["a", [0, 1]]]);
  deepEqual([...block.data], [1, NaN, 3, 4]);
  equal(block.isLinearised, true);
  equal(block.codes![1], 99999, "the codes stay what the board gave");
});

pure("W-01 W-02 W-03 every time of a block comes from its axis", () => {
  const block = blockOf(); // 1 kHz per channel
  equal(block.sampleRateHz, 1000);
  equal(block.blockPeriodNs, 1_000_000);
  equal(block.tMonoNs, 1000n + 30_000_000n);
  equal(block.t0.epochNanoseconds, 32_000_000n);
  equal(block.tMidpointMonoNs, block.tMonoNs + 1_000_000n);
  equal(block.tUtc.epochNanoseconds, 33_000_000n);
  equal(block.taskStartedAt.epochNanoseconds, 2_000_000n);
  equal(block.readStartedAt.epochNanoseconds, 2_004_000n);
  equal(block.readFinishedAt.epochNanoseconds, 2_006_000n);
  equal(block.elapsedS, 2e-6);
});

pure("an error block has no samples", () => {
  const error = new DtolReadError("no");
  const block = blockOf({ codes: null, samplesPerChannel: 0, error });
  equal(block.error, error);
  equal(block.codes, null);
  equal(block.data.length, 0);
  equal(blockOf().error, null);
});

pure("a block whose codes do not fill its channels, or with a negative index, is refused with the numbers", () => {
  throws(() => blockOf({ codes: Uint16Array.of(1, 2, 3) as Codes }), /2 channels x 2 samples cannot have 3 codes/);
  throws(() => blockOf({ codes: null }), DtolValidationError);
  throws(() => blockOf({ blockIndex: -1 }), /index -1/);
  throws(() => blockOf({ firstSampleIndex: -2 }), /first sample -2/);
});

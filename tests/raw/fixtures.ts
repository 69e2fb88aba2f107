/** Small recordings with known contents, for the tests of this folder. */

import { TimeAxis } from "../../src/model/axis.ts";
import { DaqBlock } from "../../src/model/block.ts";
import { type Codes, type CodeType, newCodes } from "../../src/convert/codes.ts";
import type { RawFileHeader } from "../../src/raw/format.ts";
import { openRaw, type RawReport } from "../../src/raw/replay.ts";
import { RawWriter } from "../../src/raw/writer.ts";

/** A clock whose period is no whole number of nanoseconds, from a start beyond 2^53 ns. */
export const AXIS = new TimeAxis({
  index: 0,
  monoNs: 9_007_199_254_740_993n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 300_000,
  ticksPerSample: 2,
});

/** The header of a file with some channels of some type. */
export function header(dtype: CodeType = "uint16", channels = 2): RawFileHeader {
  const encoding = dtype === "int16" ? "twos_complement" : "binary";
  return {
    task: "bench",
    device: "DT9806(00)",
    dtype,
    samplesPerBuffer: 5,
    anchor: AXIS.anchor,
    startedUtcNs: AXIS.anchor.utcNs,
    monoClock: "CLOCK_MONOTONIC",
    clockHzAsked: 300_001,
    rateHzAsked: 150_000.5,
    simultaneous: false,
    versions: { library: "0.1.0", oldaapi: "7.8", olmem: "7.8", driver: "6", backend: "simulated", simulated: true },
    metadata: { rig: "B" },
    taskMetadata: { specimen: 7 },
    spec: { name: "bench", channels: [] },
    channels: Array.from({ length: channels }, (_, i) => ({
      name: `ch${i}`,
      unit: "V",
      physicalChannel: i + 4,
      channelType: "differential",
      scaling: { lowVolts: -10, highVolts: 10, gain: i + 1, bits: dtype === "int32" ? 24 : 16, encoding } as const,
      metadata: { cable: `c${i}` },
    })),
  };
}

/** The code of a sample: no two of a small file are alike, and none is 0. */
export function codeAt(dtype: CodeType, channel: number, sample: number): number {
  const code = 1 + channel * 20_000 + sample;
  if (dtype === "uint16") return code + 25_000; // beyond what a signed number holds
  if (dtype === "float32") return code / 8;
  return dtype === "int16" ? code - 30_000 : code * 300 - 4_000_000;
}

/** The codes of a block, channel-major. */
export function codesFor(dtype: CodeType, channels: number, first: number, samples: number): Codes {
  const codes = newCodes(dtype, channels * samples);
  for (let i = 0; i < codes.length; i++) codes[i] = codeAt(dtype, Math.floor(i / samples), first + i % samples);
  return codes;
}

/** Bytes of some codes. */
export function bytesOf(codes: Codes): Uint8Array {
  return new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
}

/** A block as a recording gives it. */
export function block(blockIndex: number, first: number, samples: number, axis = AXIS, gapBefore = 0): DaqBlock {
  const { device, task, channels, startedUtcNs, taskMetadata } = header();
  return new DaqBlock({
    device,
    task,
    channels: CHANNELS,
    codes: codesFor("uint16", channels.length, first, samples),
    blockIndex,
    firstSampleIndex: first,
    samplesPerChannel: samples,
    gapBefore,
    axis,
    startedUtcNs,
    readStartedNs: axis.monoNsOf(first + samples),
    readFinishedNs: axis.monoNsOf(first + samples) + 1000n,
    metadata: taskMetadata!,
  });
}
const CHANNELS = header().channels;

/** Writes one chunk with the codes of its samples. */
export function put(
  writer: RawWriter,
  blockIndex: number,
  first: number,
  samples: number,
  more: {
    dtype?: CodeType;
    channels?: number;
    axis?: TimeAxis;
    gapBefore?: number;
    capacity?: number;
    flags?: readonly ("overrun_marker" | "reused")[];
  } = {},
): void {
  const { dtype = "uint16", channels = 2, axis = AXIS, gapBefore = 0, capacity = samples, flags = [] } = more;
  writer.writeChunk(
    {
      blockIndex,
      firstSampleIndex: first,
      validSamples: samples,
      bufferCapacity: capacity,
      axis,
      gapBefore,
      flags,
      readStartedNs: axis.monoNsOf(first + samples),
      readFinishedNs: axis.monoNsOf(first + samples) + 1000n,
    },
    bytesOf(codesFor(dtype, channels, first, samples)),
  );
}

/** A file with three full blocks, a loss, a new time axis, a partial block and an orderly end. */
export function writeSmall(
  path: string,
  dtype: CodeType = "uint16",
): { bytes: Uint8Array<ArrayBuffer>; ends: number[] } {
  const writer = RawWriter.create(path, { overwrite: true });
  writer.begin(header(dtype));
  const ends = [writer.bytes];
  for (let k = 0; k < 3; k++) {
    put(writer, k, 5 * k, 5, { dtype });
    ends.push(writer.bytes);
  }
  writer.writeMarker({
    blockIndex: 3,
    firstSampleIndex: 15,
    lostSamples: 7,
    cause: "overrun",
    detail: "the board overran",
    axis: AXIS,
    atNs: 77n,
    flags: ["overrun_marker"],
  });
  ends.push(writer.bytes);
  put(writer, 5, 22, 3, { dtype, axis: LATER, gapBefore: 7, capacity: 5 });
  ends.push(writer.bytes);
  put(writer, 6, 25, 4, { dtype, axis: LATER, capacity: 5 });
  ends.push(writer.bytes);
  writer.end({ cause: "stopped" });
  ends.push(writer.bytes);
  writer.close();
  return { bytes: Deno.readFileSync(path), ends };
}

/** The axis after the restart in {@linkcode writeSmall}. */
export const LATER = new TimeAxis({
  ...AXIS.anchor,
  index: 22,
  monoNs: AXIS.monoNsOf(22) + 5_000_001n,
  utcNs: AXIS.utcNsOf(22) + 5_000_003n,
});

/** All that a file gives, read in full. */
export async function readAll(path: string): Promise<{ blocks: DaqBlock[]; report: RawReport }> {
  await using file = await openRaw(path);
  const blocks = await Array.fromAsync(file.blocks());
  return { blocks, report: await file.verify() };
}

/** Runs a test in a folder of its own. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "dtol-raw-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Numbers that look random and are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

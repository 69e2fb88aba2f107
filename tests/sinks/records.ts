/** Readings and blocks for the tests of sinks, and the ways to read files back. */

import type { Codes } from "../../src/convert/codes.ts";
import { DtolBufferOverrunError, type DtolError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock, type DaqBlockParts } from "../../src/model/block.ts";
import type { DaqReading } from "../../src/model/reading.ts";

/** A clock whose period is no whole number of nanoseconds, from a start beyond 2^53 ns. */
export const AXIS = new TimeAxis({
  index: 0,
  monoNs: 9_007_199_254_740_993n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 300_000,
  ticksPerSample: 2,
});

/** Two volt channels of different gain, the second with notes. */
export const CHANNELS: readonly BlockChannel[] = [
  channel("force", { gain: 1 }),
  channel("bath", { gain: 2, unit: "mV", metadata: { cable: "b7" } }),
];

/** A channel of 16-bit codes over ±10 V. */
export function channel(
  name: string,
  more: { gain?: number; unit?: string | null; metadata?: BlockChannel["metadata"] } = {},
): BlockChannel {
  const { gain = 1, unit = "V", metadata = {} } = more;
  const scaling = { lowVolts: -10, highVolts: 10, gain, bits: 16, encoding: "binary" } as const;
  return { name, unit, physicalChannel: 0, scaling, metadata };
}

/** A block whose codes tell channel and sample: no two of a small run are alike. */
export function block(
  blockIndex: number,
  samplesPerChannel = 3,
  more: Partial<DaqBlockParts> = {},
): DaqBlock {
  const channels = more.channels ?? CHANNELS;
  const firstSampleIndex = more.firstSampleIndex ?? blockIndex * samplesPerChannel;
  const axis = more.axis ?? AXIS;
  return new DaqBlock({
    device: "DT9806(00)",
    task: "bench",
    channels,
    codes: codesOf(channels.length, firstSampleIndex, samplesPerChannel),
    blockIndex,
    firstSampleIndex,
    samplesPerChannel,
    axis,
    startedUtcNs: axis.anchor.utcNs,
    readStartedNs: axis.monoNsOf(firstSampleIndex + samplesPerChannel),
    readFinishedNs: axis.monoNsOf(firstSampleIndex + samplesPerChannel) + 1000n,
    metadata: { specimen: 7 },
    ...more,
  });
}

/** The code of sample `index` of a channel. */
export function codeAt(channel: number, index: number): number {
  return (channel * 20_011 + index * 7 + 1) & 0xffff;
}

function codesOf(channels: number, first: number, samples: number): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(
    { length: channels * samples },
    (_, i) => codeAt(Math.floor(i / samples), first + i % samples),
  );
}

/** A block of a board that gives values: one is an open sensor, one a value that no sensor explains. */
export function floatBlock(values: readonly number[], name = "oven"): DaqBlock {
  return block(0, values.length, {
    channels: [{ name, unit: "degC", physicalChannel: 0, scaling: null, metadata: {} }],
    codes: Float32Array.from(values) as Codes,
  });
}

/** The error that error records carry. */
export const OVERRUN: DtolError = new DtolBufferOverrunError('The board overran, "twice"', {
  context: { task: "bench", board: "DT9806(00)" },
});

/** A block that carries only an error. */
export function errorBlock(blockIndex: number, firstSampleIndex: number): DaqBlock {
  return block(blockIndex, 0, { firstSampleIndex, codes: null, gapBefore: 4, error: OVERRUN });
}

/** A reading of two channels, ten milliseconds after the one before. */
export function reading(i: number, more: Partial<DaqReading> = {}): DaqReading {
  const utcNs = AXIS.anchor.utcNs + BigInt(i) * 10_000_000n;
  const monoNs = AXIS.anchor.monoNs + BigInt(i) * 10_000_000n;
  return {
    device: "DT9806(00)",
    task: "bench",
    values: { force: 1.5 + i, bath: -0.25 },
    units: { force: "N", bath: "degC" },
    requestedAt: new Temporal.Instant(utcNs),
    receivedAt: new Temporal.Instant(utcNs + 1_000_000n),
    tUtc: new Temporal.Instant(utcNs + 500_000n),
    tMonoNs: monoNs,
    tMidpointMonoNs: monoNs + 500_000n,
    latencyS: 0.001,
    sensorStatus: {},
    metadata: { specimen: 7 },
    error: null,
    ...more,
  };
}

/** A reading that stands for an error. */
export function errorReading(i: number): DaqReading {
  return reading(i, { values: {}, units: {}, error: OVERRUN });
}

/** Runs a test in a folder of its own. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack(); // which tells the test's error too, if the folder cannot go
  const folder = await Deno.makeTempDir({ prefix: "dtol-sinks-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await test(folder);
}

/** Makes a symbolic link to a file, and says whether it could: Windows lets only some programs. */
export function canLink(path: string, link: string): boolean {
  try {
    Deno.symlinkSync(path, link, { type: "file" });
    return Deno.lstatSync(link).isSymlink;
  } catch (error) {
    if (Deno.build.os !== "windows") throw error;
    return false;
  }
}

/** What a program prints; null, with a message, when it is not on this machine. */
export async function outputOf(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const command = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "piped" });
    const { success, stdout, stderr } = await command.output();
    if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`left out: there is no ${program} on this machine`);
    return null;
  }
}

/** The records of a CSV text, by a reader that is as strict as RFC 4180. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let field = "";
      if (text[at] === '"') {
        for (at++;; at += 2) {
          const end = text.indexOf('"', at);
          if (end < 0) throw new Error("a quoted field has no end");
          field += text.slice(at, end);
          at = end + 1;
          if (text[at] !== '"') break;
          field += '"';
          at -= 1;
        }
      } else {
        const end = text.slice(at).search(/[,\r]/);
        if (end < 0) throw new Error(`the last record has no end: ${text.slice(at)}`);
        field = text.slice(at, at + end);
        at += end;
      }
      record.push(field);
      if (text[at] === ",") at++;
      else if (text.startsWith("\r\n", at)) break;
      else throw new Error(`neither a comma nor a line end at ${at}: ${text.slice(at, at + 20)}`);
    }
    at += 2;
    records.push(record);
  }
  return records;
}

/** The records of a CSV file as objects. */
export async function csvRows(path: string): Promise<Record<string, string>[]> {
  const [header, ...records] = parseCsv(await Deno.readTextFile(path));
  return records.map((record) => Object.fromEntries(record.map((field, i) => [header![i]!, field])));
}

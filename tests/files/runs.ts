/** Small runs of every kind in raw files, and what must be the same of their blocks in every format. */

import { DatabaseSync } from "node:sqlite";
import { type DaqBlock, virtualChannel } from "../../src/model/block.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { ColdJunctionInput, ThermocoupleInput, VirtualChannel } from "../../src/model/channels.ts";
import { sensorOf } from "../../src/model/sensor.ts";
import type { RawChannel } from "../../src/raw/format.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { InMemorySink } from "../../sinks/memory.ts";
import { replay } from "../../sinks/mod.ts";
import { AXIS, bytesOf, header, put, writeSmall } from "../raw/fixtures.ts";

/** The board's clock after a restart in mid-run: a pause, on the same two clocks. */
export const RESTARTED = new TimeAxis({
  ...AXIS.anchor,
  index: 22,
  monoNs: AXIS.monoNsOf(22) + 5_000_001n,
  utcNs: AXIS.utcNsOf(22) + 5_000_001n,
});

/** Writes one kind of run into a raw file. */
export const RUNS: Readonly<Record<string, (path: string) => void>> = {
  "whole": (path) => run(path, (writer) => writer.end({ cause: "finished" })),
  "with a loss, a restart and a partial block": (path) =>
    run(path, (writer) => {
      writer.writeMarker({
        ...{ blockIndex: 3, firstSampleIndex: 15, lostSamples: 7, cause: "overrun", detail: `it overran, "twice"` },
        ...{ axis: AXIS, atNs: 77n, flags: ["overrun_marker"] as const },
      });
      put(writer, 5, 22, 3, { axis: RESTARTED, gapBefore: 7, capacity: 5 });
      writer.writeMarker({
        ...{
          blockIndex: 6,
          firstSampleIndex: 25,
          lostSamples: 0,
          cause: "DtolTimeoutError",
          axis: RESTARTED,
          atNs: 78n,
        },
        detail: "it hung [task=bench, board=DT9806(00), op=olDaGetBuffer, ecode=7(oldaapi)]",
      });
      put(writer, 6, 25, 5, { axis: RESTARTED });
      writer.end({ cause: "stopped" });
    }),
  "of 24-bit codes": (path) => void writeSmall(path, "int32"),
  "of signed codes": (path) => void writeSmall(path, "int16"),
  "of values with sensor faults": (path) => {
    const channels = header("float32").channels.map((channel) => ({ ...channel, unit: "degC", scaling: null }));
    const writer = RawWriter.create(path);
    writer.begin({ ...header("float32"), channels });
    const at = { blockIndex: 0, firstSampleIndex: 0, axis: AXIS, readStartedNs: 1n, readFinishedNs: 2n };
    const codes = Float32Array.of(20.5, 99999, -99999, -0, 88888, NaN, 1.25, 1e30);
    writer.writeChunk({ ...at, validSamples: 4, bufferCapacity: 4 }, bytesOf(codes));
    writer.end();
    writer.close();
  },
  "of values of a thermocouple, its cold junction and a virtual channel": (path) => {
    const writer = RawWriter.create(path);
    writer.begin({ ...header("uint16"), channels: SENSORS() });
    const at = { blockIndex: 0, firstSampleIndex: 0, axis: AXIS, readStartedNs: 1n, readFinishedNs: 2n };
    const codes = Uint16Array.of(32768 + 1365, 65535, 32768, 32768 + 90, 32768 + 833, 32768 + 840, 32768 + 812, 32768);
    writer.writeChunk({ ...at, validSamples: 4, bufferCapacity: 4 }, bytesOf(codes));
    writer.end();
    writer.close();
  },
};

/** A type K thermocouple that opens in mid-run, its cold junction, and what is computed from both. */
const SENSORS = (): RawChannel[] => {
  const [first] = header().channels;
  const { lowVolts, highVolts, bits, encoding } = first!.scaling!;
  const volts = (gain: number) => ({ lowVolts, highVolts, gain, bits, encoding });
  const flame = new ThermocoupleInput({ physicalChannel: 1, name: "flame", thermocoupleType: "K", units: "kelvin" });
  const cold = new ColdJunctionInput({ physicalChannel: 0, name: "cold" });
  const rise = new VirtualChannel({ name: "rise", unit: "K", formula: "flame - 273.15 - cold" });
  return [
    {
      ...first!,
      ...{ name: "flame", unit: "K", physicalChannel: 1 },
      scaling: volts(100),
      sensor: sensorOf(flame, false),
    },
    {
      ...first!,
      ...{ name: "cold", unit: "degC", physicalChannel: 0 },
      scaling: volts(1),
      sensor: sensorOf(cold, false),
    },
    virtualChannel(rise),
  ];
};

function run(path: string, end: (writer: RawWriter) => void): void {
  const writer = RawWriter.create(path);
  writer.begin(header());
  for (let k = 0; k < 3; k++) put(writer, k, 5 * k, 5);
  end(writer);
  writer.close();
}

/** The blocks of a file. */
export async function blocksOf(path: string): Promise<DaqBlock[]> {
  await using memory = new InMemorySink();
  await replay(path, memory);
  return memory.blocks;
}

/** What must be the same of a block in every format that it can be read back from. */
export function factsOf(block: DaqBlock): unknown {
  const { device, task, metadata, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, error } = block;
  const index = Array.from({ length: samplesPerChannel }, (_, k) => firstSampleIndex + k);
  return {
    ...{ device, task, metadata, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore },
    channels: block.channels.map(({ name, unit, physicalChannel, scaling, metadata }) => ({
      ...{ name, unit, physicalChannel, scaling, metadata },
    })),
    codes: codesOf(block),
    values: new BigUint64Array(block.data.slice().buffer),
    isLinearised: block.isLinearised,
    monoNs: index.map((k) => block.axis.monoNsOf(k)),
    utcMicros: index.map((k) => block.axis.utcNsOf(k) / 1000n),
    startedAt: `${block.taskStartedAt}`,
    sensorStatus: new Map(block.sensorStatus),
    error: error === null ? null : [error.type, error.text],
  };
}

/** Codes as the converter counts them: a file may hold them wrapped to signed numbers, which stand for the same values. */
function codesOf({ plainCodes: codes, channels }: DaqBlock): number[] | null {
  if (codes === null || codes instanceof Float32Array) return null;
  return Array.from(codes, (code) => code & (2 ** channels[0]!.scaling!.bits - 1));
}

/** Rows of a table of a SQLite file; whole numbers are bigint. */
export function sqliteRows(path: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
}

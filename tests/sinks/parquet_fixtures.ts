/** Blocks with known contents, and readers of Parquet files that others wrote, for the Parquet tests. */

import { DuckDBInstance, type DuckDBValue } from "../packages/duckdb.ts";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { asyncBufferFromFile } from "hyparquet";
import type { Codes } from "../../src/convert/codes.ts";
import { type AxisAnchor, TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock, type DaqBlockParts } from "../../src/model/block.ts";
import { type Cell, type Row, scanColumns } from "../../sinks/columns.ts";
import { rowOf } from "../../sinks/cells.ts";
import { blockToRows, blockToScans } from "../../sinks/rows.ts";
import { DECOMPRESSORS } from "../../sinks/parquet/compression.ts";

/** A clock whose period is no whole number of nanoseconds, from a start beyond 2^53 ns. */
export const ANCHOR: AxisAnchor = {
  index: 0,
  monoNs: 9_007_199_254_740_993n,
  utcNs: 1_779_971_696_123_456_789n,
  clockHz: 300_000,
  ticksPerSample: 2,
};

/** A channel of a 16-bit board at ±10 V. */
export function channel(i: number, more: Partial<BlockChannel> = {}): BlockChannel {
  return {
    name: `ch${i}`,
    unit: "V",
    physicalChannel: i,
    scaling: { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" },
    metadata: { cable: `c${i}` },
    ...more,
  };
}

/** A block of some codes; what is not given is as in a small recording. */
export function blockOf(
  parts: Partial<DaqBlockParts> & { readonly codes: Codes | null; readonly channels: readonly BlockChannel[] },
): DaqBlock {
  const axis = parts.axis ?? new TimeAxis(ANCHOR);
  const samplesPerChannel = (parts.codes?.length ?? 0) / (parts.channels.length || 1);
  const firstSampleIndex = parts.firstSampleIndex ?? 0;
  const read = axis.monoNsOf(firstSampleIndex + samplesPerChannel);
  return new DaqBlock({
    device: "DT9806(00)",
    task: "bench",
    blockIndex: 0,
    firstSampleIndex,
    samplesPerChannel,
    axis,
    startedUtcNs: axis.anchor.utcNs,
    readStartedNs: read,
    readFinishedNs: read + 1000n,
    ...parts,
  });
}

/** A run of blocks of a few channels; the codes wander like a signal with noise. */
export function run(blocks: number, samples: number, channels = 2): DaqBlock[] {
  const list = Array.from({ length: channels }, (_, i) => channel(i));
  const random = seeded(blocks * samples + channels);
  return Array.from({ length: blocks }, (_, blockIndex) =>
    blockOf({
      channels: list,
      blockIndex,
      firstSampleIndex: blockIndex * samples,
      codes: Uint16Array.from(
        { length: channels * samples },
        (_, i) => 32_768 + 5000 * Math.sin(i / 50) + 8 * random(),
      ),
    }));
}

/** The rows that some blocks must have become, by the rules that all sinks share. */
export function expectedRows(blocks: readonly DaqBlock[], layout: "long" | "wide" = "long"): Row[] {
  if (layout === "long") return blocks.flatMap((block) => [...blockToRows(block, { times: "ns" })]);
  const columns = scanColumns(blocks.find(({ samplesPerChannel }) => samplesPerChannel > 0)!.channels);
  return blocks.flatMap((block) => [...blockToScans(block, columns, "ns")].map(rowOf));
}

/** Rows of a file as hyparquet reads them, times in microseconds. */
export async function readWithHyparquet(path: string): Promise<Record<string, unknown>[]> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  return await parquetReadObjects({
    file,
    metadata,
    compressors: DECOMPRESSORS,
    parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
  });
}

const duckdb = await DuckDBInstance.create(":memory:", { threads: "2" });

/** Answers of DuckDB to a question about files, times in microseconds. */
export async function queryDuckdb(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await duckdb.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    const names = reader.columnNames();
    return reader.getRows().map((row) => Object.fromEntries(row.map((value, i) => [names[i]!, plain(value)])));
  } finally {
    connection.closeSync();
  }
}

/** Rows of a file as DuckDB reads them. */
export function readWithDuckdb(path: string): Promise<Record<string, unknown>[]> {
  return queryDuckdb(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
}

function plain(value: DuckDBValue): unknown {
  return typeof value === "object" && value !== null && "micros" in value ? value.micros : value;
}

/** The first cell that a reader gives otherwise than it must be; null when all are right. */
export function firstDifference(given: readonly Record<string, unknown>[], expected: readonly Row[]): string | null {
  if (given.length !== expected.length) return `${given.length} rows, not ${expected.length}`;
  for (const [i, row] of expected.entries()) {
    for (const [name, cell] of Object.entries(row)) {
      const value = given[i]![name] ?? null;
      if (!Object.is(value, asRead(name, cell))) {
        return `row ${i} has ${String(value)} (${typeof value}) under ${name}, not ${String(asRead(name, cell))}`;
      }
    }
  }
  return null;
}

/** A cell as readers give it: whole numbers of 64 bits as bigint, times in microseconds. */
export function asRead(name: string, cell: Cell): Cell {
  if (name === "t_utc" || name === "requested_at" || name === "received_at") {
    const ns = cell as bigint;
    return (ns - (ns % 1000n + 1000n) % 1000n) / 1000n;
  }
  return (name === "block_index" || name === "sample_index") && cell !== null ? BigInt(cell) : cell;
}

/** Numbers that look random and are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs a test in a folder of its own: in memory where the system has that, as a thousand recoveries sync as often. */
export async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const memory = await Deno.stat("/dev/shm").then(() => true, () => false);
  const folder = await Deno.makeTempDir({ prefix: "dtol-parquet-", ...(memory ? { dir: "/dev/shm" } : {}) });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// The hand-made encodings against readers that we did not write: whatever goes in comes out, cell by cell.

import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { type Codes, type CodeType, newCodes } from "../../src/convert/codes.ts";
import { DtolBufferOverrunError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import type { BlockChannel, DaqBlock } from "../../src/model/block.ts";
import { PARQUET_COMPRESSIONS } from "../../sinks/parquet/compression.ts";
import { bitsFor, definitionLevels, deltaBinaryPacked, IndexPacker } from "../../sinks/parquet/encodings.ts";
import { lz4Compress, lz4Decompress } from "../../sinks/parquet/lz4.ts";
import { decodeNotes, encodeNotes } from "../../sinks/parquet/segment.ts";
import { ParquetSink, type ParquetSinkOptions } from "../../sinks/parquet.ts";
import {
  ANCHOR,
  blockOf,
  channel,
  expectedRows,
  firstDifference,
  inFolder,
  readWithDuckdb,
  readWithHyparquet,
  run,
  seeded,
} from "./parquet_fixtures.ts";
import * as arrow from "apache-arrow";
import * as parquet from "../packages/parquet_wasm.ts";

const SAMPLES = [1, 2, 7, 8, 9, 31, 32, 33, 127, 128, 129, 257, 1000, 3000];
const CLOCKS = [300_000, 1000, 44_100, 999_999.37, 3, 10_000_000];
const TYPES: readonly CodeType[] = ["uint16", "uint16", "int16", "int32", "float32"];

/** A file's worth of blocks that only chance has thought of. */
function randomRun(random: () => number): { blocks: DaqBlock[]; options: ParquetSinkOptions } {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const type = pick(TYPES);
  const bits = 1 + Math.floor(random() * (type === "int32" ? 24 : 16));
  const spread = random() < 0.15 ? 0 : 2 ** bits - 1;
  const sameScaling = random() < 0.5;
  const list = Array.from({ length: 1 + Math.floor(random() * 9) }, (_, i): BlockChannel => ({
    ...channel(i, random() < 0.2 ? { unit: null } : {}),
    scaling: type === "float32" || random() < 0.1 ? null : {
      lowVolts: -10,
      highVolts: 10,
      gain: sameScaling ? 1 : 2 ** i,
      bits: type === "int32" ? 24 : 16,
      encoding: type === "uint16" ? "binary" : "twos_complement",
    },
  }));
  const anchor = { ...ANCHOR, clockHz: pick(CLOCKS), ticksPerSample: pick([1, 2, 8]) };
  let axis = new TimeAxis(anchor);
  const blocks: DaqBlock[] = [];
  let first = Math.floor(random() * 1e9);
  for (let blockIndex = 0; blockIndex < 1 + random() * 4; blockIndex++) {
    const samples = pick(SAMPLES);
    const codes = newCodes(type, list.length * samples);
    for (let i = 0; i < codes.length; i++) codes[i] = codeOf(type, bits, spread, random);
    const gapBefore = random() < 0.3 ? Math.floor(random() * 1000) : 0;
    first += gapBefore;
    if (random() < 0.2) axis = new TimeAxis({ ...anchor, index: first, monoNs: axis.monoNsOf(first) + 5_000_001n });
    blocks.push(blockOf({ channels: list, codes, blockIndex, firstSampleIndex: first, gapBefore, axis }));
    first += samples;
    if (random() < 0.2) blocks.push(errorBlock(list, blockIndex, first, axis));
  }
  const options = {
    compression: pick(PARQUET_COMPRESSIONS),
    layout: random() < 0.3 ? "wide" : "long",
    useDictionary: random() < 0.85,
    ...(random() < 0.5 ? { rowGroupSize: pick([1, 77, 1000, 9999]) } : {}),
  } as const;
  // One row a row group is right, but not for thousands of rows.
  if (options.rowGroupSize === 1) return { blocks: blocks.slice(0, 1).map(firstSamples), options };
  return { blocks, options };
}

function codeOf(type: CodeType, bits: number, spread: number, random: () => number): number {
  if (type === "float32") {
    return [-0, 0, NaN, 99_999, 88_888, -88_888, 1.5e38, Infinity, 20 + random()][Math.floor(random() * 9)]!;
  }
  const code = Math.floor(random() * (spread + 1));
  return type === "uint16" ? code : code - 2 ** (bits - 1);
}

function errorBlock(channels: readonly BlockChannel[], blockIndex: number, first: number, axis: TimeAxis): DaqBlock {
  const error = new DtolBufferOverrunError(`"samples", 'lost' \u{1F525}`, { context: { task: "bench" } });
  return blockOf({ channels, codes: null, samplesPerChannel: 0, blockIndex, firstSampleIndex: first, axis, error });
}

function firstSamples(block: DaqBlock): DaqBlock {
  const n = Math.min(block.samplesPerChannel, 3);
  const codes = newCodes("uint16", n * block.nChannels);
  return blockOf({ channels: block.channels, codes, firstSampleIndex: block.firstSampleIndex, axis: block.axis });
}

Deno.test("random blocks are read back cell by cell by hyparquet and DuckDB", async () => {
  await inFolder(async (folder) => {
    for (let seed = 0; seed < 120; seed++) {
      const { blocks, options } = randomRun(seeded(seed * 7919 + 1));
      const path = `${folder}/${seed}.parquet`;
      {
        await using sink = new ParquetSink(path, options);
        for (const block of blocks) await sink.write(block);
      }
      const expected = expectedRows(blocks, options.layout);
      const what = `seed ${seed} ${JSON.stringify(options)}`;
      equal(firstDifference(await readWithHyparquet(path), expected), null, `hyparquet, ${what}`);
      equal(firstDifference(await readWithDuckdb(path), expected), null, `DuckDB, ${what}`);
      await Deno.remove(path);
    }
  });
});

Deno.test("every width of index from 0 to 16 bits is read back, in full range and with one code only", async () => {
  await inFolder(async (folder) => {
    for (let bits = 0; bits <= 16; bits++) {
      const codes = new Uint16Array(70_001);
      for (let i = 0; i < codes.length; i++) codes[i] = i % 2 ** bits;
      const blocks = [blockOf({ channels: [channel(0)], codes })];
      const path = `${folder}/${bits}.parquet`;
      {
        await using sink = new ParquetSink(path);
        for (const block of blocks) await sink.write(block);
      }
      const [row] = await parquetColumn(path, "value");
      deepEqual(row, Array.from(blocks[0]!.data), `${bits} bits`);
    }
  });
});

async function parquetColumn(path: string, name: string): Promise<[unknown[], number]> {
  const rows = await readWithHyparquet(path);
  return [rows.map((row) => row[name]), rows.length];
}

Deno.test("a reader that skips rows lands on the right ones (parquet-rs, offset and limit)", async () => {
  await inFolder(async (folder) => {
    const blocks = run(5, 3001, 3);
    const expected = expectedRows(blocks);
    const path = `${folder}/skip.parquet`;
    {
      await using sink = new ParquetSink(path, { rowGroupSize: 20_000 });
      for (const block of blocks) await sink.write(block);
    }
    const bytes = await Deno.readFile(path);
    for (const offset of [0, 1, 31, 33, 129, 3000, 3001, 9002, 9003, 17_777, 19_999, 20_000, 44_000, 45_014]) {
      const table = arrow.tableFromIPC(parquet.readParquet(bytes, { offset, limit: 70 }).intoIPCStream());
      equal(table.numRows, Math.min(70, expected.length - offset));
      for (let i = 0; i < table.numRows; i++) {
        const row = table.get(i)!;
        const { sample_index, t_mono_ns, value, channel } = expected[offset + i]!;
        const given = {
          sample_index: Number(row.sample_index),
          t_mono_ns: row.t_mono_ns,
          value: row.value,
          channel: row.channel,
        };
        deepEqual(given, { sample_index, t_mono_ns, value, channel }, `row ${offset} + ${i}`);
      }
    }
  });
});

Deno.test("row groups say the bounds of their columns, so that a query can leave them out", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/bounds.parquet`;
    const blocks = run(4, 1000, 2);
    {
      await using sink = new ParquetSink(path, { rowGroupSize: 2000 });
      for (const block of blocks) await sink.write(block);
    }
    const { asyncBufferFromFile, parquetMetadataAsync } = await import("hyparquet");
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path), {
      parsers: { timestampFromMicroseconds: (micros: bigint) => micros },
    });
    equal(row_groups.length, 4);
    for (const [i, { columns }] of row_groups.entries()) {
      const bounds = (name: string) => {
        const { min_value, max_value, null_count } = columns.find(({ meta_data }) =>
          meta_data!.path_in_schema[0] === name
        )!.meta_data!.statistics!;
        return [min_value, max_value, null_count];
      };
      const rows = expectedRows([blocks[i]!]);
      const values = rows.map(({ value }) => value as number);
      deepEqual(bounds("sample_index"), [BigInt(1000 * i), BigInt(1000 * i + 999), 0n]);
      deepEqual(bounds("t_mono_ns"), [rows[0]!.t_mono_ns, rows.at(-1)!.t_mono_ns, 0n]);
      deepEqual(bounds("t_utc"), [rows[0]!.t_utc, rows.at(-1)!.t_utc].map((ns) => (ns as bigint) / 1000n).concat(0n));
      deepEqual(bounds("value"), [Math.min(...values), Math.max(...values), 0n]);
      deepEqual(bounds("error_type"), [undefined, undefined, 2000n]);
    }
  });
});

Deno.test("IndexPacker packs any width and any length as the format has it", () => {
  const random = seeded(3);
  for (let width = 1; width <= 24; width++) {
    const packer = new IndexPacker(width, 4); // grows
    for (const lengths of [[1], [7, 9], [8], [31, 1, 100], [129]]) {
      const places = Uint32Array.from({ length: 600 }, () => Math.floor(random() * 2 ** width));
      const codes = lengths.map((length) => Int32Array.from({ length }, () => Math.floor(random() * 600) - 300));
      for (const part of codes) packer.pack(part, places, -300);
      const [head, bits] = packer.take();
      const expected = codes.flatMap((part) => [...part].map((code) => places[code + 300]!));
      equal(head![0], width);
      equal(bits!.length, Math.ceil(expected.length / 8) * width);
      const at = (i: number) => {
        let index = 0;
        for (let b = 0; b < width; b++) {
          const bit = i * width + b;
          index += (bits![bit >> 3]! >> (bit & 7) & 1) * 2 ** b;
        }
        return index;
      };
      deepEqual(expected.map((_, i) => at(i)), expected, `width ${width}, ${lengths}`);
      const rest = Math.ceil(expected.length / 8) * 8;
      for (let i = expected.length; i < rest; i++) equal(at(i), 0, "what fills the last group is zero");
    }
  }
});

Deno.test("deltaBinaryPacked() takes differences of any size and sign", async () => {
  const { deltaBinaryUnpack } = await import("hyparquet/src/delta.js");
  const random = seeded(5);
  for (const length of [1, 2, 32, 33, 128, 129, 130, 1000]) {
    for (const most of [0, 1, 2, 1000, 2 ** 33, 2 ** 50]) {
      const since = Float64Array.from({ length }, () => Math.floor((random() - 0.5) * most));
      const base = 9_007_199_254_740_993n;
      const bytes = deltaBinaryPacked(base + BigInt(since[0]!), since);
      const out = new BigInt64Array(length);
      const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
      deltaBinaryUnpack(reader, length, out);
      deepEqual([...out], [...since].map((value) => base + BigInt(value)), `${length} values up to ${most}`);
      equal(reader.offset, bytes.length);
    }
  }
});

Deno.test("bitsFor() and definitionLevels() at their edges", () => {
  deepEqual([0, 1, 2, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 52].map(bitsFor), [0, 1, 2, 8, 9, 32, 33, 53]);
  deepEqual([...definitionLevels([{ value: "x", count: 3 }, { value: "y", count: 2 }, { value: null, count: 1 }])], [
    ...[4, 0, 0, 0],
    ...[10, 1, 2, 0],
  ]);
});

Deno.test("LZ4 blocks come out as they went in, and damaged ones are refused", () => {
  const random = seeded(9);
  for (const length of [0, 1, 5, 12, 13, 14, 100, 70_000, 300_000]) {
    for (const letters of [1, 2, 256]) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(random() * letters));
      const packed = lz4Compress(bytes);
      deepEqual(lz4Decompress(packed, length), bytes, `${length} bytes of ${letters}`);
      if (letters === 1 && length >= 1000) ok(packed.length < length / 10);
    }
  }
  const packed = lz4Compress(new Uint8Array(1000));
  for (let i = 0; i < packed.length - 1; i++) {
    let same = false;
    try {
      same = lz4Decompress(packed.subarray(0, i), 1000).every((byte) => byte === 0);
    } catch (error) {
      ok(error instanceof RangeError);
    }
    equal(same, false, `cut at byte ${i}`);
  }
});

Deno.test("24-bit codes that are all far apart are stored as plain values", async () => {
  await inFolder(async (folder) => {
    const random = seeded(1);
    const codes: Codes = Int32Array.from({ length: 40_000 }, () => Math.floor(random() * 2 ** 24));
    const scaling = { lowVolts: -10, highVolts: 10, gain: 1, bits: 24, encoding: "binary" } as const;
    const blocks = [blockOf({ channels: [channel(0, { scaling })], codes })];
    const path = `${folder}/wide.parquet`;
    {
      await using sink = new ParquetSink(path);
      for (const block of blocks) await sink.write(block);
    }
    equal(firstDifference(await readWithDuckdb(path), expectedRows(blocks)), null);
  });
});

Deno.test("what is kept of a row group until the footer is its notes, and no buffer around them", () => {
  const notes = encodeNotes({ rowGroups: [{ columns: [], total_byte_size: 5n, num_rows: 7n }] });
  equal(notes.buffer.byteLength, notes.byteLength);
  deepEqual(decodeNotes(notes), { rowGroups: [{ columns: [], total_byte_size: 5n, num_rows: 7n }] });
});

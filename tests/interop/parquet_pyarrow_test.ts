// Parquet files as pyarrow reads them.

import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { ParquetSink, recoverParquet } from "../../sinks/parquet.ts";
import type { Cell, Row } from "../../sinks/columns.ts";
import { readingToRow } from "../../sinks/rows.ts";
import { asRead, blockOf, channel, expectedRows, inFolder, run } from "../sinks/parquet_fixtures.ts";
import { errorBlock, reading } from "../sinks/records.ts";
import { pythonWith, runScript } from "./python.ts";

const python = await pythonWith("pyarrow");

/** What `parquet_check.py` says of a file. */
interface Seen {
  readonly types: Record<string, string>;
  readonly columns: Record<string, (string | boolean | null)[]>;
  readonly about: Record<string, unknown>;
  readonly row_groups: number;
}

const readWithPyarrow = (path: string) => runScript<Seen>(python!, "parquet_check.py", path);

function compare({ columns }: Seen, expected: readonly Row[]): void {
  for (const [name, cells] of Object.entries(columns)) {
    equal(cells.length, expected.length);
    const type = typeof expected.find((row) => row[name] !== null)?.[name];
    for (const [i, cell] of cells.entries()) {
      const given = type === "number" && name !== "block_index" && name !== "sample_index" && cell !== null
        ? fromHex(cell as string)
        : cell;
      const due = asRead(name, expected[i]![name]!);
      if (!Object.is(given, typeof due === "bigint" ? `${due}` : due)) equal(given, due, `row ${i} of ${name}`);
    }
  }
}

/** A double out of Python's `float.hex()`. */
function fromHex(text: string): Cell {
  const [, sign, whole, fraction = "", exponent] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text === "nan" ? NaN : text === "inf" ? Infinity : -Infinity;
  const mantissa = parseInt(whole + fraction.padEnd(13, "0"), 16) / 2 ** 52;
  return (sign === "-" ? -1 : 1) * mantissa * 2 ** Number(exponent);
}

Deno.test(
  "pyarrow reads blocks in both layouts, of every kind of code, cell by cell",
  { ignore: python === null },
  async () => {
    await inFolder(async (folder) => {
      const floats = blockOf({
        channels: [
          channel(0, { name: '"q" \u{1F525}', unit: "\u00b0C", scaling: null }),
          channel(1, { scaling: null }),
        ],
        codes: Float32Array.of(20.5, NaN, -0, 99_999, 88_888, 1e38),
      });
      const wide = blockOf({
        channels: [
          channel(0, { scaling: { lowVolts: -10, highVolts: 10, gain: 4, bits: 24, encoding: "twos_complement" } }),
        ],
        codes: Int32Array.from({ length: 5000 }, (_, i) => (i * 7919) % 2 ** 23 - 2 ** 22),
      });
      const cases = [
        { blocks: [...run(5, 3001, 3), errorBlock(9, 15_005)], options: { rowGroupSize: 20_000 } },
        { blocks: [...run(5, 3001, 3), errorBlock(9, 15_005)], options: { layout: "wide" } },
        { blocks: [floats, wide], options: { compression: "lz4" } },
        { blocks: [floats], options: { layout: "wide", compression: "brotli" } },
        { blocks: run(2, 100, 9), options: { useDictionary: false, compression: "snappy" } },
      ] as const;
      for (const [i, { blocks, options }] of cases.entries()) {
        const path = `${folder}/${i}.parquet`;
        {
          await using sink = new ParquetSink(path, { ...options, metadata: { rig: "B" } });
          for (const block of blocks) await sink.write(block);
        }
        const seen = await readWithPyarrow(path);
        compare(seen, expectedRows(blocks, "layout" in options ? options.layout : "long"));
        equal(seen.types["t_utc"], "timestamp[us, tz=UTC]");
        equal(seen.types["t_mono_ns"], "int64");
        const text = "useDictionary" in options ? "string" : "dictionary<values=string, indices=int32, ordered=0>";
        equal(seen.types["device"], text);
        deepEqual(seen.about["metadata"], { rig: "B" });
      }
    });
  },
);

Deno.test("pyarrow reads readings, and a file that was recovered", { ignore: python === null }, async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/readings.parquet`;
    const readings = Array.from({ length: 9 }, (_, i) => reading(i, { values: { force: i ? -0 : NaN, bath: 1e308 } }));
    {
      await using sink = new ParquetSink(path, { rowGroupSize: 4 });
      for (const one of readings) await sink.writeMany([one]);
      await Deno.copyFile(path, `${folder}/torn.parquet`);
      await Deno.copyFile(`${path}.journal`, `${folder}/torn.parquet.journal`);
    }
    const expected = readings.map((one) => readingToRow(one, "ns"));
    compare(await readWithPyarrow(path), expected);
    await recoverParquet(`${folder}/torn.parquet`);
    const seen = await readWithPyarrow(`${folder}/torn.parquet`);
    compare(seen, expected);
    equal(seen.row_groups, 3);
  });
});

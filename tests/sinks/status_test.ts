// What a sample is worth, and its code, in every sink: the same, and never more than is known.
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { parquetReadObjects } from "hyparquet";
import type { DaqBlock } from "../../src/model/block.ts";
import { blockToRows, CsvSink, JsonlSink, sinkFor } from "../../sinks/mod.ts";
import { DECOMPRESSORS } from "../../sinks/parquet/compression.ts";
import { blocksOf, RUNS, sqliteRows } from "../files/runs.ts";
import { block, CHANNELS, csvRows, inFolder } from "./records.ts";

/** The status of each sample in a file. */
const STATUSES: Readonly<Record<string, (path: string) => Promise<unknown[]>>> = {
  csv: async (path) => (await csvRows(path)).map((row) => row["sensor_status"] || null),
  jsonl: async (path) => (await linesOf(path)).map((line) => line["sensor_status"]),
  db: (path) => Promise.resolve(sqliteRows(path, "SELECT sensor_status AS s FROM samples").map((row) => row["s"])),
  parquet: async (path) => {
    const file = (await Deno.readFile(path)).buffer;
    const rows = await parquetReadObjects({ file, columns: ["sensor_status"], compressors: DECOMPRESSORS });
    return rows.map((row) => row["sensor_status"] ?? null);
  },
  arrow: async (path) => (await tableOf(path)).map((row) => row["sensor_status"] ?? null),
};

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
}

async function tableOf(path: string): Promise<Record<string, unknown>[]> {
  const { tableFromIPC } = await import("apache-arrow");
  return tableFromIPC(await Deno.readFile(path)).toArray().map((row) => row.toJSON());
}

Deno.test("a value beyond all numbers is nowhere called ok, though it was made of a code (W-16)", () =>
  inFolder(async (folder) => {
    const scaling = { ...CHANNELS[0]!.scaling!, lowVolts: -1e308, highVolts: 1e308 };
    const given = block(0, 2, { channels: [{ ...CHANNELS[0]!, scaling }, CHANNELS[1]!] });
    deepEqual([...blockToRows(given)].map((row) => row["sensor_status"]), [null, null, "ok", "ok"]);
    for (const [extension, statusesOf] of Object.entries(STATUSES)) {
      const path = `${folder}/run.${extension}`;
      await ReadableStream.from([given]).pipeTo(sinkFor(path, { sqliteSamples: "rows" }));
      deepEqual(await statusesOf(path), [null, null, "ok", "ok"], extension);
    }
  }));

Deno.test("codes that a board gave are in the column of codes, also where sensors and formulas make values of them", () =>
  inFolder(async (folder) => {
    RUNS["of values of a thermocouple, its cold junction and a virtual channel"]!(`${folder}/run.dt-raw`);
    const [given] = await blocksOf(`${folder}/run.dt-raw`) as [DaqBlock];
    const expected = [...given.codes!, null, null, null, null];
    deepEqual([...blockToRows(given, { codes: true })].map((row) => row["code"]), expected);
    const options = { acceptBlocks: true, codes: true };
    await ReadableStream.from([given]).pipeTo(new CsvSink(`${folder}/run.csv`, options));
    await ReadableStream.from([given]).pipeTo(new JsonlSink(`${folder}/run.jsonl`, options));
    const texts = expected.map((code) => `${code ?? ""}`);
    deepEqual((await csvRows(`${folder}/run.csv`)).map((row) => row["code"]), texts);
    deepEqual((await linesOf(`${folder}/run.jsonl`)).map((line) => line["code"]), expected);
  }));

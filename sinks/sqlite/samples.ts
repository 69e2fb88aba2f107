/**
 * The samples of a block in SQLite: a row a sample, or one blob a channel with a view that reads it.
 *
 * @module
 */

import { type Codes, codeTypeOf } from "../../src/convert/codes.ts";
import { DtolSinkSchemaError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { type Cell, type Column, SAMPLE_COLUMNS } from "../columns.ts";
import { isAllWell, statusOf } from "../cells.ts";
import { blockToCells } from "../rows.ts";
import { sampleTimes } from "../times.ts";
import { quoted } from "../sql_names.ts";
import { pack, type Packed } from "./pack.ts";

/** The rows of the samples of a block: one table's worth a channel, so that what is constant is packed once. */
export function* packSamples(block: DaqBlock): Generator<Packed> {
  const { samplesPerChannel: n, device, task, blockIndex, firstSampleIndex, isLinearised, error } = block;
  if (n === 0) {
    const rows = Array.from(blockToCells(block), ({ cells }) => cells);
    if (rows.length > 0) yield pack(SAMPLE_COLUMNS, rows);
    return;
  }
  const { monoNs, utcNs } = sampleTimes(block);
  const numbers = new Float64Array(4 * n); // sample_index, t_mono_ns, t_utc, value: in the columns' order
  const integers = new BigInt64Array(numbers.buffer);
  for (let k = 0; k < n; k++) integers[k] = BigInt(firstSampleIndex + k);
  integers.set(monoNs, n);
  integers.set(utcNs, 2 * n);
  for (const [i, { name, unit, metadata }] of block.channels.entries()) {
    numbers.set(block.values(i), 3 * n);
    const isWell = isAllWell(block, i);
    const cells = isWell ? [] : statuses(block, i);
    const status = isWell ? ["ok"] : [];
    const errors = [error?.type ?? null, error?.text ?? null];
    const same = [device, task, name, blockIndex, unit, ...errors, ...status, isLinearised, JSON.stringify(metadata)];
    yield { rows: n, kinds: isWell ? "ssssiitdssssss" : "ssssiitdssscss", same, numbers, cells };
  }
}

function statuses(block: DaqBlock, i: number): Cell[] {
  const mask = block.sensorStatus.get(block.channels[i]!.name);
  return Array.from(block.values(i), (value, k) => statusOf(mask?.[k] ?? 0, value));
}

/** Columns of the table of blobs: what a sample is read with stands beside it. */
export const BLOB_COLUMNS: readonly (Column & { readonly sql: string })[] = [
  { name: "device", type: "text", sql: "TEXT" },
  { name: "task", type: "text", sql: "TEXT" },
  { name: "channel", type: "text", sql: "TEXT" },
  { name: "unit", type: "text", sql: "TEXT" },
  { name: "block_index", type: "integer", sql: "INTEGER" },
  { name: "first_sample_index", type: "integer", sql: "INTEGER" },
  { name: "samples", type: "integer", sql: "INTEGER" },
  { name: "t_mono_ns", type: "integer", sql: "INTEGER" },
  { name: "t_rest_ns", type: "double", sql: "REAL" },
  { name: "period_ns", type: "double", sql: "REAL" },
  { name: "utc_minus_mono_ns", type: "integer", sql: "INTEGER" },
  { name: "dtype", type: "text", sql: "TEXT" },
  { name: "low_volts", type: "double", sql: "REAL" },
  { name: "high_volts", type: "double", sql: "REAL" },
  { name: "gain", type: "double", sql: "REAL" },
  { name: "bits", type: "integer", sql: "INTEGER" },
  { name: "encoding", type: "text", sql: "TEXT" },
  { name: "codes", type: "text", sql: "BLOB" },
];

/**
 * A row of {@linkcode BLOB_COLUMNS} for every channel of a block.
 *
 * @throws {DtolSinkSchemaError} If the block has floating-point values and no codes: SQL cannot take those apart, rows keep them.
 */
export function blobRows(block: DaqBlock): (string | number | bigint | Uint8Array | null)[][] {
  const { plainCodes: codes, samplesPerChannel: n, device, task, blockIndex, firstSampleIndex, axis } = block;
  if (n === 0) return [];
  const dtype = codes === null ? null : codeTypeOf(codes);
  if (codes === null || dtype === "float32") {
    throw new DtolSinkSchemaError(
      `Cannot store the samples of block ${blockIndex} as blobs as it has values, not codes: set "samples" to "rows"`,
    );
  }
  if (axis.anchor.bursts !== undefined) {
    throw new DtolSinkSchemaError(
      `Cannot store the samples of block ${blockIndex} as blobs as they come in bursts: set "samples" to "rows"`,
    );
  }
  const { wholeNs, restNs, periodNs } = axis.stepsFrom(firstSampleIndex); // the view makes the same times of them
  return block.channels.map(({ name, unit, scaling }, i) => [
    device,
    task,
    name,
    unit,
    blockIndex,
    firstSampleIndex,
    n,
    axis.anchor.monoNs + wholeNs,
    restNs,
    periodNs,
    axis.anchor.utcNs - axis.anchor.monoNs,
    dtype,
    scaling?.lowVolts ?? null,
    scaling?.highVolts ?? null,
    scaling?.gain ?? null,
    scaling?.bits ?? null,
    scaling?.encoding ?? null,
    bytesOf(codes, i * n, n),
  ]);
}

function bytesOf(codes: Codes, from: number, count: number): Uint8Array {
  const width = codes.BYTES_PER_ELEMENT;
  return new Uint8Array(codes.buffer, codes.byteOffset + from * width, count * width);
}

/** Name of the view that reads the blobs of a table. */
export function viewName(table: string): string {
  return `${table}_values`;
}

/**
 * The view that gives the samples of a table of blobs one by one, with nothing but what every SQLite has. A blob is taken
 * apart by its hexadecimal digits; that is meant for a look at some blocks, so name the block and the channel:
 * `SELECT * FROM samples_values WHERE block_index = 7 AND channel = 'force'`.
 */
export function viewSql(table: string): string {
  const byte = (i: number) => `(16 * ${digit(2 * i + 1)} + ${digit(2 * i + 2)})`;
  const digit = (at: number) => `instr('123456789ABCDEF', substr(hex, ${at}, 1))`;
  const two = `(${byte(0)} + 256 * ${byte(1)})`;
  const four = `(${byte(0)} + 256 * ${byte(1)} + 65536 * ${byte(2)} + 16777216 * ${byte(3)})`;
  return `
CREATE VIEW IF NOT EXISTS ${quoted(viewName(table))} AS
WITH RECURSIVE
  steps(k) AS (
    SELECT 0 UNION ALL SELECT k + 1 FROM steps WHERE k + 1 < (SELECT max(samples) FROM ${quoted(table)})
  ),
  words AS (
    SELECT s.*, k, CASE dtype WHEN 'int32' THEN 4 ELSE 2 END AS width,
      hex(CASE dtype WHEN 'int32' THEN substr(codes, 1 + 4 * k, 4) ELSE substr(codes, 1 + 2 * k, 2) END) AS hex
    FROM ${quoted(table)} AS s JOIN steps ON k < s.samples
  ),
  numbers AS (SELECT *, CASE width WHEN 4 THEN ${four} ELSE ${two} END AS word FROM words),
  signed AS (
    SELECT *,
      CASE WHEN dtype <> 'uint16' AND word >= 1 << (8 * width - 1) THEN word - (1 << (8 * width)) ELSE word END AS code,
      (word + CASE encoding WHEN 'twos_complement' THEN 1 << (bits - 1) ELSE 0 END) & ((1 << bits) - 1) AS steps_up
    FROM numbers
  )
SELECT device, task, channel, block_index, first_sample_index + k AS sample_index,
  t_mono_ns + CAST(t_rest_ns + k * period_ns + 0.5 AS INTEGER) AS t_mono_ns,
  strftime('%Y-%m-%dT%H:%M:%S',
    (t_mono_ns + utc_minus_mono_ns + CAST(t_rest_ns + k * period_ns + 0.5 AS INTEGER)) / 1000000000, 'unixepoch')
    || printf('.%09d+00:00',
      (t_mono_ns + utc_minus_mono_ns + CAST(t_rest_ns + k * period_ns + 0.5 AS INTEGER)) % 1000000000) AS t_utc,
  CASE WHEN gain IS NULL THEN CAST(code AS REAL)
    ELSE (steps_up * ((high_volts - low_volts) / (1 << bits)) + low_volts) / gain END AS value,
  unit, code
FROM signed`;
}

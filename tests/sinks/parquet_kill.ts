/** What the program that is killed writes, and how its file is looked at afterwards. */

import { ok, strictEqual as equal } from "node:assert/strict";
import type { DaqReading } from "../../src/model/reading.ts";
import { recoverParquet } from "../../sinks/parquet.ts";
import { KILL_SHAPE } from "./kill_cases.ts";
import type { KillCase } from "./kill_loop.ts";
import { expectedRows, firstDifference, queryDuckdb, readWithHyparquet } from "./parquet_fixtures.ts";
import { sampleTimes } from "../../sinks/times.ts";
import { block } from "./records.ts";

/** Readings of a batch. */
export const KILL_BATCH = 7;

/** A reading that tells its number. */
export function killReading(i: number): DaqReading {
  const at = Temporal.Instant.fromEpochMilliseconds(1_780_000_000_000 + i);
  return {
    device: "DT9806(00)",
    task: "bench",
    values: { force: i / 3, open: i % 2 === 0 },
    units: { force: "N", open: null },
    requestedAt: at,
    receivedAt: at,
    tUtc: at,
    tMonoNs: 9_007_199_254_740_993n + BigInt(i),
    tMidpointMonoNs: null,
    latencyS: 0.001,
    sensorStatus: {},
    metadata: {},
    error: null,
  };
}

const CHILD = new URL("./parquet_kill_child.ts", import.meta.url);

/** Blocks of 3,000 rows: three share a row group, or none is ever full, or each is several. */
export const PARQUET_KILL_CASES: Readonly<Record<string, KillCase>> = {
  "in row groups of three blocks": { child: CHILD, args: ["blocks", "10000"], file: "run.parquet", check: checkBlocks },
  "before the first row group": { child: CHILD, args: ["blocks", "1000000"], file: "run.parquet", check: checkBlocks },
  "in blocks of several row groups": {
    child: CHILD,
    args: ["blocks", "1000"],
    file: "run.parquet",
    check: checkBlocks,
  },
  "while it closes": { child: CHILD, args: ["closing", "10000"], file: "run.parquet", check: checkBlocks },
  "with readings": { child: CHILD, args: ["readings", "50"], file: "run.parquet", check: checkReadings },
};

/** Recovers, and finds every acknowledged block and nothing torn: by two readers that did not write it. */
async function checkBlocks(path: string, acknowledged: number): Promise<void> {
  const { damage, rows } = await recoverParquet(path);
  equal(damage.length, 0);
  const { channels, samples } = KILL_SHAPE;
  const blocks = rows / channels / samples;
  ok(Number.isInteger(blocks), `${rows} rows are no whole blocks`);
  ok(blocks >= acknowledged + 1, `${blocks} blocks, and ${acknowledged + 1} were acknowledged`);
  const sql = `SELECT channel, sample_index, t_mono_ns, value FROM read_parquet('${path}')`;
  checkSamples(await queryDuckdb(sql), blocks);
  const last = (await readWithHyparquet(path)).slice(-channels * samples);
  equal(firstDifference(last, expectedRows([block(blocks - 1, samples)])), null);
  await checkTidy(path);
}

/** Compares without a row object each, as there are hundreds of thousands of rows. */
function checkSamples(rows: readonly Record<string, unknown>[], blocks: number): void {
  let i = 0;
  for (let blockIndex = 0; blockIndex < blocks; blockIndex++) {
    const expected = block(blockIndex, KILL_SHAPE.samples);
    const { monoNs } = sampleTimes(expected);
    for (const [c, { name }] of expected.channels.entries()) {
      for (const [k, value] of expected.values(c).entries()) {
        const row = rows[i++]!;
        const same = row.channel === name && row.value === value && row.t_mono_ns === monoNs[k] &&
          row.sample_index === BigInt(expected.firstSampleIndex + k);
        if (!same) throw new Error(`row ${i - 1} is not sample ${k} of ${name} in block ${blockIndex}`);
      }
    }
  }
  equal(rows.length, i);
}

async function checkReadings(path: string, acknowledged: number): Promise<void> {
  const { damage, rows } = await recoverParquet(path);
  equal(damage.length, 0);
  equal(rows % KILL_BATCH, 0, `${rows} rows are no whole batches`);
  ok(rows >= (acknowledged + 1) * KILL_BATCH, `${rows} readings, and batch ${acknowledged} was acknowledged`);
  const given = await queryDuckdb(`SELECT t_mono_ns, force, open FROM read_parquet('${path}')`);
  for (const [i, row] of given.entries()) {
    const { values, tMonoNs } = killReading(i);
    equal(row.t_mono_ns, tMonoNs);
    equal(row.force, values.force);
    equal(row.open, values.open);
  }
  equal(given.length, rows);
  await checkTidy(path);
}

async function checkTidy(path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  equal(names.join(), "run.parquet", "nothing is left beside the file");
  equal((await recoverParquet(path)).wasWhole, true);
}

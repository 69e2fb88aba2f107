/**
 * Readings into Postgres, beside python's asyncpg: the same rows into the same table of the same server, 1,000 a batch.
 *
 * @module
 */

import { PostgresConfig, PostgresSink } from "../sinks/postgres.ts";
import { PostgresServer } from "../tests/sinks/postgres_server.ts";
import { readings } from "./readings.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const BATCH = 1000;
/** Writes under way at once: while the server stores one, the next is encoded. */
const AHEAD = 4;

/** Rows a second of both sides in alternating runs. */
export async function postgres({ quick, folder }: BenchOptions): Promise<Row[]> {
  const name = "readings to Postgres, 1,000 a batch";
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return [{ name, measured: "left out", note: "the server for tests is packaged for Linux on x86-64" }];
  }
  await using server = await PostgresServer.start();
  const given = readings(quick ? 30_000 : 200_000);
  const python = await pythonWithAsyncpg(folder);
  const ours: number[] = [];
  const theirs: number[] = [];
  await storeAll(server, given.slice(0, 20_000)); // makes the table, and lets the compiler see it all
  for (let i = 0; i < (quick ? 3 : 7); i++) {
    await server.query("CREATE TABLE IF NOT EXISTS given AS TABLE readings; TRUNCATE readings");
    ours.push(given.length / await storeAll(server, given));
    if (python === null) continue;
    await server.query("TRUNCATE given; INSERT INTO given SELECT * FROM readings; TRUNCATE readings");
    theirs.push(given.length / await asyncpgSeconds(python, server.dsn));
  }
  const measured = `${(median(ours) / 1e3).toFixed(0)} krow/s`;
  if (python === null) return [{ name, measured, note: "python3 with asyncpg cannot be had to compare with" }];
  const ratio = median(ours.map((own, i) => own / theirs[i]!));
  const note = `asyncpg copy_records_to_table: ${(median(theirs) / 1e3).toFixed(0)} krow/s`;
  return [{ name, measured: `${ratio.toFixed(2)} x (${measured})`, target: ">= 1.5 x", ok: ratio >= 1.5, note }];
}

/** Seconds to store all readings, without connecting. */
async function storeAll(server: PostgresServer, given: ReturnType<typeof readings>): Promise<number> {
  await using sink = new PostgresSink(new PostgresConfig({ dsn: server.dsn, createTables: true }));
  await sink.writeMany(given.slice(0, 1));
  const start = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 1; i < given.length; i += BATCH) {
    under.push(sink.writeMany(given.slice(i, i + BATCH)));
    if (under.length >= AHEAD) await under.shift();
  }
  await Promise.all(under);
  return (performance.now() - start) / 1000;
}

/** Takes the rows out of a table first, as python's own objects, so that only storing them counts. */
const PYTHON = `
import asyncio, sys, time
import asyncpg

async def main():
    db = await asyncpg.connect(sys.argv[1])
    rows = [tuple(row) for row in await db.fetch("SELECT * FROM given")]
    start = time.perf_counter()
    for i in range(0, len(rows), ${BATCH}):
        await db.copy_records_to_table("readings", records=rows[i:i + ${BATCH}])
    print(time.perf_counter() - start)
    await db.close()

asyncio.run(main())
`;

async function asyncpgSeconds(python: string, dsn: string): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command(python, { args: ["-c", PYTHON, dsn] }).output();
  if (!success) throw new Error(`asyncpg failed: ${new TextDecoder().decode(stderr)}`);
  return Number(new TextDecoder().decode(stdout));
}

/** A python that has asyncpg: the machine's own, or one made in the folder; null when neither can be had. */
async function pythonWithAsyncpg(folder: string): Promise<string | null> {
  const works = async (program: string, args: string[]) => {
    try {
      return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
    } catch {
      return false;
    }
  };
  if (await works("python3", ["-c", "import asyncpg"])) return "python3";
  const venv = `${folder}/venv`;
  if (!await works("python3", ["-m", "venv", venv])) return null;
  return await works(`${venv}/bin/pip`, ["install", "-q", "asyncpg"]) ? `${venv}/bin/python` : null;
}

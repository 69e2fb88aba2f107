/**
 * Readings into SQLite, beside python's `sqlite3`: the same rows into the same table, 64 a transaction.
 *
 * @module
 */

import { SqliteSink } from "../sinks/sqlite.ts";
import { readings } from "./readings.ts";
import { type BenchOptions, median, type Row } from "./report.ts";

const BATCH = 64;
/** Writes under way at once: while the database stores one, the next is prepared. */
const AHEAD = 16;

/** Rows a second of both sides in alternating runs, and how long our main thread was kept from other work. */
export async function sqlite({ quick, folder }: BenchOptions): Promise<Row[]> {
  const given = readings(quick ? 20_000 : 50_000);
  const rounds = quick ? 3 : 9;
  const ours: number[] = [];
  const theirs: number[] = [];
  const longest: number[] = [];
  await storeAll(`${folder}/warm.db`, given.slice(0, 10_000), []);
  for (let i = 0; i < rounds; i++) {
    const blocked: number[] = [];
    ours.push(given.length / await storeAll(`${folder}/ours${i}.db`, given, blocked));
    longest.push(Math.max(...blocked));
    const python = await pythonSeconds(`${folder}/ours${i}.db`, `${folder}/theirs${i}.db`);
    if (python !== null) theirs.push(given.length / python);
  }
  const rate = median(ours);
  const pause = median(longest);
  const rows: Row[] = [{
    name: "main thread during readings to SQLite, longest pause",
    measured: `${pause.toFixed(1)} ms`,
    target: "< 5 ms",
    ok: pause < 5,
    note: "median of the rounds' longest, garbage collection included, waiting for a core that other programs have not",
  }];
  const name = "readings to SQLite, 64 a batch";
  const measured = `${(rate / 1e3).toFixed(0)} krow/s`;
  if (theirs.length === 0) return [{ name, measured, note: "no python3 to compare with" }, ...rows];
  const ratio = median(ours.map((own, i) => own / theirs[i]!));
  const note = `python sqlite3 executemany: ${(median(theirs) / 1e3).toFixed(0)} krow/s`;
  return [
    { name, measured: `${ratio.toFixed(2)} x (${measured})`, target: ">= 1.2 x", ok: ratio >= 1.2, note },
    ...rows,
  ];
}

/** Seconds to store all readings, without opening and closing; adds the pauses of the main thread to a list. */
async function storeAll(path: string, given: ReturnType<typeof readings>, blocked: number[]): Promise<number> {
  await using sink = new SqliteSink(path);
  await sink.open();
  const watch = watchMainThread(blocked);
  const start = performance.now();
  const under: Promise<void>[] = [];
  for (let i = 0; i < given.length; i += BATCH) {
    under.push(sink.writeMany(given.slice(i, i + BATCH)));
    if (under.length >= AHEAD) await under.shift();
  }
  await Promise.all(under);
  const seconds = (performance.now() - start) / 1000;
  watch.stop();
  return seconds;
}

/**
 * Measures by how much a timer of 1 ms comes late, less the time in which the thread was ready and other programs had its
 * core: so long the main thread was busy with something of ours, garbage collection included.
 */
function watchMainThread(busy: number[]): { stop(): void } {
  let [last, lastWaited] = [performance.now(), waitedMs()];
  const timer = setInterval(() => {
    const [now, waited] = [performance.now(), waitedMs()];
    busy.push(Math.max(0, now - last - 1 - (waited - lastWaited)));
    [last, lastWaited] = [now, waited];
  }, 1);
  return { stop: () => clearInterval(timer) };
}

/** Milliseconds that the main thread has waited for a core so far; always 0 where the system does not tell. */
function waitedMs(): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${Deno.pid}/schedstat`).split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Takes the rows out of our file first, so that only storing them counts; both tables have the same index. */
const PYTHON = `
import sqlite3, sys, time
source = sqlite3.connect(sys.argv[1])
sql = source.execute("SELECT sql FROM sqlite_master WHERE name = 'readings'").fetchone()[0]
rows = source.execute("SELECT * FROM readings").fetchall()
source.close()
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.execute("PRAGMA page_size = 8192")
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = NORMAL")
db.execute(sql)
db.execute("CREATE INDEX readings_device_t_mono_ns ON readings (device, t_mono_ns)")
insert = "INSERT INTO readings VALUES (%s)" % ",".join("?" * len(rows[0]))
start = time.perf_counter()
for i in range(0, len(rows), ${BATCH}):
    db.execute("BEGIN IMMEDIATE")
    db.executemany(insert, rows[i:i + ${BATCH}])
    db.execute("COMMIT")
print(time.perf_counter() - start)
`;

/** Seconds that python needs; null without python. */
async function pythonSeconds(source: string, path: string): Promise<number | null> {
  try {
    const { code, stdout } = await new Deno.Command("python3", { args: ["-c", PYTHON, source, path] }).output();
    return code === 0 ? Number(new TextDecoder().decode(stdout)) : null;
  } catch {
    return null;
  }
}

import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { DtolResourceError, DtolSinkSchemaError, DtolSinkWriteError, DtolValidationError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { blockToRows, readingToRow } from "../../sinks/rows.ts";
import { SqliteSink, type SqliteSinkOptions } from "../../sinks/sqlite.ts";
import { KILL_CASES } from "./kill_cases.ts";
import { killLoop } from "./kill_loop.ts";
import {
  AXIS,
  block,
  channel,
  errorBlock,
  errorReading,
  floatBlock,
  inFolder,
  outputOf,
  OVERRUN,
  reading,
} from "./records.ts";

type SqlRow = Record<string, unknown>;

/** Rows of a database, by python's sqlite3 where it is (a reader that is not ours); numbers come as text. */
async function rowsOf(path: string, sql: string): Promise<SqlRow[]> {
  const script = "import json, sqlite3, sys\n" +
    "db = sqlite3.connect(sys.argv[1])\ndb.row_factory = sqlite3.Row\n" +
    "text = lambda v: repr(v) if isinstance(v, (int, float)) else v.hex() if isinstance(v, bytes) else v\n" +
    "print(json.dumps([{k: text(r[k]) for k in r.keys()} for r in db.execute(sys.argv[2])]))";
  const out = await outputOf("python3", ["-c", script, path, sql]);
  return out === null ? [] : JSON.parse(out);
}

/** Rows by Deno's own SQLite, large numbers as bigint, for tests that must not be left out. */
function own(path: string, sql: string): SqlRow[] {
  using db = new DatabaseSync(path, { readOnly: true });
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  const plain = (cell: unknown) => typeof cell === "bigint" && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
  return statement.all().map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(cell)]))
  );
}

/** Runs work on a sink in a folder of its own, closes it, and looks at the file. */
async function stored(
  options: SqliteSinkOptions,
  work: (sink: SqliteSink) => Promise<unknown>,
  look: (path: string) => Promise<void> | void,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    {
      await using sink = new SqliteSink(path, options);
      await work(sink);
    }
    await look(path);
  });
}

Deno.test("SqliteSink: readings are rows of `readingToRow`, as python reads them", () =>
  stored({}, (sink) => sink.writeMany([reading(0), reading(1)]), async (path) => {
    const rows = await rowsOf(path, "SELECT * FROM readings");
    if (rows.length === 0) return; // there is no python
    for (const [i, row] of rows.entries()) {
      const expected = Object.entries(readingToRow(reading(i)))
        .map((
          [name, cell],
        ) => [name, typeof cell === "number" ? pythonFloat(cell) : typeof cell === "bigint" ? `${cell}` : cell]);
      deepEqual(row, Object.fromEntries(expected));
      deepEqual(Object.keys(row), Object.keys(readingToRow(reading(i))));
    }
  }));

Deno.test("SqliteSink: the sqlite3 program reads readings, summaries, and samples one by one through the view", () =>
  stored({ samples: "blob" }, async (sink) => {
    await sink.writeMany([reading(0), errorReading(1)]);
    await sink.write(block(2));
  }, async (path) => {
    const query = async (sql: string) => (await outputOf("sqlite3", [path, sql]))?.trimEnd().split("\n");
    const readings = await query("SELECT t_mono_ns, t_utc, force, force_unit, error_type FROM readings");
    if (readings === undefined) return;
    const { tMonoNs } = reading(1);
    deepEqual(readings, [
      "9007199254740993|2026-05-28T12:34:56.123956789+00:00|1.5|N|",
      `${tMonoNs}|2026-05-28T12:34:56.133956789+00:00|||${OVERRUN.type}`,
    ]);
    deepEqual(await query("SELECT block_index, channels, units FROM blocks"), ["2|force,bath|V,mV"]);
    const samples = await query("SELECT channel, sample_index, t_mono_ns, code FROM samples_values ORDER BY 1 DESC, 2");
    const expected = [...blockToRows(block(2), { codes: true })];
    deepEqual(
      samples,
      expected.map((row) => [row["channel"], row["sample_index"], row["t_mono_ns"], row["code"]].join("|")),
    );
  }));

function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

Deno.test("SqliteSink: golden row of a block summary, columns in Python's order and new ones behind", () =>
  stored({}, (sink) => sink.write(block(2)), (path) => {
    const [row] = own(path, "SELECT *, typeof(is_linearised) AS kind FROM blocks");
    deepEqual(Object.values(row!), [
      ...["DT9806(00)", "bench", "force,bath", 2, 6, 3, 6667, 150_000, "2026-05-28T12:34:56.123456789+00:00"],
      ...["2026-05-28T12:34:56.123496789+00:00", 9_007_199_254_780_993n, "2026-05-28T12:34:56.123506789+00:00"],
      ...[9_007_199_254_790_993n, "2026-05-28T12:34:56.123516789+00:00", "2026-05-28T12:34:56.123517789+00:00", 1e-6],
      ...[0, null, null, "V,mV", 0, "{}", '{"specimen":7}', "integer"],
    ]);
    const schema = own(path, "SELECT name, type FROM pragma_table_info('blocks') LIMIT 19");
    deepEqual(schema.map(({ name }) => name).slice(0, 4), ["device", "task", "channels", "block_index"]);
    deepEqual(schema.at(-1), { name: "error_message", type: "TEXT" });
  }));

Deno.test("W-69: blobs of codes, read sample by sample through the view, are the rows of `blockToRows`", async () => {
  const oddAxis = new TimeAxis({ ...AXIS.anchor, index: 3, clockHz: 1234.5678, ticksPerSample: 3 });
  const signed = { lowVolts: -10, highVolts: 10, gain: 4, bits: 12, encoding: "twos_complement" } as const;
  const wide = { lowVolts: 0, highVolts: 5, gain: 1, bits: 24, encoding: "binary" } as const;
  const blocks = [
    block(0, 5),
    block(1, 4, { axis: oddAxis, firstSampleIndex: 1_000_000_007 }),
    block(2, 3, { channels: [{ ...channel("signed"), scaling: signed }], codes: Int16Array.of(-2048, -1, 2047) }),
    block(3, 3, { channels: [{ ...channel("wide"), scaling: wide }], codes: Int32Array.of(0, 1, 16_777_215) }),
    block(4, 3, { channels: [{ ...channel("bare"), scaling: null }], codes: Int16Array.of(-5, 0, 32_767) }),
  ];
  await stored({ samples: "blob" }, async (sink) => {
    for (const one of blocks) await sink.write(one);
  }, (path) => {
    using db = new DatabaseSync(path, { readOnly: true });
    const statement = db.prepare(
      "SELECT device, task, channel, block_index, sample_index, t_mono_ns, t_utc, value, unit FROM samples_values " +
        "WHERE block_index = ? AND channel = ? ORDER BY sample_index",
    );
    statement.setReadBigInts(true);
    for (const one of blocks) {
      for (const { name } of one.channels) {
        const rows = [...blockToRows(one)].filter((row) => row["channel"] === name);
        const found = statement.all(one.blockIndex, name);
        deepEqual(
          found.map((row) => Object.values(row)),
          rows.map((row) =>
            Object.values(row).slice(0, 9).map((cell, i) => typeof cell === "number" && i !== 7 ? BigInt(cell) : cell)
          ),
        );
      }
    }
  });
});

Deno.test("W-69: samples as rows have the same times and values, statuses and metadata as everywhere", async () => {
  const blocks = [block(0, 40), floatBlock([20.5, 99999, NaN, -0]), errorBlock(7, 90)];
  await stored({ samples: "rows" }, async (sink) => {
    for (const one of blocks) await sink.write(one);
  }, (path) => {
    using db = new DatabaseSync(path, { readOnly: true });
    const statement = db.prepare("SELECT * FROM samples");
    statement.setReadBigInts(true);
    const rows = blocks.flatMap((one) => [...blockToRows(one)]);
    deepEqual(
      statement.all().map((row) => Object.values(row)),
      rows.map((row) =>
        Object.entries(row).map(([name, cell]) => {
          if (typeof cell === "boolean") return BigInt(cell);
          if (typeof cell !== "number" || name !== "value") return typeof cell === "number" ? BigInt(cell) : cell;
          return Number.isNaN(cell) ? null : cell + 0; // SQLite has neither NaN nor -0
        })
      ),
    );
  });
});

Deno.test("W-69: every table has an index on (device, t_mono_ns), and SQLite uses it", () =>
  stored({ samples: "blob" }, async (sink) => {
    await sink.write(block(0));
    await sink.writeMany([reading(0)]);
  }, (path) => {
    for (const table of ["readings", "blocks", "samples"]) {
      const [plan] = own(path, `EXPLAIN QUERY PLAN SELECT 1 FROM ${table} WHERE device = 'x' AND t_mono_ns = 5`);
      match(String(plan!["detail"]), new RegExp(`INDEX ${table}_device_t_mono_ns`));
    }
  }));

Deno.test("W-16: sensor status and metadata of a reading are stored, NaN is NULL beside its status", () => {
  const faulty = reading(0, { values: { force: NaN, bath: 1 }, sensorStatus: { force: "sensor_open" } });
  return stored({}, (sink) => sink.writeMany([faulty]), (path) => {
    deepEqual(own(path, "SELECT force, bath, sensor_status, metadata FROM readings"), [
      { force: null, bath: 1, sensor_status: '{"force":"sensor_open"}', metadata: '{"specimen":7}' },
    ]);
  });
});

Deno.test("W-68: errors before the first good reading are stored at once and lock no columns", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    await using sink = new SqliteSink(path);
    await sink.writeMany([errorReading(0)]);
    deepEqual(own(path, "SELECT error_type FROM readings"), [{ error_type: OVERRUN.type }]); // already in the file
    await sink.writeMany([errorReading(1), reading(2)]);
    const rows = own(path, "SELECT force, force_unit, error_message FROM readings");
    const error = { force: null, force_unit: null, error_message: OVERRUN.text };
    deepEqual(rows, [error, error, { force: 3.5, force_unit: "N", error_message: null }]);
    const names = own(path, "SELECT name FROM pragma_table_info('readings')").map(({ name }) => name);
    deepEqual(names, Object.keys(readingToRow(reading(2)))); // the channels stand in their place
  }));

Deno.test("W-68: the spec gives the columns before the first reading; others are dropped with one warning", async () => {
  const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })] });
  const warnings: string[] = [];
  await stored({ spec, onWarning: (text) => warnings.push(text) }, async (sink) => {
    await sink.writeMany([reading(0)]);
    await sink.writeMany([reading(1)]);
  }, (path) => {
    equal(own(path, "SELECT force FROM readings").length, 2);
    equal(warnings.length, 2, warnings.join()); // bath and bath_unit
    match(warnings[0]!, /"bath" is dropped/);
  });
});

Deno.test("W-68: two devices' channels that SQL cannot tell apart are two columns, also in one write", () =>
  stored({ onWarning: () => {} }, async (sink) => {
    const of = (i: number, name: string) => reading(i, { values: { [name]: i }, units: { [name]: "V" } });
    await sink.writeMany([of(0, "T"), of(1, "t")]);
    await sink.writeMany([of(2, "t")]);
  }, (path) => {
    const rows = own(path, 'SELECT "T", "t_channel", "t_channel_unit" FROM readings');
    deepEqual(rows.map((row) => Object.values(row)), [[0, null, null], [null, 1, "V"], [null, 2, "V"]]);
  }));

Deno.test("W-68: a value that cannot be converted is refused, and the sink goes on", async () => {
  await stored(
    {},
    async (sink) => {
      await sink.writeMany([reading(0, { values: { force: true, bath: 1 } })]);
      const wrong = reading(1, { values: { force: 0.5, bath: 1 } });
      await rejects(sink.writeMany([reading(1, { values: { force: false, bath: 2 } }), wrong]), DtolSinkSchemaError);
      await sink.writeMany([reading(2, { values: { force: 1, bath: 3 } })]);
    },
    (path) => deepEqual(own(path, "SELECT force, bath FROM readings"), [{ force: 1, bath: 1 }, { force: 1, bath: 3 }]),
  );
});

Deno.test("SqliteSink: hostile names and values come back as they went in", async () => {
  const names = [`a"b`, "line\nbreak", `x'); DROP TABLE readings; --`, "😀", "n".repeat(63), "device", "rowid", "a,b"];
  const values = [1e308, -1e308, 5e-324, -0, NaN, 0.1, Infinity, 2 ** 53];
  const hostile = reading(0, {
    device: `DT"98'06\n; DROP TABLE readings`,
    values: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    units: Object.fromEntries(names.map((name) => [name, `µ"${name}`])),
    tMonoNs: 2n ** 63n - 1n,
  });
  await stored({ onWarning: () => {} }, (sink) => sink.writeMany([hostile, hostile]), (path) => {
    using db = new DatabaseSync(path, { readOnly: true });
    const statement = db.prepare("SELECT * FROM readings");
    statement.setReadBigInts(true);
    const rows = statement.all();
    equal(rows.length, 2);
    for (const row of rows) {
      const cells = Object.values(row);
      deepEqual([row["device"], row["t_mono_ns"]], [hostile.device, 2n ** 63n - 1n]);
      deepEqual(cells.slice(8, 16), [1e308, -1e308, 5e-324, 0, null, 0.1, Infinity, 2 ** 53]); // no NaN and no -0
      deepEqual(cells.slice(16, 24), names.map((name) => `µ"${name}`));
    }
  });
});

Deno.test("SqliteSink: a channel name with a NUL is refused, and the table is not made", () =>
  stored({}, async (sink) => {
    const bad = reading(0, { values: { "a\0b": 1 }, units: {} });
    await rejects(sink.writeMany([bad]), (error) => error instanceof DtolSinkSchemaError && /NUL/.test(error.message));
    await sink.write(block(0));
  }, (path) => equal(own(path, "SELECT name FROM sqlite_master WHERE name = 'readings'").length, 0)));

Deno.test("W-70: names of tables are checked before anything is opened", () => {
  for (const name of ["", "a b", `x"; DROP TABLE y; --`, "1st", "tänk", "n".repeat(64), "a-b"]) {
    throws(() => new SqliteSink("x.db", { tableReadings: name }), DtolValidationError, name);
    throws(() => new SqliteSink("x.db", { tableSamples: name }), DtolValidationError, name);
  }
  throws(() => new SqliteSink("x.db", { tableReadings: "same", tableBlocks: "SAME" }), DtolValidationError);
  throws(() => new SqliteSink("x.db", { journalMode: "WAL; DROP TABLE x" as "WAL" }), DtolValidationError);
  throws(() => new SqliteSink("x.db", { busyTimeoutMs: -1 }), DtolValidationError);
  new SqliteSink("x.db", { tableReadings: "n".repeat(63) });
});

Deno.test("SqliteSink: the file explains itself: notes, channels with their scaling, clock", () =>
  stored({ metadata: { rig: "B" } }, (sink) => sink.write(block(0)), (path) => {
    const rows = own(path, "SELECT run, key, value FROM metadata");
    const value = (key: string) => String(rows.find((row) => row["key"] === key)?.["value"]);
    deepEqual(JSON.parse(value("metadata")), { rig: "B" });
    deepEqual(JSON.parse(value("channels"))[1].gain, 2);
    equal(value("clock_hz"), "300000");
    equal(new Set(rows.map(({ run }) => run)).size, 1);
  }));

Deno.test("SqliteSink: the tasks of blocks that take turns are described once each", () =>
  stored({}, async (sink) => {
    const other = [channel("heat")];
    for (const i of [0, 1, 2]) {
      await sink.write(block(i));
      await sink.write(block(i, 3, { channels: other, task: "heat" }));
    }
  }, (path) => {
    const tasks = own(path, "SELECT value FROM metadata WHERE key = 'task'");
    deepEqual(tasks.map(({ value }) => value), ["bench", "heat"]);
  }));

Deno.test("SqliteSink: pragmas are as documented", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    await using sink = new SqliteSink(path);
    await sink.writeMany([reading(0)]);
    equal(own(path, "PRAGMA journal_mode")[0]!["journal_mode"], "wal");
    ok((await Deno.stat(`${path}-wal`)).size > 0);
    await sink.close();
    await rejects(Deno.stat(`${path}-wal`), Deno.errors.NotFound); // taken in
  }));

Deno.test("SqliteSink: a file that exists is refused, appended to, or replaced", () =>
  inFolder(async (folder) => {
    const path = `${folder}/deep/er/run.db`;
    for (const ifExists of ["error", "append", "overwrite"] as const) {
      await using sink = new SqliteSink(path, { ifExists });
      await sink.writeMany([reading(0)]);
    }
    equal(own(path, "SELECT 1 FROM readings").length, 1);
    {
      await using sink = new SqliteSink(path, { ifExists: "append" });
      await sink.writeMany([reading(1)]);
    }
    deepEqual(own(path, "SELECT force FROM readings"), [{ force: 1.5 }, { force: 2.5 }]);
    equal(own(path, "SELECT DISTINCT run FROM metadata").length, 2);
    await rejects(new SqliteSink(path).open(), (error) =>
      error instanceof DtolResourceError && /exists/.test(error.message));
    await Deno.writeTextFile(`${folder}/text.db`, "this is no database, and long enough to tell".repeat(50));
    await rejects(new SqliteSink(`${folder}/text.db`, { ifExists: "append" }).open(), DtolResourceError);
    match(await Deno.readTextFile(`${folder}/text.db`), /^this is no database/);
  }));

Deno.test("W-69: a table that Python's library made gets the new columns; one made for something else is refused", () =>
  inFolder(async (folder) => {
    const path = `${folder}/old.db`;
    {
      using db = new DatabaseSync(path);
      const columns = Object.entries(readingToRow(reading(0))).filter(([name]) =>
        !/^(sensor_status|metadata)$/.test(name)
      );
      const type = (cell: unknown) => typeof cell === "number" ? "REAL" : typeof cell === "bigint" ? "INTEGER" : "TEXT";
      db.exec(`CREATE TABLE readings (${columns.map(([name, cell]) => `"${name}" ${type(cell)}`).join()})`);
      db.exec("CREATE TABLE other (a, b); CREATE TABLE typed (device TEXT, t_mono_ns TEXT, force TEXT)");
    }
    {
      await using sink = new SqliteSink(path, { ifExists: "append" });
      await sink.writeMany([reading(0)]);
    }
    deepEqual(own(path, "SELECT force, metadata FROM readings"), [{ force: 1.5, metadata: '{"specimen":7}' }]);
    const refused = async (options: SqliteSinkOptions, readings: typeof reading, why: RegExp) => {
      await using sink = new SqliteSink(path, { ifExists: "append", ...options });
      await rejects(
        sink.writeMany([readings(0)]),
        (error) => error instanceof DtolSinkSchemaError && why.test(error.message),
      );
    };
    await refused({ tableReadings: "other" }, reading, /no columns device and t_mono_ns/);
    await refused({ tableReadings: "typed" }, reading, /"t_mono_ns" is TEXT, not INTEGER/);
    await refused({}, (i) => reading(i, { values: { other: 1 } }), /no column "other"/);
    equal(own(path, "SELECT * FROM readings").length, 1);
  }));

Deno.test("SqliteSink: two sinks on one file are refused, also when one would replace what the other writes", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    await using first = new SqliteSink(path);
    await first.writeMany([reading(0)]);
    for (const ifExists of ["error", "append", "overwrite"] as const) {
      await rejects(
        new SqliteSink(`${folder}/../${basename(folder)}/run.db`, { ifExists }).open(),
        DtolResourceError,
      );
    }
    const other = `import { SqliteSink } from "${new URL("../../sinks/sqlite.ts", import.meta.url)}";
      await new SqliteSink(Deno.args[0], { ifExists: "overwrite" }).open().then(() => "opened", (e) => console.log(e.message));`;
    await Deno.writeTextFile(`${folder}/other.ts`, other);
    const args = ["run", "-A", "--no-check", `--config=${configPath()}`, `${folder}/other.ts`, path];
    match(await outputOf(Deno.execPath(), args) ?? "", /another program has it open/);
    await first.writeMany([reading(1)]);
    await first.close();
    equal(own(path, "SELECT 1 FROM readings").length, 2);
  }));

function configPath(): string {
  return fileURLToPath(new URL("../../deno.json", import.meta.url));
}

Deno.test("SqliteSink: a file that another program locks stops nothing but the database's thread", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    await using sink = new SqliteSink(path, { busyTimeoutMs: 60_000 });
    await sink.writeMany([reading(0)]);
    using db = new DatabaseSync(path);
    db.exec("BEGIN IMMEDIATE");
    let isStored = false;
    const write = sink.writeMany([reading(1)]).then(() => isStored = true);
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setTimeout(resolve, 0)); // main goes on
    equal(isStored, false);
    db.exec("COMMIT");
    await write;
    equal(own(path, "SELECT 1 FROM readings").length, 2);
  }));

Deno.test("SqliteSink: a lock held beyond the busy time-out is an error that names the file, and the first one stays", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    const sink = new SqliteSink(path, { busyTimeoutMs: 10 });
    await sink.writeMany([reading(0)]);
    using db = new DatabaseSync(path);
    db.exec("BEGIN IMMEDIATE");
    const failed = (error: unknown) => error instanceof DtolSinkWriteError && /run\.db: .*locked/.test(error.message);
    const writes = await Promise.allSettled([sink.writeMany([reading(1)]), sink.writeMany([reading(2)])]);
    for (const { reason } of writes as PromiseRejectedResult[]) ok(failed(reason), String(reason));
    db.exec("COMMIT");
    await rejects(sink.writeMany([reading(3)]), failed); // a hole is not papered over
    await sink.close(); // told already
    equal(own(path, "SELECT 1 FROM readings").length, 1);
  }));

Deno.test("SqliteSink: writes that are not awaited one by one keep their order, each whole or not at all", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.db`;
    await using sink = new SqliteSink(path);
    const writes: Promise<void>[] = [];
    for (let i = 0; i < 40; i++) {
      const batch = Array.from({ length: 21 }, (_, k) => reading(100 * i + k)); // some statements of 16, some of one
      if (i === 7) batch.splice(20, 1, reading(720, { values: { force: 1, bath: 2 ** 64 }, tMonoNs: 2n ** 70n }));
      writes.push(sink.writeMany(batch));
      writes.push(sink.write(block(i)));
    }
    const results = await Promise.allSettled(writes);
    const failed = results.flatMap(({ status }, i) => status === "rejected" ? [i] : []);
    equal(failed[0], 14); // 2^70 does not fit, which is an error of SQLite: all later writes are refused
    deepEqual(failed, Array.from({ length: 66 }, (_, i) => 14 + i));
    const rows = own(path, "SELECT force FROM readings ORDER BY rowid").map(({ force }) => force);
    deepEqual(rows, Array.from({ length: 7 * 21 }, (_, i) => 1.5 + 100 * Math.floor(i / 21) + i % 21));
    equal(own(path, "SELECT 1 FROM blocks").length, 7);
  }));

Deno.test("SqliteSink: a stream of blocks and direct calls go in by turns; close is idempotent", () =>
  stored({}, async (sink) => {
    await ReadableStream.from([block(0), block(1)]).pipeTo(sink, { preventClose: true });
    await sink.write(block(2));
    await Promise.all([sink.close(), sink.close()]);
    await rejects(sink.write(block(3)), /closed/);
  }, (path) => {
    deepEqual(own(path, "SELECT block_index AS i FROM blocks").map(({ i }) => i), [0, 1, 2]);
  }));

Deno.test("SqliteSink: a write of many readings leaves the main thread free in between", () =>
  stored({}, async (sink) => {
    const many = Array.from({ length: 20_000 }, (_, i) => reading(i));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await sink.writeMany(many);
    clearInterval(timer);
    ok(turns > 20, `the event loop turned ${turns} times`);
  }, (path) => equal(own(path, "SELECT count(*) AS n FROM readings")[0]!["n"], 20_000)));

Deno.test("SqliteSink: floating-point values are refused as blobs, clearly", () =>
  stored({ samples: "blob" }, async (sink) => {
    await rejects(
      sink.write(floatBlock([1.5])),
      (error) => error instanceof DtolSinkSchemaError && /"samples" to "rows"/.test(error.message),
    );
  }, () => {}));

Deno.test("SqliteSink: a full disk is an error that leaves every earlier write readable", async () => {
  if (Deno.uid() !== 0) return console.log("left out: mounting a small disk takes root");
  await inFolder(async (folder) => {
    const mounted = await new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder] })
      .output();
    if (!mounted.success) return console.log("left out: this machine lets nobody mount a small disk");
    try {
      const path = `${folder}/run.db`;
      const sink = new SqliteSink(path, { samples: "blob" });
      let written = 0;
      const full = async () => {
        for (;; written++) await sink.write(block(written, 5000));
      };
      await rejects(full(), (error) => error instanceof DtolSinkWriteError && /full|I\/O/.test(error.message));
      await sink.close();
      ok(written > 5);
      deepEqual(
        own(path, "SELECT block_index AS i FROM blocks").map(({ i }) => i),
        Array.from({ length: written }, (_, i) => i),
      );
      equal(own(path, "PRAGMA integrity_check")[0]!["integrity_check"], "ok");
    } finally {
      await new Deno.Command("umount", { args: [folder] }).output();
    }
  });
});

Deno.test("SqliteSink: killed at any moment, the file has every block whose write had resolved", async () => {
  await killLoop(KILL_CASES["sqlite"]!, 20);
});

Deno.test("SqliteSink: reading and writing its file, and reading the package, is all it needs", () =>
  inFolder(async (folder) => {
    const root = new URL("../../", import.meta.url);
    await Deno.writeTextFile(
      `${folder}/run.ts`,
      `import { SqliteSink } from "${root}sinks/sqlite.ts";
       import { block } from "${root}tests/sinks/records.ts";
       await using sink = new SqliteSink(Deno.args[0], { samples: "blob" });
       await sink.write(block(0));`,
    );
    const allow = [
      "--no-prompt",
      `--allow-read=${folder}/run.db,${fileURLToPath(root)}`,
      `--allow-write=${folder}/run.db`,
    ];
    await outputOf(Deno.execPath(), ["run", "--no-check", ...allow, `${folder}/run.ts`, `${folder}/run.db`]);
    equal(own(`${folder}/run.db`, "SELECT 1 FROM samples").length, 2);
  }));

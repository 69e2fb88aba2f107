import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  DtolResourceError,
  DtolSinkDependencyError,
  DtolSinkSchemaError,
  DtolSinkWriteError,
  DtolValidationError,
} from "../../src/errors.ts";
import { isStored } from "../../sinks/postgres/batch.ts";
import type { Client } from "../../sinks/postgres/driver.ts";
import { numericBytes } from "../../sinks/postgres/encode.ts";
import {
  PostgresConfig,
  type PostgresConfigOptions,
  PostgresSink,
  type PostgresSinkOptions,
} from "../../sinks/postgres.ts";
import { blockToRows, readingToRow } from "../../sinks/rows.ts";
import { diskOf } from "./faulty_disk.ts";
import { Proxy } from "./postgres_proxy.ts";
import { PostgresServer } from "./postgres_server.ts";
import {
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

const PASSWORD = "s3cr%t/#@:pw";
const quiet = { onWarning: () => {} };

Deno.test("PostgresConfig: neither the object nor its target or errors show the password", () => {
  const dsn = `postgresql://rig:${encodeURIComponent(PASSWORD)}@db.lab:5433/runs?application_name=x`;
  const configs = [
    new PostgresConfig({ dsn }),
    new PostgresConfig({ host: "db.lab", port: 5433, user: "rig", password: PASSWORD, database: "runs" }),
  ];
  for (const config of configs) {
    deepEqual([config.target(), String(config)], Array(2).fill("postgresql://db.lab:5433/runs"));
    equal(config.password, PASSWORD); // who asks for it by name gets it
    const shown = [
      Deno.inspect(config, { showHidden: true, getters: true, depth: 9 }),
      JSON.stringify(config),
      Deno.inspect(new PostgresSink(config), { showHidden: true, depth: 9 }),
    ].join();
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "s3cr"]) ok(!shown.includes(secret), shown);
  }
  for (const bare of ["12/34@h/d", "12#34@h/d", "12?34@h/d", "p w@h:x/d", "%zz@h/d"]) {
    const wrong = `postgresql://rig:${bare}`;
    throws(() => new PostgresConfig({ dsn: wrong }), (error) => {
      ok(error instanceof DtolValidationError, bare);
      ok(!Deno.inspect(error).includes(bare.slice(0, 4)), Deno.inspect(error));
      return true;
    });
  }
});

Deno.test("W-70: PostgresConfig checks every setting before anything is opened", () => {
  const host = { host: "h" };
  const wrong: PostgresConfigOptions[] = [
    {},
    { dsn: "postgresql://h/d", host: "h" },
    { dsn: "mysql://h/d" },
    { dsn: "postgresql://h/d", password: "x" },
    { ...host, port: 0 },
    { ...host, port: 70_000 },
    { ...host, poolMinSize: 5 },
    { ...host, poolMaxSize: 0 },
    { ...host, statementTimeoutMs: -1 },
    { ...host, commandTimeoutS: 0 },
    { ...host, tableReadings: "blocks" },
    ...["", "a b", `x"; DROP TABLE y; --`, "1st", "n".repeat(64), "a.b"].flatMap((name) => [
      { ...host, schema: name },
      { ...host, tableReadings: name },
      { ...host, tableBlocks: name },
    ]),
  ];
  for (const options of wrong) throws(() => new PostgresConfig(options), DtolValidationError, JSON.stringify(options));
  const { schema, tableReadings, tableBlocks, poolMinSize, poolMaxSize, ...rest } = new PostgresConfig(host);
  deepEqual([schema, tableReadings, tableBlocks, poolMinSize, poolMaxSize], ["public", "readings", "blocks", 1, 4]);
  deepEqual(
    [rest.statementTimeoutMs, rest.commandTimeoutS, rest.createTables, rest.useCopy],
    [30_000, 10, false, true],
  );
  throws(() => new PostgresSink(new PostgresConfig(host), { closeTimeoutS: -1 }), DtolValidationError);
});

Deno.test("numericBytes(): digits of ten thousand each, aligned to the point", () => {
  const fields = (value: number | bigint) => {
    const bytes = numericBytes(value);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i));
  };
  deepEqual(fields(0), [1, 0, 0, 0, 0]);
  deepEqual(fields(12_345_678n), [2, 1, 0, 0, 1234, 5678]);
  deepEqual(fields(-1.5), [2, 0, 0x4000, 1, 1, 5000]);
  deepEqual(fields(0.00012), [2, -1, 0, 5, 1, 2000]);
  deepEqual(fields(1e20), [6, 5, 0, 0, 1, 0, 0, 0, 0, 0]);
});

Deno.test("isStored(): a transaction's number that a crashed server gave to another is no proof", async () => {
  const target = { table: '"s"."t"', columns: ['"device"', '"t_mono_ns"'] };
  const key = [['"device"', "a"], ['"t_mono_ns"', "5"]] as const;
  const batch = { target, rows: 1, bytes: new Uint8Array(), key, transaction: `${2n ** 32n + 7n}` };
  const answered = async (status: string | null, isMine: boolean) => {
    const queries: { text: string; values: readonly unknown[] }[] = [];
    const query = (given: { text: string; values: readonly unknown[] }) => {
      queries.push(given);
      return Promise.resolve({ rows: [{ status, mine: isMine }] });
    };
    const stored = await isStored({ query } as unknown as Client, batch);
    return { stored, last: queries.at(-1)! };
  };
  equal((await answered("aborted", true)).stored, false);
  equal((await answered(null, true)).stored, false);
  equal((await answered("committed", false)).stored, false);
  const { stored, last } = await answered("committed", true);
  equal(stored, true);
  deepEqual(last.values, ["7", "a", "5"]); // xmin has 32 bits
  match(last.text, /FROM "s"\."t" WHERE xmin::text = \$1 AND "device" = \$2 AND "t_mono_ns" = \$3/);
  equal(await isStored({} as Client, { ...batch, transaction: null }), false);
});

Deno.test("PostgresSink: a server that nobody can reach is an error at once, without the password", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const config = new PostgresConfig({ dsn: `postgresql://rig:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/runs` });
  await rejects(new PostgresSink(config).open(), (error) => {
    ok(error instanceof DtolResourceError);
    match(error.message, new RegExp(`postgresql://127.0.0.1:${port}/runs.*ECONNREFUSED`));
    ok(!Deno.inspect(error).includes("s3cr"), Deno.inspect(error));
    return true;
  });
});

Deno.test("Sinks say which package they miss", () =>
  inFolder(async (folder) => {
    const root = new URL("../../sinks/", import.meta.url);
    await Deno.writeTextFile(
      `${folder}/run.ts`,
      `import { PostgresConfig, PostgresSink } from "${root}postgres.ts";
       import { ArrowSink } from "${root}arrow.ts";
       const sinks = [new PostgresSink(new PostgresConfig({ host: "127.0.0.1" })), new ArrowSink("x.arrows")];
       for (const sink of sinks) await sink.open().catch((error) => console.log(error.name, error.message));`,
    );
    const args = ["run", "-A", "--no-check", "--no-config", `${folder}/run.ts`];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    equal(lines.length, 2);
    for (const line of lines) match(line, new RegExp(`^${DtolSinkDependencyError.name} .*imports of deno.json`));
  }));

Deno.test("PostgresSink", async (t) => {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return console.log("left out: the server for tests is packaged for Linux on x86-64");
  }
  await using server = await PostgresServer.start();
  let schemas = 0;

  /** A step with a schema of its own, so that steps do not meet. */
  const step = (name: string, test: (schema: string) => Promise<unknown>) =>
    t.step(name, async () => {
      const schema = `s${schemas++}`;
      await server.query(`CREATE SCHEMA ${schema}`);
      await test(schema);
    });
  const sinkOf = (schema: string, more: Partial<PostgresConfigOptions> = {}, options: PostgresSinkOptions = quiet) =>
    new PostgresSink(new PostgresConfig({ dsn: server.dsn, schema, createTables: true, ...more }), options);
  const numbersIn = async (schema: string) =>
    (await server.query(`SELECT force FROM ${schema}.readings ORDER BY t_mono_ns`)).map(({ force }) =>
      Number(force) - 1.5
    );
  /** Whether the table holds the readings 0 to n - 1: none lost, none twice. */
  const holds = async (schema: string, n: number) => {
    const numbers = await numbersIn(schema);
    const wrong = numbers.findIndex((number, i) => number !== i);
    equal(wrong < 0 ? "all in order" : `${numbers[wrong]} is at place ${wrong}`, "all in order");
    equal(numbers.length, n);
  };
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
  const many = (from: number, count: number) => Array.from({ length: count }, (_, i) => reading(from + i));

  for (const useCopy of [true, false]) {
    await step(`W-70: golden rows in real types, ${useCopy ? "binary COPY" : "prepared inserts"}`, async (schema) => {
      const given = [reading(0), ...many(1, 69), errorReading(70)];
      {
        await using sink = sinkOf(schema, { useCopy, tableSamples: "samples" }, { ...quiet, metadata: { rig: "B" } });
        await sink.writeMany(given);
        for (const one of [block(2), errorBlock(3, 9)]) await sink.write(one);
      }
      const types = await server.query(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns " +
          "WHERE table_schema = $1 AND table_name = 'readings' ORDER BY ordinal_position",
        [schema],
      );
      deepEqual(types.map(({ name }) => name), Object.keys(readingToRow(reading(0))));
      deepEqual([...new Set(types.map(({ type }) => type))].sort(), [
        "bigint",
        "double precision",
        "text",
        "timestamp with time zone",
      ]);
      const rows = await server.query(`SELECT * FROM ${schema}.readings`);
      equal(rows.length, 71);
      deepEqual(Object.values(rows[0]!), [
        ...["DT9806(00)", "bench", "9007199254740993", "2026-05-28 12:34:56.123956+00", "9007199255240993"],
        ...["2026-05-28 12:34:56.123456+00", "2026-05-28 12:34:56.124456+00", "0.001", "1.5", "-0.25", "N", "degC"],
        ...[null, null, "{}", '{"specimen":7}'],
      ]);
      deepEqual([rows[70]!["force"], rows[70]!["error_type"], rows[70]!["error_message"]], [
        null,
        OVERRUN.type,
        OVERRUN.text,
      ]);
      const blocks = await server.query(`SELECT * FROM ${schema}.blocks ORDER BY block_index`);
      deepEqual(Object.values(blocks[0]!), [
        ...["DT9806(00)", "bench", "2", "6", "3", "6667", "150000", "2026-05-28 12:34:56.123456+00"],
        ...["2026-05-28 12:34:56.123496+00", "9007199254780993", "2026-05-28 12:34:56.123506+00", "9007199254790993"],
        ...["force,bath", "V,mV", "2026-05-28 12:34:56.123516+00", "2026-05-28 12:34:56.123517+00", "1e-06", "f"],
        ...[null, null, "0", "{}", '{"specimen":7}'],
      ]);
      equal(blocks[1]!["error_type"], OVERRUN.type); // the read times, the flag and the errors are there
      const inOrder = "ORDER BY block_index, channel DESC, sample_index"; // force, then bath
      const samples = await server.query(`SELECT t_mono_ns, value, sensor_status FROM ${schema}.samples ${inOrder}`);
      const expected = [...blockToRows(block(2)), ...blockToRows(errorBlock(3, 9))];
      deepEqual(
        samples.map((row) => Object.values(row)),
        expected.map((
          row,
        ) => [`${row["t_mono_ns"]}`, row["value"] === null ? null : `${row["value"]}`, row["sensor_status"]]),
      );
      const [described] = await server.query(`SELECT value FROM ${schema}.metadata WHERE key = 'metadata'`);
      deepEqual(JSON.parse(described!["value"]!), { rig: "B" });
      const channels = await server.query(`SELECT value FROM ${schema}.metadata WHERE key = 'channels'`);
      deepEqual(channels.map(({ value }) => JSON.parse(value!)[1].gain).toSorted(), [2, undefined]);
      const [index] = await server.query(
        `SELECT indexdef FROM pg_indexes WHERE schemaname = $1 AND tablename = 'readings'`,
        [
          schema,
        ],
      );
      match(index!["indexdef"]!, /\(device, t_mono_ns\)/); // W-69
    });

    await step(`W-70: values fit the columns of tables that exist, ${useCopy ? "COPY" : "inserts"}`, async (schema) => {
      await server.query(
        `CREATE TABLE ${schema}.readings (id bigint GENERATED ALWAYS AS IDENTITY, device varchar(40) NOT NULL,
           t_mono_ns numeric, t_utc timestamptz, requested_at timestamp, received_at text, latency_s real, force numeric,
           bath double precision, metadata jsonb, sensor_status json, task char(8), t_midpoint_mono_ns text, extra integer)`,
      );
      const warnings: string[] = [];
      const rows = [
        reading(0, { values: { force: 1e-7, bath: NaN }, sensorStatus: { bath: "sensor_open" } }),
        reading(1, { values: { force: -123456.78901, bath: -0 }, tMonoNs: 2n ** 63n - 1n }),
        reading(2, { values: { force: NaN, bath: 1e308 } }),
      ];
      {
        await using sink = sinkOf(schema, { createTables: false, useCopy }, {
          onWarning: (text) => warnings.push(text),
        });
        await sink.writeMany(rows);
        await rejects(
          sink.write(block(0)),
          (error) => error instanceof DtolSinkSchemaError && /blocks/.test(error.message),
        );
        await sink.writeMany([]);
      }
      const found = await server.query(
        `SELECT id, t_mono_ns, t_utc, requested_at, received_at, latency_s, force, bath,
           metadata->>'specimen' AS specimen, sensor_status->>'bath' AS status, task, t_midpoint_mono_ns
         FROM ${schema}.readings`,
      );
      deepEqual(Object.values(found[0]!), [
        ...["1", "9007199254740993", "2026-05-28 12:34:56.123956+00", "2026-05-28 12:34:56.123456"],
        ...["2026-05-28T12:34:56.124456789+00:00", "0.001", "0.0000001", "NaN", "7", "sensor_open", "bench   "],
        "9007199255240993",
      ]);
      deepEqual([found[1]!["t_mono_ns"], found[1]!["force"], found[1]!["bath"]], [
        `${2n ** 63n - 1n}`,
        "-123456.78901",
        "-0",
      ]);
      deepEqual([found[2]!["force"], found[2]!["bath"]], ["NaN", "1e+308"]);
      equal(warnings.length, 4, warnings.join("\n")); // the columns of units and errors
    });
  }

  await step("W-70: a value that its column cannot hold is refused before anything is sent", async (schema) => {
    await server.query(`CREATE TABLE ${schema}.readings (device text, t_mono_ns bigint, force integer, bath point)`);
    await using sink = sinkOf(schema, { createTables: false });
    await rejects(sink.writeMany([reading(0)]), (error) => {
      return error instanceof DtolSinkSchemaError && /"bath" is point: make it double precision/.test(error.message);
    });
    await server.query(`ALTER TABLE ${schema}.readings DROP COLUMN bath`);
    await using second = sinkOf(schema, { createTables: false });
    await rejects(second.writeMany([reading(0)]), /Cannot write 1\.5 to column "force" as its type is integer/);
    await second.writeMany([reading(1, { values: { force: 2 } })]);
    equal((await server.query(`SELECT 1 FROM ${schema}.readings`)).length, 1);
  });

  await step("W-70: only the tables that are used must exist, and something must", async (schema) => {
    await rejects(sinkOf(schema, { createTables: false }).open(), DtolSinkSchemaError);
    await server.query(`CREATE TABLE ${schema}.blocks (device text, t_mono_ns bigint)`);
    {
      await using sink = sinkOf(schema, { createTables: false });
      await sink.write(block(0));
    }
    equal((await server.query(`SELECT 1 FROM ${schema}.blocks`)).length, 1);
    const noted = sinkOf(schema, { createTables: false }, { ...quiet, metadata: { rig: "B" } });
    await rejects(noted.open(), /Cannot store metadata .* text columns run, key and value/);
  });

  await step("W-70: hostile names and values are stored, not run", async (schema) => {
    const names = [
      `a"b`,
      "x double precision); DROP SCHEMA public CASCADE; --",
      "line\nbreak",
      "😀",
      "$1",
      "%s",
      "n".repeat(58),
    ];
    const values = [1e308, -1e308, 5e-324, -0, NaN, Infinity, -Infinity];
    const hostile = reading(0, {
      device: `DT"98'06\n'); DROP TABLE x; --`,
      values: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
      units: Object.fromEntries(names.map((name) => [name, `µ"\\N\t${name}`])),
      tMonoNs: 2n ** 63n - 1n,
      metadata: { note: "nul\0byte" },
    });
    for (const useCopy of [true, false]) {
      await using sink = sinkOf(schema, { useCopy, tableReadings: "n".repeat(63) });
      await sink.writeMany([hostile]);
    }
    const rows = await server.query(`SELECT * FROM ${schema}.${"n".repeat(63)}`);
    equal(rows.length, 2);
    for (const row of rows) {
      equal(row["device"], hostile.device);
      equal(row["t_mono_ns"], `${2n ** 63n - 1n}`);
      deepEqual(names.map((name) => row[name]), ["1e+308", "-1e+308", "5e-324", "-0", "NaN", "Infinity", "-Infinity"]);
      deepEqual(names.map((name) => row[`${name}_unit`]), names.map((name) => `µ"\\N\t${name}`));
    }
    equal((await server.query("SELECT 1 FROM pg_namespace WHERE nspname = 'public'")).length, 1);
  });

  await step("W-68: a channel keeps its column in readings of other channels", async (schema) => {
    const of = (i: number, values: Record<string, number>) => {
      const units = Object.fromEntries(Object.keys(values).map((name) => [name, `of ${name}`]));
      return reading(i, { values, units });
    };
    const warnings: string[] = [];
    const sink = sinkOf(schema, {}, { onWarning: (text) => warnings.push(text) });
    await sink.writeMany([of(0, { x: 1, x_unit: 2 }), of(1, { x_unit: 3 })]);
    await sink.writeMany([of(2, { x: 4 }), of(3, { x_unit: 5, x_unit_unit: 6 })]);
    await sink.close();
    const rows = await server.query(`SELECT x, x_unit, x_unit_channel FROM ${schema}.readings ORDER BY t_mono_ns`);
    deepEqual(rows.map((row) => Object.values(row)), [
      ["1", "of x", "2"],
      [null, null, "3"],
      ["4", "of x", null],
      [null, null, "5"],
    ]);
    deepEqual(warnings.filter((text) => /dropped/.test(text)).length, 2); // of the channel that came too late, and its unit
  });

  await step("W-70: a name that Postgres would cut is refused", async (schema) => {
    await using sink = sinkOf(schema);
    await rejects(sink.writeMany([reading(0, { values: { ["é".repeat(32)]: 1 } })]), /64 bytes and Postgres takes 63/);
    await using second = sinkOf(schema);
    await second.write(block(0, 3, { channels: [channel("é".repeat(32)), channel("b")] })); // no column of its own there
  });

  await step(
    "W-68: errors before the first good reading make no table, and are stored with it or at the end",
    async (schema) => {
      const sink = sinkOf(schema);
      await sink.writeMany([errorReading(0)]);
      equal(sink.pendingRecords, 1);
      await sink.writeMany([reading(1)]);
      equal(sink.pendingRecords, 0);
      const rows = await server.query(`SELECT force, error_type FROM ${schema}.readings`);
      deepEqual(rows, [{ force: null, error_type: OVERRUN.type }, { force: "2.5", error_type: null }]);
      await sink.close();
      {
        await using second = sinkOf(schema, { tableReadings: "errors" });
        await second.writeMany([errorReading(0)]);
      }
      equal((await server.query(`SELECT 1 FROM ${schema}.errors WHERE error_type IS NOT NULL`)).length, 1);
    },
  );

  await step("W-16: a failed sensor is NaN beside its status, in every table", async (schema) => {
    {
      await using sink = sinkOf(schema, { tableSamples: "samples" });
      await sink.write(floatBlock([1.5, 99999, NaN]));
    }
    const rows = await server.query(`SELECT value, sensor_status FROM ${schema}.samples`);
    deepEqual(rows, [
      { value: "1.5", sensor_status: "ok" },
      { value: "NaN", sensor_status: "sensor_open" },
      { value: "NaN", sensor_status: null },
    ]);
    const [summary] = await server.query(`SELECT sensor_status FROM ${schema}.blocks`);
    deepEqual(JSON.parse(summary!["sensor_status"]!), { oven: { sensor_open: 1 } });
  });

  await step("the password is in no error of the server either", async (schema) => {
    const dsn = server.dsn.replace("rig:rig@", `rig:${encodeURIComponent(PASSWORD)}@`);
    await rejects(sinkOf(schema, { dsn }).open(), (error) => {
      ok(error instanceof DtolResourceError);
      match(error.message, /password authentication failed/);
      ok(!Deno.inspect(error, { showHidden: true }).includes("s3cr"));
      return true;
    });
  });

  await step("connections, their name and time-out are as configured", async (schema) => {
    await using sink = sinkOf(schema, { poolMinSize: 3, statementTimeoutMs: 4321 });
    await sink.open();
    const open = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'dtollib'";
    equal((await server.query(open)).length, 3);
    await server.query(
      `CREATE TABLE ${schema}.readings (device text, t_mono_ns bigint, seen text DEFAULT current_setting('statement_timeout'))`,
    );
    await sink.writeMany([reading(0)]);
    equal((await server.query(`SELECT seen FROM ${schema}.readings`))[0]!["seen"], "4321ms");
    await sink.close();
    await sink.close();
  });

  await step(
    "psql reads the same: readings, summaries, samples, and what the run says about itself",
    async (schema) => {
      {
        await using sink = sinkOf(schema, { tableSamples: "samples" }, { ...quiet, metadata: { rig: "B" } });
        await sink.writeMany([reading(0), errorReading(1)]);
        await sink.write(block(2));
      }
      const psql = async (sql: string) =>
        (await outputOf("psql", ["-X", "-A", "-t", "-d", server.dsn, "-c", `SET timezone TO 'UTC'`, "-c", sql]))
          ?.trimEnd().split("\n").slice(1);
      const readings = await psql(`SELECT t_mono_ns, t_utc, force, force_unit, error_type FROM ${schema}.readings`);
      if (readings === undefined) return;
      deepEqual(readings, [
        "9007199254740993|2026-05-28 12:34:56.123956+00|1.5|N|",
        `${reading(1).tMonoNs}|2026-05-28 12:34:56.133956+00|||${OVERRUN.type}`,
      ]);
      deepEqual(await psql(`SELECT block_index, channels, units FROM ${schema}.blocks`), ["2|force,bath|V,mV"]);
      const samples = await psql(
        `SELECT channel, sample_index, t_mono_ns FROM ${schema}.samples ORDER BY channel DESC, sample_index`,
      );
      deepEqual(
        samples,
        [...blockToRows(block(2))].map((row) => [row["channel"], row["sample_index"], row["t_mono_ns"]].join("|")),
      );
      deepEqual(await psql(`SELECT value FROM ${schema}.metadata WHERE key = 'metadata'`), [
        '{"rig":"B"}',
        '{"rig":"B"}',
      ]);
    },
  );

  await step("the tasks of blocks that take turns are described once each", async (schema) => {
    const sink = sinkOf(schema);
    const other = [channel("heat")];
    for (const i of [0, 1, 2]) {
      await sink.write(block(i));
      await sink.write(block(i, 3, { channels: other, task: "heat" }));
    }
    await sink.close();
    const tasks = await server.query(`SELECT value FROM ${schema}.metadata WHERE key = 'task' ORDER BY value`);
    deepEqual(tasks.map(({ value }) => value), ["bench", "heat"]);
  });

  await step("two sinks may make the same tables at once", async (schema) => {
    const sinks = upTo(6).map(() => sinkOf(schema));
    await Promise.all(sinks.map((sink, i) => sink.writeMany(many(10 * i, 10))));
    await Promise.all(sinks.map((sink) => sink.close()));
    deepEqual((await numbersIn(schema)).sort((a, b) => a - b), upTo(60));
  });

  await step("where TimescaleDB is, a new samples table is a hypertable by time, and no other", async (schema) => {
    await server.provide( // a stand-in with the function's own signature, which writes down what it is asked for
      "timescaledb",
      `CREATE TABLE asked (relation regclass, time_column name, if_not_exists boolean);
       CREATE FUNCTION create_hypertable(
         relation regclass, time_column_name name, partitioning_column name DEFAULT NULL,
         number_partitions integer DEFAULT NULL, associated_schema_name name DEFAULT NULL,
         associated_table_prefix name DEFAULT NULL, chunk_time_interval anyelement DEFAULT NULL::bigint,
         create_default_indexes boolean DEFAULT true, if_not_exists boolean DEFAULT false
       ) RETURNS void LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM FROM pg_attribute WHERE attrelid = relation AND attname = time_column_name AND atttypid = 'timestamptz'::regtype;
         IF NOT FOUND THEN RAISE EXCEPTION 'column "%" is no time', time_column_name; END IF;
         INSERT INTO ${schema}_ts.asked VALUES (relation, time_column_name, if_not_exists);
       END $$`,
    );
    await server.query(`CREATE SCHEMA ${schema}_ts; CREATE EXTENSION timescaledb SCHEMA ${schema}_ts`);
    try {
      for (const one of [block(0), block(1)]) { // the second sink finds the table
        const sink = sinkOf(schema, { tableSamples: "Samples" });
        await sink.write(one);
        await sink.close();
      }
      const asked = await server.query(`SELECT * FROM ${schema}_ts.asked`);
      deepEqual(
        asked,
        [{ relation: `${schema}."Samples"`, time_column: "t_utc", if_not_exists: "t" }].map((row) => ({ ...row })),
      );
      equal((await server.query(`SELECT 1 FROM ${schema}."Samples"`)).length, 12);
    } finally {
      await server.query("DROP EXTENSION timescaledb");
    }
  });

  await step("what the server refuses is told, counted, and not stored in part", async (schema) => {
    await server.query(
      `CREATE TABLE ${schema}.readings (device text, t_mono_ns bigint, force double precision CHECK (force < 10))`,
    );
    const sink = sinkOf(schema, { createTables: false });
    await sink.writeMany(many(0, 5));
    const refused = (error: unknown) =>
      error instanceof DtolSinkWriteError && /violates check constraint/.test(error.message);
    const writes = [sink.writeMany(many(5, 7)), sink.writeMany(many(2, 1))]; // the second is on its way with the first
    for (const write of writes) await rejects(write, refused);
    await rejects(sink.writeMany(many(0, 1)), refused);
    equal(sink.lostRecords, 8);
    await sink.close(); // told already
    await holds(schema, 5);
  });

  for (const useCopy of [true, false]) {
    const how = useCopy ? "COPY" : "inserts";
    await step(
      `a connection that breaks as the commit is answered: nothing lost, nothing twice, ${how}`,
      async (schema) => {
        await using proxy = new Proxy(server.port);
        const warnings: string[] = [];
        let again = Promise.withResolvers<void>();
        const onWarning = (text: string) => {
          warnings.push(text);
          if (/stores again/.test(text)) again.resolve();
        };
        const dsn = server.dsn.replace(`:${server.port}/`, `:${proxy.port}/`);
        const sink = sinkOf(schema, { dsn, useCopy }, { onWarning });
        await sink.writeMany(many(0, 100));
        for (const [i, words] of ["COMMIT", useCopy ? "COPY 100" : "INSERT", "BEGIN"].entries()) {
          again = Promise.withResolvers<void>();
          proxy.trap({ words, how: "cut" });
          await sink.writeMany(many(100 * (i + 1), 100));
          await again.promise;
        }
        await sink.close();
        equal(proxy.caught, 3);
        await holds(schema, 400);
        equal(sink.lostRecords, 0);
        equal(warnings.filter((text) => /is away/.test(text)).length, 3);
        ok(!warnings.join().includes("rig:rig"));
      },
    );
  }

  await step(
    "a server that falls silent is cut off after the command time-out: nothing lost, nothing twice",
    async (schema) => {
      await using proxy = new Proxy(server.port);
      const dsn = server.dsn.replace(`:${server.port}/`, `:${proxy.port}/`);
      const sink = sinkOf(schema, { dsn, commandTimeoutS: 0.3 });
      await sink.writeMany(many(0, 10));
      proxy.trap({ words: "COMMIT", how: "silence" });
      await sink.writeMany(many(10, 10));
      await sink.writeMany(many(20, 10));
      await sink.close();
      equal(proxy.caught, 1);
      await holds(schema, 30);
    },
  );

  await step("a statement that takes too long is ended by the server, and tried again", async (schema) => {
    const away = Promise.withResolvers<string>();
    const sink = sinkOf(schema, { statementTimeoutMs: 100 }, { onWarning: away.resolve });
    await sink.writeMany(many(0, 10));
    await using session = await server.session();
    await session.query(`BEGIN; LOCK TABLE ${schema}.readings`);
    await sink.writeMany(many(10, 10)); // held: it does not block whoever records
    match(await away.promise, /is away \(canceling statement due to statement timeout/);
    await sink.writeMany(many(20, 10));
    equal(sink.pendingRecords, 20);
    await session.query("COMMIT");
    await sink.close();
    await holds(schema, 30);
  });

  await step("backends that are ended again and again in mid-run: nothing lost, nothing twice", async (schema) => {
    const sink = sinkOf(schema);
    await sink.writeMany(many(0, 50));
    await using session = await server.session();
    let ended = 0;
    for (let i = 1; i < 60; i++) {
      const write = sink.writeMany(many(50 * i, 50));
      if (i % 3 === 0) {
        const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dtollib'";
        ended += (await session.query(end)).length;
      }
      await write;
    }
    await sink.close();
    ok(ended > 0);
    await holds(schema, 3000);
  });

  await step(
    "a server that is killed and comes back: held in memory, then in a file, stored in order",
    (schema) =>
      inFolder(async (folder) => {
        const spillPath = `${folder}/deep/spill`;
        const away = Promise.withResolvers<string>();
        const sink = sinkOf(schema, {}, { queueBytes: 20_000, spillPath, onWarning: away.resolve });
        await sink.writeMany(many(0, 100));
        await sink.write(block(0));
        const writes = upTo(20).map((i) => sink.writeMany(many(100 * (i + 1), 100)));
        await server.stop("SIGKILL");
        await away.promise;
        await Promise.all(writes);
        for (let i = 21; i < 40; i++) await sink.writeMany(many(100 * i, 100));
        await sink.write(block(1));
        ok((await Deno.stat(spillPath)).size > 100_000);
        ok(sink.pendingRecords > 1900, `${sink.pendingRecords} wait`);
        await server.run();
        await sink.close();
        deepEqual([sink.pendingRecords, sink.lostRecords], [0, 0]);
        await holds(schema, 4000);
        equal((await server.query(`SELECT 1 FROM ${schema}.blocks`)).length, 2);
        await rejects(Deno.stat(spillPath), Deno.errors.NotFound);
        await Deno.writeTextFile(spillPath, "somebody's");
        await rejects(sinkOf(schema, {}, { ...quiet, spillPath }).open(), /spill as it exists/);
        equal(await Deno.readTextFile(spillPath), "somebody's");
      }),
  );

  await step(
    "a spill file that somebody cuts: an error with a count, and no wrong rows",
    (schema) =>
      inFolder(async (folder) => {
        const spillPath = `${folder}/spill`;
        const away = Promise.withResolvers<string>();
        const sink = sinkOf(schema, {}, { queueBytes: 1, spillPath, onWarning: away.resolve });
        await sink.writeMany(many(0, 10));
        await server.stop();
        await sink.writeMany(many(10, 10)); // held in memory
        await away.promise;
        await sink.writeMany(many(20, 10)); // held in the file
        await Deno.truncate(spillPath, 100);
        await server.run();
        await rejects(sink.close(), /Cannot store 10 records .* was cut by somebody else/);
        equal(sink.lostRecords, 10);
        await holds(schema, 20);
      }),
  );

  await step(
    "a server that is killed in mid-commit and comes back, five times: nothing lost, nothing twice",
    async (schema) => {
      const sink = sinkOf(schema);
      let next = 0;
      for (let round = 0; round < 5; round++) {
        const writes: Promise<void>[] = [];
        for (let i = 0; i < 10; i++, next += 200) writes.push(sink.writeMany(many(next, 200)));
        await writes[round]; // some are stored, one is under way
        await server.stop("SIGKILL");
        await server.run();
        await Promise.all(writes);
      }
      await sink.close();
      await holds(schema, next);
    },
  );

  await step("without room a write waits, and loses nothing", async (schema) => {
    const away = Promise.withResolvers<string>();
    const sink = sinkOf(schema, {}, { queueBytes: 30_000, onWarning: away.resolve });
    await sink.writeMany(many(0, 100));
    await server.stop();
    const first = sink.writeMany(many(100, 100));
    await away.promise;
    await first; // held
    let waiting = true;
    const second = sink.writeMany(many(200, 100)).then(() => waiting = false);
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
    equal(waiting, true);
    await server.run();
    await second;
    await sink.close();
    await holds(schema, 300);
  });

  await step(
    "a spill file on a full disk: a write waits for room, and nothing is lost or torn",
    (schema) =>
      inFolder(async (folder) => {
        const spillPath = `${folder}/spill`;
        const { openSync } = Deno;
        const system = Deno as { openSync: typeof Deno.openSync };
        system.openSync = (path, options) => {
          if (path !== spillPath) return openSync(path, options);
          system.openSync = openSync;
          return diskOf(40_000)(spillPath, options!) as Deno.FsFile;
        };
        const away = Promise.withResolvers<string>();
        const sink = sinkOf(schema, {}, { queueBytes: 1, spillPath, onWarning: away.resolve });
        try {
          await sink.writeMany(many(0, 100));
          await server.stop();
          await sink.writeMany(many(100, 100)); // held in memory
          await away.promise;
          let stored = 2;
          const writes = upTo(20).map((i) => sink.writeMany(many(100 * (i + 2), 100)).then(() => stored++));
          while ((await Deno.stat(spillPath)).size < 40_000) await new Promise((resolve) => setTimeout(resolve, 0));
          for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
          ok(stored > 2 && stored < 22, `${stored} writes are held`);
          await server.run();
          await Promise.all(writes);
          await sink.close();
        } finally {
          system.openSync = openSync;
        }
        equal(sink.lostRecords, 0);
        await holds(schema, 2200);
      }),
  );

  await step(
    "a server that is given up: an exact count, and files that Postgres reads",
    (schema) =>
      inFolder(async (folder) => {
        await Deno.chmod(folder, 0o755); // the server is another user
        const spillPath = `${folder}/spill`;
        const sink = sinkOf(schema, {}, { ...quiet, queueBytes: 20_000, spillPath, giveUpAfterS: 0.3 });
        await sink.writeMany(many(0, 10));
        await server.stop();
        let held = 0;
        const gaveUp = async () => {
          for (let i = 0;; i++) {
            await sink.writeMany(many(10 + 100 * i, 100));
            held += 100;
            await new Promise((resolve) => setTimeout(resolve, 0));
          }
        };
        await rejects(gaveUp(), (error) => {
          ok(error instanceof DtolSinkWriteError);
          match(error.message, new RegExp(`Cannot store ${sink.lostRecords} records in .* as it stayed away`));
          ok(!error.message.includes("rig:rig"));
          return true;
        });
        ok(sink.lostRecords === held || sink.lostRecords === held + 100, `${sink.lostRecords} lost, ${held} held`);
        await sink.close();
        await server.run();
        await server.query(
          `COPY ${schema}.readings FROM '${spillPath}.${schema}.readings.pgcopy' WITH (FORMAT binary)`,
        );
        await holds(schema, 10 + sink.lostRecords);
        await rejects(Deno.stat(spillPath), Deno.errors.NotFound);
      }),
  );

  await step(
    "a server that comes back and refuses what was held for it: an exact count, and files that Postgres reads",
    (schema) =>
      inFolder(async (folder) => {
        await Deno.chmod(folder, 0o755); // the server is another user
        const spillPath = `${folder}/spill`;
        const sink = sinkOf(schema, {}, { ...quiet, queueBytes: 20_000, spillPath });
        await sink.writeMany(many(0, 10));
        await server.query(`ALTER TABLE ${schema}.readings ADD CONSTRAINT small CHECK (force < 50)`);
        await server.stop();
        for (let i = 0; i < 5; i++) await sink.writeMany(many(10 + 100 * i, 100)); // held: each has resolved
        await server.run();
        await rejects(sink.close(), /Cannot store 500 records in .* violates check constraint .* \\copy/);
        deepEqual([sink.lostRecords, sink.pendingRecords], [500, 0]);
        await holds(schema, 10);
        await server.query(`ALTER TABLE ${schema}.readings DROP CONSTRAINT small`);
        await server.query(
          `COPY ${schema}.readings FROM '${spillPath}.${schema}.readings.pgcopy' WITH (FORMAT binary)`,
        );
        await holds(schema, 510);
      }),
  );

  await step("closing while the server is away waits for so long, then says what is lost", async (schema) => {
    const sink = sinkOf(schema, {}, { ...quiet, closeTimeoutS: 0.2 });
    await sink.writeMany(many(0, 10));
    await server.stop();
    await sink.writeMany(many(10, 30)); // held
    await rejects(
      sink.close(),
      (error) => error instanceof DtolSinkWriteError && /Cannot store 30 records/.test(error.message),
    );
    deepEqual([sink.lostRecords, sink.pendingRecords], [30, 0]);
    await server.run();
    await holds(schema, 10);
  });

  await step("net and environment are all it needs", async (schema) => {
    await inFolder(async (folder) => {
      const root = new URL("../../", import.meta.url);
      await Deno.writeTextFile(
        `${folder}/run.ts`,
        `import { PostgresConfig, PostgresSink } from "${root}sinks/postgres.ts";
         import { block } from "${root}tests/sinks/records.ts";
         const config = new PostgresConfig({ dsn: Deno.args[0], schema: Deno.args[1], createTables: true });
         await using sink = new PostgresSink(config);
         await sink.write(block(0));`,
      );
      const allow = [
        "--no-prompt",
        `--config=${fileURLToPath(new URL("deno.json", root))}`,
        `--allow-net=127.0.0.1:${server.port}`,
        "--allow-env",
      ];
      const args = ["run", "--no-check", ...allow, `${folder}/run.ts`, server.dsn, schema];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      ok(success, new TextDecoder().decode(stderr));
    });
    equal((await server.query(`SELECT 1 FROM ${schema}.blocks`)).length, 1);
  });
});

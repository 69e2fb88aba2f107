// `dtol run` with a server among its sinks: what the file says of it is what becomes of the samples.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { join } from "node:path";
import { openRaw } from "../../mod.ts";
import { temporaryFolder } from "../record/child.ts";
import { PostgresServer } from "../sinks/postgres_server.ts";
import { runDtol } from "./child.ts";

const TOML = `name = "rig"
backend = "simulated"
metadata = { operator = "kim" }

[[tasks]]
name = "force"
board = "DT9806(00)"
channels = [
  { kind = "ai_voltage", physical_channel = 0, name = "load" },
  { kind = "ai_voltage", physical_channel = 5, name = "path", gain = 10 },
]
timing = { rate_hz = 1000, samples_per_channel = 300 }
buffers = { samples_per_buffer = 50 }
logging = { path = "force.dt-raw" }

[[tasks.sinks]]
kind = "postgres"
dsn_env = "RIG_DB"
schema = "bench"
table_samples = "samples"
create_tables = true

[[tasks]]
name = "oven"
board = "DT9805(00)"
channels = [{ kind = "ai_voltage", physical_channel = 1, name = "door" }]
poll_rate_hz = 50
sinks = [{ kind = "postgres", dsn_env = "RIG_DB", schema = "bench", table_readings = "oven", create_tables = true }]
`;

Deno.test("dtol run writes to the server that its set-up names, and says nothing of the password", async (t) => {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return console.log("left out: the server for tests is packaged for Linux on x86-64");
  }
  await using server = await PostgresServer.start();
  const env = { RIG_DB: server.dsn };
  using folder = temporaryFolder();
  const run = async (name: string, text: string, more = env) => {
    await Deno.writeTextFile(join(folder.path, name), text);
    return await runDtol(["run", name, "--json"], { cwd: folder.path, env: more });
  };

  await t.step("a recording: each sample of the raw file, and a summary of each block", async () => {
    await server.query("CREATE SCHEMA bench");
    const { code, out, err } = await run("rig.toml", TOML);
    equal(code, 0, err);
    const { complete, tasks: [{ sinks: [sink] }, oven] } = JSON.parse(out);
    deepEqual([complete, sink.state, sink.written], [true, "complete", 6]);
    await using file = await openRaw(join(folder.path, "force.dt-raw"));
    const wanted: unknown[] = [];
    for await (const block of file.blocks()) {
      const { axis, firstSampleIndex } = block;
      for (const [i, { name }] of block.channels.entries()) {
        block.values(i).forEach((value, k) => {
          const index = firstSampleIndex + k;
          wanted.push([name, `${index}`, `${axis.monoNsOf(index)}`, value]);
        });
      }
    }
    equal(wanted.length, 600);
    const rows = await server.query(
      "SELECT channel, sample_index, t_mono_ns, value FROM bench.samples ORDER BY sample_index / 50, channel, sample_index",
    );
    deepEqual(rows.map((row) => [row["channel"], row["sample_index"], row["t_mono_ns"], Number(row["value"])]), wanted);
    const blocks = await server.query("SELECT block_index, task FROM bench.blocks ORDER BY block_index");
    deepEqual(blocks.map((row) => Object.values(row)), [..."012345"].map((index) => [index, "force"]));
    const readings = await server.query("SELECT door FROM bench.oven ORDER BY t_mono_ns");
    equal(readings.length, oven.readings.taken);
    ok(readings.length > 0 && readings.every(({ door }) => Number.isFinite(Number(door ?? NaN))));
    const [notes] = await server.query("SELECT value FROM bench.metadata WHERE key = 'metadata'");
    equal(JSON.parse(notes!["value"]!).operator, "kim");
    ok(!`${out}${err}`.includes("rig:rig"), "the password is not printed");
  });

  await t.step("a wrong password: exit code 3, the server's name, and no password", async () => {
    const wrong = { RIG_DB: server.dsn.replace("rig:rig", "rig:s3cret") };
    const { code, out, err } = await run("other.toml", TOML.replace("force.dt-raw", "other.dt-raw"), wrong);
    equal(code, 3, err);
    match(`${out}${err}`, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
    ok(!`${out}${err}`.includes("s3cret"), "the password is not printed");
  });
});

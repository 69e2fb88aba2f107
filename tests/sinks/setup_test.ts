/** A whole set-up in one file: read, checked, written again, and described by a schema. */
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { join } from "node:path";
import { DtolConfig } from "../../src/config.ts";
import { DtolReadError, DtolValidationError } from "../../src/errors.ts";
import { loadSetup, parseSetup, Setup, SETUP_SINK_KINDS, setupSchema, SetupSink, SetupTask } from "../../sinks/mod.ts";
import { Validator } from "../packages/json_schema.ts";
import { temporaryFolder } from "../record/child.ts";

// deno-lint-ignore no-explicit-any -- JSON to be spoilt
type Json = any;

const through = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const validator = new Validator(setupSchema(), "2020-12", false);
const takes = (json: Json) => validator.validate(json).valid;

const FORCE = {
  name: "force",
  board: "DT9806(00)",
  channels: [{ kind: "ai_voltage", physical_channel: 0, name: "force", gain: 10 }],
  timing: { rate_hz: 1000 },
  logging: { path: "force.dt-raw" },
  error_policy: "skip",
  overflow: "drop_oldest",
  stream_buffer_size: 4,
  backlog_s: 2,
};
const SINKS = [
  { kind: "raw", path: "a.dt-raw", if_exists: "overwrite", sync_interval_s: 0 },
  { kind: "parquet", path: "a.parquet", layout: "wide", compression: "none", row_group_size: 100, use_journal: false },
  { kind: "arrow", path: "a.arrow", if_exists: "overwrite" },
  { kind: "csv", path: "a.csv", if_exists: "append", codes: true, failing: "drop", slow: "stop", queue_size: 3 },
  { kind: "jsonl", path: "a.jsonl", describe: false, name: "log" },
  { kind: "sqlite", path: "a.db", samples: "rows", journal_mode: "DELETE", metadata: { by: "me" } },
  { kind: "postgres", dsn_env: "RIG_DB", table_samples: "samples", create_tables: true, spill_path: "spill" },
];
const OVEN = {
  name: "oven",
  board: "DT9805(00)",
  channels: [{ kind: "ai_voltage", physical_channel: 2 }],
  poll_rate_hz: 2,
  sinks: [{ kind: "csv", path: "oven.csv" }],
};
const FULL = {
  $schema: "https://example.org/setup.schema.json",
  name: "burner",
  backend: "dataacq",
  sdk: "C:/sdk",
  timeout_s: 5,
  error_policy: "return",
  park_on_close: false,
  metadata: { specimen: "A7", wet: true },
  tasks: [{ ...FORCE, sinks: SINKS }, OVEN],
};

/** A copy with one field set, or taken out. */
function with_(path: string, value: unknown): Json {
  const copy = through(FULL);
  const keys = path.split(".");
  const last = keys.pop()!;
  const target = keys.reduce((at, key) => at[key], copy);
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

Deno.test(
  "a set-up goes through JSON and is the same, with every default in it",
  { permissions: "none" },
  () => {
    const setup = parseSetup(FULL);
    deepEqual(parseSetup(through(setup)), setup);
    deepEqual(through(parseSetup(through(setup))), through(setup));
    const { tasks: [force, oven] } = setup;
    deepEqual([through(force).channels[0].gain, force!.doing, oven!.doing, oven!.pollRateHz], [
      10,
      "record",
      "poll",
      2,
    ]);
    deepEqual(force!.sinks.map(({ kind, name, path }) => [kind, name, path]).slice(3, 5), [
      ["csv", "csv", "a.csv"],
      ["jsonl", "log", "a.jsonl"],
    ]);
    deepEqual(force!.sinks[3]!.policy, { failing: "drop", slow: "stop", queueSize: 3 });
    equal(through(setup).$schema, FULL.$schema);
    ok(!("$schema" in through(parseSetup(with_("$schema", undefined)))), "null is no address");
    throws(() => ((setup as { name: string }).name = "x"), TypeError);
  },
);

Deno.test("a set-up made in a program is the one that its JSON makes", { permissions: "none" }, () => {
  const { spec } = parseSetup(FULL).tasks[1]!;
  const sinks = [{ kind: "csv", path: "oven.csv" }] as const;
  const made = new Setup({ name: "s", backend: "simulated", tasks: [{ spec, pollRateHz: 2, sinks }] });
  deepEqual(parseSetup(through(made)), made);
  deepEqual(
    new Setup({ ...made, tasks: [new SetupTask({ spec, pollRateHz: 2, sinks: [new SetupSink(sinks[0])] })] }),
    made,
  );
});

const WRONG: [string, unknown, RegExp][] = [
  [
    "tasks.0.channels.0.gain",
    0,
    /^setup\.tasks\[0\]\.channels\[0\]\.gain must be a finite number above 0, but it is 0$/,
  ],
  ["tasks.0.channels.0.kind", "volts", /^setup\.tasks\[0\]\.channels\[0\]\.kind must be one of /],
  ["tasks.0.timing.rate_hz", "fast", /^setup\.tasks\[0\]\.timing\.rateHz must be a finite number above 0/],
  [
    "tasks.0.sinks.1.layout",
    "tall",
    /^setup\.tasks\[0\]\.sinks\[1\]\.layout must be one of long, wide, but it is "tall"$/,
  ],
  ["tasks.0.sinks.2.path", undefined, /^setup\.tasks\[0\]\.sinks\[2\]\.path must be text that is not empty/],
  ["tasks.0.sinks.2.if_exists", "append", /^setup\.tasks\[0\]\.sinks\[2\]\.ifExists must be one of error, overwrite/],
  ["tasks.0.sinks.0.kind", "excel", /^setup\.tasks\[0\]\.sinks\[0\]\.kind must be one of raw, parquet/],
  ["tasks.0.sinks.4.colour", "red", /^setup\.tasks\[0\]\.sinks\[4\]\.colour is not known: known are /],
  ["tasks.0.sinks.6.dsn", "postgres://me:secret@host/db", /^setup\.tasks\[0\]\.sinks\[6\]\.dsn is not for a file/],
  ["tasks.1.name", "force", /^setup\.tasks\[1\]\.name must be a name that no other task has, but it is "force"$/],
  ["tasks.1.poll_rate_hz", undefined, /^setup\.tasks\[1\]\.pollRateHz must be given, as the task has no timing/],
  ["tasks.0.poll_rate_hz", 5, /^setup\.tasks\[0\]\.pollRateHz must be left out, as the task is clocked/],
  [
    "tasks.1.sinks.0",
    { kind: "raw", path: "x.dt-raw" },
    /^setup\.tasks\[1\]\.sinks\[0\]\.kind must be of a sink that takes/,
  ],
  [
    "tasks.1.sinks.0.path",
    "./a.csv",
    /^setup\.tasks\[1\]\.sinks\[0\]\.path must be another file than setup\.tasks\[0\]\.sin/,
  ],
  [
    "tasks.0.sinks.0.path",
    "force.dt-raw",
    /^setup\.tasks\[0\]\.sinks\[0\]\.path must be another file than .*logging\.path/,
  ],
  ["tasks.1.speed", 5, /^setup\.tasks\[1\]\.speed is not known: known are name, board, .*poll_rate_hz/],
  ["backend", "simulated", /^setup\.sdk must be left out, as setup\.backend is "simulated"/],
  ["tasks", [], /^setup\.tasks must be a list of tasks, at least 1/],
  ["confirm", true, /^setup\.confirm is not for a file: outputs are confirmed when they are driven/],
  ["extra", 1, /^setup\.extra is not known: known are /],
];

Deno.test(
  "what is wrong is told with the path of its field, and no secret with it",
  { permissions: "none" },
  () => {
    for (const [path, value, message] of WRONG) {
      const refused = (error: Error) => {
        match(error.message, message);
        ok(!error.message.includes("secret"), error.message);
        return error instanceof DtolValidationError;
      };
      throws(() => parseSetup(with_(path, value)), refused, path);
    }
    throws(() => parseSetup([]), /^DtolValidationError: setup must be an object/);
  },
);

Deno.test("outputs are opened, not polled, and have no sinks", { permissions: "none" }, () => {
  const task = { name: "valve", channels: [{ kind: "ao_voltage", physical_channel: 0 }] };
  equal(parseSetup({ tasks: [task] }).tasks[0]!.doing, "open");
  throws(
    () => parseSetup({ tasks: [{ ...task, poll_rate_hz: 1 }] }),
    /pollRateHz must be left out, as the task is of outputs/,
  );
  throws(
    () => parseSetup({ tasks: [{ ...task, sinks: OVEN.sinks }] }),
    /sinks must be empty, as the task is of outputs/,
  );
});

Deno.test("the schema takes what is right, and refuses what a field by itself cannot be", {
  permissions: { read: true },
}, () => {
  ok(takes(FULL), JSON.stringify(validator.validate(FULL).errors.at(-1)));
  ok(takes(through(parseSetup(FULL))), "with every default");
  ok(takes({ tasks: [{ channels: OVEN.channels, timing: { rate_hz: 1 } }] }), "the least there is");
  const between = /must be (another|left out|given|a name|empty|of a sink)/; // what only parseSetup() can tell
  let refused = 0;
  for (const [path, value, message] of WRONG) {
    if (between.test(message.source)) continue;
    ok(!takes(with_(path, value)), path);
    refused++;
  }
  equal(refused, 13);
  const kinds = FULL.tasks[0]!.sinks!.map(({ kind }) => kind);
  deepEqual(kinds, [...SETUP_SINK_KINDS], "each kind was tried");
});

Deno.test("schema/setup.schema.json is what the tables say: deno task schema", () => {
  const published = JSON.parse(Deno.readTextFileSync(new URL("../../schema/setup.schema.json", import.meta.url)));
  deepEqual(published, through(setupSchema()));
});

Deno.test("TOML and JSON files of the same are the same set-up", async () => {
  using folder = temporaryFolder();
  const write = (name: string, text: string) => {
    Deno.writeTextFileSync(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const toml = write(
    "rig.toml",
    `name = "rig" # a comment
backend = "simulated"
[metadata]
specimen = "A7"
[[tasks]]
name = "oven"
poll_rate_hz = 2
channels = [{ kind = "ai_voltage", physical_channel = 2, gain = 1 }]
[[tasks.sinks]]
kind = "csv"
path = "oven.csv"
`,
  );
  const setup = await loadSetup(toml);
  deepEqual(await loadSetup(write("rig.json", JSON.stringify(setup))), setup);
  equal(setup.tasks[0]!.sinks[0]!.path, "oven.csv");
  await rejects(loadSetup(write("bad.toml", "name = \n")), /^DtolValidationError: Cannot read .*bad\.toml as TOML: /);
  await rejects(loadSetup(write("bad.json", "{,}")), /^DtolValidationError: Cannot read .*bad\.json as JSON: /);
  await rejects(loadSetup(join(folder.path, "none.json")), DtolReadError);
});

Deno.test("the set-up of the README is one", async () => {
  const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
  using folder = temporaryFolder();
  const path = join(folder.path, "burner.toml");
  Deno.writeTextFileSync(path, /```toml\n([^]*?)```/.exec(readme)![1]!);
  const { tasks: [force, oven] } = await loadSetup(path);
  deepEqual([force!.doing, oven!.doing, oven!.spec.channels[0]!.unit], ["record", "poll", "degC"]);
});

Deno.test("buffers of a task that names none come from the configuration", { permissions: "none" }, () => {
  const config = new DtolConfig({ buffers: 5, samplesPerBuffer: 7 });
  const own = { ...FORCE, name: "own", logging: null, buffers: { samples_per_buffer: 9 } };
  const { tasks } = parseSetup({ tasks: [FORCE, own] }, config);
  deepEqual(tasks.map(({ spec: { buffers } }) => [buffers!.buffers, buffers!.samplesPerBuffer]), [[5, 7], [8, 9]]);
});

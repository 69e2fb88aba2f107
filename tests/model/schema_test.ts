/** The published schema says what the reader says, by a validator that knows nothing of this library. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { AnalogInputVoltage, channelSchemas } from "../../src/model/channels.ts";
import { taskSchema } from "../../src/model/schema.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { AnalogThresholdStart, SyncBusStart } from "../../src/model/triggers.ts";
import { Validator } from "../packages/json_schema.ts";
import { KINDS, LIMITS, TAKES, WRONG } from "./kinds.ts";
import { PYTHON_DEFAULTS } from "./python_channels.ts";

// deno-lint-ignore no-explicit-any -- JSON to be spoilt
type Json = any;

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);
const validator = new Validator(taskSchema(), "2020-12", false);
const takes = (json: Json) => validator.validate(json).valid;
const through = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function reads(json: Json): boolean {
  try {
    TaskSpec.fromJSON(json);
    return true;
  } catch {
    return false;
  }
}

const spec = (changes: Partial<TaskSpecOptions> = {}) =>
  new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0 })], ...changes });

const FULL = through(spec({
  ...{ name: "fatigue", board: "DT9806(00)", element: 1, stopOnError: false, metadata: { load: 1.5, wet: true } },
  virtual: [{ name: "twice", unit: "V", formula: "2 * ch0", metadata: { by: "me" } }],
  timing: {
    ...{ rateHz: 100, clockSource: "external", externalDivider: 2 },
    retrigger: { source: new SyncBusStart(), multiscanCount: 2 },
  },
  ...{
    dataFlow: "continuous_about_trigger",
    trigger: new AnalogThresholdStart({ channel: 1, level: 2, slope: "falling" }),
  },
  referenceTrigger: { source: new SyncBusStart(), postScanCount: 4 },
  buffers: { samplesPerBuffer: 10, buffers: 4, wrapMode: "multiple" },
  logging: { path: "a.dt-raw", overwrite: true, syncIntervalS: 0 },
}));

pure("what a task writes, and what the Python library writes of a channel, the schema takes", () => {
  ok(takes(FULL), JSON.stringify(validator.validate(FULL).errors));
  ok(takes({ channels: [{ kind: "ai_voltage", physical_channel: 0 }] }), "the least there is");
  for (const [kind, { make, needs, other }] of Object.entries(KINDS)) {
    for (const options of [needs, other]) ok(takes(through(spec({ channels: [new make(options)] }))), kind);
    const needed = Object.fromEntries(Object.entries(needs).map(([key, value]) => [snake(key), value]));
    if (kind in PYTHON_DEFAULTS) ok(takes({ channels: [{ ...PYTHON_DEFAULTS[kind], ...needed }] }), kind);
  }
});

pure("what no field of a channel takes, nor does the schema", () => {
  let refused = 0;
  for (const [kind, { make, needs, other }] of Object.entries(KINDS)) {
    const json = through(new make(needs));
    const one = new Validator(channelSchemas()[kind]!, "2020-12", false);
    const takes = (json: Json) => one.validate(json).valid;
    for (const key of Object.keys(other)) {
      const wrong = WRONG.filter((value) => typeof value !== "symbol" && !TAKES[key]?.(value));
      const beyond = (LIMITS[key] ?? []).filter((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER);
      for (const value of [...wrong.filter((value) => typeof value !== "number"), ...beyond]) {
        ok(!takes({ ...json, [snake(key)]: value }), `${kind}.${key} ${value}`);
        refused++;
      }
    }
    ok(!takes({ ...json, gian: 1 }), `${kind}: a key that is not known`);
    for (const key of [...Object.keys(needs).map(snake), "kind"]) {
      const { [key]: _, ...rest } = json;
      ok(!takes(rest), `${kind} without ${key}`);
    }
  }
  ok(refused > 700, `${refused}`);
  ok(!takes({ channels: [{ kind: "ai_magic", physical_channel: 0 }] }));
});

/** Every place in a JSON value, as a function that sets it. */
function* places(json: Json, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (path.length > 0) yield path;
  if (typeof json !== "object" || json === null) return;
  for (const key of Array.isArray(json) ? json.keys() : Object.keys(json)) yield* places(json[key], [...path, key]);
}

function withValue(json: Json, path: readonly (string | number)[], value: Json): Json {
  const copy = structuredClone(json);
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key];
  at[path.at(-1)!] = value;
  return copy;
}

const VALUES: readonly Json[] = [null, true, 0, -1, 0.5, 3, 1e9, "", " ", "rising", "x", {}, [], [{}], {
  kind: "software_start",
}];

pure(
  "the schema is never stricter than the reader, anywhere in a task, and as strict for all that stands alone",
  () => {
    const between = [ // what the reader refuses because of another field: no schema of one field can know
      ...[
        "virtual.0.name",
        "virtual.0.formula",
        "data_flow",
        "timing",
        "timing.clock_source",
        "timing.external_divider",
      ],
      ...[
        "timing.samples_per_channel",
        "timing.retrigger",
        "timing.retrigger.mode",
        "timing.retrigger.frequency_hz",
        "reference_trigger",
        "reference_trigger.post_scan_count",
      ],
      ...[
        "timing.retrigger.source",
        "channels.0.min_val",
        "channels.0.max_val",
        "channels.0.name",
        "buffers.wrap_mode",
      ],
    ];
    const looser = new Set<string>();
    for (const path of places(FULL)) {
      for (const value of VALUES) {
        const json = withValue(FULL, path, value);
        const [schema, reader] = [takes(json), reads(json)];
        ok(schema || !reader, `${path.join(".")} = ${JSON.stringify(value)}: the reader takes it, the schema does not`);
        if (schema && !reader) looser.add(path.join("."));
      }
    }
    deepEqual([...looser].filter((path) => !between.includes(path)), []);
  },
);

pure("the schema names its draft, and is the caller's own", () => {
  equal(taskSchema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
  const mine = taskSchema() as Json;
  mine.properties.name.type = "number";
  (channelSchemas() as Json).ai_voltage.properties.gain.default = 7;
  ok(takes(FULL));
  equal((taskSchema() as Json).properties.name.default, "task");
  equal((channelSchemas() as Json).ai_voltage.properties.gain.default, 1);
});

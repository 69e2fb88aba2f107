import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  AnalogOutputVoltage,
  DigitalInputPort,
  DigitalOutputPort,
  PulseTrainOutput,
  ThermocoupleInput,
  VirtualChannel,
} from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { BufferPlan, RawLogging, Timing } from "../../src/model/timing.ts";
import {
  AnalogThresholdStart,
  ExternalDigitalStart,
  ReferenceTrigger,
  SoftwareStart,
} from "../../src/model/triggers.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);

const channel = (changes = {}) => new AnalogInputVoltage({ physicalChannel: 0, ...changes });
const spec = (changes = {}) => new TaskSpec({ channels: [channel()], ...changes } as TaskSpecOptions);

/** [what, who makes it, path, rule, value as shown] */
type Case = readonly [() => unknown, path: string, rule: string, shown: string];

const bad = (
  key: string,
  make: (changes: Record<string, unknown>) => unknown,
  path: string,
  rule: string,
  values: unknown[],
) =>
  values.map((value): Case => [
    () => make({ [key]: value }),
    path,
    rule,
    typeof value === "number" ? Object.is(value, -0) ? "-0" : String(value) : JSON.stringify(value) ?? String(value),
  ]);

const timing = (changes: object) => new Timing({ rateHz: 1000, ...changes } as never);
const buffers = (changes: object) => new BufferPlan({ samplesPerBuffer: 10, ...changes } as never);
const logging = (changes: object) => new RawLogging({ path: "a", ...changes } as never);

const NOT_TEXT = ["", "  ", 7, {}];
const NOT_POSITIVE = [0, -1, -0, NaN, Infinity, "5"];
const CASES: readonly Case[] = [
  ...bad("name", spec, "spec.name", "text that is not empty", NOT_TEXT),
  ...bad("board", spec, "spec.board", "text that is not empty", NOT_TEXT),
  ...bad("element", spec, "spec.element", "a whole number of at least 0", [-1, 0.5, NaN, "0", 2 ** 53]),
  ...bad("channels", spec, "spec.channels", "a list of channels", [7, {}, "a"]),
  ...bad("dataFlow", spec, "spec.dataFlow", "one of single_value, continuous", ["fast", 800]),
  ...bad("stopOnError", spec, "spec.stopOnError", "true or false", [1, "yes"]),
  ...bad("trigger", spec, "spec.trigger", "a trigger, for example", ["software_start", {}]),
  ...bad("virtual", spec, "spec.virtual", "a list of channels", [7, {}]),
  ...bad("metadata", spec, "spec.metadata", "an object", [[], "a", 7]),
  ...bad("x", (metadata) => spec({ metadata }), "spec.metadata.x", "text, a finite number, true or false", [
    ...[NaN, Infinity, {}, [1], null],
  ]),
  ...bad("physicalChannel", channel, "channel.physicalChannel", "a whole number of at least 0", [-1, 1.5, "3", NaN]),
  ...bad("name", channel, "channel.name", "text that is not empty", NOT_TEXT),
  ...bad("unit", channel, "channel.unit", "text that is not empty", NOT_TEXT),
  ...bad("channelType", channel, "channel.channelType", "one of single_ended, differential", ["diff", 1]),
  ...bad("gain", channel, "channel.gain", "a finite number above 0", NOT_POSITIVE),
  ...bad("minVal", channel, "channel.minVal", "a finite number", [NaN, -Infinity, "-10"]),
  ...bad("maxVal", channel, "channel.maxVal", "a finite number", [NaN, Infinity, "10"]),
  ...bad("minVal", channel, "channel.minVal", "below maxVal (10)", [10, 11]),
  ...bad("rateHz", timing, "timing.rateHz", "a finite number above 0", NOT_POSITIVE),
  ...bad("samplesPerChannel", timing, "timing.samplesPerChannel", "a whole number of at least 1", [0, -1, 0.5, NaN]),
  ...bad("buffers", buffers, "buffers.buffers", "a whole number of at least 3", [2, 3.5, "8"]),
  ...bad("buffers", buffers, "buffers.buffers", "at most 1024", [1025]),
  ...bad("samplesPerBuffer", buffers, "buffers.samplesPerBuffer", "a whole number of at least 1", [0, 1.5, NaN]),
  ...bad("samplesPerBuffer", buffers, "buffers.samplesPerBuffer", "at most 4194304", [4194305]),
  ...bad("wrapMode", buffers, "buffers.wrapMode", "one of none, single, multiple", ["ring", 1001]),
  ...bad("path", logging, "logging.path", "text that is not empty", NOT_TEXT),
  ...bad("overwrite", logging, "logging.overwrite", "true or false", [1, "yes"]),
  ...bad("syncIntervalS", logging, "logging.syncIntervalS", "a finite number of at least 0", [-1, NaN, Infinity]),
];

pure("every value that cannot be right is refused with its path, the rule and the value", () => {
  ok(CASES.length > 80);
  for (const [make, path, rule, shown] of CASES) {
    throws(make, (error: Error) => {
      ok(error instanceof DtolValidationError, `${path} ${shown}: ${error}`);
      const head = `${path} must be ${rule}`;
      ok(
        error.message.startsWith(head) && error.message.endsWith(`it is ${shown}`),
        `${error.message} / ${head} / ${shown}`,
      );
      return true;
    }, `${path} ${shown}`);
  }
});

const REFERENCE = { source: new ExternalDigitalStart(), postScanCount: 5 };

const PARTS = {
  timing: { rateHz: 1000 },
  buffers: { samplesPerBuffer: 10 },
  logging: { path: "a" },
  trigger: new ExternalDigitalStart(),
  referenceTrigger: REFERENCE,
} as const;

pure("what does not go together is refused with both", () => {
  throws(() => spec({ channels: [] }), /spec\.channels must be a list of channels, at least 1,/);
  throws(() => spec({ channels: [channel(), channel({ name: "b" })] }), /spec\.channels\[1\]\.physicalChannel.*is 0/);
  throws(
    () => spec({ channels: [channel({ name: "a" }), channel({ name: "a", physicalChannel: 1 })] }),
    /spec\.channels\[1\]\.name.*"a"/,
  );
  throws(() => spec({ dataFlow: "continuous" }), /spec\.timing must be given as spec\.dataFlow is "continuous"/);
  throws(() => spec({ dataFlow: "finite", timing: PARTS.timing }), /samplesPerChannel must be given/);
  throws(
    () => spec({ dataFlow: "continuous", timing: { rateHz: 1, samplesPerChannel: 5 } }),
    /samplesPerChannel must be left out.*it is 5/,
  );
  for (const [key, part] of Object.entries(PARTS)) {
    throws(() => spec({ dataFlow: "single_value", [key]: part }), new RegExp(`spec\\.${key} has no meaning`));
  }
});

pure("what is left out follows from the rest", () => {
  const single = spec();
  deepEqual([single.name, single.board, single.element, single.dataFlow], ["task", undefined, 0, "single_value"]);
  deepEqual([single.timing, single.buffers, single.isClocked], [undefined, undefined, false]);
  deepEqual([single.trigger, single.stopOnError, single.virtual], [new SoftwareStart(), true, []]);
  equal(spec({ timing: { rateHz: 1 } }).dataFlow, "continuous");
  equal(spec({ timing: { rateHz: 1, samplesPerChannel: 1 } }).dataFlow, "finite");
  deepEqual({ ...spec({ timing: { rateHz: 1000 } }).buffers }, {
    buffers: 8,
    samplesPerBuffer: 50,
    wrapMode: "multiple",
  });
  deepEqual(
    [0.5, 10, 1e9].map((rate) => BufferPlan.forRate(rate).samplesPerBuffer),
    [1, 1, 4194304],
    "a plan for any rate is one that may be",
  );
  const { name, unit, gain, minVal, maxVal, channelType } = channel({ physicalChannel: 3 });
  deepEqual([name, unit, gain, minVal, maxVal, channelType], ["ch3", "V", 1, -10, 10, "single_ended"]);
});

const full = () =>
  new TaskSpec({
    virtual: [{ name: "work", unit: "J", formula: 'force * "weg ä ß 位移"', metadata: { note: "since W-40" } }],
    trigger: new AnalogThresholdStart({ channel: 2, level: 1.5, slope: "falling" }),
    stopOnError: false,
    name: "fatigue",
    board: "DT9806(00)",
    element: 0,
    channels: [
      new AnalogInputVoltage({
        ...{ physicalChannel: 2, name: "force", unit: "kN", channelType: "differential", gain: 100 },
        ...{ minVal: -10, maxVal: 10, metadata: { sensor: "U9C", serial: 12345, calibrated: true } },
      }),
      new AnalogInputVoltage({ physicalChannel: 5, name: "weg ä ß 位移", channelType: "differential" }),
    ],
    timing: { rateHz: 1234.5, samplesPerChannel: 99 },
    buffers: { buffers: 5, samplesPerBuffer: 77, wrapMode: "none" },
    logging: { path: "out/run 1.dt-raw", overwrite: true, syncIntervalS: 0 },
    metadata: { specimen: "A-17", load: 1.5e3, wet: false },
  });

function frozen(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  ok(Object.isFrozen(value), `${path} is not frozen`);
  for (const [key, part] of Object.entries(value)) frozen(part, `${path}.${key}`);
}

pure("a spec is immutable to its depths, and keeps nothing of what it was made of", () => {
  frozen(full(), "spec");
  const metadata = { a: 1 };
  const channels = [channel({ metadata })];
  const made = spec({ channels, metadata });
  metadata.a = 2;
  channels.push(channel({ physicalChannel: 1 }));
  equal(made.metadata["a"], 1);
  equal(made.channels[0]!.metadata["a"], 1);
  equal(made.channels.length, 1);
  throws(() => {
    (made as { name: string }).name = "other";
  }, TypeError);
});

pure("a spec is whole again after a way through text, whatever it has", () => {
  for (
    const one of [
      full(),
      spec(),
      spec({ timing: { rateHz: 7 } }),
      spec({ timing: { rateHz: 1e-3, samplesPerChannel: 1 } }),
      spec({
        timing: { rateHz: 1 },
        dataFlow: "continuous_pretrigger",
        referenceTrigger: { ...REFERENCE, postScanCount: 0 },
      }),
      spec({
        timing: { rateHz: 1, clockSource: "external", externalDivider: 7, retrigger: { mode: "scan_per_trigger" } },
        trigger: new ExternalDigitalStart(),
      }),
      spec({ channels: [new ThermocoupleInput({ physicalChannel: 1, thermocoupleType: "K" })] }),
      spec({ channels: [new DigitalInputPort({ physicalChannel: 0, lines: [{ bit: 1, name: "door" }] })] }),
    ]
  ) {
    const text = JSON.stringify(one);
    const back = TaskSpec.fromJSON(JSON.parse(text));
    deepEqual(back, one);
    equal(JSON.stringify(back), text);
    frozen(back, "spec");
  }
});

pure("the JSON of a spec has every key, in the Python library's words", () => {
  const json = JSON.parse(JSON.stringify(spec()));
  deepEqual(Object.keys(json), [
    "name",
    "board",
    "element",
    "channels",
    "virtual",
    "data_flow",
    "timing",
    "trigger",
    "reference_trigger",
    "buffers",
    "logging",
    "stop_on_error",
    "metadata",
  ]);
  deepEqual([json.board, json.timing, json.buffers, json.logging], [null, null, null, null]);
  const { channels, timing, buffers, logging } = JSON.parse(JSON.stringify(full()));
  deepEqual(Object.keys(channels[0]).sort(), [
    ...[
      "channel_type",
      "coupling",
      "digital_output",
      "encoding",
      "filter",
      "gain",
      "kind",
      "max_val",
      "metadata",
      "min_val",
      "name",
    ],
    ...["physical_channel", "scaling", "unit"],
  ]);
  equal(channels[0].kind, "ai_voltage");
  deepEqual(timing, {
    rate_hz: 1234.5,
    clock_source: "internal",
    external_divider: null,
    retrigger: null,
    samples_per_channel: 99,
  });
  deepEqual(buffers, { buffers: 5, samples_per_buffer: 77, wrap_mode: "none" });
  deepEqual(logging, { path: "out/run 1.dt-raw", overwrite: true, sync_interval_s: 0 });
});

pure("a key that is not known is refused with its path and those that are, at every level", () => {
  for (const path of [[], ["channels", 0], ["timing"], ["buffers"], ["logging"]] as const) {
    const json = JSON.parse(JSON.stringify(full()));
    let at = json;
    for (const key of path) at = at[key];
    at.rateHz = 5; // the name of an option, not of a key
    throws(() => TaskSpec.fromJSON(json), (error: Error) => {
      ok(error instanceof DtolValidationError);
      const where = path.length === 0 ? "spec" : path[0] === "channels" ? "spec.channels[0]" : `spec.${path[0]}`;
      ok(error.message.startsWith(`${where}.rateHz is not known: known are `), error.message);
      return true;
    });
  }
});

pure("a wrong value in JSON is refused with the path of its place", () => {
  const broken = (change: (json: ReturnType<typeof JSON.parse>) => void) => () => {
    const json = JSON.parse(JSON.stringify(full()));
    change(json);
    return TaskSpec.fromJSON(json);
  };
  throws(broken((json) => json.channels[1].gain = -1), /^DtolValidationError: spec\.channels\[1\]\.gain must be .*-1$/);
  throws(broken((json) => json.channels[1].kind = "ai_magic"), /spec\.channels\[1\]\.kind must be .*"ai_magic"/);
  throws(broken((json) => json.channels = null), /spec\.channels must be a list of channels/);
  throws(broken((json) => json.channels[0] = 7), /spec\.channels\[0\] must be an object, but it is 7/);
  throws(broken((json) => json.timing = 7), /spec\.timing must be an object, but it is 7/);
  throws(broken((json) => json.timing.rate_hz = "fast"), /spec\.timing\.rateHz must be .*"fast"/);
  throws(broken((json) => delete json.timing.rate_hz), /timing\.rateHz must be/);
  throws(broken((json) => json.data_flow = "finite?"), /spec\.dataFlow must be one of/);
  for (const value of [null, 7, "a", []]) throws(() => TaskSpec.fromJSON(value), /spec must be an object/);
});

pure("W-35: the flows about a trigger need their reference, and no other takes one", () => {
  const timing = { rateHz: 1 };
  for (const dataFlow of ["continuous_pretrigger", "continuous_about_trigger"] as const) {
    throws(() => spec({ timing, dataFlow }), /spec\.referenceTrigger must be given as spec\.dataFlow is "continuous_/);
    const postScanCount = dataFlow === "continuous_pretrigger" ? 0 : 5;
    const made = spec({ timing, dataFlow, referenceTrigger: { ...REFERENCE, postScanCount } });
    ok(made.referenceTrigger instanceof ReferenceTrigger);
    ok(made.trigger instanceof SoftwareStart);
    const other = { ...REFERENCE, postScanCount: 5 - postScanCount };
    throws(() => spec({ timing, dataFlow, referenceTrigger: other }), /spec\.referenceTrigger\.postScanCount must be/);
    const buffers = { samplesPerBuffer: 10, wrapMode: "none" } as const; // its end would look like running out of them
    throws(
      () => spec({ timing, dataFlow, referenceTrigger: made.referenceTrigger!, buffers }),
      /spec\.buffers\.wrapMode must be multiple/,
    );
  }
  throws(
    () => spec({ timing, referenceTrigger: REFERENCE }),
    /spec\.referenceTrigger must be left out as .* "continuous"/,
  );
  throws(
    () => spec({ timing: { rateHz: 1, samplesPerChannel: 5 }, referenceTrigger: REFERENCE }),
    /spec\.referenceTrigger must be left out as .* "finite"/,
  );
});

pure("wrap mode single is for analog outputs", () => {
  const buffers = { samplesPerBuffer: 10, wrapMode: "single" } as const;
  throws(() => spec({ timing: { rateHz: 1 }, buffers }), /spec\.buffers\.wrapMode must be none or multiple .*"single"/);
  const channels = [new AnalogOutputVoltage({ physicalChannel: 0 })];
  equal(spec({ channels, timing: { rateHz: 1 }, buffers }).buffers?.wrapMode, "single");
});

pure("W-40: names are there once among channels, lines and virtual channels", () => {
  const port = (physicalChannel: number, name: string, lines: object[]) =>
    new DigitalInputPort({ physicalChannel, name, lines } as never);
  throws(
    () => spec({ channels: [port(0, "a", [{ bit: 1, name: "b" }]), port(1, "b", [])] }),
    /spec\.channels\[0\]\.lines\[0\]\.name must be a name that no other .*"b"/,
  );
  throws(
    () => spec({ channels: [port(0, "a", [{ bit: 1 }]), port(1, "a.line1", [])] }),
    /spec\.channels\[0\]\.lines\[0\]\.name must be a name that no other .*"a\.line1"/,
  );
  throws(
    () => spec({ channels: [port(0, "a", [{ bit: 1, name: "x" }]), port(1, "b", [{ bit: 1, name: "x" }])] }),
    /spec\.channels\[1\]\.lines\[0\]\.name/,
  );
  const virtual = { name: "ch0", unit: "V", formula: "ch0 * 2" };
  throws(() => spec({ virtual: [virtual] }), /spec\.virtual\[0\]\.name must be a name that no other .*"ch0"/);
  const twice = { ...virtual, name: "v" };
  throws(() => spec({ virtual: [twice, twice] }), /spec\.virtual\[1\]\.name/);
});

pure("W-40: channels of a task are of one subsystem, and are channels", () => {
  throws(
    () => spec({ channels: [channel(), new AnalogOutputVoltage({ physicalChannel: 1 })] }),
    /spec\.channels\[1\]\.kind must be of one subsystem with ai_voltage, but it is "ao_voltage"/,
  );
  throws(
    () => spec({ channels: [{ kind: "ai_voltage", physicalChannel: 0 }] }),
    /spec\.channels\[0\] must be a channel/,
  );
  equal(
    spec({ channels: [new PulseTrainOutput({ physicalChannel: 0, frequencyHz: 1 })] }).subsystemType,
    "counter_timer",
  );
  throws(() => (spec().channels as unknown[]).push(channel({ physicalChannel: 1 })), TypeError);
});

pure("a virtual channel is made of channels that are measured, and of virtual ones before it", () => {
  const virtual = (formula: string, name = "v") => new VirtualChannel({ name, unit: "V", formula });
  const made = spec({ virtual: [virtual("ch0 * 2"), virtual("v ^ 2 + ch0", "w")] });
  deepEqual(made.virtual.map(({ channels }) => channels), [["ch0"], ["v", "ch0"]]);
  throws(
    () => spec({ virtual: [virtual("w"), virtual("ch0", "w")] }),
    /spec\.virtual\[0\]\.formula must be made of channels that are measured \(ch0\), but it is "w"/,
  );
  throws(() => spec({ virtual: [virtual("v + ch0")] }), /spec\.virtual\[0\]\.formula/);
  const outputs = [new DigitalOutputPort({ physicalChannel: 0, name: "out" })];
  throws(() => spec({ channels: outputs, virtual: [virtual("out")] }), /spec\.virtual\[0\]\.formula must be made of/);
  throws(() => virtual("1 + pi"), /virtual\.formula must be one that names a channel, but it is "1 \+ pi"/);
  throws(
    () => spec({ virtual: [{ name: "v", unit: "V", formula: "ch0 +" }] }),
    /^DtolValidationError: spec\.virtual\[0\]\.formula: Cannot read the formula "ch0 \+" as at character 6/,
  );
  throws(
    () => new VirtualChannel({ name: "v", formula: "a" } as never),
    /virtual\.unit must be text that is not empty/,
  );
});

pure("buffers of triggered scans hold whole bursts, as many as their own rate fills", () => {
  const trigger = new ExternalDigitalStart();
  const retrigger = { mode: "scan_per_trigger", multiscanCount: 30 } as const;
  equal(spec({ trigger, timing: { rateHz: 1000, retrigger } }).buffers?.samplesPerBuffer, 60);
  const internal = { mode: "internal", multiscanCount: 10, frequencyHz: 4 } as const;
  equal(spec({ timing: { rateHz: 1e6, retrigger: internal } }).buffers?.samplesPerBuffer, 10);
  throws(
    () => spec({ timing: { rateHz: 1000, retrigger } }),
    /spec\.trigger must be one that comes again .* scan_per_trigger/,
  );
});

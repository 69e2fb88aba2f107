/**
 * Every field of a spec reaches the SDK or is refused: each is changed alone, on a board that can do it, and then the calls
 * to the SDK, with their numbers, or the values and units of a reading must be others. What stays in the library by its
 * nature is listed with the reason.
 */
import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { planRun } from "../../src/acquire/run_plan.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { attachDataAcq } from "../../src/board/dataacq_attach.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { convertBlock } from "../../src/convert/sensor.ts";
import { DtolError } from "../../src/errors.ts";
import type { BlockChannel } from "../../src/model/block.ts";
import * as channels from "../../src/model/channels.ts";
import { BUFFER_FIELDS, LOGGING_FIELDS, TIMING_FIELDS } from "../../src/model/timing.ts";
import { SPEC_FIELDS, TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import * as triggers from "../../src/model/triggers.ts";
import { KINDS, type Options } from "../model/kinds.ts";
import { sim } from "./lab.ts";

const BOARD = "DT9862(00)";

/** Every call to the two libraries with the numbers that it was given; handles and memory are left out. */
const calls: string[] = [];
const dlopen = Deno.dlopen;
// deno-lint-ignore no-explicit-any -- wraps whatever is opened
(Deno as any).dlopen = (path: string | URL, symbols: Deno.ForeignLibraryInterface) => {
  const library = dlopen(path, symbols);
  // deno-lint-ignore no-explicit-any
  const logged = Object.entries(library.symbols).map(([name, call]: [string, any]) => {
    if (typeof call !== "function") return [name, call];
    return [name, (...args: unknown[]) => {
      calls.push(`${name}(${args.filter((one) => typeof one === "number" || typeof one === "boolean")})`);
      return call(...args);
    }];
  });
  return { symbols: Object.fromEntries(logged), close: () => library.close() };
};

interface Seen {
  readonly calls: readonly string[];
  readonly values: unknown;
  readonly refusal: string | null;
}

/** What a task makes of the SDK, and what comes out of it. */
async function seen(spec: TaskSpec, signal: string): Promise<Seen> {
  sim.reset();
  sim.signal(signal);
  for (const type of [4, 5, 6]) sim.events(BOARD, type, 0, [1000]); // a count that does not depend on the time
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  calls.length = 0;
  let values: unknown = null;
  try {
    await using session = await openDevice(spec, { backend });
    const [channel] = spec.channels;
    if (spec.isClocked) {
      const { order } = await planRun(session, {}, null);
      const intake = attachDataAcq(order.ticket);
      try {
        intake.begin(order.plan);
      } finally {
        intake.end();
      }
    } else if (channel instanceof channels.AnalogOutputVoltage) {
      values = await Promise.allSettled([-7, 1, 4, 7].map((volts) => session.write({ [channel.name]: volts })));
    } else if (channel instanceof channels.DigitalOutputPort) {
      values = await Promise.allSettled([{ [channel.name]: 5 }, { valve: true }].map((value) => session.write(value)));
    } else if (channel instanceof channels.CounterOutput) {
      values = await Promise.allSettled([session.start()]);
    } else {
      const { values: read, units, sensorStatus } = await session.poll();
      values = { read, units, sensorStatus, sweep: sweepOf(session.blockChannels) };
    }
  } catch (error) {
    if (!(error instanceof DtolError)) throw error;
    return { calls: [], values: null, refusal: error.message };
  }
  return {
    calls: calls.filter((call) => !/IsWindow|PeekMessage|Version|_nonblocking\(\)$/.test(call)),
    values,
    refusal: null,
  };
}

/** What an input makes of some values, where it needs no other: not all signals keep still. */
function sweepOf([channel]: readonly BlockChannel[]): number[] | null {
  if ((channel!.sensor?.coldJunction ?? null) !== null) return null;
  return [...convertBlock([{ ...channel!, scaling: null }], Float64Array.of(-2, -0.01, 0, 0.002, 0.1, 1, 5), 7).data];
}

const same = (a: Seen, b: Seen) => show(a) === show(b);
const show = ({ values, calls }: Seen) =>
  JSON.stringify(
    [values, calls],
    (_, value) => value instanceof Error ? value.message : Number.isNaN(value) ? "NaN" : value,
  );

/** Fields that by their nature stay in the library: they name, describe, or are kept by the library itself. */
const IN_THE_LIBRARY: Readonly<Record<string, string>> = {
  name: "names the task or channel in readings, blocks and files",
  metadata: "notes that travel with the data",
  unit: "words of the user; what is measured does not change by them",
  logging: "where the library writes its file",
  path: "where the library writes its file",
  overwrite: "whether the library may replace it",
  syncIntervalS: "how often the library brings it to the disk",
  samplesPerChannel: "the library ends a finite run: record_test",
  virtual: "computed by the library: sensors_test",
  lines: "names and guards of the bits of one port: outputs_test",
  cjcSource: "decides, with cjcChannel and cjcTemperature, who measures the cold junction: channels_test",
  "current.minVal": "the current to expect, held against the range when the channel is made: channels_test",
  "current.maxVal": "the current to expect, held against the range when the channel is made: channels_test",
  "iepe.coupling": "an accelerometer takes ac and nothing else: channels_test",
  safeMin: "a limit that the library keeps: outputs_test",
  safeMax: "a limit that the library keeps: outputs_test",
  safeValue: "what the library writes when the session closes: parking_test",
};

interface Case {
  readonly what: string;
  readonly field: string;
  /** Specs before and after, each on a board: one of them must show a difference. */
  readonly pairs: readonly (readonly [base: () => TaskSpec, changed: () => TaskSpec])[];
  readonly signal: string;
}

const nothing = Object.keys(IN_THE_LIBRARY);

/** What a base gave: the same for many fields. */
const bases = new Map<string, Promise<Seen>>();

function seenBefore(spec: TaskSpec, signal: string): Promise<Seen> {
  const key = `${signal} ${JSON.stringify(spec)}`;
  let found = bases.get(key);
  if (found === undefined) bases.set(key, found = seen(spec, signal));
  return found;
}

/** Fails for a case in which no pair differs. */
async function check({ what, field, pairs, signal }: Case): Promise<string | null> {
  const reasons: string[] = [];
  for (const [base, changed] of pairs) {
    const before = await seenBefore(base(), signal);
    if (before.refusal !== null) {
      reasons.push(`the base is refused: ${before.refusal}`);
      continue;
    }
    let spec: TaskSpec;
    try {
      spec = changed();
    } catch (error) {
      reasons.push(`it cannot be made: ${(error as Error).message}`);
      continue;
    }
    const after = await seen(spec, signal);
    if (after.refusal !== null || !same(before, after)) return null;
    reasons.push("nothing differs");
  }
  return `${what}.${field}: ${reasons.join("; ")}`;
}

/** A board that has a kind, what a channel is there beside its needs, and what its input shows. */
type Try = readonly [board: string, base: Options, signal?: string];

const differential = { channelType: "differential" };
const FED = { excitationSource: "external", excitationCurrentA: 1e-3 };
const CUSTOM = { rtdType: "custom", r0: 100, a: 3.9083e-3, b: -5.775e-7, c: 0 };
const BRIDGE = { ...differential, excitationVoltage: 2.5, unit: "N", leadResistanceOhms: 1 };
const BRIDGE_FED = { ...BRIDGE, excitationSource: "external" };

/** How each kind of channel is tried; `other` where the usual change is not possible. */
const TRIALS: Readonly<Record<string, { tries: readonly Try[]; other?: Options }>> = {
  ai_voltage: {
    tries: [["DT9862(00)", {}], ["DT9806(00)", {}], ["DT9829(00)", differential]],
    other: { channelType: "differential", encoding: "twos_complement", coupling: "ac" },
  },
  cold_junction: {
    tries: [["DT9806(00)", differential, "constant:0.3"], ["DT9862(00)", {}, "constant:0.3"]],
    other: { channelType: "single_ended", encoding: "twos_complement", coupling: "ac" },
  },
  thermocouple: {
    tries: [
      ["DT9829(00)", { gain: 1, physicalChannel: 2 }, "constant:0.05"],
      ["DT9806(00)", { gain: 1, physicalChannel: 2, cjcTemperature: 20 }, "constant:0.05"],
      ["DT9806(00)", { gain: 1, physicalChannel: 2, cjcTemperature: 20 }, "constant:-0.003"],
      ["DT9806(00)", { gain: 1, physicalChannel: 2 }, "constant:0.05"],
    ],
    other: { channelType: "single_ended", encoding: "twos_complement", coupling: "ac" },
  },
  rtd: {
    tries: [["DT9829(00)", differential], ["DT9806(00)", { ...CUSTOM, ...FED }, "constant:0.08"], [
      "DT9806(00)",
      FED,
      "constant:0.12",
    ]],
    other: { rtdType: "pt3911", excitationCurrentA: 2e-3, encoding: "twos_complement", coupling: "ac" },
  },
  thermistor: {
    tries: [["DT9829(00)", differential], ["DT9806(00)", FED, "constant:5"]],
    other: { excitationCurrentA: 2e-3, encoding: "twos_complement", coupling: "ac" },
  },
  resistance: {
    tries: [["DT9829(00)", differential], ["DT9806(00)", FED, "constant:0.5"]],
    other: { excitationCurrentA: 2e-3, encoding: "twos_complement", coupling: "ac" },
  },
  current: {
    tries: [["DT9829(00)", differential, "constant:0.015"], ["DT9806(00)", { shuntOhms: 250 }, "constant:0.5"], [
      "DT9806(00)",
      { shuntOhms: 250, maxVal: 0.03 },
      "constant:6",
    ]],
    other: { encoding: "twos_complement", coupling: "ac" },
  },
  iepe: {
    tries: [["DT9837A(00)", {}, "constant:0.5"], ["DT9837A(00)", { unit: "g" }, "constant:0.5"]],
    other: { encoding: "twos_complement" },
  },
  strain: {
    tries: [["DT9829(00)", BRIDGE, "constant:0.002"], ["DT9806(00)", BRIDGE_FED, "constant:0.002"], [
      "DT9806(00)",
      { ...BRIDGE_FED, configuration: "half_bridge_poisson" },
      "constant:0.002",
    ]],
    other: { encoding: "twos_complement", coupling: "ac" },
  },
  bridge: {
    tries: [
      ["DT9829(00)", BRIDGE, "constant:0.002"],
      ["DT9806(00)", BRIDGE_FED, "constant:0.002"],
      ["DT9806(00)", { ...BRIDGE_FED, configuration: "half" }, "constant:0.002"],
    ],
    other: { encoding: "twos_complement", coupling: "ac" },
  },
  ao_voltage: { tries: [["DT9862(00)", {}], ["DT9862(00)", { requiresConfirm: false }]] },
  digital_input_port: { tries: [["DT9806(00)", {}]], other: { width: 16 } },
  digital_output_port: { tries: [["DT9806(00)", {}], ["DT9806(00)", { requiresConfirm: false }]] },
  counter_frequency: {
    tries: [["DT9862(00)", { gatePeriodS: 0.001 }]],
    other: { gatePeriodS: 0.002 },
  },
};
const COUNTER: { tries: readonly Try[]; other?: Options } = { tries: [["DT9862(00)", {}]] };

/** A board that linearises does with thermocouples by itself what others leave to the library. */
const LINEARISED: Readonly<Record<string, { tries: readonly Try[]; other?: Options }>> = {
  ai_voltage: {
    tries: [["DT9828(00)", { ...differential, minVal: -0.156, maxVal: 0.156 }, "constant:0.05"]],
    other: { channelType: "single_ended", encoding: "twos_complement", coupling: "ac" },
  },
  cold_junction: { ...TRIALS["cold_junction"], tries: [["DT9828(00)", differential]] },
  thermocouple: {
    ...TRIALS["thermocouple"],
    tries: [-50, 900].map((degC): Try => ["DT9828(00)", { gain: 1, physicalChannel: 2 }, `constant:${degC}`]),
  },
};

const EVERY = [
  ...Object.keys(KINDS).map((kind) => [kind, kind, TRIALS[kind] ?? COUNTER] as const),
  ...Object.entries(LINEARISED).map(([kind, trial]) => [`${kind} on a DT9828`, kind, trial] as const),
];

for (const [title, kind, { tries, other: others }] of EVERY) {
  const { make, needs, other } = KINDS[kind]!;
  Deno.test(`W-34: every field of ${title} reaches the SDK or the value, or is refused`, async () => {
    const bad: string[] = [];
    const task = (board: string, options: Options) => () =>
      new TaskSpec({ board, channels: [new make({ ...options, name: "it" })] });
    for (const field of Object.keys(other)) {
      if (nothing.includes(field) || nothing.includes(`${kind}.${field}`)) continue;
      const value = field === "physicalChannel" ? 1 : others?.[field] ?? other[field];
      const failures: (string | null)[] = [];
      for (const [board, more, signal = "constant:1"] of tries) {
        const base = { ...needs, physicalChannel: 0, ...more };
        if (JSON.stringify(value) === JSON.stringify(base[field])) continue;
        const pairs = [[task(board, base), task(board, { ...base, [field]: value })] as const];
        failures.push(await check({ what: kind, field, pairs, signal }));
        if (failures.at(-1) === null) break;
      }
      if (failures.at(-1) !== null) bad.push(failures.join(" | ") || `${kind}.${field} is not changed`);
    }
    sim.reset();
    deepEqual(bad, []);
  });
}

const inputs = [0, 1].map((physicalChannel) => new channels.AnalogInputVoltage({ physicalChannel }));
const clocked = (changes: Partial<TaskSpecOptions> = {}) => () =>
  new TaskSpec({
    board: BOARD,
    channels: inputs,
    timing: { rateHz: 1000 },
    buffers: { samplesPerBuffer: 100, buffers: 4 },
    ...changes,
  });
const rising = new triggers.ExternalDigitalStart();
const falling = new triggers.ExternalDigitalStart({ edge: "falling" });
const level = new triggers.AnalogThresholdStart({ channel: 0, level: 1 });
const again = (changes: Partial<triggers.RetriggerSpecOptions>) => ({
  timing: { rateHz: 1000, retrigger: { mode: "internal", multiscanCount: 2, frequencyHz: 10, ...changes } as never },
});
const about = (changes: Partial<triggers.ReferenceTriggerOptions>) => ({
  dataFlow: "continuous_about_trigger" as const,
  referenceTrigger: { source: level, postScanCount: 10, ...changes },
});
const upTo = { dataFlow: "continuous_pretrigger" as const, referenceTrigger: { source: rising, postScanCount: 0 } };
const extra = (source: triggers.TriggerSpec) =>
  again({ mode: "extra", multiscanCount: 1, frequencyHz: undefined, source } as never);

/** By the part of a task: every field, and a change of it. */
const CHANGES: Readonly<
  Record<string, Readonly<Record<string, readonly [Partial<TaskSpecOptions>, Partial<TaskSpecOptions>]>>>
> = {
  spec: {
    board: [{}, { board: "DT9806(00)" }],
    element: [{}, { element: 1 }],
    channels: [{}, { channels: inputs.slice(0, 1) }],
    dataFlow: [about({}), upTo],
    timing: [{}, { timing: { rateHz: 2000 } }],
    trigger: [{}, { trigger: rising }],
    referenceTrigger: [about({}), about({ source: rising })],
    buffers: [{}, { buffers: { samplesPerBuffer: 200, buffers: 4 } }],
    stopOnError: [{}, { stopOnError: false }],
  },
  timing: {
    rateHz: [{}, { timing: { rateHz: 2000 } }],
    clockSource: [{}, { timing: { rateHz: 1000, clockSource: "external", externalDivider: 1 } }],
    externalDivider: [
      { timing: { rateHz: 1000, clockSource: "external", externalDivider: 1 } },
      { timing: { rateHz: 1000, clockSource: "external", externalDivider: 3 } },
    ],
    retrigger: [{}, again({})],
  },
  retrigger: {
    mode: [again({}), { ...again({ mode: "scan_per_trigger", frequencyHz: undefined } as never), trigger: rising }],
    multiscanCount: [again({}), again({ multiscanCount: 3 })],
    frequencyHz: [again({}), again({ frequencyHz: 11 })],
    source: [extra(rising), extra(falling)],
  },
  reference: {
    source: [about({}), about({ source: new triggers.SyncBusStart() })],
    postScanCount: [about({}), about({ postScanCount: 11 })],
  },
  buffers: {
    buffers: [{}, { buffers: { samplesPerBuffer: 100, buffers: 5 } }],
    samplesPerBuffer: [{}, { buffers: { samplesPerBuffer: 101, buffers: 4 } }],
    wrapMode: [{}, { buffers: { samplesPerBuffer: 100, buffers: 4, wrapMode: "none" } }],
  },
};
const TABLES = {
  spec: SPEC_FIELDS,
  timing: TIMING_FIELDS,
  retrigger: triggers.RETRIGGER_FIELDS,
  reference: triggers.REFERENCE_FIELDS,
  buffers: BUFFER_FIELDS,
  logging: LOGGING_FIELDS,
} as const;

for (const [part, table] of Object.entries(TABLES)) {
  Deno.test(`W-33, W-34, W-35: every field of ${part} reaches the SDK or is refused`, async () => {
    const bad: string[] = [];
    for (const field of Object.keys(table)) {
      if (nothing.includes(field)) continue;
      const change = CHANGES[part]?.[field];
      ok(change !== undefined, `${part}.${field} is new: say how to change it`);
      const pairs = [[clocked(change[0]), clocked(change[1])] as const];
      const failure = await check({ what: part, field, pairs, signal: "constant:0" });
      if (failure !== null) bad.push(failure);
    }
    sim.reset();
    deepEqual(bad, []);
  });
}

/** Each field of a trigger, wherever a trigger may stand. */
const THRESHOLDS = {
  channel: new triggers.AnalogThresholdStart({ channel: 1, level: 1 }),
  level: new triggers.AnalogThresholdStart({ channel: 0, level: 2 }),
  slope: new triggers.AnalogThresholdStart({ channel: 0, level: 1, slope: "falling" }),
};
const PLACES: Readonly<Record<string, (trigger: triggers.TriggerSpec) => Partial<TaskSpecOptions>>> = {
  trigger: (trigger) => ({ trigger }),
  retrigger: extra,
  reference: (source) => about({ source }),
  pretrigger: (source) => ({ ...upTo, referenceTrigger: { source, postScanCount: 0 } }),
};

Deno.test("W-33: every field of a trigger reaches the SDK, wherever the trigger stands", async () => {
  const bad: string[] = [];
  for (const [place, put] of Object.entries(PLACES)) {
    const changes: [string, triggers.TriggerSpec, triggers.TriggerSpec][] = [
      ["edge", rising, falling],
      ["kind", rising, new triggers.SyncBusStart()],
      ...Object.entries(THRESHOLDS).map((
        [field, other],
      ): [string, triggers.TriggerSpec, triggers.TriggerSpec] => [field, level, other]),
    ];
    for (const [field, one, other] of changes) {
      const pairs = [[clocked(put(one)), clocked(put(other))] as const];
      const failure = await check({ what: place, field, pairs, signal: "constant:0" });
      if (failure !== null) bad.push(failure);
    }
  }
  sim.reset();
  deepEqual(bad, []);
});

Deno.test("a field that reaches nothing is noticed", async () => {
  const task = clocked();
  deepEqual(
    await check({ what: "spec", field: "no", pairs: [[task, task]], signal: "constant:0" }),
    "spec.no: nothing differs",
  );
  sim.reset();
});

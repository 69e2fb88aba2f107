/** A spec is checked against the board before anything is set. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { openDevice } from "../../src/acquire/session.ts";
import { type Capabilities, UNKNOWN_CAPABILITIES } from "../../src/board/capabilities.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { fitTask, ticksPerSample } from "../../src/board/fit.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { MODELS } from "../../src/board/simulated_models.ts";
import { DtolCapabilityError, type DtolError, DtolValidationError } from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  type AnalogInputVoltageOptions,
  AnalogOutputVoltage,
  DigitalLine,
  DigitalOutputPort,
  RtdInput,
} from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { AnalogThresholdStart, ExternalDigitalStart } from "../../src/model/triggers.ts";
import { openSimSdk } from "./sim_sdk.ts";

const sim = await openSimSdk();

const DT9806: Capabilities = MODELS["DT9806"]!.input;

const inputs = (...channels: AnalogInputVoltageOptions[]) => channels.map((channel) => new AnalogInputVoltage(channel));

const spec = (changes: Partial<TaskSpecOptions>) =>
  new TaskSpec({ board: "DT9806(00)", channels: inputs({ physicalChannel: 0 }), ...changes });

const many = (count: number) => inputs(...Array.from({ length: count }, (_, physicalChannel) => ({ physicalChannel })));

const referenceTrigger = { source: new ExternalDigitalStart(), postScanCount: 10 };

/** What the DT9806 cannot do: [spec, error, words of it]. */
const CASES: readonly (readonly [TaskSpec, typeof DtolError, readonly string[]])[] = [
  [spec({ channels: inputs({ physicalChannel: 16, name: "far" }) }), DtolValidationError, [
    ...['"far"', "input 16", "0 to 15", "single_ended"],
  ]],
  [
    spec({ channels: inputs({ physicalChannel: 8, channelType: "differential" }) }),
    DtolValidationError,
    ['"ch8"', "input 8", "0 to 7", "differential"],
  ],
  [spec({ channels: inputs({ physicalChannel: 0, channelType: "pseudo_differential" }) }), DtolCapabilityError, [
    ...["pseudo-differential", "single_ended and differential"],
  ]],
  [
    spec({ channels: inputs({ physicalChannel: 0 }, { physicalChannel: 1, channelType: "differential" }) }),
    DtolValidationError,
    ['"ch1" is differential', '"ch0" is single_ended'],
  ],
  [spec({ channels: inputs({ physicalChannel: 0, gain: 2 }) }), DtolValidationError, [
    ...['"ch0"', "gain 2", "1, 10, 100, 500"],
  ]],
  [
    spec({ channels: inputs({ physicalChannel: 0, minVal: 0, maxVal: 5 }) }),
    DtolValidationError,
    ['"ch0"', "0 to 5 V", "-10 to 10 V"],
  ],
  [
    spec({ channels: inputs({ physicalChannel: 0 }, { physicalChannel: 1, maxVal: 5 }) }),
    DtolValidationError,
    ['"ch1"', "-10 to 5 V", '"ch0"', "-10 to 10 V"],
  ],
  [spec({ timing: { rateHz: 50_001 } }), DtolValidationError, ["50001 Hz", "1 channels at 0.75 to 50000 Hz"]],
  [spec({ timing: { rateHz: 0.5 } }), DtolValidationError, ["0.5 Hz", "0.75 to 50000 Hz"]],
  [spec({ timing: { rateHz: 12_501 }, channels: many(4) }), DtolValidationError, ["4 channels at 0.1875 to 12500 Hz"]],
  [
    spec({
      timing: { rateHz: 100 },
      dataFlow: "continuous_pretrigger",
      referenceTrigger: { ...referenceTrigger, postScanCount: 0 },
    }),
    DtolCapabilityError,
    [
      "continuous_pretrigger",
    ],
  ],
  [
    spec({ timing: { rateHz: 100 }, dataFlow: "continuous_about_trigger", referenceTrigger }),
    DtolCapabilityError,
    ["about_trigger"],
  ],
];

for (const [i, [task, kind, words]] of CASES.entries()) {
  Deno.test(`what the board cannot do is refused before any hardware call: ${words.at(-1)} (${i})`, async () => {
    const told: string[] = [];
    sim.reset();
    for (const backend of [new SimulatedBackend(), new DataAcqBackend({ sdk: sim.sdk })]) {
      await using it = backend;
      sim.log();
      const error = await openDevice(task, { backend: it }).then(() => null, (error) => error);
      ok(error instanceof kind, String(error));
      for (const word of [...words, "DT9806(00)"]) ok(error.message.includes(word), `${word} in: ${error.message}`);
      told.push(error.message);
      const set = sim.calls().filter((call) => /^olDa(Set|Config|Start|Put)|^olDmCalloc/.test(call));
      deepEqual(set, [], "nothing was set");
    }
    equal(told[0], told[1]);
    equal(sim.handles(), 0, "all that was taken to ask is given back");
  });
}

Deno.test("what a board says it lacks is refused", { permissions: "none" }, () => {
  const clocked = spec({ timing: { rateHz: 100 } });
  throws(() => fitTask(clocked, "X(00)", { ...DT9806, continuous: false }), /"X\(00\)".*continuous/);
  throws(() => fitTask(spec({}), "X(00)", { ...DT9806, singleValue: false }), /"X\(00\)".*single values/);
  throws(
    () => fitTask(spec({ channels: many(5) }), "X(00)", { ...DT9806, listDepth: 4 }),
    /at most 4.*5 are given/,
  );
  const differential = spec({ channels: inputs({ physicalChannel: 0, channelType: "differential" }) });
  throws(() => fitTask(differential, "X(00)", { ...DT9806, differentialChannels: 0 }), /none that is differential/);
});

Deno.test("W-02 the clock counts every input on boards that sample in turn, and scans on the others", {
  permissions: "none",
}, () => {
  const clocked = spec({ timing: { rateHz: 1000 }, channels: many(4) });
  const simultaneous = { ...DT9806, simultaneous: true };
  deepEqual(fitTask(clocked, "X(00)", DT9806).settings.clock, { source: "internal", hz: 4000 });
  deepEqual(fitTask(clocked, "X(00)", simultaneous).settings.clock, { source: "internal", hz: 1000 });
  deepEqual([ticksPerSample(DT9806, 4), ticksPerSample(simultaneous, 4)], [4, 1]);
  equal(fitTask(spec({}), "X(00)", DT9806).settings.clock, null);
});

Deno.test("every setting of a spec reaches the board", { permissions: "none" }, () => {
  const task = spec({
    channels: inputs(
      { physicalChannel: 3, gain: 100, channelType: "differential" },
      { physicalChannel: 1, gain: 500, channelType: "differential" },
    ),
    timing: { rateHz: 50, samplesPerChannel: 7 },
    buffers: { samplesPerBuffer: 5, wrapMode: "none" },
  });
  deepEqual(fitTask(task, "X(00)", DT9806).settings, {
    dataFlow: "finite",
    channelType: "differential",
    range: { low: -10, high: 10 },
    encoding: null,
    list: [{ physicalChannel: 3, gain: 100, channel: task.channels[0] }, {
      physicalChannel: 1,
      gain: 500,
      channel: task.channels[1],
    }],
    clock: { source: "internal", hz: 100 },
    wrapMode: "none",
    trigger: task.trigger,
    ...{ retrigger: null, referenceTrigger: null, interleavedCjc: false },
  });
});

Deno.test(
  "W-52 a board that says nothing of itself refuses nothing before the SDK does",
  { permissions: "none" },
  () => {
    const far = (physicalChannel: number) => ({
      ...{ physicalChannel, gain: 3, minVal: 0, maxVal: 7, encoding: "twos_complement" as const, digitalOutput: 9 },
    });
    const timing = { rateHz: 1e9, retrigger: { mode: "internal", multiscanCount: 999, frequencyHz: 0.001 } } as const;
    const level = new AnalogThresholdStart({ channel: 500, level: 60 });
    const channels = inputs(...Array.from({ length: 99 }, (_, input) => far(input)));
    const input = spec({ channels, timing, trigger: level });
    deepEqual(fitTask(input, "X(00)", UNKNOWN_CAPABILITIES).settings.range, { low: 0, high: 7 });
    const rtd = new RtdInput({ physicalChannel: 9, excitationSource: "external", excitationCurrentA: 1e-3 });
    fitTask(spec({ channels: [rtd] }), "X(00)", UNKNOWN_CAPABILITIES);
    const output = new AnalogOutputVoltage({ physicalChannel: 9, minVal: -99, maxVal: 99, safeMin: -1, safeMax: 1 });
    equal(
      fitTask(spec({ channels: [output], timing: { rateHz: 1 } }), "X(00)", UNKNOWN_CAPABILITIES).settings.range,
      null,
    );
    const port = new DigitalOutputPort({
      physicalChannel: 9,
      width: 24,
      lines: [new DigitalLine({ bit: 23, name: "x" })],
    });
    fitTask(spec({ channels: [port] }), "X(00)", UNKNOWN_CAPABILITIES);
  },
);

Deno.test("W-52 what a board does not say, the SDK refuses, and what it takes is measured", async () => {
  sim.reset();
  sim.signal("constant:5");
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  sim.fault("ecode:olDaGetSSCaps@1+=36;ecode:olDaEnumSSCaps@1+=36");
  {
    await using session = await openDevice(spec({}), { backend });
    equal(session.capabilities.singleEndedChannels, null);
    ok(Math.abs((await session.poll()).values["ch0"] as number - 5) < 1e-3);
  }
  const far = spec({ channels: inputs({ physicalChannel: 40 }), timing: { rateHz: 100 } });
  await rejects(openDevice(far, { backend }), /olDaSetChannelListEntry/);
  sim.reset();
});

Deno.test("a board whose limits are not told refuses no rate", { permissions: "none" }, () => {
  const unknown = { ...DT9806, maxClockHz: null, minClockHz: null };
  equal(fitTask(spec({ timing: { rateHz: 1e9 } }), "X(00)", unknown).settings.clock?.hz, 1e9);
});

/** Sensors and virtual channels, from the spec to values: in readings, in streams, and out of the raw file again. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { type ThermocoupleType, thermocoupleVolts } from "../../src/convert/thermocouple.ts";
import { DtolValidationError } from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  type ChannelSpec,
  ColdJunctionInput,
  RtdInput,
  ThermocoupleInput,
  VirtualChannel,
} from "../../src/model/channels.ts";
import { LinearScaling } from "../../src/convert/user_scaling.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { blockToRows } from "../../sinks/mod.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { tempDir } from "./lab.ts";

const GAIN = 100;
const COLD = 25.5;
/** Cold junction of 25.5 degC on input 0, 26 on input 7; type K at 200 degC on 1, open on 2, type J at 100 degC on 3. */
const backend = () =>
  new SimulatedBackend({
    models: ["DT9806"],
    signal: {
      0: { kind: "constant", volts: COLD / 100 },
      1: { kind: "constant", volts: thermocoupleVolts("K", 200) - thermocoupleVolts("K", COLD) },
      2: { kind: "constant", volts: 10 / GAIN },
      3: { kind: "constant", volts: thermocoupleVolts("J", 100) - thermocoupleVolts("J", 26) },
      4: { kind: "constant", volts: 0.1385 },
      7: { kind: "constant", volts: 0.26 },
    },
  });

const THERMOCOUPLES = [
  new ThermocoupleInput({ physicalChannel: 1, name: "flame", thermocoupleType: "K" }),
  new ThermocoupleInput({ physicalChannel: 2, name: "broken", thermocoupleType: "K" }),
  new ThermocoupleInput({ physicalChannel: 3, name: "water", thermocoupleType: "J", cjcChannel: 7, units: "kelvin" }),
];
const COLD_JUNCTIONS = [0, 7].map((physicalChannel) =>
  new ColdJunctionInput({ physicalChannel, name: `cold${physicalChannel}` })
);

const clocked = (channels: readonly ChannelSpec[], more: object = {}) =>
  new TaskSpec({ channels, timing: { rateHz: 500, samplesPerChannel: 50 }, ...more });

/** One step of the converter at gain 100 is 3 uV, which is 0.08 K of type K; of the cold junction's 0.03 K. */
const near = (value: number, degC: number) => ok(Math.abs(value - degC) < 0.15, `${value} is not ${degC}`);

Deno.test("W-53 a stream converts each thermocouple with its own cold junction and unit, and its raw file again", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/run.dt-raw`;
  const virtual = [new VirtualChannel({ name: "rise", unit: "K", formula: "flame - cold0" })];
  const spec = clocked([...THERMOCOUPLES, ...COLD_JUNCTIONS], { virtual });
  await using session = await openDevice(spec, { backend: backend() });
  const streamed: number[][] = [];
  {
    await using recording = await record(session, { raw: path });
    for await (const block of recording.stream) {
      deepEqual(block.channels.map(({ unit }) => unit), ["degC", "degC", "K", "degC", "degC", "K"]);
      near(block.values(0)[0]!, 200);
      ok(block.values(1).every(Number.isNaN));
      near(block.values(2)[0]!, 373.15);
      near(block.values(3)[0]!, COLD);
      near(block.values(4)[0]!, 26);
      equal(block.values(5)[0], block.values(0)[0]! - block.values(3)[0]!);
      deepEqual([...block.sensorStatus.keys()], ["broken"]);
      equal(block.sensorStatus.get("broken")![0], 1);
      ok(block.isLinearised);
      equal(block.codes!.length, 5 * block.samplesPerChannel, "a virtual channel has no codes");
      equal(block.plainCodes, null, "values that are no line over codes must be kept as values");
      streamed.push([...block.data]);
    }
  }
  await using file = await openRaw(path);
  const replayed: number[][] = [];
  for await (const block of file.blocks()) replayed.push([...block.data]);
  deepEqual(replayed, streamed);
  const slice = await file.read(0, 50);
  deepEqual([...slice.values(5)], streamed.flatMap((data) => data.slice(-data.length / 6)));
});

Deno.test("a reading takes the cold junction along, and does not show it unless it is asked for", async () => {
  const virtual = [new VirtualChannel({ name: "twice", unit: "degC", formula: "2 * flame" })];
  await using session = await openDevice(new TaskSpec({ channels: THERMOCOUPLES, virtual }), { backend: backend() });
  const { values, units, sensorStatus } = await session.poll();
  deepEqual(Object.keys(values), ["flame", "broken", "water", "twice"]);
  near(values["flame"] as number, 200);
  near(values["water"] as number, 373.15);
  equal(values["twice"], 2 * (values["flame"] as number));
  deepEqual(units, { flame: "degC", broken: "degC", water: "K", twice: "degC" });
  deepEqual(sensorStatus, { broken: "sensor_open" });
});

Deno.test("a stream whose scan lacks a cold junction is refused, with the channel to add", async () => {
  await rejects(openDevice(clocked(THERMOCOUPLES.slice(0, 1)), { backend: backend() }), (error: Error) => {
    ok(error instanceof DtolValidationError);
    ok(/"flame".*input 0.*ColdJunctionInput\(\{ physicalChannel: 0 \}\)/.test(error.message), error.message);
    return true;
  });
  const fixed = new ThermocoupleInput({
    physicalChannel: 1,
    name: "flame",
    thermocoupleType: "K",
    cjcTemperature: COLD,
  });
  await using session = await openDevice(clocked([fixed]), { backend: backend() });
  await using recording = await record(session);
  for await (const block of recording.stream) near(block.values(0)[0]!, 200);
});

Deno.test("a polled and a streamed sample of one voltage have the same value, whatever the sensor", async () => {
  const rtd = new RtdInput({
    physicalChannel: 4,
    name: "oil",
    excitationSource: "external",
    excitationCurrentA: 0.001,
    channelType: "differential",
    scaling: new LinearScaling({ slope: 2, offset: 1 }),
  });
  const volts = new AnalogInputVoltage({ physicalChannel: 0, channelType: "differential" });
  const channels = [THERMOCOUPLES[0]!, rtd, volts];
  await using polled = await openDevice(new TaskSpec({ channels }), { backend: backend() });
  const { values } = await polled.poll();
  await using session = await openDevice(clocked(channels), { backend: backend() });
  await using recording = await record(session);
  for await (const block of recording.stream) {
    deepEqual(channels.map((_, i) => block.values(i)[0]), channels.map(({ name }) => values[name]));
  }
  near((values["oil"] as number - 1) / 2, 100);
  near(values["flame"] as number, 200);
});

Deno.test("what a board without the sensor's electronics needs to know is asked for before it is touched", async () => {
  const inner = new RtdInput({ physicalChannel: 4, name: "oil", channelType: "differential" });
  await rejects(
    openDevice(new TaskSpec({ channels: [inner] }), { backend: backend() }),
    /"oil".*internal excitation.*external/,
  );
  const unfed = new RtdInput({
    physicalChannel: 4,
    name: "oil",
    channelType: "differential",
    excitationSource: "external",
  });
  await rejects(
    openDevice(new TaskSpec({ channels: [unfed] }), { backend: backend() }),
    /"oil" needs excitationCurrentA/,
  );
});

Deno.test("W-39 notes of task and channels travel with readings, blocks and rows", async () => {
  await using folder = await tempDir();
  const channels = [
    new AnalogInputVoltage({ physicalChannel: 0, name: "force", metadata: { cell: "L-17" } }),
    new AnalogInputVoltage({ physicalChannel: 1, name: "path" }),
  ];
  const metadata = { specimen: "A7" };
  {
    await using session = await openDevice(new TaskSpec({ channels, metadata }), { backend: backend() });
    deepEqual((await session.poll()).metadata, { "force.cell": "L-17", specimen: "A7" });
  }
  await using session = await openDevice(clocked(channels, { metadata }), { backend: backend() });
  {
    await using recording = await record(session, { raw: folder.file("run.dt-raw") });
    for await (const block of recording.stream) {
      deepEqual(block.metadata, metadata);
      deepEqual(block.channels.map((channel) => channel.metadata), [{ cell: "L-17" }, {}]);
      const [row] = blockToRows(block);
      equal(row!["metadata"], `{"cell":"L-17"}`);
    }
  }
  await using file = await openRaw(folder.file("run.dt-raw"));
  for await (const block of file.blocks()) {
    deepEqual([block.metadata, block.channels[0]!.metadata], [metadata, { cell: "L-17" }]);
  }
});

Deno.test("a simulated board that linearises gives degC, faults by its numbers, and cold junctions along", async () => {
  const board = new SimulatedBackend({
    models: ["DT9828"],
    signal: {
      0: { kind: "thermocouple", degC: 200 },
      1: { kind: "open" },
      2: { kind: "constant", volts: 1900 },
      3: { kind: "constant", volts: -300 },
    },
  });
  const ends = [0, 1, 2, 3].map((physicalChannel) =>
    new ThermocoupleInput({
      physicalChannel,
      name: `t${physicalChannel}`,
      thermocoupleType: "K",
      gain: 1,
      cjcChannel: null,
    })
  );
  const cold = new ColdJunctionInput({ physicalChannel: 3, name: "cold" });
  const channels = [ends[0]!, cold, ...ends.slice(1)];
  {
    await using session = await openDevice(new TaskSpec({ channels }), { backend: board });
    const { values, sensorStatus } = await session.poll();
    deepEqual([values["t0"], values["cold"], values["t1"]], [200, 25, NaN]);
    deepEqual(sensorStatus, { t1: "sensor_open", t2: "temp_out_of_range_high", t3: "temp_out_of_range_low" });
  }
  const spec = new TaskSpec({
    channels,
    timing: { rateHz: 100, samplesPerChannel: 20 },
    buffers: { samplesPerBuffer: 10 },
  });
  await using session = await openDevice(spec, { backend: board });
  await using recording = await record(session);
  for await (const block of recording.stream) {
    ok(block.values(0).every((value) => value === 200));
    ok(block.values(1).every((value) => value === 25));
    deepEqual([2, 3, 4].map((i) => block.sensorStatus.get(block.channels[i]!.name)![0]), [1, 3, 2]);
  }
});

Deno.test("W-31 each of the eight types is measured on a simulated DT9806, its cold junction on input 0", async () => {
  const temperatures = { J: 700, K: 1100, T: 300, E: 800, R: 1500, S: 1500, B: 1500, N: 1000 } as const;
  for (const [type, degC] of Object.entries(temperatures) as [ThermocoupleType, number][]) {
    await using board = new SimulatedBackend({ models: ["DT9806"], signal: { kind: "thermocouple", degC, type } });
    const end = new ThermocoupleInput({ physicalChannel: 1, name: "end", thermocoupleType: type });
    await using session = await openDevice(new TaskSpec({ channels: [end] }), { backend: board });
    const { values } = await session.poll();
    const step = 20 / 65536 / 100 / (thermocoupleVolts(type, degC) - thermocoupleVolts(type, degC - 1)); // K
    ok(Math.abs(values["end"] as number - degC) < 2 * step + 0.1, `${type}: ${values["end"]} is not ${degC}`);
  }
});

/** Boards with sensor electronics, mostly through the SDK in C: what is set, what comes back, and what an open sensor becomes. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { openSdk } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DtolConfirmationRequiredError, DtolValidationError } from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  BridgeInput,
  type ChannelSpec,
  ColdJunctionInput,
  CurrentInput,
  IepeInput,
  ResistanceInput,
  RtdInput,
  StrainInput,
  ThermistorInput,
  ThermocoupleInput,
} from "../../src/model/channels.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import type { DaqReading } from "../../src/model/reading.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../../src/teds/mod.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { both, sdk, sim, tempDir } from "./lab.ts";

const K = (physicalChannel: number, more: object = {}) =>
  new ThermocoupleInput({
    physicalChannel,
    name: `t${physicalChannel}`,
    thermocoupleType: "K",
    gain: 1,
    cjcChannel: null,
    ...more,
  });

const single = (board: string, channels: readonly ChannelSpec[]) => new TaskSpec({ board, channels });
const stream = (board: string, channels: readonly ChannelSpec[], rateHz = 50) =>
  new TaskSpec({ board, channels, timing: { rateHz, samplesPerChannel: 20 }, buffers: { samplesPerBuffer: 10 } });

function near(value: DaqReading["values"][string] | undefined, wanted: number, tolerance = 1e-4): void {
  ok(
    typeof value === "number" && Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
    `${value} is not ${wanted}`,
  );
}

sdk(
  "W-05 the numbers by which a DT9828 tells of a fault become NaN with a status, in readings and in streams",
  async (backend) => {
    sim.signal("0=tc:200,1=open,2=constant:1900,3=constant:-300");
    const channels = [0, 1, 2, 3].map((input) => K(input));
    const faults = { t1: "sensor_open", t2: "temp_out_of_range_high", t3: "temp_out_of_range_low" };
    {
      await using session = await openDevice(single("DT9828(00)", channels), { backend });
      const { values, sensorStatus } = await session.poll();
      near(values["t0"], 200);
      deepEqual([values["t1"], values["t2"], values["t3"]], [NaN, NaN, NaN]);
      deepEqual(sensorStatus, faults);
    }
    await using session = await openDevice(stream("DT9828(00)", channels), { backend });
    await using recording = await record(session);
    let samples = 0;
    for await (const block of recording.stream) {
      samples += block.samplesPerChannel;
      near(block.values(0).at(-1), 200);
      for (const i of [1, 2, 3]) {
        ok(block.values(i).every(Number.isNaN));
        ok(
          block.sensorStatus.get(`t${i}`)!.every((status) => SENSOR_STATUSES[status] === Object.values(faults)[i - 1]),
        );
      }
      equal(block.sensorStatus.has("t0"), false);
    }
    equal(samples, 20);
  },
);

sdk("W-06 each type of thermocouple is set by the header's number for it, on its own input", async (backend) => {
  const types = { J: 1501, K: 1502, B: 1503, E: 1504, N: 1505, R: 1506, S: 1507, T: 1508 } as const;
  const channels = Object.keys(types).map((type, input) => K(input, { thermocoupleType: type }));
  await using session = await openDevice(single("DT9828(00)", channels), { backend });
  using calls = openSdk(backend.paths);
  const set = channels.map((_, input) => calls.olDaGetThermocoupleType(session.rawHandle as Hdass, input));
  deepEqual(set, Object.values(types));
});

sdk(
  "the cold junctions stand behind the samples of a DT9828, and are channels of the block and of its raw file",
  async (backend) => {
    sim.signal("0=tc:200,5=tc:-50");
    await using folder = await tempDir();
    const cold = (physicalChannel: number) =>
      new ColdJunctionInput({ physicalChannel, name: `cold${physicalChannel}` });
    const spec = stream("DT9828(00)", [cold(5), K(0, { units: "deg_f" }), K(5)]);
    await using session = await openDevice(spec, { backend });
    {
      await using recording = await record(session, { raw: folder.file("run.dt-raw") });
      equal(recording.rateHz * 2, session.configured.applied.clockHz, "pairs take no tick of the clock");
      for await (const block of recording.stream) {
        deepEqual(block.channels.map(({ name, unit }) => [name, unit]), [["cold5", "degC"], ["t0", "degF"], [
          "t5",
          "degC",
        ]]);
        for (const [i, wanted] of [25, 392, -50].entries()) block.values(i).forEach((value) => near(value, wanted));
      }
    }
    await using file = await openRaw(folder.file("run.dt-raw"));
    const slice = await file.read(0, 20);
    for (const [i, wanted] of [25, 392, -50].entries()) slice.values(i).forEach((value) => near(value, wanted));
  },
);

sdk("W-30 a cold junction of a DT9828 can be read by itself, and streamed only beside its input", async (backend) => {
  const cold = new ColdJunctionInput({ physicalChannel: 3, name: "cold" });
  {
    await using session = await openDevice(single("DT9828(00)", [cold]), { backend });
    near((await session.poll()).values["cold"], 25);
  }
  await rejects(openDevice(stream("DT9828(00)", [cold, K(0)]), { backend }), /"cold".*input 3.*add that input/);
});

/** A sensor of a DT9829: what its input shows, and what must come of it. */
const SENSORS: readonly (readonly [ChannelSpec, string, number])[] = [
  [
    new RtdInput({ physicalChannel: 0, name: "rtd", channelType: "differential", units: "kelvin" }),
    "constant:100",
    373.15,
  ],
  [
    new ThermistorInput({
      ...{ physicalChannel: 1, name: "thermistor", channelType: "differential" },
      ...{ a: 1.0295e-3, b: 2.391e-4, c: 1.568e-7 },
    }),
    "constant:25",
    25,
  ],
  [new ResistanceInput({ physicalChannel: 2, name: "ohms", channelType: "differential" }), "constant:350", 350],
  [new CurrentInput({ physicalChannel: 3, name: "amps", channelType: "differential" }), "constant:0.004", 0.004],
  [
    new StrainInput({ physicalChannel: 4, name: "strain", channelType: "differential", excitationVoltage: 5 }),
    "constant:-0.0024975",
    0.001,
  ],
  [
    new BridgeInput({
      ...{ physicalChannel: 5, name: "force", channelType: "differential", excitationVoltage: 5 },
      ...{ ratedValue: 500, unit: "N" },
    }),
    "constant:0.005",
    250,
  ],
  [
    new IepeInput({
      ...{ physicalChannel: 6, name: "shake", channelType: "differential", unit: "g", sensitivityVPerUnit: 0.1 },
    }),
    "constant:0", // what is AC coupled shows no constant
    0,
  ],
  [new AnalogInputVoltage({ physicalChannel: 7, name: "volts", channelType: "differential" }), "constant:1.5", 1.5],
];

sdk(
  "W-44 each kind of sensor of a multi-sensor board gives its unit, in readings and in streams alike",
  async (backend) => {
    sim.signal(SENSORS.map(([, shown], input) => `${input}=${shown}`).join(","));
    const channels = SENSORS.map(([channel]) => channel);
    {
      await using session = await openDevice(single("DT9829(00)", channels), { backend });
      const { values, sensorStatus } = await session.poll();
      for (const [{ name }, , wanted] of SENSORS) near(values[name], wanted);
      deepEqual(sensorStatus, {});
    }
    await using session = await openDevice(stream("DT9829(00)", channels), { backend });
    await using recording = await record(session);
    for await (const block of recording.stream) {
      for (const [i, [, , wanted]] of SENSORS.entries()) block.values(i).forEach((value) => near(value, wanted));
    }
  },
);

sdk("every setting of a sensor that the board takes has reached it", async (backend) => {
  const custom = new RtdInput({
    ...{ physicalChannel: 0, name: "rtd", channelType: "differential", rtdType: "custom", r0: 500 },
    ...{ a: 3.9e-3, b: -5.8e-7, c: -4e-12, excitationSource: "internal", excitationCurrentA: 0.425e-3 },
  });
  const [, thermistor, , , , , shake] = SENSORS.map(([channel]) => channel);
  const strain = new StrainInput({
    ...{ physicalChannel: 4, name: "strain", channelType: "differential", configuration: "half_bridge_bending" },
    ...{ excitationVoltage: 2.5, shuntEnabled: true },
  });
  const bridge = new BridgeInput({
    ...{
      physicalChannel: 5,
      name: "bridge",
      channelType: "differential",
      configuration: "quarter",
      excitationVoltage: 2.5,
    },
  });
  const channels = [custom, thermistor!, strain, bridge, shake!];
  await using session = await openDevice(single("DT9829(00)", channels), { backend });
  using calls = openSdk(backend.paths);
  const h = session.rawHandle as Hdass;
  deepEqual([calls.olDaGetRtdType(h, 0), calls.olDaGetRtdR0(h, 0)], [1614, 500]);
  deepEqual([calls.olDaGetRtdA(h, 0), calls.olDaGetRtdB(h, 0), calls.olDaGetRtdC(h, 0)], [3.9e-3, -5.8e-7, -4e-12]);
  deepEqual([calls.olDaGetExcitationCurrentSource(h, 0), calls.olDaGetExcitationCurrentValue(h, 0)], [0, 0.425e-3]);
  deepEqual(
    [calls.olDaGetThermistorA(h, 1), calls.olDaGetThermistorB(h, 1), calls.olDaGetThermistorC(h, 1)],
    [1.0295e-3, 2.391e-4, 1.568e-7],
  );
  deepEqual([calls.olDaGetStrainBridgeConfiguration(h, 4), calls.olDaGetBridgeConfiguration(h, 5)], [4, 5]);
  deepEqual([calls.olDaGetStrainExcitationVoltageSource(h), calls.olDaGetStrainExcitationVoltage(h)], [0, 2.5]);
  deepEqual([calls.olDaGetStrainShuntResistor(h, 4), calls.olDaGetStrainShuntResistor(h, 5)], [true, false]);
  deepEqual([calls.olDaGetCouplingType(h, 6), calls.olDaGetExcitationCurrentSource(h, 6)], [1, 0]);
});

sdk("what a multi-sensor board cannot feed is refused before anything is set", async (backend) => {
  const [, , ohms] = SENSORS.map(([channel]) => channel) as [ChannelSpec, ChannelSpec, ResistanceInput];
  const amps = new ResistanceInput({ ...ohms, excitationCurrentA: 0.001 });
  await rejects(openDevice(single("DT9829(00)", [amps]), { backend }), (error: Error) => {
    ok(
      error instanceof DtolValidationError && /"ohms".*0.001 A.*0.000425 or 0.004 A/.test(error.message),
      error.message,
    );
    return true;
  });
  const [strain, bridge] = [SENSORS[4]![0] as StrainInput, SENSORS[5]![0] as BridgeInput];
  const apart = [strain, new BridgeInput({ ...bridge, excitationVoltage: 10 })];
  await rejects(
    openDevice(single("DT9829(00)", apart), { backend }),
    /feeds all bridges alike.*"force".*10 V.*"strain".*5 V/,
  );
  const much = new StrainInput({ ...strain, excitationVoltage: 12 });
  await rejects(openDevice(single("DT9829(00)", [much]), { backend }), /"strain".*12 V.*0.5 to 10 V/);
});

sdk("W-53 the 24-bit codes of a DT9837A come whole, at both gains, and IEPE sensors are fed", async (backend) => {
  sim.signal("0=constant:0.5,1=constant:0.05,2=sine:100:1");
  const channels = [
    new AnalogInputVoltage({ physicalChannel: 0 }),
    new AnalogInputVoltage({ physicalChannel: 1, gain: 10 }),
    new IepeInput({ physicalChannel: 2, name: "shake", unit: "g", sensitivityVPerUnit: 0.1 }),
  ];
  await using session = await openDevice(stream("DT9837A(00)", channels, 1000), { backend });
  await using recording = await record(session);
  const shaken: number[] = [];
  for await (const block of recording.stream) {
    ok(block.codes instanceof Int32Array && block.codes.some((code) => code > 0xffff));
    block.values(0).forEach((value) => near(value, 0.5, 2e-6));
    block.values(1).forEach((value) => near(value, 0.05, 2e-6));
    shaken.push(...block.values(2));
  }
  near(Math.max(...shaken), 10 * Math.sin(2 * Math.PI * 0.3), 0.06);
});

sdk("inputs that can be taken at one moment are, with one call for all", async (backend) => {
  sim.signal("0=constant:1,1=constant:-2");
  const channels = [1, 0].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel }));
  await using session = await openDevice(single("DT9862(00)", channels), { backend });
  sim.log();
  const { values } = await session.poll();
  near(values["ch1"], -2, 1e-3);
  near(values["ch0"], 1, 1e-3);
  deepEqual(sim.calls().filter((call) => call.startsWith("olDaGetSingle")), ["olDaGetSingleValues"]);
});

both("W-44 the TEDS of a sensor is read from its input, and what it does not tell is not 0", async (backend) => {
  const channels = [SENSORS[4]![0], SENSORS[5]![0], SENSORS[0]![0]];
  await using session = await openDevice(single("DT9829(00)", channels), { backend });
  const gage = await session.readTeds("strain") as StrainGageTeds;
  deepEqual([gage.templateId, gage.manufacturerId, gage.modelNumber, gage.versionLetter], [35, 64, 350, "A"]);
  deepEqual([gage.gageFactor, gage.gageResistanceOhms, gage.poissonCoefficient], [2.08, 350, 0.285]);
  deepEqual([gage.minPhysicalValue, gage.maxPhysicalValue, gage.bridgeType], [-0.005, 0.005, "quarter"]);
  equal(gage.calibrationDate, "2025-01-01");
  const cell = await session.readTeds("force") as BridgeSensorTeds;
  deepEqual([cell.templateId, cell.unit, cell.bridgeType], [33, "N", "full"]);
  ok(Object.values({ ...gage, ...cell }).every((value) => value !== 0), "0 would look real");
  await rejects(session.readTeds("rtd"), /"rtd".*no strain or bridge/);
  await rejects(session.readTeds("nothing"), /"nothing".*no such channel/);
});

both("a board without multi-sensor inputs refuses to read a TEDS", async (backend) => {
  const strain = new StrainInput({ physicalChannel: 0, name: "s", excitationSource: "external", excitationVoltage: 5 });
  await using session = await openDevice(single("DT9806(00)", [strain]), { backend });
  await rejects(session.readTeds("s"), /DT9806.*cannot read the TEDS.*readTedsFile/);
});

sdk(
  "W-30 digital lines that follow the scan are set place by place, and driven only when that is confirmed",
  async (backend) => {
    const channels = [2, 5, 7].map((physicalChannel, i) =>
      new AnalogInputVoltage({ physicalChannel, digitalOutput: [1, null, 0][i]! })
    );
    const spec = stream("DT9806(00)", channels);
    await using session = await openDevice(spec, { backend });
    using calls = openSdk(backend.paths);
    const h = session.rawHandle as Hdass;
    equal(calls.olDaGetSynchronousDigitalIOUsage(h), true);
    deepEqual([0, 1, 2].map((place) => calls.olDaGetDigitalIOListEntry(h, place)), [1, 0, 0]);
    sim.log();
    await rejects(record(session), DtolConfirmationRequiredError);
    equal(sim.calls().includes("olDaStart"), false);
    await using recording = await record(session, { confirm: true });
    for await (const block of recording.stream) void block;
  },
);

sdk("W-30 a digital value that the scan of a board cannot carry is refused", async (backend) => {
  const channel = (digitalOutput: number) => new AnalogInputVoltage({ physicalChannel: 0, digitalOutput });
  await rejects(openDevice(stream("DT9806(00)", [channel(2)]), { backend }), /"ch0" has digitalOutput 2.*0 to 1/);
  await rejects(openDevice(stream("DT9837A(00)", [channel(1)], 1000), { backend }), /no digital lines that follow/);
  await rejects(openDevice(single("DT9806(00)", [channel(1)]), { backend }), /only the scan of a clocked task/);
});

/** The contract of all backends: what inputs give, and the digital lines that follow them. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { fillerFor } from "../../src/board/simulated_input.ts";
import { boardSeed, countingCode, type Signal } from "../../src/board/signals.ts";
import { DtolCapabilityError, DtolError, DtolReadError } from "../../src/errors.ts";
import * as channels from "../../src/model/channels.ts";
import { checkCodes, contract, type Hands, kinds, nextBuffer, PLAN, settings, sim, withIntake } from "./contract.ts";

contract(
  "codes in two's complement are signed, in streams and single values, and refused by who has none",
  async (hands) => {
    const list = [{ physicalChannel: 0, gain: 1 }, { physicalChannel: 1, gain: 1 }];
    const signed = { encoding: "twos_complement", list } as const;
    const seed = boardSeed("DT9862(00)");
    await withIntake(
      hands,
      (intake) => {
        intake.begin(PLAN);
        intake.start();
        const { codes, lostBefore } = nextBuffer(intake);
        ok(codes instanceof Int16Array && codes.some((code) => code < 0));
        const binary = Uint16Array.from(codes, (code) => code ^ 0x8000);
        checkCodes(binary, lostBefore * 100, "DT9862(00)", [0, 1]);
        equal(codes[0], countingCode(seed, 0, lostBefore * 100) - 0x8000);
        intake.giveBack();
        return Promise.resolve();
      },
      signed,
      "DT9862(00)",
    );
    const other = await hands.backend.open("DT9806(00)");
    const unable = await other.reserve("analog_input", 0);
    await rejects(unable.configure(settings({ encoding: "twos_complement" })), DtolError);
    await unable.release();
    await other.close();
  },
);

Deno.test("codes of 24 bits in two's complement are signed in their 32", () => {
  const context = { board: "b", channel: 0, gain: 1, rateHz: 1, low: -10, high: 10, bits: 24 };
  const codes = new Int32Array(2);
  fillerFor({ kind: "constant", volts: -10 }, context, "twos_complement")(codes, 0, 1, 0, 1);
  fillerFor({ kind: "constant", volts: 5 }, context, "twos_complement")(codes, 1, 1, 0, 1);
  deepEqual([...codes], [-(2 ** 23), 2 ** 22]);
});

const wired = { channelType: "differential" } as const;
/** Inputs of a multi-sensor board: what is wired there, what it shows, and the float that comes of it. */
const SENSORS: readonly (readonly [channels.AnalogInput, Signal, float: number])[] = [
  [new channels.RtdInput({ physicalChannel: 0, ...wired }), volts(900), 88888],
  [new channels.ThermistorInput({ physicalChannel: 1, ...wired, a: 1e-3, b: 2e-4, c: 1e-7 }), volts(25), 25],
  [new channels.ResistanceInput({ physicalChannel: 2, ...wired }), volts(-1), -88888],
  [new channels.CurrentInput({ physicalChannel: 3, ...wired }), volts(0.004), 0.004],
  [new channels.StrainInput({ physicalChannel: 4, ...wired, excitationVoltage: 5 }), volts(-0.0025), -0.0025],
  [new channels.ThermocoupleInput({ physicalChannel: 5, thermocoupleType: "K", gain: 1 }), { kind: "open" }, 99999],
  [new channels.IepeInput({ physicalChannel: 6, ...wired }), volts(1), 0], // AC coupled
  [new channels.AnalogInputVoltage({ physicalChannel: 7, channelType: "differential" }), volts(12), 10 - 20 / 2 ** 24],
];

function volts(level: number): Signal {
  return { kind: "constant", volts: level };
}

Deno.test(
  "a multi-sensor board gives what each sensor measures, whoever simulates it",
  { sanitizeResources: false },
  async () => {
    const list = SENSORS.map(([channel]) => ({ physicalChannel: channel.physicalChannel, gain: 1, channel }));
    const signals = SENSORS.map(([, signal]) => signal);
    for (const [kind, { attach }] of Object.entries(kinds)) {
      sim.reset();
      const text = (signal: Signal) => signal.kind === "constant" ? `constant:${signal.volts}` : signal.kind;
      sim.signal(signals.map((signal, input) => `${input}=${text(signal)}`).join(","));
      await using backend = kind === "simulated"
        ? new SimulatedBackend({ signal: signals })
        : new DataAcqBackend({ sdk: sim.sdk });
      const wanted = Float32Array.from(SENSORS, ([, , value]) => value);
      const near = (values: ArrayLike<number>) => {
        const rounded = Float32Array.from(
          values,
          (value, i) => Math.abs(value - wanted[i]!) < 2e-6 ? wanted[i]! : value,
        );
        deepEqual(rounded, wanted, kind);
      };
      const changes = { list, channelType: "differential" } as const;
      const board = await backend.open("DT9829(00)");
      const subsystem = await board.reserve("analog_input", 0);
      await subsystem.configure(settings({ ...changes, clock: null, dataFlow: "single_value" }));
      near(await subsystem.read(list));
      await subsystem.release();
      await board.close();
      await withIntake(
        { backend, attach },
        (intake) => {
          intake.begin({ buffers: 4, codesPerBuffer: 16 });
          intake.start();
          const { codes } = nextBuffer(intake);
          ok(codes instanceof Float32Array);
          near(codes.subarray(8));
          return Promise.resolve();
        },
        { ...changes, clock: { source: "internal", hz: 960 } },
        "DT9829(00)",
      );
    }
    equal(sim.handles(), 0);
  },
);

Deno.test("strain gages and bridges of a multi-sensor board have the same TEDS, whoever simulates it", async () => {
  sim.reset();
  const told = [];
  for (const { make } of Object.values(kinds)) {
    await using backend = make();
    const board = await backend.open("DT9829(00)");
    const subsystem = await board.reserve("analog_input", 0);
    const sensors = [
      new channels.StrainInput({ physicalChannel: 4, ...wired, excitationVoltage: 5 }),
      new channels.BridgeInput({ physicalChannel: 7, ...wired, excitationVoltage: 5, ratedValue: 500, unit: "N" }),
      new channels.ResistanceInput({ physicalChannel: 2, ...wired }),
    ];
    const list = sensors.map((channel) => ({ physicalChannel: channel.physicalChannel, gain: 1, channel }));
    await subsystem.configure(
      settings({ list, channelType: "differential", clock: null, dataFlow: "single_value" }),
    );
    told.push([await subsystem.readTeds!(4, "strain"), await subsystem.readTeds!(7, "bridge")]);
    for (const [input, kind] of [[2, "strain"], [2, "bridge"], [4, "bridge"], [7, "strain"], [0, "strain"]] as const) {
      await rejects(subsystem.readTeds!(input, kind), DtolReadError, `${kind} at ${input}`);
    }
    await subsystem.release();
    await board.close();
  }
  deepEqual(told[0], told[1]);
  const [gage, cell] = told[0]!;
  deepEqual([gage!.serialNumber, cell!.serialNumber, cell!.measurementId], [9829004, 9829007, 207]);
  deepEqual([gage!.raw["youngsMod"], gage!.raw["gageArea"], cell!.raw["respTime"]], [2.1e11, 1.5e-5, 1e-3]);
  equal(sim.handles(), 0);
});

contract("a board without multi-sensor inputs reads no TEDS", async ({ backend }) => {
  const board = await backend.open("DT9806(00)");
  const subsystem = await board.reserve("analog_input", 0);
  await subsystem.configure(settings({ clock: null, dataFlow: "single_value" }));
  await rejects(subsystem.readTeds!(0, "strain"), DtolCapabilityError);
  await subsystem.release();
  await board.close();
});

/** A list whose places put these values on the digital lines. */
const driving = (...values: (number | null)[]) =>
  values.map((digitalOutput, physicalChannel) => ({
    ...{ physicalChannel, gain: 1 },
    channel: new channels.AnalogInputVoltage({ physicalChannel, digitalOutput }),
  }));

/** Values of the digital lines since the latest start, one a sample. */
function scanLines({ backend }: Hands, board: string): number[] {
  return [...(backend instanceof SimulatedBackend ? backend.scanLines(board) : sim.scanLines(board))];
}

contract("digital lines follow the channel list sample by sample, in the run that is set so alone", async (hands) => {
  const lists: (number | null)[][] = [[1, null, 1], [0, 1], [null, null]];
  for (const values of lists) {
    await withIntake(hands, (intake) => {
      intake.begin({ buffers: 4, codesPerBuffer: 30 * values.length });
      intake.start();
      while (intake.wait(1000).length === 0);
      const drives = values.some((value) => value !== null);
      const all = Array.from({ length: drives ? 120 * values.length : 0 }, (_, i) => values[i % values.length] ?? 0);
      deepEqual(scanLines(hands, "DT9806(00)"), all, String(values));
      return Promise.resolve();
    }, { wrapMode: "none", list: driving(...values) });
  }
});

contract("digital values that a board cannot carry are refused", async ({ backend }) => {
  for (const [name, value] of [["DT9806(00)", 2], ["DT9862(00)", 1]] as const) {
    const board = await backend.open(name);
    const subsystem = await board.reserve("analog_input", 0);
    await rejects(subsystem.configure(settings({ list: driving(value) })), DtolError, name);
    await subsystem.release();
    await board.close();
  }
});

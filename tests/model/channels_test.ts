import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import * as channels from "../../src/model/channels.ts";
import { channelFromJson, channelSchemas, type ChannelSpec } from "../../src/model/channels.ts";
import { KINDS, LIMITS, type Options, TAKES, WRONG } from "./kinds.ts";
import { PYTHON_DEFAULTS } from "./python_channels.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);
const kinds = Object.entries(KINDS);
const through = <T>(value: T): unknown => JSON.parse(JSON.stringify(value));
const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const fieldsOf = (kind: string) =>
  Object.keys(channelSchemas()[kind]!["properties"] as object).filter((k) => k !== "kind");

pure("there is a class for each of Python's 20 kinds and for the cold junction, and the schemas know the same", () => {
  const known = [...Object.keys(PYTHON_DEFAULTS), "cold_junction"].sort();
  equal(known.length, 21);
  deepEqual(Object.keys(KINDS).sort(), known);
  deepEqual(Object.keys(channelSchemas()).sort(), known);
});

pure(
  "W-36: a channel of every kind is whole again after a way through text, with every field set and with none",
  () => {
    for (const [kind, { make, needs, other }] of kinds) {
      deepEqual(Object.keys(other).map(snake).sort(), fieldsOf(kind).sort(), `${kind}: the test sets every field`);
      for (const options of [needs, other]) {
        const channel = new make(options);
        const back = channelFromJson(through(channel));
        ok(back instanceof make, kind);
        deepEqual(back, channel);
        equal(JSON.stringify(back), JSON.stringify(channel));
        for (const [key, value] of Object.entries(options)) deepEqual(back[key as keyof ChannelSpec], value, key);
      }
      const plain = new make(needs);
      for (const [key, value] of Object.entries(other)) {
        if (key in needs || (kind === "iepe" && key === "coupling")) continue;
        let same = true;
        try {
          deepEqual(plain[key as keyof ChannelSpec], value);
        } catch {
          same = false;
        }
        ok(!same, `${kind}.${key}: the test sets what is the default anyway`);
      }
    }
  },
);

pure("a channel as the Python library writes it is read, and written again with its keys in its order first", () => {
  for (const [kind, defaults] of Object.entries(PYTHON_DEFAULTS)) {
    const { make, needs } = KINDS[kind]!;
    const required = Object.fromEntries(Object.entries(needs).map(([key, value]) => [snake(key), value]));
    const python = through({ ...defaults, ...required });
    const channel = channelFromJson(python);
    ok(channel instanceof make);
    deepEqual(Object.keys(channel.toJSON()).filter((key) => key in defaults), Object.keys(defaults));
    for (const [key, value] of Object.entries(defaults)) {
      if (value !== null && !(key in required)) deepEqual(channel.toJSON()[key], value, `${kind}.${key}`);
    }
  }
});

pure("every field of every kind refuses what it cannot be, by its path, made and read", () => {
  let refused = 0;
  for (const [kind, { make, needs, other }] of kinds) {
    for (const key of Object.keys(other)) {
      for (const value of WRONG) {
        if (TAKES[key]?.(value)) continue;
        throws(() => new make({ ...needs, [key]: value }), (error: Error) => {
          ok(error instanceof DtolValidationError, `${kind}.${key}: ${error}`);
          ok(error.message.startsWith(`channel.${key}`), `${kind}.${key} ${String(value)}: ${error.message}`);
          return true;
        }, `${kind}.${key} ${String(value)}`);
        refused++;
        if (typeof value === "symbol" || (typeof value === "number" && !Number.isFinite(value))) continue;
        const json = { ...through(new make(needs)) as object, [snake(key)]: value };
        throws(() => channelFromJson(json, "spec.channels[4]"), (error: Error) => {
          ok(error instanceof DtolValidationError, `${kind}.${key}: ${error}`);
          ok(error.message.startsWith(`spec.channels[4].${key}`), `${kind}.${key}: ${error.message}`);
          return true;
        }, `${kind}.${key} from JSON`);
      }
    }
  }
  ok(refused > 1000, `${refused}`);
});

pure("every field of every kind has its limits", () => {
  const seen = new Set<string>();
  for (const [kind, { make, needs, other }] of kinds) {
    for (const key of Object.keys(other).filter((key) => key in LIMITS)) {
      for (const value of LIMITS[key]!) {
        const told = new RegExp(`^DtolValidationError: channel\\.${key} must be .* but it is ${value}$`);
        throws(() => new make({ ...needs, [key]: value }), told, `${kind}.${key} ${value}`);
      }
      seen.add(key);
    }
  }
  deepEqual([...seen].sort(), Object.keys(LIMITS).sort());
});

const make = {
  tc: (changes: Options) => new channels.ThermocoupleInput({ physicalChannel: 1, thermocoupleType: "K", ...changes }),
  rtd: (changes: Options) => new channels.RtdInput({ physicalChannel: 1, ...changes }),
  current: (changes: Options) => new channels.CurrentInput({ physicalChannel: 1, ...changes }),
  iepe: (changes: Options) => new channels.IepeInput({ physicalChannel: 1, ...changes }),
  bridge: (changes: Options) => new channels.BridgeInput({ physicalChannel: 1, ...changes }),
  strain: (changes: Options) => new channels.StrainInput({ physicalChannel: 1, ...changes }),
  out: (changes: Options) => new channels.AnalogOutputVoltage({ physicalChannel: 1, ...changes }),
  input: (changes: Options) => new channels.DigitalInputPort({ physicalChannel: 1, name: "in", ...changes }),
  output: (changes: Options) => new channels.DigitalOutputPort({ physicalChannel: 1, name: "out", ...changes }),
  pulses: (changes: Options) => new channels.PulseTrainOutput({ physicalChannel: 1, frequencyHz: 1, ...changes }),
};

/** What a kind refuses beyond each field for itself: [who, options, path and words of the error]. */
const REFUSED: readonly (readonly [keyof typeof make, Options, RegExp])[] = [
  ["tc", { minValDegc: 10, maxValDegc: 10 }, /^channel\.minValDegc must be below maxValDegc \(10\), but it is 10/],
  ["tc", { maxValDegc: 1373 }, /^channel\.maxValDegc must be -270 to 1372 degC for type K, but it is 1373/],
  ["tc", { thermocoupleType: "R", minValDegc: -51 }, /^channel\.minValDegc must be -50 to 1768\.1 degC for type R/],
  ["tc", { cjcTemperature: 1400 }, /^channel\.cjcTemperature must be -270 to 1372 degC/],
  [
    "tc",
    { cjcTemperature: 25, cjcSource: "none" },
    /^channel\.cjcTemperature must be null as channel\.cjcSource is "none"/,
  ],
  ["tc", { thermocoupleType: "k" }, /^channel\.thermocoupleType must be one of J, K, T, E, R, S, B, N, but it is "k"/],
  ["rtd", { rtdType: "custom", a: 3.9e-3 }, /^channel\.b must be a finite number, but it is undefined/],
  ["rtd", { rtdType: "custom", b: -5.8e-7 }, /^channel\.a must be a finite number/],
  ["rtd", { a: 3.9e-3 }, /^channel\.a must be absent, as pt3850 has its own/],
  ["rtd", { rtdType: "pt3916", c: -4e-12 }, /^channel\.c must be absent, as pt3916 has its own/],
  ["rtd", { rtdType: "custom", a: -1, b: 0 }, /^channel\.a, b and c must make a resistance that rises/],
  ["current", { minVal: 0.02 }, /^channel\.minVal must be below maxVal \(0\.02\)/],
  ["current", { shuntOhms: 501 }, /^channel\.shuntOhms makes 10\.02 V of channel\.maxVal \(0\.02 A\) at gain 1, but/],
  ["current", { shuntOhms: 250, gain: 10 }, /^channel\.shuntOhms makes 50 V/],
  ["iepe", { coupling: "dc" }, /^channel\.coupling must be/],
  ["iepe", { excitationSource: "disabled" }, /^channel\.excitationSource must be one of internal, external/],
  ["iepe", { sensitivityVPerUnit: 0.1 }, /^channel\.unit must be given as sensitivityVPerUnit is/],
  ["bridge", { ratedValue: 500 }, /^channel\.unit must be given as ratedValue is/],
  ["strain", { poissonRatio: 0.6 }, /^channel\.poissonRatio must be a finite number above -1 and at most 0\.5/],
  ["out", { minVal: 10 }, /^channel\.minVal must be below maxVal \(10\)/],
  ["out", { safeMin: -11 }, /^channel\.safeMin must be at least minVal \(-10\), but it is -11/],
  ["out", { safeMax: 11 }, /^channel\.safeMax must be at most maxVal \(10\), but it is 11/],
  ["out", { safeMin: 1, safeMax: 1 }, /^channel\.safeMin must be below safeMax \(1\), but it is 1/],
  ["out", { safeMin: 1, safeValue: 0 }, /^channel\.safeValue must be inside the safe band, 1 to 10 V, but it is 0/],
  ["out", { safeValue: 10.5 }, /^channel\.safeValue must be inside the safe band, -10 to 10 V/],
  ["input", { width: 0 }, /^channel\.width must be a whole number of at least 1/],
  ["input", { width: 8, lines: [{ bit: 8 }] }, /^channel\.lines\[0\]\.bit must be below 8, but it is 8/],
  ["input", { lines: [{ bit: 1 }, { bit: 1 }] }, /^channel\.lines\[1\]\.bit must be a bit that no other line is/],
  ["input", { lines: [{ bit: 1, name: "a" }, { bit: 2, name: "a" }] }, /^channel\.lines\[1\]\.name must be a name/],
  ["input", { lines: [{ bit: 1, name: "in" }] }, /^channel\.lines\[0\]\.name must be a name/],
  ["input", { lines: [{ bit: -1 }] }, /^channel\.lines\[0\]\.bit must be a whole number of at least 0/],
  ["input", { lines: [{ bit: 1, safeValue: true }] }, /^channel\.lines\[0\]\.safeValue must be null, as an input/],
  ["input", { lines: [{ bit: 1, requiresConfirm: false }] }, /^channel\.lines\[0\]\.requiresConfirm must be null/],
  ["input", { lines: [{ bit: 1, colour: "red" }] }, /^channel\.lines\[0\]\.colour is not known/],
  ["output", { width: 4, safeValue: 16 }, /^channel\.safeValue must be below 16, as the port has 4 bits/],
  [
    "output",
    { safeValue: 4, lines: [{ bit: 2, safeValue: false }] },
    /^channel\.lines\[0\]\.safeValue must be true or null/,
  ],
  ["pulses", { dutyCycle: 1 }, /^channel\.dutyCycle must be a finite number above 0 and below 1, but it is 1/],
  ["pulses", { dutyCycle: 0 }, /^channel\.dutyCycle must be a finite number above 0 and below 1/],
];

pure("what does not go together in a channel is refused, with what it clashes with", () => {
  for (const [kind, options, words] of REFUSED) {
    throws(() => make[kind](options), (error: Error) => {
      ok(error instanceof DtolValidationError, `${error}`);
      ok(words.test(error.message), `${words}: ${error.message}`);
      return true;
    }, `${kind} ${JSON.stringify(options)}`);
  }
});

pure("ends that belong to a range are taken", () => {
  make.tc({ minValDegc: -270, maxValDegc: 1372 });
  make.current({ shuntOhms: 500 });
  make.out({ safeMin: -10, safeMax: 10, safeValue: 10 });
  make.output({ width: 4, safeValue: 15, lines: [{ bit: 3, safeValue: true }] });
});

pure("W-54: a thermocouple cannot be on the input of its own cold junction, and is told why", () => {
  const why =
    /^DtolValidationError: channel\.physicalChannel must be another input than channel\.cjcChannel, but both are 0: that input is/;
  throws(() => make.tc({ physicalChannel: 0 }), why);
  throws(() => channelFromJson({ kind: "thermocouple", physical_channel: 0, thermocouple_type: "K" }), why);
  equal(make.tc({ physicalChannel: 1 }).coldJunctionChannel, 0);
  for (const free of [{ cjcChannel: null }, { cjcSource: "none" }, { cjcTemperature: 25 }]) {
    equal(make.tc({ physicalChannel: 0, ...free }).coldJunctionChannel, null);
  }
  const back = channelFromJson(through(make.tc({ physicalChannel: 0, cjcChannel: null })));
  equal((back as channels.ThermocoupleInput).cjcChannel, null, "null is a value of its own here, not the default");
});

pure("W-37: every kind has the unit of its values", () => {
  const units = Object.fromEntries(kinds.map(([kind, { make, needs }]) => [kind, new make(needs).unit]));
  deepEqual(units, {
    ...{ ai_voltage: "V", cold_junction: "degC", thermocouple: "degC", rtd: "degC", thermistor: "degC" },
    ...{ resistance: "Ohm", current: "A", iepe: "V", strain: "strain", bridge: "1", ao_voltage: "V" },
    ...{ digital_input_port: null, digital_output_port: null, counter_edge_count: "counts", counter_frequency: "Hz" },
    ...{ counter_edge_to_edge: "s", quadrature_decoder: "counts", tachometer: "Hz", pulse_train_output: "Hz" },
    ...{ one_shot_output: "s", repetitive_one_shot_output: "s" },
  });
  deepEqual(["deg_c", "deg_f", "kelvin"].map((units) => make.tc({ units }).unit), ["degC", "degF", "K"]);
  equal(make.rtd({ units: "kelvin", unit: "Kelvin" }).unit, "Kelvin");
  equal(make.iepe({ sensitivityVPerUnit: 0.1, unit: "g" }).unit, "g");
});

pure("each kind belongs to its subsystem, and each counter has its mode", () => {
  const SUBSYSTEMS: Readonly<Record<string, readonly string[]>> = {
    analog_input: [
      ...["ai_voltage", "cold_junction", "thermocouple", "rtd", "thermistor", "resistance", "current", "iepe"],
      ...["strain", "bridge"],
    ],
    analog_output: ["ao_voltage"],
    digital_input: ["digital_input_port"],
    digital_output: ["digital_output_port"],
    counter_timer: [
      ...["counter_edge_count", "counter_frequency", "counter_edge_to_edge", "pulse_train_output", "one_shot_output"],
      "repetitive_one_shot_output",
    ],
    quadrature: ["quadrature_decoder"],
    tachometer: ["tachometer"],
  };
  for (const [kind, { make, needs }] of kinds) {
    const channel = new make(needs);
    ok(SUBSYSTEMS[channel.subsystemType]?.includes(kind), `${kind} in ${channel.subsystemType}`);
    equal(channel instanceof channels.AnalogInput, channel.subsystemType === "analog_input", kind);
  }
  const modes = kinds.map(([, { make, needs }]) => new make(needs)).filter((one) =>
    one instanceof channels.CounterChannel
  );
  deepEqual(
    modes.map(({ mode }) => mode).join(" "),
    "count measure measure quadrature tachometer rate one_shot one_shot_repeat",
  );
});

pure("W-40: a channel is frozen to its depths, and a misspelt option or another kind's is refused", () => {
  for (const [kind, { make, needs, other }] of kinds) {
    const channel = new make(other);
    ok(Object.isFrozen(channel), kind);
    for (const value of Object.values(channel)) ok(typeof value !== "object" || Object.isFrozen(value), kind);
    throws(
      () => new make({ ...needs, gian: 1 }),
      /^DtolValidationError: channel\.gian is not known: known are physicalChannel/,
    );
    throws(
      () => channelFromJson({ ...channel.toJSON(), gian: 1 }),
      /channel\.gian is not known: known are physical_channel/,
    );
    throws(() => new make({ ...channel, kind: "other" }), new RegExp(`channel\\.kind must be "${kind}"`));
    deepEqual(new make({ ...channel }), channel, "a channel that is spread makes itself again");
  }
  for (const kind of [undefined, "", "ai_magic", 7, "toString"]) {
    throws(
      () => channelFromJson({ kind, physical_channel: 0 }),
      /channel\.kind must be one of ai_voltage, cold_junction, /,
    );
  }
  for (const value of [null, 7, "a", []]) throws(() => channelFromJson(value), /channel must be an object/);
});

pure("board ranges: the volts of a plain voltage, and the volts of a sensor beside its own range", () => {
  deepEqual(new channels.AnalogInputVoltage({ physicalChannel: 0, minVal: 0, maxVal: 5 }).boardRange, {
    low: 0,
    high: 5,
  });
  deepEqual(make.current({ minVal: 0, maxVal: 0.1, minVolts: -5, maxVolts: 5 }).boardRange, { low: -5, high: 5 });
  throws(
    () => make.tc({ minVolts: 5, maxVolts: 5 }),
    /^DtolValidationError: channel\.minVolts must be below maxVolts \(5\)/,
  );
});

pure("lines are called by their name, or by the port's and their bit", () => {
  const port = make.output({ lines: [{ bit: 3, name: "valve", requiresConfirm: false }, { bit: 4 }] });
  deepEqual(port.lines.map((line) => port.lineKey(line)), ["valve", "out.line4"]);
  deepEqual(port.lines.map((line) => port.lineRequiresConfirm(line)), [false, true]);
  const unnamed = new channels.DigitalInputPort({ physicalChannel: 2, lines: [{ bit: 5 }] });
  equal(unnamed.lineKey(unnamed.lines[0]!), "ch2.line5");
  deepEqual(through(port.lines[0]), { bit: 3, name: "valve", safe_value: null, requires_confirm: false });
});

pure("W-09: NaN is in no band of an output", () => {
  const heater = make.out({ safeMin: 0, safeMax: 5 });
  deepEqual([NaN, -1, 0, 5, 5.1, 10, 11, Infinity].map((volts) => heater.inSafeBand(volts)), [
    ...[false, false, true, true, false, false, false, false],
  ]);
  deepEqual([NaN, -10, 10, 10.1].map((volts) => heater.inDeviceRange(volts)), [false, true, true, false]);
});

pure("the inputs of a list, as people write them", () => {
  deepEqual(channels.channelNumbers("0-2,5"), [0, 1, 2, 5]);
  for (const list of ["", "a", "2-1", "1,", "-1", "12345"]) {
    throws(() => channels.channelNumbers(list), DtolValidationError);
  }
});

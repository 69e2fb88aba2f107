import { deepStrictEqual as deepEqual, ok, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import { Timing } from "../../src/model/timing.ts";
import {
  AnalogThresholdStart,
  ExternalDigitalStart,
  ReferenceTrigger,
  RetriggerSpec,
  SoftwareStart,
  SyncBusStart,
  triggerFromJson,
} from "../../src/model/triggers.ts";

const pure = (name: string, body: () => void) => Deno.test(name, { permissions: "none" }, body);
const through = (value: unknown) => JSON.parse(JSON.stringify(value));
const threshold = (changes = {}) => new AnalogThresholdStart({ channel: 0, level: 1, ...changes });

pure("W-33, W-36: every trigger is whole again after a way through text, with its edge, channel and level", () => {
  const forms: readonly (readonly [unknown, unknown])[] = [
    [new SoftwareStart(), { kind: "software_start" }],
    [new ExternalDigitalStart(), { edge: "rising", kind: "external_digital_start" }],
    [new ExternalDigitalStart({ edge: "falling" }), { edge: "falling", kind: "external_digital_start" }],
    [threshold(), { channel: 0, level: 1, slope: "rising", kind: "analog_threshold_start" }],
    [
      threshold({ channel: 3, level: -2.5, slope: "falling" }),
      { channel: 3, level: -2.5, slope: "falling", kind: "analog_threshold_start" },
    ],
    [new SyncBusStart(), { kind: "sync_bus_start" }],
  ];
  for (const [trigger, json] of forms) {
    ok(Object.isFrozen(trigger));
    deepEqual(through(trigger), json);
    deepEqual(triggerFromJson(through(trigger)), trigger);
  }
});

pure("W-35, W-36: reference triggers, triggered scans and clocks are whole again after a way through text", () => {
  const source = new ExternalDigitalStart({ edge: "falling" });
  const reference = new ReferenceTrigger({ source, postScanCount: 100 });
  deepEqual(through(reference), { source: { edge: "falling", kind: "external_digital_start" }, post_scan_count: 100 });
  deepEqual(ReferenceTrigger.fromJSON(through(reference)), reference);
  for (
    const retrigger of [
      new RetriggerSpec({ source, multiscanCount: 5 }),
      new RetriggerSpec({ mode: "internal", frequencyHz: 10 }),
      new RetriggerSpec({ mode: "scan_per_trigger" }),
    ]
  ) {
    deepEqual(RetriggerSpec.fromJSON(through(retrigger)), retrigger);
    const timing = new Timing({ rateHz: 100, clockSource: "external", externalDivider: 4, retrigger });
    deepEqual(Timing.fromJSON(through(timing)), timing);
    ok([retrigger, timing, reference].every(Object.isFrozen));
  }
});

pure("what cannot be a trigger, or does not go together, is refused with its path", () => {
  // deno-lint-ignore no-explicit-any -- wrong options
  const retrigger = (options: any) => () => new RetriggerSpec(options);
  // deno-lint-ignore no-explicit-any
  const timing = (options: any) => () => new Timing({ rateHz: 1, ...options });
  const source = new SyncBusStart();
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => threshold({ channel: -1 }), /^trigger\.channel must be a whole number of at least 0, but it is -1/],
    [() => threshold({ level: NaN }), /^trigger\.level must be a finite number, but it is NaN/],
    [() => threshold({ slope: "up" }), /^trigger\.slope must be one of rising, falling/],
    [() => threshold({ edge: "rising" }), /^trigger\.edge is not known: known are channel, level, slope/],
    [() => new ExternalDigitalStart({ edge: "both" as "rising" }), /^trigger\.edge must be one of rising, falling/],
    [() => triggerFromJson({ kind: "magic" }), /^trigger\.kind must be one of software_start, external_digital_start/],
    [() => triggerFromJson({ kind: "sync_bus_start", edge: "rising" }), /^trigger\.edge is not known/],
    [() => triggerFromJson("software_start"), /^trigger must be an object/],
    [
      () => new ReferenceTrigger({ source: new SyncBusStart(), postScanCount: -1 }),
      /^referenceTrigger\.postScanCount must be a whole number/,
    ],
    [
      () => new ReferenceTrigger({ source: {} as SoftwareStart, postScanCount: 1 }),
      /^referenceTrigger\.source must be a trigger/,
    ],
    [
      () => new ReferenceTrigger({ source: new SoftwareStart(), postScanCount: 1 }),
      /^referenceTrigger\.source must be an event that the board notices/,
    ],
    [retrigger({ source: new SoftwareStart() }), /^retrigger\.source must be an event that the board notices/],
    [retrigger({}), /^retrigger\.source must be given as retrigger\.mode is "extra"/],
    [retrigger({ mode: "internal" }), /^retrigger\.frequencyHz must be given as retrigger\.mode is "internal"/],
    [retrigger({ mode: "extra", source, frequencyHz: 5 }), /^retrigger\.frequencyHz must be left out as .* "extra"/],
    [retrigger({ mode: "scan_per_trigger", frequencyHz: 5 }), /^retrigger\.frequencyHz must be left out/],
    [retrigger({ mode: "internal", frequencyHz: 0 }), /^retrigger\.frequencyHz must be a finite number above 0/],
    [retrigger({ source, multiscanCount: 0 }), /^retrigger\.multiscanCount must be a whole number of at least 1/],
    [
      timing({ clockSource: "external" }),
      /^timing\.externalDivider must be given as timing\.clockSource is "external"/,
    ],
    [timing({ externalDivider: 2 }), /^timing\.externalDivider must be left out as timing\.clockSource is "internal"/],
    [timing({ clockSource: "external", externalDivider: 0 }), /^timing\.externalDivider must be a whole number/],
    [timing({ clockSource: "quartz" }), /^timing\.clockSource must be one of internal, external/],
    [timing({ retrigger: { mode: "internal" } }), /^timing\.retrigger\.frequencyHz must be given/],
  ];
  for (const [make, words] of cases) {
    throws(make, (error: Error) => {
      ok(error instanceof DtolValidationError, `${error}`);
      ok(words.test(error.message), `${words}: ${error.message}`);
      return true;
    }, String(words));
  }
});

pure("W-40: a retrigger source with a mode other than extra is refused", () => {
  const source = new SyncBusStart();
  for (const options of [{ mode: "internal", frequencyHz: 5 }, { mode: "scan_per_trigger" }] as const) {
    throws(() => new RetriggerSpec({ ...options, source }), /retrigger\.source must be left out as retrigger\.mode is/);
  }
});

import {
  deepStrictEqual as deepEqual,
  doesNotThrow,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { createHash } from "node:crypto";
import { DtolReadError } from "../../src/errors.ts";
import {
  DERIVED_STRAIN_GAGE_LAYOUT,
  PHYSICAL_MEASURANDS,
  readBridgeSensorTeds,
  readStrainGageTeds,
  readTeds,
  readTedsFile,
  STRAIN_GAGE_LAYOUT,
  type TedsLayout,
} from "../../src/teds/mod.ts";
import { type Basic, begin, type BitWriter, type Bridge, bridgeSensor, byLayout } from "./encoder.ts";

const WHO: Basic = { manufacturer: 42, model: 1000, letter: "C", version: 7, serial: 0xabcdef };
const CELL: Bridge = {
  measurand: 4,
  physical: [0, 500],
  electrical: [0, 0.002],
  bridge: 2,
  impedanceOhms: 350,
  excitation: [10, 1, 15],
  day: 10_000,
  initials: "ABC",
  period: 365,
  place: 12,
};
const cell = (change: Partial<Bridge> = {}) => bridgeSensor(begin(WHO, 33), { ...CELL, ...change });

/** The standard's table is not public; any table goes both ways. */
const WHOLE_LAYOUT: TedsLayout = [
  { name: "minPhysicalValue", bits: 14, coding: { type: "ConRes", start: -0.08, step: 1e-5 } },
  { name: "maxPhysicalValue", bits: 14, coding: { type: "ConRes", start: -0.08, step: 1e-5 } },
  { name: "gageType", bits: 5, coding: { type: "UNINT" } },
  { name: "gageFactor", bits: 13, coding: { type: "ConRelRes", start: 1, tolerance: 0.001 } },
  { name: "poissonCoef", bits: 13, coding: { type: "ConRes", start: 0, step: 0.0001 } },
  { name: "sensorImped", bits: 18, coding: { type: "ConRes", start: 1, step: 0.1 } },
  { name: "tedsBridgeType", bits: 2, coding: { type: "UNINT" } },
];

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

Deno.test("W-44: a bridge sensor's TEDS is read, from a stream, pages and a file with a byte for each bit", () => {
  for (const bytes of [cell().stream(), cell().stream(128), cell().pages(), cell().bitPerByte()]) {
    const { raw, ...teds } = readBridgeSensorTeds(bytes);
    deepEqual(teds, {
      manufacturerId: 42,
      modelNumber: 1000,
      versionLetter: "C",
      versionNumber: 7,
      serialNumber: 0xabcdef,
      templateId: 33,
      unit: "N",
      minPhysicalValue: 0,
      maxPhysicalValue: 500,
      minElectricalValue: 0,
      maxElectricalValue: Math.fround(0.002),
      bridgeType: "full",
      sensorImpedanceOhms: 350,
      excitationNominalV: 10,
      excitationMinV: 1,
      excitationMaxV: 15,
      calibrationDate: "2025-05-19",
      calibrationInitials: "ABC",
      calibrationPeriodDays: 365,
      measurementId: 12,
    });
    equal(raw.sensorImped, 350);
  }
});

Deno.test("W-44: what a TEDS does not say is undefined, not 0", () => {
  const silent = cell({
    physical: [0, 0],
    electrical: [NaN, NaN],
    impedanceOhms: 1 + 0.1 * (2 ** 18 - 1),
    excitation: [0.1, 0.1, 0.1],
    day: 0,
    initials: "   ",
    period: 0,
    place: 0,
  });
  const { raw: _raw, ...teds } = readBridgeSensorTeds(silent.stream());
  const said = Object.entries(teds).filter(([, value]) => value !== undefined).map(([name]) => name);
  const basic = ["manufacturerId", "modelNumber", "versionLetter", "versionNumber", "serialNumber"];
  deepEqual(said, [...basic, "templateId", "unit", "bridgeType"]);
  equal(readTeds(bridgeSensor(begin({ ...WHO, letter: " " }, 33), CELL).stream()).versionLetter, undefined);
});

Deno.test("the layout of bridge sensors is that of published memories, byte by byte", () => {
  // A 1-wire memory of 128 bytes in the documents of the TRION SDK, made again from the values printed beside it: maker 31,
  // model 393, half bridge, 40 ohm, 2.5 V (1 to 6 V), day 37254.
  const trion = begin({ manufacturer: 31, model: 393, letter: " ", version: 0, serial: 0 }, 33);
  bridgeSensor(trion, {
    measurand: 7,
    physical: [0, 0],
    electrical: [0, 0],
    bridge: 1,
    impedanceOhms: 40,
    excitation: [2.5, 1, 6],
    day: 37254,
    initials: "   ",
    period: 0,
    place: 0,
  }).put(1, 1);
  equal(sha256(trion.stream(128)), "3c7fa74e5648690b74f2ed3b3ad4a1b0d455aca284a78bbc91d8f77fb5f7a002");
  // The pressure bridge of the tests of nidaqmx-python, up to the end of its template: maker 30, model 1, version A1, sensor 123,
  // -100 to 100 psi, -2 to 2 V/V, full bridge of 350 ohm.
  const pressure = begin({ manufacturer: 30, model: 1, letter: "A", version: 1, serial: 123 }, 33);
  bridgeSensor(pressure, {
    measurand: PHYSICAL_MEASURANDS.indexOf("psi"),
    physical: [-100, 100],
    electrical: [-2, 2],
    bridge: 2,
    impedanceOhms: 350,
    excitation: [0.1, 0.1, 0.1],
    day: 4138,
    initials: "TED",
    period: 0,
    place: 0,
  });
  equal(sha256(pressure.bitPerByte()), "48992a970696868396b54ffe60a42c012751686dca5b15a3ac2ae064c6ad3ca0");
});

Deno.test("of a strain gage only what is certain is read, unless a table is given", () => {
  const certain = byLayout(begin(WHO, 35), STRAIN_GAGE_LAYOUT, { gageType: 1 }).stream(64);
  const { raw: _raw, ...teds } = readStrainGageTeds(certain);
  const said = Object.fromEntries(Object.entries(teds).filter(([, value]) => value !== undefined));
  deepEqual(said, {
    manufacturerId: 42,
    modelNumber: 1000,
    versionLetter: "C",
    versionNumber: 7,
    serialNumber: 0xabcdef,
    templateId: 35,
    gageType: "two_poisson_elements",
  });
});

Deno.test("W-44: a strain gage's TEDS goes both ways by any table", () => {
  const codes = {
    minPhysicalValue: 7800,
    maxPhysicalValue: 8200,
    gageType: 15,
    gageFactor: 350,
    poissonCoef: 2850,
    sensorImped: 3490,
    tedsBridgeType: 0,
  };
  const bits = byLayout(begin(WHO, 35), WHOLE_LAYOUT, codes);
  for (const bytes of [bits.stream(), bits.pages(), bits.bitPerByte()]) {
    const teds = readStrainGageTeds(bytes, { strainGageLayout: WHOLE_LAYOUT });
    equal(teds.minPhysicalValue, -0.002);
    equal(teds.maxPhysicalValue, 0.002);
    equal(teds.gageType, "rectangular_rosette_grid2_45deg");
    ok(Math.abs(teds.gageFactor! - 1.002 ** 350) < 1e-12);
    equal(teds.poissonCoefficient, 0.285);
    equal(teds.gageResistanceOhms, 350);
    equal(teds.bridgeType, "quarter");
    equal(teds.calibrationDate, undefined);
  }
});

Deno.test("the derived table fits the one published strain gage: factor 2.01 +- 0.01, half bridge, Poisson pair", () => {
  const codes = { gageType: 1, gageFactor: 347, poissonCoef: 2850, tedsBridgeType: 1 };
  const bytes = byLayout(begin(WHO, 35), DERIVED_STRAIN_GAGE_LAYOUT, codes).stream();
  const teds = readStrainGageTeds(bytes, { strainGageLayout: DERIVED_STRAIN_GAGE_LAYOUT });
  ok(Math.abs(teds.gageFactor! - 2.01) < 0.01);
  deepEqual([teds.bridgeType, teds.gageType, teds.poissonCoefficient], ["half", "two_poisson_elements", 0.285]);
  equal(DERIVED_STRAIN_GAGE_LAYOUT.reduce((sum, { bits }) => sum + bits, 0), 229); // so many bits the file has there
});

Deno.test("a TEDS that is cut short is refused wherever it was cut", () => {
  const whole = cell().stream();
  for (let length = 0; length < whole.length; length++) {
    throws(() => readTeds(whole.subarray(0, length)), DtolReadError, `${length} bytes`);
  }
  doesNotThrow(() => readTeds(whole));
  throws(
    () => readTeds(whole.subarray(0, 20)),
    /Cannot read the minElecVal of a TEDS: it ends at bit 160, and bits 146 to 177 are needed/,
  );
});

Deno.test("values that cannot be right are refused, and say which", () => {
  const wrong: [BitWriter, RegExp][] = [
    [cell({ physical: [5, 4] }), /minPhysicalValue of a TEDS: it is 5, and must be below its maxPhysicalValue, 4/],
    [cell({ electrical: [0.002, 0] }), /minElecVal/],
    [cell({ bridge: 3 }), /tedsBridgeType of a TEDS: it is 3, and must be 0 to 2/],
    [cell({ measurand: 46 }), /physicalMeasurand of a TEDS: it is 46, and must be 0 to 45/],
    [cell({ selector: 0 }), /their form is 0, and must be 2/],
    [cell({ selector: 1 }), /their form is 1, and must be 2/],
    [begin(WHO, 30).put(0, 200), /sensor 11259375 \(manufacturer 42, model 1000\): its template is 30/],
    [begin({ ...WHO, manufacturer: 0 }, 33).put(0, 400), /it is 0 \(0 and 16383 are those of a memory that is empty\)/],
    [begin({ ...WHO, manufacturer: 0x3fff }, 33).put(0, 400), /must be 17 to 16381, but it is 16383/],
  ];
  for (const [bits, words] of wrong) {
    throws(() => readTeds(bits.stream()), (error) => error instanceof DtolReadError && words.test(error.message));
  }
  const none = begin(WHO, 33);
  none.bits[64] = none.bits[65] = 1;
  throws(() => readTeds(none.stream()), /its template is none/);
  none.bits[64] = 0;
  throws(() => readTeds(none.stream()), /whose selector is 2/);
  throws(() => readStrainGageTeds(cell().stream()), /its template is 33, and must be 35/);
  throws(() => readBridgeSensorTeds(byLayout(begin(WHO, 35), STRAIN_GAGE_LAYOUT, {}).stream()), /must be 33/);
});

Deno.test("containers that are damaged are refused", () => {
  const pages = cell().pages();
  pages[40]! ^= 1;
  throws(() => readTeds(pages, { container: "pages" }), /page 1 of a TEDS as its checksum is wrong/);
  throws(() => readTeds(pages.subarray(1), { container: "pages" }), /in pages of 32 bytes: it has 63 bytes/);
  const file = cell().bitPerByte();
  throws(() => readTeds(file.subarray(8)), /begins with "v03\]/);
  file[100] = 2;
  throws(() => readTeds(file, { container: "bit_per_byte" }), /byte 100 is 2, not 0 or 1/);
  throws(() => readTeds(new Uint8Array()), /of 0 bytes/);
  throws(() => readTeds(new Uint8Array(1 << 17)), /of 131072 bytes: it must have 1 to 65536/);
});

Deno.test("any bytes give a TEDS or a DtolReadError, nothing else", () => {
  let seed = 1;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;
  const good = cell().stream(64);
  for (let round = 0; round < 3000; round++) {
    const bytes = round % 2 === 0 ? Uint8Array.from({ length: random() }, random) : good.slice();
    if (round % 2 === 1) { for (let i = 0; i < 3; i++) bytes[random() % bytes.length] = random(); }
    for (const strainGageLayout of [STRAIN_GAGE_LAYOUT, DERIVED_STRAIN_GAGE_LAYOUT]) {
      try {
        readTeds(bytes, { strainGageLayout });
      } catch (error) {
        ok(error instanceof DtolReadError, String(error));
      }
    }
  }
});

Deno.test("readTedsFile() reads a file, and names it in its errors", async () => {
  const path = await Deno.makeTempFile({ suffix: ".ted" });
  try {
    await Deno.writeFile(path, cell().bitPerByte());
    equal((await readTedsFile(path)).serialNumber, 0xabcdef);
    await Deno.writeFile(path, cell().bitPerByte().subarray(0, 100));
    await rejects(readTedsFile(path), (error) => error instanceof DtolReadError && error.message.startsWith(path));
  } finally {
    await Deno.remove(path);
  }
  await rejects(readTedsFile("/does/not/exist.ted"), DtolReadError);
});

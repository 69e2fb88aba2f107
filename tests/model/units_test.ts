import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { toPint, toUcum } from "../../src/model/units.ts";
import { KINDS } from "./kinds.ts";

Deno.test("units have Pint's names, as in the Python library", { permissions: "none" }, () => {
  const names: [string | null, string | null][] = [
    ...[["Ohm", "ohm"], ["strain", "dimensionless"], ["counts", "dimensionless"], ["1", "dimensionless"]] as const,
    ...["V", "A", "degC", "degF", "K", "Hz", "s", "furlong", "toString"].map((unit) => [unit, unit] as const),
    [null, null],
  ].map(([unit, name]) => [unit!, name!]);
  for (const [unit, name] of names) equal(toPint(unit), name);
});

Deno.test("units have codes of UCUM, with prefixes; what is not known has none", { permissions: "none" }, () => {
  const codes = {
    ...{
      degC: "Cel",
      degF: "[degF]",
      K: "K",
      Ohm: "Ohm",
      kOhm: "kOhm",
      mV: "mV",
      uA: "uA",
      MPa: "MPa",
      Hz: "Hz",
      s: "s",
    },
    ...{
      strain: "1",
      counts: "{counts}",
      "1": "1",
      "%": "%",
      kN: "kN",
      furlong: null,
      toString: null,
      kdegC: null,
      "": null,
    },
  };
  for (const [unit, code] of Object.entries(codes)) equal(toUcum(unit), code, unit);
  equal(toUcum(null), null);
});

Deno.test("every kind of channel has a unit that both know", { permissions: "none" }, () => {
  const units = new Set(Object.values(KINDS).map(({ make, needs }) => new make(needs).unit));
  deepEqual([...units].filter((unit) => unit !== null).sort(), [
    "1",
    "A",
    "Hz",
    "Ohm",
    "V",
    "counts",
    "degC",
    "s",
    "strain",
  ]);
  for (const unit of units) ok(unit === null || (toUcum(unit) !== null && toPint(unit) !== null), `${unit}`);
});

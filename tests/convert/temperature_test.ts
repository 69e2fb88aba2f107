import { ok, strictEqual as equal, throws } from "node:assert/strict";
import { cjcVoltsToDegC, fromDegC, TEMPERATURE_UNITS, toDegC } from "../../src/convert/temperature.ts";

Deno.test("temperatures go from degC to any unit and back", () => {
  equal(fromDegC(-40, "deg_f"), -40);
  equal(fromDegC(0, "kelvin"), 273.15);
  equal(fromDegC(37.5, "deg_c"), 37.5);
  for (const unit of TEMPERATURE_UNITS) ok(Math.abs(toDegC(fromDegC(123.4, unit), unit) - 123.4) < 1e-12, unit);
  throws(() => fromDegC(0, "K" as "kelvin"), /unit must be one of deg_c, deg_f, kelvin, but it is "K"/);
});

Deno.test("a cold-junction channel gives 10 mV per degC", () => {
  const degC = new Float64Array(1);
  cjcVoltsToDegC(Float64Array.of(0.231), degC);
  equal(degC[0]!.toFixed(9), "23.100000000");
  throws(() => cjcVoltsToDegC(new Float64Array(2), degC), RangeError);
});

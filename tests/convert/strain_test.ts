import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { DtolValidationError } from "../../src/errors.ts";
import {
  STRAIN_GAGE_CONFIGURATIONS,
  type StrainGageConfiguration,
  strainOfVolts,
  type StrainOptions,
  voltsOfStrain,
  voltsToStrain,
} from "../../src/convert/strain.ts";

const NU = 0.285;

/** What strain e does to the four arms, R1 to R4, in shares of e. */
const ARMS: Readonly<Record<StrainGageConfiguration, readonly [number, number, number, number]>> = {
  full_bridge_bending: [-1, 1, -1, 1],
  full_bridge_bending_poisson: [-NU, NU, -1, 1],
  full_bridge_axial: [-NU, 1, -NU, 1],
  half_bridge_poisson: [0, 0, -NU, 1],
  half_bridge_bending: [0, 0, -1, 1],
  quarter_bridge: [0, 0, 0, 1],
  quarter_bridge_temp_compensation: [0, 0, 0, 1],
};

/** The bridge as a circuit: Vo / Vex = R3 / (R3 + R4) - R2 / (R1 + R2), with leads in the arms R3 and R4. */
function circuit(configuration: StrainGageConfiguration, strain: number, gf: number, rg: number, rl: number): number {
  const [r1, r2, r3, r4] = ARMS[configuration].map((share) => rg * (1 + gf * share * strain)) as [
    number,
    number,
    number,
    number,
  ];
  const leads = configuration.startsWith("full") ? 0 : rl;
  return (r3 + leads) / (r3 + r4 + 2 * leads) - r2 / (r1 + r2);
}

Deno.test("W-44: all seven configurations give the strain of the circuit, leads and all", () => {
  for (const configuration of STRAIN_GAGE_CONFIGURATIONS) {
    for (const leadOhms of [0, 0.5, 5]) {
      for (let micro = -5000; micro <= 5000; micro += 250) {
        const options = { configuration, excitationVolts: 5, gageFactor: 2.1, poissonRatio: NU, leadOhms };
        const volts = 5 * circuit(configuration, micro * 1e-6, 2.1, 350, leadOhms);
        const off = strainOfVolts(volts, options) - micro * 1e-6;
        ok(Math.abs(off) < 1e-12, `${configuration}, ${micro} microstrain, ${leadOhms} ohm: off by ${off}`);
        ok(Math.abs(voltsOfStrain(micro * 1e-6, options) - volts) < 1e-12);
      }
    }
  }
});

Deno.test("W-44: 1000 microstrain in mV/V, as the makers of amplifiers print it", () => {
  const printed = {
    full_bridge_bending: "-2.000",
    full_bridge_bending_poisson: "-1.285",
    full_bridge_axial: "-1.284",
    half_bridge_poisson: "-0.642",
    half_bridge_bending: "-1.000",
    quarter_bridge: "-0.4995",
    quarter_bridge_temp_compensation: "-0.4995",
  };
  for (const [configuration, millivolts] of Object.entries(printed)) {
    const options: StrainOptions = {
      configuration: configuration as StrainGageConfiguration,
      excitationVolts: 1,
      gageFactor: 2,
      poissonRatio: NU,
    };
    equal((voltsOfStrain(1e-3, options) * 1000).toFixed(millivolts.length - 3), millivolts, configuration);
  }
});

Deno.test("W-44: unstrained volts, shunt correction, swapped leads and two-lead quarter bridges count", () => {
  const base = { configuration: "half_bridge_bending", excitationVolts: 10, gageFactor: 2 } as const;
  const strain = strainOfVolts(-0.01, base);
  equal(strain.toFixed(9), "0.001000000");
  equal(strainOfVolts(-0.011, { ...base, unstrainedVolts: -0.001 }).toFixed(9), "0.001000000");
  equal(strainOfVolts(-0.01, { ...base, shuntCorrection: 1.05 }).toFixed(9), "0.001050000");
  equal(strainOfVolts(0.01, { ...base, positiveTension: true }), strain);
  const quarter = { ...base, configuration: "quarter_bridge", leadOhms: 3.5 } as const;
  const plain = strainOfVolts(-0.01, { ...quarter, leadOhms: 0 });
  ok(Math.abs(strainOfVolts(-0.01, quarter) / plain - 1.01) < 1e-12);
  ok(Math.abs(strainOfVolts(-0.01, { ...quarter, leads: 2 }) / plain - 1.02) < 1e-12);
});

Deno.test("W-14: an open gage is NaN with a status for many, an error for one", () => {
  const options = { configuration: "quarter_bridge", excitationVolts: 5 } as const;
  const out = new Float64Array(4);
  deepEqual(voltsToStrain(Float64Array.of(0, -2.5, NaN, -10), out, options), Int8Array.of(0, 1, 1, 1));
  deepEqual([...out].map(Number.isNaN), [false, true, true, true]);
  throws(() => strainOfVolts(-2.5, options), /from -2.5 V: no gage of a quarter_bridge fed with 5 V gives it/);
});

Deno.test("W-44: there is no excitation by default, and none of 0 V", () => {
  throws(() => strainOfVolts(0, {} as StrainOptions), /strain.excitationVolts must be a finite number above 0/);
  throws(() => strainOfVolts(0, { excitationVolts: 0 }), DtolValidationError);
  for (
    const wrong of [{ gageFactor: 0 }, { poissonRatio: 0.6 }, { leadOhms: -1 }, { gageOhms: 0 }, { leads: 4 as 3 }]
  ) {
    throws(() => strainOfVolts(0, { excitationVolts: 5, ...wrong }), DtolValidationError, JSON.stringify(wrong));
  }
  throws(() => voltsToStrain(new Float64Array(2), new Float64Array(1), { excitationVolts: 5 }), RangeError);
});

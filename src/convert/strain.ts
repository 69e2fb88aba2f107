/**
 * Strain from the volts of a Wheatstone bridge, in the seven configurations that the DataAcq SDK names, and back.
 *
 * With `Vr = (strained - unstrained) / excitation`, gage factor `GF`, Poisson's ratio `nu`, gage resistance `Rg` and
 * resistance `Rl` of one lead:
 *
 * | configuration                      | strain                                                  |
 * | ---------------------------------- | ------------------------------------------------------- |
 * | `full_bridge_bending`              | `-Vr / GF`                                              |
 * | `full_bridge_bending_poisson`      | `-2 Vr / (GF (nu + 1))`                                 |
 * | `full_bridge_axial`                | `-2 Vr / (GF ((nu + 1) - Vr (nu - 1)))`                 |
 * | `half_bridge_poisson`              | `-4 Vr / (GF ((nu + 1) - 2 Vr (nu - 1))) (1 + Rl / Rg)` |
 * | `half_bridge_bending`              | `-2 Vr / GF (1 + Rl / Rg)`                              |
 * | `quarter_bridge`                   | `-4 Vr / (GF (1 + 2 Vr)) (1 + Rl / Rg)`                 |
 * | `quarter_bridge_temp_compensation` | as `quarter_bridge`                                     |
 *
 * They are exact, not for small strains only, and hold for a bridge whose output goes negative in tension. Sources: the
 * NI-DAQmx measurement fundamentals; Campbell Scientific, strain equations of its data logger manuals. The sign
 * convention of the SDK's own volts-to-strain call is not published.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import { finiteNumber, invalid, oneOf, positiveNumber } from "../model/fields.ts";
import { checkRoom, markNotFinite } from "./status.ts";

/** Configurations of a bridge: how many gages are active, and on what. */
export const STRAIN_GAGE_CONFIGURATIONS = [
  "full_bridge_bending",
  "full_bridge_bending_poisson",
  "full_bridge_axial",
  "half_bridge_poisson",
  "half_bridge_bending",
  "quarter_bridge",
  "quarter_bridge_temp_compensation",
] as const;
/** One of {@linkcode STRAIN_GAGE_CONFIGURATIONS}. */
export type StrainGageConfiguration = typeof STRAIN_GAGE_CONFIGURATIONS[number];

/** How volts of a bridge become strain. */
export interface StrainOptions {
  /** How the gages are wired. Default: `quarter_bridge`. */
  readonly configuration?: StrainGageConfiguration;
  /** Volts that feed the bridge. There is no default: a wrong one scales every sample. */
  readonly excitationVolts: number;
  /** Output of the bridge without load, volts. Default: 0. */
  readonly unstrainedVolts?: number;
  /** Gage factor. Default: 2. */
  readonly gageFactor?: number;
  /** Poisson's ratio of the material, for configurations that name it. Default: 0.3. */
  readonly poissonRatio?: number;
  /** Resistance of a gage without load, ohms. Default: 350. */
  readonly gageOhms?: number;
  /** Resistance of one lead, ohms; full bridges are not corrected for it. Default: 0. */
  readonly leadOhms?: number;
  /**
   * Leads to the gage of a quarter bridge. With two, both are in the arm of the gage: the factor is `1 + 2 Rl / Rg`,
   * and their offset must be in `unstrainedVolts`. Default: 3.
   */
  readonly leads?: 2 | 3;
  /** Strain that a shunt resistor simulates, over the strain read with it. Default: 1. */
  readonly shuntCorrection?: number;
  /** Whether the bridge's output goes positive in tension: its leads are swapped. Default: no. */
  readonly positiveTension?: boolean;
}

/** `strain = factor Vr / (p + q Vr)`, which all seven formulas are. */
interface Formula {
  readonly factor: number;
  readonly p: number;
  readonly q: number;
  readonly excitation: number;
  readonly unstrained: number;
}

/**
 * Strain (m/m, tension positive) of one voltage.
 *
 * @throws {DtolValidationError} If a setting cannot be right, or the voltage is one that no gage gives (an open gage).
 *
 * @example 1000 microstrain on a quarter bridge fed with 5 V
 * ```ts
 * import { strainOfVolts } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const strain = strainOfVolts(-0.0024975, { configuration: "quarter_bridge", excitationVolts: 5, gageFactor: 2 });
 * equal((strain * 1e6).toFixed(1), "1000.0");
 * ```
 */
export function strainOfVolts(volts: number, options: StrainOptions): number {
  const formula = formulaOf(options);
  const strain = strainAt(formula, finiteNumber("volts", volts));
  if (Number.isFinite(strain)) return strain;
  throw new DtolValidationError(
    `Cannot tell the strain from ${volts} V: no gage of a ${
      options.configuration ?? "quarter_bridge"
    } fed with ${options.excitationVolts} V gives it`,
  );
}

/**
 * Strain of many voltages, into an array the caller owns. A voltage that no gage gives becomes NaN with status
 * `sensor_open`.
 *
 * @param volts Output of the bridge, in sample order.
 * @param out Receives one strain (m/m, tension positive) a sample; may be `volts` itself.
 * @param options The bridge.
 * @returns One status a sample, a place in `SENSOR_STATUSES`; null when all is well.
 * @throws {RangeError} If `out` is shorter than `volts`.
 * @throws {DtolValidationError} If a setting cannot be right.
 */
export function voltsToStrain(volts: Float64Array, out: Float64Array, options: StrainOptions): Int8Array | null {
  const formula = formulaOf(options);
  checkRoom("out", volts, out);
  for (let i = 0; i < volts.length; i++) out[i] = strainAt(formula, volts[i]!);
  return markNotFinite(out, volts.length);
}

/**
 * The voltage that a bridge gives at a strain: the inverse of {@linkcode strainOfVolts}.
 *
 * @throws {DtolValidationError} If a setting cannot be right, or the strain is not finite.
 */
export function voltsOfStrain(strain: number, options: StrainOptions): number {
  const { factor, p, q, excitation, unstrained } = formulaOf(options);
  const ratio = finiteNumber("strain", strain) * p / (factor - strain * q);
  return unstrained + ratio * excitation;
}

function strainAt({ factor, p, q, excitation, unstrained }: Formula, volts: number): number {
  const ratio = (volts - unstrained) / excitation;
  const below = p + q * ratio;
  return below > 0 ? factor * ratio / below : NaN; // 0 is what an open gage gives
}

function formulaOf(options: StrainOptions): Formula {
  const configuration = oneOf(
    "strain.configuration",
    options.configuration ?? "quarter_bridge",
    STRAIN_GAGE_CONFIGURATIONS,
  );
  const nu = finiteNumber("strain.poissonRatio", options.poissonRatio ?? 0.3);
  if (!(nu > -1 && nu <= 0.5)) throw invalid("strain.poissonRatio", "above -1 and at most 0.5", nu);
  const gageFactor = positiveNumber("strain.gageFactor", options.gageFactor ?? 2);
  const shunt = positiveNumber("strain.shuntCorrection", options.shuntCorrection ?? 1);
  const excitation = positiveNumber("strain.excitationVolts", options.excitationVolts);
  const [k, p, q] = shapeOf(configuration, nu);
  return {
    factor: -k * leadFactor(configuration, options) * shunt / gageFactor,
    p,
    q,
    excitation: options.positiveTension ? -excitation : excitation,
    unstrained: finiteNumber("strain.unstrainedVolts", options.unstrainedVolts ?? 0),
  };
}

/** `k`, `p` and `q` of `-k Vr / (GF (p + q Vr))`. */
function shapeOf(configuration: StrainGageConfiguration, nu: number): readonly [k: number, p: number, q: number] {
  switch (configuration) {
    case "full_bridge_bending":
      return [1, 1, 0];
    case "full_bridge_bending_poisson":
      return [2, 1 + nu, 0];
    case "full_bridge_axial":
      return [2, 1 + nu, 1 - nu];
    case "half_bridge_poisson":
      return [4, 1 + nu, 2 * (1 - nu)];
    case "half_bridge_bending":
      return [2, 1, 0];
    case "quarter_bridge":
    case "quarter_bridge_temp_compensation":
      return [4, 1, 2];
  }
}

function leadFactor(configuration: StrainGageConfiguration, options: StrainOptions): number {
  const gage = positiveNumber("strain.gageOhms", options.gageOhms ?? 350);
  const lead = finiteNumber("strain.leadOhms", options.leadOhms ?? 0);
  if (lead < 0) throw invalid("strain.leadOhms", "0 or more", lead);
  const leads = options.leads ?? 3;
  if (leads !== 2 && leads !== 3) throw invalid("strain.leads", "2 or 3", leads);
  if (configuration.startsWith("full")) return 1;
  const inArm = leads === 2 && configuration.startsWith("quarter") ? 2 : 1;
  return 1 + inArm * lead / gage;
}

/**
 * How fast volts become temperatures, and how far these are from the exact inverse of the reference functions.
 *
 * @module
 */

import { emfMv, exactDegC } from "../src/convert/emf.ts";
import {
  THERMOCOUPLE_TYPES,
  thermocoupleRange,
  type ThermocoupleType,
  voltsToTemperature,
} from "../src/convert/thermocouple.ts";
import { type BenchOptions, inTurn, type Row } from "./report.ts";

const SAMPLES = 65_536;
const COLD_DEG_C = 23.4;
const MIN_MS_PER_S = 20;
const MAX_ERROR_K = 0.005;

/** All eight types in turn, over all of their range, with one cold junction and with one a sample. */
export function thermocouple({ quick }: BenchOptions): Promise<Row[]> {
  const cjcDegC = Float64Array.from({ length: SAMPLES }, (_, i) => COLD_DEG_C + Math.sin(i / 1000));
  const out = new Float64Array(SAMPLES);
  const volts = THERMOCOUPLE_TYPES.map(allOver);
  const rounds = quick ? 30 : 300;
  const rates = (cold: number | Float64Array) =>
    inTurn(
      rounds,
      ...THERMOCOUPLE_TYPES.map((type, i) => () => {
        voltsToTemperature(volts[i]!, out, { type, cjcDegC: cold });
      }),
    ).map((ms) => SAMPLES / ms / 1e3);
  return Promise.resolve([
    rateRow("one cold junction", rates(COLD_DEG_C)),
    rateRow("a cold junction a sample", rates(cjcDegC)),
    errorRow(quick ? 5000 : 50_000),
  ]);
}

/** Volts from end to end of a type's range as a junction at the cold end would have them, in no order that a cache likes. */
function allOver(type: ThermocoupleType): Float64Array {
  const { lowVolts, highVolts } = thermocoupleRange(type);
  const cold = emfMv(type, COLD_DEG_C + 1) / 1000;
  return Float64Array.from({ length: SAMPLES }, (_, i) => {
    const share = (Math.imul(i, 0x9e3779b1) >>> 0) / 2 ** 32;
    return lowVolts - cold + 2e-5 + (highVolts - lowVolts - 1e-4) * share;
  });
}

function rateRow(what: string, rates: readonly number[]): Row {
  const least = Math.min(...rates);
  const all = THERMOCOUPLE_TYPES.map((type, i) => `${type} ${rates[i]!.toFixed(0)}`).join(", ");
  return {
    name: `thermocouple: volts to degC, ${what}`,
    measured: `${least.toFixed(0)} MS/s (slowest type)`,
    target: `>= ${MIN_MS_PER_S} MS/s`,
    ok: least >= MIN_MS_PER_S,
    note: `one core, ${SAMPLES.toLocaleString("en")} samples a call, random over the range; ${all}`,
  };
}

function errorRow(steps: number): Row {
  const errors = THERMOCOUPLE_TYPES.map((type) => worstError(type, steps));
  const greatest = Math.max(...errors);
  const all = THERMOCOUPLE_TYPES.map((type, i) => `${type} ${(errors[i]! * 1e6).toFixed(1)}`).join(", ");
  return {
    name: "thermocouple: error against the exact inverse",
    measured: `${(greatest * 1e3).toFixed(2)} mK (worst type)`,
    target: `<= ${MAX_ERROR_K * 1e3} mK`,
    ok: greatest <= MAX_ERROR_K,
    note: `whole range of each type, ${steps.toLocaleString("en")} steps of temperature; uK: ${all}`,
  };
}

function worstError(type: ThermocoupleType, steps: number): number {
  const { lowMeasuredDegC, highDegC } = thermocoupleRange(type);
  const emf = Float64Array.from({ length: steps + 1 }, (_, i) => {
    return emfMv(type, lowMeasuredDegC + (highDegC - lowMeasuredDegC) * i / steps);
  });
  const degC = new Float64Array(steps + 1);
  if (voltsToTemperature(emf.map((mV) => mV / 1000), degC, { type }) !== null) return Infinity;
  return emf.reduce((worst, mV, i) => Math.max(worst, Math.abs(degC[i]! - exactDegC(type, mV))), 0);
}

/**
 * Thermocouple functions as tables of cubics, built at first use: what makes 20 million samples a second possible.
 *
 * The inverse is not the polynomial of NIST, which is off by up to 0.05 K and ends at -200 degC (type B: begins at 250
 * degC), but a table of the exact inverse of the reference function, over all of the range in which that rises. Its
 * grid is uniform in the **square root** of the emf above the lowest one: there the functions are flat (type B has its
 * minimum there), the temperature is steep in the emf but smooth in that root, and cells become fine just where they
 * must be.
 *
 * @module
 */

import { emfMv, emfRange, emfSlope, exactDegC, lowestDegC } from "./emf.ts";
import { THERMOCOUPLE_TYPES, type ThermocoupleType } from "./its90.ts";

/**
 * Cells of an inverse table: 64 kB a type. Seven types are then less than 0.00001 K from the exact inverse; type N
 * 0.0002 K, in the one cell that holds 0 degC, where the slope of its reference function jumps by 0.9 %.
 */
const CELLS = 2048;
/** NIST prints emf to 0.001 mV; an emf less than half a digit beyond an end counts as that end. */
const END_TOLERANCE_MV = 0.0005;

/** A function as cubics `c0 + c1 f + c2 f^2 + c3 f^3` over equal cells, `f` from 0 to 1 in each. */
export interface CubicTable {
  /** Where the first cell begins. */
  readonly start: number;
  /** Cells per unit. */
  readonly cellsPerUnit: number;
  /** Four numbers a cell, `c0` first; behind the last cell one that stays at the end's value. */
  readonly cubics: Float64Array<ArrayBuffer>;
}

/** From emf to temperature: the table is over `sqrt(emf - lowestMv)`. */
export interface InverseTable extends CubicTable {
  /** Emf of the lowest temperature, mV. */
  readonly lowestMv: number;
  /** Least emf that is accepted, mV. */
  readonly leastMv: number;
  /** Greatest emf that is accepted, mV. */
  readonly greatestMv: number;
}

const inverses = new Map<ThermocoupleType, InverseTable>();
const forwards = new Map<ThermocoupleType, CubicTable>();

/** The table from emf (mV) to temperature (degC) of a type. */
export function inverseTable(type: ThermocoupleType): InverseTable {
  let table = inverses.get(type);
  if (table === undefined) inverses.set(type, table = buildInverse(type));
  return table;
}

/** The table from temperature (degC) to emf (mV) of a type. */
export function forwardTable(type: ThermocoupleType): CubicTable {
  let table = forwards.get(type);
  if (table === undefined) forwards.set(type, table = buildForward(type));
  return table;
}

function buildInverse(type: ThermocoupleType): InverseTable {
  const { highDegC } = emfRange(type);
  const lowDegC = lowestDegC(type);
  const lowestMv = emfMv(type, lowDegC);
  const highestMv = emfMv(type, highDegC);
  const width = Math.sqrt(highestMv - lowestMv) / CELLS;
  const degC = new Float64Array(CELLS + 1);
  const slopes = new Float64Array(CELLS + 1); // degC per cell
  for (let i = 0; i <= CELLS; i++) {
    const root = i * width;
    degC[i] = i === 0 ? lowDegC : i === CELLS ? highDegC : exactDegC(type, lowestMv + root * root);
    slopes[i] = width * (i === 0 ? firstSlope(type, lowDegC) : 2 * root / emfSlope(type, degC[i]!));
  }
  return {
    start: 0,
    cellsPerUnit: 1 / width,
    cubics: hermite(degC, slopes),
    lowestMv,
    leastMv: lowestMv - END_TOLERANCE_MV,
    greatestMv: highestMv + END_TOLERANCE_MV,
  };
}

/**
 * Degrees per root of mV at the lowest temperature: 0 where the emf rises there, and for type B the limit at its
 * minimum.
 */
function firstSlope(type: ThermocoupleType, lowDegC: number): number {
  if (lowDegC === emfRange(type).lowDegC) return 0;
  const curvature = emfSlope(type, lowDegC + 0.5) - emfSlope(type, lowDegC - 0.5);
  return Math.sqrt(2 / curvature);
}

function buildForward(type: ThermocoupleType): CubicTable {
  const { lowDegC, highDegC } = emfRange(type);
  const cells = Math.ceil(highDegC - lowDegC); // 1 degC each, so that pieces that meet at 0 degC meet between two cells
  const emf = new Float64Array(cells + 1);
  const slopes = new Float64Array(cells + 1);
  const slopesAfter = new Float64Array(cells + 1);
  for (let i = 0; i <= cells; i++) {
    emf[i] = emfMv(type, lowDegC + i);
    slopes[i] = emfSlope(type, lowDegC + i);
    slopesAfter[i] = emfSlope(type, lowDegC + i + 1e-9);
  }
  return { start: lowDegC, cellsPerUnit: 1, cubics: hermite(emf, slopes, slopesAfter) };
}

/**
 * The cubics that pass through values with slopes (per cell); where pieces meet, the slope after a value is another
 * one.
 */
function hermite(values: Float64Array, slopes: Float64Array, slopesAfter = slopes): Float64Array<ArrayBuffer> {
  const cells = values.length - 1;
  const cubics = new Float64Array(4 * (cells + 1));
  for (let i = 0; i < cells; i++) {
    const rise = values[i + 1]! - values[i]!;
    cubics[4 * i] = values[i]!;
    cubics[4 * i + 1] = slopesAfter[i]!;
    cubics[4 * i + 2] = 3 * rise - 2 * slopesAfter[i]! - slopes[i + 1]!;
    cubics[4 * i + 3] = slopesAfter[i]! + slopes[i + 1]! - 2 * rise;
  }
  cubics[4 * cells] = values[cells]!;
  return cubics;
}

/** Builds all tables now, for those who want no pause of some milliseconds at the first block of a run. */
export function buildThermocoupleTables(types: readonly ThermocoupleType[] = THERMOCOUPLE_TYPES): void {
  for (const type of types) {
    inverseTable(type);
    forwardTable(type);
  }
}

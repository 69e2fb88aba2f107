/**
 * Rosettes: the plane state of strain from three gages, its principal strains and their direction, and stresses.
 *
 * A gage at an angle `a` (counter-clockwise from gage 1) reads `ex cos^2 a + ey sin^2 a + gxy sin a cos a`; three
 * readings give `ex`, `ey` and `gxy`. Sources: Micro-Measurements TN-515; ASTM E1561.
 *
 * @module
 */

import { finiteNumber, invalid, positiveNumber } from "../model/fields.ts";
import { checkRoom } from "./status.ts";

/** Angles of the gages: 0, 45 and 90 degrees, or 0, 60 and 120 degrees. */
export const ROSETTES = ["rectangular", "delta"] as const;
/** One of {@linkcode ROSETTES}. */
export type Rosette = typeof ROSETTES[number];

/** Plane state of strain; in the unit of the readings, angles in degrees. */
export interface StrainState {
  /** Strain along gage 1. */
  readonly x: number;
  /** Strain across gage 1. */
  readonly y: number;
  /** Shear strain between the two. */
  readonly xy: number;
  /** Greater principal strain. */
  readonly max: number;
  /** Lesser principal strain. */
  readonly min: number;
  /** Greatest shear strain, `max - min`. */
  readonly maxShear: number;
  /**
   * From gage 1 counter-clockwise to the axis of `max`, above -90 to 90. It is NaN when the strain is the same in all
   * directions, as none of them is principal.
   */
  readonly angleDeg: number;
}

/** Arrays that {@linkcode rosetteStrains} writes. */
export interface RosetteArrays {
  /** Receives the greater principal strains. */
  readonly max: Float64Array;
  /** Receives the lesser principal strains. */
  readonly min: Float64Array;
  /** Receives the angles of `max`, degrees. */
  readonly angleDeg: Float64Array;
}

/** Principal stresses, in the unit of Young's modulus. */
export interface PrincipalStresses {
  /** Stress along the axis of the greater principal strain. */
  readonly max: number;
  /** Stress along the axis of the lesser one. */
  readonly min: number;
  /** Greatest shear stress in the plane. */
  readonly maxShear: number;
}

/**
 * The state of strain from a rectangular rosette, gages at 0, 45 and 90 degrees.
 *
 * @example Pure shear: the principal axes lie at 45 degrees
 * ```ts
 * import { rectangularRosette } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { max, min, angleDeg } = rectangularRosette(0, 100e-6, 0);
 * deepEqual([max, min, angleDeg], [100e-6, -100e-6, 45]);
 * ```
 */
export function rectangularRosette(e0: number, e45: number, e90: number): StrainState {
  return state(e0, e90, 2 * e45 - e0 - e90);
}

/** The state of strain from a delta rosette, gages at 0, 60 and 120 degrees. */
export function deltaRosette(e0: number, e60: number, e120: number): StrainState {
  return state(e0, (2 * e60 + 2 * e120 - e0) / 3, 2 * (e60 - e120) / Math.sqrt(3));
}

/**
 * Principal strains of many samples, into arrays the caller owns. What one gage lacks (NaN) all three results lack.
 *
 * @param rosette The angles of the gages.
 * @param gages Strains of the three gages, in the order of their angles, each in sample order.
 * @param out Arrays that receive one result a sample; they may be those of the gages.
 * @throws {RangeError} If an array is shorter than that of the first gage.
 * @throws {DtolValidationError} If there is no such rosette.
 */
export function rosetteStrains(
  rosette: Rosette,
  gages: readonly [Float64Array, Float64Array, Float64Array],
  out: RosetteArrays,
): void {
  if (!ROSETTES.includes(rosette)) throw invalid("rosette", `one of ${ROSETTES.join(", ")}`, rosette);
  const [first, second, third] = gages;
  for (const [name, array] of Object.entries({ second, third, ...out })) checkRoom(name, first, array);
  const stateOf = rosette === "rectangular" ? rectangularRosette : deltaRosette;
  for (let i = 0; i < first.length; i++) {
    const { max, min, angleDeg } = stateOf(first[i]!, second[i]!, third[i]!);
    out.max[i] = max;
    out.min[i] = min;
    out.angleDeg[i] = angleDeg;
  }
}

/**
 * Principal stresses of an isotropic material in plane stress.
 *
 * @param strain Principal strains, m/m.
 * @param youngsModulus Young's modulus, in the unit that stresses are wanted in.
 * @param poissonRatio Poisson's ratio.
 * @throws {DtolValidationError} If the modulus is not positive, or the ratio not above -1 and at most 0.5.
 */
export function principalStresses(
  strain: { readonly max: number; readonly min: number },
  youngsModulus: number,
  poissonRatio: number,
): PrincipalStresses {
  const nu = finiteNumber("poissonRatio", poissonRatio);
  if (!(nu > -1 && nu <= 0.5)) throw invalid("poissonRatio", "above -1 and at most 0.5", nu);
  const factor = positiveNumber("youngsModulus", youngsModulus) / (1 - nu * nu);
  const max = factor * (strain.max + nu * strain.min);
  const min = factor * (strain.min + nu * strain.max);
  return { max, min, maxShear: (max - min) / 2 };
}

function state(x: number, y: number, xy: number): StrainState {
  const middle = (x + y) / 2;
  const radius = Math.hypot((x - y) / 2, xy / 2);
  return {
    x,
    y,
    xy,
    max: middle + radius,
    min: middle - radius,
    maxShear: 2 * radius,
    // atan2 needs no special case for x = y; + 0 turns -0, which would make -90 of 90, into 0.
    angleDeg: radius > 0 ? Math.atan2(xy + 0, x - y) * (90 / Math.PI) : NaN,
  };
}

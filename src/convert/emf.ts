/**
 * The thermocouple reference functions as they stand: emf and its slope at a temperature, and where they can be turned
 * round.
 *
 * @module
 */

import { REFERENCE_FUNCTIONS, type ReferencePiece, type ThermocoupleType } from "./its90.ts";

/** Emf in mV at a temperature in degC, reference junction at 0 degC; extrapolated outside the range. */
export function emfMv(type: ThermocoupleType, degC: number): number {
  const { coefficients, exponential } = pieceAt(type, degC);
  let emf = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) emf = emf * degC + coefficients[i]!;
  if (exponential === undefined) return emf;
  const [a0, a1, a2] = exponential;
  return emf + a0 * Math.exp(a1 * (degC - a2) ** 2);
}

/** Slope of the emf in mV/degC at a temperature in degC. */
export function emfSlope(type: ThermocoupleType, degC: number): number {
  const { coefficients, exponential } = pieceAt(type, degC);
  let slope = 0;
  for (let i = coefficients.length - 1; i >= 1; i--) slope = slope * degC + i * coefficients[i]!;
  if (exponential === undefined) return slope;
  const [a0, a1, a2] = exponential;
  return slope + 2 * a0 * a1 * (degC - a2) * Math.exp(a1 * (degC - a2) ** 2);
}

/** Where a reference function holds, in degC. */
export function emfRange(type: ThermocoupleType): { lowDegC: number; highDegC: number } {
  const pieces = REFERENCE_FUNCTIONS[type];
  return { lowDegC: pieces[0]!.lowDegC, highDegC: pieces.at(-1)!.highDegC };
}

/**
 * The lowest temperature that an emf stands for without a second meaning. That is where the reference function begins
 * for all types but B: its emf falls to a minimum of -2.58 uV at 21.02 degC, so each emf below 0 has two temperatures.
 */
export function lowestDegC(type: ThermocoupleType): number {
  const { lowDegC } = emfRange(type);
  if (emfSlope(type, lowDegC) > 0) return lowDegC;
  return bisect(lowDegC, lowDegC + 100, (degC) => emfSlope(type, degC));
}

/** The temperature in degC of an emf in mV, by bisection down to the last bit: slow, exact. */
export function exactDegC(type: ThermocoupleType, emf: number): number {
  return bisect(lowestDegC(type), emfRange(type).highDegC, (degC) => emfMv(type, degC) - emf);
}

/** The place between two others where something that rises passes zero. */
function bisect(low: number, high: number, rising: (x: number) => number): number {
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return low;
    if (rising(middle) > 0) high = middle;
    else low = middle;
  }
}

function pieceAt(type: ThermocoupleType, degC: number): ReferencePiece {
  const pieces = REFERENCE_FUNCTIONS[type];
  for (const piece of pieces) if (degC <= piece.highDegC) return piece;
  return pieces.at(-1)!;
}

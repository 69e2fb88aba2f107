/**
 * Volts to the codes of an output, inside limits.
 *
 * An output has steps: on a range of 20 V with 16 bits one is 305 microvolts. A voltage becomes the nearest step that is
 * inside the limits, so it is met to half a step, at a limit to one. The highest step is one below the range's high end.
 *
 * @module
 */

import type { Encoding } from "../model/enums.ts";

/** The range of an output, and its steps. */
export interface OutputScale {
  /** Volts of the lowest code. */
  readonly low: number;
  /** Volts one step above the highest code. */
  readonly high: number;
  /** Bits of a code. */
  readonly bits: number;
  /** How codes stand for volts; a two's-complement code is signed. */
  readonly encoding: Encoding;
}

/** The lowest and the highest step that limits allow, counted from the low end of the range. */
export interface CodeSpan {
  /** Lowest step. */
  readonly least: number;
  /** Highest step; below `least` where no step is inside the limits. */
  readonly most: number;
}

/** Limits in volts, as an `AnalogOutputVoltage` has them. */
export interface OutputLimits {
  /** Low end of what the user takes for possible. */
  readonly minVal: number;
  /** High end of it. */
  readonly maxVal: number;
  /** Lowest voltage that may be written; null is `minVal`. */
  readonly safeMin: number | null;
  /** Highest voltage that may be written; null is `maxVal`. */
  readonly safeMax: number | null;
}

/** A limit that is a step, but for the rounding of its digits, belongs to the codes that are allowed. */
const ROUNDING = 1e-6;

/** The steps whose volts are inside limits. */
export function codeSpanOf({ minVal, maxVal, safeMin, safeMax }: OutputLimits, scale: OutputScale): CodeSpan {
  const least = Math.max(0, Math.ceil(stepsOf(safeMin ?? minVal, scale) - ROUNDING));
  const most = Math.min(2 ** scale.bits - 1, Math.floor(stepsOf(safeMax ?? maxVal, scale) + ROUNDING));
  return { least, most };
}

/** The code for a voltage inside the limits that `span` was made of. */
export function outputCode(volts: number, scale: OutputScale, { least, most }: CodeSpan): number {
  return Math.min(Math.max(Math.round(stepsOf(volts, scale)), least), most) - zeroStep(scale);
}

/** What a code of an output is in volts. */
export function outputVolts(code: number, scale: OutputScale): number {
  const { low, high, bits } = scale;
  return (high - low) / 2 ** bits * (code + zeroStep(scale)) + low;
}

/** The step that code 0 stands for. */
function zeroStep({ bits, encoding }: OutputScale): number {
  return encoding === "twos_complement" ? 2 ** (bits - 1) : 0;
}

function stepsOf(volts: number, { low, high, bits }: OutputScale): number {
  return (volts - low) * 2 ** bits / (high - low);
}

/**
 * Codes and volts, by the SDK's own formula.
 *
 * @module
 */

import type { Encoding } from "../model/enums.ts";
import type { Codes } from "./codes.ts";

/** What turns the codes of one channel into volts. */
export interface Scaling {
  /** Volts of the lowest code at gain 1. */
  readonly lowVolts: number;
  /** Volts one step above the highest code at gain 1. */
  readonly highVolts: number;
  /** Gain the codes were taken with. */
  readonly gain: number;
  /** Significant bits of a code, 2 to 32. */
  readonly bits: number;
  /** How codes stand for volts. */
  readonly encoding: Encoding;
}

/**
 * Converts the codes of one channel to volts, into an array the caller owns:
 * `((high - low) / 2^bits * code + low) / gain`, where a two's-complement code has its top bit flipped first.
 *
 * @param codes Codes of one channel, in sample order.
 * @param volts Receives one value per code.
 * @param scaling Range, gain and resolution the codes were taken with.
 * @throws {RangeError} If `volts` is shorter than `codes`.
 *
 * @example Convert three codes of a ±10 V, 16-bit channel
 * ```ts
 * import { codesToVolts } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * const volts = new Float64Array(3);
 * const scaling = { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" } as const;
 * codesToVolts(Uint16Array.of(0, 32768, 65535), volts, scaling);
 * deepEqual([...volts], [-10, 0, 10 - 20 / 65536]);
 * ```
 */
export function codesToVolts(codes: Codes, volts: Float64Array, scaling: Scaling): void {
  if (volts.length < codes.length) {
    throw new RangeError(
      `Cannot convert ${codes.length} codes as "volts" has no room for them: its length is ${volts.length}`,
    );
  }
  const { lowVolts, highVolts, gain, bits } = scaling;
  const step = (highVolts - lowVolts) / 2 ** bits;
  if (codes instanceof Uint16Array && bits === 16 && scaling.encoding !== "twos_complement") {
    convertUnsigned(codes, volts, step, lowVolts, gain);
  } else {
    convertAny(codes, volts, scaling, step);
  }
}

/** The road of every sample of a 16-bit board: nothing in the loop but the formula, four samples a turn. */
function convertUnsigned(codes: Uint16Array, volts: Float64Array, step: number, low: number, gain: number): void {
  const n = codes.length;
  const fours = n - n % 4;
  if (gain === 1) { // x / 1 is x, and a division costs more than all the rest
    for (let i = 0; i < fours; i += 4) {
      volts[i] = codes[i]! * step + low;
      volts[i + 1] = codes[i + 1]! * step + low;
      volts[i + 2] = codes[i + 2]! * step + low;
      volts[i + 3] = codes[i + 3]! * step + low;
    }
  } else {
    for (let i = 0; i < fours; i += 4) {
      volts[i] = (codes[i]! * step + low) / gain;
      volts[i + 1] = (codes[i + 1]! * step + low) / gain;
      volts[i + 2] = (codes[i + 2]! * step + low) / gain;
      volts[i + 3] = (codes[i + 3]! * step + low) / gain;
    }
  }
  for (let i = fours; i < n; i++) volts[i] = (codes[i]! * step + low) / gain;
}

/** Signed, wide and wrapped codes: the mask takes offset-binary codes right that someone stored as signed. */
function convertAny(codes: Codes, volts: Float64Array, scaling: Scaling, step: number): void {
  const { lowVolts, gain, bits, encoding } = scaling;
  const flip = encoding === "twos_complement" ? 2 ** (bits - 1) : 0;
  const mask = bits === 32 ? 0xffffffff : 2 ** bits - 1;
  for (let i = 0; i < codes.length; i++) {
    volts[i] = ((((codes[i]! ^ flip) & mask) >>> 0) * step + lowVolts) / gain;
  }
}

/**
 * The code that stands for a voltage: the nearest one, as the board counts it (a two's-complement code is signed).
 *
 * @throws {RangeError} If the voltage is not finite or lies outside what the range can give at this gain.
 */
export function voltsToCode(volts: number, scaling: Scaling): number {
  const { lowVolts, highVolts, gain, bits, encoding } = scaling;
  const code = Math.round((volts * gain - lowVolts) * 2 ** bits / (highVolts - lowVolts));
  if (!(code >= 0 && code <= 2 ** bits)) { // also NaN
    throw new RangeError(
      `Cannot give ${volts} V as a code: the range is ${lowVolts / gain} to ${highVolts / gain} V at gain ${gain}`,
    );
  }
  const binary = Math.min(code, 2 ** bits - 1); // full scale itself is one step beyond the last code
  return encoding === "twos_complement" ? binary - 2 ** (bits - 1) : binary;
}

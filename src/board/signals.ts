/**
 * The signals of simulated boards. Each is a pure function of board, channel and sample index, so that every sample of a
 * recording can be told right or wrong.
 *
 * @module
 */

import { SENTINEL } from "../../ffi/constants.ts";
import type { Codes } from "../convert/codes.ts";
import { voltsToCode } from "../convert/scaling.ts";
import { thermocoupleRange, type ThermocoupleType, thermocoupleVolts } from "../convert/thermocouple.ts";
import { DtolValidationError } from "../errors.ts";
import { show } from "../model/fields.ts";

/**
 * A signal: `counting` makes a code of the sample's own identity; the others are volts at the input, before gain; `open` is a
 * sensor that is broken: full scale, or what a board that knows of sensors says of it. `thermocouple` is the emf of one
 * (type K unless said) whose cold junction has 25 degC; input 0 then shows that junction, 10 mV per degC. On a board that
 * measures by itself, numbers are what it gives there: degC of thermocouples, RTDs and thermistors, ohms, amps; and 25 degC
 * stand at every cold junction.
 */
export type Signal =
  | { readonly kind: "counting" }
  | {
    readonly kind: "sine";
    readonly hz: number;
    readonly amplitude: number;
    readonly offset?: number;
    readonly noise?: number;
  }
  | { readonly kind: "constant"; readonly volts: number }
  | { readonly kind: "thermocouple"; readonly degC: number; readonly type?: ThermocoupleType }
  | { readonly kind: "open" };

const GOLDEN = 0x9e3779b1;
const CHANNEL_STEP = 0x9e3779b9;
const HIGH_STEP = 0x85ebca6b;

/** FNV-1a of a board name: what makes two boards count differently. */
export function boardSeed(board: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(board)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The code of a sample in the counting pattern: a hash of board, channel and sample index that repeats only after 2^32
 * samples, so that a lost, doubled, swapped or shifted sample cannot look like the right one.
 *
 * The simulated SDK in C has the same function.
 *
 * @param seed {@linkcode boardSeed} of the board.
 * @param channel Physical channel.
 * @param index Sample index since the board was started.
 * @param bits Width of the code, at most 32.
 */
export function countingCode(seed: number, channel: number, index: number, bits = 16): number {
  const x = index + Math.imul(Math.floor(index / 2 ** 32), HIGH_STEP) + Math.imul(channel, CHANNEL_STEP) + seed;
  return Math.imul(x, GOLDEN) >>> (32 - bits);
}

/** Fills one channel's places of a scan-interleaved buffer. */
export type FillChannel = (codes: Codes, place: number, stride: number, first: number, scans: number) => void;

/** What a board measures at an input that it gives no volts of; what is beyond the ends it tells by its numbers for that. */
export interface Scale {
  /** Unit of the floats. */
  readonly unit: "degC" | "ohms" | "amps";
  /** Least value. */
  readonly low: number;
  /** Greatest value. */
  readonly high: number;
}

/** What a filler must know of the board. */
export interface FillContext {
  /** Board name. */
  readonly board: string;
  /** Physical channel. */
  readonly channel: number;
  /** Gain of the list entry. */
  readonly gain: number;
  /** Samples per second of the channel. */
  readonly rateHz: number;
  /** Volts at the ends of the range, before gain. */
  readonly low: number;
  /** See `low`. */
  readonly high: number;
  /** Bits of a code. */
  readonly bits: number;
  /** Where the board gives something else than volts: what. */
  readonly scale?: Scale;
}

/** Temperature of all simulated cold junctions, degC. */
export const COLD_JUNCTION_DEG_C = 25;

/** Makes the function that writes a signal's codes, or its volts where the board gives floats. */
export function fillerOf(signal: Signal, context: FillContext): FillChannel {
  if (signal.kind === "counting") return countingFiller(context);
  const { gain, low, high, bits } = context;
  const scaling = { lowVolts: low, highVolts: high, gain: 1, bits, encoding: "binary" } as const;
  const toCode = (volts: number) => voltsToCode(Math.min(Math.max(volts * gain, low), high), scaling);
  const voltsAt = wave(signal, context);
  const step = (high - low) / 2 ** bits;
  const toVolts = (volts: number) => (low + toCode(volts) * step) / gain;
  const toFloat = signal.kind === "open" ? () => SENTINEL.SENSOR_IS_OPEN : floatOf(context.scale, toVolts);
  return (codes, place, stride, first, scans) => {
    const toSample = codes instanceof Float32Array ? toFloat : toCode;
    for (let k = 0; k < scans; k++) codes[place + k * stride] = toSample(voltsAt(first + k));
  };
}

/** What a board that gives floats makes of a number: of a value beyond its scale it says so. */
function floatOf(scale: Scale | undefined, toVolts: (volts: number) => number): (value: number) => number {
  if (scale === undefined) return toVolts;
  const { low, high } = scale;
  return (value) =>
    value > high ? SENTINEL.TEMP_OUT_OF_RANGE_HIGH : value < low ? SENTINEL.TEMP_OUT_OF_RANGE_LOW : value;
}

/** What the terminals of a thermocouple show; input 0 has the sensor of the cold junction. */
function terminal(degC: number, type: ThermocoupleType, { channel, scale }: FillContext): number {
  if (scale !== undefined) return degC;
  if (channel === 0) return COLD_JUNCTION_DEG_C / 100;
  return thermocoupleVolts(type, degC) - thermocoupleVolts(type, COLD_JUNCTION_DEG_C);
}

/** Volts of a signal at a sample index. */
function wave(signal: Exclude<Signal, { kind: "counting" }>, context: FillContext): (index: number) => number {
  if (signal.kind === "open") return () => context.high;
  if (signal.kind === "constant") return () => signal.volts;
  if (signal.kind === "thermocouple") {
    const volts = terminal(signal.degC, signal.type ?? "K", context);
    return () => volts;
  }
  const { hz, amplitude, offset = 0, noise = 0 } = signal;
  const seed = boardSeed(context.board);
  return (index) => {
    const phase = (index * hz / context.rateHz) % 1;
    const grain = noise === 0 ? 0 : (countingCode(seed, context.channel, index) / 32768 - 1) * noise;
    return offset + amplitude * Math.sin(2 * Math.PI * phase) + grain;
  };
}

function countingFiller({ board, channel, bits }: FillContext): FillChannel {
  const base = (Math.imul(channel, CHANNEL_STEP) + boardSeed(board)) | 0;
  const shift = 32 - bits;
  return (codes, place, stride, first, scans) => {
    for (let k = 0, at = place; k < scans; k++, at += stride) {
      const index = first + k;
      const x = (index + Math.imul(Math.floor(index / 2 ** 32), HIGH_STEP)) | 0;
      codes[at] = Math.imul(x + base, GOLDEN) >>> shift;
    }
  };
}

function isTemperature(degC: number, type: ThermocoupleType): boolean {
  const { lowDegC, highDegC } = thermocoupleRange(type);
  return degC >= lowDegC && degC <= highDegC;
}

/** Checks a signal that comes from a user. */
export function checkSignal(signal: Signal): Signal {
  const ok = signal.kind === "counting" || signal.kind === "open" ||
    (signal.kind === "constant" && Number.isFinite(signal.volts)) ||
    (signal.kind === "thermocouple" && isTemperature(signal.degC, signal.type ?? "K")) ||
    (signal.kind === "sine" &&
      [signal.hz, signal.amplitude, signal.offset ?? 0, signal.noise ?? 0].every(Number.isFinite));
  if (!ok) {
    throw new DtolValidationError(`A simulated input cannot show ${show(signal)}: a field is missing or not finite`);
  }
  return signal;
}

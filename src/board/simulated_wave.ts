/**
 * What a simulated analog output carries at any instant of its run, in memory that the threads of outputs and inputs share:
 * an input that is wired to it then sees the right sample, however late either thread is.
 *
 * @module
 */

import type { Codes } from "../convert/codes.ts";

/** Words at the beginning: three of 64 bits, four of 32, and the outputs in list order. */
const START_NS = 0;
const RATE_HZ = 1;
const END = 2;
const RUNS = 6;
const SCANS = 7;
const LOOPS = 8;
const LIST = 9;
const MOST_OUTPUTS = 7;
const HEAD = LIST + 1 + MOST_OUTPUTS;

/** Codes that are kept; of a longer run only the first. */
const MOST_CODES = 1 << 22;

/** A run to come. */
export interface WaveForm {
  /** Outputs, in list order. */
  readonly outputs: readonly number[];
  /** Whether what is queued first is repeated. */
  readonly loops: boolean;
}

/** The waveform of the latest run of a board's outputs. */
export class Wave {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #whole: BigInt64Array<SharedArrayBuffer>;
  readonly #real: Float64Array<SharedArrayBuffer>;

  /** Attaches to shared memory, or makes it. */
  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4 * HEAD, { maxByteLength: 4 * (HEAD + MOST_CODES) }),
  ) {
    this.#words = new Int32Array(memory);
    this.#whole = new BigInt64Array(memory, 0, 3);
    this.#real = new Float64Array(memory, 0, 3);
  }

  /** A run is being made ready. */
  begin({ outputs, loops }: WaveForm): void {
    Atomics.store(this.#words, RUNS, 0);
    Atomics.store(this.#words, SCANS, 0);
    this.#words[LOOPS] = loops ? 1 : 0;
    this.#words[LIST] = outputs.length;
    this.#words.set(outputs.slice(0, MOST_OUTPUTS), LIST + 1);
  }

  /** Scans are queued behind what was queued before. */
  add(codes: Codes): void {
    const stride = this.#words[LIST]!;
    const at = HEAD + this.#words[SCANS]! * stride;
    const room = Math.floor((this.memory.maxByteLength / 4 - at) / stride);
    const scans = Math.min(codes.length / stride, room); // to the last one, or what came next would be taken for these
    const bytes = 4 * (at + scans * stride);
    if (bytes > this.memory.byteLength) {
      this.memory.grow(Math.min(Math.max(bytes, 2 * this.memory.byteLength), this.memory.maxByteLength));
    }
    this.#words.set(codes.subarray(0, scans * stride), at);
    Atomics.add(this.#words, SCANS, scans);
  }

  /** The first scan leaves now, the others by the clock. */
  start(monoNs: bigint, rateHz: number): void {
    this.#whole[START_NS] = monoNs;
    this.#real[RATE_HZ] = rateHz;
    this.#real[END] = Infinity;
    Atomics.store(this.#words, RUNS, 1);
  }

  /** No more scans leave than so many. */
  end(scans: number): void {
    this.#real[END] = scans;
  }

  /** The code of an output at an instant; null where no run tells it, and the output carries what it was set to. */
  codeAt(output: number, monoNs: bigint): number | null {
    const runs = Atomics.load(this.#words, RUNS) === 1;
    const scans = Atomics.load(this.#words, SCANS);
    const stride = this.#words[LIST]!;
    const place = this.#words.subarray(LIST + 1, LIST + 1 + stride).indexOf(output);
    if (!runs || scans === 0 || place < 0) return null;
    // One nanosecond more, as instants are cut to whole ones.
    const at = Math.floor(Number(monoNs - this.#whole[START_NS]! + 1n) * this.#real[RATE_HZ]! / 1e9);
    const scan = this.#words[LOOPS] === 1 ? at % scans : at;
    if (at < 0 || at >= this.#real[END]! || scan >= scans) return null;
    return this.#words[HEAD + scan * stride + place]!;
  }
}

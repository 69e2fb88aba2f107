/**
 * What the outputs of simulated boards carry, for as long as their backend lives: real ones keep their last value, too,
 * whoever closes them.
 *
 * @module
 */

import { CounterInputs } from "./simulated_counter_inputs.ts";
import { MODELS } from "./simulated_models.ts";
import { Wave } from "./simulated_wave.ts";
import { TriggerLine } from "./trigger_line.ts";

/**
 * What the outputs of one board carry, and what comes to its trigger and counter inputs. The memory of outputs and triggers
 * is shared with the threads that its inputs are drained on.
 */
export class Outlets {
  /** Codes of the analog outputs; at first 0 V. */
  readonly analog: Int32Array<SharedArrayBuffer>;
  /** Lines of the digital output port. */
  lines = 0;
  /** Its trigger inputs. */
  readonly triggers: TriggerLine = new TriggerLine();
  /** What its counters see. */
  readonly counters: CounterInputs = new CounterInputs();
  /** What the D/A has put out since its latest start. */
  readonly tape = new Tape();
  /** What the D/A carries at any instant of its latest run. */
  readonly wave: Wave = new Wave();
  /** What the digital lines that follow the scan of its A/D have carried since its latest start. */
  readonly scanLines = new Tape();
  /** Its outputs in that run, in the order of a scan. */
  played: readonly number[] = [];

  /** @param model Model of the board. */
  constructor(model: string) {
    const { output } = MODELS[model]!;
    this.analog = new Int32Array(new SharedArrayBuffer(4 * (output?.channels ?? 0)));
    this.analog.fill(2 ** ((output?.bits ?? 1) - 1));
  }
}

const TAPE_HEAD = 2;
const TAPE_CODES = 1 << 22;

/** The scans that have been put out since the latest start, in memory that two threads see; of a long run the first. */
export class Tape {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** Attaches to shared memory, or makes it. */
  constructor(
    readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4 * TAPE_HEAD, { maxByteLength: 4 * TAPE_CODES }),
  ) {
    this.#words = new Int32Array(memory);
  }

  /** A new run begins. */
  clear(): void {
    Atomics.store(this.#words, 0, 0);
  }

  /** A scan has left. */
  add(codes: readonly number[]): void {
    const at = TAPE_HEAD + this.#words[0]!;
    const needed = 4 * (at + codes.length);
    if (needed > this.memory.maxByteLength) return;
    if (needed > this.memory.byteLength) {
      this.memory.grow(Math.min(Math.max(needed, 2 * this.memory.byteLength), this.memory.maxByteLength));
    }
    this.#words.set(codes, at);
    this.#words[1] = codes.length;
    Atomics.store(this.#words, 0, this.#words[0]! + codes.length);
  }

  /** All of it, in the order of time. */
  all(): Int32Array {
    return this.#words.slice(TAPE_HEAD, TAPE_HEAD + Atomics.load(this.#words, 0));
  }

  /** The codes of the n-th output of the list. */
  read(place: number): Int32Array {
    const count = Atomics.load(this.#words, 0);
    const stride = this.#words[1]!;
    return Int32Array.from(
      { length: count / stride || 0 },
      (_, scan) => this.#words[TAPE_HEAD + scan * stride + place]!,
    );
  }
}

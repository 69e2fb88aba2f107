/**
 * A waveform in volts becomes codes, buffer by buffer: every sample of a chunk is looked at before any of it goes on.
 *
 * @module
 */

import { type Codes, type CodeType, newCodes } from "../convert/codes.ts";
import { type CodeSpan, codeSpanOf, outputCode, type OutputScale } from "../convert/output_codes.ts";
import { DtolValidationError } from "../errors.ts";
import type { AnalogOutputVoltage } from "../model/channels.ts";
import { show } from "../model/fields.ts";
import { checkVolts } from "./write_plan.ts";

/** Samples in volts: an array a channel, all of one length; of one channel the array itself. */
export type Waveform = Float64Array | readonly Float64Array[];

/** A waveform in chunks of any length: an array or generator of them, an async one, a `ReadableStream`. */
export type WaveformSource = Iterable<Waveform> | AsyncIterable<Waveform>;

/** How codes are to be put together. */
export interface BufferForm {
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Samples of each channel in a buffer. */
  readonly samplesPerBuffer: number;
  /** Whether the waveform is one period. */
  readonly loops: boolean;
}

/** The codes of a waveform. */
export class CodeFeed {
  readonly #source: Waveform | WaveformSource;
  readonly #channels: readonly AnalogOutputVoltage[];
  readonly #scale: OutputScale;
  readonly #form: BufferForm;
  readonly #spans: readonly CodeSpan[];
  #cancelled = false;
  #samples = 0;

  /** Checks a period at once. */
  constructor(
    source: Waveform | WaveformSource,
    channels: readonly AnalogOutputVoltage[],
    scale: OutputScale,
    form: BufferForm,
  ) {
    this.#source = source;
    this.#channels = channels;
    this.#scale = scale;
    this.#form = form;
    this.#spans = channels.map((channel) => codeSpanOf(channel, scale));
    if (!form.loops && !isIterable(source)) {
      throw new DtolValidationError(`Cannot play ${show(source)}: a stream is something that can be iterated`);
    }
    if (form.loops) this.#checkPeriod(this.#rowsOf(source));
  }

  /** Takes no more of the source. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Codes, scan after scan: whole buffers, and the rest. */
  async *buffers(): AsyncGenerator<Codes> {
    const { type, samplesPerBuffer } = this.#form;
    const outputs = this.#channels.length;
    let codes = newCodes(type, samplesPerBuffer * outputs);
    let at = 0;
    for await (const chunk of this.#chunks()) {
      if (this.#cancelled) return;
      const rows = this.#rowsOf(chunk);
      const length = rows[0]!.length;
      for (let k = 0; k < length; k++) {
        for (let i = 0; i < outputs; i++) codes[at++] = outputCode(rows[i]![k]!, this.#scale, this.#spans[i]!);
        if (at < codes.length) continue;
        yield codes;
        codes = newCodes(type, codes.length);
        at = 0;
      }
      this.#samples += length;
    }
    if (at > 0) yield codes.subarray(0, at) as Codes;
  }

  async *#chunks(): AsyncGenerator<unknown> {
    if (this.#form.loops) yield this.#source;
    else if (this.#source instanceof Float64Array) yield this.#source; // all of it in one
    else yield* this.#source as AsyncIterable<unknown>;
  }

  #checkPeriod(rows: readonly Float64Array[]): void {
    const { samplesPerBuffer } = this.#form;
    if (rows[0]!.length === samplesPerBuffer) return;
    throw new DtolValidationError(
      `Cannot repeat a waveform of ${
        rows[0]!.length
      } samples as spec.buffers.samplesPerBuffer is ${samplesPerBuffer}: ` +
        "the board repeats one buffer, so they must be equal",
    );
  }

  /** The rows of a chunk, all looked at. */
  #rowsOf(chunk: unknown): readonly Float64Array[] {
    const rows: readonly unknown[] = chunk instanceof Float64Array ? [chunk] : Array.isArray(chunk) ? chunk : [];
    const outputs = this.#channels.length;
    if (rows.length !== outputs || !rows.every((row) => row instanceof Float64Array)) {
      throw new DtolValidationError(
        `Cannot play a chunk that is not ${
          outputs === 1 ? "a Float64Array" : `${outputs} Float64Arrays, one a channel`
        }`,
      );
    }
    const length = rows[0]!.length;
    for (const [i, row] of rows.entries()) {
      const { name } = this.#channels[i]!;
      if (row.length !== length || length === 0) {
        throw new DtolValidationError(
          `Cannot play a chunk of ${row.length} samples of "${name}": ${
            length === 0 ? "it must have some" : `the others have ${length}`
          }`,
        );
      }
      this.#checkRow(row, i);
    }
    return rows as readonly Float64Array[];
  }

  #checkRow(row: Float64Array, i: number): void {
    const channel = this.#channels[i]!;
    const { minVal, maxVal, safeMin, safeMax } = channel;
    const [low, high] = [Math.max(minVal, safeMin ?? minVal), Math.min(maxVal, safeMax ?? maxVal)];
    for (let k = 0; k < row.length; k++) {
      if (row[k]! >= low && row[k]! <= high) continue; // false for NaN
      try {
        checkVolts(channel, row[k]);
      } catch (error) {
        const place = `sample ${this.#samples + k} of the waveform`;
        throw new DtolValidationError(`${(error as Error).message}: it is ${place}`, { cause: error });
      }
    }
  }
}

function isIterable(source: unknown): boolean {
  return typeof source === "object" && source !== null &&
    (Symbol.iterator in source || Symbol.asyncIterator in source);
}

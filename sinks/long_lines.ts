/**
 * Blocks as lines of text, one line a channel and sample, fast: what a channel's lines share is made once a block, times once
 * a sample for all channels, and the text of a value once a code.
 *
 * @module
 */

import type { BlockChannel, DaqBlock } from "../src/model/block.ts";
import { SENSOR_STATUSES, type SensorStatus } from "../src/model/enums.ts";
import { KeptTexts, keysOf } from "./kept_texts.ts";
import { CODE_COLUMN, LONG_COLUMNS, type Row } from "./columns.ts";
import { codesOfChannel, isAllWell, statusOf } from "./cells.ts";
import { blockToLongRows, sampleToRow } from "./rows.ts";
import { sampleTimeTexts } from "./times.ts";

/** How a format writes the parts of a line. The parts in order: head, value, unit, place, tail, and `code` if asked for. */
export interface LineForm {
  /** All that stands before the value. */
  head(block: DaqBlock, channel: BlockChannel): string;
  /** A value. */
  value(value: number): string;
  /** The unit, with all that separates it from the value before and the place behind it. */
  unit(channel: BlockChannel): string;
  /** Indices and times of a sample. */
  place(sampleIndex: number, blockIndex: number, mono: string, utc: string): string;
  /** All behind the place, without the end of the line. */
  tail(block: DaqBlock, channel: BlockChannel, status: SensorStatus | null): string;
  /** The code, if lines have one. */
  code(code: number | null): string;
  /** The end of a line. */
  end: string;
  /** A whole line from a row: for a block that has no samples but an error. */
  line(row: Row): string;
}

const LINES_AT_ONCE = 2048; // a quarter of a megabyte: large enough for the system, small enough for the caches
/** Writes blocks in one form. Keeps the texts of values from block to block. */
export class LongLines {
  readonly #form: LineForm;
  readonly #codes: boolean;
  readonly #kept = new Map<string, KeptTexts>();

  /**
   * Makes a writer.
   *
   * @param form How the format writes lines.
   * @param codes Whether lines have the code.
   */
  constructor(form: LineForm, codes: boolean) {
    this.#form = form;
    this.#codes = codes;
  }

  /** The lines of a block, some thousand at a time. */
  *linesOf(block: DaqBlock): Generator<string> {
    if (block.samplesPerChannel === 0) return yield* this.#errorLine(block);
    const places = this.#placesOf(block);
    for (const [i, channel] of block.channels.entries()) yield* this.#linesOfChannel(block, i, channel, places);
  }

  *#errorLine(block: DaqBlock): Generator<string> {
    const columns = this.#codes ? [...LONG_COLUMNS, CODE_COLUMN] : LONG_COLUMNS;
    for (const sample of blockToLongRows(block)) yield this.#form.line(sampleToRow(sample, columns));
  }

  #placesOf(block: DaqBlock): string[] {
    const { mono, utc } = sampleTimeTexts(block);
    const { firstSampleIndex: first, blockIndex } = block;
    return mono.map((text, k) => this.#form.place(first + k, blockIndex, text, utc[k]!));
  }

  *#linesOfChannel(block: DaqBlock, i: number, channel: BlockChannel, places: string[]): Generator<string> {
    const form = this.#form;
    const n = block.samplesPerChannel;
    const values = block.values(i);
    const keys = keysOf(block, i, values);
    const lines: ChannelLines = {
      head: form.head(block, channel),
      texts: this.#keptFor(channel),
      keys,
      values,
      places,
    };
    const okTail = form.tail(block, channel, "ok") + form.end;
    const tails = !this.#codes && isAllWell(block, i) ? null : this.#tailsOf(block, i, channel, values);
    for (let from = 0; from < n; from += LINES_AT_ONCE) {
      const to = Math.min(from + LINES_AT_ONCE, n);
      yield tails === null ? sameTail(lines, okTail, from, to) : ownTails(lines, tails, from, to);
    }
  }

  /** A tail for each sample, where they are not all the same. */
  #tailsOf(block: DaqBlock, i: number, channel: BlockChannel, values: Float64Array): (k: number) => string {
    const form = this.#form;
    const mask = block.sensorStatus.get(channel.name);
    const codes = codesOfChannel(block, i);
    const ofStatus = new Map<SensorStatus | null, string>(
      [...SENSOR_STATUSES, null].map((status) => [status, form.tail(block, channel, status)]),
    );
    return (k) => {
      const tail = ofStatus.get(statusOf(mask?.[k] ?? 0, values[k]!))!;
      return tail + (this.#codes ? form.code(codes?.[k] ?? null) : "") + form.end;
    };
  }

  /** Channels with the same scaling and unit share their texts; nobody has more than a few. */
  #keptFor(channel: BlockChannel): KeptTexts {
    const unit = this.#form.unit(channel);
    const key = JSON.stringify([channel.scaling, unit]);
    let kept = this.#kept.get(key);
    if (kept === undefined) this.#kept.set(key, kept = new KeptTexts((value) => this.#form.value(value) + unit));
    return kept;
  }
}

interface ChannelLines {
  readonly head: string;
  readonly texts: KeptTexts;
  readonly keys: ArrayLike<number>;
  readonly values: Float64Array;
  readonly places: readonly string[];
}

/** The road of every sample that is well: three pieces of text a line, as the end of one and the head of the next are one. */
function sameTail({ head, texts, keys, values, places }: ChannelLines, tail: string, from: number, to: number): string {
  const joint = tail + head;
  let text = head + texts.textOf(keys[from]!, values[from]!) + places[from]!;
  for (let k = from + 1; k < to; k++) text += joint + texts.textOf(keys[k]!, values[k]!) + places[k]!;
  return text + tail;
}

function ownTails(
  { head, texts, keys, values, places }: ChannelLines,
  tail: (k: number) => string,
  from: number,
  to: number,
): string {
  let text = "";
  for (let k = from; k < to; k++) text += head + texts.textOf(keys[k]!, values[k]!) + places[k]! + tail(k);
  return text;
}

/**
 * A double as text that no reader takes for a whole number, with the sign of -0: the shortest digits that give the same
 * double again.
 */
export function doubleText(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}

/**
 * Blocks in the wide layout, a line a scan, fast: the text of a value is made once a code.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";
import { KeptTexts, keysOf } from "../kept_texts.ts";
import { scanStatus } from "../cells.ts";
import { sampleTimeTexts } from "../times.ts";
import { csvNumber, csvText } from "./cells.ts";

const SCANS_AT_ONCE = 1024;

/** Writes scans whose columns are those of their channels. Keeps the texts of values from block to block. */
export class ScanLines {
  readonly #kept = new Map<string, KeptTexts>();

  /** The lines of a block, some at a time. */
  *linesOf(block: DaqBlock): Generator<string> {
    const { samplesPerChannel: n, firstSampleIndex: first } = block;
    const { mono, utc } = sampleTimeTexts(block);
    const cells = block.channels.map((_, i) => this.#cellsOf(block, i));
    const head = `${csvText(block.device)},${csvText(block.task)},${block.blockIndex},`;
    const tail = tailsOf(block);
    for (let from = 0; from < n; from += SCANS_AT_ONCE) {
      let text = "";
      for (let k = from; k < Math.min(from + SCANS_AT_ONCE, n); k++) {
        text += `${head}${first + k},${mono[k]!},${utc[k]!}`;
        for (const { texts, keys, values } of cells) text += texts.textOf(keys[k]!, values[k]!);
        text += tail(k);
      }
      yield text;
    }
  }

  #cellsOf(block: DaqBlock, i: number): { texts: KeptTexts; keys: ArrayLike<number>; values: Float64Array } {
    const values = block.values(i);
    const scaling = JSON.stringify(block.channels[i]!.scaling); // channels that share it share their texts
    let texts = this.#kept.get(scaling);
    if (texts === undefined) this.#kept.set(scaling, texts = new KeptTexts((value) => `,${csvNumber(value)}`));
    return { texts, keys: keysOf(block, i, values), values };
  }
}

/** What stands behind the values of each scan: the same in all of them, unless a sensor is not well. */
function tailsOf(block: DaqBlock): (k: number) => string {
  const { error } = block;
  const head = `,${error?.type ?? ""},${csvText(error?.text ?? "")},`;
  if (block.sensorStatus.size > 0) return (k) => `${head}${csvText(scanStatus(block, k))}\r\n`;
  const same = `${head}${csvText("{}")}\r\n`;
  return () => same;
}

/**
 * What goes by while a file is read: counts, and everything that is not as it should be.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";
import type { BlockFile } from "./block_file.ts";

const MAX_LISTED = 100;

/** Counts blocks, and looks for what is missing between them. */
export class Tally {
  /** Blocks with samples. */
  blocks = 0;
  /** Samples of each channel in them. */
  samplesPerChannel = 0;
  /** The first block with samples. */
  first: DaqBlock | null = null;
  readonly #problems: string[] = [];
  #unlisted = 0;
  #next = 0;

  /** Takes the next block. */
  count(block: DaqBlock): void {
    const { error, firstSampleIndex: first, samplesPerChannel: n, blockIndex } = block;
    if (error !== null) this.#tell(`at sample ${first}: ${error.text.replaceAll(/\s*\n\s*/g, " ")}`);
    if (n === 0) return;
    this.first ??= block;
    if (first < this.#next) this.#tell(`block ${blockIndex} begins at sample ${first}, before sample ${this.#next}`);
    if (first > this.#next) this.#tell(`${first - this.#next} samples are missing before sample ${first}`);
    this.blocks++;
    this.samplesPerChannel += n;
    this.#next = first + n;
  }

  /** What it came to, once all blocks of a file were counted: samples that are missing, and what else is wrong. */
  end(file: BlockFile): { missing: number; problems: string[]; endedInOrder: boolean | null } {
    const { damage, oddEnd, endedInOrder, endSampleIndex } = file.end();
    if (endSampleIndex > this.#next) this.#tell(`${endSampleIndex - this.#next} samples are missing at the end`);
    const missing = Math.max(0, Math.max(endSampleIndex, this.#next) - this.samplesPerChannel);
    const unlisted = this.#unlisted === 0 ? [] : [`${this.#unlisted} more gaps and errors`];
    return { missing, problems: [...this.#problems, ...unlisted, ...damage, ...oddEnd], endedInOrder };
  }

  #tell(problem: string): void {
    if (this.#problems.length < MAX_LISTED) this.#problems.push(problem);
    else this.#unlisted++;
  }
}

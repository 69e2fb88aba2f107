/**
 * What goes by while a file is read: counts, and everything that is not as it should be.
 *
 * @module
 */

import type { DaqBlock } from "../../src/model/block.ts";
import type { BlockFile } from "./block_file.ts";

const MAX_LISTED = 100;

/** One task: the sample behind its last one, and how many there are. */
interface Run {
  next: number;
  samples: number;
}

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
  /** How far each task has come, by board and name: a file may hold several. */
  readonly #runs = new Map<string, Run>();

  /** Takes the next block. */
  count(block: DaqBlock): void {
    const { error, firstSampleIndex: first, samplesPerChannel: n, blockIndex } = block;
    if (error !== null) this.#tell(`at sample ${first}: ${error.text.replaceAll(/\s*\n\s*/g, " ")}`);
    if (n === 0) return;
    this.first ??= block;
    const run = this.#runOf(block);
    if (first < run.next) this.#tell(`block ${blockIndex} begins at sample ${first}, before sample ${run.next}`);
    if (first > run.next) this.#tell(`${first - run.next} samples are missing before sample ${first}`);
    this.blocks++;
    this.samplesPerChannel += n;
    run.samples += n;
    run.next = first + n;
  }

  /** What it came to, once all blocks of a file were counted: samples that are missing, and what else is wrong. */
  end(file: BlockFile): { missing: number; problems: string[]; endedInOrder: boolean | null } {
    const { damage, oddEnd, endedInOrder, endSampleIndex } = file.end();
    const runs = [...this.#runs.values()];
    const last = runs.at(-1)?.next ?? 0; // formats that know the end hold one task
    if (endSampleIndex > last) this.#tell(`${endSampleIndex - last} samples are missing at the end`);
    const atEnd = Math.max(0, endSampleIndex - last);
    const missing = atEnd + runs.reduce((sum, { next, samples }) => sum + Math.max(0, next - samples), 0);
    const unlisted = this.#unlisted === 0 ? [] : [`${this.#unlisted} more gaps and errors`];
    return { missing, problems: [...this.#problems, ...unlisted, ...damage, ...oddEnd], endedInOrder };
  }

  #runOf({ device, task }: DaqBlock): Run {
    const key = JSON.stringify([device, task]);
    let run = this.#runs.get(key);
    if (run === undefined) this.#runs.set(key, run = { next: 0, samples: 0 });
    return run;
  }

  #tell(problem: string): void {
    if (this.#problems.length < MAX_LISTED) this.#problems.push(problem);
    else this.#unlisted++;
  }
}

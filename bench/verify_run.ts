/**
 * Reads a `.dt-raw` file of the counting signal, and says whether every sample is there and right.
 *
 * Arguments: file, samples of each channel.
 *
 * @module
 */

import { openRaw } from "../src/raw/replay.ts";
import { firstWrongSample } from "../src/testing.ts";

const path = Deno.args[0]!;
const expected = Number(Deno.args[1]);
await using file = await openRaw(path);
let samples = 0;
let wrong: unknown = null;
for await (const block of file.blocks()) {
  wrong ??= block.firstSampleIndex === samples ? firstWrongSample(block) : { gapAt: samples };
  samples += block.samplesPerChannel;
  if (wrong !== null) break;
}
const { gaps, damage, endedInOrder, bytes } = file.report;
const right = wrong === null && samples === expected && gaps.length === 0 && damage.length === 0 && endedInOrder;
console.log(JSON.stringify({ right, samples, wrong, gaps: gaps.length, damage: damage.length, endedInOrder, bytes }));

// Files that hold the blocks of several boards, tasks or runs: none is taken for another's.
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { inspectFile, ParquetSink, readBlocks } from "../../sinks/mod.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { block, CHANNELS, inFolder } from "../sinks/records.ts";

const OTHER = { device: "DT9805(00)", task: "heat" };

/** What tells a block from others. */
function placeOf(block: DaqBlock): unknown {
  const { device, task, channels, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, data } = block;
  return [device, task, channels.length, blockIndex, firstSampleIndex, samplesPerChannel, gapBefore, ...data];
}

/** Writes blocks into a Parquet file, and holds what is read back against what must come. */
async function comesBack(path: string, given: readonly DaqBlock[], expected = given): Promise<void> {
  await using sink = new ParquetSink(path);
  for (const one of given) await sink.write(one);
  await sink.close();
  deepEqual((await Array.fromAsync(readBlocks(path))).map(placeOf), expected.map(placeOf));
}

for (const channels of [CHANNELS, CHANNELS.slice(1)]) {
  Deno.test(`blocks of two boards in one Parquet file stay apart, ${channels.length} channels each`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/rig.parquet`;
      const force = [0, 1, 2].map((i) => block(i, 3, { channels }));
      const heat = [0, 1, 2].map((i) => block(i, 3, { channels, ...OTHER }));
      await comesBack(path, [force[0]!, heat[0]!, force[1]!, heat[1]!, heat[2]!, force[2]!]);
      const { blocks, samplesPerChannel, missing, problems } = await inspectFile(path);
      deepEqual([blocks, samplesPerChannel, missing, problems], [6, 18, 0, []]);
    }));

  Deno.test(`what is missing of one board in a Parquet file is told, ${channels.length} channels each`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/rig.parquet`;
      const force = [0, 1].map((i) => block(i, 3, { channels }));
      const behind = (gapBefore: number) => block(1, 3, { channels, gapBefore, ...OTHER });
      await comesBack(path, [force[0]!, behind(0), force[1]!], [force[0]!, behind(3), force[1]!]);
      const { missing, problems } = await inspectFile(path);
      deepEqual([missing, problems], [3, ["3 samples are missing before sample 3"]]);
    }));

  Deno.test(`two runs of a task in one Parquet file stay apart, ${channels.length} channels each`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/twice.parquet`;
      const run = () => block(0, 3, { channels: channels.map((one) => ({ ...one })) });
      await comesBack(path, [run(), run()]);
      deepEqual((await inspectFile(path)).problems, ["block 0 begins at sample 0, before sample 3"]);
    }));
}

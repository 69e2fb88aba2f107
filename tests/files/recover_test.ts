// inspectFile() and recoverFile(): what is wrong is told, what is whole is saved, and nothing else is touched.
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { DtolReadError, DtolResourceError, DtolValidationError } from "../../src/errors.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { convert, inspectFile, ParquetSink, RawCountsSink, recoverFile, recoverParquet } from "../../sinks/mod.ts";
import { countingRun } from "./counting.ts";
import { blocksOf, factsOf, RUNS } from "./runs.ts";
import { inFolder, outputOf, reading } from "../sinks/records.ts";
import { DECOMPRESSORS } from "../../sinks/parquet/compression.ts";
import { codesFor, header, put, seeded, writeSmall } from "../raw/fixtures.ts";

const READ_RAW = fileURLToPath(new URL("../raw/interop/read_raw.py", import.meta.url));

Deno.test("inspectFile() tells what is in a file of each format, and is content with one that is whole", () =>
  inFolder(async (folder) => {
    RUNS["whole"]!(`${folder}/run.dt-raw`);
    for (const name of ["run.parquet", "run.arrow"]) await convert(`${folder}/run.dt-raw`, `${folder}/${name}`);
    for (const [name, endedInOrder] of [["run.dt-raw", true], ["run.parquet", null], ["run.arrow", true]] as const) {
      const { bytes, file, ...rest } = await inspectFile(`${folder}/${name}`);
      equal(file, `${folder}/${name}`);
      equal(bytes, Deno.statSync(file).size);
      deepEqual(rest, {
        format: name === "run.dt-raw" ? "raw" : name.slice(4),
        board: "DT9806(00)",
        task: "bench",
        channels: ["ch0", "ch1"],
        rateHz: 150_000,
        startedAt: "2026-05-28T12:34:56.123456789Z",
        blocks: 3,
        samplesPerChannel: 15,
        missing: 0,
        endedInOrder,
        problems: [],
      });
    }
    await convert(`${folder}/run.dt-raw`, `${folder}/run.csv`);
    await rejects(inspectFile(`${folder}/run.csv`), DtolValidationError);
    await rejects(inspectFile(`${folder}/none.dt-raw`), DtolReadError);
  }));

Deno.test("inspectFile() tells losses, errors, torn ends, damage and what is missing at the end", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const problems = async (content: Uint8Array) => {
      Deno.writeFileSync(path, content);
      const { problems, missing, endedInOrder } = await inspectFile(path);
      return { text: problems.join("\n"), missing, endedInOrder };
    };
    const gap = await problems(bytes);
    match(gap.text, /at sample 15: the board overran \[op=overrun\]\n7 samples are missing before sample 22$/);
    deepEqual([gap.missing, gap.endedInOrder], [7, true]);
    const killed = await problems(bytes.subarray(0, ends.at(-2)));
    match(killed.text, /the recording was not ended in order$/);
    deepEqual([killed.missing, killed.endedInOrder], [7, false]);
    match((await problems(bytes.subarray(0, ends.at(-2)! - 1))).text, /\d+ bytes at the end are of a block/);
    const atMarker = await problems(bytes.subarray(0, ends[4]));
    match(atMarker.text, /7 samples are missing at the end/);
    equal(atMarker.missing, 7);
    const flipped = bytes.slice();
    flipped[ends[1]! - 1]! ^= 1;
    const damaged = await problems(flipped);
    match(damaged.text, /5 samples are missing before sample 5\n[^]*damaged at byte \d+: the checksum of its samples/);
    equal(damaged.missing, 12);
  }));

Deno.test("a long list of problems is cut, and counted", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const blocks = countingRun({ channels: 1, samples: 2, blocks: 500 }).filter((_, i) => i % 2 === 1);
    await ReadableStream.from(blocks).pipeTo(new RawCountsSink(path));
    const { problems } = await inspectFile(path);
    equal(problems.length, 101);
    equal(problems.at(-1), "150 more gaps and errors");
  }));

Deno.test("a raw file that is whole is left alone", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes } = writeSmall(path);
    const report = await recoverFile(path);
    deepEqual(report, { file: path, wasWhole: true, samples: 22, problems: [], damagedFile: null });
    deepEqual(Deno.readFileSync(path), bytes);
    deepEqual([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("a raw file that was not ended is ended: all blocks, markers, causes and axes as they were", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    for (const cut of [2, 3]) { // before the last block, and before the marker in front of it
      RUNS["with a loss, a restart and a partial block"]!(path);
      const ends = chunkEnds(path);
      await Deno.truncate(path, ends.at(-cut)!);
      const [expected, before] = [(await blocksOf(path)).map(factsOf), await reportOf(path)];
      const { wasWhole, problems, samples, damagedFile } = await recoverFile(path);
      deepEqual([wasWhole, problems, samples], [false, [], before.samples]);
      deepEqual((await blocksOf(path)).map(factsOf), expected);
      const after = await reportOf(path);
      deepEqual([after.lost, after.gaps, after.endSampleIndex], [before.lost, before.gaps, before.endSampleIndex]);
      deepEqual([after.endedInOrder, after.endCause, after.damage], [true, "recovered", []]);
      equal(Deno.statSync(damagedFile!).size, ends.at(-cut));
      deepEqual((await recoverFile(path)).wasWhole, true);
      for (const name of [path, damagedFile!]) Deno.removeSync(name);
    }
  }));

Deno.test("a loss that a raw file does not explain is not called damage by its recovery", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const writer = RawWriter.create(path);
    writer.begin(header());
    put(writer, 0, 0, 5);
    put(writer, 2, 10, 5, { gapBefore: 5 });
    writer.close(); // not ended
    await recoverFile(path);
    deepEqual((await reportOf(path)).lost, new Map([["unknown", 5]]));
  }));

async function reportOf(path: string) {
  await using file = await openRaw(path);
  return await file.verify();
}

/** Where the chunks of a raw file end. */
function chunkEnds(path: string): number[] {
  const bytes = Deno.readFileSync(path);
  const text = new TextDecoder("latin1").decode(bytes);
  const starts = [...text.matchAll(/\{"seq":/g)].map(({ index }) => index - 4);
  return [...starts.slice(1), bytes.length];
}

Deno.test("cut anywhere and with flipped bytes, a raw file keeps every whole sample, and Python reads the new one", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes, ends } = writeSmall(`${folder}/whole.dt-raw`);
    const random = seeded(11);
    let recovered = 0;
    for (let i = 0; i < 60; i++) {
      const cut = ends[0]! + Math.floor(random() * (bytes.length - ends[0]!));
      const damaged = bytes.slice(0, i % 3 === 0 ? bytes.length : cut);
      for (let flips = i % 4; flips > 0; flips--) {
        damaged[ends[0]! + Math.floor(random() * (damaged.length - ends[0]!))]! ^= 1 << Math.floor(random() * 8);
      }
      Deno.writeFileSync(path, damaged);
      const before = (await blocksOf(path).catch(() => [])).filter(({ codes }) => codes !== null);
      const report = await recoverFile(path);
      if (report.wasWhole) continue;
      recovered++;
      deepEqual(Deno.readFileSync(report.damagedFile!), damaged, "the old one is kept");
      const after = (await blocksOf(path)).filter(({ codes }) => codes !== null);
      deepEqual(after.map(factsOf), before.map(factsOf));
      for (const { codes, firstSampleIndex, samplesPerChannel } of after) {
        deepEqual(codes, codesFor("uint16", 2, firstSampleIndex, samplesPerChannel));
      }
      const { damage, endedInOrder } = await reportOf(path);
      deepEqual([damage, endedInOrder], [[], true]);
      if (i < 10) await pythonReads(path, after.map(({ firstSampleIndex }) => firstSampleIndex));
      Deno.removeSync(report.damagedFile!);
    }
    ok(recovered > 40, `${recovered}`);
  }));

async function pythonReads(path: string, firsts: readonly number[]): Promise<void> {
  const text = await outputOf("python3", [READ_RAW, path]);
  if (text === null) return;
  const chunks = JSON.parse(text).chunks as { first_sample_index: number; valid_samples: number }[];
  deepEqual(chunks.filter((chunk) => chunk.valid_samples > 0).map((chunk) => chunk.first_sample_index), firsts);
}

Deno.test("what an earlier recovery kept is never written over", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const kept: string[] = [];
    for (let i = 1; i <= 3; i++) {
      Deno.writeFileSync(path, bytes.subarray(0, ends.at(-1)! - 10 * i));
      kept.push((await recoverFile(path)).damagedFile!);
    }
    deepEqual(kept, [`${path}.damaged`, `${path}.damaged.2`, `${path}.damaged.3`]);
    deepEqual(kept.map((name) => Deno.statSync(name).size), [10, 20, 30].map((n) => bytes.length - n));
  }));

Deno.test("a recovery that fails leaves the file alone, and nothing beside it", () =>
  inFolder(async (folder) => {
    const { bytes, ends } = writeSmall(`${folder}/run.dt-raw`);
    const broken = bytes.slice(0, ends.at(-2)! - 5);
    broken[20]! ^= 1; // the file header
    const contents: Record<string, Uint8Array> = {
      "header.dt-raw": broken,
      "text.dt-raw": new TextEncoder().encode("no raw file"),
      "text.parquet": new TextEncoder().encode("no Parquet file"),
      "empty.dt-raw": new Uint8Array(0),
    };
    for (const [name, content] of Object.entries(contents)) {
      Deno.writeFileSync(`${folder}/${name}`, content);
      const before = [...Deno.readDirSync(folder)].length;
      await rejects(recoverFile(`${folder}/${name}`), DtolReadError, name);
      deepEqual(Deno.readFileSync(`${folder}/${name}`), content);
      equal([...Deno.readDirSync(folder)].length, before, name);
    }
    for (const name of ["a.csv", "a.jsonl", "a.db", "a.arrow"]) {
      await rejects(recoverFile(`${folder}/${name}`), /needs no recovery/);
    }
    await rejects(recoverFile(`${folder}/none.dt-raw`), DtolReadError);
  }));

Deno.test("a file that a sink or a recording is writing is not recovered, and goes on", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const refused = () => rejects(recoverFile(path), DtolResourceError);
    const [first, ...blocks] = countingRun({ channels: 2, samples: 50, blocks: 4 });
    await using sink = new RawCountsSink(path);
    await sink.writeRaw(first!);
    await refused();
    for (const block of blocks) await sink.writeRaw(block);
    await sink.close();
    deepEqual((await inspectFile(path)).problems, []);
    Deno.removeSync(path);
    if (Deno.build.os === "windows") return; // no lock there: the next test is what holds
    const writer = RawWriter.create(path); // as a recording in another program has it
    writer.begin(header());
    put(writer, 0, 0, 5);
    await refused();
    put(writer, 1, 5, 5);
    writer.end();
    writer.close();
    deepEqual((await inspectFile(path)).problems, []);
  }));

Deno.test("a file that changes while it is recovered is left alone, where no lock told of its writer", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    Deno.writeFileSync(path, bytes.subarray(0, ends.at(-1)! - 10));
    const { stat } = Deno;
    const system = Deno as { stat: typeof Deno.stat };
    let looks = 0;
    system.stat = async (of) => { // between any two looks at the file there is a write
      const found = await stat(of);
      if (of === path) Deno.utimeSync(path, new Date(), new Date(1e12 + 1000 * ++looks));
      return found;
    };
    try {
      await rejects(recoverFile(path), DtolResourceError);
    } finally {
      system.stat = stat;
    }
    ok(looks >= 2, `it looked ${looks} times`);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["run.dt-raw"]);
  }));

Deno.test("a Parquet file whose sink died is recovered with every block, and read back", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.parquet`;
    const blocks = countingRun({ channels: 2, samples: 300, blocks: 12 });
    const dying = new ParquetSink(path, { rowGroupSize: 2000 });
    for (const block of blocks) await dying.write(block);
    await rejects(inspectFile(path), /recover it first/);
    const copy = `${folder}/copy.parquet`; // as the crash leaves it
    Deno.copyFileSync(path, copy);
    Deno.copyFileSync(`${path}.journal`, `${copy}.journal`);
    const report = await recoverFile(copy);
    deepEqual(report, { file: copy, wasWhole: false, samples: 7200, problems: [], damagedFile: null });
    deepEqual((await blocksOf(copy)).map(factsOf), blocks.map(factsOf));
    deepEqual((await inspectFile(copy)).problems, []);
    await dying.close();
  }));

Deno.test("readings that fit the columns of a Parquet file in another way than the first are recovered as they fit", () =>
  inFolder(async (folder) => {
    const [path, crashed] = [`${folder}/run.parquet`, `${folder}/crashed.parquet`];
    const of = (i: number, values: Record<string, number | boolean>) => {
      const units = Object.fromEntries(Object.keys(values).map((name) => [name, "V"]));
      return reading(i, { values, units });
    };
    const dying = new ParquetSink(path, { onWarning: () => {} });
    await dying.writeMany([of(0, { x: 1, x_unit: 2 })]);
    await dying.writeMany([of(1, { x_unit: 3 }), of(2, { x: true, dropped: 1 })]);
    for (const suffix of ["", ".journal"]) Deno.copyFileSync(path + suffix, crashed + suffix);
    await dying.close();
    equal((await recoverFile(crashed)).samples, 3);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(crashed), compressors: DECOMPRESSORS });
    deepEqual(rows.map(({ x, x_unit, x_unit_channel }) => [x, x_unit, x_unit_channel]), [
      [1, "V", 2],
      [null, null, 3],
      [1, "V", null],
    ]);
  }));

Deno.test("what an earlier recovery of a Parquet file kept is never written over", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.parquet`;
    Deno.writeTextFileSync(`${path}.damaged`, "of an earlier run");
    await using dying = new ParquetSink(`${folder}/dying.parquet`);
    for (const block of countingRun({ channels: 1, samples: 10, blocks: 2 })) await dying.write(block);
    for (const suffix of ["", ".journal"]) Deno.copyFileSync(`${folder}/dying.parquet${suffix}`, path + suffix);
    const { damagedPath } = await recoverParquet(path, { keepDamaged: true });
    equal(damagedPath, `${path}.damaged.2`);
    deepEqual(Deno.readFileSync(damagedPath!), Deno.readFileSync(dying.path));
    equal(Deno.readTextFileSync(`${path}.damaged`), "of an earlier run");
  }));

for (const [kind, write] of Object.entries(RUNS)) {
  Deno.test(`a run ${kind} in the journal of a Parquet sink that died comes back as it was, and explains itself`, () =>
    inFolder(async (folder) => {
      write(`${folder}/run.dt-raw`);
      const blocks = await blocksOf(`${folder}/run.dt-raw`);
      const [path, crashed] = [`${folder}/run.parquet`, `${folder}/crashed.parquet`];
      const dying = new ParquetSink(path);
      for (const block of blocks) await dying.write(block);
      for (const suffix of ["", ".journal"]) Deno.copyFileSync(path + suffix, crashed + suffix);
      await dying.close();
      await recoverFile(crashed);
      deepEqual((await blocksOf(crashed)).map(factsOf), blocks.map(factsOf));
      deepEqual(await descriptionOf(crashed), await descriptionOf(path));
    }));
}

async function descriptionOf(path: string): Promise<string | undefined> {
  const { key_value_metadata: pairs } = await parquetMetadataAsync(await asyncBufferFromFile(path));
  return pairs?.find(({ key }) => key === "dtollib")?.value;
}

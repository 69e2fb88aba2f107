// A Parquet file without its footer is unreadable; the crash promise is that it can be made readable again.
//   deno test -A tests/sinks/parquet_crash_test.ts -- --rounds 1000

import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { parseArgs } from "node:util";
import {
  DtolBufferOverrunError,
  DtolReadError,
  DtolResourceError,
  DtolSinkError,
  DtolSinkWriteError,
} from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { ParquetSink, type ParquetSinkOptions, recoverParquet } from "../../sinks/parquet.ts";
import type { OpenFile } from "../../sinks/file.ts";
import { diskOf } from "./faulty_disk.ts";
import { killLoop } from "./kill_loop.ts";
import {
  ANCHOR,
  blockOf,
  channel,
  expectedRows,
  firstDifference,
  inFolder,
  readWithDuckdb,
  readWithHyparquet,
  run,
} from "./parquet_fixtures.ts";
import { killReading, PARQUET_KILL_CASES } from "./parquet_kill.ts";

const { rounds } = parseArgs({ args: Deno.args, options: { rounds: { type: "string", default: "20" } } }).values;
const perCase = Math.ceil(Number(rounds) / 4);

for (const [when, kill] of Object.entries(PARQUET_KILL_CASES)) {
  Deno.test(`W-65 killed ${when}: every acknowledged write can be recovered (${perCase} rounds)`, async () => {
    await killLoop(kill, perCase);
  });
}

const ERROR = new DtolBufferOverrunError("the board overran", { context: { board: "DT9806(00)", operation: "drain" } });

/** File and journal as a program leaves them that dies now. */
interface Crash {
  readonly file: Uint8Array;
  readonly journal: Uint8Array;
}

/** Writes blocks and takes file and journal away before the end; also how long each was after each write. */
async function crashed(
  folder: string,
  blocks: readonly DaqBlock[],
  options: ParquetSinkOptions = {},
): Promise<{ crashes: Crash[] }> {
  const path = `${folder}/crashing.parquet`;
  await using sink = new ParquetSink(path, { ...options, ifExists: "overwrite" });
  const crashes: Crash[] = [];
  for (const block of blocks) {
    await sink.write(block);
    crashes.push({ file: await Deno.readFile(path), journal: await Deno.readFile(`${path}.journal`) });
  }
  return { crashes };
}

async function put(path: string, { file, journal }: Crash): Promise<void> {
  await Deno.writeFile(path, file);
  await Deno.writeFile(`${path}.journal`, journal);
}

Deno.test("W-65 the journal may end at any byte: every whole block in it is recovered, and the file's row groups", async () => {
  await inFolder(async (folder) => {
    const blocks = run(5, 10, 2); // three make a row group, two are in the journal
    const { crashes } = await crashed(folder, blocks, { rowGroupSize: 60 });
    const { file, journal } = crashes.at(-1)!;
    const path = `${folder}/cut.parquet`;
    const counts = new Set<number>();
    // On Windows a file call takes several times as long: every byte is tried on Linux, and a share of them there.
    for (let cut = journal.length; cut >= 0; cut -= Deno.build.os === "windows" ? 7 : 1) {
      await put(path, { file, journal: journal.subarray(0, cut) });
      const { rows, damage, fromJournal } = await recoverParquet(path);
      deepEqual(damage, [], `cut at byte ${cut}`);
      equal(rows, 60 + 20 * fromJournal, `cut at byte ${cut}`);
      const found = blocks.slice(0, 3 + fromJournal);
      equal(firstDifference(await readWithHyparquet(path), expectedRows(found)), null, `cut at byte ${cut}`);
      counts.add(fromJournal);
    }
    deepEqual([...counts], [2, 1, 0]);
  });
});

Deno.test("W-65 the file may end anywhere in a row group that is being written: its blocks are in the journal", async () => {
  await inFolder(async (folder) => {
    const blocks = run(3, 10, 2);
    const path = `${folder}/cut.parquet`;
    // The fourth block overflows: the row group is in the file, and the journal still as it was before.
    const { crashes } = await crashed(folder, [...blocks, ...run(4, 10, 2).slice(3)], { rowGroupSize: 70 });
    const { journal, file: before } = crashes[2]!;
    const { file } = crashes[3]!;
    ok(file.length > before.length);
    for (let cut = file.length; cut >= before.length; cut -= 5) {
      await put(path, { file: file.subarray(0, cut), journal });
      const { rows, fromJournal } = await recoverParquet(path);
      equal(rows, 60, `cut at byte ${cut}`);
      equal(fromJournal, cut === file.length ? 0 : 3, `cut at byte ${cut}: nothing is there twice`);
      if (cut % 10 === 0 || cut === file.length) {
        equal(firstDifference(await readWithHyparquet(path), expectedRows(blocks)), null, `cut at byte ${cut}`);
      }
    }
  });
});

Deno.test("W-65 what is left of an older row group's records behind newer ones in the journal is not taken for new", async () => {
  await inFolder(async (folder) => {
    const blocks = run(20, 10, 2);
    const { crashes } = await crashed(folder, blocks, { rowGroupSize: 70 });
    const path = `${folder}/old.parquet`;
    for (const [i, crash] of crashes.entries()) {
      await put(path, crash);
      const { rows } = await recoverParquet(path);
      equal(rows, 20 * (i + 1), `after block ${i}`);
      equal(firstDifference(await readWithHyparquet(path), expectedRows(blocks.slice(0, i + 1))), null, `block ${i}`);
    }
    const longest = Math.max(...crashes.map(({ journal }) => journal.length));
    ok(longest < 3 * crashes[2]!.journal.length, "the journal is as long as one row group, not as the run");
  });
});

Deno.test("W-65 a crash before the first block, or between file and journal, leaves an empty table", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/empty.parquet`;
    const { crashes: [{ file, journal } = { file: new Uint8Array(), journal: new Uint8Array() }] } = await crashed(
      folder,
      run(1, 10, 2),
    );
    for (
      const crash of [{ file: file.subarray(0, 0), journal: journal.subarray(0, 0) }, {
        file: file.subarray(0, 0),
        journal,
      }]
    ) {
      await put(path, crash);
      const { rows, wasWhole } = await recoverParquet(path);
      equal(wasWhole, false);
      equal(rows, crash.journal.length === 0 ? 0 : 20);
      equal((await readWithDuckdb(path)).length, rows);
    }
  });
});

Deno.test("W-65 without its journal a file still gives its row groups, in both layouts", async () => {
  await inFolder(async (folder) => {
    for (const layout of ["long", "wide"] as const) {
      const blocks = run(5, 10, 2);
      const rowsOfBlock = layout === "long" ? 20 : 10;
      const { crashes } = await crashed(folder, blocks, { rowGroupSize: 2 * rowsOfBlock, layout });
      const path = `${folder}/alone.parquet`;
      await Deno.writeFile(path, crashes.at(-1)!.file);
      const { rows, rowGroups, fromJournal } = await recoverParquet(path);
      deepEqual([rows, rowGroups, fromJournal], [4 * rowsOfBlock, 2, 0]);
      equal(firstDifference(await readWithDuckdb(path), expectedRows(blocks.slice(0, 4), layout)), null);
      await Deno.remove(path);
    }
  });
});

Deno.test("a recovered file says of itself what an orderly one does", async () => {
  await inFolder(async (folder) => {
    const blocks = run(3, 10, 2);
    const options = { rowGroupSize: 40, metadata: { rig: "B" } } as const;
    const { crashes } = await crashed(folder, blocks, options);
    const path = `${folder}/said.parquet`;
    await put(path, crashes.at(-1)!);
    await recoverParquet(path);
    const orderly = `${folder}/crashing.parquet`; // its sink has been closed meanwhile
    const [given, expected] = await Promise.all([keyValues(path), keyValues(orderly)]);
    deepEqual(given, expected);
    match(given.get("dtollib")!, /"rig":"B"/);
  });
});

async function keyValues(path: string): Promise<Map<string, string>> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import("hyparquet");
  const { key_value_metadata = [] } = await parquetMetadataAsync(await asyncBufferFromFile(path));
  return new Map(key_value_metadata.map(({ key, value }) => [key, value!]));
}

Deno.test("a bit that turned in a row group costs that row group, is told, and the damaged pair is kept", async () => {
  await inFolder(async (folder) => {
    const blocks = run(7, 10, 2);
    const { crashes } = await crashed(folder, blocks, { rowGroupSize: 40 });
    const path = `${folder}/bit.parquet`;
    const { file, journal } = crashes.at(-1)!;
    const second = crashes[1]!.file.length; // two blocks are in the file; the next row group begins here
    const turned = file.slice();
    turned[second + 200]! ^= 4;
    await put(path, { file: turned, journal });
    const { rows, damage, damagedPath } = await recoverParquet(path);
    equal(damage.length, 1);
    match(damage[0]!, /checksum/);
    equal(rows, 7 * 20 - 40);
    const expected = expectedRows([...blocks.slice(0, 2), ...blocks.slice(4)]);
    equal(firstDifference(await readWithDuckdb(path), expected), null);
    deepEqual(await Deno.readFile(damagedPath!), turned);
    deepEqual(await Deno.readFile(`${damagedPath}.journal`), journal);
  });
});

Deno.test("recovery leaves the damaged file alone until the new one has been read back", async () => {
  await inFolder(async (folder) => {
    const { crashes } = await crashed(folder, run(3, 10, 2), { rowGroupSize: 40 });
    const path = `${folder}/alone.parquet`;
    await put(path, crashes.at(-1)!);
    await Deno.mkdir(`${path}.recovering/full`, { recursive: true }); // so the new file cannot be made
    await rejects(recoverParquet(path));
    deepEqual(await Deno.readFile(path), crashes.at(-1)!.file);
    deepEqual(await Deno.readFile(`${path}.journal`), crashes.at(-1)!.journal);
    await Deno.remove(`${path}.recovering`, { recursive: true });
    const { damagedPath } = await recoverParquet(path, { keepDamaged: true });
    deepEqual(await Deno.readFile(damagedPath!), crashes.at(-1)!.file);
  });
});

Deno.test("a new file that is not read back as it should be does not take the damaged one's place", async () => {
  await inFolder(async (folder) => {
    const beyond = new TimeAxis({ ...ANCHOR, monoNs: 2n ** 63n }); // no clock shows this, and no int64 holds it
    const { crashes } = await crashed(folder, [
      blockOf({ channels: [channel(0)], codes: Uint16Array.of(1), axis: beyond }),
    ]);
    const path = `${folder}/beyond.parquet`;
    await put(path, crashes[0]!);
    await rejects(
      recoverParquet(path),
      /beyond.parquet.recovering is not as it should be: row 0 has .* under t_mono_ns/,
    );
    deepEqual(await Deno.readFile(path), crashes[0]!.file);
    deepEqual(await Deno.readFile(`${path}.journal`), crashes[0]!.journal);
    await rejects(Deno.stat(`${path}.recovering`), Deno.errors.NotFound);
  });
});

Deno.test("recovery refuses a file that a sink is writing, one that is not ours, and one that is not there", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.parquet`;
    await using sink = new ParquetSink(path);
    await sink.write(run(1, 10)[0]!);
    await rejects(recoverParquet(path), DtolResourceError);
    const elsewhere = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { recoverParquet } from "${new URL("../../sinks/parquet.ts", import.meta.url)}";
        await recoverParquet(${JSON.stringify(path)}).catch((error) => console.log(error.name));`,
      ],
    });
    match(new TextDecoder().decode((await elsewhere.output()).stdout), /DtolResourceError/);
    for (const bytes of ["", "PAR1", "PAR1PAR1", "hello, this is text", "PAR1".padEnd(4000, "x")]) {
      const other = `${folder}/other.parquet`;
      await Deno.writeTextFile(other, bytes);
      await rejects(recoverParquet(other), DtolReadError, bytes);
      equal(await Deno.readTextFile(other), bytes);
    }
    await rejects(recoverParquet(`${folder}/none.parquet`), DtolReadError);
  });
});

Deno.test("recovery of a file that was closed in order changes nothing, and takes a forgotten journal away", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/whole.parquet`;
    const blocks = run(2, 10);
    {
      await using sink = new ParquetSink(path);
      for (const block of blocks) await sink.write(block);
    }
    const bytes = await Deno.readFile(path);
    await Deno.writeTextFile(`${path}.journal`, "left by a crash between footer and removal");
    const report = await recoverParquet(path);
    deepEqual([report.wasWhole, report.rows], [true, 40]);
    deepEqual(await Deno.readFile(path), bytes);
    await rejects(Deno.stat(`${path}.journal`), Deno.errors.NotFound);
  });
});

Deno.test("a disk that fills up anywhere: writes that resolved are recovered, the error is told, and closing adds nothing", async () => {
  await inFolder(async (folder) => {
    const blocks = run(12, 100, 2);
    const path = `${folder}/full.parquet`;
    const room = 90_000;
    let failures = 0;
    for (let bytes = 0; bytes <= room; bytes += 1201) {
      const sink = new ParquetSink(path, { rowGroupSize: 700, open: diskOf(bytes), ifExists: "overwrite" });
      let written = 0;
      let failed = false;
      try {
        for (const block of blocks) {
          await sink.write(block);
          written++;
        }
        await sink.close();
      } catch (error) {
        failures++;
        failed = true;
        ok(error instanceof DtolSinkWriteError, `${error}`);
        match(error.message, /No space left/);
        await rejects(sink.write(blocks[0]!), DtolSinkError);
        await sink.close().catch(() => {});
      }
      if (written === 0) continue;
      const { rows, wasWhole } = await recoverParquet(path);
      equal(wasWhole, !failed, "a sink that failed leaves a file without a footer, and its journal");
      ok(rows >= written * 200, `${bytes} bytes: ${rows} rows, and ${written} blocks were written`);
      equal(firstDifference(await readWithHyparquet(path), expectedRows(blocks.slice(0, rows / 200))), null);
    }
    ok(failures > 20 && failures < Math.floor(room / 1201), `${failures} of the disks were too small`);
  });
});

Deno.test("when only the journal cannot grow, the file gets no footer either, and all that resolved is recovered", async () => {
  await inFolder(async (folder) => {
    const blocks = run(6, 100, 2);
    const path = `${folder}/full.parquet`;
    const journals = diskOf(4000);
    const open: OpenFile = (name, options) => (name === path ? Deno.openSync : journals)(name, options);
    const sink = new ParquetSink(path, { open });
    let written = 0;
    await rejects(async () => {
      for (; written < blocks.length; written++) await sink.write(blocks[written]!);
    }, DtolSinkWriteError);
    await sink.close();
    const { rows, wasWhole } = await recoverParquet(path);
    deepEqual([wasWhole, rows], [false, 200 * written]);
    ok(written > 0);
  });
});

Deno.test("a write that Linux refuses is told (/dev/full)", { ignore: Deno.build.os !== "linux" }, async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/full.parquet`;
    const sink = new ParquetSink(path, {
      open: (name, options) =>
        Deno.openSync(name.endsWith(".journal") ? "/dev/full" : name, { ...options, createNew: false }),
      ifExists: "overwrite",
    });
    await Deno.writeTextFile(path, "");
    await rejects(sink.write(run(1, 10)[0]!), /No space left on device/);
    await sink.close().catch(() => {});
  });
});

Deno.test("readings, errors and everything else that a journal holds come back as they were", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/odd.parquet`;
    const { file, journal } = await (async () => {
      await using sink = new ParquetSink(`${folder}/a.parquet`);
      const readings = Array.from({ length: 5 }, (_, i) => killReading(i));
      await sink.writeMany([{ ...readings[0]!, values: {}, units: {}, error: ERROR }]); // before any column is known
      await sink.writeMany([{ ...readings[1]!, values: { force: -0, open: true } }, readings[2]!]);
      await sink.writeMany([{ ...readings[3]!, values: { force: NaN, open: false } }]);
      return {
        file: await Deno.readFile(`${folder}/a.parquet`),
        journal: await Deno.readFile(`${folder}/a.parquet.journal`),
      };
    })();
    await put(path, { file, journal });
    equal((await recoverParquet(path)).fromJournal, 3);
    const rows = await readWithHyparquet(path);
    deepEqual(rows, await readWithHyparquet(`${folder}/a.parquet`));
    deepEqual(rows.map(({ force }) => force), [null, -0, 2 / 3, NaN]);
    ok(Object.is(rows[1]!.force, -0));
    equal(rows[0]!.error_type, ERROR.type);

    const floats = blockOf({
      device: "half of a pair: \uD800",
      channels: [channel(0, { scaling: null })],
      codes: Float32Array.of(20.5, 99_999, NaN, -0),
    });
    const failed = blockOf({
      channels: floats.channels,
      codes: null,
      samplesPerChannel: 0,
      blockIndex: 1,
      error: ERROR,
    });
    const { crashes } = await crashed(folder, [floats, failed]);
    await put(path, crashes.at(-1)!);
    await recoverParquet(path);
    const expected = expectedRows([floats, failed]).map((row) => ({
      ...row,
      device: String(row.device).toWellFormed(),
    }));
    equal(firstDifference(await readWithDuckdb(path), expected), null);
  });
});

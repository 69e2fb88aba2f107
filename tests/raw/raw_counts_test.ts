import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { RawCountsSink } from "../../sinks/raw_counts.ts";
import {
  DtolBufferOverrunError,
  DtolReadError,
  DtolResourceError,
  DtolSinkError,
  DtolSinkSchemaError,
  DtolSinkWriteError,
  DtolValidationError,
} from "../../src/errors.ts";
import { DaqBlock, type DaqBlockParts } from "../../src/model/block.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { replay } from "../../sinks/mod.ts";
import { AXIS, block, codesFor, header, inFolder, LATER, readAll, writeSmall } from "./fixtures.ts";

/** A block that differs from the usual one. */
function other(parts: Partial<DaqBlockParts>): DaqBlock {
  const usual = block(1, 5, 5);
  return new DaqBlock({
    device: usual.device,
    task: usual.task,
    channels: usual.channels,
    codes: usual.codes,
    blockIndex: 1,
    firstSampleIndex: 5,
    samplesPerChannel: 5,
    axis: AXIS,
    startedUtcNs: AXIS.anchor.utcNs,
    readStartedNs: 0n,
    readFinishedNs: 0n,
    ...parts,
  });
}

/** Opens a sink before its first write would. */
async function opened(sink: RawCountsSink): Promise<RawCountsSink> {
  await sink.open();
  return sink;
}

const errorBlock = (
  error: DtolSinkError | DtolReadError | DtolBufferOverrunError,
  parts: Partial<DaqBlockParts> = {},
) => other({ codes: null, samplesPerChannel: 0, error, ...parts });

Deno.test("W-61: blocks that went through the sink come back as they were, by pipeTo() and by writeRaw()", () =>
  inFolder(async (folder) => {
    const blocks = [block(0, 0, 5), block(1, 5, 5), block(4, 22, 3, LATER, 12), block(5, 25, 1, LATER)];
    const piped = await opened(new RawCountsSink(`${folder}/a.dt-raw`, { fileMetadata: { rig: "B" } }));
    await ReadableStream.from(blocks).pipeTo(piped);
    const written = await opened(new RawCountsSink(`${folder}/b.dt-raw`, { fileMetadata: { rig: "B" } }));
    for (const each of blocks) await written.writeRaw(each);
    await written.close();
    deepEqual(Deno.readFileSync(piped.path), Deno.readFileSync(written.path));
    const { blocks: got, report } = await readAll(piped.path);
    deepEqual(
      got.map((
        b,
      ) => [b.tMonoNs, b.t0.epochNanoseconds, b.codes, b.data, b.blockIndex, b.gapBefore, b.channels[0]!.name]),
      blocks.map((b) => [b.tMonoNs, b.t0.epochNanoseconds, b.codes, b.data, b.blockIndex, b.gapBefore, "ch0"]),
    );
    deepEqual([report.damage, report.endedInOrder, report.missingSamples], [[], true, 12]);
    await using file = await openRaw(piped.path);
    deepEqual([file.header.metadata, file.header.taskMetadata], [{ rig: "B" }, { specimen: 7 }]);
  }));

Deno.test("W-64: the sink opens once, by itself if need be, and refuses blocks after close(), which may come twice", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    {
      await using sink = new RawCountsSink(path);
      await sink.open();
      await sink.open();
      await sink.writeRaw(block(0, 0, 5));
      await sink.close();
      await sink.close();
      await rejects(sink.writeRaw(block(1, 5, 5)), (error) => {
        ok(error instanceof DtolSinkError);
        return error.message.includes("it is closed");
      });
      await rejects(sink.open(), DtolSinkError);
      await rejects(ReadableStream.from([block(1, 5, 5)]).pipeTo(sink)); // as any stream that is closed
    }
    equal((await readAll(path)).blocks.length, 1);
  }));

Deno.test("W-64: a sink without blocks leaves no file, and one that was there as it was", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    await (await opened(new RawCountsSink(path))).close();
    throws(() => Deno.statSync(path), Deno.errors.NotFound);
    Deno.writeTextFileSync(path, "yesterday's run");
    await rejects(opened(new RawCountsSink(path)), DtolResourceError);
    await (await opened(new RawCountsSink(path, { ifExists: "overwrite" }))).close();
    equal(Deno.readTextFileSync(path), "yesterday's run");
    const sink = await opened(new RawCountsSink(path, { ifExists: "overwrite" }));
    await sink.writeRaw(block(0, 0, 5));
    await sink.close();
    equal((await readAll(path)).blocks.length, 1);
  }));

Deno.test("W-63: another board, task, channels or type of codes in mid-file are refused, and the file goes on", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const sink = await opened(new RawCountsSink(path));
    await sink.writeRaw(block(0, 0, 5));
    const [first, second] = block(0, 0, 5).channels;
    const misfits = [
      other({ codes: codesFor("int32", 2, 5, 5) }),
      other({ channels: [second!, first!] }),
      other({ channels: [first!, { ...second!, scaling: { ...second!.scaling!, gain: 99 } }] }),
      other({ channels: [first!], codes: codesFor("uint16", 1, 5, 5) }),
      other({ device: "DT9805(00)" }),
      other({ task: "another" }),
      errorBlock(new DtolReadError("of another"), { device: "DT9805(00)" }),
    ];
    for (const misfit of misfits) await rejects(sink.writeRaw(misfit), DtolSinkSchemaError);
    await rejects(sink.writeRaw(other({ codes: null, samplesPerChannel: 0 })), DtolSinkWriteError);
    await sink.writeRaw(other({ channels: structuredClone(header().channels) })); // equal ones, from another thread
    await sink.close();
    const { blocks, report } = await readAll(path);
    deepEqual([blocks.length, report.damage], [2, []]);
  }));

Deno.test("W-62: an error block becomes a marker, also before the first codes", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const sink = await opened(new RawCountsSink(path));
    const overrun = new DtolBufferOverrunError("too late", { context: { board: "DT9806(00)" } });
    await sink.writeRaw(errorBlock(new DtolReadError("early"), { blockIndex: 0, firstSampleIndex: 0 }));
    await sink.writeRaw(block(0, 0, 5));
    await sink.writeRaw(errorBlock(overrun, { blockIndex: 1, firstSampleIndex: 12, gapBefore: 7 }));
    await sink.writeRaw(block(2, 12, 5));
    await sink.close();
    await using file = await openRaw(path);
    const all = await Array.fromAsync(file.blocks({ markers: true }));
    deepEqual(all.map((b) => [b.error?.name ?? null, b.error?.message ?? null]), [
      ["DtolReadError", "early"],
      [null, null],
      ["DtolBufferOverrunError", "too late [board=DT9806(00)]"],
      [null, null],
    ]);
    deepEqual(file.report.lost, new Map([["overrun", 7]]));
    const only = await opened(new RawCountsSink(`${folder}/b.dt-raw`));
    await only.writeRaw(errorBlock(overrun, { blockIndex: 0, firstSampleIndex: 0 }));
    await only.close();
    equal((await readAll(only.path)).report.chunks, 2);
  }));

Deno.test("W-62: a block that has samples and an error leaves both in the file", () =>
  inFolder(async (folder) => {
    const sink = await opened(new RawCountsSink(`${folder}/a.dt-raw`));
    await sink.writeRaw(block(0, 0, 5));
    await sink.writeRaw(other({ gapBefore: 0, error: new DtolReadError("half of it") }));
    await sink.close();
    await using file = await openRaw(sink.path);
    const all = await Array.fromAsync(file.blocks({ markers: true }));
    deepEqual(all.map(({ error, samplesPerChannel: n }) => [error?.message ?? null, n]), [
      [null, 5],
      ["half of it", 0],
      [null, 5],
    ]);
  }));

Deno.test("W-62: losses keep their causes when a raw file is written again block by block", () =>
  inFolder(async (folder) => {
    writeSmall(`${folder}/a.dt-raw`);
    await using sink = new RawCountsSink(`${folder}/b.dt-raw`);
    await replay(`${folder}/a.dt-raw`, sink);
    deepEqual((await readAll(sink.path)).report.lost, new Map([["overrun", 7]]));
  }));

Deno.test("W-63: a stream that broke off leaves all its blocks, and no orderly end", () =>
  inFolder(async (folder) => {
    const sink = await opened(new RawCountsSink(`${folder}/a.dt-raw`));
    const writer = sink.getWriter();
    await writer.write(block(0, 0, 5));
    await writer.abort(new Error("the cable"));
    await sink.close();
    const { blocks, report } = await readAll(sink.path);
    deepEqual([blocks.length, report.endedInOrder, report.tornBytes], [1, false, 0]);
  }));

Deno.test("W-64: blocks are brought to the disk some time after a write, also when no more come", () =>
  inFolder(async (folder) => {
    const synced = Promise.withResolvers<void>();
    const open = (path: string, options: Deno.OpenOptions) => {
      const file = Deno.openSync(path, options);
      const syncData = file.syncData.bind(file);
      file.syncData = () => syncData().then(synced.resolve);
      return file;
    };
    const sink = await opened(new RawCountsSink(`${folder}/a.dt-raw`, { syncIntervalS: 0.001, open }));
    await sink.writeRaw(block(0, 0, 5));
    const alive = setInterval(() => {}, 1000); // the sink's own timer keeps no program alive
    await synced.promise;
    clearInterval(alive);
    await sink.close();
  }));

Deno.test("W-64: a disk that does not take the data is told, at the latest by close()", () =>
  inFolder(async (folder) => {
    const failed = Promise.withResolvers<void>();
    const open = (path: string, options: Deno.OpenOptions) => {
      const file = Deno.openSync(path, options);
      file.syncData = () => {
        failed.resolve();
        return Promise.reject(new Error("Input/output error"));
      };
      return file;
    };
    const sink = await opened(new RawCountsSink(`${folder}/a.dt-raw`, { syncIntervalS: 0.001, open }));
    await sink.writeRaw(block(0, 0, 5));
    const alive = setInterval(() => {}, 1000);
    await failed.promise;
    clearInterval(alive);
    await rejects(sink.close(), /Input\/output error/);
    await rejects(sink.writeRaw(block(1, 5, 5)), DtolSinkError);
    equal((await readAll(sink.path)).report.endedInOrder, false);
  }));

Deno.test("W-64: a full disk is the sink's error, and closing is still quiet", () =>
  inFolder(async (folder) => {
    const open = (path: string, options: Deno.OpenOptions) => {
      const file = Deno.openSync(path, options);
      const write = file.writeSync.bind(file);
      let writes = 0;
      file.writeSync = (bytes) => {
        if (writes++ > 2) throw new Error("No space left on device");
        return write(bytes);
      };
      return file;
    };
    const sink = await opened(new RawCountsSink(`${folder}/a.dt-raw`, { open }));
    await sink.writeRaw(block(0, 0, 5));
    await rejects(sink.writeRaw(block(1, 5, 5)), DtolSinkWriteError);
    await sink.close();
    const { blocks, report } = await readAll(sink.path);
    deepEqual([blocks.length, report.tornBytes, report.endedInOrder], [1, 0, false]);
  }));

Deno.test("W-64: wrong options are refused when the sink is made", () => {
  throws(() => new RawCountsSink("a.dt-raw", { syncIntervalS: -1 }), DtolValidationError);
  throws(() => new RawCountsSink("a.dt-raw", { ifExists: "append" as never }), DtolValidationError);
  throws(() => new RawCountsSink("a.dt-raw", { fileMetadata: { a: NaN } }), DtolValidationError);
});

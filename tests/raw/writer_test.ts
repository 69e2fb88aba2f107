import {
  deepStrictEqual as deepEqual,
  doesNotThrow,
  match,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { DtolResourceError, DtolSinkWriteError, DtolTaskStateError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { type RawTarget, RawWriter } from "../../src/raw/writer.ts";
import { AXIS, header, inFolder, put, readAll, writeSmall } from "./fixtures.ts";

/** Splits a file into its headers, as text, and the offsets at which they end. */
function headersOf(bytes: Uint8Array): { text: string; json: Record<string, unknown>; end: number }[] {
  const view = new DataView(bytes.buffer);
  const headers = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint32(at, true);
    const text = new TextDecoder().decode(bytes.subarray(at + 4, end));
    const json = JSON.parse(text);
    headers.push({ text, json, end });
    at = end + (json.valid_samples ?? 0) * 4;
  }
  return headers;
}

Deno.test("W-61: the file header has Python's keys first, then all that volts, time and origin take", () =>
  inFolder(async (folder) => {
    const { bytes } = writeSmall(`${folder}/a.dt-raw`);
    const [file] = headersOf(bytes);
    const json = file!.json;
    const python = ["format_version", "task", "device", "channels", "sample_rate_hz", "block_period_ns", "dtype"];
    python.push("n_channels", "samples_per_buffer", "task_started_at", "metadata");
    deepEqual(Object.keys(json).slice(0, python.length), python);
    equal(json["format_version"], 2);
    equal(json["sample_rate_hz"], 150_000);
    equal(json["block_period_ns"], 6667);
    equal(json["task_started_at"], "2026-05-28T12:34:56.123456789+00:00");
    deepEqual((json["channels"] as unknown[])[1], {
      name: "ch1",
      unit: "V",
      physical_channel: 5,
      low_volts: -10,
      high_volts: 10,
      gain: 2,
      bits: 16,
      encoding: "binary",
      channel_type: "differential",
      metadata: { cable: "c1" },
    });
    const { clock_hz, clock_hz_asked, rate_hz_asked, ticks_per_sample, t_mono_ns, t_mono_clock, t_utc } = json;
    deepEqual([clock_hz, clock_hz_asked, rate_hz_asked, ticks_per_sample], [300_000, 300_001, 150_000.5, 2]);
    deepEqual([t_mono_ns, t_mono_clock], ["9007199254740993", "CLOCK_MONOTONIC"]);
    equal(t_utc, "2026-05-28T12:34:56.123456789+00:00");
    deepEqual(json["versions"], { ...header().versions });
    deepEqual(json["task_spec"], { name: "bench", channels: [] });
    equal(Object.keys(json).at(-1), "crc32");
    await Promise.resolve();
  }));

Deno.test("W-62: chunk headers have Python's keys first and the flags that are true of the chunk", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const chunks = headersOf(writeSmall(path).bytes).slice(1);
    const python = [
      "seq",
      "event_kind",
      "first_sample_index",
      "valid_samples",
      "buffer_capacity",
      "t_mono_ns",
      "t_utc",
    ];
    for (const { json } of chunks) deepEqual(Object.keys(json).slice(0, 8), [...python, "flags"]);
    deepEqual(chunks.map(({ json }) => json["flags"]), [
      [],
      [],
      [],
      ["overrun_marker"],
      ["partial", "gap"],
      ["partial"],
      ["final"],
    ]);
    deepEqual(
      chunks.map(({ json }) => json["event_kind"]),
      chunks.map(({ json }) => (json["flags"] as []).length === 0 ? "buffer_done" : "buffer_done_with_flags"),
    );
    deepEqual(chunks.map(({ json }) => json["seq"]), [0, 1, 2, 3, 4, 5, 6]);
    deepEqual(chunks.map(({ json }) => json["block_index"]), [0, 1, 2, 3, 5, 6, 7]);
    match(chunks[1]!.text, /"t_mono_ns":9007199254774326,/); // first sample, to the nanosecond beyond 2^53
    deepEqual(chunks[6]!.json["totals"], { chunks: 6, samples: 22, lost_samples: 7 });
    const writer = RawWriter.create(path, { overwrite: true });
    writer.begin(header());
    put(writer, 0, 0, 2, { flags: ["reused", "overrun_marker"] });
    writer.close();
    deepEqual(headersOf(Deno.readFileSync(path))[1]!.json["flags"], ["overrun_marker", "reused"]);
    await Promise.resolve();
  }));

Deno.test("W-61: a chunk carries an anchor where its time axis is another, and only there", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const anchors = headersOf(writeSmall(path).bytes).slice(1).map(({ json }) => json["anchor"] !== undefined);
    deepEqual(anchors, [false, false, false, false, true, false, false]);
    const writer = RawWriter.create(path, { overwrite: true });
    writer.begin(header());
    put(writer, 0, 0, 2, { axis: new TimeAxis({ ...AXIS.anchor }) }); // the same axis, come from another thread
    writer.close();
    equal(headersOf(Deno.readFileSync(path))[1]!.json["anchor"], undefined);
    await Promise.resolve();
  }));

Deno.test("W-63: every header ends at a multiple of 8 bytes, with its checksum behind everything else", () =>
  inFolder(async (folder) => {
    for (let n = 0; n < 9; n++) {
      const path = `${folder}/${n}.dt-raw`;
      const writer = RawWriter.create(path);
      writer.begin({ ...header(), task: "t".repeat(n) });
      for (let k = 0; k < 9; k++) {
        put(writer, k * 10 ** k, 3 * k, 3); // block numbers of many lengths
      }
      writer.close();
      for (const { end, text } of headersOf(Deno.readFileSync(path))) {
        equal(end % 8, 0);
        match(text, /,"crc32":"[0-9a-f]{8}"\} {0,7}$/);
      }
    }
    await Promise.resolve();
  }));

Deno.test("W-63: a file has the same bytes as ever", () =>
  inFolder(async (folder) => {
    const path = `${folder}/golden.dt-raw`;
    const writer = RawWriter.create(path);
    writer.begin(header("uint16", 1));
    put(writer, 0, 0, 2, { channels: 1 });
    writer.end();
    writer.close();
    const golden = new URL("./testdata/golden.bin", import.meta.url);
    deepEqual(Deno.readFileSync(path), Deno.readFileSync(golden));
    await Promise.resolve();
  }));

Deno.test("W-64: a file that exists is refused and untouched", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    Deno.writeTextFileSync(path, "yesterday's run");
    throws(() => RawWriter.create(path), (error) => {
      ok(error instanceof DtolResourceError);
      match(error.message, /exists.*"overwrite"/);
      return error.message.includes(path);
    });
    equal(Deno.readTextFileSync(path), "yesterday's run");
    await Promise.resolve();
  }));

Deno.test("W-64: overwrite keeps the old content until begin(), and discard() leaves it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    Deno.writeTextFileSync(path, "x".repeat(100_000));
    RawWriter.create(path, { overwrite: true }).discard();
    equal(Deno.statSync(path).size, 100_000);
    const writer = RawWriter.create(path, { overwrite: true });
    equal(Deno.statSync(path).size, 100_000);
    writer.begin(header());
    equal(Deno.statSync(path).size, writer.bytes);
    writer.close();
    deepEqual((await readAll(path)).report.damage, []);
  }));

Deno.test("W-64: discard() removes a file that nothing was written to, and keeps one that was begun", () =>
  inFolder(async (folder) => {
    const unused = RawWriter.create(`${folder}/sub/a.dt-raw`, { makeParents: true });
    unused.discard();
    throws(() => Deno.statSync(unused.path), Deno.errors.NotFound);
    const used = RawWriter.create(`${folder}/b.dt-raw`);
    used.begin(header());
    used.discard();
    equal(Deno.statSync(used.path).size, used.bytes);
    throws(() => RawWriter.create(`${folder}/none/a.dt-raw`), DtolResourceError);
    await Promise.resolve();
  }));

Deno.test("W-12: the writer refuses what would make a file wrong, and can go on", () =>
  inFolder(async (folder) => {
    const writer = RawWriter.create(`${folder}/a.dt-raw`);
    throws(() => put(writer, 0, 0, 5), DtolTaskStateError);
    throws(() => writer.end(), DtolTaskStateError);
    writer.begin(header());
    throws(() => writer.begin(header()), DtolTaskStateError);
    throws(() => put(writer, 0, 0, 5, { channels: 1 }), /5 samples of 2 channels as uint16 have 20 bytes, and 10 were/);
    throws(() => put(writer, 0.5, 0, 5), /blockIndex must be a whole number from 0, but it is 0.5/);
    put(writer, 0, 0, 5);
    throws(() => put(writer, 1, 4, 5), /its first sample is 4, and the file is at 5 already/);
    put(writer, 1, 5, 5);
    writer.end();
    throws(() => put(writer, 2, 10, 5), /it was ended/);
    writer.close();
    writer.close();
    throws(() => put(writer, 2, 10, 5));
    const { blocks, report } = await readAll(writer.path);
    deepEqual([blocks.length, report.damage, report.endedInOrder], [2, [], true]);
  }));

/** A file that takes so many bytes, some at a time, and then is full; it counts its syncs. */
function smallDisk(path: string, room: number, atOnce = Infinity) {
  const file = Deno.openSync(path, { write: true, createNew: true });
  let used = 0;
  const state = { syncs: 0, finish: [] as (() => void)[] };
  const target: RawTarget = {
    writeSync(bytes) {
      const part = bytes.subarray(0, Math.min(bytes.length, room - used, atOnce));
      if (part.length === 0) throw new Error("No space left on device (os error 28)");
      used += file.writeSync(part);
      return part.length;
    },
    truncateSync: (length) => (used = length, file.truncateSync(length)),
    seekSync: (offset, whence) => file.seekSync(offset, whence),
    syncData: () => new Promise((resolve) => (state.syncs++, state.finish.push(resolve))),
    syncDataSync: () => void state.syncs++,
    close: () => file.close(),
  };
  return { target, state };
}

Deno.test("W-64: a full disk costs the block being written, at whatever byte it comes", () =>
  inFolder(async (folder) => {
    const { ends } = writeSmall(`${folder}/whole.dt-raw`);
    for (let room = ends[1]!; room < ends[2]!; room += 1) {
      const path = `${folder}/${room}.dt-raw`;
      const writer = RawWriter.create(path, { open: () => smallDisk(path, room).target });
      writer.begin(header());
      put(writer, 0, 0, 5);
      let first: unknown;
      throws(() => put(writer, 1, 5, 5), (error) => {
        first = error;
        ok(error instanceof DtolSinkWriteError);
        match(error.message, /block 1 of .*No space left.*whole up to byte \d+ \(1 chunks\)\. Free space/);
        return error.message.includes(path);
      });
      throws(() => put(writer, 2, 10, 5), (error) => error === first);
      throws(() => writer.end(), (error) => error === first);
      equal(writer.bytes, ends[1]);
      writer.close();
      equal(Deno.statSync(path).size, ends[1]);
      const { blocks, report } = await readAll(path);
      deepEqual([blocks.length, report.tornBytes, report.endedInOrder], [1, 0, false]);
    }
  }));

Deno.test("W-64: a full disk of the system's own is told as such", {
  ignore: Deno.build.os !== "linux",
}, () => {
  const writer = RawWriter.create("/dev/full", { overwrite: true });
  // A device cannot be cut, so both halves of the message are seen here.
  throws(() => writer.begin(header()), DtolSinkWriteError);
  doesNotThrow(() => writer.close());
});

/** A file system of 64 kB, where the test may mount one. */
async function onSmallDisk(test: (folder: string) => Promise<void>): Promise<boolean> {
  const run = (command: string, ...args: string[]) => new Deno.Command(command, { args, stderr: "null" }).outputSync();
  const folder = Deno.makeTempDirSync({ prefix: "dtol-raw-" });
  try {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
    if (!run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder).success) return false;
    try {
      await test(folder);
    } finally {
      run("umount", folder);
    }
    return true;
  } finally {
    Deno.removeSync(folder);
  }
}

Deno.test("W-64: a file system that is full leaves a whole file (seen where a test may mount one)", async () => {
  await onSmallDisk(async (folder) => {
    const writer = RawWriter.create(`${folder}/a.dt-raw`);
    writer.begin(header());
    let written = 0;
    throws(() => {
      for (; written < 100; written++) put(writer, written, 1001 * written, 1001);
    }, /No space left on device/);
    ok(written > 3);
    writer.close();
    const { blocks, report } = await readAll(writer.path);
    deepEqual([blocks.length, report.tornBytes, report.bytes], [written, 0, writer.bytes]);
    Deno.removeSync(writer.path);
  });
});

Deno.test("W-64: a system that takes few bytes at a time gets all of them", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const writer = RawWriter.create(path, { open: () => smallDisk(path, Infinity, 7).target });
    writer.begin(header());
    put(writer, 0, 0, 5);
    writer.end();
    writer.close();
    const { blocks, report } = await readAll(path);
    deepEqual([blocks.length, report.endedInOrder, report.damage], [1, true, []]);
  }));

Deno.test("W-64: one sync runs at a time, later calls share the next, and an orderly end syncs", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { target, state } = smallDisk(path, Infinity);
    const writer = RawWriter.create(path, { open: () => target });
    writer.begin(header());
    const first = writer.sync();
    const second = writer.sync();
    equal(writer.sync(), second);
    equal(state.syncs, 1);
    state.finish[0]!();
    await first;
    while (state.syncs < 2) await Promise.resolve();
    state.finish[1]!();
    await second;
    equal(state.syncs, 2);
    writer.end();
    equal(state.syncs, 3);
    writer.close();
    await writer.sync();
    equal(state.syncs, 3);
  }));

Deno.test("W-64: a sync that fails says so", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { target } = smallDisk(path, Infinity);
    const open = () => ({ ...target, syncData: () => Promise.reject(new Error("Input/output error")) });
    const writer = RawWriter.create(path, { open });
    writer.begin(header());
    await rejects(writer.sync(), (error) => error instanceof DtolSinkWriteError && error.message.includes(path));
    writer.close();
  }));

import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { CODE_TYPES } from "../../src/convert/codes.ts";
import { codesToVolts, type Scaling } from "../../src/convert/scaling.ts";
import { DtolBufferOverrunError, DtolReadError, DtolValidationError } from "../../src/errors.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { AXIS, codeAt, codesFor, header, inFolder, LATER, put, readAll, writeSmall } from "./fixtures.ts";

for (const dtype of CODE_TYPES) {
  Deno.test(`W-61: ${dtype} comes back as it was: codes, volts, indices, times and header`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/a.dt-raw`;
      writeSmall(path, dtype);
      await using file = await openRaw(path);
      const want = header(dtype);
      const { sample_rate_hz: _, ...typed } = { sample_rate_hz: 0, ...file.header };
      deepEqual({ ...typed }, { ...want, channels: want.channels });
      const blocks = await Array.fromAsync(file.blocks());
      deepEqual(blocks.map((b) => [b.blockIndex, b.firstSampleIndex, b.samplesPerChannel, b.gapBefore]), [
        [0, 0, 5, 0],
        [1, 5, 5, 0],
        [2, 10, 5, 0],
        [5, 22, 3, 7],
        [6, 25, 4, 0],
      ]);
      for (const block of blocks) {
        const { firstSampleIndex: first, samplesPerChannel: n } = block;
        const codes = codesFor(dtype, 2, first, n);
        const axis = first < 22 ? AXIS : LATER;
        deepEqual(block.codes, codes);
        deepEqual(block.axis.anchor, axis.anchor);
        equal(block.tMonoNs, axis.monoNsOf(first));
        equal(block.t0.epochNanoseconds, axis.utcNsOf(first));
        equal(block.readStartedNs, axis.monoNsOf(first + n));
        equal(block.readFinishedNs, axis.monoNsOf(first + n) + 1000n);
        equal(block.taskStartedAt.epochNanoseconds, AXIS.anchor.utcNs);
        deepEqual([block.device, block.task, block.metadata], ["DT9806(00)", "bench", { specimen: 7 }]);
        const volts = Float64Array.from(codes);
        if (!(codes instanceof Float32Array)) {
          for (const channel of [0, 1]) {
            const part = codes.subarray(channel * n, (channel + 1) * n) as Uint16Array<ArrayBuffer>;
            codesToVolts(part, volts.subarray(channel * n), want.channels[channel]!.scaling as Scaling);
          }
        }
        deepEqual(block.data, volts);
      }
    }));
}

Deno.test("W-62: the report counts samples, losses by cause, gaps and the orderly end", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes } = writeSmall(path);
    const { report } = await readAll(path);
    deepEqual(report, {
      path,
      bytes: bytes.length,
      checked: true,
      chunks: 7,
      samples: 22,
      endSampleIndex: 29,
      gaps: [{ firstSampleIndex: 15, samples: 7 }],
      missingSamples: 7,
      lost: new Map([["overrun", 7]]), // once, though marker and gap both tell of it
      damage: [],
      tornBytes: 0,
      triggerSampleIndex: null,
      endedInOrder: true,
      endCause: "stopped",
    });
  }));

Deno.test("W-62: losses come as error blocks when they are asked for", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    writeSmall(path);
    await using file = await openRaw(path);
    const blocks = await Array.fromAsync(file.blocks({ markers: true }));
    deepEqual(blocks.map((block) => block.error?.name ?? null), [
      null,
      null,
      null,
      "DtolBufferOverrunError",
      null,
      null,
    ]);
    const { error, codes, firstSampleIndex } = blocks[3]!;
    ok(error instanceof DtolBufferOverrunError);
    deepEqual([error.message, codes, firstSampleIndex], ["the board overran", null, 15]);
  }));

Deno.test("W-62: losses that only a gap tells of are counted, too", () =>
  inFolder(async (folder) => {
    const writer = RawWriter.create(`${folder}/a.dt-raw`);
    writer.begin(header());
    put(writer, 0, 0, 5);
    put(writer, 2, 10, 5, { gapBefore: 5, flags: ["overrun_marker"] });
    put(writer, 4, 18, 5, { gapBefore: 3 });
    writer.end();
    writer.close();
    const { report } = await readAll(writer.path);
    deepEqual(report.lost, new Map([["overrun", 5], ["unknown", 3]]));
    equal(report.missingSamples, 8);
  }));

Deno.test("W-63: read() gives every stretch across chunks, with gaps told and NaN in them", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    writeSmall(path);
    await using file = await openRaw(path);
    for (let first = 0; first <= 30; first++) {
      for (let count = 0; count <= 31; count++) {
        const slice = await file.read(first, count);
        const end = Math.min(first + count, 29);
        const n = Math.max(end - first, 0);
        equal(slice.samplesPerChannel, n);
        const isGap = (sample: number) => sample >= 15 && sample < 22;
        for (let i = 0; i < 2 * n; i++) {
          const sample = first + i % n;
          equal(slice.codes[i], isGap(sample) ? 0 : codeAt("uint16", Math.floor(i / n), sample));
          equal(Number.isNaN(slice.data[i]), isGap(sample));
        }
        const gapFirst = Math.max(first, 15);
        const gap = Math.min(end, 22) - gapFirst;
        deepEqual(slice.gaps, gap > 0 ? [{ firstSampleIndex: gapFirst, samples: gap }] : []);
      }
    }
    equal((await file.read(2, 1)).values(1)[0], (-10 + 20 / 65536 * codeAt("uint16", 1, 2)) / 2);
    await rejects(file.read(-1, 5), DtolValidationError);
    await rejects(file.read(0, 1.5), DtolValidationError);
    throws(() => file.blocks({ firstSample: -1 }), DtolValidationError);
    const late = await Array.fromAsync(file.blocks({ firstSample: 12 }));
    deepEqual(late.map((block) => [block.firstSampleIndex, block.gapBefore]), [[10, 0], [22, 7], [25, 0]]);
  }));

Deno.test("W-61: a moment finds its sample on both clocks and both axes, to the nanosecond", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    writeSmall(path);
    await using file = await openRaw(path);
    const instant = (ns: bigint) => new Temporal.Instant(ns);
    for (let i = 0; i < 29; i++) {
      const axis = i < 22 ? AXIS : LATER;
      equal(file.indexAtTime(axis.monoNsOf(i)), i);
      equal(file.indexAtTime(axis.monoNsOf(i) - 1n), i === 22 ? 21 : i - 1);
      equal(file.indexAtTime(instant(axis.utcNsOf(i))), i);
      equal(file.indexAtTime(instant(axis.utcNsOf(i) - 1n)), i - 1);
      equal(file.axisAt(i)?.monoNsOf(i), axis.monoNsOf(i));
    }
    equal(file.indexAtTime(0n), -1);
    equal(file.indexAtTime(2n ** 63n), 28);
    const slice = await file.readTime(AXIS.monoNsOf(3), AXIS.monoNsOf(8));
    deepEqual([slice.firstSampleIndex, slice.samplesPerChannel], [3, 5]);
    const later = await file.readTime(instant(AXIS.utcNsOf(3) + 1n), instant(LATER.utcNsOf(24) + 1n));
    deepEqual([later.firstSampleIndex, later.samplesPerChannel], [4, 21]);
    equal((await file.readTime(5n, 4n)).samplesPerChannel, 0);
  }));

Deno.test("W-63: the end of a file that was cut at any byte is told, and every whole chunk comes back", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const full = (await readAll(path)).blocks;
    const blockEnds = [ends[1]!, ends[2]!, ends[3]!, ends[5]!, ends[6]!];
    for (let cut = 0; cut <= bytes.length; cut++) {
      Deno.writeFileSync(path, bytes.subarray(0, cut));
      if (cut < ends[0]!) {
        await rejects(openRaw(path), DtolReadError);
        continue;
      }
      const { blocks, report } = await readAll(path);
      const whole = blockEnds.filter((end) => end <= cut).length;
      deepEqual(blocks.map((b) => [b.tMonoNs, b.codes]), full.slice(0, whole).map((b) => [b.tMonoNs, b.codes]));
      equal(report.tornBytes, cut - Math.max(...ends.filter((end) => end <= cut)));
      equal(report.endedInOrder, cut === bytes.length);
      deepEqual(report.damage, []);
    }
  }));

Deno.test("W-63: zeros that a power failure leaves at the end are a torn end", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const crashed = new Uint8Array(bytes.length + 5000);
    crashed.set(bytes.subarray(0, ends[3]));
    Deno.writeFileSync(path, crashed);
    const { blocks, report } = await readAll(path);
    deepEqual([blocks.length, report.tornBytes, report.damage], [3, crashed.length - ends[3]!, []]);
  }));

Deno.test("W-63: a flip of any byte costs one chunk at most, is reported, and gives no wrong sample or time", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const full = new Map((await readAll(path)).blocks.map((block) => [block.blockIndex, block]));
    for (let at = 0; at < bytes.length; at++) {
      // On Windows a file call takes several times as long: every byte is hit there, too, in one of the ways.
      for (const mask of Deno.build.os === "windows" ? [[0x01, 0x20, 0xff][at % 3]!] : [0x01, 0x20, 0xff]) {
        const flipped = bytes.slice();
        flipped[at]! ^= mask;
        Deno.writeFileSync(path, flipped);
        const where = `byte ${at}, mask ${mask}`;
        if (at < ends[0]!) {
          await rejects(openRaw(path), DtolReadError, where);
          continue;
        }
        const { blocks, report } = await readAll(path);
        ok(report.damage.length > 0 || report.tornBytes > 0, `${where}: nothing is reported`);
        const lostBlocks = full.size - blocks.length;
        ok(lostBlocks <= 1, `${where}: ${lostBlocks} blocks are gone`);
        let next = 0;
        for (const block of blocks) {
          const right = full.get(block.blockIndex)!;
          deepEqual(block.codes, right.codes, where);
          equal(block.firstSampleIndex, right.firstSampleIndex, where);
          equal(block.gapBefore, block.firstSampleIndex - next, where);
          // The anchor of the second axis may be what was hit: then the chunk's own times stand in for it.
          equal(block.tMonoNs, right.tMonoNs, where);
          ok(Math.abs(Number(block.t0.epochNanoseconds - right.t0.epochNanoseconds)) <= 1, where);
          next = block.firstSampleIndex + block.samplesPerChannel;
        }
      }
    }
  });
});

Deno.test("W-63: damage tells offset, samples and reason, and read() has a gap there", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    bytes[ends[2]! - 1]! ^= 1; // payload of chunk 1
    bytes[ends[2]!]! ^= 0xff; // length field of chunk 2
    Deno.writeFileSync(path, bytes);
    await using file = await openRaw(path);
    equal(file.report.damage.length, 1);
    const slice = await file.read(0, 29);
    deepEqual(slice.gaps, [{ firstSampleIndex: 5, samples: 17 }]);
    equal(slice.codes[4], codeAt("uint16", 0, 4));
    deepEqual(
      file.report.damage.map(({ offset, bytes, firstSampleIndex, samples }) => ({
        offset,
        bytes,
        firstSampleIndex,
        samples,
      })),
      [
        { offset: ends[1], bytes: ends[2]! - ends[1]!, firstSampleIndex: 5, samples: 5 },
        { offset: ends[2], bytes: ends[3]! - ends[2]!, firstSampleIndex: null, samples: null },
      ],
    );
    deepEqual([file.report.damage[0]!.seq, file.report.damage[0]!.reason], [1, "the checksum of its samples is wrong"]);
    deepEqual([file.report.chunks, file.report.samples, file.report.missingSamples], [5, 12, 17]);
  }));

Deno.test("W-63: chunks that were cut out, doubled or swapped are noticed", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const part = (i: number) => bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
    for (
      const order of [[0, 1, 3], [0, 2, 3], [0, 1, 3, 4, 5, 6, 7], [0, 1, 2, 2, 3, 4, 5, 6, 7], [
        0,
        2,
        1,
        3,
        4,
        5,
        6,
        7,
      ]]
    ) {
      const spliced = await new Blob(order.map(part)).arrayBuffer();
      Deno.writeFileSync(path, new Uint8Array(spliced));
      const { blocks, report } = await readAll(path);
      notEqual(report.damage.length, 0, `${order}`);
      const firsts = blocks.map((block) => block.firstSampleIndex);
      deepEqual(firsts, [...new Set(firsts)].sort((a, b) => a - b), `${order}`);
    }
  }));

Deno.test("W-63: a damaged file header is an error, and another file's header can stand in", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes } = writeSmall(path);
    const full = (await readAll(path)).blocks;
    for (const at of [0, 3, 4, 40]) {
      const broken = bytes.slice();
      broken[at]! ^= 0x55;
      Deno.writeFileSync(path, broken);
      await rejects(openRaw(path), (error) => {
        ok(error instanceof DtolReadError);
        return error.message.includes(path) && error.message.includes("byte 0");
      });
      await using file = await openRaw(path, { header: header() });
      const blocks = await Array.fromAsync(file.blocks());
      deepEqual(blocks.map((b) => [b.tMonoNs, b.codes]), full.map((b) => [b.tMonoNs, b.codes]));
      equal(file.report.damage[0]!.offset, 0);
    }
  }));

Deno.test("W-63: what is no .dt-raw file is told with its path", () =>
  inFolder(async (folder) => {
    const cases: [string, RegExp][] = [["", /it is empty/], ["ab", /ends inside/], ["name,value\n1,2\n", /header/]];
    for (const [i, [text, why]] of cases.entries()) {
      const path = `${folder}/${i}`;
      Deno.writeTextFileSync(path, text);
      await rejects(openRaw(path), (error) => {
        ok(error instanceof DtolReadError);
        return why.test(error.message) && error.message.includes(path);
      });
    }
    await rejects(openRaw(`${folder}/none`), DtolReadError);
    await rejects(openRaw(folder), DtolReadError);
    const version3 = JSON.stringify({ format_version: 3 });
    Deno.writeFileSync(`${folder}/v3`, Uint8Array.of(version3.length, 0, 0, 0, ...new TextEncoder().encode(version3)));
    await rejects(openRaw(`${folder}/v3`), /format_version is 3/);
  }));

Deno.test("W-63: a long file is found in full, with payloads larger and smaller than what is looked at in one go", () =>
  inFolder(async (folder) => {
    const writer = RawWriter.create(`${folder}/a.dt-raw`);
    writer.begin(header());
    let next = 0;
    for (let k = 0; k < 3000; k++) {
      const samples = k % 100 === 50 ? 9000 : 1 + k % 7;
      put(writer, k, next, samples);
      next += samples;
    }
    writer.end();
    writer.close();
    await using file = await openRaw(writer.path);
    let seen = 0;
    for await (const block of file.blocks()) {
      equal(block.firstSampleIndex, seen);
      deepEqual(block.codes, codesFor("uint16", 2, seen, block.samplesPerChannel));
      seen += block.samplesPerChannel;
    }
    equal(seen, next);
    const { chunks, damage, gaps, endedInOrder } = await file.verify();
    deepEqual([chunks, damage, gaps, endedInOrder], [3001, [], [], true]);
    const slice = await file.read(100, 20_000);
    for (const i of [0, 5000, 19_999]) equal(slice.codes[20_000 + i], codesFor("uint16", 2, 100 + i, 1)[1]);
  }));

Deno.test("W-64: a closed file refuses to be read, and closes twice", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    writeSmall(path);
    const file = await openRaw(path);
    await file.close();
    await file.close();
    for (const reading of [file.read(0, 5), Array.fromAsync(file.blocks())]) {
      await rejects(reading, (error) => {
        ok(error instanceof DtolReadError);
        return error.message.endsWith("it is closed");
      });
    }
  }));

import { ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolError, DtolReadError } from "../../src/errors.ts";
import { encodeFileHeader } from "../../src/raw/encode.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { header, inFolder, readAll, seeded, writeSmall } from "./fixtures.ts";

const encoder = new TextEncoder();

/** A length and a text, as the Python library puts them into a file: nothing vouches for them. */
function bare(fields: unknown, length?: number): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(typeof fields === "string" ? fields : JSON.stringify(fields));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, length ?? text.length, true);
  bytes.set(text, 4);
  return bytes;
}

const PYTHON = { format_version: 2, channels: [{ name: "a" }], sample_rate_hz: 1000, dtype: "int16", n_channels: 1 };
const CHUNK = { seq: 0, first_sample_index: 0, valid_samples: 2, t_mono_ns: 5, t_utc: "2026-01-01T00:00:00Z" };
const PAYLOAD = new Uint8Array(4);

async function write(path: string, parts: Uint8Array<ArrayBuffer>[]): Promise<void> {
  Deno.writeFileSync(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** Reads everything a caller could ask for; only errors of this library may come of it. */
async function touchAll(path: string): Promise<void> {
  try {
    await using file = await openRaw(path);
    for await (const block of file.blocks({ markers: true })) {
      void [block.t0, block.tUtc, block.readStartedAt, block.readFinishedAt, block.taskStartedAt, block.data];
    }
    for (const moment of [0n, 2n ** 62n, new Temporal.Instant(0n)]) file.indexAtTime(moment);
    await file.read(0, 100);
    const { bytes, samples, missingSamples, endSampleIndex } = await file.verify();
    equal(samples + missingSamples, endSampleIndex);
    ok(samples <= bytes);
  } catch (error) {
    if (!(error instanceof DtolError)) throw error;
  }
}

Deno.test("W-63: file headers that were made to do harm are refused", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const headers = [
      bare(PYTHON, 0xffffffff),
      bare(PYTHON, 0x7fffffff),
      bare(PYTHON, 0),
      bare("[".repeat(1_000_000)),
      bare(`{"a":`.repeat(500_000)),
      bare("null"),
      bare("[]"),
      bare("\ud800"),
      bare({ ...PYTHON, channels: [] }),
      bare({ ...PYTHON, channels: [null] }),
      bare({ ...PYTHON, n_channels: 2 }),
      bare({ ...PYTHON, n_channels: -1 }),
      bare({ ...PYTHON, dtype: "__proto__" }),
      bare({ ...PYTHON, dtype: "float64" }),
      bare({ ...PYTHON, sample_rate_hz: 0 }),
      bare({ ...PYTHON, sample_rate_hz: 1e300 }),
      bare({ ...PYTHON, sample_rate_hz: -1 }),
      bare({ ...PYTHON, sample_rate_hz: null }),
      bare({ ...PYTHON, clock_hz: 1000 }), // a key of ours, but no checksum
    ];
    for (const [i, bytes] of headers.entries()) {
      await write(path, [bytes]);
      await rejects(openRaw(path), DtolReadError, `header ${i}`);
    }
    await write(path, [bare(JSON.stringify(PYTHON) + " ".repeat(5_000_000))]);
    await rejects(openRaw(path), /file header would have 5000\d+ bytes/);
  }));

Deno.test("W-63: chunk headers that were made to do harm are reported, and the chunks behind them read", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const chunks = [
      bare(CHUNK, 0xffffffff),
      bare(CHUNK, 0),
      bare({ ...CHUNK, valid_samples: -2 }),
      bare({ ...CHUNK, valid_samples: 2 ** 53 }),
      bare({ ...CHUNK, valid_samples: 1e300 }),
      bare({ ...CHUNK, valid_samples: 2 ** 40 }),
      bare({ ...CHUNK, valid_samples: "2" }),
      bare({ ...CHUNK, first_sample_index: 1.5 }),
      bare({ ...CHUNK, seq: null }),
      bare({ ...CHUNK, lost_samples: -1 }),
      bare({ ...CHUNK, anchor: { clock_hz: 1e-300 } }),
      bare({ ...CHUNK, anchor: { clock_hz: 1e3, ticks_per_sample: 0.5, t_mono_ns: "1", t_utc: CHUNK.t_utc } }),
      bare("{".repeat(8000)),
      bare(`{"seq":`.repeat(1000)),
    ];
    for (const [i, bytes] of chunks.entries()) {
      await write(path, [bare(PYTHON), bytes, PAYLOAD, bare({ ...CHUNK, seq: 1, first_sample_index: 2 }), PAYLOAD]);
      const { blocks, report } = await readAll(path);
      equal(blocks.length, 1, `chunk ${i}`);
      equal(blocks[0]!.firstSampleIndex, 2, `chunk ${i}`);
      equal(report.damage.length, 1, `chunk ${i}`);
      await touchAll(path);
    }
  }));

Deno.test("W-63: an index or time beyond all bounds breaks nothing", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    for (const first of [2 ** 52, 2 ** 53 - 3, 2 ** 53]) {
      for (const rate of [1e-6, 1, 1e12]) {
        for (const stamp of ["0", "9223372036854775807", "-9223372036854775808", "1e400", "99999999999999999999"]) {
          const text = JSON.stringify({ ...CHUNK, first_sample_index: first }).replace(`:5,`, `:${stamp},`);
          await write(path, [bare({ ...PYTHON, sample_rate_hz: rate }), bare(CHUNK), PAYLOAD, bare(text), PAYLOAD]);
          await touchAll(path);
        }
      }
    }
    const beyond = { ...CHUNK, first_sample_index: 2 ** 53 - 2 }; // its end is no exact number
    await write(path, [bare({ ...PYTHON, sample_rate_hz: 1e9 }), bare(beyond), PAYLOAD]);
    equal((await readAll(path)).report.damage.length, 1);
    await write(path, [bare(PYTHON), bare({ ...CHUNK, first_sample_index: 2 ** 50 }), PAYLOAD]);
    await using file = await openRaw(path);
    await rejects(file.read(0, 2 ** 50), /at most 134217728 codes/);
  }));

/** Bytes that are read from files while something is done. */
async function bytesRead(step: () => Promise<void>): Promise<number> {
  const file = Deno.FsFile.prototype;
  const { readSync } = file;
  let bytes = 0;
  file.readSync = function (into) {
    const read = readSync.call(this, into);
    bytes += read ?? 0;
    return read;
  };
  try {
    await step();
  } finally {
    file.readSync = readSync;
  }
  return bytes;
}

Deno.test("W-63: damage by the thousand does not make the search read the file over and over", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const junk = Array.from({ length: 10_000 }, (_, k) => [
      bare({ ...CHUNK, seq: k, first_sample_index: 2 * k }),
      PAYLOAD,
      Uint8Array.of(9, 9, 9, 9, 9),
    ]);
    await write(path, [bare(PYTHON), ...junk.flat()]);
    const { size } = Deno.statSync(path);
    const bytes = await bytesRead(async () => await (await openRaw(path)).close());
    ok(bytes < 150 * size, `${bytes} bytes were read of a file of ${size}`);
    await using file = await openRaw(path);
    equal(file.report.samples, 20_000);
    equal(file.report.damage.length, 10_000);
  }));

Deno.test("W-63: the search finds a chunk at whatever place it starts", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    for (let junk = 4070; junk < 4110; junk++) {
      await write(path, [bare(PYTHON), new Uint8Array(junk).fill(255), bare(CHUNK), PAYLOAD]);
      await using file = await openRaw(path);
      equal(file.report.samples, 2, `behind ${junk} bytes`);
    }
  }));

Deno.test("W-63: false starts by the thousand end the search, and the report says so", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const start = bare(`{"seq":1,`, 8000);
    for (const head of [bare(PYTHON), encodeFileHeader(header())]) {
      const starts = Array.from({ length: 100_000 }, () => start);
      await write(path, [head, Uint8Array.of(255, 255, 255, 255), ...starts, bare(CHUNK), PAYLOAD]);
      await using file = await openRaw(path);
      equal(file.report.samples, 0);
      ok(file.report.damage.at(-1)!.reason.includes("too many false starts"));
      await touchAll(path);
    }
  }));

Deno.test("W-63: seeded fuzz: cut, flipped, spliced and random bytes give this library's errors and no other", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const random = seeded(1);
    const upTo = (n: number) => Math.floor(random() * n);
    for (let round = 0; round < 3000; round++) {
      let hurt = bytes.slice();
      if (round % 3 === 0) {
        hurt = new Uint8Array([...bytes.subarray(0, ends[upTo(8)]), ...bytes.subarray(upTo(bytes.length))]);
      }
      if (round % 7 === 0) hurt = Uint8Array.from({ length: upTo(600) }, () => upTo(256));
      if (round % 7 === 1) hurt = new Uint8Array([...bare(PYTHON), ...bytes.subarray(ends[0])]);
      for (let n = upTo(6); n > 0; n--) hurt[upTo(hurt.length)] = upTo(256);
      Deno.writeFileSync(path, hurt.subarray(0, random() < 0.5 ? hurt.length : upTo(hurt.length)));
      await touchAll(path);
    }
  }));

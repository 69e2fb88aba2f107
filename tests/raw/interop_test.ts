import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CODE_TYPES } from "../../src/convert/codes.ts";
import { openRaw } from "../../src/raw/replay.ts";
import { AXIS, codesFor, inFolder, LATER, readAll, writeSmall } from "./fixtures.ts";

const script = (name: string) => fileURLToPath(new URL(`./interop/${name}`, import.meta.url));

function runPython(...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("python3", { args }).outputSync();
  ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function hasPython(): boolean {
  try {
    return new Deno.Command("python3", { args: ["-c", "import sys; assert sys.version_info >= (3, 11)"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

const ignore = !hasPython();
const name = (text: string) => ignore ? `${text} (skipped: there is no python3 of 3.11 or newer)` : text;

for (const dtype of CODE_TYPES) {
  Deno.test({
    name: name(`W-61: Python reads what is written, ${dtype}`),
    ignore,
    fn: () =>
      inFolder(async (folder) => {
        const path = `${folder}/a.dt-raw`;
        writeSmall(path, dtype);
        const got = JSON.parse(runPython(script("read_raw.py"), path));
        equal(got.started, "2026-05-28T12:34:56.123456+00:00");
        deepEqual(got.header.channels.map((channel: { name: string }) => channel.name), ["ch0", "ch1"]);
        const chunks = got.chunks.map((chunk: Record<string, unknown>) => [
          chunk["seq"],
          chunk["first_sample_index"],
          chunk["valid_samples"],
          chunk["buffer_capacity"],
          chunk["t_mono_ns"],
        ]);
        deepEqual(chunks, [
          [0, 0, 5, 5, `${AXIS.monoNsOf(0)}`],
          [1, 5, 5, 5, `${AXIS.monoNsOf(5)}`],
          [2, 10, 5, 5, `${AXIS.monoNsOf(10)}`],
          [3, 15, 0, 5, `${AXIS.monoNsOf(15)}`],
          [4, 22, 3, 5, `${LATER.monoNsOf(22)}`],
          [5, 25, 4, 5, `${LATER.monoNsOf(25)}`],
          [6, 29, 0, 5, `${LATER.monoNsOf(29)}`],
        ]);
        const { blocks } = await readAll(path);
        const tUtc = blocks.map((block) => block.tUtc.toString({ fractionalSecondDigits: 6 }).replace("Z", "+00:00"));
        const data = got.chunks.filter((chunk: { valid_samples: number }) => chunk.valid_samples > 0);
        deepEqual(data.map((chunk: { t_utc: string }) => chunk.t_utc), tUtc);
        for (const { first_sample_index: first, valid_samples: n, codes } of data) {
          deepEqual(codes.flat(), [...codesFor(dtype, 2, first, n)]);
        }
      }),
  });
}

for (const dtype of ["int16", "int32"]) {
  Deno.test({
    name: name(`W-61: a file of the Python library is read as it is, ${dtype}`),
    ignore,
    fn: () =>
      inFolder(async (folder) => {
        const path = `${folder}/a.dt-raw`;
        runPython(script("write_raw.py"), path, dtype);
        await using file = await openRaw(path);
        deepEqual(file.channels.map(({ name, unit, scaling }) => ({ name, unit, scaling })), [
          { name: "force", unit: "V", scaling: null },
          { name: "temp", unit: null, scaling: null },
        ]);
        deepEqual([file.header.dtype, file.header.metadata, file.header.task], [dtype, { rig: "B" }, "bench"]);
        const blocks = await Array.fromAsync(file.blocks());
        deepEqual(blocks.map((block) => block.blockIndex), [0, 1, 2]);
        deepEqual(blocks.map((block) => block.firstSampleIndex), [0, 3, 6]);
        deepEqual([...blocks[0]!.data], [0, 1, 2, -3, -4, -5]);
        deepEqual([...blocks[2]!.codes!], [0, 1, 2, -3, -4, -5]);
        deepEqual(blocks.map((block) => block.tMonoNs), [9007199254740993n, 9007199257740993n, 9007199260740993n]);
        equal(blocks[0]!.tUtc.toString(), "2026-05-28T12:34:56.1005Z");
        equal(blocks[0]!.taskStartedAt.toString(), "2026-05-28T12:34:56Z");
        equal(blocks[0]!.sampleRateHz, 1000);
        const { checked, endedInOrder, damage, samples } = await file.verify();
        deepEqual([checked, endedInOrder, damage, samples], [false, null, [], 9]);
      }),
  });
}

Deno.test("W-61: wrapped 16-bit codes become the volts they stand for", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.dt-raw`;
    const fields = {
      format_version: 2,
      channels: [{
        name: "a",
        unit: "V",
        physical_channel: 0,
        low_volts: -10,
        high_volts: 10,
        gain: 1,
        bits: 16,
        encoding: "binary",
      }],
      block_period_ns: 1_000_000, // and no sample_rate_hz
      dtype: "int16",
    };
    const chunk = { seq: 0, first_sample_index: 0, valid_samples: 3, t_mono_ns: 1, t_utc: "2026-05-28T12:34:56+00:00" };
    const put = (json: unknown) => {
      const text = new TextEncoder().encode(JSON.stringify(json));
      return [new Uint8Array(Uint32Array.of(text.length).buffer), text];
    };
    const codes = new Uint8Array(Int16Array.of(-32768, -1, 0).buffer);
    const file = new Blob([...put(fields), ...put(chunk), codes]);
    Deno.writeFileSync(path, new Uint8Array(await file.arrayBuffer()));
    const [block] = (await readAll(path)).blocks;
    deepEqual([...block!.data], [0, 10 - 20 / 65536, -10]);
    equal(block!.sampleRateHz, 1000);
  }));

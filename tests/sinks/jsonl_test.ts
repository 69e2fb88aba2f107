import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { DtolResourceError, DtolSinkSchemaError, DtolSinkWriteError } from "../../src/errors.ts";
import { blockToLongRows, JsonlSink, type JsonlSinkOptions, sampleToRow } from "../../sinks/mod.ts";
import { diskOf } from "./faulty_disk.ts";
import { KILL_CASES } from "./kill_cases.ts";
import { killLoop } from "./kill_loop.ts";
import {
  block,
  channel,
  errorBlock,
  errorReading,
  floatBlock,
  inFolder,
  outputOf,
  OVERRUN,
  reading,
} from "./records.ts";

const BLOCKS = { acceptBlocks: true } as const;

/** What a sink makes of some work. */
async function written(options: JsonlSinkOptions, work: (sink: JsonlSink) => Promise<void>): Promise<string> {
  let text = "";
  await inFolder(async (folder) => {
    await using sink = new JsonlSink(`${folder}/run.jsonl`, options);
    await work(sink);
    await sink.close();
    text = await Deno.readTextFile(`${folder}/run.jsonl`);
  });
  return text;
}

/** The lines of a file, as objects. */
async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("JsonlSink: readings have Python's keys in Python's order, the error behind (W-16, W-73)", async () => {
  const text = await written({}, async (sink) => {
    await sink.writeMany([
      reading(0),
      reading(1, { values: { force: 2, bath: NaN, on: true }, sensorStatus: { bath: "sensor_open" } }),
    ]);
  });
  const [first, second] = text.split("\n");
  equal(
    first,
    '{"device":"DT9806(00)","task":"bench","values":{"force":1.5,"bath":-0.25},"units":{"force":"N","bath":"degC"},' +
      '"requested_at":"2026-05-28T12:34:56.123456789+00:00","received_at":"2026-05-28T12:34:56.124456789+00:00",' +
      '"t_utc":"2026-05-28T12:34:56.123956789+00:00","t_mono_ns":9007199254740993,"t_midpoint_mono_ns":9007199255240993,' +
      '"latency_s":0.001,"sensor_status":{},"metadata":{"specimen":7},"error":null,"error_type":null,"error_message":null}',
  );
  ok(second!.includes('"values":{"force":2.0,"bath":null,"on":true}'), second);
  ok(second!.includes('"sensor_status":{"bath":"sensor_open"}'), second);
});

Deno.test("JsonlSink: an error reading has its error and no value (W-13)", async () => {
  const line = JSON.parse(await written({}, (sink) => sink.writeMany([errorReading(0)])));
  deepEqual(line.values, {});
  deepEqual([line.error, line.error_type, line.error_message], [
    OVERRUN.text,
    "dtollib.errors.DtolBufferOverrunError",
    OVERRUN.text,
  ]);
});

Deno.test("JsonlSink: samples are those of blockToLongRows(), an error block is one line (W-13)", async () => {
  const blocks = [block(0, 4), errorBlock(1, 4), floatBlock([20.5, 99_999, NaN, Infinity, -0]), block(2, 2)];
  const text = await written({ ...BLOCKS, codes: true }, async (sink) => {
    for (const each of blocks) await sink.write(each);
  });
  const expected: Record<string, unknown>[] = blocks.flatMap((each) =>
    [...blockToLongRows(each)].map((sample) => {
      const finite = sample.value !== null && Number.isFinite(sample.value);
      return {
        ...sampleToRow(sample),
        t_mono_ns: Number(sample.tMonoNs),
        value: finite ? sample.value : null,
        metadata: sample.metadata,
        code: sample.code,
      };
    })
  );
  const lines: Record<string, unknown>[] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  deepEqual(lines, expected);
  deepEqual(Object.keys(lines[0]!), Object.keys(expected[0]!));
  deepEqual(lines.slice(9, 14).map((line) => [line.value, line.sensor_status]), [
    [20.5, "ok"],
    [null, "sensor_open"],
    [null, null],
    [null, null],
    [-0, "ok"],
  ]);
  ok(text.includes('"t_mono_ns":9007199254740993,'), "nanoseconds are whole numbers, unrounded");
  ok(text.endsWith("}\n"));
});

Deno.test("JsonlSink: always valid JSON, whatever the names and values (W-67)", async () => {
  const names = ['say "hi"', "a\\b", "two\nlines", "\u2028", "\0", "😀", "\ud800", "__proto__", "1"];
  const numbers = [1e308, -0, 5e-324, NaN, Infinity, -Infinity, 1e21, 0.1 + 0.2, 7];
  const values = Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
  const channels = [channel('q"\n', { unit: null, metadata: { "k\n": "\\" } })];
  const readings = await written(
    {},
    (sink) => sink.writeMany([reading(0, { values, units: {}, tMonoNs: 2n ** 63n - 1n })]),
  );
  const samples = await written(BLOCKS, (sink) => sink.write(block(0, 2, { channels, device: 'D"\n' })));
  equal(readings.split("\n").length, 2);
  const line = JSON.parse(readings);
  for (const [i, name] of names.entries()) {
    const expected = Number.isFinite(numbers[i]) ? numbers[i] : null;
    ok(Object.is(line.values[name], expected), `${JSON.stringify(name)} is ${line.values[name]}`);
  }
  ok(readings.includes('"t_mono_ns":9223372036854775807,'));
  deepEqual(JSON.parse(samples.split("\n")[1]!).metadata, { "k\n": "\\" });
  for (const text of [readings, samples]) {
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/run.jsonl`, text.replaceAll("\\ud800", "x")); // jq refuses half a character
      const read = await outputOf("jq", ["-c", "keys | length", `${folder}/run.jsonl`]);
      if (read !== null) ok(read.split("\n").slice(0, -1).every((count) => Number(count) >= 14), read);
    });
  }
});

Deno.test("JsonlSink: python's json module reads the same, and doubles stay doubles", async () => {
  const script = `
import json, sys
def no(word): raise ValueError(word)
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line, parse_constant=no)
    print(type(row["value"]).__name__, repr(row["value"]), row["t_mono_ns"], row["sensor_status"])`;
  await inFolder(async (folder) => {
    await using sink = new JsonlSink(`${folder}/run.jsonl`, BLOCKS);
    await sink.write(floatBlock([7, -0, 99_999, 1e30]));
    const read = await outputOf("python3", ["-c", script, `${folder}/run.jsonl`]);
    if (read === null) return;
    deepEqual(read.trimEnd().split("\n"), [
      "float 7.0 9007199254740993 ok",
      "float -0.0 9007199254747660 ok",
      "NoneType None 9007199254754326 sensor_open",
      "float 1.0000000150474662e+30 9007199254760993 ok",
    ]);
  });
});

Deno.test("JsonlSink: keys are fixed and nothing is dropped; readings and blocks are not mixed (W-66, W-72)", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.jsonl`;
    await using sink = new JsonlSink(path, BLOCKS);
    await sink.writeMany([reading(0)]);
    await sink.writeMany([reading(1, { values: { late: 5, force: 1 }, units: { late: "V" } })]);
    await rejects(sink.write(block(0)), DtolSinkSchemaError);
    const [first, second] = await linesOf(path);
    deepEqual(Object.keys(first!), Object.keys(second!));
    deepEqual(second!.values, { late: 5, force: 1 });
    await using plain = new JsonlSink(`${folder}/b.jsonl`);
    await rejects(
      plain.write(block(0)),
      (error) => error instanceof DtolSinkSchemaError && /acceptBlocks/.test(error.message),
    );
  });
});

Deno.test("JsonlSink: appends after cutting off what a crash left torn, and only what the file holds", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.jsonl`;
    const write = async (i: number) => {
      await using sink = new JsonlSink(path, { ifExists: "append", onWarning: () => {} });
      await sink.writeMany([reading(i)]);
    };
    await write(0);
    const whole = await Deno.readTextFile(path);
    for (let cut = 0; cut < whole.length; cut += 13) {
      await Deno.writeTextFile(path, whole + whole.slice(0, cut));
      await write(1);
      deepEqual((await linesOf(path)).map(({ values }) => (values as Record<string, number>).force), [1.5, 2.5]);
    }
    await using blocks = new JsonlSink(path, { ...BLOCKS, ifExists: "append" });
    await rejects(blocks.write(block(0)), /as it holds readings/);
    await Deno.writeTextFile(`${folder}/other.jsonl`, '{"level":"info"}\n');
    await using other = new JsonlSink(`${folder}/other.jsonl`, { ifExists: "append" });
    await rejects(other.open(), /neither a reading nor a sample: its keys are level/);
    equal(await Deno.readTextFile(`${folder}/other.jsonl`), '{"level":"info"}\n');
    const meta = await linesOf(`${path}.meta.jsonl`);
    deepEqual(meta[0]!.first_byte, 0);
    deepEqual(meta.at(-1)!.first_byte, whole.length);
  });
});

Deno.test("JsonlSink: a torn tail longer than what is read at once is found, too", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.jsonl`;
    const name = "n".repeat(200_000);
    const values = { [name]: 1 };
    for (let i = 0; i < 2; i++) {
      await using sink = new JsonlSink(path, { ifExists: "append", describe: false, onWarning: () => {} });
      await sink.writeMany([reading(i, { values, units: {} })]);
      await Deno.writeTextFile(path, `{"device":"${name}`, { append: true });
    }
    await using sink = new JsonlSink(path, { ifExists: "append", describe: false, onWarning: () => {} });
    await sink.writeMany([reading(2)]);
    equal((await linesOf(path)).length, 3);
  });
});

Deno.test("JsonlSink: a write that resolved is in the file; an existing file is refused", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a/run.jsonl`;
    await using sink = new JsonlSink(path);
    await sink.writeMany([reading(0), reading(1)]);
    equal((await linesOf(path)).length, 2);
    await using second = new JsonlSink(path, { ifExists: "append" });
    await rejects(second.open(), DtolResourceError);
    await sink.close();
    await using third = new JsonlSink(path);
    await rejects(third.open(), /"overwrite" or "append"/);
    await using fourth = new JsonlSink(path, { ifExists: "overwrite" });
    await fourth.writeMany([reading(5)]);
    equal((await linesOf(path)).length, 1);
  });
});

Deno.test("JsonlSink: when the disk fills up, the file ends with its last whole record", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.jsonl`;
    await using sink = new JsonlSink(path, { ...BLOCKS, open: diskOf(30_000), describe: false });
    let kept = 0;
    const error = await (async () => {
      for (;; kept++) await sink.write(block(kept, 10));
    })().catch((error) => error);
    ok(error instanceof DtolSinkWriteError && kept > 3, String(error));
    equal((await linesOf(path)).length, kept * 20);
  });
});

Deno.test("JsonlSink: killed 20 times at a random moment, every acknowledged block is in the file", async () => {
  const { acknowledged } = await killLoop(KILL_CASES.jsonl!, 20);
  ok(acknowledged >= 20);
});

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { DtolResourceError, DtolSinkSchemaError, DtolSinkWriteError, DtolValidationError } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import {
  blockToLongRows,
  blockToScans,
  CsvSink,
  type CsvSinkOptions,
  type OpenFile,
  sampleToRow,
} from "../../sinks/mod.ts";
import { diskOf } from "./faulty_disk.ts";
import { KILL_CASES } from "./kill_cases.ts";
import { killLoop } from "./kill_loop.ts";
import {
  AXIS,
  block,
  canLink,
  channel,
  codeAt,
  csvRows,
  errorBlock,
  errorReading,
  floatBlock,
  inFolder,
  outputOf,
  OVERRUN,
  parseCsv,
  reading,
} from "./records.ts";

const BLOCKS = { acceptBlocks: true } as const;
const LONG_HEADER = "device,task,channel,value,unit,sample_index,block_index,t_mono_ns,t_utc,sensor_status," +
  "is_linearised,metadata,error_type,error_message\r\n";
const READING_HEADER = "device,task,t_mono_ns,t_utc,t_midpoint_mono_ns,requested_at,received_at,latency_s,force,bath," +
  "force_unit,bath_unit,error_type,error_message,sensor_status,metadata\r\n";

/** What a sink makes of some work. */
async function written(
  options: CsvSinkOptions,
  work: (sink: CsvSink) => Promise<void>,
): Promise<string> {
  let text = "";
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await using sink = new CsvSink(path, options);
    await work(sink);
    await sink.close();
    text = await Deno.readTextFile(path);
  });
  return text;
}

/** A cell as a CSV file should have it, said another way than the sink does. */
function expectedCell(name: string, cell: unknown): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "True" : "False";
  if (typeof cell === "number" && name === "value") {
    if (Number.isNaN(cell)) return "nan";
    if (!Number.isFinite(cell)) return cell > 0 ? "inf" : "-inf";
    const text = Object.is(cell, -0) ? "-0" : `${cell}`;
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  return String(cell);
}

/** What a sample's code stands for. */
function volts(channel: number, sample: number, gain = 1): number {
  return (codeAt(channel, sample) * 20 / 65_536 - 10) / gain;
}

Deno.test("CsvSink: readings, a column a channel, byte for byte (W-66, W-73)", async () => {
  const text = await written({}, async (sink) => {
    await sink.writeMany([
      reading(0),
      reading(1, { values: { force: 2, bath: NaN }, sensorStatus: { bath: "sensor_open" } }),
    ]);
  });
  equal(
    text,
    READING_HEADER +
      "DT9806(00),bench,9007199254740993,2026-05-28T12:34:56.123956789+00:00,9007199255240993," +
      "2026-05-28T12:34:56.123456789+00:00,2026-05-28T12:34:56.124456789+00:00,0.001,1.5,-0.25,N,degC,,,{}," +
      '"{""specimen"":7}"\r\n' +
      "DT9806(00),bench,9007199264740993,2026-05-28T12:34:56.133956789+00:00,9007199265240993," +
      "2026-05-28T12:34:56.133456789+00:00,2026-05-28T12:34:56.134456789+00:00,0.001,2.0,nan,N,degC,,," +
      '"{""bath"":""sensor_open""}","{""specimen"":7}"\r\n',
  );
});

Deno.test("CsvSink: the quick way for readings writes what the way over rows writes", async () => {
  const odd = { bath: true, force: 7, task: -0, 'q",\n': 1e308 };
  const readings = [
    reading(0, { values: odd, units: { bath: null, force: 'a"b', task: "", 'q",\n': "é😀" } }),
    reading(1, { values: { ...odd, force: NaN }, sensorStatus: { force: "sensor_open" }, task: null }),
    reading(2, { values: { ...odd, force: -Infinity }, units: { bath: "V" }, device: "a,b", metadata: {} }),
    reading(3, { values: odd, units: {}, tMidpointMonoNs: null, tMonoNs: 2n ** 63n - 1n }),
  ];
  const options = { onWarning: () => {} };
  const quick = await written(options, async (sink) => {
    for (const each of [...readings, ...readings]) await sink.writeMany([each]);
  });
  const slow = await Promise.all([...readings, ...readings].map((each) =>
    written(options, async (sink) => {
      await sink.writeMany([errorReading(9), each]); // a batch of two shapes takes the way over rows
    })
  ));
  const body = (text: string) => parseCsv(text).at(-1)!;
  deepEqual(parseCsv(quick).slice(1), slow.map(body));
});

Deno.test("CsvSink: samples in the long layout are those of blockToLongRows(), byte for byte", async () => {
  const blocks = [
    block(0, 5),
    block(1, 5),
    floatBlock([20.5, 99_999, 7, NaN, -0, 3e-7, 1e21, Infinity]),
    errorBlock(2, 10),
  ];
  const text = await written({ ...BLOCKS, codes: true }, async (sink) => {
    for (const each of blocks) await sink.write(each);
  });
  const samples = blocks.flatMap((each) => [...blockToLongRows(each)]);
  const expected = samples.map((sample) => {
    const row = { ...sampleToRow(sample), code: sample.code };
    return Object.entries(row).map(([name, cell]) => expectedCell(name, cell));
  });
  const [header, ...records] = parseCsv(text);
  equal(header!.join(), LONG_HEADER.replace("\r\n", ",code"));
  deepEqual(records, expected);
  ok(text.startsWith(LONG_HEADER.replace("\r\n", ",code\r\n")) && text.endsWith("\r\n"));
  const line = text.split("\r\n")[1];
  equal(
    line,
    "DT9806(00),bench,force,-9.99969482421875,V,0,0,9007199254740993,2026-05-28T12:34:56.123456789+00:00,ok,False,{},,,1",
  );
});

Deno.test("CsvSink: an error block is one line with its error and no value (W-13)", async () => {
  const text = await written(BLOCKS, async (sink) => {
    await sink.write(errorBlock(0, 0));
    await sink.write(block(1, 1));
  });
  const [, error, good] = parseCsv(text);
  deepEqual(error, [
    "DT9806(00)",
    "bench",
    "",
    "",
    "",
    "0",
    "0",
    "9007199254740993",
    "2026-05-28T12:34:56.123456789+00:00",
    "",
    "",
    "{}",
    "dtollib.errors.DtolBufferOverrunError",
    OVERRUN.text,
  ]);
  equal(good!.length, 14);
});

Deno.test("CsvSink: the same code at another gain, and values that share a slot, keep their own text", async () => {
  const text = await written({ ...BLOCKS, codes: true }, async (sink) => {
    const wide = Int32Array.of(5, 65_541, -5, 5, 65_541, -5); // 5 and 65,541 share their low bits
    const channels = [channel("a", { gain: 1 }), channel("b", { gain: 100 })];
    await sink.write(block(0, 3, { channels, codes: wide }));
    await sink.write(block(1, 3, { channels: channels.toReversed(), codes: wide }));
  });
  const rows = parseCsv(text).slice(1);
  const scaled = (code: number, gain: number) => (((code & 0xffff) * 20) / 65_536 - 10) / gain;
  for (const row of rows) equal(Number(row[3]), scaled(Number(row[14]), row[2] === "a" ? 1 : 100));
  equal(rows.length, 12);
});

Deno.test("CsvSink: wide layout, a line a scan, also for errors and with renamed channels (W-68)", async () => {
  const warnings: string[] = [];
  const options = { ...BLOCKS, layout: "wide", onWarning: (message: string) => void warnings.push(message) } as const;
  const text = await written(options, async (sink) => {
    const channels = [channel("task"), channel("bath")];
    await sink.write(errorBlock(0, 0)); // held back: it does not say which channels there are
    await sink.write(block(1, 2, { channels }));
    await sink.write(block(2, 1, { channels: [channel("bath"), channel("new")] }));
    await sink.write(errorBlock(3, 9));
  });
  const error = `,,dtollib.errors.DtolBufferOverrunError,"${OVERRUN.text.replaceAll('"', '""')}",`;
  deepEqual(text.split("\r\n"), [
    "device,task,block_index,sample_index,t_mono_ns,t_utc,task_channel,bath,error_type,error_message,sensor_status",
    `DT9806(00),bench,0,0,9007199254740993,2026-05-28T12:34:56.123456789+00:00,${error}`,
    `DT9806(00),bench,1,2,9007199254754326,2026-05-28T12:34:56.123470122+00:00,${volts(0, 2)},${volts(1, 2)},,,{}`,
    `DT9806(00),bench,1,3,9007199254760993,2026-05-28T12:34:56.123476789+00:00,${volts(0, 3)},${volts(1, 3)},,,{}`,
    `DT9806(00),bench,2,2,9007199254754326,2026-05-28T12:34:56.123470122+00:00,,${volts(0, 2)},,,{}`,
    `DT9806(00),bench,3,9,9007199254800993,2026-05-28T12:34:56.123516789+00:00,${error}`,
    "",
  ]);
  deepEqual(warnings.map((message) => /"(task|new)"/.exec(message)?.[1]).toSorted(), ["new", "task"]);
});

Deno.test("CsvSink: wide lines are the scans of blockToScans(), whatever the channels' scaling and kind of values", async () => {
  const values = Float64Array.of(1.5, -0, 1e308, -3, NaN, 1.5);
  const kinds = [
    block(0, 40), // two channels of different gain, so that one code is two values
    block(1, 3, { codes: null, values }),
    floatBlock([20.5, 99_999, -0, 5]),
  ];
  for (const one of kinds) {
    const text = await written({ ...BLOCKS, layout: "wide" }, (sink) => sink.write(one));
    const [header, ...lines] = parseCsv(text);
    const scans = [...blockToScans(one)];
    equal(lines.length, one.samplesPerChannel);
    for (const [k, { columns, cells }] of scans.entries()) {
      const type = (i: number) => columns[i]!.type === "double" ? "value" : columns[i]!.name;
      deepEqual(lines[k], cells.map((cell, i) => expectedCell(type(i), cell)));
    }
    deepEqual(header, scans[0]!.columns.map(({ name }) => name));
  }
});

Deno.test("CsvSink: codes are refused in the wide layout, which has no room for them", () => {
  throws(() => new CsvSink("a.csv", { ...BLOCKS, layout: "wide", codes: true }), /codes must be false/);
});

Deno.test("CsvSink: a channel called like something that every object has keeps its own unit, or none", async () => {
  const one = (i: number) => reading(i, { values: { ["constructor"]: i }, units: {} });
  const text = await written({}, async (sink) => {
    for (const i of [0, 1, 2]) await sink.writeMany([one(i)]);
  });
  const [header, ...records] = parseCsv(text);
  const unit = header!.indexOf("constructor_unit");
  deepEqual(records.map((record) => [record[unit - 1], record[unit]]), [["0.0", ""], ["1.0", ""], ["2.0", ""]]);
});

Deno.test("CsvSink: wide layout writes the failed sensors of each scan", async () => {
  const text = await written({ ...BLOCKS, layout: "wide" }, (sink) => sink.write(floatBlock([20.5, 99_999])));
  const [, ...rows] = parseCsv(text);
  deepEqual(rows.map((row) => [row[6], row.at(-1)]), [["20.5", "{}"], ["nan", '{"oven":"sensor_open"}']]);
});

Deno.test("CsvSink: columns are fixed; later channels are dropped with one warning, other order does no harm (W-66)", async () => {
  const warnings: string[] = [];
  const text = await written({ onWarning: (message) => void warnings.push(message) }, async (sink) => {
    await sink.writeMany([reading(0)]);
    await sink.writeMany([reading(1, { values: { bath: 20, force: 10 }, units: { bath: "degC", force: "N" } })]);
    await sink.writeMany([reading(2, { values: { force: 11, late: 5 }, units: { force: "N", late: "V" } })]);
    await sink.writeMany([reading(3, { values: { late: 6, force: 12 }, units: { late: "V", force: "N" } })]);
  });
  ok(text.startsWith(READING_HEADER));
  deepEqual(parseCsv(text).slice(1).map((row) => [row[8], row[9], row[10], row[11]]), [
    ["1.5", "-0.25", "N", "degC"],
    ["10.0", "20.0", "N", "degC"],
    ["11.0", "", "N", ""],
    ["12.0", "", "N", ""],
  ]);
  equal(warnings.length, 2, warnings.join("\n")); // late, late_unit
});

Deno.test("CsvSink: an error that comes first fixes no columns, and is not lost (W-68)", async () => {
  const text = await written({}, async (sink) => {
    await sink.writeMany([errorReading(0)]);
    await sink.writeMany([reading(1)]);
  });
  ok(text.startsWith(READING_HEADER));
  const [, error, good] = parseCsv(text);
  deepEqual([error![8], error![12]], ["", "dtollib.errors.DtolBufferOverrunError"]);
  equal(good![8], "2.5");
  const errors = await written({}, (sink) => sink.writeMany([errorReading(0), errorReading(1)]));
  equal(parseCsv(errors).length, 3);
});

Deno.test("CsvSink: with the spec, columns are known before the first record", async () => {
  const channels = ["force", "bath"].map((name, physicalChannel) => new AnalogInputVoltage({ physicalChannel, name }));
  await inFolder(async (folder) => {
    await using sink = new CsvSink(`${folder}/run.csv`, { spec: new TaskSpec({ channels }) });
    await sink.writeMany([errorReading(0)]);
    const text = await Deno.readTextFile(`${folder}/run.csv`); // not held back: it is in the file before the first good one
    ok(text.startsWith(READING_HEADER));
    equal(parseCsv(text).length, 2);
  });
});

Deno.test("CsvSink: blocks are refused unless asked for, and never mixed with readings (W-66, W-72)", async () => {
  await inFolder(async (folder) => {
    await using sink = new CsvSink(`${folder}/a.csv`);
    await rejects(
      sink.write(block(0)),
      (error) => error instanceof DtolSinkSchemaError && /acceptBlocks/.test(error.message),
    );
    await sink.writeMany([reading(0)]); // refusing a record leaves the sink fit
    await using both = new CsvSink(`${folder}/b.csv`, BLOCKS);
    await both.write(block(0));
    await rejects(both.writeMany([reading(0)]), DtolSinkSchemaError);
    await both.write(block(1));
    equal((await csvRows(`${folder}/b.csv`)).length, 12);
    await using piped = new CsvSink(`${folder}/c.csv`);
    await rejects(ReadableStream.from([block(0)]).pipeTo(piped), DtolSinkSchemaError);
  });
});

Deno.test("CsvSink: a value that does not fit its column is refused, and nothing of its batch is written", async () => {
  const text = await written({}, async (sink) => {
    await sink.writeMany([reading(0)]);
    const wrong = reading(1, { values: { force: "high" as unknown as number, bath: 1 } });
    await rejects(sink.writeMany([reading(1), wrong]), /column "force" holds numbers/);
    await sink.writeMany([reading(2)]);
  });
  deepEqual(parseCsv(text).slice(1).map((row) => row[8]), ["1.5", "3.5"]);
});

Deno.test("CsvSink: hostile names and values come back as they were", async () => {
  const names = [
    'say "hi"',
    "a,b",
    "two\nlines",
    "cr\rcr",
    "x'; DROP TABLE readings;--",
    "température 😀",
    " pad ",
    "=1+1",
  ];
  const numbers = [1e308, -0, 5e-324, 0.1 + 0.2, -1e-7, 123_456_789_012_345_680, 1e21, 2 ** 53];
  const values = Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
  const units = Object.fromEntries(names.map((name) => [name, name]));
  const text = await written({}, async (sink) => {
    await sink.writeMany([reading(0, { values, units, tMonoNs: 2n ** 63n - 1n, metadata: { 'k"': "v,\n" } })]);
  });
  const [header, row] = parseCsv(text);
  deepEqual(header!.slice(8, 16), names);
  for (const [i, number] of numbers.entries()) {
    ok(Object.is(Number(row![8 + i]), number), `${number} came back as ${row![8 + i]}`);
    ok(/[.e]/.test(row![8 + i]!), `${row![8 + i]} looks like a whole number`);
  }
  deepEqual(row!.slice(16, 24), names);
  equal(row![2], "9223372036854775807");
  equal(row!.at(-1), '{"k\\"":"v,\\n"}');
});

Deno.test("CsvSink: python's csv module reads the same, samples and readings", async () => {
  const script = `
import csv, json, sys
rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
print(json.dumps(rows))`;
  await inFolder(async (folder) => {
    const axis = new TimeAxis({ ...AXIS.anchor, monoNs: 2n ** 63n - 1_000_000_000n });
    const channels = [channel('say "hi",\n', { metadata: { "a,b": "😀" } }), channel("ü")];
    await using blocks = new CsvSink(`${folder}/blocks.csv`, BLOCKS);
    await blocks.write(block(0, 50, { channels, axis, readStartedNs: 0n, readFinishedNs: 0n }));
    await blocks.write(errorBlock(1, 50));
    await using readings = new CsvSink(`${folder}/readings.csv`);
    await readings.writeMany([reading(0, { values: { "a\r\nb": NaN }, units: {} }), errorReading(1)]);
    for (const [name, rows] of [["blocks", 102], ["readings", 3]] as const) {
      const text = await Deno.readTextFile(`${folder}/${name}.csv`);
      const read = await outputOf("python3", ["-c", script, `${folder}/${name}.csv`]);
      if (read === null) return;
      deepEqual(JSON.parse(read), parseCsv(text));
      equal(parseCsv(text).length, rows);
    }
  });
});

Deno.test("CsvSink: python reads the numbers, times and words back as the values they were", async () => {
  const script = `
import csv, datetime, json, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")):
    t = datetime.datetime.fromisoformat(row["t_utc"])
    assert t.utcoffset() == datetime.timedelta(0), row
    print(repr(float(row["value"])), int(row["t_mono_ns"]), t.microsecond, row["is_linearised"] == "False", json.loads(row["metadata"]))`;
  await inFolder(async (folder) => {
    await using sink = new CsvSink(`${folder}/run.csv`, BLOCKS);
    await sink.write(block(0, 2));
    const read = await outputOf("python3", ["-c", script, `${folder}/run.csv`]);
    if (read === null) return;
    deepEqual(read.trimEnd().split("\n"), [
      `${volts(0, 0)} 9007199254740993 123456 True {}`,
      `${volts(0, 1)} 9007199254747660 123463 True {}`,
      `${volts(1, 0, 2)} 9007199254740993 123456 True {'cable': 'b7'}`,
      `${volts(1, 1, 2)} 9007199254747660 123463 True {'cable': 'b7'}`,
    ]);
  });
});

Deno.test("CsvSink: a write that resolved is in the file, before any close (W-67)", async () => {
  await inFolder(async (folder) => {
    await using sink = new CsvSink(`${folder}/run.csv`, BLOCKS);
    for (let i = 0; i < 3; i++) {
      await sink.write(block(i, 4));
      equal((await csvRows(`${folder}/run.csv`)).length, 8 * (i + 1));
    }
  });
});

Deno.test("CsvSink: a file that exists is refused, with the way out, and is as it was", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await Deno.writeTextFile(path, "precious");
    await using sink = new CsvSink(path);
    await rejects(
      sink.open(),
      (error) => error instanceof DtolResourceError && /"overwrite" or "append"/.test(error.message),
    );
    await rejects(sink.writeMany([reading(0)]), DtolResourceError);
    equal(await Deno.readTextFile(path), "precious");
    await Deno.writeTextFile(`${folder}/b.csv.meta.jsonl`, "{}\n");
    await using beside = new CsvSink(`${folder}/b.csv`);
    await rejects(beside.open(), /b\.csv\.meta\.jsonl as it exists/);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), ["b.csv.meta.jsonl", "run.csv"]);
    throws(() => new CsvSink(path, { ifExists: "replace" as "overwrite" }), DtolValidationError);
  });
});

Deno.test("CsvSink: overwriting keeps the old file until there is something to write", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await Deno.writeTextFile(path, "precious");
    {
      await using sink = new CsvSink(path, { ifExists: "overwrite" });
      await sink.open();
    }
    equal(await Deno.readTextFile(path), "precious");
    await using sink = new CsvSink(path, { ifExists: "overwrite" });
    await sink.writeMany([reading(0)]);
    ok((await Deno.readTextFile(path)).startsWith(READING_HEADER));
  });
});

Deno.test("CsvSink: missing folders are made, and a run without records leaves no files", async () => {
  await inFolder(async (folder) => {
    {
      await using sink = new CsvSink(`${folder}/a/b/run.csv`);
      await sink.open();
    }
    deepEqual([...Deno.readDirSync(`${folder}/a/b`)], []);
  });
});

Deno.test("CsvSink: appends under the same header, after cutting off what a crash left torn", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const warnings: string[] = [];
    const write = async (i: number) => {
      const onWarning = (message: string) => void warnings.push(message);
      await using sink = new CsvSink(path, { ifExists: "append", onWarning });
      await sink.writeMany([reading(i, { units: { force: 'two\r\n"lines"', bath: "degC" } })]);
    };
    await write(0);
    const whole = await Deno.readTextFile(path);
    const second = whole.slice(READING_HEADER.length);
    const ends = Array.from({ length: second.length }, (_, i) => i); // the crash may have come anywhere in a line
    for (const cut of ends.filter((i) => i % 7 === 0 || /[\r\n"]/.test(second[i]!))) {
      await Deno.writeTextFile(path, whole + second.slice(0, cut));
      await write(1);
      const rows = await csvRows(path);
      deepEqual(rows.map((row) => row.force), ["1.5", "2.5"], `torn after ${cut} characters`);
      const said = warnings.splice(0);
      equal(said.length, cut === 0 ? 0 : 1);
      if (cut > 0) ok(said[0]!.includes(`cut off ${cut} bytes`), said[0]);
    }
  });
});

Deno.test("CsvSink: appending under another header is refused, and changes nothing", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    {
      await using sink = new CsvSink(path);
      await sink.writeMany([reading(0)]);
    }
    const before = await Deno.readTextFile(path);
    await using sink = new CsvSink(path, { ifExists: "append", ...BLOCKS });
    await rejects(sink.write(block(0)), /as its columns are device,task,t_mono_ns/);
    await rejects(sink.writeMany([reading(1, { values: { force: 1 }, units: {} })]), DtolSinkSchemaError);
    await sink.writeMany([errorReading(1)]);
    await sink.close();
    const after = await Deno.readTextFile(path);
    ok(after.startsWith(before));
    equal((await csvRows(path)).at(-1)!.error_type, "dtollib.errors.DtolBufferOverrunError");
  });
});

Deno.test("CsvSink: the description beside the file says what the codes mean, once for each opening", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const sizes: number[] = [];
    for (let i = 0; i < 2; i++) {
      sizes.push(i === 0 ? 0 : Deno.statSync(path).size);
      await using sink = new CsvSink(path, { ...BLOCKS, ifExists: "append", metadata: { run: i } });
      await sink.write(block(i));
      await sink.write(block(i + 1));
    }
    const lines = (await Deno.readTextFile(`${path}.meta.jsonl`)).trimEnd().split("\n").map((line) => JSON.parse(line));
    deepEqual(lines.map(({ file, first_byte, metadata }) => [file, first_byte, metadata.run]), [
      ["run.csv", 0, 0],
      ["run.csv", sizes[1], 1],
    ]);
    deepEqual(lines[1].channels.map((c: Record<string, unknown>) => [c.name, c.unit, c.gain, c.bits, c.high_volts]), [
      ["force", "V", 1, 16, 10],
      ["bath", "mV", 2, 16, 10],
    ]);
    const plain = new CsvSink(`${folder}/plain.csv`, { describe: false });
    await plain.writeMany([reading(0)]);
    await plain.close();
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), [
      "plain.csv",
      "run.csv",
      "run.csv.meta.jsonl",
    ]);
  });
});

Deno.test("CsvSink: the description beside the file says each task of blocks that take turns once", () =>
  inFolder(async (folder) => {
    await using sink = new CsvSink(`${folder}/a.csv`, BLOCKS);
    const other = [channel("heat")];
    for (const i of [0, 1, 2]) {
      await sink.write(block(i));
      await sink.write(block(i, 3, { channels: other, task: "heat" }));
    }
    const lines = (await Deno.readTextFile(`${folder}/a.csv.meta.jsonl`)).trimEnd().split("\n");
    deepEqual(lines.map((line) => JSON.parse(line).task), ["bench", "heat"]);
  }));

Deno.test("two sinks on one file are refused, in one program, by another name and from another program", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await using first = new CsvSink(path);
    await first.writeMany([reading(0)]);
    for (const other of [path, `${folder}/./run.csv`, `${folder}/../${basename(folder)}/run.csv`]) {
      for (const ifExists of ["append", "overwrite"] as const) {
        await using second = new CsvSink(other, { ifExists });
        await rejects(second.open(), /another sink is writing it/);
      }
    }
    if (canLink(path, `${folder}/link.csv`)) {
      await using linked = new CsvSink(`${folder}/link.csv`, { ifExists: "append" });
      await rejects(linked.open(), /another sink is writing it/);
    }
    const module = new URL("../../sinks/mod.ts", import.meta.url).href;
    const script = `import { CsvSink } from ${JSON.stringify(module)};
      const sink = new CsvSink(${JSON.stringify(path)}, { ifExists: "append" });
      console.log(await sink.open().then(() => "opened", (error) => error.message));`;
    const child = await outputOf(Deno.execPath(), ["eval", "--no-check", script]);
    ok(/another sink is writing it/.test(child!), child!);
    await first.close();
    await using next = new CsvSink(path, { ifExists: "append" });
    await next.writeMany([reading(1)]);
    equal((await csvRows(path)).length, 2);
  });
});

Deno.test("two sinks on one file are refused also where the file system has no locks", async () => {
  await inFolder(async (folder) => {
    const unlocked: OpenFile = (path, options) => {
      const { tryLockSync: _, ...file } = diskOf(1e6)(path, options);
      return file;
    };
    const sink = (path: string) => new CsvSink(path, { ifExists: "append", open: unlocked });
    await using first = sink(`${folder}/run.csv`);
    await first.open();
    await using second = sink(`${folder}/../${basename(folder)}/run.csv`);
    await rejects(second.open(), /another sink is writing it/);
    await using other = sink(`${folder}/other.csv`);
    await other.open();
    await first.close();
    await second.open();
  });
});

Deno.test("CsvSink: when the disk fills up, the error says so, the file is whole, and the first error stays", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await using sink = new CsvSink(path, { ...BLOCKS, open: diskOf(20_000), describe: false });
    let kept = 0;
    const error = await (async () => {
      for (;; kept++) await sink.write(block(kept, 10));
    })().catch((error) => error);
    ok(error instanceof DtolSinkWriteError);
    ok(/No space left.*Free space/.test(error.message), error.message);
    equal(await sink.write(block(99)).catch((error) => error), error);
    await sink.close(); // its caller has been told
    ok(kept > 3);
    equal((await csvRows(path)).length, kept * 20);
  });
});

Deno.test({
  name: "CsvSink: a full device is an error of the first write",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const sink = new CsvSink("/dev/full", { ifExists: "overwrite", describe: false, open: noTruncate });
    await rejects(sink.writeMany([reading(0)]), DtolSinkWriteError);
    await sink.close();
  },
});

/** A device cannot be cut. */
function noTruncate(path: string, options: Deno.OpenOptions) {
  const file = Deno.openSync(path, options);
  return {
    writeSync: (bytes: Uint8Array) => file.writeSync(bytes),
    truncateSync: () => {},
    seekSync: () => 0,
    syncData: () => Promise.resolve(),
    close: () => file.close(),
  };
}

Deno.test("CsvSink: a path that cannot be opened is a DtolResourceError that says why", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await rejects(new CsvSink(`${folder}/file/run.csv`).open(), DtolResourceError);
    await rejects(new CsvSink(folder, { ifExists: "overwrite" }).open(), DtolResourceError);
    throws(() => new CsvSink(""), DtolValidationError);
  });
});

Deno.test("CsvSink: --allow-write for the two files is enough to write, and --allow-read to append", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const module = new URL("../../sinks/mod.ts", import.meta.url).href;
    const records = new URL("./records.ts", import.meta.url).href;
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const script = (ifExists: string) =>
      `import { CsvSink } from ${JSON.stringify(module)};
       import { reading } from ${JSON.stringify(records)};
       await using sink = new CsvSink(${JSON.stringify(path)}, { ifExists: "${ifExists}" });
       await sink.writeMany([reading(0)]);`;
    const files = `${path},${path}.meta.jsonl`;
    await Deno.writeTextFile(`${folder}/a.ts`, script("error"));
    const run = ["run", "--no-check", "--no-prompt", `--config=${config}`];
    await outputOf(Deno.execPath(), [...run, `--allow-write=${files}`, `${folder}/a.ts`]);
    await Deno.writeTextFile(`${folder}/b.ts`, script("append"));
    const rights = [`--allow-write=${files}`, `--allow-read=${files}`];
    await outputOf(Deno.execPath(), [...run, ...rights, `${folder}/b.ts`]);
    equal((await csvRows(path)).length, 2);
  });
});

Deno.test("CsvSink: killed 20 times at a random moment, every acknowledged block is in the file", async () => {
  const { acknowledged } = await killLoop(KILL_CASES.csv!, 20);
  ok(acknowledged >= 20);
});

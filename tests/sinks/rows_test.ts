import { deepStrictEqual as deepEqual, notStrictEqual as notEqual, ok, strictEqual as equal } from "node:assert/strict";
import { isoUtc } from "../../src/clock.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import {
  BLOCK_COLUMNS,
  blockSummaryCells,
  blockSummaryRow,
  blockToLongRows,
  blockToRows,
  blockToScans,
  describe,
  LONG_COLUMNS,
  POSTGRES_BLOCK_COLUMNS,
  readingColumns,
  readingToCells,
  readingToRow,
  SAMPLE_COLUMNS,
  sampleTimes,
  sampleTimeTexts,
  sampleToRow,
  scanColumns,
  SchemaLock,
  utcText,
} from "../../sinks/mod.ts";
import { AXIS, block, channel, errorBlock, errorReading, floatBlock, OVERRUN, reading } from "./records.ts";

const SCAN = { t_mono_ns: 9_007_199_254_740_993n, t_utc: "2026-05-28T12:34:56.123456789+00:00" };

Deno.test("readingToRow(): Python's columns in Python's order, the new ones behind, sensor status in it (W-16)", () => {
  const row = readingToRow(reading(0, { sensorStatus: { bath: "sensor_open" }, values: { force: 1.5, bath: NaN } }));
  deepEqual(Object.entries(row), [
    ["device", "DT9806(00)"],
    ["task", "bench"],
    ["t_mono_ns", 9_007_199_254_740_993n],
    ["t_utc", "2026-05-28T12:34:56.123956789+00:00"],
    ["t_midpoint_mono_ns", 9_007_199_255_240_993n],
    ["requested_at", "2026-05-28T12:34:56.123456789+00:00"],
    ["received_at", "2026-05-28T12:34:56.124456789+00:00"],
    ["latency_s", 0.001],
    ["force", 1.5],
    ["bath", NaN],
    ["force_unit", "N"],
    ["bath_unit", "degC"],
    ["error_type", null],
    ["error_message", null],
    ["sensor_status", '{"bath":"sensor_open"}'],
    ["metadata", '{"specimen":7}'],
  ]);
});

Deno.test("readingToRow(): an error reading has its error and no value (W-13)", () => {
  const row = readingToRow(errorReading(0));
  equal(row.error_type, "dtollib.errors.DtolBufferOverrunError");
  equal(row.error_message, OVERRUN.text);
  equal(Object.keys(row).length, 12); // the fixed columns, and none of a channel
  ok(readingToCells(errorReading(0)).isError);
  const known = readingToRow(errorReading(0), "ns");
  equal(known.t_utc, AXIS.anchor.utcNs + 500_000n);
});

Deno.test("readingToRow(): the unit of each channel is its own, and null where nobody knows it (W-37)", () => {
  const row = readingToRow(reading(0, { units: { bath: "degC" } }));
  deepEqual([row.force_unit, row.bath_unit], [null, "degC"]);
  const strain = readingToRow(reading(0, { values: { gauge: 12 }, units: { gauge: "um/m" } }));
  equal(strain.gauge_unit, "um/m");
  for (const { unit, channel } of blockToRows(block(0))) equal(unit, channel === "bath" ? "mV" : "V");
  equal(blockSummaryRow(block(0)).units, "V,mV");
});

Deno.test("a channel called like a fixed column gets a column of its own, and one warning (W-68)", () => {
  const names = ["task", "Error_Type", "a", "a_unit", "A", "task_channel", "__proto__", "b\0d1:c"];
  const values = Object.fromEntries(names.map((name, i) => [name, i]));
  const row = readingToCells(reading(0, { values, units: {} }));
  const columns = row.columns.map(({ name }) => name);
  equal(new Set(columns.map((name) => name.toLowerCase())).size, columns.length, columns.join());
  equal(row.cells[columns.indexOf("task")], "bench");
  for (const [i, name] of names.entries()) {
    const at = row.columns.findIndex(({ channel }) => channel === name);
    equal(row.cells[at], i, name);
  }
  equal(columns[8], "task_channel");
  const warnings: string[] = [];
  const lock = new SchemaLock("table", { onWarning: (message) => warnings.push(message) });
  lock.lock([row]);
  lock.project(row);
  const renamed = row.columns.filter(({ name, channel }) => channel !== undefined && channel !== name);
  equal(warnings.length, renamed.length);
  ok(warnings[0]!.includes('"task"') && warnings[0]!.includes('"task_channel"'), warnings[0]!);
});

Deno.test("readingToCells(): layouts are told apart by names, types and order, and kept", () => {
  const columns = (values: Record<string, number | boolean>) => readingToCells(reading(0, { values })).columns;
  equal(columns({ force: 1, bath: 2 }), columns({ force: 3, bath: NaN }));
  notEqual(columns({ force: 1, bath: 2 }), columns({ bath: 1, force: 2 }));
  notEqual(columns({ force: 1, bath: 2 }), columns({ force: true, bath: 2 }));
  deepEqual(columns({ force: true, bath: 2 })[8], { name: "force", type: "boolean", channel: "force" });
  deepEqual(columns({ bath: 1, force: 2 }), readingColumns([{ name: "bath" }, { name: "force" }]));
});

Deno.test("blockToRows(): a row a channel and sample, Python's columns first, all that is known behind (W-16)", () => {
  const rows = [...blockToRows(block(0, 2), { codes: true })];
  deepEqual(rows.map(({ channel, sample_index }) => [channel, sample_index]), [
    ["force", 0],
    ["force", 1],
    ["bath", 0],
    ["bath", 1],
  ]);
  deepEqual(Object.entries(rows[2]!), [
    ["device", "DT9806(00)"],
    ["task", "bench"],
    ["channel", "bath"],
    ["block_index", 0],
    ["sample_index", 0],
    ["t_mono_ns", SCAN.t_mono_ns],
    ["t_utc", SCAN.t_utc],
    ["value", (20_012 * 20 / 65_536 - 10) / 2],
    ["unit", "mV"],
    ["error_type", null],
    ["error_message", null],
    ["sensor_status", "ok"],
    ["is_linearised", false],
    ["metadata", '{"cable":"b7"}'],
    ["code", 20_012],
  ]);
  deepEqual(Object.keys([...blockToRows(block(0, 1))][0]!), SAMPLE_COLUMNS.map(({ name }) => name));
});

Deno.test("an error block is one row with its error, where it stands, and no value (W-13)", () => {
  const error = errorBlock(5, 40);
  const rows = [...blockToRows(error)];
  equal(rows.length, 1);
  deepEqual(rows[0], {
    device: "DT9806(00)",
    task: "bench",
    channel: null,
    block_index: 5,
    sample_index: 40,
    t_mono_ns: AXIS.monoNsOf(40),
    t_utc: isoUtc(AXIS.utcNsOf(40)),
    value: null,
    unit: null,
    error_type: "dtollib.errors.DtolBufferOverrunError",
    error_message: OVERRUN.text,
    sensor_status: null,
    is_linearised: null,
    metadata: "{}",
  });
  const [sample] = [...blockToLongRows(error)];
  deepEqual([sample!.channel, sample!.value, sample!.error], [null, null, OVERRUN]);
  const [scan] = [...blockToScans(error)];
  deepEqual(scan!.cells.slice(6), [null, null, "dtollib.errors.DtolBufferOverrunError", OVERRUN.text, null]);
  ok(scan!.isError);
  const summary = blockSummaryRow(error);
  deepEqual([summary.error_message, summary.gap_before, summary.samples_per_channel], [OVERRUN.text, 4, 0]);
});

Deno.test("a failed sensor is NaN and its status in every layout; a value that nobody can explain has none (W-16)", () => {
  const failed = floatBlock([20.5, 99_999, -88_888, 88_888, NaN, Infinity]);
  const expected = ["ok", "sensor_open", "temp_out_of_range_low", "temp_out_of_range_high", null, null];
  const samples = [...blockToLongRows(failed)];
  deepEqual(samples.map(({ sensorStatus }) => sensorStatus), expected);
  deepEqual(samples.map(({ value }) => value), [20.5, NaN, NaN, NaN, NaN, Infinity]);
  deepEqual([...blockToRows(failed)].map((row) => row.sensor_status), expected);
  ok(samples.every(({ isLinearised, code }) => isLinearised && code === null));
  const scans = [...blockToScans(failed)].map(({ cells }) => cells.at(-1));
  deepEqual(scans.slice(0, 3), ["{}", '{"oven":"sensor_open"}', '{"oven":"temp_out_of_range_low"}']);
  const counts = blockSummaryRow(failed).sensor_status;
  equal(counts, '{"oven":{"sensor_open":1,"temp_out_of_range_low":1,"temp_out_of_range_high":1}}');
});

Deno.test("sampleToRow(): the long layout of CSV and JSONL is Python's DaqSample with the error behind it", () => {
  const [sample] = [...blockToLongRows(block(0, 1))];
  deepEqual(Object.keys(sampleToRow(sample!)), LONG_COLUMNS.map(({ name }) => name));
  equal(
    LONG_COLUMNS.map(({ name }) => name).join(),
    "device,task,channel,value,unit,sample_index,block_index,t_mono_ns,t_utc,sensor_status,is_linearised,metadata," +
      "error_type,error_message",
  );
});

Deno.test("blockSummaryRow(): SQLite's columns, and Postgres's in their order", () => {
  const row = blockSummaryRow(block(2, 3));
  deepEqual(Object.keys(row), BLOCK_COLUMNS.map(({ name }) => name));
  equal(
    BLOCK_COLUMNS.map(({ name }) => name).slice(0, 19).join(),
    "device,task,channels,block_index,first_sample_index,samples_per_channel,block_period_ns,sample_rate_hz," +
      "task_started_at,t0,t_mono_ns,t_utc,t_midpoint_mono_ns,read_started_at,read_finished_at,elapsed_s,is_linearised," +
      "error_type,error_message",
  );
  equal(
    POSTGRES_BLOCK_COLUMNS.map(({ name }) => name).slice(0, 14).join(),
    "device,task,block_index,first_sample_index,samples_per_channel,block_period_ns,sample_rate_hz,task_started_at,t0," +
      "t_mono_ns,t_utc,t_midpoint_mono_ns,channels,units",
  );
  deepEqual(
    [row.channels, row.t_mono_ns, row.t_utc, row.t0],
    ["force,bath", AXIS.monoNsOf(6), isoUtc(AXIS.utcNsOf(6) + 10_000n), isoUtc(AXIS.utcNsOf(6))],
  );
  const cells = blockSummaryCells(block(2, 3), POSTGRES_BLOCK_COLUMNS, "ns");
  equal(cells.cells[8], AXIS.utcNsOf(6));
  ok(cells.cells.every((cell) => cell !== undefined));
  equal(blockSummaryRow(block(0, 1, { channels: [channel('a,"b"')] })).channels, '"a,""b"""');
});

Deno.test("scanColumns(): a column a channel, renamed where its name is taken", () => {
  deepEqual(
    scanColumns([channel("task"), channel("T")]).map(({ name }) => name),
    "device,task,block_index,sample_index,t_mono_ns,t_utc,task_channel,T,error_type,error_message,sensor_status"
      .split(","),
  );
});

Deno.test("times of samples: the same in every layout, and those of the axis", () => {
  const b = block(3, 50, { firstSampleIndex: 149_990 });
  const { monoNs, utcNs } = sampleTimes(b);
  const { mono, utc } = sampleTimeTexts(b);
  const long = [...blockToLongRows(b)].slice(0, 50);
  const rows = [...blockToRows(b)].slice(50);
  const scans = [...blockToScans(b)];
  for (let k = 0; k < 50; k++) {
    const index = 149_990 + k;
    equal(monoNs[k], AXIS.monoNsOf(index));
    equal(utcNs[k], AXIS.utcNsOf(index));
    deepEqual([mono[k], utc[k]], [`${monoNs[k]}`, isoUtc(utcNs[k]!)]);
    deepEqual([long[k]!.tMonoNs, long[k]!.tUtc.epochNanoseconds], [monoNs[k], utcNs[k]]);
    deepEqual([rows[k]!.t_mono_ns, rows[k]!.t_utc], [monoNs[k], utc[k]]);
    deepEqual(scans[k]!.cells.slice(3, 6), [index, monoNs[k], utc[k]]);
  }
});

Deno.test("time text has one width and sorts like time, whatever the fraction (W-73)", () => {
  const edges = [0n, 1n, 999_999_999n, 1_000_000_000n, 1_779_971_696_000_000_000n, 2n ** 63n - 1n, -1n, -(10n ** 18n)];
  for (const ns of [...edges, ...edges]) equal(utcText(ns), isoUtc(ns)); // twice: the second way round uses what was kept
  deepEqual(new Set(edges.map((ns) => utcText(ns).length)), new Set([35]));
  const times = edges.toSorted((a, b) => a < b ? -1 : 1).map(utcText);
  deepEqual(times, times.toSorted());
});

Deno.test("time texts across seconds, from 0 ns, before 1970 and up to 2^63-1 ns", () => {
  const places = [[0n, 0n], [999_999_990n, -5n], [2n ** 63n - 2_000_000_000n, 2n ** 63n - 2_000_000_000n], [-7n, 3n]];
  for (const [monoNs, utcNs] of places as [bigint, bigint][]) {
    const axis = new TimeAxis({ index: 0, monoNs, utcNs, clockHz: 7, ticksPerSample: 1 });
    const b = block(0, 14, { axis, readStartedNs: 0n, readFinishedNs: 0n });
    const { mono, utc } = sampleTimeTexts(b);
    for (let k = 0; k < 14; k++) {
      equal(mono[k], `${axis.monoNsOf(k)}`);
      equal(utc[k], isoUtc(axis.utcNsOf(k)));
    }
  }
});

Deno.test("describe(): a file knows its channels, their scaling, its clock and its notes", () => {
  const told = describe({ metadata: { rig: "B" }, record: block(0) });
  deepEqual((told.channels as Record<string, unknown>[])[1], {
    name: "bath",
    unit: "mV",
    physical_channel: 0,
    low_volts: -10,
    high_volts: 10,
    gain: 2,
    bits: 16,
    encoding: "binary",
    metadata: { cable: "b7" },
  });
  deepEqual([told.clock_hz, told.ticks_per_sample, told.metadata], [300_000, 2, { rig: "B" }]);
  deepEqual(describe({ record: reading(0) }).channels, [{ name: "force", unit: "N" }, { name: "bath", unit: "degC" }]);
});

/** Polling a whole manager on a schedule, and its readings in sinks. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { ArrowSink, CsvSink, InMemorySink, ParquetSink, pipe, SqliteSink } from "../../sinks/mod.ts";
import { type PolledResults, resultsOf } from "../../src/acquire/device_result.ts";
import { DtolManager } from "../../src/acquire/manager.ts";
import { readingsOf } from "../../src/acquire/readings_of.ts";
import { recordPolled } from "../../src/acquire/record_polled.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { DtolBackendError, DtolTaskStateError } from "../../src/errors.ts";
import type { ErrorPolicy } from "../../src/model/enums.ts";
import { monotonicClock } from "../../src/clock.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { both, errorOf, task, tempDir, until } from "./lab.ts";
import { beforePoll, failAtPoll, single, VOLTS } from "./manager_lab.ts";

const OVEN = "DT9805(00)";
const HALL = "DT9806(00)";

/** Two boards, of which the second fails at some ticks. */
async function twoBoards(failsAt: readonly number[], errorPolicy: ErrorPolicy = "raise"): Promise<DtolManager> {
  const manager = new DtolManager({ backend: new SimulatedBackend(VOLTS), errorPolicy });
  await manager.add("oven", single(OVEN, { name: "heat" }));
  let tick = 0;
  beforePoll(await manager.add("hall", single(HALL)), () => {
    if (failsAt.includes(++tick)) throw new DtolBackendError(`tick ${tick}`);
  });
  return manager;
}

/** Some items of a stream. */
async function some<T>(stream: ReadableStream<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) if (items.push(item) === count) break;
  return items;
}

const errorsOf = (results: PolledResults) => [...results].map(([name, { error }]) => [name, error?.message ?? null]);

both("a manager's ticks have every device, on an absolute schedule with missed ticks counted", async (backend) => {
  await using manager = new DtolManager({ backend });
  await manager.add("fast", task({ board: OVEN })); // not polled
  await manager.add("hall", single(HALL));
  await using recording = recordPolled(manager, { rateHz: 200 });
  const ticks = await some(recording.stream, 10);
  const { taken, missed, errors } = await recording.stop();
  ok(taken >= 10);
  equal(errors, 0);
  const times = ticks.map((results) => results.get("hall")!.value!.tMonoNs);
  const spanS = Number(times.at(-1)! - times[0]!) / 1e9;
  ok(spanS >= 9 / 200 - 0.01, `10 ticks took ${spanS} s`);
  ok(spanS <= (9 + missed + 1) / 200 + 0.1, `10 ticks took ${spanS} s with ${missed} missed`);
  for (const results of ticks) deepEqual([...results.keys()], ["hall"]);
});

Deno.test("the reading in progress when polling is stopped can still be read, and all that were taken are in the stream", async () => {
  await using session = await openDevice(single(OVEN), { backend: new SimulatedBackend(VOLTS) });
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  beforePoll(session, () => {
    asked.resolve();
    return answer.promise;
  });
  await using recording = recordPolled(session, { rateHz: 1000 });
  await asked.promise;
  const stopped = recording.stop();
  answer.resolve();
  equal((await stopped).taken, 1);
  equal((await Array.fromAsync(recording.stream)).length, 1);
});

Deno.test("devices that are named are polled, and no others; one that is not there is told at once", async () => {
  await using manager = await twoBoards([1, 2, 3]);
  await using recording = recordPolled(manager, { rateHz: 200, devices: ["oven"] });
  for (const results of await some(recording.stream, 3)) deepEqual([...results.keys()], ["oven"]);
  throws(() => recordPolled(manager, { rateHz: 200, devices: ["cellar"] }), /There is no device "cellar"/);
  throws(() => recordPolled(manager, { rateHz: 200, devices: [] }), DtolTaskStateError);
});

Deno.test("a board that is busy over ticks costs those, which are counted", async () => {
  await using manager = await twoBoards([]);
  const answer = Promise.withResolvers<void>();
  beforePoll(manager.get("oven"), () => answer.promise);
  await using recording = recordPolled(manager, { rateHz: 1000 });
  const startMs = performance.now();
  await until("5 ticks", () => performance.now() - startMs > 5);
  answer.resolve();
  await some(recording.stream, 2);
  ok(recording.summary.missed >= 4, `${recording.summary.missed}`);
});

Deno.test("return: a tick tells the error of each device", async () => {
  await using manager = await twoBoards([2], "return"); // the manager's own policy
  await using recording = recordPolled(manager, { rateHz: 500 });
  const ticks = await some(recording.stream, 3);
  const well = [["oven", null], ["hall", null]];
  deepEqual(ticks.map(errorsOf), [well, [["oven", null], ["hall", "tick 2"]], well]);
  equal(recording.summary.errors, 1);
});

Deno.test("skip: the device is left out and counted, and a tick without any device is no empty map", async () => {
  await using manager = await twoBoards([1, 2, 3]);
  let tick = 0;
  beforePoll(manager.get("oven"), () => {
    if (++tick === 2) throw new DtolBackendError("both");
  });
  await using recording = recordPolled(manager, { rateHz: 500, errorPolicy: "skip" });
  const ticks = await some(recording.stream, 3);
  deepEqual(ticks.map((results) => [...results.keys()]), [["oven"], ["oven"], ["oven", "hall"]]);
  equal(recording.summary.errors, 4);
  deepEqual([...manager.skipped].map(([name, { count }]) => [name, count]), [["hall", 3], ["oven", 1]]);
});

Deno.test("raise: the first error ends the stream, behind the ticks before it, and has what the others gave", async () => {
  await using manager = await twoBoards([3]);
  await using recording = recordPolled(manager, { rateHz: 500 });
  const ticks: PolledResults[] = [];
  const error = await errorOf((async () => {
    for await (const results of recording.stream) ticks.push(results);
  })());
  ok(error instanceof DtolBackendError && error.message === "tick 3", String(error));
  deepEqual(resultsOf(error)!.get("oven")!.ok, true);
  const { finishedAt, errors } = await recording.stop();
  ok(finishedAt !== null);
  equal(errors, 1);
});

Deno.test("a mistake of the program ends the stream under every policy", async () => {
  for (const errorPolicy of ["raise", "return", "skip"] as const) {
    await using manager = await twoBoards([]);
    failAtPoll(manager.get("hall"), new TypeError("a mistake"));
    await rejects(some(recordPolled(manager, { rateHz: 500, errorPolicy }).stream, 1), TypeError);
    await using session = await openDevice(single("DT9837A(00)"), { backend: new SimulatedBackend(VOLTS) });
    failAtPoll(session, new TypeError("a mistake"));
    await rejects(some(recordPolled(session, { rateHz: 500, errorPolicy }).stream, 1), TypeError);
  }
});

Deno.test("devices come and go while a manager is polled; the stream fails when none is left", async () => {
  await using manager = await twoBoards([]);
  await using recording = recordPolled(manager, { rateHz: 1000, errorPolicy: "return" });
  const reader = recording.stream.getReader();
  const until = async (names: readonly string[]) => {
    for (;;) {
      const { value } = await reader.read();
      if ([...value!.keys()].join() === names.join() && [...value!.values()].every(({ ok }) => ok)) return;
    }
  };
  await until(["oven", "hall"]);
  await manager.remove("oven");
  await until(["hall"]);
  await manager.add("third", single("DT9837A(00)"));
  await until(["hall", "third"]);
  await manager.close();
  await rejects(until([]), DtolTaskStateError);
});

Deno.test("a manager without a device to poll is refused at once, and a session that is closed ends the stream", async () => {
  await using manager = new DtolManager({ backend: new SimulatedBackend() });
  throws(() => recordPolled(manager, { rateHz: 10 }), DtolTaskStateError);
  await manager.add("fast", task());
  throws(() => recordPolled(manager, { rateHz: 10 }), DtolTaskStateError);
  const session = await openDevice(single(OVEN), { backend: new SimulatedBackend() });
  await using recording = recordPolled(session, { rateHz: 1000, errorPolicy: "return" });
  await until("a reading", () => recording.summary.taken > 0);
  await session.close();
  await rejects(some(recording.stream, 1000), DtolTaskStateError);
});

Deno.test("readings of a manager go into any sink, each tick with every device, errors at their time", async () => {
  await using manager = await twoBoards([2], "return");
  await using recording = recordPolled(manager, { rateHz: 500 });
  await using sink = new InMemorySink();
  const six = new TransformStream<never, never>({
    transform(reading, controller) {
      controller.enqueue(reading);
      if (++seen === 6) controller.terminate();
    },
  });
  let seen = 0;
  const beforeNs = monotonicClock().nowNs();
  equal(await pipe(readingsOf(recording.stream).pipeThrough(six), sink), 6);
  const rows = sink.readings.map(({ device, task, error }) => [device, task, error?.message ?? null]);
  const well = [[OVEN, "heat", null], [HALL, "task", null]];
  deepEqual(rows, [...well, well[0], [HALL, "task", "tick 2"], ...well]);
  const failed = sink.readings[3]!;
  deepEqual([failed.values, failed.units, failed.metadata], [{}, { level: "V" }, {}]);
  const around = [beforeNs, failed.tMonoNs, sink.readings[5]!.tMonoNs];
  ok(around[0]! < around[1]! && around[1]! < around[2]!, around.join());
  ok((await recording.stop()).taken >= 3); // and the end of the reader has ended the ticks
});

Deno.test("an error reading has the time of its error, however late it is read", async () => {
  await using manager = await twoBoards([1], "return");
  const recording = recordPolled(manager, { rateHz: 500 });
  await until("a tick", () => recording.summary.taken > 0);
  await recording.stop();
  const stoppedNs = monotonicClock().nowNs();
  const readings = await some(readingsOf(recording.stream), 2);
  ok(readings[1]!.error !== null);
  ok(readings[1]!.tMonoNs < stoppedNs);
});

Deno.test("a table of a manager has the channels of all devices, whoever answers first", async () => {
  await using dir = await tempDir();
  const path = (name: string) => dir.file(`rig.${name}`);
  const volts = new AnalogInputVoltage({ physicalChannel: 0, name: "volts" });
  const virtual = [{ name: "twice", unit: "V", formula: "volts * 2" }];
  const warnings: string[] = []; // of columns that are dropped
  const onWarning = (message: string) => warnings.push(message);
  await using manager = new DtolManager({ backend: new SimulatedBackend(VOLTS), errorPolicy: "return" });
  await manager.add("oven", single(OVEN));
  await manager.add("hall", single(HALL, { channels: [volts], virtual }));
  let tick = 0;
  beforePoll(manager.get("hall"), () => {
    if (++tick === 1) throw new DtolBackendError("not yet");
  });
  const recording = recordPolled(manager, { rateHz: 500 });
  const readings = await some(readingsOf(recording.stream), 4);
  const options = { spec: manager.specs, onWarning };
  await using csv = new CsvSink(path("csv"), options);
  await using sqlite = new SqliteSink(path("db"), options);
  await using parquet = new ParquetSink(path("parquet"), options);
  await using arrow = new ArrowSink(path("arrows"), options);
  for (const sink of [csv, sqlite, parquet, arrow]) {
    for (const reading of readings) await sink.writeMany([reading]);
    await sink.close();
  }
  deepEqual(warnings, []);
  const [head, ...lines] = (await Deno.readTextFile(path("csv"))).trimEnd().split("\r\n").map((line) =>
    line.split(",")
  );
  const column = (name: string) => lines.map((line) => line[head!.indexOf(name)]);
  deepEqual(column("device"), [OVEN, HALL, OVEN, HALL]);
  deepEqual(column("level"), ["2.5", "", "2.5", ""]);
  deepEqual(column("volts"), ["", "", "", "2.5"]);
  deepEqual(column("twice"), ["", "", "", "5.0"]);
  const meta = JSON.parse((await Deno.readTextFile(`${path("csv")}.meta.jsonl`)).trim());
  deepEqual(meta.channels.map(({ name, device }: { name: string; device: string }) => [name, device]), [
    ["level", OVEN],
    ["volts", HALL],
  ]);
  equal(meta.task_spec.length, 2);
  using db = new DatabaseSync(path("db"), { readOnly: true });
  const rows = db.prepare("SELECT * FROM readings ORDER BY rowid").all();
  deepEqual(rows.map(({ level, volts, twice }) => [level, volts, twice]), [
    [2.5, null, null],
    [null, null, null],
    [2.5, null, null],
    [null, 2.5, 5],
  ]);
});

/** A set-up that runs: recorded and polled into its sinks, closed in order, nothing left when one fails. */
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { join } from "node:path";
import { openRaw } from "../../src/raw/replay.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend, type SimulatedBackendOptions } from "../../src/board/simulated.ts";
import {
  DtolConfirmationRequiredError,
  DtolConnectionError,
  DtolError,
  DtolResourceError,
  exitCodeOf,
} from "../../src/errors.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { checkSetup, isComplete, openSetup, parseSetup, readBlocks, type Setup } from "../../sinks/mod.ts";
import { openSimSdk } from "../board/sim_sdk.ts";
import { inTime } from "../acquire/lab.ts";
import { temporaryFolder } from "../record/child.ts";

const sim = await openSimSdk();
const counting = (options: SimulatedBackendOptions = {}) =>
  new SimulatedBackend({ signal: { kind: "counting" }, ...options });

const CHANNEL = { kind: "ai_voltage", physical_channel: 0 };

/** Two recorded tasks and a polled one, with files in a folder. */
function rig(folder: string, changes: Record<string, unknown> = {}, force: Record<string, unknown> = {}): Setup {
  const file = (name: string) => join(folder, name);
  return parseSetup({
    backend: "simulated",
    metadata: { specimen: "A7" },
    tasks: [
      {
        ...{ name: "force", board: "DT9806(00)", channels: [CHANNEL], logging: { path: file("force.dt-raw") } },
        timing: { rate_hz: 1000, samples_per_channel: 300 },
        sinks: [{ kind: "parquet", path: file("force.parquet") }, { kind: "csv", path: file("force.csv") }],
        ...force,
      },
      {
        ...{
          name: "heat",
          board: "DT9862(00)",
          channels: [CHANNEL],
          timing: { rate_hz: 1000, samples_per_channel: 200 },
        },
        sinks: [{ kind: "arrow", path: file("heat.arrow") }],
      },
      {
        ...{ name: "oven", board: "DT9805(00)", channels: [CHANNEL], poll_rate_hz: 50 },
        sinks: [{ kind: "jsonl", path: file("oven.jsonl"), describe: false }],
      },
    ],
    ...changes,
  });
}

const files = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Samples of a file of blocks, each compared with what the board gave. */
async function samplesOf(path: string): Promise<number> {
  let samples = 0;
  for await (const block of await readBlocks(path)) {
    if (block.codes !== null) equal(firstWrongSample(block), null);
    samples += block.samplesPerChannel;
  }
  return samples;
}

/** That nothing is held any more: every board can be taken. */
async function allFree(backend: SimulatedBackend): Promise<void> {
  for (const { name } of await backend.boards()) {
    const board = await backend.open(name);
    await (await board.reserve("analog_input", 0)).release();
    await board.close();
  }
}

Deno.test("a set-up records and polls into every sink that it names, and ends with its finite tasks", async () => {
  using folder = temporaryFolder();
  const backend = counting();
  await using run = await openSetup(rig(folder.path), { backend });
  const [force, heat, oven] = await run.finished;
  ok(isComplete([force!, heat!, oven!]), JSON.stringify([force, heat, oven]));
  deepEqual([force!.recording!.samples_per_channel, heat!.recording!.samples_per_channel], [300, 200]);
  deepEqual(force!.sinks.map(({ name, state }) => [name, state]), [["parquet", "complete"], ["csv", "complete"]]);
  equal(await samplesOf(join(folder.path, "force.dt-raw")), 300);
  equal(await samplesOf(join(folder.path, "force.parquet")), 300);
  equal(await samplesOf(join(folder.path, "heat.arrow")), 200);
  const lines = Deno.readTextFileSync(join(folder.path, "oven.jsonl")).trimEnd().split("\n");
  equal(lines.length, oven!.readings!.taken);
  ok(lines.length > 0 && lines.every((line) => JSON.parse(line).device === "DT9805(00)"));
  await using raw = await openRaw(join(folder.path, "force.dt-raw"));
  equal(raw.report.endedInOrder, true);
  match(Deno.readTextFileSync(join(folder.path, "force.csv.meta.jsonl")), /"specimen":"A7"/);
  await allFree(backend);
});

Deno.test("stop() ends continuous tasks in order, with everything that was taken in the files", async () => {
  using folder = temporaryFolder();
  const backend = counting();
  const setup = rig(folder.path, {}, { timing: { rate_hz: 1000 } });
  await using run = await openSetup(setup, { backend });
  const recording = run.recordings.get("force")!;
  while (recording.summary.emitted < 3) await new Promise((go) => setTimeout(go, 5));
  const [force] = await run.stop();
  equal(force!.error, null);
  ok(force!.recording!.samples_per_channel >= 150);
  equal(await samplesOf(join(folder.path, "force.dt-raw")), force!.recording!.samples_per_channel);
  equal(await samplesOf(join(folder.path, "force.parquet")), force!.recording!.samples_per_channel);
  await allFree(backend);
});

Deno.test("a file that exists is refused before any board is touched, and no other is made", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(join(folder.path, "oven.jsonl"), "a day of work");
  const backend = counting();
  backend.open = () => Promise.reject(new Error("a board was touched"));
  await rejects(openSetup(rig(folder.path), { backend }), (error: Error) => {
    match(error.message, /^Cannot write .*oven\.jsonl as it exists: /);
    equal(exitCodeOf(error), 2);
    return error instanceof DtolResourceError;
  });
  deepEqual(files(folder.path), ["oven.jsonl"]);
});

Deno.test("when the second task cannot be opened the first is given back, and no file is left", async () => {
  using folder = temporaryFolder();
  const backend = counting();
  const board = await backend.open("DT9862(00)");
  const held = await board.reserve("analog_input", 0);
  await rejects(openSetup(rig(folder.path), { backend }), /Cannot take analog_input 0 of "DT9862\(00\)"/);
  deepEqual(files(folder.path), []);
  await held.release();
  await allFree(backend);
});

Deno.test("through the SDK: a start that fails leaves no handle, no file and no board taken", async () => {
  using folder = temporaryFolder();
  sim.reset();
  const before = sim.handles();
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  sim.fault("ecode:olDaStart@2=125");
  await rejects(openSetup(rig(folder.path), { backend }), /olDaStart returned 125/);
  equal(sim.handles(), before);
  deepEqual(files(folder.path), []);
  await using run = await openSetup(rig(folder.path), { backend });
  ok(isComplete(await run.finished));
  equal(sim.handles(), before);
});

for (const policy of ["raise", "skip"]) {
  Deno.test(`a board that goes away ends ${policy === "raise" ? "the whole run" : "its own task alone"} under "${policy}"`, async () => {
    using folder = temporaryFolder();
    const backend = counting({ faults: { unplugAtBuffer: 5 } });
    const [others, open] = [counting(), backend.open.bind(backend)];
    backend.open = (name) => name === "DT9806(00)" ? open(name) : others.open(name);
    const { tasks } = JSON.parse(JSON.stringify(rig(folder.path, {}, { timing: { rate_hz: 1000 } })));
    if (policy === "raise") tasks[1] = { ...tasks[1], data_flow: null, timing: { rate_hz: 1000 } }; // without an end of its own
    await using run = await openSetup(parseSetup({ backend: "simulated", error_policy: policy, tasks }), { backend });
    const [force, heat] = await inTime("the run", run.finished);
    match(force!.error!, /"DT9806\(00\)" is gone/);
    ok(run.errors.get("force") instanceof DtolConnectionError);
    equal(force!.recording!.samples_per_channel, 200);
    equal(await samplesOf(join(folder.path, "force.parquet")), 200, "what came before is kept");
    if (policy === "skip") deepEqual([heat!.error, heat!.recording!.samples_per_channel], [null, 200]);
    ok(!isComplete([force!]));
    await allFree(backend);
  });
}

Deno.test("an error that nobody asked for is thrown on the way out", async () => {
  using folder = temporaryFolder();
  const work = async () => {
    await using run = await openSetup(rig(folder.path), { backend: counting({ faults: { unplugAtBuffer: 2 } }) });
    while (run.errors.size === 0) await new Promise((go) => setTimeout(go, 5));
  };
  await rejects(work(), DtolConnectionError);
});

Deno.test("a sink that fails and may be dropped leaves the others whole; one that may not ends the run", async () => {
  using folder = temporaryFolder();
  const bad = join(folder.path, "bad.db");
  const path = join(folder.path, "force.parquet");
  Deno.writeTextFileSync(bad, "this is no database, and append finds that out");
  const sinks = (
    failing: string,
  ) => [{ kind: "sqlite", path: bad, if_exists: "append", failing }, { kind: "parquet", path }];
  await using run = await openSetup(rig(folder.path, {}, { sinks: sinks("drop") }), { backend: counting() });
  const reports = await run.finished;
  deepEqual(reports[0]!.sinks.map(({ state }) => state), ["failed", "complete"]);
  equal(reports[0]!.sinks[0]!.written, 0);
  equal(await samplesOf(path), 300);
  ok(!isComplete(reports));

  using second = temporaryFolder();
  const strict = rig(second.path, {}, { sinks: sinks("stop").slice(0, 1), timing: { rate_hz: 1000 } });
  await using stopped = await openSetup(strict, { backend: counting() });
  const [force] = await stopped.finished;
  ok(force!.error !== null && stopped.errors.get("force") instanceof DtolError);
  equal(
    await samplesOf(join(second.path, "force.dt-raw")),
    force!.recording!.samples_per_channel,
    "the raw file is whole",
  );
});

Deno.test("outputs of a set-up are driven by the program, which confirms, and parked in the end unless it says no", async () => {
  for (const parks of [true, false]) {
    sim.reset();
    const before = sim.handles();
    await using backend = new DataAcqBackend({ sdk: sim.sdk });
    const channels = [{ kind: "ao_voltage", physical_channel: 0, name: "valve", safe_value: 0 }];
    const tasks = [{ name: "valve", board: "DT9806(00)", channels }];
    await using run = await openSetup(parseSetup({ park_on_close: parks, tasks }), { backend });
    const session = run.manager.get("valve");
    await rejects(session.write({ valve: 2.5 }), DtolConfirmationRequiredError);
    sim.log();
    await session.write({ valve: 2.5 }, { confirm: true });
    const [report] = await run.stop();
    deepEqual([report!.doing, report!.error], ["open", null]);
    equal(sim.calls().filter((call) => call.startsWith("olDaPutSingleValue")).length, parks ? 2 : 1);
    equal(sim.handles(), before);
  }
});

Deno.test("checkSetup() tries every task, tells each error, and runs nothing", async () => {
  using folder = temporaryFolder();
  const backend = counting();
  const setup = rig(folder.path, {}, { channels: [{ ...CHANNEL, physical_channel: 99 }] });
  const checks = await checkSetup(setup, { backend });
  deepEqual(checks.map(({ task, board, rateHz, error }) => [task, board, rateHz, error === null]), [
    ["force", "DT9806(00)", null, false],
    ["heat", "DT9862(00)", 1000, true],
    ["oven", "DT9805(00)", null, true],
  ]);
  match((checks[0]!.error as Error).message, /input 99/);
  Deno.writeTextFileSync(join(folder.path, "heat.arrow"), "");
  const [first] = await checkSetup(setup, { backend });
  match((first!.error as Error).message, /heat\.arrow as it exists/);
  deepEqual(files(folder.path), ["heat.arrow"]);
  await allFree(backend);
});

// `dtol run` as a user runs it: a set-up file in, files out.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRaw } from "../../mod.ts";
import { fileOf, temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";
import { runDtol, startDtol } from "./child.ts";

const TASK = {
  ...{ name: "force", board: "DT9806(00)", channels: [{ kind: "ai_voltage", physical_channel: 0 }] },
  ...{ timing: { rate_hz: 1000, samples_per_channel: 200 }, logging: { path: "force.dt-raw" } },
  sinks: [{ kind: "csv", path: "force.csv" }],
};
const SETUP = { name: "rig", backend: "simulated", tasks: [TASK] };

/** A folder with a set-up in it. */
function folderWith(setup: unknown): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  Deno.writeTextFileSync(join(folder.path, "rig.json"), JSON.stringify(setup));
  return folder;
}

Deno.test("dtol run records a set-up and says what became of it, in lines and in JSON", async () => {
  using folder = folderWith(SETUP);
  const { code, out, err } = await runDtol(["run", "rig.json", "--json"], { cwd: folder.path });
  equal(code, 0, err);
  match(err, /^No hardware: the boards of rig\.json are simulated\.$/m);
  const { setup, complete, tasks: [task] } = JSON.parse(out);
  deepEqual([setup, complete, task.task, task.recording.samples_per_channel, task.sinks[0].state], [
    ...["rig", true, "force", 200, "complete"],
  ]);
  const again = await runDtol(["run", "rig.json"], { cwd: folder.path });
  equal(again.code, 2);
  match(again.err, /^dtol: Cannot write force\.dt-raw as it exists: /m);
  for (const name of ["force.dt-raw", "force.csv", "force.csv.meta.jsonl"]) Deno.removeSync(join(folder.path, name));
  const lines = await runDtol(["run", "rig.json"], { cwd: folder.path });
  match(lines.out, /^force +DT9806\(00\) {2}200 samples a channel at 1000 Hz, 0 blocks lost, 0 dropped$/m);
  match(lines.out, /^ {2}csv force\.csv: 4 written, 0 dropped$/m);
});

Deno.test("dtol run --check tries the boards and writes nothing", async () => {
  using folder = folderWith(SETUP);
  const { code, out } = await runDtol(["run", "rig.json", "--check"], { cwd: folder.path });
  equal(code, 0);
  match(out, /^force +DT9806\(00\) {2}ok, 1000 Hz a channel$/m);
  deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["rig.json"]);
  using wrong = folderWith({ ...SETUP, tasks: [{ ...TASK, timing: { rate_hz: 1e6 } }] });
  const refused = await runDtol(["run", "rig.json", "--check", "--json"], { cwd: wrong.path });
  equal(refused.code, 2);
  const { ok: fine, checks: [check] } = JSON.parse(refused.out);
  equal(fine, false);
  match(check.error, /1000000 Hz/);
});

Deno.test("dtol run tells what is wrong in one line: 2 for the file, 3 for the board", async () => {
  const sdk = await simSdk();
  const cases: [unknown, string[], number, RegExp][] = [
    [{ ...SETUP, tasks: [] }, [], 2, /^dtol: setup\.tasks must be a list of tasks, at least 1/],
    [SETUP, ["--seconds", "soon"], 2, /^dtol: --seconds must be a finite number above 0, but it is "soon"$/],
    [
      { ...SETUP, backend: "dataacq", sdk, tasks: [{ ...TASK, board: "DT1(00)" }] },
      [],
      3,
      /^dtol: Cannot open "DT1\(00\)"/,
    ],
    [{ ...SETUP, backend: "dataacq", sdk: "nowhere" }, [], 3, /^dtol: Cannot open the DT-Open Layers SDK\./],
  ];
  for (const [setup, args, expected, message] of cases) {
    using folder = folderWith(setup);
    const { code, out, err } = await runDtol(["run", "rig.json", ...args], { cwd: folder.path });
    equal(code, expected, err);
    const lines = err.trimEnd().split("\n").filter((line) => !line.startsWith("No hardware"));
    equal(lines.length, 1, err);
    match(lines[0]!, message);
    equal(out, "");
    deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["rig.json"]);
  }
});

Deno.test("dtol run exits with 1 when something was lost, and with 3 when a board went away", async () => {
  const sdk = await simSdk();
  for (const [fault, expected] of [["overrun@2", 1], ["unplug@2", 3]] as const) {
    using folder = folderWith({ ...SETUP, backend: "dataacq", sdk, error_policy: "skip" });
    const { code, err } = await runDtol(["run", "rig.json"], { cwd: folder.path, env: { DTOLSIM_FAULTS: fault } });
    equal(code, expected, err);
  }
});

Deno.test("the permissions of the README are enough for dtol run, discover and inspect", async () => {
  using folder = folderWith(SETUP);
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const files = ["force.dt-raw", "force.csv", "force.csv.meta.jsonl"];
  const permissions = ["--allow-ffi", `--allow-read=${root},rig.json`, `--allow-write=${files}`];
  const { code, err } = await runDtol(["run", "rig.json"], { cwd: folder.path, permissions });
  equal(code, 0, err);
  const narrow = { permissions: ["--allow-ffi"] };
  const sdk = await simSdk();
  equal((await runDtol(["discover", "--sdk", sdk], narrow)).code, 0);
  equal((await runDtol(["inspect", "DT9806(00)", "--sdk", sdk], narrow)).code, 0);
});

Deno.test("--seconds and Ctrl-C end dtol run in order, with the files complete", async () => {
  const setup = { ...SETUP, tasks: [{ ...TASK, timing: { rate_hz: 1000 } }] };
  using timed = folderWith(setup);
  equal((await runDtol(["run", "rig.json", "--seconds", "0.3"], { cwd: timed.path })).code, 0);
  using folder = folderWith(setup);
  const child = startDtol(["run", "rig.json", "--json"], { cwd: folder.path });
  const path = join(folder.path, "force.dt-raw");
  await fileOf(path, 4000);
  if (Deno.build.os === "windows") return void await stopped(child); // there is no Ctrl-C to send to a child
  child.kill("SIGINT");
  const { code, stdout } = await child.output();
  equal(code, 0);
  const { tasks: [task] } = JSON.parse(new TextDecoder().decode(stdout));
  await using file = await openRaw(path);
  ok(file.report.endedInOrder);
  equal(file.report.samples, task.recording.samples_per_channel);
});

async function stopped(child: Deno.ChildProcess): Promise<void> {
  child.kill();
  await child.output();
}

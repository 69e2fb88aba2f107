// `dtol hardware-day` against the simulated SDK: every question answered, nothing driven unless asked for, a report.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { HardwareAnswer } from "../../mod.ts";
import { openSdk } from "../../ffi/open_layers.ts";
import { Bench } from "../../src/hardware_day/bench.ts";
import { QUESTIONS } from "../../src/hardware_day/questions.ts";
import { openSimSdk } from "../board/sim_sdk.ts";
import { temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

async function hardwareDay(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", MAIN, "hardware-day", "--sdk", await simSdk(), ...args],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

interface Report {
  readonly outputs_driven: boolean;
  readonly answers: readonly HardwareAnswer[];
  readonly findings: readonly unknown[];
}

function read(path: string): Report & { answer(id: string): string } {
  const report = JSON.parse(Deno.readTextFileSync(path)) as Report;
  const answer = (id: string) => report.answers.find((one) => one.id === id)?.answer ?? `"${id}" was not asked`;
  return { ...report, answer };
}

Deno.test("every question about a DT9806 is answered, with inputs only", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/report.json`;
  const { code, out, err } = await hardwareDay(["--board", "DT9806(00)", "--out", path]);
  equal(code, 0, out + err);
  const report = read(path);
  for (const { id, answered, answer } of report.answers) ok(answered, `${id}: ${answer}`);
  equal(report.outputs_driven, false);
  ok(!report.answers.some(({ id }) => id.includes("output")));
  ok(report.findings.length > 10, "what dtol diag says is in it too");
  match(report.answer("messages"), /\d+ x BUFFER_DONE, 1 x QUEUE_STOPPED .* as expected/);
  match(report.answer("scan-clock"), /^single samples/);
  match(report.answer("overrun"), /BUFFER_REUSED/);
  match(report.answer("queue-done"), /1 x QUEUE_DONE; .* had ended/);
  match(report.answer("in-process"), /cannot be looked at/);
  match(report.answer("polling"), /^yes, \d+ in 2 s/);
  match(report.answer("notification"), /^never called; \d+ buffers/);
  equal(report.answer("code-to-volts"), "exactly");
  match(report.answer("volts-to-code"), /upper end: ok: 65535; above: ok: 65535; below: ok: 0/);
  match(report.answer("prototypes"), /olDaSetChannelRange: 36/);
  match(report.answer("states"), /through a query handle: 21/);
});

Deno.test("outputs are driven only when that is said, and end at 0 V", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/report.json`;
  const { code, out } = await hardwareDay(["--board", "DT9806(00)", "--drives-outputs", "--out", path]);
  equal(code, 0, out);
  match(out, /^Outputs are driven: 0 V and 1 V/);
  match(read(path).answer("analog-output"), /1 V on 0: ok; 0 V on 0 again: ok/);
  match(read(path).answer("digital-output"), /all low: ok.* channel 1: 7/);
});

Deno.test("a board that takes samples out of the buffer that it is looked into is a surprise", async () => {
  const sim = await openSimSdk();
  using sdk = openSdk({ sdk: sim.sdk });
  const ask = async (board: string) => {
    using bench = new Bench(sdk, board);
    return await QUESTIONS.find(({ id }) => id === "in-process")!.ask(bench);
  };
  deepEqual(await ask("DT9806(00)"), { answer: "the board says that it cannot be looked at" });
  const copied = await ask("DT9862(00)");
  match(copied.answer, /^they stay: \d+ codes, .* \d x BUFFER_DONE/);
  equal(copied.surprise, false);
  sim.fault("lent_moved@1+");
  const moved = await ask("DT9862(00)");
  match(moved.answer, /^they do NOT stay/);
  equal(moved.surprise, true);
  sim.reset();
});

Deno.test("a question that fails does not keep the next from being asked", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/report.json`;
  const { code, out } = await hardwareDay(["--out", path], { DTOLSIM_FAULTS: "ecode:olDaStart@1=91" });
  equal(code, 1, out);
  const { answers } = read(path);
  deepEqual(answers.filter(({ answered }) => !answered).map(({ id }) => id), ["messages"]);
  match(answers.find(({ id }) => id === "messages")!.answer, /olDaStart returned 91/);
});

Deno.test("a report that exists is kept, and no board is an error", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/report.json`;
  Deno.writeTextFileSync(path, "mine");
  const { code, err } = await hardwareDay(["--out", path]);
  equal(code, 2);
  match(err, /^dtol: Cannot write .* as it exists/);
  equal(Deno.readTextFileSync(path), "mine");
  const none = await hardwareDay(["--out", `${folder.path}/2.json`], { DTOLSIM_FAULTS: "ecode:olDaEnumBoards@1+=78" });
  equal(none.code, 3, none.err);
});

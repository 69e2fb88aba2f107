// What Windows and its users do to a recording in mid-run. What needs no Windows runs on Linux too.
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { openRaw } from "../../mod.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { fileOf, runRecord, startRecord, temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";
import { firstLine, MOD, runCode, startCode } from "./child.ts";
import { CONSOLE_EVENT, sendConsoleEvent } from "./console.ts";

const ignore = Deno.build.os !== "windows";
const COUNTING = { DTOLSIM_SIGNAL: "counting" };
/** Processes share the simulated boards, as they would real ones. */
const EXCLUSIVE = { ...COUNTING, DTOLSIM_EXCLUSIVE: "1" };

/** Compares every sample of a file, and returns how many there are per channel. */
async function checkedSamples(path: string): Promise<number> {
  await using file = await openRaw(path);
  let samples = 0;
  for await (const block of file.blocks()) {
    equal(block.firstSampleIndex, samples);
    equal(firstWrongSample(block), null);
    samples += block.samplesPerChannel;
  }
  ok(file.report.endedInOrder, "the file was not ended in order");
  equal(file.report.gaps.length, 0);
  return samples;
}

/** A recording at 2 x 1 MS/s in a process of its own; `meanwhile` is code that runs in it, with `recording` at hand. */
const recorder = (samples: number, meanwhile: string, buffers = 16): string => `
  import { AnalogInputVoltage, DataAcqBackend, openDevice, record, TaskSpec } from ${MOD};
  const [sdk, path] = Deno.args;
  const spec = new TaskSpec({
    board: "DT9862(00)",
    channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
    timing: { rateHz: 1_000_000, samplesPerChannel: ${samples} },
    buffers: { samplesPerBuffer: 10_000, buffers: ${buffers} },
  });
  await using session = await openDevice(spec, { backend: new DataAcqBackend({ sdk }) });
  await using recording = await record(session, { raw: path });
  ${meanwhile}
  for await (const block of recording.stream) void block;
  const { lost, samplesPerChannel, dropped } = recording.summary;
  console.log(JSON.stringify({ lost, samplesPerChannel, dropped }));`;

Deno.test("the main thread blocked for five seconds costs the file nothing", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const block = "const until = performance.now() + 5000; while (performance.now() < until);";
  const buffers = 250; // half of that time: a busy machine may stop the drainer for a while, too
  const code = recorder(6_000_000, block, buffers);
  const { out, err } = await runCode(code, { args: [await simSdk(), path], env: COUNTING });
  equal(out, JSON.stringify({ lost: 0, samplesPerChannel: 6_000_000, dropped: 0 }), `${out} ${err}`);
  equal(await checkedSamples(path), 6_000_000);
});

/** Finds the drainer's window from another process, as any program can, and does something to it. */
const intruder = (what: string): string => `
  const { symbols: c } = Deno.dlopen("user32.dll", {
    FindWindowExW: { parameters: ["u64", "u64", "buffer", "buffer"], result: "u64" },
    GetWindowThreadProcessId: { parameters: ["u64", "buffer"], result: "u32" },
    PostThreadMessageW: { parameters: ["u32", "u32", "u64", "i64"], result: "i32" },
    PostMessageW: { parameters: ["u64", "u32", "u64", "i64"], result: "i32" },
    SendMessageTimeoutW: { parameters: ["u64", "u32", "u64", "i64", "u32", "u32", "buffer"], result: "i64" },
    IsWindow: { parameters: ["u64"], result: "i32" },
  });
  const wanted = Number(Deno.args[0]);
  const name = new Uint8Array(Uint16Array.from("STATIC\\0", (unit) => unit.charCodeAt(0)).buffer);
  const owner = new Uint32Array(1);
  let hwnd = 0n, thread = 0;
  do {
    hwnd = c.FindWindowExW(BigInt.asUintN(64, -3n), hwnd, name, null);
    thread = c.GetWindowThreadProcessId(hwnd, new Uint8Array(owner.buffer));
  } while (hwnd !== 0n && owner[0] !== wanted);
  if (hwnd === 0n) throw new Error("the drainer's window was not found");
  ${what}`;

async function disturbed(what: string, samples: number): Promise<string> {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const child = await startCode(recorder(samples, "", 64), { args: [await simSdk(), path], env: COUNTING });
  await fileOf(path, 400_000);
  const done = await runCode(intruder(what), { args: [String(child.pid)] });
  equal(done.code, 0, done.err);
  const { stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  equal(out, JSON.stringify({ lost: 0, samplesPerChannel: samples, dropped: 0 }), `${out} ${err}`);
  equal(await checkedSamples(path), samples);
  return done.out;
}

Deno.test("another program's storm of 10,000 messages on the drainer's thread and window", { ignore }, async () => {
  const posted = await disturbed(
    `let posted = 0;
     for (let i = 0; i < 10_000; i++) {
       posted += c.PostThreadMessageW(thread, 1024 + i % 200, BigInt(i), 0n);
       posted += c.PostMessageW(hwnd, 1024 + i % 200, BigInt(i), 0n);
     }
     console.log(posted);`,
    4_000_000,
  );
  equal(posted, "20000");
});

Deno.test("the window destroyed by another program costs no sample", { ignore }, async () => {
  const WM_CLOSE = 16;
  const left = await disturbed(
    `c.SendMessageTimeoutW(hwnd, ${WM_CLOSE}, 0n, 0n, 0, 5000, new Uint8Array(8)); console.log(c.IsWindow(hwnd));`,
    3_000_000,
  );
  equal(left, "0", "the window was not destroyed: the test tests nothing");
});

Deno.test("without its window a recording still notices that the board ended the run", { ignore }, async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const child = await startCode(recorder(20_000_000, ""), {
    args: [await simSdk(), path],
    env: { ...COUNTING, DTOLSIM_FAULTS: "overrun@500" },
  });
  await fileOf(path, 400_000);
  const closed = await runCode(intruder(`c.SendMessageTimeoutW(hwnd, 16, 0n, 0n, 0, 5000, new Uint8Array(8));`), {
    args: [String(child.pid)],
  });
  equal(closed.code, 0, closed.err);
  const { code, stderr } = await child.output();
  ok(code !== 0);
  match(new TextDecoder().decode(stderr), /"DT9862\(00\)" ended the run by itself/);
});

Deno.test("a second process that asks for the same board is told after some seconds, with what to do", async () => {
  using folder = temporaryFolder();
  const sdk = await simSdk();
  const first = startRecord(["--sdk", sdk, "--seconds", "600", "--out", `${folder.path}/1.dt-raw`], { env: EXCLUSIVE });
  await fileOf(`${folder.path}/1.dt-raw`, 5000);
  const started = performance.now();
  const second = await runRecord(["--sdk", sdk, "--seconds", "1", "--out", `${folder.path}/2.dt-raw`], {
    env: EXCLUSIVE,
  });
  ok(performance.now() - started > 3500, "it gave up without waiting");
  equal(second.code, 3);
  match(
    second.err,
    /^record: Cannot take analog_input 0 of "DT9806\(00\)": olDaGetDASS returned 20 .* Close the other program/m,
  );
  first.kill("SIGKILL");
  await first.output();
  const third = await runRecord(["--sdk", sdk, "--seconds", "0.2", "--out", `${folder.path}/3.dt-raw`], {
    env: EXCLUSIVE,
  });
  equal(third.code, 0, `the board is not free after the first process is gone: ${third.err}`);
});

Deno.test("a board that is given back while one waits for it is taken", async () => {
  using folder = temporaryFolder();
  const sdk = await simSdk();
  const hold = `
    import { DataAcqBackend } from ${MOD};
    const board = await new DataAcqBackend({ sdk: Deno.args[0] }).open("DT9806(00)");
    const subsystem = await board.reserve("analog_input", 0);
    console.log("held");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await subsystem.release();
    await board.close();`;
  const holder = await startCode(hold, { args: [sdk], env: EXCLUSIVE });
  equal(await firstLine(holder), "held");
  const { code, err } = await runRecord(["--sdk", sdk, "--seconds", "0.2", "--out", `${folder.path}/a.dt-raw`], {
    env: EXCLUSIVE,
  });
  equal(code, 0, err);
  await holder.stderr.cancel();
  await holder.status;
});

/** Sends a recording something that ends it; its file must be complete, and the board free at once. */
async function endedBy(send: (pid: number) => void): Promise<void> {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const args = ["--sdk", await simSdk(), "--seconds", "600", "--out", path, "--json"];
  const child = startRecord(args, { env: EXCLUSIVE });
  await fileOf(path, 20_000);
  send(child.pid);
  const { code, stdout, stderr } = await child.output();
  equal(code, 0, new TextDecoder().decode(stderr));
  const report = JSON.parse(new TextDecoder().decode(stdout));
  equal(await checkedSamples(path), report.samples_per_channel);
  const take = `
    import { DataAcqBackend } from ${MOD};
    const board = await new DataAcqBackend({ sdk: Deno.args[0] }).open("DT9806(00)");
    await board.reserve("analog_input", 0, 0); // no patience: it is free now or never
    console.log("taken");`;
  const next = await runCode(take, { args: [await simSdk()], env: EXCLUSIVE });
  equal(next.out, "taken", next.err);
}

for (const [what, event] of Object.entries(CONSOLE_EVENT)) {
  Deno.test(`${what} of the console: the file is complete and the board free`, { ignore }, async () => {
    await endedBy((pid) => sendConsoleEvent(pid, event));
  });
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} on Linux: the file is complete and the board free`, { ignore: !ignore }, async () => {
    await endedBy((pid) => Deno.kill(pid, signal));
  });
}

Deno.test("paths with blanks and umlauts", async () => {
  using folder = temporaryFolder();
  const place = `${folder.path}/Prüfstand 3/Wärmefluß – Läufe`;
  Deno.mkdirSync(place, { recursive: true });
  const path = `${place}/Lauf ä ö ü 50 %.dt-raw`;
  const args = ["--sdk", await simSdk(), "--seconds", "0.5", "--out", path];
  const { code, err } = await runRecord(args, { env: COUNTING });
  equal(code, 0, err);
  equal(await checkedSamples(path), 5000);
});

Deno.test("a path longer than 260 characters", async () => {
  using folder = temporaryFolder();
  const place = `${folder.path}/${"a folder with a long name and a number 0123456789/".repeat(6)}`;
  Deno.mkdirSync(place, { recursive: true });
  const path = `${place}run.dt-raw`;
  ok(path.length > 260);
  // With narrower permissions Deno resolves links first, and Wine cannot do that for such a path.
  const { code, err } = await runRecord(["--sdk", await simSdk(), "--seconds", "0.5", "--out", path], {
    env: COUNTING,
    permissions: ["-A"],
  });
  equal(code, 0, err);
  equal(await checkedSamples(path), 5000);
});

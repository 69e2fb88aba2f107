import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openRaw } from "../../mod.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { simSdk } from "../sim.ts";
import { fileOf, runRecord, startRecord, temporaryFolder } from "./child.ts";

const COUNTING = { DTOLSIM_SIGNAL: "counting" };

/** Compares every sample of a file with what the board gave; returns the samples of each channel. */
async function checkedSamples(path: string): Promise<number> {
  await using file = await openRaw(path);
  let samples = 0;
  for await (const block of file.blocks()) {
    equal(firstWrongSample(block), null);
    equal(block.firstSampleIndex, samples);
    samples += block.samplesPerChannel;
  }
  return samples;
}

Deno.test("record.ts simulates where there is no SDK, says so, and writes a file that is whole", async () => {
  using folder = temporaryFolder();
  const { code, out, err } = await runRecord(["--seconds", "0.3", "--out", "run.dt-raw"], { cwd: folder.path });
  equal(code, 0, err);
  match(err, /^No hardware: DT9806\(00\) is simulated\.$/m);
  match(out, /^samples_per_channel +3000$/m);
  await using file = await openRaw(`${folder.path}/run.dt-raw`);
  equal(file.report.endedInOrder, true);
  equal(file.report.samples, 3000);
});

Deno.test("record.ts --json prints one object, and nothing else, on stdout", async () => {
  using folder = temporaryFolder();
  const args = ["--channels", "0,2-3", "--rate", "5000", "--seconds", "0.2", "--out", "run.dt-raw", "--json"];
  const { code, out } = await runRecord(args, { cwd: folder.path });
  equal(code, 0);
  const { seconds, blocks, bytes, ...report } = JSON.parse(out);
  deepEqual(report, {
    board: "DT9806(00)",
    channels: [0, 2, 3],
    rate_hz: 5000,
    samples_per_channel: 1000,
    dropped: 0,
    overruns: 0,
    lost: 0,
    file: "run.dt-raw",
  });
  ok(seconds >= 0.2 && blocks === 4 && bytes === Deno.statSync(`${folder.path}/run.dt-raw`).size);
});

Deno.test("record.ts --sdk records through the C library, sample for sample", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const args = ["--sdk", await simSdk(), "--rate", "10000", "--seconds", "1", "--out", path, "--json"];
  const { code, out, err } = await runRecord(args, { env: COUNTING });
  equal(code, 0, err);
  equal(JSON.parse(out).samples_per_channel, 10000);
  equal(await checkedSamples(path), 10000);
});

Deno.test("record.ts leaves a file that exists alone, unless --overwrite is given", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  Deno.writeTextFileSync(path, "a day of work");
  const refused = await runRecord(["--seconds", "0.1", "--out", path]);
  equal(refused.code, 2);
  match(refused.err, /^record: Cannot write .*run\.dt-raw as it exists: .*overwrite/m);
  equal(Deno.readTextFileSync(path), "a day of work");
  equal((await runRecord(["--seconds", "0.1", "--out", path, "--overwrite"])).code, 0);
  await using file = await openRaw(path);
  equal(file.report.samples, 1000);
});

Deno.test("record.ts tells wrong usage in one line, with exit code 2, and makes no file", async () => {
  using folder = temporaryFolder();
  const wrong: [string[], RegExp][] = [
    [["--rate", "fast"], /timing\.rateHz must be a finite number above 0, but it is NaN/],
    [["--rate=-1"], /timing\.rateHz must be/],
    [["--seconds", "0"], /timing\.samplesPerChannel must be a whole number of at least 1/],
    [["--channels", "0-x"], /channels must be numbers and ranges like 0-2,5, but it is "0-x"/],
    [["--channels", "0,0"], /spec\.channels\[1\]\.\w+ must be .* that no other channel/],
    [["--channels", "16"], /input 16, but "DT9806\(00\)" has 0 to 15/],
    [["--rate", "20000"], /20000 Hz per channel, but "DT9806\(00\)" takes 4 channels at .* to 12500 Hz each/],
    [["--nonsense"], /Unknown option '--nonsense'/],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await runRecord([...args, "--out", "run.dt-raw"], { cwd: folder.path });
    equal(code, 2, `${args}: ${err}`);
    const lines = err.trimEnd().split("\n").filter((line) => !line.startsWith("No hardware"));
    equal(lines.length, 1, err);
    match(lines[0]!, message);
    equal(out, "");
    deepEqual([...Deno.readDirSync(folder.path)], [], `${args} left a file`);
  }
});

Deno.test("record.ts tells a board or SDK error in one line, with exit code 3, and leaves no file", async () => {
  using folder = temporaryFolder();
  const sdk = await simSdk();
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["--sdk", `${folder.path}/nowhere`], {}, /Cannot open the DT-Open Layers SDK\. Tried: .*nowhere/],
    [["--sdk", sdk, "--board", "DT1(00)"], {}, /Cannot open "DT1\(00\)" as no such board is registered: found DT9805/],
    [["--sdk", sdk], { DTOLSIM_FAULTS: "ecode:olDaStart@1=20" }, /olDaStart returned 20 \(OLSUBSYSINUSE\)/],
    [["--sdk", sdk], { DTOLSIM_FAULTS: "ecode:olDaConfig@2=125" }, /olDaConfig returned 125 \(OLGENERALFAILURE\)/],
  ];
  for (const [args, env, message] of cases) {
    const { code, err } = await runRecord([...args, "--out", "run.dt-raw"], { cwd: folder.path, env });
    equal(code, 3, err);
    const lines = err.trimEnd().split("\n").filter((line) => !line.startsWith("No hardware"));
    equal(lines.length, 1, err);
    match(lines[0]!, message);
    deepEqual([...Deno.readDirSync(folder.path)], [], `${args} left a file`);
  }
});

Deno.test("record.ts goes on after an overrun, marks the gap, and exits with 1", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const args = ["--sdk", await simSdk(), "--seconds", "1", "--out", path, "--json"];
  const { code, out, err } = await runRecord(args, { env: { ...COUNTING, DTOLSIM_FAULTS: "overrun@5" } });
  equal(code, 1, err);
  const report = JSON.parse(out);
  equal(report.overruns, 1);
  equal(report.lost, 1);
  await using file = await openRaw(path);
  equal(file.report.gaps.length, 1);
  equal(file.report.samples + file.report.missingSamples, 10000);
  for await (const block of file.blocks()) equal(firstWrongSample(block), null);
});

Deno.test(
  "Ctrl-C ends record.ts in order, with the file complete",
  async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/run.dt-raw`;
    const args = ["--sdk", await simSdk(), "--seconds", "600", "--out", path, "--json"];
    const child = startRecord(args, { env: COUNTING });
    await fileOf(path, 20_000);
    child.kill("SIGINT");
    const { code, stdout } = await child.output();
    equal(code, 0);
    const report = JSON.parse(new TextDecoder().decode(stdout));
    equal(await checkedSamples(path), report.samples_per_channel);
    await using file = await openRaw(path);
    equal(file.report.endedInOrder, true);
  },
);

Deno.test("W-24 a driver that hangs ends record.ts with an error that names the call", async () => {
  using folder = temporaryFolder();
  const hang = `
    import { AnalogInputVoltage, DataAcqBackend, openDevice, record, TaskSpec } from ${
    JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
  };
    const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
    const spec = new TaskSpec({ board: "DT9806(00)", channels, timing: { rateHz: 1000 } });
    const session = await openDevice(spec, { backend: new DataAcqBackend({ sdk: Deno.args[0] }), timeoutS: 1 });
    const recording = await record(session);
    try {
      for await (const block of recording.stream) if (block.blockIndex === 3) await recording.stop();
    } catch (error) {
      console.log(error.name, error.message);
    }
    Deno.exit(0);`;
  const script = `${folder.path}/hang.ts`;
  Deno.writeTextFileSync(script, hang);
  for (const call of ["olDaStop", "olDaGetBuffer"]) {
    const faults = call === "olDaStop" ? "hang:olDaStop@1=0;hang:olDaAbort@1=0" : "hang:olDaGetBuffer@3=0";
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--config",
        fileURLToPath(new URL("../../deno.json", import.meta.url)),
        script,
        await simSdk(),
      ],
      env: { DTOLSIM_FAULTS: faults, NO_COLOR: "1" },
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    match(
      new TextDecoder().decode(stdout),
      /^DtolTimeoutError .*(did not stop the run within 1 s|while fetching a buffer)/m,
    );
  }
});

Deno.test("a full disk ends record.ts with a clear error and a file that can be read", async (t) => {
  using folder = temporaryFolder();
  const mount = async (...args: string[]) =>
    (await new Deno.Command(args[0]!, { args: args.slice(1) }).output()).success;
  const small = `${folder.path}/small`;
  Deno.mkdirSync(small);
  if (
    Deno.build.os !== "linux" ||
    !await mount("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small).catch(() => false)
  ) {
    return console.log("  left out: no tmpfs can be mounted here (tests/raw fills an injected disk)");
  }
  try {
    await t.step("the run ends with exit code 1", async () => {
      const path = `${small}/run.dt-raw`;
      const { code, err } = await runRecord(["--sdk", await simSdk(), "--seconds", "60", "--out", path], {
        env: COUNTING,
      });
      equal(code, 1, err);
      match(err, /^record: Cannot write block \d+ of .*run\.dt-raw: .*space/m);
      const samples = await checkedSamples(path);
      ok(samples > 10_000, `${samples} samples are on the disk`);
    });
  } finally {
    ok(await mount("umount", small));
  }
});

Deno.test("the permissions of the README are enough for record.ts, and fewer are not", async () => {
  using folder = temporaryFolder();
  const out = `${folder.path}/run.dt-raw`;
  const source = fileURLToPath(new URL("../../", import.meta.url));
  const narrow = ["--allow-ffi", `--allow-read=${source},${out}`, `--allow-write=${out}`];
  const args = ["--seconds", "0.1", "--out", out];
  equal((await runRecord(args, { permissions: narrow })).code, 0);
  Deno.removeSync(out);
  for (const left of ["--allow-read", "--allow-write"]) {
    const { code } = await runRecord(args, { permissions: narrow.filter((flag) => !flag.startsWith(left)) });
    ok(code !== 0, `it ran without ${left}`);
  }
});

Deno.test("W-61 the file says by itself all that turns its codes into volts, and what it was made with", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/run.dt-raw`;
  const args = ["--sdk", await simSdk(), "--channels", "2", "--rate", "7000", "--seconds", "0.2", "--out", path];
  equal((await runRecord(args)).code, 0);
  await using file = await openRaw(path);
  const { anchor, channels, versions, monoClock, rateHzAsked, clockHzAsked } = file.header;
  deepEqual(channels[0]!.scaling, { lowVolts: -10, highVolts: 10, gain: 1, bits: 16, encoding: "binary" });
  equal(channels[0]!.physicalChannel, 2);
  deepEqual([rateHzAsked, clockHzAsked], [7000, 7000]);
  ok(Math.abs(anchor.clockHz - 7000) < 5 && anchor.clockHz !== 7000, "the clock that the board really ran at");
  equal(monoClock, Deno.build.os === "windows" ? "QueryPerformanceCounter" : "CLOCK_MONOTONIC");
  equal(versions?.oldaapi, "V7.0.0.7");
  equal(versions?.olmem, "V2.00.01");
  ok(versions?.driver && versions.library);
  equal(versions?.simulated, true);
});

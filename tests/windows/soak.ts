// `deno task soak:windows [--seconds N]`: record.ts in Deno for Windows, two channels at 10 MS/s each through the DLLs, with
// raw logging: nothing may be lost, and every sample is compared with the counting pattern.
// Runs inside (`deno run -A tests/windows/soak.ts`) or, started on Linux, goes inside by itself.
import { ok, strictEqual as equal } from "node:assert/strict";
import { parseArgs } from "node:util";
import { openRaw } from "../../mod.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { runRecord, temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";

/** What a soak came to. */
export interface SoakResult {
  /** Samples of each channel in the file. */
  readonly samples: number;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Seconds of the recording. */
  readonly seconds: number;
}

/** Records for some seconds at 2 x 10 MS/s, and compares every sample. */
export async function soak(seconds: number): Promise<SoakResult> {
  using folder = temporaryFolder();
  const path = `${folder.path}/soak.dt-raw`;
  const task = ["--board", "DT9862(00)", "--channels", "0-1", "--rate", "10000000", "--seconds", String(seconds)];
  const { code, out, err } = await runRecord(["--sdk", await simSdk(), ...task, "--out", path, "--json"], {
    env: { DTOLSIM_SIGNAL: "counting" },
  });
  equal(code, 0, err + out);
  const report = JSON.parse(out);
  equal(report.lost, 0, out);
  await using file = await openRaw(path);
  let samples = 0;
  for await (const block of file.blocks()) {
    equal(block.firstSampleIndex, samples);
    equal(firstWrongSample(block), null);
    samples += block.samplesPerChannel;
  }
  equal(samples, 10_000_000 * seconds);
  equal(file.report.gaps.length, 0);
  ok(file.report.endedInOrder);
  return { samples, bytes: report.bytes, seconds: report.seconds };
}

if (import.meta.main) {
  const { seconds } = parseArgs({ options: { seconds: { type: "string", default: "20" } } }).values;
  if (Deno.build.os === "windows") {
    const result = await soak(Number(seconds));
    console.log(`sample-exact, nothing lost: ${JSON.stringify(result)}`);
  } else {
    const { onWindows } = await import("./machine.ts");
    const args = ["run", "-A", "--no-check", "tests/windows/soak.ts", "--seconds", seconds];
    Deno.exit(await onWindows(async (windows) => (await windows.deno(args)).code));
  }
}

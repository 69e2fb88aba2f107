// A recording is killed at a random moment: what the file had acknowledged is read back, sample for sample.
//   deno test -A tests/record/kill_test.ts -- --rounds 1000
import { ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openRaw } from "../../mod.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { simSdk } from "../sim.ts";
import { temporaryFolder } from "./child.ts";

const { rounds } = parseArgs({ args: Deno.args, options: { rounds: { type: "string", default: "20" } } }).values;

/** Starts a recording, kills it some blocks later, and returns the sample behind the last one it had read. */
async function killedAt(sdk: string, path: string): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL("./kill_child.ts", import.meta.url)), sdk, path],
    env: { DTOLSIM_SIGNAL: "counting" },
    stdout: "piped",
  }).spawn();
  const patience = Math.floor(Math.random() * 60);
  let acknowledged = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    acknowledged += text;
    if (acknowledged.split("\n").length > patience) break;
  }
  child.kill("SIGKILL");
  await child.status;
  const whole = acknowledged.slice(0, acknowledged.lastIndexOf("\n")).split("\n").at(-1)!;
  const [first, samples] = whole.split(" ").map(Number) as [number, number];
  return first + samples;
}

Deno.test(`a recording that is killed has every acknowledged block in its file, and no wrong sample (${rounds} rounds)`, async () => {
  const sdk = await simSdk();
  for (let round = 0; round < Number(rounds); round++) {
    using folder = temporaryFolder();
    const path = `${folder.path}/run.dt-raw`;
    const acknowledged = await killedAt(sdk, path);
    await using file = await openRaw(path);
    let next = 0;
    for await (const block of file.blocks()) {
      equal(block.firstSampleIndex - block.gapBefore, next, `round ${round}`); // a loaded machine may lose buffers
      equal(firstWrongSample(block), null, `round ${round}`);
      next = block.firstSampleIndex + block.samplesPerChannel;
    }
    ok(next >= acknowledged, `round ${round}: ${acknowledged} samples were acknowledged, ${next} are in the file`);
    equal(file.report.damage.length, 0, `round ${round}`);
    equal(file.report.endedInOrder, false, `round ${round}`);
  }
});

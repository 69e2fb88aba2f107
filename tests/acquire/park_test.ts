/** W-11: outputs of a process that dies go to their safe values, seen in the journal of the simulated SDK. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { OLSS } from "../../ffi/constants.ts";
import { simSdk } from "../sim.ts";
import { inTime, tempDir } from "./lab.ts";

const CHILD = fileURLToPath(new URL("./park_child.ts", import.meta.url));

const HEATER = `DT9806(00) ${OLSS.OLSS_DA} 1`;
const PORT = `DT9806(00) ${OLSS.OLSS_DOUT} 0`;
const DRIVEN = [`${HEATER} 49152`, `${PORT} 255`];
const PARKED = [...DRIVEN, `${HEATER} 34406`, `${PORT} 3`];

/** A child that drives outputs; `signals` are sent once it is ready, and `during` happens between them. */
async function die(
  way: string,
  { signals = [], faults }: { signals?: readonly Deno.Signal[]; faults?: string } = {},
): Promise<{ code: number; signal: string | null; journal: string[]; told: string }> {
  await using dir = await tempDir();
  const journal = dir.file("journal");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, await simSdk(), way],
    env: { DTOLSIM_JOURNAL: journal, NO_COLOR: "1", ...(faults === undefined ? {} : { DTOLSIM_FAULTS: faults }) },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const told = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const errors = new Response(child.stderr).text();
  let text = "";
  for (const [i, signal] of signals.entries()) {
    if (i === 0) { while (!text.includes("ready")) text += (await inTime("the child", told.read())).value ?? ""; }
    else await inTime("the parking", hung(journal)); // the first is being served
    child.kill(signal);
  }
  const { code, signal } = await inTime("the child", child.status);
  for (let next = await told.read(); !next.done; next = await told.read()) text += next.value;
  const lines = (await Deno.readTextFile(journal)).trim().split("\n");
  return { code, signal, journal: lines, told: text + await errors };
}

/** Settles when the first output has been parked: the next call hangs. */
async function hung(journal: string): Promise<void> {
  while ((await Deno.readTextFile(journal)).trim().split("\n").length < DRIVEN.length + 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const SIGNALS = [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const;

for (const [signal, expected] of SIGNALS) {
  Deno.test({
    name: `W-11: ${signal} parks, and ends the process`,
    fn: async () => {
      const { code, journal } = await die("signal", { signals: [signal] });
      deepEqual(journal, PARKED);
      equal(code, expected);
    },
  });
}

Deno.test({
  name: "W-11: a second signal ends a process whose driver hangs in the parking",
  fn: async () => {
    const faults = "hang:olDaPutSingleValue@4=0"; // two writes, and two to park
    const { signal, journal } = await die("hang", { signals: ["SIGTERM", "SIGTERM"], faults });
    deepEqual(journal, PARKED.slice(0, 3));
    equal(signal, "SIGTERM");
  },
});

Deno.test({
  name: "a program with signal listeners of its own ends in its own way",
  fn: async () => {
    const { code, journal, told } = await die("own", { signals: ["SIGTERM"] });
    deepEqual(journal, PARKED);
    equal(code, 7);
    ok(told.includes("my own"), told);
  },
});

Deno.test({
  name: "after the sessions are closed a signal ends the process as ever",
  fn: async () => {
    const { signal, journal } = await die("closed", { signals: ["SIGTERM"] });
    deepEqual(journal, PARKED);
    equal(signal, "SIGTERM");
  },
});

for (const [way, expected] of [["throw", 1], ["reject", 1], ["exit", 5], ["end", 0]] as const) {
  Deno.test(`W-11: outputs are parked when the program ends by ${way}`, async () => {
    const { code, journal } = await die(way);
    deepEqual(journal, PARKED);
    equal(code, expected);
  });
}

Deno.test("what cannot be parked is told, and the rest is parked", async () => {
  const { journal, told } = await die("exit", { faults: "ecode:olDaPutSingleValue@3=37" });
  deepEqual(journal, [...DRIVEN, `${PORT} 3`]);
  ok(/dtollib: Cannot park analog_output of "DT9806\(00\)"/.test(told), told);
});

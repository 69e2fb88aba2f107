import { openSimLibrary } from "../sim.ts";
import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import {
  awaitMessages,
  BUFFER_DONE,
  close,
  DEVICE_REMOVAL,
  fault,
  handle,
  messages,
  numbers,
  ok,
  OVERRUN_ERROR,
  prepare,
  QUEUE_DONE,
  QUEUE_STOPPED,
  queues,
  sdk,
  simTest,
  text,
  u32,
  WRAP_NONE,
} from "./sdk.ts";

/** Lets a run of eight 10 ms buffers under wrap mode NONE go to its end, and some time longer; returns what came. */
function eightBuffers(script: string, milliseconds = 10): number[] {
  const run = prepare({ buffers: 8, wrap: WRAP_NONE });
  fault(script);
  ok("olDaStart", run.ad);
  const found: number[] = [];
  while (!found.includes(QUEUE_DONE)) found.push(...numbers(awaitMessages(1)));
  for (const until = performance.now() + milliseconds; performance.now() < until;) {
    found.push(...numbers(messages()));
  }
  ok("olDaStop", run.ad);
  close(run);
  return found;
}

const done = (count: number): number[] => Array(count).fill(BUFFER_DONE);

simTest("ecode: the k-th call from now returns the code, @k+ every later one as well", () => {
  const run = prepare();
  fault("ecode:olDaGetBuffer@3=125");
  const results = () => Array.from({ length: 5 }, () => sdk.olDaGetBuffer!(run.ad, new BigUint64Array(1)));
  deepEqual(results(), [0, 0, 125, 0, 0]);
  fault("ecode:olDaGetBuffer@2+=91");
  deepEqual(results(), [0, 91, 91, 91, 91]);
  fault("");
  deepEqual(results(), [0, 0, 0, 0, 0]);
  close(run);
});

simTest("overrun: OVERRUN_ERROR ends the run, that buffer's data are lost", () => {
  const run = prepare();
  fault("overrun@3");
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(3)), [BUFFER_DONE, BUFFER_DONE, OVERRUN_ERROR]);
  equal(u32("olDaIsRunning", run.ad), 0);
  deepEqual(queues(run.ad), [1, 1, 2]);
  ok("olDaFlushBuffers", run.ad);
  const all = Array.from({ length: 4 }, () => handle("olDaGetBuffer", run.ad));
  deepEqual(all.map((buffer) => u32("olDmGetValidSamples", buffer)), [500, 500, 0, 0]);
  equal(u32("olDmGetBufferECode", all[2]), 61);
  for (const buffer of all) ok("olDmFreeBuffer", buffer);
  ok("olDaStop", run.ad);
  close(run);
});

simTest("late: the message comes later, the buffer does not", () => {
  deepEqual(eightBuffers("late@2=5000").filter((message) => message === BUFFER_DONE), done(7));
});

simTest("late: the message does come", () => {
  deepEqual(eightBuffers("late@2=200", 400), [...done(7), QUEUE_DONE, BUFFER_DONE]);
});

simTest("missing: one message, or all from the k-th on", () => {
  deepEqual(eightBuffers("missing@3"), [...done(7), QUEUE_DONE]);
  deepEqual(eightBuffers("missing@3+"), [...done(2), QUEUE_DONE]);
});

simTest("coalesced: one message for four buffers", () => {
  deepEqual(eightBuffers("coalesced=4"), [...done(2), QUEUE_DONE]);
});

simTest("unplug: DEVICE_REMOVAL, then 67 for every call on the device until the faults are cleared", () => {
  const run = prepare();
  fault("unplug@2");
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(2)), [BUFFER_DONE, DEVICE_REMOVAL]);
  equal(sdk.olDaGetBuffer!(run.ad, new BigUint64Array(1)), 67);
  equal(sdk.olDaStop!(run.ad), 67);
  equal(sdk.olDaInitialize!(text("DT9805(00)"), new BigUint64Array(1)), 67);
  equal(sdk.olDmFreeBuffer!(run.buffers[3]), 205);
  equal(sdk.olDaReleaseDASS!(run.ad), 67);
  equal(sdk.olDaTerminate!(run.device), 67);
  for (const buffer of run.buffers) ok("olDmFreeBuffer", buffer);
  sdk.DestroyWindow!(run.window);
  equal(sdk.dtolsim_open_handles!(), 0);
  fault("");
  const again = prepare();
  close(again);
});

simTest("hang: the call blocks that long", () => {
  const run = prepare();
  fault("hang:olDaStop@1=150");
  ok("olDaStart", run.ad);
  const start = performance.now();
  ok("olDaStop", run.ad);
  truthy(performance.now() - start >= 150);
  close(run);
});

simTest("hang for ever ends with a reset", async () => {
  const library = await openSimLibrary({
    olDaGetVersion: { parameters: ["buffer", "u32"], result: "u32", nonblocking: true },
  });
  fault("hang:olDaGetVersion@1=0");
  let ended = false;
  const call = library.symbols.olDaGetVersion(new Uint8Array(16), 16).then(() => ended = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  equal(ended, false);
  equal(sdk.dtolsim_reset!(), 0);
  await call;
  library.close();
});

simTest("several faults make one script; faults add up", () => {
  const run = prepare();
  fault("missing@1;missing@2");
  fault("overrun@4");
  ok("olDaStart", run.ad);
  deepEqual(numbers(awaitMessages(2)), [BUFFER_DONE, OVERRUN_ERROR]);
  close(run);
});

simTest("a script that is not understood changes nothing", () => {
  for (
    const script of ["x", "overrun", "overrun@0", "overrun@", "late@3", "ecode:olDaStart@1", "ecode:@1=3", "late@1=x"]
  ) {
    equal(sdk.dtolsim_fault!(text(script)), 1, script);
  }
  equal(sdk.dtolsim_fault!(text("missing@1+;nonsense")), 1);
  deepEqual(eightBuffers(""), [...done(8), QUEUE_DONE]);
});

simTest("the log names calls and codes in order", () => {
  sdk.dtolsim_log!(1);
  const run = prepare({ buffers: 1 });
  ok("olDaStart", run.ad);
  equal(sdk.olDaStart!(run.ad), 22);
  ok("olDaStop", run.ad);
  messages();
  close(run);
  const bytes = new Uint8Array(sdk.dtolsim_calls!(null, 0));
  equal(sdk.dtolsim_calls!(bytes, bytes.length), bytes.length);
  const lines = new TextDecoder().decode(bytes.subarray(0, -1)).trimEnd().split("\n");
  deepEqual(lines.slice(0, 3), ["olDaInitialize:0", "olDaGetDASS:0", "olDaSetDataFlow:0"]);
  const start = lines.indexOf("olDaStart:0");
  deepEqual(lines.slice(start - 1, start + 4), [
    "olDaConfig:0",
    "olDaStart:0",
    "olDaStart:22",
    "olDaStop:0",
    "olDaSetWndHandle:0",
  ]);
  equal(lines.at(-1), "olDaTerminate:0");
  sdk.dtolsim_log!(0);
  equal(sdk.dtolsim_calls!(bytes, bytes.length), 1);
});

/** Runs a program over the simulation in a process with this environment; returns its stdout and stderr. */
async function inProcess(env: Record<string, string>, program: string): Promise<string[]> {
  const module = JSON.stringify(new URL("./sdk.ts", import.meta.url).href);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", `import * as sim from ${module};\n${program}`],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
}

Deno.test("the environment scripts faults; a mistake there is one line on stderr", async () => {
  const program = `const version = () => sim.sdk.olDaGetVersion(new Uint8Array(16), 16);
    console.log(version(), version(), version());`;
  deepEqual(await inProcess({ DTOLSIM_FAULTS: "ecode:olDaGetVersion@2=125" }, program), ["0 125 0", ""]);
  deepEqual(await inProcess({ DTOLSIM_FAULTS: "ecode@2" }, program), [
    "0 0 0",
    'dtolsim: cannot read DTOLSIM_FAULTS="ecode@2"; nothing of it is in effect',
  ]);
});

Deno.test("the environment chooses the signal and free running", async () => {
  const program = `const run = sim.prepare({ rateHz: 1, buffers: 1, samples: 100, wrap: sim.WRAP_NONE });
    sim.ok("olDaStart", run.ad);
    sim.awaitMessages(2);
    console.log(sim.codes(run.buffers[0])[99]);`;
  const env = { DTOLSIM_SIGNAL: "1=constant:5", DTOLSIM_FREE_RUNNING: "1" };
  deepEqual(await inProcess(env, program), ["49152", ""]);
  const [, complaint] = await inProcess({ ...env, DTOLSIM_SIGNAL: "triangle" }, program);
  equal(complaint, 'dtolsim: cannot read DTOLSIM_SIGNAL="triangle"; the default signals stay');
});

simTest("stop posts QUEUE_STOPPED once", () => {
  const run = prepare();
  ok("olDaStart", run.ad);
  ok("olDaStop", run.ad);
  equal(numbers(messages()).filter((message) => message === QUEUE_STOPPED).length, 1);
  close(run);
});

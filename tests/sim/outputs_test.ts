import { deepStrictEqual as deepEqual, ok as truthy, strictEqual as equal } from "node:assert/strict";
import { join } from "node:path";
import { simSdk } from "../sim.ts";
import {
  AD,
  awaitMessages,
  BUFFER_DONE,
  codes,
  DA,
  DIN,
  DOUT,
  fault,
  handle,
  IO_COMPLETE,
  messages,
  numbers,
  ok,
  played,
  prepare,
  QUEUE_DONE,
  QUEUE_STOPPED,
  queues,
  sdk,
  simTest,
  SINGLEVALUE,
  text,
  u32,
  UNDERRUN_ERROR,
  window,
  withSubsystem,
  WRAP_MULTIPLE,
  WRAP_NONE,
  WRAP_SINGLE,
} from "./sdk.ts";

const BOARD = "DT9862(00)";

interface Player {
  device: bigint;
  da: bigint;
  window: bigint;
}

/** A D/A ready for buffers; both channels, or those given. */
function player(wrap: number, rateHz: number, channels = [0, 1]): Player {
  const device = handle("olDaInitialize", text(BOARD));
  const da = handle("olDaGetDASS", device, DA, 0);
  ok("olDaSetDataFlow", da, 800);
  ok("olDaSetWrapMode", da, wrap);
  ok("olDaSetClockFrequency", da, rateHz);
  ok("olDaSetDmaUsage", da, 1);
  ok("olDaSetChannelListSize", da, channels.length);
  channels.forEach((channel, position) => ok("olDaSetChannelListEntry", da, position, channel));
  const hwnd = window();
  ok("olDaSetWndHandle", da, hwnd, 5n);
  return { device, da, window: hwnd };
}

/** Queues codes in a buffer of its own, or in the one given. */
function put({ da }: Player, values: Uint16Array, buffer = handle("olDmCallocBuffer", 0, 0, values.length, 2)): void {
  ok("olDmCopyToBuffer", buffer, values, values.length);
  ok("olDmSetValidSamples", buffer, values.length);
  ok("olDaPutBuffer", da, buffer);
}

function begin(run: Player): void {
  ok("olDaConfig", run.da);
  ok("olDaStart", run.da);
}

function end(run: Player): void {
  ok("olDaSetWndHandle", run.da, 0n, 0n);
  ok("olDaFlushBuffers", run.da);
  for (let buffer; (buffer = handle("olDaGetBuffer", run.da)) !== 0n;) ok("olDmFreeBuffer", buffer);
  equal(sdk.DestroyWindow!(run.window), 1);
  ok("olDaReleaseDASS", run.da);
  ok("olDaTerminate", run.device);
}

/** Messages up to one of a kind. */
function until(message: number): number[] {
  const found: number[] = [], patience = performance.now() + 5000;
  while (!found.includes(message) && performance.now() < patience) found.push(...numbers(awaitMessages(1)));
  return found;
}

const ramp = (n: number, from = 0): Uint16Array => Uint16Array.from({ length: n }, (_, i) => (from + i) * 7 & 0xffff);
const every = (values: ArrayLike<number>, k: number, of: number): number[] =>
  Array.from(values).filter((_, i) => i % of === k);

simTest("output buffers go Ready, Inprocess, Done; the run ends with IO_COMPLETE after the last sample", () => {
  const run = player(WRAP_NONE, 50000), sent = [ramp(4000), ramp(4000, 4000), ramp(1000, 8000)];
  for (const values of sent) put(run, values);
  deepEqual(queues(run.da), [3, 0, 0]);
  begin(run);
  equal(u32("olDaIsRunning", run.da), 1);
  deepEqual(until(IO_COMPLETE), [BUFFER_DONE, BUFFER_DONE, BUFFER_DONE, QUEUE_DONE, IO_COMPLETE]);
  equal(u32("olDaIsRunning", run.da), 0);
  deepEqual(queues(run.da), [0, 0, 3]);
  const all = sent.flatMap((values) => [...values]);
  for (const channel of [0, 1]) {
    deepEqual(played(BOARD, channel), every(all, channel, 2));
    equal(sdk.dtolsim_output!(text(BOARD), DA, channel), all.at(channel - 2));
  }
  ok("olDaStop", run.da);
  end(run);
});

simTest("a fresh buffer counts as empty: 217; without any, olDaStart is 64", () => {
  const run = player(WRAP_NONE, 50000);
  const buffer = handle("olDmCallocBuffer", 0, 0, 100, 2);
  equal(sdk.olDaPutBuffer!(run.da, buffer), 217);
  ok("olDaConfig", run.da);
  equal(sdk.olDaStart!(run.da), 64);
  ok("olDmFreeBuffer", buffer);
  end(run);
});

simTest("a buffer is done when it is in the FIFO, long before its last sample has left", () => {
  const run = player(WRAP_NONE, 500, [1]);
  put(run, ramp(2000));
  begin(run);
  deepEqual(until(QUEUE_DONE), [BUFFER_DONE, QUEUE_DONE]);
  const out = played(BOARD, 1);
  truthy(out.length > 0 && out.length < 2000, `${out.length}`);
  deepEqual(out, [...ramp(out.length)]);
  equal(u32("olDaIsRunning", run.da), 1);
  ok("olDaAbort", run.da);
  const cut = played(BOARD, 1);
  truthy(cut.length < 2000, "an abort cuts");
  equal(sdk.dtolsim_output!(text(BOARD), DA, 1), cut.at(-1));
  deepEqual(played(BOARD, 1), cut, "and nothing leaves any more");
  deepEqual(numbers(messages()), [QUEUE_STOPPED]);
  end(run);
});

simTest("wrap mode SINGLE repeats one buffer without a gap; a stop ends after a whole period", () => {
  const run = player(WRAP_SINGLE, 20000, [0]), period = ramp(100, 3);
  put(run, period);
  begin(run);
  awaitMessages(3);
  deepEqual(queues(run.da), [0, 1, 0]);
  ok("olDaStop", run.da);
  const out = played(BOARD, 0);
  truthy(out.length >= 300);
  equal(out.length % 100, 0);
  deepEqual(out, Array.from(out, (_, i) => period[i % 100]));
  deepEqual(until(IO_COMPLETE).slice(-2), [QUEUE_STOPPED, IO_COMPLETE]);
  deepEqual(queues(run.da), [0, 0, 1]);
  end(run);
});

simTest("wrap mode MULTIPLE goes on as long as buffers come, then UNDERRUN_ERROR", () => {
  const run = player(WRAP_MULTIPLE, 40000, [0]), sent: number[] = [];
  const send = (buffer?: bigint) => {
    const values = ramp(2000, sent.length);
    put(run, values, buffer);
    sent.push(...values);
  };
  for (let i = 0; i < 8; i++) send(); // 0.4 s ahead
  begin(run);
  while (sent.length < 20000) {
    awaitMessages(1);
    for (let b; sent.length < 20000 && (b = handle("olDaGetBuffer", run.da)) !== 0n;) send(b);
  }
  equal(until(UNDERRUN_ERROR).at(-1), UNDERRUN_ERROR);
  equal(u32("olDaIsRunning", run.da), 0);
  deepEqual(played(BOARD, 0), sent);
  equal(sdk.dtolsim_output!(text(BOARD), DA, 0), sent.at(-1));
  ok("olDaStop", run.da);
  equal(sdk.olDaStop!(run.da), 28);
  end(run);
});

simTest("olDaStop plays the buffer in process and the FIFO to their end", () => {
  const run = player(WRAP_MULTIPLE, 100000, [0]);
  for (let i = 0; i < 3; i++) put(run, ramp(5000, i * 5000));
  begin(run);
  ok("olDaStop", run.da);
  deepEqual(numbers(messages()), [BUFFER_DONE, QUEUE_STOPPED, IO_COMPLETE]);
  deepEqual(played(BOARD, 0), [...ramp(5000)]);
  deepEqual(queues(run.da), [2, 0, 1]);
  equal(sdk.olDaStop!(run.da), 28);
  end(run);
});

simTest("free running: outputs take buffers as fast as they come", () => {
  sdk.dtolsim_free_running!(1);
  const run = player(WRAP_MULTIPLE, 1, [0]);
  put(run, ramp(50000));
  begin(run);
  until(BUFFER_DONE);
  put(run, ramp(50000, 50000));
  until(BUFFER_DONE);
  ok("olDaStop", run.da);
  deepEqual(played(BOARD, 0), [...ramp(100000)]);
  end(run);
});

simTest("underrun: UNDERRUN_ERROR instead of the k-th BUFFER_DONE", () => {
  const run = player(WRAP_NONE, 100000);
  fault("underrun@2");
  for (let i = 0; i < 3; i++) put(run, ramp(4000));
  begin(run);
  deepEqual(until(UNDERRUN_ERROR), [BUFFER_DONE, UNDERRUN_ERROR]);
  end(run);
});

simTest("an external clock has the rate that the control gives it", () => {
  equal(sdk.dtolsim_external_clock!(-1), 1);
  ok("dtolsim_external_clock", 400000);
  const run = player(WRAP_NONE, 1, [0]);
  ok("olDaSetClockSource", run.da, 401);
  ok("olDaSetExternalClockDivider", run.da, 8);
  put(run, ramp(5000));
  const start = performance.now();
  begin(run);
  until(IO_COMPLETE);
  const took = performance.now() - start;
  truthy(took >= 99 && took < 3000, `${took} ms`);
  end(run);
});

function single(board: string, type: number, body: (handle: bigint) => void): void {
  withSubsystem(board, type, (subsystem) => {
    ok("olDaSetDataFlow", subsystem, SINGLEVALUE);
    if (board === BOARD && type === DA) {
      ok("olDaSetChannelListSize", subsystem, 2);
      ok("olDaSetChannelListEntry", subsystem, 1, 1);
    }
    ok("olDaConfig", subsystem);
    body(subsystem);
  });
}

const outputs = () => [0, 1].map((channel) => sdk.dtolsim_output!(text(BOARD), DA, channel));

simTest("olDaPutSingleValues writes the whole list or nothing, and leaves alone what it is told to", () => {
  single(BOARD, DA, (da) => {
    ok("olDaPutSingleValues", da, Int32Array.of(1000, 2000), 1);
    deepEqual(outputs(), [1000, 2000]);
    equal(sdk.olDaPutSingleValues!(da, Int32Array.of(5, 65536), 1), 134);
    deepEqual(outputs(), [1000, 2000]);
    ok("olDaPutSingleValues", da, Int32Array.of(1082163328, 7), 1);
    deepEqual(outputs(), [1000, 7]);
    ok("olDaPutSingleValue", da, 65535, 0, 1);
    deepEqual(outputs(), [65535, 7]);
  });
  single("DT9806(00)", DA, (da) => equal(sdk.olDaPutSingleValues!(da, Int32Array.of(0, 0), 1), 36));
});

const read = (subsystem: bigint, channel = 0): number => {
  const out = new Int32Array(1);
  ok("olDaGetSingleValue", subsystem, out, channel, 1);
  return out[0]!;
};

simTest("loopback: inputs see the outputs, from one board's D/A and ports to its own", () => {
  for (const [board, lines, mask] of [[BOARD, 0xbeef, 0xffff], ["DT9806(00)", 0xa5, 0xff]] as const) {
    single(board, DOUT, (port) => ok("olDaPutSingleValue", port, lines, 0, 1));
    single(
      board,
      DA,
      (da) => [11111, 54321].forEach((code, channel) => ok("olDaPutSingleValue", da, code, channel, 1)),
    );
    single(board, DIN, (port) => equal(read(port), mask));
    ok("dtolsim_loopback", 1);
    single(board, DIN, (port) => equal(read(port), lines));
    single(board, AD, (ad) => deepEqual([read(ad, 0), read(ad, 1)], [11111, 54321]));
    ok("dtolsim_loopback", 0);
  }
  ok("dtolsim_port", text(BOARD), 0x1234);
  single(BOARD, DIN, (port) => equal(read(port), 0x1234));
  ok("dtolsim_port", text(BOARD), -1);
  single(BOARD, DIN, (port) => equal(read(port), 0xffff));
  equal(sdk.dtolsim_port!(text("DT1"), 0), 1);
});

simTest("loopback: a recording started together with a waveform holds it sample by sample", () => {
  ok("dtolsim_loopback", 1);
  const ad = prepare({ board: BOARD, rateHz: 50000, samples: 4000, wrap: WRAP_NONE, buffers: 1 });
  const run = player(WRAP_NONE, 100000), wave = ramp(6000);
  put(run, wave);
  ok("olDaConfig", run.da);
  const list = handle("olDaGetSSList");
  for (const subsystem of [ad.ad, run.da]) ok("olDaPutDassToSSList", list, subsystem);
  ok("olDaSimultaneousPrestart", list);
  ok("olDaSimultaneousStart", list);
  ok("olDaReleaseSSList", list);
  let buffer = 0n;
  while ((buffer = handle("olDaGetBuffer", ad.ad)) === 0n) awaitMessages(1);
  const seen = codes(buffer);
  for (const channel of [0, 1]) {
    const sent = every(wave, channel, 2); // both inputs see every second sample of their outputs; then the last one stays
    deepEqual(every(seen, channel, 2), Array.from({ length: 2000 }, (_, i) => sent[Math.min(i * 2, 2999)]));
  }
  sdk.dtolsim_reset!();
});

Deno.test("the journal holds every change of an output, also of a process that was killed", async () => {
  const folder = await Deno.makeTempDir(), journal = join(folder, "journal");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("./journal_child.ts", import.meta.url).href],
    env: { DTOLSIM_JOURNAL: journal, DTOLLIB_SIM_DIR: await simSdk() },
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read(); // it has written
  child.kill("SIGKILL");
  reader.releaseLock();
  await child.stdout.cancel();
  await child.status;
  const lines = (await Deno.readTextFile(journal)).trim().split("\n");
  deepEqual(lines, [
    "DT9806(00) 1 0 40000",
    "DT9806(00) 1 1 1",
    "DT9806(00) 1 0 32768",
    "DT9806(00) 3 0 255",
    "DT9806(00) 3 0 0",
  ]);
  await Deno.remove(folder, { recursive: true });
});

simTest("the journal holds the samples of a clocked output, those that changed it", async () => {
  const folder = await Deno.makeTempDir(), journal = join(folder, "journal");
  Deno.env.set("DTOLSIM_JOURNAL", journal);
  try {
    sdk.dtolsim_reset!();
    const run = player(WRAP_NONE, 100000, [1]);
    put(run, Uint16Array.of(5, 5, 32768, 7, 7, 7, 9));
    begin(run);
    until(IO_COMPLETE);
    end(run);
  } finally {
    Deno.env.delete("DTOLSIM_JOURNAL");
    sdk.dtolsim_reset!();
  }
  const lines = (await Deno.readTextFile(journal)).trim().split("\n");
  deepEqual(lines, [5, 32768, 7, 9].map((code) => `${BOARD} 1 1 ${code}`));
  await Deno.remove(folder, { recursive: true });
});

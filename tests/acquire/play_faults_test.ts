/** Waveforms on a board that refuses calls: nothing that it holds is freed, and everything else is. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { play } from "../../src/acquire/play.ts";
import { openDevice, type Session } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { AnalogOutputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { errorOf, inTime, sdk, sim, until } from "./lab.ts";

const spec = new TaskSpec({
  board: "DT9862(00)",
  channels: [new AnalogOutputVoltage({ physicalChannel: 0, requiresConfirm: false })],
  timing: { rateHz: 1000 },
  buffers: { buffers: 8, samplesPerBuffer: 100 },
});

/** More than the buffers and the board's own memory hold, so that some are still queued whenever it ends. */
const LONG = [new Float64Array(10_000)];

const count = (calls: readonly string[], name: string) => calls.filter((call) => call === name).length;

/** Plays, and stops when the board's own memory is full, so that it has buffers in its hands. */
async function playAndStop(session: Session): Promise<void> {
  await using playback = await play(session, LONG);
  await until("a full FIFO", () => playback.summary.samplesQueued > 2100);
  await playback.stop();
}

async function openPlayAndStop(backend: DataAcqBackend): Promise<void> {
  await using session = await openDevice(spec, { backend });
  await playAndStop(session);
}

/** Calls that are refused at the end of a run. Buffers that are not back after those are the driver's. */
const REFUSED: Readonly<Record<string, string>> = {
  "does not stop": "ecode:olDaStop@1=125",
  "neither stops nor aborts": "ecode:olDaStop@1=125;ecode:olDaAbort@1=125",
  "does not give up its buffers": "ecode:olDaFlushBuffers@1=125",
  "keeps the window": "ecode:olDaSetWndHandle@2=125",
};

for (const [what, faults] of Object.entries(REFUSED)) {
  sdk(`a board that ${what} keeps its buffers until it is released, and then all are freed`, async (backend) => {
    sim.fault(faults);
    sim.log();
    const error = await errorOf(inTime("the end", openPlayAndStop(backend)));
    ok(error instanceof DtolError && /returned 125/.test(error.message), String(error));
    const calls = sim.calls();
    equal(count(calls, "olDmFreeBuffer"), 8);
    equal(calls.some((call) => call.startsWith("olDmFreeBuffer:")), false, "one was freed that the driver had");
    equal(count(calls, "olDaReleaseDASS"), 1);
  });
}

Deno.test("a release that is refused frees nothing: the driver has the buffers still", async () => {
  sim.reset();
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  const session = await openDevice(spec, { backend });
  const subsystem = session.rawSubsystem;
  sim.fault("ecode:olDaStop@1=125;ecode:olDaAbort@1+=125");
  const error = await errorOf(inTime("the end", playAndStop(session)));
  ok(/olDaStop returned 125/.test(error.message), error.message);
  sim.log();
  const refused = await errorOf(session.close());
  ok(/olDaReleaseDASS returned/.test(refused.message), refused.message);
  equal(sim.calls().some((call) => call.startsWith("olDmFreeBuffer")), false, "freed under the driver's hands");
  sim.fault("");
  await subsystem.release().catch(() => {}); // the thread of the driver must not outlive the test
  sim.reset();
});

sdk("a board that goes away leaves no buffer behind", async (backend) => {
  await using session = await openDevice(spec, { backend });
  sim.fault("unplug@3");
  await using playback = await play(session, LONG);
  const error = await errorOf(inTime("the end", playback.finished));
  ok(/"DT9862\(00\)" is gone|returned 67/.test(error.message), error.message);
});

/** Every call from opening to start, with its occurrence. */
async function startUpCalls(backend: DataAcqBackend): Promise<[name: string, k: number][]> {
  sim.log();
  {
    await using session = await openDevice(spec, { backend });
    await using playback = await play(session, [new Float64Array(800)]);
    await playback.stop();
  }
  const calls = sim.calls();
  const seen = new Map<string, number>();
  return calls.slice(0, calls.indexOf("olDaStart") + 1).map((name) => {
    const k = (seen.get(name) ?? 0) + 1;
    seen.set(name, k);
    return [name, k];
  });
}

Deno.test("when a start-up call of a waveform fails the error names it, and nothing is left", async (t) => {
  sim.reset();
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  for (const [name, k] of await startUpCalls(backend)) {
    await t.step(`${name}, call ${k}`, async () => {
      sim.reset();
      sim.fault(`ecode:${name}@${k}=73`);
      sim.log();
      const error = await errorOf(inTime(name, openPlayAndStop(backend)));
      ok(error instanceof DtolError && error.message.includes(`${name} returned 73`), String(error));
      equal(sim.handles(), 0, "handles left open");
      equal(count(sim.calls(), "olDmFreeBuffer"), count(sim.calls(), "olDmCallocBuffer"));
    });
  }
  sim.reset();
});

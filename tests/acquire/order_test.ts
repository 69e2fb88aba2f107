/** The SDK's own order of calls, by the log of the SDK in C: sdk/README.md, section 3. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { openDevice } from "../../src/acquire/session.ts";
import { record } from "../../src/acquire/record.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { checkBlock, checkBooks, errorOf, inTime, readAll, sdk, sim, task, tempDir } from "./lab.ts";

const spec = task({
  timing: { rateHz: 5000, samplesPerChannel: 300 },
  buffers: { buffers: 64, samplesPerBuffer: 100 },
});

/** The questions, which may come at any time. */
const QUESTION = /^olDa(Get(SSCaps|SSCapsEx|Resolution|Range|Encoding|ClockFrequency|BoardInfo)|Enum.*)$|^olDmGet/;

const steps = (calls: string[]): string[] => calls.filter((call) => !QUESTION.test(call));

/** Writes `a a a` as `a x 3`. */
function runs(calls: string[]): string[] {
  const found: [string, number][] = [];
  for (const call of calls) {
    if (found.at(-1)?.[0] === call) found.at(-1)![1]++;
    else found.push([call, 1]);
  }
  return found.map(([call, n]) => n === 1 ? call : `${call} x ${n}`);
}

const START_UP = [
  "olDaInitialize",
  "olDaGetVersion",
  "olDaGetDriverVersion",
  "olDaGetDASS",
  "olDaSetDataFlow",
  "olDaSetChannelType",
  "olDaSetRange",
  "olDaSetWrapMode",
  "olDaSetClockSource",
  "olDaSetClockFrequency",
  "olDaSetTrigger",
  "olDaSetDmaUsage",
  "olDaSetChannelListSize",
  ...["olDaSetChannelListEntry", "olDaSetGainListEntry"],
  ...["olDaSetChannelListEntry", "olDaSetGainListEntry"],
  "olDaConfig",
  "olDmCallocBuffer x 64",
  "olDaPutBuffer x 64",
  "olDaSetWndHandle",
  "olDaConfig",
  "olDaStart",
];

/** What comes after the last buffer was fetched in the run: `ending` is olDaStop or olDaAbort. */
function checkShutdown(calls: string[]): void {
  const all = steps(calls);
  const ending = all.findLastIndex((call) => call === "olDaStop" || call === "olDaAbort");
  ok(ending > all.lastIndexOf("olDaStart"), all.slice(-20).join(" "));
  const rest = all.slice(ending + 1);
  equal(rest.includes("olDaPutBuffer"), false, "nothing is queued on a run that ends");
  const order = rest.filter((call) => call !== "olDaGetBuffer");
  deepEqual(runs(order), [
    "olDaSetWndHandle",
    "olDaFlushBuffers",
    `olDmFreeBuffer x ${count(all, "olDmCallocBuffer")}`,
    "olDaReleaseDASS",
    "olDaTerminate",
  ]);
  ok(rest.lastIndexOf("olDaGetBuffer") > rest.indexOf("olDaFlushBuffers"), "what was flushed is taken");
  ok(rest.lastIndexOf("olDaGetBuffer") < rest.indexOf("olDmFreeBuffer"), "all is taken before it is freed");
}

const count = (calls: string[], name: string): number => calls.filter((call) => call === name).length;

sdk(
  "a recording starts up in the SDK's order: DMA, two configurations, buffers and window between",
  async (backend) => {
    sim.log();
    {
      await using session = await openDevice(spec, { backend });
      await using recording = await record(session);
      await readAll(recording);
    }
    const calls = steps(sim.calls());
    deepEqual(runs(calls.slice(0, calls.indexOf("olDaStart") + 1)), START_UP);
    equal(count(calls, "olDaConfig"), 2);
    deepEqual(calls.filter((call) => call.includes(":")), [], "no call is refused on the way");
  },
);

const ENDINGS: Readonly<Record<string, (backend: DataAcqBackend) => Promise<void>>> = {
  "comes to its end": async (backend) => {
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session);
    await readAll(recording);
  },
  "is stopped": async (backend) => {
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session);
    await recording.stop();
  },
  "is left by a reader": async (backend) => {
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session);
    for await (const block of recording.stream) {
      checkBlock(block);
      break;
    }
  },
  "is left by an error of the reader's": async (backend) => {
    const mine = new Error("mine");
    const thrown = await errorOf((async () => {
      await using session = await openDevice(spec, { backend });
      await using recording = await record(session);
      for await (const _ of recording.stream) throw mine;
    })());
    equal(thrown, mine);
  },
  "is ended by an error of the board": async (backend) => {
    sim.fault("ecode:olDaGetBuffer@3=73");
    const thrown = await errorOf((async () => {
      await using session = await openDevice(spec, { backend });
      await using recording = await record(session);
      await readAll(recording);
    })());
    ok(thrown instanceof DtolError && thrown.message.includes("olDaGetBuffer returned 73"), String(thrown));
  },
  "overran": async (backend) => {
    sim.fault("overrun@2");
    await errorOf((async () => {
      await using session = await openDevice(spec, { backend });
      await using recording = await record(session);
      await readAll(recording);
    })());
  },
};

for (const [how, body] of Object.entries(ENDINGS)) {
  sdk(`a recording that ${how} shuts down in the SDK's order`, async (backend) => {
    sim.log();
    await inTime(how, body(backend));
    checkShutdown(sim.calls());
  });
}

sdk("a run is started again after an overrun in the order of shutdown and start-up", async (backend) => {
  sim.fault("overrun@2");
  sim.log();
  {
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session, { errorPolicy: "skip" });
    await readAll(recording);
    checkBooks(recording.summary);
  }
  const calls = steps(sim.calls());
  const first = calls.indexOf("olDaStart");
  const second = calls.lastIndexOf("olDaStart");
  const between = calls.slice(first + 1, second).filter((call) => call !== "olDaGetBuffer");
  deepEqual(runs(between.slice(between.indexOf("olDaAbort"))), [
    ...["olDaAbort", "olDaSetWndHandle", "olDaFlushBuffers", "olDmFreeBuffer x 64"],
    ...["olDmCallocBuffer x 64", "olDaPutBuffer x 64", "olDaSetWndHandle", "olDaConfig"],
  ]);
  checkShutdown(sim.calls().slice(sim.calls().indexOf("olDaAbort") + 1)); // the second run's buffers only
});

/** Every call from opening to start, with its occurrence: each is made to fail once. */
async function startUpCalls(backend: DataAcqBackend): Promise<[name: string, k: number][]> {
  sim.log();
  {
    await using session = await openDevice(spec, { backend });
    await using recording = await record(session);
    await recording.stop();
  }
  const calls = sim.calls();
  const seen = new Map<string, number>();
  return calls.slice(0, calls.indexOf("olDaStart") + 1).map((name) => {
    const k = (seen.get(name) ?? 0) + 1;
    seen.set(name, k);
    return [name, k];
  });
}

Deno.test("when a start-up call fails the error names it, and nothing is left: whichever call it is", async (t) => {
  sim.reset();
  await using backend = new DataAcqBackend({ sdk: sim.sdk });
  await using dir = await tempDir();
  const raw = dir.file("a.dt-raw");
  const calls = await startUpCalls(backend);
  // 64 buffers are alike: the first, one in the middle and the last
  const wanted = calls.filter(([name, k]) =>
    !["olDmCallocBuffer", "olDmGetBufferPtr", "olDaPutBuffer"].includes(name) || [1, 30, 64].includes(k)
  );
  ok(wanted.length > 40);
  for (const [name, k] of wanted) {
    await t.step(`${name}, call ${k}`, async () => {
      sim.reset();
      sim.signal("counting");
      sim.fault(`ecode:${name}@${k}=73`);
      sim.log();
      const error = await errorOf(inTime(
        name,
        (async () => {
          await using session = await openDevice(spec, { backend });
          await using _ = await record(session, { raw });
        })(),
      ));
      ok(error instanceof DtolError, String(error));
      ok(error.message.includes(`${name} returned 73`), error.message);
      equal(error.context.ecode, 73);
      equal(error.context.operation, name);
      equal(sim.handles(), 0, "handles left open");
      deepEqual((await Array.fromAsync(Deno.readDir(dir.path))).map((entry) => entry.name), []);
      const made = steps(sim.calls());
      equal(count(made, "olDmFreeBuffer"), count(made, "olDmCallocBuffer"));
      const flushed = made.indexOf("olDaFlushBuffers");
      if (made.slice(0, flushed).includes("olDaSetWndHandle")) {
        equal(made[flushed - 1], "olDaSetWndHandle", "the window is detached before it goes");
      }
    });
  }
  sim.reset();
  sim.signal("counting");
  await using session = await openDevice(spec, { backend }); // and the subsystem is free
  await using recording = await record(session, { raw });
  await readAll(recording);
});

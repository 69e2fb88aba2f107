/** A session from opening to giving back. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { openDevice, Session } from "../../src/acquire/session.ts";
import { record } from "../../src/acquire/record.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import {
  DtolCapabilityError,
  DtolError,
  DtolResourceError,
  DtolTaskStateError,
  DtolTimeoutError,
  DtolValidationError,
} from "../../src/errors.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { both, errorOf, inTime, readAll, sdk, sim, simulated, task, until } from "./lab.ts";

const single = (changes = {}) =>
  new TaskSpec({
    board: "DT9806(00)",
    channels: [
      new AnalogInputVoltage({ physicalChannel: 2 }),
      new AnalogInputVoltage({ physicalChannel: 5, gain: 10 }),
    ],
    ...changes,
  });

both("W-18 a closed session refuses every further use, and stays closed", async (backend) => {
  for (const spec of [single(), task()]) {
    const session = await openDevice(spec, { backend });
    await session.close();
    await session.close();
    await session[Symbol.asyncDispose]();
    equal(session.closed, true);
    const uses: Record<string, () => unknown> = {
      prepare: () => session.prepare(),
      commit: () => session.commit(),
      start: () => session.start(),
      stop: () => session.stop(),
      abort: () => session.abort(),
      isRunning: () => session.isRunning(),
      poll: () => session.poll(),
      record: () => record(session),
      board: () => session.board,
      capabilities: () => session.capabilities,
      configured: () => session.configured,
      rawHandle: () => session.rawHandle,
      rawBoard: () => session.rawBoard,
      rawSubsystem: () => session.rawSubsystem,
      blockChannels: () => session.blockChannels,
    };
    for (const [name, use] of Object.entries(uses)) {
      const error = await errorOf((async () => void await use())());
      // record() of a single-value task is refused for that before
      ok(error instanceof DtolTaskStateError, `${name}: ${error}`);
      if (spec.isClocked || name !== "record") ok(error.message.includes("closed"), `${name}: ${error.message}`);
    }
    await (await openDevice(spec, { backend })).close(); // and the board is free
  }
});

both("a session that was not prepared closes without a word", async (backend) => {
  const session = new Session(single(), { backend });
  throws(() => session.board, /call prepare\(\)/);
  throws(() => session.configured, /call commit\(\)/);
  await session.close();
});

both("opening is prepare and commit, each of which may be repeated", async (backend) => {
  await using session = new Session(task(), { backend });
  equal(session.state, "initialized");
  await session.prepare();
  await session.prepare();
  equal(session.board, "DT9806(00)");
  await session.commit();
  await session.commit();
  equal(session.state, "configured_for_continuous");
  equal(session.configured.applied.clockHz, 2000);
  equal(session.configured.ticksPerSample, 2);
});

both("without a board name the first board is taken", async (backend) => {
  const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0 })] });
  await using session = await openDevice(spec, { backend });
  equal(session.board, (await backend.boards())[0]!.name);
});

simulated("without any board the error says so", async (backend) => {
  const spec = new TaskSpec({ channels: [new AnalogInputVoltage({ physicalChannel: 0 })] });
  const error = await errorOf(openDevice(spec, { backend }));
  ok(error instanceof DtolResourceError && error.message.includes("none is there"), error.message);
}, { models: [] });

both("what fails while opening is told, and nothing stays taken", async (backend) => {
  const failures = [
    [single({ board: "DT9999(00)" }), DtolResourceError],
    [single({ element: 3 }), DtolError],
    [task({ timing: { rateHz: 1e6 } }), DtolValidationError],
  ] as const;
  for (const [spec, kind] of failures) ok(await errorOf(openDevice(spec, { backend })) instanceof kind);
  await (await openDevice(single(), { backend })).close();
});

both(
  "a second session of the same subsystem is refused in time, with advice, and the first goes on",
  async (backend) => {
    await using first = await openDevice(single(), { backend });
    const error = await errorOf(openDevice(single(), { backend, timeoutS: 0.8 }));
    ok(error instanceof DtolResourceError, String(error));
    ok(/[Cc]lose/.test(error.message), error.message);
    ok(Object.values((await first.poll()).values).every((volts) => Number.isFinite(volts)));
  },
);

both("sessions of two boards run side by side", async (backend) => {
  const spec = (board: string) => task({ board, timing: { rateHz: 2000, samplesPerChannel: 200 } });
  await using one = await openDevice(spec("DT9805(00)"), { backend });
  await using two = await openDevice(spec("DT9806(00)"), { backend });
  await using first = await record(one);
  await using second = await record(two);
  const [a, b] = await Promise.all([readAll(first), readAll(second)]);
  equal(a[0]!.device, "DT9805(00)");
  equal(b[0]!.device, "DT9806(00)");
});

const VOLTS = { signal: { 2: { kind: "constant", volts: 5 }, 5: { kind: "constant", volts: -0.5 } } } as const;

both("single values are volts at the input, whatever the gain", async (backend, kind) => {
  if (kind === "dataacq") sim.signal("2=constant:5,5=constant:-0.5");
  await using session = await openDevice(single(), { backend });
  equal(session.state, "configured_for_single_value");
  const reading = await session.poll();
  deepEqual(Object.values(reading.values), [5, -0.5]);
  deepEqual(Object.values(reading.units), ["V", "V"]);
  deepEqual([reading.device, reading.task, reading.error, reading.sensorStatus], [session.board, "task", null, {}]);
  ok(reading.tMonoNs <= reading.tMidpointMonoNs! && reading.latencyS > 0);
  const spanNs = reading.receivedAt.epochNanoseconds - reading.requestedAt.epochNanoseconds;
  equal(reading.tUtc.epochNanoseconds, reading.requestedAt.epochNanoseconds + spanNs / 2n);
  const [first, second] = await Promise.all([session.poll(), session.poll()]);
  ok(second.tMonoNs > first.tMidpointMonoNs!, "two polls at once come one after the other");
}, VOLTS);

simulated(
  "W-53 single values of a board that returns floats are its values, and an open sensor is NaN",
  async (backend) => {
    const options = { channelType: "differential", minVal: -0.156, maxVal: 0.156 } as const;
    const spec = single({
      board: "DT9828(00)",
      channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel, ...options })),
    });
    await using session = await openDevice(spec, { backend });
    const { values, sensorStatus } = await session.poll();
    deepEqual(values, { ch0: Math.fround(0.1), ch1: NaN });
    deepEqual(sensorStatus, { ch1: "sensor_open" });
  },
  { signal: { 0: { kind: "constant", volts: 0.1 }, 1: { kind: "open" } } },
);

both("a clocked task gives no single values, and a single-value task no recording", async (backend) => {
  await using clocked = await openDevice(task(), { backend });
  await rejects(clocked.poll(), DtolTaskStateError);
  await clocked.close();
  await using slow = await openDevice(single(), { backend });
  const error = await errorOf(record(slow));
  ok(error instanceof DtolTaskStateError && error.message.includes("single_value"), error.message);
  await slow.start(); // nothing to start
  equal(await slow.isRunning(), false);
  await slow.stop();
});

both("options that cannot be are refused before a drainer is made", async (backend) => {
  throws(() => new Session(single(), { backend, timeoutS: 0 }), DtolValidationError);
  throws(() => new Session(single(), { backend, timeoutS: NaN }), DtolValidationError);
  await using session = await openDevice(task(), { backend });
  for (
    const options of [
      { errorPolicy: "ignore" },
      { overflow: "grow" },
      { streamBufferSize: 0 },
      { backlogS: 0 },
      { timeoutS: -1 },
      { raw: 7 },
      { raw: "" },
    ]
  ) {
    const error = await errorOf(record(session, options as never));
    ok(error instanceof DtolValidationError, `${JSON.stringify(options)}: ${error}`);
  }
  await using _ = await record(session);
});

both("while a recording has the subsystem the session's own calls are refused", async (backend) => {
  await using session = await openDevice(task(), { backend });
  {
    await using _ = await record(session);
    equal(session.state, "running");
    for (const call of ["start", "stop", "abort", "close"] as const) {
      ok(await errorOf(session[call]()) instanceof DtolTaskStateError, call);
    }
    equal(session.closed, false);
  }
  equal(session.state, "io_complete");
});

sdk("closing after a failure gives all back that can be given, and tells the first error", async (backend) => {
  const session = await openDevice(task(), { backend });
  sim.fault("ecode:olDaReleaseDASS@1=125;ecode:olDaTerminate@1=126");
  const error = await errorOf(session.close());
  ok(error instanceof DtolError && error.message.includes("olDaReleaseDASS returned 125"), error.message);
  equal(session.closed, true);
  await session.close();
  sim.reset(); // what the driver refused to take back
});

sdk("a subsystem in use is asked for again, as a crashed program's is given up after a while", async (backend) => {
  sim.fault("ecode:olDaGetDASS@1=20;ecode:olDaGetDASS@2=20");
  await (await openDevice(single(), { backend, timeoutS: 30 })).close();
});

const HANGS: Readonly<Record<string, readonly [words: string, body: (backend: DataAcqBackend) => Promise<void>]>> = {
  olDaInitialize: ["open the board", async (backend) => void await openDevice(single(), { backend, timeoutS: 0.3 })],
  olDaGetDASS: ["take the subsystem", async (backend) => void await openDevice(single(), { backend, timeoutS: 0.3 })],
  olDaConfig: [
    "configure the subsystem",
    async (backend) => void await openDevice(single(), { backend, timeoutS: 0.3 }),
  ],
  olDaGetSingleValue: ["poll", async (backend) => {
    const session = await openDevice(single(), { backend, timeoutS: 0.3 });
    const error = await errorOf(session.poll());
    await rejects(session.poll(), /hangs in a call/);
    await session.close(); // which must not hang as well
    throw error;
  }],
  olDaReleaseDASS: ["give the subsystem back", async (backend) => {
    await (await openDevice(single(), { backend, timeoutS: 0.3 })).close();
  }],
};

for (const [call, [words, body]] of Object.entries(HANGS)) {
  sdk(`W-24 a driver that hangs in ${call} ends in a time-out that says what hangs`, async (backend) => {
    const comesBack = call === "olDaInitialize" || call === "olDaGetDASS";
    sim.log();
    sim.fault(`hang:${call}@1=${comesBack ? 1500 : 0}`);
    const error = await errorOf(inTime(call, body(backend)));
    ok(error instanceof DtolTimeoutError, `${call}: ${error}`);
    ok(error.message.includes(words) && error.message.includes("0.3 s"), error.message);
    if (comesBack) {
      await until("what came too late is given back", () => {
        return sim.calls().includes(call) && sim.handles() === 0;
      });
    }
    sim.reset(); // lets the call go
    await new Promise((resolve) => setTimeout(resolve)); // and the promise to it settle
  });
}

Deno.test("an SDK that is not there is told with the places that were tried", async () => {
  await using backend = new DataAcqBackend({ sdk: "/nowhere/at/all" });
  const error = await errorOf(openDevice(single(), { backend }));
  equal(error.name, "DtolDependencyError");
  ok(error.message.includes("/nowhere/at/all"), error.message);
});

Deno.test(
  "a simulated board that is not known is refused by name, with those that are",
  { permissions: "none" },
  () => {
    throws(() => new SimulatedBackend({ models: ["DT1"] }), /"DT1".*DT9806/);
    throws(() => new SimulatedBackend({ signal: { kind: "constant", volts: NaN } }), DtolValidationError);
  },
);

Deno.test("a subsystem that a simulated board lacks is refused", async () => {
  const board = await new SimulatedBackend().open("DT9806(00)");
  await rejects(board.reserve("quadrature", 0), DtolCapabilityError);
});

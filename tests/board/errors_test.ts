/** What the SDK refuses, and what happens to a board, as errors that a program can tell apart. */
import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import * as errors from "../../src/errors.ts";
import { AnalogInputVoltage, AnalogOutputVoltage } from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { openSimSdk } from "./sim_sdk.ts";

const sim = await openSimSdk();
const { DtolError } = errors;

const spec = (changes: Partial<TaskSpecOptions> = {}) =>
  new TaskSpec({
    name: "rig",
    board: "DT9862(00)",
    channels: [new AnalogInputVoltage({ physicalChannel: 0 })],
    ...changes,
  });

/** A test with the SDK in C; it must leave no handle behind. */
function withSdk(name: string, body: (backend: DataAcqBackend) => Promise<void>): void {
  Deno.test(name, async () => {
    sim.reset();
    const before = sim.handles();
    await using backend = new DataAcqBackend({ sdk: sim.sdk });
    await body(backend);
    equal(sim.handles(), before, "handles left open");
  });
}

/** What a poll is rejected with when a call of the SDK gives a code. */
async function pollError(backend: DataAcqBackend, call: string, code: number): Promise<errors.DtolError> {
  sim.fault(`ecode:${call}@1+=${code}`);
  try {
    await using session = await openDevice(spec(), { backend, timeoutS: 1 });
    await session.poll();
  } catch (error) {
    ok(error instanceof DtolError, String(error));
    return error;
  } finally {
    sim.fault("");
  }
  throw new Error(`${code} was no error`);
}

withSdk("W-51: the codes that were seen on real boards each have the class of what went wrong", async (backend) => {
  const seen: [number, string, string, string][] = [
    [3, "olDaGetDASS", "DtolCapabilityError", "OLBADSUBSYSTEM"],
    [7, "olDaGetSingleValue", "DtolConfigurationError", "OLBADCHANNEL"],
    [8, "olDaSetChannelType", "DtolConfigurationError", "OLBADCHANNELTYPE"],
    [9, "olDaGetSingleValue", "DtolConfigurationError", "OLBADENCODING"],
    [20, "olDaGetDASS", "DtolResourceError", "OLSUBSYSINUSE"],
    [27, "olDaConfig", "DtolTaskStateError", "OLDATAFLOWMISMATCH"],
    [36, "olDaConfig", "DtolCapabilityError", "OLNOTSUPPORTED"],
    [128, "olDaConfig", "DtolConfigurationError", "OLBADEDGE"],
  ];
  for (const [code, call, name, symbol] of seen) {
    const error = await pollError(backend, call, code);
    equal(error.name, name, `${code}`);
    const { board, operation, ecode, symbol: told, ecodeSource } = error.context;
    deepEqual([board, operation, ecode, told, ecodeSource], ["DT9862(00)", call, code, symbol, "oldaapi"]);
    match(error.message, new RegExp(`"DT9862\\(00\\)".*${call} returned ${code} \\(${symbol}\\)`));
    equal(error.type, `dtollib.errors.${name}`);
  }
});

withSdk(
  "W-55: data out of order, a passing fault and a board that is gone are errors of their own",
  async (backend) => {
    const read = await pollError(backend, "olDaGetSingleValue", 93);
    ok(read instanceof errors.DtolReadError);
    for (const code of [92, 126]) {
      const passing = await pollError(backend, "olDaGetSingleValue", code);
      ok(passing instanceof errors.DtolTransientError);
      match(passing.message, /Try again$/);
    }
    const gone = await pollError(backend, "olDaGetSingleValue", 67);
    ok(gone instanceof errors.DtolConnectionError);
    match(gone.message, /Check the plug/);
    for (const error of [read, gone]) equal(errors.exitCodeOf(error), 3);
  },
);

withSdk("W-55: an output that the board refuses is a write error that says what was not written", async (backend) => {
  const heater = new AnalogOutputVoltage({ physicalChannel: 0, name: "heater" });
  await using session = await openDevice(spec({ board: "DT9806(00)", channels: [heater] }), { backend });
  sim.fault("ecode:olDaPutSingleValue@1=125");
  await rejects(session.write({ heater: 1 }, { confirm: true }), (error: Error) => {
    ok(error instanceof errors.DtolWriteError);
    deepEqual([error.written, error.notWritten], [{}, ["heater"]]);
    return true;
  });
});

/** Records until an error ends the run. */
async function runError(backend: DataAcqBackend | SimulatedBackend): Promise<errors.DtolError> {
  const timing = { rateHz: 1000 };
  await using session = await openDevice(spec({ timing }), { backend });
  await using recording = await record(session);
  try {
    for await (const _block of recording.stream);
  } catch (error) {
    ok(error instanceof DtolError, String(error));
    return error;
  }
  throw new Error("nothing went wrong");
}

withSdk("W-49: errors that come without a call name task, board and event, in text, too", async (backend) => {
  sim.fault("overrun@2");
  const runs: [DataAcqBackend | SimulatedBackend, string, string][] = [
    [backend, "overrun", "DtolBufferOverrunError"],
    [new SimulatedBackend({ faults: { overrunAtBuffer: 2 } }), "overrun", "DtolBufferOverrunError"],
    [new SimulatedBackend({ faults: { unplugAtBuffer: 2 } }), "removed", "DtolConnectionError"],
  ];
  for (const [way, event, name] of runs) {
    const error = await runError(way);
    equal(error.name, name);
    deepEqual([error.context.task, error.context.board, error.context.event], ["rig", "DT9862(00)", event]);
    match(error.text, /\[task=rig, board=DT9862\(00\), op=/);
  }
});

withSdk("W-49: an error in mid-run that is handed on in a block names its task, too", async (backend) => {
  sim.fault("overrun@2");
  await using session = await openDevice(spec({ timing: { rateHz: 1000, samplesPerChannel: 300 } }), { backend });
  await using recording = await record(session, { errorPolicy: "return" });
  const told: (errors.DtolError | null)[] = [];
  for await (const { error } of recording.stream) told.push(error);
  const [error] = told.filter((one) => one !== null);
  deepEqual([error!.context.task, error!.context.event], ["rig", "overrun"]);
});

Deno.test("W-49: a recording is stopped from inside, and its books are open while it runs", async () => {
  await using session = await openDevice(spec({ timing: { rateHz: 1000 } }), { backend: new SimulatedBackend() });
  await using recording = await record(session);
  let live = 0;
  for await (const _block of recording.stream) {
    const { emitted, finishedAt, samplesPerChannel } = recording.summary;
    if (finishedAt === null) live++;
    ok(samplesPerChannel >= 50 * emitted);
    if (emitted === 3) void recording.stop();
  }
  ok(live >= 3);
  ok(recording.summary.finishedAt !== null && recording.summary.lost === 0);
});

withSdk("a board that can calibrates itself; another one is not asked to", async (backend) => {
  sim.log();
  await using session = await openDevice(spec(), { backend });
  await Promise.all([session.poll(), session.calibrate(), session.poll()]);
  const calls = sim.calls().filter((call) => /olDaAutoCalibrate|olDaGetSingleValue/.test(call));
  deepEqual(calls.map((call) => call.includes("Calibrate")), [false, true, false], "one after the other");
  sim.fault("ecode:olDaAutoCalibrate@1=125");
  await rejects(session.calibrate(), errors.DtolBackendError);

  sim.log();
  await using other = await openDevice(spec({ board: "DT9806(00)" }), { backend });
  await rejects(other.calibrate(), (error: Error) => {
    equal(error.message, 'Cannot calibrate analog_input 0 of "DT9806(00)" as it has no means to');
    return error instanceof errors.DtolCapabilityError;
  });
  ok(!sim.calls().some((call) => call.includes("olDaAutoCalibrate")));
});

withSdk("a board is not calibrated while a recording has it", async (backend) => {
  await using session = await openDevice(spec({ timing: { rateHz: 1000 } }), { backend });
  await using _recording = await record(session);
  await rejects(session.calibrate(), errors.DtolTaskStateError);
});

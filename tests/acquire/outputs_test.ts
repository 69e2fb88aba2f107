/** Writing to outputs, and silencing them, over both backends. */
import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { openDevice, type OutputValues, type Session } from "../../src/acquire/session.ts";
import type { Board } from "../../src/board/backend.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import {
  DtolCapabilityError,
  DtolConfirmationRequiredError,
  type DtolError,
  DtolTaskStateError,
  DtolValidationError,
  DtolWriteError,
} from "../../src/errors.ts";
import { AnalogInputVoltage, AnalogOutputVoltage, DigitalInputPort } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { both, errorOf, sdk, sim } from "./lab.ts";
import { carried, LINES, port, volts } from "./outputs_lab.ts";

/** A write that must be refused before anything reaches the board. */
async function refused(
  session: Session,
  values: unknown,
  kind: typeof DtolError,
  words: RegExp,
  confirm: unknown = false,
): Promise<void> {
  sim.log();
  const error = await errorOf(session.write(values as OutputValues, { confirm: confirm as boolean }));
  ok(error instanceof kind, String(error));
  ok(words.test(error.message), error.message);
  deepEqual(sim.calls(), [], "a refused write reached the SDK");
}

both("volts go out as the nearest step of the board's own range, and the report says which", async (backend) => {
  await using session = await openDevice(volts("DT9806(00)", { name: "a" }, { name: "b" }), { backend });
  const step = 20 / 65536;
  for (const [asked, code] of [[0, 32768], [-10, 0], [10, 65535], [5, 49152], [1.2345, 36813], [-step / 3, 32768]]) {
    const report = await session.write({ b: asked! });
    deepEqual(report, { values: { b: code! * step - 10 }, codes: { b: code! }, together: true });
    equal(carried(backend, "analog_output", 1), code);
  }
  equal(carried(backend, "analog_output", 0), 32768, "the other output was not touched");
});

both(
  "W-10: a spec's range is a limit, and never the scale: 0, 2.5 and 5 V on 0 to 5 V are these volts",
  async (backend) => {
    await using session = await openDevice(volts("DT9806(00)", { minVal: 0, maxVal: 5 }), { backend });
    for (const [asked, code] of [[0, 32768], [2.5, 40960], [5, 49152]]) {
      deepEqual((await session.write({ ch0: asked! })).values, { ch0: asked });
      equal(carried(backend, "analog_output"), code);
    }
    await refused(session, { ch0: 5.001 }, DtolValidationError, /"ch0".*0 to 5 V/);
  },
);

both("W-10: a spec's range that goes beyond the board's is refused", async (backend) => {
  for (const beyond of [{ maxVal: 12 }, { minVal: -10.5 }]) {
    const error = await errorOf(openDevice(volts("DT9806(00)", { name: "heater", ...beyond }), { backend }));
    ok(error instanceof DtolValidationError, String(error));
    ok(/"heater".*-10 to 10 V/.test(error.message), error.message);
  }
});

both("W-09: NaN, infinities and what is no number are refused, whatever is confirmed", async (backend) => {
  await using session = await openDevice(volts("DT9806(00)", { name: "heater" }, {}), { backend });
  for (const value of [NaN, Infinity, -Infinity, "5", true, null, undefined, 5n]) {
    await refused(session, { ch1: 1, heater: value }, DtolValidationError, /"heater".*finite number of volts/, true);
  }
  equal(carried(backend, "analog_output", 1), 32768, "nothing of the call was written");
});

both("the safe band holds with and without confirmation; a limit is never passed by rounding", async (backend) => {
  const channel = { name: "heater", safeMin: -0.0001, safeMax: 3.33, requiresConfirm: true };
  await using session = await openDevice(volts("DT9806(00)", channel), { backend });
  for (const value of [3.3301, 9.9, -0.001]) {
    await refused(session, { heater: value }, DtolValidationError, /safe band is -0.0001 to 3.33 V/, true);
  }
  const { values } = await session.write({ heater: 3.33 }, { confirm: true });
  equal(values["heater"], 43679 * 20 / 65536 - 10); // 43680 is the nearest, and above 3.33 V
  equal((await session.write({ heater: -0.0001 }, { confirm: true })).values["heater"], 0);
});

both("a safe band without any step inside is refused when the device is opened", async (backend) => {
  const error = await errorOf(openDevice(volts("DT9806(00)", { safeMin: 0.0001, safeMax: 0.0002 }), { backend }));
  ok(error instanceof DtolValidationError && /none of its steps/.test(error.message), String(error));
});

both("an output marked for confirmation needs it: of the call, or by its name", async (backend) => {
  const spec = volts("DT9806(00)", { name: "heater", requiresConfirm: true }, { name: "fan" });
  await using session = await openDevice(spec, { backend });
  for (const confirm of [undefined, false, [], ["fan"]]) {
    await refused(session, { fan: 1, heater: 1 }, DtolConfirmationRequiredError, /"heater"/, confirm);
  }
  await refused(session, { heater: 1 }, DtolValidationError, /names of outputs.*"haeter"/, ["heater", "haeter"]);
  await refused(session, { heater: 1 }, DtolValidationError, /confirm must be/, "heater");
  await session.write({ heater: 1 }, { confirm: ["heater"] });
  await session.write({ heater: 2, fan: 1 }, { confirm: true });
  await session.write({ fan: 3 });
  deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel)), [39322, 42598]);
});

both("a name that is none is refused, and those that exist are told", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: [{ bit: 3, name: "valve" }] }), { backend });
  await refused(session, { out: 1, vavle: true }, DtolValidationError, /"vavle".*"out", "valve"/);
  deepEqual(await session.write({}), { values: {}, codes: {}, together: false });
});

both(
  "W-07: simultaneous outputs get the value of their own channel, whatever the order of the keys",
  async (backend) => {
    const board = "DT9862(00)";
    const state = () => [0, 1].map((channel) => carried(backend, "analog_output", channel, board));
    await using session = await openDevice(volts(board, { name: "a" }, { name: "b" }), { backend });
    sim.log();
    const report = await session.write({ b: 5, a: 0 });
    equal(report.together, true);
    deepEqual(report.codes, { b: 49152, a: 32768 });
    deepEqual(state(), [32768, 49152]);
    if (backend.name === "dataacq") deepEqual(sim.calls(), ["olDaGetChannelListSize", "olDaPutSingleValues"]);
    await session.write({ b: -5 });
    deepEqual(state(), [32768, 16384], "one channel alone leaves the other alone");
  },
);

both("W-07: a task on channel 1 alone drives channel 1", async (backend) => {
  const board = "DT9862(00)";
  const spec = new TaskSpec({
    board,
    channels: [new AnalogOutputVoltage({ physicalChannel: 1, name: "b", requiresConfirm: false })],
  });
  await using session = await openDevice(spec, { backend });
  await session.write({ b: 5 });
  deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel, board)), [32768, 49152]);
});

both("a task on both channels in the other order keeps each at its own place", async (backend) => {
  const board = "DT9862(00)";
  const channels = [1, 0].map((physicalChannel) =>
    new AnalogOutputVoltage({ physicalChannel, requiresConfirm: false })
  );
  await using session = await openDevice(new TaskSpec({ board, channels }), { backend });
  await session.write({ ch1: 5, ch0: -5 });
  deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel, board)), [16384, 49152]);
});

both("a port is written whole, its range checked against the board's bits", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", {}), { backend });
  deepEqual(await session.write({ out: 0xa5 }), { values: { out: 0xa5 }, codes: { out: 0xa5 }, together: true });
  equal(carried(backend, "digital_output"), 0xa5);
  for (const value of [256, -1, 1.5, NaN, true, "1"]) {
    await refused(session, { out: value }, DtolValidationError, /"out".*0 to 255/);
  }
  await using wide = await openDevice(port("DT9862(00)", {}), { backend });
  await wide.write({ out: 65535 });
  equal(carried(backend, "digital_output", 0, "DT9862(00)"), 65535);
});

both("W-11: only true, false, 1 and 0 are on or off for a line", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: LINES }), { backend });
  await session.write({ out: 0 }, { confirm: true });
  for (const value of [2, -1, "on", "", null, NaN, {}, []]) {
    await refused(session, { lamp: value }, DtolValidationError, /"lamp".*true, false, 1 or 0/);
  }
  for (const [value, bits] of [[true, 1], [false, 0], [1, 1], [0, 0]] as const) {
    deepEqual((await session.write({ lamp: value })).values, { lamp: Boolean(value) });
    equal(carried(backend, "digital_output"), bits);
  }
});

both("W-11: a line is not written while nobody knows the lines beside it", async (backend) => {
  const spec = port("DT9806(00)", { lines: LINES, safeValue: 0 });
  await using session = await openDevice(spec, { backend, parkOnClose: false });
  await refused(session, { lamp: true }, DtolTaskStateError, /"lamp" alone.*"out".*write the whole port once/);
  await session.park(); // the safe value counts once it has been written
  const { codes } = await session.write({ lamp: true, "out.line4": true });
  deepEqual(codes, { out: 0b1_0001 });
  equal(carried(backend, "digital_output"), 0b1_0001);
});

both("W-11: a line merges over what was written last, ports before lines", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: LINES }), { backend });
  const report = await session.write({ lamp: false, out: 0b0110_0011 }, { confirm: true });
  deepEqual(report.values, { out: 0b0110_0010, lamp: false });
  equal(carried(backend, "digital_output"), 0b0110_0010);
  await session.write({ "out.line4": 1 });
  equal(carried(backend, "digital_output"), 0b0111_0010);
});

both("all lines of a port together need no knowledge of it", async (backend) => {
  const lines = Array.from({ length: 8 }, (_, bit) => ({ bit }));
  await using session = await openDevice(port("DT9806(00)", { lines }), { backend });
  await session.write(Object.fromEntries(lines.map(({ bit }) => [`out.line${bit}`, bit % 2 === 0])));
  equal(carried(backend, "digital_output"), 0b0101_0101);
});

both("W-08: a port write cannot go round a line's own mark", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: LINES }), { backend });
  for (const confirm of [false, ["out"]]) { // the port's name is not the line's
    await refused(session, { out: 0 }, DtolConfirmationRequiredError, /"valve" by its port "out"/, confirm);
  }
  await session.write({ out: 0b0000_0001 }, { confirm: ["valve"] });
  await refused(session, { out: 0b1000_0001 }, DtolConfirmationRequiredError, /"valve"/);
  await session.write({ out: 0b0000_0011 }); // the valve is known to stay as it is
  await refused(session, { valve: true }, DtolConfirmationRequiredError, /"valve"/, ["out"]);
  await session.write({ valve: true }, { confirm: ["valve"] });
  await refused(session, { out: 0 }, DtolConfirmationRequiredError, /"valve"/);
  equal(carried(backend, "digital_output"), 0b1000_0011);
});

both("lines inherit the mark of their port, and are confirmed by either name", async (backend) => {
  const spec = port("DT9806(00)", {
    requiresConfirm: true,
    lines: [{ bit: 0, name: "lamp", requiresConfirm: false }, { bit: 1 }],
  });
  await using session = await openDevice(spec, { backend });
  await refused(session, { out: 0 }, DtolConfirmationRequiredError, /port "out"/);
  await session.write({ out: 0 }, { confirm: ["out"] });
  await session.write({ lamp: true });
  await refused(session, { "out.line1": true }, DtolConfirmationRequiredError, /"out.line1"/);
  await session.write({ "out.line1": true }, { confirm: ["out"] });
  await session.write({ "out.line1": false }, { confirm: ["out.line1"] });
  equal(carried(backend, "digital_output"), 1);
});

both("what a board lacks is refused when the device is opened", async (backend) => {
  const input = (options: object) =>
    new TaskSpec({
      board: "DT9806(00)",
      channels: [new DigitalInputPort({ physicalChannel: 0, ...options })],
    });
  const cases: readonly (readonly [TaskSpec, RegExp])[] = [
    [volts("DT9806(00)", { name: "far", physicalChannel: 2 }), /"far" is output 2.*0 to 1/],
    [volts("DT9806(00)", { gain: 10 }), /"ch0" has gain 10.*must be 1/],
    [port("DT9806(00)", { physicalChannel: 1 }), /"out" is port 1.*only 0/],
    [port("DT9806(00)", { width: 16 }), /"out" has width 16.*8 bits/],
    [port("DT9862(00)", { width: 8 }), /"out" has width 8.*16 bits/],
    [port("DT9806(00)", { lines: [{ bit: 8, name: "lamp" }] }), /"lamp" is bit 8.*0 to 7/],
    [port("DT9806(00)", { safeValue: 256 }), /safeValue 256.*at most 255/],
    [input({ width: 16 }), /width 16.*8 bits/],
    [input({ lines: [{ bit: 9 }] }), /bit 9.*0 to 7/],
  ];
  for (const [spec, words] of cases) {
    sim.log();
    const error = await errorOf(openDevice(spec, { backend }));
    ok(error instanceof DtolValidationError && words.test(error.message), String(error));
    deepEqual(sim.calls().filter((call) => /Set|Config|Put/.test(call)), [], "it reached the SDK");
  }
  const clocked = { ...port("DT9806(00)", {}).toJSON(), data_flow: "continuous", timing: { rate_hz: 10 } };
  await rejects(openDevice(TaskSpec.fromJSON(clocked), { backend }), DtolCapabilityError);
});

both("outputs cannot be polled, inputs cannot be written, and a closed session does neither", async (backend) => {
  const session = await openDevice(volts("DT9806(00)", {}), { backend });
  ok(await errorOf(session.poll()) instanceof DtolTaskStateError);
  await session.close();
  for (const use of [() => session.write({ ch0: 1 }), () => session.park()]) {
    const error = await errorOf(use());
    ok(error instanceof DtolTaskStateError && /closed/.test(error.message), String(error));
  }
  await using input = await openDevice(
    new TaskSpec({ board: "DT9806(00)", channels: [new AnalogInputVoltage({ physicalChannel: 0 })] }),
    { backend },
  );
  for (const use of [() => input.write({ ch0: 1 }), () => input.park()]) {
    const error = await errorOf(use());
    ok(error instanceof DtolTaskStateError && /no outputs/.test(error.message), String(error));
  }
});

both("writes come one after the other, in the order in which they were asked for", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: LINES }), { backend });
  const writes = [session.write({ out: 0 }, { confirm: true })];
  for (let i = 0; i < 20; i++) writes.push(session.write(i % 2 === 0 ? { lamp: true } : { "out.line4": true }));
  const codes = (await Promise.all(writes)).map((report) => report.codes["out"]);
  deepEqual(codes.slice(0, 4), [0, 1, 0b1_0001, 0b1_0001]);
});

sdk("W-11: an error half way says what was written and what was not", async (backend) => {
  await using session = await openDevice(volts("DT9806(00)", { name: "a" }, { name: "b" }), { backend });
  sim.fault("ecode:olDaPutSingleValue@2=37");
  const error = await errorOf(session.write({ b: 5, a: 1 }));
  ok(error instanceof DtolWriteError, String(error));
  deepEqual(error.written, { b: 5 });
  deepEqual(error.notWritten, ["a"]);
  equal(error.context.board, "DT9806(00)");
  equal(error.context.ecode, 37);
  ok(/Cannot write a of .*written was b = 5/.test(error.message), error.message);
  deepEqual([0, 1].map((channel) => carried(backend, "analog_output", channel)), [32768, 49152]);
});

sdk("where the board writes all at once an error leaves all as it was", async (backend) => {
  await using session = await openDevice(volts("DT9862(00)", { name: "a" }, { name: "b" }), { backend });
  sim.fault("ecode:olDaPutSingleValues@1=37");
  const error = await errorOf(session.write({ b: 5, a: 1 }));
  ok(error instanceof DtolWriteError && /nothing was written/.test(error.message), String(error));
  deepEqual([error.written, error.notWritten], [{}, ["b", "a"]]);
});

sdk("after a port write that failed its lines are not known any more", async (backend) => {
  await using session = await openDevice(port("DT9806(00)", { lines: LINES }), { backend });
  await session.write({ out: 0 }, { confirm: true });
  sim.fault("ecode:olDaPutSingleValue@1=37");
  await rejects(session.write({ lamp: true }), DtolWriteError);
  await refused(session, { lamp: true }, DtolTaskStateError, /nobody knows/);
});

both("W-30: a board that cannot be silenced says so, and nothing is asked of it", async (backend) => {
  await using session = await openDevice(volts("DT9862(00)", {}), { backend });
  for (const isMuted of [true, false]) {
    sim.log();
    const error = await errorOf(session.mute(isMuted));
    ok(error instanceof DtolCapabilityError && /"DT9862\(00\)".*cannot be silenced/.test(error.message), String(error));
    deepEqual(sim.calls(), []);
  }
});

sdk("W-30: an SDK that lacks the call to silence an output says so", async (backend) => {
  await using session = await openDevice(volts("DT9862(00)", {}), { backend });
  const error = await errorOf(session.rawSubsystem.mute!(true));
  ok(error instanceof DtolCapabilityError && /olDaMute.*lacks it/.test(error.message), String(error));
});

Deno.test("W-30: an output that can be silenced is, by the word that was given", async () => {
  const heard: boolean[] = [];
  const session = await openDevice(volts("DT9862(00)", {}), { backend: new QuietBackend(heard) });
  await session.mute();
  await session.mute(false);
  await session.close();
  deepEqual(heard, [true, false]);
});

/** Boards whose outputs can be silenced. */
class QuietBackend extends SimulatedBackend {
  constructor(readonly heard: boolean[]) {
    super();
  }

  override async open(name: string): Promise<Board> {
    const board = await super.open(name);
    const reserve = board.reserve.bind(board);
    board.reserve = async (type, element) => {
      const subsystem = await reserve(type, element);
      const can = { ...await subsystem.capabilities(), mute: true };
      subsystem.capabilities = () => Promise.resolve(can);
      subsystem.mute = (isMuted) => Promise.resolve(void this.heard.push(isMuted));
      return subsystem;
    };
    return board;
  }
}

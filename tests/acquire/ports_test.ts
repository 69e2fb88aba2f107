/** Reading digital ports, whole and by their lines, over both backends. */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { errorReading } from "../../src/acquire/reading.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { readMoment } from "../../src/clock.ts";
import { DtolReadError } from "../../src/errors.ts";
import {
  AnalogInputVoltage,
  AnalogOutputVoltage,
  DigitalInputPort,
  DigitalOutputPort,
} from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { both, sdk, sim } from "./lab.ts";

const door = new DigitalInputPort({
  physicalChannel: 0,
  name: "in",
  lines: [{ bit: 0, name: "door" }, { bit: 5 }, { bit: 7, name: "fan" }],
});
const task = new TaskSpec({ board: "DT9806(00)", channels: [door] });

both("a port that nothing drives reads 1 on every line", async (backend) => {
  await using session = await openDevice(task, { backend });
  const { values, units, sensorStatus } = await session.poll();
  deepEqual(Object.entries(values), [["in", 255], ["door", true], ["in.line5", true], ["fan", true]]);
  deepEqual(units, { in: null, door: null, "in.line5": null, fan: null });
  deepEqual(sensorStatus, {});
});

both("a poll gives the port as a number and each line by its name", async (backend, kind) => {
  if (kind === "dataacq") sim.port("DT9806(00)", 0b1010_0100);
  await using session = await openDevice(task, { backend });
  deepEqual((await session.poll()).values, { in: 0b1010_0100, door: false, "in.line5": true, fan: true });
}, { lines: 0b1010_0100 });

sdk("one call a port is all that reading it takes", async (backend) => {
  await using session = await openDevice(task, { backend });
  sim.log();
  await session.poll();
  deepEqual(sim.calls(), ["olDaGetSingleValue"]);
});

both("what one session writes another reads, where the outputs are wired to the inputs", async (backend, kind) => {
  if (kind === "dataacq") sim.loopback();
  const board = "DT9806(00)";
  const out = new DigitalOutputPort({ physicalChannel: 0, name: "out", requiresConfirm: false });
  const volts = new AnalogOutputVoltage({ physicalChannel: 1, name: "volts", requiresConfirm: false });
  const input = new AnalogInputVoltage({ physicalChannel: 1 });
  await using ports = await openDevice(task, { backend });
  await using inputs = await openDevice(new TaskSpec({ board, channels: [input] }), { backend });
  await using outputs = await openDevice(new TaskSpec({ board, channels: [out] }), { backend });
  await using analog = await openDevice(new TaskSpec({ board, channels: [volts] }), { backend });
  await outputs.write({ out: 0b0010_0001 });
  deepEqual((await ports.poll()).values, { in: 0b0010_0001, door: true, "in.line5": true, fan: false });
  for (const value of [-3.25, 7.5]) {
    const { values } = await analog.write({ volts: value });
    equal((await inputs.poll()).values["ch1"], values["volts"]);
  }
}, { loopback: true });

Deno.test("a reading that stands for an error names the lines, too", () => {
  const { units, values } = errorReading("DT9806(00)", task, readMoment(), new DtolReadError("gone"));
  deepEqual([Object.keys(units), values], [["in", "door", "in.line5", "fan"], {}]);
});

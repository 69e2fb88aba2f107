/** Drives outputs through the simulated SDK, says so, and dies in the way that it is told. */
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { AnalogOutputVoltage, DigitalOutputPort } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";

const [sdk, way] = Deno.args;
const backend = new DataAcqBackend({ sdk: sdk! });
const common = { requiresConfirm: false };
const heater = new AnalogOutputVoltage({ ...common, physicalChannel: 1, name: "heater", safeValue: 0.5 });
const out = new DigitalOutputPort({ ...common, physicalChannel: 0, name: "out", safeValue: 3 });
const options = { backend, ...(way === "own" ? { parkOnSignals: false } : {}) };
const analog = await openDevice(new TaskSpec({ board: "DT9806(00)", channels: [heater] }), options);
const digital = await openDevice(new TaskSpec({ board: "DT9806(00)", channels: [out] }), options);
await analog.write({ heater: 5 });
await digital.write({ out: 255 });
const WAYS: Record<string, () => unknown> = {
  signal: () => setInterval(() => {}, 1000),
  hang: () => setInterval(() => {}, 1000),
  own: () => {
    Deno.addSignalListener("SIGTERM", async () => {
      console.log("my own");
      await analog.close();
      await digital.close();
      Deno.exit(7);
    });
    setInterval(() => {}, 1000);
  },
  throw: () => {
    throw new Error("nobody catches this");
  },
  reject: () => void Promise.reject(new Error("nobody catches this")),
  exit: () => Deno.exit(5),
  end: () => {},
  closed: async () => {
    await analog.close();
    await digital.close();
    setInterval(() => {}, 1000);
  },
};
await WAYS[way!]!();
console.log("ready");

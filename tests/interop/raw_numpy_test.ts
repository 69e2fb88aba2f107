// A raw file as numpy reads it: every code, and volts made by the file's header alone.
import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "../../mod.ts";
import { inFolder } from "../sinks/parquet_fixtures.ts";
import { pythonWith, runScript } from "./python.ts";

const SAMPLES = 10_007;
const python = await pythonWith("numpy");

const digest = (values: ArrayBufferView[]) => {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of values) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
};

Deno.test(
  "numpy reads a raw file: every code, and volts by the header alone",
  { ignore: python === null },
  () =>
    inFolder(async (folder) => {
      const path = `${folder}/run.dt-raw`;
      const channels = [1, 10].map((gain, physicalChannel) => new AnalogInputVoltage({ physicalChannel, gain }));
      const spec = new TaskSpec({ channels, timing: { rateHz: 20_000, samplesPerChannel: SAMPLES } });
      await using session = await openDevice(spec, { backend: new SimulatedBackend() });
      await using recording = await record(session, { raw: path });
      const blocks = await Array.fromAsync(recording.stream);
      const ofChannel = <T>(values: (channel: number) => T[]) => [0, 1].flatMap(values);
      deepEqual(await runScript(python!, "raw_numpy.py", path), {
        shape: [2, SAMPLES],
        dtype: "uint16",
        codes: digest(
          ofChannel((c) => blocks.map(({ codes, samplesPerChannel: n }) => codes!.subarray(c * n, (c + 1) * n))),
        ),
        volts: digest(ofChannel((c) => blocks.map((block) => block.values(c)))),
      });
    }),
);

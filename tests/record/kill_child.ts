// Records without end through the simulated SDK, and says of every block that it has read it: the file had it before.
import { AnalogInputVoltage, DataAcqBackend, openDevice, record, TaskSpec } from "../../mod.ts";

const [sdk, path] = Deno.args as [string, string];
const spec = new TaskSpec({
  board: "DT9862(00)",
  channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
  timing: { rateHz: 1_000_000 },
  buffers: { samplesPerBuffer: 1000 + Math.floor(Math.random() * 9000), buffers: 16 },
});
const session = await openDevice(spec, { backend: new DataAcqBackend({ sdk }) });
const recording = await record(session, { raw: { path, syncIntervalS: 0.05 } });
for await (const block of recording.stream) {
  await Deno.stdout.write(new TextEncoder().encode(`${block.firstSampleIndex} ${block.samplesPerChannel}\n`));
}

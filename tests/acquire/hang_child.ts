/**
 * A program whose driver hangs: records as any program does, prints what came of it, and must then be able to end. Where
 * the drainer's thread itself is stuck in C only `Deno.exit()` ends a program of Deno's.
 *
 * Arguments: folder of the SDK, faults, raw file, what to do (`read` or `stop`).
 */
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";

const [sdk, faults, raw, what] = Deno.args;
Deno.env.set("DTOLSIM_FAULTS", faults!);
Deno.env.set("DTOLSIM_SIGNAL", "counting");

const spec = new TaskSpec({
  board: "DT9806(00)",
  channels: [new AnalogInputVoltage({ physicalChannel: 0 })],
  timing: { rateHz: 1000 },
  buffers: { buffers: 32, samplesPerBuffer: 50 },
});

const told: Record<string, unknown> = { samples: 0 };
try {
  await using backend = new DataAcqBackend({ sdk: sdk! });
  await using session = await openDevice(spec, { backend, timeoutS: 2 });
  await using recording = await record(session, { raw: raw! });
  let blocks = 0;
  const books = () => {
    const { emitted, dropped, lost, produced, finishedAt } = recording.summary;
    told["balanced"] = produced === emitted + dropped + lost && finishedAt !== null;
  };
  try {
    for await (const block of recording.stream) {
      told["samples"] = Number(told["samples"]) + block.samplesPerChannel;
      if (what === "stop" && ++blocks === 3) await recording.stop();
    }
  } finally {
    await recording.finished;
    books();
  }
} catch (error) {
  const { name, message } = error as Error;
  told["error"] = { name, message, operation: error instanceof DtolError ? error.context.operation : null };
}
console.log(JSON.stringify(told));
if (what === "read") Deno.exit(0);

/**
 * A program whose driver hangs: plays a waveform as any program does, prints what came of it, and must then be able to end.
 * Where the player's thread itself is stuck in C only `Deno.exit()` ends a program of Deno's.
 *
 * Arguments: folder of the SDK, faults, what to do (`play` or `stop`).
 */
import { play } from "../../src/acquire/play.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { AnalogOutputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";

const [sdk, faults, what] = Deno.args;
Deno.env.set("DTOLSIM_FAULTS", faults!);
Deno.env.set("DTOLSIM_FREE_RUNNING", "1"); // so that no stall of the machine is an underrun

const spec = new TaskSpec({
  board: "DT9862(00)",
  channels: [new AnalogOutputVoltage({ physicalChannel: 0, requiresConfirm: false, safeValue: 0 })],
  timing: { rateHz: 1000 },
  buffers: { buffers: 8, samplesPerBuffer: 100 },
});

function* endless() {
  for (;;) yield new Float64Array(100).fill(1);
}

const told: Record<string, unknown> = { samples: 0 };
try {
  await using backend = new DataAcqBackend({ sdk: sdk! });
  await using session = await openDevice(spec, { backend, timeoutS: 2 });
  await using playback = await play(session, endless());
  const books = () => {
    const { samplesQueued, samplesPlayed, samplesLost, finishedAt } = playback.summary;
    told["samples"] = samplesPlayed;
    told["balanced"] = samplesQueued === samplesPlayed + samplesLost && finishedAt !== null;
  };
  try {
    while (what === "stop" && playback.summary.samplesPlayed < 300) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await (what === "stop" ? playback.stop() : playback.finished);
  } finally {
    books();
  }
} catch (error) {
  const { name, message } = error as Error;
  told["error"] = { name, message, operation: error instanceof DtolError ? error.context.operation : null };
}
console.log(JSON.stringify(told));
if (what === "play") Deno.exit(0);

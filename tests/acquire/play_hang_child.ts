/**
 * A program whose driver hangs: plays a waveform as any program does, prints what came of it, and must then be able to end.
 * Where the player's thread itself is stuck in C only `Deno.exit()` ends a program of Deno's.
 *
 * Arguments: folder of the SDK, faults, what to do (`play` or `stop`; `leave` parks nothing).
 */
import { play } from "../../src/acquire/play.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { AnalogOutputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { OLSS } from "../../ffi/constants.ts";
import { openSimLibrary } from "../sim.ts";

const [sdk, faults, what] = Deno.args;
Deno.env.set("DTOLSIM_FAULTS", faults!);
Deno.env.set("DTOLSIM_FREE_RUNNING", "1"); // so that no stall of the machine is an underrun

const { symbols: c } = await openSimLibrary({
  dtolsim_output: { parameters: ["buffer", "u32", "u32"], result: "i32" },
}, sdk);
const BOARD = "DT9862(00)";
const carried = (channel: number) => c.dtolsim_output(new TextEncoder().encode(`${BOARD}\0`), OLSS.OLSS_DA, channel);

const spec = new TaskSpec({
  board: BOARD,
  channels: [
    new AnalogOutputVoltage({ physicalChannel: 0, name: "heater", requiresConfirm: false, safeValue: 0 }),
    new AnalogOutputVoltage({ physicalChannel: 1, name: "fan", requiresConfirm: false }),
  ],
  timing: { rateHz: 1000 },
  buffers: { buffers: 8, samplesPerBuffer: 100 },
});

function* endless() {
  for (;;) yield [new Float64Array(100).fill(1), new Float64Array(100).fill(2)];
}

const told: Record<string, unknown> = { samples: 0 };
try {
  await using backend = new DataAcqBackend({ sdk: sdk! });
  await using session = await openDevice(spec, { backend, timeoutS: 2, parkOnClose: what !== "leave" });
  await using playback = await play(session, endless());
  const books = () => {
    const { samplesQueued, samplesPlayed, samplesLost, finishedAt, parking } = playback.summary;
    told["samples"] = samplesPlayed;
    told["balanced"] = samplesQueued === samplesPlayed + samplesLost && finishedAt !== null;
    told["parking"] = parking;
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
told["carried"] = [carried(0), carried(1)];
console.log(JSON.stringify(told));
if (what !== "stop") Deno.exit(0);

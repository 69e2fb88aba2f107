/**
 * The simulated boards as the bench uses them: the C library, the counting signal, the way a user would record.
 *
 * @module
 */

import { AnalogInputVoltage, DataAcqBackend, openDevice, type Session, TaskSpec } from "../mod.ts";
import { openSimLibrary, simSdk } from "../tests/sim.ts";

const CONTROLS = {
  dtolsim_free_running: { parameters: ["i32"], result: "u32" },
  dtolsim_signal: { parameters: ["buffer"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** What is to be recorded. */
export interface BoardTask {
  /** Samples per second of each of the two channels. */
  readonly rateHz: number;
  /** Samples of each channel in a buffer. */
  readonly samplesPerBuffer: number;
  /** Buffers in turn. Default: the library's. */
  readonly buffers?: number;
  /** Samples of each channel in the run; without it the run is continuous. */
  readonly samplesPerChannel?: number;
  /** Whether buffers are filled as fast as they can be, not by the clock. Default: no. */
  readonly freeRunning?: boolean;
  /** What the channels show. Default: the counting signal. */
  readonly signal?: string;
}

/** The 10 MS/s board of the simulated SDK. */
export const BOARD = "DT9862(00)";

/** Opens both channels of the 10 MS/s board. */
export async function openBoard(task: BoardTask): Promise<Session> {
  const sdk = await simSdk();
  const controls = await openSimLibrary(CONTROLS);
  controls.symbols.dtolsim_free_running(task.freeRunning ? 1 : 0);
  controls.symbols.dtolsim_signal(new TextEncoder().encode(`${task.signal ?? "counting"}\0`));
  controls.close();
  const { rateHz, samplesPerBuffer, buffers, samplesPerChannel } = task;
  const spec = new TaskSpec({
    board: BOARD,
    channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
    timing: samplesPerChannel === undefined ? { rateHz } : { rateHz, samplesPerChannel },
    buffers: buffers === undefined ? { samplesPerBuffer } : { samplesPerBuffer, buffers },
  });
  return await openDevice(spec, { backend: new DataAcqBackend({ sdk }) });
}

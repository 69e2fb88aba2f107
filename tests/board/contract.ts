/** One contract, two backends: what holds for simulated boards in TypeScript holds for the SDK in C. */
import { strictEqual as equal } from "node:assert/strict";
import type { Backend, Intake, SubsystemSettings, TakenBuffer } from "../../src/board/backend.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { attachDataAcq } from "../../src/board/dataacq_attach.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { attachSimulated } from "../../src/board/simulated_intake.ts";
import { boardSeed, countingCode } from "../../src/board/signals.ts";
import { SoftwareStart } from "../../src/model/triggers.ts";
import { openSimSdk } from "./sim_sdk.ts";

/** The SDK in C. */
export const sim = await openSimSdk();

/** Who simulates. */
export const kinds = {
  simulated: { make: () => new SimulatedBackend({ signal: { kind: "counting" } }), attach: attachSimulated },
  dataacq: { make: () => new DataAcqBackend({ sdk: sim.sdk }), attach: attachDataAcq },
} as const;

/** What a test of the contract has. */
export interface Hands {
  readonly backend: Backend;
  readonly attach: (typeof kinds)[keyof typeof kinds]["attach"];
}

/** Runs a test against both backends, or against one of them; each must leave no handle behind. */
export function contract(name: string, body: (hands: Hands) => Promise<void>, only?: keyof typeof kinds): void {
  for (const [kind, { make, attach }] of Object.entries(kinds)) {
    if (only !== undefined && kind !== only) continue;
    // An intake keeps the SDK open until its thread ends, and here its thread is the test's.
    Deno.test(`${kind}: ${name}`, { sanitizeResources: false }, async () => {
      sim.reset();
      sim.signal("counting");
      const before = sim.handles();
      await using backend = make();
      await body({ backend, attach });
      equal(sim.handles(), before, "handles left open");
    });
  }
}

/** Settings of two inputs, but for the changes. */
export function settings(changes: Partial<SubsystemSettings> = {}): SubsystemSettings {
  return {
    dataFlow: "continuous",
    channelType: "single_ended",
    range: { low: -10, high: 10 },
    list: [{ physicalChannel: 0, gain: 1 }, { physicalChannel: 5, gain: 10 }],
    clock: { source: "internal", hz: 20_000 },
    wrapMode: "multiple",
    encoding: null,
    trigger: new SoftwareStart(),
    ...{ retrigger: null, referenceTrigger: null, interleavedCjc: false },
    ...changes,
  };
}

/** Opens, configures and hands over; gives all back. */
export async function withIntake(
  { backend, attach }: Hands,
  body: (intake: Intake) => Promise<void>,
  changes: Partial<SubsystemSettings> = {},
  name = "DT9806(00)",
): Promise<void> {
  const board = await backend.open(name);
  const subsystem = await board.reserve("analog_input", 0);
  try {
    const { ticket } = await subsystem.configure(settings(changes));
    const intake = attach(ticket!);
    try {
      await body(intake);
    } finally {
      intake.end();
    }
  } finally {
    await subsystem.release();
    await board.close();
  }
}

/** Waits for the next full buffer. */
export function nextBuffer(intake: Intake): TakenBuffer {
  for (;;) {
    const buffer = intake.take();
    if (buffer !== null) return buffer;
    intake.wait(1000);
  }
}

/** Looks at every code of a buffer of inputs 0 and 5, of which `first` is the first scan. */
export function checkCodes(codes: ArrayLike<number>, first: number, board = "DT9806(00)", channels = [0, 5]): void {
  const seed = boardSeed(board);
  for (let i = 0; i < codes.length; i++) {
    const scan = first + Math.floor(i / channels.length);
    const channel = channels[i % channels.length]!;
    if (codes[i] !== countingCode(seed, channel, scan)) {
      throw new Error(`code ${i} (scan ${scan} of input ${channel}) is ${codes[i]}`);
    }
  }
}

/** Buffers of a run. */
export const PLAN = { buffers: 4, codesPerBuffer: 200 }; // 100 scans, 10 ms

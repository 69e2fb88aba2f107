/** What tests of recordings share: both backends, specs, readers, files. */
import { fail, ok, strictEqual as equal } from "node:assert/strict";
import type { Recording } from "../../src/acquire/record.ts";
import type { AcquisitionSummary } from "../../src/acquire/summary.ts";
import type { Backend } from "../../src/board/backend.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { SimulatedBackend, type SimulatedBackendOptions } from "../../src/board/simulated.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec, type TaskSpecOptions } from "../../src/model/spec.ts";
import { openRaw, type RawReport } from "../../src/raw/replay.ts";
import { firstWrongSample } from "../../src/testing.ts";
import { openSimSdk } from "../board/sim_sdk.ts";

/** The simulated SDK of this test file. */
export const sim = await openSimSdk();

/** Names of the two backends. */
export type Kind = "simulated" | "dataacq";

/** Runs a test that shows the counting signal over both backends; neither may leave a handle behind. */
export function both(
  name: string,
  body: (backend: Backend, kind: Kind) => Promise<void>,
  options: SimulatedBackendOptions = {},
): void {
  simulated(name, (backend) => body(backend, "simulated"), options);
  sdk(name, (backend) => body(backend, "dataacq"));
}

/** Runs a test over the backend in TypeScript. */
export function simulated(
  name: string,
  body: (backend: Backend) => Promise<void>,
  options: SimulatedBackendOptions = {},
): void {
  Deno.test(`simulated: ${name}`, async () => {
    await using backend = new SimulatedBackend({ signal: { kind: "counting" }, ...options });
    await body(backend);
  });
}

/** Runs a test over the SDK in C, freshly reset. */
export function sdk(name: string, body: (backend: DataAcqBackend) => Promise<void>): void {
  Deno.test(`dataacq: ${name}`, async () => {
    sim.reset();
    sim.signal("counting");
    try {
      await using backend = new DataAcqBackend({ sdk: sim.sdk });
      await body(backend);
      equal(sim.handles(), 0, "handles left open");
    } finally {
      sim.reset();
    }
  });
}

/** A task on some inputs of a DT9806 at 1 kHz each; `buffers` are 32 of 50 samples. */
export function task(changes: Partial<TaskSpecOptions> = {}, inputs: readonly number[] = [0, 3]): TaskSpec {
  return new TaskSpec({
    board: "DT9806(00)",
    channels: inputs.map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
    timing: { rateHz: 1000 },
    buffers: { buffers: 32, samplesPerBuffer: 50 },
    ...changes,
  });
}

/** Looks at every sample of a block, and at its place in the run. */
export function checkBlock(block: DaqBlock, bits = 16): void {
  equal(firstWrongSample(block, bits), null);
}

/** Reads to the end; every sample must be right and every block must follow the one before, gaps included. */
export async function readAll(recording: Recording, bits = 16): Promise<DaqBlock[]> {
  const blocks: DaqBlock[] = [];
  for await (const block of recording.stream) {
    if (block.error === null) checkBlock(block, bits);
    blocks.push(block);
  }
  checkOrder(blocks);
  return blocks;
}

/** Indices grow by what was taken and what was lost, and time with them. */
export function checkOrder(blocks: readonly DaqBlock[]): void {
  let next = 0;
  let end: bigint | null = null;
  for (const block of blocks) {
    if (block.error !== null) continue;
    equal(block.firstSampleIndex, next + block.gapBefore, `block ${block.blockIndex}`);
    if (end !== null && block.gapBefore === 0) equal(block.tMonoNs, end, "blocks neither overlap nor gap");
    next = block.firstSampleIndex + block.samplesPerChannel;
    end = block.axis.monoNsOf(next);
  }
}

/** Samples of each channel in some blocks. */
export const samplesOf = (blocks: readonly DaqBlock[]): number => {
  return blocks.reduce((sum, block) => sum + block.samplesPerChannel, 0);
};

/** The books of a recording that is over must balance. */
export function checkBooks(summary: AcquisitionSummary): void {
  const { produced, emitted, dropped, lost, droppedBy, lostBy } = summary;
  equal(produced, emitted + dropped + lost, JSON.stringify({ produced, emitted, dropped, lost }));
  equal(dropped, droppedBy.overflow + droppedBy.backlog + droppedBy.unread);
  equal(lost, Object.values(lostBy).reduce((sum, n) => sum + n, 0));
  ok(summary.finishedAt !== null, "finishedAt is not set");
  ok(Temporal.Instant.compare(summary.startedAt, summary.finishedAt) <= 0);
}

/** A folder that goes away with the test. */
export async function tempDir(): Promise<AsyncDisposable & { readonly path: string; file(name: string): string }> {
  const path = await Deno.makeTempDir({ prefix: "dtol_" });
  return {
    path,
    file: (name) => `${path}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** The report of a raw file, every checksum looked at, every sample compared; and its indices. */
export async function checkRaw(path: string, bits = 16): Promise<RawReport> {
  await using file = await openRaw(path);
  for await (const block of file.blocks()) if (block.error === null) checkBlock(block, bits);
  const report = await file.verify();
  equal(report.damage.length, 0);
  equal(report.tornBytes, 0);
  return report;
}

/** Fails instead of waiting for ever. The limit is far beyond what a slow machine needs. */
export async function inTime<T>(what: string, promise: Promise<T>, limitS = 60): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), limitS * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something has happened. */
export async function until(what: string, happened: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!happened()) {
    if (performance.now() > deadline) fail(`${what} has not happened`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  fail("there is no error");
}

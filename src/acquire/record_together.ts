/**
 * Several recordings that start together: on one board by the board itself where it can, over boards as close as a program can.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Board, StartMoment } from "../board/backend.ts";
import { DtolTimeoutError, DtolValidationError } from "../errors.ts";
import { show } from "../model/fields.ts";
import type { DtolManager } from "./manager.ts";
import { Recording } from "./record.ts";
import { planRun, type RecordOptions, type RunPlan } from "./run_plan.ts";
import type { Session } from "./session.ts";
import { StartGate } from "./start_gate.ts";
import type { AcquisitionSummary } from "./summary.ts";

/** How and when a device was started. */
export interface DeviceStart extends StartMoment {
  /** Who did it: the `board`, for several of its subsystems in one call, or this `program`, for each by a call of its own. */
  readonly by: "board" | "program";
}

/**
 * Records several devices of a manager from one start on. Each is made ready in full, with its buffers queued and its file
 * open, and waits; when all are ready they are started: subsystems of one board in one call where the board can do that, all
 * others each by its own thread, at the same word. What that came to is measured: {@linkcode JointRecording.skewS}.
 *
 * @param manager Whose devices.
 * @param plans What to record, as the options of {@linkcode record}, by the names given to `DtolManager.add`.
 * @returns The recordings, once every clock runs.
 * @throws {DtolValidationError} If there is no device of a name, no name at all, or two are to write one file.
 * @throws {DtolError} What failed first, if one of them cannot be started; then none is, and no file of theirs is left.
 *
 * @example Two boards
 * ```ts
 * import { AnalogInputVoltage, DtolManager, recordTogether, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * await using manager = new DtolManager({ backend: new SimulatedBackend() });
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * const timing = { rateHz: 1000, samplesPerChannel: 200 };
 * await manager.add("force", new TaskSpec({ board: "DT9805(00)", channels, timing }));
 * await manager.add("heat", new TaskSpec({ board: "DT9806(00)", channels, timing }));
 * await using joint = await recordTogether(manager, { force: {}, heat: {} });
 * const counts = [...joint.recordings.values()].map(async ({ stream }) => {
 *   let samples = 0;
 *   for await (const block of stream) samples += block.samplesPerChannel;
 *   return samples;
 * });
 * equal((await Promise.all(counts)).join(), "200,200");
 * console.log(`started within ${joint.skewS} s`);
 * ```
 */
export async function recordTogether(
  manager: DtolManager,
  plans: Readonly<Record<string, RecordOptions>>,
): Promise<JointRecording> {
  const devices = Object.entries(plans).map(([name, options]) => ({ name, options, session: manager.get(name) }));
  if (devices.length === 0) {
    throw new DtolValidationError("Cannot record together as no device is named: name at least one");
  }
  const starters = startersFor(devices.map(({ session }) => session));
  const starterOf = (session: Session) => starters.find(({ sessions }) => sessions.includes(session))!;
  const runs: RunPlan[] = [];
  for (const { options, session } of devices) {
    runs.push(await planRun(session, options, starterOf(session).gate.memory));
  }
  refuseOneFileTwice(runs);
  const recordings = await startedTogether(runs.map((run) => new Recording(run)), starters);
  return new JointRecording(
    new Map(devices.map(({ name }, i) => [name, recordings[i]!])),
    new Map(
      devices.map(({ name, session }, i) => [name, { ...recordings[i]!.startMoment!, by: starterOf(session).by }]),
    ),
  );
}

/** Recordings that were started together. Made by {@linkcode recordTogether}; dispose of it, and all of them end. */
export class JointRecording implements AsyncDisposable {
  /** The recordings, by device. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** When each was started, and how. */
  readonly starts: ReadonlyMap<string, DeviceStart>;

  /** @ignore Made by {@linkcode recordTogether}. */
  constructor(recordings: ReadonlyMap<string, Recording>, starts: ReadonlyMap<string, DeviceStart>) {
    this.recordings = recordings;
    this.starts = starts;
  }

  /**
   * Seconds from the first start to the last, as measured: each start is the middle of its call, and may have been half of
   * `tookNs` earlier or later. 0 where one board started all.
   */
  get skewS(): number {
    const moments = [...this.starts.values()].map(({ monoNs }) => monoNs).sort((a, b) => Number(a - b));
    return Number(moments.at(-1)! - moments[0]!) / 1e9;
  }

  /**
   * Ends all of them in order, and waits for all, whatever one throws.
   *
   * @returns The books of each.
   * @throws {DtolError} As {@linkcode Recording.stop}: what the first of them throws.
   */
  async stop(): Promise<ReadonlyMap<string, AcquisitionSummary>> {
    await allDone([...this.recordings.values()].map((recording) => recording.stop()));
    return new Map([...this.recordings].map(([name, { summary }]) => [name, summary]));
  }

  /** Ends all of them in order and gives up what nobody has read. Throws as {@linkcode JointRecording.stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await allDone([...this.recordings.values()].map((recording) => recording[Symbol.asyncDispose]()));
  }
}

/** What lets some recordings start. */
interface Starter {
  readonly sessions: readonly Session[];
  readonly gate: StartGate;
  readonly by: DeviceStart["by"];
  /** Opens the gate. */
  start(): Promise<void>;
}

/** One starter for each board that can start several of these subsystems itself, and one for all the others. */
function startersFor(sessions: readonly Session[]): readonly Starter[] {
  const able = Map.groupBy(sessions.filter(isAble), ({ board }) => board);
  const starters = [...able.values()].filter(({ length }) => length > 1).map(boardStarter);
  const alone = sessions.filter((session) => !starters.some(({ sessions }) => sessions.includes(session)));
  const gate = new StartGate();
  return [...starters, { sessions: alone, gate, by: "program", start: () => Promise.resolve(gate.open()) }];
}

function isAble({ rawBoard, capabilities }: Session): boolean {
  return rawBoard.startTogether !== undefined && capabilities.simultaneousStart === true;
}

function boardStarter(sessions: readonly Session[]): Starter {
  const gate = new StartGate();
  const [{ rawBoard, timeoutS }] = sessions as [Session];
  const subsystems = sessions.map(({ rawSubsystem }) => rawSubsystem);
  const start = async () => gate.openAt(await inTime(rawBoard, rawBoard.startTogether!(subsystems), timeoutS));
  return { sessions, gate, by: "board", start };
}

/** Starts all, when all are ready; or none. */
async function startedTogether(
  recordings: readonly Recording[],
  starters: readonly Starter[],
): Promise<readonly Recording[]> {
  const begun = recordings.map((recording) => recording.begin());
  const settled = Promise.allSettled(begun);
  try {
    await Promise.all(recordings.map((recording, i) => Promise.race([recording.armed, begun[i]])));
    await Promise.all(starters.map((starter) => starter.start()));
    await Promise.all(begun);
    return recordings;
  } catch (error) {
    for (const { gate } of starters) gate.shut();
    await settled;
    await Promise.all(recordings.map(undone));
    throw error;
  }
}

/** Ends a recording that runs though others could not be started, and takes its file back. */
async function undone(recording: Recording): Promise<void> {
  if (recording.startMoment === null) return;
  await recording[Symbol.asyncDispose]().catch(() => {}); // the first error is the one to tell
  const { raw } = recording.summary;
  if (raw !== null) await Deno.remove(raw.path).catch(() => {});
}

function refuseOneFileTwice(runs: readonly RunPlan[]): void {
  const paths = runs.flatMap(({ order }) => order.raw === null ? [] : [resolve(order.raw.path)]);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) {
    throw new DtolValidationError(
      `Cannot record together as two devices would write ${show(twice)}: give each its own`,
    );
  }
}

async function allDone(endings: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(endings)) if (one.status === "rejected") throw one.reason;
}

async function inTime<T>({ info: { name: board } }: Board, call: Promise<T>, timeoutS: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const context = { board, operation: "start together" };
    const why = `"${board}" did not start its subsystems within ${timeoutS} s: the driver does not answer`;
    timer = setTimeout(() => reject(new DtolTimeoutError(why, { context })), timeoutS * 1000);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Several recordings, and counters, that start together: on one board by the board itself where it can, over boards as close as a program can.
 *
 * @module
 */

import { resolve } from "node:path";
import type { StartMoment } from "../board/backend.ts";
import { COUNTER_TYPES } from "../board/fit.ts";
import { monotonicClock } from "../clock.ts";
import { DtolTaskStateError, DtolTimeoutError, DtolValidationError } from "../errors.ts";
import { show } from "../model/fields.ts";
import type { DtolManager } from "./manager.ts";
import { Recording } from "./record.ts";
import { planRun, type RecordOptions, type RunPlan } from "./run_plan.ts";
import type { Session, StartOptions } from "./session.ts";
import { StartGate } from "./start_gate.ts";
import type { AcquisitionSummary } from "./summary.ts";

/** How and when a device was started. */
export interface DeviceStart extends StartMoment {
  /** Who did it: the `board`, for several of its subsystems in one call, or this `program`, for each by a call of its own. */
  readonly by: "board" | "program";
}

/** What is wanted of a device: of a recording as of {@linkcode record}, of a counter as of {@linkcode Session.start}. */
export type TogetherOptions = RecordOptions & StartOptions;

/**
 * Records several devices of a manager from one start on; counters among them are started, and not recorded. Each recording
 * is made ready in full, with its buffers queued and its file open, and waits. When all are ready they are started:
 * subsystems of one board in one call where the board can do that, all others each by its own call, at the same word. What
 * that came to is measured: {@linkcode JointRecording.skewS}.
 *
 * @param manager Whose devices.
 * @param plans What is wanted, by the names given to `DtolManager.add`.
 * @returns The recordings, once every clock runs.
 * @throws {DtolValidationError} If there is no device of a name, none to record, or two are to write one file.
 * @throws {DtolConfirmationRequiredError} If a counter drives an output that asks for a confirmation, and there is none.
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
  plans: Readonly<Record<string, TogetherOptions>>,
): Promise<JointRecording> {
  const names = Object.keys(plans);
  const devices = names.map((name) => ({ name, options: plans[name]!, session: manager.get(name) }));
  const starters = startersFor(devices.map(({ session }) => session));
  const counters = devices.filter(({ session }) => isCounter(session));
  for (const { name, options, session } of counters) {
    if (await session.readyToStart(options)) continue;
    throw new DtolTaskStateError(`Cannot start ${show(name)} with others as it runs already, or needs no start`);
  }
  const recorded = devices.filter(({ session }) => !isCounter(session));
  if (recorded.length === 0) throw new DtolValidationError("Cannot record together as no device to record is named");
  const runs: RunPlan[] = [];
  for (const { options, session } of recorded) {
    runs.push(await planRun(session, options, starterOf(session, starters).gate.memory));
  }
  refuseOneFileTwice(runs);
  const recordings = runs.map((run) => new Recording(run));
  const counted = await startedTogether(recordings, starters, counters.map(({ session }) => session));
  const moments = new Map([
    ...counted,
    ...recorded.map(({ session }, i) => [session, recordings[i]!.startMoment!] as const),
  ]);
  return new JointRecording(
    new Map(recorded.map(({ name }, i) => [name, recordings[i]!])),
    new Map(counters.map(({ name, session }) => [name, session])),
    new Map(devices.map(({ name, session }) => [
      name,
      { ...moments.get(session)!, by: starterOf(session, starters).by },
    ])),
  );
}

/** Recordings that were started together. Made by {@linkcode recordTogether}; dispose of it, and all of them end. */
export class JointRecording implements AsyncDisposable {
  /** The recordings, by device. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** The counters that were started with them, by device. */
  readonly counters: ReadonlyMap<string, Session>;
  /** When each was started, and how. */
  readonly starts: ReadonlyMap<string, DeviceStart>;

  /** @ignore Made by {@linkcode recordTogether}. */
  constructor(
    recordings: ReadonlyMap<string, Recording>,
    counters: ReadonlyMap<string, Session>,
    starts: ReadonlyMap<string, DeviceStart>,
  ) {
    this.recordings = recordings;
    this.counters = counters;
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
   * Ends all of them in order, counters too, and waits for all, whatever one throws.
   *
   * @returns The books of each recording.
   * @throws {DtolError} As {@linkcode Recording.stop}: what the first of them throws.
   */
  async stop(): Promise<ReadonlyMap<string, AcquisitionSummary>> {
    await this.#end((recording) => recording.stop());
    return new Map([...this.recordings].map(([name, { summary }]) => [name, summary]));
  }

  /** Ends all of them in order and gives up what nobody has read. Throws as {@linkcode JointRecording.stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end((recording) => recording[Symbol.asyncDispose]());
  }

  async #end(how: (recording: Recording) => Promise<unknown>): Promise<void> {
    const counters = [...this.counters.values()].filter(({ closed }) => !closed);
    await allDone([...counters.map((counter) => counter.stop()), ...[...this.recordings.values()].map(how)]);
  }
}

/** Counters that were started, and when. */
type CounterStarts = readonly (readonly [Session, StartMoment])[];

/** What lets some devices start. */
interface Starter {
  readonly sessions: readonly Session[];
  /** Where the recordings among them wait. */
  readonly gate: StartGate;
  readonly by: DeviceStart["by"];
  /** Opens the gate, and starts the counters. */
  start(): Promise<CounterStarts>;
}

/** One starter for each board that can start several of these subsystems itself, and one for all the others. */
function startersFor(sessions: readonly Session[]): readonly Starter[] {
  const able = Map.groupBy(sessions.filter(isAble), ({ board }) => board);
  const starters = [...able.values()].filter(({ length }) => length > 1).map(boardStarter);
  return [
    ...starters,
    programStarter(sessions.filter((one) => !starters.some((other) => other.sessions.includes(one)))),
  ];
}

function starterOf(session: Session, starters: readonly Starter[]): Starter {
  return starters.find(({ sessions }) => sessions.includes(session))!;
}

function isAble({ rawBoard, capabilities }: Session): boolean {
  return rawBoard.startTogether !== undefined && capabilities.simultaneousStart === true;
}

function isCounter({ spec }: Session): boolean {
  return COUNTER_TYPES.includes(spec.subsystemType);
}

function boardStarter(sessions: readonly Session[]): Starter {
  const gate = new StartGate();
  const counters = sessions.filter(isCounter);
  const start = async () => {
    const starting = startOf(sessions);
    const started = counters.map((counter) => counter.startBy(() => starting));
    await allDone([starting, ...started]);
    const moment = await starting;
    gate.openAt(moment);
    return counters.map((counter) => [counter, moment] as const);
  };
  return { sessions, gate, by: "board", start };
}

function programStarter(sessions: readonly Session[]): Starter {
  const gate = new StartGate();
  const start = async () => {
    gate.open();
    const started = sessions.filter(isCounter).map(async (counter) => [counter, await momentOf(counter)] as const);
    await allDone(started);
    return await Promise.all(started);
  };
  return { sessions, gate, by: "program", start };
}

/** Has a board start its subsystems; its driver may not answer. */
async function startOf(sessions: readonly Session[]): Promise<StartMoment> {
  const [{ rawBoard, board, timeoutS }] = sessions as [Session];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const context = { board, operation: "start together" };
    const why = `"${board}" did not start its subsystems within ${timeoutS} s: the driver does not answer`;
    timer = setTimeout(() => reject(new DtolTimeoutError(why, { context })), timeoutS * 1000);
  });
  try {
    return await Promise.race([rawBoard.startTogether!(sessions.map(({ rawSubsystem }) => rawSubsystem)), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a counter by itself. */
function momentOf(counter: Session): Promise<StartMoment> {
  return counter.startBy(async (subsystem) => {
    const startedNs = monotonicClock().nowNs();
    await subsystem.start();
    const tookNs = monotonicClock().nowNs() - startedNs;
    return { monoNs: startedNs + tookNs / 2n, tookNs };
  });
}

/** Starts all, when all are ready; or none. */
async function startedTogether(
  recordings: readonly Recording[],
  starters: readonly Starter[],
  counters: readonly Session[],
): Promise<CounterStarts> {
  const begun = recordings.map((recording) => recording.begin());
  const settled = Promise.allSettled(begun);
  const starting: Promise<CounterStarts>[] = [];
  try {
    await Promise.all(recordings.map((recording, i) => Promise.race([recording.armed, begun[i]])));
    starting.push(...starters.map((starter) => starter.start()));
    const counted = await Promise.all(starting);
    await Promise.all(begun);
    return counted.flat();
  } catch (error) {
    for (const { gate } of starters) gate.shut();
    await Promise.allSettled([settled, ...starting]);
    // The first error is the one to tell.
    await Promise.allSettled([...recordings.map(undone), ...counters.map((counter) => counter.abort())]);
    throw error;
  }
}

/** Ends a recording that runs though others could not be started, and takes its file back. */
async function undone(recording: Recording): Promise<void> {
  if (recording.startMoment === null) return;
  await recording[Symbol.asyncDispose]().catch(() => {}); // the file goes all the same
  const { raw } = recording.summary;
  if (raw !== null) await Deno.remove(raw.path);
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

/** Waits for all, and throws what the first of them has thrown. */
async function allDone(endings: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(endings)) if (one.status === "rejected") throw one.reason;
}

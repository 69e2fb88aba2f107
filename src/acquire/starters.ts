/**
 * Who starts what in a joint start: a board its own subsystems in one call, where it can, and the program all others.
 *
 * @module
 */

import type { StartMoment, Subsystem } from "../board/backend.ts";
import { COUNTER_TYPES } from "../board/fit.ts";
import { monotonicClock } from "../clock.ts";
import { DtolCapabilityError, DtolTimeoutError } from "../errors.ts";
import { show } from "../model/fields.ts";
import { allDone, type DeviceStart } from "./joint_run.ts";
import { isOutput } from "./outputs.ts";
import type { Session } from "./session.ts";
import { StartGate } from "./start_gate.ts";

/** Counters that were started, and when. */
export type CounterStarts = readonly (readonly [Session, StartMoment])[];

/** What lets some devices start. */
export interface Starter {
  readonly sessions: readonly Session[];
  /** Where the recordings and playbacks among them wait. */
  readonly gate: StartGate;
  readonly by: DeviceStart["by"];
  /** Opens the gate, and starts the counters. */
  start(): Promise<CounterStarts>;
}

/** A device of a joint start. */
interface Named {
  readonly name: string;
  readonly session: Session;
}

/**
 * One starter for each board that starts several of these subsystems itself, and one for all the others.
 *
 * @param allowSkew Whether what a board says it cannot start itself is for the program.
 * @throws {DtolCapabilityError} If there is such, and no skew is allowed.
 */
export function startersFor(devices: readonly Named[], allowSkew: boolean): readonly Starter[] {
  const boards = [...Map.groupBy(devices, ({ session }) => session.board).values()];
  const able = boards.map((those) => allowSkew ? those.filter(isAble) : those).filter(({ length }) => length > 1);
  if (!allowSkew) able.forEach(refuseSkew);
  const starters = able.map((those) => boardStarter(those.map(({ session }) => session)));
  const others = devices.filter(({ session }) => !starters.some(({ sessions }) => sessions.includes(session)));
  return [...starters, programStarter(others.map(({ session }) => session))];
}

/** The starter of a device. */
export function starterOf(session: Session, starters: readonly Starter[]): Starter {
  return starters.find(({ sessions }) => sessions.includes(session))!;
}

function isAble({ session: { rawBoard, capabilities } }: Named): boolean {
  return rawBoard.startTogether !== undefined && capabilities.simultaneousStart === true;
}

/** What a board does not say is left to the SDK to refuse. */
function refuseSkew(devices: readonly Named[]): void {
  const [{ session: { board, rawBoard } }] = devices as [Named];
  const unable = devices.filter(({ session: { capabilities } }) =>
    rawBoard.startTogether === undefined || capabilities.simultaneousStart === false
  );
  if (unable.length === 0) return;
  const names = (some: readonly Named[]) => some.map(({ name }) => show(name)).join(", ");
  const subsystems = unable.map(({ session: { spec } }) => `${spec.subsystemType} ${spec.element}`).join(", ");
  throw new DtolCapabilityError(
    `Cannot start ${names(devices)} at the same instant as "${board}" has no simultaneous start for ${subsystems}: ` +
      `leave ${names(unable)} out, or allow the skew of calls of their own (allowSkew: true)`,
    { context: { board, operation: "start together" } },
  );
}

function isCounter({ spec }: Session): boolean {
  return COUNTER_TYPES.includes(spec.subsystemType);
}

function boardStarter(sessions: readonly Session[]): Starter {
  const gate = new StartGate();
  const counters = sessions.filter(isCounter);
  const start = async () => {
    const moment = await startOf(sessions);
    gate.openAt(moment);
    await allDone(counters.map((counter) => counter.startBy(() => Promise.resolve()))); // they run, and know it now
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

/**
 * Has a board start its subsystems. If its driver does not answer, what may be half started is aborted from another thread;
 * what it starts after all, when nobody wants it any more, is ended.
 */
async function startOf(sessions: readonly Session[]): Promise<StartMoment> {
  const [{ rawBoard, board, timeoutS }] = sessions as [Session];
  const subsystems = sessions.map(({ rawSubsystem }) => rawSubsystem);
  const starting = rawBoard.startTogether!(subsystems);
  if (await settledWithin(timeoutS, starting)) return await starting;
  await settledWithin(timeoutS, abortAll(subsystems));
  starting.then(() => unstarted(sessions, subsystems)).catch(() => {}); // the time-out is the error to tell
  const context = { board, operation: "start together" };
  const why = `"${board}" did not start its subsystems within ${timeoutS} s: the driver does not answer`;
  throw new DtolTimeoutError(why, { context });
}

/** Whether something has come of a promise, one or the other, in so many seconds. */
async function settledWithin(seconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), seconds * 1000));
  const settled = promise.then(() => true, () => true);
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function abortAll(subsystems: readonly Subsystem[]): Promise<void> {
  await Promise.allSettled(subsystems.map((subsystem) => subsystem.stop(true)));
}

/** Ends what was started too late, and parks the outputs among it. */
async function unstarted(sessions: readonly Session[], subsystems: readonly Subsystem[]): Promise<void> {
  await abortAll(subsystems);
  await Promise.allSettled(sessions.filter(({ spec }) => isOutput(spec)).map((session) => session.abort()));
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

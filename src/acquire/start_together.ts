/**
 * Recordings, waveforms and counters that start together: on one board by the board itself, over boards as close as a
 * program can.
 *
 * @module
 */

import { resolve } from "node:path";
import { COUNTER_TYPES } from "../board/fit.ts";
import { DtolTaskStateError, DtolValidationError } from "../errors.ts";
import { flag, show } from "../model/fields.ts";
import { JointRun } from "./joint_run.ts";
import type { DtolManager } from "./manager.ts";
import { Playback } from "./play.ts";
import { planPlay, type PlayOptions, type PlayPlan } from "./play_plan.ts";
import { Recording } from "./record.ts";
import { planRun, type RecordOptions, type RunPlan } from "./run_plan.ts";
import type { Session, StartOptions } from "./session.ts";
import { type CounterStarts, type Starter, starterOf, startersFor } from "./starters.ts";
import type { Waveform, WaveformSource } from "./waveform.ts";

/** What an analog output is to play, and what else {@linkcode play} can be told. */
export interface PlayTogetherOptions extends PlayOptions {
  /** The waveform, in volts: as of {@linkcode play}. */
  readonly waveform: Waveform | WaveformSource;
}

/**
 * What is wanted of a device: of an input as of {@linkcode record}, of an analog output as of {@linkcode play}, of a counter
 * as of {@linkcode Session.start}.
 */
export type TogetherOptions = RecordOptions | PlayTogetherOptions | StartOptions;

/** Settings of {@linkcode startTogether} itself. */
export interface StartTogetherOptions {
  /**
   * Whether subsystems of one board that it cannot start in one call may be started by calls of their own, with the skew that
   * is measured then. Default: no, they are refused.
   */
  readonly allowSkew?: boolean;
}

/**
 * Starts several devices of a manager at once: inputs record, analog outputs play, counters count or drive their outputs. Each
 * is made ready in full, with its buffers filled or queued and its file open, and waits. When all are ready they are started:
 * those of one board in one call of the board's, so that the first sample recorded and the first one played belong to the
 * same instant, and so does the zero of the counts; those of other boards, and whatever is alone on its own, each by its own
 * call, at the same word. What that came to is measured: {@linkcode JointRun.skewS}.
 *
 * Until all run, an error of one ends all. Then each goes its own way, and by its own error policy: one that ends, or fails,
 * tells so by itself, and does not end the others.
 *
 * @param manager Whose devices.
 * @param plans What is wanted, by the names given to `DtolManager.add`.
 * @param options Whether skew within a board is all right.
 * @returns All of them, once every clock runs.
 * @throws {DtolValidationError} If no device is named, there is none of a name, an output has no waveform or another device
 * has one, or two devices are to write one file.
 * @throws {DtolCapabilityError} If a board cannot start its subsystems in one call, and no skew is allowed; or if it cannot
 * play, or record.
 * @throws {DtolConfirmationRequiredError} If an output asks for a confirmation, and there is none.
 * @throws {DtolTimeoutError} If a board does not answer to the start in time: it is told to abort, from another thread, and
 * should it start after all, that is ended at once.
 * @throws {DtolError} What failed first, if one of them cannot be started; then none is, no file of theirs is left, and
 * outputs that had started are parked.
 *
 * @example Stimulus and response of one board, from the same instant on
 * ```ts
 * import { AnalogInputVoltage, AnalogOutputVoltage, DtolManager, SimulatedBackend } from "@dtollib/dtollib";
 * import { startTogether, TaskSpec } from "@dtollib/dtollib";
 * import { deepEqual } from "node:assert/strict";
 *
 * await using manager = new DtolManager({ backend: new SimulatedBackend() });
 * const board = "DT9862(00)";
 * const shaker = new AnalogOutputVoltage({ physicalChannel: 0, name: "shaker", safeValue: 0 });
 * const timing = { rateHz: 1000, samplesPerChannel: 200 };
 * await manager.add("response", new TaskSpec({ board, channels: [new AnalogInputVoltage({ physicalChannel: 0 })], timing }));
 * await manager.add("stimulus", new TaskSpec({ board, channels: [shaker], timing: { rateHz: 1000 } }));
 * const waveform = Float64Array.from({ length: 200 }, (_, k) => Math.sin(k / 10));
 * await using joint = await startTogether(manager, {
 *   response: {},
 *   stimulus: { waveform, confirm: ["shaker"] },
 * });
 * let samples = 0;
 * for await (const block of joint.recordings.get("response")!.stream) samples += block.samplesPerChannel;
 * const { samplesPlayed } = await joint.playbacks.get("stimulus")!.finished;
 * deepEqual([samples, samplesPlayed, joint.skewS], [200, 200, 0]);
 * ```
 */
export async function startTogether(
  manager: DtolManager,
  plans: Readonly<Record<string, TogetherOptions>>,
  { allowSkew = false }: StartTogetherOptions = {},
): Promise<JointRun> {
  const devices = Object.entries(plans).map(([name, options]) => deviceOf(name, options, manager.get(name)));
  if (devices.length === 0) throw new DtolValidationError("Cannot start together as no device is named");
  const starters = startersFor(devices, flag("allowSkew", allowSkew));
  for (const { name, options, session } of devices.filter(({ does }) => does === "count")) {
    if (await session.readyToStart(options as StartOptions)) continue;
    throw new DtolTaskStateError(`Cannot start ${show(name)} with others as it runs already, or needs no start`);
  }
  const [recorded, played] = [new Map<string, RunPlan>(), new Map<string, PlayPlan>()];
  for (const { name, does, options, session } of devices) {
    const gate = starterOf(session, starters).gate.memory;
    if (does === "record") recorded.set(name, await planRun(session, options as RecordOptions, gate));
    if (does !== "play") continue;
    const { waveform, ...rest } = options as PlayTogetherOptions;
    played.set(name, await planPlay(session, waveform, rest, gate));
  }
  refuseOneFileTwice([...recorded.values()]);
  const recordings = new Map([...recorded].map(([name, plan]) => [name, new Recording(plan)]));
  const playbacks = new Map([...played].map(([name, plan]) => [name, new Playback(plan)]));
  const counters = new Map(devices.filter(({ does }) => does === "count").map(({ name, session }) => [name, session]));
  const counted = new Map(
    await startedTogether([...recordings.values()], [...playbacks.values()], starters, [...counters.values()]),
  );
  const starts = devices.map(({ name, session }) => {
    const moment = (recordings.get(name) ?? playbacks.get(name))?.startMoment ?? counted.get(session)!;
    return [name, { ...moment, by: starterOf(session, starters).by }] as const;
  });
  return new JointRun({ recordings, playbacks, counters, starts: new Map(starts) });
}

/** A device, and what it is to do. */
interface Device {
  readonly name: string;
  readonly session: Session;
  readonly options: TogetherOptions;
  readonly does: "record" | "play" | "count";
}

function deviceOf(name: string, options: TogetherOptions, session: Session): Device {
  const { subsystemType } = session.spec;
  const does = COUNTER_TYPES.includes(subsystemType) ? "count" : subsystemType === "analog_output" ? "play" : "record";
  const hasWaveform = "waveform" in options && options.waveform !== undefined;
  if (does === "play" && !hasWaveform) {
    throw new DtolValidationError(
      `Cannot start ${show(name)} with others as it has nothing to play: give its waveform`,
    );
  }
  if (does !== "play" && hasWaveform) {
    throw new DtolValidationError(
      `Cannot start ${show(name)} with a waveform as it is on ${subsystemType}: waveforms are for analog outputs`,
    );
  }
  return { name, session, options, does };
}

/** Starts all, when all are ready; or none. */
async function startedTogether(
  recordings: readonly Recording[],
  playbacks: readonly Playback[],
  starters: readonly Starter[],
  counters: readonly Session[],
): Promise<CounterStarts> {
  const runs = [...recordings, ...playbacks];
  const begun = runs.map((run) => run.begin());
  const settled = Promise.allSettled(begun);
  const starting: Promise<CounterStarts>[] = [];
  try {
    const armed = Promise.all(runs.map((run, i) => Promise.race([run.armed, begun[i]])));
    await Promise.race([armed, ...playbacks.map(({ sourceFailed }) => sourceFailed)]);
    starting.push(...starters.map((starter) => starter.start()));
    const counted = await Promise.all(starting);
    await Promise.all(begun);
    return counted.flat();
  } catch (error) {
    for (const { gate } of starters) gate.shut();
    for (const playback of playbacks) playback.giveUp();
    await Promise.allSettled([settled, ...starting]);
    // The first error is the one to tell.
    const undoing = [...recordings.map(unrecorded), ...playbacks.map(unplayed), ...counters.map((one) => one.abort())];
    await Promise.allSettled(undoing);
    throw error;
  }
}

/** Ends a recording that runs though others could not be started, and takes its file back. */
async function unrecorded(recording: Recording): Promise<void> {
  if (recording.startMoment === null) return;
  await recording[Symbol.asyncDispose]().catch(() => {}); // the file goes all the same
  const { raw } = recording.summary;
  if (raw !== null) await Deno.remove(raw.path);
}

/** Ends a playback that runs though others could not be started, and parks its outputs. */
async function unplayed(playback: Playback): Promise<void> {
  if (playback.startMoment !== null) await playback.abort();
}

function refuseOneFileTwice(runs: readonly RunPlan[]): void {
  const paths = runs.flatMap(({ order }) => order.raw === null ? [] : [resolve(order.raw.path)]);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) {
    throw new DtolValidationError(
      `Cannot start together as two devices would write ${show(twice)}: give each a file of its own`,
    );
  }
}

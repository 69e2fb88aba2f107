/**
 * Running a set-up: everything opened, recorded and polled into its sinks, and closed in order.
 *
 * @module
 */

import { DtolManager } from "../../src/acquire/manager.ts";
import { readingsOf } from "../../src/acquire/readings_of.ts";
import type { Recording } from "../../src/acquire/record.ts";
import { type PolledRecording, recordPolled } from "../../src/acquire/record_polled.ts";
import type { JointRun } from "../../src/acquire/joint_run.ts";
import { recordTogether } from "../../src/acquire/record_together.ts";
import type { PolledResults } from "../../src/acquire/device_result.ts";
import { recordingReport } from "../../src/acquire/report.ts";
import type { Backend } from "../../src/board/backend.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { filesOf } from "../../src/board/open.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { DtolConfig } from "../../src/config.ts";
import { fanOut, type FanOutResult } from "../fan_out.ts";
import type { Setup } from "../setup.ts";
import type { Source } from "../source.ts";
import { checkPaths } from "./paths.ts";
import { errorText, type SetupTaskReport, sinkReport } from "./report.ts";
import type { AnySink, SetupSink } from "./sink_plan.ts";
import type { SetupTask } from "./task_plan.ts";

/** Settings of {@linkcode openSetup}. */
export interface OpenSetupOptions {
  /** The way to the boards, in place of the set-up's; left open. */
  readonly backend?: Backend | undefined;
  /** Defaults. Default: those of {@linkcode DtolConfig}. */
  readonly config?: DtolConfig | undefined;
  /** As of `openDevice`. A program that ends the run in signal listeners of its own says no. Default: as the set-up parks. */
  readonly parkOnSignals?: boolean | undefined;
}

/** A sink that was made. */
interface OpenSink {
  readonly plan: SetupSink;
  readonly sink: AnySink;
}

/** All that one task needs while it runs. */
interface Running {
  readonly task: SetupTask;
  readonly board: string;
  readonly sinks: readonly OpenSink[];
  readonly recording: Recording | null;
  readonly polled: PolledRecording<PolledResults> | null;
}

/**
 * Opens the boards of a set-up and starts it: clocked tasks together, each into its raw file and its sinks; the others polled
 * into theirs. Files are looked at before any board is: one that exists is refused where its sink may not touch it.
 *
 * The run ends by itself when all its clocked tasks have ended, which continuous ones do not; what is polled goes on until
 * then, and outputs are there for the program until then. End it by `stop()`, or by disposal.
 *
 * @param setup What to run.
 * @param options Another way to the boards; defaults.
 * @throws {DtolError} What failed first. Everything that was opened is closed then, and no file is left.
 *
 * @example Record, poll, and see what came of it
 * ```ts ignore
 * await using run = await openSetup(await loadSetup("rig.toml"));
 * setTimeout(() => run.stop(), 60_000);
 * console.table(await run.finished);
 * ```
 */
export async function openSetup(setup: Setup, options: OpenSetupOptions = {}): Promise<SetupRun> {
  checkPaths(setup);
  const stack = new AsyncDisposableStack();
  try {
    return await opened(setup, options, stack);
  } catch (error) {
    await stack.disposeAsync().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

/** Opens and starts everything; what it has opened is on the stack. */
async function opened(setup: Setup, options: OpenSetupOptions, stack: AsyncDisposableStack): Promise<SetupRun> {
  const sinks = new Map(setup.tasks.map((task) => [task, sinksOf(setup, task, stack)]));
  for (const { plan, sink } of [...sinks.values()].flat()) if (plan.path === undefined) await sink.open(); // a server
  const backend = options.backend ?? stack.use(backendOf(setup, options.config));
  const manager = stack.use(new DtolManager({ backend, errorPolicy: setup.errorPolicy }));
  const { timeoutS, parkOnClose } = setup;
  const { config, parkOnSignals = parkOnClose } = options;
  const boards = new Map<SetupTask, string>();
  for (const task of setup.tasks) {
    const session = await manager.add(task.spec.name, task.spec, { timeoutS, config, parkOnClose, parkOnSignals });
    boards.set(task, session.board);
  }
  const joint = await started(setup, manager, stack);
  const running = setup.tasks.map((task): Running => ({
    task,
    board: boards.get(task)!,
    sinks: sinks.get(task)!,
    recording: joint?.recordings.get(task.spec.name) ?? null,
    polled: task.doing === "poll" ? stack.use(polledOf(setup, task, manager)) : null,
  }));
  return new SetupRun(setup, manager, running, stack);
}

/** A set-up under way. Made by {@linkcode openSetup}; dispose of it, and it ends in order. */
export class SetupRun implements AsyncDisposable {
  /** What is run. */
  readonly setup: Setup;
  /** Its devices, by the names of their tasks: outputs are driven through their sessions. */
  readonly manager: DtolManager;
  /** Errors that ended tasks, by their names. */
  readonly errors: ReadonlyMap<string, unknown>;
  readonly #errors = new Map<string, unknown>();
  readonly #running: readonly Running[];
  readonly #stack: AsyncDisposableStack;
  readonly #finished: Promise<readonly SetupTaskReport[]>;
  readonly #ending = Promise.withResolvers<void>();
  #told = false;

  /** @ignore Made by {@linkcode openSetup}. */
  constructor(setup: Setup, manager: DtolManager, running: readonly Running[], stack: AsyncDisposableStack) {
    this.setup = setup;
    this.manager = manager;
    this.errors = this.#errors;
    this.#running = running;
    this.#stack = stack;
    this.#finished = this.#run();
  }

  /** The recordings under way, by the names of their tasks: their summaries are live. */
  get recordings(): ReadonlyMap<string, Recording> {
    return new Map(this.#running.flatMap(({ task, recording }) => recording ? [[task.spec.name, recording]] : []));
  }

  /** What became of each task, once all have ended and everything is closed. Never rejects: see {@linkcode SetupRun.errors}. */
  get finished(): Promise<readonly SetupTaskReport[]> {
    this.#told = true;
    return this.#finished;
  }

  /** Ends every task in order, with files complete. Safe to call again. Returns as {@linkcode SetupRun.finished}. */
  stop(): Promise<readonly SetupTaskReport[]> {
    this.#end();
    return this.finished;
  }

  /**
   * Ends every task in order.
   *
   * @throws {unknown} The first error of a task, if nobody has asked for `finished` or called `stop()`.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.#finished;
    const [first] = this.#errors.values();
    if (!this.#told && this.#errors.size > 0) throw first;
  }

  async #run(): Promise<readonly SetupTaskReport[]> {
    const { recordings } = this;
    const results = new Map(this.#running.map((running) => [running, this.#pump(running)]));
    if (this.#running.every(({ task }) => task.doing === "open")) await this.#ending.promise;
    if (recordings.size > 0) {
      await Promise.all([...recordings.values()].map(({ finished }) => finished));
      this.#end(); // what is polled
    }
    const sinks = new Map<Running, readonly FanOutResult[]>();
    for (const [running, result] of results) sinks.set(running, await result);
    try {
      await this.#stack.disposeAsync();
    } catch (error) {
      if (this.#errors.size === 0) this.#errors.set(this.#running[0]!.task.spec.name, error); // else it has been told
    }
    return this.#running.map((running) => this.#report(running, sinks.get(running)!));
  }

  /** Brings one task into its sinks to the end, and closes them. */
  async #pump(running: Running): Promise<readonly FanOutResult[]> {
    const { recording, polled, sinks, task } = running;
    if (recording === null && polled === null) return [];
    let results: readonly FanOutResult[] = [];
    try {
      const branches = sinks.map(({ plan, sink }) => ({ sink, name: plan.name, ...plan.policy }));
      const stream = recording?.stream ?? readingsOf(polled!.stream);
      await fanOut(stream as Source<never>, branches as never, { onReport: (report) => results = report.sinks });
    } catch (error) {
      this.#fail(task, error);
    }
    for (const { sink } of sinks) await sink.close().catch((error) => this.#fail(task, error));
    await (recording ?? polled!).stop().catch((error) => this.#fail(task, error));
    return results;
  }

  /** Under `raise` one task that fails ends all. */
  #fail(task: SetupTask, error: unknown): void {
    if (!this.#errors.has(task.spec.name)) this.#errors.set(task.spec.name, error);
    if ((task.errorPolicy ?? this.setup.errorPolicy) === "raise") this.#end();
  }

  #end(): void {
    this.#ending.resolve();
    for (const { recording, polled } of this.#running) {
      (recording ?? polled)?.stop().catch(() => {}); // the stream tells
    }
  }

  #report({ task, board, recording, polled, sinks }: Running, results: readonly FanOutResult[]): SetupTaskReport {
    const { name } = task.spec;
    const error = this.#errors.get(name);
    return {
      task: name,
      board,
      doing: task.doing,
      recording: recording === null ? null : recordingReport(recording),
      readings: polled === null ? null : { rate_hz: polled.rateHz, ...countsOf(polled) },
      sinks: sinks.map(({ plan }, i) => sinkReport(plan, results[i])),
      error: error === undefined ? null : errorText(error),
    };
  }
}

function countsOf({ summary: { taken, missed, errors } }: PolledRecording<unknown>) {
  return { taken, missed, errors };
}

/** The way to the boards that a set-up names: never simulated ones in place of real ones. */
export function backendOf({ backend, sdk }: Setup, config = new DtolConfig()): Backend {
  if (backend === "simulated") return new SimulatedBackend();
  return new DataAcqBackend(sdk === undefined ? filesOf(config) : { sdk });
}

function sinksOf(setup: Setup, task: SetupTask, stack: AsyncDisposableStack): readonly OpenSink[] {
  return task.sinks.map((plan) => ({ plan, sink: stack.use(plan.make(task.spec, setup.metadata)) }));
}

async function started(
  setup: Setup,
  manager: DtolManager,
  stack: AsyncDisposableStack,
): Promise<JointRun | null> {
  const plans = setup.tasks.filter(({ doing }) => doing === "record").map((task) => {
    const { overflow, streamBufferSize, backlogS, errorPolicy = setup.errorPolicy } = task;
    const given = Object.entries({ overflow, streamBufferSize, backlogS, errorPolicy });
    return [task.spec.name, Object.fromEntries(given.filter(([, value]) => value !== undefined))] as const;
  });
  return plans.length === 0 ? null : stack.use(await recordTogether(manager, Object.fromEntries(plans)));
}

function polledOf(setup: Setup, task: SetupTask, manager: DtolManager): PolledRecording<PolledResults> {
  const { spec: { name }, pollRateHz, errorPolicy = setup.errorPolicy } = task;
  return recordPolled(manager, { devices: [name], rateHz: pollRateHz!, errorPolicy });
}

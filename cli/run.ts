/**
 * `dtol run`: a whole set-up out of one file.
 *
 * @module
 */

import { Command } from "commander";
import {
  configFromEnv,
  DtolConfigurationError,
  DtolValidationError,
  exitCodeOf,
  progressLine,
  snakeKeys,
  STOP_SIGNALS,
} from "../mod.ts";
import type { Setup, SetupCheck, SetupRun, SetupTaskReport } from "../sinks/mod.ts";

/** What the options become. */
interface Options {
  readonly json?: boolean;
  readonly seconds?: string;
  readonly check?: boolean;
}

type Sinks = typeof import("../sinks/mod.ts");

const NAME_WIDTH = 20;
const PROGRESS_MS = 500;

/** Makes the subcommand. */
export function runCommand(): Command {
  return new Command("run")
    .description("record and poll what a set-up file says, into the sinks that it names")
    .argument("<setup>", "the set-up, a .json or .toml file; schema/setup.schema.json describes it")
    .option("--seconds <s>", "end the run after so many seconds; Ctrl-C ends it in order, too")
    .option("--check", "try it against the boards, and run nothing")
    .option("--json", "one JSON object on stdout in place of lines")
    .addHelpText(
      "after",
      "\nExit code 0: everything was taken and kept. 1: something was lost, or a sink failed. 2: the set-up is wrong, or a " +
        "file exists. 3: a board or the SDK failed.",
    )
    .action(async (path: string, options: Options) => Deno.exit(await run(path, options).catch(failed)));
}

async function run(path: string, options: Options): Promise<number> {
  const seconds = secondsOf(options.seconds);
  const sinks = await import("../sinks/mod.ts"); // only now: other commands start without them
  const config = configFromEnv();
  const setup = await sinks.loadSetup(path, config);
  if (setup.backend === "simulated") console.error(`No hardware: the boards of ${path} are simulated.`);
  if (options.check) return showChecks(await sinks.checkSetup(setup, { config }), options.json ?? false);
  await using running = await sinks.openSetup(setup, { config, parkOnSignals: false });
  const stop = () => void running.stop();
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, stop);
  if (seconds !== undefined) setTimeout(stop, seconds * 1000);
  const progress = showProgress(running);
  const reports = await running.finished;
  clearInterval(progress);
  return showReports(setup, running, reports, sinks, options.json ?? false);
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new DtolValidationError(`--seconds must be a finite number above 0, but it is "${text}"`);
  }
  return seconds;
}

/** A line a recording, in place, where a person looks on. */
function showProgress({ recordings }: SetupRun): ReturnType<typeof setInterval> | undefined {
  if (!Deno.stderr.isTerminal() || recordings.size === 0) return undefined;
  const lines = () =>
    [...recordings].map(([name, recording]) => `${name.padEnd(NAME_WIDTH)} ${progressLine(recording)}\n`);
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  write("\n".repeat(recordings.size));
  return setInterval(() => write(`\x1b[${recordings.size}F${lines().join("")}`), PROGRESS_MS);
}

function showReports(
  { name }: Setup,
  { errors }: SetupRun,
  tasks: readonly SetupTaskReport[],
  { isComplete }: Sinks,
  json: boolean,
): number {
  const complete = isComplete(tasks);
  if (json) console.log(JSON.stringify({ setup: name, complete, tasks }));
  else for (const task of tasks) console.log(taskText(task));
  const [first] = errors.values();
  for (const [task, error] of errors) console.error(`dtol: ${task}: ${lineOf(error)}`);
  return errors.size > 0 ? exitCodeOf(first) : complete ? 0 : 1;
}

function taskText({ task, board, doing, recording, readings, sinks }: SetupTaskReport): string {
  const counts = recording !== null
    ? `${recording.samples_per_channel} samples a channel at ${recording.rate_hz} Hz, ${recording.lost} blocks lost, ` +
      `${recording.dropped} dropped`
    : readings !== null
    ? `${readings.taken} readings, ${readings.missed} ticks missed, ${readings.errors} errors`
    : doing;
  const files = recording?.file ? [`  raw ${recording.file}: ${recording.bytes} bytes`] : [];
  const lines = sinks.map(({ name, path, state, written, dropped, error }) =>
    `  ${name}${path === null ? "" : ` ${path}`}: ${written} written, ${dropped} dropped` +
    (state === "complete" ? "" : `, ${state}: ${error}`)
  );
  return [`${task.padEnd(NAME_WIDTH)} ${board}  ${counts}`, ...files, ...lines].join("\n");
}

function showChecks(checks: readonly SetupCheck[], json: boolean): number {
  const wrong = checks.filter(({ error }) => error !== null);
  if (json) {
    const plain = checks.map(({ error, ...rest }) => ({ ...rest, error: error === null ? null : lineOf(error) }));
    console.log(JSON.stringify(snakeKeys({ ok: wrong.length === 0, checks: plain })));
  } else {
    for (const { task, board, rateHz, error } of checks) {
      const fact = error === null ? `ok${rateHz === null ? "" : `, ${rateHz} Hz a channel`}` : lineOf(error);
      console.log(`${(task ?? "files").padEnd(NAME_WIDTH)} ${board ?? "-"}  ${fact}`);
    }
  }
  return wrong.length === 0 ? 0 : exitCodeOf(wrong[0]!.error);
}

function failed(error: unknown): number {
  console.error(`dtol: ${lineOf(error)}`);
  return error instanceof DtolConfigurationError && error.context.board === undefined ? 2 : exitCodeOf(error);
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}

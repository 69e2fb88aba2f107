/**
 * `dtol hardware-day`: asks a board on the bench what no paper says, and writes the answers to a file.
 *
 * @module
 */

import { Command } from "commander";
import {
  diagnose,
  DtolError,
  DtolValidationError,
  exitCodeOf,
  type Finding,
  type HardwareAnswer,
  hardwareDay,
  VERSION,
} from "../mod.ts";

const SAFE = "Inputs only: nothing is driven.";
const DRIVES = "Outputs are driven: 0 V and 1 V on analog output 0, 0 V on the others, all digital lines low.";

/** What the options become. */
interface Options {
  readonly sdk?: string;
  readonly board?: string;
  readonly out: string;
  readonly drivesOutputs?: boolean;
  readonly overwrite?: boolean;
}

/** Makes the subcommand. */
export function hardwareDayCommand(): Command {
  return new Command("hardware-day")
    .description("with a board on the bench, ask what the papers do not say, and write a report")
    .option("--sdk <dir>", "folder of the SDK's libraries, or of the simulated SDK")
    .option("--board <name>", "the board, as DT9806(00); without it the first one")
    .option("--out <file>", "the report", "hardware-day.json")
    .option("--overwrite", "replace a report that exists")
    .option("--drives-outputs", "also drive outputs, of which nothing on the bench may mind")
    .addHelpText(
      "after",
      "\nExit code 0: every question was answered. 1: not every one, or an answer is a surprise. 3: no board.",
    )
    .action(async (options: Options) => Deno.exit(await run(options).catch(failed)));
}

async function run({ out, sdk, board, drivesOutputs = false, overwrite = false }: Options): Promise<number> {
  if (!overwrite) refuseExisting(out); // before half a minute of work, and not after it
  console.log(drivesOutputs ? DRIVES : SAFE);
  const where = sdk === undefined ? {} : { sdk };
  const findings: Finding[] = [];
  for await (const finding of diagnose(where)) findings.push(finding);
  const answers: HardwareAnswer[] = [];
  const ask = { ...where, ...(board === undefined ? {} : { board }), outputs: drivesOutputs };
  for await (const one of hardwareDay(ask)) {
    answers.push(one);
    const mark = !one.answered ? "not answered" : one.surprise ? "surprise" : "ok";
    console.log(`${mark.padEnd(12)} ${one.question}\n${" ".repeat(13)}${one.answer}`);
  }
  const written = Temporal.Now.instant().toString();
  const report = { tool: `dtol ${VERSION}`, written, outputs_driven: drivesOutputs, answers, findings };
  Deno.writeTextFileSync(out, `${JSON.stringify(report, null, 2)}\n`, { createNew: !overwrite });
  console.log(`The report is ${out}: please send it to the project.`);
  return answers.every(({ answered, surprise }) => answered && !surprise) ? 0 : 1;
}

function refuseExisting(path: string): void {
  try {
    Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new DtolValidationError(`Cannot write ${path} as it exists: name another one with --out, or give --overwrite`);
}

function failed(error: unknown): number {
  console.error(`dtol: ${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, " ") : error}`);
  return error instanceof DtolError ? exitCodeOf(error) : 3;
}

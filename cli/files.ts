/**
 * Commands for files: `info`, `verify`, `recover`, `convert`.
 *
 * @module
 */

import { type Command, Option } from "commander";
import { exitCodeOf } from "../mod.ts";
import type { FileReport } from "../sinks/mod.ts";

const READABLE = "a .dt-raw file, or a .parquet or .arrow file of blocks";
const FAILURES = "2: used wrongly, also if the output exists. 3: a file cannot be read or made.";
const KEY_WIDTH = 20;

/** Adds the commands for files to a program. Each gives its exit code to `exit`. */
export function addFileCommands(program: Command, exit: (code: number) => void): void {
  const command = (name: string, description: string, codes: string) =>
    program.command(name).description(description)
      .addOption(new Option("--json", "one JSON object on stdout in place of lines"))
      .addHelpText("after", `\nExit code ${codes} ${FAILURES}`);
  /** Runs a command, and tells an error on one line. The sinks are loaded only now: other commands start without them. */
  const run = async (work: (sinks: typeof import("../sinks/mod.ts")) => Promise<number>) => {
    try {
      exit(await work(await import("../sinks/mod.ts")));
    } catch (error) {
      console.error(`dtol: ${lineOf(error)}`);
      exit(exitCodeOf(error));
    }
  };

  command("info", "say what is in a file", "0: it can be read.").argument("<file>", READABLE)
    .action((path: string, { json = false }) =>
      run(async ({ inspectFile }) => {
        const { problems, ...report } = await inspectFile(path);
        show(json ? { ...report, problems } : { ...report, problems: problems.length }, json);
        return 0;
      })
    );
  command("verify", "read a whole file: checksums, order, gaps, counts", "0: all is well. 1: it is not.")
    .argument("<file>", READABLE)
    .action((path: string, { json = false }) =>
      run(async ({ inspectFile }) => {
        const report: FileReport = await inspectFile(path);
        show(report, json);
        return report.problems.length === 0 ? 0 : 1;
      })
    );
  command("recover", "make a file whole whose program died", "0: all was saved. 1: not all.")
    .argument("<file>", "a .dt-raw or .parquet file")
    .action((path: string, { json = false }) =>
      run(async ({ recoverFile }) => {
        const report = await recoverFile(path);
        show(report, json);
        return report.problems.length === 0 ? 0 : 1;
      })
    );
  command(
    "convert",
    "write what is in a file to another, whose name tells the format",
    "0: all is well. 1: the input is not whole.",
  )
    .alias("replay")
    .argument("<input>", READABLE)
    .argument("<output>", "a .dt-raw, .parquet, .arrow, .csv, .jsonl or .sqlite file")
    .option("--overwrite", "replace the output if it exists")
    .action((input: string, output: string, { json = false, overwrite = false }) =>
      run(async ({ convert }) => {
        const report = await convert(input, output, { overwrite });
        show({ input, output, ...report }, json);
        return report.problems.length === 0 ? 0 : 1;
      })
    );
}

/** The message of an error, on one line, in the words of this command. */
function lineOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
  return line.replace(/(as it exists: choose another name), or set "[^]*/, "$1, or give --overwrite");
}

/** Prints a report: keys as programs like them, in JSON or on lines. */
function show(report: object, json: boolean): void {
  const entries = Object.entries(report).map(([key, value]) => [
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  if (json) return console.log(JSON.stringify(Object.fromEntries(entries)));
  for (const [key, value] of entries) console.log(key.replaceAll("_", " ").padEnd(KEY_WIDTH), textOf(key, value));
}

function textOf(key: string, value: unknown): string {
  if (!Array.isArray(value)) return String(value ?? "-");
  return value.join(key === "problems" ? `\n${" ".repeat(KEY_WIDTH + 1)}` : ", ") || "none";
}

/**
 * Commands for files: `info`, `verify`, `recover`, `convert`.
 *
 * @module
 */

import type { Command } from "commander";
import { convert, type FileReport, inspectFile, recoverFile } from "@dtollib/dtollib/sinks";

/** Adds the commands for files to a program. Each gives its exit code to `exit`. */
export function addFileCommands(program: Command, exit: (code: number) => void): void {
  program.command("info").argument("<file>", "a .dt-raw, .parquet or .arrow file")
    .option("--json", "one JSON object").description("what is in a file")
    .action(async (path: string, { json = false }) => show(await inspectFile(path), json));
  program.command("verify").argument("<file>", "a .dt-raw, .parquet or .arrow file")
    .option("--json", "one JSON object").description("read a whole file; exit 1 if anything is not as it should be")
    .action(async (path: string, { json = false }) => {
      const report = await inspectFile(path);
      show(report, json);
      exit(report.problems.length === 0 ? 0 : 1);
    });
  program.command("recover").argument("<file>", "a .dt-raw or .parquet file whose program died")
    .option("--json", "one JSON object").description("make a file whole; exit 1 if something of it is lost")
    .action(async (path: string, { json = false }) => {
      const report = await recoverFile(path);
      show(report, json);
      exit(report.damaged_file === null ? 0 : 1);
    });
  program.command("convert").alias("replay").argument("<input>", "a .dt-raw, .parquet or .arrow file")
    .argument("<output>", "a .dt-raw, .parquet, .arrow, .csv, .jsonl or .sqlite file")
    .option("--overwrite", "replace the output if it exists").option("--json", "one JSON object")
    .description("convert a file; exit 1 if the input lacks samples")
    .action(async (input: string, output: string, { json = false, overwrite = false }) => {
      const report = await convert(input, output, { overwrite });
      show({ input, output, ...report }, json);
      exit(report.damage === null && report.missing === 0 ? 0 : 1);
    });
}

function show(report: object | FileReport, json: boolean): void {
  if (json) return console.log(JSON.stringify(report));
  for (const [key, value] of Object.entries(report)) {
    const lines = Array.isArray(value) ? value : [value ?? "-"];
    console.log(`${key.padEnd(20)} ${lines.length === 0 ? "none" : lines.join(`\n${" ".repeat(21)}`)}`);
  }
}

/**
 * The `dtol` command. Each subcommand is a file of its own that makes a {@linkcode Command}.
 *
 * @module
 */

import { Command, CommanderError } from "commander";
import { diagCommand } from "./diag.ts";
import { discoverCommand, inspectCommand } from "./discover.ts";
import { addFileCommands } from "./files.ts";
import { hardwareDayCommand } from "./hardware_day.ts";
import { runCommand } from "./run.ts";

/** Used wrongly: the same code as `record.ts` gives. */
const USAGE = 2;

const program = new Command("dtol")
  .description("Record from Data Translation boards (DT-Open Layers)")
  .configureOutput({ getOutHasColors: () => false, getErrHasColors: () => false }) // and no environment is read for it
  .exitOverride();
const commands = [diagCommand(), discoverCommand(), inspectCommand(), runCommand(), hardwareDayCommand()];
for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
addFileCommands(program, Deno.exit);

try {
  await program.parseAsync(Deno.args, { from: "user" });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  Deno.exit(error.exitCode === 0 ? 0 : USAGE);
}

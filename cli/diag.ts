/**
 * `dtol diag`: everything that a support call would ask for, one line each.
 *
 * @module
 */

import { Command } from "commander";
import { diagnose, type Finding, type Level, worstLevel } from "../mod.ts";

const EXIT_CODES: Readonly<Record<Level, number>> = { ok: 0, warning: 1, failed: 2 };
const NAME_WIDTH = 30;

/** Makes the subcommand. */
export function diagCommand(): Command {
  return new Command("diag")
    .description("say what is in order between this program and a board, and what to do where it is not")
    .option("--sdk <dir>", "folder of the SDK's libraries, or of the simulated SDK")
    .option("--folder <dir>", "folder that recordings go to", ".")
    .option("--json", "one JSON object on stdout in place of lines")
    .addHelpText("after", "\nExit code 0: all in order. 1: there are warnings. 2: something failed.")
    .action(async (options: { sdk?: string; folder: string; json?: boolean }) => {
      const { sdk, folder, json = false } = options;
      const findings: Finding[] = [];
      for await (const finding of diagnose(sdk === undefined ? { folder } : { sdk, folder })) {
        findings.push(finding);
        if (!json) console.log(line(finding));
      }
      const level = worstLevel(findings);
      const code = EXIT_CODES[level];
      if (json) console.log(JSON.stringify({ level, exit_code: code, findings }, null, 2));
      Deno.exit(code); // and not by running out: a driver that hangs would keep the process
    });
}

/** One finding on one line, and on a second what to do. */
function line({ name, level, fact, next }: Finding): string {
  const text = `${level.padEnd(8)} ${name.padEnd(NAME_WIDTH)} ${fact}`;
  return next === undefined ? text : `${text}\n${" ".repeat(9)}-> ${next}`;
}

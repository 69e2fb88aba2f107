/**
 * `dtol discover` and `dtol inspect`: the boards that are there, and what they can do.
 *
 * @module
 */

import { Command } from "commander";
import {
  type BoardInspection,
  type Capabilities,
  DtolError,
  exitCodeOf,
  findDevices,
  inspect,
  SimulatedBackend,
  snakeKeys,
  type SubsystemInspection,
} from "../mod.ts";

/** What the options become. */
interface Options {
  readonly sdk?: string;
  readonly simulated?: boolean;
  readonly json?: boolean;
}

/** A board that could not be opened. */
interface Failure {
  readonly board: { readonly name: string };
  readonly error: string;
}

const NOTHING = "No board is there. `dtol diag` says what to look at; --simulated shows the simulated ones.";
const NAME_WIDTH = 24;
const KEY_WIDTH = 26;

/** Makes `dtol discover`. */
export function discoverCommand(): Command {
  return command("discover", "list the boards and their subsystems")
    .addHelpText("after", "\nExit code 0: all were asked, also if there is none. 1: not all. 3: the SDK failed.")
    .action((options: Options) =>
      run(async () => {
        const boards: (BoardInspection | Failure)[] = [];
        for (const board of await findDevices(wayOf(options))) {
          boards.push(await inspect(board, wayOf(options)).catch((error) => ({ board, error: messageOf(error) })));
        }
        if (options.json) console.log(JSON.stringify(snakeKeys({ boards: boards.map(brief) }), null, 2));
        else console.log(boards.length === 0 ? NOTHING : boards.map(briefText).join("\n"));
        return boards.every(isWhole) ? 0 : 1;
      })
    );
}

/** Makes `dtol inspect`. */
export function inspectCommand(): Command {
  return command("inspect", "say all that a board can do, asked of it now; ? is what it does not say")
    .argument("<board>", "the board, as DT9806(00)")
    .addHelpText("after", "\nExit code 0: all of it was asked. 1: not all. 3: no such board, or it failed.")
    .action((board: string, options: Options) =>
      run(async () => {
        const report = await inspect(board, wayOf(options));
        console.log(options.json ? JSON.stringify(snakeKeys(report), null, 2) : fullText(report));
        return isWhole(report) ? 0 : 1;
      })
    );
}

function command(name: string, description: string): Command {
  return new Command(name).description(description)
    .option("--sdk <dir>", "folder of the SDK's libraries, or of the simulated SDK")
    .option("--simulated", "the boards that this library simulates itself")
    .option("--json", "one JSON object on stdout in place of lines");
}

function wayOf({ sdk, simulated = false }: Options): Parameters<typeof findDevices>[0] {
  if (simulated) return { backend: new SimulatedBackend() };
  return sdk === undefined ? {} : { sdk };
}

async function run(work: () => Promise<number>): Promise<void> {
  let code: number;
  try {
    code = await work();
  } catch (error) {
    console.error(`dtol: ${messageOf(error).replaceAll(/\s*\n\s*/g, " ")}`);
    code = error instanceof DtolError ? exitCodeOf(error) : 3;
  }
  Deno.exit(code); // and not by running out: a driver that hangs would keep the process
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isWhole(report: BoardInspection | Failure): boolean {
  return "subsystems" in report && report.subsystems.every(({ state }) => state === "free");
}

/** A board with what most ask for. */
function brief(report: BoardInspection | Failure): object {
  if ("error" in report) return report;
  const { board, simulated, subsystems } = report;
  return { board, simulated, subsystems: subsystems.map(briefSubsystem) };
}

function briefSubsystem({ type, element, state, channels, capabilities: can, error }: SubsystemInspection): object {
  if (can === null) return { type, element, state, error };
  const { bits, ranges, maxClockHz, singleValue, continuous, simultaneous, returnsFloats } = can;
  return {
    type,
    element,
    state,
    channels,
    bits,
    ranges,
    maxClockHz,
    singleValue,
    continuous,
    simultaneous,
    returnsFloats,
  };
}

function briefText(report: BoardInspection | Failure): string {
  if ("error" in report) return `${report.board.name}\n  ${report.error}`;
  const lines = report.subsystems.map((one) => {
    const text = one.capabilities === null ? notAsked(one) : abilities(one, one.capabilities);
    return `  ${`${one.type} ${one.element}`.padEnd(NAME_WIDTH)} ${text}`;
  });
  return [titleOf(report), ...lines].join("\n");
}

function titleOf({ board, simulated, versions }: BoardInspection): string {
  const known = Object.entries(versions).flatMap(([name, version]) => version === null ? [] : [`${name} ${version}`]);
  return [board.name, `model ${board.model}`, ...known, simulated ? "simulated" : ""].filter((part) => part).join("  ");
}

function notAsked({ state, error }: SubsystemInspection): string {
  return state === "in_use" ? "in use by another session or program" : `not asked: ${error}`;
}

function abilities({ channels }: SubsystemInspection, can: Capabilities): string {
  const { bits, ranges, maxClockHz, continuous } = can;
  const clock = continuous === false ? "single values" : `up to ${maxClockHz ?? "?"} Hz`;
  const counts = Object.entries(channels).filter(([, count]) => count !== 0).map(([kind, count]) =>
    `${count ?? "?"} ${count === 1 ? kind.replace(/s$/, "") : kind}`
  );
  return [counts.join(", "), bits === 0 ? "" : `${bits ?? "?"} bits`, textOf(ranges), clock].filter((part) => part)
    .join("; ");
}

function fullText(report: BoardInspection): string {
  const parts = report.subsystems.map((one) => {
    if (one.capabilities === null) return `${one.type} ${one.element}: ${notAsked(one)}`;
    const facts = Object.entries(snakeKeys({ ...one.channels, ...one.capabilities }) as Record<string, unknown>);
    const lines = facts.map(([key, value]) =>
      `  ${key.replaceAll("_", " ").padEnd(KEY_WIDTH)} ${textOf(value) || "-"}`
    );
    return [`${one.type} ${one.element}`, ...lines].join("\n");
  });
  return [titleOf(report), ...parts].join("\n\n");
}

/** A capability in words; null, which a board does not say, is a question mark. */
function textOf(value: unknown): string {
  if (value === null) return "?";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value !== "object") return String(value);
  const fields = value as Record<string, unknown>;
  if ("low" in fields) return `${fields["low"]} to ${fields["high"]} V`;
  if ("least" in fields) return `${textOf(fields["least"])} to ${textOf(fields["most"])}`;
  const words = Object.entries(fields).filter(([, answer]) => answer !== false);
  return words.map(([word, answer]) => answer === null ? `${word} ?` : word).join(", ");
}

/** Kills programs that write to sinks, as often as one likes: `deno task kill:sinks [-- --rounds 1000] [case ...]`. */

import { parseArgs } from "node:util";
import { KILL_CASES } from "./kill_cases.ts";
import { killLoop } from "./kill_loop.ts";
import { PARQUET_KILL_CASES } from "./parquet_kill.ts";

const cases = {
  ...KILL_CASES,
  ...Object.fromEntries(Object.entries(PARQUET_KILL_CASES).map(([when, kill]) => [`parquet ${when}`, kill])),
};
const { values, positionals } = parseArgs({
  args: Deno.args.filter((arg) => arg !== "--"),
  allowPositionals: true,
  options: { rounds: { type: "string", default: "1000" } },
});
const rounds = Number(values.rounds);
const names = Object.keys(cases).filter((name) =>
  positionals.length === 0 || positionals.some((word) => name.startsWith(word))
);
if (names.length === 0 || !(rounds >= 1)) {
  console.error(`Cannot kill: name some of ${Object.keys(cases).join(", ")}, and at least --rounds 1`);
  Deno.exit(2);
}
for (const name of names) {
  const { acknowledged } = await killLoop(cases[name]!, rounds);
  console.log(`${name}: killed ${rounds} times, all of ${acknowledged} acknowledged writes were there`);
}

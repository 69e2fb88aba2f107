/**
 * Measures what the library promises, and prints a table: `deno task bench [--quick] [--json] [--dir=folder] [name ...]`.
 *
 * @module
 */

import { convert } from "./convert.ts";
import { free } from "./free.ts";
import { latency } from "./latency.ts";
import { parts } from "./parts.ts";
import { realtime } from "./realtime.ts";
import { type BenchOptions, type Row, table } from "./report.ts";
import { startup } from "./startup.ts";

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Row[]>>> = {
  realtime,
  free,
  latency,
  convert,
  parts,
  startup,
};

const flags = Deno.args.filter((arg) => arg.startsWith("--"));
const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const unknown = [
  ...names.filter((name) => !Object.hasOwn(BENCHES, name)),
  ...flags.filter((flag) => !/^--(quick|json|dir=.+)$/.test(flag)),
];
if (unknown.length > 0) {
  console.error(
    `Cannot run ${unknown.join(", ")}: there are --quick, --json, --dir=... and ${Object.keys(BENCHES).join(", ")}`,
  );
  Deno.exit(1);
}
const quick = flags.includes("--quick");
const json = flags.includes("--json");
const parent = flags.find((flag) => flag.startsWith("--dir="))?.slice("--dir=".length);
const folder = await Deno.makeTempDir({ prefix: "dtol-bench-", ...(parent === undefined ? {} : { dir: parent }) });
const rows: Row[] = [];
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    if (!json) console.error(`${name} ...`);
    await new Deno.Command("sync").output(); // or it would wait for the disk to take what the one before wrote
    rows.push(...await bench({ quick, folder }));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
const machine = machineText(folder);
console.log(json ? JSON.stringify({ machine, quick, rows }, null, 2) : `${table(rows)}\n\n${machine}`);

/** One line: what this ran on, and how. */
function machineText(folder: string): string {
  const model = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
  return `${navigator.hardwareConcurrency} x ${model}, Deno ${Deno.version.deno}, load ${
    Deno.loadavg()[0]!.toFixed(1)
  }, ` +
    `files in ${folder.replace(/\/[^/]*$/, "")}; the two sides of a ratio alternate in one run, figures are medians` +
    (quick ? "; --quick" : "");
}

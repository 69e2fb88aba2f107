/**
 * Measures what the library promises, and prints a table: `deno task bench [--quick] [--json] [--dir=folder] [name ...]`.
 *
 * @module
 */

import { type BenchOptions, type Row, table } from "./report.ts";

/** Loaded one by one: what one of them needs and this machine lacks is no matter to the others. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Row[]>>> = {
  realtime: async (options) => (await import("./realtime.ts")).realtime(options),
  free: async (options) => (await import("./free.ts")).free(options),
  latency: async (options) => (await import("./latency.ts")).latency(options),
  convert: async (options) => (await import("./convert.ts")).convert(options),
  thermocouple: async (options) => (await import("./thermocouple.ts")).thermocouple(options),
  parts: async (options) => (await import("./parts.ts")).parts(options),
  startup: async (options) => (await import("./startup.ts")).startup(options),
  parquet: async (options) => (await import("./parquet.ts")).parquet(options),
  "parquet-realtime": async (options) => (await import("./parquet.ts")).parquetRealtime(options),
  text: async (options) => (await import("./sinks_text_bench.ts")).sinksText(options),
  sqlite: async (options) => (await import("./sqlite_bench.ts")).sqlite(options),
  postgres: async (options) => (await import("./postgres_bench.ts")).postgres(options),
  files: async (options) => (await import("./files.ts")).files(options),
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
    rows.push(...await bench({ quick, folder }).catch((error) => [failed(name, error)]));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
const machine = machineText(folder);
console.log(json ? JSON.stringify({ machine, quick, rows }, null, 2) : `${table(rows)}\n\n${machine}`);

/** A bench that came to no end is a row, too, and its error no reason to lose the others. */
function failed(name: string, error: unknown): Row {
  const note = (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ").slice(0, 300);
  return { name, measured: "failed", target: "to run", ok: false, note };
}

/** One line: what this ran on, and how. */
function machineText(folder: string): string {
  const model = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
  return `${navigator.hardwareConcurrency} x ${model}, Deno ${Deno.version.deno}, load ${
    Deno.loadavg()[0]!.toFixed(1)
  }, ` +
    `files in ${folder.replace(/\/[^/]*$/, "")}; the two sides of a ratio alternate in one run, figures are medians` +
    (quick ? "; --quick" : "");
}

// `deno task test`: everything that must hold before a commit, in the order of what fails fastest.
//   deno task test [--quick]   --quick leaves out what needs minutes
import { buildSim } from "../ffi/sim/build.ts";

const ENTRIES = ["mod.ts", "sinks/mod.ts", "ffi/mod.ts", "src/testing.ts"];
/** Tests that share the simulated SDK's one state run in one process, and beside it all others. */
const GROUPS = [
  ["tests/acquire", "tests/board", "tests/sim", "tests/ffi"],
  [
    "tests/model",
    "tests/convert",
    "tests/teds",
    "tests/raw",
    "tests/record",
    "tests/sinks",
    "tests/files",
    "tests/cli",
    "tests/config",
    "tests/interop",
    "tests/project",
    "tests/windows",
  ],
];
let passed = 0;
let failed = 0;
/** Named once more at the end: a log of thousands of lines is often seen from there only. */
const failures: string[] = [];

/** Runs deno, and shows what it says when it fails, or always. */
async function deno(what: string, args: readonly string[], show = false): Promise<string> {
  const started = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (show || code !== 0) console.log(text.trimEnd());
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${what} (${seconds} s)`);
  if (code === 0) passed++;
  else {
    failed++;
    failures.push(what);
  }
  return text;
}

/** Counts the tests of a run, `ok | 12 passed (3 steps) | 0 failed`, and notes those that failed: `name => file:line:column`. */
function count(text: string): void {
  const line = text.match(/\| (\d+) passed.*? \| (\d+) failed/);
  passed += Number(line?.[1] ?? 0);
  failed += Number(line?.[2] ?? 0);
  for (const [name] of text.matchAll(/^.+ => \S+:\d+:\d+$/gm)) if (!failures.includes(name)) failures.push(name);
}

async function tests(what: string, args: readonly string[]): Promise<void> {
  count(await deno(what, ["test", "-A", "--quiet", ...args], true));
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

await deno("format", ["fmt", "--check"]);
await deno("lint", ["lint"]);
await deno("types", ["check", "."]);
await deno("doc lint", ["doc", "--lint", ...ENTRIES]);
await deno("publishable", ["publish", "--dry-run", "--allow-dirty"]);
if (failed === 0) {
  console.log(`ok     simulated SDK in ${await buildSim()}`);
  await Promise.all(GROUPS.map(async (group, i) => {
    const folders = [];
    for (const folder of group) if (await exists(folder)) folders.push(folder);
    if (folders.length > 0) await tests(`tests, group ${i + 1}`, ["--no-check", ...folders]);
  }));
  await tests("examples in doc comments", [
    "--no-check",
    "--doc",
    "--ignore=tests,bench",
    ...ENTRIES,
    "src",
    "sinks",
    "ffi",
  ]);
}
for (const name of failures) console.log(`FAILED ${name}`);
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

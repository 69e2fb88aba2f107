// `deno task test:windows`: the test suite in Deno for Windows, under Wine.
//   deno task test:windows [FILE_OR_FOLDER ...]
//   deno run -A tests/windows/run.ts --exec ARGUMENTS_OF_DENO ...
// Exit status 77: there can be no Windows here (no root and no user namespaces, or the packages cannot be had).
import { LEFT_OUT } from "./left_out.ts";
import { CUT, onWindows, type Windows } from "./machine.ts";

const started = performance.now();
/** Of one group: a folder's tests share a simulated SDK's one state, so each folder has a process of its own. */
const LIMIT_S = 1500;
const COUNTS = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm;
const SKIPPED = /^(.+) \.\.\. ignored \(/gm;
const NAMED = new Set(LEFT_OUT.flatMap(({ tests }) => tests.flatMap(({ name }) => name ?? [])));
const DOC_FOLDERS = ["mod.ts", "sinks/mod.ts", "ffi/mod.ts", "src/testing.ts", "src", "sinks", "ffi"];

async function testFiles(path: string): Promise<string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) found.push(...await testFiles(`${path}/${name}`));
    else if (name.endsWith("_test.ts")) found.push(`${path}/${name}`);
  }
  return found.sort();
}

async function suite(windows: Windows, wanted: readonly string[]): Promise<boolean> {
  const files = (await Promise.all((wanted.length > 0 ? wanted : ["tests"]).map(testFiles))).flat();
  const whole = new Set(LEFT_OUT.flatMap(({ tests }) => tests.flatMap(({ file, name }) => name ? [] : [file])));
  const groups = Map.groupBy(files.filter((file) => !whole.has(file)), (file) => file.split("/").slice(0, 2).join("/"));
  const totals = { passed: 0, failed: 0, ignored: 0 };
  const test = async (what: string, args: readonly string[]) => {
    const started = performance.now();
    const run = ["test", "-A", "--no-check", "--quiet", ...args];
    const { code, text } = await windows.deno(run, { show: false, limitS: LIMIT_S });
    const { passed, failed, ignored } = countsOf(text);
    // A crash after the last test has the code of success at times, and a run that is cut has no counts.
    const unlisted = skippedOf(text).filter((name) => !NAMED.has(name));
    const ok = code === 0 && failed === 0 && passed + ignored > 0 && unlisted.length === 0;
    if (!ok) console.log(text.trimEnd());
    if (code === CUT) console.log(`cut after ${LIMIT_S} s; the last test named above is where it was`);
    for (const name of unlisted) console.log(`skipped, and not listed in tests/windows/left_out.ts: ${name}`);
    totals.passed += passed;
    totals.failed += ok ? 0 : Math.max(failed, 1);
    totals.ignored += ignored;
    const counts = `${passed} passed, ${failed} failed, ${ignored} ignored`;
    console.log(`${ok ? "ok    " : "FAILED"} ${what}: ${counts} (exit code ${code}, ${seconds(started)} s)`);
  };
  for (const [folder, group] of groups) await test(folder, ["--preload=./tests/windows/leave_out.ts", ...group]);
  if (wanted.length === 0) await test("examples in doc comments", ["--doc", ...DOC_FOLDERS]);
  for (const { reason, tests } of LEFT_OUT) {
    console.log(`left out, as ${reason}:`);
    for (const { file, name } of tests) console.log(`  ${file}${name === undefined ? "" : `: ${name}`}`);
  }
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.ignored} skipped`);
  return totals.failed === 0 && totals.passed > 0;
}

/** The counts of `deno test`: `ok | 12 passed (3 steps) | 0 failed | 1 ignored`. */
function countsOf(text: string): { passed: number; failed: number; ignored: number } {
  const line = [...text.matchAll(COUNTS)].at(-1);
  const [passed, failed, ignored] = [line?.[1], line?.[2], line?.[3]].map((digits) => Number(digits ?? 0));
  return { passed: passed!, failed: failed!, ignored: ignored! };
}

/** The tests that were skipped: `a test's name ... ignored (0ms)`. */
function skippedOf(text: string): string[] {
  return [...text.matchAll(SKIPPED)].map((line) => line[1]!);
}

const seconds = (started: number): string => ((performance.now() - started) / 1000).toFixed(1);

Deno.exit(
  await onWindows(async (windows) => {
    if (Deno.args[0] === "--exec") return (await windows.deno(Deno.args.slice(1))).code;
    console.log(`Windows is ready (${seconds(started)} s)`);
    return await suite(windows, Deno.args) ? 0 : 1;
  }),
);

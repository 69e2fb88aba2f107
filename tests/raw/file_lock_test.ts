// The lock beside a file: what keeps two programs from one file on Windows works on every system, and is tried on each.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { lockBeside } from "../../src/file_lock.ts";
import { inFolder } from "./fixtures.ts";

const MODULE = JSON.stringify(new URL("../../src/file_lock.ts", import.meta.url).href);

/** Another program. */
async function program(folder: string, text: string): Promise<(...args: string[]) => Deno.ChildProcess> {
  const path = `${folder}/program_${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(path, `import { lockBeside } from ${MODULE};\n${text}`);
  return (...args) => {
    const run = ["run", "--no-check", "--no-prompt", ...args.slice(1), path, args[0]!];
    return new Deno.Command(Deno.execPath(), { args: run, stdout: "piped", stdin: "piped" }).spawn();
  };
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const output = async (child: Deno.ChildProcess) => {
  await child.stdin.close();
  return new TextDecoder().decode((await child.output()).stdout).trim();
};

Deno.test("one holder at a time; the file itself stays free, and the one beside it goes with the holder", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    await Deno.writeTextFile(path, "1\n");
    const first = lockBeside(path);
    ok(first !== null);
    ok(await exists(`${path}.lock`));
    equal(lockBeside(path), null);
    equal(await Deno.readTextFile(path), "1\n");
    first[Symbol.dispose]();
    ok(!await exists(`${path}.lock`));
    using second = lockBeside(path);
    ok(second !== null);
  }));

Deno.test("a holder that is killed leaves its file, which the next one takes over", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const start = await program(
      folder,
      `using lock = lockBeside(Deno.args[0]); console.log(lock === null ? "refused" : "held");
      await Deno.stdin.read(new Uint8Array(1));`,
    );
    const holder = start(path, "-A");
    const reader = holder.stdout.getReader();
    match(new TextDecoder().decode((await reader.read()).value), /held/);
    equal(lockBeside(path), null);
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
    await holder.stdin.close().catch(() => {});
    ok(await exists(`${path}.lock`));
    const lock = lockBeside(path);
    ok(lock !== null);
    equal(await output(start(path, "-A")), "refused");
    lock[Symbol.dispose]();
    ok(!await exists(`${path}.lock`));
  }));

Deno.test("of programs that take and give up one lock as fast as they can, never do two hold it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const start = await program(
      folder,
      `let held = 0;
      while (held < 30) {
        using lock = lockBeside(Deno.args[0]);
        if (lock === null) continue;
        Deno.mkdirSync(Deno.args[0] + ".held"); // fails if another is in here
        Deno.removeSync(Deno.args[0] + ".held");
        held++;
      }
      console.log("well");`,
    );
    deepEqual(await Promise.all([1, 2, 3].map(() => output(start(path, "-A")))), ["well", "well", "well"]);
    ok(!await exists(`${path}.lock`));
  }));

Deno.test("without the right to make it there is no lock and no question; another's file of that name stays", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.csv`;
    const start = await program(
      folder,
      `using lock = lockBeside(Deno.args[0]); console.log(lock === null ? "refused" : "goes on");`,
    );
    using held = lockBeside(path);
    ok(held !== null);
    equal(await output(start(path, `--allow-write=${path}`)), "goes on");
    await Deno.writeTextFile(`${folder}/mine.lock`, "mine");
    lockBeside(`${folder}/mine`)![Symbol.dispose]();
    equal(await Deno.readTextFile(`${folder}/mine.lock`), "mine");
  }));

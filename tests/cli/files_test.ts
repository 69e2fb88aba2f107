// `dtol info | verify | recover | convert` as a user runs them: lines, JSON, exit codes, and the permissions of README.
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { writeSmall } from "../raw/fixtures.ts";
import { RUNS } from "../files/runs.ts";
import { inFolder } from "../sinks/records.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function dtol(permissions: readonly string[], ...args: string[]): Promise<Run> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--quiet", ...permissions, `${ROOT}cli/main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/** What README names for a command: `read` and `write` are files. */
function narrow(read: readonly string[], write: readonly string[] = []): string[] {
  return [`--allow-read=${read.join(",")}`, ...(write.length === 0 ? [] : [`--allow-write=${write.join(",")}`])];
}

Deno.test("dtol verify exits with 0 for a whole file, 1 for a torn, a damaged and one with a gap, 3 for none", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    RUNS["whole"]!(path);
    const whole = Deno.readFileSync(path);
    const verify = async (bytes: Uint8Array) => {
      Deno.writeFileSync(path, bytes);
      const { code, out, err } = await dtol(narrow([path]), "verify", "--json", path);
      equal(err, "");
      const report = JSON.parse(out);
      equal(report.file, path);
      return { code, problems: report.problems.length, samples: report.samples_per_channel, missing: report.missing };
    };
    const flipped = whole.slice();
    flipped[whole.lastIndexOf(0x7d, whole.length - 800)]! ^= 1; // the end of a header
    deepEqual(await verify(whole), { code: 0, problems: 0, samples: 15, missing: 0 });
    deepEqual(await verify(whole.subarray(0, -1)), { code: 1, problems: 2, samples: 15, missing: 0 });
    equal((await verify(flipped)).code, 1);
    deepEqual(await verify(writeSmall(`${folder}/gap.dt-raw`).bytes), {
      code: 1,
      problems: 2,
      samples: 22,
      missing: 7,
    });
    const none = await dtol(narrow([folder]), "verify", `${folder}/none.dt-raw`);
    deepEqual([none.code, none.out], [3, ""]);
    match(none.err, /^dtol: Cannot read .*none\.dt-raw: [^\n]*\n$/);
  }));

Deno.test("dtol info prints a line a fact, and exits with 0 also when something is wrong", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    writeSmall(path);
    const { code, out } = await dtol(narrow([path]), "info", path);
    equal(code, 0);
    match(out, /^board {16}DT9806\(00\)$/m);
    match(out, /^samples per channel {2}22$/m);
    match(out, /^problems {13}2$/m);
  }));

Deno.test("dtol recover makes a file whole, exits with 1 if something was lost, and says where the old one is", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    const { bytes, ends } = writeSmall(path);
    const beside = [path, `${path}.recovering`, `${path}.damaged`];
    const recover = async (content: Uint8Array) => {
      Deno.writeFileSync(path, content);
      const { code, out, err } = await dtol(narrow(beside, beside), "recover", "--json", path);
      equal(err, "");
      await Deno.remove(`${path}.damaged`).catch(() => {});
      return [code, JSON.parse(out).samples, JSON.parse(out).damaged_file];
    };
    deepEqual(await recover(bytes), [0, 22, null]);
    deepEqual(await recover(bytes.subarray(0, ends.at(-2)!)), [0, 22, `${path}.damaged`]);
    deepEqual(await recover(bytes.subarray(0, ends.at(-2)! - 1)), [1, 18, `${path}.damaged`]);
    const { code } = await dtol(narrow([path]), "verify", path);
    equal(code, 1, "the loss that the recording marked is still told");
  }));

const BESIDE: Readonly<Record<string, readonly string[]>> = {
  "dt-raw": [],
  "parquet": [".journal"],
  "arrow": [],
  "csv": [".meta.jsonl"],
  "jsonl": [".meta.jsonl"],
  "db": ["-journal", "-wal", "-shm"],
};

for (const [extension, beside] of Object.entries(BESIDE)) {
  Deno.test(`dtol convert to .${extension} needs the permissions that README names, and keeps a file that is there`, () =>
    inFolder(async (folder) => {
      const input = `${folder}/in.dt-raw`;
      const output = `${folder}/out.${extension}`;
      RUNS["whole"]!(input);
      const write = [output, ...beside.map((suffix) => output + suffix)];
      const read = extension === "db" ? [input, ROOT, ...write] : [input];
      const first = await dtol(narrow(read, write), "convert", input, output, "--json");
      equal(first.err, "");
      deepEqual([first.code, JSON.parse(first.out)], [
        0,
        { input, output, blocks: 3, samples_per_channel: 15, missing: 0, problems: [] },
      ]);
      const bytes = Deno.readFileSync(output);
      ok(bytes.length > 100);
      const second = await dtol(narrow(read, write), "replay", input, output);
      deepEqual([second.code, second.out], [2, ""]);
      match(second.err, /^dtol: Cannot write [^\n]* as it exists: choose another name, or give --overwrite\n$/);
      deepEqual(Deno.readFileSync(output), bytes);
      const third = await dtol(narrow(read, write), "replay", input, output, "--overwrite");
      equal(third.code, 0, third.err);
    }));
}

Deno.test("without a permission, or used wrongly, dtol says so on one line", () =>
  inFolder(async (folder) => {
    const input = `${folder}/in.dt-raw`;
    writeSmall(input);
    const cases: [number, RegExp, string[], string[]][] = [
      [3, /read access/, [], ["verify", input]],
      [2, /write access|--allow-write/, narrow([input]), ["convert", input, `${folder}/o.jsonl`]],
      [2, /must end in one of/, narrow([folder]), ["convert", input, `${folder}/o.xlsx`]],
      [2, /needs no recovery/, narrow([folder]), ["recover", `${folder}/a.csv`]],
      [2, /missing required argument/, [], ["convert", input]],
      [2, /unknown option/, [], ["verify", "--fast", input]],
      [2, /unknown command/, [], ["frobnicate"]],
    ];
    for (const [code, words, permissions, args] of cases) {
      const run = await dtol(permissions, ...args);
      equal(run.err.trimEnd().split("\n").length, 1, run.err);
      match(run.err, words);
      deepEqual([run.code, run.out], [code, ""], args.join(" "));
    }
  }));

Deno.test("every file command has its exit codes in its help", async () => {
  for (const name of ["info", "verify", "recover", "convert"]) {
    const { code, out } = await dtol([], name, "--help");
    equal(code, 0);
    match(out, /Exit code 0: .* 2: used wrongly.* 3: /);
  }
});

// What must hold of the project as a whole, and not of one of its files.
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { VERSION } from "../../src/version.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));

/** Every TypeScript file below a folder. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(`${folder}/`, root))) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

/** The modules of our own that a file imports, as paths from the root. */
function imports(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map(([, to]) => new URL(to!, new URL(path, root)).pathname.slice(root.pathname.length));
}

Deno.test("the version that files carry is the version of the package", () => {
  equal(VERSION, JSON.parse(read("deno.json")).version);
});

Deno.test("imports run down the house: ffi <- src <- sinks <- mod.ts <- cli, record.ts", () => {
  const allowed: [string, RegExp][] = [
    ["ffi", /^ffi\//],
    ["src", /^(src|ffi)\//],
    ["sinks", /^(sinks|src)\//],
    ["cli", /^(cli\/|mod\.ts|sinks\/mod\.ts)/],
  ];
  for (const [folder, down] of allowed) {
    for (const path of sources(folder)) {
      for (const to of imports(path)) ok(down.test(to), `${path} imports ${to}`);
    }
  }
  for (const to of imports("record.ts")) equal(to, "mod.ts");
});

Deno.test("only ffi/ opens libraries", () => {
  for (const folder of ["src", "sinks", "cli"]) {
    for (const path of sources(folder)) ok(!/Deno\.dlopen/.test(read(path)), `${path} calls Deno.dlopen`);
  }
});

Deno.test("only the drainer's entry names both backends' intakes", () => {
  const both = [...sources("src")].filter((path) => {
    const text = read(path);
    return text.includes("attachDataAcq") && text.includes("attachSimulated");
  });
  deepEqual(both, ["src/acquire/drainer_worker.ts"]);
});

Deno.test("no dependency comes from JSR", () => {
  for (const [name, from] of Object.entries(JSON.parse(read("deno.json")).imports as Record<string, string>)) {
    ok(from.startsWith("npm:"), `${name} comes from ${from}`);
  }
  ok(!read("deno.lock").includes('"jsr:'), "deno.lock names a JSR package");
});

Deno.test("packages that only tests need are not downloaded by who runs a task: they stand in tests/packages", () => {
  const imports = Object.keys(JSON.parse(read("deno.json")).imports);
  const used = [...sources("src"), ...sources("sinks"), ...sources("cli"), ...sources("ffi")].map(read).join("\n");
  for (const name of imports) ok(new RegExp(`"${name}[/"]`).test(used), `nothing but tests imports ${name}`);
});

Deno.test("record.ts stays a script that one can read: at most 60 lines", () => {
  ok(read("record.ts").trimEnd().split("\n").length <= 60);
});

Deno.test("CI runs the README's test command", () => {
  const command = "npx -y deno@2.9.6 task test";
  ok(read("README.md").includes(command) && read(".ci/run").includes(command));
});

Deno.test("importing the library opens nothing and needs no permission", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "mod.ts"],
    cwd: root,
  }).output();
  equal(code, 0, new TextDecoder().decode(stderr));
});

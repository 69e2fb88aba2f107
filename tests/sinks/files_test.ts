// What holds of every sink that writes a file.
import { ok, rejects, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DtolResourceError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import {
  ArrowSink,
  type BlockSink,
  CsvSink,
  JsonlSink,
  ParquetSink,
  RawCountsSink,
  SqliteSink,
} from "../../sinks/mod.ts";
import { block, inFolder } from "./records.ts";

const ROOT = new URL("../../", import.meta.url);

type FileSink = WritableStream<DaqBlock> & Pick<BlockSink, "open">;

/** Sinks that would replace what is there. */
const SINKS: Readonly<Record<string, (path: string) => FileSink>> = {
  RawCountsSink: (path) => new RawCountsSink(path, { ifExists: "overwrite" }),
  ParquetSink: (path) => new ParquetSink(path, { ifExists: "overwrite" }),
  ArrowSink: (path) => new ArrowSink(path, { ifExists: "overwrite" }),
  CsvSink: (path) => new CsvSink(path, { ifExists: "overwrite", acceptBlocks: true }),
  JsonlSink: (path) => new JsonlSink(path, { ifExists: "overwrite", acceptBlocks: true }),
  SqliteSink: (path) => new SqliteSink(path, { ifExists: "overwrite", samples: "blob" }),
};

Deno.test("two sinks on one file are refused, of whatever kind they are, until the first is closed", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run`;
    for (const [name, first] of Object.entries(SINKS)) {
      const sink = first(path);
      const writer = sink.getWriter();
      await writer.write(block(0));
      for (const [other, second] of Object.entries(SINKS)) {
        await rejects(second(path).open(), (error) => {
          ok(error instanceof DtolResourceError, `${other} beside ${name}: ${error}`);
          return /another sink is writing it/.test(error.message);
        });
      }
      await writer.write(block(1));
      await writer.close();
    }
  }));

Deno.test("missing folders are made by every sink, with its first write and not before", () =>
  inFolder(async (folder) => {
    for (const [name, make] of Object.entries(SINKS)) {
      const sink = make(`${folder}/${name}/of/today/run`);
      await rejects(Deno.stat(`${folder}/${name}`), Deno.errors.NotFound);
      await ReadableStream.from([block(0)]).pipeTo(sink);
      ok(Deno.statSync(`${folder}/${name}/of/today/run`).size > 100, name);
    }
  }));

Deno.test("a raw file that another program is writing is refused, also where it may be replaced", () =>
  inFolder(async (folder) => {
    const path = `${folder}/run.dt-raw`;
    await using sink = new RawCountsSink(path);
    await sink.writeRaw(block(0));
    const size = Deno.statSync(path).size;
    const { success, stderr } = await run(folder, "RawCountsSink", "{ ifExists: 'overwrite' }", path, [
      "--allow-write",
    ]);
    equal(success, false);
    ok(/as it is being written already/.test(stderr), stderr);
    equal(Deno.statSync(path).size, size);
  }));

Deno.test("the permissions that README names are enough for each sink, and it asks for no others", async () => {
  const beside = besideFiles(await Deno.readTextFile(new URL("README.md", ROOT)));
  for (const name of Object.keys(SINKS)) {
    await inFolder(async (folder) => {
      const path = `${folder}/run`;
      const files = ["", ...beside.get(name)!].map((end) => path + end).join();
      const rights = [`--allow-write=${files}`];
      if (name === "SqliteSink") rights.push(`--allow-read=${files},${fileURLToPath(ROOT)}`);
      const options = name === "RawCountsSink" ? "{}" : `{ acceptBlocks: true, metadata: { specimen: "A7" } }`;
      const { success, stderr } = await run(folder, name, options, path, rights);
      ok(success, `${name}: ${stderr}`);
      ok(Deno.statSync(path).size > 100, name);
    });
  }
});

/** Ends of the names of the files beside a sink's own, as the table of README has them. */
function besideFiles(readme: string): Map<string, string[]> {
  const rows = [...readme.matchAll(/^\| `(\w+Sink)` *\|.*\|(.*)\|$/gm)];
  ok(rows.length >= 8, `${rows.length} sinks`);
  return new Map(rows.map(([, name, cell]) => [
    name!,
    [...cell!.matchAll(/`(?:<file>)?([.-][\w.]+)`/g)].map(([, end]) => end!),
  ]));
}

/** Runs a program that writes a block to a sink, with these rights and no more. */
async function run(folder: string, name: string, options: string, path: string, rights: readonly string[]) {
  const program = `${folder}/program.ts`;
  await Deno.writeTextFile(
    program,
    `import { ${name} } from "${ROOT}sinks/mod.ts";
     import { block } from "${ROOT}tests/sinks/records.ts";
     if (Deno.permissions.querySync({ name: "read", path: ${JSON.stringify(folder)} }).state !== "granted") {
       Deno.realPathSync = () => Deno.exit(3); // at a terminal a person would be asked
     }
     const sink = new ${name}(${JSON.stringify(path)}, ${options});
     await ReadableStream.from([block(0), block(1)]).pipeTo(sink);`,
  );
  const args = ["run", "--no-prompt", "--no-check", `--config=${fileURLToPath(new URL("deno.json", ROOT))}`];
  const command = new Deno.Command(Deno.execPath(), { args: [...args, ...rights, program] });
  const { success, stderr } = await command.output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

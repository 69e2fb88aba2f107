import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { codesFor, inFolder, readAll } from "./fixtures.ts";

const CHILD = fileURLToPath(new URL("./crash_child.ts", import.meta.url));

for (const way of ["writer", "sink"]) {
  Deno.test(`W-12, W-63: after a kill every block whose write had returned is in the file (${way})`, () =>
    inFolder(async (folder) => {
      for (const after of [1, 40, 333]) {
        const path = `${folder}/${after}.dt-raw`;
        const args = ["run", "-A", CHILD, path, way];
        const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
        let text = "";
        let killed = false;
        for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
          text += part;
          if (killed || text.split("\n").length <= after) continue;
          child.kill("SIGKILL"); // what the pipe holds still arrives
          killed = true;
        }
        await child.status;
        const said = text.slice(0, text.lastIndexOf("\n")).split("\n").length;
        ok(said >= after);
        const { blocks, report } = await readAll(path);
        ok(blocks.length >= said, `${blocks.length} blocks for ${said} that were told`);
        ok(blocks.length <= said + 1);
        deepEqual([report.damage, report.gaps, report.endedInOrder], [[], [], false]);
        for (const [k, block] of blocks.entries()) {
          equal(block.blockIndex, k);
          deepEqual(block.codes, codesFor("uint16", 2, 500 * k, 500));
        }
      }
    }));
}

/** W-24: a driver that hangs while it records. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { openRaw } from "../../src/raw/replay.ts";
import { checkHang, outcomeOf } from "./hang_lab.ts";
import { tempDir } from "./lab.ts";

interface Case {
  /** What the driver does. */
  readonly faults: string;
  /** What the program does. */
  readonly does: "read" | "stop";
  /** Words of the error, and its operation. */
  readonly words: string;
  readonly operation: string;
  /** What becomes of the raw file. */
  readonly file: "none" | "readable" | "complete";
}

const CASES: Readonly<Record<string, Case>> = {
  "at the start": {
    ...{ faults: "hang:olDaStart@1=0", does: "read", file: "none" },
    ...{ words: "while starting the board", operation: "starting the board" },
  },
  "before the start": {
    ...{ faults: "hang:olDaConfig@2=0", does: "read", file: "none" },
    ...{ words: "while getting the board ready", operation: "getting the board ready" },
  },
  "while fetching": {
    ...{ faults: "hang:olDaGetBuffer@9=0", does: "read", file: "readable" },
    ...{ words: "while fetching a buffer", operation: "fetching a buffer" },
  },
  "while giving back": {
    ...{ faults: "hang:olDaPutBuffer@36=0", does: "read", file: "readable" },
    ...{ words: "while giving a buffer back", operation: "giving a buffer back" },
  },
  "while stopping": {
    ...{ faults: "hang:olDaStop@1=0", does: "stop", file: "complete" },
    ...{ words: "did not stop the run within 2 s", operation: "stop" },
  },
  "while stopping and while aborting": {
    ...{ faults: "hang:olDaStop@1=0;hang:olDaAbort@1=0", does: "stop", file: "complete" },
    ...{ words: "did not stop the run within 2 s", operation: "stop" },
  },
};

Deno.test("W-24 a driver that hangs ends in an error that says where, and the program can end", async (t) => {
  await using dir = await tempDir();
  const path = (name: string) => dir.file(`${name.replaceAll(" ", "_")}.dt-raw`);
  const all = await Promise.all(
    Object.entries(CASES).map(([name, { faults, does }]) => outcomeOf("./hang_child.ts", faults, path(name), does)),
  );
  for (const [i, [name, { words, operation, file }]] of Object.entries(CASES).entries()) {
    await t.step(name, async () => {
      const told = checkHang(all[i]!, "DT9806(00)", words, operation);
      const there = await Deno.stat(path(name)).then(() => true, () => false);
      equal(there, file !== "none", "the raw file");
      if (!there) return;
      equal(told.balanced, true, "the books balance");
      await using raw = await openRaw(path(name));
      const report = await raw.verify();
      deepEqual(report.damage, []);
      ok(report.samples >= told.samples, `${report.samples} in the file, ${told.samples} read`);
      ok(told.samples >= 100, String(told.samples));
      equal(report.endedInOrder, file === "complete");
    });
  }
});

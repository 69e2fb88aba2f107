/** W-24, W-43: a driver that hangs in a joint start: none runs, no file is left, and nothing is played. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { checkHang, outcomeOf, type Told } from "./hang_lab.ts";
import { tempDir } from "./lab.ts";

interface Case {
  /** What the driver does. */
  readonly faults: string;
  /** Words of the error, and its operation. */
  readonly words: string;
  readonly operation: string;
  /** Devices whose driver hangs, so that they cannot be asked. */
  readonly hangs?: readonly string[];
}

const LATE = { words: "did not start its subsystems within 2 s", operation: "start together" };

const CASES: Readonly<Record<string, Case>> = {
  "in a call of the player's": {
    ...{ faults: "hang:olDmSetValidSamples@1=0", words: "while getting the board ready: the driver" },
    ...{ operation: "getting the board ready", hangs: ["stimulus"] },
  },
  "in the prestart": { faults: "hang:olDaSimultaneousPrestart@1=0", ...LATE },
  "in the start": { faults: "hang:olDaSimultaneousStart@1=0", ...LATE },
  "in the start and in the abort": { faults: "hang:olDaSimultaneousStart@1=0;hang:olDaAbort@1+=0", ...LATE },
};

type JointTold = Told & { readonly running: Readonly<Record<string, unknown>>; readonly carried: number };

Deno.test("W-24 a driver that hangs in a joint start ends in an error that says where, and none runs", async (t) => {
  await using dir = await tempDir();
  const path = (name: string) => dir.file(`${name.replaceAll(" ", "_")}.dt-raw`);
  const all = await Promise.all(
    Object.entries(CASES).map(([name, { faults }]) => outcomeOf("./joint_hang_child.ts", faults, path(name))),
  );
  for (const [i, [name, { words, operation, hangs = [] }]] of Object.entries(CASES).entries()) {
    await t.step(name, async () => {
      const told = checkHang(all[i]!, "DT9862(00)", words, operation) as JointTold;
      const state = (device: string) => hangs.includes(device) ? "hangs" : false;
      const names = ["response", "stimulus", "turns"];
      deepEqual(told.running, Object.fromEntries(names.map((device) => [device, state(device)])));
      equal(told.carried, 32_768, "0 V");
      ok(await Deno.stat(path(name)).then(() => false, () => true), "a file was left");
    });
  }
});

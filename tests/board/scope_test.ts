/** A backend of one's own: what it takes, and that everything runs on it. */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { AnalogInputVoltage, openDevice, openRaw, record, TaskSpec } from "../../mod.ts";
import { tempDir } from "../acquire/lab.ts";
import { codeAt, ScopeBackend } from "./scope_backend.ts";

const channels = [3, 0].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel, minVal: 0, maxVal: 4.096 }));

Deno.test("W-50 a made-up instrument is a backend of fewer than 120 lines and 20 methods", async () => {
  const source = await Deno.readTextFile(new URL("./scope_backend.ts", import.meta.url));
  ok(source.split("\n").length < 120);
  const interfaces = await Deno.readTextFile(new URL("../../src/board/backend.ts", import.meta.url));
  const methods = [...interfaces.matchAll(/^ {2}(\w+)\(.*\): .*;$/gm)].map(([, name]) => name);
  ok(methods.length <= 20, `a backend needs ${methods.length} methods: ${methods.join(" ")}`);
});

Deno.test("W-50 it is read, recorded and replayed as any other, sample for sample", async () => {
  await using folder = await tempDir();
  const backend = new ScopeBackend();
  {
    await using session = await openDevice(new TaskSpec({ channels }), { backend });
    deepEqual((await session.poll()).values, { ch3: 3, ch0: 0 });
  }
  const spec = new TaskSpec({
    channels,
    timing: { rateHz: 5000, samplesPerChannel: 2500 },
    buffers: { samplesPerBuffer: 250 },
  });
  await using session = await openDevice(spec, { backend });
  {
    await using recording = await record(session, { raw: folder.file("scope.dt-raw") });
    for await (const block of recording.stream) void block;
    equal(recording.summary.lost, 0);
  }
  await using file = await openRaw(folder.file("scope.dt-raw"));
  const { codes } = await file.read(0, 2500);
  const expected = [3, 0].flatMap((channel) => Array.from({ length: 2500 }, (_, scan) => codeAt(channel, scan)));
  deepEqual([...codes], expected);
});

import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { join } from "node:path";
import { record } from "../../src/acquire/record.ts";
import { openDevice } from "../../src/acquire/session.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { openBackend } from "../../src/board/open.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { CONFIG_VARIABLES, configFromEnv, DtolConfig } from "../../src/config.ts";
import { DtolConfigurationError, DtolDependencyError, DtolValidationError } from "../../src/errors.ts";
import { AnalogInputVoltage } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { runRecord, temporaryFolder } from "../record/child.ts";
import { simSdk } from "../sim.ts";

const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
const DEFAULTS = { timeoutS: 10, sampleRateHz: 10_000, buffers: 8, streamBufferSize: 16 };

/** Sets variables, and unsets them again. */
function environment(variables: Record<string, string>): Disposable {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return { [Symbol.dispose]: () => Object.keys(variables).forEach((name) => Deno.env.delete(name)) };
}

Deno.test("every variable reaches its field; those that are unset or empty leave the default", () => {
  deepEqual({ ...configFromEnv("NOWHERE_") }, {
    ...DEFAULTS,
    samplesPerBuffer: undefined,
    oldaapi: undefined,
    olmem: undefined,
  });
  using _set = environment({
    ...{ LAB_DEFAULT_TIMEOUT_S: "2.5", LAB_DEFAULT_SAMPLE_RATE_HZ: " 1e3 ", LAB_DEFAULT_CHUNK_SIZE: "500" },
    ...{ LAB_DEFAULT_BUFFERS: "4", LAB_DEFAULT_STREAM_BUFFER: "3", LAB_OLDAAPI_DLL: "a.dll", LAB_OLMEM_DLL: "m.dll" },
  });
  const config = configFromEnv("LAB_");
  deepEqual({ ...config }, {
    ...{ timeoutS: 2.5, sampleRateHz: 1000, samplesPerBuffer: 500, buffers: 4, streamBufferSize: 3 },
    ...{ oldaapi: "a.dll", olmem: "m.dll" },
  });
  deepEqual(Object.keys(CONFIG_VARIABLES).sort(), Object.keys(config).sort());
  Deno.env.set("LAB_DEFAULT_BUFFERS", "  ");
  equal(configFromEnv("LAB_").buffers, 8);
});

Deno.test("W-47: a variable that is set wrong is told with its name and value, and does not become a default", () => {
  const wrong: [string, string, RegExp][] = [
    ["DEFAULT_TIMEOUT_S", "ten", /DTOLLIB_DEFAULT_TIMEOUT_S as timeoutS must be a finite number above 0: it is "ten"/],
    ["DEFAULT_BUFFERS", "2", /DTOLLIB_DEFAULT_BUFFERS as buffers must be a whole number of at least 3: it is "2"/],
    ["DEFAULT_CHUNK_SIZE", "0", /DTOLLIB_DEFAULT_CHUNK_SIZE as samplesPerBuffer must be .*: it is "0"/],
    ["DEFAULT_STREAM_BUFFER", "1.5", /DTOLLIB_DEFAULT_STREAM_BUFFER as streamBufferSize must be .*: it is "1\.5"/],
    ["DEFAULT_SAMPLE_RATE_HZ", "Infinity", /DTOLLIB_DEFAULT_SAMPLE_RATE_HZ as sampleRateHz must be .*"Infinity"/],
  ];
  for (const [suffix, value, message] of wrong) {
    using _set = environment({ [`DTOLLIB_${suffix}`]: value });
    throws(
      () => configFromEnv(),
      (error) => error instanceof DtolConfigurationError && message.test(error.message),
      suffix,
    );
  }
  throws(() => new DtolConfig({ buffers: 2 }), DtolValidationError);
});

Deno.test(
  "without permission to read the environment the defaults stand, and nobody is asked",
  { permissions: "none" },
  () => {
    deepEqual({ ...configFromEnv() }, {
      ...DEFAULTS,
      samplesPerBuffer: undefined,
      oldaapi: undefined,
      olmem: undefined,
    });
  },
);

Deno.test("W-47: time-out, buffers and stream buffer reach session, board and stream; nothing is hidden", async () => {
  const config = new DtolConfig({ timeoutS: 3, buffers: 5, samplesPerBuffer: 10, streamBufferSize: 2 });
  const timing = { rateHz: 1000, samplesPerChannel: 100 };
  const spec = new TaskSpec({ channels, timing }, config);
  deepEqual([spec.buffers!.buffers, spec.buffers!.samplesPerBuffer], [5, 10]);
  const own = new TaskSpec({ channels, timing, buffers: { samplesPerBuffer: 25 } }, config);
  deepEqual([own.buffers!.buffers, own.buffers!.samplesPerBuffer], [8, 25], "what a spec says stands above it");
  equal(new TaskSpec({ channels }, config).buffers, undefined);
  deepEqual(new TaskSpec({ channels, timing }).buffers!.samplesPerBuffer, 50, "and without it nothing changes");

  await using session = await openDevice(spec, { backend: new SimulatedBackend(), config });
  equal(session.timeoutS, 3);
  await using recording = await record(session, { overflow: "drop_oldest" });
  await recording.finished;
  let blocks = 0;
  for await (const _block of recording.stream) blocks++;
  deepEqual([blocks, recording.summary.produced, recording.summary.dropped], [2, 10, 8]);
});

Deno.test("W-47: a file of the SDK that is named is opened, and no simulated board takes its place", async () => {
  const sdk = await simSdk();
  const files = Deno.build.os === "windows"
    ? { oldaapi: join(sdk, "oldaapi64.dll"), olmem: join(sdk, "olmem64.dll") }
    : { oldaapi: join(sdk, "libopenlayers_sim.so"), olmem: join(sdk, "libopenlayers_sim.so") };
  await using backend = await openBackend({ config: new DtolConfig(files) });
  ok(backend instanceof DataAcqBackend);
  deepEqual(backend.paths, files);
  await rejects(
    openBackend({ config: new DtolConfig({ ...files, oldaapi: join(sdk, "nowhere.dll") }) }),
    DtolDependencyError,
  );
});

Deno.test("W-47: record.ts takes rate and buffers from the environment, and tells a wrong one with exit code 2", async () => {
  using folder = temporaryFolder();
  const permissions = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-env"];
  const args = ["--channels", "0", "--seconds", "0.2", "--json", "--out"];
  const env = { DTOLLIB_DEFAULT_SAMPLE_RATE_HZ: "500", DTOLLIB_DEFAULT_CHUNK_SIZE: "20" };
  const { code, out, err } = await runRecord([...args, "a.dt-raw"], { cwd: folder.path, env, permissions });
  equal(code, 0, err);
  const { rate_hz, samples_per_channel, blocks } = JSON.parse(out);
  deepEqual({ rate_hz, samples_per_channel, blocks }, { rate_hz: 500, samples_per_channel: 100, blocks: 5 });
  const wrong = { DTOLLIB_DEFAULT_BUFFERS: "many" };
  const refused = await runRecord([...args, "b.dt-raw"], { cwd: folder.path, env: wrong, permissions });
  equal(refused.code, 2);
  match(
    refused.err,
    /^record: Cannot use the environment variable DTOLLIB_DEFAULT_BUFFERS as buffers must be .*"many"/m,
  );
  equal((await runRecord([...args, "c.dt-raw"], { cwd: folder.path, env: wrong })).code, 0, "without --allow-env");
});

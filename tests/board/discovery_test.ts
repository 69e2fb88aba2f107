import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Backend } from "../../src/board/backend.ts";
import type { Capabilities } from "../../src/board/capabilities.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { findDevices, findSubsystems, inspect, type SubsystemInspection } from "../../src/board/discovery.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import { DtolBackendError, DtolDependencyError, DtolError, DtolResourceError } from "../../src/errors.ts";
import { snakeKeys } from "../../src/model/fields.ts";
import { openSimSdk } from "./sim_sdk.ts";

const sim = await openSimSdk();

/** A test with the SDK in C; it must leave no handle behind. */
function discovery(name: string, body: (backend: DataAcqBackend) => Promise<void>): void {
  Deno.test(name, async () => {
    sim.reset();
    const before = sim.handles();
    await using backend = new DataAcqBackend({ sdk: sim.sdk });
    await body(backend);
    equal(sim.handles(), before, "handles left open");
  });
}

/** The subsystem of a kind. */
async function subsystem(backend: Backend, name: string, type = "analog_input"): Promise<SubsystemInspection> {
  const { subsystems } = await inspect(name, { backend });
  return subsystems.find((one) => one.type === type)!;
}

Deno.test(
  "W-46: without an SDK there are no boards, and nothing is thrown",
  async () => {
    // Windows finds a library by its bare name where this process has loaded it for another test.
    if (Deno.build.os !== "windows") deepEqual(await findDevices(), []);
    const script = `import { findDevices } from "${new URL("../../mod.ts", import.meta.url)}";
    console.log(JSON.stringify(await findDevices()));`;
    using folder = {
      path: Deno.makeTempDirSync(),
      [Symbol.dispose]: () => Deno.removeSync(folder.path, { recursive: true }),
    };
    const path = join(folder.path, "find.ts");
    Deno.writeTextFileSync(path, script);
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const args = ["run", "--no-check", "--no-prompt", "--quiet", "--config", config, path];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    equal(new TextDecoder().decode(stdout), "[]\n", "not even a permission is needed to find none");
  },
);

Deno.test("W-46: an SDK that was named and is not there is an error, and no simulated board takes its place", async () => {
  await rejects(() => findDevices({ sdk: join(sim.sdk, "nowhere") }), DtolDependencyError);
  await rejects(() => inspect("DT9806(00)", { sdk: join(sim.sdk, "nowhere") }), DtolDependencyError);
});

discovery("W-46: an SDK that cannot list its boards is an error, and not a machine without boards", async (backend) => {
  sim.fault("ecode:olDaEnumBoards@1=125");
  await rejects(() => findDevices({ backend }), DtolBackendError);
  deepEqual((await findDevices({ backend })).map(({ name }) => name).slice(0, 2), ["DT9805(00)", "DT9806(00)"]);
  sim.fault("ecode:olDaEnumBoards@1=78");
  deepEqual(await findDevices({ backend }), [], "OLNOBOARDSINSTALLED is an empty list");
});

discovery("W-56: each subsystem comes with the board that it is of", async (backend) => {
  sim.log();
  const devices = await findSubsystems("DT9806(00)", { backend });
  const board = { name: "DT9806(00)", model: "DT9806", driver: devices[0]!.board.driver };
  deepEqual(devices[0], { name: "DT9806(00) analog_input 0", board, type: "analog_input", element: 0 });
  deepEqual(devices.at(-1), { name: "DT9806(00) counter_timer 1", board, type: "counter_timer", element: 1 });
  ok(!sim.calls().some((call) => call.startsWith("olDaGetDASS")), "none was reserved for it");
  const { subsystems } = await inspect(devices[0]!.board, { backend });
  deepEqual(subsystems.map(({ name, board, type, element }) => ({ name, board, type, element })), devices);
});

discovery("each kind of subsystem tells how many places it has", async (backend) => {
  const { subsystems, versions, simulated } = await inspect("DT9806(00)", { backend });
  deepEqual(Object.fromEntries(subsystems.map(({ type, channels }) => [type, channels])), {
    analog_input: { single_ended: 16, differential: 8 },
    analog_output: { outputs: 2 },
    digital_input: { ports: 1, lines: 8 },
    digital_output: { ports: 1, lines: 8 },
    counter_timer: { counters: 1 },
  });
  deepEqual([simulated, versions.oldaapi], [true, "V7.0.0.7"]);
});

for (const kind of ["dataacq", "simulated"]) {
  Deno.test(`${kind}: a subsystem in use is told as such, and does not keep the others from being asked`, async () => {
    sim.reset();
    await using backend = kind === "dataacq" ? new DataAcqBackend({ sdk: sim.sdk }) : new SimulatedBackend();
    const board = await backend.open("DT9806(00)");
    const held = await board.reserve("analog_input", 0);
    const { subsystems } = await inspect("DT9806(00)", { backend });
    const { state, capabilities, channels, error } = subsystems[0]!;
    deepEqual([state, capabilities, channels], ["in_use", null, {}]);
    match(error!, /Cannot take analog_input 0 of "DT9806\(00\)"/);
    ok(subsystems.slice(1).every(({ state }) => state === "free"));
    await held.release();
    await board.close();
    equal((await subsystem(backend, "DT9806(00)")).state, "free");
  });
}

discovery("a subsystem that fails is told with its error, and given back", async (backend) => {
  sim.fault("ecode:olDaGetSSCaps@1=125");
  const { subsystems } = await inspect("DT9806(00)", { backend });
  equal(subsystems[0]!.state, "failed");
  match(subsystems[0]!.error!, /olDaGetSSCaps returned 125/);
  ok(subsystems.slice(1).every(({ state }) => state === "free"));
});

discovery("W-52: what a board does not answer is unknown, and not a no", async (backend) => {
  sim.fault("ecode:olDaGetSSCaps@1+=30");
  const { capabilities } = await subsystem(backend, "DT9806(00)");
  equal(capabilities!.continuous, null);
  equal(capabilities!.sensors.thermocouple, null);
  const counts = (can: Capabilities) => [can.channels, can.singleEndedChannels, can.listDepth, can.dmaChannels];
  deepEqual(counts(capabilities!), [null, null, null, null]);
  deepEqual([capabilities!.encodings, capabilities!.simultaneous], [null, null]);
  sim.fault("");
  sim.fault("ecode:olDaEnumSSCaps@1+=36;ecode:olDaGetResolution@1+=36");
  const { capabilities: other } = await subsystem(backend, "DT9806(00)");
  deepEqual([other!.gains, other!.ranges, other!.bits], [null, null, null]);
  deepEqual(counts(other!), [17, 16, 32, 0]);
  sim.fault("");
  equal((await subsystem(backend, "DT9806(00)")).capabilities!.continuous, true, "asked again, not remembered");
});

discovery(
  "W-52: outputs at one moment are a fact of the outputs, and not of the inputs' sample and hold",
  async (backend) => {
    for (const name of ["DT9806(00)", "DT9862(00)", "DT9837A(00)"]) {
      const [input, output] = [await subsystem(backend, name), await subsystem(backend, name, "analog_output")];
      equal(input.capabilities!.simultaneousWrite, false, name);
      equal(output.capabilities!.simultaneousRead, false, name);
    }
    equal((await subsystem(backend, "DT9862(00)", "analog_output")).capabilities!.simultaneousWrite, true);
  },
);

discovery("a board that is not there, or goes away, is an error", async (backend) => {
  await rejects(() => findSubsystems("DT1(00)", { backend }), DtolResourceError);
  sim.fault("ecode:olDaEnumSubSystems@1=67");
  await rejects(() => inspect("DT9806(00)", { backend }), DtolError);
});

discovery("an inspection goes through JSON with snake_case keys", async (backend) => {
  const json = JSON.parse(JSON.stringify(snakeKeys(await inspect("DT9806(00)", { backend }))));
  const [input] = json.subsystems;
  deepEqual(input.capabilities.ranges, [{ low: -10, high: 10 }]);
  deepEqual([input.capabilities.max_clock_hz, input.capabilities.list_depth, input.error], [50000, 32, null]);
  ok(!/"[a-z]+[A-Z]/.test(JSON.stringify(json).replaceAll(/"(DT|Dt|V)[^"]*"/g, '""')), "no key in camelCase");
});

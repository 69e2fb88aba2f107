/**
 * A program whose driver hangs in a joint start: prints what came of it, and must then be able to end.
 *
 * Arguments: folder of the SDK, faults, raw file.
 */
import { OLSS } from "../../ffi/constants.ts";
import { DtolManager } from "../../src/acquire/manager.ts";
import { startTogether } from "../../src/acquire/start_together.ts";
import { DataAcqBackend } from "../../src/board/dataacq.ts";
import { DtolError } from "../../src/errors.ts";
import { AnalogInputVoltage, AnalogOutputVoltage, CounterEdgeCount } from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { openSimLibrary } from "../sim.ts";

const [sdk, faults, raw] = Deno.args;
Deno.env.set("DTOLSIM_FAULTS", faults!);

const { symbols: c } = await openSimLibrary({
  dtolsim_output: { parameters: ["buffer", "u32", "u32"], result: "i32" },
}, sdk);
const board = "DT9862(00)";
const carried = () => c.dtolsim_output(new TextEncoder().encode(`${board}\0`), OLSS.OLSS_DA, 0);

const shaker = new AnalogOutputVoltage({ physicalChannel: 0, name: "shaker", requiresConfirm: false, safeValue: 0 });
const specs = {
  response: new TaskSpec({
    board,
    channels: [new AnalogInputVoltage({ physicalChannel: 0 })],
    timing: { rateHz: 1000 },
  }),
  stimulus: new TaskSpec({ board, channels: [shaker], timing: { rateHz: 1000 } }),
  turns: new TaskSpec({ board, channels: [new CounterEdgeCount({ physicalChannel: 0 })] }),
};

const told: Record<string, unknown> = { samples: 0 };
const manager = new DtolManager({ backend: new DataAcqBackend({ sdk: sdk! }) });
for (const [name, spec] of Object.entries(specs)) await manager.add(name, spec, { timeoutS: 2 });
try {
  const waveform = [new Float64Array(2000).fill(1)];
  await startTogether(manager, { response: { raw: raw! }, stimulus: { waveform }, turns: {} });
} catch (error) {
  const { name, message } = error as Error;
  told["error"] = { name, message, operation: error instanceof DtolError ? error.context.operation : null };
}
const running = async (name: string) => await manager.get(name).isRunning().catch(() => "hangs");
told["running"] = Object.fromEntries(
  await Promise.all(manager.names.map(async (name) => [name, await running(name)])),
);
await manager.close().catch((error) => told["closing"] = String(error));
told["carried"] = carried();
console.log(JSON.stringify(told));
Deno.exit(0);

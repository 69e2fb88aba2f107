// Records a board into a .dt-raw file. Copy this and change it. Without SDK or hardware it simulates, and says so.
//   deno run --allow-ffi --allow-read --allow-write record.ts --board "DT9806(00)" --channels 0-3 --seconds 10
import { parseArgs } from "node:util";
import * as dtol from "./mod.ts";

const now = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
const options = {
  board: { type: "string", default: "DT9806(00)" },
  channels: { type: "string", default: "0-3" },
  rate: { type: "string" }, // samples per second of each channel
  seconds: { type: "string", default: "10" },
  out: { type: "string", default: `run-${now}.dt-raw` },
  sdk: { type: "string" }, // folder of oldaapi64.dll, or of the simulated SDK
  json: { type: "boolean", default: false },
  overwrite: { type: "boolean", default: false },
} as const;

function readArguments() {
  const { values: args } = parseArgs({ args: Deno.args, options });
  const config = dtol.configFromEnv(); // defaults of this laboratory, where --allow-env lets it be read
  const rateHz = Number(args.rate ?? config.sampleRateHz);
  const spec = new dtol.TaskSpec({
    board: args.board,
    channels: dtol.channelNumbers(args.channels).map((n) => new dtol.AnalogInputVoltage({ physicalChannel: n })),
    timing: { rateHz, samplesPerChannel: Math.round(rateHz * Number(args.seconds)) },
    logging: { path: args.out, overwrite: args.overwrite },
  }, config);
  return { spec, config, ...args };
}

async function run({ spec, config, sdk, json }: ReturnType<typeof readArguments>): Promise<number> {
  const backend = await dtol.openBackend({ sdk, config });
  if (backend.simulated) console.error(`No hardware: ${spec.board} is simulated.`);
  await using session = await dtol.openDevice(spec, { backend, config });
  await using recording = await dtol.record(session, { errorPolicy: "skip" }); // an overrun costs a gap, not the run
  for (const signal of dtol.STOP_SIGNALS) Deno.addSignalListener(signal, () => void recording.stop().catch(() => {}));
  const show = (end: string) =>
    Deno.stderr.writeSync(new TextEncoder().encode(`\r${dtol.progressLine(recording)}${end}`));
  const progress = Deno.stderr.isTerminal() ? setInterval(() => show(" "), 500) : undefined;
  for await (const block of recording.stream) {
    void block.codes; // your work goes here: block.values(0) are the volts of the first channel
  }
  clearInterval(progress);
  if (progress !== undefined) show("\n");
  const report = dtol.recordingReport(recording);
  if (json) console.log(JSON.stringify(report));
  else for (const [key, value] of Object.entries(report)) console.log(`${key.padEnd(20)} ${value}`);
  return report.lost > 0 ? 1 : 0;
}

const fail = (error: unknown, code: number) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`record: ${message.replaceAll(/\s*\n\s*/g, " ")}`);
  Deno.exit(code); // and not by running out: a driver that hangs would keep the process
};
try {
  Deno.exit(await run(readArguments()).catch((error) => fail(error, dtol.exitCodeOf(error)))); // wrong arguments: below
} catch (error) {
  fail(error, 2);
}

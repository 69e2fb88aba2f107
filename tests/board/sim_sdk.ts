/** The simulated SDK for tests of backends and recordings: a copy of its own, so that no other test shares its state. */
import { strictEqual as equal } from "node:assert/strict";
import { monotonicClock } from "../../src/clock.ts";
import { openSimLibrary, simSdk } from "../sim.ts";

const symbols = {
  dtolsim_reset: { parameters: [], result: "u32" },
  dtolsim_signal: { parameters: ["buffer"], result: "u32" },
  dtolsim_free_running: { parameters: ["i32"], result: "u32" },
  dtolsim_fault: { parameters: ["buffer"], result: "u32" },
  dtolsim_open_handles: { parameters: [], result: "u32" },
  dtolsim_calls: { parameters: ["buffer", "u32"], result: "u32" },
  dtolsim_output: { parameters: ["buffer", "u32", "u32"], result: "i32" },
  dtolsim_played: { parameters: ["buffer", "u32", "buffer", "u32"], result: "u32" },
  dtolsim_scan_lines: { parameters: ["buffer", "buffer", "u32"], result: "u32" },
  dtolsim_lateness: { parameters: [], result: "u64" },
  dtolsim_loopback: { parameters: ["i32"], result: "u32" },
  dtolsim_port: { parameters: ["buffer", "i32"], result: "u32" },
  dtolsim_log: { parameters: ["i32"], result: "u32" },
  dtolsim_trigger: { parameters: ["buffer", "u32"], result: "u32" },
  dtolsim_counter: { parameters: ["buffer", "u32", "u32", "f64", "f64"], result: "u32" },
  dtolsim_events: { parameters: ["buffer", "u32", "u32", "buffer", "u32"], result: "u32" },
  dtolsim_gate: { parameters: ["buffer", "u32", "i32"], result: "u32" },
  dtolsim_counter_state: { parameters: ["buffer", "u32", "u32", "buffer"], result: "u32" },
  olDaCodeToVolts: { parameters: ["f64", "f64", "f64", "u32", "u32", "i32", "buffer"], result: "u32" },
} as const;

const text = (value: string) => new TextEncoder().encode(`${value}\0`);

/** Controls of the simulated SDK. */
export interface SimSdk {
  /** Folder for `DataAcqBackend({ sdk })`. */
  readonly sdk: string;
  /** Forgets faults, signals, log and handles. */
  reset(): void;
  /** Scripts a fault. */
  fault(script: string): void;
  /** Chooses the signal. */
  signal(name: string): void;
  /** Handles that are open now. */
  handles(): number;
  /** Gives a board a trigger by its `OL_TRG` number; how many runs it meant something to. */
  trigger(board: string, source: number): number;
  /** The pulses at a counter's input: Hz, and how many percent of a period are high. */
  counter(board: string, type: number, element: number, hz: number, duty?: number): void;
  /** The level at a counter's gate input: 0 low, else high, as an open one is. */
  gate(board: string, element: number, level: number): void;
  /** What the next calls of olDaReadEvents answer; the last one stays. */
  events(board: string, type: number, element: number, counts: readonly number[]): void;
  /** How a counter is set; see `dtolsim_counter_state`. */
  counterState(board: string, type: number, element: number): number[];
  /** Empties the log of calls and switches it on. */
  log(): void;
  /** The calls since then, `name` or, if refused, `name:code`. */
  calls(): string[];
  /** What an output carries: the code of a D/A channel, the lines of a port (`type` as the SDK numbers it); -1: none. */
  output(board: string, type: number, channel: number): number;
  /** The codes that a D/A channel has put out since its latest start. */
  played(board: string, channel: number): Int32Array;
  /** What the digital lines that follow the scan carried at each sample since the latest start. */
  scanLines(board: string): Int32Array;
  /** From now on no clock is looked at: buffers move as fast as they come back. */
  freeRunning(): void;
  /** Wires D/A n to A/D n, and the digital output port to the input port. */
  loopback(): void;
  /** How late a buffer was handed over at most, ns: the board's thread had to wait for this machine. */
  latenessNs(): bigint;
  /** Drives a digital input port. */
  port(board: string, lines: number): void;
  /** The SDK's own conversion. */
  codeToVolts(low: number, high: number, gain: number, bits: number, encoding: number, code: number): number;
}

/** Opens a copy of the library; the process removes it when it ends. */
export async function openSimSdk(): Promise<SimSdk> {
  const sdk = await copyOfSdk();
  const { symbols: c } = await openSimLibrary(symbols, sdk);
  monotonicClock(); // opened once and kept: not a leak of the test that is first to ask
  const volts = new Float64Array(1);
  return {
    sdk,
    reset: () => void c.dtolsim_reset(),
    fault: (script) => equal(c.dtolsim_fault(text(script)), 0, script),
    signal: (name) => equal(c.dtolsim_signal(text(name)), 0, name),
    handles: () => c.dtolsim_open_handles(),
    trigger: (board, source) => c.dtolsim_trigger(text(board), source),
    counter: (board, type, element, hz, duty = 50) => equal(c.dtolsim_counter(text(board), type, element, hz, duty), 0),
    gate: (board, element, level) => equal(c.dtolsim_gate(text(board), element, level), 0),
    events: (board, type, element, counts) =>
      equal(c.dtolsim_events(text(board), type, element, Int32Array.from(counts), counts.length), 0),
    counterState: (board, type, element) => {
      const out = new Float64Array(15);
      equal(c.dtolsim_counter_state(text(board), type, element, out), 0);
      return [...out];
    },
    log: () => void c.dtolsim_log(1),
    calls: () => {
      const bytes = new Uint8Array(c.dtolsim_calls(null, 0) + 4096);
      c.dtolsim_calls(bytes, bytes.length);
      const lines = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))).split("\n").filter((line) => line);
      return lines.map((line) => line.replace(/:0$/, ""));
    },
    output: (board, type, channel) => c.dtolsim_output(text(board), type, channel),
    played: (board, channel) => {
      const codes = new Int32Array(c.dtolsim_played(text(board), channel, null, 0));
      c.dtolsim_played(text(board), channel, codes, codes.length);
      return codes;
    },
    scanLines: (board) => {
      const values = new Int32Array(c.dtolsim_scan_lines(text(board), null, 0));
      return values.subarray(0, c.dtolsim_scan_lines(text(board), values, values.length));
    },
    latenessNs: () => c.dtolsim_lateness(),
    freeRunning: () => void c.dtolsim_free_running(1),
    loopback: () => void c.dtolsim_loopback(1),
    port: (board, lines) => equal(c.dtolsim_port(text(board), lines), 0),
    codeToVolts: (low, high, gain, bits, encoding, code) => {
      equal(c.olDaCodeToVolts(low, high, gain, bits, encoding, code, volts), 0);
      return volts[0]!;
    },
  };
}

/** Windows resolves the import of olmem by its name alone, so that there two copies would share it: it has none. */
async function copyOfSdk(): Promise<string> {
  if (Deno.build.os === "windows") return await simSdk();
  const sdk = await Deno.makeTempDir({ prefix: "dtolsim_" });
  addEventListener("unload", () => Deno.removeSync(sdk, { recursive: true }));
  await Deno.copyFile(`${await simSdk()}/libopenlayers_sim.so`, `${sdk}/libopenlayers_sim.so`);
  return sdk;
}

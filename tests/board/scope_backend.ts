/** A made-up instrument with 4 simultaneous 12-bit inputs, behind this library: all that a backend has to bring. */
import type {
  AppliedSettings,
  Backend,
  Board,
  Intake,
  IntakePlan,
  IntakeTicket,
  Subsystem,
  SubsystemSettings,
  TakenBuffer,
} from "../../mod.ts";
import { type Capabilities, DtolResourceError, monotonicClock, serveDrainer, UNKNOWN_CAPABILITIES } from "../../mod.ts";

const INFO = { name: "SCOPE(00)", model: "SCOPE", driver: "none" };
const CAN: Capabilities = {
  ...UNKNOWN_CAPABILITIES,
  ...{ singleValue: true, continuous: true, simultaneous: true, channels: 4, singleEndedChannels: 4, listDepth: 4 },
  ...{ ranges: [{ low: 0, high: 4.096 }], gains: [1], bits: 12, maxClockHz: 10_000 },
};

/** What input `channel` shows at scan `scan`: a code a millivolt. */
export const codeAt = (channel: number, scan: number): number => (scan + 1000 * channel) % 4096;

export class ScopeBackend implements Backend {
  readonly name = "scope";
  readonly simulated = true;
  readonly drainer = new URL(import.meta.url); // this very file is the worker's entry, too
  taken = false;
  boards = () => Promise.resolve([INFO]);
  open = (name: string): Promise<Board> =>
    name === INFO.name ? Promise.resolve(new Scope(this)) : Promise.reject(new DtolResourceError(`No scope "${name}"`));
  [Symbol.asyncDispose] = () => Promise.resolve();
}

class Scope implements Board {
  readonly info = INFO;
  readonly versions = { oldaapi: null, olmem: null, driver: null };
  readonly subsystems = [{ type: "analog_input", element: 0 } as const];
  constructor(readonly backend: ScopeBackend) {}
  reserve(): Promise<Subsystem> {
    if (this.backend.taken) return Promise.reject(new DtolResourceError("The scope is in use"));
    this.backend.taken = true;
    return Promise.resolve(new ScopeInput(this.backend));
  }
  close = () => Promise.resolve();
}

class ScopeInput implements Subsystem {
  readonly handle = null;
  constructor(readonly backend: ScopeBackend) {}
  capabilities = () => Promise.resolve(CAN);
  configure({ clock, list }: SubsystemSettings): Promise<AppliedSettings> {
    const ticket = {
      backend: "scope",
      board: INFO.name,
      hz: clock?.hz,
      channels: list.map((one) => one.physicalChannel),
    };
    const applied = { clockHz: clock?.hz ?? null, range: CAN.ranges![0]!, bits: 12, encoding: "binary" } as const;
    return Promise.resolve({ ...applied, ticket });
  }
  read = (places: SubsystemSettings["list"]) => Promise.resolve(places.map((one) => codeAt(one.physicalChannel, 0)));
  write = () => Promise.reject(new DtolResourceError("The scope has no outputs"));
  start = () => Promise.resolve();
  stop = () => Promise.resolve();
  isRunning = () => Promise.resolve(false);
  release(): Promise<void> {
    this.backend.taken = false;
    return Promise.resolve();
  }
}

class ScopeIntake implements Intake {
  readonly #channels: readonly number[];
  readonly #hz: number;
  readonly #clock = monotonicClock();
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  #plan: IntakePlan = { buffers: 0, codesPerBuffer: 0 };
  #startNs = 0n;
  #next = 0;
  #end = Infinity;
  constructor(ticket: IntakeTicket) {
    this.#channels = ticket["channels"] as number[];
    this.#hz = ticket["hz"] as number;
  }
  begin(plan: IntakePlan): void {
    [this.#plan, this.#next, this.#end] = [plan, 0, Infinity];
  }
  start(): void {
    this.#startNs = this.#clock.nowNs();
  }
  wait(timeoutMs: number): [] {
    Atomics.wait(this.#sleeper, 0, 0, Math.min(timeoutMs, 5));
    return [];
  }
  take(): TakenBuffer | null {
    const scans = this.#plan.codesPerBuffer / this.#channels.length;
    const done = Math.floor(Number(this.#clock.nowNs() - this.#startNs) / 1e9 * this.#hz);
    const first = this.#next * scans;
    if (Math.min(done, this.#end) < first + scans) return null;
    this.#next++;
    const code = (_: unknown, i: number) =>
      codeAt(this.#channels[i % this.#channels.length]!, first + Math.floor(i / this.#channels.length));
    return { codes: Uint16Array.from({ length: this.#plan.codesPerBuffer }, code), lostBefore: 0 };
  }
  giveBack(): void {}
  stop(): Promise<void> {
    this.#end = this.#next * this.#plan.codesPerBuffer / this.#channels.length;
    return Promise.resolve();
  }
  flush(): void {}
  end(): void {}
}

if ("WorkerGlobalScope" in globalThis) serveDrainer({ scope: (ticket) => new ScopeIntake(ticket) });

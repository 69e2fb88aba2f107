/**
 * The outputs of simulated boards: analog ones and digital ports.
 *
 * @module
 */

import { codeTypeFor } from "../convert/codes.ts";
import { DtolConfigurationError, DtolTaskStateError } from "../errors.ts";
import type { AppliedSettings, OutputValue, SubsystemSettings } from "./backend.ts";
import type { Told } from "./simulated_models.ts";
import type { SimulatedBackendOptions } from "./simulated_options.ts";
import type { Outlets } from "./simulated_outlets.ts";
import type { SimulatedPlayTicket } from "./simulated_playout.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

/** A D/A, or a digital output port. */
export class SimulatedOutput extends SimulatedSubsystem {
  readonly #outlets: Outlets;
  readonly #options: SimulatedBackendOptions;
  #configured = false;
  #rateHz = 0;

  constructor(place: Place, can: Told, outlets: Outlets, options: SimulatedBackendOptions) {
    super(place, can);
    this.#outlets = outlets;
    this.#options = options;
  }

  override configure({ range, clock, list, wrapMode }: SubsystemSettings): Promise<AppliedSettings> {
    const { bits, baseClockHz } = this.can;
    this.#configured = true;
    const applied = { clockHz: null, range, bits, encoding: "binary" } as const;
    if (clock === null) return Promise.resolve({ ...applied, ticket: null });
    const clockHz = baseClockHz! / Math.max(1, Math.round(baseClockHz! / clock.hz));
    this.#rateHz = clockHz;
    const outputs = list.map(({ physicalChannel }) => physicalChannel);
    this.#outlets.played = outputs;
    const { faults, freeRunningOutputs: freeRunning = false } = this.#options;
    const ticket: SimulatedPlayTicket = {
      backend: "simulated",
      board: this.board,
      ...{ outputs, wrapMode, rateHz: clockHz, freeRunning, type: codeTypeFor(bits, "binary", false) },
      ...{ carried: this.#outlets.analog, tape: this.#outlets.tape.memory, wave: this.#outlets.wave.memory },
      underrunAtBuffer: faults?.underrunAtBuffer ?? 0,
      stopTakesMs: faults?.stopTakesMs ?? 0,
    };
    return Promise.resolve({ ...applied, clockHz, ticket });
  }

  /** Inputs that are wired to it see that at once, however late its player is. */
  override startAt(monoNs: bigint): void {
    if (!this.#options.freeRunningOutputs) this.#outlets.wave.start(monoNs, this.#rateHz);
  }

  takeSingleValues(): Promise<void> {
    return Promise.resolve();
  }

  override write(values: readonly OutputValue[]): Promise<void> {
    return Promise.resolve().then(() => {
      if (!this.#configured) {
        throw new DtolTaskStateError(`Cannot write to ${this.title} as it is not configured yet`);
      }
      this.park(values);
    });
  }

  override park(values: readonly OutputValue[]): void {
    for (const { physicalChannel, code } of values) {
      if (physicalChannel >= this.can.channels || !(code >= 0 && code < 2 ** this.can.bits)) {
        throw new DtolConfigurationError(`Cannot write ${code} to output ${physicalChannel} of ${this.title}`);
      }
    }
    for (const { physicalChannel, code } of values) {
      if (this.type === "digital_output") this.#outlets.lines = code;
      else this.#outlets.analog[physicalChannel] = code;
    }
  }
}

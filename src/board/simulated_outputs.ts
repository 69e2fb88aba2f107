/**
 * The outputs of simulated boards: analog ones and digital ports.
 *
 * @module
 */

import { DtolConfigurationError, DtolTaskStateError } from "../errors.ts";
import type { AppliedSettings, OutputValue, SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Outlets } from "./simulated_outlets.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

/** A D/A, or a digital output port. */
export class SimulatedOutput extends SimulatedSubsystem {
  readonly #outlets: Outlets;
  #configured = false;

  constructor(place: Place, can: Capabilities, outlets: Outlets) {
    super(place, can);
    this.#outlets = outlets;
  }

  override configure({ range }: SubsystemSettings): Promise<AppliedSettings> {
    this.#configured = true;
    return Promise.resolve({ clockHz: null, range, bits: this.can.bits, encoding: "binary", ticket: null });
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

/**
 * The digital input port of simulated boards.
 *
 * @module
 */

import { DtolTaskStateError } from "../errors.ts";
import type { AppliedSettings, ListEntry } from "./backend.ts";
import type { Told } from "./simulated_models.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";

/** A digital input port. */
export class SimulatedInputPort extends SimulatedSubsystem {
  readonly #lines: () => number;
  #configured = false;

  /** @param lines What its lines read now. */
  constructor(place: Place, can: Told, lines: () => number) {
    super(place, can);
    this.#lines = lines;
  }

  override configure(): Promise<AppliedSettings> {
    this.#configured = true;
    return Promise.resolve({ clockHz: null, range: null, bits: this.can.bits, encoding: "binary", ticket: null });
  }

  override read(places: readonly ListEntry[]): Promise<number[]> {
    if (this.#configured) return Promise.resolve(places.map(this.#lines));
    return Promise.reject(new DtolTaskStateError(`Cannot read ${this.title} as it is not configured yet`));
  }
}

/**
 * What all subsystems of simulated boards have in common: they can do nothing but be given back.
 *
 * @module
 */

import { DtolCapabilityError, DtolTaskStateError } from "../errors.ts";
import type { SubsystemType } from "../model/enums.ts";
import type { AppliedSettings, ListEntry, OutputValue, Subsystem, SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Told } from "./simulated_models.ts";

/** Which subsystem, and what gives it back. */
export interface Place {
  /** Board name. */
  readonly board: string;
  /** Kind. */
  readonly type: SubsystemType;
  /** Which of its kind. */
  readonly element: number;
  /** Lets the next one have it. */
  readonly giveBack: () => void;
}

/** A reserved subsystem. */
export abstract class SimulatedSubsystem implements Subsystem {
  readonly handle = null;
  /** Board name. */
  protected readonly board: string;
  /** Kind. */
  protected readonly type: SubsystemType;
  /** Which it is, in words. */
  protected readonly title: string;
  /** What it can do. */
  protected readonly can: Told;
  readonly #giveBack: () => void;

  constructor({ board, type, element, giveBack }: Place, can: Told) {
    this.board = board;
    this.type = type;
    this.title = `${type} ${element} of "${board}"`;
    this.can = can;
    this.#giveBack = giveBack;
  }

  capabilities(): Promise<Capabilities> {
    return Promise.resolve(this.can);
  }

  abstract configure(settings: SubsystemSettings): Promise<AppliedSettings>;

  read(_places: readonly ListEntry[], _together?: boolean): Promise<number[]> {
    return Promise.reject(new DtolCapabilityError(`Cannot read ${this.title}`));
  }

  write(_values: readonly OutputValue[]): Promise<void> {
    return Promise.reject(new DtolCapabilityError(`Cannot write to ${this.title}`));
  }

  park?(values: readonly OutputValue[]): void;

  start(): Promise<void> {
    return Promise.reject(new DtolTaskStateError(`Cannot start ${this.title} without buffers`));
  }

  /** The board has started it with others. Where there are buffers a drainer knows of that, and does the rest. */
  startAt(_monoNs: bigint): void {}

  stop(_now: boolean): Promise<void> {
    return Promise.resolve();
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(false);
  }

  release(): Promise<void> {
    this.#giveBack();
    return Promise.resolve();
  }
}

/**
 * Parking, kept account of call by call: what has come of it can be told while a call still waits.
 *
 * @module
 */

import type { Subsystem } from "../board/backend.ts";
import { DtolError } from "../errors.ts";
import type { OutputValues, PlannedWrite } from "./write_plan.ts";

/** What became of the outputs of a waveform that an error ended. */
export interface Parking {
  /** Why the waveform may still go on; null if the board has ended it. */
  readonly goesOn: string | null;
  /** Outputs that were set to their safe values, with what they really give. */
  readonly parked: OutputValues;
  /** Outputs that were not, and why, by their names. */
  readonly notParked: Readonly<Record<string, string>>;
}

/** How a run was left that an error has ended. */
export interface RunLeft {
  /** Whether the driver hangs in a call. */
  readonly hangs: boolean;
  /** Whether the board may not have ended it. */
  readonly mayRun: boolean;
  /** Whether the driver did not answer to an abort either: then it is asked for nothing more. */
  readonly isDeaf: boolean;
}

const NO_ANSWER = "the driver does not answer";

/** The books of one parking. */
export class ParkingBooks {
  /** What failed, in order. */
  readonly errors: unknown[] = [];
  /** What was parked, in order. */
  readonly done: PlannedWrite[] = [];
  #goesOn: string | null = null;
  readonly #why = new Map<PlannedWrite, string>();

  /**
   * @param planned What is to be parked.
   * @param left Names of what is not to be parked.
   * @param whyLeft Why that is so.
   */
  constructor(
    readonly planned: readonly PlannedWrite[],
    readonly left: readonly string[],
    readonly whyLeft: string = "it has no safe value",
  ) {}

  /** Ends the run. That nothing runs is no error. */
  async end(call: () => Promise<void>): Promise<void> {
    this.#goesOn = NO_ANSWER;
    try {
      await call();
      this.#goesOn = null;
    } catch (error) {
      const isOver = error instanceof DtolError && error.context.symbol === "OLNOTRUNNING";
      this.#goesOn = isOver ? null : wordsOf(error);
    }
  }

  /** The run is not ended. */
  giveUp(): void {
    this.#goesOn = NO_ANSWER;
  }

  /** Makes a call that the parking does not depend on. */
  async attempt(call: () => Promise<unknown>): Promise<void> {
    await call().catch((error) => this.errors.push(error));
  }

  /** Parks one. */
  async put(one: PlannedWrite, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
      this.done.push(one);
    } catch (error) {
      this.errors.push(error);
      this.#why.set(one, wordsOf(error));
    }
  }

  /** What has come of it by now. */
  tell(): Parking {
    const missing = this.planned.filter((one) => !this.done.includes(one));
    const why = (one: PlannedWrite) => this.#why.get(one) ?? NO_ANSWER;
    return {
      goesOn: this.#goesOn,
      parked: Object.assign({}, ...this.done.map(({ values }) => values)),
      notParked: Object.fromEntries([
        ...missing.flatMap((one) => Object.keys(one.values).map((name) => [name, why(one)])),
        ...this.left.map((name) => [name, this.whyLeft]),
      ]),
    };
  }
}

/**
 * Ends the run of outputs, and parks them, while their driver hangs in a call of another thread: no call here holds up this
 * one. When the time is over no further call is made, as the library may be closed then.
 *
 * @param timeoutS Seconds that all of it may take.
 * @returns What has come of it. Never rejects.
 */
export async function parkHung(
  subsystem: Subsystem,
  books: ParkingBooks,
  { mayRun, isDeaf }: RunLeft,
  timeoutS: number,
): Promise<Parking> {
  if (isDeaf) books.giveUp();
  let isOver = isDeaf;
  const park = async () => {
    if (mayRun && !isOver) await books.end(() => subsystem.stop(true));
    if (books.planned.length > 0 && !isOver) await books.attempt(async () => await subsystem.takeSingleValues?.());
    for (const one of books.planned) if (!isOver) await books.put(one, () => subsystem.write([one.output]));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutS * 1000));
  await Promise.race([park(), late]);
  clearTimeout(timer);
  isOver = true;
  return books.tell();
}

/** In words, to stand behind those of an error. */
export function parkingText({ goesOn, parked, notParked }: Parking): string {
  const values = Object.entries(parked).map(([name, value]) => `${name} = ${value}`).join(", ");
  const missing = Object.entries(notParked).map(([name, why]) => `${name} (${why})`).join(", ");
  return [
    goesOn === null ? "the waveform was ended" : `the waveform may still go on (${goesOn})`,
    `parked: ${values || "nothing"}`,
    ...(missing === "" ? [] : [`not parked: ${missing}`]),
  ].join("; ");
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

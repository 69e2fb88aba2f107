/**
 * The inputs of a single-value session: one value of each, as a reading.
 *
 * @module
 */

import type { AppliedSettings, Subsystem } from "../board/backend.ts";
import type { Capabilities } from "../board/capabilities.ts";
import type { Fit } from "../board/fit.ts";
import { readMoment } from "../clock.ts";
import { codeTypeFor, newCodes } from "../convert/codes.ts";
import type { DaqReading } from "../model/reading.ts";
import type { TaskSpec } from "../model/spec.ts";
import { readingOf } from "./reading.ts";
import { shownChannels } from "./shown_channels.ts";
import type { TimeLimit } from "./time_limit.ts";

/** The subsystem of a session, and all that is known of it. */
export interface InputTask {
  /** Name of the board. */
  readonly board: string;
  /** What is asked of it. */
  readonly spec: TaskSpec;
  /** The subsystem. */
  readonly subsystem: Subsystem;
  /** What it can do. */
  readonly can: Capabilities;
  /** What it was set to. */
  readonly fit: Fit;
  /** How it is set. */
  readonly applied: AppliedSettings;
  /** How long a call to the board may take. */
  readonly limit: TimeLimit;
}

/** Reads every channel of a task once; those that others are computed from as well. */
export async function readInputs({ board, spec, subsystem, can, fit, applied, limit }: InputTask): Promise<DaqReading> {
  const { polled, settings: { list } } = fit;
  const channels = shownChannels(polled, spec.virtual, applied, can);
  const codes = newCodes(codeTypeFor(applied.bits, applied.encoding, can.returnsFloats === true), polled.length);
  // One moment can be had for the board's whole list, at one gain.
  const together = can.simultaneousRead === true && polled.length > 1 && polled.length === list.length &&
    polled.every(({ gain }) => gain === polled[0]!.gain);
  const before = readMoment();
  codes.set(await limit.wait("poll", subsystem.read(polled, together)));
  return readingOf(board, spec, channels, codes, before, readMoment());
}

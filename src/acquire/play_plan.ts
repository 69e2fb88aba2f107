/**
 * The plan of a playback: what the caller asks for and what the board made of the spec, as the orders of a player.
 *
 * @module
 */

import { bytesPerCode, codeTypeFor } from "../convert/codes.ts";
import { DtolCapabilityError, DtolTaskStateError } from "../errors.ts";
import { AnalogOutputVoltage } from "../model/channels.ts";
import { ERROR_POLICIES, type ErrorPolicy } from "../model/enums.ts";
import { oneOf } from "../model/fields.ts";
import { Control } from "./messages.ts";
import { playRingShape } from "./play_ring.ts";
import type { PlayOrder } from "./player.ts";
import type { Session } from "./session.ts";
import { CodeFeed, type Waveform, type WaveformSource } from "./waveform.ts";
import { demandConfirmations, type WriteOptions } from "./write_plan.ts";

const RING_BYTES = 64 * 1024 * 1024;

/** Settings of `play()`. */
export interface PlayOptions extends WriteOptions {
  /**
   * What an underrun does, when the source is too slow: `raise` ends the run with the error; `return` ends it and leaves the
   * error in the summary; `skip` counts it and starts the board again with what comes next. Default: `raise`.
   */
  readonly errorPolicy?: ErrorPolicy;
}

/** A playback that is planned in full and checked, and has taken nothing yet. */
export interface PlayPlan {
  /** Whose subsystem. */
  readonly session: Session;
  /** What an underrun does. */
  readonly policy: ErrorPolicy;
  /** What the player is told. */
  readonly order: PlayOrder;
  /** What both threads see. */
  readonly control: Control;
  /** Where the codes come from. */
  readonly feed: CodeFeed;
}

/** Plans a playback; `gate` is the memory of the gate at which it waits for others. Throws as `play()`. */
export async function planPlay(
  session: Session,
  source: Waveform | WaveformSource,
  options: PlayOptions,
  gate: SharedArrayBuffer | null,
): Promise<PlayPlan> {
  const { spec } = session;
  const policy = oneOf("errorPolicy", options.errorPolicy ?? "raise", ERROR_POLICIES);
  if (spec.subsystemType !== "analog_output") {
    throw new DtolTaskStateError(`Cannot play on ${spec.subsystemType}: waveforms are for analog outputs`);
  }
  await session.prepare();
  if (session.capabilities.continuous === false) {
    throw new DtolCapabilityError(
      `Cannot play on "${session.board}" as its outputs take single values only: write() them`,
    );
  }
  if (!spec.isClocked) throw new DtolTaskStateError("Cannot play without a rate: give the task a timing");
  demandConfirmations("play on", spec.channels, options);
  await session.commit();
  const { applied, ticksPerSample } = session.configured;
  const channels = spec.channels.filter((channel) => channel instanceof AnalogOutputVoltage);
  const { buffers, samplesPerBuffer, wrapMode } = spec.buffers!;
  const loops = wrapMode === "single";
  const codesPerBuffer = samplesPerBuffer * channels.length;
  const type = codeTypeFor(applied.bits, applied.encoding, false);
  const slots = Math.max(2, Math.min(buffers, Math.floor(RING_BYTES / (codesPerBuffer * bytesPerCode(type)))));
  const control = new Control();
  const order: PlayOrder = {
    ticket: applied.ticket!,
    plan: { buffers: loops ? 1 : buffers, codesPerBuffer },
    channels: channels.length,
    rateHz: applied.clockHz! / ticksPerSample,
    timeoutMs: session.timeoutS * 1000,
    ...{ loops, restarts: policy === "skip", control: control.memory, gate },
    play: playRingShape(type, codesPerBuffer, slots),
  };
  const feed = new CodeFeed(source, channels, session.outputScale!, { type, samplesPerBuffer, loops });
  return { session, policy, order, control, feed };
}

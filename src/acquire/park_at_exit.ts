/**
 * Parking when the process dies: an output keeps its last value, whatever becomes of the program that set it.
 *
 * @module
 */

import { STOP_SIGNALS } from "../stop_signals.ts";

/** Outputs that are to be parked before the process ends. */
export interface Parkable {
  /** Sets safe values without waiting for any event. */
  parkNow(): void;
}

const NUMBERS: Partial<Record<Deno.Signal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGBREAK: 21 };

/** All that would stay driven, over all sessions; and of these the ones whose program leaves signals to us. */
const open = new Map<Parkable, { readonly onSignals: boolean }>();
const listeners = new Map(STOP_SIGNALS.map((signal) => [signal, () => dieOf(signal)]));
const LAST_WORDS = [["unload", parkForGood], ["error", parkAfter], ["unhandledrejection", parkAfter]] as const;
let isListening = false;
let hearsSignals = false;

/**
 * Parks outputs if the process ends before {@linkcode stopParkingAtExit}: by a signal, by `Deno.exit()`, by an error that
 * nobody caught, or because nothing is left to do.
 *
 * @param onSignals Whether a signal is to park, and end the process.
 */
export function parkAtExit(outputs: Parkable, onSignals: boolean): void {
  open.set(outputs, { onSignals });
  listen();
}

/** The outputs have been parked, or are not to be. */
export function stopParkingAtExit(outputs: Parkable): void {
  open.delete(outputs);
  listen();
}

/** Listens while there is a reason: a program without outputs is not touched. */
function listen(): void {
  const wanted = open.size > 0;
  if (wanted !== isListening) {
    isListening = wanted;
    for (const [name, listener] of LAST_WORDS) {
      if (wanted) addEventListener(name, listener);
      else removeEventListener(name, listener);
    }
  }
  const wantsSignals = [...open.values()].some(({ onSignals }) => onSignals);
  if (wantsSignals === hearsSignals) return;
  hearsSignals = wantsSignals;
  for (const [signal, listener] of listeners) {
    if (wantsSignals) Deno.addSignalListener(signal, listener);
    else Deno.removeSignalListener(signal, listener);
  }
}

/** First the listeners go: should a driver hang in the parking, a second signal ends the process as ever. */
function dieOf(signal: Deno.Signal): void {
  hearsSignals = false;
  for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  parkForGood();
  Deno.exit(128 + NUMBERS[signal]!);
}

/** An error that nobody caught ends the process without any further event, unless another listener takes care of it. */
function parkAfter({ defaultPrevented }: { readonly defaultPrevented: boolean }): void {
  if (!defaultPrevented) parkAll();
}

function parkForGood(): void {
  parkAll();
  open.clear();
}

function parkAll(): void {
  for (const outputs of open.keys()) {
    try {
      outputs.parkNow();
    } catch (error) {
      console.error(`dtollib: ${error instanceof Error ? error.message : error}`); // nobody is left to catch it
    }
  }
}

/**
 * What can be chosen of simulated boards.
 *
 * @module
 */

import type { Signal } from "./signals.ts";

/** Things that go wrong in a simulated run, each once. */
export interface SimulatedFaults {
  /** The board overruns when it would complete this buffer (from 1), which is lost. */
  readonly overrunAtBuffer?: number;
  /** The plug is pulled when it would complete this buffer (from 1). */
  readonly unplugAtBuffer?: number;
  /** An output runs dry when it would be done with this buffer (from 1) of its first run. */
  readonly underrunAtBuffer?: number;
  /** Ending the run takes this many milliseconds. */
  readonly stopTakesMs?: number;
}

/** Settings of a {@linkcode SimulatedBackend}. */
export interface SimulatedBackendOptions {
  /**
   * Models that are plugged in, one of each. Default: `DT9806`, `DT9805`, `DT9862` (two simultaneous inputs at up to
   * 10 MS/s), `DT9837A` (24 bits), `DT9828` (linearises thermocouples, gives floats, and says when a sensor is
   * open), `DT9829` (the same for sensors of every kind).
   */
  readonly models?: readonly string[];
  /** What the inputs show: one signal for all, or one for each physical channel. Default: sines. */
  readonly signal?: Signal | Readonly<Record<number, Signal>>;
  /**
   * Whether analog output n is wired to analog input n, and the digital output port to the input port. A sample then is what
   * the output carried at its instant, also of a waveform that is played by the clock. Default: no.
   */
  readonly loopback?: boolean;
  /** The lines of the digital input ports, bit by bit. Default: all 1, as those of real boards that nothing drives. */
  readonly lines?: number;
  /** Events a second at counters, quadrature decoders and tachometers; negative: backwards. Default: 1000. */
  readonly counterHz?: number;
  /**
   * Whether waveforms leave as fast as they are queued, without a look at a clock; a loop has a period more whenever
   * somebody looks. No stall of the machine is an underrun then. Default: no.
   */
  readonly freeRunningOutputs?: boolean;
  /** What goes wrong. */
  readonly faults?: SimulatedFaults;
}

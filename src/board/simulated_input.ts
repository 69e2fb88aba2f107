/**
 * The analog input of simulated boards.
 *
 * @module
 */

import { monotonicClock } from "../clock.ts";
import { type CodeType, codeTypeFor, newCodes } from "../convert/codes.ts";
import { outputVolts } from "../convert/output_codes.ts";
import { voltsToCode } from "../convert/scaling.ts";
import { DtolCapabilityError, DtolConfigurationError, DtolReadError, DtolTaskStateError } from "../errors.ts";
import { AnalogInput, ColdJunctionInput, type VoltRange } from "../model/channels.ts";
import type { Encoding } from "../model/enums.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../teds/mod.ts";
import type { AppliedSettings, IntakeTicket, ListEntry, SubsystemSettings } from "./backend.ts";
import {
  COLD_JUNCTION_DEG_C,
  type FillChannel,
  type FillContext,
  fillerOf,
  type Scale,
  type Signal,
} from "./signals.ts";
import type { SimulatedBackendOptions, SimulatedFaults } from "./simulated_options.ts";
import type { Model } from "./simulated_models.ts";
import type { Outlets } from "./simulated_outlets.ts";
import { coupled, defaultSignal, scaleOf } from "./simulated_scale.ts";
import { Wave } from "./simulated_wave.ts";
import { type Place, SimulatedSubsystem } from "./simulated_subsystem.ts";
import { hasTeds, simulatedTeds } from "./simulated_teds.ts";

/** What the drainer's thread gets: plain data. */
export interface SimulatedTicket extends IntakeTicket {
  /** Settings of the run. */
  readonly settings: SubsystemSettings;
  /** What they became. */
  readonly applied: Omit<AppliedSettings, "ticket">;
  /** Whether the buffer that is being filled can be looked at. */
  readonly peeks: boolean;
  /** Whether the clock counts scans. */
  readonly simultaneous: boolean;
  /** How samples stand in the buffers. */
  readonly type: CodeType;
  /** Signal of each place of the list. */
  readonly signals: readonly Source[];
  /** What the board gives of each place; null for volts or codes. */
  readonly scales: readonly (Scale | null)[];
  /** Signal of each input of the board, for triggers. */
  readonly watched: readonly Source[];
  /** Memory of the board's trigger inputs. */
  readonly line: SharedArrayBuffer;
  /** What the digital lines carry at each place of the list; null where they do not follow it. */
  readonly digital: readonly number[] | null;
  /** Where that is noted, shared. */
  readonly scanLines: SharedArrayBuffer;
  /** What goes wrong. */
  readonly faults: SimulatedFaults;
}

/** An analog output that is wired to an input. */
export interface WiredOutput {
  /** Codes of the board's outputs, shared. */
  readonly outputs: Int32Array<SharedArrayBuffer>;
  /** Bits of such a code. */
  readonly outputBits: number;
  /** What they carry at any instant of their run, shared. */
  readonly wave: SharedArrayBuffer;
}

/** Tells when a scan is taken, if that is known. */
export type ScanTime = (scan: number) => bigint | null;

/** What an input sees: a signal, or an output of its board. */
export type Source = Signal | WiredOutput;

/** Makes the function that writes what an input sees, in offset binary unless said otherwise. */
export function fillerFor(
  source: Source,
  context: FillContext,
  encoding: Encoding = "binary",
  timeOf: ScanTime = () => null,
): FillChannel {
  const fill = "outputs" in source ? wiredFiller(source, context, timeOf) : fillerOf(source, context);
  if (encoding !== "twos_complement") return fill;
  const half = 2 ** (context.bits - 1);
  const free = 32 - context.bits;
  return (codes, place, stride, first, scans) => {
    fill(codes, place, stride, first, scans);
    for (let k = 0, at = place; k < scans; k++, at += stride) codes[at] = ((codes[at]! ^ half) << free) >> free; // signed
  };
}

/** Makes the function that tells the volts of an input at a scan, as fine as its codes tell. */
export function voltsOf(source: Source, context: FillContext): (scan: number) => number {
  const fill = fillerFor(source, context);
  const code = new Int32Array(1);
  const step = (context.high - context.low) / 2 ** context.bits;
  return (scan) => {
    fill(code, 0, 1, scan, 1);
    return context.low + code[0]! * step;
  };
}

/** The analog input of a board. */
export class SimulatedInput extends SimulatedSubsystem {
  readonly #options: SimulatedBackendOptions;
  readonly #model: Model;
  readonly #outlets: Outlets;
  #ticket: SimulatedTicket | undefined;

  constructor(place: Place, model: Model, options: SimulatedBackendOptions, outlets: Outlets) {
    super(place, model.input);
    this.#model = model;
    this.#options = options;
    this.#outlets = outlets;
  }

  override configure(settings: SubsystemSettings): Promise<AppliedSettings> {
    return Promise.resolve().then(() => this.#configure(settings));
  }

  #configure(settings: SubsystemSettings): AppliedSettings {
    const { baseClockHz, input: { bits, simultaneous, returnsFloats } } = this.#model;
    const { clock, retrigger, list, range } = settings;
    if (settings.encoding === "twos_complement" && !this.can.encodings.includes("twos_complement")) {
      throw new DtolCapabilityError(`Cannot set ${this.title} to two's complement as it has only binary codes`);
    }
    const applied = {
      clockHz: clock === null
        ? null
        : clock.source === "external"
        ? clock.hz
        : baseClockHz / Math.max(1, Math.round(baseClockHz / clock.hz)),
      ...(retrigger?.mode === "internal" ? { retriggerHz: retrigger.frequencyHz! } : {}),
      range,
      bits,
      encoding: settings.encoding === "twos_complement" ? "twos_complement" : "binary",
    } as const;
    this.#ticket = {
      backend: "simulated",
      board: this.board,
      ...{ settings, applied, simultaneous, peeks: this.can.inProcessFlush === true },
      type: codeTypeFor(bits, applied.encoding, returnsFloats),
      signals: list.map((place) => this.#sourceAt(place, range!)),
      scales: list.map(({ channel }) => scaleOf(channel, this.can)),
      watched: Array.from(
        { length: this.can.channels },
        (_, channel) => this.#sourceAt({ physicalChannel: channel, gain: 1 }, range!),
      ),
      line: this.#outlets.triggers.memory,
      digital: clock === null ? null : this.#digitalList(list),
      scanLines: this.#outlets.scanLines.memory,
      faults: this.#options.faults ?? {},
    };
    return { ...applied, ticket: clock === null ? null : this.#ticket };
  }

  wake(): void {
    this.#outlets.triggers.wake();
  }

  override read(places: readonly ListEntry[]): Promise<number[]> {
    return Promise.resolve().then(() => {
      const { applied: { range, bits, encoding }, type } = this.#configured();
      const now = Number(monotonicClock().nowNs());
      return places.map((place) => {
        if (place.channel instanceof ColdJunctionInput && this.#model.input.linearises) return COLD_JUNCTION_DEG_C;
        const { physicalChannel: channel, gain } = place;
        const code = newCodes(type, 1);
        const context = contextOf(
          { board: this.board, channel, gain, rateHz: 1e9, bits, ...range! },
          scaleOf(place.channel, this.can),
        );
        fillerFor(this.#sourceAt(place, range!), context, encoding)(code, 0, 1, now, 1);
        return code[0]!;
      });
    });
  }

  readTeds(physicalChannel: number, kind: "strain" | "bridge"): Promise<StrainGageTeds | BridgeSensorTeds> {
    return Promise.resolve().then(() => {
      const what = `Cannot read the TEDS of input ${physicalChannel} of "${this.board}"`;
      if (this.can.multiSensor !== true) throw new DtolCapabilityError(`${what} as it cannot read any`);
      const { list } = this.#configured().settings;
      const place = list.find((one) => one.physicalChannel === physicalChannel);
      if (!hasTeds(place?.channel, kind)) {
        throw new DtolReadError(`${what} as it is not set to a sensor of this kind: ${kind}`);
      }
      return simulatedTeds(this.board.replace(/\(00\)$/, ""), physicalChannel, kind);
    });
  }

  #configured(): SimulatedTicket {
    if (this.#ticket === undefined) {
      throw new DtolTaskStateError(`Cannot use "${this.board}" as it is not configured yet`);
    }
    return this.#ticket;
  }

  /** Digital lines that follow the list: where a place says nothing they are 0. */
  #digitalList(list: readonly ListEntry[]): readonly number[] | null {
    const values = list.map(({ channel }) => channel instanceof AnalogInput ? channel.digitalOutput : null);
    if (values.every((value) => value === null)) return null;
    const { synchronousDigital, maxDigitalListValue: most } = this.can;
    if (synchronousDigital !== true) {
      throw new DtolCapabilityError(`Cannot set ${this.title} as it has no digital lines that follow its scan`);
    }
    return values.map((value) => {
      if (value === null || value <= most) return value ?? 0;
      throw new DtolConfigurationError(
        `Cannot put ${value} on the digital lines of ${this.title}: it takes 0 to ${most}`,
      );
    });
  }

  #sourceAt({ physicalChannel, channel }: ListEntry, { high }: VoltRange): Source {
    const { signal = {}, loopback = false } = this.#options;
    const { analog, wave } = this.#outlets;
    if (loopback && physicalChannel < analog.length) {
      return { outputs: analog, outputBits: this.#model.output!.bits, wave: wave.memory };
    }
    const chosen = "kind" in signal
      ? signal as Signal
      : (signal as Readonly<Record<number, Signal>>)[physicalChannel] ??
        defaultSignal(physicalChannel, scaleOf(channel, this.can), high);
    return coupled(chosen, channel, this.can);
  }
}

/** Tells a filler what the board gives, if that is not volts. */
export function contextOf(context: FillContext, scale: Scale | null): FillContext {
  return scale === null ? context : { ...context, scale };
}

/** What the output carries when a scan is taken; where that instant is not known, when the buffer is filled. */
function wiredFiller({ outputs, outputBits, wave }: WiredOutput, context: FillContext, timeOf: ScanTime): FillChannel {
  const { channel, gain, low, high, bits } = context;
  const scale = { low, high, bits: outputBits, encoding: "binary" } as const;
  const scaling = { lowVolts: low, highVolts: high, gain: 1, bits, encoding: "binary" } as const;
  const played = new Wave(wave);
  const toInput = (code: number) =>
    voltsToCode(Math.min(Math.max(outputVolts(code, scale) * gain, low), high), scaling);
  return (codes, place, stride, first, scans) => {
    const now = Atomics.load(outputs, channel);
    for (let k = 0; k < scans; k++) {
      const atNs = timeOf(first + k);
      codes[place + k * stride] = toInput((atNs === null ? null : played.codeAt(channel, atNs)) ?? now);
    }
  };
}

/**
 * In which unit simulated boards that give floats tell what stands at an input, and how far that goes: as the simulated
 * SDK in C has it.
 *
 * @module
 */

import { thermocoupleRange } from "../convert/thermocouple.ts";
import { AnalogInput, type ChannelSpec, ThermocoupleInput } from "../model/channels.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Scale, Signal } from "./signals.ts";

const SCALES: Readonly<Record<string, Scale>> = {
  rtd: { unit: "degC", low: -200, high: 850 },
  thermistor: { unit: "degC", low: -50, high: 150 },
  resistance: { unit: "ohms", low: 0, high: 4000 },
  current: { unit: "amps", low: -0.025, high: 0.025 },
};

/** What the board measures for a channel; null where it gives volts, or codes of them. */
export function scaleOf(channel: ChannelSpec | undefined, can: Capabilities): Scale | null {
  if (channel === undefined || !can.returnsFloats) return null;
  if (channel instanceof ThermocoupleInput) {
    if (can.linearises !== true) return null;
    const { lowDegC: low, highDegC: high } = thermocoupleRange(channel.thermocoupleType);
    return { unit: "degC", low, high };
  }
  return can.multiSensor === true ? SCALES[channel.kind] ?? null : null;
}

/** A sine of its own frequency with a little noise: about 0 V, or well inside of what is measured. */
export function defaultSignal(channel: number, scale: Scale | null, highVolts: number): Signal {
  const hz = 1 + 2 * channel;
  const share = Math.min(1, highVolts / 10);
  if (scale === null) return { kind: "sine", hz, amplitude: 5 * share / (1 + channel / 4), noise: 0.002 * share };
  if (scale.unit === "amps") return { kind: "sine", hz: hz / 10, amplitude: 2e-3, offset: 12e-3, noise: 1e-6 };
  const offset = scale.unit === "degC" ? 25 : 100;
  return { kind: "sine", hz: hz / 10, amplitude: 5, offset, noise: 0.001 };
}

/** What comes through the coupling that a channel asks for, where the board has one: AC keeps the mean out. */
export function coupled(signal: Signal, channel: ChannelSpec | undefined, can: Capabilities): Signal {
  const isAc = channel instanceof AnalogInput && channel.coupling === "ac" && can.couplings.ac === true;
  if (!isAc) return signal;
  if (signal.kind === "sine") return { ...signal, offset: 0 };
  return signal.kind === "constant" || signal.kind === "thermocouple" ? { kind: "constant", volts: 0 } : signal;
}

/**
 * What a channel's sensor makes of its volts, sample by sample: the conversions of `convert/` with the channel's settings.
 *
 * @module
 */

import { voltsToBridge } from "../convert/bridge.ts";
import { voltsToAmps, voltsToIepe, voltsToOhms } from "../convert/electrical.ts";
import { rtd, rtdOhmsToTemperature } from "../convert/rtd.ts";
import type { Sensor } from "../convert/sensor.ts";
import { STATUS } from "../convert/status.ts";
import { voltsToStrain } from "../convert/strain.ts";
import { cjcVoltsToDegC, temperatureScale } from "../convert/temperature.ts";
import { thermistor, thermistorOhmsToTemperature } from "../convert/thermistor.ts";
import { thermocoupleRange, voltsToTemperature } from "../convert/thermocouple.ts";
import { DtolValidationError } from "../errors.ts";
import {
  AnalogInput,
  BridgedInput,
  type BridgeInput,
  channelFromJson,
  ColdJunctionInput,
  CurrentInput,
  IepeInput,
  ResistanceInput,
  RtdInput,
  StrainInput,
  TemperatureInput,
  ThermistorInput,
  ThermocoupleInput,
} from "./channels.ts";
import { flag, plainObject } from "./fields.ts";

/** A step from volts to the unit, in place. */
type Step = (values: Float64Array, coldJunctionDegC: Float64Array | null) => Int8Array | null;

/** An input whose sensor is open shows so much of its range: boards pull it to the end. */
const OPEN_SHARE = 0.95;

/**
 * The sensor of a channel; null when its volts, or what the board made of them, are its values.
 *
 * @param channel The channel.
 * @param byBoard Whether the board gives what the sensor measures (degC, ohms, amps) and not its volts.
 * @throws {DtolValidationError} If the channel lacks what this library needs to know where the board does not help.
 */
export function sensorOf(channel: AnalogInput, byBoard: boolean): Sensor | null {
  const steps: Step[] = [];
  const own = byBoard ? boardStep(channel) : voltsStep(channel);
  if (own !== null) steps.push(own);
  if (channel.scaling !== null) steps.push((values) => channel.scaling!.convert(values, values));
  return steps.length === 0 ? null : new ChannelSensor(channel, byBoard, steps);
}

/** Makes a sensor of what its `toJSON()` gave. */
export function sensorFromJson(value: unknown): Sensor | null {
  const { by_board, ...json } = plainObject("sensor", value);
  const channel = channelFromJson(json, "sensor");
  if (channel instanceof AnalogInput) return sensorOf(channel, flag("sensor.by_board", by_board));
  throw new DtolValidationError(`sensor.kind must be that of an analog input, but it is "${channel.kind}"`);
}

class ChannelSensor implements Sensor {
  readonly coldJunction: number | null;
  readonly #channel: AnalogInput;
  readonly #byBoard: boolean;
  readonly #steps: readonly Step[];

  constructor(channel: AnalogInput, byBoard: boolean, steps: readonly Step[]) {
    this.#channel = channel;
    this.#byBoard = byBoard;
    this.#steps = steps;
    this.coldJunction = !byBoard && channel instanceof ThermocoupleInput ? channel.coldJunctionChannel : null;
  }

  convert(values: Float64Array, coldJunctionDegC: Float64Array | null): Int8Array | null {
    let status: Int8Array | null = null;
    for (const step of this.#steps) {
      const found = step(values, coldJunctionDegC);
      if (found === null) continue;
      if (status !== null) {
        for (let k = 0; k < found.length; k++) if (status[k] !== STATUS.ok) found[k] = status[k]!;
      }
      status = found;
    }
    return status;
  }

  toJSON(): Record<string, unknown> {
    return { ...this.#channel.toJSON(), by_board: this.#byBoard };
  }
}

/** From volts. */
function voltsStep(channel: AnalogInput): Step | null {
  if (channel instanceof ColdJunctionInput) {
    return (volts) => {
      cjcVoltsToDegC(volts, volts);
      return null;
    };
  }
  if (channel instanceof ThermocoupleInput) return thermocoupleStep(channel);
  if (channel instanceof IepeInput) {
    const { sensitivityVPerUnit } = channel;
    return sensitivityVPerUnit === null ? null : (volts) => voltsToIepe(volts, volts, sensitivityVPerUnit);
  }
  if (channel instanceof CurrentInput) {
    const ohms = needed(channel, "shuntOhms", channel.shuntOhms);
    return (volts) => voltsToAmps(volts, volts, ohms);
  }
  if (channel instanceof BridgedInput) return bridgeStep(channel);
  return ohmsStep(channel);
}

/** From what the board measures itself. A bridge's and an accelerometer's volts remain volts. */
function boardStep(channel: AnalogInput): Step | null {
  if (channel instanceof BridgedInput || channel instanceof IepeInput) return voltsStep(channel);
  if (!(channel instanceof TemperatureInput)) return null;
  const { factor, offset } = temperatureScale(channel.units);
  const limits = channel instanceof ThermocoupleInput ? limitsOf(channel) : null;
  if (limits === null && factor === 1 && offset === 0) return null;
  return (degC) => {
    for (let k = 0; k < degC.length; k++) degC[k] = degC[k]! * factor + offset;
    return limits === null ? null : within(degC, limits, null);
  };
}

function thermocoupleStep(channel: ThermocoupleInput): Step {
  const { thermocoupleType: type, units: unit, gain, boardRange } = channel;
  const fixed = channel.coldJunctionChannel === null ? fixedColdJunction(channel) : null;
  const openVolts = OPEN_SHARE * boardRange.high / gain;
  const limits = limitsOf(channel);
  return (volts, coldJunctionDegC) => {
    const cjcDegC = fixed ?? coldJunctionDegC!;
    const status = voltsToTemperature(volts, volts, { type, unit, openVolts, cjcDegC });
    return limits === null ? status : within(volts, limits, status);
  };
}

/** Degrees of a cold junction that no input shows; 0 where the volts are referred to 0 degC already. */
function fixedColdJunction(channel: ThermocoupleInput): number {
  return channel.cjcSource === "none" ? 0 : needed(channel, "cjcChannel or cjcTemperature", channel.cjcTemperature);
}

/** Temperatures that the user accepts, in the channel's unit; null when they are all that the type has. */
function limitsOf(channel: ThermocoupleInput): readonly [number, number] | null {
  const { minValDegc, maxValDegc, units, thermocoupleType } = channel;
  const { lowDegC, highDegC } = thermocoupleRange(thermocoupleType);
  if (minValDegc <= lowDegC && maxValDegc >= highDegC) return null;
  const { factor, offset } = temperatureScale(units);
  return [minValDegc * factor + offset, maxValDegc * factor + offset];
}

function within(
  values: Float64Array,
  [low, high]: readonly [number, number],
  status: Int8Array | null,
): Int8Array | null {
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!(value < low || value > high)) continue; // NaN has its status already
    (status ??= new Int8Array(values.length))[k] = value < low ? STATUS.low : STATUS.high;
    values[k] = NaN;
  }
  return status;
}

function ohmsStep(channel: AnalogInput): Step | null {
  if (!(channel instanceof RtdInput || channel instanceof ThermistorInput || channel instanceof ResistanceInput)) {
    return null;
  }
  const amps = needed(channel, "excitationCurrentA", channel.excitationCurrentA);
  const openOhms = OPEN_SHARE * channel.boardRange.high / channel.gain / amps;
  const toUnit = ohmsToUnit(channel, openOhms);
  return (volts) => {
    voltsToOhms(volts, volts, amps);
    return toUnit(volts);
  };
}

function ohmsToUnit(
  channel: RtdInput | ThermistorInput | ResistanceInput,
  openOhms: number,
): (ohms: Float64Array) => Int8Array | null {
  if (channel instanceof RtdInput) {
    const { rtdType: type, r0, a, b, c, units: unit } = channel;
    const curve = rtd({
      type,
      r0,
      ...(a === null ? {} : { a }),
      ...(b === null ? {} : { b }),
      ...(c === null ? {} : { c }),
    });
    return (ohms) => rtdOhmsToTemperature(ohms, ohms, curve, { unit, openOhms });
  }
  if (channel instanceof ThermistorInput) {
    const { a, b, c, units: unit } = channel;
    const sensor = thermistor({ a, b, c });
    return (ohms) => thermistorOhmsToTemperature(ohms, ohms, sensor, { unit, openOhms });
  }
  return (ohms) => {
    let status: Int8Array | null = null;
    for (let k = 0; k < ohms.length; k++) {
      if (ohms[k]! < openOhms) continue;
      (status ??= new Int8Array(ohms.length))[k] = STATUS.open;
      ohms[k] = NaN;
    }
    return status;
  };
}

function bridgeStep(channel: BridgedInput): Step {
  const { leadResistanceOhms: leadOhms, shuntCorrection, unstrainedVolts, excitationVoltage } = channel;
  const excitationVolts = needed(channel, "excitationVoltage", excitationVoltage === 0 ? null : excitationVoltage);
  const common = { excitationVolts, leadOhms, shuntCorrection };
  if (channel instanceof StrainInput) {
    const { configuration, gageFactor, gageResistanceOhms: gageOhms, poissonRatio, leads, positiveTension } = channel;
    const bridge = {
      ...common,
      configuration,
      gageFactor,
      gageOhms,
      poissonRatio,
      leads,
      positiveTension,
      unstrainedVolts,
    };
    return (volts) => voltsToStrain(volts, volts, bridge);
  }
  const { configuration, sensitivityMvPerV, ratedValue, nominalResistanceOhms } = channel as BridgeInput;
  const bridge = {
    ...{ ...common, configuration, ratedValue, zeroVolts: unstrainedVolts },
    ...{ millivoltsPerVolt: sensitivityMvPerV, bridgeOhms: nominalResistanceOhms },
  };
  return (volts) => voltsToBridge(volts, volts, bridge);
}

/** What the board would know if it had the sensor's electronics, and the user must say as it has not. */
function needed(channel: AnalogInput, field: string, value: number | null): number {
  if (value !== null) return value;
  throw new DtolValidationError(
    `Channel "${channel.name}" needs ${field}: the board gives only volts of a ${channel.kind} input, and without it ` +
      "they say nothing",
  );
}

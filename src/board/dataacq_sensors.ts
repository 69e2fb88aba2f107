/**
 * Telling a real board what is wired to its inputs, where it has electronics for that. What it does not have was refused
 * before, or this library computes it from volts.
 *
 * @module
 */

import {
  BRIDGE_CONFIGURATION,
  COUPLING_TYPE,
  EXCITATION_CURRENT_SRC,
  IO_TYPE,
  OL_RTD_TYPE,
  OL_THERMOCOUPLE_TYPE,
  STRAIN_EXCITATION_VOLTAGE_SRC,
  STRAIN_GAGE_CONFIGURATION,
} from "../../ffi/constants.ts";
import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import type { BridgeConfiguration } from "../convert/bridge.ts";
import type { RtdType } from "../convert/rtd.ts";
import type { StrainGageConfiguration } from "../convert/strain.ts";
import type { ThermocoupleType } from "../convert/thermocouple.ts";
import {
  AnalogInput,
  BridgedInput,
  BridgeInput,
  IepeInput,
  ResistanceInput,
  RtdInput,
  StrainInput,
  ThermistorInput,
  ThermocoupleInput,
} from "../model/channels.ts";
import type { ExcitationSource } from "../model/enums.ts";
import type { SubsystemSettings } from "./backend.ts";
import type { Capabilities } from "./capabilities.ts";

/** The selectors of the SDK, never the words' places in a list. */
const THERMOCOUPLES: Readonly<Record<ThermocoupleType, number>> = {
  J: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_J,
  K: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_K,
  T: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_T,
  E: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_E,
  R: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_R,
  S: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_S,
  B: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_B,
  N: OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_N,
};

const RTDS: Readonly<Record<RtdType, number>> = {
  pt3750: OL_RTD_TYPE.OL_RTD_TYPE_PT3750,
  pt3850: OL_RTD_TYPE.OL_RTD_TYPE_PT3850,
  pt3911: OL_RTD_TYPE.OL_RTD_TYPE_PT3911,
  pt3916: OL_RTD_TYPE.OL_RTD_TYPE_PT3916,
  pt3920: OL_RTD_TYPE.OL_RTD_TYPE_PT3920,
  pt3928: OL_RTD_TYPE.OL_RTD_TYPE_PT3928,
  custom: OL_RTD_TYPE.OL_RTD_TYPE_CUSTOM,
};

const SOURCES: Readonly<Record<ExcitationSource, number>> = {
  internal: EXCITATION_CURRENT_SRC.INTERNAL,
  external: EXCITATION_CURRENT_SRC.EXTERNAL,
  disabled: EXCITATION_CURRENT_SRC.DISABLED,
};

const STRAIN_GAGES: Readonly<Record<StrainGageConfiguration, number>> = {
  full_bridge_bending: STRAIN_GAGE_CONFIGURATION.FULL_BRIDGE_BENDING,
  full_bridge_bending_poisson: STRAIN_GAGE_CONFIGURATION.FULL_BRIDGE_BENDING_POISSON,
  full_bridge_axial: STRAIN_GAGE_CONFIGURATION.FULL_BRIDGE_AXIAL,
  half_bridge_poisson: STRAIN_GAGE_CONFIGURATION.HALF_BRIDGE_POISSON,
  half_bridge_bending: STRAIN_GAGE_CONFIGURATION.HALF_BRIDGE_BENDING,
  quarter_bridge: STRAIN_GAGE_CONFIGURATION.QUARTER_BRIDGE,
  quarter_bridge_temp_compensation: STRAIN_GAGE_CONFIGURATION.QUARTER_BRIDGETEMPCOMPENSATION,
};

const BRIDGES: Readonly<Record<BridgeConfiguration, number>> = {
  full: BRIDGE_CONFIGURATION.FULL_BRIDGE,
  half: BRIDGE_CONFIGURATION.HALF_BRIDGE,
  quarter: BRIDGE_CONFIGURATION.QUARTER_BRIDGE_,
};

const IO_TYPES: Readonly<Record<string, number>> = {
  ai_voltage: IO_TYPE.VOLTAGEIN,
  thermocouple: IO_TYPE.THERMOCOUPLE,
  rtd: IO_TYPE.RTD,
  thermistor: IO_TYPE.THERMISTOR,
  resistance: IO_TYPE.RESISTANCE,
  current: IO_TYPE.CURRENT_,
  iepe: IO_TYPE.ACCELEROMETER,
  strain: IO_TYPE.STRAINGAGE,
  bridge: IO_TYPE.BRIDGE,
};

/** Sets every listed input up for its sensor: its kind first, as the settings of a kind are refused before. */
export function setSensors(sdk: OpenLayers, h: Hdass, settings: SubsystemSettings, can: Capabilities): void {
  for (const { channel } of settings.list) {
    if (!(channel instanceof AnalogInput)) continue;
    const ioType = IO_TYPES[channel.kind];
    if (can.multiSensor === true && ioType !== undefined) {
      sdk.olDaSetMultiSensorType(h, channel.physicalChannel, ioType);
    }
    if (can.linearises === true) setThermocouple(sdk, h, channel, can);
    if (can.multiSensor === true) setResistive(sdk, h, channel);
    setSupply(sdk, h, channel, can);
  }
  if (settings.interleavedCjc) sdk.olDaSetReturnCjcTemperatureInStream(h, true);
}

/** On a board of thermocouples alone every input has a type, plain volts too; on a multi-sensor board only these. */
function setThermocouple(sdk: OpenLayers, h: Hdass, channel: AnalogInput, can: Capabilities): void {
  const { physicalChannel } = channel;
  if (channel instanceof ThermocoupleInput) {
    sdk.olDaSetThermocoupleType(h, physicalChannel, THERMOCOUPLES[channel.thermocoupleType]);
  } else if (can.multiSensor !== true) {
    sdk.olDaSetThermocoupleType(h, physicalChannel, OL_THERMOCOUPLE_TYPE.OL_THERMOCOUPLE_TYPE_NONE);
  }
}

function setResistive(sdk: OpenLayers, h: Hdass, channel: AnalogInput): void {
  const { physicalChannel: n } = channel;
  if (channel instanceof RtdInput) {
    sdk.olDaSetRtdType(h, n, RTDS[channel.rtdType]);
    sdk.olDaSetRtdR0(h, n, channel.r0);
    if (channel.rtdType !== "custom") return;
    sdk.olDaSetRtdA(h, n, channel.a!);
    sdk.olDaSetRtdB(h, n, channel.b!);
    sdk.olDaSetRtdC(h, n, channel.c ?? 0);
  } else if (channel instanceof ThermistorInput) {
    sdk.olDaSetThermistorA(h, n, channel.a);
    sdk.olDaSetThermistorB(h, n, channel.b);
    sdk.olDaSetThermistorC(h, n, channel.c);
  } else if (channel instanceof StrainInput) {
    sdk.olDaSetStrainBridgeConfiguration(h, n, STRAIN_GAGES[channel.configuration]);
  } else if (channel instanceof BridgeInput) {
    sdk.olDaSetBridgeConfiguration(h, n, BRIDGES[channel.configuration]);
  }
}

/** Coupling, and what feeds the sensor, where the board has a say in it. */
function setSupply(sdk: OpenLayers, h: Hdass, channel: AnalogInput, can: Capabilities): void {
  const { physicalChannel: n, coupling } = channel;
  if (coupling !== null && can.couplings[coupling] === true) {
    sdk.olDaSetCouplingType(h, n, coupling === "ac" ? COUPLING_TYPE.AC : COUPLING_TYPE.DC);
  }
  const fedByCurrent = channel instanceof RtdInput || channel instanceof ThermistorInput ||
    channel instanceof ResistanceInput || channel instanceof IepeInput;
  if (fedByCurrent && can.sensors[channel.kind] === true) {
    sdk.olDaSetExcitationCurrentSource(h, n, SOURCES[channel.excitationSource]);
    const { excitationSource, excitationCurrentA } = channel;
    if (excitationSource === "internal" && excitationCurrentA !== null) {
      sdk.olDaSetExcitationCurrentValue(h, n, excitationCurrentA);
    }
  }
  if (channel instanceof BridgedInput && can.sensors[channel.kind] === true) setBridgeSupply(sdk, h, channel);
}

/** One supply for the whole subsystem: that all bridges agree on it was checked before. */
function setBridgeSupply(sdk: OpenLayers, h: Hdass, channel: BridgedInput): void {
  const { INTERNAL, EXTERNAL } = {
    INTERNAL: STRAIN_EXCITATION_VOLTAGE_SRC.STRAIN_EXCITATION_VOLTAGE_SRC_INTERNAL,
    EXTERNAL: STRAIN_EXCITATION_VOLTAGE_SRC.STRAIN_EXCITATION_VOLTAGE_SRC_EXTERNAL,
  };
  sdk.olDaSetStrainExcitationVoltageSource(h, channel.excitationSource === "internal" ? INTERNAL : EXTERNAL);
  if (channel.excitationSource === "internal") sdk.olDaSetStrainExcitationVoltage(h, channel.excitationVoltage);
  sdk.olDaSetStrainShuntResistor(h, channel.physicalChannel, channel.shuntEnabled);
}

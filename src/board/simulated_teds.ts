/**
 * The sensors of a simulated board with a choice of sensors: each strain gage and bridge has a TEDS of its own, made up, the
 * same as in the simulated SDK in C.
 *
 * @module
 */

import { BridgedInput, type ChannelSpec } from "../model/channels.ts";
import type { BridgeSensorTeds, StrainGageTeds } from "../teds/mod.ts";
import { bridgeSensorOf, type BridgeSensorStruct, strainGageOf, type StrainGageStruct } from "./sensor_teds.ts";

/** Whether the sensor of a channel has a TEDS of a kind. */
export function hasTeds(channel: ChannelSpec | undefined, kind: "strain" | "bridge"): boolean {
  return channel instanceof BridgedInput && channel.kind === kind;
}

/**
 * The TEDS of a sensor.
 *
 * @param model Model of the board, of which its serial number is made.
 * @param input The input that the sensor is on.
 * @param kind What it is.
 */
export function simulatedTeds(
  model: string,
  input: number,
  kind: "strain" | "bridge",
): StrainGageTeds | BridgeSensorTeds {
  const head = {
    ...{ manufacturerId: 64, serialNumber: Number(model.replace(/\D/g, "")) * 1000 + input },
    ...{ calDaysSince1_1_1998: CALIBRATED, calInitials: "SIM", calPeriod: 365 },
  };
  return kind === "strain"
    ? strainGageOf({ ...STRAIN_GAGE, ...head, measID: 100 + input })
    : bridgeSensorOf({ ...BRIDGE_SENSOR, ...head, measID: 200 + input });
}

/** 1 January 2025. */
const CALIBRATED = 9862;
/** What is said of a calibration, and by whom the sensor was made. */
type Head = "manufacturerId" | "serialNumber" | "calDaysSince1_1_1998" | "calInitials" | "calPeriod" | "measID";

const STRAIN_GAGE: Omit<StrainGageStruct, Head> = {
  ...{ modelNumber: 350, versionLetter: "A".charCodeAt(0), versionNumber: 2 },
  ...{ minPhysicalValue: -0.005, maxPhysicalValue: 0.005, minElecVal: -0.0026, maxElecVal: 0.0026 },
  ...{ gageType: 0, gageFactor: 2.08, gageTransSens: 0.4, gageOffset: 1e-6 }, // a single element
  ...{ poissonCoef: 0.285, youngsMod: 2.1e11, gageArea: 1.5e-5 },
  ...{ tedsBridgeType: 0, sensorImped: 350, respTime: 1e-6, exciteAmplNom: 2.5, exciteAmplMax: 5 }, // a quarter bridge
};

const BRIDGE_SENSOR: Omit<BridgeSensorStruct, Head> = {
  ...{ modelNumber: 5000, versionLetter: "B".charCodeAt(0), versionNumber: 1 },
  ...{ exciteAmplMax: 10, exciteAmplMin: 1, exciteAmplNom: 5 },
  ...{ minPhysicalValue: -5000, maxPhysicalValue: 5000, physicalMeasurand: 4 }, // 5 kN
  ...{ minElecVal: -0.002, maxElecVal: 0.002, selector: 0 }, // volts per volt
  ...{ tedsBridgeType: 2, sensorImped: 350, respTime: 1e-3 }, // a full bridge
};

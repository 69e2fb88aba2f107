/**
 * The TEDS of a sensor that is plugged in, as the SDK reads it.
 *
 * @module
 */

import type { OpenLayers } from "../../ffi/open_layers.ts";
import type { Hdass } from "../../ffi/types.ts";
import type { BasicTeds } from "../teds/basic.ts";
import {
  type BridgeSensorTeds,
  calibrationOf,
  excitationOf,
  PHYSICAL_MEASURANDS,
  TEDS_BRIDGE_TYPES,
} from "../teds/bridge_sensor.ts";
import { numberOf, rangeOf, type TedsValues, wordOf } from "../teds/properties.ts";
import { GAGE_TYPES, type StrainGageTeds } from "../teds/strain_gage.ts";

/** What both structures of the SDK begin with. */
interface Head {
  readonly manufacturerId: number;
  readonly modelNumber: number;
  readonly versionLetter: number;
  readonly versionNumber: number;
  readonly serialNumber: number;
  readonly calDaysSince1_1_1998: number;
  readonly calInitials: string;
}

const FIRST_DAY = Temporal.PlainDate.from("1998-01-01");
/** Properties that cannot be 0: there the structure's 0 says that the sensor does not tell. */
const NEVER_ZERO = ["gageFactor", "sensorImped", "poissonCoef", "exciteAmplNom", "exciteAmplMin", "exciteAmplMax"];

/** Reads the TEDS of a strain gage. */
export function readStrainGageOf(sdk: OpenLayers, h: Hdass, channel: number): StrainGageTeds {
  const struct = sdk.olDaReadStrainGageHardwareTeds(h, channel);
  const raw = valuesOf(struct);
  const [minPhysicalValue, maxPhysicalValue] = rangeOf(raw, "minPhysicalValue", "maxPhysicalValue");
  return {
    ...basicOf(struct),
    templateId: 35,
    gageType: wordOf(raw, "gageType", GAGE_TYPES),
    gageFactor: numberOf(raw, "gageFactor"),
    gageResistanceOhms: numberOf(raw, "sensorImped"),
    poissonCoefficient: numberOf(raw, "poissonCoef"),
    ...{ minPhysicalValue, maxPhysicalValue },
    bridgeType: wordOf(raw, "tedsBridgeType", TEDS_BRIDGE_TYPES),
    ...calibrationOf(raw),
    raw,
  };
}

/** Reads the TEDS of a bridge sensor. */
export function readBridgeSensorOf(sdk: OpenLayers, h: Hdass, channel: number): BridgeSensorTeds {
  const struct = sdk.olDaReadBridgeSensorHardwareTeds(h, channel);
  const raw = valuesOf(struct);
  const [minPhysicalValue, maxPhysicalValue] = rangeOf(raw, "minPhysicalValue", "maxPhysicalValue");
  const [minElectricalValue, maxElectricalValue] = rangeOf(raw, "minElecVal", "maxElecVal");
  return {
    ...basicOf(struct),
    templateId: 33,
    unit: wordOf(raw, "physicalMeasurand", PHYSICAL_MEASURANDS)!,
    ...{ minPhysicalValue, maxPhysicalValue, minElectricalValue, maxElectricalValue },
    bridgeType: wordOf(raw, "tedsBridgeType", TEDS_BRIDGE_TYPES),
    sensorImpedanceOhms: numberOf(raw, "sensorImped"),
    ...excitationOf(raw),
    ...calibrationOf(raw),
    raw,
  };
}

function basicOf({ manufacturerId, modelNumber, versionLetter, versionNumber, serialNumber }: Head): BasicTeds {
  const letter = versionLetter > 32 ? String.fromCharCode(versionLetter) : undefined;
  return { manufacturerId, modelNumber, versionLetter: letter, versionNumber, serialNumber };
}

/** The numbers of a structure by their names, 4-byte floats as the decimals they were made of. */
function valuesOf(struct: Head): TedsValues {
  const { calDaysSince1_1_1998: days, calInitials, ...rest } = struct;
  const values: Record<string, number | string | undefined> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value !== "number" || (value === 0 && NEVER_ZERO.includes(name))) continue;
    values[name] = Number.isInteger(value) ? value : Number(value.toPrecision(7));
  }
  if (days > 0) values["calDate"] = FIRST_DAY.add({ days }).toString();
  if (calInitials.trim() !== "") values["calInitials"] = calInitials.trim();
  return Object.freeze(values);
}

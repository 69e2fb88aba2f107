/**
 * The TEDS of a sensor that is plugged in, out of the structures in which the SDK gives it.
 *
 * @module
 */

import { BRIDGE_SENSOR_TEDS, STRAIN_GAGE_TEDS, type Struct } from "../../ffi/types.ts";
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

/** A strain gage's TEDS as the SDK gives it. */
export type StrainGageStruct = Struct<typeof STRAIN_GAGE_TEDS>;
/** A bridge sensor's TEDS as the SDK gives it. */
export type BridgeSensorStruct = Struct<typeof BRIDGE_SENSOR_TEDS>;

const FIRST_DAY = Temporal.PlainDate.from("1998-01-01");
/** Properties that cannot be 0: there the structure's 0 says that the sensor does not tell. */
const NEVER_ZERO = ["gageFactor", "sensorImped", "poissonCoef", "exciteAmplNom", "exciteAmplMin", "exciteAmplMax"];

/** What a strain gage says of itself. */
export function strainGageOf(struct: StrainGageStruct): StrainGageTeds {
  const raw = valuesOf(struct, STRAIN_GAGE_TEDS);
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

/** What a bridge sensor says of itself. */
export function bridgeSensorOf(struct: BridgeSensorStruct): BridgeSensorTeds {
  const raw = valuesOf(struct, BRIDGE_SENSOR_TEDS);
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

function basicOf(struct: StrainGageStruct | BridgeSensorStruct): BasicTeds {
  const { manufacturerId, modelNumber, versionLetter, versionNumber, serialNumber } = struct;
  const letter = versionLetter > 32 ? String.fromCharCode(versionLetter) : undefined;
  return { manufacturerId, modelNumber, versionLetter: letter, versionNumber, serialNumber };
}

/** The numbers of a structure by their names, 4-byte floats as the decimals they were made of. */
function valuesOf(
  struct: StrainGageStruct | BridgeSensorStruct,
  { fields }: { readonly fields: Readonly<Record<string, readonly [type: string, offset: number]>> },
): TedsValues {
  const { calDaysSince1_1_1998: days, calInitials, ...rest } = struct;
  const values: Record<string, number | string | undefined> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === 0 && NEVER_ZERO.includes(name)) continue;
    values[name] = fields[name]![0] === "f32" ? Number(value.toPrecision(7)) : value;
  }
  if (days > 0) values["calDate"] = FIRST_DAY.add({ days }).toString();
  if (calInitials.trim() !== "") values["calInitials"] = calInitials.trim();
  return Object.freeze(values);
}

/**
 * Template 35 of IEEE 1451.4, strain gages.
 *
 * **How far this can be trusted.** The order of the properties and the kinds of gage are those of the DataAcq SDK's
 * `TedsApi.h`. Their widths and scales stand in the text of the standard alone, which is not public, and one file with
 * known content was found (a half bridge of 120 ohm in the tests of nidaqmx-python). It fixes where the kind of gage
 * stands; it does not fix the widths around the gage factor, nor the scale of the strains and the resistance. So
 * {@linkcode STRAIN_GAGE_LAYOUT}, the default, reads the kind of gage only, and leaves all else undefined rather than
 * wrong. Who has the standard can pass its table as `layout`. {@linkcode DERIVED_STRAIN_GAGE_LAYOUT} is the table that
 * fits that one file, to look at a sensor with, not to measure with.
 *
 * @module
 */

import type { BasicTeds } from "./basic.ts";
import type { TedsBits } from "./bits.ts";
import { CALIBRATION_LAYOUT, calibrationOf, TEDS_BRIDGE_TYPES, type TedsBridgeType } from "./bridge_sensor.ts";
import { numberOf, rangeOf, readProperties, type TedsLayout, type TedsValues, wordOf } from "./properties.ts";

/** Kinds of gage, in the order of the codes: how many elements, how they lie, and which one of a rosette. */
export const GAGE_TYPES = [
  "single_element",
  "two_poisson_elements",
  "two_opposite_signed_elements",
  "two_same_signed_elements",
  "two_element_chevron",
  "four_same_sign_elements_poisson",
  "four_opposite_signed_elements",
  "four_uniaxial_elements",
  "four_element_dual_chevron",
  "tee_rosette_grid1_0deg",
  "tee_rosette_grid2_90deg",
  "delta_rosette_grid1_0deg",
  "delta_rosette_grid2_60deg",
  "delta_rosette_grid3_120deg",
  "rectangular_rosette_grid1_0deg",
  "rectangular_rosette_grid2_45deg",
  "rectangular_rosette_grid3_90deg",
] as const;
/** One of {@linkcode GAGE_TYPES}. */
export type GageType = typeof GAGE_TYPES[number];

/**
 * What a strain gage says of itself. What it does not say, or what cannot be read for certain, is undefined, never 0.
 */
export interface StrainGageTeds extends BasicTeds {
  /** Number of the template. */
  readonly templateId: 35;
  /** Kind of gage. */
  readonly gageType: GageType | undefined;
  /** Gage factor. */
  readonly gageFactor: number | undefined;
  /** Resistance of the gage, ohms. */
  readonly gageResistanceOhms: number | undefined;
  /** Poisson's ratio of the material. */
  readonly poissonCoefficient: number | undefined;
  /** Least strain. */
  readonly minPhysicalValue: number | undefined;
  /** Greatest strain. */
  readonly maxPhysicalValue: number | undefined;
  /** The bridge. */
  readonly bridgeType: TedsBridgeType | undefined;
  /** Day of the calibration, `2026-03-31`. */
  readonly calibrationDate: string | undefined;
  /** Initials of who calibrated it. */
  readonly calibrationInitials: string | undefined;
  /** Days until the next calibration. */
  readonly calibrationPeriodDays: number | undefined;
  /** Number of the place it measures at. */
  readonly measurementId: number | undefined;
  /** All properties by the names of the SDK. */
  readonly raw: TedsValues;
}

/** What is certain: 56 bits of strains and electrical values, then the kind of gage. */
export const STRAIN_GAGE_LAYOUT: TedsLayout = [
  { name: "strains and electrical values", bits: 56, coding: { type: "unknown" } },
  { name: "gageType", bits: 5, coding: { type: "UNINT" } },
];

/**
 * What fits the one public file with known content: gage factor 2.00 (its test allows 2.00 to 2.02), Poisson's ratio
 * 0.285, half bridge, no calibration. Not from the standard: widths of the gage factor and of Poisson's ratio are
 * likely ones, and where they are wrong so are the values.
 */
export const DERIVED_STRAIN_GAGE_LAYOUT: TedsLayout = [
  ...STRAIN_GAGE_LAYOUT,
  { name: "gageFactor", bits: 13, coding: { type: "ConRelRes", start: 1, tolerance: 0.001 } },
  { name: "gageTransSens and gageOffset", bits: 29, coding: { type: "unknown" } },
  { name: "poissonCoef", bits: 13, coding: { type: "ConRes", start: 0, step: 0.0001 } },
  { name: "youngsMod and gageArea", bits: 22, coding: { type: "unknown" } },
  { name: "tedsBridgeType", bits: 2, coding: { type: "UNINT" } },
  { name: "sensorImped, respTime and excitation", bits: 35, coding: { type: "unknown" } },
  ...CALIBRATION_LAYOUT,
];

/**
 * Reads template 35, from behind its number.
 *
 * @param bits The TEDS.
 * @param basic What was before the template.
 * @param layout Its properties; names are `minPhysicalValue`, `maxPhysicalValue`, `gageType`, `gageFactor`,
 * `poissonCoef`, `tedsBridgeType`, `sensorImped`, `calDate`, `calInitials`, `calPeriod`, `measID`, and any others,
 * which stand in `raw`.
 * @throws {DtolReadError} If it is cut short, or a value cannot be right.
 */
export function readStrainGage(
  bits: TedsBits,
  basic: BasicTeds,
  layout: TedsLayout = STRAIN_GAGE_LAYOUT,
): StrainGageTeds {
  const raw = Object.freeze(readProperties(bits, layout));
  const [minPhysicalValue, maxPhysicalValue] = rangeOf(raw, "minPhysicalValue", "maxPhysicalValue");
  return {
    ...basic,
    templateId: 35,
    gageType: wordOf(raw, "gageType", GAGE_TYPES),
    gageFactor: numberOf(raw, "gageFactor"),
    gageResistanceOhms: numberOf(raw, "sensorImped"),
    poissonCoefficient: numberOf(raw, "poissonCoef"),
    minPhysicalValue,
    maxPhysicalValue,
    bridgeType: wordOf(raw, "tedsBridgeType", TEDS_BRIDGE_TYPES),
    ...calibrationOf(raw),
    raw,
  };
}

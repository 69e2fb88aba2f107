/**
 * Template 33 of IEEE 1451.4, bridge sensors: load cells, pressure and torque transducers.
 *
 * | bits    | property                      | coding                                   |
 * | ------- | ----------------------------- | ---------------------------------------- |
 * | 6       | physical measurand, its unit  | one of {@linkcode PHYSICAL_MEASURANDS}     |
 * | 32, 32  | least, greatest physical value | Single                                  |
 * | 2       | form of the electrical values | 2: Single                                |
 * | 32, 32  | least, greatest electrical value | Single, V/V                           |
 * | 2       | bridge                        | quarter, half, full                      |
 * | 18      | impedance of an arm           | ConRes from 1 ohm in steps of 0.1        |
 * | 6       | response time                 | ConRelRes; only its start, 1 us, is known, so it is left out |
 * | 9, 9, 9 | nominal, least, greatest excitation | ConRes from 0.1 V in steps of 0.1  |
 * | 16      | day of calibration            | Date                                     |
 * | 15      | calibrated by                 | Chr5                                     |
 * | 12      | days until the next           | UNINT                                    |
 * | 11      | location of the measurement   | UNINT                                    |
 *
 * The order and the names are those of the DataAcq SDK's `TedsApi.h`. Widths and scales were checked, not against the
 * text of the standard, which is not public, but against files whose content is known: a 1-wire memory that the TRION
 * SDK's documents print with its decoded values, and the pressure, force and torque bridges of the tests of
 * nidaqmx-python (measurands, 350 ohm, full bridge). These all hold electrical values as Single. The two short forms (0
 * and 1, in mV/V and uV/V) could not be checked and are refused: one public source alone has them (`ltedsapi_stdtmpl.h` of
 * L-Card: 11 bits in steps of 0.001 from -1, and 19 bits in steps of 25e-9 from -6.55e-3), and no file.
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";
import type { BasicTeds } from "./basic.ts";
import type { TedsBits } from "./bits.ts";
import { numberOf, rangeOf, readProperties, type TedsLayout, type TedsValues, textOf, wordOf } from "./properties.ts";

/** What a bridge sensor may measure, in the order of the codes: the units of its physical values. */
export const PHYSICAL_MEASURANDS = [
  "K",
  "degC",
  "strain",
  "microstrain",
  "N",
  "lb",
  "kgf",
  "m/s^2",
  "g",
  "Nm/rad",
  "Nm",
  "oz-in",
  "Pa",
  "psi",
  "kg",
  "gram",
  "m",
  "mm",
  "in",
  "m/s",
  "mph",
  "ft/s",
  "rad",
  "deg",
  "rad/s",
  "rpm",
  "Hz",
  "g/l",
  "kg/l",
  "mol/m^3",
  "mol/l",
  "m^3/m^3",
  "l/l",
  "kg/s",
  "m^3/s",
  "m^3/h",
  "gpm",
  "cfm",
  "l/min",
  "%RH",
  "%",
  "V",
  "V rms",
  "A",
  "A rms",
  "W",
] as const;
/** One of {@linkcode PHYSICAL_MEASURANDS}. */
export type PhysicalMeasurand = typeof PHYSICAL_MEASURANDS[number];

/** Bridges as TEDS tell them apart, in the order of the codes. */
export const TEDS_BRIDGE_TYPES = ["quarter", "half", "full"] as const;
/** One of {@linkcode TEDS_BRIDGE_TYPES}. */
export type TedsBridgeType = typeof TEDS_BRIDGE_TYPES[number];

/** What a bridge sensor says of itself. What it does not say is undefined, never 0. */
export interface BridgeSensorTeds extends BasicTeds {
  /** Number of the template. */
  readonly templateId: 33;
  /** Unit of the physical values. */
  readonly unit: PhysicalMeasurand;
  /** Physical value at the least electrical value. */
  readonly minPhysicalValue: number | undefined;
  /** Physical value at the greatest electrical value. */
  readonly maxPhysicalValue: number | undefined;
  /** Least electrical value, volts per volt of excitation. */
  readonly minElectricalValue: number | undefined;
  /** Greatest electrical value, volts per volt of excitation. */
  readonly maxElectricalValue: number | undefined;
  /** The bridge. */
  readonly bridgeType: TedsBridgeType | undefined;
  /** Resistance of an arm, ohms. */
  readonly sensorImpedanceOhms: number | undefined;
  /** Volts that the sensor is meant to be fed with. */
  readonly excitationNominalV: number | undefined;
  /** Least volts to feed it with. */
  readonly excitationMinV: number | undefined;
  /** Greatest volts to feed it with. */
  readonly excitationMaxV: number | undefined;
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

const SINGLES = 2;

/** Calibration, with which the templates of sensors end. */
export const CALIBRATION_LAYOUT: TedsLayout = [
  { name: "calDate", bits: 16, coding: { type: "Date" } },
  { name: "calInitials", bits: 15, coding: { type: "Chr5" } },
  { name: "calPeriod", bits: 12, coding: { type: "UNINT" } },
  { name: "measID", bits: 11, coding: { type: "UNINT" } },
];

/** The template as a table. */
export const BRIDGE_SENSOR_LAYOUT: TedsLayout = [
  { name: "physicalMeasurand", bits: 6, coding: { type: "UNINT" } },
  { name: "minPhysicalValue", bits: 32, coding: { type: "Single" } },
  { name: "maxPhysicalValue", bits: 32, coding: { type: "Single" } },
  { name: "selector", bits: 2, coding: { type: "UNINT" } },
  { name: "minElecVal", bits: 32, coding: { type: "Single" } },
  { name: "maxElecVal", bits: 32, coding: { type: "Single" } },
  { name: "tedsBridgeType", bits: 2, coding: { type: "UNINT" } },
  { name: "sensorImped", bits: 18, coding: { type: "ConRes", start: 1, step: 0.1 } },
  { name: "respTime", bits: 6, coding: { type: "unknown" } },
  { name: "exciteAmplNom", bits: 9, coding: { type: "ConRes", start: 0.1, step: 0.1 } },
  { name: "exciteAmplMin", bits: 9, coding: { type: "ConRes", start: 0.1, step: 0.1 } },
  { name: "exciteAmplMax", bits: 9, coding: { type: "ConRes", start: 0.1, step: 0.1 } },
  ...CALIBRATION_LAYOUT,
];

/**
 * Reads template 33, from behind its number.
 *
 * @throws {DtolReadError} If it is cut short, holds its electrical values in a short form, or a value cannot be right.
 */
export function readBridgeSensor(bits: TedsBits, basic: BasicTeds): BridgeSensorTeds {
  const place = BRIDGE_SENSOR_LAYOUT.findIndex(({ name }) => name === "selector") + 1;
  const before = readProperties(bits, BRIDGE_SENSOR_LAYOUT.slice(0, place));
  if (before.selector !== SINGLES) {
    throw new DtolReadError(
      `Cannot read the electrical values of a bridge sensor's TEDS: their form is ${before.selector}, and must be ${SINGLES} (full precision)`,
    );
  }
  const raw = Object.freeze({ ...before, ...readProperties(bits, BRIDGE_SENSOR_LAYOUT.slice(place)) });
  const [minPhysicalValue, maxPhysicalValue] = rangeOf(raw, "minPhysicalValue", "maxPhysicalValue");
  const [minElectricalValue, maxElectricalValue] = rangeOf(raw, "minElecVal", "maxElecVal");
  return {
    ...basic,
    templateId: 33,
    unit: wordOf(raw, "physicalMeasurand", PHYSICAL_MEASURANDS)!,
    minPhysicalValue,
    maxPhysicalValue,
    minElectricalValue,
    maxElectricalValue,
    bridgeType: wordOf(raw, "tedsBridgeType", TEDS_BRIDGE_TYPES),
    sensorImpedanceOhms: numberOf(raw, "sensorImped"),
    ...excitationOf(raw),
    ...calibrationOf(raw),
    raw,
  };
}

/** What a TEDS says of the excitation. Three times the lowest code, 0.1 V, is how files say nothing of the excitation. */
export function excitationOf(raw: TedsValues): {
  excitationNominalV: number | undefined;
  excitationMinV: number | undefined;
  excitationMaxV: number | undefined;
} {
  const [excitationNominalV, excitationMinV, excitationMaxV] = ["exciteAmplNom", "exciteAmplMin", "exciteAmplMax"]
    .map((name) => numberOf(raw, name));
  const isEmpty = [excitationNominalV, excitationMinV, excitationMaxV].every((volts) => volts === 0.1);
  if (isEmpty) return { excitationNominalV: undefined, excitationMinV: undefined, excitationMaxV: undefined };
  return { excitationNominalV, excitationMinV, excitationMaxV };
}

/** What a TEDS says of its calibration; a period or a place of 0 is none. */
export function calibrationOf(raw: TedsValues): {
  calibrationDate: string | undefined;
  calibrationInitials: string | undefined;
  calibrationPeriodDays: number | undefined;
  measurementId: number | undefined;
} {
  return {
    calibrationDate: textOf(raw, "calDate"),
    calibrationInitials: textOf(raw, "calInitials"),
    calibrationPeriodDays: numberOf(raw, "calPeriod") || undefined,
    measurementId: numberOf(raw, "measID") || undefined,
  };
}

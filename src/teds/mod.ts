/**
 * Electronic data sheets of sensors (TEDS, IEEE 1451.4) out of files and memories, without the vendor's SDK.
 *
 * @example A load cell of 500 N and 2 mV/V
 * ```ts
 * import { readBridgeSensorTeds } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const memory = Uint8Array.fromHex(
 *   "2a00fa601c6712008410000000000000fa430200" +
 *     "0000bc490cec28da0030264125889320465b0060",
 * );
 * const cell = readBridgeSensorTeds(memory);
 * equal(cell.serialNumber, 4711);
 * equal(`${cell.maxPhysicalValue} ${cell.unit}`, "500 N");
 * equal(cell.maxElectricalValue?.toFixed(6), "0.002000");
 * equal(cell.excitationNominalV, 10);
 * ```
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";
import { readBasic, readTemplateId } from "./basic.ts";
import { tedsBits, type TedsContainer } from "./bits.ts";
import { type BridgeSensorTeds, readBridgeSensor } from "./bridge_sensor.ts";
import type { TedsLayout } from "./properties.ts";
import { readStrainGage, type StrainGageTeds } from "./strain_gage.ts";

export type { BasicTeds } from "./basic.ts";
export { TEDS_CONTAINERS, type TedsContainer } from "./bits.ts";
export {
  type BridgeSensorTeds,
  PHYSICAL_MEASURANDS,
  type PhysicalMeasurand,
  TEDS_BRIDGE_TYPES,
  type TedsBridgeType,
} from "./bridge_sensor.ts";
export type { TedsCoding, TedsLayout, TedsProperty, TedsValues } from "./properties.ts";
export {
  DERIVED_STRAIN_GAGE_LAYOUT,
  GAGE_TYPES,
  type GageType,
  STRAIN_GAGE_LAYOUT,
  type StrainGageTeds,
} from "./strain_gage.ts";

/** How a TEDS is to be read. */
export interface ReadTedsOptions {
  /** What it stands in. Default: what its content tells. */
  readonly container?: TedsContainer;
  /** The table of template 35, for those who have the standard. Default: what of it is certain. */
  readonly strainGageLayout?: TedsLayout;
}

/**
 * Reads the TEDS of a bridge sensor (template 33) or a strain gage (template 35).
 *
 * @param bytes Content of a virtual TEDS file, or of a sensor's memory.
 * @param options What the content is, if it does not tell.
 * @throws {DtolReadError} If it is damaged or cut short, or has another template or none.
 */
export function readTeds(bytes: Uint8Array, options: ReadTedsOptions = {}): BridgeSensorTeds | StrainGageTeds {
  const bits = tedsBits(bytes, options.container);
  const basic = readBasic(bits);
  const template = readTemplateId(bits);
  if (template === 33) return readBridgeSensor(bits, basic);
  if (template === 35) return readStrainGage(bits, basic, options.strainGageLayout);
  throw new DtolReadError(
    `Cannot read the TEDS of sensor ${basic.serialNumber} (manufacturer ${basic.manufacturerId}, model ${basic.modelNumber}): ` +
      `its template is ${template ?? "none"}, and must be 33 (bridge sensor) or 35 (strain gage)`,
  );
}

/**
 * Reads the TEDS of a bridge sensor.
 *
 * @param bytes Content of a virtual TEDS file, or of a sensor's memory.
 * @param options What the content is, if it does not tell.
 * @throws {DtolReadError} As {@linkcode readTeds}, and if it is that of a strain gage.
 */
export function readBridgeSensorTeds(bytes: Uint8Array, options: ReadTedsOptions = {}): BridgeSensorTeds {
  const teds = readTeds(bytes, options);
  if (teds.templateId === 33) return teds;
  throw new DtolReadError(
    `Cannot read the TEDS of a bridge sensor: its template is ${teds.templateId}, and must be 33`,
  );
}

/**
 * Reads the TEDS of a strain gage.
 *
 * @param bytes Content of a virtual TEDS file, or of a sensor's memory.
 * @param options What the content is, if it does not tell, and the table to read it by.
 * @throws {DtolReadError} As {@linkcode readTeds}, and if it is that of a bridge sensor.
 */
export function readStrainGageTeds(bytes: Uint8Array, options: ReadTedsOptions = {}): StrainGageTeds {
  const teds = readTeds(bytes, options);
  if (teds.templateId === 35) return teds;
  throw new DtolReadError(`Cannot read the TEDS of a strain gage: its template is ${teds.templateId}, and must be 35`);
}

/**
 * Reads a virtual TEDS file.
 *
 * @param path The file.
 * @param options What its content is, if it does not tell.
 * @throws {DtolReadError} If there is no such file, or as {@linkcode readTeds}.
 */
export async function readTedsFile(
  path: string | URL,
  options: ReadTedsOptions = {},
): Promise<BridgeSensorTeds | StrainGageTeds> {
  try {
    return readTeds(await Deno.readFile(path), options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DtolReadError(`${path}: ${message}`, { cause: error });
  }
}

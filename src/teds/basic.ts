/**
 * The first 64 bits of every TEDS of IEEE 1451.4: who made the sensor, and which one it is.
 *
 * | bits | property           | coding |
 * | ---- | ------------------ | ------ |
 * | 14   | manufacturer       | UNINT, 17 to 16381 |
 * | 15   | model              | UNINT  |
 * | 5    | version letter     | Chr5, A to Z |
 * | 6    | version number     | UNINT  |
 * | 24   | serial number      | UNINT  |
 *
 * Source: National Instruments, "An Overview of IEEE 1451.4 Transducer Electronic Data Sheets". Then 2 bits select what
 * follows (0: a template of the standard, 3: nothing more), and 8 bits name the template; so they stand in the public
 * files of two makers (a 1-wire memory in the TRION SDK's documents, `.ted` files in the tests of nidaqmx-python).
 *
 * @module
 */

import { DtolReadError } from "../errors.ts";
import type { TedsBits } from "./bits.ts";
import { readProperties, type TedsLayout, textOf } from "./properties.ts";

/** Who made a sensor, and which one it is. */
export interface BasicTeds {
  /** Number of the maker in IEEE's register. */
  readonly manufacturerId: number;
  /** Number of the model, the maker's. */
  readonly modelNumber: number;
  /** Version letter; undefined when there is none. */
  readonly versionLetter: string | undefined;
  /** Version number. */
  readonly versionNumber: number;
  /** Serial number. */
  readonly serialNumber: number;
}

const BASIC_LAYOUT: TedsLayout = [
  { name: "manufacturerId", bits: 14, coding: { type: "UNINT" } },
  { name: "modelNumber", bits: 15, coding: { type: "UNINT" } },
  { name: "versionLetter", bits: 5, coding: { type: "Chr5" } },
  { name: "versionNumber", bits: 6, coding: { type: "UNINT" } },
  { name: "serialNumber", bits: 24, coding: { type: "UNINT" } },
];

/** Numbers that makers have; a memory that is empty, or was wiped, has 0 or 16383. */
const FIRST_MAKER = 17;
const LAST_MAKER = 16381;

/**
 * Reads the basic TEDS.
 *
 * @throws {DtolReadError} If it is cut short, or no maker has its number.
 */
export function readBasic(bits: TedsBits): BasicTeds {
  const values = readProperties(bits, BASIC_LAYOUT);
  const manufacturerId = values.manufacturerId as number;
  if (manufacturerId < FIRST_MAKER || manufacturerId > LAST_MAKER) {
    throw new DtolReadError(
      `Cannot read a TEDS: its manufacturer must be ${FIRST_MAKER} to ${LAST_MAKER}, but it is ${manufacturerId} ` +
        "(0 and 16383 are those of a memory that is empty)",
    );
  }
  return {
    manufacturerId,
    modelNumber: values.modelNumber as number,
    versionLetter: textOf(values, "versionLetter"),
    versionNumber: values.versionNumber as number,
    serialNumber: values.serialNumber as number,
  };
}

/**
 * Reads the number of the template that follows the basic TEDS; undefined if none does.
 *
 * @throws {DtolReadError} If it is not one of the standard's.
 */
export function readTemplateId(bits: TedsBits): number | undefined {
  const selector = bits.take(2, "selector");
  if (selector === 3) return undefined;
  if (selector === 0) return bits.take(8, "template");
  throw new DtolReadError(
    `Cannot read a TEDS whose selector is ${selector}: it must be 0, a template of IEEE 1451.4, or 3, none; makers' own cannot be read`,
  );
}

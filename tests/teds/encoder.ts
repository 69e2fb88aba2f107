// Writes TEDS, for the tests: bits lowest first, as the standard has them.
import type { TedsLayout } from "../../src/teds/properties.ts";

/** Bits that are written one property after another. */
export class BitWriter {
  readonly bits: number[] = [];

  /** Appends the lowest bits of a number. */
  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }

  /** Appends a Single. */
  single(value: number): this {
    return this.put(new Uint32Array(Float32Array.of(value).buffer)[0]!, 32);
  }

  /** Appends text of 5 bits a letter. */
  letters(text: string): this {
    for (const letter of text) this.put(letter === " " ? 0 : letter.charCodeAt(0) - 64, 5);
    return this;
  }

  /** The bits, eight a byte, at least so many bytes. */
  stream(atLeast = 0): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(Math.ceil(this.bits.length / 8), atLeast));
    this.bits.forEach((bit, i) => bytes[i >> 3]! |= bit << (i & 7));
    return bytes;
  }

  /** The bits in pages of 32 bytes, each with its checksum in front. */
  pages(): Uint8Array<ArrayBuffer> {
    const data = this.stream();
    const pages = new Uint8Array(Math.ceil(data.length / 31) * 32);
    for (let i = 0; i * 31 < data.length; i++) {
      const page = data.subarray(i * 31, i * 31 + 31);
      pages.set(page, i * 32 + 1);
      pages[i * 32] = 256 - page.reduce((sum, byte) => sum + byte, 0) % 256;
    }
    return pages;
  }

  /** A byte for each bit, behind the signature of such files. */
  bitPerByte(): Uint8Array<ArrayBuffer> {
    const file = new BitWriter();
    for (const letter of "[v03]") file.put(letter.charCodeAt(0), 8);
    return Uint8Array.from([...file.bits, ...this.bits]);
  }
}

/** What stands in a basic TEDS. */
export interface Basic {
  manufacturer: number;
  model: number;
  letter: string;
  version: number;
  serial: number;
}

/** A basic TEDS and the number of the template that follows. */
export function begin({ manufacturer, model, letter, version, serial }: Basic, template: number): BitWriter {
  const bits = new BitWriter().put(manufacturer, 14).put(model, 15).letters(letter).put(version, 6).put(serial, 24);
  return bits.put(0, 2).put(template, 8);
}

/** Template 33, by codes where they are codes. */
export interface Bridge {
  measurand: number;
  physical: [number, number];
  selector?: number;
  electrical: [number, number];
  bridge: number;
  impedanceOhms: number;
  excitation: [number, number, number];
  day: number;
  initials: string;
  period: number;
  place: number;
}

/** Appends template 33, and that nothing follows. */
export function bridgeSensor(bits: BitWriter, teds: Bridge): BitWriter {
  const tenths = (value: number, start: number) => Math.round((value - start) * 10);
  bits.put(teds.measurand, 6).single(teds.physical[0]).single(teds.physical[1]);
  bits.put(teds.selector ?? 2, 2).single(teds.electrical[0]).single(teds.electrical[1]);
  bits.put(teds.bridge, 2).put(tenths(teds.impedanceOhms, 1), 18).put(0, 6);
  for (const volts of teds.excitation) bits.put(tenths(volts, 0.1), 9);
  return bits.put(teds.day, 16).letters(teds.initials).put(teds.period, 12).put(teds.place, 11).put(3, 2);
}

/** Appends codes by a layout; a property without a code is 0. */
export function byLayout(bits: BitWriter, layout: TedsLayout, codes: Record<string, number>): BitWriter {
  for (const { name, bits: count } of layout) bits.put(codes[name] ?? 0, count);
  return bits.put(3, 2);
}

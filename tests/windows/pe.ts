/**
 * The names that a Windows library exports, read from the file: a PE image, as the linker wrote it.
 *
 * @module
 */

/** What a PE file exports and imports by name. */
export interface PeNames {
  /** Names in its export table. */
  readonly exports: readonly string[];
  /** Functions that are exported by number only. */
  readonly unnamed: number;
  /** Libraries it imports from. */
  readonly imports: readonly string[];
}

/** Reads the export and import directories of a 64-bit PE file. */
export function peNames(bytes: Uint8Array): PeNames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = view.getUint32(0x3c, true);
  if (view.getUint32(header) !== 0x5045_0000) throw new Error("Cannot read the exports: not a PE file");
  const sections = view.getUint16(header + 6, true);
  const optional = header + 24;
  const table = optional + view.getUint16(header + 20, true);
  const directories = optional + 112; // of the 64-bit optional header
  /** Where an address of the loaded image lies in the file. */
  const at = (address: number): number => {
    for (let i = 0; i < sections; i++) {
      const [size, start, , raw] = [8, 12, 16, 20].map((offset) => view.getUint32(table + 40 * i + offset, true));
      if (address >= start! && address < start! + size!) return address - start! + raw!;
    }
    throw new Error(`Cannot read the exports: no section has address 0x${address.toString(16)}`);
  };
  const word = (offset: number): number => view.getUint32(offset, true);
  const text = (address: number): string => {
    const start = at(address);
    return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
  };
  const directory = at(word(directories));
  const names = at(word(directory + 32));
  const exports = Array.from({ length: word(directory + 24) }, (_, i) => text(word(names + 4 * i)));
  const functions = at(word(directory + 28));
  let filled = 0;
  for (let i = 0; i < word(directory + 20); i++) if (word(functions + 4 * i) !== 0) filled++;
  const imports: string[] = [];
  for (let entry = at(word(directories + 8)); word(entry + 12) !== 0; entry += 20) imports.push(text(word(entry + 12)));
  return { exports, unnamed: filled - exports.length, imports };
}

/**
 * Samples as a board gave them: width, sign and kind are kept, in memory and in files.
 *
 * @module
 */

/**
 * Codes of a board. 24-bit codes stand in 32 bits. `Float32Array` holds no codes but the values of a board that
 * converts by itself; see `Capabilities.returnsFloats`.
 */
export type Codes =
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>;

/** Names of the kinds of {@linkcode Codes}, in numpy's words. */
export type CodeType = "uint16" | "int16" | "int32" | "float32";

const ARRAYS = { uint16: Uint16Array, int16: Int16Array, int32: Int32Array, float32: Float32Array } as const;

/** All {@linkcode CodeType}s. */
export const CODE_TYPES: readonly CodeType[] = ["uint16", "int16", "int32", "float32"];

/** Bytes of one code. */
export function bytesPerCode(type: CodeType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/** The kind of some codes. */
export function codeTypeOf(codes: Codes): CodeType {
  return CODE_TYPES.find((type) => codes instanceof ARRAYS[type])!;
}

/** New codes, all zero. */
export function newCodes(type: CodeType, length: number): Codes {
  return new ARRAYS[type](length);
}

/**
 * Views memory as codes. Every platform that Deno runs on is little-endian, as files are.
 *
 * @throws {RangeError} If the offset is no multiple of the code's width, or the memory is too short.
 */
export function viewCodes(type: CodeType, memory: ArrayBuffer, byteOffset = 0, length?: number): Codes {
  return new ARRAYS[type](memory, byteOffset, length);
}

/** {@linkcode viewCodes} of memory that threads share. */
export function viewSharedCodes(
  type: CodeType,
  memory: SharedArrayBuffer,
  byteOffset: number,
  length: number,
): ArrayLike<number> & {
  set(codes: ArrayLike<number>, at: number): void;
  subarray(from: number, to: number): ArrayLike<number>;
} {
  switch (type) {
    case "uint16":
      return new Uint16Array(memory, byteOffset, length);
    case "int16":
      return new Int16Array(memory, byteOffset, length);
    case "int32":
      return new Int32Array(memory, byteOffset, length);
    case "float32":
      return new Float32Array(memory, byteOffset, length);
  }
}

/** How a board's samples stand in memory: values as floats, two's complement signed, the rest as wide as it must be. */
export function codeTypeFor(bits: number, encoding: string, returnsFloats: boolean): CodeType {
  if (returnsFloats) return "float32";
  if (bits > 16) return "int32";
  return encoding === "twos_complement" ? "int16" : "uint16";
}

/**
 * The codecs of Parquet pages, under the names that the Python library knows them by.
 *
 * @module
 */

import type { CompressionCodec, Compressors } from "hyparquet";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { lz4Compress, lz4Decompress } from "./lz4.ts";

/** Codecs of a Parquet file. */
export const PARQUET_COMPRESSIONS = ["zstd", "snappy", "gzip", "brotli", "lz4", "none"] as const;
/** One of {@linkcode PARQUET_COMPRESSIONS}. */
export type ParquetCompression = typeof PARQUET_COMPRESSIONS[number];

/** A codec, and what it is called in files. */
export interface Codec {
  /** Name in the file. */
  readonly name: CompressionCodec;
  /** Makes a page smaller. */
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

// Level 1: on packed codes the higher ones cost four times as much and gain nothing.
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Pages as they are. */
export const UNCOMPRESSED: Codec = { name: "UNCOMPRESSED", compress: (bytes) => bytes };

const CODECS: Readonly<Record<ParquetCompression, Codec>> = {
  zstd: { name: "ZSTD", compress: (bytes) => zstdCompressSync(bytes, ZSTD) },
  snappy: { name: "SNAPPY", compress: snappyCompress },
  gzip: { name: "GZIP", compress: (bytes) => gzipSync(bytes) },
  brotli: { name: "BROTLI", compress: (bytes) => brotliCompressSync(bytes, BROTLI) },
  lz4: { name: "LZ4_RAW", compress: lz4Compress },
  none: UNCOMPRESSED,
};

/** The codec of a name. */
export function codecOf(compression: ParquetCompression): Codec {
  return CODECS[compression];
}

/** What hyparquet needs to read any file that this library writes. */
export const DECOMPRESSORS: Compressors = {
  ZSTD: (bytes) => zstdDecompressSync(bytes),
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  LZ4_RAW: lz4Decompress,
};

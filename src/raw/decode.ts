/**
 * Headers of `.dt-raw` back from bytes that may be damaged, or made to do harm: everything is checked before it is used.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { CODE_TYPES, type CodeType } from "../convert/codes.ts";
import type { AxisAnchor, BurstClock } from "../model/axis.ts";
import { channelsFromJson } from "./channel_json.ts";
import { RAW_FORMAT_VERSION, type RawFileHeader, type RawTotals, type RawVersions } from "./format.ts";
import { booleanOf, countOf, flatOf, FormatError, type Json, nsOf, numberOf, objectOf, textOf, utcOf } from "./json.ts";

/** A file header with what decoding found out about it. */
export interface DecodedFileHeader {
  /** The header; its anchor holds only the clock when the file does not say where its time axis starts. */
  readonly header: RawFileHeader;
  /** Everything that the file says, unchecked. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Whether the file carries checksums. */
  readonly checked: boolean;
  /** Whether the file says where its time axis starts. */
  readonly anchored: boolean;
}

/** A chunk header as it was read. */
export interface DecodedChunkHeader {
  /** Number of the chunk in the file. */
  readonly seq: number;
  /** Number of the block in the run. */
  readonly blockIndex: number;
  /** Index of the first sample. */
  readonly firstSampleIndex: number;
  /** Samples of each channel in the payload. */
  readonly validSamples: number;
  /** Monotonic nanoseconds of the first sample. */
  readonly monoNs: bigint | null;
  /** UTC nanoseconds of the middle of the block. */
  readonly middleUtcNs: bigint | null;
  /** Flags, known or not. */
  readonly flags: readonly string[];
  /** Samples that were lost just before. */
  readonly gapBefore: number;
  /** Monotonic nanoseconds at which the drainer learnt of the buffer. */
  readonly readStartedNs: bigint | null;
  /** Monotonic nanoseconds at which it had copied it. */
  readonly readFinishedNs: bigint | null;
  /** Samples that a marker says are lost. */
  readonly lostSamples: number;
  /** Why they are. */
  readonly cause: string | null;
  /** What happened, for a person. */
  readonly detail: string | null;
  /** The anchor of a new time axis. */
  readonly anchor: AxisAnchor | null;
  /** What the run came to, in the final marker. */
  readonly totals: RawTotals | null;
  /** CRC-32 of the payload; null in a file without checksums. */
  readonly payloadCrc: number | null;
}

const BLANK = 0x20;
const SEAL = /,"crc32":"([0-9a-f]{8})"\}$/;
const SEAL_BYTES = 20;
const ZEROS = new TextEncoder().encode("00000000");
/** Keys that only this library writes: a header with one of them but without checksum has lost it to damage. */
const OWN_KEYS = ["byte_order", "clock_hz", "t_mono_clock", "task_spec", "task_metadata"];

const decoder = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

/** The whole number that a JSON text has under `t_mono_ns`, digit by digit: a JSON number loses them beyond 2^53. */
function exactMonoNs(text: string): bigint | null {
  // No string of a JSON text can hold this by chance, as the quotes in it would be escaped.
  const digits = /"t_mono_ns": ?(-?\d{1,19})[,}\s]/.exec(text)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

function parseObject(bytes: Uint8Array): { text: string; json: Json } {
  let text: string, json: unknown;
  try {
    text = decoder.decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`it is no JSON (${error instanceof Error ? error.message.slice(0, 80) : "too deep"})`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new FormatError("it is no JSON object");
  return { text, json: json as Json };
}

/** Checks the seal at the end of a header: throws if it is broken, and says whether there is one. */
function checkSeal(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === BLANK) end--;
  const digits = SEAL.exec(latin1.decode(bytes.subarray(Math.max(0, end - SEAL_BYTES), end)))?.[1];
  if (digits === undefined) return false;
  const at = end - 10;
  const crc = crc32(bytes.subarray(at + 8), crc32(ZEROS, crc32(bytes.subarray(0, at))));
  if (crc !== parseInt(digits, 16)) throw new FormatError("its checksum is wrong");
  return true;
}

/**
 * Reads a file header.
 *
 * @param bytes The header without its length.
 * @throws {FormatError} If it is none, or damaged, or of another version.
 */
export function decodeFileHeader(bytes: Uint8Array): DecodedFileHeader {
  const checked = checkSeal(bytes);
  const { json } = parseObject(bytes);
  if (!checked && OWN_KEYS.some((key) => Object.hasOwn(json, key))) throw new FormatError("its checksum is gone");
  if (json["format_version"] !== RAW_FORMAT_VERSION) {
    throw new FormatError(`its format_version is ${JSON.stringify(json["format_version"])}, and 2 can be read`);
  }
  const channels = channelsFromJson(json);
  const anchor = anchorOf(json);
  return {
    header: {
      task: textOf(json["task"]) ?? "",
      device: textOf(json["device"]) ?? "",
      channels,
      dtype: dtypeFrom(json["dtype"] ?? "int16"),
      samplesPerBuffer: countOf(json, "samples_per_buffer", 0),
      anchor: anchor ?? { index: 0, monoNs: 0n, utcNs: 0n, clockHz: rateOf(json), ticksPerSample: 1 },
      startedUtcNs: utcOf(json["task_started_at"]) ?? anchor?.utcNs ?? 0n,
      monoClock: textOf(json["t_mono_clock"]),
      clockHzAsked: numberOf(json["clock_hz_asked"]),
      rateHzAsked: numberOf(json["rate_hz_asked"]),
      simultaneous: booleanOf(json["simultaneous"]),
      versions: versionsOf(json["versions"]),
      metadata: flatOf(json["metadata"]),
      taskMetadata: flatOf(json["task_metadata"]),
      spec: objectOf(json["task_spec"]),
    },
    json,
    checked,
    anchored: anchor !== null,
  };
}

/**
 * Reads a chunk header.
 *
 * @param bytes The header without its length.
 * @param checked Whether it must carry checksums, as its file does.
 * @throws {FormatError} If it is none, or damaged.
 */
export function decodeChunkHeader(bytes: Uint8Array, checked: boolean): DecodedChunkHeader {
  if (checked && !checkSeal(bytes)) throw new FormatError("its checksum is missing or cut off");
  const { text, json } = parseObject(bytes);
  const chunk: DecodedChunkHeader = {
    seq: countOf(json, "seq"),
    blockIndex: countOf(json, "block_index", countOf(json, "seq")),
    firstSampleIndex: countOf(json, "first_sample_index"),
    validSamples: countOf(json, "valid_samples"),
    monoNs: exactMonoNs(text),
    middleUtcNs: utcOf(json["t_utc"]),
    flags: Array.isArray(json["flags"]) ? json["flags"].filter((flag) => typeof flag === "string") : [],
    gapBefore: countOf(json, "gap_before", 0),
    readStartedNs: nsOf(json["read_started_ns"]),
    readFinishedNs: nsOf(json["read_finished_ns"]),
    lostSamples: countOf(json, "lost_samples", 0),
    cause: textOf(json["cause"]),
    detail: textOf(json["detail"]),
    anchor: objectOf(json["anchor"]) === null ? null : anchorOf(json["anchor"] as Json),
    totals: totalsOf(objectOf(json["totals"])),
    payloadCrc: checked ? payloadCrcOf(json["payload_crc32"]) : null,
  };
  const end = chunk.firstSampleIndex + chunk.validSamples + chunk.lostSamples;
  if (!Number.isSafeInteger(end)) throw new FormatError(`its samples end at ${end}`);
  return chunk;
}

/**
 * The anchor of a time axis; null if the file does not say, as the Python library's do not.
 *
 * @throws {FormatError} If no axis can run on it.
 */
export function anchorOf(json: Json): AxisAnchor | null {
  if (json["clock_hz"] === undefined) return null;
  const clockHz = numberOf(json["clock_hz"]) ?? 0;
  const ticksPerSample = countOf(json, "ticks_per_sample");
  const monoNs = nsOf(json["t_mono_ns"]);
  const utcNs = utcOf(json["t_utc"]);
  checkClock(clockHz);
  if (ticksPerSample < 1 || ticksPerSample > 1e9) throw new FormatError(`its ticks_per_sample is ${ticksPerSample}`);
  if (monoNs === null || utcNs === null) throw new FormatError("its time axis has no start");
  return Object.freeze({
    ...{ index: countOf(json, "sample_index"), monoNs, utcNs, clockHz, ticksPerSample },
    ...(json["uncertainty_ns"] === undefined ? {} : { uncertaintyNs: countOf(json, "uncertainty_ns") }),
    ...(json["burst_samples"] === undefined ? {} : { bursts: burstsOf(json) }),
  });
}

function burstsOf(json: Json): BurstClock {
  const samples = countOf(json, "burst_samples");
  const hz = numberOf(json["burst_hz"]) ?? 0;
  checkClock(hz);
  if (samples < 1) throw new FormatError(`its burst_samples is ${samples}`);
  return { samples, hz };
}

/** Samples per second out of a header that has no clock. */
function rateOf(json: Json): number {
  const period = numberOf(json["block_period_ns"]);
  const rateHz = numberOf(json["sample_rate_hz"]) ?? (period === null ? 0 : 1e9 / period);
  checkClock(rateHz);
  return rateHz;
}

/** No clock of a board is slower or faster; beyond, times would leave what can be computed with. */
function checkClock(hz: number): void {
  if (!(hz >= 1e-6 && hz <= 1e12)) throw new FormatError(`its clock runs at ${hz} Hz`);
}

function dtypeFrom(value: unknown): CodeType {
  const known = CODE_TYPES.find((type) => type === value);
  if (known !== undefined) return known;
  throw new FormatError(
    `its dtype is ${JSON.stringify(value)?.slice(0, 40)}, and ${CODE_TYPES.join(", ")} can be read`,
  );
}

function payloadCrcOf(value: unknown): number {
  if (typeof value === "string" && /^[0-9a-f]{8}$/.test(value)) return parseInt(value, 16);
  throw new FormatError("its payload_crc32 is missing");
}

function totalsOf(json: Json | null): RawTotals | null {
  if (json === null) return null;
  return {
    chunks: countOf(json, "chunks"),
    samples: countOf(json, "samples"),
    lostSamples: countOf(json, "lost_samples", 0),
  };
}

function versionsOf(value: unknown): RawVersions | null {
  const json = objectOf(value);
  if (json === null) return null;
  const text = (key: string) => textOf(json[key]);
  return {
    library: text("library"),
    oldaapi: text("oldaapi"),
    olmem: text("olmem"),
    driver: text("driver"),
    backend: text("backend"),
    simulated: booleanOf(json["simulated"]),
  };
}

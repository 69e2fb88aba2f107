/**
 * Finds the chunks of a file by walking along their headers; where that breaks off, it searches for the next chunk.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type AxisAnchor, TimeAxis } from "../model/axis.ts";
import { ChunkIndex } from "./chunk_index.ts";
import { decodeChunkHeader, type DecodedChunkHeader } from "./decode.ts";
import { MAX_CHUNK_HEADER_BYTES } from "./format.ts";
import { FormatError } from "./json.ts";
import type { FileSource } from "./source.ts";

/** A part of a file that cannot be read, or does not fit with the rest. */
export interface RawDamage {
  /** Where in the file it starts. */
  readonly offset: number;
  /** Bytes that are skipped; 0 when something is odd but everything is read. */
  readonly bytes: number;
  /** Number of the chunk, when it is known. */
  readonly seq: number | null;
  /** Samples that cannot be read for it, when they are known. */
  readonly firstSampleIndex: number | null;
  /** How many these are. */
  readonly samples: number | null;
  /** What is wrong. */
  readonly reason: string;
}

/** What the scan needs to know of the file header. */
export interface ScanRules {
  /** Where the first chunk should be. */
  readonly start: number;
  /** Bytes of one sample of all channels. */
  readonly sampleBytes: number;
  /** Whether chunks carry checksums. */
  readonly checked: boolean;
  /** Start of the first time axis. */
  readonly anchor: AxisAnchor;
  /** Whether the file header said so; else the first chunk does. */
  readonly anchored: boolean;
}

/** What a scan found. */
export interface ScanResult {
  /** The chunks that can be read. */
  readonly index: ChunkIndex;
  /** What cannot. */
  readonly damage: readonly RawDamage[];
  /** Samples that the recording lost, by cause. */
  readonly lost: ReadonlyMap<string, number>;
  /** Bytes of a chunk at the end of the file that was being written when the recording broke off. */
  readonly tornBytes: number;
  /** The index behind the run's last sample. */
  readonly endSampleIndex: number;
  /** The final marker, if it is the last chunk. */
  readonly final: DecodedChunkHeader | null;
  /** The first sample at or after the trigger that the run was taken about; null where no chunk says so. */
  readonly triggerSampleIndex: number | null;
}

/** A chunk that was found. */
interface Found {
  readonly offset: number;
  readonly headerBytes: number;
  readonly end: number;
  readonly chunk: DecodedChunkHeader;
}

const MARK = Buffer.from(`{"seq":`);
const SEARCH_BYTES = 1 << 20;
const FIRST_SEARCH_BYTES = 4096;
/** What it costs to look for a header where there is none, in bytes of a header. */
const LOOK_BYTES = 32;
/** Bytes that are looked at before other work gets its turn. */
const BYTES_PER_TURN = 8 << 20;
const TORN = "the file ends inside it";
/** Damage that is listed one by one; what a file has beyond that is counted in bytes only, by the last entry. */
const MAX_DAMAGE = 10_000;
/** Times of chunks stay within what a clock can show. */
const MAX_NS = 2n ** 63n;

/** Walks along a file. It lets go of the thread now and then, so that a long file does not stop a program. */
export async function scanChunks(source: FileSource, rules: ScanRules): Promise<ScanResult> {
  const scan = new Scan(source, rules);
  while (scan.step()) {
    if (scan.work < BYTES_PER_TURN) continue;
    scan.work = 0;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return scan.result();
}

class Scan {
  /** Bytes looked at, until someone sets it back. */
  work = 0;
  readonly #source: FileSource;
  readonly #rules: ScanRules;
  readonly #index = new ChunkIndex();
  readonly #damage: RawDamage[] = [];
  readonly #lost = new Map<string, number>();
  #at: number;
  #tornBytes = 0;
  #final: DecodedChunkHeader | null = null;
  #triggerSample: number | null = null;
  #axis: TimeAxis;
  #anchored: boolean;
  #nextSeq = 0;
  /** No chunk may start before this sample. */
  #nextSample = 0;
  #endSample = 0;
  /** Samples that markers since the last samples say are lost: the next chunk counts them again. */
  #markedLost = 0;
  /** The cause that a marker since the last samples gives without a count: that of what the next chunk lacks. */
  #markedCause: string | null = null;
  /**
   * Bytes of headers that may still be looked at. An honest file has fewer than its size; a file of false starts, each of
   * which claims all that follows as its header, would take for ever.
   */
  #patience: number;

  constructor(source: FileSource, rules: ScanRules) {
    this.#source = source;
    this.#rules = rules;
    this.#at = rules.start;
    this.#axis = new TimeAxis(rules.anchor);
    this.#anchored = rules.anchored;
    this.#patience = 4 * source.size + SEARCH_BYTES;
    if (rules.anchored) this.#index.axes.push({ axis: this.#axis, from: 0 });
  }

  /** Takes the next chunk, or looks for it; false at the end of the file. */
  step(): boolean {
    this.work += FIRST_SEARCH_BYTES;
    if (this.#at >= this.#source.size) return false;
    const found = this.#chunkAt(this.#at);
    if (typeof found === "string") return this.#skip(found);
    if (found.end > this.#source.size) {
      // A sealed header is to be trusted: the file ends inside this chunk. Another one may itself be the damage.
      if (!this.#rules.checked) return this.#skip(`it says that it has ${found.chunk.validSamples} samples`, true);
      return this.#tear();
    }
    this.#take(found);
    return true;
  }

  result(): ScanResult {
    this.#checkTotals();
    return {
      index: this.#index,
      damage: this.#damage,
      lost: this.#lost,
      tornBytes: this.#tornBytes,
      endSampleIndex: this.#endSample,
      final: this.#final,
      triggerSampleIndex: this.#triggerSample,
    };
  }

  /** The chunk at an offset, or why there is none. */
  #chunkAt(offset: number): Found | string {
    const left = this.#source.size - offset;
    if (left < 4) return TORN;
    this.#patience -= LOOK_BYTES;
    const field = this.#source.view(offset, 4);
    const headerBytes = new DataView(field.buffer, field.byteOffset).getUint32(0, true);
    if (headerBytes > MAX_CHUNK_HEADER_BYTES) return `its header has ${headerBytes} bytes`;
    if (headerBytes + 4 > left) return TORN;
    this.#patience -= headerBytes;
    try {
      const chunk = decodeChunkHeader(this.#source.view(offset + 4, headerBytes), this.#rules.checked);
      const end = offset + 4 + headerBytes + chunk.validSamples * this.#rules.sampleBytes;
      return { offset, headerBytes, end, chunk };
    } catch (error) {
      if (error instanceof FormatError) return error.message;
      throw error;
    }
  }

  /** Goes on with the next chunk behind a place where none can be read. */
  #skip(reason: string, torn = reason === TORN): boolean {
    const next = this.#search(this.#at + 1);
    const givenUp = next === undefined && this.#patience <= 0;
    if (givenUp) reason += ", and what follows has too many false starts to be searched";
    else if (next === undefined && (torn || this.#isEmptyFrom(this.#at))) return this.#tear();
    const end = next?.offset ?? this.#source.size;
    this.#report({ offset: this.#at, bytes: end - this.#at, seq: null, reason });
    this.#at = end;
    this.#final = null;
    if (next !== undefined) this.#nextSeq = Math.max(this.#nextSeq, next.chunk.seq); // what is missing is reported now
    return next !== undefined;
  }

  #tear(): false {
    this.#tornBytes = this.#source.size - this.#at;
    this.#final = null;
    return false;
  }

  /** Whether only zeros follow: some file systems leave them where data had not reached the disk at a power failure. */
  #isEmptyFrom(offset: number): boolean {
    const bytes = new Uint8Array(Math.min(SEARCH_BYTES, this.#source.size - offset));
    for (let at = offset; at < this.#source.size; at += bytes.length) {
      const part = bytes.subarray(0, Math.min(bytes.length, this.#source.size - at));
      this.#source.read(at, part);
      if (part.some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  /**
   * The first chunk at or behind an offset. Chunks start with the same letters, so these are what is searched for; at
   * first nearby, so that a file with damage everywhere is not read a thousand times over.
   */
  #search(from: number): Found | undefined {
    let size = FIRST_SEARCH_BYTES;
    for (let at = from + 4; at + MARK.length <= this.#source.size;) {
      const bytes = Buffer.alloc(Math.min(size, this.#source.size - at));
      this.#source.read(at, bytes);
      this.work += bytes.length;
      for (let hit = bytes.indexOf(MARK); hit >= 0; hit = bytes.indexOf(MARK, hit + 1)) {
        const found = this.#chunkAt(at + hit - 4);
        if (typeof found !== "string" && this.#isPlausible(found)) return found;
        if (this.#patience <= 0) return undefined;
      }
      at += bytes.length - MARK.length + 1;
      size = Math.min(size * 2, SEARCH_BYTES);
    }
    return undefined;
  }

  /** Whether what looks like a chunk is one, and not payload that looks like one or a chunk out of order. */
  #isPlausible(found: Found): boolean {
    const { chunk } = found;
    if (chunk.seq < this.#nextSeq || chunk.firstSampleIndex < this.#nextSample) return false;
    return this.#rules.checked || found.end <= this.#source.size;
  }

  #take(found: Found): void {
    const { chunk, offset, end } = found;
    this.#at = end;
    const oddity = this.#place(chunk);
    if (oddity !== null) {
      return this.#report({ offset, bytes: end - offset, seq: chunk.seq, chunk, reason: oddity });
    }
    if (chunk.seq !== this.#nextSeq) {
      const reason = `chunk ${chunk.seq} stands where chunk ${this.#nextSeq} should`;
      this.#report({ offset, bytes: 0, seq: chunk.seq, reason });
    }
    // Without a checksum the number itself may be what is damaged: then its place tells more.
    this.#nextSeq = this.#rules.checked ? chunk.seq + 1 : this.#nextSeq + 1;
    this.#index.add(offset + 4, found.headerBytes, chunk);
    this.#count(chunk);
    if (chunk.flags.includes("trigger")) this.#triggerSample ??= chunk.firstSampleIndex;
    this.#final = chunk.flags.includes("final") && chunk.validSamples === 0 ? chunk : null;
  }

  /** Puts a chunk on its time axis; says why when it has no place in the run. */
  #place(chunk: DecodedChunkHeader): string | null {
    if (chunk.firstSampleIndex < this.#nextSample) {
      return `its first sample is ${chunk.firstSampleIndex}, and the file is at ${this.#nextSample} already`;
    }
    const anchor = this.#anchorOf(chunk);
    const axis = anchor === null ? this.#axis : new TimeAxis(anchor);
    if (!isInReach(axis, chunk)) return "its time lies centuries away";
    if (anchor === null) return null;
    this.#axis = axis;
    this.#anchored = true;
    this.#index.axes.push({ axis, from: this.#index.axes.length === 0 ? 0 : chunk.firstSampleIndex });
    return null;
  }

  /** The anchor that starts a new axis with this chunk; null to stay on the present one. */
  #anchorOf(chunk: DecodedChunkHeader): AxisAnchor | null {
    if (chunk.anchor !== null) return chunk.anchor;
    if (this.#anchored && (!this.#rules.checked || chunk.monoNs === null)) return null;
    const { firstSampleIndex: index, validSamples, monoNs, middleUtcNs } = chunk;
    if (this.#anchored && monoNs === this.#axis.monoNsOf(index)) return null;
    // The chunk that brought the new anchor is damaged, or the file names none: the chunk's own times tell it as well.
    const { clockHz, ticksPerSample } = this.#axis.anchor;
    const local = new TimeAxis({ index: 0, monoNs: 0n, utcNs: 0n, clockHz, ticksPerSample });
    const utcNs = (middleUtcNs ?? 0n) - local.offsetNs(validSamples) / 2n;
    return { index, monoNs: monoNs ?? 0n, utcNs, clockHz, ticksPerSample };
  }

  #count(chunk: DecodedChunkHeader): void {
    const { firstSampleIndex, validSamples, lostSamples, gapBefore } = chunk;
    this.#nextSample = firstSampleIndex + validSamples;
    this.#endSample = Math.max(this.#endSample, this.#nextSample + lostSamples);
    if (validSamples > 0 || gapBefore > 0) {
      const unmarked = gapBefore - this.#markedLost;
      const cause = chunk.flags.includes("overrun_marker") ? "overrun" : this.#markedCause ?? "unknown";
      if (unmarked > 0) this.#lose(cause, unmarked);
      this.#markedLost = 0;
      this.#markedCause = null;
    }
    if (lostSamples > 0) {
      this.#lose(chunk.cause ?? "unknown", lostSamples);
      this.#markedLost += lostSamples;
    } else if (validSamples === 0) {
      this.#markedCause = chunk.cause;
    }
  }

  #lose(cause: string, samples: number): void {
    this.#lost.set(cause, (this.#lost.get(cause) ?? 0) + samples);
  }

  /** The final marker counts what was written: more than is there means that something was cut out. */
  #checkTotals(): void {
    const totals = this.#final?.totals;
    if (totals == null || this.#damage.length > 0) return;
    let samples = 0;
    for (let i = 0; i < this.#index.length; i++) samples += this.#index.samples(i);
    if (samples === totals.samples && this.#index.length === totals.chunks + 1) return;
    const reason = `the final marker counts ${totals.chunks} chunks and ${totals.samples} samples, but ` +
      `${this.#index.length - 1} and ${samples} are there`;
    this.#report({ offset: this.#source.size, bytes: 0, seq: this.#final!.seq, reason });
  }

  #report(
    { chunk, ...rest }: Pick<RawDamage, "offset" | "bytes" | "seq" | "reason"> & { chunk?: DecodedChunkHeader },
  ): void {
    const last = this.#damage.at(-1);
    if (this.#damage.length === MAX_DAMAGE && last !== undefined) {
      const end = rest.offset + rest.bytes;
      this.#damage[MAX_DAMAGE - 1] = { ...last, bytes: end - last.offset, reason: "too much is damaged to be listed" };
      return;
    }
    this.#damage.push({
      ...rest,
      firstSampleIndex: chunk?.firstSampleIndex ?? null,
      samples: chunk?.validSamples ?? null,
    });
  }
}

/** Whether every time of a chunk is one that a clock can show, so that no arithmetic behind this runs over. */
function isInReach(axis: TimeAxis, chunk: DecodedChunkHeader): boolean {
  const end = chunk.firstSampleIndex + chunk.validSamples + chunk.lostSamples;
  return [chunk.firstSampleIndex, end].every((index) => {
    const offset = axis.offsetNs(index);
    return [offset, axis.anchor.monoNs + offset, axis.anchor.utcNs + offset].every((ns) => ns < MAX_NS && ns > -MAX_NS);
  });
}

/**
 * Files of a program that died, or of a disk that failed, made whole as far as they can be.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { DtolBufferOverrunError, DtolReadError, DtolResourceError, DtolValidationError } from "../../src/errors.ts";
import { lockOn } from "../../src/file_lock.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { openRaw, type RawFile } from "../../src/raw/replay.ts";
import { RawWriter } from "../../src/raw/writer.ts";
import { freeName } from "../../src/writing.ts";
import { claimPath } from "../file.ts";
import { recoverParquet } from "../parquet.ts";
import { reasonOf } from "./block_file.ts";
import { formatOf } from "./format.ts";
import { damageOf, tornText } from "./read_raw.ts";

/** What a recovery came to. */
export interface FileRecovery {
  /** Path of the file. */
  readonly file: string;
  /** Whether there was nothing to do. */
  readonly wasWhole: boolean;
  /** What the file has now: samples of each channel (raw), or rows (Parquet). */
  readonly samples: number;
  /** What could not be saved, for a person. */
  readonly problems: readonly string[];
  /** Where the file as it was is kept; null if it is not. */
  readonly damagedFile: string | null;
}

/**
 * Makes a raw or Parquet file readable by every reader again. The new file is written beside the old one, read back and
 * compared, and only then takes its place. The old one is kept with `.damaged` behind its name: of a raw file always, of a
 * Parquet file where something of it could not be used.
 *
 * Needs `--allow-read` and `--allow-write` for the file and for the same name with `.recovering` and `.damaged` behind it
 * (Parquet: also `.journal`), and room on the disk for a copy.
 *
 * @param path The file.
 * @throws {DtolValidationError} If it is of another format: CSV, JSONL, SQLite and Arrow files need no recovery.
 * @throws {DtolReadError} If there is nothing to save; then everything is as it was.
 * @throws {DtolResourceError} If it is being written; then everything is as it was.
 *
 * @example A file whose last block was cut off
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { inspectFile, recoverFile } from "@dtollib/dtollib/sinks";
 * import { deepEqual } from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/run.dt-raw`;
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0, name: "force" })];
 * const timing = { rateHz: 1000, samplesPerChannel: 200 };
 * const spec = new TaskSpec({ channels, timing, buffers: { samplesPerBuffer: 50 } });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session, { raw: path });
 * await recording.stream.pipeTo(new WritableStream());
 * await Deno.truncate(path, (await Deno.stat(path)).size - 700);
 *
 * const { samples, damagedFile } = await recoverFile(path);
 * const { endedInOrder, problems } = await inspectFile(path);
 * deepEqual([samples, damagedFile, endedInOrder, problems], [150, `${path}.damaged`, true, []]);
 * ```
 */
export async function recoverFile(path: string): Promise<FileRecovery> {
  const format = formatOf(path);
  if (format === "raw") return await recoverRaw(path);
  if (format !== "parquet") {
    throw new DtolValidationError(
      `${path} needs no recovery: ${format} files can be read up to their last whole record`,
    );
  }
  const { wasWhole, rows, damage, damagedPath } = await recoverParquet(path);
  return { file: path, wasWhole, samples: rows, problems: damage, damagedFile: damagedPath };
}

async function recoverRaw(path: string): Promise<FileRecovery> {
  using _claim = claimPath(path);
  using _alone = heldAlone(path);
  const beside = `${path}.recovering`;
  const problems: string[] = [];
  let samples: number;
  try {
    await using file = await openRaw(path);
    const before = await stateOf(path);
    const report = await file.verify();
    samples = report.samples;
    problems.push(...damageOf(report), ...(report.tornBytes > 0 ? [tornText(report.tornBytes)] : []));
    if (problems.length === 0 && report.endedInOrder !== false) {
      return { file: path, wasWhole: true, samples, problems, damagedFile: null };
    }
    await copyWhole(file, beside);
    await checkSame(file, beside);
    if (await stateOf(path) !== before) throw beingWritten(path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {}); // the error is the one to tell
    throw error;
  }
  const damagedFile = freeName(`${path}.damaged`);
  await Deno.rename(path, damagedFile);
  try {
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.rename(damagedFile, path);
    throw error;
  }
  return { file: path, wasWhole: false, samples, problems, damagedFile };
}

/** Takes the file against recordings of other programs. Windows has no lock that lets others read: there its changes tell. */
function heldAlone(path: string): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]: () => {} };
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    throw new DtolReadError(`Cannot recover ${path}: ${reasonOf(error)}`, { cause: error });
  }
  if (lockOn(path, file) !== null) return file;
  file.close();
  throw beingWritten(path);
}

function beingWritten(path: string): DtolResourceError {
  return new DtolResourceError(`Cannot recover ${path} as a program is writing it: let that end first`);
}

/** Something that differs when a file was written meanwhile. */
async function stateOf(path: string): Promise<string> {
  const { size, mtime } = await Deno.stat(path);
  return `${size} ${mtime?.getTime()}`;
}

/**
 * Writes what is whole, and markers where something is not. What is missing without a marker was damaged, or, where nothing
 * is damaged, lost by the recording for a reason that it did not give.
 */
async function copyWhole(file: RawFile, beside: string): Promise<void> {
  const cause = file.report.damage.length > 0 ? "damaged" : "unknown";
  const writer = RawWriter.create(beside, { overwrite: true });
  try {
    writer.begin(file.header);
    let marks: DaqBlock[] = [];
    let next = 0;
    for await (const block of file.blocks({ markers: true })) {
      const { codes, samplesPerChannel, firstSampleIndex } = block;
      if (codes === null) {
        marks.push(block);
        continue;
      }
      writeMarkers(writer, marks, next, block, cause);
      marks = [];
      writer.writeChunk(
        { ...chunkOf(block), validSamples: samplesPerChannel, bufferCapacity: file.header.samplesPerBuffer },
        new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength),
      );
      next = firstSampleIndex + samplesPerChannel;
    }
    const axis = file.axisAt(next);
    if (axis !== undefined) writeMarkers(writer, marks, next, { firstSampleIndex: file.endSampleIndex, axis }, cause);
    writer.end({ cause: "recovered" });
  } finally {
    writer.close();
  }
}

function chunkOf(block: DaqBlock) {
  const { blockIndex, firstSampleIndex, gapBefore, axis, readStartedNs, readFinishedNs } = block;
  const flags = block.atTrigger ? { flags: ["trigger"] as const } : {};
  return { blockIndex, firstSampleIndex, gapBefore, axis, readStartedNs, readFinishedNs, ...flags };
}

/**
 * Writes the markers that stand between two chunks again, each with the samples that were lost up to the next; what is
 * missing before the first of them gets one, too.
 */
function writeMarkers(
  writer: RawWriter,
  marks: readonly DaqBlock[],
  next: number,
  behind: Pick<DaqBlock, "firstSampleIndex" | "axis"> & Partial<DaqBlock>,
  missingCause: string,
): void {
  const first: typeof behind = marks[0] ?? behind;
  const missing = first.firstSampleIndex - next;
  if (missing > 0) {
    const { axis, blockIndex = 0, readStartedNs = axis.monoNsOf(next) } = first;
    const at = { blockIndex: Math.max(blockIndex - 1, 0), firstSampleIndex: next, axis, atNs: readStartedNs };
    writer.writeMarker({ ...at, lostSamples: missing, cause: missingCause, flags: ["gap"] });
  }
  for (const [i, mark] of marks.entries()) {
    const { blockIndex, firstSampleIndex, axis, readFinishedNs } = mark;
    const lostSamples = Math.max(0, (marks[i + 1] ?? behind).firstSampleIndex - firstSampleIndex);
    const error = mark.error!;
    const cause = error.context.operation ?? error.name;
    writer.writeMarker({
      ...{ blockIndex, firstSampleIndex, axis, lostSamples, cause, atNs: readFinishedNs },
      ...(error.message === cause ? {} : { detail: error.message }),
      flags: cause === "reused" ? ["reused"] : error instanceof DtolBufferOverrunError ? ["overrun_marker"] : [],
    });
  }
}

/** Reads the copy, and compares every block. */
async function checkSame(file: RawFile, beside: string): Promise<void> {
  await using copy = await openRaw(beside);
  const copied = copy.blocks()[Symbol.asyncIterator]();
  for await (const block of file.blocks()) {
    const { value } = await copied.next();
    if (value === undefined || !isSame(block, value)) throw unlike(file, `block ${block.blockIndex}`);
  }
  const { damage, samples, endSampleIndex, endedInOrder } = copy.report;
  const { report } = file;
  if (!(await copied.next()).done || damage.length > 0 || !endedInOrder) throw unlike(file, "its end");
  if (samples !== report.samples || endSampleIndex !== report.endSampleIndex) throw unlike(file, "its length");
}

function isSame(a: DaqBlock, b: DaqBlock): boolean {
  const bytes = ({ codes }: DaqBlock) => new Uint8Array(codes!.buffer, codes!.byteOffset, codes!.byteLength);
  const last = a.firstSampleIndex + a.samplesPerChannel - 1;
  return a.firstSampleIndex === b.firstSampleIndex && a.gapBefore === b.gapBefore && a.blockIndex === b.blockIndex &&
    a.tMonoNs === b.tMonoNs && a.axis.utcNsOf(last) === b.axis.utcNsOf(last) &&
    Buffer.compare(bytes(a), bytes(b)) === 0;
}

function unlike(file: RawFile, what: string): DtolReadError {
  return new DtolReadError(`Cannot recover ${file.path} as ${what} is not the same in the copy: nothing was changed`);
}

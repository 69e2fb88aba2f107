/**
 * The journal beside a Parquet file: the records that are not in a row group yet, as they came. Row groups are worth
 * making from a hundred thousand rows on; until there are so many, a crash must not cost them.
 *
 * ```text
 * repeat:
 *   32 bytes   frame: magic, bytes of head and payload, number of the segment that the record will be in, its number
 *              there, kind, and two checksums
 *   bytes      head: what the record is, in V8's serialisation
 *   bytes      payload: the codes of a block
 * ```
 *
 * The first record names the run. When a segment is in the Parquet file, writing starts again behind that record, so the
 * journal stays as long as one row group; older records that stand behind newer ones are told by their segment.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import { type CodeType, codeTypeOf, viewCodes } from "../../src/convert/codes.ts";
import { DtolResourceError, DtolSinkWriteError } from "../../src/errors.ts";
import type { DaqBlock } from "../../src/model/block.ts";
import { removeIfThere, writeAll } from "../../src/writing.ts";
import type { TableRow } from "../columns.ts";
import { describe, type Description, KnownTasks } from "../describe.ts";
import type { FileTarget, OpenFile } from "../file.ts";
import { fromPlainBlock, type PlainBlock, toPlainBlock } from "../plain_block.ts";
import type { ParquetShape } from "./segment.ts";
import type { ParquetSettings } from "./settings.ts";

/** Where the journal of a file is. */
export function journalPath(path: string): string {
  return `${path}.journal`;
}

const FRAME_BYTES = 32;
const FRAME_MAGIC = 0x4c4a5444; // "DTJL"
const KINDS = ["run", "block", "readings"] as const;

/** What the first record of a journal says. */
export interface JournalRun {
  /** Name of the run, which its Parquet file has too. */
  readonly id: string;
  /** How the file is written. */
  readonly settings: ParquetSettings;
  /** What the file will hold; null when nothing was written yet. */
  readonly shape: ParquetShape | null;
}

/** What the head of a block says beside its codes, or values. */
interface BlockHead extends Omit<PlainBlock, "codes" | "values"> {
  /** What the payload is; null when there is none. */
  readonly codeType: CodeType | "float64" | null;
  /** What the file says of its task, as JSON: in the first block of a task behind the record that names the run. */
  readonly description: string | null;
}

/** Writes a journal. */
export class Journal {
  /** Path of the journal. */
  readonly path: string;
  readonly #file: FileTarget;
  readonly #created: boolean;
  #begun = false;
  #start = 0;
  #segment = 0;
  #number = 0;
  /** Tasks that a block behind the first record describes. */
  #known = new KnownTasks();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #syncMs: number;

  private constructor(path: string, file: FileTarget, created: boolean, syncIntervalS: number) {
    this.path = path;
    this.#file = file;
    this.#created = created;
    this.#syncMs = 1000 * syncIntervalS;
  }

  /**
   * Opens a journal. Nothing in one that is there changes before `begin()`.
   *
   * @param path Where.
   * @param replace Whether one may be there.
   * @param open Opens it.
   * @param syncIntervalS Seconds after which it is brought to the disk; 0 leaves that to the system.
   * @throws {DtolResourceError} If one is there and may not be, or it cannot be opened.
   */
  static open(path: string, replace: boolean, open: OpenFile, syncIntervalS: number): Journal {
    try {
      return new Journal(path, open(path, { write: true, createNew: true }), true, syncIntervalS);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotOpen(path, error);
      if (!replace) throw leftBehind(path, error);
    }
    try {
      return new Journal(path, open(path, { write: true }), false, syncIntervalS);
    } catch (error) {
      throw cannotOpen(path, error);
    }
  }

  /** Empties the journal and writes the record that names the run. */
  begin(run: JournalRun): void {
    this.#begun = true;
    if (!this.#created) this.#attempt(() => this.#file.truncateSync(0));
    this.#start = this.#append("run", serialize(run), new Uint8Array(0));
    this.#segment = 1; // the Parquet file's segment 0 names the run, too
    this.#number = 0;
  }

  /** Starts again behind the first record: what was in the journal is in the Parquet file, before this segment. */
  rewind(segment: number): void {
    this.#attempt(() => this.#file.seekSync(this.#start, Deno.SeekMode.Start));
    this.#segment = segment;
    this.#number = 0;
    this.#known = new KnownTasks();
  }

  /** Keeps a block. */
  addBlock(block: DaqBlock): void {
    const { codes, values, ...parts } = toPlainBlock(block);
    const isNew = block.samplesPerChannel > 0 && this.#known.isNew(block);
    const head: BlockHead = {
      ...parts,
      codeType: codes !== null ? codeTypeOf(codes) : values === undefined ? null : "float64",
      description: isNew ? JSON.stringify(describe({ record: block })) : null,
    };
    const { buffer, byteOffset, byteLength } = codes ?? values ?? new Uint8Array(0);
    this.#append("block", serialize(head), new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** Keeps readings. */
  addReadings(rows: readonly TableRow[]): void {
    this.#append("readings", serialize(rows), new Uint8Array(0));
  }

  /**
   * Closes the journal.
   *
   * @param done Whether the Parquet file is finished, so that the journal can go. It also goes if it was never begun.
   */
  close(done: boolean): void {
    clearTimeout(this.#timer);
    this.#file.close();
    if (this.#begun ? done : this.#created) removeIfThere(this.path);
  }

  #append(kind: typeof KINDS[number], head: Uint8Array, payload: Uint8Array): number {
    const view = new DataView(new ArrayBuffer(FRAME_BYTES + head.length));
    const bytes = new Uint8Array(view.buffer);
    const words = [FRAME_MAGIC, head.length, payload.length, this.#segment, this.#number, KINDS.indexOf(kind)];
    [...words, crc32(payload)].forEach((word, i) => view.setUint32(4 * i, word, true));
    bytes.set(head, FRAME_BYTES);
    view.setUint32(28, crc32(head, crc32(bytes.subarray(0, 28))), true);
    this.#attempt(() => {
      writeAll(this.#file, bytes);
      writeAll(this.#file, payload);
    });
    this.#number++;
    this.#syncLater();
    return bytes.length + payload.length;
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw new DtolSinkWriteError(
        `Cannot write ${this.path}: ${
          error instanceof Error ? error.message : error
        }. What was written before can be ` +
          `recovered from it. Free space on the disk or choose another, then record into a new file`,
        { context: { operation: "write journal" }, cause: error },
      );
    }
  }

  #syncLater(): void {
    if (this.#syncMs === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#file.syncData().catch(() => {}); // a disk that takes no more will say so to the next write, too
    }, this.#syncMs);
    Deno.unrefTimer(this.#timer);
  }
}

/** A record of a journal. */
export type JournalRecord =
  | {
    readonly kind: "block";
    readonly segment: number;
    readonly block: DaqBlock;
    /** What the file says of its task; null where a block before it knows. */
    readonly description: Description | null;
  }
  | { readonly kind: "readings"; readonly segment: number; readonly rows: readonly TableRow[] };

/** What is in a journal. */
export interface JournalContent {
  /** The run it belongs to. */
  readonly run: JournalRun;
  /** Its whole records, up to where it is torn or an older part begins. */
  readonly records: readonly JournalRecord[];
}

/**
 * Reads a journal.
 *
 * @param bytes All of its file.
 * @returns What is whole in it; null when not even its first record is.
 */
export function readJournal(bytes: Uint8Array): JournalContent | null {
  let next = readFrame(bytes, 0);
  if (next === null || next.kind !== "run") return null;
  const run = deserialize(next.head) as JournalRun;
  const records: JournalRecord[] = [];
  const first = readFrame(bytes, next.end);
  while ((next = readFrame(bytes, next.end)) !== null) {
    const { kind, segment, number, head, payload } = next;
    if (segment !== first!.segment || number !== records.length || kind === "run") break; // left over from before
    records.push(
      kind === "block"
        ? { kind, segment, ...blockOf(deserialize(head) as BlockHead, payload) }
        : { kind: "readings", segment, rows: deserialize(head) as TableRow[] },
    );
  }
  return { run, records };
}

function cannotOpen(path: string, error: unknown): DtolResourceError {
  return new DtolResourceError(
    `Cannot write ${path}: ${error instanceof Error ? error.message : error}. Check the folder, its permissions, and ` +
      `--allow-write`,
    { context: { operation: "open journal" }, cause: error },
  );
}

function leftBehind(path: string, error: unknown): DtolResourceError {
  return new DtolResourceError(
    `Cannot write beside ${path}: it holds what a run that broke off left behind. Recover that with recoverParquet(), ` +
      `choose another name, or set "ifExists" to "overwrite" to give it up`,
    { context: { operation: "open journal" }, cause: error },
  );
}

interface JournalFrame {
  readonly kind: typeof KINDS[number];
  readonly segment: number;
  readonly number: number;
  readonly head: Uint8Array;
  readonly payload: Uint8Array;
  readonly end: number;
}

function readFrame(bytes: Uint8Array, at: number): JournalFrame | null {
  if (bytes.length < at + FRAME_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_BYTES);
  const word = (i: number) => view.getUint32(4 * i, true);
  const headEnd = at + FRAME_BYTES + word(1);
  const end = headEnd + word(2);
  const kind = KINDS[word(5)];
  if (word(0) !== FRAME_MAGIC || kind === undefined || end > bytes.length) return null;
  const head = bytes.subarray(at + FRAME_BYTES, headEnd);
  const payload = bytes.subarray(headEnd, end);
  if (crc32(head, crc32(bytes.subarray(at, at + 28))) !== word(7) || crc32(payload) !== word(6)) return null;
  return { kind, segment: word(3), number: word(4), head, payload, end };
}

function blockOf(
  { codeType, description, ...parts }: BlockHead,
  payload: Uint8Array,
): { block: DaqBlock; description: Description | null } {
  const memory = payload.slice().buffer;
  const codes = codeType === null || codeType === "float64" ? null : viewCodes(codeType, memory);
  const values = codeType === "float64" ? { values: new Float64Array(memory) } : {};
  return {
    block: fromPlainBlock({ ...parts, codes, ...values }),
    description: description === null ? null : JSON.parse(description),
  };
}

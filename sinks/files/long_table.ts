/**
 * From rows back to blocks: what the long layout of Parquet and Arrow files keeps of them.
 *
 * @module
 */

import { type Codes, codeTypeFor, newCodes } from "../../src/convert/codes.ts";
import { codesToVolts, type Scaling } from "../../src/convert/scaling.ts";
import { type DtolError, DtolReadError, errorOfClass } from "../../src/errors.ts";
import { TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock, type DaqBlockParts } from "../../src/model/block.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import { channelsFromJson } from "../../src/raw/channel_json.ts";
import { anchorOf } from "../../src/raw/decode.ts";
import { flatOf, utcOf } from "../../src/raw/json.ts";
import { floorMicros } from "../times.ts";

/** One value of a column, as readers give it; whole numbers of 64 bits and times are bigint, times in microseconds. */
export type TableValue = string | number | bigint | boolean | null | undefined;

/** The columns that make a block. */
export const LONG_COLUMN_NAMES = [
  "device",
  "task",
  "channel",
  "block_index",
  "sample_index",
  "t_mono_ns",
  "t_utc",
  "value",
  "unit",
  "error_type",
  "error_message",
  "sensor_status",
  "is_linearised",
] as const;
/** One of {@linkcode LONG_COLUMN_NAMES}. */
export type LongColumnName = typeof LONG_COLUMN_NAMES[number];

/** Some rows of the long layout, a column at a time. */
export interface LongRows {
  /** How many. */
  readonly count: number;
  /** The columns. */
  readonly columns: Readonly<Record<LongColumnName, LongColumn>>;
}

/** A column of some rows. */
export interface LongColumn {
  /** The value in a row. */
  at(row: number): TableValue;
}

/** What a file says about itself: the JSON that `describe()` makes. */
type Description = Readonly<Record<string, unknown>>;

/** What is the same in all blocks of a task, and how far they have come. */
interface Task {
  readonly device: string;
  readonly task: string;
  readonly channels: readonly BlockChannel[];
  readonly axis: TimeAxis;
  readonly startedUtcNs: bigint;
  readonly metadata: DaqBlockParts["metadata"];
  /** The axis of the block before. */
  present: TimeAxis;
  /** The sample behind those that were given. */
  next: number;
}

/** Rows that follow each other: samples of one channel in one block. */
interface Stretch {
  readonly channel: string;
  readonly unit: string | null;
  readonly isLinearised: boolean;
  readonly blockIndex: number;
  readonly first: number;
  readonly monoNs: bigint;
  readonly utcMicros: bigint;
  readonly values: Float64Array<ArrayBuffer>;
  readonly status: Int8Array | null;
}

/**
 * Puts blocks together from rows that come in the order in which they were written: block by block, channel by channel,
 * sample by sample. Values that a channel's scaling makes of codes become those codes again.
 */
export class BlockAssembler {
  readonly #path: string;
  readonly #tasks = new Map<string, Task>();
  readonly #channels = new Map<string, readonly BlockChannel[]>();
  #task: Task | undefined;
  #stretches: Stretch[] = [];
  /** Whether rows just before are missing, so that the open block may lack its first channels. */
  #behindHole = false;

  /**
   * Begins with what the file says about itself.
   *
   * @param path The file, for errors.
   * @param descriptions The JSON texts that are stored in it, one a task.
   * @throws {DtolReadError} If these are not what this library writes.
   */
  constructor(path: string, descriptions: readonly string[]) {
    this.#path = path;
    for (const text of descriptions) {
      const task = this.#taskOf(text);
      this.#tasks.set(keyOf(task.device, task.task), task);
    }
  }

  /**
   * Takes rows; gives the blocks that they complete.
   *
   * @throws {DtolReadError} If they are not the rows of blocks.
   */
  *push({ count, columns }: LongRows): Generator<DaqBlock> {
    const keys = [columns.channel, columns.block_index, columns.device, columns.task];
    for (let from = 0, to = 0; from < count; from = to) {
      const [name, number, device, task] = keys.map((column) => column.at(from));
      to = keys.reduce((end, column) => endOfSame(column, from, end), count);
      const isError = name == null;
      const isOther = this.#task?.device !== device || this.#task?.task !== task;
      if (isError || isOther || Number(number) !== this.#stretches[0]?.blockIndex) yield* this.finish();
      if (isOther) this.#enter(String(device), String(task));
      if (isError) { for (let k = from; k < to; k++) yield this.#errorBlock(columns, k); }
      else {
        to = endOfSamples(columns.sample_index, from, to);
        const stretch = this.#stretch(columns, from, to);
        if (this.#isAgain(stretch)) yield* this.finish();
        this.#add(stretch);
      }
    }
  }

  /** Gives the block that is still open. */
  *finish(): Generator<DaqBlock> {
    if (this.#stretches.length === 0) return;
    const isWhole = !this.#behindHole || this.#isWhole();
    this.#behindHole = false;
    if (isWhole) yield this.#block();
    this.#stretches = [];
  }

  /** Says that the rows which follow cannot be read: a block that lacks some of them is left out. */
  skip(): void {
    if (!this.#isWhole()) this.#stretches = [];
    this.#behindHole = true;
  }

  /** Whether the open block has all samples of all channels. */
  #isWhole(): boolean {
    const [head] = this.#stretches;
    return head !== undefined && this.#stretches.length === this.#task!.channels.length &&
      this.#stretches.every(({ first, values }) => first === head.first && values.length === head.values.length);
  }

  /** Whether the open block has that channel already: two runs of a task may have blocks of the same number. */
  #isAgain({ channel, first }: Stretch): boolean {
    return !this.#goesOn(channel, first) && this.#stretches.some((before) => before.channel === channel);
  }

  /** Whether samples follow those that came last, as row groups may part a block. */
  #goesOn(channel: string, first: number): boolean {
    const before = this.#stretches.at(-1);
    return before?.channel === channel && before.first + before.values.length === first;
  }

  #stretch(columns: LongRows["columns"], from: number, to: number): Stretch {
    const values = new Float64Array(to - from);
    let status: Int8Array | null = null;
    for (let k = from; k < to; k++) {
      const value = columns.value.at(k);
      values[k - from] = value == null ? NaN : value as number;
      const word = columns.sensor_status.at(k);
      if (word === "ok" || word == null) continue;
      // A state that a later version may know is a fault here, too: never "ok".
      (status ??= new Int8Array(to - from))[k - from] = Math.max(1, SENSOR_STATUSES.indexOf(word as "ok"));
    }
    const at = (name: LongColumnName, k = from) => columns[name].at(k);
    const stretch: Stretch = {
      channel: String(at("channel")),
      unit: at("unit") == null ? null : String(at("unit")),
      isLinearised: at("is_linearised") === true,
      blockIndex: Number(at("block_index")),
      first: Number(at("sample_index")),
      monoNs: BigInt(at("t_mono_ns") as bigint),
      utcMicros: BigInt(at("t_utc") as bigint),
      values,
      status,
    };
    if (stretch.first >= 0 && stretch.blockIndex >= 0) return stretch;
    throw this.#misfit(`channel ${stretch.channel} has a sample ${stretch.first} in a block ${stretch.blockIndex}`);
  }

  /** Adds to the open block. */
  #add(stretch: Stretch): void {
    if (!this.#goesOn(stretch.channel, stretch.first)) {
      this.#stretches.push(stretch);
      return;
    }
    const before = this.#stretches.at(-1)!;
    const both = before.status !== null || stretch.status !== null;
    this.#stretches[this.#stretches.length - 1] = {
      ...before,
      values: joined(Float64Array, before.values, stretch.values),
      status: both
        ? joined(
          Int8Array,
          before.status ?? new Int8Array(before.values.length),
          stretch.status ?? new Int8Array(stretch.values.length),
        )
        : null,
    };
  }

  #block(): DaqBlock {
    const stretches = this.#stretches;
    const { blockIndex, first, monoNs, utcMicros, isLinearised, values: { length: n } } = stretches[0]!;
    this.#stretches = [];
    if (stretches.some((stretch) => stretch.values.length !== n || stretch.first !== first)) {
      throw this.#misfit(`the channels of block ${blockIndex} are not of the same samples`);
    }
    const channels = this.#channelsOf(stretches);
    const values = new Float64Array(stretches.length * n);
    const sensorStatus = new Map<string, Int8Array>();
    for (const [i, stretch] of stretches.entries()) {
      values.set(stretch.values, i * n);
      if (stretch.status !== null) sensorStatus.set(stretch.channel, stretch.status);
    }
    const codes = isLinearised || sensorStatus.size > 0 ? null : codesOf(values, channels, n);
    const gapBefore = Math.max(0, first - this.#task!.next);
    this.#task!.next = first + n;
    const parts = { channels, blockIndex, firstSampleIndex: first, samplesPerChannel: n, gapBefore };
    return this.#make({
      ...parts,
      ...(codes === null ? { codes, values, sensorStatus } : { codes }),
      axis: this.#axisAt(first, monoNs, utcMicros),
    });
  }

  #errorBlock(columns: LongRows["columns"], k: number): DaqBlock {
    const first = Number(columns.sample_index.at(k));
    return this.#make({
      channels: this.#task!.channels,
      codes: null,
      blockIndex: Number(columns.block_index.at(k)),
      firstSampleIndex: first,
      samplesPerChannel: 0,
      axis: this.#axisAt(first, BigInt(columns.t_mono_ns.at(k) as bigint), BigInt(columns.t_utc.at(k) as bigint)),
      error: errorOf(String(columns.error_type.at(k)), String(columns.error_message.at(k))),
    });
  }

  #make(
    parts: Omit<DaqBlockParts, "device" | "task" | "startedUtcNs" | "readStartedNs" | "readFinishedNs" | "metadata">,
  ): DaqBlock {
    const { device, task, startedUtcNs, metadata = {} } = this.#task!;
    const endNs = parts.axis.monoNsOf(parts.firstSampleIndex + parts.samplesPerChannel); // no sooner was it read
    return new DaqBlock({
      ...parts,
      device,
      task,
      startedUtcNs,
      metadata,
      readStartedNs: endNs,
      readFinishedNs: endNs,
    });
  }

  /** Turns to the task of the rows that follow. */
  #enter(device: string, task: string): void {
    this.#task = this.#tasks.get(keyOf(device, task));
    if (this.#task === undefined) throw this.#misfit(`it does not describe the task "${task}" of ${device}`);
  }

  /** The channels of a block: the same array as long as they are the same. */
  #channelsOf(stretches: readonly Stretch[]): readonly BlockChannel[] {
    const task = this.#task!;
    const key = JSON.stringify([task.device, task.task, stretches.map(({ channel, unit }) => [channel, unit])]);
    let channels = this.#channels.get(key);
    if (channels === undefined) {
      channels = stretches.map(({ channel: name, unit }, i) => {
        const known = task.channels.find((channel) => channel.name === name);
        return { ...known ?? { name, physicalChannel: i, scaling: null, metadata: {} }, unit };
      });
      this.#channels.set(key, channels);
    }
    return channels;
  }

  /** The present axis; after a restart of the board in mid-run another one, which starts at the row's own time. */
  #axisAt(index: number, monoNs: bigint, utcMicros: bigint): TimeAxis {
    const task = this.#task!;
    for (const axis of [task.present, task.axis]) {
      if (axis.monoNsOf(index) === monoNs && floorMicros(axis.utcNsOf(index)) === utcMicros) return task.present = axis;
    }
    const { anchor } = task.present;
    const utcNs = anchor.utcNs + (monoNs - anchor.monoNs);
    const isClose = floorMicros(utcNs) === utcMicros;
    return task.present = new TimeAxis({ ...anchor, index, monoNs, utcNs: isClose ? utcNs : 1000n * utcMicros });
  }

  #taskOf(text: string): Task {
    try {
      const json = JSON.parse(text) as Description;
      const anchor = anchorOf(json);
      if (anchor === null) throw new Error("it does not say when its samples were taken");
      const axis = new TimeAxis(anchor);
      return {
        device: String(json["device"]),
        task: String(json["task"]),
        channels: channelsFromJson(json),
        ...{ axis, present: axis, next: 0 },
        startedUtcNs: utcOf(json["task_started_at"]) ?? anchor.utcNs,
        metadata: flatOf(json["task_metadata"]),
      };
    } catch (error) {
      throw this.#misfit(error instanceof Error ? error.message : String(error));
    }
  }

  #misfit(why: string): DtolReadError {
    return new DtolReadError(`Cannot read ${this.#path} as blocks of this library: ${why}`);
  }
}

function keyOf(device: string, task: string): string {
  return JSON.stringify([device, task]);
}

/** Where the rows end that have the same in a column as the first. */
function endOfSame(column: LongColumn, from: number, to: number): number {
  const same = column.at(from);
  let end = from + 1;
  while (end < to && column.at(end) === same) end++;
  return end;
}

/** Where samples end that follow each other, each one behind the one before. */
function endOfSamples(index: LongColumn, from: number, to: number): number {
  const at = (row: number) => Number(index.at(row));
  if (at(to - 1) - at(from) === to - 1 - from) return to;
  let end = from + 1;
  while (at(end) === at(end - 1) + 1) end++;
  return end;
}

function joined<T extends Float64Array | Int8Array>(type: new (length: number) => T, a: T, b: T): T {
  const both = new type(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The error whose class and text were stored: what stands in brackets behind its message was its context. */
function errorOf(type: string, text: string): DtolError {
  const name = type.split(".").at(-1)!;
  const [, message, words] = /^([^]*) \[([^[\]]*)\]$/.exec(text) ?? [];
  if (message !== undefined) {
    const word = (key: string) => new RegExp(`(?:^|, )${key}=([^,]*)`).exec(words!)?.[1];
    const fields = { task: word("task"), board: word("board"), channel: word("channel"), operation: word("op") };
    const context = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const error = errorOfClass(name, message, { context });
    if (error.text === text) return error;
  }
  return errorOfClass(name, text);
}

/** The codes that the values were made of; null unless they give just these values again, bit by bit. */
function codesOf(values: Float64Array, channels: readonly BlockChannel[], n: number): Codes | null {
  const scalings = channels.flatMap(({ scaling, sensor }) => sensor == null ? scaling ?? [] : []);
  if (scalings.length < channels.length) return null;
  const types = new Set(scalings.map(({ bits, encoding }) => codeTypeFor(bits, encoding, false)));
  const [type] = types;
  if (type === undefined || types.size > 1) return null;
  const codes = newCodes(type, values.length);
  const again = new Float64Array(n);
  for (const [i, scaling] of scalings.entries()) {
    const part = codes.subarray(i * n, (i + 1) * n) as Codes;
    const given = values.subarray(i * n, (i + 1) * n);
    toCodes(given, part, scaling);
    codesToVolts(part, again, scaling);
    for (let k = 0; k < n; k++) if (again[k] !== given[k]) return null;
  }
  return codes;
}

function toCodes(values: Float64Array, codes: Codes, { lowVolts, highVolts, gain, bits, encoding }: Scaling): void {
  const step = (highVolts - lowVolts) / 2 ** bits;
  const zero = encoding === "twos_complement" ? 2 ** (bits - 1) : 0;
  for (let k = 0; k < values.length; k++) codes[k] = Math.round((values[k]! * gain - lowVolts) / step) - zero;
}

/**
 * From rows back to blocks: what the long layout of Parquet and Arrow files keeps of them.
 *
 * @module
 */

import { DtolReadError, errorOfClass } from "../../src/errors.ts";
import { type AxisAnchor, TimeAxis } from "../../src/model/axis.ts";
import { type BlockChannel, DaqBlock } from "../../src/model/block.ts";
import { SENSOR_STATUSES } from "../../src/model/enums.ts";
import type { Metadata } from "../../src/model/fields.ts";

/** One value of a column, as readers give it. */
export type TableValue = string | number | bigint | boolean | Date | null | undefined;

/** Some rows of the long layout, a column at a time. */
export interface LongRows {
  /** How many. */
  readonly count: number;
  /** A column by its name; all of `count` values. Columns that a file lacks are undefined. */
  column(name: LongColumn): ArrayLike<TableValue> | undefined;
}

/** The columns that make a block. */
export const NEEDED_COLUMNS = [
  "device",
  "task",
  "channel",
  "block_index",
  "sample_index",
  "t_mono_ns",
  "value",
  "unit",
  "sensor_status",
  "error_type",
  "error_message",
] as const;
/** One of {@linkcode NEEDED_COLUMNS}. */
export type LongColumn = typeof NEEDED_COLUMNS[number];

/** What a file says about itself under `dtollib`: see `describe()`. */
export type FileDescription = Readonly<Record<string, unknown>>;

/** One channel of the block that is being put together. */
interface Part {
  readonly channel: BlockChannel;
  readonly values: number[];
  status: number[] | null;
}

/** Puts blocks together from rows that come in the order in which they were written: block by block, channel by channel. */
export class BlockAssembler {
  readonly #path: string;
  readonly #axis: TimeAxis;
  readonly #known: ReadonlyMap<string, Partial<BlockChannel>>;
  readonly #metadata: Metadata;
  #parts = new Map<string, Part>();
  #head: { device: string; task: string; blockIndex: number; first: number; monoNs: bigint } | null = null;
  #next = 0;

  /**
   * Begins with what the file says about itself.
   *
   * @throws {DtolReadError} If that is not what this library writes.
   */
  constructor(path: string, description: FileDescription) {
    this.#path = path;
    this.#axis = new TimeAxis(anchorOf(path, description));
    this.#known = channelsOf(description);
    this.#metadata = (description["task_metadata"] ?? {}) as Metadata;
  }

  /** Takes rows; gives the blocks that they complete. */
  *push(rows: LongRows): Generator<DaqBlock> {
    const columns = Object.fromEntries(NEEDED_COLUMNS.map((name) => [name, rows.column(name)]));
    const at = (name: LongColumn, k: number) => columns[name]?.[k];
    for (let k = 0; k < rows.count; k++) {
      const blockIndex = Number(at("block_index", k));
      const isError = at("error_type", k) != null && at("value", k) == null && at("sensor_status", k) == null;
      if (this.#head !== null && (this.#head.blockIndex !== blockIndex || isError)) yield* this.finish();
      this.#head ??= {
        device: String(at("device", k)),
        task: String(at("task", k)),
        blockIndex,
        first: Number(at("sample_index", k)),
        monoNs: BigInt(at("t_mono_ns", k) as bigint | number),
      };
      if (isError) yield this.#errorBlock(String(at("error_type", k)), String(at("error_message", k)));
      else this.#add(String(at("channel", k)), at("unit", k), at("value", k), at("sensor_status", k));
    }
  }

  /** Gives the block that is still open. */
  *finish(): Generator<DaqBlock> {
    const head = this.#head;
    if (head === null) return;
    const parts = [...this.#parts.values()];
    const samples = parts[0]?.values.length ?? 0;
    if (parts.some(({ values }) => values.length !== samples)) {
      throw new DtolReadError(`Cannot read block ${head.blockIndex} of ${this.#path}: its channels differ in length`);
    }
    const values = new Float64Array(parts.length * samples);
    const sensorStatus = new Map<string, Int8Array>();
    for (const [i, part] of parts.entries()) {
      values.set(part.values, i * samples);
      if (part.status !== null) sensorStatus.set(part.channel.name, Int8Array.from(part.status));
    }
    yield this.#block(parts.map(({ channel }) => channel), samples, { values, sensorStatus });
  }

  #add(name: string, unit: TableValue, value: TableValue, status: TableValue): void {
    let part = this.#parts.get(name);
    if (part === undefined) {
      const { physicalChannel = this.#parts.size, metadata = {} } = this.#known.get(name) ?? {};
      const channel = { name, unit: unit == null ? null : String(unit), physicalChannel, scaling: null, metadata };
      this.#parts.set(name, part = { channel, values: [], status: null });
    }
    part.values.push(value == null ? NaN : Number(value));
    if (status == null || status === "ok") {
      part.status?.push(0);
      return;
    }
    const code = SENSOR_STATUSES.indexOf(status as typeof SENSOR_STATUSES[number]);
    (part.status ??= new Array(part.values.length - 1).fill(0)).push(Math.max(code, 1));
  }

  #errorBlock(type: string, message: string): DaqBlock {
    const error = errorOfClass(type.split(".").at(-1)!, message);
    return this.#block([], 0, { error });
  }

  #block(channels: readonly BlockChannel[], samplesPerChannel: number, rest: object): DaqBlock {
    const { device, task, blockIndex, first, monoNs } = this.#head!;
    const gapBefore = samplesPerChannel > 0 ? Math.max(0, first - this.#next) : 0;
    const axis = this.#axisFor(first, monoNs);
    if (samplesPerChannel > 0) this.#next = first + samplesPerChannel;
    this.#head = null;
    this.#parts = new Map();
    return new DaqBlock({
      ...{
        device,
        task,
        channels,
        codes: null,
        blockIndex,
        firstSampleIndex: first,
        samplesPerChannel,
        gapBefore,
        axis,
      },
      startedUtcNs: this.#axis.anchor.utcNs,
      readStartedNs: monoNs,
      readFinishedNs: monoNs,
      metadata: this.#metadata,
      ...rest,
    });
  }

  /** The file's axis; after a restart of the board in mid-run another one, which starts at the row's own time. */
  #axisFor(index: number, monoNs: bigint): TimeAxis {
    if (this.#axis.monoNsOf(index) === monoNs) return this.#axis;
    const { anchor } = this.#axis;
    return new TimeAxis({ ...anchor, index, monoNs, utcNs: anchor.utcNs + (monoNs - anchor.monoNs) });
  }
}

function anchorOf(path: string, description: FileDescription): AxisAnchor {
  try {
    return {
      index: Number(description["sample_index"]),
      monoNs: BigInt(description["t_mono_ns"] as string),
      utcNs: Temporal.Instant.from(description["t_utc"] as string).epochNanoseconds,
      clockHz: Number(description["clock_hz"]),
      ticksPerSample: Number(description["ticks_per_sample"]),
    };
  } catch (error) {
    throw new DtolReadError(
      `Cannot read ${path} as blocks: it does not say when its samples were taken, as files of this library do`,
      { cause: error },
    );
  }
}

function channelsOf(description: FileDescription): ReadonlyMap<string, Partial<BlockChannel>> {
  const listed = Array.isArray(description["channels"]) ? description["channels"] as Record<string, unknown>[] : [];
  return new Map(listed.map((channel, i) => [
    String(channel["name"]),
    { physicalChannel: Number(channel["physical_channel"] ?? i), metadata: (channel["metadata"] ?? {}) as Metadata },
  ]));
}

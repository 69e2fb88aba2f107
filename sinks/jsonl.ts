/**
 * JSONL files: one JSON object a line, always valid JSON.
 *
 * Keys and their order are those of the Python library's records: a reading keeps its values, units, sensor states and
 * metadata as objects, as JSON can. What describes the file stands beside it in `<file>.meta.jsonl`, not in its first line:
 * every line is a record, and readers need not know of an exception.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import type { DaqReading } from "../src/model/reading.ts";
import type { OutputFile } from "./file.ts";
import { doubleText, type LineForm, LongLines } from "./long_lines.ts";
import type { Cell, Row } from "./columns.ts";
import { jsonText } from "./cells.ts";
import { endOfLastLine, type RecordShape, TextSink, type TextSinkOptions } from "./text.ts";
import { utcText } from "./times.ts";

/** Settings of a {@linkcode JsonlSink}. */
export interface JsonlSinkOptions extends TextSinkOptions {}

/**
 * Writes readings, one object a line, or the samples of blocks, if asked to.
 *
 * Numbers always look like doubles (`5.0`); a value that is NaN or infinite is null beside its sensor's status. Nanoseconds
 * are whole numbers beyond 2^53: read them with a parser that keeps them, as Python's does.
 *
 * @example Write a stream of readings
 * ```ts ignore
 * await using sink = new JsonlSink("run.jsonl", { ifExists: "append" });
 * await pipe(readings, sink);
 * ```
 */
export class JsonlSink extends TextSink {
  readonly #long: LongLines;

  /**
   * Makes a sink; the file is opened by `open()` or the first write.
   *
   * @param path The file to write.
   * @param options Habits.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: JsonlSinkOptions = {}) {
    super(path, options);
    this.#long = new LongLines(JSON_LINES, options.codes ?? false);
  }

  /** Lines of readings. */
  protected override readingLines(readings: readonly DaqReading[]): readonly string[] {
    return readings.map(readingLine);
  }

  /** Lines of a block. */
  protected override blockLines(block: DaqBlock): Iterable<string> {
    return this.#long.linesOf(block);
  }

  /** Nothing is held back. */
  protected override lastLines(): readonly string[] {
    return [];
  }

  /** Cuts off a torn line, and learns from the last whole one what the file holds. */
  protected override continueFile(file: OutputFile): RecordShape | null {
    this.cutTail(file, endOfLastLine(file));
    if (file.size === 0) return null;
    const keys = keysOfFirstLine(file);
    const shape = keys.includes("values") ? "readings" : keys.includes("sample_index") ? "blocks" : null;
    if (shape !== null) return shape;
    throw new DtolSinkSchemaError(
      `Cannot append to ${this.path} as its first line holds neither a reading nor a sample: its keys are ` +
        `${keys.join(", ") || "none"}`,
    );
  }
}

const FIRST_LINE_BYTES = 1 << 20;

function keysOfFirstLine(file: OutputFile): string[] {
  const text = new TextDecoder().decode(file.read(0, Math.min(file.size, FIRST_LINE_BYTES)));
  try {
    return Object.keys(JSON.parse(text.slice(0, text.indexOf("\n"))));
  } catch {
    return [];
  }
}

/** A double in JSON; null for what JSON has no number for. */
function jsonNumber(value: number): string {
  return Number.isFinite(value) ? doubleText(value) : "null";
}

function jsonCell(cell: Cell): string {
  if (typeof cell === "number") return jsonNumber(cell);
  return typeof cell === "bigint" ? cell.toString() : JSON.stringify(cell);
}

/** A reading as a line. Written out by hand: `JSON.stringify` knows no bigint, and takes twice as long. */
function readingLine(reading: DaqReading): string {
  const { values, units, error } = reading;
  const time = (at: Temporal.Instant) => `"${utcText(at.epochNanoseconds)}"`;
  let cells = "";
  for (const name of Object.keys(values)) {
    cells += `${cells === "" ? "" : ","}${JSON.stringify(name)}:${jsonCell(values[name]!)}`;
  }
  const text = error === null ? "null" : JSON.stringify(error.text);
  return `{"device":${JSON.stringify(reading.device)},"task":${JSON.stringify(reading.task)},"values":{${cells}}` +
    `,"units":${JSON.stringify(units)},"requested_at":${time(reading.requestedAt)}` +
    `,"received_at":${time(reading.receivedAt)},"t_utc":${time(reading.tUtc)},"t_mono_ns":${reading.tMonoNs}` +
    `,"t_midpoint_mono_ns":${reading.tMidpointMonoNs},"latency_s":${jsonNumber(reading.latencyS)}` +
    `,"sensor_status":${jsonText(reading.sensorStatus)},"metadata":${jsonText(reading.metadata)}` +
    `,"error":${text},"error_type":${error === null ? "null" : JSON.stringify(error.type)},"error_message":${text}}\n`;
}

/** How a line of a sample is put together; the order is that of `LONG_COLUMNS`. */
const JSON_LINES: LineForm = {
  head: (block, channel) =>
    `{"device":${JSON.stringify(block.device)},"task":${JSON.stringify(block.task)}` +
    `,"channel":${JSON.stringify(channel.name)},"value":`,
  value: jsonNumber,
  unit: (channel) => `,"unit":${JSON.stringify(channel.unit)},`,
  place: (sampleIndex, blockIndex, mono, utc) =>
    `"sample_index":${sampleIndex},"block_index":${blockIndex},"t_mono_ns":${mono},"t_utc":"${utc}",`,
  tail: (block, channel, status) =>
    `"sensor_status":${JSON.stringify(status)},"is_linearised":${block.isLinearised}` +
    `,"metadata":${JSON.stringify(channel.metadata)},"error_type":${JSON.stringify(block.error?.type ?? null)}` +
    `,"error_message":${JSON.stringify(block.error?.text ?? null)}`,
  code: (code) => `,"code":${code}`,
  end: "}\n",
  line: (row) => `{${Object.entries(row).map(sampleField).join(",")}}\n`,
};

/** A field of a row of a sample: whole numbers stay whole, and the metadata are an object. */
function sampleField([name, cell]: [string, Row[string]]): string {
  const whole = typeof cell === "number" && name !== "value";
  return `${JSON.stringify(name)}:${whole ? cell : name === "metadata" ? cell : jsonCell(cell)}`;
}

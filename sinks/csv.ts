/**
 * CSV files, as RFC 4180 has them: comma, CRLF, quotes where needed, UTF-8.
 *
 * A CSV file has no place for notes that every reader would skip, so they stand beside it: `<file>.meta.jsonl` has one line
 * for each time the file was opened, and each further task of its blocks, with task, clock, channels and their scaling.
 *
 * @module
 */

import { DtolSinkSchemaError } from "../src/errors.ts";
import type { DaqBlock } from "../src/model/block.ts";
import { invalid, oneOf } from "../src/model/fields.ts";
import type { DaqReading } from "../src/model/reading.ts";
import { csvNumber, csvText, headerOf, lineOf } from "./csv/cells.ts";
import { ScanLines } from "./csv/scan_lines.ts";
import type { OutputFile } from "./file.ts";
import { type LineForm, LongLines } from "./long_lines.ts";
import {
  CODE_COLUMN,
  type Column,
  LONG_COLUMNS,
  ownOf,
  readingColumns,
  type ReadingLayout,
  readingLayout,
  scanColumns,
  type TableRow,
} from "./columns.ts";
import { jsonText } from "./cells.ts";
import { blockToScans, readingToCells } from "./rows.ts";
import { readingColumnsOfSpec, SchemaLock } from "./schema.ts";
import { type RecordShape, TextSink, type TextSinkOptions } from "./text.ts";
import { utcText } from "./times.ts";

/** How blocks stand in a CSV file: `long`, a line a channel and sample, or `wide`, a line a scan and a column a channel. */
export type CsvLayout = "long" | "wide";

/** Settings of a {@linkcode CsvSink}. */
export interface CsvSinkOptions extends TextSinkOptions {
  /** How blocks stand in the file. Default: `long`, the layout of the Python library. */
  readonly layout?: CsvLayout;
}

/**
 * Writes readings, one line each with a column a channel, or blocks, if asked to.
 *
 * Columns are fixed by the spec or the first good record; error readings that come before are held back until then. Numbers
 * always look like doubles (`5.0`), a failed sensor is `nan` beside its status, and nothing is an empty cell. Appending needs
 * a file with the same header; a line that a crash left torn is cut off first.
 *
 * @example Write a stream of blocks
 * ```ts ignore
 * await using sink = new CsvSink("run.csv", { acceptBlocks: true, layout: "wide" });
 * await recording.stream.pipeTo(sink);
 * ```
 */
export class CsvSink extends TextSink {
  readonly #layout: CsvLayout;
  readonly #long: LongLines;
  readonly #wide = new ScanLines();
  #lock: SchemaLock | undefined;
  /** The header of a file that is appended to. */
  #header: string | undefined;
  /** Rows of errors that came before the columns were known. */
  #held: TableRow[] = [];
  /** The layout of readings whose columns are those of the file, one by one. */
  #plainLayout: ReadingLayout | undefined;
  readonly #plain = new PlainLines();

  /**
   * Makes a sink; the file is opened by `open()` or the first write.
   *
   * @param path The file to write.
   * @param options Habits.
   * @throws {DtolValidationError} If an option is wrong.
   */
  constructor(path: string, options: CsvSinkOptions = {}) {
    super(path, options);
    this.#layout = oneOf("layout", options.layout ?? "long", ["long", "wide"]);
    if (this.#layout === "wide" && options.codes) {
      throw invalid("codes", "false, as a wide line has no room for them", true);
    }
    this.#long = new LongLines(CSV_LINES, options.codes ?? false);
  }

  /** The columns of the file; null before they are known. */
  get columns(): readonly Column[] | null {
    return this.#lock?.columns ?? null;
  }

  /** Lines of readings. */
  protected override readingLines(readings: readonly DaqReading[]): readonly string[] {
    if (this.#plainLayout !== undefined) {
      const lines = this.#plainLines(readings, this.#plainLayout);
      if (lines !== undefined) return lines;
    }
    const rows = readings.map((reading) => readingToCells(reading));
    const lines = this.#tableLines("readings", rows, this.options.spec && readingColumnsOfSpec(this.options.spec));
    const { columns } = this;
    this.#plainLayout = readings.map(readingLayout).find((layout) => columns && sameColumns(layout.columns, columns));
    return lines;
  }

  /** Lines of a block. */
  protected override blockLines(block: DaqBlock): Iterable<string> {
    if (this.#layout === "wide") return this.#wideLines(block);
    if (this.columns === null) this.#fix("blocks", longColumns(this.options.codes ?? false));
    return concatenated(this.#withHeader([]), this.#long.linesOf(block));
  }

  /** Errors that never met a good record: their own columns have to do, or those of the file. */
  protected override lastLines(): readonly string[] {
    const [first] = this.#held;
    if (first === undefined) return [];
    const columns = this.#header === undefined ? first.columns : columnsOfHeader(this.#header);
    return this.#tableLines(this.shape!, [], columns);
  }

  /** Cuts off a torn line, and keeps the header for the first record to be held against. */
  protected override continueFile(file: OutputFile): RecordShape | null {
    const { header, end } = scanRecords(file);
    this.cutTail(file, end);
    if (end === 0) return null;
    this.#header = header;
    return null; // the first record tells, by its header
  }

  /** Lines of readings that are just as the columns are, the quick way; nothing, when one of them is not. */
  #plainLines(readings: readonly DaqReading[], layout: ReadingLayout): readonly string[] | undefined {
    let text = "";
    for (const reading of readings) {
      const line = readingLayout(reading) === layout ? this.#plain.lineOf(reading, layout) : undefined;
      if (line === undefined) return undefined;
      text += line;
    }
    return this.#withHeader([text]);
  }

  /** Lines of rows, behind those held back; none as long as the columns are not known. */
  #tableLines(
    shape: RecordShape,
    rows: readonly TableRow[],
    known: readonly Column[] | null | undefined,
  ): readonly string[] {
    if (this.columns === null) {
      if (known) this.#fix(shape, known);
      else if (!this.#fixBy(shape, rows)) {
        this.#held.push(...rows);
        return [];
      }
    }
    const lock = this.#lock!;
    const lines = [...this.#held, ...rows].map((row) => lineOf(lock.project(row), lock.columns!));
    this.#held = [];
    return this.#withHeader(lines);
  }

  #wideLines(block: DaqBlock): Iterable<string> {
    const columns = scanColumns(block.channels);
    if (block.samplesPerChannel === 0 || this.columns !== null && !sameNames(columns, this.columns)) {
      return this.#tableLines("blocks", [...blockToScans(block, columns)], null);
    }
    const before = this.columns === null ? this.#tableLines("blocks", [], columns) : [];
    return concatenated(before, this.#wide.linesOf(block));
  }

  #fix(shape: RecordShape, columns: readonly Column[]): void {
    const lock = this.#newLock();
    lock.lockTo(columns);
    this.#take(shape, lock);
  }

  #fixBy(shape: RecordShape, rows: readonly TableRow[]): boolean {
    const lock = this.#newLock();
    if (!lock.lock(rows)) return false;
    this.#take(shape, lock);
    return true;
  }

  #newLock(): SchemaLock {
    return new SchemaLock(this.path, { onWarning: this.options.onWarning });
  }

  /** Keeps a lock, if its columns are those of the file. */
  #take(shape: RecordShape, lock: SchemaLock): void {
    const header = headerOf(lock.columns!);
    if (this.#header !== undefined && this.#header !== header) {
      throw new DtolSinkSchemaError(
        `Cannot append ${shape} to ${this.path} as its columns are ${this.#header.trim()}, and theirs ${header.trim()}: ` +
          `write them to a new file`,
      );
    }
    this.#lock = lock;
  }

  /** Lines, behind the header where the file has none yet. */
  #withHeader(lines: readonly string[]): readonly string[] {
    return this.size === 0 ? [headerOf(this.#lock!.columns!), ...lines] : lines;
  }
}

/** Readings as lines, without the way over cells; keeps the texts of what is the same from reading to reading. */
class PlainLines {
  #units: DaqReading["units"] | undefined;
  #unitTexts = "";
  #device = "";
  #task: string | null = "";
  #head = "";

  /** A line; nothing if a value is not what its column holds. */
  lineOf(reading: DaqReading, { channels, isBoolean }: ReadingLayout): string | undefined {
    const { values, error } = reading;
    const time = (at: Temporal.Instant) => utcText(at.epochNanoseconds);
    let line = `${this.#headOf(reading)}${reading.tMonoNs},${time(reading.tUtc)},${reading.tMidpointMonoNs ?? ""},` +
      `${time(reading.requestedAt)},${time(reading.receivedAt)},${csvNumber(reading.latencyS)}`;
    for (let i = 0; i < channels.length; i++) {
      const value = values[channels[i]!];
      if (typeof value === "number") line += `,${csvNumber(value)}`;
      else if (isBoolean[i]) line += value ? ",True" : ",False";
      else return undefined;
    }
    line += `${this.#unitsOf(reading, channels)},${error?.type ?? ""},${csvText(error?.text ?? "")},`;
    return `${line}${csvText(jsonText(reading.sensorStatus))},${csvText(jsonText(reading.metadata))}\r\n`;
  }

  #headOf({ device, task }: DaqReading): string {
    if (device !== this.#device || task !== this.#task) {
      [this.#device, this.#task] = [device, task];
      this.#head = `${csvText(device)},${csvText(task ?? "")},`;
    }
    return this.#head;
  }

  #unitsOf({ units }: DaqReading, channels: readonly string[]): string {
    const kept = this.#units;
    if (kept === undefined || channels.some((name) => ownOf(units, name) !== ownOf(kept, name))) {
      this.#units = { ...units };
      this.#unitTexts = channels.map((name) => `,${csvText(`${ownOf(units, name) ?? ""}`)}`).join("");
    }
    return this.#unitTexts;
  }
}

function* concatenated(first: Iterable<string>, then: Iterable<string>): Generator<string> {
  yield* first;
  yield* then;
}

function longColumns(codes: boolean): readonly Column[] {
  return codes ? [...LONG_COLUMNS, CODE_COLUMN] : LONG_COLUMNS;
}

/** How a line of a sample is put together; the order is that of `LONG_COLUMNS`. */
const CSV_LINES: LineForm = {
  head: (block, channel) => `${csvText(block.device)},${csvText(block.task)},${csvText(channel.name)},`,
  value: csvNumber,
  unit: (channel) => `,${csvText(channel.unit ?? "")},`,
  place: (sampleIndex, blockIndex, mono, utc) => `${sampleIndex},${blockIndex},${mono},${utc},`,
  tail: (block, channel, status) =>
    `${status ?? ""},${block.isLinearised ? "True" : "False"},${csvText(JSON.stringify(channel.metadata))},` +
    `${block.error?.type ?? ""},${csvText(block.error?.text ?? "")}`,
  code: (code) => `,${code ?? ""}`,
  end: "\r\n",
  line: (row) => {
    const columns = longColumns("code" in row);
    return lineOf(columns.map(({ name }) => row[name]!), columns);
  },
};

function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return sameNames(a, b) && a.every(({ type }, i) => type === b[i]!.type);
}

function sameNames(a: readonly Column[], b: readonly Column[]): boolean {
  return a.length === b.length && a.every(({ name }, i) => name === b[i]!.name);
}

const QUOTE = 34;
const LF = 10;
const SCAN_BYTES = 1 << 20;

/** The header of a CSV file, and where its last whole record ends: a line end inside of quotes ends none. */
function scanRecords(file: OutputFile): { header: string; end: number } {
  let quoted = false;
  let headerEnd = 0;
  let end = 0;
  for (let from = 0; from < file.size; from += SCAN_BYTES) {
    const bytes = file.read(from, Math.min(SCAN_BYTES, file.size - from));
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === QUOTE) quoted = !quoted;
      else if (bytes[i] === LF && !quoted) {
        end = from + i + 1;
        if (headerEnd === 0) headerEnd = end;
      }
    }
  }
  return { header: new TextDecoder().decode(file.read(0, headerEnd)), end };
}

/** The columns that a header of readings names, for errors that are all there is to append. */
function columnsOfHeader(header: string): readonly Column[] {
  const fixed = new Map([...readingColumns([]), ...scanColumns([])].map((column) => [column.name, column]));
  return fieldsOf(header).map((name) => fixed.get(name) ?? { name, type: name.endsWith("_unit") ? "text" : "double" });
}

/** The fields of one record. */
function fieldsOf(record: string): string[] {
  const fields = record.replace(/\r?\n$/, "").match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? [];
  if (fields.length > 1 && !fields.at(-2)!.endsWith(",")) fields.pop(); // the empty match behind the last field
  return fields.map((field) => field.replace(/,$/, "").replace(/^"([^]*)"$/, (_, text) => text.replaceAll('""', '"')));
}

/**
 * Others that write Parquet: parquet-wasm (parquet-rs) with its best settings, and pyarrow in a Python beside this process.
 *
 * @module
 */

import * as arrow from "apache-arrow";
import * as parquet from "../tests/packages/parquet_wasm.ts";
import type { DaqBlock } from "../mod.ts";
import { sampleTimes } from "../sinks/times.ts";

const FIXED_TEXTS = ["device", "task", "unit", "sensor_status", "metadata"] as const;

/** Writes the columns of some blocks with parquet-wasm: dictionaries for texts and values, delta packing for numbers. */
export function writeWithWasm(blocks: readonly DaqBlock[], path: string): void {
  // One batch a block, as a stream would bring them.
  const ipc = arrow.tableToIPC(new arrow.Table(blocks.map(batchOf)), "stream");
  const bytes = parquet.writeParquet(parquet.Table.fromIPCStream(ipc), tuned());
  Deno.writeFileSync(path, bytes);
}

function tuned(): parquet.WriterProperties {
  let builder = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression.ZSTD)
    .setWriterVersion(parquet.WriterVersion.V2)
    .setDictionaryPageSizeLimit(8 * 1024 * 1024)
    .setStatisticsEnabled(parquet.EnabledStatistics.None);
  for (const name of ["block_index", "sample_index", "t_mono_ns", "t_utc"]) {
    builder = builder.setColumnDictionaryEnabled(name, false)
      .setColumnEncoding(name, parquet.Encoding.DELTA_BINARY_PACKED);
  }
  return builder.build();
}

function batchOf(block: DaqBlock): arrow.RecordBatch {
  const { samplesPerChannel: n, nChannels } = block;
  const rows = n * nChannels;
  const { monoNs, utcNs } = sampleTimes(block);
  const micros = utcNs.map((ns) => ns / 1000n);
  const index = BigInt64Array.from({ length: n }, (_, k) => BigInt(block.firstSampleIndex + k));
  const repeated = (part: BigInt64Array) => {
    const all = new BigInt64Array(rows);
    for (let c = 0; c < nChannels; c++) all.set(part, c * n);
    return all;
  };
  const { name: _, unit, metadata } = block.channels[0]!;
  const texts = {
    device: block.device,
    task: block.task,
    unit,
    sensor_status: "ok",
    metadata: JSON.stringify(metadata),
  };
  const channels = new Int32Array(rows);
  for (let c = 0; c < nChannels; c++) channels.fill(c, c * n, (c + 1) * n);
  const data: Record<string, arrow.Data> = {
    channel: words(block.channels.map(({ name }) => name), channels),
    block_index: arrow.makeData({
      type: new arrow.Int64(),
      data: new BigInt64Array(rows).fill(BigInt(block.blockIndex)),
    }),
    sample_index: arrow.makeData({ type: new arrow.Int64(), data: repeated(index) }),
    t_mono_ns: arrow.makeData({ type: new arrow.Int64(), data: repeated(monoNs) }),
    t_utc: arrow.makeData({ type: new arrow.TimestampMicrosecond("UTC"), data: repeated(micros) }),
    value: arrow.makeData({ type: new arrow.Float64(), data: block.data }),
  };
  // Arrays of their own: arrow-js writes a corrupt stream when columns share one.
  for (const name of FIXED_TEXTS) data[name] = words([texts[name]!], new Int32Array(rows));
  const fields = Object.entries(data).map(([name, { type }]) => new arrow.Field(name, type, true));
  const children = Object.values(data);
  const schema = new arrow.Schema(fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type: new arrow.Struct(fields), length: rows, children }));
}

const DICTIONARIES = new Map<string, { type: arrow.Dictionary; dictionary: arrow.Vector }>();

function words(texts: readonly string[], indices: Int32Array): arrow.Data {
  const key = JSON.stringify(texts);
  let known = DICTIONARIES.get(key);
  if (known === undefined) {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), DICTIONARIES.size);
    known = { type, dictionary: arrow.vectorFromArray(texts, new arrow.Utf8()) };
    DICTIONARIES.set(key, known);
  }
  return arrow.makeData({ type: known.type, data: indices, dictionary: known.dictionary });
}

const PYTHON = `
import json, os, sys, time
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
tables = {}
INTS = ["block_index", "sample_index", "t_mono_ns", "t_utc"]
def table(source):
    t = pq.read_table(source)
    # what a program has in its hands: plain arrays, one chunk, texts as dictionaries
    return t.combine_chunks()
for line in sys.stdin:
    ask = json.loads(line)
    t = tables.get(ask["source"])
    if t is None: t = tables[ask["source"]] = table(ask["source"])
    texts = [f.name for f in t.schema if pa.types.is_dictionary(f.type)]
    more = dict(use_dictionary=texts + ["value"], column_encoding={n: "DELTA_BINARY_PACKED" for n in INTS},
                write_statistics=False, dictionary_pagesize_limit=8 << 20) if ask["tuned"] else {}
    if ask["columns"]: t = t.select(ask["columns"])
    start = time.perf_counter()
    pq.write_table(t, ask["path"], compression="zstd", **more)
    print(json.dumps({"ms": 1000 * (time.perf_counter() - start), "bytes": os.path.getsize(ask["path"])}), flush=True)
`;

/** What pyarrow needed. */
export interface PyarrowFigures {
  /** Milliseconds of \`write_table\` alone: the columns were in memory before. */
  readonly ms: number;
  /** Bytes of the file. */
  readonly bytes: number;
}

/** pyarrow in a process of its own. */
export class Pyarrow implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts the Python named in DTOL_PYTHON, or python3; null if it has no pyarrow. */
  static async start(): Promise<Pyarrow | null> {
    const python = Deno.env.get("DTOL_PYTHON") ?? "python3";
    try {
      const { success } = await new Deno.Command(python, { args: ["-c", "import pyarrow, numpy"], stderr: "null" })
        .output();
      if (!success) return null;
    } catch {
      return null;
    }
    const command = new Deno.Command(python, { args: ["-c", PYTHON], stdin: "piped", stdout: "piped" });
    return new Pyarrow(command.spawn());
  }

  /** Writes the table of a file into another file. */
  async write(source: string, path: string, tuned: boolean, columns: readonly string[] = []): Promise<PyarrowFigures> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify({ source, path, tuned, columns }) + "\n"));
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("pyarrow ended");
      this.#rest += value;
    }
    const [line, ...rest] = this.#rest.split("\n");
    this.#rest = rest.join("\n");
    return JSON.parse(line!);
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/**
 * Recording: a drainer on a thread of its own, a raw file, and a stream of blocks.
 *
 * @module
 */

import { monotonicClock } from "../clock.ts";
import type { StartMoment } from "../board/backend.ts";
import { bytesPerCode, codeTypeFor } from "../convert/codes.ts";
import { DtolError, DtolTaskStateError, DtolTimeoutError, DtolValidationError, fromPlainError } from "../errors.ts";
import { TimeAxis } from "../model/axis.ts";
import type { BlockChannel, DaqBlock } from "../model/block.ts";
import { ERROR_POLICIES, type ErrorPolicy, OVERFLOW_POLICIES, type OverflowPolicy } from "../model/enums.ts";
import { oneOf, positiveNumber, wholeNumber } from "../model/fields.ts";
import type { RawChannel } from "../raw/format.ts";
import { RawLogging, type RawLoggingOptions } from "../model/timing.ts";
import { VERSION } from "../version.ts";
import { BlockQueue } from "./block_queue.ts";
import { Control, type DrainerNews, type DrainerOrder, type Operation, type RawOrder } from "./messages.ts";
import { BlockRing, type RingShape, ringShape } from "./ring.ts";
import type { CodeType } from "../convert/codes.ts";
import type { Session } from "./session.ts";
import type { AcquisitionSummary, RawSummary } from "./summary.ts";

/** Settings of {@linkcode record}. */
export interface RecordOptions {
  /** The `.dt-raw` file to write: a path, or more. Default: `spec.logging`; without either there is no file. */
  readonly raw?: string | RawLogging | RawLoggingOptions;
  /** What an error of the board in mid-run does. Default: `raise`. */
  readonly errorPolicy?: ErrorPolicy;
  /** What happens when the reader is slower than the board. Default: `block`, blocks wait in the backlog. */
  readonly overflow?: OverflowPolicy;
  /** Blocks that may wait for the reader under `drop_oldest` and `drop_newest`. Default: the session's configuration, 16. */
  readonly streamBufferSize?: number;
  /** Seconds of data that the backlog holds while the main thread or the reader sleeps (at most 512 MB). Default: 8. */
  readonly backlogS?: number;
  /** Seconds that starting and ending the run may take. Default: the session's. */
  readonly timeoutS?: number;
}

const MAX_BACKLOG_BYTES = 512 * 1024 * 1024;
const MIN_SLOTS = 8;
const WATCH_MS = 250;
/** How much longer a drainer may be silent that has not come to the board yet: a busy machine takes seconds for that. */
const BEFORE_BOARD_MS = 30_000;
const BEFORE_BOARD: readonly Operation[] = ["starting its thread", "opening the run"];
/** Between the making of the raw file and its first byte. */
const BEFORE_DATA: readonly Operation[] = ["getting the board ready", "waiting for the others", "starting the board"];

/**
 * Records: starts the board and a drainer on a thread of its own, which writes the raw file, if one is wanted, and hands
 * blocks to {@linkcode Recording.stream}.
 *
 * @param session An open device whose task is clocked.
 * @param options Where to, and what to do when things go wrong.
 * @returns The recording, once the board's clock runs.
 * @throws {DtolError} If the run cannot be started; everything taken is given back, and no file is left.
 *
 * @example One second of two channels, and what became of it
 * ```ts
 * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const spec = new TaskSpec({
 *   channels: [0, 1].map((physicalChannel) => new AnalogInputVoltage({ physicalChannel })),
 *   timing: { rateHz: 1000, samplesPerChannel: 200 },
 * });
 * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
 * await using recording = await record(session);
 * let samples = 0;
 * for await (const block of recording.stream) samples += block.samplesPerChannel;
 * equal(samples, 200);
 * equal(recording.summary.lost, 0);
 * ```
 */
export async function record(session: Session, options: RecordOptions = {}): Promise<Recording> {
  const recording = new Recording(await planRun(session, options, null));
  await recording.begin();
  return recording;
}

/** A run that is planned in full and checked, and has taken nothing yet. */
export interface RunPlan {
  /** Whose subsystem. */
  readonly session: Session;
  /** What the drainer is told. */
  readonly order: DrainerOrder;
  /** What both threads see. */
  readonly control: Control;
  /** What the reader of the stream reads from. */
  readonly queue: BlockQueue;
}

/** Plans a run; `gate` is the memory of the gate at which it waits for others. Throws as {@linkcode record}. */
export async function planRun(
  session: Session,
  options: RecordOptions,
  gate: SharedArrayBuffer | null,
): Promise<RunPlan> {
  const { spec } = session;
  if (spec.dataFlow !== "continuous" && spec.dataFlow !== "finite") {
    throw new DtolTaskStateError(`Cannot record as spec.dataFlow is "${spec.dataFlow}": give the task a timing`);
  }
  const policy = oneOf("errorPolicy", options.errorPolicy ?? "raise", ERROR_POLICIES);
  const overflow = oneOf("overflow", options.overflow ?? "block", OVERFLOW_POLICIES);
  const limit = wholeNumber("streamBufferSize", options.streamBufferSize ?? session.config.streamBufferSize, 1);
  const backlogS = positiveNumber("backlogS", options.backlogS ?? 8);
  const timeoutS = positiveNumber("timeoutS", options.timeoutS ?? session.timeoutS);
  await session.commit();
  const control = new Control();
  const ring = ringFor(session, backlogS);
  const order: DrainerOrder = {
    ...runOf(session),
    raw: rawOrder(session, ring.type, options.raw),
    errorPolicy: policy,
    timeoutMs: timeoutS * 1000,
    ring,
    control: control.memory,
    gate,
  };
  return { session, order, control, queue: new BlockQueue(new BlockRing(ring), overflow, limit) };
}

/** A run under way. Made by {@linkcode record}; dispose of it, and it ends in order. */
export class Recording implements AsyncDisposable {
  /** Samples per second of each channel: what the board's clock really does. */
  readonly rateHz: number;
  readonly #session: Session;
  readonly #order: DrainerOrder;
  readonly #control: Control;
  readonly #queue: BlockQueue;
  /** Board name. */
  readonly board: string;
  /** The channels, in the order of the codes of a block. */
  readonly channels: readonly BlockChannel[];
  /** Bytes of one code. */
  readonly bytesPerCode: number;
  readonly #worker: Worker;
  readonly #armed = Promise.withResolvers<void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #counts = { produced: 0, lost: 0, samplesPerChannel: 0, samplesLost: 0, overruns: 0, errors: 0 };
  readonly #lostBy: Partial<Record<string, number>> = {};
  #raw: RawSummary | null;
  #axis: TimeAxis | undefined;
  #startedUtcNs = 0n;
  #startMoment: StartMoment | null = null;
  #finishedAt: Temporal.Instant | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;
  #over = false;
  #error: DtolError | null = null;
  #errorTold = false;

  /** @ignore Made by {@linkcode record}. */
  constructor({ session, order, control, queue }: RunPlan) {
    this.#session = session;
    this.#order = order;
    this.#control = control;
    this.#queue = queue;
    this.board = session.board;
    this.channels = session.blockChannels;
    this.bytesPerCode = bytesPerCode(order.ring.type);
    this.#raw = order.raw === null ? null : { path: order.raw.path, bytes: 0, chunks: 0 };
    this.rateHz = order.clockHz / order.ticksPerSample;
    const entry = session.backend.drainer ?? new URL("./drainer_worker.ts", import.meta.url);
    this.#worker = new Worker(entry, { type: "module", name: `drainer of ${session.board}` });
    this.#worker.onmessage = ({ data }: MessageEvent<DrainerNews>) => this.#onNews(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // told through the stream and the way out instead
      this.#fail(new DtolError(`The drainer of "${session.board}" failed: ${event.message}`), this.#axis !== undefined);
    };
  }

  /** The blocks. Reading fails with the error that ended the run, after the last block before it. */
  get stream(): ReadableStream<DaqBlock> {
    return this.#queue.stream;
  }

  /** What became of every block so far. */
  get summary(): AcquisitionSummary {
    const { emitted, dropped } = this.#queue;
    return {
      startedAt: new Temporal.Instant(this.#startedUtcNs),
      finishedAt: this.#finishedAt,
      ...this.#counts,
      lostBy: { ...this.#lostBy },
      emitted,
      dropped: dropped.overflow + dropped.backlog + dropped.unread,
      droppedBy: { ...dropped },
      raw: this.#raw,
    };
  }

  /** Settles when the run is over and the board has been given back: by its own end, by `stop()`, or by an error. */
  get finished(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Ends the run in order: after the buffer in progress, with the file complete. Blocks that wait can still be read. Safe
   * to call again.
   *
   * @returns The books.
   * @throws {DtolError} What ended the run before, if the reader of the stream was not told.
   */
  async stop(): Promise<AcquisitionSummary> {
    this.#control.requestStop();
    await this.#ended.promise;
    this.#tell();
    return this.summary;
  }

  /** Ends the run in order and gives up what nobody has read. Throws as {@linkcode Recording.stop}, once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.requestStop();
    await this.#ended.promise;
    this.#queue.discard();
    this.#tell();
  }

  /** @ignore For {@linkcode record}: hands the board to the drainer and waits until its clock runs. */
  async begin(): Promise<void> {
    try {
      this.#session.lend();
    } catch (error) {
      this.#worker.terminate(); // the board is another recording's: there is nothing to end
      throw error;
    }
    this.#watch = this.#watchOver();
    try {
      this.#worker.postMessage(this.#order);
    } catch (cause) { // a backend of someone's own, whose ticket is more than plain data
      this.#fail(new DtolError(`Cannot hand "${this.board}" to its drainer: ${cause}`, { cause }), false);
    }
    await this.#started.promise;
  }

  /** @ignore For {@linkcode recordTogether}: settles when it waits at the gate; if it never comes to it, `begin` tells. */
  get armed(): Promise<void> {
    return this.#armed.promise;
  }

  /** @ignore For {@linkcode recordTogether}: when the board was started. */
  get startMoment(): StartMoment | null {
    return this.#startMoment;
  }

  #onNews(news: DrainerNews): void {
    switch (news.type) {
      case "armed":
        return this.#armed.resolve();
      case "started":
        this.#axis = new TimeAxis(news.anchor);
        this.#startedUtcNs = news.anchor.utcNs;
        this.#startMoment = { monoNs: news.anchor.monoNs, tookNs: news.tookNs };
        return this.#started.resolve();
      case "restarted":
        this.#axis = new TimeAxis(news.anchor);
        return;
      case "failed":
        return this.#fail(fromPlainError(news.error), false);
      case "block":
        this.#counts.produced++;
        this.#counts.samplesPerChannel += news.samples;
        return this.#queue.add(this.#partsOf(news, news.samples), news.inRing);
      case "lost":
        this.#counts.produced += news.blocks;
        this.#counts.lost += news.blocks;
        this.#counts.samplesLost += news.samples;
        this.#lostBy[news.cause] = (this.#lostBy[news.cause] ?? 0) + news.blocks;
        if (news.cause === "overrun" || news.cause === "queue_done") this.#counts.overruns++;
        return;
      case "error": {
        this.#counts.errors++;
        if (!news.deliver) return;
        const nowNs = monotonicClock().nowNs();
        const at = { blockIndex: news.blockIndex, firstSampleIndex: news.sampleIndex, gapBefore: 0 };
        const parts = this.#partsOf({ ...at, readStartedNs: nowNs, readFinishedNs: nowNs }, 0);
        return this.#queue.addError({ ...parts, codes: null, error: fromPlainError(news.error) });
      }
      case "ended":
        if (news.raw !== null) this.#raw = { path: this.#order.raw!.path, ...news.raw };
        return this.#finish(news.error === null ? null : fromPlainError(news.error), news.abandoned);
    }
  }

  #partsOf(
    news: {
      blockIndex: number;
      firstSampleIndex: number;
      gapBefore: number;
      readStartedNs: bigint;
      readFinishedNs: bigint;
    },
    samplesPerChannel: number,
  ) {
    const { blockIndex, firstSampleIndex, gapBefore, readStartedNs, readFinishedNs } = news;
    const axis = this.#axis!;
    return {
      device: this.#order.ticket.board,
      task: this.#session.spec.name,
      channels: this.channels,
      metadata: this.#session.spec.metadata,
      startedUtcNs: this.#startedUtcNs,
      ...{ blockIndex, firstSampleIndex, gapBefore, readStartedNs, readFinishedNs, samplesPerChannel, axis },
    };
  }

  /** A drainer that is silent hangs in a call of the driver: waiting for it would hang the program too. */
  #watchOver(): ReturnType<typeof setInterval> {
    let beats = -1;
    let silentMs = 0; // counted by ticks of this thread, so that a main thread that slept itself blames nobody
    return setInterval(() => {
      const { beats: now, operation } = this.#control;
      silentMs = now === beats ? silentMs + WATCH_MS : 0;
      beats = now;
      const isEarly = BEFORE_BOARD.includes(operation);
      const timeoutMs = this.#order.timeoutMs + (isEarly ? BEFORE_BOARD_MS : 0);
      if (silentMs < timeoutMs + WATCH_MS) return;
      if (operation === "writing the raw file" && !this.#control.stopRequested) return; // a slow disk is no reason to give up
      const { board } = this.#order.ticket;
      const why = isEarly
        ? "the machine is too busy, or its disk does not answer"
        : "the driver hangs in a call, so only Deno.exit() ends this program";
      this.#fail(
        new DtolTimeoutError(
          `"${board}" has not been heard of for ${timeoutMs / 1000} s while ${operation}: ${why}`,
          { context: { board, operation } },
        ),
        true,
      );
    }, WATCH_MS);
  }

  #fail(error: DtolError, abandoned: boolean): void {
    if (this.#over) return;
    // The error that led here is the one to tell, not what may fail on top.
    if (abandoned && this.#raw !== null) this.#settleRaw(this.#raw.path).catch(() => {});
    this.#finish(error, abandoned);
  }

  /** For a drainer that cannot any more: what it wrote goes to the disk, and an empty file, that it made, goes away. */
  async #settleRaw(path: string): Promise<void> {
    const made = this.#axis !== undefined || BEFORE_DATA.includes(this.#control.operation);
    if (!made) return;
    if (this.#axis === undefined && Deno.statSync(path).size === 0) return Deno.removeSync(path); // before anyone can exit
    using file = await Deno.open(path, { write: true });
    await file.syncData();
  }

  #finish(error: DtolError | null, abandoned: boolean): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    this.#worker.terminate();
    this.#finishedAt = Temporal.Now.instant();
    this.#error = error;
    if (error !== null) this.#counts.errors++;
    this.#session.takeBack(abandoned);
    if (this.#axis === undefined) { // it never ran: record() tells
      this.#errorTold = true;
      this.#started.reject(error);
    }
    this.#queue.end(error);
    this.#ended.resolve();
  }

  /** Throws what ended the run, if nobody has been told yet. */
  #tell(): void {
    const told = this.#errorTold || this.#queue.errorDelivered;
    this.#errorTold = true;
    if (this.#error !== null && !told) throw this.#error;
  }
}

function runOf(
  session: Session,
): Pick<DrainerOrder, "ticket" | "plan" | "channels" | "pick" | "clockHz" | "ticksPerSample" | "samplesPerChannel"> {
  const { spec, configured } = session;
  const { pick } = configured;
  const channels = spec.channels.length;
  const stride = pick?.stride ?? channels;
  return {
    ticket: configured.applied.ticket!,
    plan: { buffers: spec.buffers!.buffers, codesPerBuffer: spec.buffers!.samplesPerBuffer * stride },
    ...{ channels, pick },
    clockHz: configured.applied.clockHz!,
    ticksPerSample: configured.ticksPerSample,
    samplesPerChannel: spec.timing!.samplesPerChannel ?? null,
  };
}

function ringFor(session: Session, backlogS: number): RingShape {
  const { spec, configured } = session;
  const { bits, encoding, clockHz } = configured.applied;
  const type = codeTypeFor(bits, encoding, session.capabilities.returnsFloats);
  const { samplesPerBuffer } = spec.buffers!;
  const codesPerSlot = samplesPerBuffer * spec.channels.length;
  const wanted = Math.ceil(backlogS * clockHz! / configured.ticksPerSample / samplesPerBuffer);
  const most = Math.floor(MAX_BACKLOG_BYTES / (codesPerSlot * bytesPerCode(type)));
  return ringShape(type, codesPerSlot, Math.max(MIN_SLOTS, Math.min(wanted, most)));
}

function rawOrder(session: Session, dtype: CodeType, raw: RecordOptions["raw"]): RawOrder | null {
  const { spec, backend, configured } = session;
  const logging = raw === undefined ? spec.logging : loggingOf(raw);
  if (logging === undefined) return null;
  const channelTypes = configured.settings.channelType;
  return {
    path: logging.path,
    overwrite: logging.overwrite,
    syncIntervalMs: logging.syncIntervalS * 1000,
    header: {
      task: spec.name,
      device: session.board,
      channels: session.blockChannels.map((channel) => asPlain({ ...channel, channelType: channelTypes })),
      dtype,
      samplesPerBuffer: spec.buffers!.samplesPerBuffer,
      clockHzAsked: configured.settings.clock!.hz,
      rateHzAsked: spec.timing!.rateHz,
      simultaneous: session.capabilities.simultaneous,
      versions: { library: VERSION, ...session.versions, backend: backend.name, simulated: backend.simulated },
      taskMetadata: spec.metadata,
      spec: spec.toJSON(),
    },
  };
}

/** A channel for the header alone, as `postMessage` keeps no methods: sensor and computation as the JSON they become. */
function asPlain(channel: RawChannel): RawChannel {
  const { sensor = null, computation = null } = channel;
  const plain = <T>(part: T): T => JSON.parse(JSON.stringify(part));
  return { ...channel, sensor: plain(sensor), computation: plain(computation) };
}

function loggingOf(raw: string | RawLogging | RawLoggingOptions): RawLogging {
  if (raw instanceof RawLogging) return raw;
  if (typeof raw !== "string" && (typeof raw !== "object" || raw === null)) {
    throw new DtolValidationError(`raw must be a path or its settings, but it is ${String(raw)}`);
  }
  return new RawLogging(typeof raw === "string" ? { path: raw } : raw);
}

/**
 * Recording: a drainer on a thread of its own, a raw file, and a stream of blocks.
 *
 * @module
 */

import type { StartMoment } from "../board/backend.ts";
import { monotonicClock } from "../clock.ts";
import { bytesPerCode } from "../convert/codes.ts";
import {
  DtolCapabilityError,
  DtolError,
  DtolTaskStateError,
  DtolTimeoutError,
  fromPlainError,
  type PlainError,
} from "../errors.ts";
import { TimeAxis } from "../model/axis.ts";
import { positiveNumber } from "../model/fields.ts";
import { type BlockChannel, DaqBlock } from "../model/block.ts";
import type { BlockQueue } from "./block_queue.ts";
import type { Control, DrainerNews, DrainerOrder, FillingBlock, Operation } from "./messages.ts";
import { NewsReceiver } from "./news_line.ts";
import { planRun, type RecordOptions, type RunPlan } from "./run_plan.ts";
import type { Session } from "./session.ts";
import type { AcquisitionSummary, RawSummary } from "./summary.ts";
import { watchOver } from "./watch.ts";

/** Between the making of the raw file and its first byte. */
const BEFORE_DATA: readonly Operation[] = ["getting the board ready", "waiting for the others", "starting the board"];

/**
 * Records: starts the board and a drainer on a thread of its own, which writes the raw file, if one is wanted, and hands
 * blocks to {@linkcode Recording.stream}.
 *
 * @param session An open device whose task is clocked.
 * @param options Where to, and what to do when things go wrong.
 * @returns The recording, once the board's clock runs, or the board waits for its trigger. It may wait for ever: stop it.
 * @throws {DtolTaskStateError} If the task is on outputs, or has no timing: the board is not touched.
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

/** A run under way. Made by {@linkcode record}; dispose of it, and it ends in order. */
export class Recording implements AsyncDisposable {
  /** Samples per second of each channel: what the board's clock really does; in triggered scans within a burst. */
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
  readonly #canReadInProcess: boolean;
  /** Settles when all have been answered that were asked until now. */
  #inProcess: Promise<unknown> = Promise.resolve();
  /** The question that the drainer has. */
  #filling: PromiseWithResolvers<DaqBlock | null> | null = null;
  readonly #worker: Worker;
  readonly #line: NewsReceiver;
  readonly #armed = Promise.withResolvers<void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #counts = { produced: 0, lost: 0, samplesPerChannel: 0, samplesLost: 0, overruns: 0, errors: 0 };
  readonly #lostBy: Partial<Record<string, number>> = {};
  #raw: RawSummary | null;
  #axis: TimeAxis | undefined;
  #startedUtcNs = 0n;
  #startMoment: StartMoment | null = null;
  #firstSampleUtcNs: bigint | undefined;
  #triggerSampleIndex: number | null = null;
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
    this.#canReadInProcess = session.capabilities.inProcessFlush === true;
    this.#raw = order.raw === null ? null : { path: order.raw.path, bytes: 0, chunks: 0 };
    this.rateHz = order.clockHz / order.ticksPerSample;
    const entry = session.backend.drainer ?? new URL("./drainer_worker.ts", import.meta.url);
    this.#worker = new Worker(entry, { type: "module", name: `drainer of ${session.board}` });
    this.#line = new NewsReceiver(order.news, (news) => this.#onNews(news));
    this.#worker.onmessage = ({ data }: MessageEvent<DrainerNews>) => this.#line.take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // told through the stream and the way out instead
      this.#fail(new DtolError(`The drainer of "${session.board}" failed: ${event.message}`), this.#axis !== undefined);
    };
  }

  /** The blocks; none comes before the trigger that the run waits for. Reading fails with the error that ended the run, after the last block before it. */
  get stream(): ReadableStream<DaqBlock> {
    return this.#queue.stream;
  }

  /**
   * The next block, for who wants blocks one by one and not for ever. Nothing is lost in between: they wait in the backlog.
   *
   * @param options `timeoutS`: seconds to wait for it. Default: the session's.
   * @returns The block; null when the run is over and all have been read.
   * @throws {DtolTimeoutError} If none comes in time; the next call waits for the same one.
   * @throws {DtolTaskStateError} If the stream has a reader already.
   */
  async read({ timeoutS = this.#session.timeoutS }: { readonly timeoutS?: number } = {}): Promise<DaqBlock | null> {
    const ms = 1000 * positiveNumber("timeoutS", timeoutS);
    if (this.stream.locked) throw new DtolTaskStateError("Cannot read a block as the stream has a reader already");
    const reader = this.stream.getReader();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const context = { board: this.board, operation: "read" };
      late.reject(new DtolTimeoutError(`No block of "${this.board}" came within ${timeoutS} s`, { context }));
    }, ms);
    const next = reader.read();
    next.catch(() => {}); // told below, unless the time is over: then the reader is gone, and the block stays
    try {
      const { value, done } = await Promise.race([next, late.promise]);
      return done ? null : value;
    } finally {
      clearTimeout(timer);
      reader.releaseLock();
    }
  }

  /**
   * What the buffer that the board is filling now holds already, for who cannot wait until it is full: as a block of the
   * stream is, with the indices and times that these samples have there. Each call goes on where the one before ended, or
   * where the buffer begins, if it is a new one: the rest of the one before is in the stream by then. The stream, the file and
   * the books get every sample all the same.
   *
   * With a start trigger from outside the time of the first samples is known better when their block is full: until then
   * `axis.anchor.uncertaintyNs` says how well.
   *
   * @returns The samples in it that no call has given yet, with the number that their block will have and `gapBefore` 0; null
   * when there are none, no buffer is being filled, or the board has too few empty ones to lend one for it: a task needs
   * three, better four, and after a loss it takes a round of them.
   * @throws {DtolCapabilityError} If the board cannot: see {@linkcode Capabilities.inProcessFlush}.
   * @throws {DtolTaskStateError} If the recording has ended. One that ends meanwhile gives null, or throws what ended it.
   * @throws {DtolReadError} If the driver mixes up its buffers by it: where later samples belong is not certain then, so the
   * run ends with that error, too, or starts again behind a gap, as the `errorPolicy` says.
   *
   * @example The newest samples at any moment, of blocks that take a second
   * ```ts
   * import { AnalogInputVoltage, openDevice, record, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
   * import { ok } from "node:assert/strict";
   *
   * const spec = new TaskSpec({
   *   board: "DT9862(00)",
   *   channels: [new AnalogInputVoltage({ physicalChannel: 0 })],
   *   timing: { rateHz: 1000 },
   *   buffers: { samplesPerBuffer: 1000 },
   * });
   * await using session = await openDevice(spec, { backend: new SimulatedBackend() });
   * await using recording = await record(session);
   * let next = 0;
   * while (next < 50) {
   *   const part = await recording.readInProcess();
   *   if (part === null) continue;
   *   ok(part.firstSampleIndex >= next);
   *   next = part.firstSampleIndex + part.samplesPerChannel;
   * }
   * ```
   */
  async readInProcess(): Promise<DaqBlock | null> {
    if (!this.#canReadInProcess) {
      throw new DtolCapabilityError(
        `Cannot read the buffer being filled of "${this.board}" as its driver has no call for that: read whole blocks`,
      );
    }
    if (this.#over) {
      throw new DtolTaskStateError(`Cannot read the buffer being filled of "${this.board}" as the recording has ended`);
    }
    const answer = this.#inProcess.then(() => this.#askForFilling()); // one after the other: each has its own samples
    this.#inProcess = answer.catch(() => {}); // whoever asked for it is told
    return await answer;
  }

  async #askForFilling(): Promise<DaqBlock | null> {
    if (this.#over || this.#control.stopRequested) return null;
    this.#filling = Promise.withResolvers();
    try {
      this.#control.requestFilling();
      this.#session.rawSubsystem.wake?.();
      return await this.#filling.promise;
    } finally {
      this.#filling = null;
    }
  }

  /** What became of every block so far. */
  get summary(): AcquisitionSummary {
    const { emitted, dropped } = this.#queue;
    return {
      startedAt: new Temporal.Instant(this.#startedUtcNs),
      firstSampleAt: this.#firstSampleUtcNs === undefined ? null : new Temporal.Instant(this.#firstSampleUtcNs),
      triggerSampleIndex: this.#triggerSampleIndex,
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
    const context = { task: this.#session.spec.name, board: this.board };
    this.#watch = watchOver(this.#control, this.#order.timeoutMs, context, (error) => this.#fail(error, true));
    try {
      this.#worker.postMessage(this.#order);
    } catch (cause) { // a backend of someone's own, whose ticket is more than plain data
      this.#fail(new DtolError(`Cannot hand "${this.board}" to its drainer: ${cause}`, { cause }), false);
    }
    await this.#started.promise;
    void this.#line.listen();
  }

  /** @ignore For {@linkcode startTogether}: settles when it waits at the gate; if it never comes to it, `begin` tells. */
  get armed(): Promise<void> {
    return this.#armed.promise;
  }

  /** @ignore For {@linkcode startTogether}: when the board was started. */
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
      case "anchored":
        this.#axis = new TimeAxis(news.anchor);
        return;
      case "trigger":
        this.#triggerSampleIndex ??= news.sampleIndex;
        return;
      case "failed":
        return this.#fail(this.#errorOf(news.error), false);
      case "block":
        this.#counts.produced++;
        this.#counts.samplesPerChannel += news.samples;
        this.#firstSampleUtcNs ??= this.#axis!.utcNsOf(news.firstSampleIndex);
        return this.#queue.add(this.#partsOf(news, news.samples), news.inRing);
      case "lost":
        this.#counts.produced += news.blocks;
        this.#counts.lost += news.blocks;
        this.#counts.samplesLost += news.samples;
        this.#lostBy[news.cause] = (this.#lostBy[news.cause] ?? 0) + news.blocks;
        if (news.cause === "overrun" || news.cause === "queue_done") this.#counts.overruns++;
        return;
      case "filling":
        if (news.error !== null) return this.#filling?.reject(this.#errorOf(news.error));
        return this.#filling?.resolve(news.block === null ? null : this.#blockOf(news.block));
      case "error": {
        this.#counts.errors++;
        if (!news.deliver) return;
        const nowNs = monotonicClock().nowNs();
        const at = { blockIndex: news.blockIndex, firstSampleIndex: news.sampleIndex, gapBefore: 0, atTrigger: false };
        const parts = this.#partsOf({ ...at, readStartedNs: nowNs, readFinishedNs: nowNs }, 0);
        return this.#queue.addError({ ...parts, codes: null, error: this.#errorOf(news.error) });
      }
      case "ended":
        if (news.raw !== null) this.#raw = { path: this.#order.raw!.path, ...news.raw };
        return this.#finish(news.error === null ? null : this.#errorOf(news.error), news.abandoned);
    }
  }

  #blockOf({ codes, samples, anchor, ...place }: FillingBlock): DaqBlock {
    const parts = this.#partsOf({ ...place, gapBefore: 0, atTrigger: false }, samples);
    return new DaqBlock({ ...parts, codes, ...(anchor === null ? {} : { axis: new TimeAxis(anchor) }) });
  }

  #partsOf(
    news: {
      blockIndex: number;
      firstSampleIndex: number;
      gapBefore: number;
      atTrigger: boolean;
      readStartedNs: bigint;
      readFinishedNs: bigint;
    },
    samplesPerChannel: number,
  ) {
    const { blockIndex, firstSampleIndex, gapBefore, atTrigger, readStartedNs, readFinishedNs } = news;
    const axis = this.#axis!;
    return {
      device: this.#order.ticket.board,
      task: this.#session.spec.name,
      channels: this.channels,
      metadata: this.#session.spec.metadata,
      startedUtcNs: this.#startedUtcNs,
      ...{ blockIndex, firstSampleIndex, gapBefore, atTrigger, readStartedNs, readFinishedNs, samplesPerChannel, axis },
    };
  }

  /** An error of the drainer, which knows the board and not the task. */
  #errorOf(plain: PlainError): DtolError {
    return fromPlainError(plain, { task: this.#session.spec.name, board: this.board });
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
    this.#line.close();
    this.#finishedAt = Temporal.Now.instant();
    this.#error = error;
    if (error !== null) this.#counts.errors++;
    this.#session.takeBack(abandoned);
    if (this.#axis === undefined) { // it never ran: record() tells
      this.#errorTold = true;
      this.#started.reject(error);
    }
    if (error === null) this.#filling?.resolve(null);
    else this.#filling?.reject(error);
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

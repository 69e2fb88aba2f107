/**
 * The plan of a recording: what the caller asks for and what the board made of the spec, as the orders of a drainer.
 *
 * @module
 */

import { bytesPerCode, codeTypeFor } from "../convert/codes.ts";
import type { CodeType } from "../convert/codes.ts";
import { DtolConfirmationRequiredError, DtolTaskStateError, DtolValidationError } from "../errors.ts";
import { AnalogInput } from "../model/channels.ts";
import {
  type DataFlow,
  ERROR_POLICIES,
  type ErrorPolicy,
  OVERFLOW_POLICIES,
  type OverflowPolicy,
} from "../model/enums.ts";
import { flag, oneOf, positiveNumber, wholeNumber } from "../model/fields.ts";
import type { TaskSpec } from "../model/spec.ts";
import { RawLogging, type RawLoggingOptions } from "../model/timing.ts";
import type { RawChannel } from "../raw/format.ts";
import { VERSION } from "../version.ts";
import { BlockQueue } from "./block_queue.ts";
import { Control, type DrainerOrder, type RawOrder, type RunTriggers } from "./messages.ts";
import { newsMemory } from "./news_line.ts";
import { isOutput } from "./outputs.ts";
import { BlockRing, type RingShape, ringShape } from "./ring.ts";
import type { Session } from "./session.ts";

const MAX_BACKLOG_BYTES = 512 * 1024 * 1024;
const MIN_SLOTS = 8;

/** Settings of `record()`. */
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
  /** Confirms that the scan may drive digital lines: for channels with a `digitalOutput`. Default: no. */
  readonly confirm?: boolean;
}

function checkConfirmed({ channels }: TaskSpec, confirm = false): void {
  if (flag("confirm", confirm)) return;
  const driving = channels.find((channel) => channel instanceof AnalogInput && channel.digitalOutput !== null);
  if (driving === undefined) return;
  throw new DtolConfirmationRequiredError(
    `Cannot record "${driving.name}" as its digitalOutput drives digital lines: give confirm: true`,
  );
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

/** Plans a run; `gate` is the memory of the gate at which it waits for others. Throws as `record()`. */
export async function planRun(
  session: Session,
  options: RecordOptions,
  gate: SharedArrayBuffer | null,
): Promise<RunPlan> {
  const { spec } = session;
  if (isOutput(spec)) {
    throw new DtolTaskStateError(
      `Cannot record ${spec.subsystemType} of "${session.board}" as outputs take values and give none: play() or write() them`,
    );
  }
  if (!spec.isClocked) {
    throw new DtolTaskStateError(`Cannot record as spec.dataFlow is "${spec.dataFlow}": give the task a timing`);
  }
  checkConfirmed(spec, options.confirm);
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
    news: newsMemory(ring.slots),
    control: control.memory,
    gate,
  };
  return { session, order, control, queue: new BlockQueue(new BlockRing(ring), overflow, limit) };
}

function runOf(
  session: Session,
): Omit<DrainerOrder, "raw" | "errorPolicy" | "timeoutMs" | "ring" | "news" | "control" | "gate"> {
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
    triggers: triggersOf(session),
  };
}

function triggersOf(
  { spec: { trigger, timing, dataFlow }, configured: { applied: { retriggerHz } } }: Session,
): RunTriggers {
  const samples = timing!.retrigger?.multiscanCount;
  const flows: Partial<Record<DataFlow, RunTriggers["reference"]>> = {
    continuous_pretrigger: "ends_at",
    continuous_about_trigger: "ends_after",
  };
  return {
    awaited: trigger.kind !== "software_start",
    bursts: samples === undefined || retriggerHz === undefined ? null : { samples, hz: retriggerHz },
    burstSamples: retriggerHz === undefined ? samples ?? null : null,
    reference: flows[dataFlow] ?? null,
  };
}

function ringFor(session: Session, backlogS: number): RingShape {
  const { spec, configured } = session;
  const { bits, encoding, clockHz } = configured.applied;
  const type = codeTypeFor(bits, encoding, session.capabilities.returnsFloats === true);
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

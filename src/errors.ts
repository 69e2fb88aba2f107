/**
 * Every error this library throws, one tree. Names are those of the Python library, so that `error_type` columns written
 * by either library read alike.
 *
 * @module
 */

/** What was being done when an error arose: every field that is known, and nothing else. */
export interface ErrorContext {
  /** Name of the task (`TaskSpec.name`). */
  readonly task?: string;
  /** Board name with its instance, for example `DT9806(00)`. */
  readonly board?: string;
  /** Subsystem, for example `analog_input 0`. */
  readonly subsystem?: string;
  /** Channel name, or its number as text. */
  readonly channel?: string;
  /** What happened to a run, for what came without a call: `overrun`, `queue_done`, `trigger_error`, `removed` ... */
  readonly event?: string;
  /** The SDK call or library step that failed. */
  readonly operation?: string;
  /** ECODE of the SDK, when the SDK refused. */
  readonly ecode?: number;
  /** The ECODE's name in the SDK's headers, for example `OLSUBSYSINUSE`. */
  readonly symbol?: string;
  /** The library that returned the ECODE. */
  readonly ecodeSource?: "oldaapi" | "olmem";
}

const CONTEXT_WORDS: readonly (readonly [keyof ErrorContext, string])[] = [
  ["task", "task"],
  ["board", "board"],
  ["channel", "channel"],
  ["operation", "op"],
];

function contextText(context: ErrorContext): string {
  const parts: string[] = [];
  for (const [key, word] of CONTEXT_WORDS) {
    if (context[key] !== undefined) parts.push(`${word}=${context[key]}`);
  }
  if (context.ecode !== undefined) parts.push(`ecode=${context.ecode}(${context.ecodeSource ?? "sdk"})`);
  return parts.length === 0 ? "" : ` [${parts.join(", ")}]`;
}

/** Options of every error of this library. */
export interface DtolErrorOptions {
  /** What was being done. */
  readonly context?: ErrorContext;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** The root of the tree: `catch (e) { if (e instanceof DtolError) ... }` catches whatever this library throws. */
export class DtolError extends Error {
  /** What was being done; empty when nothing is known. */
  readonly context: ErrorContext;

  /**
   * Makes an error.
   *
   * @param message What was being done, why it stopped, and the value that stopped it.
   * @param options What was being done, as fields, and the cause.
   */
  constructor(message: string, options: DtolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.context = Object.freeze({ ...options.context });
  }

  /** The message with its context behind it in brackets, as the sinks store it under `error_message`. */
  get text(): string {
    return this.message + contextText(this.context);
  }

  /** The class as the Python library spells it, as the sinks store it under `error_type`. */
  get type(): string {
    return `dtollib.errors.${this.name}`;
  }
}

/** The board or the SDK does not take a setting: a range, a gain, a clock, a list. */
export class DtolConfigurationError extends DtolError {}
/** A value in a spec or a call is wrong; found before any hardware call. */
export class DtolValidationError extends DtolError {}
/** An output that is marked for confirmation was driven without it. */
export class DtolConfirmationRequiredError extends DtolError {}
/** The call does not fit the state of the session, recording, buffer or sink. */
export class DtolTaskStateError extends DtolError {}
/** Data that arrived cannot be read or understood; also a damaged file. */
export class DtolReadError extends DtolError {}
/** What a {@linkcode DtolWriteError} tells beside its words. */
export interface DtolWriteErrorOptions extends DtolErrorOptions {
  /** What was put out before the error. */
  readonly written?: Readonly<Record<string, number | boolean>>;
  /** What was not, as far as the board says. */
  readonly notWritten?: readonly string[];
}
/** An output could not be written. */
export class DtolWriteError extends DtolError {
  /** What was put out before the error, by the names that were given. */
  readonly written: Readonly<Record<string, number | boolean>>;
  /** Names of what was not put out, as far as the board says; the first of them is where it failed. */
  readonly notWritten: readonly string[];

  /**
   * Makes an error.
   *
   * @param message See {@linkcode DtolError}.
   * @param options What was written, what not, and the rest.
   */
  constructor(message: string, options: DtolWriteErrorOptions = {}) {
    super(message, options);
    this.written = Object.freeze({ ...options.written });
    this.notWritten = Object.freeze([...options.notWritten ?? []]);
  }
}
/** The device, the SDK or the drainer did not answer in time. */
export class DtolTimeoutError extends DtolError {}
/** A fault that may pass: trying again is reasonable. */
export class DtolTransientError extends DtolError {}
/** The board went away: unplugged, switched off, or its driver stopped. */
export class DtolConnectionError extends DtolError {}
/** Something needed is taken or used up: a subsystem in use, memory, a file that exists. */
export class DtolResourceError extends DtolError {}
/** The board cannot do what was asked for. */
export class DtolCapabilityError extends DtolError {}
/** An answer of the SDK that fits no other class, and the base of its asynchronous errors. */
export class DtolCapiError extends DtolError {}
/** The board took samples that nobody fetched in time: data are lost from here to the next block. */
export class DtolBufferOverrunError extends DtolCapiError {}
/** An analog output ran dry. */
export class DtolBufferUnderrunError extends DtolCapiError {}
/** A trigger came at a moment when the board could not take it. */
export class DtolTriggerError extends DtolCapiError {}
/** The SDK or its driver failed in a way that no setting explains. */
export class DtolBackendError extends DtolError {}
/** Something that must be installed is missing or of the wrong kind: the SDK, a library. */
export class DtolDependencyError extends DtolError {}
/** A sink could not take or store data. */
export class DtolSinkError extends DtolError {}
/** Data of another shape than the sink was opened for. */
export class DtolSinkSchemaError extends DtolSinkError {}
/** A sink's file or server refused a write. */
export class DtolSinkWriteError extends DtolSinkError {}
/** A package that a sink needs is not installed. */
export class DtolSinkDependencyError extends DtolSinkError {}

const CLASSES: Readonly<Record<string, typeof DtolError>> = {
  DtolError,
  DtolConfigurationError,
  DtolValidationError,
  DtolConfirmationRequiredError,
  DtolTaskStateError,
  DtolReadError,
  DtolWriteError,
  DtolTimeoutError,
  DtolTransientError,
  DtolConnectionError,
  DtolResourceError,
  DtolCapabilityError,
  DtolCapiError,
  DtolBufferOverrunError,
  DtolBufferUnderrunError,
  DtolTriggerError,
  DtolBackendError,
  DtolDependencyError,
  DtolSinkError,
  DtolSinkSchemaError,
  DtolSinkWriteError,
  DtolSinkDependencyError,
};

/**
 * Makes an error of the class that a name tells, for names that come from a table, a file or another thread.
 *
 * @param name Class name such as `DtolReadError`; one that is not known gives a plain {@linkcode DtolError}.
 */
export function errorOfClass(name: string, message: string, options: DtolErrorOptions = {}): DtolError {
  const known = Object.hasOwn(CLASSES, name) ? CLASSES[name]! : DtolError;
  return new known(message, options);
}

/** What sinks were doing when a file was there already, or could not be made. */
const OPENS_FILE = /^open (raw )?(file|journal)$/;

/**
 * The exit code of a program that an error ended: 1 when data may be lost, 2 when the program was used wrongly (also when
 * a file is there already), 3 when a board or the SDK failed.
 */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (error instanceof DtolSinkError || error instanceof DtolBufferOverrunError) return 1;
  const isUsage = error instanceof DtolValidationError || error instanceof DtolConfirmationRequiredError ||
    (error instanceof DtolResourceError && OPENS_FILE.test(error.context.operation ?? ""));
  return isUsage ? 2 : 3;
}

/** An error as plain data, for the way between threads: `postMessage` keeps no class and no fields of an error. */
export interface PlainError {
  /** Class name. */
  readonly name: string;
  /** Message without context. */
  readonly message: string;
  /** What was being done. */
  readonly context: ErrorContext;
}

/** Takes an error apart for `postMessage`. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof DtolError) return { name: error.name, message: error.message, context: error.context };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { name: "DtolBackendError", message, context: {} };
}

/**
 * Makes the error again that {@linkcode toPlainError} took apart.
 *
 * @param plain What crossed the threads.
 * @param around What else was being done: what only this side knows.
 */
export function fromPlainError(plain: PlainError, around: ErrorContext = {}): DtolError {
  return errorOfClass(plain.name, plain.message, { context: { ...around, ...plain.context } });
}

/**
 * Defaults of a laboratory: what calls take where nothing else is said.
 *
 * @module
 */

import { DtolConfigurationError, DtolValidationError } from "./errors.ts";
import { type FieldTable, fill, maybe, optional, positive, text, toJson, whole } from "./model/field_table.ts";
import { BUFFER_FIELDS, BufferPlan } from "./model/timing.ts";

/** Settings of a {@linkcode DtolConfig}. */
export interface DtolConfigOptions {
  /** Seconds that a call to a board may take. Default: 10. */
  readonly timeoutS?: number;
  /** Samples per second of each channel, for programs that ask for a rate. Default: 10,000. */
  readonly sampleRateHz?: number;
  /** Samples of each channel that fill one buffer. Default: 1/20 s of the task's rate. */
  readonly samplesPerBuffer?: number;
  /** Buffers in turn between board and library, at least 3. Default: 8. */
  readonly buffers?: number;
  /** Blocks that may wait for the reader under `drop_oldest` and `drop_newest`. Default: 16. */
  readonly streamBufferSize?: number;
  /** File of the SDK's acquisition library. Default: where it is installed. */
  readonly oldaapi?: string;
  /** File of the SDK's buffer library. Default: where it is installed. */
  readonly olmem?: string;
}

const CONFIG_FIELDS: FieldTable = {
  timeoutS: optional(positive(), 10),
  sampleRateHz: optional(positive(), 10_000),
  samplesPerBuffer: maybe(BUFFER_FIELDS["samplesPerBuffer"]!),
  buffers: BUFFER_FIELDS["buffers"]!,
  streamBufferSize: optional(whole(1), 16),
  oldaapi: maybe(text()),
  olmem: maybe(text()),
};

/**
 * Defaults that a program hands to `openBackend`, `openDevice`, `TaskSpec` and `loadSetup` as their `config`. Immutable. Nothing
 * takes it by itself: two programs with the same code do the same.
 *
 * @example Patience for a slow driver, and larger buffers
 * ```ts
 * import { AnalogInputVoltage, DtolConfig, openDevice, SimulatedBackend, TaskSpec } from "@dtollib/dtollib";
 * import { equal } from "node:assert/strict";
 *
 * const config = new DtolConfig({ timeoutS: 30, buffers: 16 });
 * const channels = [new AnalogInputVoltage({ physicalChannel: 0 })];
 * const spec = new TaskSpec({ channels, timing: { rateHz: 1000 } }, config);
 * equal(spec.buffers?.buffers, 16);
 * await using session = await openDevice(spec, { backend: new SimulatedBackend(), config });
 * equal(session.timeoutS, 30);
 * ```
 */
export class DtolConfig {
  /** Seconds that a call to a board may take. */
  declare readonly timeoutS: number;
  /** Samples per second of each channel. */
  declare readonly sampleRateHz: number;
  /** Samples of each channel that fill one buffer, if they are fixed. */
  declare readonly samplesPerBuffer: number | undefined;
  /** Buffers in turn between board and library. */
  declare readonly buffers: number;
  /** Blocks that may wait for the reader under `drop_oldest` and `drop_newest`. */
  declare readonly streamBufferSize: number;
  /** File of the SDK's acquisition library, if one is named. */
  declare readonly oldaapi: string | undefined;
  /** File of the SDK's buffer library, if one is named. */
  declare readonly olmem: string | undefined;

  /**
   * Checks the settings and freezes them.
   *
   * @param options What is not to be as it is.
   * @throws {DtolValidationError} If a value is wrong.
   */
  constructor(options: DtolConfigOptions = {}) {
    fill(this, CONFIG_FIELDS, "config", { ...options });
    Object.freeze(this);
  }

  /** The buffers of a task that names none. */
  bufferPlan(rateHz: number): BufferPlan {
    const { samplesPerBuffer = BufferPlan.forRate(rateHz).samplesPerBuffer, buffers } = this;
    return new BufferPlan({ buffers, samplesPerBuffer });
  }

  /** The settings as JSON. */
  toJSON(): Record<string, unknown> {
    return toJson(this, CONFIG_FIELDS);
  }
}

/** Variables behind the prefix `DTOLLIB_`, as the Python library names them, by the field that each sets. */
export const CONFIG_VARIABLES: Readonly<Record<keyof DtolConfigOptions, string>> = {
  timeoutS: "DEFAULT_TIMEOUT_S",
  sampleRateHz: "DEFAULT_SAMPLE_RATE_HZ",
  samplesPerBuffer: "DEFAULT_CHUNK_SIZE",
  buffers: "DEFAULT_BUFFERS",
  streamBufferSize: "DEFAULT_STREAM_BUFFER",
  oldaapi: "OLDAAPI_DLL",
  olmem: "OLMEM_DLL",
};
const TEXTS = ["oldaapi", "olmem"];

/**
 * Settings out of the environment: variables of {@linkcode CONFIG_VARIABLES} behind a prefix. One that is not set, is empty, or may
 * not be read (`--allow-env`), leaves the default. Nothing is asked for.
 *
 * @param prefix What the names begin with. Default: `DTOLLIB_`.
 * @throws {DtolConfigurationError} If a variable is set to what its field cannot be; it names both.
 */
export function configFromEnv(prefix = "DTOLLIB_"): DtolConfig {
  const options: Record<string, unknown> = {};
  for (const [field, suffix] of Object.entries(CONFIG_VARIABLES)) {
    const variable = prefix + suffix;
    const value = variableOf(variable)?.trim();
    if (!value) continue;
    options[field] = TEXTS.includes(field) ? value : Number(value);
    try {
      new DtolConfig({ [field]: options[field] });
    } catch (error) {
      if (!(error instanceof DtolValidationError)) throw error;
      const rule = error.message.replace(/^config\./, "").replace(/, but it is .*/, "");
      throw new DtolConfigurationError(
        `Cannot use the environment variable ${variable} as ${rule}: it is "${value}", set it right or unset it`,
        { cause: error },
      );
    }
  }
  return new DtolConfig(options);
}

function variableOf(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

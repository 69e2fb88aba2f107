/**
 * What can be said of a session besides its task.
 *
 * @module
 */

import type { Backend } from "../board/backend.ts";
import type { DtolConfig } from "../config.ts";

/** Settings of {@linkcode Session.start}. */
export interface StartOptions {
  /** Whether outputs that ask for a confirmation may be driven. Default: no. */
  readonly confirm?: boolean;
}

/** Settings of {@linkcode openDevice}. */
export interface OpenOptions {
  /** The way to the board. */
  readonly backend: Backend;
  /** Seconds that a call to the board may take. Default: the configuration's. */
  readonly timeoutS?: number | undefined;
  /** Defaults of this session and its recordings. Default: those of {@linkcode DtolConfig}. */
  readonly config?: DtolConfig | undefined;
  /**
   * Whether outputs that have a safe value are set to it when the session is closed or aborted, and when the process ends
   * before: by `Deno.exit()`, by an error that nobody caught. They keep their last value otherwise, whatever becomes of the
   * program. Default: yes.
   */
  readonly parkOnClose?: boolean | undefined;
  /**
   * Whether the {@linkcode STOP_SIGNALS} do the same, and then end the process (exit code 128 and the signal's number; a
   * second signal ends it at once). A program with signal listeners of its own says no here, and closes the session in
   * them. Default: as `parkOnClose`.
   */
  readonly parkOnSignals?: boolean | undefined;
}

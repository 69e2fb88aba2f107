/**
 * The ways in which a system asks a program to end.
 *
 * @module
 */

/**
 * Signals after which a recording should be stopped in order: Ctrl-C, the end of the console or terminal, the end of the
 * session. Windows gives a program some five seconds after its console was closed.
 *
 * @example Stop a recording whatever ends the program
 * ```ts ignore
 * import { STOP_SIGNALS } from "@dtollib/dtollib";
 *
 * for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, () => void recording.stop());
 * ```
 */
export const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK", "SIGHUP"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

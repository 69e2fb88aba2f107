/**
 * The C boundary: the DT-Open Layers DataAcq SDK (`oldaapi64.dll`, `olmem64.dll`) as typed functions, and the few functions
 * of Windows that it needs. Importing opens nothing; {@linkcode openSdk} does.
 *
 * @module
 */

export * from "./constants.ts";
export { binaryArchitecture, loadSdk, SdkArchitectureError, SdkNotFoundError } from "./loader.ts";
export type { Attempt, BinaryArchitecture, Host, LoadedSdk, SdkLibrary, SdkOptions, SdkPaths } from "./loader.ts";
export type { ArgKind, Inputs, InputTypes, Outputs, OutputTypes, Result } from "./marshal.ts";
export * from "./message_window.ts";
export { type MonotonicClock, openMonotonicClock } from "./monotonic.ts";
export * from "./open_layers.ts";
export * from "./status.ts";
export * from "./symbols.ts";
export * from "./types.ts";

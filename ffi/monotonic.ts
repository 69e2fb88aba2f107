/**
 * The system's monotonic clock, the one that other processes on the machine read: stamps of theirs and of ours compare.
 * `performance.now()` counts from the start of its process and cannot do that.
 *
 * @module
 */

/** An open monotonic clock. */
export interface MonotonicClock extends Disposable {
  /** The system clock that is read. */
  readonly name: "CLOCK_MONOTONIC" | "QueryPerformanceCounter";
  /** Nanoseconds since an arbitrary moment of this boot. */
  nowNs(): bigint;
  /** Closes the library the clock is read through; more than once does no harm. */
  close(): void;
}

const POSIX = {
  // clk_id, *tp
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const WINDOWS = {
  // *lpPerformanceCount
  QueryPerformanceCounter: { parameters: ["buffer"], result: "i32" },
  // *lpFrequency
  QueryPerformanceFrequency: { parameters: ["buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Library and number of CLOCK_MONOTONIC. */
const POSIX_CLOCKS: Readonly<Record<string, readonly [library: string, clock: number]>> = {
  darwin: ["/usr/lib/libSystem.B.dylib", 6],
  linux: ["libc.so.6", 1],
};

/**
 * Opens the system's monotonic clock. Needs `--allow-ffi`.
 *
 * @throws {Error} If the system's library cannot be opened or its clock cannot be read.
 *
 * @example Time a step
 * ```ts
 * import { openMonotonicClock } from "./monotonic.ts";
 * import { ok } from "node:assert/strict";
 *
 * using clock = openMonotonicClock();
 * const start = clock.nowNs();
 * ok(clock.nowNs() >= start);
 * ```
 */
export function openMonotonicClock(): MonotonicClock {
  return Deno.build.os === "windows" ? openWindows() : openPosix();
}

function openPosix(): MonotonicClock {
  const [path, id] = POSIX_CLOCKS[Deno.build.os] ?? POSIX_CLOCKS.linux!;
  const { symbols, close } = openOnce(path, POSIX);
  const timespec = new BigInt64Array(2);
  const bytes = new Uint8Array(timespec.buffer);
  const nowNs = () => {
    if (symbols.clock_gettime(id, bytes) !== 0) throw new Error("Cannot read CLOCK_MONOTONIC: clock_gettime failed");
    return timespec[0]! * 1_000_000_000n + timespec[1]!;
  };
  return { name: "CLOCK_MONOTONIC", nowNs, close, [Symbol.dispose]: close };
}

function openWindows(): MonotonicClock {
  const { symbols, close } = openOnce("kernel32.dll", WINDOWS);
  const ticks = new BigInt64Array(1);
  const bytes = new Uint8Array(ticks.buffer);
  symbols.QueryPerformanceFrequency(bytes); // cannot fail since Windows XP, and never changes while the system runs
  const frequency = ticks[0]!;
  const nowNs = () => {
    symbols.QueryPerformanceCounter(bytes);
    return ticksToNs(ticks[0]!, frequency);
  };
  return { name: "QueryPerformanceCounter", nowNs, close, [Symbol.dispose]: close };
}

/** Ticks of a counter as nanoseconds, rounded down; exact for any count, as a bigint product does not overflow. */
export function ticksToNs(ticks: bigint, frequencyHz: bigint): bigint {
  return ticks * 1_000_000_000n / frequencyHz;
}

function openOnce<S extends Deno.ForeignLibraryInterface>(
  path: string,
  functions: S,
): { symbols: Deno.DynamicLibrary<S>["symbols"]; close: () => void } {
  const library = Deno.dlopen(path, functions);
  let open = true;
  const close = () => {
    if (open) library.close();
    open = false;
  };
  return { symbols: library.symbols, close };
}

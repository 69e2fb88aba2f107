/**
 * What does not run on Windows, and why. Everything else does: a test that is not listed here runs.
 *
 * @module
 */

/** A test that is left out. */
export interface LeftOut {
  /** The test's file, from the repository's root. */
  readonly file: string;
  /** The test's name; without it, the whole file. */
  readonly test?: string;
  /** Why. */
  readonly reason: string;
}

/** All of them. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    file: "tests/sim/windows_test.ts",
    test: "the queue takes 10,000 messages; a dead window takes none and loses its own",
    reason: "Wine's message queues have no limit, those of Windows do",
  },
  {
    file: "tests/interop/parquet_pyarrow_test.ts",
    reason:
      "there is no Python for Windows, so that it leaves out all its tests; and then Wine crashes at its end at times",
  },
];

/**
 * What does not run on Windows, and why. Everything else does: a test that is skipped there and not listed here fails the
 * run.
 *
 * @module
 */

/** Tests that are left out for one reason. */
export interface LeftOut {
  /** Why. */
  readonly reason: string;
  /** A test's file, from the repository's root, and its name; without a name, the whole file. */
  readonly tests: readonly { readonly file: string; readonly name?: string }[];
}

const named = (file: string, ...names: readonly string[]) => names.map((name) => ({ file, name }));

/** All of them. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    reason:
      "Windows has no signals that one program could send another; tests/windows/survival_test.ts sends what it has",
    tests: [
      ...named(
        "tests/acquire/park_test.ts",
        "W-11: SIGTERM parks, and ends the process",
        "W-11: SIGINT parks, and ends the process",
        "W-11: SIGHUP parks, and ends the process",
        "W-11: a second signal ends a process whose driver hangs in the parking",
        "a program with signal listeners of its own ends in its own way",
        "after the sessions are closed a signal ends the process as ever",
      ),
      ...named("tests/record/record_test.ts", "Ctrl-C ends record.ts in order, with the file complete"),
      ...named(
        "tests/windows/survival_test.ts",
        "SIGTERM on Linux: the file is complete and the board free",
        "SIGHUP on Linux: the file is complete and the board free",
      ),
    ],
  },
  {
    reason:
      "Windows has no /dev/full and no limit to the size of a file; full disks are also injected, and that runs there",
    tests: [
      ...named(
        "tests/acquire/drainer_test.ts",
        "a disk that is full ends the run: what was written stays, what was not is counted and not delivered",
      ),
      ...named("tests/raw/writer_test.ts", "W-64: a full disk of the system's own is told as such"),
      ...named("tests/sinks/csv_test.ts", "CsvSink: a full device is an error of the first write"),
      ...named("tests/sinks/parquet_crash_test.ts", "a write that Linux refuses is told (/dev/full)"),
    ],
  },
  {
    reason: "Wine's message queues have no limit, those of Windows do",
    tests: named(
      "tests/sim/windows_test.ts",
      "the queue takes 10,000 messages; a dead window takes none and loses its own",
    ),
  },
  {
    reason: "there is no Python for Windows here; the files are the same ones that it reads on Linux",
    tests: [{ file: "tests/interop/parquet_pyarrow_test.ts" }, { file: "tests/interop/raw_numpy_test.ts" }, {
      file: "tests/raw/interop_test.ts",
    }],
  },
];

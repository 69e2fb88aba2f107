/**
 * CPU and memory of another process, seen from outside so that measuring costs it nothing. Linux only.
 *
 * @module
 */

const PAGE = 4096;
const TICKS_PER_S = 100;

/** What a process had used at a moment. */
export interface Usage {
  /** Milliseconds, on the clock of `performance.now()`. */
  readonly atMs: number;
  /** Resident bytes. */
  readonly residentBytes: number;
  /** Seconds of CPU of the whole process, threads that have ended included. */
  readonly cpuS: number;
  /** Seconds of CPU by thread: `main`, `drainer`, `board` (the simulated one), `other`. */
  readonly threads: Readonly<Record<ThreadRole, number>>;
}

type ThreadRole = "main" | "drainer" | "board" | "other";

/** Reads what a process has used so far. */
export function usageOf(pid: number): Usage {
  const pages = Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]);
  const threads = { main: 0, drainer: 0, board: 0, other: 0 };
  const workers: { startTicks: number; cpuS: number }[] = [];
  for (const { name: id } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const stat = statOf(`/proc/${pid}/task/${id}/stat`);
    if (stat === null) continue;
    if (Number(id) === pid) threads.main += stat.cpuS;
    else if (stat.name.startsWith("worker-")) workers.push(stat);
    else threads.other += stat.cpuS;
  }
  // The worker's thread starts the board, whose thread has its name.
  workers.sort((a, b) => a.startTicks - b.startTicks);
  for (const [i, { cpuS }] of workers.entries()) threads[i === 0 ? "drainer" : "board"] += cpuS;
  const cpuS = statOf(`/proc/${pid}/stat`)!.cpuS;
  return { atMs: performance.now(), residentBytes: pages * PAGE, cpuS, threads };
}

function statOf(path: string): { name: string; cpuS: number; startTicks: number } | null {
  try {
    const [, name, rest] = /\((.*)\) (.*)/.exec(Deno.readTextFileSync(path))!;
    const fields = rest!.split(" "); // from field 3 of proc(5) on
    return {
      name: name!,
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
      startTicks: Number(fields[19]),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // the thread has ended
    throw error;
  }
}

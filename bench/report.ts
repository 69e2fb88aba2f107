/**
 * Figures, and the table they stand in.
 *
 * @module
 */

/** How a bench is to be run. */
export interface BenchOptions {
  /** Shorter runs; the figures are rougher. */
  readonly quick: boolean;
  /** Folder for the files that are written, and removed again. */
  readonly folder: string;
}

/** One row of the table. */
export interface Row {
  /** What was measured. */
  readonly name: string;
  /** The figure, with its unit. */
  readonly measured: string;
  /** What it should be; without it the row is for information. */
  readonly target?: string;
  /** Whether it is. */
  readonly ok?: boolean;
  /** How it came about, in a few words. */
  readonly note?: string;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that so many per cent are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * percent / 100), sorted.length - 1)] ?? NaN;
}

/** Milliseconds of each of several ways to do the same, taken in turn so that whatever disturbs one disturbs all. */
export function inTurn(rounds: number, ...ways: (() => void)[]): number[] {
  for (let i = 0; i < 20; i++) ways.forEach((way) => way()); // until they are compiled
  const times: number[][] = ways.map(() => []);
  for (let i = 0; i < rounds; i++) {
    for (const [way, run] of ways.entries()) {
      const start = performance.now();
      run();
      times[way]!.push(performance.now() - start);
    }
  }
  return times.map(median);
}

/** The rows as aligned text, what there is to say about each on a line below it. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, measured, target, ok }) => [
    name,
    measured,
    target ?? "",
    target === undefined ? "" : ok ? "ok" : "NOT MET",
  ]);
  const header = ["what", "measured", "target", ""];
  const widths = header.map((_, i) => Math.max(...[header, ...cells].map((line) => line[i]!.length)));
  const text = (line: string[]) => line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd();
  return [
    text(header),
    ...rows.flatMap(({ note }, i) => [text(cells[i]!), ...(note === undefined ? [] : [`    ${note}`])]),
  ].join("\n");
}

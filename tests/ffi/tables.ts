/**
 * The tables that the binding is compared with: the SDK's headers, as they were read.
 *
 * @module
 */

/** The rows of a tab separated table in `testdata`, by column name. */
export function readTable(name: string): Record<string, string>[] {
  const text = Deno.readTextFileSync(new URL(`./testdata/${name}.tsv`, import.meta.url));
  const [head, ...lines] = text.trimEnd().split(/\r?\n/).map((line) => line.split("\t"));
  return lines.map((cells) => Object.fromEntries(head!.map((column, i) => [column, cells[i] ?? ""])));
}

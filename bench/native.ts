/**
 * The C side of the comparisons, compiled for this machine.
 *
 * @module
 */

const FLAGS = ["-std=c11", "-O2", "-march=native", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread"];

const SYMBOLS = {
  // path, *bytes, bytes from chunk to chunk, chunks, header bytes, payload bytes, ms between syncs, *two results
  bench_write: {
    parameters: ["buffer", "buffer", "usize", "u32", "u32", "u32", "f64", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  // wake-ups, ms between them, *ms of lateness of each
  bench_lateness: { parameters: ["u32", "f64", "buffer"], result: "void", nonblocking: true },
  // *codes, *volts, count, low, high, gain
  bench_volts: { parameters: ["buffer", "buffer", "usize", "f64", "f64", "f64"], result: "void" },
  // *scans, *by channel, channels, samples
  bench_deinterleave: { parameters: ["buffer", "buffer", "usize", "usize"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The compiled library. */
export type Native = Deno.DynamicLibrary<typeof SYMBOLS>;

/** Compiles `native.c` and opens it; nothing is left on the disk. */
export async function openNative(): Promise<Native> {
  const folder = await Deno.makeTempDir({ prefix: "dtol-bench-native-" });
  try {
    const library = `${folder}/native.so`;
    const source = decodeURIComponent(new URL("./native.c", import.meta.url).pathname);
    const command = new Deno.Command(Deno.env.get("CC") || "cc", { args: [...FLAGS, "-o", library, source] });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(`Cannot compile bench/native.c:\n${new TextDecoder().decode(stderr)}`);
    return Deno.dlopen(library, SYMBOLS);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

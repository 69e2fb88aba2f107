/**
 * What the console does to a program: Ctrl-C, and the closing of its window. A test runs without a console, so it does
 * what Windows itself does then: it starts a thread at `CtrlRoutine` in the program, which calls its handlers.
 *
 * @module
 */

/** Numbers of the console's events. */
export const CONSOLE_EVENT = { ctrlC: 0, ctrlBreak: 1, close: 2 } as const;

const PROCESS_ALL_ACCESS = 0x1fffff;

/** Sends an event to a program, by its process id. */
export function sendConsoleEvent(pid: number, event: number): void {
  using library = open();
  const { symbols: c } = library;
  const text = (value: string) => new TextEncoder().encode(`${value}\0`);
  // System libraries are at the same address in every process of a session.
  const routine = c.GetProcAddress(c.GetModuleHandleA(text("kernelbase.dll")), text("CtrlRoutine"));
  if (routine === 0n) throw new Error("Cannot send a console event as kernelbase.dll has no CtrlRoutine");
  const process = c.OpenProcess(PROCESS_ALL_ACCESS, 0, pid);
  if (process === 0n) throw new Error(`Cannot send a console event as process ${pid} cannot be opened`);
  const thread = c.CreateRemoteThread(process, null, 0n, routine, BigInt(event), 0, null);
  c.CloseHandle(thread);
  c.CloseHandle(process);
  if (thread === 0n) throw new Error(`Cannot send a console event as no thread can be started in process ${pid}`);
}

function open() {
  const library = Deno.dlopen("kernel32.dll", {
    GetModuleHandleA: { parameters: ["buffer"], result: "u64" },
    GetProcAddress: { parameters: ["u64", "buffer"], result: "u64" },
    OpenProcess: { parameters: ["u32", "i32", "u32"], result: "u64" },
    CreateRemoteThread: { parameters: ["u64", "buffer", "u64", "u64", "u64", "u32", "buffer"], result: "u64" },
    CloseHandle: { parameters: ["u64"], result: "i32" },
  });
  return { symbols: library.symbols, [Symbol.dispose]: () => library.close() };
}

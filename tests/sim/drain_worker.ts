/** A small drainer: owns a window, takes every done buffer, returns the codes of list position 0. */
/// <reference lib="deno.worker" />
import { openSimLibrary } from "../sim.ts";

self.onmessage = async ({ data: { ad, blocks } }: MessageEvent<{ ad: bigint; blocks: number }>) => {
  const { symbols: sdk } = await openSimLibrary({
    CreateWindowExW: {
      parameters: ["u32", "buffer", "buffer", "u32", "i32", "i32", "i32", "i32", "u64", "u64", "u64", "buffer"],
      result: "u64",
    },
    PeekMessageW: { parameters: ["buffer", "u64", "u32", "u32", "u32"], result: "i32" },
    MsgWaitForMultipleObjectsEx: { parameters: ["u32", "buffer", "u32", "u32", "u32"], result: "u32" },
    olDaGetBuffer: { parameters: ["u64", "buffer"], result: "u32" },
    olDaPutBuffer: { parameters: ["u64", "u64"], result: "u32" },
    olDmCopyBuffer: { parameters: ["u64", "buffer"], result: "u32" },
  });
  const name = Uint16Array.from("STATIC\0", (unit) => unit.charCodeAt(0));
  const parent = BigInt.asUintN(64, -3n); // HWND_MESSAGE
  self.postMessage(sdk.CreateWindowExW(0, name, null, 0, 0, 0, 0, 0, parent, 0n, 0n, null));

  const found: number[] = [], message = new Uint8Array(48), buffer = new BigUint64Array(1);
  const codes = new Uint16Array(500);
  for (let taken = 0; taken < blocks;) {
    sdk.MsgWaitForMultipleObjectsEx(0, null, 100, 0x4ff, 4);
    while (sdk.PeekMessageW(message, 0n, 0, 0, 1)) continue;
    while (sdk.olDaGetBuffer(ad, buffer) === 0 && buffer[0] !== 0n) {
      sdk.olDmCopyBuffer(buffer[0]!, codes);
      sdk.olDaPutBuffer(ad, buffer[0]!);
      found.push(...codes.filter((_, i) => i % 2 === 0));
      taken++;
    }
  }
  self.postMessage(Uint16Array.from(found.slice(0, 250 * blocks)));
};

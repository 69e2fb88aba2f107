/**
 * A window that is never shown: where the SDK posts its messages.
 *
 * No callback into JavaScript: the window has the predefined class STATIC, whose procedure lives in Windows, and the
 * messages are taken from the queue of the thread. A window belongs to the thread that made it; only there can its messages
 * be read and can it be destroyed. So a thread that waits here blocks, for a bounded time.
 *
 * @module
 */

import { OLDA_WM, WIN32 } from "./constants.ts";
import type { User32 } from "./open_layers.ts";
import { user32 } from "./symbols.ts";
import { type Hwnd, MSG } from "./types.ts";

/** A message that was posted to a window. */
export interface WindowMessage {
  /** Number of the message; those of the SDK are `OLDA_WM`. */
  readonly message: number;
  /** In messages of the SDK the HDASS. */
  readonly wParam: bigint;
  /** In messages of the SDK the value given to `olDaSetWndHandle`. */
  readonly lParam: bigint;
}

const PM_REMOVE = 1;
/** Every kind of message. */
const QS_ALLINPUT = 0x04ff;
/** Also those that were there before the wait began; without it a message that somebody peeked at is slept over. */
const MWMO_INPUTAVAILABLE = 4;
const WAIT_TIMEOUT = 258;
const WAIT_FAILED = 0xffff_ffff;

/** The SDK's messages are asked for first: in a queue full of others they cost no more than in an empty one. */
const FIRST_OF_SDK = OLDA_WM.OLDA_WM_TRIGGER_ERROR;
const LAST_OF_SDK = OLDA_WM.OLDA_WM_IO_COMPLETE;
/** Most messages of others that one call clears away. */
const SWEEP = 64;

/** Messages taken from this thread's queue for a window whose `next()` was not the one that took them. */
const pending = new Map<bigint, WindowMessage[]>();

/** The window functions of Windows, where no SDK is needed for them. */
export interface OpenUser32 extends Disposable {
  /** The functions. */
  readonly functions: User32;
}

/** Opens `user32.dll`; null on other systems, where only a simulated SDK has such functions. */
export function openUser32(): OpenUser32 | null {
  if (Deno.build.os !== "windows") return null;
  const library = Deno.dlopen("user32.dll", user32);
  return { functions: library.symbols, [Symbol.dispose]: () => library.close() };
}

/** A hidden message-only window of the calling thread. */
export class MessageWindow implements Disposable {
  /** The window, for `olDaSetWndHandle`. */
  readonly hwnd: Hwnd;
  readonly #user32: User32;
  readonly #bytes = new Uint8Array(MSG.size);
  readonly #msg = new DataView(this.#bytes.buffer);
  readonly #messages: WindowMessage[] = [];
  #open = true;

  private constructor(user32: User32, hwnd: Hwnd) {
    this.#user32 = user32;
    this.hwnd = hwnd;
    pending.set(hwnd, this.#messages);
  }

  /**
   * Makes a window on the calling thread.
   *
   * @param user32 `sdk.user32`.
   * @throws {Error} If the system makes none.
   */
  static create(user32: User32): MessageWindow {
    const parent = BigInt.asUintN(64, BigInt(WIN32.HWND_MESSAGE));
    const hwnd = user32.CreateWindowExW(0, wide("STATIC"), wide(""), 0, 0, 0, 0, 0, parent, 0n, 0n, 0n);
    if (hwnd === 0n) throw new Error("Cannot make a message window as CreateWindowExW returned no handle");
    return new MessageWindow(user32, hwnd as Hwnd);
  }

  /** Whether it still exists: another program may have closed it. Then no message comes any more. */
  get alive(): boolean {
    return this.#open && this.#user32.IsWindow(this.hwnd) !== 0;
  }

  /**
   * The oldest message, or null. Never waits. Messages outside the SDK's range and those of others stay in the queue until
   * the next {@linkcode wait}.
   */
  next(): WindowMessage | null {
    if (this.#messages.length === 0) this.#take(this.hwnd, FIRST_OF_SDK, LAST_OF_SDK, 1);
    return this.#messages.shift() ?? null;
  }

  /** Takes up to `most` messages from the thread's queue, until there is one for this window. */
  #take(hwnd: bigint, lowest: number, highest: number, most: number): void {
    for (let i = 0; i < most && this.#messages.length === 0; i++) {
      if (this.#user32.PeekMessageW(this.#bytes, hwnd, lowest, highest, PM_REMOVE) === 0) return;
      pending.get(this.#msg.getBigUint64(MSG.fields.hwnd[1], true))?.push({
        message: this.#msg.getUint32(MSG.fields.message[1], true),
        wParam: this.#msg.getBigUint64(MSG.fields.wParam[1], true),
        lParam: this.#msg.getBigInt64(MSG.fields.lParam[1], true),
      });
    }
  }

  /**
   * Blocks the thread until there is a message, or for the time given.
   *
   * Messages of others are cleared away before, lest they wake every wait; but only some at a time, so that a program which
   * floods this thread does not keep it from its work.
   *
   * @param timeoutMs Longest wait in milliseconds, an integer from 0 to 4294967294.
   * @returns True if `next()` should be asked: there is a message, maybe for another window of this thread.
   * @throws {Error} If the wait fails.
   */
  wait(timeoutMs: number): boolean {
    if (!Number.isInteger(timeoutMs) || timeoutMs < 0 || timeoutMs >= WAIT_FAILED) {
      throw new RangeError(`Cannot wait for ${timeoutMs} ms: it takes an integer from 0 to ${WAIT_FAILED - 1}`);
    }
    if (this.#messages.length === 0) this.#take(0n, 0, 0, SWEEP);
    if (this.#messages.length > 0) return true;
    const status = this.#user32.MsgWaitForMultipleObjectsEx(0, null, timeoutMs, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
    if (status === WAIT_FAILED) throw new Error("Cannot wait for messages as MsgWaitForMultipleObjectsEx failed");
    return status !== WAIT_TIMEOUT;
  }

  /**
   * Posts a message to this window: the way to wake its thread. Allowed from any thread that has the handle.
   *
   * @throws {Error} If the window is gone or its queue is full.
   */
  post(message: number, wParam: bigint, lParam: bigint): void {
    if (this.#user32.PostMessageW(this.hwnd, message, wParam, lParam) === 0) {
      throw new Error(
        `Cannot post message ${message} as window 0x${this.hwnd.toString(16)} is gone or its queue is full`,
      );
    }
  }

  /**
   * Destroys the window; more than once does no harm. Detach it from every subsystem before (`olDaSetWndHandle` with null).
   *
   * @throws {Error} If the calling thread is not the one that made it.
   */
  close(): void {
    if (!this.#open) return;
    if (this.#user32.DestroyWindow(this.hwnd) === 0 && this.#user32.IsWindow(this.hwnd) !== 0) {
      throw new Error(`Cannot destroy window 0x${this.hwnd.toString(16)} as it belongs to another thread`);
    }
    this.#open = false;
    pending.delete(this.hwnd);
  }

  /** {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** UTF-16 text with its NUL. */
function wide(text: string): Uint8Array<ArrayBuffer> {
  const units = Uint16Array.from(`${text}\0`, (unit) => unit.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

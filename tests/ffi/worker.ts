/**
 * A second thread with an SDK of its own, for tests: does one thing, and posts what came of it.
 *
 * @module
 */
import { type Hdass, type Hwnd, openSdk } from "../../ffi/mod.ts";

/** What the worker is asked to do. */
export type Task =
  | { readonly directory: string; readonly rangeOf: Hdass }
  | { readonly directory: string; readonly postTo: Hwnd };

const thread = self as unknown as Worker;

thread.onmessage = ({ data }: MessageEvent<Task>) => {
  using sdk = openSdk({ sdk: data.directory });
  if ("rangeOf" in data) thread.postMessage(sdk.olDaGetRange(data.rangeOf));
  else thread.postMessage(sdk.user32.PostMessageW(data.postTo, 1127, 7n, 8n));
};

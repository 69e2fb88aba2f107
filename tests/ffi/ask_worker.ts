/**
 * Asks a second thread.
 *
 * @module
 */
import type { Task } from "./worker.ts";

/** Starts a thread, gives it one task, and returns its answer when the thread is gone. */
export async function askWorker(task: Task): Promise<unknown> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const answer = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => answer.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answer.reject(new Error(event.message));
  };
  worker.postMessage(task);
  try {
    return await answer.promise;
  } finally {
    worker.terminate();
  }
}

/**
 * Where the thread of a SQLite sink's database begins.
 *
 * @module
 */

/// <reference lib="deno.worker" />
import { toPlainError } from "../../src/errors.ts";
import { type Answer, ColumnMemory, type NumberedOrder, type WriteOrder } from "./orders.ts";
import { Store } from "./store.ts";

/** Writes that share a transaction: all that came while one was stored, up to so many. */
const MOST_AT_ONCE = 8;

let store: Store | undefined;
let waiting: NumberedOrder[] = [];
const columns = new ColumnMemory();
const { port1: turn, port2: nextTurn } = new MessageChannel();

function answer(orders: readonly NumberedOrder[], errors: readonly unknown[]): void {
  const plain = (error: unknown) => error === null ? null : toPlainError(error);
  self.postMessage(orders.map(({ id }, i): Answer => ({ id, error: plain(errors[i]!) })));
}

function carryOutFirst(): void {
  const first = waiting.shift()!;
  const { order } = first;
  try {
    if (order.kind === "open") store = new Store(order.options);
    else if (order.kind === "close") store?.close();
    answer([first], [null]);
  } catch (error) {
    answer([first], [error]);
  }
}

function isWrite({ order }: NumberedOrder): boolean {
  return order.kind !== "open" && order.kind !== "close";
}

turn.onmessage = () => {
  const other = waiting.findIndex((numbered) => !isWrite(numbered));
  const writes = waiting.slice(0, Math.min(other < 0 ? waiting.length : other, MOST_AT_ONCE));
  if (writes.length === 0) {
    carryOutFirst();
  } else {
    waiting = waiting.slice(writes.length);
    answer(writes, store!.write(writes.map(({ order }) => order as WriteOrder)));
  }
  if (waiting.length > 0) nextTurn.postMessage(null);
};

self.onmessage = ({ data: { id, order } }: MessageEvent<NumberedOrder>) => {
  const isReadings = order.kind === "readings";
  waiting.push({ id, order: isReadings ? { ...order, parts: order.parts.map((part) => columns.fill(part)) } : order });
  if (waiting.length === 1) nextTurn.postMessage(null); // after the messages that are there already
};

/**
 * The drainer's thread: waits for one order, and runs it.
 *
 * @module
 */

import type { AttachIntake, Intake } from "../board/backend.ts";
import { DtolBackendError, toPlainError } from "../errors.ts";
import { Drainer } from "./drainer.ts";
import { Player, type PlayerNews, type PlayOrder } from "./player.ts";
import { Control, type DrainerNews, type DrainerOrder } from "./messages.ts";

/** This thread's end of the line to the main thread. */
interface Line {
  onmessage: ((event: MessageEvent<DrainerOrder | PlayOrder>) => void) | null;
  postMessage(news: DrainerNews | PlayerNews): void;
}

/**
 * Makes this worker a drainer, or the player of an output. A backend of one's own brings an entry file that calls this with its intake, and names
 * that file as {@linkcode Backend.drainer}.
 *
 * @param backends How to make an intake, by the backend's name.
 */
export function serveDrainer(backends: Readonly<Record<string, AttachIntake>>): void {
  const line = self as unknown as Line;
  line.onmessage = async ({ data: order }) => {
    new Control(order.control).operation = "opening the run";
    let intake: Intake;
    try {
      const attach = backends[order.ticket.backend];
      if (attach === undefined) {
        throw new DtolBackendError(`No drainer is known for the backend "${order.ticket.backend}"`);
      }
      intake = attach(order.ticket);
    } catch (error) {
      line.postMessage({ type: "failed", error: toPlainError(error) });
      return;
    }
    if ("play" in order) await new Player(order, intake, (news) => line.postMessage(news)).run();
    else await new Drainer(order, intake, (news) => line.postMessage(news)).run();
  };
}

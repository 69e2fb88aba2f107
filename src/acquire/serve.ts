/**
 * The drainer's thread: waits for one order, and runs it.
 *
 * @module
 */

import type { AttachIntake, Intake, IntakeTicket } from "../board/backend.ts";
import { DtolBackendError, toPlainError } from "../errors.ts";
import { Drainer } from "./drainer.ts";
import { Player, type PlayerNews, type PlayOrder } from "./player.ts";
import { Control, type DrainerNews, type DrainerOrder } from "./messages.ts";
import { NewsSender } from "./news_line.ts";

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
    if ("play" in order) {
      const post = (news: PlayerNews) => line.postMessage(news);
      const intake = attach(backends, order.ticket, post);
      if (intake !== null) await new Player(order, intake, post).run();
    } else {
      const sender = new NewsSender(order.news, (news) => line.postMessage(news));
      const post = (news: DrainerNews) => sender.send(news);
      const intake = attach(backends, order.ticket, post);
      if (intake !== null) await new Drainer(order, intake, post).run();
    }
  };
}

/** Makes the intake of a ticket; null when that failed, which is told. */
function attach(
  backends: Readonly<Record<string, AttachIntake>>,
  ticket: IntakeTicket,
  post: (news: Extract<PlayerNews & DrainerNews, { readonly type: "failed" }>) => void,
): Intake | null {
  try {
    const attach = backends[ticket.backend];
    if (attach === undefined) throw new DtolBackendError(`No drainer is known for the backend "${ticket.backend}"`);
    return attach(ticket);
  } catch (error) {
    post({ type: "failed", error: toPlainError(error) });
    return null;
  }
}

/**
 * Whose intake a ticket of the SDK's asks for.
 *
 * @module
 */

import type { Intake, IntakeTicket } from "./backend.ts";
import { DataAcqIntake } from "./dataacq_intake.ts";
import { PeekingIntake } from "./dataacq_peek.ts";
import { DataAcqPlayout } from "./dataacq_playout.ts";
import type { DataAcqTicket } from "./dataacq_subsystem.ts";

/** Makes the intake of a board behind the SDK. */
export function attachDataAcq(plain: IntakeTicket): Intake {
  const ticket = plain as DataAcqTicket;
  if (ticket.isOutput) return new DataAcqPlayout(ticket);
  return ticket.peeks ? new PeekingIntake(ticket) : new DataAcqIntake(ticket);
}

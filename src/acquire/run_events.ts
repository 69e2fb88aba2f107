/**
 * What happened to a run, as errors and as causes of losses.
 *
 * @module
 */

import type { IntakeEvent } from "../board/backend.ts";
import { DtolBufferOverrunError, DtolConnectionError, DtolError, DtolReadError, DtolTriggerError } from "../errors.ts";
import type { LossCause } from "./messages.ts";

/** The error of something that ended a run against its will. */
export function errorOfEvent(event: IntakeEvent, board: string): DtolError {
  const options = { context: { board, event, operation: event } };
  switch (event) {
    case "overrun":
      return new DtolBufferOverrunError(`"${board}" overran: samples were lost`, options);
    case "queue_done":
      return new DtolBufferOverrunError(`"${board}" ran out of empty buffers`, options);
    case "trigger_error":
      return new DtolTriggerError(
        `"${board}" got a trigger at a bad moment: the scans of the one before were not over`,
        options,
      );
    case "stopped":
    case "underrun": // an output's, which no input has
    case "io_complete":
      return new DtolError(`"${board}" ended the run by itself`, options);
    case "disordered":
      return new DtolReadError(
        `"${board}" did not keep its buffers in order when the one being filled was read: where the samples after it ` +
          "belong is not certain. Read whole blocks only",
        options,
      );
    case "removed":
      return new DtolConnectionError(`"${board}" is gone: unplugged, or its driver stopped`, options);
  }
}

/** Why samples are missing after it. */
export function causeOf(event: IntakeEvent): LossCause {
  if (event === "disordered") return "reused";
  return event === "queue_done" || event === "removed" || event === "trigger_error" ? event : "overrun";
}

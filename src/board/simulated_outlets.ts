/**
 * What the outputs of simulated boards carry, for as long as their backend lives: real ones keep their last value, too,
 * whoever closes them.
 *
 * @module
 */

import { MODELS } from "./simulated_models.ts";
import { TriggerLine } from "./trigger_line.ts";

/** What the outputs of one board carry, and what comes to its trigger inputs. The memory is shared with the threads that its inputs are drained on. */
export class Outlets {
  /** Codes of the analog outputs; at first 0 V. */
  readonly analog: Int32Array<SharedArrayBuffer>;
  /** Lines of the digital output port. */
  lines = 0;
  /** Its trigger inputs. */
  readonly triggers: TriggerLine = new TriggerLine();

  /** @param model Model of the board. */
  constructor(model: string) {
    const { output } = MODELS[model]!;
    this.analog = new Int32Array(new SharedArrayBuffer(4 * (output?.channels ?? 0)));
    this.analog.fill(2 ** ((output?.bits ?? 1) - 1));
  }
}

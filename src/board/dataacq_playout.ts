/**
 * The run of a real analog output, on the player's thread: buffers are filled, queued, put out, and filled again.
 *
 * @module
 */

import { OL_QUE, OLDA_WM } from "../../ffi/constants.ts";
import type { Hbuf } from "../../ffi/types.ts";
import type { Intake, IntakeEvent, IntakePlan, StartMoment, TakenBuffer } from "./backend.ts";
import { DataAcqRun, RUN_EVENTS } from "./dataacq_run.ts";

const EVENTS: Readonly<Record<number, IntakeEvent>> = {
  ...RUN_EVENTS,
  [OLDA_WM.OLDA_WM_UNDERRUN_ERROR]: "underrun",
  [OLDA_WM.OLDA_WM_IO_COMPLETE]: "io_complete",
};

/** The run of an output. */
export class DataAcqPlayout extends DataAcqRun implements Intake {
  /** Not filled yet: what `take` gives before the start. */
  #fresh: Hbuf[] = [];
  #isArmed = false;

  begin(plan: IntakePlan): void {
    this.phases.step("begin", ["idle"], "begun");
    this.#isArmed = false;
    this.do("Cannot allocate buffers", () => this.#fresh = [...this.allocate(plan)]);
    this.hear();
  }

  /** The second `olDaConfig` wires window and filled buffers into the transfer. */
  arm(): void {
    this.phases.step("arm", ["begun"]);
    this.do("Cannot configure the run", () => this.sdk.olDaConfig(this.hdass));
    this.#isArmed = true;
  }

  start(already: StartMoment | null = null): void {
    if (!this.#isArmed) throw this.phases.refusal("start", "it has not been armed");
    this.phases.step("start", ["begun"], "running");
    if (already === null) this.do("Cannot start the run", () => this.sdk.olDaStart(this.hdass));
  }

  wait(timeoutMs: number): readonly IntakeEvent[] {
    this.phases.step("wait", ["running", "ended"]); // its last samples may still be leaving
    this.window!.wait(timeoutMs);
    const events: IntakeEvent[] = [];
    for (let message = this.nextMessage(); message !== null; message = this.nextMessage()) {
      const event = EVENTS[message];
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** Before the start a buffer that was never filled, then one that was put out. */
  take(): TakenBuffer | null {
    this.phases.step("take", ["begun", "running", "ended"]);
    if (this.lent !== null) throw this.phases.refusal("take", "the buffer taken before has not been given back");
    this.lent = this.phases.now === "begun"
      ? this.#fresh.shift() ?? null
      : this.do("Cannot fetch a buffer", () => this.fetch());
    return this.lent === null ? null : { codes: this.codesOf(this.lent), lostBefore: 0 };
  }

  waiting(): number {
    return this.do("Cannot count the buffers", () => this.sdk.olDaGetQueueSize(this.hdass, OL_QUE.OL_QUE_READY));
  }

  giveBack(filled?: number): void {
    if (this.lent === null) throw this.phases.refusal("give a buffer back to", "none was taken");
    const buffer = this.lent;
    this.lent = null;
    if (this.ending || filled === 0) return; // stays with us
    this.do("Cannot queue a buffer", () => {
      this.sdk.olDmSetValidSamples(buffer, filled ?? this.codesOf(buffer).length);
      this.queue(buffer);
    });
  }
}

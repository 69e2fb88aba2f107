/** What tests of single values on outputs share. */
import { OLSS } from "../../ffi/constants.ts";
import type { Backend } from "../../src/board/backend.ts";
import { SimulatedBackend } from "../../src/board/simulated.ts";
import {
  AnalogOutputVoltage,
  type AnalogOutputVoltageOptions,
  DigitalOutputPort,
  type DigitalOutputPortOptions,
} from "../../src/model/channels.ts";
import { TaskSpec } from "../../src/model/spec.ts";
import { sim } from "./lab.ts";

/** A task on analog outputs; what they need no confirmation for is not what these tests are about. */
export function volts(board: string, ...channels: Partial<AnalogOutputVoltageOptions>[]): TaskSpec {
  return new TaskSpec({
    board,
    channels: channels.map((channel, physicalChannel) =>
      new AnalogOutputVoltage({ physicalChannel, requiresConfirm: false, ...channel })
    ),
  });
}

/** A task on a digital output port called `out`. */
export const port = (board: string, options: Partial<DigitalOutputPortOptions>) =>
  new TaskSpec({
    board,
    channels: [new DigitalOutputPort({ physicalChannel: 0, name: "out", requiresConfirm: false, ...options })],
  });

/** What an output really carries. */
export function carried(
  backend: Backend,
  type: "analog_output" | "digital_output",
  channel = 0,
  board = "DT9806(00)",
): number {
  if (backend instanceof SimulatedBackend) return backend.output(board, type, channel)!;
  return sim.output(board, type === "analog_output" ? OLSS.OLSS_DA : OLSS.OLSS_DOUT, channel);
}

/** Lines of a port, one of which asks for a confirmation and one has no name of its own. */
export const LINES = [{ bit: 0, name: "lamp" }, { bit: 7, name: "valve", requiresConfirm: true }, { bit: 4 }];

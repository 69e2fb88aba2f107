/**
 * Whether a board has the digital ports that a task asks for: ports, bits, lines.
 *
 * @module
 */

import { DtolCapabilityError, DtolValidationError } from "../errors.ts";
import { DigitalOutputPort, DigitalPort } from "../model/channels.ts";
import type { TaskSpec } from "../model/spec.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ChannelFit } from "./fit.ts";

/** Checks the ports of a task and makes their list. */
export function fitPorts(spec: TaskSpec, board: string, can: Capabilities): ChannelFit {
  const ports = spec.channels.filter((channel) => channel instanceof DigitalPort);
  if (spec.isClocked) {
    throw new DtolCapabilityError(
      `Cannot clock port "${ports[0]!.name}" of "${board}": ports are read and written one value at a time, so leave ` +
        "spec.timing out",
    );
  }
  for (const port of ports) checkPort(port, board, can);
  const list = ports.map((channel) => ({ physicalChannel: channel.physicalChannel, gain: 1, channel }));
  return { channelType: null, range: null, encoding: null, list, interleavedCjc: false, pick: null, polled: list };
}

function checkPort(port: DigitalPort, board: string, { channels, bits }: Capabilities): void {
  const { name, physicalChannel, width, lines } = port;
  if (channels !== null && physicalChannel >= channels) {
    throw new DtolValidationError(
      `Port "${name}" is port ${physicalChannel}, but "${board}" has ${
        channels === 1 ? "only 0" : `0 to ${channels - 1}`
      }`,
    );
  }
  if (bits === null) return; // what is written is checked against what the port says when it is set
  if (width !== null && width !== bits) {
    throw new DtolValidationError(`Port "${name}" has width ${width}, but ports of "${board}" have ${bits} bits`);
  }
  for (const line of lines) {
    if (line.bit >= bits) {
      throw new DtolValidationError(
        `Line "${port.lineKey(line)}" is bit ${line.bit}, but ports of "${board}" have bits 0 to ${bits - 1}`,
      );
    }
  }
  if (port instanceof DigitalOutputPort && port.safeValue !== null && port.safeValue >= 2 ** bits) {
    throw new DtolValidationError(
      `Port "${name}" has safeValue ${port.safeValue}, but ports of "${board}" have ${bits} bits: at most ${
        2 ** bits - 1
      }`,
    );
  }
}

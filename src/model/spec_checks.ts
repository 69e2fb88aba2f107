/**
 * What must hold between the parts of a task.
 *
 * @module
 */

import { DtolValidationError } from "../errors.ts";
import {
  AnalogOutputVoltage,
  type ChannelSpec,
  ColdJunctionInput,
  CounterOutput,
  DigitalOutputPort,
  DigitalPort,
} from "./channels.ts";
import type { DataFlow } from "./enums.ts";
import { invalid } from "./fields.ts";
import type { TaskSpec } from "./spec.ts";
import type { BufferPlan } from "./timing.ts";
import { type ReferenceTrigger, SoftwareStart } from "./triggers.ts";

/** Checks that channels are of one subsystem, and that no name and no input is there twice. */
export function checkChannels({ channels, virtual }: TaskSpec): void {
  const names = new Set<string>();
  const claim = (path: string, name: string) => {
    if (names.has(name)) throw invalid(path, "a name that no other channel or line has", name);
    names.add(name);
  };
  const inputs = new Set<number>();
  for (const [i, channel] of channels.entries()) {
    const path = `spec.channels[${i}]`;
    if (channel.subsystemType !== channels[0]!.subsystemType) {
      throw invalid(`${path}.kind`, `of one subsystem with ${channels[0]!.kind}`, channel.kind);
    }
    const place = channel instanceof ColdJunctionInput ? -1 - channel.physicalChannel : channel.physicalChannel;
    if (inputs.has(place)) {
      throw invalid(`${path}.physicalChannel`, "one that no other channel is", channel.physicalChannel);
    }
    inputs.add(place); // the cold junction of an input is another thing than the input, where boards tell of it
    claim(`${path}.name`, channel.name);
  }
  for (const [i, channel] of channels.entries()) {
    if (!(channel instanceof DigitalPort)) continue;
    channel.lines.forEach((line, k) => claim(`spec.channels[${i}].lines[${k}].name`, channel.lineKey(line)));
  }
  checkVirtual(channels, virtual, claim);
}

/** Checks that what a virtual channel is computed from is there, before it, and is measured. */
function checkVirtual(
  channels: readonly ChannelSpec[],
  virtual: TaskSpec["virtual"],
  claim: (path: string, name: string) => void,
): void {
  const known = new Set(channels.filter((channel) => !isOutput(channel)).map(({ name }) => name));
  for (const [i, { name, channels: needed }] of virtual.entries()) {
    const path = `spec.virtual[${i}]`;
    for (const one of needed) {
      if (known.has(one)) continue;
      throw invalid(`${path}.formula`, `made of channels that are measured (${[...known].join(", ")})`, one);
    }
    claim(`${path}.name`, name);
    known.add(name);
  }
}

function isOutput(channel: ChannelSpec): boolean {
  return channel instanceof AnalogOutputVoltage || channel instanceof DigitalOutputPort ||
    channel instanceof CounterOutput;
}

/** Checks that timing, buffers, triggers and the raw file go with the flow. */
export function checkFlow(spec: TaskSpec): void {
  if (spec.dataFlow === "single_value") checkSingleValue(spec);
  else checkClocked(spec);
}

function checkSingleValue({ timing, buffers, logging, trigger, referenceTrigger }: TaskSpec): void {
  const started = trigger instanceof SoftwareStart ? undefined : trigger;
  for (const [key, part] of Object.entries({ timing, buffers, logging, trigger: started, referenceTrigger })) {
    if (part !== undefined) {
      throw new DtolValidationError(
        `spec.${key} has no meaning as spec.dataFlow is "single_value": leave one of them out`,
      );
    }
  }
}

const WITH_REFERENCE: readonly DataFlow[] = ["continuous_pretrigger", "continuous_about_trigger"];

function checkClocked({ dataFlow, timing, buffers, trigger, referenceTrigger, channels }: TaskSpec): void {
  const because = `as spec.dataFlow is "${dataFlow}"`;
  if (timing === undefined) throw invalid("spec.timing", `given ${because}`, null);
  const { samplesPerChannel } = timing;
  if ((dataFlow === "finite") !== (samplesPerChannel !== undefined)) {
    const rule = dataFlow === "finite" ? "given" : "left out";
    throw invalid("spec.timing.samplesPerChannel", `${rule} ${because}`, samplesPerChannel ?? null);
  }
  if (WITH_REFERENCE.includes(dataFlow) !== (referenceTrigger !== undefined)) {
    const rule = WITH_REFERENCE.includes(dataFlow) ? "given" : "left out";
    throw invalid("spec.referenceTrigger", `${rule} ${because}`, referenceTrigger ?? null);
  }
  if (referenceTrigger !== undefined) checkReference(dataFlow, referenceTrigger, buffers);
  if (timing.retrigger?.mode === "scan_per_trigger" && trigger instanceof SoftwareStart) {
    throw invalid("spec.trigger", `one that comes again ${because} with scan_per_trigger`, trigger.kind);
  }
  if (buffers?.wrapMode === "single" && !(channels[0] instanceof AnalogOutputVoltage)) {
    throw invalid("spec.buffers.wrapMode", "none or multiple for an input: single repeats one buffer", "single");
  }
}

/** A run with samples from before its trigger ends by itself, which must not look like running out of buffers. */
function checkReference(dataFlow: DataFlow, { postScanCount }: ReferenceTrigger, buffers?: BufferPlan): void {
  const endsAtTrigger = dataFlow === "continuous_pretrigger";
  if (endsAtTrigger !== (postScanCount === 0)) {
    const rule = endsAtTrigger ? "0, as such a run ends at its trigger" : "above 0";
    throw invalid("spec.referenceTrigger.postScanCount", rule, postScanCount);
  }
  if (buffers?.wrapMode !== "multiple") {
    throw invalid("spec.buffers.wrapMode", `multiple as spec.dataFlow is "${dataFlow}"`, buffers?.wrapMode);
  }
}

/**
 * A task of a set-up: what is measured, and where it goes.
 *
 * @module
 */

import type { DtolConfig } from "../../src/config.ts";
import { CounterOutput } from "../../src/model/channels.ts";
import { ERROR_POLICIES, type ErrorPolicy, OVERFLOW_POLICIES, type OverflowPolicy } from "../../src/model/enums.ts";
import {
  at,
  type Field,
  type FieldTable,
  fill,
  listOf,
  maybe,
  objectSchema,
  optional,
  optionsFromJson,
  positive,
  toJson,
  whole,
  word,
} from "../../src/model/field_table.ts";
import { invalid, knownKeys, snakeCase } from "../../src/model/fields.ts";
import { SPEC_FIELDS, TaskSpec } from "../../src/model/spec.ts";
import { checkTakes, type SetupSink, type SetupSinkOptions, sinkField } from "./sink_plan.ts";

/** Settings of a {@linkcode SetupTask}. */
export interface SetupTaskOptions {
  /** What is to be done; its name is that of the device, and there once in a set-up. */
  readonly spec: TaskSpec;
  /** Where blocks or readings go. Default: nowhere but into `spec.logging`. */
  readonly sinks?: readonly (SetupSink | SetupSinkOptions)[] | undefined;
  /** Readings per second; of a task of single values that measures, and only then. */
  readonly pollRateHz?: number | undefined;
  /** What an error of the board does. Default: the set-up's policy. */
  readonly errorPolicy?: ErrorPolicy | undefined;
  /** What happens when the sinks are slower than the board; of a clocked task. Default: `block`. */
  readonly overflow?: OverflowPolicy | undefined;
  /** Blocks that may wait under the other policies. Default: the configuration's. */
  readonly streamBufferSize?: number | undefined;
  /** Seconds of data that the backlog holds; of a clocked task. Default: 8. */
  readonly backlogS?: number | undefined;
}

/** What a task of a set-up has beside its spec. */
const TASK_FIELDS: FieldTable = {
  sinks: optional(listOf(sinkField(), "sinks"), Object.freeze([])),
  pollRateHz: maybe(positive()),
  errorPolicy: maybe(word(ERROR_POLICIES)),
  overflow: optional(word(OVERFLOW_POLICIES), "block"),
  streamBufferSize: maybe(whole(1)),
  backlogS: maybe(positive()),
};

/** A task of a set-up. Immutable. */
export class SetupTask {
  /** What is to be done. */
  readonly spec: TaskSpec;
  /** Where blocks or readings go. */
  declare readonly sinks: readonly SetupSink[];
  /** Readings per second. */
  declare readonly pollRateHz: number | undefined;
  /** What an error of the board does. */
  declare readonly errorPolicy: ErrorPolicy | undefined;
  /** What happens when the sinks are slower than the board. */
  declare readonly overflow: OverflowPolicy;
  /** Blocks that may wait under the other policies. */
  declare readonly streamBufferSize: number | undefined;
  /** Seconds of data that the backlog holds. */
  declare readonly backlogS: number | undefined;

  /**
   * Checks the settings and freezes them.
   *
   * @param options Task, sinks and habits.
   * @param path Where it stands, for errors.
   * @throws {DtolValidationError} If something is wrong, or does not go together.
   */
  constructor({ spec, ...options }: SetupTaskOptions, path = "task") {
    if (!(spec instanceof TaskSpec)) throw invalid(`${path}.spec`, "a TaskSpec", spec);
    this.spec = spec;
    fill(this, TASK_FIELDS, path, options);
    this.#check(path);
    Object.freeze(this);
  }

  /** What is done with it: blocks are recorded, readings polled, outputs opened for the program to drive. */
  get doing(): "record" | "poll" | "open" {
    const [first] = this.spec.channels;
    if (/output$/.test(first!.subsystemType) || first instanceof CounterOutput) return "open";
    return this.spec.isClocked ? "record" : "poll";
  }

  /** The task as JSON: the spec's keys, and beside them its own. */
  toJSON(): Record<string, unknown> {
    return { ...this.spec.toJSON(), ...toJson(this, TASK_FIELDS) };
  }

  #check(path: string): void {
    const { doing, sinks, pollRateHz } = this;
    if (doing !== "poll" && pollRateHz !== undefined) {
      throw invalid(`${path}.pollRateHz`, `left out, as the task is ${WHY[doing]}`, pollRateHz);
    }
    if (doing === "poll" && pollRateHz === undefined) {
      throw invalid(`${path}.pollRateHz`, "given, as the task has no timing", null);
    }
    if (doing === "open" && sinks.length > 0) {
      throw invalid(`${path}.sinks`, `empty, as the task is ${WHY.open}`, sinks);
    }
    for (const [i, sink] of sinks.entries()) checkTakes(`${path}.sinks[${i}]`, sink, doing === "record");
  }
}

const WHY = { record: "clocked", open: "of outputs", poll: "polled" } as const;

/** A task, as a field: its JSON is that of a spec, with more keys. */
export function taskField(config?: DtolConfig): Field<SetupTask> {
  const fields = { ...SPEC_FIELDS, ...TASK_FIELDS };
  const keys = Object.keys(fields).map(snakeCase);
  const own = Object.keys(TASK_FIELDS).map(snakeCase);
  return {
    check: (path, value) => value instanceof SetupTask ? value : new SetupTask(value as SetupTaskOptions, path),
    fromJson(path, json) {
      const entries = Object.entries(knownKeys(path, json, keys));
      const spec = Object.fromEntries(entries.filter(([key]) => !own.includes(key)));
      const rest = Object.fromEntries(entries.filter(([key]) => own.includes(key)));
      const task = at("spec", path, () => TaskSpec.fromJSON(spec, config));
      return new SetupTask({ spec: task, ...optionsFromJson(TASK_FIELDS, path, rest) }, path);
    },
    toJson: (task) => task.toJSON(),
    schema: objectSchema(fields),
  };
}

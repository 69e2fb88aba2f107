/**
 * What all channels have in common.
 *
 * @module
 */

import type { SubsystemType } from "../enums.ts";
import type { Metadata } from "../fields.ts";
import {
  derived,
  type Field,
  type FieldTable,
  fill,
  metadata,
  text,
  toJson,
  whole,
  withoutKind,
} from "../field_table.ts";

/** A kind of channel: its tag in files, the subsystem it belongs to, its fields. */
export interface ChannelKind {
  /** Tag in files. */
  readonly kind: string;
  /** The subsystem that has such channels. */
  readonly subsystemType: SubsystemType;
  /** Fields, in the order of files. */
  readonly fields: FieldTable;
}

/** Names of the fields of a channel: what it holds, without what its kind decides. */
export type ChannelFieldName<T> = {
  [K in keyof T]-?: K extends "kind" | "subsystemType" | "mode" | "boardRange" | "coldJunctionChannel" ? never
    : T[K] extends (...given: never[]) => unknown ? never
    : K;
}[keyof T];

/** A table with a field for everything a channel holds. */
export type ChannelFields<T> = { readonly [K in ChannelFieldName<T>]: Field<T[K]> };

/** Settings of a channel: its fields, of which only `Required` have no default. */
export type ChannelOptions<T, Required extends keyof T> =
  & Partial<Omit<Pick<T, ChannelFieldName<T>>, Required>>
  & Pick<T, Required>;

/**
 * What is wired to a channel, and how it is to be read or driven. Immutable; made from options, of which one that is
 * not known is an error, and from JSON by `channelFromJson`.
 */
export abstract class ChannelSpec {
  /** Kind of channel, as files name it: `ai_voltage`. */
  declare readonly kind: string;
  /** The subsystem a channel of this kind belongs to. */
  declare readonly subsystemType: SubsystemType;
  /** Number of the input, output, port or counter on the board, from 0. */
  declare readonly physicalChannel: number;
  /** Name in readings, blocks, files and columns. Default: `ch` and the number. */
  declare readonly name: string;
  /** Engineering unit of the values; null where they have none, as the bits of a digital port. */
  declare readonly unit: string | null;
  /** Notes that travel with the data. Default: none. */
  declare readonly metadata: Metadata;
  readonly #fields: FieldTable;

  /**
   * Checks the settings by the table of the kind, takes them over and freezes them.
   *
   * @param kind The kind.
   * @param options The settings. The `kind` and `subsystemType` of a channel that was spread into them may be there.
   * @ignore
   */
  protected constructor(kind: ChannelKind, options: object) {
    const { subsystemType: _, ...rest } = withoutKind("channel", kind.kind, options);
    this.#fields = kind.fields;
    this.kind = kind.kind;
    this.subsystemType = kind.subsystemType;
    fill(this, kind.fields, "channel", rest);
    Object.freeze(this);
  }

  /** The channel as JSON, with the keys of the Python library. */
  toJSON(): Record<string, unknown> {
    return { ...toJson(this, this.#fields), kind: this.kind };
  }
}

/** The fields that every channel has, with the unit of a kind. */
export function channelFields<U extends string | null>(
  unit: Field<U>,
): Pick<ChannelFields<ChannelSpec>, "physicalChannel" | "name" | "metadata"> & { readonly unit: Field<U> } {
  return {
    physicalChannel: whole(0),
    name: derived(text(), ({ physicalChannel }: ChannelSpec) => `ch${physicalChannel}`),
    unit,
    metadata: metadata(),
  };
}
